"""Proofs as MathML: every line of the book can be written, and what a step changed is marked, no more and no less."""

import re
import xml.etree.ElementTree as ET

import pytest

from softmaxlab.proofs.catalogue import proof_of
from softmaxlab.proofs.language.tex import tex
from softmaxlab.proofs.printing.mathml import Node, extent, lettered, markup, parse, with_changes
from support.chains import CHAINS


def unmarked(text):
    """MathML without the marks of a change: the rows made for them, and the attributes."""
    text = re.sub(r' class="is-changed"', "", text)
    while (bare := re.sub(r"<mrow>((?:(?!</?mrow).)*)</mrow>", r"\1", text)) != text:
        text = bare
    return text


def marks(node):
    """Text of each marked part."""
    found = ET.fromstring(markup(node)).iter()
    return ["".join(part.itertext()) for part in found if part.get("class") == "is-changed"]


def changes(before, after):
    return [marks(tree) for tree in with_changes(parse(before), parse(after))]


@pytest.mark.parametrize("label", CHAINS)
def test_every_line_of_the_book_becomes_well_formed_mathml(label):
    for step in proof_of(label).steps:
        for line in (step.before, step.after):
            ET.fromstring(markup(parse(tex(line))))


@pytest.mark.parametrize("label", CHAINS)
def test_marks_change_nothing_but_the_marks(label):
    for step in proof_of(label).steps:
        trees = [parse(tex(line)) for line in (step.before, step.after)]
        for tree, shown in zip(trees, with_changes(*trees), strict=True):
            assert unmarked(markup(shown)) == unmarked(markup(tree))


@pytest.mark.parametrize("label", CHAINS)
def test_what_is_outside_the_marks_is_the_same_before_and_after(label):
    for step in proof_of(label).steps:
        shown = with_changes(*(parse(tex(line)) for line in (step.before, step.after)))
        outside = [without_marks(ET.fromstring(markup(tree))) for tree in shown]
        assert outside[0] == outside[1]


def without_marks(element):
    """Letters of a formula, in order, without those in marked parts."""
    if element.get("class") == "is-changed":
        return ""
    return (element.text or "") + "".join(without_marks(part) for part in element)


@pytest.mark.parametrize("label", CHAINS)
def test_every_step_that_changes_the_look_has_a_mark(label):
    for step in proof_of(label).steps:
        if tex(step.before) != tex(step.after):
            assert any(changes(tex(step.before), tex(step.after)))


def test_a_change_inside_a_fraction_leaves_the_rest_unmarked():
    assert changes(r"\frac{a + b}{c}", r"\frac{a + d}{c}") == [["b"], ["d"]]


def test_a_symbol_whose_index_changes_is_marked_as_a_whole():
    assert changes("p_{i} + 1", "p_{j} + 1") == [["pi"], ["pj"]]


def test_a_formula_equal_to_itself_has_no_mark():
    assert changes("p_{i}", "p_{i}") == [[], []]


def test_a_minus_between_two_terms_is_binary_and_one_in_front_is_not():
    forms = [e.get("form") for e in ET.fromstring(markup(parse(r"-a - b + \left(-c\right)"))).iter("mo")]
    assert forms == ["prefix", "infix", "infix", "prefix", "prefix", "postfix"]


def test_symbols_say_what_they_are():
    text = markup(lettered(parse(r"\frac{\partial L}{\partial a_{i}} = p_{i} - y_{i}")))
    assert re.findall(r'data-sl-quantity="(\w+)"(?: data-sl-letter="(\w)")?', text) == [
        ("loss", ""), ("logits", "i"), ("probs", "i"), ("targets", "i"),
    ]  # fmt: skip


@pytest.mark.parametrize("foreign", [r"\int x", r"a }", r"\frac{a}{b", "a & b"])
def test_tex_of_other_hands_is_refused(foreign):
    with pytest.raises((ValueError, IndexError)):
        parse(foreign)


def test_a_longer_formula_needs_more_room():
    short, long = extent(parse("p_{i}")), extent(parse(r"p_{i} \, \left(\delta_{ij} - p_{j}\right)"))
    assert long[0] > short[0]
    assert extent(Node("mfrac", (parse("a"), parse("b"))))[1] > short[1]
