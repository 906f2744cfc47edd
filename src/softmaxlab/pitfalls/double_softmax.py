"""A loss that takes complex logits, and the loss after two softmaxes: for gradient checks and for confidence.

Every function here is a lesson: do not call it in your own work. Each has a sound counterpart, named in its
docstring.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import cross_entropy, cross_entropy_grad, softmax, softmax_jvp
from softmaxlab._core.types import FloatArray, ScalarOrArray


def loss_for_complex(logits: ArrayLike, target: int) -> Any:
    """Write the loss so that it takes complex logits too. A lesson: do not call; use `softmaxlab.cross_entropy`.

    The shift is real, the largest real part: it cancels exactly, and the imaginary parts pass through exp and log
    untouched. It is here for the complex step, Im f(a + ih) / h, which needs no subtraction. One vector only, and
    none of the package's rules for −inf, nan or bad labels.

    Parameters
    ----------
    logits : array_like of real or complex numbers, shape (n,)
    target : int
        The true class.

    Returns
    -------
    float64 or complex128
        In nats.

    Notes
    -----
    Equation `eq-complex-loss` in the book.

    Examples
    --------
    >>> bool(loss_for_complex([0.0, 0.0], 1) == np.log(2))
    True
    >>> loss_for_complex([1e-100j, 0], 0).imag / 1e-100  # p − y, to the last digit
    np.float64(-0.5)
    """
    logits = np.asarray(logits)
    peak = np.max(logits.real)
    return np.log(np.sum(np.exp(logits - peak))) + peak - logits[target]


def loss_of_softmax_twice(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Pass probabilities where logits are meant. A lesson: do not call; use `softmaxlab.cross_entropy`, on logits.

    It happens when a model that ends in softmax is given to a loss that brings its own. It runs, and it trains; but
    the second softmax sees "logits" from 0 to 1, so that its probabilities can never be sure.

    Parameters
    ----------
    logits : array_like, shape (m, n) or (n,)
    targets : array_like of int, shape (m,) or int

    Returns
    -------
    float64
        Mean over the rows, in nats. Never below `smallest_loss_of_softmax_twice`.

    Notes
    -----
    Equation `eq-softmax-twice` in the book.

    Examples
    --------
    >>> print(f"{loss_of_softmax_twice([1000.0, 0.0], 0):.4f}")  # certain and right: the true loss is 0
    0.3133
    """
    return cross_entropy(softmax(logits), targets)


def grad_of_softmax_twice(logits: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Differentiate `loss_of_softmax_twice`. A lesson: do not call; use `softmaxlab.cross_entropy_grad`, on logits.

    The outer softmax sends back q − y. The inner one multiplies that by its Jacobian, which is next to 0 where the
    model is certain, right or wrong.

    Parameters
    ----------
    logits : array_like, shape (m, n) or (n,)
    targets : array_like of int, shape (m,) or int

    Returns
    -------
    ndarray
        Shape of `logits`.

    Notes
    -----
    Equation `eq-softmax-twice-gradient` in the book.

    Examples
    --------
    >>> grad_of_softmax_twice([0.0, 0.0], 0)  # half of p − y
    array([-0.25,  0.25])
    """
    return softmax_jvp(logits, cross_entropy_grad(softmax(logits), targets))


def smallest_loss_of_softmax_twice(classes: int) -> np.float64:
    """Compute how low the loss can get after two softmaxes, log(e + n − 1) − 1: how to notice the fault.

    Parameters
    ----------
    classes : int ≥ 1
        Number of classes, n.

    Returns
    -------
    float64
        In nats.

    Notes
    -----
    Equation `eq-softmax-twice-floor` in the book.

    Examples
    --------
    >>> print(f"{smallest_loss_of_softmax_twice(10):.4f}")
    1.4612
    """
    least: np.float64 = np.log(np.e + classes - 1) - 1
    return least
