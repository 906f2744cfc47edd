"""GradientAtWork without a browser: its traits, what it refuses, and the still."""

import re

import ipywidgets
import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, cross_entropy_grad, softmax
from softmaxlab.learning.scoring_rules import squared_error, squared_error_grad
from softmaxlab.numerics.gradient_descent import descend
from softmaxlab.widgets import GradientAtWork, LogitExplorer

RESULTS = ["probs", "grad", "loss", "squared_probs", "squared_grad", "squared_loss"]


@pytest.fixture
def widget():
    return GradientAtWork(logits=[-2, 2, 0], targets=[0.7, 0.2, 0.1], rate=0.5, steps=7)


def texts(still, name):
    """Texts of the still's elements of this class."""
    found = re.findall(rf'<span class="[^"]*\b{name}\b[^"]*">(.*?)</span>', still)
    return [re.sub(r"<[^>]*>", "", text) for text in found]


def results(work):
    return [getattr(work, name) for name in RESULTS]


# ---- What follows from the start ----


@given(st.lists(st.floats(-20, 20), min_size=2, max_size=4), st.floats(0.01, 10), st.integers(0, 15))
def test_results_are_those_of_softmaxlab_after_so_many_steps(logits, rate, steps):
    y = np.eye(len(logits))[0]
    work = GradientAtWork(logits=logits, targets=y, rate=rate, steps=steps)
    here = descend(lambda a: cross_entropy_grad(a, y), logits, steps, rate)[-1]
    there = descend(lambda a: squared_error_grad(a, 0), logits, steps, rate)[-1]
    assert work.probs == softmax(here).tolist()
    assert work.grad == cross_entropy_grad(here, y).tolist()
    assert work.loss == cross_entropy(here, y)
    assert work.squared_probs == softmax(there).tolist()
    assert work.squared_grad == squared_error_grad(there, 0).tolist()
    assert work.squared_loss == squared_error(there, 0)


def test_both_start_where_the_reader_says(widget):
    assert widget.path("cross")[0].tolist() == widget.path("squared")[0].tolist() == [-2, 2, 0]
    assert len(widget.path()) == 8


def test_certain_and_wrong_squared_error_stalls_where_cross_entropy_runs():
    work = GradientAtWork(logits=[-3, 3, 0], targets=[1, 0, 0], steps=20)
    assert work.probs[0] > 0.9
    assert work.squared_probs[0] < 0.05


def test_a_soft_target_is_reached_and_the_gradient_ends(widget):
    widget.steps = 200
    np.testing.assert_allclose(widget.probs, widget.targets, atol=1e-6)
    np.testing.assert_allclose(widget.grad, 0, atol=1e-6)


@pytest.mark.parametrize("change", [{"logits": [1, 2, 3]}, {"targets": [0, 0, 1]}, {"rate": 2.0}, {"steps": 9}])
def test_results_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    fresh = GradientAtWork(logits=widget.logits, targets=widget.targets, rate=widget.rate, steps=widget.steps)
    assert results(widget) == results(fresh)


@pytest.mark.parametrize("name", RESULTS)
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


def test_observers_never_see_probs_without_their_loss(widget):
    seen = []
    widget.observe(lambda _: seen.append((list(widget.probs), widget.loss)), "probs")
    widget.steps = 8
    here = widget.path()[-1]
    assert seen == [(softmax(here).tolist(), cross_entropy(here, np.array(widget.targets)))]


# ---- What it takes, what it refuses ----


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"logits": [1]}, "2 to 4 numbers"),
        ({"logits": [0] * 5}, "2 to 4 numbers"),
        ({"logits": [0, 20.5]}, "-20 to 20"),
        ({"logits": [0, np.nan]}, "-20 to 20"),
        ({"logits": ["a", "b"]}, "expected numbers"),
        ({"targets": [0.5, 0.4, 0]}, "sum 1"),
        ({"rate": 0}, "0.01 to 10"),
        ({"rate": np.nan}, "0.01 to 10"),
        ({"steps": -1}, "0 to 1000"),
        ({"steps": 1001}, "0 to 1000"),
        ({"labels": list("abcde")}, "at most 4"),
    ],
)
def test_what_makes_no_sense_is_refused_with_words_and_the_state_kept(widget, change, words):
    ((name, value),) = change.items()
    before = getattr(widget, name), results(widget)
    with pytest.raises(ValueError, match=words) as refusal:
        setattr(widget, name, value)
    assert isinstance(refusal.value, traitlets.TraitError)
    assert (getattr(widget, name), results(widget)) == before


def test_two_lengths_at_once_are_refused():
    with pytest.raises(ValueError, match="logits has 2 entries and targets 3"):
        GradientAtWork(logits=[0, 0], targets=[1, 0, 0])


def test_targets_and_logits_follow_each_other_to_a_new_number_of_classes(widget):
    widget.logits = [1, 2]
    np.testing.assert_allclose(widget.targets, [7 / 9, 2 / 9], rtol=1e-15)  # an ulp
    widget.targets = [0.25] * 4
    assert widget.logits == [1, 2, 0, 0]
    assert len(widget.grad) == 4


def test_a_logit_explorer_can_lend_it_its_logits(widget):
    explorer = LogitExplorer(logits=[3, 2, 1])
    traitlets.dlink((explorer, "logits"), (widget, "logits"))
    explorer.logits = [1, 0, 1]
    assert widget.logits == [1, 0, 1]


@pytest.mark.parametrize("trait", ["logits", "targets", "rate", "steps", *RESULTS])
def test_jsdlink_takes_every_trait(widget, trait):
    link = ipywidgets.jsdlink((widget, trait), (GradientAtWork(), trait))
    assert link.get_state()["source"] == [f"IPY_MODEL_{widget.model_id}", trait]


# ---- The still ----


def test_the_still_shows_the_numbers_of_softmaxlab(widget):
    still = widget.still()
    assert texts(still, "ga-loss-value") == [f"{widget.loss:.3f}", f"{widget.squared_loss:.3f}"]
    assert texts(still, "ga-p-value") == [f"{widget.probs[0]:.3f}", f"{widget.squared_probs[0]:.3f}"]
    shown = [float(text.replace("−", "-")) for text in texts(still, "ga-grad-value")]
    np.testing.assert_allclose(shown, [*widget.grad, *widget.squared_grad], atol=0.0005)  # three decimals


def test_the_stills_arrows_point_against_the_slope_and_are_as_long(widget):
    widget.steps = 0
    lines = re.findall(r'<line y1="([^"]+)" y2="([^"]+)"/>', widget.still())
    lengths = [float(y1) - float(y2) for y1, y2 in lines]  # in SVG, up is less
    np.testing.assert_allclose(lengths, -56 * np.array([*widget.grad, *widget.squared_grad]), atol=0.002)  # 3 decimals


def test_the_stills_curves_end_at_the_present_probability(widget):
    cross = re.search(r'ga-cross-curve" points="([^"]+)"', widget.still())[1].split()
    assert len(cross) == 7 + 2  # the start, seven steps, and the end once more
    t, height = map(float, cross[-1].split(","))
    assert (t, 1 - height) == (7 / 20, pytest.approx(widget.probs[0], abs=1e-4))  # four decimals


def test_the_still_says_in_words_what_it_shows(widget):
    widget.labels = ["cat", "<dog>"]
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', widget.still())
    assert "learning rate 0.50, step 7. cat: start -2.00, target 0.700, &lt;dog&gt;: start 2.00" in words
    assert f"Cross-entropy: loss {widget.loss:.3f}, probability of cat {widget.probs[0]:.3f}" in words


def test_a_long_walk_is_drawn_with_few_points(widget):
    widget.steps = 1000
    (points, *_) = re.findall(r'points="([^"]+)"', widget.still())
    assert len(points.split()) < 170
    assert not re.search(r"\b(nan|inf)\b", widget.still())


def test_the_still_has_no_control_that_would_be_dead(widget):
    assert not re.search(r"<(input|button|select|a)\b", widget.still())


# ---- Squared error of soft targets, which the widget needs from softmaxlab.learning.scoring_rules ----


def test_squared_error_takes_a_one_hot_vector_for_a_class():
    logits = [1.0, -2.0, 0.5]
    assert squared_error(logits, [0, 1, 0]) == squared_error(logits, 1)
    assert squared_error_grad(logits, [0, 1, 0]).tolist() == squared_error_grad(logits, 1).tolist()


def test_gradient_of_squared_error_for_a_soft_target_agrees_with_differences():
    logits, y, h = np.array([1.0, -2.0, 0.5]), np.array([0.5, 0.3, 0.2]), 1e-6
    slopes = [(squared_error(logits + h * e, y) - squared_error(logits - h * e, y)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(squared_error_grad(logits, y), slopes, atol=1e-9)  # rounding: 1e-16 / h
