"""Softmax regression on points in the plane, by cross-entropy or by squared error, both from one start.

What the widget PlaneTrainer computes. Squared error is there for comparison only: to train a model, use
`softmaxlab.learning.optimizers`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import cross_entropy_grad, softmax, softmax_jvp
from softmaxlab._core.arrays import real_array
from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab.learning._validation import out_of_range
from softmaxlab.learning.datasets import three_clouds
from softmaxlab.learning.softmax_regression import logits_of, objective

CLASSES = 3
REACH = 2.5  # coordinates lie from −2.5 to 2.5
CERTAIN = 6.0  # length of an arrow that is certain and wrong


class PlaneIterate(NamedTuple):
    """Where training stands: before the first step, or after one."""

    weights: FloatArray  # (3, 3): a row for each of the two coordinates and the bias, a column for each class
    loss: float  # mean over the points
    slope: float  # largest entry of the gradient, by absolute value


def squared_objective(weights: FloatArray, features: FloatArray, labels: IntArray) -> tuple[float, FloatArray]:
    """Mean squared error of the probabilities, and its gradient. A lesson: use `softmax_regression.objective`.

    Parameters
    ----------
    weights : ndarray, shape (d + 1, n)
        The bias is the last row.
    features : ndarray, shape (m, d)
    labels : ndarray of int, shape (m,)

    Returns
    -------
    loss : float
        Mean of `softmaxlab.learning.scoring_rules.squared_error`.
    grad : ndarray, shape (d + 1, n)
        What `softmaxlab.learning.scoring_rules.squared_error_grad` sends back to the logits, J (p − y), times the
        features.

    Examples
    --------
    >>> loss, grad = squared_objective(np.zeros((2, 2)), np.array([[1.0], [3.0]]), np.array([0, 1]))
    >>> loss, grad.tolist()
    (0.25, [[0.25, -0.25], [0.0, 0.0]])
    """
    logits = logits_of(weights, features)
    error = softmax(logits) - np.eye(logits.shape[1])[labels]
    grad_logits = softmax_jvp(logits, error) / len(logits)
    grad = np.vstack([features.T @ grad_logits, grad_logits.sum(axis=0)])
    return float(0.5 * np.mean(np.sum(error**2, axis=1))), grad


OBJECTIVES = {"cross-entropy": objective, "squared error": squared_objective}


def start_weights(start: str) -> FloatArray:
    """Weights to start from.

    Parameters
    ----------
    start : {"zero", "wrong"}
        "wrong": each class's arrow points to the next class's corner of `learning.datasets.three_clouds`,
        and is so long that the model is certain.

    Returns
    -------
    ndarray, shape (3, 3)

    Examples
    --------
    >>> start_weights("wrong").round(2) + 0
    array([[-5.2,  5.2,  0. ],
           [-3. , -3. ,  6. ],
           [ 0. ,  0. ,  0. ]])
    """
    weights = np.zeros((3, CLASSES))
    if start == "wrong":
        corners, _ = three_clouds(per_class=1, spread=0)
        weights[:2] = CERTAIN * np.roll(corners, -1, axis=0).T
    return weights


def train_on_plane(
    points: ArrayLike,
    labels: ArrayLike,
    loss: str = "cross-entropy",
    rate: float = 1.0,
    steps: int = 100,
    start: str = "zero",
) -> list[PlaneIterate]:
    """Train by gradient descent, with all points in each step.

    A class may have no point: its score then falls with every step.

    Parameters
    ----------
    points : array_like, shape (m, 2)
    labels : array_like of int, shape (m,)
    loss : {"cross-entropy", "squared error"}
    rate : float
        Learning rate.
    steps : int ≥ 0
    start : {"zero", "wrong"}

    Returns
    -------
    list of PlaneIterate
        Of ``steps + 1``, the start included.

    Raises
    ------
    ValueError
        If the points or labels are no arrays of real numbers, or the loss leaves the range of floats.

    Examples
    --------
    >>> points, labels = three_clouds(per_class=8)
    >>> for kind in OBJECTIVES:
    ...     path = train_on_plane(points, labels, kind, start="wrong")
    ...     print(kind, f"{path[0].loss:.2f} {path[-1].loss:.2f}")
    cross-entropy 8.01 0.13
    squared error 0.87 0.62
    """
    points, labels = real_array(points, "points").astype(float), real_array(labels, "labels")
    weights, path = start_weights(start), []
    for _ in range(steps + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            value, grad = OBJECTIVES[loss](weights, points, labels)
        if not np.isfinite(value) or not np.isfinite(rate * float(np.max(np.abs(grad)))):
            smaller = f"expected a smaller rate than {rate:g}"
            raise out_of_range(points, "the loss leaves the range of float64", smaller, "points")
        path.append(PlaneIterate(weights, value, float(np.max(np.abs(grad)))))
        weights = weights - rate * grad
    return path


def pushes(weights: FloatArray, point: ArrayLike, label: int) -> dict[str, FloatArray]:
    """What one point adds to the gradient with respect to its own logits.

    Parameters
    ----------
    weights : ndarray, shape (3, 3)
    point : array_like, shape (2,)
    label : int

    Returns
    -------
    dict of ndarray, shape (3,)
        "p"; the gradient of the point's cross-entropy with respect to its logits, p − y, under "cross-entropy"; and
        that of its squared error, J (p − y), under "squared error".

    Examples
    --------
    >>> found = pushes(np.zeros((3, 3)), [1, 0], 0)
    >>> found["cross-entropy"].round(3), found["squared error"].round(3)
    (array([-0.667,  0.333,  0.333]), array([-0.222,  0.111,  0.111]))
    """
    logits = logits_of(weights, real_array(point, "point").astype(float)[None])[0]
    error = cross_entropy_grad(logits, label)
    return {"p": softmax(logits), "cross-entropy": error, "squared error": softmax_jvp(logits, error)}
