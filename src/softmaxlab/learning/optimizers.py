"""Three ways to train softmax regression: gradient descent, Newton's method, and L-BFGS from SciPy.

What is minimized, and how it compares with scikit-learn: ``help(softmaxlab.learning.softmax_regression)``.

Features must be finite, labels integers, and every class must have an example. A constant feature is allowed.
It does what the bias does, but pays the penalty: with l2 > 0 its weight ends at 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab._extras import require
from softmaxlab.learning._validation import checked_count, checked_number, checked_training_set, out_of_range
from softmaxlab.learning.softmax_regression import hessian, objective

Parameters = TypeVar("Parameters")  # an array, or `softmaxlab.learning.mlp.Layers`


class Iterate(NamedTuple, Generic[Parameters]):
    """Where training stands: before the first step, and after each one."""

    number: int
    loss: float  # the objective, in nats: penalty included
    grad_max_abs: float  # largest entry of its gradient, by absolute value
    weights: Parameters  # (d + 1, n)


class Fit(NamedTuple):
    """What `fit` found."""

    weights: FloatArray  # (d + 1, n)
    loss: float  # the objective at the weights
    steps: int
    evaluations: int  # of loss and gradient
    converged: bool  # False if it ran out of steps, or got no further


def gradient_descent(
    features: ArrayLike,
    labels: ArrayLike,
    *,
    l2: float = 0.0,
    rate: float = 1.0,
    steps: int = 100,
    classes: int | None = None,
) -> Iterator[Iterate[FloatArray]]:
    """Train by gradient descent from zero weights, and report every step as it is taken.

    Equation eq-descent. It converges for any rate below 2 over the largest curvature; a rate that is too large
    makes the loss rise.

    Parameters
    ----------
    features : array_like, shape (m, d)
    labels : array_like of int, shape (m,)
    l2 : float ≥ 0, default 0
    rate : float > 0, default 1
        Learning rate.
    steps : int ≥ 0, default 100
    classes : int, optional
        Number of classes; by default the largest label and one more.

    Yields
    ------
    Iterate
        ``steps + 1`` of them, the starting point included; each with weights of its own.

    Raises
    ------
    ValueError
        If an argument is not as described, or a class has no example; raised at the first step. Also when the numbers
        leave the range of floats, since the features want scaling or the rate is too large.

    Examples
    --------
    >>> for step in gradient_descent([[0.0], [1.0]], [0, 1], rate=4.0, steps=2):
    ...     print(step.number, f"{step.loss:.3f}")
    0 0.693
    1 0.410
    2 0.262
    """
    features, labels, weights, l2 = _start(features, labels, l2, classes)
    rate, steps = checked_number(rate, "rate", 0, strict=True), checked_count(steps, "steps", 0)
    for number in range(steps + 1):
        loss, grad = checked_objective(weights, features, labels, l2, rate)
        yield Iterate(number, loss, float(np.max(np.abs(grad))), weights)
        weights = weights - rate * grad


def newton(
    features: ArrayLike,
    labels: ArrayLike,
    *,
    l2: float = 0.0,
    tolerance: float = 1e-10,
    steps: int = 50,
    classes: int | None = None,
) -> Iterator[Iterate[FloatArray]]:
    """Train by Newton's method: step to the minimum of the quadratic with the same value, gradient and Hessian here.

    Equation eq-newton. A step that does not lower the objective enough is halved until it does. For small
    problems: each step solves a system of (d + 1)·n equations.

    Parameters
    ----------
    features, labels, l2, classes
        As in `gradient_descent`. With l2 = 0 there may be no minimum: where a line can separate the classes, the
        weights grow with each step.
    tolerance : float > 0, default 1e-10
        Stop when no entry of the gradient is larger.
    steps : int ≥ 0, default 50
        Maximum number of steps.

    Yields
    ------
    Iterate
        As `gradient_descent`. The last one meets the tolerance, unless the steps ran out.

    Raises
    ------
    ValueError
        As `gradient_descent`.

    Examples
    --------
    >>> [step.number for step in newton([[0.0], [1.0], [2.0]], [0, 1, 0], l2=0.1)]
    [0, 1, 2, 3, 4]
    """
    features, labels, weights, l2 = _start(features, labels, l2, classes)
    tolerance, steps = checked_number(tolerance, "tolerance", 0, strict=True), checked_count(steps, "steps", 0)
    loss, grad = checked_objective(weights, features, labels, l2)
    for number in range(steps + 1):
        slope = float(np.max(np.abs(grad)))
        yield Iterate(number, loss, slope, weights)
        if slope <= tolerance:
            return
        with np.errstate(over="ignore", invalid="ignore"):
            matrix = hessian(weights, features, l2).reshape(grad.size, grad.size)
        if not np.all(np.isfinite(matrix)):
            raise out_of_range(features, "the curvature leaves the range of float64")
        with np.errstate(over="ignore", invalid="ignore"):  # a step too long has loss inf: it is halved
            weights, loss, grad = _newton_step(weights, loss, grad, matrix, features, labels, l2)


def _newton_step(
    weights: FloatArray,
    loss: float,
    grad: FloatArray,
    matrix: FloatArray,
    features: FloatArray,
    labels: IntArray,
    l2: float,
) -> tuple[FloatArray, float, FloatArray]:
    """Go to the minimum of the quadratic, or half the way, a quarter, …; return (weights, loss, gradient) there."""
    require("scipy", by="softmaxlab.learning", extra="learning")
    from scipy.linalg import lstsq  # imported here, so that only training has to wait for SciPy

    # singular (see hessian): of all solutions, lstsq takes the shortest; gelsy is its fastest driver
    move = -lstsq(matrix, grad.ravel(), cond=1e-12, lapack_driver="gelsy")[0].reshape(grad.shape)
    length, promised = 1.0, np.sum(grad * move)  # promised < 0: the slope along the move
    if not np.isfinite(promised):
        raise out_of_range(features, "a step leaves the range of float64")
    rounding = 1e-14 * loss  # close to the minimum, a good step may seem to rise by that much
    trial = objective(weights + move, features, labels, l2)
    while not trial[0] <= loss + 1e-4 * length * promised + rounding:
        length /= 2
        trial = objective(weights + length * move, features, labels, l2)
    return weights + length * move, *trial


def fit(
    features: ArrayLike,
    labels: ArrayLike,
    *,
    l2: float = 0.0,
    tolerance: float = 1e-8,
    steps: int = 10_000,
    classes: int | None = None,
    label_smoothing: float = 0.0,
) -> Fit:
    """Train with L-BFGS from SciPy, which needs only the loss and its gradient.

    Parameters
    ----------
    features, labels, l2, classes
        As in `gradient_descent`.
    tolerance : float > 0, default 1e-8
        Stop when no entry of the gradient is larger.
    steps : int ≥ 1, default 10000
        Maximum number of steps.
    label_smoothing : float from 0 to 1, default 0
        Share ε of every label that is spread over all classes, equation eq-smoothing.

    Returns
    -------
    Fit
        With l2 = 0 and classes that a line can separate there is no minimum; the weights are then merely where
        the gradient fell below the tolerance, or the steps ran out.

    Raises
    ------
    ValueError
        As `gradient_descent`.

    Examples
    --------
    >>> found = fit([[0.0], [1.0], [2.0]], [0, 1, 0], l2=0.1)
    >>> found.converged, f"{found.loss:.6f}"
    (True, '0.636514')
    """
    require("scipy", by="softmaxlab.learning", extra="learning")
    from scipy.optimize import minimize

    features, labels, start, l2 = _start(features, labels, l2, classes)
    tolerance, steps = checked_number(tolerance, "tolerance", 0, strict=True), checked_count(steps, "steps", 1)
    targets = smoothed(labels, start.shape[1], label_smoothing) if label_smoothing else labels

    def flat(numbers: FloatArray) -> tuple[float, FloatArray]:
        loss, grad = objective(numbers.reshape(start.shape), features, targets, l2)
        return loss, grad.ravel()

    # ftol = 0: stop by the slope alone, never because the loss seems flat
    options = {"gtol": tolerance, "ftol": 0, "maxiter": steps, "maxfun": 20 * steps, "maxcor": 10}
    with np.errstate(over="ignore", invalid="ignore"):
        found = minimize(flat, start.ravel(), jac=True, method="L-BFGS-B", options=options)
    uniform = np.log(start.shape[1])  # the loss at the start; a search that ends higher has failed
    if not found.fun <= uniform * (1 + 1e-9) or not np.all(np.isfinite(found.jac)):  # nan fails too
        raise out_of_range(features, f"the loss begins at {uniform:.3g} and ends at {found.fun:.3g}")
    reached = bool(np.max(np.abs(found.jac)) <= tolerance)
    return Fit(found.x.reshape(start.shape), float(found.fun), int(found.nit), int(found.nfev), reached)


def smoothed(labels: IntArray, classes: int, share: float) -> FloatArray:
    """Turn labels into probabilities: one-hot, but with `share` of each label spread over all classes.

    Parameters
    ----------
    labels : ndarray of int, shape (m,)
    classes : int
    share : float from 0 to 1

    Returns
    -------
    ndarray, shape (m, classes)

    Raises
    ------
    ValueError
        If `share` is not from 0 to 1.

    Examples
    --------
    >>> smoothed([1], 4, 0.2)
    array([[0.05, 0.85, 0.05, 0.05]])
    """
    share = checked_number(share, "label_smoothing", 0)
    if share > 1:
        raise ValueError(f"label_smoothing is {share}; expected a share from 0 to 1")
    return (1 - share) * np.eye(classes)[labels] + share / classes


def checked_objective(
    weights: FloatArray, features: FloatArray, labels: IntArray, l2: float, rate: float = 1.0
) -> tuple[float, FloatArray]:
    """Loss and gradient, or an error that says what to scale."""
    with np.errstate(over="ignore", invalid="ignore"):
        loss, grad = objective(weights, features, labels, l2)
    if not np.isfinite(loss) or not np.isfinite(rate * float(np.max(np.abs(grad)))):
        raise out_of_range(
            features,
            "the loss or the next step leaves the range of float64",
            f"write rate={_safe_rate(features, l2):.1g}",
        )
    return loss, grad


def _safe_rate(features: FloatArray, l2: float) -> float:
    """Return a rate at which descent converges: no curvature is larger than one over it."""
    with np.errstate(over="ignore"):
        rate: float = 1 / (np.mean(np.sum(features**2, axis=1) + 1) / 2 + l2)
    return rate


def _start(
    features: ArrayLike, labels: ArrayLike, l2: float, classes: int | None
) -> tuple[FloatArray, IntArray, FloatArray, float]:
    """Check the data, and begin at weights 0: every class equally likely."""
    features, labels, classes = checked_training_set(features, labels, classes)
    return features, labels, np.zeros((features.shape[1] + 1, classes)), checked_number(l2, "l2", 0)
