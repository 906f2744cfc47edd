"""Each displayed equation of chapter 10, How sure?, held by a test that carries its label."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from softmaxlab import cross_entropy, log_softmax, logsumexp, softmax
from softmaxlab.learning.calibration import expected_calibration_error, reliability, temperature_slope
from softmaxlab.learning.digits_models import logits_and_labels
from softmaxlab.pitfalls.double_softmax import (
    grad_of_softmax_twice,
    loss_of_softmax_twice,
    smallest_loss_of_softmax_twice,
)
from support.equations.derivatives import CLOSE, NEAR, by_complex_step, by_differences, softmax_typed
from support.equations.formulas import every_case

LOGITS, LABELS = logits_and_labels("much")
PROBS = softmax(LOGITS)
BINS = [5, 7, 10, 20]


def members(b, bins):
    """Examples in bin b, by the definition: confidence above the lower edge, up to the upper one."""
    sure = PROBS.max(axis=1)
    return [n for n in range(len(sure)) if b / bins < sure[n] <= (b + 1) / bins]


@pytest.mark.equation("eq-bin-confidence", kind="definition")
@pytest.mark.parametrize("bins", BINS)
def test_bin_confidence_is_the_mean_of_the_largest_probabilities(check, bins):
    found = reliability(PROBS, LABELS, bins)
    for b in np.flatnonzero(found.counts):
        inside = members(b, bins)
        assert len(inside) == found.counts[b]
        check.close(found.confidence[b], sum(max(PROBS[n]) for n in inside) / len(inside), rtol=1e-13)


@pytest.mark.equation("eq-bin-accuracy", kind="definition")
@pytest.mark.parametrize("bins", BINS)
def test_bin_accuracy_is_the_share_of_right_answers(check, bins):
    found = reliability(PROBS, LABELS, bins)
    for b in np.flatnonzero(found.counts):
        inside = members(b, bins)
        hits = sum(int(np.argmax(PROBS[n])) == LABELS[n] for n in inside)
        check.close(found.accuracy[b], hits / len(inside), rtol=1e-15)


@pytest.mark.equation("eq-ece", kind="definition")
@pytest.mark.parametrize("bins", BINS)
def test_ece_is_the_mean_gap_weighted_by_counts(check, bins):
    gaps = 0.0
    for b in range(bins):
        inside = members(b, bins)
        if inside:
            claim = np.mean([max(PROBS[n]) for n in inside])
            hits = np.mean([np.argmax(PROBS[n]) == LABELS[n] for n in inside])
            gaps += len(inside) / len(LABELS) * abs(hits - claim)
    check.close(expected_calibration_error(PROBS, LABELS, bins), gaps, rtol=1e-12)


@pytest.mark.equation("eq-temperature-slope")
@pytest.mark.parametrize("inverse", [0.0, 0.5, 1.0, 3.0])
def test_slope_in_the_inverse_temperature_agrees_with_differences(check, inverse):
    truth = np.eye(10)[LABELS]
    claimed = np.mean(np.sum((softmax(inverse * LOGITS) - truth) * LOGITS, axis=1))
    slope = by_differences(lambda b: cross_entropy(b[0] * LOGITS, LABELS), np.array([inverse])).item()
    check.close(claimed, slope, **NEAR)
    check.close(temperature_slope(inverse, LOGITS, LABELS), claimed, rtol=1e-11)


@pytest.mark.equation("eq-temperature-curvature")
@every_case
def test_curvature_is_a_variance_and_agrees_with_differences(check, logits, v):
    p = softmax(0.7 * logits)
    claimed = p @ logits**2 - (p @ logits) ** 2
    slope = by_differences(lambda b: temperature_slope(b[0], logits, 0), np.array([0.7])).item()
    check.close(claimed, slope, **NEAR)
    assert claimed >= 0


@pytest.mark.equation("eq-softmax-twice")
@every_case
def test_loss_of_softmax_twice_is_log_sum_exp_of_the_probabilities(check, logits, v):
    p = softmax(logits)
    for label in range(logits.size):
        check.close(loss_of_softmax_twice(logits, label), -log_softmax(p)[label], rtol=1e-14)
        check.close(loss_of_softmax_twice(logits, label), logsumexp(p) - p[label], rtol=1e-14)


@pytest.mark.equation("eq-softmax-twice-floor")
def test_no_loss_is_below_the_floor_for_any_number_of_classes(check):
    # L2 = log(1 + Σ e^x) with N − 1 exponents x = p_k − p_y, eq-softmax-twice, and both log and exp rise
    p_k, lacks, x, n = (sp.Symbol(name, nonnegative=True) for name in ("p_k", "lacks", "x", "N"))
    assert (p_k - (1 - lacks) + 1).is_nonnegative  # p_y = 1 − lacks, so that x ≥ −1
    assert sp.exp(x).diff(x).is_positive
    assert sp.log(1 + x).diff(x).is_positive
    left, right = sp.log(1 + (n - 1) * sp.exp(-1)), sp.log(sp.E + n - 1) - 1
    assert sp.simplify(sp.exp(left) - sp.exp(right).expand(power_exp=True)) == 0
    check.for_every("N", because="each exponent p_k − p_y is at least −1, and exp and log rise")


@pytest.mark.equation("eq-softmax-twice-floor")
@given(st.integers(2, 12).flatmap(lambda n: arrays(float, n, elements=st.floats(-1000, 1000))))
def test_no_logits_get_below_the_floor(check, logits):
    floor = smallest_loss_of_softmax_twice(logits.size)
    assert loss_of_softmax_twice(logits, 0) >= floor - 1e-15 * logits.size  # the loss is rounded
    check.held()


@pytest.mark.equation("eq-softmax-twice-floor", part="a perfect model reaches it")
@pytest.mark.parametrize("n", [2, 3, 10, 1000])
def test_a_perfect_model_reaches_the_floor(check, n):
    logits = np.zeros(n)
    logits[0] = 1000
    check.close(loss_of_softmax_twice(logits, 0), smallest_loss_of_softmax_twice(n), rtol=1e-14)


@pytest.mark.equation("eq-softmax-twice-gradient")
@every_case
def test_gradient_of_softmax_twice_agrees_with_complex_step(check, logits, v):
    p = softmax(logits)
    q = softmax(p)
    for label, y in enumerate(np.eye(logits.size)):
        claimed = p * ((q - y) - p @ (q - y))
        slopes = by_complex_step(lambda a, y=y: -np.sum(y * np.log(softmax_typed(softmax_typed(a))), axis=-1), logits)
        check.close(claimed, slopes, **CLOSE)
        check.close(grad_of_softmax_twice(logits, label), claimed, **CLOSE)
