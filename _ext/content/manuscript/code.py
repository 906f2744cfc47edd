"""Our JavaScript and CSS can be parsed; our Python too. What was read once is not read again until it changes."""

import ast
import json
import subprocess
from functools import cache
from pathlib import Path

from .pages import Problem

FOLDERS = ("assets", "src")
PYTHON = ("_ext", "src", "tests/equations", "tests/support", "tools")
READ: dict[tuple[tuple[str, int, int], ...], list[Problem]] = {}  # what was found in scripts of this state


class Parsing:
    """Node's reading of all scripts and style sheets, which goes on while the rest is checked."""

    def __init__(self, root: Path) -> None:
        """Let Node begin, unless it has read the same files before."""
        kinds = [f"{folder}/**/*.{kind}" for folder in FOLDERS for kind in ("js", "css")]
        files = sorted(path for kind in kinds for path in root.glob(kind))
        self.state = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)
        self.process = None
        if self.state not in READ:
            self.process = subprocess.Popen(
                ["node", str(root / "tools" / "syntax.mjs")],
                cwd=root,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            names = [path.relative_to(root).as_posix() for path in files]
            if self.process.stdin:  # it was asked for: it is there
                self.process.stdin.write(json.dumps(names).encode())
                self.process.stdin.close()
            self.process.stdin = None

    def problems(self) -> list[Problem]:
        """Wait for Node, and return what it found."""
        if self.process is None:
            return READ[self.state]
        said, failed = self.process.communicate()
        if self.process.returncode:
            missing = b"MODULE_NOT_FOUND" in failed
            cure = "a JavaScript package is missing: run `make check`, or `npm ci`, first"
            return [Problem("tools/syntax.mjs", 0, cure if missing else failed.decode(errors="replace").strip())]
        READ[self.state] = [Problem(found["file"], found["line"], found["words"]) for found in json.loads(said)]
        return READ[self.state]


def start_parser(root: Path) -> Parsing | None:
    """Let Node parse all scripts and style sheets; None where there is no Node."""
    try:
        return Parsing(root)
    except FileNotFoundError:
        return None


def check_scripts(parsing: Parsing | None) -> list[Problem]:
    """Return what the parser found."""
    if parsing is None:
        return [Problem("tools/syntax.mjs", 0, "Node is not there to read the scripts: `make check` brings it")]
    return parsing.problems()


def check_python(root: Path) -> list[Problem]:
    """Return the first syntax error of each of our Python files."""
    found = []
    for folder in PYTHON:
        for path in sorted((root / folder).glob("**/*.py")):
            state = path.stat()
            if wrong := syntax_error(path, state.st_mtime_ns, state.st_size):
                found.append(Problem(path.relative_to(root).as_posix(), *wrong))
    return found


@cache
def syntax_error(path: Path, modified: int, size: int) -> tuple[int, str] | None:
    """Return line and words of the syntax error of a file; time and size make a changed file another one."""
    try:
        compile(path.read_bytes(), path.name, "exec", ast.PyCF_ONLY_AST)
    except SyntaxError as problem:
        return problem.lineno or 1, f"is no Python: {problem.msg}: {(problem.text or '').strip()}"
    return None
