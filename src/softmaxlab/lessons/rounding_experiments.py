"""Small experiments on whether digits matter: sums of many terms, a model that is trained, a student and a teacher."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.types import FloatArray, IntArray


def sum_one_by_one(terms: FloatArray) -> np.floating[Any]:
    """Add from left to right, rounding after each addition. A lesson: do not call; use `np.sum`, which adds pairwise.

    Parameters
    ----------
    terms : ndarray of floats, shape (n,)

    Returns
    -------
    NumPy scalar of the dtype of `terms`

    Notes
    -----
    Equation `eq-sum-one-by-one` in the book.

    Examples
    --------
    >>> halves = np.full(4096, 0.5, dtype=np.float16)
    >>> float(sum_one_by_one(halves)), float(np.sum(halves))  # from 1024 on, a half is no longer seen
    (1024.0, 2048.0)
    """
    total: np.floating[Any] = np.add.accumulate(terms)[-1]
    return total


def loss_of_plain_rest(losers: FloatArray) -> np.floating[Any]:
    """Loss of a class with logit 0 above these, log(1 + rest). A lesson: do not use; see `softmaxlab.cross_entropy`.

    The formula is sound. But where the exponentials are subnormal, each has lost digits, and the sum collects that.

    Parameters
    ----------
    losers : ndarray of floats < 0, shape (n,)
        Logits; one below −708 has a subnormal exponential in float64.

    Returns
    -------
    float64, in nats

    Notes
    -----
    Equation `eq-loss-rest` in the book.

    Examples
    --------
    >>> print(f"{loss_of_plain_rest(np.array([-1.0])):.6f}")
    0.313262
    """
    loss: np.floating[Any] = np.log1p(np.sum(np.exp(losers)))
    return loss


def clusters(
    spread: float, dtype: type[np.floating[Any]] = np.float32, count: int = 40, seed: int = 0
) -> tuple[FloatArray, IntArray]:
    """Draw labeled points around the corners of a triangle.

    Parameters
    ----------
    spread : float
        Standard deviation around each corner; the corners are at distance 1 from the origin.
    dtype : NumPy floating type
    count : int
        Points of each of the three classes.
    seed : int

    Returns
    -------
    features : ndarray of `dtype`, shape (3 · count, 3)
        Two coordinates and a 1.
    labels : ndarray of int, shape (3 · count,)

    Examples
    --------
    >>> features, labels = clusters(spread=0.1)
    >>> features.shape, labels[[0, 40, 80]]
    ((120, 3), array([0, 1, 2]))
    """
    labels = np.repeat(np.arange(3), count)
    angles = 2 * np.pi * labels / 3
    points = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    points += spread * np.random.default_rng(seed).normal(size=points.shape)
    return np.column_stack([points, np.ones(len(labels))]).astype(dtype), labels


def train_by(
    features: FloatArray, labels: IntArray, grad: Callable[..., Any], steps: int, rate: float, even_steps: bool = False
) -> FloatArray:
    """Train a linear softmax model, logits = features @ weights, by gradient descent from weights of 0.

    Parameters
    ----------
    features : ndarray of floats, shape (rows, d)
        Everything is computed in their dtype.
    labels : ndarray of int, shape (rows,)
    grad : callable
        Takes logits and labels, and returns the gradient of the sum of the losses.
    steps : int
    rate : float
    even_steps : bool
        Divide each step by the largest entry of the gradient, so that steps do not shrink with it; of a gradient
        of 0 the step is 0.

    Returns
    -------
    ndarray, shape (steps + 1, d, classes)
        The weights after each step, the first ones included.

    Examples
    --------
    >>> from softmaxlab import cross_entropy_grad
    >>> train_by(*clusters(0.1), cross_entropy_grad, steps=5, rate=1).shape
    (6, 3, 3)
    """
    path = [np.zeros((features.shape[1], labels.max() + 1), features.dtype)]
    for _ in range(steps):
        slope = features.T @ grad(features @ path[-1], labels) / len(labels)
        largest = np.max(np.abs(slope))
        if even_steps and largest > 0:
            slope = slope / largest
        path.append(path[-1] - features.dtype.type(rate) * slope)
    return np.array(path)


def distance_from_teacher(log_softmax: Callable[..., Any], teacher: ArrayLike, student: ArrayLike) -> np.float64:
    """Kullback–Leibler divergence of a student's probabilities from a teacher's, Σ t (log t − log p), from logits.

    Parameters
    ----------
    log_softmax : callable
        The implementation to use.
    teacher, student : array_like, shape (n,)
        Logits.

    Returns
    -------
    float64, in nats
        On paper at least 0.

    Notes
    -----
    Equation `eq-kl` in the book.

    Examples
    --------
    >>> from softmaxlab import log_softmax
    >>> print(distance_from_teacher(log_softmax, [0, 0], [1, 0]).round(4))
    0.1201
    """
    sure, believed = log_softmax(teacher), log_softmax(student)
    divergence: np.float64 = np.sum(np.exp(sure) * (sure - believed))
    return divergence
