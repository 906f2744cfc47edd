"""Where floating-point numbers end: limits found by search, not quoted from a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

Number = TypeVar("Number", float, np.floating[Any])


def smallest_where(holds: Callable[[Number], bool], low: Number, high: Number) -> Number:
    """Smallest number at which a condition holds, by bisection down to two neighboring floats.

    Parameters
    ----------
    holds : callable
        Takes one number. False at `low`, true at `high`, and it changes once in between. Numbers at many distances
        on both sides of the result are tried too.
    low, high : float or NumPy floating scalar
        The search keeps their type: pass ``np.float16`` values to search among float16 numbers.

    Returns
    -------
    float or NumPy floating scalar
        The smallest number in (low, high] where `holds` is true.

    Raises
    ------
    ValueError
        If `holds` is already true at `low`, or still false at `high`, or is seen to change more than once.

    Examples
    --------
    >>> smallest_where(lambda x: x * x >= 2, 1.0, 2.0)
    1.4142135623730951
    """
    if holds(low) or not holds(high):
        raise ValueError(
            f"the condition must be false at low={low} and true at high={high}; choose bounds on both sides"
        )
    least, most = low, high
    while True:
        middle = low + (high - low) / 2
        if not low < middle < high:  # no float left between them
            break
        if holds(middle):
            high = middle
        else:
            low = middle
    step = high - low
    while step < most - least:  # at twice the distance each time
        for number, wanted in ((low - step, False), (high + step, True)):
            if least < number < most and holds(number) != wanted:
                raise ValueError(
                    f"the condition changes more than once: it is {not wanted} at {number!r}, beyond the change "
                    f"at {high!r}; choose one that changes once, or bounds closer to the change that you want"
                )
        step = 2 * step
    return high


def exp_window(dtype: type[np.floating[Any]]) -> tuple[float, float]:
    """Find the logits whose exponential is neither 0 nor infinite in a floating-point type.

    Parameters
    ----------
    dtype : numpy floating type
        For example ``np.float32``.

    Returns
    -------
    tuple of float
        The smallest x with exp(x) > 0 and the largest x with exp(x) finite.

    Examples
    --------
    >>> low, high = exp_window(np.float64)
    >>> round(low, 2), round(high, 2)
    (-745.13, 709.78)
    """
    zero, far = dtype(0), dtype(2000)
    with np.errstate(over="ignore", under="ignore"):  # leaving the range is what is searched for
        overflows = smallest_where(lambda x: np.isinf(np.exp(x)), zero, far)
        vanishes = smallest_where(lambda x: np.exp(-x) == 0, zero, far)
    # both searches return the first number outside the window: step back to its neighbor inside
    return float(-np.nextafter(vanishes, zero)), float(np.nextafter(overflows, zero))
