"""What an environment can't run is left out of a bare `pytest`, and named at the end; `make test` leaves nothing out.

`make test` sets SOFTMAXLAB_TESTS=all: then whatever is missing is an error.
"""

import functools
import importlib.util
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROOT = TESTS.parent
DRIVERS = ("playwright", "selenium")  # the modules that drive browsers
# Folders of nothing but tests in a browser, and the drivers themselves; elsewhere the name of a file says so.
IN_BROWSERS = ("engines/", "site/", "support/browser/")


def everything():
    """Whether nothing may be left out."""
    return os.environ.get("SOFTMAXLAB_TESTS") == "all"


def tool(name):
    """Return a fresh module of tools/."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def extension(name):
    """Return a fresh module of _ext/, whichever group it is in."""
    (path,) = (ROOT / "_ext").rglob(f"{name}.py")
    full = ".".join(path.relative_to(ROOT / "_ext").with_suffix("").parts)
    spec = importlib.util.spec_from_file_location(full, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_a_browser(path):
    """Whether the tests at this path drive a browser: those of some folders, and each file named test_browser… ."""
    inside = path.relative_to(TESTS).as_posix() if path.is_relative_to(TESTS) else ""
    return f"{inside}/".startswith(IN_BROWSERS) or (path.name.startswith("test_browser") and inside != "")


@functools.cache
def why_no_browser():
    """Say why no test can drive a browser here; None if they can."""
    if everything():
        return None
    if absent := [name for name in DRIVERS if importlib.util.find_spec(name) is None]:
        return f"no {' and no '.join(absent)}: pip install -r requirements-test.txt"
    if tool("chromium").installed() is None:
        return "no Chromium: python tools/chromium.py brings one"
    return None


def missing(what):
    """End a test that lacks something: it is left out, or where nothing may be left out, it fails."""
    if everything():
        pytest.fail(what)
    pytest.skip(what)


def tracked():
    """Return the files that git knows; a test that asks is left out where there is no git, or no clone."""
    try:
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, encoding="utf-8")
    except (OSError, subprocess.CalledProcessError):
        missing("no git, or this folder is no clone")
    assert listed.stdout
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).exists()]


def put_node_on_path():
    """Let `node` mean the one that pip brought, as a build does."""
    npm = tool("npm")
    folder = npm.node_folder()
    if folder is not None and shutil.which("node") is None:
        os.environ["PATH"] = os.pathsep.join([npm.programs(folder), os.environ.get("PATH", "")])


def javascript_packages():
    """Leave a test out if what it runs in Node is not there."""
    lacking = tool("npm").lacking(str(ROOT), dev=False)
    if lacking or shutil.which("node") is None:
        missing("no JavaScript packages: jupyter-book build . brings them")


def summary(kinds, skipped):
    """Name in one line what was left out: kinds of tests with the reason, and how many tests for each other reason.

    >>> summary({"tests in a browser": "no playwright"}, ["needs `make peers`"] * 2)
    'Left out here: tests in a browser (no playwright); 2 tests (needs `make peers`).'
    """
    parts = [f"{kind} ({why})" for kind, why in sorted(kinds.items())]
    parts += [f"{count} test{'s' * (count > 1)} ({why})" for why, count in sorted(Counter(skipped).items())]
    return f"Left out here: {'; '.join(parts)}." if parts else ""


class LeftOut:
    """The plugin that leaves out, and says so."""

    def __init__(self):
        """Begin with nothing left out."""
        self.kinds = {}

    def pytest_ignore_collect(self, collection_path):
        """Leave out what drives a browser where none can be driven: not even the conftest of such a folder is read."""
        if in_a_browser(collection_path) and (why := why_no_browser()):
            self.kinds["tests in a browser"] = why
            return True
        return None

    def pytest_terminal_summary(self, terminalreporter):
        """Name what was left out."""
        reports = terminalreporter.stats.get("skipped", [])
        reasons = [report.longrepr[2].removeprefix("Skipped: ") for report in reports]
        if line := summary(self.kinds, reasons):
            terminalreporter.write_line(line)
