"""Symbols of displayed equations are marked where figures can answer, and nowhere else."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from docutils.utils import new_document
from sphinx.errors import ExtensionError

from content import linked_formulas
from support.chapter_text import display_math

ROOT = Path(__file__).resolve().parents[2]

CHAPTERS = [*sorted((ROOT / "chapters").glob("*.md")), ROOT / "errata.md"]


def marks(tex):
    """A formula with <quantity> in front of what is marked."""
    return re.sub(r"\{\\htmlData\{sl-quantity=([^}]*)\}", r"<\1>", linked_formulas.linked(tex))


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        ("p_i - y_i", "<probs>{p_i}} - <targets>{y_i}}"),
        ("e^{a_{k}}", "e^{<logits>{a_{k}}}}"),
        (r"L = -\log p_y", r"<loss>{L}} = -\log <probs, sl-index=y>{p_y}}"),
        ("p_1 + p_{2}", "<probs, sl-index=0>{p_1}} + <probs, sl-index=1>{p_{2}}}"),
        (r"\frac{\partial L}{\partial a_i}", r"<grad>{\frac{\partial L}{\partial a_i}}}"),
        (r"\frac{\partial p_i}{\partial a_j}", r"<jacobian>{\frac{\partial p_i}{\partial a_j}}}"),
        ("J v", "<jacobian>{J}} v"),
    ],
)
def test_symbols_are_marked_with_what_they_stand_for(tex, expected):
    assert marks(tex) == expected


@pytest.mark.parametrize(
    "tex",
    [
        r"\bar L",
        "y'_i",
        "p_{nk}",
        r"\operatorname{LSE}(a)",
        "p^{(n)}_{y^{(n)}}",
        r"\alpha_i",
        r"\exp_i",
        "v_i",
    ],
)
def test_other_things_are_left_alone(tex):
    assert linked_formulas.linked(tex) == tex


def test_marks_change_no_formula_of_the_book():
    for chapter in CHAPTERS:
        for label, tex in display_math(chapter.read_text(encoding="utf-8")):
            bare = re.sub(r"\\htmlData\{[^}]*\}", "", linked_formulas.linked(tex))
            assert without_braces(bare) == without_braces(tex), label


def without_braces(tex):
    return re.sub(r"[{}]", "", tex)


def page(*formulas, mount='<div class="sl-mount">'):
    """A page with a widget's place and displayed equations."""
    document = new_document("page")
    document += nodes.raw("", mount, format="html")
    for tex in formulas:
        document += nodes.math_block(tex, tex)
    return document


def built(document, format="html"):
    linked_formulas.link_formulas(SimpleNamespace(builder=SimpleNamespace(format=format)), document, "chapters/x")
    return [node.astext() for node in document.findall(nodes.math_block)]


def test_formulas_are_marked_on_pages_with_a_widget():
    assert built(page("p_i")) == [r"{\htmlData{sl-quantity=probs}{p_i}}"]


def test_formulas_stay_plain_on_pages_without_one_and_in_other_formats():
    assert built(page("p_i", mount="<div>")) == ["p_i"]
    assert built(page("p_i"), format="latex") == ["p_i"]


@pytest.mark.parametrize("tex", [r"\href{javascript:x}{p_i}", r"\htmlStyle{color:red}{p_i}"])
def test_what_would_be_trusted_along_fails_the_build(tex):
    with pytest.raises(ExtensionError, match="chapters/x: a formula uses"):
        built(page(tex))


def test_only_marked_formulas_are_trusted():
    render = linked_formulas.trusting(lambda latex, options=None: options)
    assert render("p_i", {"displayMode": True}) == {"displayMode": True}
    assert render(linked_formulas.linked("p_i"), {"displayMode": True}) == {
        "displayMode": True, "trust": True, "strict": False,
    }  # fmt: skip


@pytest.mark.parametrize(("body", "count"), [('<div class="sl-mount">', 1), ("<div>", 0)])
def test_the_script_is_loaded_only_where_a_widget_is(body, count):
    added = []
    app = SimpleNamespace(add_js_file=lambda name, **_: added.append(name))
    linked_formulas.add_script(app, "x", "page.html", {"body": body}, None)
    assert added == ["linked.js"] * count
