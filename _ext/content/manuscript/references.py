"""What refers to what: labels, terms, sources, pages and places in pages."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from myst_parser.mdit_to_docutils.base import default_slugify

from .pages import Page, Piece, Problem

ENTRY = re.compile(r"^[ \t]*@(?!comment|string|preamble)\w+\s*\{\s*([^,\s]+)", re.MULTILINE | re.IGNORECASE)
TERM = re.compile(r"^(\S.*?)\s*$", re.MULTILINE)
ANCHORED = 3  # myst_heading_anchors: the depth of headings that have an address


@dataclass(frozen=True)
class Known:
    """All that can be referred to, each with the places that define it."""

    equations: dict[str, list[tuple[Page, int]]]
    labels: dict[str, list[tuple[Page, int]]]
    terms: dict[str, list[tuple[Page, int]]]
    sources: dict[str, list[int]]
    anchors: dict[str, set[str]]  # of each page


def known(pages: list[Page], root: Path) -> Known:
    """Gather what the pages and references.bib define."""
    equations, labels, terms, sources = (defaultdict(list) for _ in range(4))
    for page in pages:
        for piece in page.pieces:
            if piece.kind == "target":
                labels[piece.text.lower()].append((page, piece.line))
            elif piece.kind == "directive":
                if piece.options.get("name"):
                    labels[str(piece.options["name"]).lower()].append((page, piece.line))
                if piece.name == "math" and piece.options.get("label"):
                    equations[piece.options["label"]].append((page, piece.line + 1))
                if piece.name == "glossary":
                    for term in TERM.finditer(piece.body):
                        line = piece.inside + piece.body.count("\n", 0, term.start())
                        terms[term[1].split(" : ")[0]].append((page, line))
    bibliography = root / "references.bib"
    text = bibliography.read_text(encoding="utf-8") if bibliography.exists() else ""
    for entry in ENTRY.finditer(text):
        sources[entry[1]].append(1 + text.count("\n", 0, entry.start(1)))
    return Known(equations, labels, terms, sources, {page.file: anchors_of(page) for page in pages})


def anchors_of(page: Page) -> set[str]:
    """Return the places of a page that an address may name behind its #."""
    found = set()
    for piece in page.pieces:
        if piece.kind in ("target", "id"):
            found.add(piece.text)
        elif piece.kind == "heading" and int(piece.name[1]) <= ANCHORED:
            slug = default_slugify(piece.text)
            number = next(n for n in range(len(page.lines) + 1) if (f"{slug}-{n}" if n else slug) not in found)
            found.add(f"{slug}-{number}" if number else slug)
        elif piece.kind == "directive":
            label = piece.options.get("name") or piece.options.get("label")
            found |= {str(label), f"equation-{label}"} if label else set()
    return found


def nearest(name: str, names: Iterable[str]) -> str:
    """Return a hint at what may have been meant."""
    close = get_close_matches(name, list(names), n=1, cutoff=0.6)
    return f"; is it {close[0]}?" if close else ""


def twice(known: Known) -> list[Problem]:
    """Names that two places define; the labels of equations are looked at with the equations."""
    found = []
    for what, places in (("label", known.labels), ("term", known.terms)):
        for name, (first, *others) in places.items():
            page, line = first
            found += [
                other.problem(at, f"the {what} {name} is given at {page.file}:{line} as well: rename one")
                for other, at in others
            ]
    for key, (above, *more) in known.sources.items():
        words = f"the key {key} is given on line {above} as well: rename one"
        found += [Problem("references.bib", line, words) for line in more]
    return found


def lost(page: Page, known: Known) -> list[Problem]:
    """References of a page that lead nowhere."""
    found = []
    for piece in page.pieces:
        words = None
        if piece.kind == "role":
            words = in_role(page, piece, known)
        elif piece.kind == "link":
            words = in_link(page, piece.text, known)
        elif piece.kind == "directive" and piece.options.get("link-type") == "ref":
            label = piece.options.get("link", "")
            words = of_label(label, "card", known)
        if words:
            found.append(page.problem(piece.line, words))
    return found


def in_role(page: Page, piece: Piece, known: Known) -> str | None:
    """Say what is wrong with a reference in a role."""
    name, target = piece.name, piece.target
    if name == "eq" and target not in known.equations:
        return f"{{eq}} names {target}, which no equation has as its label{nearest(target, known.equations)}"
    if name in ("ref", "numref"):
        return of_label(target, name, known)
    if name == "term" and target.lower() not in {term.lower() for term in known.terms}:
        return f"{{term}} names {target}, which the glossary has not{nearest(target, known.terms)}"
    if name == "doc" and (file := beside(page, target.removesuffix(".md") + ".md")) not in known.anchors:
        return f"{{doc}} names {target}, and there is no page {file}{nearest(file, known.anchors)}"
    if name == "cite" or name.startswith("cite:"):
        missing = [key for key in re.split(r"\s*,\s*", target) if key not in known.sources]
        hints = [f"{key}, which references.bib has not{nearest(key, known.sources)}" for key in missing]
        return f"{{{name}}} names {' and '.join(hints)}" if missing else None
    return None


def of_label(target: str, name: str, known: Known) -> str | None:
    """Say what is wrong with a reference to a labelled place."""
    if target.lower() in known.labels:
        return None
    return f"{{{name}}} names {target}, which no place has as its label{nearest(target, known.labels)}"


def in_link(page: Page, address: str, known: Known) -> str | None:
    """Say what is wrong with a link to a place in the book; addresses elsewhere are not looked at."""
    path, _, anchor = address.partition("#")
    if re.match(r"[a-z][a-z0-9+.-]*:|//", address):
        return None
    file = beside(page, path) if path else page.file
    if path and not path.endswith(".md"):
        return None  # a file: see files.py
    if file not in known.anchors:
        return f"the link {address} leads to {file}, and there is no such page{nearest(file, known.anchors)}"
    everywhere = known.labels.keys() | known.equations.keys() if not path else set()
    if anchor and anchor not in known.anchors[file] | everywhere:
        return f"the link {address} leads to no place in {file}{nearest(anchor, sorted(known.anchors[file]))}"
    return None


def beside(page: Page, path: str) -> str:
    """Return where a path leads that is named in a page: from its folder, or with a slash in front from the root."""
    folder = "" if path.startswith("/") else posixpath.dirname(page.file)
    return posixpath.normpath(posixpath.join(folder, path.lstrip("/")))


def check_references(pages: list[Page], root: Path) -> list[Problem]:
    """Return all names that are given twice, and all references that lead nowhere."""
    everything = known(pages, root)
    return twice(everything) + [problem for page in pages for problem in lost(page, everything)]
