"""How sure may a model be? Reliability bins, expected calibration error, and a temperature that mends them.

References
----------
.. [1] C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017,
   sections 2 and 4.2.
.. [2] M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning",
   AAAI 2015: where the expected calibration error comes from.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmaxlab import cross_entropy, cross_entropy_grad
from softmaxlab._core.arrays import called, real_array
from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab._core.validation import refuse_where
from softmaxlab._extras import require
from softmaxlab.learning._validation import checked_labels, sums_to_one

ROUNDED = 1e-4  # how far a sum of probabilities may be from 1: they may have been written with four decimals
LARGEST = 1e300  # size of a logit
HOTTEST = 100.0  # temperatures are searched from 1/100 to 100


class Reliability(NamedTuple):
    """A reliability diagram in numbers: what was claimed, and what came true, bin by bin."""

    edges: FloatArray  # (bins + 1,): bin b holds the confidences above edges[b], up to edges[b + 1]
    counts: IntArray  # (bins,): examples in the bin
    confidence: FloatArray  # (bins,): their mean confidence; nan in an empty bin
    accuracy: FloatArray  # (bins,): the share of them that was right; nan in an empty bin


def reliability(probs: ArrayLike, labels: ArrayLike, bins: int = 10) -> Reliability:
    """Sort the answers into bins by their confidence, and count how often those in each bin were right.

    Equations eq-bin-confidence and eq-bin-accuracy; [1]_ of the module.

    Parameters
    ----------
    probs : array_like, shape (m, n)
        Rows of nonnegative numbers with sum 1, up to 1e-4 or to what their dtype rounds, whichever is more: float16 by
        up to 4.9e-4. The answer is the largest; its probability is the confidence.
    labels : array_like of int, shape (m,)
    bins : int ≥ 1, default 10
        Of equal width, from 0 to 1.

    Returns
    -------
    Reliability

    Raises
    ------
    ValueError
        If there are no examples, or an argument is not as described (logits, for instance).

    Examples
    --------
    >>> found = reliability([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], [0, 0, 1], bins=2)
    >>> found.counts, found.accuracy.round(3)
    (array([0, 3]), array([  nan, 0.667]))
    """
    probs, labels = _checked_probs(probs, labels)
    if isinstance(bins, bool) or not isinstance(bins, int | np.integer) or bins < 1:
        raise ValueError(f"bins is {bins!r}; expected an integer of at least 1")
    sure, right = probs.max(axis=1), probs.argmax(axis=1) == labels
    edges = np.linspace(0, 1, bins + 1)
    # side="left": a confidence on an edge belongs to the bin below it; one that rounding put above 1, to the last
    which = np.clip(np.searchsorted(edges, sure, side="left") - 1, 0, bins - 1)
    counts = np.bincount(which, minlength=bins)
    per_example = np.where(counts > 0, counts, np.nan)
    return Reliability(
        edges,
        counts,
        np.bincount(which, weights=sure, minlength=bins) / per_example,
        np.bincount(which, weights=right, minlength=bins) / per_example,
    )


def expected_calibration_error(probs: ArrayLike, labels: ArrayLike, bins: int = 10) -> np.float64:
    """Mean gap between confidence and accuracy over the bins, weighted by their counts.

    Equation eq-ece; [2]_ of the module, and [1]_. It depends on the bins, and is above 0 by chance alone: compare
    models on the same bins and the same examples.

    Parameters
    ----------
    probs, labels, bins
        As in `reliability`.

    Returns
    -------
    float64
        From 0 to 1.

    Raises
    ------
    ValueError
        As `reliability`.

    Examples
    --------
    >>> expected_calibration_error([[0.75, 0.25]] * 4, [0, 0, 0, 1])  # sure to 3/4, right 3 times in 4
    np.float64(0.0)
    """
    found = reliability(probs, labels, bins)
    gaps = np.abs(found.confidence - found.accuracy)
    return np.nansum(found.counts * gaps) / np.sum(found.counts)  # an empty bin has gap nan, and counts 0


def temperature_slope(inverse: float, logits: FloatArray, labels: IntArray) -> np.float64:
    """Slope of the mean loss in the inverse temperature β, where the probabilities are softmax(β z).

    Equation eq-temperature-slope: by the chain rule it is the mean of Σ (p − y) z. It never falls as β grows, so
    the loss has one minimum.

    Parameters
    ----------
    inverse : float
        β = 1/temperature.
    logits : ndarray, shape (m, n)
    labels : ndarray of int, shape (m,)

    Returns
    -------
    float64

    Examples
    --------
    >>> temperature_slope(0.0, np.array([[1.0, 3.0]]), np.array([1]))  # mean logit 2, less the label's 3
    np.float64(-1.0)
    """
    return np.sum(cross_entropy_grad(inverse * logits, labels) * logits)


def fit_temperature(logits: ArrayLike, labels: ArrayLike) -> float:
    """Find the temperature T with the smallest mean loss of softmax(logits / T).

    Temperature scaling, [1]_ of the module. It changes no answer: dividing by T keeps the largest logit the
    largest. Fit it on validation examples: on those the model was trained on, it is too sure already.

    Parameters
    ----------
    logits : array_like of finite numbers, shape (m, n)
    labels : array_like of int, shape (m,)

    Returns
    -------
    float
        From 1/100 to 100. On the examples given, the loss is at most that of T = 1. If all answers are right, the
        loss keeps falling as T does, so that T is 1/100, or 1 if the loss is 0 there already. If the logits say nothing
        (are all equal), T is 1.

    Raises
    ------
    ValueError
        If there are no examples, or an argument is not as described.

    Examples
    --------
    >>> logits = [[3.0, 0.0]] * 4  # sure to 0.95, right 3 times in 4: log 3 would be right
    >>> print(f"{fit_temperature(logits, [0, 0, 0, 1]):.6f}")
    2.730718
    """
    logits, labels = _checked_scores(logits, labels, "logits")
    refuse_where(
        np.abs(logits) > LARGEST,
        logits,
        "logits",
        f"logits of size up to {LARGEST:g}, a hundred times of which is a float",
    )
    ends = -np.log(HOTTEST), np.log(HOTTEST)

    def slope(log_inverse: float) -> float:
        return temperature_slope(np.exp(log_inverse), logits, labels)

    if slope(ends[0]) >= 0:  # hotter is better, or makes no difference
        best = HOTTEST
    elif slope(ends[1]) <= 0:
        best = 1 / HOTTEST
    else:
        require("scipy", by="softmaxlab.learning", extra="learning")
        from scipy.optimize import brentq  # imported here, so that only a fit has to wait for SciPy

        best = float(np.exp(-brentq(slope, *ends, xtol=1e-12)))
    # at T = 1 already, rounding could make the new loss the larger one
    return best if cross_entropy(logits / best, labels) < cross_entropy(logits, labels) else 1.0


def _checked_scores(scores: ArrayLike, labels: ArrayLike, name: str) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    scores = real_array(scores, name)
    if scores.ndim != 2 or scores.shape[1] == 0:
        raise ValueError(f"{name} has shape {scores.shape}; expected one row for each example: (examples, classes)")
    labels = checked_labels(labels, len(scores))
    refuse_where(~np.isfinite(scores), scores, name, "finite numbers")
    if labels.max() >= scores.shape[1]:
        raise ValueError(f"labels go up to {labels.max()}; expected class indices from 0 to {scores.shape[1] - 1}")
    return scores.astype(float, copy=False), labels


def _checked_probs(probs: ArrayLike, labels: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    given = called("probs", probs)
    probs, labels, stored = *_checked_scores(probs, labels, "probs"), real_array(probs, "probs")
    bad = np.any(probs < 0, axis=1) | ~sums_to_one(stored, ROUNDED, axis=1)
    if np.any(bad):
        row, totals = int(np.argmax(bad)), probs.sum(axis=1)
        shares = np.all(probs >= 0) and np.all((totals > 0) & np.isfinite(totals))
        rescaled = f"; if they are counts or were rounded, write {given} / np.sum(probs, axis=1, keepdims=True)"
        raise ValueError(
            f"probs[{row}] has sum {totals[row]:.6g} and smallest entry {probs[row].min():.6g}; expected "
            f"nonnegative numbers with sum 1: if these are logits, write softmax(probs){rescaled if shares else ''}"
        )
    return probs, labels
