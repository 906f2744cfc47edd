"""A gradient put to the test: compare each entry with a slope estimated from values alone.

References
----------
.. [1] P. Dahal, deepnet, notebook "Gradient Checking", https://github.com/parasdahal/deepnet: the relative error,
   after Stanford's course CS231n.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmaxlab._core.arrays import real_array, refuse_masks
from softmaxlab._core.types import FloatArray, Shape
from softmaxlab._core.validation import refuse_where

# method -> step and power: near the best step for derivatives of size 1, and how it grows with the function's value
# (see best_forward_step and best_central_step of softmaxlab.numerics.finite_differences)
STEPS = {"forward": (2.0**-26, 1 / 2), "central": (2.0**-17, 1 / 3), "complex": (1e-100, 0)}
TOLERANCES = {"forward": 1e-5, "central": 1e-6, "complex": 1e-12}
FLOOR = 1e-8
EPSILON = 2.0**-52

Function: TypeAlias = Callable[[Any], ArrayLike]  # of one array
Method: TypeAlias = Literal["forward", "central", "complex"]


@dataclass(frozen=True, eq=False)
class GradCheck:
    """What `gradcheck` found. As a condition it is true if the gradient passed; printed, it says where it failed."""

    passed: bool
    error: float  # the largest relative error
    where: Shape  # its index
    given: float  # the gradient there
    estimated: float  # the difference there
    tolerance: float
    errors: FloatArray  # the relative error of every entry

    def __bool__(self) -> bool:
        """Whether every entry passed."""
        return self.passed

    def __str__(self) -> str:
        """One line: the worst entry, and the verdict."""
        verdict = "passed" if self.passed else "FAILED"
        sign = "≤" if self.passed else ">"
        place = str(list(self.where)) if self.where else "the only entry"
        return (
            f"gradcheck {verdict}: largest relative error {self.error:.1e} {sign} {self.tolerance:.0e} at {place}: "
            f"given {self.given:.9g}, estimated {self.estimated:.9g}; "
            f"{np.sum(~(self.errors <= self.tolerance))} of {self.errors.size} entries are off"
        )

    __repr__ = __str__


def relative_error(given: ArrayLike, estimated: ArrayLike, floor: ArrayLike = FLOOR) -> FloatArray:
    """Difference over the sum of the sizes, |a − b| / max(floor, |a| + |b|), entry by entry.

    Equation eq-relative-error, as the repository of the posts defines it [1]_ of the module. It treats both sides
    alike, is at most 1, and is 0 where both are 0. Above the floor, a wrong sign gives 1; a factor k too much
    gives (k − 1)/(k + 1). Without the floor, two entries that differ by rounding alone and should be 0 would
    give 1 too.

    Parameters
    ----------
    given, estimated : array_like of real numbers, one shape
    floor : float or array_like > 0, default 1e-8
        Entries that are smaller together are measured against this.

    Returns
    -------
    ndarray
        From 0 to 1; nan where an entry is not finite.

    Examples
    --------
    >>> relative_error([1.0, -1.0, 1.0, 0.0], [1.0, 1.0, 3.0, 1e-20])
    array([0.e+00, 1.e+00, 5.e-01, 1.e-12])
    """
    given, estimated = real_array(given, "given").astype(float), real_array(estimated, "estimated").astype(float)
    with np.errstate(invalid="ignore"):  # inf − inf and inf/inf: nan, which passes no test
        size = np.maximum(np.divide(floor, 2), np.abs(given) / 2 + np.abs(estimated) / 2)  # halves do not overflow
        errors: FloatArray = np.abs(given / 2 - estimated / 2) / size
    return errors


def gradcheck(
    fn: Function,
    grad: Function | ArrayLike,
    at: ArrayLike,
    *,
    method: Method = "central",
    step: float | None = None,
    tolerance: float | None = None,
    floor: float | None = None,
) -> GradCheck:
    """Compare a gradient, or a Jacobian, with differences of the function's values.

    Parameters
    ----------
    fn : callable
        Takes an array of the shape of `at`; returns a number, or an array of any shape, computed in float64.
    grad : callable or array_like
        The derivative at `at`, or a function that takes `at` and returns it. Its shape is that of the value, then
        that of `at`: entry [i, j] of a Jacobian is the derivative of output i with respect to input j.
    at : array_like of finite real numbers
        Choose a point without symmetry, and a batch of more than one row: symmetry can hide a fault.
    method : {"central", "forward", "complex"}, default "central"
        Differences of `softmaxlab.numerics.finite_differences`. "complex" is exact to rounding, if `fn` takes complex
        numbers. (The functions of softmaxlab refuse them: their −inf and overflow rules are about real numbers.)
    step : float > 0, optional
        By default near the best one for a function of this size with derivatives near 1.
    tolerance : float > 0, optional
        Largest relative error that passes; by default 1e-6, 1e-5 or 1e-12, in the order of the methods.
    floor : float > 0, optional
        Of `relative_error`. By default 1e-8, or as much more as the rounding of the differences calls for: an
        entry that is small beside the value of `fn` cannot be told from 0 by its last digits.

    Returns
    -------
    GradCheck

    Raises
    ------
    ValueError
        If an argument is not as described, or if `fn` cannot be checked there: not finite, not float64, not
        complex where it should be. A wrong gradient raises nothing: see the result.

    Examples
    --------
    >>> from softmaxlab import cross_entropy, cross_entropy_grad
    >>> logits, labels = np.array([[1.0, 2.0, 0.5], [0.0, -1.0, 3.0]]), [0, 1]
    >>> bool(gradcheck(lambda a: cross_entropy(a, labels), lambda a: cross_entropy_grad(a, labels), logits))
    True
    >>> check = gradcheck(np.sum, [1.0, 2.0], [3.0, 4.0])
    >>> check.passed, check.where, f"{check.error:.3f}"
    (False, (1,), '0.333')
    """
    if method not in STEPS:
        raise ValueError(f"method is {method!r}; expected 'central', 'forward' or 'complex'")
    at = real_array(at, "at").astype(float)
    refuse_where(~np.isfinite(at), at, "at", "a finite number")
    if at.size == 0:
        raise ValueError(f"at has shape {at.shape}: no entries; expected at least one number to nudge")
    tolerance = TOLERANCES[method] if tolerance is None else _positive(tolerance, "tolerance")
    value = _value(fn, at)
    if value.size == 0:
        raise ValueError(f"fn returns shape {value.shape}: no entries; expected at least one number to compare")
    if step is None:
        step, power = STEPS[method]
        step *= max(1, np.max(np.abs(value), initial=0)) ** power
    else:
        step = _positive(step, "step")
    given = real_array(grad(at.copy()) if callable(grad) else grad, "grad").astype(float)
    if given.shape != value.shape + at.shape:
        raise ValueError(
            f"grad has shape {given.shape}; expected {value.shape + at.shape}: the shape of the value of fn, "
            f"{value.shape}, then that of at, {at.shape}"
        )
    slopes = [_slope(fn, at, index, step, method, value) for index in np.ndindex(at.shape)]
    estimated = np.stack(slopes, axis=-1).reshape(given.shape)
    if floor is None:
        # a value of size v is off by up to about ε v, one at x by ε x if its slope is 1; divided by the step
        size = np.abs(value)[(..., *[None] * at.ndim)] + np.abs(at)
        noise = 0 if method == "complex" else 4 * EPSILON * size / step
        floor = np.maximum(FLOOR, noise / tolerance)
    else:
        floor = _positive(floor, "floor")
    return _verdict(given, estimated, relative_error(given, estimated, floor), tolerance)


def _verdict(given: FloatArray, estimated: FloatArray, errors: FloatArray, tolerance: float) -> GradCheck:
    worst = np.unravel_index(np.argmax(errors), errors.shape)  # argmax takes nan for the largest
    return GradCheck(
        passed=bool(np.all(errors <= tolerance)),
        error=float(errors[worst]),
        where=tuple(int(index) for index in worst),
        given=float(given[worst]),
        estimated=float(estimated[worst]),
        tolerance=float(tolerance),
        errors=errors,
    )


def _slope(fn: Function, at: FloatArray, index: Shape, step: float, method: Method, value: FloatArray) -> FloatArray:
    """Derivative of every output with respect to one entry of `at`."""
    if method == "complex":
        return _complex_value(fn, at, index, step).imag / step
    up, down = at.copy(), at.copy()
    up[index] += step
    if method == "central":
        down[index] -= step
    width = up[index] - down[index]  # as floats hold it: closer to the truth than the step
    if width == 0:
        raise ValueError(f"step {step} is lost when added to at{list(index)} = {at[index]}; expected a larger step")
    slopes: FloatArray = (_value(fn, up) - (_value(fn, down) if method == "central" else value)) / width
    return slopes


def _value(fn: Function, at: FloatArray) -> FloatArray:
    value = real_array(fn(at.copy()), "the value of fn")
    if value.dtype.kind == "f" and value.dtype.itemsize < 8:
        raise ValueError(
            f"the value of fn has dtype {value.dtype}; differences need float64: let fn compute in the dtype of at"
        )
    refuse_where(~np.isfinite(value), value, "the value of fn", "a finite number, at and around the point")
    return value.astype(float)


def _complex_value(fn: Function, at: FloatArray, index: Shape, step: float) -> NDArray[np.complexfloating[Any]]:
    moved = at.astype(complex)
    moved[index] += 1j * step
    hint = "take an fn of operations that are smooth in complex numbers, or write method='central'"
    try:
        value = fn(moved)
        refuse_masks(value, "the value of fn")
        value = np.asarray(value)
    except (TypeError, ValueError) as error:
        why = str(error).split(";")[0]  # what it proposes is for its own argument
        raise ValueError(f"fn refuses complex numbers ({why}): {hint}") from error
    if value.dtype.kind != "c":
        raise ValueError(f"fn drops the imaginary part: it returns dtype {value.dtype} for a complex input: {hint}")
    return value


def _positive(number: float, name: str) -> float:
    array = real_array(number, name)
    if array.ndim or not (np.isfinite(array) and array > 0):
        raise ValueError(f"{name} is {number}; expected a finite number above 0")
    return float(array)
