"""How good is a classifier: accuracy, the confusion matrix, and the mistakes with the largest loss."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import cross_entropy
from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab._core.validation import checked_logits, refuse_where
from softmaxlab.learning._validation import checked_labels

NO_ANSWER = (
    "finite logits, or −inf beside one: such a row has no answer. If training diverged, take a smaller rate or scale "
    "the features"
)


def accuracy(logits: ArrayLike, labels: ArrayLike) -> np.floating[Any]:
    """Share of the examples whose largest logit is the label's. Among equal logits the first counts.

    Parameters
    ----------
    logits : array_like, shape (m, n)
        Or probabilities: the largest one is in the same place.
    labels : array_like of int, shape (m,)

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    ValueError
        If there are no examples, or the arguments are not as described. Also for a row without an answer: one that
        holds nan or +inf, or nothing but −inf, has no probabilities, and `argmax` would take nan for the largest.

    Examples
    --------
    >>> accuracy([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0]], [0, 1, 1]).round(3)
    np.float64(0.667)
    """
    logits, labels = _checked(logits, labels)
    share: np.floating[Any] = np.mean(logits.argmax(axis=1) == labels)
    return share


def confusion_matrix(logits: ArrayLike, labels: ArrayLike) -> IntArray:
    """Count the examples of each class by the answer they got.

    Parameters
    ----------
    logits, labels
        As in `accuracy`.

    Returns
    -------
    ndarray of int, shape (n, n)
        Entry [i, j]: how many of class i were taken for class j. The right answers are on the diagonal.

    Raises
    ------
    ValueError
        As `accuracy`.

    Examples
    --------
    >>> confusion_matrix([[2.0, 1.0], [0.0, 3.0], [5.0, 4.0]], [0, 1, 1])
    array([[1, 0],
           [1, 1]])
    """
    logits, labels = _checked(logits, labels)
    classes = logits.shape[1]
    pairs = labels * classes + logits.argmax(axis=1)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def worst_mistakes(logits: ArrayLike, labels: ArrayLike, count: int = 10) -> IntArray:
    """Find the wrong answers with the largest loss: those whose label got the smallest probability.

    Parameters
    ----------
    logits, labels
        As in `accuracy`; logits, not probabilities.
    count : int ≥ 0, default 10
        The largest number of rows to return.

    Returns
    -------
    ndarray of int, shape (k,), k ≤ count
        Rows of `logits`, the largest loss first. Empty if there are no mistakes.

    Raises
    ------
    ValueError
        As `accuracy`, and for a negative `count`.

    Examples
    --------
    >>> worst_mistakes([[2.0, 1.0], [9.0, 3.0], [5.0, 4.0]], [0, 1, 1])
    array([1, 2])
    """
    logits, labels = _checked(logits, labels)
    if count < 0:
        raise ValueError(f"count is {count}; expected how many to return at most: 0 or more")
    losses = cross_entropy(logits, labels, reduction="none")
    wrong = np.flatnonzero(logits.argmax(axis=1) != labels)
    return wrong[np.argsort(-losses[wrong], kind="stable")][:count]


def _checked(logits: ArrayLike, labels: ArrayLike) -> tuple[FloatArray, IntArray]:
    logits, _, _ = checked_logits(logits, -1)
    if logits.ndim != 2:
        raise ValueError(f"logits has shape {logits.shape}; expected one row for each example: (examples, classes)")
    lost = np.isnan(logits) | (logits == np.inf) | np.all(logits == -np.inf, axis=1, keepdims=True)
    refuse_where(lost, logits, "logits", NO_ANSWER)
    labels = checked_labels(labels, len(logits))
    if labels.max() >= logits.shape[1]:
        raise ValueError(f"labels go up to {labels.max()}; expected class indices from 0 to {logits.shape[1] - 1}")
    return logits, labels


def auroc(scores: ArrayLike, positive: ArrayLike) -> float:
    """Area under the ROC curve: how often a positive has a larger score than a negative. A tie counts half.

    Parameters
    ----------
    scores : array_like, shape (m,)
        For instance how sure a model was of each answer.
    positive : array_like of bool, shape (m,)
        For instance which answers were right.

    Returns
    -------
    float
        From 0 to 1; 1/2 for scores that say nothing.

    Raises
    ------
    ValueError
        If all examples are positive, or none is.

    Examples
    --------
    >>> auroc([0.9, 0.8, 0.7], [True, False, True])
    0.5
    """
    scores, positive = np.asarray(scores, dtype=float), np.asarray(positive, dtype=bool)
    if positive.all() or not positive.any():
        raise ValueError(f"positive is true {positive.sum()} times in {positive.size}; expected at least one of each")
    high, low = scores[positive][:, None], scores[~positive]
    return float(np.mean(high > low) + np.mean(high == low) / 2)
