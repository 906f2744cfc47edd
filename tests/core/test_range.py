"""A mean, a weight or a sum may leave the range of floats on the way: what comes out is right if it lies inside.

Expected values come from mpmath at 60 digits, unless a comment says why they are plain.
"""

import mpmath
import numpy as np
import pytest

from softmaxlab import cross_entropy, cross_entropy_grad, cross_entropy_with_grad
from softmaxlab.accuracy import reference
from support.accuracy import LIMIT, in_eps

LOG2 = np.log(2)
GAPS = {np.float64: 740.0, np.float32: 101.0}  # to losers whose exponentials are subnormal
LARGEST = {np.float64: 1.7e308, np.float32: 3e38}
SMALLEST = {np.float64: 5e-324, np.float32: 1.4e-45}
dtypes = pytest.mark.parametrize("dtype", LARGEST)


def number(value):
    return mpmath.mpf(float(value))


numbers = np.vectorize(number, otypes=[object])


def truth_of(logits, targets, weight=None, ignore_index=None, label_smoothing=0.0, reduction="mean"):
    """Loss and gradient from `exact`, for options as `cross_entropy` has them: (loss, gradient, terms of p Σt − t)."""
    count, classes = logits.shape
    weights = numbers(np.ones(classes) if weight is None else weight)
    with mpmath.workdps(60):
        smoothing = mpmath.mpf(label_smoothing)
        hard = targets.ndim == 1
        kept = targets != ignore_index if hard else np.ones(count, bool)
        shares = numbers(np.eye(classes)[np.where(kept, targets, 0)] if hard else targets)
        masses = weights * ((1 - smoothing) * shares + smoothing / classes) * kept[:, None].astype(int)
        divisor = mpmath.mpf(1)
        if reduction == "mean":
            divisor = mpmath.fsum(weights[targets[kept]]) if hard else mpmath.mpf(count)
        losses = reference.cross_entropy(logits, masses)
        loss = losses if reduction == "none" else mpmath.fsum(losses) / divisor
        terms = reference.softmax(logits) * masses.sum(axis=1, keepdims=True) + masses
        return loss, reference.cross_entropy_grad(logits, masses) / divisor, terms / divisor


def assert_right(logits, targets, **options):
    """Loss within the contract, and gradient within it: in eps of p Σt + t, which is enough for labels that lose."""
    logits, targets = np.asarray(logits), np.asarray(targets)
    loss, grad = cross_entropy_with_grad(logits, targets, **options)
    truth, slopes, terms = truth_of(logits, targets, **options)
    assert np.max(reference.ulps(loss, truth)) <= LIMIT, (loss, truth)
    assert np.max(in_eps(grad, slopes, terms)) <= LIMIT, (grad, slopes)
    np.testing.assert_array_equal(cross_entropy(logits, targets, **options), loss)
    np.testing.assert_array_equal(cross_entropy_grad(logits, targets, **options), grad)


# --- weights ---


@dtypes
@pytest.mark.parametrize("ends", [LARGEST, SMALLEST])
def test_equal_weights_cancel_in_the_mean_whatever_their_size(dtype, ends):
    logits = np.zeros((2, 2), dtype)
    loss, grad = cross_entropy_with_grad(logits, [0, 1], weight=np.full(2, ends[dtype], dtype))
    np.testing.assert_allclose(loss, LOG2, rtol=2 * np.finfo(dtype).eps)  # log 2, as without weights
    np.testing.assert_array_equal(grad, [[-0.25, 0.25], [0.25, -0.25]])


@dtypes
def test_the_weight_of_a_single_row_cancels_however_small_it_is_beside_the_others(dtype):
    for weight in ([SMALLEST[dtype], 1], [LARGEST[dtype], 1], [SMALLEST[dtype], LARGEST[dtype]]):
        for label in (0, 1):
            assert_right(np.array([[0, 1]], dtype), [label], weight=np.array(weight, dtype))


def test_weights_below_the_dtype_of_the_logits_still_cancel_in_the_mean():
    logits = np.array([[0, 1], [2, 0]], np.float32)
    assert_right(logits, np.array([0, 1]), weight=[1e-300, 3e-300])
    assert_right(logits, np.array([0, 1]), weight=[1e-300, 1e-40], label_smoothing=0.25)


def test_a_huge_weight_shows_the_digits_of_a_probability_below_the_normal_numbers():
    assert_right(np.array([[0, -740.0]]), np.array([0]), weight=[1e300, 1], reduction="none")
    assert_right(np.array([[0, -760.0, -1.0]]), np.array([0]), weight=[1e300, 1, 1], reduction="sum")
    assert_right(np.array([[0, -100]], np.float32), np.array([0]), weight=[1e30, 1], reduction="sum")
    assert_right(np.array([[0, -740.0]]), np.array([[1e300, 0]]), reduction="sum")
    assert_right(np.array([[0, -740.0]]), np.array([[1e300, 1.0]]), reduction="sum")


@dtypes
def test_a_tiny_weight_brings_a_loss_beyond_the_range_back(dtype):
    largest = LARGEST[dtype]
    assert_right(np.array([[largest, -largest]], dtype), [1], weight=[1, 0.1], reduction="sum")
    assert_right(np.array([[largest, -largest]], dtype), [[0, 0.1]], reduction="none")
    assert_right(np.array([[largest, -largest]], dtype), [[0.3, 0.1]], reduction="none")


# --- means of losses ---


@dtypes
def test_a_mean_of_losses_near_the_end_of_the_range_does_not_overflow(dtype):
    largest = LARGEST[dtype]
    logits = np.array([[0, -largest]] * 3, dtype)
    assert_right(logits, [1, 1, 1])
    assert_right(logits, [1, 1, 0])
    assert_right(logits, [[0, 1.0], [0.5, 0.5], [0.25, 0.75]])
    assert_right(logits, [1, 1, -1], ignore_index=-1)
    assert_right(logits, [1, 1, 0], label_smoothing=0.5)
    assert_right(np.array([[largest, -largest], [0, 1]], dtype), [1, 1])  # the first loss is no float


@dtypes
def test_a_mean_of_many_losses_that_are_subnormal_keeps_their_digits(dtype):
    gap = {np.float64: 744.0, np.float32: 103.0}[dtype]
    logits = np.array([[0, -gap]] * 500, dtype)  # each loss is a step of the format, or none
    labels = np.zeros(500, int)
    assert_right(logits, labels, reduction="sum")
    assert_right(logits, labels)


def test_a_mean_over_very_many_rows_of_float32_does_not_overflow():
    logits = np.zeros((200_000, 2), np.float32)
    logits[:, 1] = -(2.0**117)
    loss = cross_entropy(logits, np.ones(len(logits), int))
    assert loss == 2.0**117  # all losses are the same power of 2; their sum is 200,000 times as large


def test_a_loss_that_is_inf_stays_inf():
    for options in ({}, {"reduction": "sum"}, {"weight": [1e-300, 1e300]}, {"label_smoothing": 0.5}):
        assert cross_entropy([[0, -np.inf], [1.0, 2.0]], [1, 0], **options) == np.inf


def test_a_sum_beyond_the_range_is_inf():
    assert cross_entropy([[0, -1.7e308]] * 2, [1, 1], reduction="sum") == np.inf


# --- masses ---


@dtypes
def test_masses_whose_sum_leaves_the_range_have_a_loss_inside_it(dtype):
    half = LARGEST[dtype] / 1.5
    assert_right(np.array([[0, 0]], dtype), np.array([[half, half]], dtype))
    assert_right(np.array([[0, 0.5, 0.25]], dtype), np.array([[half / 2, half / 4, half / 2]], dtype), weight=[1, 3, 1])


@dtypes
def test_a_smoothing_below_the_normal_numbers_is_spread_without_rounding(dtype):
    share = {np.float64: 1e-320, np.float32: 1e-42}[dtype]
    logits = np.array([[0] + [-1000] * 999], dtype)
    assert_right(logits, [0], label_smoothing=share)
    assert_right(logits, [0], label_smoothing=share, weight=np.full(1000, 8, dtype))


# --- everything at once ---


@dtypes
@pytest.mark.parametrize("seed", range(4))
def test_any_mixture_of_sizes_gives_what_60_digits_give(dtype, seed):
    random = np.random.default_rng(seed)
    reach = 300 if dtype is np.float64 else 36
    tried = 0
    while tried < 40:
        count, classes = random.integers(1, 5), random.integers(2, 6)
        scale = random.choice([1, 10, 2.4 * reach, 10.0**reach], (count, 1))
        logits = (scale * random.normal(size=(count, classes))).astype(dtype)
        weight = (10.0 ** random.uniform(-reach, reach, classes)).astype(dtype)
        options = {"weight": weight, "reduction": random.choice(["mean", "sum", "none"])}
        options["label_smoothing"] = float(random.choice([0, 0.1, 10.0 ** random.uniform(-reach, 0)]))
        targets = random.integers(classes, size=count)
        if random.random() < 0.3:
            targets = (random.random((count, classes)) * 10.0 ** random.uniform(-reach, 0)).astype(dtype)
        elif random.random() < 0.3:
            options["ignore_index"] = int(targets[0])
            if np.all(targets == targets[0]):
                continue
        terms = truth_of(logits, targets, **options)[2]
        if np.max(terms) > np.finfo(dtype).max / 4:
            continue  # then the gradient itself may leave the range
        assert_right(logits, targets, **options)
        tried += 1


def test_ordinary_rows_have_the_same_bits_beside_rows_that_are_computed_again():
    logits = np.array([[0.3, -1.0, 2.0], [0, -720.0, -720.0], [np.nan, 0, 0], [1.0, 2.0, 3.0]])
    many = cross_entropy_grad(logits, [0, 0, 0, 1], weight=[1e300, 1, 1], reduction="none")
    for row, label in ((0, 0), (1, 0), (3, 1)):
        alone = cross_entropy_grad(logits[row], label, weight=[1e300, 1, 1], reduction="none")
        np.testing.assert_array_equal(many[row], alone)
    assert np.all(np.isnan(many[2]))


@dtypes
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_rows_that_are_computed_again_find_their_place_along_any_axis(dtype, axis):
    random = np.random.default_rng(axis)
    logits = np.zeros((2, 3, 40), dtype)
    logits[..., 1:] -= random.choice([1, GAPS[dtype]], (2, 3, 1)).astype(dtype)
    labels = random.integers(2, size=(2, 3))
    weight = np.full(40, LARGEST[dtype] / 4, dtype)
    turned = np.moveaxis(logits, -1, axis)
    for reduction in ("mean", "sum", "none"):
        options = {"weight": weight, "reduction": reduction}
        loss, grad = cross_entropy_with_grad(logits, labels, **options)
        other, slopes = cross_entropy_with_grad(turned, labels, axis=axis, **options)
        np.testing.assert_allclose(other, loss, rtol=LIMIT * np.finfo(dtype).eps)  # the order of sums may differ
        np.testing.assert_allclose(np.moveaxis(slopes, axis, -1), grad, rtol=LIMIT * np.finfo(dtype).eps)
    truth, _, _ = truth_of(logits.reshape(6, 40), labels.ravel(), weight=weight)
    assert reference.ulps(cross_entropy(turned, labels, axis=axis, weight=weight), truth) <= LIMIT


@dtypes
def test_rows_that_are_computed_again_find_their_place_among_very_many(dtype):
    logits = np.tile(np.array([0, -1, -2, -3], dtype), (200_000, 1))  # so many that they are worked on in pieces
    lost = np.array([0, 70_000, 199_999])
    logits[lost, 1:] = -GAPS[dtype]
    weight = np.array([1e30, 1, 1, 1], dtype)
    labels = np.zeros(len(logits), int)
    loss, grad = cross_entropy_with_grad(logits, labels, weight=weight, reduction="none")
    for row in (*lost, 1, 70_001):
        alone, slopes = cross_entropy_with_grad(logits[row], 0, weight=weight, reduction="none")
        assert loss[row] == alone
        np.testing.assert_array_equal(grad[row], slopes)
    assert (
        reference.ulps(loss[lost[1]], reference.cross_entropy(logits[lost[1]], 0) * mpmath.mpf(float(weight[0])))
        <= LIMIT
    )
