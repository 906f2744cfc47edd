"""Reliability bins, calibration error and the fitted temperature do what they claim."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from softmaxlab import cross_entropy, softmax
from softmaxlab.learning.calibration import expected_calibration_error, fit_temperature, reliability, temperature_slope
from softmaxlab.learning.datasets import digits, pixels, split
from softmaxlab.learning.optimizers import fit
from softmaxlab.learning.sampling_error import honest_errors
from softmaxlab.learning.softmax_regression import logits_of
from softmaxlab.numerics.finite_differences import central_difference
from softmaxlab.widgets import InformationBars

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(500, 5)) * 3
DRAWN = np.array([RNG.choice(5, p=row) for row in softmax(LOGITS)])  # labels as likely as the model says


def raises(message):
    return pytest.raises(ValueError, match=re.escape(message))


def losses(logits, labels, temperature):
    return cross_entropy(np.asarray(logits) / temperature, labels)


# --- bins and calibration error ---


def test_bins_by_hand():
    sure = np.array([0.55, 0.6, 0.65, 0.9, 1.0])
    labels = [0, 1, 0, 0, 0]
    found = reliability(np.column_stack([sure, 1 - sure]), labels, bins=5)
    np.testing.assert_allclose(found.edges, [0, 0.2, 0.4, 0.6, 0.8, 1])
    np.testing.assert_array_equal(found.counts, [0, 0, 2, 1, 2])  # 0.6 is not above the edge
    np.testing.assert_allclose(found.confidence, [np.nan, np.nan, 0.575, 0.65, 0.95])
    np.testing.assert_allclose(found.accuracy, [np.nan, np.nan, 0.5, 1, 1])
    gaps = 2 * 0.075 + 0.35 + 2 * 0.05
    assert expected_calibration_error(np.column_stack([sure, 1 - sure]), labels, 5) == pytest.approx(gaps / 5)


def test_a_confidence_on_an_edge_counts_in_the_bin_below():
    found = reliability([[0.75, 0.25], [0.25, 0.75], [0.5, 0.5]], [0, 0, 0], bins=4)  # edges that floats hold exactly
    np.testing.assert_array_equal(found.counts, [0, 1, 2, 0])


def test_every_example_is_in_one_bin():
    found = reliability(softmax(LOGITS), DRAWN)
    assert found.counts.sum() == 500
    assert np.nansum(found.counts * found.accuracy) == pytest.approx(np.sum(LOGITS.argmax(axis=1) == DRAWN))


def test_a_model_whose_probabilities_are_the_truth_has_a_small_calibration_error():
    # ten bins of about 50: a standard error of at most 0.07 in each
    assert expected_calibration_error(softmax(LOGITS), DRAWN) < 0.07


def test_a_model_that_is_too_sure_has_a_large_one():
    assert expected_calibration_error(softmax(10 * LOGITS), DRAWN) > 0.1


def test_a_model_that_is_always_certain_and_wrong_has_error_1():
    assert expected_calibration_error([[1.0, 0.0]] * 3, [1, 1, 1]) == 1


def test_one_bin_compares_mean_confidence_with_accuracy():
    probs = softmax(LOGITS)
    gap = abs(probs.max(axis=1).mean() - np.mean(probs.argmax(axis=1) == DRAWN))
    assert expected_calibration_error(probs, DRAWN, bins=1) == pytest.approx(gap, rel=1e-13)


@pytest.mark.parametrize("judge", [reliability, expected_calibration_error])
@pytest.mark.parametrize(
    ("probs", "labels", "bins", "message"),
    [
        ([[2.0, -1.0]], [0], 10, "probs[0] has sum 1 and smallest entry -1; expected nonnegative numbers with sum 1"),
        ([[0.5, 0.5], [2.0, 1.0]], [0, 1], 10, "probs[1] has sum 3 and smallest entry 1; expected nonnegative"),
        ([[np.nan, 0.5]], [0], 10, "probs[0, 0] is nan; expected finite numbers"),
        ([0.5, 0.5], [0, 1], 10, "probs has shape (2,); expected one row for each example"),
        (np.empty((0, 2)), [], 10, "no examples; expected at least one"),
        ([[0.5, 0.5]], [2], 10, "labels go up to 2; expected class indices from 0 to 1"),
        ([[0.5, 0.5]], ["a"], 10, "expected integers from 0"),
        ([[0.5, 0.5]], [0], 0, "bins is 0; expected an integer of at least 1"),
        ([[0.5, 0.5]], [0], 2.0, "bins is 2.0; expected an integer of at least 1"),
    ],
)
def test_probabilities_that_are_none_are_refused(judge, probs, labels, bins, message):
    with raises(message):
        judge(probs, labels, bins)


# --- probabilities as narrow as their dtype ---


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("classes", [2, 3, 7, 10, 1000, 65_536])
@pytest.mark.parametrize("spread", [0, 1, 30])
def test_softmax_in_any_dtype_gives_what_is_taken_for_probabilities(dtype, classes, spread):
    logits = (RNG.normal(size=(3, classes)) * spread).astype(dtype)
    probs = softmax(logits)
    assert probs.dtype == dtype
    assert reliability(probs, [0, 1, 0]).counts.sum() == 3
    assert 0 <= expected_calibration_error(list(probs), [0, 1, 0]) <= 1
    assert np.all(honest_errors(probs, draws=2) <= 1)


def test_the_tolerance_of_float16_is_its_rounding_and_no_more():
    exact = np.array([[0.5, 0.5]], np.float16)
    reliability(exact + np.array([[0, 2.0**-12]], np.float16), [0])  # 2.4e-4
    with raises("probs[0] has sum 1.00098 and smallest entry 0.5; expected nonnegative numbers with sum 1"):
        reliability(exact + np.array([[0, 2.0**-10]], np.float16), [0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, int])
def test_wider_dtypes_keep_the_tolerance_of_four_decimals(dtype):
    reliability(np.array([[1, 0]], dtype), [0])
    if dtype is not int:
        reliability(np.array([[0.3333, 0.3333, 0.3333]], dtype) + dtype(1e-7), [0])
        with raises("if these are logits, write softmax(probs); if they are counts or were rounded, write probs / "):
            reliability(np.array([[0.333, 0.333, 0.333]], dtype), [0])


def test_luck_is_drawn_by_sums_in_float64():
    small = np.full(4096, 2.0**-13, np.float16)  # adding these up in float16 stops at 1/4: the last class got 3/4
    probs = np.array([[*small, 0.5]] * 200, np.float16)
    assert honest_errors(probs, draws=5).mean() < 0.1  # standard error of 200 fair throws: 0.035


@pytest.mark.parametrize("dtype", [np.float16, np.float32])
def test_fractions_and_shares_may_be_as_narrow(dtype):
    shares = np.array([0.6, 0.2, 0.2], dtype)
    parts = split(np.arange(20.0), np.zeros(20, int), shares)
    assert [len(part.labels) for part in parts] == [12, 4, 4]
    widget = InformationBars(targets=shares, probs=softmax(np.array([0.1, 0.7, 2.3], dtype)))
    assert sum(widget.targets) == pytest.approx(1, abs=1e-6)
    assert sum(widget.probs) == pytest.approx(1, abs=1e-6)


# --- temperature ---


def test_temperature_undoes_a_factor_on_the_logits():
    plain = fit_temperature(LOGITS, DRAWN)
    assert plain == pytest.approx(1, abs=0.15)  # 500 labels drawn from the model itself
    assert fit_temperature(7 * LOGITS, DRAWN) == pytest.approx(7 * plain, rel=1e-9)


def test_temperature_is_where_the_loss_is_smallest():
    best = fit_temperature(3 * LOGITS, DRAWN)
    assert losses(3 * LOGITS, DRAWN, best) < losses(3 * LOGITS, DRAWN, best * 1.01)
    assert losses(3 * LOGITS, DRAWN, best) < losses(3 * LOGITS, DRAWN, best / 1.01)


def test_slope_in_the_inverse_temperature_is_a_difference_quotient():
    for inverse in (0.0, 0.3, 1.0, 4.0):
        quotient = central_difference(lambda b: cross_entropy(b * LOGITS, DRAWN), inverse, 1e-5)
        # error of a central difference with step 1e-5: step² ~ 1e-10 times a third derivative below 100
        assert temperature_slope(inverse, LOGITS, DRAWN) == pytest.approx(quotient, abs=1e-8)


@given(
    arrays(float, (4, 3), elements=st.floats(-50, 50)),
    arrays(int, 4, elements=st.integers(0, 2)),
)
def test_fitting_never_raises_the_loss(logits, labels):
    temperature = fit_temperature(logits, labels)
    assert 0.01 <= temperature <= 100
    assert losses(logits, labels, temperature) <= cross_entropy(logits, labels)


@given(arrays(float, (4, 3), elements=st.floats(-50, 50)), arrays(int, 4, elements=st.integers(0, 2)))
def test_no_other_temperature_is_better(logits, labels):
    best = losses(logits, labels, fit_temperature(logits, labels))
    others = [losses(logits, labels, temperature) for temperature in np.geomspace(0.01, 100, 41)]
    assert best <= min(others) + 1e-9  # where the loss is flat, rounding decides the slope


def test_temperature_changes_no_answer():
    np.testing.assert_array_equal((LOGITS / fit_temperature(LOGITS, DRAWN)).argmax(axis=1), LOGITS.argmax(axis=1))


def test_without_a_mistake_the_coldest_temperature_wins():
    assert fit_temperature([[2.0, 0.0], [0.0, 1.0]], [0, 1]) == 0.01


def test_logits_that_are_worse_than_a_guess_ask_for_the_hottest():
    assert fit_temperature([[2.0, 0.0], [0.0, 1.0]], [1, 0]) == 100


def test_logits_that_say_nothing_leave_the_temperature_alone():
    assert fit_temperature([[2.0, 2.0], [1.0, 1.0]], [0, 1]) == 1


def test_temperature_of_the_digits_is_fitted_on_validation_and_lowers_its_loss():
    parts = split(pixels(digits().inputs), digits().labels)
    found = fit(*parts.train, l2=1e-2)  # a strong penalty keeps the weights small, and the model unsure
    logits = logits_of(found.weights, parts.validation.inputs)
    temperature = fit_temperature(logits, parts.validation.labels)
    assert temperature < 0.9
    assert losses(logits, parts.validation.labels, temperature) < losses(logits, parts.validation.labels, 1)


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        ([1.0, 2.0], [0, 1], "logits has shape (2,); expected one row for each example"),
        ([[1e308, -1e308]], [1], "logits[0, 0] is 1e+308; expected logits of size up to 1e+300"),
        ([[1.0, np.inf]], [0], "logits[0, 1] is inf; expected finite numbers"),
        (np.empty((0, 2)), [], "no examples; expected at least one"),
        ([[1.0, 2.0]], [0.0], "expected integers: write np.asarray(labels).astype(int)"),
        ([[1.0, 2.0]], [2], "labels go up to 2; expected class indices from 0 to 1"),
    ],
)
def test_temperature_refuses_what_it_cannot_fit(logits, labels, message):
    with raises(message):
        fit_temperature(logits, labels)
