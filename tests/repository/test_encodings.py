"""No text is read or written in the encoding that a machine happens to prefer: on Western Windows, code page 1252."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("_ext", "bench", "src", "tests", "tools")
SOURCES = sorted(
    path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if "node_modules" not in path.parts
)
NEVER_TEXT = {"webbrowser", "engine", "Image"}  # their `open` opens no text


def in_binary(call, position):
    """Whether a call to `open` names a binary mode."""
    modes = [*call.args[position : position + 1], *(word.value for word in call.keywords if word.arg == "mode")]
    return any(isinstance(mode, ast.Constant) and "b" in str(mode.value) for mode in modes)


def starts_a_program(call):
    """Whether a call starts another program."""
    return getattr(call.func, "attr", getattr(call.func, "id", "")) in ("run", "Popen", "check_output")


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
    return starts_a_program(call) and bool(words & {"text", "universal_newlines"})


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
        ("Image.open(picture)", False),
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


# What runs where the machine prefers ASCII, and where a text without an encoding is an error: names from all letters go
# through Node and back, and through files.
WORK = """
import shutil, sys
from pathlib import Path
from types import SimpleNamespace

import dev, steps  # noqa
from content import evidence, static_widgets  # noqa
from delivery import one_stylesheet  # noqa
from delivery.site import Site  # noqa
from setup import node_packages, vendored  # noqa
from softmaxlab.displays.check import check_book  # noqa

root, folder = Path.cwd(), Path(sys.argv[1])
node_packages.put_node_on_path()
letters = "Σ − π “ 中"
assert "−log" in static_widgets.bundled(root)["loss_duel.js"]
(folder / "_static").mkdir()
(folder / "_static" / "a.css").write_text(f'.a::before {{ content: "{letters}" }}', encoding="utf-8")
page = folder / "page.html"
page.write_text(f'<link rel="stylesheet" href="_static/a.css"><p class="a">{letters}</p>', encoding="utf-8")
site = Site(SimpleNamespace(outdir=str(folder), srcdir=str(root), doctreedir=str(folder / ".doctrees")))
one_stylesheet.join_stylesheets(site)
site.save()
assert letters in page.read_text(encoding="utf-8")
assert letters in (folder / "_static" / one_stylesheet.NAME).read_text(encoding="utf-8")
vendored.copy_katex(root, folder / "katex")
steps.LOGS = str(folder)
dev.run("All letters", [sys.executable, "-X", "utf8", "-c", f"print({ascii(letters)})"])
print("done")
"""


def test_the_build_works_where_the_machine_prefers_an_encoding_without_greek_letters(needs_javascript, tmp_path):
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("src", "_ext", "tools"))
    env = {**os.environ, "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONPATH": paths}
    ours = [
        f"-Werror::EncodingWarning:{name}"
        for name in ("setup.node", "delivery.one_stylesheet", "delivery.site", "setup.vendored", "steps")
    ]
    script = tmp_path / "work.py"
    script.write_text(WORK, encoding="utf-8")
    (tmp_path / "site").mkdir()
    command = [sys.executable, "-X", "warn_default_encoding", *ours, script, tmp_path / "site"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("done\n")
    names = {path.name for folder in ("_ext", "tools") for path in (ROOT / folder).glob("**/*.py")}
    warned = re.findall(r"([\w.]+\.py):\d+: EncodingWarning", done.stderr)
    assert names & set(warned) == set()


def test_a_python_whose_words_are_read_speaks_utf8():
    told = []
    for path in [*(ROOT / "tools").glob("*.py"), *(ROOT / "bench").glob("*.py")]:
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef):
                continue
            calls = [node for node in ast.walk(function) if isinstance(node, ast.Call)]
            if not any(word.arg == "encoding" for call in calls for word in call.keywords if starts_a_program(call)):
                continue
            for command in ast.walk(function):
                words = ast.unparse(command) if isinstance(command, ast.List | ast.Tuple) else ""
                if re.match(r"[\[(](sys\.executable|in_venv\('python'\))", words) and "'-X', 'utf8'" not in words:
                    told.append(f"{path.name}:{command.lineno}: {words[:60]}")
    assert told == []
