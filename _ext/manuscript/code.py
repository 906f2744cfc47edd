"""Our JavaScript and CSS can be parsed; our Python too."""

import ast
import json
import subprocess
from pathlib import Path

from .pages import Problem

FOLDERS = ("assets", "src")
PYTHON = ("_ext", "src", "tests/equations", "tools")


def start_parser(root: Path) -> subprocess.Popen | None:
    """Let Node parse all scripts and style sheets, while the rest is checked; None where there is no Node."""
    files = sorted(
        path for folder in FOLDERS for kind in ("js", "css") for path in (root / folder).glob(f"**/*.{kind}")
    )
    names = [path.relative_to(root).as_posix() for path in files]
    command = ["node", str(root / "tools" / "syntax.mjs")]
    try:
        process = subprocess.Popen(
            command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except FileNotFoundError:
        return None
    process.stdin.write(json.dumps(names).encode())
    process.stdin.close()
    process.stdin = None
    return process


def check_scripts(process: subprocess.Popen | None) -> list[Problem]:
    """Return what the parser found."""
    if process is None:
        return [Problem("tools/syntax.mjs", 0, "Node is not there to read the scripts: run `make check` once")]
    said, failed = process.communicate()
    if process.returncode:
        return [Problem("tools/syntax.mjs", 0, failed.decode(errors="replace").strip())]
    return [Problem(found["file"], found["line"], found["words"]) for found in json.loads(said)]


def check_python(root: Path) -> list[Problem]:
    """Return the first syntax error of each of our Python files."""
    found = []
    for folder in PYTHON:
        for path in sorted((root / folder).glob("**/*.py")):
            file = path.relative_to(root).as_posix()
            try:
                compile(path.read_bytes(), file, "exec", ast.PyCF_ONLY_AST)
            except SyntaxError as problem:
                words = f"is no Python: {problem.msg}: {(problem.text or '').strip()}"
                found.append(Problem(file, problem.lineno or 1, words))
    return found
