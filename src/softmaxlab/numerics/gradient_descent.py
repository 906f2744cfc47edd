"""Gradient descent in its plainest form: what a gradient is for, in one short loop."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.arrays import real_array
from softmaxlab._core.types import FloatArray


def descend(
    gradient: Callable[[FloatArray], FloatArray], start: ArrayLike, steps: int, rate: float = 1.0
) -> FloatArray:
    """Take steps of gradient descent, each minus the learning rate times the gradient.

    Parameters
    ----------
    gradient : callable
        Takes the position, an array of shape (n,), and returns the gradient there, of the same shape.
    start : array_like of real numbers, shape (n,)
    steps : int
    rate : float, default 1
        Learning rate: how far to go for a gradient of 1.

    Returns
    -------
    ndarray, shape (steps + 1, n)
        Every position on the way, `start` included.

    Raises
    ------
    ValueError
        If `start` is no array of real numbers, or a step from a finite position leads beyond the range of floats.

    Examples
    --------
    >>> descend(lambda x: x, [8.0], steps=3, rate=0.5).ravel()  # the slope of x²/2 is x
    array([8., 4., 2., 1.])
    """
    path = [real_array(start, "start").astype(float)]
    for number in range(steps):
        with np.errstate(over="ignore", invalid="ignore"):
            path.append(path[-1] - rate * gradient(path[-1]))
        if np.any(np.isfinite(path[-2]) & ~np.isfinite(path[-1])):
            raise ValueError(f"step {number + 1} leaves the range of float64; expected a smaller rate than {rate:g}")
    return np.array(path)
