"""Softmax step by step in one number format, to see which value is the first to leave the format's range."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from softmaxlab._core.types import FloatArray
from softmaxlab.pitfalls.naive import softmax_naive


class Trace(NamedTuple):
    """The intermediate results of `softmax_naive`, all in the dtype of the scores."""

    scores: FloatArray
    weights: FloatArray  # exp(scores)
    total: np.floating[Any]  # their sum
    probs: FloatArray  # weights / total


class Failure(NamedTuple):
    """A value that has become inf or 0: at which stage, of which class (None: of the sum), and what it is."""

    stage: str
    index: int | None  # type: ignore[assignment]  # in place of a tuple's own method of this name
    value: str


def stored_scores(logits: ArrayLike, shift: float, dtype: DTypeLike) -> FloatArray:
    """Add a number to every logit and store the results in a number format.

    Parameters
    ----------
    logits : array_like, shape (n,)
    shift : float
    dtype : dtype or str
        For example ``"float16"``.

    Returns
    -------
    ndarray of `dtype`, shape (n,)

    Examples
    --------
    >>> stored_scores([2, 0.1], 500, "float16")  # above 500, the next float16 is 500.25
    array([502., 500.], dtype=float16)
    """
    return (np.asarray(logits, dtype=float) + shift).astype(dtype)


@np.errstate(all="ignore")  # the failures are the subject
def trace(scores: FloatArray) -> Trace:
    """Compute the naive softmax and keep every intermediate result.

    For the shifted softmax, pass ``scores - scores.max()``.

    Parameters
    ----------
    scores : ndarray of float16, float32 or float64, shape (n,)

    Returns
    -------
    Trace

    Notes
    -----
    The two sides of equation `eq-shift` in the book, as a computer sees them.

    Examples
    --------
    >>> trace(np.array([1000.0, 0.0])).probs
    array([nan,  0.])
    """
    weights = np.exp(scores)
    return Trace(scores, weights, np.sum(weights), softmax_naive(scores))


def first_failure(taken: Trace) -> Failure | None:
    """Find the first value that became inf, or else the first that became 0, in the order of computation.

    An inf comes first because a 0 often does no harm. A nan is never the first: it comes of inf / inf or 0 / 0.

    Parameters
    ----------
    taken : Trace

    Returns
    -------
    Failure or None

    Examples
    --------
    >>> first_failure(trace(np.array([709.0, 709.0, 709.0])))
    Failure(stage='sum', index=None, value='inf')
    """
    for value, is_upset in (("inf", np.isinf), ("0", np.logical_not)):
        for stage, values in (("exp", taken.weights), ("sum", [taken.total]), ("quotient", taken.probs)):
            (where,) = np.nonzero(is_upset(values))
            if where.size:
                return Failure(stage, None if stage == "sum" else int(where[0]), value)
    return None
