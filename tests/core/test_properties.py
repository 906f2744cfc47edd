"""What holds for all logits, searched for counterexamples by Hypothesis."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    cross_entropy_with_grad,
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
)

# A slow or busy machine is no counterexample.
searched = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
EPS = np.finfo(float).eps


def numbers(bound):
    return st.floats(-bound, bound, allow_subnormal=False)


def rows_of(elements, max_classes=8):
    return hnp.arrays(float, st.integers(1, max_classes), elements=elements)


# Wide rows saturate and underflow; narrow ones keep every class visible, for claims about derivatives.
wide_rows = rows_of(numbers(2000))
narrow_rows = rows_of(numbers(20))
# Multiples of 1/8 below 2^20: adding two of them is exact, so a claim about shifts is not about rounding of logits.
eighths = st.integers(-(2**22), 2**22).map(lambda k: k / 8)


def assert_same_to_contract(moved, still):
    """Both sides are within 16 ulps of one exact number, so within 32 of each other; 5e-324 is the last ulp."""
    np.testing.assert_allclose(moved, still, rtol=32 * EPS, atol=32 * 5e-324)


@st.composite
def problems(draw, max_logit=20):
    """Draw (logits, targets, options) of a loss, with every kind of target and option."""
    rows, classes = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    logits = draw(hnp.arrays(float, (rows, classes), elements=numbers(max_logit)))
    options = {
        "reduction": draw(st.sampled_from(["mean", "sum", "none"])),
        "weight": draw(st.none() | hnp.arrays(float, classes, elements=st.floats(0.125, 4))),
        "label_smoothing": draw(st.sampled_from([0.0, 0.1, 1.0])),
    }
    if draw(st.booleans()):
        targets = draw(hnp.arrays(float, (rows, classes), elements=st.floats(0, 1)))
    else:
        targets = draw(hnp.arrays(int, rows, elements=st.integers(0, classes - 1)))
        options["ignore_index"] = draw(st.none() | st.integers(-1, classes - 1))
        assume((targets != options["ignore_index"]).any() or options["reduction"] != "mean")
    return logits, targets, options


@searched
@given(rows_of(eighths), eighths)
def test_softmax_and_log_softmax_are_invariant_to_shift(logits, shift):
    assert_same_to_contract(softmax(logits + shift), softmax(logits))
    assert_same_to_contract(log_softmax(logits + shift), log_softmax(logits))


@searched
@given(rows_of(eighths), eighths)
def test_logsumexp_moves_with_a_shift(logits, shift):
    # One rounding on each side at the size of the result, at most 2^21.
    np.testing.assert_allclose(logsumexp(logits + shift), logsumexp(logits) + shift, rtol=0, atol=2**21 * EPS)


@searched
@given(rows_of(eighths), eighths, st.data())
def test_loss_and_gradient_are_invariant_to_shift(logits, shift, data):
    label = data.draw(st.integers(0, len(logits) - 1))
    moved, still = (cross_entropy_with_grad(row, label) for row in (logits + shift, logits))
    assert_same_to_contract(moved[0], still[0])
    assert_same_to_contract(moved[1], still[1])


@searched
@given(wide_rows)
def test_probabilities_lie_in_zero_to_one_and_sum_to_one(logits):
    probs = softmax(logits)
    assert ((probs >= 0) & (probs <= 1)).all()
    assert abs(probs.sum() - 1) <= len(logits) * EPS  # each of n divisions rounds by at most half of EPS


@searched
@given(wide_rows)
def test_softmax_keeps_the_order(logits):
    order = np.argsort(logits)
    assert (np.diff(softmax(logits)[order]) >= 0).all()
    assert (np.diff(log_softmax(logits)[order]) >= 0).all()


@searched
@given(wide_rows)
def test_the_largest_logit_has_the_largest_probability(logits):
    assert softmax(logits)[np.argmax(logits)] == softmax(logits).max()


@searched
@given(wide_rows, st.randoms(use_true_random=False))
def test_softmax_commutes_with_permutations(logits, random):
    order = random.sample(range(len(logits)), len(logits))
    # Only the order of summation changes.
    np.testing.assert_allclose(softmax(logits[order]), softmax(logits)[order], rtol=8 * EPS, atol=5e-324)


@searched
@given(wide_rows)
def test_log_softmax_is_at_most_zero(logits):
    assert (log_softmax(logits) <= 0).all()


@searched
@given(narrow_rows)
def test_log_softmax_is_the_log_of_softmax(logits):
    np.testing.assert_allclose(np.exp(log_softmax(logits)), softmax(logits), rtol=100 * EPS)  # |log p| <= 43


@searched
@given(wide_rows)
def test_logsumexp_lies_between_max_and_max_plus_log_n(logits):
    excess = logsumexp(logits) - logits.max()
    slack = 2 * EPS * (np.abs(logits).max() + 3)  # rounding of the sum at the size of the maximum
    assert -slack <= excess <= np.log(len(logits)) + slack


@searched
@given(narrow_rows, st.data())
def test_jvp_is_the_jacobian_times_the_tangent(logits, data):
    tangent = data.draw(hnp.arrays(float, len(logits), elements=numbers(10)))
    # Entries are at most 1/4, tangents at most 10, and at most 8 terms cancel.
    np.testing.assert_allclose(softmax_jvp(logits, tangent), softmax_jacobian(logits) @ tangent, rtol=0, atol=80 * EPS)


@searched
@given(wide_rows)
def test_jacobian_is_symmetric_with_rows_summing_to_zero(logits):
    jacobian = softmax_jacobian(logits)
    np.testing.assert_array_equal(jacobian, jacobian.T)
    assert np.abs(jacobian.sum(axis=1)).max() <= 2 * len(logits) * EPS


@searched
@given(wide_rows)
def test_jacobian_is_positive_semidefinite(logits):
    # eigvalsh is off by a few EPS times the norm, which is at most 1/2.
    assert np.linalg.eigvalsh(softmax_jacobian(logits)).min() >= -8 * EPS


@searched
@given(narrow_rows, st.data())
def test_jvp_is_the_complex_step_of_exp_over_sum(logits, data):
    tangent = data.draw(hnp.arrays(float, len(logits), elements=numbers(10)))
    step = 1e-30  # f(x + i h v) = f(x) + i h f'(x) v, with an error of h^2: no subtraction, no cancellation
    weights = np.exp(logits + 1j * step * tangent)
    expected = (weights / weights.sum()).imag / step
    np.testing.assert_allclose(softmax_jvp(logits, tangent), expected, rtol=0, atol=200 * EPS)


def written_out(logits, targets, options):
    """The total or mean loss by PyTorch's formulas, in loops; works for complex logits too."""
    classes = logits.shape[1]
    weight = np.ones(classes) if options["weight"] is None else options["weight"]
    smoothing = options["label_smoothing"]
    total, divisor = 0, 0
    for row, target in zip(logits, targets, strict=True):
        surprise = np.log(np.sum(np.exp(row))) - row
        if np.ndim(target):
            mixed = (1 - smoothing) * target + smoothing / classes
            total += sum(weight[c] * mixed[c] * surprise[c] for c in range(classes))
            divisor += 1
        elif target != options["ignore_index"]:
            total += (1 - smoothing) * weight[target] * surprise[target]
            total += smoothing / classes * sum(weight[c] * surprise[c] for c in range(classes))
            divisor += weight[target]
    return total / divisor if options["reduction"] == "mean" else total


# Losses and their terms stay below 5 classes x weight 4 x 42, over at most 4 rows.
LOSS_ROUNDING = 3360 * 8 * EPS


@searched
@given(problems())
def test_loss_is_the_formula_written_out(problem):
    logits, targets, options = problem
    loss = np.sum(cross_entropy(logits, targets, **options))
    np.testing.assert_allclose(loss, written_out(logits, targets, options), rtol=1e-13, atol=LOSS_ROUNDING)


@searched
@given(problems())
def test_gradient_is_the_complex_step_of_the_formula(problem):
    logits, targets, options = problem
    step = 1e-30
    expected = np.empty_like(logits)
    for index in np.ndindex(logits.shape):
        moved = logits.astype(complex)
        moved[index] += 1j * step
        expected[index] = written_out(moved, targets, options).imag / step
    grad = cross_entropy_grad(logits, targets, **options)
    np.testing.assert_allclose(grad, expected, rtol=1e-12, atol=500 * EPS)


@searched
@given(problems(max_logit=5))
def test_gradient_is_the_central_difference_of_the_loss(problem):
    logits, targets, options = problem
    step = 1e-5  # error: third derivative (at most 20 here) x step^2 / 6, and rounding of the loss / step
    expected = np.empty_like(logits)
    for index in np.ndindex(logits.shape):
        ahead, behind = logits.copy(), logits.copy()
        ahead[index] += step
        behind[index] -= step
        difference = cross_entropy(ahead, targets, **options) - cross_entropy(behind, targets, **options)
        expected[index] = np.sum(difference) / (2 * step)
    np.testing.assert_allclose(cross_entropy_grad(logits, targets, **options), expected, rtol=0, atol=1e-8)


@searched
@given(problems(max_logit=2000))
def test_gradient_sums_to_zero_along_the_classes(problem):
    logits, targets, options = problem
    grad = cross_entropy_grad(logits, targets, **options)
    mass = 20 if options["reduction"] != "mean" else 160  # at most 5 classes x weight 4; a mean may divide by 1/8
    assert np.abs(grad.sum(axis=1)).max() <= 10 * EPS * mass


@searched
@given(problems(max_logit=2000))
def test_with_grad_equals_loss_and_gradient_apart(problem):
    logits, targets, options = problem
    loss, grad = cross_entropy_with_grad(logits, targets, **options)
    np.testing.assert_array_equal(loss, cross_entropy(logits, targets, **options))
    np.testing.assert_array_equal(grad, cross_entropy_grad(logits, targets, **options))


@searched
@given(problems(max_logit=2000))
def test_loss_is_never_negative(problem):
    logits, targets, options = problem
    assert np.min(cross_entropy(logits, targets, **options)) >= 0


@searched
@given(problems())
def test_classes_may_lie_along_either_axis(problem):
    logits, targets, options = problem
    loss, grad = cross_entropy_with_grad(logits, targets, **options)
    turned = cross_entropy_with_grad(logits.T, targets.T, axis=0, **options)
    # Another memory layout may be summed in another order.
    np.testing.assert_allclose(turned[0], loss, rtol=1e-13, atol=LOSS_ROUNDING)
    np.testing.assert_allclose(turned[1].T, grad, rtol=1e-12, atol=500 * EPS)


@searched
@given(wide_rows)
def test_two_equal_halves_add_log_two(logits):
    twice = np.concatenate([logits, logits])
    slack = 4 * EPS * (np.abs(logits).max() + 3)
    assert logsumexp(twice) == pytest.approx(logsumexp(logits) + np.log(2), abs=slack)
