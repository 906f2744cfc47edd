"""Each displayed equation has a test that names it, and each test names an equation that is displayed."""

import ast
import re
from pathlib import Path

from softmaxlab.proofs.catalogue import CATALOGUE

from .pages import Page, Problem
from .references import nearest

TESTS = "tests/equations"
LABEL = re.compile(r"eq-[a-z0-9-]+")


def named_by_tests(root: Path) -> tuple[set[str], list[tuple[str, str, int]]]:
    """Return the labels that tests name, and label, file and line of each that a marker names."""
    anywhere, marked = set(CATALOGUE), []
    for path in sorted((root / TESTS).glob("**/*.py")):
        file = path.relative_to(root).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), file)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "equation":
                marked += [
                    (argument.value, file, argument.lineno)
                    for argument in node.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                ]
    return anywhere | {label for label, _, _ in marked}, marked


def check_equations(pages: list[Page], root: Path) -> list[Problem]:
    """Return equations without a test, and tests of what no page displays."""
    displayed: dict[str, tuple[Page, int]] = {}
    for page in pages:
        for piece in page.of_kind("directive", "math"):
            displayed.setdefault(piece.options.get("label", ""), (page, piece.line))
    tested, marked = named_by_tests(root)
    words = f"no test names the equation {{}}: write one in {TESTS}, or prove it in softmaxlab.proofs.catalogue"
    found = [
        page.problem(line, words.format(label))
        for label, (page, line) in displayed.items()
        if LABEL.fullmatch(label) and label not in tested
    ]
    return found + [
        Problem(file, line, f"names the equation {label}, which no page displays{nearest(label, displayed)}")
        for label, file, line in marked
        if label not in displayed
    ]
