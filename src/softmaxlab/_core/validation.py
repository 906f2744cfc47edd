"""What the public functions accept, and errors that say what to write instead."""

from __future__ import annotations

import operator
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from softmaxlab._core.arrays import real_array
from softmaxlab._core.types import BoolArray, FloatArray, FloatDtype, RealArray, Reduction, Shape

AS_THEY_ARE = np.dtype(np.float64), np.dtype(np.float32)  # dtypes to compute in, and found most often


def checked_logits(logits: ArrayLike, axis: int, fewest: int = 1) -> tuple[FloatArray, int, FloatDtype]:
    """Return (logits in the dtype to compute in, axis ≥ 0, dtype of the result); `fewest` classes are allowed."""
    logits = real_array(logits, "logits")
    if logits.ndim == 0:
        raise ValueError(
            f"logits is a single number, {logits}; expected an array with a class axis, such as [2.0, 1.0]"
        )
    axis = checked_axis(axis, logits.shape)
    if logits.shape[axis] < fewest:
        raise ValueError(
            f"logits has shape {logits.shape}: no classes along axis {axis}; expected at least one there, the target: "
            f"check axis, and how the classes were selected"
        )
    if logits.dtype in AS_THEY_ARE:
        return logits, axis, logits.dtype
    dtype = logits.dtype if logits.dtype.kind == "f" else np.dtype(np.float64)
    dtype = dtype.newbyteorder("=")
    working = np.dtype(np.float32) if dtype == np.float16 else dtype  # exp and sums need more than 11 bits
    return logits.astype(working, copy=False), axis, dtype


def checked_axis(axis: int, shape: Shape) -> int:
    """Return `axis` as an index from 0 of an array of this shape."""
    try:
        number = operator.index(axis)
    except TypeError:
        number = None
    if number is None or isinstance(axis, bool):
        raise ValueError(f"axis is {axis!r}; expected one integer: the axis of logits that counts the classes")
    if not -len(shape) <= number < len(shape):
        raise ValueError(
            f"axis is {number}, but logits has shape {shape}; expected an axis from {-len(shape)} to {len(shape) - 1}"
        )
    return number % len(shape)


def checked_tangent(tangent: ArrayLike, logits: FloatArray) -> FloatArray:
    """Return `tangent` in the dtype of the checked `logits`."""
    tangent = real_array(tangent, "tangent")
    if tangent.shape != logits.shape:
        raise ValueError(
            f"tangent has shape {tangent.shape}; expected the shape of logits, {logits.shape}: "
            f"one number for each logit"
        )
    return in_range(tangent, "tangent", logits.dtype)


def checked_weight(weight: ArrayLike, classes: int, dtype: DTypeLike) -> FloatArray:
    """Return the class weights, shape (classes,): floats that `dtype` can store, not yet rounded to it."""
    weight = real_array(weight, "weight")
    if weight.dtype != dtype:
        in_range(weight, "weight", dtype)
        weight = weight.astype(np.result_type(weight, dtype))
    if weight.shape != (classes,):
        raise ValueError(f"weight has shape {weight.shape}; expected one weight for each class, shape ({classes},)")
    refuse_where(~np.isfinite(weight) | (weight < 0), weight, "weight", "weights that are finite and at least 0")
    return weight


def checked_label_smoothing(label_smoothing: float) -> float:
    """Return `label_smoothing` as a float."""
    # a float is Real, which types do not know
    if isinstance(label_smoothing, bool) or not isinstance(label_smoothing, float | Real):
        raise ValueError(f"label_smoothing is {label_smoothing!r}; expected a number from 0 to 1")
    if not 0 <= label_smoothing <= 1:  # nan fails too
        raise ValueError(f"label_smoothing is {label_smoothing}; expected a number from 0 to 1")
    return float(label_smoothing)


def checked_reduction(reduction: Reduction) -> Reduction:
    """Return `reduction` if it is one of the three."""
    if not (isinstance(reduction, str) and reduction in ("mean", "sum", "none")):
        raise ValueError(f"reduction is {reduction!r}; expected 'mean', 'sum' or 'none'")
    return reduction


def in_range(array: RealArray, name: str, dtype: DTypeLike) -> RealArray:
    """Return `array` in `dtype`; refuse a finite number that is too large for it."""
    with np.errstate(over="ignore"):
        cast = array.astype(dtype)
    if not np.can_cast(array.dtype, dtype):  # else nothing can overflow
        refuse_where(np.isinf(cast) & np.isfinite(array), array, name, f"numbers that {np.dtype(dtype)} can store")
    return cast


def refuse_where(bad: BoolArray, array: RealArray, name: str, expected: str) -> None:
    """Raise for the first element of `array` that is `bad`."""
    if np.any(bad):
        position = tuple(int(index) for index in np.argwhere(bad)[0])
        where = str(list(position)) if position else ""
        raise ValueError(f"{name}{where} is {array[position]}; expected {expected}")
