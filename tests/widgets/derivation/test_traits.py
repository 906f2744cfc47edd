"""Derivation without a browser: its traits, what it refuses, and the still."""

import re

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import _formatting, cross_entropy_grad, softmax, softmax_jacobian
from softmaxlab.proofs.catalogue import proof_of
from softmaxlab.proofs.checking.compiled import chain
from softmaxlab.widgets import Derivation

LOGITS = st.lists(st.floats(-10, 10), min_size=2, max_size=5)
SHOWN = ["eq-jacobian", "eq-jacobian-off", "eq-jacobian-symmetric", "eq-p-minus-y", "eq-chain-1", "eq-lse-hessian"]


@pytest.fixture
def widget():
    return Derivation()


@pytest.mark.parametrize("label", SHOWN)
def test_the_steps_are_those_of_the_certificate(label):
    _, rules = chain(proof_of(label))
    assert [step["rule"] for step in Derivation(label).certificate["steps"]] == rules


@given(LOGITS, st.data())
def test_the_values_begin_with_the_slope_that_softmaxlab_knows(logits, data):
    i, j = (data.draw(st.integers(0, len(logits) - 1)) for _ in "ij")
    found = Derivation(logits=logits, indices=[i, j])
    np.testing.assert_allclose(found.values[0], softmax_jacobian(logits)[i, j], rtol=1e-9, atol=1e-15)  # 1 − p cancels
    assert found.probs == softmax(np.array(logits)).tolist()


@given(LOGITS, st.data())
def test_all_lines_have_the_value_of_the_left_side(logits, data):
    y = data.draw(st.integers(0, len(logits) - 1))
    values = Derivation("eq-p-minus-y", logits=logits, true_class=y, indices=[0]).values
    np.testing.assert_allclose(values, cross_entropy_grad(np.array(logits), y)[0], atol=1e-13)  # sums of order 1


@pytest.mark.parametrize("change", [{"logits": [0, 5]}, {"indices": [2, 2]}])
def test_results_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    fresh = Derivation(**change)
    assert (widget.probs, widget.values) == (fresh.probs, fresh.values)


@pytest.mark.parametrize("name", ["probs", "values", "certificate"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"logits": [1] * 6}, "2 to 5 numbers from −10 to 10"),
        ({"logits": [11, 0]}, "from −10 to 10"),
        ({"logits": [1]}, "expected 2"),
        ({"indices": [0]}, "for each of i, j"),
        ({"indices": [0, 3]}, "one class from 0 to 2"),
        ({"true_class": 3}, "expected 0 to 2"),
        ({"step": 0}, "steps 1 to 8"),
        ({"step": 9}, "steps 1 to 8"),
        ({"labels": list("abcdef")}, "at most 5"),
    ],
)
def test_bad_values_are_refused_with_words_and_the_state_kept(widget, change, words):
    ((name, value),) = change.items()
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=words):
        setattr(widget, name, value)
    assert getattr(widget, name) == before


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("eq-nothing", "expected a label"),
        ("eq-sigmoid", "without a chain of steps"),
        ("eq-jvp", "speaks of v"),
        ("eq-softmax-of-log", "speaks of p"),
    ],
)
def test_proofs_it_cannot_show_are_refused(label, words):
    with pytest.raises(ValueError, match=words):
        Derivation(label)


def test_an_equation_for_different_classes_refuses_equal_ones():
    with pytest.raises(ValueError, match="different classes only"):
        Derivation("eq-jacobian-off", indices=[1, 1])


def test_indices_and_the_true_class_move_when_their_class_is_removed():
    derivation = Derivation("eq-p-minus-y", logits=[1, 2, 3], true_class=2, indices=[2])
    derivation.logits = [1, 2]
    assert (derivation.true_class, derivation.indices) == (1, [1])
    assert derivation.values == Derivation("eq-p-minus-y", logits=[1, 2], true_class=1, indices=[1]).values


def test_different_indices_stay_different_when_classes_are_removed():
    derivation = Derivation("eq-jacobian-off", logits=[1, 2, 3, 4], indices=[2, 3])
    derivation.logits = [1, 2]
    assert sorted(derivation.indices) == [0, 1]


def texts(still, name):
    """Numbers of the still's elements of this class."""
    return re.findall(rf'class="dv-value is-{name}">.*?<span class="sl-value">(.*?)</span>', still)


def test_the_still_shows_the_step_and_its_values():
    derivation = Derivation(step=4)
    still, step = derivation.still(), derivation.certificate["steps"][3]
    assert step["before"] in still
    assert step["after"] in still
    assert [texts(still, name) for name in ("left", "before", "after")] == [
        [_formatting.fixed(derivation.values[n], 10)] for n in (0, 3, 4)
    ]


def test_the_still_says_in_words_what_it_shows():
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', Derivation(labels=["cat", "dog"]).still())
    assert "∂p_i/∂a_j = p_i(δ_ij − p_j)" in words
    assert "Step 1 of 8, definition of p" in words
    assert "i is cat, j is dog, logit of cat 1.00" in words


def test_labels_are_escaped_in_the_still():
    still = Derivation(labels=['<img src="x">']).still()
    assert "<img" not in still


def test_the_still_has_no_control_that_would_be_dead():
    assert not re.search(r"<(input|button|select|a)\b", Derivation().still())
