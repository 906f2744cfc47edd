"""One step size and three ways to a slope: the estimates, their errors, and the truncation and rounding behind them.

This is what the widget StepSize shows: the loss along one logit, whose derivatives are all known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from softmaxlab import cross_entropy_grad
from softmaxlab._core.types import FloatArray
from softmaxlab.numerics.finite_differences import (
    ROUNDOFF,
    best_central_step,
    best_forward_step,
    central_difference,
    complex_step,
    forward_difference,
    loss_along,
    v_curve,
)
from softmaxlab.pitfalls.double_softmax import loss_for_complex

METHODS = "forward", "central", "complex"
# 20 to each power of ten, cut to three digits: decimal numbers that JavaScript reads as the same floats
STEPS = np.array([float(f"{10.0 ** (exponent / 20):.2e}") for exponent in range(-320, 1)])


Logits: TypeAlias = Sequence[float] | FloatArray


class Cut(NamedTuple):
    """The loss along one logit, at that logit: its value and derivatives, and the best steps for them."""

    value: float
    slope: float
    second: float
    third: float
    best_forward: float
    best_central: float


def cut(logits: Logits, target: int, k: int) -> Cut:
    """Describe the loss along logit k.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int
        The true class.
    k : int
        Which logit moves.

    Returns
    -------
    Cut

    Examples
    --------
    >>> here = cut([0.0, 0.0], 0, 0)
    >>> float(here.slope), f"{here.best_forward:.1e}", here.best_central
    (-0.5, '3.5e-08', inf)
    """
    loss, (_, second, third) = loss_along(logits, target, k)
    value = loss(logits[k])
    slope = cross_entropy_grad(logits, target)[k]  # p − 1 keeps its digits here
    found = value, slope, second, third, best_forward_step(value, second), best_central_step(value, third)
    return Cut(*map(float, found))


def complex_loss_along(logits: Logits, target: int, k: int) -> Callable[[complex], Any]:
    """Cut the loss along one logit, as `loss_along` does, for complex values of that logit.

    Parameters
    ----------
    logits, target, k
        As in `cut`.

    Returns
    -------
    callable
        Takes a complex number and returns one.

    Examples
    --------
    >>> loss = complex_loss_along([0.0, 0.0], 0, 0)
    >>> float(complex_step(loss, 0.0))
    -0.5
    """

    def loss(value: complex) -> Any:
        moved = np.array(logits, dtype=complex)
        moved[k] = value
        return loss_for_complex(moved, target)

    return loss


def estimates(logits: Logits, target: int, k: int, step: float) -> dict[str, float]:
    """Estimate the slope of the loss along logit k in three ways.

    Parameters
    ----------
    logits, target, k
        As in `cut`.
    step : float > 0

    Returns
    -------
    dict of str to float
        By the names in METHODS.

    Examples
    --------
    >>> {name: round(slope, 3) for name, slope in estimates([0.0, 0.0], 0, 0, 0.125).items()}
    {'forward': -0.484, 'central': -0.5, 'complex': -0.5}
    """
    loss, at = loss_along(logits, target, k)[0], float(logits[k])
    return {
        "forward": float(forward_difference(loss, at, step)),
        "central": float(central_difference(loss, at, step)),
        "complex": float(complex_step(complex_loss_along(logits, target, k), at, step)),
    }


def estimate_errors(logits: Logits, target: int, k: int) -> dict[str, FloatArray]:
    """Measure how far the three estimates are from the slope, at each of STEPS.

    Parameters
    ----------
    logits, target, k
        As in `cut`.

    Returns
    -------
    dict of str to ndarray, shape (321,)
        By the names in METHODS.

    Examples
    --------
    >>> found = estimate_errors([1.0, 2.0, 0.5], 1, 0)
    >>> [bool(found[name].min() < limit) for name, limit in (("forward", 1e-9), ("central", 1e-11), ("complex", 1e-15))]
    [True, True, True]
    """
    loss, at = loss_along(logits, target, k)[0], float(logits[k])
    here, across = cut(logits, target, k), complex_loss_along(logits, target, k)
    curve = v_curve(loss, at, (here.slope, here.second, here.third), STEPS)
    flat = np.array([abs(complex_step(across, at, step) - here.slope) for step in STEPS])
    return {"forward": curve.forward, "central": curve.central, "complex": flat}


def typical_digits(logits: Logits, target: int, k: int) -> dict[str, int]:
    """Count the right digits of the three estimates, at steps that suit them.

    Parameters
    ----------
    logits, target, k
        As in `cut`.

    Returns
    -------
    dict of str to int
        For "forward" and "central" the typical number of digits within a factor of 3 of the best step, for "complex"
        the smallest number at any step below 1e-9.

    Examples
    --------
    >>> typical_digits([1.0, 2.0, 0.5], 1, 0)
    {'forward': 7, 'central': 10, 'complex': 15}
    """
    here, found = cut(logits, target, k), estimate_errors(logits, target, k)

    def digits(error: float | np.floating[Any]) -> int:
        return int(-np.log10(error / abs(here.slope)))

    def typical(name: str, best: float) -> int:
        return digits(np.median(found[name][np.abs(np.log(STEPS / best)) < np.log(3)]))

    return {
        "forward": typical("forward", here.best_forward),
        "central": typical("central", here.best_central),
        "complex": digits(max(np.max(found["complex"][STEPS < 1e-9]), np.finfo(float).tiny)),
    }


def parts(here: Cut, step: float) -> dict[str, tuple[float, float]]:
    """Split what theory says of the error into truncation and rounding.

    Equations eq-error-forward and eq-error-central.

    Parameters
    ----------
    here : Cut
    step : float > 0

    Returns
    -------
    dict of str to (float, float)
        For "forward" and "central": truncation (its first term), and about what one rounding of each loss does.

    Examples
    --------
    >>> truncation, rounding = parts(Cut(1.0, 1.0, 1.0, 1.0, 0.0, 0.0), 2.0**-20)["forward"]
    >>> truncation == 2.0**-21, rounding == 2.0**-32
    (True, True)
    """
    rounding = ROUNDOFF * abs(here.value) / step
    return {
        "forward": (abs(here.second) / 2 * step, 2 * rounding),
        "central": (abs(here.third) / 6 * step * step, rounding),
    }
