"""What is too slow for every submission, and run before a release and every week: `make release-check`.

Every test that needs no browser, once for each older kind of CPU; the package as pip installs it, with each of its
extras; every notebook that the pages offer, in a plain Jupyter; and what a reader of README types, in a clone of the
last commit: the site is built with `pip install` and `jupyter-book build` alone, `pytest` runs, and the site is built
once more where the machine prefers ASCII, which is stricter than the code pages of Windows.

Plain standard library, and no syntax newer than Python 3.6, as in dev.py.
"""

import os
import shutil
import subprocess
import sys
import tempfile

from environments import environment, in_venv
from steps import ROOT, run, say, stop

# NumPy has kernels of exp and log for several kinds of CPU and takes the newest that fits: last digits differ.
KERNELS = ("X86_V4", "X86_V3")  # AVX-512, AVX2
NO_BROWSER = ["-m", "not browser"]  # for pytest
EXTRAS = ("learning", "accuracy", "proofs", "widgets", "book")  # of pyproject.toml


def kernels() -> "list[str]":
    """Return the names of those kernels of NumPy that this CPU has, the newest first."""
    code = "from numpy._core._multiarray_umath import __cpu_features__ as has; print(*filter(has.get, %r))" % (KERNELS,)
    return subprocess.check_output([in_venv("python"), "-X", "utf8", "-c", code], encoding="utf-8").split()


def without_kernels(command: "list[str]") -> int:
    """Run what needs no browser as on each older kind of CPU; return whether a test failed."""
    found = kernels()
    if not found:
        say("This CPU has neither AVX-512 nor AVX2: there is no older way to try.", end="\n")
    failed = 0
    for count in range(1, len(found) + 1):
        less = " ".join(found[:count])
        say("As on a CPU without %s:" % less, end="\n")
        env = dict(environment(), NPY_DISABLE_CPU_FEATURES=less)
        failed |= subprocess.call(command + ["-q"] + NO_BROWSER, cwd=ROOT, env=env)
    return failed


def all_downloads(command: "list[str]") -> int:
    """Run every notebook that the pages offer in a plain Jupyter, not two as `make test`; return whether one failed."""
    say("Every download in a plain Jupyter:", end="\n")
    env = dict(environment(), SOFTMAXLAB_DOWNLOADS="all")
    tests = os.path.join("tests", "site", "test_downloads.py")
    return subprocess.call(command + ["-q", tests], cwd=ROOT, env=env)


def readers_environment(venv: str) -> "dict[str, str]":
    """Return the variables of somebody who has nothing but this virtual environment."""
    own = ("PYTHON", "SOFTMAXLAB", "OPENBLAS", "CHROMIUM", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    env["PATH"] = os.pathsep.join([os.path.dirname(in_venv("python", venv)), os.environ["PATH"]])
    return env


def plain_way(folder: str) -> None:
    """Do what README says under “as any Jupyter Book”, in a clone below this folder."""
    if subprocess.check_output(["git", "status", "--porcelain"], cwd=ROOT):
        stop("There are changes that are not committed; what is checked is a clone. Commit or stash them.")
    clone, venv = os.path.join(folder, "book"), os.path.join(folder, "v")
    run("A clone", ["git", "clone", "--quiet", ROOT, clone])
    run("Its environment", [sys.executable, "-m", "venv", venv])
    env = readers_environment(venv)
    build = [in_venv("jupyter-book", venv), "build", ".", "-n", "-W", "--keep-going"]
    run("pip install", [in_venv("python", venv), "-m", "pip", "install", "-r", "requirements.txt"], env, clone)
    run("jupyter-book build", build, env, clone)
    run("pytest", [in_venv("pytest", venv), "-q"], env, clone)
    shutil.rmtree(os.path.join(clone, "_build"))
    # and with what the recipes of CONTRIBUTING add
    run("The recipes", [in_venv("python", venv), os.path.join("tests", "support", "recipes.py"), "."], env, clone)
    ascii_env = dict(env, LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    run("jupyter-book build, ASCII preferred", build, ascii_env, clone)


def packages(folder: str) -> None:
    """Install wheel and sdist into an empty environment, alone and with each extra, and use what is there then."""
    code = "import sys; from flit_core import buildapi as b; "
    code += "print(b.build_wheel(sys.argv[1])); print(b.build_sdist(sys.argv[1]))"
    made = subprocess.check_output(
        [in_venv("python"), "-X", "utf8", "-c", code, folder], cwd=ROOT, encoding="utf-8"
    ).split()
    for name in made:
        for extra in ("",) + EXTRAS:
            venv = os.path.join(folder, "with-" + (extra or "nothing"))
            what = os.path.join(folder, name) + ("[%s]" % extra if extra else "")
            title = "%s, %s" % (name.split("-")[-1], extra or "alone")
            run("Its environment", [sys.executable, "-X", "utf8", "-m", "venv", "--clear", venv])
            env = readers_environment(venv)
            run("pip install (%s)" % title, [in_venv("python", venv), "-m", "pip", "install", what], env, folder)
            smoke = [in_venv("python", venv), "-W", "error", os.path.join(ROOT, "tools", "smoke.py")]
            run("used (%s)" % title, smoke + ([extra] if extra else []), env, folder)
            shutil.rmtree(venv)


def check(command: "list[str]") -> int:
    """Run all of it; `command` starts pytest in the environment of this folder. Return an exit code."""
    failed = without_kernels(command) | all_downloads(command)
    with tempfile.TemporaryDirectory() as folder:
        packages(os.path.realpath(folder))
        plain_way(os.path.realpath(folder))
    return failed
