"""Errors of any library in ulps, against `reference`: over families of logits, and over the gap of two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import mpmath
import numpy as np
from numpy.typing import NDArray

from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab.accuracy import reference
from softmaxlab.accuracy.implementations import Library, entries_at_labels
from softmaxlab.numerics.float_limits import smallest_where


class Case(NamedTuple):
    """Rows of logits with their labels, and the truth about them, made once for all libraries."""

    logits: FloatArray  # (rows, n)
    labels: IntArray  # (rows,)
    probs: NDArray[np.object_]  # (rows, n), of mpmath numbers
    losses: NDArray[np.object_]  # (rows,)
    slopes: NDArray[np.object_]  # (rows,): the gradient's entries at the labels


def case(logits: FloatArray, labels: IntArray) -> Case:
    """Compute the truth about rows of logits.

    Parameters
    ----------
    logits : ndarray of float16, float32 or float64, shape (rows, n)
    labels : ndarray of int, shape (rows,)

    Returns
    -------
    Case

    Examples
    --------
    >>> print(case(np.array([[0.0, 0.0]]), np.array([1])).slopes)
    [mpf('-0.5')]
    """
    slopes = entries_at_labels(reference.cross_entropy_grad(logits, labels, digits=40), labels)
    losses = reference.cross_entropy(logits, labels, digits=40)
    return Case(logits, labels, reference.softmax(logits, digits=40), losses, slopes)


def errors(library: Library, rows: Case) -> dict[str, FloatArray]:
    """Measure the errors of one library in ulps.

    Parameters
    ----------
    library : Library
    rows : Case

    Returns
    -------
    dict of str to ndarray, shape (rows,)
        "softmax", the worst entry of each row; "loss"; and "gradient", at the label. inf for nan.

    Examples
    --------
    >>> from softmaxlab.accuracy.implementations import RUNGS
    >>> found = errors(RUNGS["shifted"], case(np.array([[0.0, -50.0]]), np.array([0])))
    >>> found["softmax"][0] < 2, found["loss"][0] > 1e15  # a loss of 0, where 1.9e-22 is right
    (np.True_, np.True_)
    """
    found = {
        "softmax": reference.ulps(library.softmax(rows.logits), rows.probs).max(axis=-1),
        "loss": reference.ulps(library.loss(rows.logits, rows.labels), rows.losses),
    }
    if library.grad is not None:
        found["gradient"] = reference.ulps(
            entries_at_labels(library.grad(rows.logits, rows.labels), rows.labels), rows.slopes
        )
    return found


def worst_errors(
    libraries: Mapping[str, Library], families: Mapping[str, FloatArray], classes: int = 6
) -> dict[str, dict[str, float]]:
    """Find the worst error of each library over families of rows.

    Parameters
    ----------
    libraries : dict of str to Library
    families : dict of str to ndarray, shape (rows, n)
        As from `softmaxlab.accuracy.cases.families`.
    classes : int
        Families of more classes are left out; shorter rows are filled up with impossible classes.

    Returns
    -------
    dict of str to dict of str to float, in ulps
        For each library "softmax"; "loss" and "gradient" where the label has the largest logit; and "loss, loser".
    """
    small = [rows for rows in families.values() if rows.shape[1] <= classes]
    filled = [np.pad(rows, [(0, 0), (0, classes - rows.shape[1])], constant_values=-np.inf) for rows in small]
    logits = np.concatenate(filled)
    winners = case(logits, np.argmax(logits, axis=-1))
    losers = case(logits, np.argmin(np.where(np.isneginf(logits), np.inf, logits), axis=-1))
    table = {}
    for name, library in libraries.items():
        worst = {kind: float(np.max(found)) for kind, found in errors(library, winners).items()}
        lost = library.loss(logits, losers.labels)
        table[name] = {**worst, "loss, loser": float(np.max(reference.ulps(lost, losers.losses)))}
    return table


def rows_with_gap(
    gaps: FloatArray, dtype: type[np.floating[Any]] = np.float64, count: int = 8, seed: int = 0
) -> FloatArray:
    """Make rows of two logits: the larger one, class 0, between 0 and 1, and the smaller one that far below it.

    Parameters
    ----------
    gaps : ndarray, shape (m,)
    dtype : NumPy floating type
    count : int
        Rows for each gap.
    seed : int

    Returns
    -------
    ndarray of `dtype`, shape (m · count, 2)

    Examples
    --------
    >>> rows_with_gap(np.array([3.0, 4.0])).shape
    (16, 2)
    """
    winners = np.random.default_rng(seed).random((len(gaps), count))
    rows = np.stack([winners, winners - np.asarray(gaps)[:, None]], axis=-1)
    return rows.reshape(-1, 2).astype(dtype)


def errors_over_gap(
    libraries: Mapping[str, Library], gaps: FloatArray, dtype: type[np.floating[Any]] = np.float64, count: int = 8
) -> dict[str, dict[str, FloatArray]]:
    """Measure the worst errors of each library at each gap between two logits, where the label has the larger one.

    Parameters
    ----------
    libraries : dict of str to Library
    gaps : ndarray, shape (m,)
    dtype, count
        As in `rows_with_gap`.

    Returns
    -------
    dict of str to dict of str to ndarray, shape (m,), in ulps
        For each library what `errors` returns.
    """
    logits = rows_with_gap(gaps, dtype, count)
    rows = case(logits, np.zeros(len(logits), dtype=int))
    return {
        name: {kind: found.reshape(-1, count).max(axis=1) for kind, found in errors(library, rows).items()}
        for name, library in libraries.items()
    }


def exp_errors(x: FloatArray) -> FloatArray:
    """Measure the errors of `np.exp`, which every softmax in NumPy relies on.

    Parameters
    ----------
    x : ndarray of float16, float32 or float64, shape (m,)

    Returns
    -------
    ndarray of float64, shape (m,), in ulps

    Examples
    --------
    >>> exp_errors(np.array([0.0, 1.0])).max() < 1
    np.True_
    """
    with mpmath.workdps(60):
        truth = np.array([mpmath.exp(mpmath.mpf(float(each))) for each in x], dtype=object)
    return reference.ulps(np.exp(x), truth)


def silent_from(loss: Callable[[Any, int], Any], dtype: type[np.floating[Any]]) -> float:
    """Find the smallest gap between two logits at which the loss of the class with the larger one is 0.

    Parameters
    ----------
    loss : callable
        Takes two logits and a class index.
    dtype : NumPy floating type
        Of the logits.

    Returns
    -------
    float

    Examples
    --------
    >>> from softmaxlab.pitfalls.max_shifted import cross_entropy_shifted
    >>> round(silent_from(cross_entropy_shifted, np.float64), 2)  # 53 log 2
    36.74
    """
    return float(smallest_where(lambda gap: loss(np.array([gap, 0], dtype), 0) == 0, dtype(0), dtype(1000)))


def wall(dtype: type[np.floating[Any]]) -> float:
    """Return the gap g from which 1 + e^−g is rounded to 1: t log 2, for a format of t binary digits.

    There e^−g is 2^−t, half an ulp of 1, and a tie goes to the even neighbor.

    Parameters
    ----------
    dtype : NumPy floating type

    Returns
    -------
    float

    Examples
    --------
    >>> round(wall(np.float64), 2)
    36.74
    """
    return float((np.finfo(dtype).nmant + 1) * np.log(2))


def faint_from(dtype: type[np.floating[Any]]) -> float:
    """Return the gap g from which e^−g is subnormal, and has lost digits.

    Parameters
    ----------
    dtype : NumPy floating type

    Returns
    -------
    float

    Examples
    --------
    >>> round(faint_from(np.float64), 2), round(faint_from(np.float32), 2)
    (708.4, 87.34)
    """
    return float(-np.log(np.finfo(dtype).tiny))
