"""What a probability forecast costs: entropy, Kullback–Leibler divergence, and two rivals of cross-entropy.

All of it serves lessons. To train a model, compute the loss from its logits: `softmaxlab.cross_entropy`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import softmax, softmax_jvp
from softmaxlab._core.arrays import real_array
from softmaxlab._core.types import FloatArray


def entropy(probs: ArrayLike) -> np.float64:
    """Average surprisal of a draw from its own probabilities, −Σ p log p, where 0·log 0 counts as 0.

    Parameters
    ----------
    probs : array_like, shape (n,)
        Nonnegative, with sum 1.

    Returns
    -------
    float64, in nats
        From 0 (certain) to log n (a tie of all).

    Notes
    -----
    Equation `eq-entropy` in the book.

    Examples
    --------
    >>> bool(entropy([0.5, 0.5, 0]) == np.log(2))
    True
    """
    probs = real_array(probs, "probs").astype(float)
    possible = probs[probs > 0]
    total: np.float64 = np.sum(possible * -np.log(possible)) + 0  # + 0 turns -0.0 into 0.0
    return total


def kl_divergence(targets: ArrayLike, probs: ArrayLike) -> np.float64:
    """Extra surprisal for believing `probs` while `targets` is true, Σ y log(y/p).

    Parameters
    ----------
    targets, probs : array_like, shape (n,)
        Nonnegative, each with sum 1.

    Returns
    -------
    float64, in nats
        At least 0, up to rounding. It is inf if something possible was called impossible.

    Notes
    -----
    Equation `eq-kl` in the book.

    Examples
    --------
    >>> bool(kl_divergence([1, 0], [0.5, 0.5]) == np.log(2))
    True
    """
    targets, probs = real_array(targets, "targets").astype(float), real_array(probs, "probs").astype(float)
    true, told = targets[targets > 0], probs[targets > 0]
    with np.errstate(divide="ignore", over="ignore"):  # a positive target over 0 is inf, as it should be
        ratios = true / told
        logs = np.where(np.isinf(ratios), np.log(true) - np.log(told), np.log(ratios))  # inf may be overflow only
    total: np.float64 = np.sum(true * logs)
    return total


def cross_entropy_terms(targets: ArrayLike, probs: ArrayLike) -> FloatArray:
    """What each class adds to the cross-entropy of `probs`, −y log p, where 0·log 0 counts as 0.

    Parameters
    ----------
    targets, probs : array_like, shape (n,)
        Nonnegative, each with sum 1.

    Returns
    -------
    ndarray, shape (n,), in nats
        Each at least 0; inf for a class that is possible and was called impossible. They sum to H(y, p).

    Notes
    -----
    Equation `eq-cross-entropy` in the book.

    Examples
    --------
    >>> cross_entropy_terms([0.5, 0.5, 0], [1, 0, 0])
    array([ 0., inf,  0.])
    """
    targets, probs = real_array(targets, "targets").astype(float), real_array(probs, "probs").astype(float)
    possible = targets > 0
    with np.errstate(divide="ignore"):  # a surprisal of inf is the answer
        terms: FloatArray = targets * -np.log(probs, where=possible, out=np.zeros_like(probs))
    return terms + 0  # turns -0.0 into 0.0


def expected(loss: Callable[[Any, int], Any], logits: ArrayLike, truth: Iterable[float]) -> float:
    """Price to expect for a forecast, if class y comes true with probability truth[y].

    Parameters
    ----------
    loss : callable
        Takes logits and a class index, and returns a number.
    logits : array_like, shape (n,)
        The forecast is their softmax.
    truth : array_like, shape (n,)
        Nonnegative, with sum 1.

    Returns
    -------
    float

    Examples
    --------
    >>> from softmaxlab import cross_entropy
    >>> bool(expected(cross_entropy, [0, 0], [0.75, 0.25]) == np.log(2))
    True
    """
    price: float = sum(chance * loss(logits, y) for y, chance in enumerate(truth) if chance > 0)  # 0·inf counts as 0
    return price


def shortfall(logits: ArrayLike, target: int) -> np.floating[Any]:
    """Price a forecast by the complement 1 − p at the true class. A lesson: do not use; see `cross_entropy`.

    It looks fair, but it is not a proper score: whoever announces certainty in the likeliest class pays less, on
    average, than whoever tells the truth.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int
        The true class.

    Returns
    -------
    float64
        From 0 to 1.

    Examples
    --------
    >>> float(shortfall([0, 0], 1))
    0.5
    """
    lack: np.floating[Any] = 1 - softmax(logits)[target]
    return lack


def squared_error(logits: ArrayLike, target: ArrayLike) -> np.floating[Any]:
    """Half the squared distance from softmax to one-hot. A lesson: do not train with it; use `cross_entropy`.

    It is a sound score of a forecast. As a loss of the logits it is bounded, so it flattens out far from the
    truth, and its gradient vanishes where the model is most wrong.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int or array_like of floats, shape (n,)
        The true class, or its probabilities.

    Returns
    -------
    float64
        From 0 to 1.

    Notes
    -----
    Equation `eq-squared-error` in the book.

    Examples
    --------
    >>> float(squared_error([0, 0], 1))
    0.25
    """
    return 0.5 * np.sum(_error(logits, target) ** 2)


def squared_error_grad(logits: ArrayLike, target: ArrayLike) -> FloatArray:
    """Gradient of `squared_error`. A lesson: do not train with it; use `softmaxlab.cross_entropy_grad`.

    Right. But the Jacobian of softmax stands between p − y and the logits, and shrinks it to almost nothing
    wherever the model is nearly certain, right or wrong.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int or array_like of floats, shape (n,)
        The true class, or its probabilities.

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    Equation `eq-squared-error-grad` in the book.

    Examples
    --------
    >>> squared_error_grad([0, 0], 1)
    array([ 0.25, -0.25])
    """
    return softmax_jvp(logits, _error(logits, target))


def _error(logits: Any, target: Any) -> FloatArray:
    """Return p − y, for a class index or a vector y."""
    error: FloatArray = softmax(logits) - (target if np.ndim(target) else np.eye(len(logits))[target])
    return error
