"""What the page and its scripts agree on stands once, in softmaxlab._page_names, and all keep to it."""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from softmaxlab._page_names import Attribute, Class, State

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {*Class, *Attribute, *State}
BY_KATEX = {name.removeprefix("data-") for name in Attribute}  # \htmlData puts "data-" in front
CONTRACT = ROOT / "src" / "softmaxlab" / "_page_names.py"
FOLDERS = {"src": ("py", "js", "css"), "_ext": ("py",), "assets": ("js", "css"), "_templates": ("html",)}
SOURCES = {
    path: path.read_text(encoding="utf-8")
    for folder, kinds in FOLDERS.items()
    for kind in kinds
    for path in sorted((ROOT / folder).rglob(f"*.{kind}"))
    if path != CONTRACT
}
TESTS = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))}
ALONE = {Class.HELD}  # the look of a badge that no rule has to name
SITE_WIDE = [path for path in SOURCES if path.is_relative_to(ROOT / "assets") or path.stem == "core"]
WRITTEN = re.compile(r"(?<![\w-])(?:sl-|data-|is-)[a-z][a-z0-9-]*(?!-?\w|\()")
READ = re.compile(r"\bdataset\.(\w+)|\b(sl[A-Z]\w*)(?=\s*\} = \w+\.dataset|\?\.)")
THEIRS = re.compile(r"data-(?:bs|cfasync|theme|jp|lm)\b.*")  # Bootstrap's, the theme's and JupyterLab's
CONSTANTS = re.compile(r"\b(Class|Attribute|State)\.([A-Z_]+)\b")


def names_in(text, kind="js"):
    """Return the names of classes, attributes and states in a source; colors, ``--sl-ink``, are another matter."""
    found = set(WRITTEN.findall(text))
    found |= {f"data-{hyphened(name)}" for match in READ.findall(text) for name in match if name and kind == "js"}
    if kind == "py":
        groups = {"Class": Class, "Attribute": Attribute, "State": State}
        found |= {str(groups[group][name]) for group, name in CONSTANTS.findall(text)}
    return {name for name in found if not THEIRS.fullmatch(name)}


def hyphened(name):
    """Return the attribute's name for a property of ``dataset``.

    >>> hyphened("slQuantity")
    'sl-quantity'
    """
    return re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


USED = {path: names_in(text, path.suffix[1:]) for path, text in SOURCES.items()}


def unknown(names, path, text):
    """Return the names that nobody agreed on: not in the list, and not styled by the file that writes them."""
    styled = r"\." if path.suffix == ".py" else "@keyframes "
    own = {name for name in names if path.suffix != ".js" and re.search(rf"{styled}{name}\b", text)}
    states = {name for name in names if name.startswith("is-") and path not in SITE_WIDE}  # a widget's own: see below
    return sorted(names - KNOWN - BY_KATEX - own - states)


@pytest.mark.parametrize("path", USED, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_name_in_a_page_a_script_or_a_style_sheet_is_agreed_on(path):
    assert unknown(USED[path], path, SOURCES[path]) == []


@pytest.mark.parametrize("name", sorted(KNOWN))
def test_every_name_that_was_agreed_on_joins_two_sources(name):
    users = [path for path, names in USED.items() if name in names]
    users += [path for path, text in TESTS.items() if name in names_in(text) | names_in(text, "py")]
    assert len(users) > (name not in ALONE)


def test_a_state_that_several_widgets_use_is_agreed_on():
    sheets = defaultdict(set)
    for path, names in USED.items():
        for name in names:
            if path.suffix == ".css" and name.startswith("is-"):
                sheets[name].add(path.stem)
    assert {name for name, users in sheets.items() if len(users) > 1} - KNOWN == set()


@pytest.mark.parametrize(
    ("line", "kind", "name"),
    [
        ('place.querySelector(".sl-moutn")', "js", "sl-moutn"),
        ('place.dataset.slRaedy = "";', "js", "data-sl-raedy"),
        ("const { slIdnex } = node.dataset;", "js", "data-sl-idnex"),
        (".sl-bagde:hover { color: var(--sl-ink) }", "css", "sl-bagde"),
        ("f'<div class=\"sl-moutn\">'", "py", "sl-moutn"),
    ],
)
def test_a_name_that_is_misspelt_is_told(line, kind, name):
    assert unknown(names_in(line, kind), ROOT / "assets" / f"x.{kind}", line) == [name]
