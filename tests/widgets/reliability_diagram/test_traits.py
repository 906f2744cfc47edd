"""ReliabilityDiagram without a browser."""

import json
import re

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.embed import dependency_state

from softmaxlab import cross_entropy, softmax
from softmaxlab.learning.calibration import expected_calibration_error, fit_temperature, reliability
from softmaxlab.learning.digits_models import FINENESS, MODELS, kept, logits_and_labels, pixels_of_the_test
from softmaxlab.learning.metrics import accuracy
from softmaxlab.widgets import ReliabilityDiagram
from softmaxlab.widgets.reliability_diagram import bins_in_words, explanation

RESULTS = "ece", "loss", "accuracy", "confidence", "counts", "fitted"
STATES = st.tuples(st.floats(0.1, 10), st.sampled_from(MODELS), st.integers(5, 20))


@pytest.fixture
def widget():
    return ReliabilityDiagram()


@given(STATES)
def test_results_are_those_of_the_named_functions(state):
    temperature, (penalty, smoothing), bins = state
    made = ReliabilityDiagram(temperature=temperature, penalty=penalty, smoothing=smoothing, bins=bins)
    logits, labels = logits_and_labels(penalty, smoothing)
    probs = softmax(logits / temperature)
    assert made.ece == expected_calibration_error(probs, labels, bins)
    assert made.loss == cross_entropy(logits / temperature, labels)
    assert made.accuracy == accuracy(logits, labels)
    assert made.confidence == probs.max(axis=1).mean()
    assert made.counts == reliability(probs, labels, bins).counts.tolist()
    assert made.fitted == fit_temperature(*logits_and_labels(penalty, smoothing, "validation"))


@pytest.mark.parametrize(
    "change", [{"temperature": 3.5}, {"penalty": "much"}, {"smoothing": 0.1}, {"bins": 20}], ids=lambda c: next(iter(c))
)
def test_results_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    fresh = ReliabilityDiagram(**change)
    assert [getattr(widget, name) for name in RESULTS] == [getattr(fresh, name) for name in RESULTS]


@given(st.floats(0.1, 10))
def test_the_accuracy_is_the_same_at_every_temperature(temperature):
    assert ReliabilityDiagram(temperature=temperature).accuracy == ReliabilityDiagram().accuracy


@pytest.mark.parametrize("model", MODELS)
def test_the_fitted_temperature_has_the_smallest_loss_on_the_validation_part(model):
    logits, labels = logits_and_labels(*model, "validation")
    best = ReliabilityDiagram(penalty=model[0], smoothing=model[1]).fitted
    losses = [cross_entropy(logits / (best * factor), labels) for factor in (0.98, 1, 1.02)]
    assert losses[1] == min(losses)
    assert 0.1 <= best <= 10  # within reach of the slider


def test_observers_see_results_that_belong_together(widget):
    seen = []
    widget.observe(lambda _: seen.append((widget.temperature, widget.loss)), ["loss", "ece"])
    widget.temperature = 2.0
    assert set(seen) == {(2.0, ReliabilityDiagram(temperature=2.0).loss)}


@pytest.mark.parametrize("name", [*RESULTS, "weights", "pixels", "truths", "fits"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("temperature", 0.0, "temperature is 0; expected 0.1 to 10"),
        ("temperature", np.nan, "temperature is nan; expected 0.1 to 10"),
        ("temperature", np.inf, "temperature is inf; expected 0.1 to 10"),
        ("smoothing", 0.15, "smoothing is 0.15; expected one of 0, 0.05, 0.1, 0.2"),
        ("bins", 4, "bins is 4; expected 5 to 20"),
        ("bins", 21, "bins is 21; expected 5 to 20"),
    ],
)
def test_what_is_out_of_range_is_refused_and_the_state_kept(widget, name, value, message):
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=re.escape(message)) as refusal:
        setattr(widget, name, value)
    assert isinstance(refusal.value, traitlets.TraitError)
    assert getattr(widget, name) == before


def test_a_message_from_the_page_is_answered_with_the_results(widget):
    widget.set_state({"temperature": widget.fitted, "bins": 15})
    probs = softmax(logits_and_labels("little")[0] / widget.fitted)
    assert widget.ece == expected_calibration_error(probs, logits_and_labels("little")[1], 15)


# ---- What a page gets ----


def test_a_page_gets_the_models_to_the_last_bit(widget):
    assert len(widget.weights) == len(widget.fits) == len(MODELS)
    for model, weights in zip(MODELS, widget.weights, strict=True):
        np.testing.assert_array_equal(np.reshape(weights, (65, 10)) / FINENESS, kept(*model))
    images, labels = pixels_of_the_test()
    assert [ord(letter) - 97 for letter in widget.pixels] == images.ravel().tolist()
    assert [int(digit) for digit in widget.truths] == labels.tolist()


def test_what_a_page_gets_is_small_and_is_json(widget):
    states = dependency_state([widget], drop_defaults=False)
    state = next(model["state"] for model in states.values() if "weights" in model["state"])
    data = {name: value for name, value in state.items() if not name.startswith("_")}
    assert len(json.dumps(data, separators=(",", ":"), allow_nan=False)) < 70_000  # and a third of it compressed


# ---- Words and still ----


@pytest.mark.parametrize(
    ("claim", "truth", "start"),
    [(0.99, 0.9, "Too sure, by 0.090: "), (0.5, 0.9, "Not sure enough, by 0.400: "), (0.9, 0.905, "About as sure as ")],
)
def test_the_explanation_says_which_way_it_is_wrong(claim, truth, start):
    assert explanation(claim, truth).startswith(start)


def test_the_bins_are_told_one_by_one_and_empty_ones_not():
    logits, labels = logits_and_labels("little")
    found = reliability(softmax(logits), labels)
    words = bins_in_words(found)
    assert words.count(", claimed ") == np.count_nonzero(found.counts)
    assert "0.90 to 1.00: 344 examples, claimed 1.00, right 0.97" in words
    assert "0.50 to 0.60: 1 example, claimed 0.60, right 0.00" in words


def texts(still, name):
    return re.findall(rf'class="[^"]*{name}">(.*?)</', still)


def test_the_still_shows_the_results_now_and_at_temperature_1():
    made, plain = ReliabilityDiagram(penalty="much", temperature=0.33), ReliabilityDiagram(penalty="much")
    still = made.still()
    now = [made.ece, made.loss, made.confidence, made.accuracy]
    assert texts(still, "rd-value") == [f"{value:.3f}" for value in now]
    before = [f"{value:.3f} at T = 1" for value in (plain.ece, plain.loss, plain.confidence)]
    assert texts(still, "rd-note") == [*before, "344 of 359, at any T"]


def test_the_stills_bars_are_as_high_as_what_was_right():
    made = ReliabilityDiagram(penalty="much")
    logits, labels = logits_and_labels("much")
    found = reliability(softmax(logits), labels)
    shown = re.findall(r'<rect class="rd-acc"[^>]* height="([^"]+)"', made.still())
    wanted = 220 * found.accuracy[found.counts > 0]
    np.testing.assert_allclose([float(height) for height in shown], wanted, atol=0.005)  # two decimals
    assert texts(made.still(), "rd-count") == [str(count) for count in found.counts if count]


def test_the_still_says_in_words_what_it_shows(widget):
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', widget.still())
    assert "little penalty, label smoothing 0, at temperature 1.00" in words
    assert f"ECE {widget.ece:.3f}, mean loss {widget.loss:.3f} nats, accuracy {widget.accuracy:.3f}" in words
    assert "344 examples" in words


def test_the_still_has_no_control_that_would_be_dead(widget):
    assert not re.search(r"<(input|button|select|a)\b", widget.still())
