"""Targets of the cross-entropy: class indices or probabilities, checked and written in one form."""

from __future__ import annotations

import operator

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.arrays import called, cast_to_int, real_array
from softmaxlab._core.exp_sums import as_rows
from softmaxlab._core.types import BoolArray, FloatArray, FloatDtype, IntArray, RealArray, Shape
from softmaxlab._core.validation import in_range, refuse_where


def is_hard(targets: RealArray, shape: Shape, axis: int, name: str = "targets") -> bool:
    """Tell class indices (True) from probabilities (False), or explain what is wrong.

    `shape` is that of the logits. Indices have it without `axis`, so the shape alone tells the two apart. `name` is
    how a fix calls the targets: a list has no methods.
    """
    rows = shape[:axis] + shape[axis + 1 :]
    integers = targets.dtype.kind in "iu"
    if targets.shape == rows:
        if not integers and targets.size:  # an empty list is read as floats
            cast = cast_to_int(targets)
            raise ValueError(
                f"targets has shape {rows} and dtype {targets.dtype}; class indices must be integers: "
                + (f"write {name}{cast}" if cast else "not all of these are whole numbers")
            )
        return True
    column = (*shape[:axis], 1, *shape[axis + 1 :])
    if targets.shape == column and (integers or column != shape):
        flat = f"{name}.ravel()" if len(rows) == 1 else f"{name}.squeeze({axis})"
        cast = "" if integers else cast_to_int(targets)
        fix = f"{flat}{cast}" if rows else f"{name}{cast}.item()"
        hint = f": write {fix}" if integers or cast else ", and whole numbers"
        raise ValueError(f"targets has shape {targets.shape}; expected class indices of shape {rows}{hint}")
    if targets.shape != shape:
        raise ValueError(
            f"targets has shape {targets.shape} and logits {shape} with classes along axis {axis}; "
            f"expected class indices of shape {rows} or probabilities of shape {shape}"
        )
    if targets.dtype.kind != "f":
        raise ValueError(
            f"targets has the shape of logits, {shape}, but dtype {targets.dtype}; expected class indices of "
            f"shape {rows}: write {name}.argmax({axis}); or probabilities: write {name}.astype(float)"
        )
    return False


def checked_indices(
    targets: IntArray, classes: int, ignore_index: int | None, name: str = "targets"
) -> tuple[IntArray, BoolArray | None]:
    """Return (class indices, mask of the rows to keep or None for all); the index of an ignored row is 0."""
    kept = None
    if ignore_index is not None:
        kept = np.asarray(targets != checked_ignore_index(ignore_index))
    bad = (targets < 0) | (targets >= classes)
    if kept is not None:
        bad &= kept
    if np.count_nonzero(bad):
        refuse_index(bad, targets, classes, kept, ignore_index, name)
    indices = targets.astype(np.intp)
    return (indices if kept is None else np.where(kept, indices, 0)), kept


def refuse_index(
    bad: BoolArray,
    targets: IntArray,
    classes: int,
    kept: BoolArray | None,
    ignore_index: int | None = None,
    name: str = "targets",
) -> None:
    """Raise for the first `bad` class index, with a guess at what was meant."""
    expected = f"a class index from 0 to {classes - 1}"
    used = targets if kept is None else targets[kept]
    if np.any(used < 0):
        bad = bad & (targets < 0)
        expected += ": negative labels do not count from the end; to skip such rows, pass them as ignore_index"
    elif used.min() == 1 and used.max() == classes:
        expected += f": if your labels start at 1, write {_one_less(targets, name, ignore_index)}"
    refuse_where(bad, targets, "targets", expected)


def _one_less(targets: IntArray, name: str, ignore_index: int | None) -> str:
    """Count the labels from 0, and with them the one that is ignored."""
    if ignore_index is None:
        return f"{name} - 1"
    signed = f"{name}.astype(int)" if targets.dtype.kind == "u" else name
    return f"targets, ignore_index = {signed} - 1, {ignore_index - 1}"


def checked_ignore_index(ignore_index: int) -> int:
    """Return `ignore_index` as an int."""
    try:
        if not isinstance(ignore_index, bool):
            return operator.index(ignore_index)
    except TypeError:
        pass
    raise ValueError(f"ignore_index is {ignore_index!r}; expected an integer or None")


def checked_probabilities(targets: RealArray, dtype: FloatDtype, ignore_index: int | None) -> FloatArray:
    """Return target probabilities in `dtype`."""
    if ignore_index is not None:
        raise ValueError(
            f"ignore_index is {ignore_index!r}, but targets are probabilities; it needs class indices: "
            f"leave it out, and set all probabilities of a row that is to add nothing to 0"
        )
    targets = in_range(targets, "targets", dtype)
    bad = ~np.isfinite(targets) | (targets < 0)
    refuse_where(bad, targets, "targets", "probabilities that are finite and at least 0")
    return targets


def checked_targets(
    targets: ArrayLike, shape: Shape, axis: int, dtype: FloatDtype, ignore_index: int | None
) -> tuple[IntArray, BoolArray | None, None] | tuple[None, None, FloatArray]:
    """Return (class indices, mask of kept rows or None, None) or (None, None, probabilities), row by row."""
    name = called("targets", targets)
    targets = real_array(targets, "targets")
    if not is_hard(targets, shape, axis, name):
        return None, None, as_rows(checked_probabilities(targets, dtype, ignore_index), axis)
    indices, kept = checked_indices(targets, shape[axis], ignore_index, name)
    return indices.reshape(-1), None if kept is None else kept.reshape(-1), None
