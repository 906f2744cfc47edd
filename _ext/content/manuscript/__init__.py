"""What can be said of the book's sources before anything runs: all mistakes at once, each with its place and its cure.

`pages` reads a page; each other module holds one kind of rule. Equations against their proofs: softmaxlab.displays.
"""

from pathlib import Path

from .code import check_python, check_scripts, start_parser
from .contents import check_contents
from .equations import check_equations
from .files import check_files
from .names import check_names
from .pages import Page, Problem, book_pages
from .prose import check_page
from .references import check_references

__all__ = ["Page", "Problem", "check_manuscript"]


def check_manuscript(root: str | Path) -> list[Problem]:
    """Return all problems of a book's sources, by file and line."""
    root = Path(root)
    parser = start_parser(root)  # meanwhile:
    pages = book_pages(root)
    found = [problem for page in pages for problem in check_page(page)]
    found += check_contents(pages, root) + check_references(pages, root) + check_files(pages, root)
    found += check_names(pages) + check_equations(pages, root) + check_python(root) + check_scripts(parser)
    return sorted(set(found))
