"""Values at 60 digits. The tolerances are what the shift by the maximum can promise, derived below.

With ε = 2.2e-16 and s = logits − max ≤ 0: s rounds by ε|s|/2, so exp(s) is off by a factor 1 ± ε|s|/2, and
log-probabilities by ε|s|/2. The exp and log of NumPy, n sums and a division add a few ε. Hence, with 4ε for
each place where we count one:

- logsumexp: absolute error ≤ 4ε (|max| + log n + 1)
- log_softmax and hard losses: absolute error ≤ 4ε (|s| + log n + 1)
- softmax: relative error ≤ 4ε (|s| + log n + 1), until p is subnormal, where it rounds to steps of 5e-324
- gradients, Jacobians and products: absolute error ≤ 16ε times the largest tangent or 1, since |s| exp(s) < 1
"""

import mpmath
import numpy as np
import pytest

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

EPS = np.finfo(float).eps
RNG = np.random.default_rng(20)
FAMILIES = {
    "scale 0.001": RNG.normal(size=(4, 6)) * 1e-3,
    "scale 1": RNG.normal(size=(4, 6)),
    "scale 10": RNG.normal(size=(4, 6)) * 10,
    "scale 100": RNG.normal(size=(4, 6)) * 100,
    "scale 1000": RNG.normal(size=(4, 6)) * 1000,
    "offset 10000": RNG.normal(size=(4, 6)) + 1e4,
    "offset -10000": RNG.normal(size=(4, 6)) - 1e4,
    "offset 1e300": 1e300 * (1 + EPS * RNG.integers(4, size=(4, 6))),
    "saturated": np.array([[0.0, -30, -36, -37], [0.0, -50, -700, -708], [709.0, 0, -30, 700]]),
    "subnormal": np.array([[0.0, -709, -720, -740], [0.0, -744, -745, -746]]),
    "ties": np.array([[5.0, 5, 5, 5], [0.1, 0.1, -3, -3], [-800.0, -800, 0, 0]]),
    "near ties": 1 + 1e-12 * RNG.normal(size=(4, 6)),
    "impossible classes": np.array([[0.0, 1, -np.inf, -np.inf], [-np.inf, -900, 3, 2]]),
    "1 class": RNG.normal(size=(4, 1)),
    "2 classes": RNG.normal(size=(4, 2)) * 20,
    "1000 classes": RNG.normal(size=(2, 1000)) * 3,
}
family = pytest.mark.parametrize("logits", FAMILIES.values(), ids=FAMILIES)


def exactly(row):
    """Probabilities and log Σ exp of one row, at 60 digits."""
    with mpmath.workdps(60):
        weights = [mpmath.exp(mpmath.mpf(float(logit))) for logit in row]
        total = mpmath.fsum(weights)
        return [weight / total for weight in weights], mpmath.log(total)


def errors(values, truths):
    """Absolute errors, themselves computed at 60 digits. Equal infinities differ by 0."""
    with mpmath.workdps(60):
        pairs = zip(values, truths, strict=True)
        return np.array([float(0 if v == t else abs(mpmath.mpf(float(v)) - t)) for v, t in pairs])


def room(row):
    """The factor |s| + log n + 1 of the module's bounds."""
    shift = np.max(row) - row
    return np.where(np.isinf(shift), 0, shift) + np.log(len(row)) + 1


@family
def test_logsumexp_is_right_to_its_bound(logits):
    for row, value in zip(logits, logsumexp(logits), strict=True):
        bound = 4 * EPS * (abs(np.max(row)) + np.log(len(row)) + 1)
        assert errors([value], [exactly(row)[1]])[0] <= bound


@family
def test_log_softmax_is_right_to_its_bound(logits):
    for row, values in zip(logits, log_softmax(logits), strict=True):
        with mpmath.workdps(60):
            truths = [mpmath.log(p) for p in exactly(row)[0]]
        assert (errors(values, truths) <= 4 * EPS * room(row)).all()


@family
def test_softmax_is_right_to_its_bound(logits):
    for row, values in zip(logits, softmax(logits), strict=True):
        probs, _ = exactly(row)
        step = 5e-324
        # 2 steps: exp and the division each round to the grid of subnormal numbers.
        bound = 4 * EPS * room(row) * np.array([float(p) for p in probs]) + 2 * step
        assert (errors(values, probs) <= bound).all()


@family
def test_loss_of_every_class_is_right_to_its_bound(logits):
    for row in logits:
        for label, p in enumerate(exactly(row)[0]):
            with mpmath.workdps(60):
                truth = -mpmath.log(p)
            assert errors([cross_entropy(row, label)], [truth])[0] <= 4 * EPS * room(row)[label]


@family
def test_gradient_is_right_to_its_bound(logits):
    for row in logits:
        probs, _ = exactly(row)
        with mpmath.workdps(60):
            truths = [p - (index == 0) for index, p in enumerate(probs)]
        assert errors(cross_entropy_grad(row, 0), truths).max() <= 16 * EPS
        assert errors(cross_entropy_with_grad(row, 0)[1], truths).max() <= 16 * EPS


@family
def test_soft_loss_is_right_to_its_bound(logits):
    for row in logits:
        targets = np.where(np.isinf(row), 0, 1.0)  # sums to the number of possible classes
        with mpmath.workdps(60):
            truth = mpmath.fsum(-mpmath.log(p) for p in exactly(row)[0] if p > 0)
        # Each term has the bound of its class; a sum of n terms adds log2(n) roundings of the result or less.
        bound = np.sum(4 * EPS * room(row)) + EPS * np.log2(len(row)) * float(truth)
        assert errors([cross_entropy(row, targets)], [truth])[0] <= bound


@pytest.mark.parametrize("name", ["scale 1", "scale 100", "offset 10000", "saturated", "ties", "impossible classes"])
def test_jacobian_and_its_product_are_right_to_their_bounds(name):
    tangent_source = np.random.default_rng(21)
    for row in FAMILIES[name]:
        probs, _ = exactly(row)
        tangent = tangent_source.normal(size=len(row))
        with mpmath.workdps(60):
            truth = [[p * ((i == j) - q) for j, q in enumerate(probs)] for i, p in enumerate(probs)]
            moved = [mpmath.fsum(a * float(v) for a, v in zip(line, tangent, strict=True)) for line in truth]
        for values, truths in zip(softmax_jacobian(row), truth, strict=True):
            assert errors(values, truths).max() <= 16 * EPS
        assert errors(softmax_jvp(row, tangent), moved).max() <= 16 * EPS * np.abs(tangent).max()
