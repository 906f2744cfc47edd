"""SciPy and scikit-learn compute the same numbers."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
from sklearn._loss.loss import HalfMultinomialLoss
from sklearn.metrics import log_loss

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    cross_entropy_with_grad,
    log_softmax,
    logsumexp,
    softmax,
)

PAIRS = {
    "softmax": (softmax, scipy.special.softmax),
    "log_softmax": (log_softmax, scipy.special.log_softmax),
    "logsumexp": (logsumexp, scipy.special.logsumexp),
}
pairs = pytest.mark.parametrize(("ours", "theirs"), PAIRS.values(), ids=PAIRS)
# Both sides shift by the maximum and sum a few terms; scales up to 100 cost up to 100 roundings in exp.
TOLERANCE = {np.float32: {"rtol": 3e-5, "atol": 1e-37}, np.float64: {"rtol": 5e-14, "atol": 1e-300}}


@pairs
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("axis", [0, 1, -1])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 100.0])
@pytest.mark.parametrize("offset", [0.0, 1e4, -1e4])
def test_scipy_agrees_on_random_logits(ours, theirs, dtype, axis, scale, offset):
    logits = (np.random.default_rng(0).normal(size=(3, 4, 5)) * scale + offset).astype(dtype)
    result = ours(logits, axis)
    expected = theirs(logits, axis)
    assert result.dtype == expected.dtype
    tolerance = dict(TOLERANCE[dtype])
    if ours is log_softmax:  # near 0 SciPy's is the log of 1 + rest, rounded at the size of 1: ours keeps the rest
        tolerance["atol"] = 4 * np.finfo(dtype).eps
    np.testing.assert_allclose(result, expected, **tolerance)


UNUSUAL = [
    [1.0, -np.inf],
    [-np.inf, -np.inf],
    [np.inf, 0.0],
    [np.inf, -np.inf],
    [np.nan, 0.0],
    [np.nan, np.inf],
    [np.nan, -np.inf],
    [1000.0, 1000.0],
    [0.0, -800.0],
]


# Beside +inf, SciPy's log_softmax gives −inf where its softmax gives nan: there we follow PyTorch and JAX.
DIFFERENT = {("log_softmax", 2), ("log_softmax", 3)}


@pytest.mark.parametrize(
    ("name", "index"),
    [(name, index) for name in PAIRS for index in range(len(UNUSUAL)) if (name, index) not in DIFFERENT],
)
def test_scipy_agrees_on_unusual_rows(name, index):
    (ours, theirs), row = PAIRS[name], UNUSUAL[index]
    with np.errstate(all="ignore"):  # SciPy reports inf - inf
        expected = theirs(row)
    np.testing.assert_allclose(ours(row), expected, rtol=1e-15)


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axis", [0, 1])
def test_scipy_agrees_on_keepdims(axis, keepdims):
    logits = np.random.default_rng(1).normal(size=(3, 4))
    result = logsumexp(logits, axis, keepdims)
    expected = scipy.special.logsumexp(logits, axis=axis, keepdims=keepdims)
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-14)


def test_scipy_agrees_that_cross_entropy_is_entropy_plus_divergence():
    rng = np.random.default_rng(2)
    logits, targets = rng.normal(size=(6, 4)), rng.dirichlet(np.ones(4), size=6)
    probs = scipy.special.softmax(logits, axis=1)
    expected = scipy.stats.entropy(targets, axis=1) + scipy.stats.entropy(targets, probs, axis=1)
    # log of p rounds where we never take it; values are near 1.
    np.testing.assert_allclose(cross_entropy(logits, targets, reduction="none"), expected, rtol=1e-13)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_scipy_xlogy_gives_the_loss_of_any_targets(weighted, smoothing):
    rng = np.random.default_rng(3)
    logits, targets = rng.normal(size=(6, 4)) * 3, rng.uniform(size=(6, 4)) * (rng.uniform(size=(6, 4)) > 0.3)
    weight = rng.uniform(size=4) if weighted else np.ones(4)
    masses = weight * ((1 - smoothing) * targets + smoothing / 4)
    expected = -scipy.special.xlogy(masses, scipy.special.softmax(logits, axis=1)).sum(1)
    options = {"weight": weight if weighted else None, "label_smoothing": smoothing, "reduction": "none"}
    # log of p rounds where we never take it; values are near 1.
    np.testing.assert_allclose(cross_entropy(logits, targets, **options), expected, rtol=1e-13)


# --- scikit-learn ---


def problem(seed, rows=50, classes=4):
    rng = np.random.default_rng(seed)
    return (
        rng.normal(size=(rows, classes)) * 3,
        rng.integers(classes, size=rows),
        rng.uniform(0.5, 2, classes),
    )


def test_sklearn_log_loss_is_the_mean_loss():
    logits, labels, _ = problem(4)
    expected = log_loss(labels, scipy.special.softmax(logits, axis=1), labels=np.arange(4))
    # log_loss takes the log of rounded probabilities and averages 50 rows.
    np.testing.assert_allclose(cross_entropy(logits, labels), expected, rtol=1e-12)


def test_sklearn_log_loss_with_sample_weights_is_the_weighted_mean():
    logits, labels, weight = problem(5)
    probs = scipy.special.softmax(logits, axis=1)
    expected = log_loss(labels, probs, sample_weight=weight[labels], labels=np.arange(4))
    np.testing.assert_allclose(cross_entropy(logits, labels, weight=weight), expected, rtol=1e-12)


def test_sklearn_log_loss_without_the_ignored_rows_is_the_mean_loss():
    logits, labels, weight = problem(6)
    kept = labels != 2
    probs = scipy.special.softmax(logits[kept], axis=1)
    expected = log_loss(labels[kept], probs, sample_weight=weight[labels[kept]], labels=np.arange(4))
    loss = cross_entropy(logits, labels, weight=weight, ignore_index=2)
    np.testing.assert_allclose(loss, expected, rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
def test_sklearn_multinomial_loss_and_gradient_agree(dtype, reduction):
    logits, labels, weight = problem(7)
    logits = logits.astype(dtype)
    sample_weight = weight[labels].astype(dtype)
    oracle = HalfMultinomialLoss(n_classes=4, sample_weight=sample_weight)
    losses, grad = oracle.loss_gradient(labels.astype(dtype), logits, sample_weight=sample_weight)
    if reduction != "none":
        divisor = sample_weight.sum() if reduction == "mean" else 1
        losses, grad = losses.sum() / divisor, grad / divisor
    given = cross_entropy_with_grad(logits, labels, weight=weight, reduction=reduction)
    # A few roundings on each side; p - 1 leaves an absolute error of the size of the rounding of 1.
    eps = np.finfo(dtype).eps
    np.testing.assert_allclose(given[0], losses, rtol=50 * eps, atol=10 * eps)
    np.testing.assert_allclose(given[1], grad, rtol=50 * eps, atol=10 * eps)


@pytest.mark.parametrize("axis", [0, 1])
def test_sklearn_gradient_agrees_along_any_axis(axis):
    logits, labels, _ = problem(8)
    oracle = HalfMultinomialLoss(n_classes=4)
    _, grad = oracle.loss_gradient(labels.astype(float), np.ascontiguousarray(logits))
    given = cross_entropy_grad(np.moveaxis(logits, 1, axis), labels, axis=axis, reduction="sum")
    np.testing.assert_allclose(np.moveaxis(given, axis, 1), grad, rtol=1e-13, atol=1e-15)
