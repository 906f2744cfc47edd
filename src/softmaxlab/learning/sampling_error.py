"""Sampling error: the calibration error that a perfectly calibrated model would show, and the error of a mean."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.arrays import real_array
from softmaxlab._core.types import FloatArray
from softmaxlab._core.validation import refuse_where
from softmaxlab.learning.calibration import expected_calibration_error


def honest_errors(probs: ArrayLike, bins: int = 10, draws: int = 200, seed: int = 0) -> FloatArray:
    """Measure the calibration error of a model that is calibrated by construction, again and again.

    Labels are drawn as the probabilities claim. The error measured then is sampling error: it grows as examples get
    fewer.

    Parameters
    ----------
    probs : array_like, shape (m, n)
        Rows of nonnegative numbers with sum 1.
    bins : int ≥ 1, default 10
        As in `softmaxlab.learning.calibration.reliability`.
    draws : int ≥ 1, default 200
        How often to draw labels for all examples.
    seed : int, default 0
        The same seed gives the same draws.

    Returns
    -------
    ndarray, shape (draws,)

    Raises
    ------
    ValueError
        If `draws` is below 1, or as `softmaxlab.learning.calibration.expected_calibration_error`.

    Examples
    --------
    >>> few, many = (honest_errors([[0.75, 0.25]] * m).mean() for m in (30, 3000))
    >>> print(f"{few:.3f} {many:.3f}")
    0.064 0.007
    """
    if draws < 1:
        raise ValueError(f"draws is {draws}; expected at least 1")
    probs = real_array(probs, "probs")
    expected_calibration_error(probs, np.zeros(probs.shape[:1], int), bins)  # refuses what are no probabilities
    steps = np.cumsum(probs, axis=1, dtype=float)[:, :-1]  # the last class takes what rounding leaves
    luck = np.random.default_rng(seed).random((draws, len(probs), 1))
    return np.array([expected_calibration_error(probs, (row > steps).sum(axis=1), bins) for row in luck])


def standard_error(values: ArrayLike) -> np.floating[Any]:
    """Estimate the standard error of the mean of such values: their standard deviation over √m.

    Parameters
    ----------
    values : array_like, shape (m,)
        Of independent examples, m ≥ 2.

    Returns
    -------
    float64

    Raises
    ------
    ValueError
        If there are fewer than two values, or one is not finite.

    Examples
    --------
    >>> print(f"{standard_error([0, 0, 1, 1]):.4f}")
    0.2887
    """
    values = real_array(values, "values")
    if values.ndim != 1 or len(values) < 2:
        raise ValueError(f"values has shape {values.shape}; expected at least two numbers in one row")
    refuse_where(~np.isfinite(values), values, "values", "finite numbers")
    error: np.floating[Any] = np.std(values, ddof=1) / np.sqrt(len(values))
    return error
