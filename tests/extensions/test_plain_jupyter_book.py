"""The way every user of Jupyter Book types works: pip install, `jupyter-book build .`, `jupyter lab`, `pytest`."""

import errno
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import setup
from support.left_out import LeftOut, extension, missing, summary, why_no_browser

ROOT = Path(__file__).resolve().parents[2]
FINDS_OURS = {**os.environ, "PYTHONPATH": str(ROOT / "_ext")}


@pytest.fixture
def node_packages():
    return extension("node_packages")


def small_book(folder, *extensions):
    """Write the smallest book with these extensions of ours."""
    folder.mkdir()
    (folder / "conf.py").write_text(
        f"extensions = {list(extensions)}\nexclude_patterns = ['node_modules']\n",
        encoding="utf-8",
    )
    (folder / "index.rst").write_text("p − y\n=====\n", encoding="utf-8")
    return folder


def sphinx(folder, builder):
    """Build a book in a process of its own."""
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, folder, folder / "_build" / builder]
    return subprocess.run(command, env=FINDS_OURS, capture_output=True, encoding="utf-8", check=False)


# --- other forms than HTML ---


@pytest.mark.parametrize("builder", ["latex", "singlehtml", "dirhtml", "epub", "gettext"])
def test_another_form_than_html_ends_in_one_line_and_without_a_traceback(builder, tmp_path):
    done = sphinx(small_book(tmp_path / "book", "setup.only_html"), builder)
    assert done.returncode != 0
    assert done.stderr.strip().count("\n") == 0
    assert "built as HTML" in done.stderr
    assert "print a page from the browser" in done.stderr
    assert f"{builder} was asked for" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_html_is_built(tmp_path):
    done = sphinx(small_book(tmp_path / "book", "setup.only_html"), "html")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_form_is_looked_at_before_anything_runs():
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    groups = [line.split(":")[0].strip() for line in config.splitlines() if line.endswith(": _ext")]
    assert groups[0] == "setup"
    ours = setup.PARTS
    assert "only_html" in ours
    assert set(ours[: ours.index("node_packages")]) <= {"told_last", "only_html", "one_build"}


# --- one build at a time ---


def test_a_site_that_can_not_be_written_ends_in_one_line(monkeypatch, tmp_path):
    one_build = extension("one_build")

    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system", str(tmp_path / "html"))

    monkeypatch.setattr(one_build.tempfile, "TemporaryFile", refuse)
    with pytest.raises(SystemExit) as end:
        one_build.try_to_write(tmp_path / "html")
    assert "\n" not in str(end.value)
    assert f"{tmp_path / 'html'} can't be written" in str(end.value)


def test_the_second_of_two_builds_waits_and_says_so(tmp_path):
    book = small_book(tmp_path / "book", "slow")
    (book / "slow.py").write_text(
        "import sys\n"
        "from setup import one_build\n"
        "def setup(app):\n"
        "    steps = one_build.tool('steps')\n"
        f"    steps.LOCK = {str(tmp_path / 'lock')!r}\n"
        "    one_build.tool = lambda name: steps\n"
        "    one_build.setup(app)\n"
        "    app.connect('env-updated', lambda *_: print('inside', flush=True) or sys.stdin.read() and None)\n",
        encoding="utf-8",
    )
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(book), str(ROOT / "_ext")]), "PYTHONUNBUFFERED": "1"}
    env.pop("SOFTMAXLAB_LOCKED", None)
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "encoding": "utf-8", "env": env}

    def build(name):
        command = [sys.executable, "-m", "sphinx", "-q", "-b", "html", book, tmp_path / name]
        return subprocess.Popen(command, **streams)

    with build("first") as first:
        assert first.stdout.readline() == "inside\n"
        with build("second") as second:
            assert second.stdout.readline().startswith("Another command installs or builds in this folder")
            first.stdin.close()
            assert second.stdout.readline() == "inside\n"
            second.stdin.close()
            assert (first.wait(), second.wait()) == (0, 0)


# --- Node and its packages ---


def test_a_build_finds_the_node_that_pip_brought(node_packages, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    node_packages.put_node_on_path()
    version = subprocess.run(["node", "--version"], capture_output=True, check=True, encoding="utf-8").stdout
    assert version.startswith("v")


def test_without_any_node_one_line_names_the_command_that_brings_it(node_packages, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    nothing = SimpleNamespace(node_folder=lambda: None)
    monkeypatch.setattr(node_packages, "tool", lambda name: nothing)
    with pytest.raises(SystemExit, match=r"^Node is not installed.*pip install -r requirements\.txt$"):
        node_packages.put_node_on_path()


def test_what_npm_can_not_bring_ends_in_one_line_with_the_command_to_run(node_packages, monkeypatch, tmp_path):
    lock = {"packages": {"": {}, "node_modules/katex": {"version": "9.9.9"}}}
    (tmp_path / "package-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    failed = SimpleNamespace(returncode=1, stderr="npm error code ENOTFOUND\nnpm error network request failed")
    monkeypatch.setattr(node_packages.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(SystemExit) as end:
        node_packages.bring(tmp_path)
    said = str(end.value)
    assert "\n" not in said
    assert "Connect to the network" in said
    assert said.endswith("By hand: python tools/npm.py . ci --omit=dev")


def test_npm_is_not_started_when_all_is_there(node_packages, monkeypatch, tmp_path):
    lock = {"packages": {"": {}, "node_modules/katex": {"version": "1.0.0"}}}
    (tmp_path / "node_modules" / "katex").mkdir(parents=True)
    for place in ("package-lock.json", "node_modules/.package-lock.json"):
        (tmp_path / place).write_text(json.dumps(lock), encoding="utf-8")
    monkeypatch.setattr(node_packages.subprocess, "run", lambda *_, **__: pytest.fail("npm was started"))
    node_packages.bring(tmp_path)


# --- what a bare pytest leaves out ---


def test_a_folder_whose_driver_is_missing_is_left_out_and_named(monkeypatch):
    why_no_browser.cache_clear()
    monkeypatch.delenv("SOFTMAXLAB_TESTS", raising=False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    plugin = LeftOut()
    tests = ROOT / "tests"
    driven = "site", "engines", "site/test_print.py", "widgets/step_size/test_browser.py", "support/browser/engines"
    for path in driven:
        assert plugin.pytest_ignore_collect(tests / path) is True
    for path in ("", "proofs", "widgets", "widgets/step_size/test_traits.py", "../src/softmaxlab/widgets"):
        assert plugin.pytest_ignore_collect((tests / path).resolve()) is None
    why = "no playwright and no selenium: pip install -r requirements-test.txt"
    assert plugin.kinds == {"tests in a browser": why}
    why_no_browser.cache_clear()


def test_make_test_leaves_nothing_out(monkeypatch):
    why_no_browser.cache_clear()
    monkeypatch.setenv("SOFTMAXLAB_TESTS", "all")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert LeftOut().pytest_ignore_collect(ROOT / "tests" / "site") is None
    with pytest.raises(pytest.fail.Exception, match="the book is not built"):
        missing("the book is not built")
    why_no_browser.cache_clear()


def test_a_bare_pytest_skips_what_lacks_something(monkeypatch):
    monkeypatch.delenv("SOFTMAXLAB_TESTS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="the book is not built"):
        missing("the book is not built")


def test_one_line_names_all_that_was_left_out():
    line = summary({"tests in a browser": "no Chromium", "others": "no SciPy"}, ["no peers", "no peers", "other"])
    assert line == (
        "Left out here: others (no SciPy); tests in a browser (no Chromium); 2 tests (no peers); 1 test (other)."
    )
    assert summary({}, []) == ""


def test_a_run_without_drivers_of_browsers_names_it_in_its_last_lines(tmp_path):
    tests = tmp_path / "tests"
    for folder in ("support", "site"):
        (tests / folder).mkdir(parents=True)
    for name in ("__init__.py", "left_out.py"):
        shutil.copy(ROOT / "tests" / "support" / name, tests / "support")
    (tests / "conftest.py").write_text(
        "import importlib.util\nfrom support import left_out\n"
        "importlib.util.find_spec = lambda name: None\n"
        "def pytest_configure(config):\n    config.pluginmanager.register(left_out.LeftOut())\n",
        encoding="utf-8",
    )
    (tests / "site" / "conftest.py").write_text("import no_such_driver\n", encoding="utf-8")
    (tests / "site" / "test_page.py").write_text("def test_page(): assert False\n", encoding="utf-8")
    (tests / "test_unit.py").write_text("def test_unit(): pass\n", encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if name != "SOFTMAXLAB_TESTS"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False)
    assert "1 passed" in done.stdout
    assert (
        "Left out here: tests in a browser (no playwright and no selenium: pip install -r requirements-test.txt)."
        in done.stdout
    )
