"""The files that a page shows, includes or links: they are there, and what is to be shown of them too."""

import ast
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from .pages import Page, Piece, Problem
from .references import beside, nearest

BOUNDS = ("start-at", "start-after", "end-at", "end-before")


def check_files(pages: list[Page], root: Path) -> list[Problem]:
    """Return what is missing."""
    return [
        page.problem(piece.line, words) for page in pages for piece in page.pieces for words in wrong(page, piece, root)
    ]


def wrong(page: Page, piece: Piece, root: Path) -> list[str]:
    """Say what is wrong with one piece's file."""
    if piece.kind == "image" or (piece.kind == "directive" and piece.name in ("figure", "image")):
        return [] if re.match(r"[a-z]+:", piece.text) else missing(page, piece.text, root, "the image")
    if piece.kind == "link":
        path = piece.text.partition("#")[0]
        elsewhere = re.match(r"[a-z][a-z0-9+.-]*:|//", path) or path.endswith(".md")
        return [] if elsewhere or not path else missing(page, path, root, "the linked file")
    if piece.kind == "directive" and piece.name == "literalinclude":
        return missing(page, piece.text, root, "the included file") or excerpt(root / beside(page, piece.text), piece)
    return []


def missing(page: Page, path: str, root: Path, what: str) -> list[str]:
    """Say that a file is not there."""
    file = beside(page, unquote(path))
    full = root / file
    if full.is_file():
        return []
    near = [each.name for each in full.parent.iterdir()] if full.parent.is_dir() else []
    return [f"{what} {file} is not there{nearest(full.name, near)}"]


def excerpt(path: Path, piece: Piece) -> list[str]:
    """Say which object, or line, an excerpt names that its source has not."""
    source = path.read_text(encoding="utf-8")
    wanted = str(piece.options.get("pyobject", ""))
    if wanted:
        objects = objects_of(source)
        if objects is None:
            return [f"{path.name} is no Python, so that {wanted} can't be taken from it"]
        if wanted not in objects:
            return [f":pyobject: names {wanted}, which {path.name} has not{nearest(wanted, sorted(objects))}"]
        first, last = objects[wanted]
        source = "\n".join(source.split("\n")[first - 1 : last])
    where = f"{wanted} of {path.name}" if wanted else path.name
    bounds = [(name, str(piece.options[name]).strip("\"'")) for name in BOUNDS if name in piece.options]
    return [f":{name}: names {text!r}, which is no line of {where}" for name, text in bounds if text not in source]


@cache
def objects_of(source: str) -> dict[str, tuple[int, int]] | None:
    """Return the lines of each function and class of a source, methods with their class in front."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return None
    found = {}

    def gather(body: list[ast.stmt], prefix: str) -> None:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                decorators = [each.lineno for each in node.decorator_list]
                found[prefix + node.name] = (min([node.lineno, *decorators]), node.end_lineno or node.lineno)
                if isinstance(node, ast.ClassDef):
                    gather(node.body, f"{prefix}{node.name}.")

    gather(tree.body, "")
    return found
