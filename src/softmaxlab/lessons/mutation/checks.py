"""Kinds of tests, each small enough to read; `softmaxlab.lessons.mutation.run` runs them against planted faults.

A kind takes a `Toolbox` and returns whether the toolbox passes. It uses nothing but the four functions in it
and what is true of the sound ones on paper.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.types import FloatArray
from softmaxlab.pitfalls.mutants import Toolbox

# Three examples, four classes: no ties, no symmetry, and scores of the size that people type into a test.
BATCH = np.array([[1.0, 2.0, 3.0, -0.5], [0.5, -1.0, 0.0, 2.5], [-2.0, 1.5, 0.2, 1.0]])
LABELS = np.array([1, 3, 0])
SOFT = np.array([[0.1, 0.2, 0.3, 0.4], [0.0, 0.5, 0.25, 0.25], [0.7, 0.1, 0.1, 0.1]])


def close(left: ArrayLike, right: ArrayLike, tolerance: float = 1e-9) -> bool:
    """Whether two results agree; nan agrees with nothing. The tolerance is relative to numbers near 1."""
    return bool(np.all(np.abs(np.asarray(left) - right) <= tolerance * (1 + np.abs(right))))


def numerical_gradient(function: Callable[[FloatArray], Any], at: ArrayLike, step: float = 1e-5) -> FloatArray:
    """Slopes of a function by central differences: nudge one number at a time, both ways.

    Parameters
    ----------
    function : callable
        Takes an array of the shape of `at`.
    at : array_like
    step : float

    Returns
    -------
    ndarray, shape of `at`, then the shape of the function's value
        The slope for each number that was nudged.

    Examples
    --------
    >>> numerical_gradient(np.sum, [[1.0, 2.0], [3.0, 4.0]]).round(6)
    array([[1., 1.],
           [1., 1.]])
    """
    at = np.asarray(at, dtype=float)
    moves = step * np.eye(at.size).reshape(-1, *at.shape)
    slopes = [(function(at + move) - function(at - move)) / (2 * step) for move in moves]
    return np.reshape(slopes, at.shape + np.shape(slopes[0]))


def runs(box: Toolbox) -> bool:
    """Call everything once: the shapes are right and every number is finite."""
    results = [box.softmax(BATCH), box.jacobian(BATCH), box.loss(BATCH, LABELS), box.grad(BATCH, LABELS)]
    right_shapes = [np.shape(result) for result in results] == [(3, 4), (3, 4, 4), (), (3, 4)]
    return right_shapes and all(np.all(np.isfinite(result)) for result in results)


def sums_to_one(box: Toolbox) -> bool:
    """The probabilities of every row sum to 1."""
    return close(box.softmax(BATCH).sum(axis=-1), 1)


def signs(box: Toolbox) -> bool:
    """0 ≤ p ≤ 1, loss ≥ 0; the gradient is negative at the label alone, the Jacobian on the diagonal not."""
    probs = box.softmax(BATCH)
    falls = box.grad(BATCH, LABELS) < 0
    diagonal = np.eye(4, dtype=bool)
    return bool(
        np.all((probs >= 0) & (probs <= 1))
        and box.loss(BATCH, LABELS) >= 0
        and np.all(falls == (np.arange(4) == LABELS[:, None]))
        and np.all((box.jacobian(BATCH) < 0) == ~diagonal)
    )


def shift(box: Toolbox) -> bool:
    """Adding the same number to all logits of a row changes nothing."""
    moved = BATCH + np.array([[3.0], [-2.0], [1.0]])
    return (
        close(box.softmax(moved), box.softmax(BATCH))
        and close(box.jacobian(moved), box.jacobian(BATCH))
        and close(box.loss(moved, LABELS), box.loss(BATCH, LABELS))
        and close(box.grad(moved, LABELS), box.grad(BATCH, LABELS))
    )


def reorder(box: Toolbox) -> bool:
    """Naming the classes in another order puts the results in that order."""
    order = np.array([2, 0, 3, 1])
    other, labels = BATCH[:, order], np.argsort(order)[LABELS]
    return (
        close(box.softmax(other), box.softmax(BATCH)[:, order])
        and close(box.jacobian(other), box.jacobian(BATCH)[:, order][:, :, order])
        and close(box.loss(other, labels), box.loss(BATCH, LABELS))
        and close(box.grad(other, labels), box.grad(BATCH, LABELS)[:, order])
    )


def huge_logits(box: Toolbox) -> bool:
    """Softmax and loss at ±1000, where the answers need no calculator."""
    logits = np.array([[1000.0, 1000.0, 0.0], [-1000.0, -1000.0, -1000.0]])
    return (
        close(box.softmax(logits), [[1 / 2, 1 / 2, 0], [1 / 3, 1 / 3, 1 / 3]])
        and close(box.loss(logits[0], 2), 1000 + np.log(2))
        and close(box.loss(logits[1], 0), np.log(3))
    )


def by_hand(box: Toolbox) -> bool:
    """One row worked on paper: logits log 1, log 2, log 3 have probabilities 1/6, 2/6, 3/6."""
    logits, probs = np.log([1.0, 2.0, 3.0]), np.array([1, 2, 3]) / 6
    return (
        close(box.softmax(logits), probs)
        and close(box.jacobian(logits), np.array([[5, -2, -3], [-2, 8, -6], [-3, -6, 9]]) / 36)
        and close(box.loss(logits, 2), np.log(2))
        and close(box.grad(logits, 2), np.array([1, 2, -3]) / 6)
    )


def oracle(box: Toolbox) -> bool:
    """A batch compared with the formulas in thirty decimal digits."""
    with mpmath.workdps(30):
        rows = [_exact_row(logits, label) for logits, label in zip(BATCH, LABELS, strict=True)]
    probs, losses, grads = (np.array([row[part] for row in rows]) for part in range(3))
    jacobian = probs[:, :, None] * (np.eye(4) - probs[:, None, :])
    return (
        close(box.softmax(BATCH), probs)
        and close(box.jacobian(BATCH), jacobian)
        and close(box.loss(BATCH, LABELS), losses.mean())
        and close(box.grad(BATCH, LABELS), grads / 3)
    )


def nudges(box: Toolbox) -> bool:
    """Finite differences: nudge each logit, and compare the change with the derivative."""
    slopes = numerical_gradient(lambda logits: box.loss(logits, LABELS), BATCH)
    jacobian = np.transpose(numerical_gradient(box.softmax, BATCH[0]))
    tolerance = 1e-7  # error of a central difference: step² ~ 1e-10, rounding / step ~ 1e-11
    return close(box.grad(BATCH, LABELS), slopes, tolerance) and close(box.jacobian(BATCH[0]), jacobian, tolerance)


def zero_sums(box: Toolbox) -> bool:
    """The gradient and the rows and columns of the Jacobian sum to 0, since a common shift does nothing."""
    jacobian = box.jacobian(BATCH)
    return close(box.grad(BATCH, LABELS).sum(axis=-1), 0) and all(
        close(jacobian.sum(axis=axis), 0) for axis in (-1, -2)
    )


def row_by_row(box: Toolbox) -> bool:
    """A batch gives what its rows give one at a time; losses and gradients are divided by their number."""
    each = list(zip(BATCH, LABELS, strict=True))
    return (
        close(box.softmax(BATCH), [box.softmax(row) for row in BATCH])
        and close(box.jacobian(BATCH), [box.jacobian(row) for row in BATCH])
        and close(box.loss(BATCH, LABELS), np.mean([box.loss(row, label) for row, label in each]))
        and close(box.grad(BATCH, LABELS), np.array([box.grad(row, label) for row, label in each]) / 3)
    )


def training(box: Toolbox) -> bool:
    """Fifty steps downhill on the logits themselves bring the loss below half of what it was."""
    logits = BATCH.copy()
    for _ in range(50):
        logits -= box.grad(logits, LABELS)
    return bool(box.loss(logits, LABELS) < box.loss(BATCH, LABELS) / 2)


def soft_labels(box: Toolbox) -> bool:
    """A label is the same as its one-hot row, and doubling soft labels doubles loss and gradient."""
    one_hot = np.eye(4)[LABELS]
    return (
        close(box.loss(BATCH, one_hot), box.loss(BATCH, LABELS))
        and close(box.grad(BATCH, one_hot), box.grad(BATCH, LABELS))
        and close(box.loss(BATCH, 2 * SOFT), 2 * box.loss(BATCH, SOFT))
        and close(box.grad(BATCH, 2 * SOFT), 2 * box.grad(BATCH, SOFT))
    )


def bad_labels(box: Toolbox) -> bool:
    """A label of −1, a column of labels and an integer one-hot matrix are refused."""
    bad = [np.array([1, -1, 0]), LABELS[:, None] % 3, np.eye(3, dtype=int)]
    return all(_refuses(function, BATCH[:, :3], labels) for function in (box.loss, box.grad) for labels in bad)


KINDS = {
    "it runs": runs,
    "sums to 1": sums_to_one,
    "signs": signs,
    "shift": shift,
    "reorder": reorder,
    "huge logits": huge_logits,
    "one row by hand": by_hand,
    "oracle": oracle,
    "nudges": nudges,
    "zero sums": zero_sums,
    "row by row": row_by_row,
    "training": training,
    "soft labels": soft_labels,
    "bad labels": bad_labels,
}  # name of the kind -> function


def _exact_row(logits: FloatArray, label: int) -> tuple[list[float], float, list[float]]:
    """Probabilities, loss and gradient of one row, computed in mpmath's current precision."""
    weights = [mpmath.exp(mpmath.mpf(float(a))) for a in logits]
    probs = [weight / mpmath.fsum(weights) for weight in weights]
    grad = [p - (k == label) for k, p in enumerate(probs)]
    return [float(p) for p in probs], float(-mpmath.log(probs[label])), [float(g) for g in grad]


def _refuses(function: Callable[..., Any], logits: FloatArray, labels: ArrayLike) -> bool:
    try:
        function(logits, labels)
    except ValueError:
        return True
    return False
