"""The checks before a release: which kinds of CPU are tried, and what a reader's own environment is."""

import os
import sys
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"


@pytest.fixture
def release(monkeypatch):
    for name in ("release", "environments", "steps", "npm"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import release

    return release


@pytest.mark.parametrize(
    ("has", "tried"),
    [([], []), (["X86_V3"], ["X86_V3"]), (["X86_V4", "X86_V3"], ["X86_V4", "X86_V4 X86_V3"])],
)
def test_each_older_kind_of_cpu_is_tried_on_all_that_needs_no_browser(release, monkeypatch, has, tried):
    calls = []

    def call(command, cwd, env):
        calls.append((command, env["NPY_DISABLE_CPU_FEATURES"]))
        return len(calls) == 1  # the first fails, and the second still runs

    monkeypatch.setattr(release, "kernels", lambda: has)
    monkeypatch.setattr(release, "environment", lambda: dict(os.environ))
    monkeypatch.setattr(release.subprocess, "call", call)
    assert release.without_kernels(["pytest"]) == bool(tried)
    assert [levels for _, levels in calls] == tried
    assert all(command == ["pytest", "-q", "-m", "not browser"] for command, _ in calls)


def test_every_download_is_run_and_one_that_fails_is_told(release, monkeypatch):
    calls = []
    monkeypatch.setattr(release, "environment", dict)
    monkeypatch.setattr(release.subprocess, "call", lambda command, cwd, env: calls.append((command, env)) or 1)
    assert release.all_downloads(["pytest"]) == 1
    path = os.path.join("tests", "site", "test_downloads.py")
    assert calls == [(["pytest", "-q", path], {"SOFTMAXLAB_DOWNLOADS": "all"})]


def test_the_kernels_are_those_that_numpy_knows(release, monkeypatch):
    from numpy._core._multiarray_umath import __cpu_features__ as known

    assert set(release.KERNELS) <= set(known)
    monkeypatch.setattr(release, "in_venv", lambda name: sys.executable)
    assert release.kernels() == [name for name in release.KERNELS if known[name]]


def test_a_reader_has_nothing_of_ours_in_the_environment(release, monkeypatch):
    for name in ("PYTHONPATH", "PYTHONUTF8", "SOFTMAXLAB_TESTS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.setenv(name, "1")
    env = release.readers_environment(str(Path("v")))
    assert [name for name in env if name.startswith(("PYTHON", "SOFTMAXLAB", "OPENBLAS"))] == []
    assert Path(env["PATH"].split(os.pathsep)[0]).parent == Path("v")


def test_a_release_is_checked_as_it_is_committed(release, monkeypatch, tmp_path):
    monkeypatch.setattr(release.subprocess, "check_output", lambda *command, **more: b" M README.md\n")
    with pytest.raises(SystemExit, match="not committed"):
        release.plain_way(str(tmp_path))


def test_the_plain_way_is_what_readme_types_in_a_clone(release, monkeypatch, tmp_path):
    typed = []

    def run(title, command, env=None, cwd=None):
        typed.append((" ".join([Path(command[0]).name, *command[1:]]), cwd, env))
        (tmp_path / "book" / "_build").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(release.subprocess, "check_output", lambda *command, **more: b"")
    monkeypatch.setattr(release, "run", run)
    release.plain_way(str(tmp_path))
    readme = (TOOLS.parent / "README.md").read_text(encoding="utf-8")
    plain = readme[readme.index("### Without make") : readme.index("### Windows")]
    commands = [command for command, cwd, _ in typed if cwd == str(tmp_path / "book")]
    for wanted in ("pip install -r requirements.txt", "jupyter-book build .", "pytest"):
        assert wanted in plain
        assert any(wanted in command for command in commands)
    assert [env.get("LC_ALL") for command, _, env in typed if "jupyter-book build" in command][-1] == "C"
    assert all("clone" not in command or cwd is None for command, cwd, _ in typed)
