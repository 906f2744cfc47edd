"""Naive versions, wrong or fragile, kept so that a lesson can watch them fail.

Every function here is a lesson: do not call it in your own work. Each has a sound counterpart in
`softmaxlab`, named in its docstring.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import softmax, softmax_jacobian
from softmaxlab._core.types import FloatArray, ScalarOrArray
from softmaxlab.pitfalls.max_shifted import softmax_shifted


def softmax_naive(logits: ArrayLike) -> ScalarOrArray:
    """Type the formula as it stands. A lesson: do not call; use `softmaxlab.softmax`.

    Right while every exponential and their sum stay inside the range of float64.

    Parameters
    ----------
    logits : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> softmax_naive([0, 0, 0, 0])
    array([0.25, 0.25, 0.25, 0.25])
    """
    weights = np.exp(logits)
    return weights / np.sum(weights)


def softmax_misplaced(logits: ArrayLike) -> ScalarOrArray:
    """Subtract the maximum outside the exponential. A lesson: do not call; use `softmaxlab.softmax`.

    The intended line is ``np.exp(logits - np.max(logits))``. With the parenthesis in the wrong place the
    result still sums to 1, yet can hold negative "probabilities", moves under a shift, and overflows as before.

    Parameters
    ----------
    logits : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    Equation `eq-misplaced` in the book.

    Examples
    --------
    >>> softmax_misplaced([1, 2, 3]).round(3)
    array([-0.013,  0.207,  0.806])
    """
    weights = np.exp(logits) - np.max(logits)
    return weights / np.sum(weights)


def softmax_without_axis(logits: ArrayLike) -> ScalarOrArray:
    """Shift and divide over the whole array at once. A lesson: do not call; use `softmaxlab.softmax`.

    Right for one vector. On a batch every row shares one maximum and one sum, so the rows do not sum to 1.

    Parameters
    ----------
    logits : array_like, any shape

    Returns
    -------
    ndarray, shape of `logits`

    Examples
    --------
    >>> softmax_without_axis([[0, 0], [0, 0]])
    array([[0.25, 0.25],
           [0.25, 0.25]])
    """
    weights = np.exp(logits - np.max(logits))
    return weights / np.sum(weights)


def loss_from_probability(logits: ArrayLike, target: int) -> ScalarOrArray:
    """Take −log of a probability already computed. A lesson: do not call; use `softmaxlab.cross_entropy`.

    The probability, by `softmax_shifted`, is rounded first: a small one to 0, a large one to 1. The logarithm cannot
    undo that.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int
        The true class.

    Returns
    -------
    float64
        The loss in nats, or inf where the probability underflowed to 0.

    Examples
    --------
    >>> round(float(loss_from_probability([0, 0], 1)), 4)
    0.6931
    """
    return -np.log(softmax_shifted(logits)[target])


def loss_patched(logits: ArrayLike, target: int) -> ScalarOrArray:
    """Add a small constant before the logarithm. A lesson: do not call; use `softmaxlab.cross_entropy`.

    The loss is never inf, but it cannot exceed −log 1e-12 either, however wrong the model is.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int
        The true class.

    Returns
    -------
    float64
        In nats.

    Examples
    --------
    >>> round(float(loss_patched([0, -800, 0], 1)), 3)
    27.631
    """
    return -np.log(softmax(logits)[target] + 1e-12)


def jacobian_by_loops(logits: ArrayLike) -> FloatArray:
    """Fill the Jacobian of softmax entry by entry. A lesson: do not call; use `softmaxlab.softmax_jacobian`.

    Right, and slow: Python runs the inner line n² times. It is here because it reads like the two cases.

    Parameters
    ----------
    logits : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n, n)
        Entry [i, j] is the derivative of probability i with respect to logit j.

    Notes
    -----
    Equations `eq-jacobian-diagonal` and `eq-jacobian-off` in the book.

    Examples
    --------
    >>> jacobian_by_loops([0, 0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    probs = softmax(logits)
    jacobian = np.empty((len(probs), len(probs)))
    for i, p_i in enumerate(probs):
        for j, p_j in enumerate(probs):
            jacobian[i, j] = p_i * (1 - p_i) if i == j else -p_i * p_j
    return jacobian


def loss_by_definition(probs: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Type −Σ y log p as it stands. A lesson: do not call; use `softmaxlab.cross_entropy`, from logits.

    Right while no probability is 0. If one is, and its target is 0 too, the convention is 0·log 0 = 0; floating-
    point arithmetic says nan.

    Parameters
    ----------
    probs, targets : array_like, shape (n,)

    Returns
    -------
    float64
        In nats.

    Notes
    -----
    Equation `eq-cross-entropy` in the book.

    Examples
    --------
    >>> bool(loss_by_definition([0.5, 0.5], [0, 1]) == np.log(2))
    True
    """
    return -np.sum(targets * np.log(probs))


def grad_by_chain_rule(logits: Any, target: int) -> ScalarOrArray:
    """Multiply −y/p by the whole Jacobian. A lesson: do not call; use `softmaxlab.cross_entropy_grad`.

    It computes the two factors of the chain rule that cancel each other on paper. Where the p of the
    label underflows to 0, inf is multiplied by 0, and the gradient is nan, although p − y is −1 there.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int
        The true class.

    Returns
    -------
    ndarray, shape (n,)

    Notes
    -----
    Equation `eq-chain-1` in the book.

    Examples
    --------
    >>> grad_by_chain_rule([0, 0], 1)
    array([ 0.5, -0.5])
    """
    probs, truth = softmax(logits), np.eye(len(logits))[target]
    by_probs = -truth / probs
    return softmax_jacobian(logits) @ by_probs
