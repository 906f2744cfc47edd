"""Softmax, loss and gradient with every row shifted by its maximum, as textbooks and most libraries do it.

No exponential overflows any more, though in float16 the sum of 65,520 ones does, and every result is right
*beside numbers near 1*. What these functions lose is the relative error of small results: x − m rounds, exp makes
hundreds of ulps of that, and 1 − p and log p of a nearly certain class vanish. The functions of `softmaxlab`
keep all of it.

Every function here is a lesson: do not call it in your own work. Rows of logits have the shape (..., n), labels
(...), and there are no options.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.types import FloatArray, ScalarOrArray


def softmax_shifted(logits: ArrayLike) -> ScalarOrArray:
    """Softmax after a shift by the maximum. A lesson: do not call; use `softmaxlab.softmax`.

    A probability p comes out wrong by up to |log p| / 2 ulps or so: x − m is as large as log p, and rounds.

    Notes
    -----
    Equation `eq-stable-softmax` in the book.

    Examples
    --------
    >>> softmax_shifted([1000, 1000])
    array([0.5, 0.5])
    """
    logits = np.asarray(logits)
    peak = np.max(logits, axis=-1, keepdims=True)
    weights = np.exp(logits - peak)  # the largest exponent is 0: cannot overflow
    return weights / np.sum(weights, axis=-1, keepdims=True)


def logsumexp_shifted(logits: ArrayLike) -> ScalarOrArray:
    """Log Σ exp after a shift by the maximum. A lesson: do not call; use `softmaxlab.logsumexp`.

    Beside a maximum of 0, a sum just above 1 is all there is to see, and 1 + rest rounds the rest away.

    Notes
    -----
    Equation `eq-lse-shift` in the book.

    Examples
    --------
    >>> float(logsumexp_shifted([0, -50]))  # 1.9e-22 on paper
    0.0
    """
    logits = np.asarray(logits)
    peak = np.max(logits, axis=-1, keepdims=True)
    weights = np.exp(logits - peak)  # the largest exponent is 0: cannot overflow
    return np.squeeze(peak, axis=-1) + np.log(np.sum(weights, axis=-1))


def log_softmax_shifted(logits: ArrayLike) -> ScalarOrArray:
    """Log-probabilities after a shift by the maximum. A lesson: do not call; use `softmaxlab.log_softmax`.

    Those far from 0 are right to the last digit or two; that of a nearly certain class loses its digits.

    Notes
    -----
    Equation `eq-log-softmax` in the book.

    Examples
    --------
    >>> log_softmax_shifted([0, -800])
    array([   0., -800.])
    """
    logits = np.asarray(logits)
    shifted = logits - np.max(logits, axis=-1, keepdims=True)  # never added back: it cancels
    total = np.sum(np.exp(shifted), axis=-1, keepdims=True)  # 1 to n
    return shifted - np.log(total)


def cross_entropy_shifted(logits: ArrayLike, labels: ArrayLike) -> ScalarOrArray:
    """Loss of every row from `log_softmax_shifted`. A lesson: do not call; use `softmaxlab.cross_entropy`.

    Once the label's class leads by 37 or so, the loss is 0 in float64: relative error 1.

    Notes
    -----
    Equation `eq-cross-entropy` in the book.

    Examples
    --------
    >>> print(cross_entropy_shifted([0, -800], 1), cross_entropy_shifted([0, -50], 0) == 0)
    800.0 True
    """
    return -np.take_along_axis(log_softmax_shifted(logits), np.asarray(labels)[..., None], axis=-1)[..., 0]


def cross_entropy_grad_shifted(logits: ArrayLike, labels: ArrayLike) -> ScalarOrArray:
    """Gradient p − y, subtracted as it stands. A lesson: do not call; use `softmaxlab.cross_entropy_grad`.

    At the label it is p − 1: where p is near 1 the difference keeps only the digits that p had beyond the 1.

    Notes
    -----
    Equation `eq-p-minus-y` in the book.

    Examples
    --------
    >>> cross_entropy_grad_shifted([0, 0], 1)
    array([ 0.5, -0.5])
    """
    probs = softmax_shifted(logits)
    return probs - (np.arange(probs.shape[-1]) == np.asarray(labels)[..., None])


def softmax_jvp_shifted(logits: ArrayLike, tangent: FloatArray) -> ScalarOrArray:
    """Compute p (v − Σ p v) from `softmax_shifted`. A lesson: do not call; use `softmaxlab.softmax_jvp`.

    For a nearly certain class, v and the average Σ p v are nearly equal, and their difference is rounding error.

    Notes
    -----
    Equation `eq-jvp` in the book.

    Examples
    --------
    >>> softmax_jvp_shifted([0, 0], [1, 0])
    array([ 0.25, -0.25])
    """
    probs = softmax_shifted(logits)
    return probs * (tangent - np.sum(probs * tangent, axis=-1, keepdims=True))
