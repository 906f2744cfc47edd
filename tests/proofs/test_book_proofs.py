"""The catalogue: every label is proved, audited, quick, and shows itself in TeX that KaTeX knows."""

import re
from html import unescape
from itertools import pairwise

import pytest

from softmaxlab.proofs.catalogue import CATALOGUE, proof_of
from softmaxlab.proofs.checking.measured import ConcreteProof
from softmaxlab.proofs.checking.refute import AUDITED
from support.effort import at_most

CONCRETE = {"eq-sigmoid", "eq-temperature-limits", "eq-distillation"}
SYMBOLIC = [label for label in CATALOGUE if label not in CONCRETE]
COMMANDS = {
    "bar",
    "beta",
    "delta",
    "displaystyle",
    "frac",
    "ge",
    "infty",
    "lambda",
    "left",
    "lim",
    "limits",
    "log",
    "mu",
    "ne",
    "operatorname",
    "partial",
    "quad",
    "right",
    "sigma",
    "sum",
    "text",
    "to",
    "varepsilon",
}


def formulas(proof):
    """Return the TeX of every formula in a proof's HTML."""
    found = re.findall(r'<span class="sl-tex">\$\\displaystyle (.*?)\$</span>', proof._repr_html_())
    return [unescape(latex) for latex in found]


SCOPES = {
    "eq-log-add": "proved",  # two numbers, no classes
    "eq-tanh-slope": "proved",
    "eq-binary-grad": "proved",
    "eq-cancellation": "proved for all N ≥ 2",  # a single class is certain
}


@pytest.mark.parametrize("label", SYMBOLIC)
def test_the_label_is_proved_for_all_n_and_audited(label):
    proof = proof_of(label)
    assert (proof.name, proof.badge, proof.audited) == (label, SCOPES.get(label, "proved for all N"), AUDITED)


@pytest.mark.parametrize("label", SYMBOLIC)
def test_each_line_of_a_proof_starts_where_the_one_before_ended(label):
    proof = proof_of(label)
    assert proof.steps[0].before == proof.lhs
    for one, following in pairwise(proof.steps):
        if one.side == following.side == "left":
            assert following.before == one.after


@pytest.mark.parametrize("label", CATALOGUE)
def test_every_formula_has_balanced_braces_and_known_commands(label):
    for latex in formulas(proof_of(label)):
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\left(") == latex.count(r"\right)")
        assert set(re.findall(r"\\([A-Za-z]+)", latex)) <= COMMANDS


def test_the_sigmoid_is_proved_at_two_classes_only():
    assert proof_of("eq-sigmoid").badge == "proved for N = 2"


def test_the_limits_of_the_temperature_say_for_which_n_they_are_proved():
    proof = proof_of("eq-temperature-limits")
    assert isinstance(proof, ConcreteProof)
    assert proof.badge == "proved for N = 2..6"


def test_the_jacobian_proof_tells_its_story_in_plain_words():
    rules = [step.rule for step in proof_of("eq-jacobian").steps]
    assert rules == ["definition of p", "quotient rule", "term by term", "derivative of exp", "δ contracted",
                     "multiply out and cancel", "recognize p", "factor"]  # fmt: skip


def test_p_minus_y_uses_its_hypothesis_and_says_so():
    assert "hypothesis Σ_k y_k = 1" in [step.rule for step in proof_of("eq-p-minus-y").steps]


def test_the_variance_is_seen_to_be_nonnegative():
    assert proof_of("eq-variance-pairs").nonnegative
    assert not proof_of("eq-variance").nonnegative  # true, but that form does not show it


def test_probabilities_are_seen_to_be_positive():
    assert [repr(value) for value in proof_of("eq-sum-one").positive] == ["p_i"]


def test_an_unknown_label_lists_the_known_ones():
    with pytest.raises(ValueError, match="eq-jacobian"):
        proof_of("eq-nothing")


def test_all_proofs_of_the_book_stay_within_their_budget():
    # 36.6 million calls were measured, which take from 3 to 5 s unless they are counted; fewer where SymPy remembers
    # results of earlier tests. Seconds depend on the machine and on what else it does: `make bench` prints them.
    with at_most(100_000_000):
        for claim in CATALOGUE.values():
            claim.prove()
