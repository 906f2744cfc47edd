"""What an author's files look like, and what a change of them means for the built pages."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

FOLDERS = (
    "chapters",
    "assets",
    "src",
    "_ext",
    "_templates",
    "tests/equations",
    "tests/support/equations",
    "tools",
    "locks",
)
KINDS = {
    ".md", ".bib", ".yml", ".py", ".js", ".mjs", ".css", ".html", ".svg", ".png", ".jpg", ".txt", ".toml", ".json",
    ".bz2",
}  # fmt: skip
NOT_PAGES = {"README.md", "CONTRIBUTING.md", "ARCHITECTURE.md"}
PAGE, FRAME, CODE = "page", "frame", "code"  # what is to be done anew: those pages; all pages; all, with each cell
Snapshot = dict[str, tuple[int, int]]


def is_source(name: str) -> bool:
    """Say whether a file is one that an author means; editors keep files of their own beside it.

    >>> [name for name in ("a.md", ".a.md.swp", "a.md~", "4913", "#a.md#", ".#a.md", "a.pyc") if is_source(name)]
    ['a.md']
    """
    return not name.startswith((".", "#")) and os.path.splitext(name)[1] in KINDS


def snapshot(root: Path) -> Snapshot:
    """Return time and size of every source below a book's folder."""
    return {file: state for file in files(root) if (state := state_of(root / file))}


def files(root: Path) -> Iterator[str]:
    """Give the sources of a book, seen from its folder."""
    for name in os.listdir(root):
        if is_source(name) and (root / name).is_file():
            yield name
    for folder in FOLDERS:
        for place, below, names in os.walk(root / folder):
            below[:] = [each for each in below if not each.startswith((".", "_")) and each != "node_modules"]
            for name in names:
                if is_source(name):
                    yield Path(place, name).relative_to(root).as_posix()


def state_of(path: Path) -> tuple[int, int] | None:
    """Return time and size of a file; None if it has just gone, or leads nowhere."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_size


def changed(before: Snapshot, after: Snapshot) -> list[str]:
    """Return the files that were changed, added or removed."""
    return sorted(file for file in before.keys() | after.keys() if before.get(file) != after.get(file))


def settled(root: Path, pause: float = 0.15) -> Snapshot:
    """Return how the files are when nobody is in the middle of saving them: twice the same."""
    last = snapshot(root)
    while True:
        time.sleep(pause)
        now = snapshot(root)
        if now == last:
            return now
        last = now


def what_it_means(files: list[str]) -> str:
    """Return what these changes make it necessary to do: the most of what any of them does.

    >>> what_it_means(["chapters/a.md"]), what_it_means(["chapters/a.md", "_toc.yml"]), what_it_means(["src/a.py"])
    ('page', 'frame', 'code')
    """
    needs = {meaning(file) for file in files}
    return CODE if CODE in needs else FRAME if FRAME in needs else PAGE


def meaning(file: str) -> str:
    """Return what a change of one file makes it necessary to do."""
    if file.endswith(".md") and (file.startswith("chapters/") or "/" not in file):
        return PAGE
    if file in ("_toc.yml", "references.bib") or file.startswith(("_templates/", "assets/", "chapters/")):
        return FRAME
    return CODE


def matters(file: str) -> bool:
    """Say whether the pages depend on a file."""
    return file not in NOT_PAGES and (not file.startswith("tools/") or file.endswith(".mjs"))
