"""Exponentials of many rows of logits, and sums of them, so that nothing is lost to rounding.

Three ideas carry the whole package:

- Leave the logits alone. Subtracting the maximum m from every logit x rounds x − m, by up to half a unit in
  the last place of a number near 700, and exp turns that into hundreds of units of the probability. So the
  exponentials are those of the logits themselves, unless they would leave the floating-point range.
- Where they would, shift by a whole number: that subtraction is exact, or nearly, wherever a probability shows.
- Keep the sum of all classes but one. The complement 1 − p of a nearly certain class is that *rest* over the total;
  computed as 1 − p, it would be 0 or a few wrong digits. A rest of terms so small that each has lost digits, or
  may have lost them by the shift, is added again with a separate exponent.

The work is done in blocks of rows that fit a processor's cache, in the memory order that the logits have.
"""

from __future__ import annotations

from functools import cache
from math import prod
from typing import Any, NamedTuple

import numpy as np

from softmaxlab._core.scaled import exponentials, scaled, without
from softmaxlab._core.types import BoolArray, FloatArray, FloatDtype, Index, IntArray, Rows, Shape

BLOCK_SIZE = 2**18  # logits: 2 MB of float64
SHORT = 64  # classes, up to which adding one by one is as exact as adding pairwise, and faster
CHUNK = 4096  # so many terms NumPy adds pairwise in every version
STRIPS = 8  # into which longer rows are cut, to be added onto each other
SMALL = 2**12  # logits, up to which the plain way is fast in any memory order


class ExpSums(NamedTuple):
    """What `exp_sums` returns: exp(logits − shift) and its sums, for each row."""

    terms: FloatArray  # (rows, n): exp(logits − shift); 0 in the place of the chosen class
    chosen: FloatArray  # (rows,): the term of the chosen class; 0 if none was chosen
    rest: FloatArray  # (rows,): the sum of all other terms
    total: FloatArray  # (rows,): chosen + rest
    shift: FloatArray | int  # (rows,), or 0 for all: whole numbers, 0 where the logits could be left alone


@cache
def tiny(dtype: FloatDtype) -> np.floating[Any]:
    """Smallest normal number of a format; looking it up in np.finfo takes as long as the work on a short row."""
    return np.finfo(dtype).tiny


def as_rows(array: FloatArray, axis: int) -> FloatArray:
    """View an array as rows, shape (rows, n), with the axis that counts classes last.

    It is a copy only where no view exists: classes on an inner axis of three or more.
    """
    if axis != array.ndim - 1:
        array = array.T if array.ndim == 2 else np.moveaxis(array, axis, -1)
    return array.reshape(prod(array.shape[:-1]), array.shape[-1])


def from_rows(rows: FloatArray, shape: Shape, axis: int) -> FloatArray:
    """Undo `as_rows` for an array of this shape."""
    if axis == len(shape) - 1:
        return rows.reshape(shape)
    if len(shape) == 2:
        return rows.T
    return np.moveaxis(rows.reshape(shape[:axis] + shape[axis + 1 :] + shape[axis : axis + 1]), -1, axis)


def row_blocks(rows: FloatArray) -> list[slice]:
    """Slices that together cover all rows, each of about BLOCK_SIZE logits; none if there are no classes."""
    count, classes = rows.shape
    if classes == 0:
        return []
    if rows.size <= BLOCK_SIZE or rows.strides[1] > rows.itemsize:  # blocks would be scattered in memory
        return [slice(None)]
    step = max(1, BLOCK_SIZE // classes)
    return [slice(start, start + step) for start in range(0, count, step)]


def sum_contiguous(terms: FloatArray) -> FloatArray:
    """Sum each row pairwise, at any length.

    NumPy sums pairwise along contiguous memory, and only there; NumPy 2.0 does so within 8192 numbers, and adds up the
    sums one by one.
    """
    whole = terms.shape[1] - terms.shape[1] % CHUNK
    if whole <= CHUNK:
        added: FloatArray = np.add.reduce(terms, axis=1)
        return added
    sums = np.add.reduce(terms[:, :whole].reshape(len(terms), -1, CHUNK), axis=2)
    tail: FloatArray = np.add.reduce(terms[:, whole:], axis=1)
    return sum_contiguous(sums) + tail


def sum_classes(terms: FloatArray) -> FloatArray:
    """Sum each row, shape (rows, n) to (rows,), so that rounding grows with log n and not with n."""
    classes = terms.shape[1]
    if classes <= SHORT:
        added: FloatArray = np.einsum("ij->i", terms)
        return added
    if terms.strides[1] == terms.itemsize:
        return sum_contiguous(terms)
    length = -(-classes // STRIPS)
    strips = [terms[:, start : start + length] for start in range(0, classes, length)]
    sums = strips[0].copy(order="K")
    for strip in strips[1:]:  # eight long additions, whatever the memory order; then the same for the sums
        sums[:, : strip.shape[1]] += strip
    return sum_classes(sums)


def entries(rows: FloatArray, choice: IntArray) -> tuple[FloatArray, Index]:
    """Where entry [i, choice[i]] of each row i is: a view of `rows`, and the index into it.

    Into contiguous memory, one index into all numbers is several times faster than a pair of indices.
    """
    count, classes = rows.shape
    if rows.flags.c_contiguous:
        return rows.reshape(-1), np.arange(0, rows.size, classes) + choice
    if rows.flags.f_contiguous:
        return rows.T.reshape(-1), choice * count + np.arange(count)
    return rows, (np.arange(count), choice)


def pick(rows: FloatArray, choice: IntArray) -> FloatArray:
    """Entry [i, choice[i]] of each row i."""
    view, index = entries(rows, choice)
    return view[index]


def argmax_and_max(rows: FloatArray) -> tuple[IntArray, FloatArray]:
    """Class of the largest logit in each row, the first of them in a tie; and that logit."""
    if rows.strides[1] <= rows.itemsize or rows.size < SMALL:
        winner = rows.argmax(axis=1)
        return winner, pick(rows, winner)
    # rows.argmax is slow where a row's logits lie far apart: compare with the maximum, and see where they agree.
    peak = rows.max(axis=1)
    agree = rows == peak[:, None]
    count, classes = rows.shape
    if classes <= SHORT:
        still_to_come = np.arange(classes, 0, -1, dtype=np.int8)  # the first class that agrees has the most
        most = np.max(agree * still_to_come, axis=1).astype(np.intp)
        return (classes - most) % classes, peak  # % for a row with nan, which agrees nowhere
    hits = np.flatnonzero(agree.T)[::-1]  # backwards: the first class is written last
    winner = np.zeros(count, dtype=np.intp)
    winner[hits % count] = hits // count
    return winner, peak


def exp_sums(logits: FloatArray, choice: IntArray | None = None, out: FloatArray | None = None) -> ExpSums:
    """Exponentiate rows of logits and sum them; in each row one chosen class is kept apart.

    Parameters
    ----------
    logits : ndarray of float32, float64 or longdouble, shape (rows, n)
    choice : ndarray of int, shape (rows,), optional
        One class index for each row.
    out : ndarray, shape and dtype of `logits`, optional
        Where to put the terms.

    Returns
    -------
    ExpSums
        All fields of a row are nan if it holds nan or +inf, or nothing but −inf.
    """
    terms = np.exp(logits, out=np.empty_like(logits, subok=False) if out is None else out)
    chosen, rest = _split(terms, choice)
    total = rest if choice is None else chosen + rest
    redo = _out_of_range(total)
    shift: FloatArray | int = 0
    if len(redo):
        shift = np.zeros_like(total)
        shift[redo] = whole_shift(logits[redo])
        again = np.exp(logits[redo] - shift[redo, None])
        if choice is None:
            rest[redo] = sum_classes(again)
        else:
            chosen[redo], rest[redo] = _split(again, choice[redo])
        terms[redo] = again
        total = chosen + rest
    if choice is not None:
        faint = _faint_rests(rest, chosen, logits.shape[1])
        if len(faint):
            rest[faint] = _rest_again(logits[faint], choice[faint], chosen[faint])
    return ExpSums(terms, chosen, rest, total, shift)


def _out_of_range(total: FloatArray) -> Rows:
    """Rows whose sum cannot be used; from 0.5 on, a term is subnormal only where its probability is too."""
    if len(total) == 1:  # Python compares one number faster than NumPy does
        return () if 0.5 <= total[0] < np.inf else np.array([0])
    fits = (total >= 0.5) & (total < np.inf)  # False for nan
    return () if np.count_nonzero(fits) == len(fits) else np.flatnonzero(~fits)


def _faint_rests(rest: FloatArray, chosen: FloatArray, classes: int) -> Rows:
    """Rows whose rest may have lost digits, as the probabilities in it are subnormal, or nearly.

    Each subnormal term is off by up to half a step, and the sum collects it; from `classes` times the smallest normal
    number on, all of that is less than an ulp. In a row that is shifted down, the logits of such classes are
    rounded: by up to 8 eps, or 4 where their probabilities are normal.
    """
    if classes <= 2:  # one term: off by half a step, as any result of its size
        return ()
    least = classes * tiny(rest.dtype)
    if len(rest) == 1:
        return np.array([0]) if rest[0] < least * max(chosen[0], 1) else ()
    faint = rest < least * np.maximum(chosen, 1)
    return np.flatnonzero(faint) if np.count_nonzero(faint) else ()


def _rest_again(logits: FloatArray, choice: IntArray, chosen: FloatArray) -> FloatArray:
    """Sum exponentials without the chosen class, in units of which `chosen` is that class's own."""
    rest = np.zeros_like(chosen)
    shows = np.flatnonzero(within_reach(logits, choice))
    for row in np.array_split(shows, -(-len(shows) * logits.shape[1] // BLOCK_SIZE) or 1):
        terms = exponentials(logits[row], choice[row])
        index = np.arange(len(row)), choice[row]
        rest[row] = (without(terms, index).sum() / terms[index] * scaled(chosen[row])).floats()
    return rest


def within_reach(logits: FloatArray, choice: IntArray, room: float = 0) -> BoolArray:
    """Whether the rest of a row shows at all beside the chosen class, times e**room: else it rounds to 0."""
    reach = np.log(logits.shape[1]) - np.log(np.finfo(logits.dtype).smallest_subnormal) + room + 2
    others = logits.copy()
    others[np.arange(len(logits)), choice] = -np.inf
    within: BoolArray = pick(logits, choice) - np.max(others, axis=1) < reach
    return within


def whole_shift(logits: FloatArray) -> FloatArray:
    """Find whole numbers that bring each row's maximum into the range of exp, as high as the sum allows.

    High, because a logit that is small itself must not end up far below 0, where its last digits are cut off.
    """
    limits = np.finfo(logits.dtype)
    peak = np.max(logits, axis=1)
    highest = np.log(limits.max / logits.shape[1]) - 2  # 2: room for the rounding below
    lift = np.where(peak < 1 / limits.eps, np.clip(peak, 0, highest), 0)  # beyond 1/eps, all floats are whole
    shift: FloatArray = np.floor(peak - lift)
    return shift


def _split(terms: FloatArray, choice: IntArray | None) -> tuple[Any, FloatArray]:
    """Sum rows apart from the chosen class, which is set to 0 in `terms`."""
    if choice is None:
        return 0, sum_classes(terms)
    view, index = entries(terms, choice)
    chosen = view[index]
    view[index] = 0
    return chosen, sum_classes(terms)
