"""`tools/dev.py` on machines that are not as one would wish: in a folder of its own, where nothing is installed."""

import ast
import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tools"
READ_BY_OLD_PYTHONS = ("dev.py", "steps.py", "environments.py", "npm.py", "release.py")


@pytest.fixture
def dev_modules(tmp_path, monkeypatch):
    """The modules behind dev.py at work in an empty folder; `ran` collects the titles of what they would have run."""
    for name in ("dev", "steps", "environments", "npm", "release", "serve"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    import dev
    import environments
    import npm
    import steps

    ran = []
    root = tmp_path / "a book"
    root.mkdir()
    for name in ("ROOT", "STAMPS", "LOGS", "LOCK"):
        monkeypatch.setattr(steps, name, str(root / Path(getattr(steps, name)).relative_to(ROOT)))
    for module in (dev, environments):
        monkeypatch.setattr(module, "ROOT", str(root))
        monkeypatch.setattr(module, "VENV", str(root / ".venv"))
        monkeypatch.setattr(module, "run", lambda title, command, **more: act(title, command))
    monkeypatch.setattr(environments, "BINDER_VENV", str(root / ".venv-binder"))
    monkeypatch.setattr(dev, "SITE", str(root / "_build" / "html"))
    monkeypatch.setattr(dev, "BOOK_INPUTS", ("index.md",))
    monkeypatch.setattr(dev, "environment", lambda: dict(os.environ))

    def act(title, command):
        ran.append(title)
        if title == "Python environment":
            give_python(Path(command[-1]))
            (Path(command[-1]) / "bin" / "activate").write_text(f'VIRTUAL_ENV="{command[-1]}"', encoding="utf-8")
        if title == "Book":
            (root / "_build" / "html").mkdir(parents=True)
            (root / "_build" / "html" / "index.html").write_text("<h1>p − y</h1>", encoding="utf-8")
        if title.startswith("JavaScript"):
            npm_ci(root)

    for name in ("book.txt", "test.txt"):
        (root / "locks").mkdir(exist_ok=True)
        (root / "locks" / name).write_text("numpy==2.4.6\n", encoding="utf-8")
    (root / "pyproject.toml").write_text("", encoding="utf-8")
    (root / "index.md").write_text("# Σ", encoding="utf-8")
    (root / "package-lock.json").write_text(
        '{"packages": {"": {}, "node_modules/katex": {"version": "1.0.0"}}}', encoding="utf-8"
    )
    return SimpleNamespace(root=root, ran=ran, dev=dev, environments=environments, npm=npm, steps=steps)


def give_python(folder, exit_code=0):
    """Put a stand-in for Python where a virtual environment has its own: it can import pip, or not."""
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(f"#!/bin/sh\nexit {exit_code}\n", encoding="utf-8")
    python.chmod(0o755)


def npm_ci(root):
    """Leave what `npm ci` leaves."""
    (root / "node_modules" / "katex").mkdir(parents=True, exist_ok=True)
    record = (root / "package-lock.json").read_text(encoding="utf-8")
    (root / "node_modules" / ".package-lock.json").write_text(record, encoding="utf-8")


with_stand_ins = pytest.mark.skipif(os.name == "nt", reason="the stand-in for Python is a script of Unix")
WHOLE = ["Python environment", "Python packages (book)", "softmaxlab", "JavaScript packages (book)"]


@with_stand_ins
def test_what_was_brought_is_not_brought_again(dev_modules):
    dev_modules.environments.book_environment()
    assert dev_modules.ran == WHOLE
    dev_modules.environments.book_environment()
    assert dev_modules.ran == WHOLE


@with_stand_ins
def test_what_is_there_is_used_while_another_command_has_the_lock(dev_modules, monkeypatch):
    dev_modules.environments.book_environment()
    monkeypatch.setattr(dev_modules.environments, "alone", lambda: pytest.fail("it waits for the other"))
    dev_modules.environments.book_environment()


def remove_environment(root):
    shutil.rmtree(root / ".venv")


def remove_its_python(root):
    (root / ".venv" / "bin" / "python").unlink()


def replace_its_python_by_one_that_is_gone(root):
    (root / ".venv" / "bin" / "python").unlink()
    (root / ".venv" / "bin" / "python").symlink_to("/usr/bin/python-that-was-removed")


def leave_it_half_made(root):
    remove_environment(root)
    give_python(root / ".venv")


def upgrade_its_python(root):
    give_python(root / ".venv", exit_code=1)  # no module named pip


@with_stand_ins
@pytest.mark.parametrize(
    "harm",
    [
        remove_environment,
        remove_its_python,
        replace_its_python_by_one_that_is_gone,
        leave_it_half_made,
        upgrade_its_python,
    ],
)
def test_a_harmed_environment_is_brought_anew_with_all_that_was_in_it(dev_modules, harm):
    dev_modules.environments.book_environment()
    dev_modules.ran.clear()
    harm(dev_modules.root)
    dev_modules.environments.book_environment()
    assert dev_modules.ran == WHOLE[:3]


@with_stand_ins
def test_in_a_folder_that_was_moved_the_environment_is_made_anew(dev_modules, monkeypatch):
    dev_modules.environments.book_environment()
    dev_modules.ran.clear()
    moved = dev_modules.root.rename(dev_modules.root.with_name("moved"))
    for module in (dev_modules.dev, dev_modules.environments, dev_modules.steps):
        monkeypatch.setattr(module, "ROOT", str(moved))
    monkeypatch.setattr(dev_modules.environments, "VENV", str(moved / ".venv"))
    monkeypatch.setattr(dev_modules.steps, "LOCK", str(moved / ".cache" / "lock"))
    dev_modules.environments.book_environment()
    assert dev_modules.ran == WHOLE[:3]


@with_stand_ins
def test_an_environment_that_somebody_made_by_hand_is_kept(dev_modules):
    dev_modules.environments.run("Python environment", [str(dev_modules.root / ".venv")])
    (dev_modules.root / ".venv" / "own.txt").write_text("", encoding="utf-8")
    dev_modules.ran.clear()
    dev_modules.environments.book_environment()
    assert dev_modules.ran == WHOLE[1:]
    assert (dev_modules.root / ".venv" / "own.txt").exists()


@with_stand_ins
def test_removed_or_outdated_javascript_packages_are_brought_again(dev_modules):
    dev_modules.environments.book_environment()
    dev_modules.ran.clear()
    for folder in (dev_modules.root / "node_modules" / "katex", dev_modules.root / "node_modules"):
        shutil.rmtree(folder)
        dev_modules.environments.book_environment()
        assert dev_modules.ran == WHOLE[3:]
        dev_modules.ran.clear()
    lock = dev_modules.root / "package-lock.json"
    lock.write_text(lock.read_text(encoding="utf-8").replace("1.0.0", "1.0.1"), encoding="utf-8")
    dev_modules.environments.book_environment()
    assert dev_modules.ran == WHOLE[3:]


def test_packages_for_development_or_for_other_systems_are_not_missed(dev_modules):
    dev_modules.root.joinpath("package-lock.json").write_text(
        '{"packages": {"": {}, "node_modules/axe": {"version": "1", "dev": true},'
        ' "node_modules/for-another-system": {"version": "1", "optional": true}}}',
        encoding="utf-8",
    )
    assert dev_modules.npm.lacking(str(dev_modules.root), dev=False) == []
    assert dev_modules.npm.lacking(str(dev_modules.root), dev=True) == ["axe"]


@with_stand_ins
def test_a_book_that_is_up_to_date_needs_no_environment(dev_modules):
    dev_modules.dev.build()
    assert dev_modules.ran == [*WHOLE, "Book"]
    remove_environment(dev_modules.root)
    dev_modules.ran.clear()
    dev_modules.dev.build()
    assert dev_modules.ran == []
    (dev_modules.root / "index.md").write_text("# Π", encoding="utf-8")
    dev_modules.dev.build()
    assert dev_modules.ran == [*WHOLE[:3], "Book"]


def test_what_can_not_be_written_ends_in_one_line(dev_modules, monkeypatch):
    def refuse(name, *more, **options):
        raise OSError(errno.EROFS, "Read-only file system", str(dev_modules.root / ".cache"))

    monkeypatch.setattr(dev_modules.steps.os, "makedirs", refuse)
    with pytest.raises(SystemExit) as end:
        dev_modules.dev.main(["build"])
    assert "\n" not in str(end.value).strip()
    assert f"{dev_modules.root / '.cache'} can't be written" in str(end.value)
    assert "make it writable" in str(end.value)


@with_stand_ins
def test_a_book_that_is_up_to_date_is_served_from_where_nothing_can_be_written(dev_modules, monkeypatch):
    dev_modules.dev.build()
    dev_modules.ran.clear()
    monkeypatch.setattr(dev_modules.steps.os, "makedirs", lambda *_, **__: pytest.fail("it writes"))
    dev_modules.dev.main(["build"])
    assert dev_modules.ran == []


def test_a_full_disk_ends_in_one_line(dev_modules, monkeypatch):
    def fill():
        raise OSError(errno.ENOSPC, "No space left on device", "x")

    monkeypatch.setitem(dev_modules.dev.COMMANDS, "build", fill)
    with pytest.raises(SystemExit, match="disk is full"):
        dev_modules.dev.main(["build"])


def test_an_error_that_is_ours_is_not_hidden(dev_modules, monkeypatch):
    def miss():
        raise FileNotFoundError(errno.ENOENT, "No such file", "locks/book.txt")

    monkeypatch.setitem(dev_modules.dev.COMMANDS, "build", miss)
    with pytest.raises(FileNotFoundError):
        dev_modules.dev.main(["build"])


@pytest.mark.parametrize(
    ("talk", "line"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "disk is full"),
        ("npm error code ENOSPC", "disk is full"),
        ("ProxyError('Cannot connect to proxy.', NewConnectionError('refused'))\nNo matching distribution", "proxy"),
        ("OSError('Tunnel connection failed: 407 Proxy Authentication Required')", "proxy"),
        ("[Errno -3] Temporary failure in name resolution\nERROR: No matching distribution found", "can't be reached"),
        ("npm error code ENOTFOUND", "can't be reached"),
        ("[Errno 11001] getaddrinfo failed", "can't be reached"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "certificate"),
        ("ERROR: No matching distribution found for playwright==1.65.2", "no file that fits this Python"),
        ("not created successfully because ensurepip is not available.  On Debian/Ubuntu systems", "python3-venv"),
        ("/usr/bin/python3: No module named venv", "python3-venv"),
    ],
)
def test_what_befalls_many_machines_is_told_in_one_line(dev_modules, talk, line, tmp_path, capsys):
    log = tmp_path / "step.log"
    log.write_text(talk, encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        dev_modules.steps.explain("Python packages", str(log))
    assert line in str(end.value)
    assert "\n" not in str(end.value).strip()
    assert capsys.readouterr().out == ""


def test_a_program_that_does_not_say_why_it_can_not_write_is_spoken_for(dev_modules, tmp_path, monkeypatch):
    log = tmp_path / "step.log"
    log.write_text("Error: Command '[...]' returned non-zero exit status 1.", encoding="utf-8")
    monkeypatch.setattr(dev_modules.steps.shutil, "disk_usage", lambda folder: SimpleNamespace(free=0))
    with pytest.raises(SystemExit, match="disk is full"):
        dev_modules.steps.explain("Python environment", str(log))


def test_a_password_in_the_address_of_a_proxy_is_not_shown(dev_modules, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://ann:secret@proxy.example:3128")
    line = dev_modules.steps.known("Cannot connect to proxy.")
    assert "proxy.example:3128" in line
    assert "secret" not in line


HOLD = """
import sys, time
import steps
steps.LOCK = {lock!r}
with steps.alone(pause=0.05):
    print("inside", flush=True)
    {act}
"""


def holder(dev_modules, act):
    """Start another command that has the lock, or waits for it."""
    code = HOLD.format(lock=str(dev_modules.root / ".cache" / "lock"), act=act)
    env = {**os.environ, "PYTHONPATH": str(TOOLS)}
    return subprocess.Popen(
        [sys.executable, "-c", code], env=env, stdout=subprocess.PIPE, stdin=subprocess.PIPE, encoding="utf-8"
    )


def test_the_second_of_two_commands_waits_and_says_so(dev_modules):
    with holder(dev_modules, "sys.stdin.read()") as first:
        assert first.stdout.readline() == "inside\n"
        with holder(dev_modules, "pass") as second:
            assert second.stdout.readline().startswith("Another command installs or builds in this folder")
            assert second.poll() is None
            first.stdin.close()
            assert second.stdout.readline() == "inside\n"


def test_a_command_that_was_killed_holds_up_nobody(dev_modules):
    with holder(dev_modules, "time.sleep(1000)") as first:
        assert first.stdout.readline() == "inside\n"
        first.kill()
    with holder(dev_modules, "pass") as second:
        assert second.stdout.readline() == "inside\n"


@pytest.mark.skipif(os.name == "nt", reason="Windows lets no child keep the lock")
def test_what_a_killed_command_had_started_keeps_the_lock_until_it_ends(dev_modules):
    start = "import subprocess; subprocess.Popen([sys.executable, '-c', 'input()'], **steps.inherited())"
    with holder(dev_modules, f"{start}; print('started', flush=True); time.sleep(1000)") as first:
        assert [first.stdout.readline(), first.stdout.readline()] == ["inside\n", "started\n"]
        first.kill()
        with holder(dev_modules, "pass") as second:
            assert second.stdout.readline().startswith("Another command")
            first.stdin.close()
            assert second.stdout.readline() == "inside\n"


def test_two_steps_go_side_by_side_and_the_failure_of_one_is_told_when_both_have_ended(dev_modules):
    met, ended = threading.Barrier(2, timeout=60), []

    def fails():
        met.wait()
        dev_modules.steps.stop("no disk")

    def goes_on():
        met.wait()
        with dev_modules.steps.alone():  # both have the lock
            time.sleep(0.1)
        ended.append(True)

    with pytest.raises(SystemExit, match="no disk"):
        dev_modules.steps.together(fails, goes_on)
    assert ended


def test_a_command_may_call_another_one_while_it_has_the_lock(dev_modules):
    with dev_modules.steps.alone(), dev_modules.steps.alone():
        assert os.environ[dev_modules.steps.HELD] == str(dev_modules.root)
    assert dev_modules.steps.HELD not in os.environ


@pytest.mark.parametrize("name", READ_BY_OLD_PYTHONS)
def test_an_old_python_can_read_far_enough_to_say_that_it_is_too_old(name):
    tree = ast.parse((TOOLS / name).read_text(encoding="utf-8"), feature_version=(3, 6))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.arg | ast.AnnAssign)]
    types = [node.returns if isinstance(node, ast.FunctionDef) else node.annotation for node in nodes]
    assert types
    newer = [ast.unparse(each) for each in types if each and not isinstance(each, ast.Name | ast.Constant)]
    assert newer == [], "a type such as list[str] stands in quotes: an old Python would stop at it"


def test_a_program_is_looked_up_in_the_path_that_it_is_started_with(dev_modules, tmp_path):
    name = tmp_path / ("tool.exe" if os.name == "nt" else "tool")
    name.write_text("", encoding="utf-8")
    name.chmod(0o755)
    assert dev_modules.environments.program("tool", {"PATH": str(tmp_path)}) == str(name)
    with pytest.raises(SystemExit, match=r"remove \.venv"):
        dev_modules.environments.program("another tool", {"PATH": str(tmp_path)})


def test_no_command_names_a_program_that_windows_would_look_for_elsewhere():
    for name in READ_BY_OLD_PYTHONS:
        for call in ast.walk(ast.parse((TOOLS / name).read_text(encoding="utf-8"))):
            if isinstance(call, ast.List) and call.elts and isinstance(call.elts[0], ast.Constant):
                assert call.elts[0].value not in {"node", "npm", "bash", "sh", "ruff", "pip", "python"}
