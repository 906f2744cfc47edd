"""Labels in the wrong shape: what indexing computes without an error, beside what `softmaxlab` answers.

Every function here is a lesson: do not call it in your own work. The sound counterparts are
`softmaxlab.cross_entropy` and `softmaxlab.cross_entropy_grad`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import cross_entropy, log_softmax, softmax
from softmaxlab._core.types import IntArray, RealArray, ScalarOrArray

# As many examples as classes, so that labels of a wrong shape still fit somewhere.
SQUARE_LOGITS = np.array([[2.0, 0.0, 1.0], [0.0, 3.0, 1.0], [1.0, 0.0, 1.0]])
SQUARE_LABELS = np.array([0, 1, 2])


class Answer(NamedTuple):
    """What a function returned, a number, or the message of the error that it raised."""

    value: float | None
    error: str | None  # with the type of the error in front


def loss_by_indexing(logits: ArrayLike, targets: RealArray) -> ScalarOrArray:
    """Index with the targets as they come. A lesson: do not call; use `softmaxlab.cross_entropy`.

    It is what the loss of two of the three posts does with its labels, ``p[range(m), y]``, on a sound log-softmax.
    Right for integer labels of shape (m,) in range. Other shapes broadcast, negative labels count from the end, and
    the number that comes out looks like a loss.

    Parameters
    ----------
    logits : ndarray, shape (m, n)
    targets : ndarray
        Should be of int, from 0 to n − 1, shape (m,).

    Returns
    -------
    float64
        In nats, if the targets are right.

    Notes
    -----
    Equation `eq-batch-loss` in the book.

    Examples
    --------
    >>> print(f"{loss_by_indexing(SQUARE_LOGITS, SQUARE_LABELS):.2f}")
    0.48
    >>> print(f"{loss_by_indexing(SQUARE_LOGITS, SQUARE_LABELS[:, None]):.2f}")
    4.44
    """
    m = targets.shape[0]
    return -np.sum(log_softmax(logits)[range(m), targets]) / m


def grad_by_indexing(logits: ArrayLike, targets: RealArray) -> ScalarOrArray:
    """Subtract 1 where the targets point to. A lesson: do not call; use `softmaxlab.cross_entropy_grad`.

    It is what the gradient of two of the posts does with its labels. Right where `loss_by_indexing` is right.

    Parameters
    ----------
    logits, targets
        As in `loss_by_indexing`.

    Returns
    -------
    ndarray, shape (m, n)

    Notes
    -----
    Equation `eq-batch-grad` in the book.

    Examples
    --------
    >>> grad_by_indexing(SQUARE_LOGITS, SQUARE_LABELS[:, None]).sum(axis=1).round(3)  # should be 0
    array([-0.667, -0.667, -0.667])
    """
    m = targets.shape[0]
    grad = softmax(logits)
    grad[range(m), targets] -= 1
    return grad / m


def pick_counts(logits: ArrayLike, targets: RealArray) -> IntArray:
    """Count how often indexing with the targets reads each entry of the table of log-probabilities.

    Parameters
    ----------
    logits, targets
        As in `loss_by_indexing`; only their shapes and the targets matter.

    Returns
    -------
    ndarray of int, shape (m, n)
        `loss_by_indexing` is minus the sum of these times log-softmax, over ``targets.shape[0]``.

    Raises
    ------
    IndexError
        As `loss_by_indexing`.

    Examples
    --------
    >>> pick_counts(SQUARE_LOGITS, SQUARE_LABELS)
    array([[1, 0, 0],
           [0, 1, 0],
           [0, 0, 1]])
    >>> pick_counts(SQUARE_LOGITS, SQUARE_LABELS[:, None]).sum()
    np.int64(9)
    """
    numbered = np.arange(np.size(logits)).reshape(np.shape(logits))
    read = numbered[range(targets.shape[0]), targets]
    return np.bincount(read.ravel(), minlength=numbered.size).reshape(numbered.shape)


def label_shapes(labels: ArrayLike, classes: int) -> dict[str, RealArray]:
    """Write the same labels in every way that people pass them.

    Parameters
    ----------
    labels : array_like of int, shape (m,)
    classes : int
        Number of classes, n.

    Returns
    -------
    dict of str to ndarray
        Name of the form -> targets. Three are right: "indices (m,)", "one-hot, float" and "soft" (a label that is
        9 parts in 10 sure). "counted from 1" cannot be told from right ones, unless the last class occurs.

    Examples
    --------
    >>> for name, targets in label_shapes([0, 1, 2], 3).items():
    ...     print(f"{name:<18} {targets.shape} {targets.dtype.kind}")
    indices (m,)       (3,) i
    column (m, 1)      (3, 1) i
    row (1, m)         (1, 3) i
    one-hot, int       (3, 3) i
    one-hot, float     (3, 3) f
    one-hot, bool      (3, 3) b
    float indices      (3,) f
    first one −1       (3,) i
    counted from 1     (3,) i
    soft               (3, 3) f
    """
    labels = np.asarray(labels)
    one_hot = np.eye(classes, dtype=int)[labels]
    return {
        "indices (m,)": labels,
        "column (m, 1)": labels[:, None],
        "row (1, m)": labels[None, :],
        "one-hot, int": one_hot,
        "one-hot, float": one_hot.astype(float),
        "one-hot, bool": one_hot.astype(bool),
        "float indices": labels.astype(float),
        "first one −1": np.append(-1, labels[1:]),
        "counted from 1": labels + 1,
        "soft": 0.9 * one_hot + 0.1 / classes,
    }


def loss_meant(logits: Any, labels: Any, form: str) -> float | None:
    """Compute the loss that a caller who wrote the labels in this form meant.

    Parameters
    ----------
    logits : array_like, shape (m, n)
    labels : array_like of int, shape (m,)
    form : str
        A name from `label_shapes`. A label of −1 means "unknown": its row is to be left out.

    Returns
    -------
    float or None
        In nats. None if no row is left.

    Examples
    --------
    >>> round(loss_meant(SQUARE_LOGITS, SQUARE_LABELS, "column (m, 1)"), 2)
    0.48
    """
    if form == "soft":
        return float(cross_entropy(logits, label_shapes(labels, np.shape(logits)[1])[form]))
    if form == "first one −1":
        logits, labels = logits[1:], labels[1:]
    return float(cross_entropy(logits, labels)) if len(labels) else None


def answer(loss: Callable[[Any, Any], Any], logits: ArrayLike, targets: ArrayLike) -> Answer:
    """Call a loss, and keep the number that it returns or the error that it raises.

    Parameters
    ----------
    loss : callable
        `loss_by_indexing` or `softmaxlab.cross_entropy`.
    logits : array_like
    targets : array_like

    Returns
    -------
    Answer

    Examples
    --------
    >>> answer(loss_by_indexing, SQUARE_LOGITS, np.array([0.0, 1.0, 2.0])).error
    'IndexError: arrays used as indices must be of integer (or boolean) type'
    """
    try:
        return Answer(float(loss(np.asarray(logits), np.asarray(targets))), None)
    except (IndexError, ValueError) as error:
        return Answer(None, f"{type(error).__name__}: {error}")


def label_table(logits: ArrayLike, labels: ArrayLike) -> dict[str, tuple[Answer, Answer]]:
    """Ask both losses about the same labels in every form.

    Parameters
    ----------
    logits : array_like, shape (m, n)
    labels : array_like of int, shape (m,)

    Returns
    -------
    dict of str to tuple of two Answers
        Name of the form, as in `label_shapes` -> what indexing says, what `softmaxlab.cross_entropy` says.

    Examples
    --------
    >>> indexing, ours = label_table(SQUARE_LOGITS, SQUARE_LABELS)["column (m, 1)"]
    >>> print(f"{indexing.value:.2f}", ours.error)
    4.44 ValueError: targets has shape (3, 1); expected class indices of shape (3,): write targets.ravel()
    """
    shapes = label_shapes(labels, np.shape(logits)[1])
    return {
        name: (answer(loss_by_indexing, logits, targets), answer(cross_entropy, logits, targets))
        for name, targets in shapes.items()
    }
