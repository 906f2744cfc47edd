"""Targets of the cross-entropy: class indices or probabilities, checked and written in one form."""

import operator

import numpy as np

from softmaxlab._checks import in_range, real_array, refuse_where
from softmaxlab._rows import as_rows


def is_hard(targets, shape, axis):
    """Tell class indices (True) from probabilities (False), or explain what is wrong.

    `shape` is that of the logits. Indices have it without `axis`, so the shape alone tells the two apart.
    """
    rows = shape[:axis] + shape[axis + 1 :]
    integers = targets.dtype.kind in "iu"
    if targets.shape == rows:
        if not integers and targets.size:  # an empty list is read as floats
            raise ValueError(
                f"targets has shape {rows} and dtype {targets.dtype}; class indices must be integers: "
                f"write targets.astype(int)"
            )
        return True
    column = (*shape[:axis], 1, *shape[axis + 1 :])
    if targets.shape == column and (integers or column != shape):
        flat = "targets.item()" if rows == () else "targets.ravel()"
        flat = flat if len(rows) <= 1 else f"targets.squeeze({axis})"
        cast = "" if integers else ".astype(int)"
        raise ValueError(
            f"targets has shape {targets.shape}; expected class indices of shape {rows}: write {flat}{cast}"
        )
    if targets.shape != shape:
        raise ValueError(
            f"targets has shape {targets.shape} and logits {shape} with classes along axis {axis}; "
            f"expected class indices of shape {rows} or probabilities of shape {shape}"
        )
    if targets.dtype.kind != "f":
        raise ValueError(
            f"targets has the shape of logits, {shape}, but dtype {targets.dtype}; expected class indices of "
            f"shape {rows}: write targets.argmax({axis}); or probabilities: write targets.astype(float)"
        )
    return False


def checked_indices(targets, classes, ignore_index):
    """Return (class indices, mask of the rows to keep or None for all); the index of an ignored row is 0."""
    kept = None
    if ignore_index is not None:
        kept = np.asarray(targets != checked_ignore_index(ignore_index))
    bad = (targets < 0) | (targets >= classes)
    if kept is not None:
        bad &= kept
    if np.count_nonzero(bad):
        refuse_index(bad, targets, classes, kept)
    indices = targets.astype(np.intp)
    return (indices if kept is None else np.where(kept, indices, 0)), kept


def refuse_index(bad, targets, classes, kept):
    """Raise for the first `bad` class index, with a guess at what was meant."""
    expected = f"a class index from 0 to {classes - 1}"
    used = targets if kept is None else targets[kept]
    if np.any(used < 0):
        bad = bad & (targets < 0)
        expected += ": negative labels do not count from the end; to skip such rows, pass them as ignore_index"
    elif used.min() == 1 and used.max() == classes:
        expected += ": if your labels start at 1, write targets - 1"
    refuse_where(bad, targets, "targets", expected)


def checked_ignore_index(ignore_index):
    """Return `ignore_index` as an int."""
    try:
        if not isinstance(ignore_index, bool):
            return operator.index(ignore_index)
    except TypeError:
        pass
    raise ValueError(f"ignore_index is {ignore_index!r}; expected an integer or None")


def checked_probabilities(targets, dtype, ignore_index):
    """Return target probabilities in `dtype`."""
    if ignore_index is not None:
        raise ValueError(
            f"ignore_index is {ignore_index!r}, but targets are probabilities; it needs class indices: "
            f"write 0 for all probabilities of a row that is to add nothing"
        )
    targets = in_range(targets, "targets", dtype)
    bad = ~np.isfinite(targets) | (targets < 0)
    refuse_where(bad, targets, "targets", "probabilities that are finite and at least 0")
    return targets


def checked_targets(targets, shape, axis, dtype, ignore_index):
    """Return (class indices, mask of kept rows or None, None) or (None, None, probabilities), row by row."""
    targets = real_array(targets, "targets")
    if not is_hard(targets, shape, axis):
        return None, None, as_rows(checked_probabilities(targets, dtype, ignore_index), axis)
    indices, kept = checked_indices(targets, shape[axis], ignore_index)
    return indices.reshape(-1), None if kept is None else kept.reshape(-1), None
