"""Roles and directives: each is one that the built page and the downloaded notebook know."""

from ..plain_markdown import NAMES, ROLES
from .pages import Page, Problem
from .references import nearest

PAGE_ONLY = {"code-cell", "glossary", "bibliography"}  # directives of pages, or of parts, that no notebook has


def check_names(pages: list[Page]) -> list[Problem]:
    """Return the roles and directives that nobody knows."""
    found, directives = [], NAMES.keys() | PAGE_ONLY
    for page in pages:
        for piece in page.of_kind("role"):
            if piece.name not in ROLES and not piece.name.startswith("glue"):
                words = f"the role {{{piece.name}}} is not known here{nearest(piece.name, ROLES)}"
                found.append(page.problem(piece.line, words))
        for piece in page.of_kind("directive"):
            if piece.name not in directives:
                words = f"the directive {{{piece.name}}} is not known here{nearest(piece.name, directives)}"
                found.append(page.problem(piece.line, f"{words}: see _ext/content/plain_markdown.py"))
    return found
