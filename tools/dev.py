"""The commands behind `make`: run `python tools/dev.py help`.

Plain standard library, and no syntax newer than Python 3.6, so that an old Python can still read far enough to say
that it is too old.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import release
from environments import (
    VENV,
    binder_environment,
    book_environment,
    environment,
    in_venv,
    node_packages,
    pip_install,
    program,
    python_packages,
    remove,
    stamps,
    test_environment,
)  # fmt: skip
from steps import ROOT, alone, current, once, run, stop, together, unwritable

SITE = os.path.join(ROOT, "_build", "html")
BOOK_INPUTS = (
    "_config.yml", "_toc.yml", "index.md", "glossary.md", "bibliography.md", "references.bib", "pyproject.toml",
    "package-lock.json", "tools/purge_css.mjs", "tools/bundle.mjs", "locks/book.txt", "chapters", "src", "_ext",
    "_templates", "assets", "tests/conftest.py", "tests/equations", "tests/support/equations",
)  # fmt: skip


# --- the commands ---------------------------------------------------------------------------------------------


def build() -> None:
    """Build the site from clean, unless it is the newest already; warnings are errors."""
    inputs_and_product = BOOK_INPUTS, [os.path.join(SITE, "index.html")]
    if current("book", *inputs_and_product):  # it needs no environment, and may lie where nothing can be written
        return
    book_environment()

    def from_clean() -> None:
        for name in ("html", ".doctrees"):
            shutil.rmtree(os.path.join(ROOT, "_build", name), ignore_errors=True)
        run("Book", [in_venv("jupyter-book"), "build", ".", "-n", "-W", "--keep-going"], env=environment())

    with alone():
        once("book", *(inputs_and_product + (from_clean,)))


def serve() -> None:
    """Build the book, serve it on this machine, and build anew what is edited: make serve [PORT=8000]."""
    build()
    port = os.environ.get("PORT", "0")
    if os.path.exists(in_venv("python")) and os.access(SITE, os.W_OK):
        command = [in_venv("python"), os.path.join("tools", "live.py"), port]
        live = subprocess.Popen(command, cwd=ROOT, env=environment())
        while True:
            try:
                sys.exit(live.wait())
            except KeyboardInterrupt:  # it was told as well, and ends by itself
                continue
    serve_as_it_is(port)


def serve_as_it_is(port: str) -> None:
    """Serve a book that can't be built anew here."""
    import serve as server

    try:
        running, address = server.start(Path(SITE), port=int(port))
    except (OSError, ValueError, OverflowError) as error:
        stop("PORT=%s can't be used (%s): leave it out for a free one." % (port, error))
    print("\nReady: %s/   (Ctrl+C stops)" % address, flush=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        running.shutdown()
        print()


def check() -> None:
    """Check all that needs no execution, in seconds, equations against their proofs too: make check [ARGS=--write]."""
    book_environment()
    command = [in_venv("python"), "_ext/checked_first.py"] + sys.argv[2:]
    sys.exit(subprocess.call(command, cwd=ROOT, env=environment()))


def test() -> None:
    """Run every test: unit, property, doctest, equation, book and browser."""
    test_environment()
    together(build, binder_environment)
    sys.exit(subprocess.call(pytest() + sys.argv[2:], cwd=ROOT, env=environment()))


def unit() -> None:
    """Run every test that needs no browser."""
    book_environment()
    python_packages("test")
    node_packages(".", "all")
    build()
    sys.exit(subprocess.call(pytest() + release.NO_BROWSER + sys.argv[2:], cwd=ROOT, env=environment()))


def pytest() -> "list[str]":
    """Return the command that runs tests: two workers for each core, since tests of pages often wait.

    What may run side by side is said in tests/support/distribution.py.
    """
    workers = min(8, 2 * (os.cpu_count() or 1))
    return [in_venv("python"), "-m", "pytest", "-n", str(workers), "--dist", "loadfile"]


def release_check() -> None:
    """Run what is too slow for every submission: older CPUs, a clean clone in a plain Jupyter Book, ASCII."""
    test_environment()
    together(build, binder_environment)
    sys.exit(release.check(pytest()))


def lint() -> None:
    """Check the style of the Python, JavaScript and CSS, the types, and that no import runs uphill."""
    book_environment()
    python_packages("test")
    node_packages(".", "all")
    biome = os.path.join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome")
    tsc = os.path.join(ROOT, "node_modules", "typescript", "bin", "tsc")
    env = dict(environment(), PYTHONPATH="src")
    failed = [
        command
        for command in (
            [in_venv("ruff"), "check"],
            [in_venv("ruff"), "format", "--check"],
            [in_venv("lint-imports"), "--no-logo", "--no-cache"],
            [in_venv("mypy")],
            [program("node", env), biome, "ci", "--error-on-warnings", "."],
            [program("node", env), tsc, "-p", "."],
            [program("node", env), tsc, "-p", "tsconfig.runtime.json"],
        )
        if subprocess.call(command, cwd=ROOT, env=env)
    ]
    sys.exit(1 if failed else 0)


def bench() -> None:
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


def screenshot() -> None:
    """Render the README's picture from the built site."""
    test_environment()
    build()
    sys.exit(subprocess.call([in_venv("python"), "tools/screenshot.py"], cwd=ROOT, env=environment()))


def peers() -> None:
    """Add PyTorch and JAX, which compute the same things, for the live comparison (large)."""
    book_environment()
    python_packages("test")
    with alone():
        once("peers", ["requirements-peers.txt"], [],
             lambda: pip_install("PyTorch and JAX", "-r", "requirements-peers.txt"), stamps(VENV))  # fmt: skip


def clean() -> None:
    """Remove all that the other commands made."""
    with alone():
        for name in (".venv", ".venv-binder", "_build", "node_modules", "bench/node_modules", ".pytest_cache",
                     ".ruff_cache", ".hypothesis", "tools/__pycache__"):  # fmt: skip
            remove(os.path.join(ROOT, name))
    remove(os.path.join(ROOT, ".cache"))


def show_help() -> None:
    """List the commands."""
    for name in COMMANDS:
        print("  make %-13s  %s" % (name, (COMMANDS[name].__doc__ or "").splitlines()[0]))


COMMANDS = {
    "serve": serve, "build": build, "check": check, "test": test, "lint": lint, "bench": bench, "peers": peers,
    "screenshot": screenshot, "unit": unit, "release-check": release_check, "clean": clean, "help": show_help,
}  # fmt: skip


def main(arguments: "list[str]") -> None:
    """Run the command of this name; what the machine is at fault for ends in one line."""
    if sys.version_info < (3, 11):
        stop("This needs Python 3.11 or newer; %s is %s. Install a newer one, or name it: make PYTHON=python3.12 ..."
             % (sys.executable, sys.version.split()[0]))  # fmt: skip
    wanted = arguments[0] if arguments else "help"
    if wanted not in COMMANDS:
        stop("No command %r. There are: %s." % (wanted, ", ".join(COMMANDS)))
    try:
        COMMANDS[wanted]()
    except OSError as error:
        line = unwritable(error)
        if line is None:
            raise
        stop(line)


if __name__ == "__main__":
    main(sys.argv[1:])
