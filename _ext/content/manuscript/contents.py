"""_config.yml, _toc.yml and the front matter of the pages: they can be read, and name what is there."""

import re
from pathlib import Path

import yaml

from .pages import FRONT_MATTER, Page, Problem
from .references import nearest

FILE = re.compile(r"^[ \t]*(?:- )?(file|root):[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)


def check_contents(pages: list[Page], root: Path) -> list[Problem]:
    """Return what is wrong with the frame of the book."""
    found = [problem for page in pages for problem in front_matter(page)]
    for name in ("_config.yml", "_toc.yml"):
        path = root / name
        if path.exists():
            found += unreadable(path.read_text(encoding="utf-8"), name)
        else:
            found.append(Problem(name, 0, "is not there, and without it there is no book"))
    return found + (listed(pages, root) if (root / "_toc.yml").exists() else []) + extensions(root)


def unreadable(text: str, file: str, above: int = 0) -> list[Problem]:
    """Say where a text is no YAML."""
    try:
        yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        line = above + (mark.line + 1 if mark else 1)
        return [Problem(file, line, f"can't be read as YAML: {getattr(problem, 'problem', problem)}")]
    return []


def front_matter(page: Page) -> list[Problem]:
    """Say what is wrong with what stands between the dashes at the top of a page."""
    if not page.text.startswith("---\n"):
        return []
    match = FRONT_MATTER.match(page.text)
    if not match:
        return [page.problem(1, "the front matter is not closed: a second line of three dashes ends it")]
    return unreadable(match[1], page.file, above=1)


def listed(pages: list[Page], root: Path) -> list[Problem]:
    """Say which pages the table of contents names in vain, twice, or not at all."""
    text = (root / "_toc.yml").read_text(encoding="utf-8")
    found: list[Problem] = []
    lines: dict[str, int] = {}
    sources = {page.file.removesuffix(".md") for page in pages}
    for match in FILE.finditer(text):
        name, line = match[2].removesuffix(".md"), 1 + text.count("\n", 0, match.start(2))
        if not any((root / f"{name}{suffix}").exists() for suffix in (".md", ".ipynb", ".rst")):
            found.append(Problem("_toc.yml", line, f"names {name}, and there is no such page{nearest(name, sources)}"))
        elif name in lines:
            found.append(Problem("_toc.yml", line, f"names {name}, as line {lines[name]} does: leave one out"))
        lines.setdefault(name, line)
    words = "_toc.yml does not name this page, so that nobody will see it"
    return found + [page.problem(1, words) for page in pages if page.file.removesuffix(".md") not in lines]


def extensions(root: Path) -> list[Problem]:
    """Say which of its own extensions the book names in vain."""
    path = root / "_config.yml"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = []
    for match in re.finditer(r"^[ \t]+(\w+):[ \t]*(_ext)[ \t]*$", text, re.MULTILINE):
        name = match[1]
        if not ((root / "_ext" / f"{name}.py").exists() or (root / "_ext" / name).is_dir()):
            names = [each.stem for each in (root / "_ext").glob("*.py")]
            line = 1 + text.count("\n", 0, match.start(1))
            words = f"names the extension {name}, and there is no _ext/{name}.py{nearest(name, names)}"
            found.append(Problem("_config.yml", line, words))
    return found
