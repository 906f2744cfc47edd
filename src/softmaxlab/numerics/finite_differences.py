"""Slopes from values alone: forward, central and complex-step differences, and how far each can be trusted.

A difference has two errors. *Truncation*: the curve is not a line, which counts less the smaller the step h.
*Rounding*: each value is off by about u times its size, u = 2⁻⁵³, and the division by h magnifies that.

    forward: h |f″|/2 + 2u |f|/h      central: h² |f‴|/6 + u |f|/h

The complex step subtracts no two values, so that only truncation is left, and what the function itself rounds; h can
be so small that the truncation vanishes [1]_.

References
----------
.. [1] W. Squire, G. Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 40(1),
   1998, pp. 110–112.
.. [2] P. E. Gill, W. Murray, M. H. Wright, "Practical Optimization", Academic Press, 1981, section 8.6.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import cross_entropy, softmax
from softmaxlab._core.arrays import real_array
from softmaxlab._core.types import FloatArray, ScalarOrArray

ROUNDOFF = 2.0**-53  # half the gap between 1 and the next float64


def forward_difference(function: Callable[[Any], Any], at: ScalarOrArray, step: ScalarOrArray) -> ScalarOrArray:
    """Estimate a slope by one nudge, (f(x + h) − f(x)) / h. Equation eq-forward.

    Parameters
    ----------
    function : callable
        Takes a number (or an array, if `at` and `step` make one) and returns the value there.
    at : float
    step : float or ndarray
        The step h, as it stands in the formula: not rounded to what floats near `at` can hold.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> forward_difference(lambda x: x * x, 3.0, 0.5)  # true slope 6, and truncation h
    6.5
    """
    return (function(at + step) - function(at)) / step


def central_difference(function: Callable[[Any], Any], at: ScalarOrArray, step: ScalarOrArray) -> ScalarOrArray:
    """Estimate a slope by a nudge each way, (f(x + h) − f(x − h)) / 2h. Equation eq-central.

    Parameters
    ----------
    function, at, step
        As in `forward_difference`.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> central_difference(lambda x: x**3, 3.0, 0.5)  # true slope 27, and truncation h²
    27.25
    """
    return (function(at + step) - function(at - step)) / (2 * step)


def complex_step(function: Callable[[Any], Any], at: ScalarOrArray, step: ScalarOrArray = 1e-100) -> ScalarOrArray:
    """Estimate a slope by a nudge across the real line, Im f(x + ih) / h. Equation eq-complex-step.

    Parameters
    ----------
    function, at, step
        As in `forward_difference`; the function must take complex numbers and be smooth in them: no absolute
        value, no comparison that looks at the imaginary part.

    Returns
    -------
    float or ndarray

    Examples
    --------
    >>> float(complex_step(np.exp, 0.0))
    1.0
    """
    return np.imag(function(at + 1j * step)) / step


def best_forward_step(value: float, second: float) -> float:
    """Step with the smallest bound on the error of a forward difference, 2 √(u |f| / |f″|).

    Equation eq-best-forward.

    Parameters
    ----------
    value, second : float
        The function and its second derivative.

    Returns
    -------
    float
        0 for a function that is 0 here (no rounding), inf without curvature (no truncation).

    Examples
    --------
    >>> print(f"{best_forward_step(1.0, 1.0):.1e}")
    2.1e-08
    """
    step: float = 2 * np.sqrt(_ratio(ROUNDOFF * abs(value), abs(second)))
    return step


def best_central_step(value: float, third: float) -> float:
    """Step with the smallest bound on the error of a central difference, (3u |f| / |f‴|)^⅓.

    Equation eq-best-central.

    Parameters
    ----------
    value, third : float
        The function and its third derivative.

    Returns
    -------
    float
        0 for a function that is 0 here (no rounding), inf if the third derivative is 0 (no truncation).

    Examples
    --------
    >>> print(f"{best_central_step(1.0, 1.0):.1e}")
    6.9e-06
    """
    step: float = np.cbrt(_ratio(3 * ROUNDOFF * abs(value), abs(third)))
    return step


class VCurve(NamedTuple):
    """Errors of the differences of one function, step by step, and where theory puts the bottom of each V."""

    steps: FloatArray  # (k,)
    forward: FloatArray  # (k,): |estimate − slope|
    central: FloatArray  # (k,)
    best_forward: float
    best_central: float


def v_curve(
    function: Callable[[float], Any], at: float, derivatives: Sequence[float], steps: ArrayLike | None = None
) -> VCurve:
    """Measure the error of forward and central differences over many steps.

    Parameters
    ----------
    function : callable
        Takes one float and returns one.
    at : float
    derivatives : three floats
        The true first, second and third derivative at `at`.
    steps : array_like of numbers > 0, shape (k,), optional
        By default 161 of them from 1e-16 to 1, evenly spaced in the logarithm.

    Returns
    -------
    VCurve

    Raises
    ------
    ValueError
        If a step is not above 0, or there are not three derivatives.

    Examples
    --------
    >>> curve = v_curve(np.exp, 0.0, (1.0, 1.0, 1.0), steps=[1e-15, 1e-5, 1e-1])
    >>> curve.central.argmin()
    np.int64(1)
    """
    steps = np.logspace(-16, 0, 161) if steps is None else real_array(steps, "steps").astype(float)
    if steps.ndim != 1 or not np.all(steps > 0):
        raise ValueError(f"steps is {steps}; expected a list of numbers above 0")
    if np.shape(derivatives) != (3,):
        raise ValueError(f"derivatives is {derivatives}; expected three numbers: the first, second and third one")
    slope, second, third = derivatives
    return VCurve(
        steps,
        np.array([abs(forward_difference(function, at, step) - slope) for step in steps]),
        np.array([abs(central_difference(function, at, step) - slope) for step in steps]),
        float(best_forward_step(function(at), second)),
        float(best_central_step(function(at), third)),
    )


def loss_along(logits: ArrayLike, target: int, k: int) -> tuple[Callable[[float], Any], tuple[float, float, float]]:
    """Cut the loss along one logit, to have a function of one number with all derivatives known.

    Equations eq-slope-along, eq-curvature-along and eq-third-along: with p = p_k they are p − y_k, p (1 − p) and
    p (1 − p)(1 − 2p).

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int
        The true class.
    k : int
        Which logit moves.

    Returns
    -------
    function : callable
        Takes a value for logit k and returns the loss.
    derivatives : tuple of three floats
        At ``logits[k]``.

    Examples
    --------
    >>> loss, slopes = loss_along([0.0, 0.0], 0, 0)
    >>> print(f"{loss(0.0):.6f}", [float(slope) for slope in slopes])
    0.693147 [-0.5, 0.25, 0.0]
    """
    logits = real_array(logits, "logits").astype(float)

    def loss(value: float) -> ScalarOrArray:
        moved = logits.copy()
        moved[k] = value
        return cross_entropy(moved, target)

    probs = softmax(logits)
    p, rest = probs[k], np.delete(probs, k).sum()  # 1 − p may have lost its digits
    return loss, (-rest if k == target else p, p * rest, p * rest * (rest - p))


def _ratio(error: float, derivative: float) -> float:
    if error == 0:
        return 0.0
    return error / derivative if derivative else np.inf
