"""What training accepts: features and integer labels, checked, with errors that say what to write instead."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmaxlab._core.arrays import called, cast_to_int, holds_masks, real_array
from softmaxlab._core.types import FloatArray, RealArray
from softmaxlab._core.validation import refuse_where

MODERATE = 1e6  # a feature that is larger wants scaling


def checked_features(features: ArrayLike, name: str = "features") -> NDArray[np.float64]:
    """Return `features` as float64 of shape (m, d), finite and with at least one example."""
    given, features = called(name, features), real_array(features, name)
    if features.ndim != 2:
        hint = f": write {given}.reshape(len({name}), -1)" if features.ndim > 2 and features.size else ""
        raise ValueError(
            f"{name} has shape {features.shape}; expected one row for each example, shape (examples, features){hint}"
        )
    if len(features) == 0:
        raise ValueError(f"{name} has shape {features.shape}: no examples; expected at least one")
    if features.shape[1] == 0:
        raise ValueError(f"{name} has shape {features.shape}: no features; expected at least one")
    refuse_where(~np.isfinite(features), features, name, "finite numbers: fill or drop such examples first")
    return features.astype(float, copy=False)


def checked_labels(labels: ArrayLike, rows: int | None = None, name: str = "labels") -> NDArray[np.intp]:
    """Return `labels` as integers ≥ 0 of shape (m,), one for each of `rows` examples."""
    given, names = called(name, labels), _as_names(labels)
    if names is not None:
        fix = f"write names, {name} = np.unique({name}, return_inverse=True)" if _sortable(names) else "some are none"
        raise ValueError(f"{name} has dtype {names.dtype}; expected integers from 0: {fix}")
    labels = real_array(labels, name)
    if labels.ndim != 1:
        hint = f": write {given}.ravel()" if labels.shape[1:] == (1,) else ""
        hint = hint or (f": write {given}.argmax(axis=1)" if labels.ndim == 2 and labels.size else "")
        raise ValueError(f"{name} has shape {labels.shape}; expected one integer for each example{hint}")
    if rows is not None and len(labels) != rows:
        raise ValueError(f"{name} has {len(labels)} entries for {rows} examples; expected one for each")
    if len(labels) == 0:
        raise ValueError(f"{name} has shape {labels.shape}: no examples; expected at least one")
    if labels.dtype.kind not in "iu":
        cast = cast_to_int(labels)
        fix = f"write {given}{cast}" if cast else "not all of these are whole numbers"
        raise ValueError(f"{name} has dtype {labels.dtype}; expected integers: {fix}")
    refuse_where((labels < 0) | (labels > np.iinfo(np.intp).max), labels, name, "class indices from 0")
    return labels.astype(np.intp)


def _as_names(labels: ArrayLike) -> NDArray[Any] | None:
    """Return labels that are text or objects, one for each example; of all others, nothing."""
    if holds_masks(labels):
        return None
    try:
        array = np.asarray(labels)
    except (TypeError, ValueError, RuntimeError):  # no array: real_array says so
        return None
    return array if array.ndim == 1 and array.dtype.kind in "USOT" else None


def _sortable(names: NDArray[Any]) -> bool:
    try:
        np.unique(names)
    except TypeError:  # None and text, for instance, have no order
        return False
    return True


def checked_training_set(
    features: ArrayLike, labels: ArrayLike, classes: int | None = None
) -> tuple[NDArray[np.float64], NDArray[np.intp], int]:
    """Return (features, labels, number of classes); every class must have an example to learn from."""
    features = checked_features(features)
    labels = checked_labels(labels, len(features))
    classes = int(labels.max()) + 1 if classes is None else checked_count(classes, "classes", 2)
    if classes < 2:
        raise ValueError(f"labels are all {labels[0]}: one class; expected at least two classes to tell apart")
    if labels.max() >= classes:
        raise ValueError(f"labels go up to {labels.max()}; expected class indices from 0 to {classes - 1}")
    missing = np.flatnonzero(np.bincount(labels, minlength=classes) == 0)
    if len(missing):
        raise ValueError(
            f"class {missing[0]} of 0 to {classes - 1} has no example to train on: its bias would run to −inf. "
            f"Add an example, or number only the classes that you have: "
            f"write _, labels = np.unique(labels, return_inverse=True)"
        )
    return features, labels, classes


def out_of_range(features: FloatArray, what: str, otherwise: str | None = None, name: str = "features") -> ValueError:
    """Make the error for training that left the range of floats; `otherwise` is the advice if features are moderate."""
    largest = np.max(np.abs(features))
    hint = f"scale them, write np.divide({name}, np.max(np.abs({name})))"
    if otherwise and largest <= MODERATE:
        hint = otherwise
    return ValueError(f"{what}, with {name} of sizes up to {largest:.3g}: {hint}")


def checked_number(value: float, name: str, low: float, strict: bool = False) -> float:
    """Return `value` as a float above (or at) `low`."""
    number = real_array(value, name)
    if number.ndim or not np.isfinite(number) or number < low or (strict and number == low):
        raise ValueError(f"{name} is {value}; expected a finite number {'above' if strict else 'of at least'} {low}")
    return float(number)


def checked_count(value: int, name: str, low: int) -> int:
    """Return `value` as a whole number of at least `low`."""
    number = real_array(value, name)
    if number.ndim or number.dtype.kind not in "iu" or number < low:
        raise ValueError(f"{name} is {value}; expected a whole number of at least {low}")
    return int(number)


def sums_to_one(shares: RealArray, slack: float, axis: int | None = None) -> Any:
    """Tell which shares have sum 1, up to `slack` or to what their dtype rounds, whichever is more.

    Storing n shares p rounds each by at most u p, u = eps/2, or by half the gap between subnormal numbers; their sum
    is off by at most u and n such halves. Two percent more is allowed for rounding before they were stored.
    """
    rounding = 0.0
    if shares.dtype.kind == "f":
        limits = np.finfo(shares.dtype)
        count = shares.size if axis is None else shares.shape[axis]
        rounding = 0.51 * float(limits.eps) + 0.5 * count * float(limits.smallest_subnormal)
    return np.abs(shares.sum(axis=axis, dtype=float) - 1) <= max(slack, rounding)
