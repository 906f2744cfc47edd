"""No text is read or written in the encoding that a machine happens to prefer: on Western Windows, code page 1252."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("_ext", "bench", "src", "tests", "tools")
SOURCES = sorted(
    path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
)
NEVER_TEXT = {"webbrowser", "engine"}  # their `open` opens no file


def in_binary(call, position):
    """Whether a call to `open` names a binary mode."""
    modes = [*call.args[position : position + 1], *(word.value for word in call.keywords if word.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and "b" in str(mode.value) for mode in modes)


def takes_the_machines_encoding(call):
    """Whether a call reads or writes text and leaves the encoding to the machine."""
    words = {word.arg for word in call.keywords}
    if "encoding" in words:
        return False
    method = isinstance(call.func, ast.Attribute)
    name = call.func.attr if method else getattr(call.func, "id", "")
    owner = ast.unparse(call.func.value) if method else ""
    if name == "read_text":
        return not call.args
    if name == "write_text":
        return len(call.args) < 2
    if name in ("open", "fdopen") and owner not in NEVER_TEXT:
        return not in_binary(call, 0 if method and owner not in ("os", "io", "gzip", "bz2") else 1)
    return name in ("run", "Popen", "check_output") and bool(words & {"text", "universal_newlines"})


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("path.read_text()", True),
        ("path.read_text('utf-8')", False),
        ("path.read_text(errors='replace')", True),
        ("path.write_text(text)", True),
        ("path.write_text(text, encoding='utf-8')", False),
        ("open(name)", True),
        ("open(name, 'w')", True),
        ("open(name, 'rb')", False),
        ("open(name, mode='rb')", False),
        ("path.open('w')", True),
        ("path.open('rb')", False),
        ("bz2.open(name, 'rb')", False),
        ("webbrowser.open(address)", False),
        ("subprocess.run(command, text=True)", True),
        ("subprocess.run(command, text=True, encoding='utf-8')", False),
        ("subprocess.run(command, capture_output=True)", False),
    ],
)
def test_the_check_tells_text_in_the_machines_encoding(line, told):
    assert takes_the_machines_encoding(ast.parse(line, mode="eval").body) is told


def test_every_text_names_its_encoding():
    assert len(SOURCES) > 150
    told = [
        f"{path.relative_to(ROOT).as_posix()}:{call.lineno}: {ast.unparse(call)[:80]}"
        for path in SOURCES
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and takes_the_machines_encoding(call)
    ]
    assert told == []
