"""A multilayer perceptron with one hidden layer, forward and backward by hand; the loss sends back p − y.

    hidden = tanh(X A + α)        logits = hidden B + b        loss = cross-entropy, mean over the rows

Backward each line is undone in turn. The output layer gets G = (P − Y)/m; what it passes on is G Bᵀ, which tanh
multiplies by its derivative, 1 − tanh².

References
----------
.. [1] D. E. Rumelhart, G. E. Hinton, R. J. Williams, "Learning representations by back-propagating errors",
   Nature 323, 1986, pp. 533–536.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import cross_entropy_with_grad
from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab.learning._validation import checked_count, checked_number, checked_training_set, out_of_range
from softmaxlab.learning.optimizers import Iterate


class Layers(NamedTuple):
    """The parameters, or their gradient: a row for each input of a layer, a column for each output."""

    inner: FloatArray  # A: (d, h)
    inner_bias: FloatArray  # α: (h,)
    outer: FloatArray  # B: (h, n)
    outer_bias: FloatArray  # b: (n,)


def initial_layers(features: int, width: int, classes: int, seed: int = 0) -> Layers:
    """Draw small random weights: hidden units that started with equal weights would stay equal.

    Parameters
    ----------
    features, width, classes : int ≥ 1
        Numbers of inputs, of hidden units and of outputs.
    seed : int, default 0

    Returns
    -------
    Layers
        Weights with standard deviation 1/√(number of inputs), so that sums over the inputs are near 1 in size;
        biases 0.

    Examples
    --------
    >>> [part.shape for part in initial_layers(64, 32, 10)]
    [(64, 32), (32,), (32, 10), (10,)]
    """
    rng = np.random.default_rng(seed)
    inner = rng.normal(size=(features, width)) / np.sqrt(features)
    outer = rng.normal(size=(width, classes)) / np.sqrt(width)
    return Layers(inner, np.zeros(width), outer, np.zeros(classes))


def forward(layers: Layers, features: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute the logits, and keep the hidden values for the way back.

    Equations eq-hidden and eq-hidden-logits.

    Parameters
    ----------
    layers : Layers
    features : ndarray, shape (m, d)

    Returns
    -------
    logits : ndarray, shape (m, n)
    hidden : ndarray, shape (m, h)
        From −1 to 1.

    Examples
    --------
    >>> logits, hidden = forward(initial_layers(64, 32, 10), np.zeros((5, 64)))
    >>> logits.shape, hidden.shape
    ((5, 10), (5, 32))
    """
    hidden = np.tanh(features @ layers.inner + layers.inner_bias)
    return hidden @ layers.outer + layers.outer_bias, hidden


def backward(layers: Layers, features: FloatArray, hidden: FloatArray, grad_logits: FloatArray) -> Layers:
    """Send the gradient back from the logits to every parameter.

    Equations eq-backward-outer, eq-backward-hidden and eq-backward-inner; backpropagation [1]_ of the module.

    Parameters
    ----------
    layers : Layers
    features : ndarray, shape (m, d)
    hidden : ndarray, shape (m, h)
        As `forward` returned it.
    grad_logits : ndarray, shape (m, n)
        Gradient with respect to the logits. For cross-entropy, (P − Y)/m.

    Returns
    -------
    Layers
        The gradient, each part in the shape of its parameter.

    Examples
    --------
    >>> layers, features = initial_layers(64, 32, 10), np.ones((5, 64))
    >>> logits, hidden = forward(layers, features)
    >>> [part.shape for part in backward(layers, features, hidden, np.zeros((5, 10)))]
    [(64, 32), (32,), (32, 10), (10,)]
    """
    grad_hidden = grad_logits @ layers.outer.T
    grad_preactivations = grad_hidden * (1 - hidden**2)  # the slope of tanh, from its value
    return Layers(
        inner=features.T @ grad_preactivations,
        inner_bias=grad_preactivations.sum(axis=0),
        outer=hidden.T @ grad_logits,
        outer_bias=grad_logits.sum(axis=0),
    )


def loss_and_grad(layers: Layers, features: FloatArray, labels: IntArray, l2: float = 0.0) -> tuple[float, Layers]:
    """Mean cross-entropy with an L2 penalty on both weight matrices, and its gradient.

    Parameters
    ----------
    layers : Layers
    features : ndarray, shape (m, d)
    labels : ndarray of int, shape (m,)
    l2 : float ≥ 0, default 0
        The penalty is l2/2 times the sum of the squared weights; biases are free.

    Returns
    -------
    loss : float, in nats
    grad : Layers

    Examples
    --------
    >>> layers = Layers(np.zeros((1, 2)), np.zeros(2), np.zeros((2, 2)), np.zeros(2))
    >>> loss, grad = loss_and_grad(layers, np.array([[1.0]]), np.array([0]))
    >>> print(f"{loss:.6f}", grad.outer_bias)
    0.693147 [-0.5  0.5]
    """
    logits, hidden = forward(layers, features)
    loss, grad_logits = cross_entropy_with_grad(logits, labels)  # (P − Y)/m
    grad = backward(layers, features, hidden, grad_logits)
    squares = np.sum(layers.inner**2) + np.sum(layers.outer**2)
    grad = grad._replace(inner=grad.inner + l2 * layers.inner, outer=grad.outer + l2 * layers.outer)
    return float(loss + l2 / 2 * squares), grad


def descend_layers(
    features: ArrayLike,
    labels: ArrayLike,
    *,
    width: int = 32,
    l2: float = 0.0,
    rate: float = 0.5,
    steps: int = 500,
    seed: int = 0,
    classes: int | None = None,
) -> Iterator[Iterate[Layers]]:
    """Train by gradient descent on all examples at once, and report every step as it is taken.

    Parameters
    ----------
    features : array_like, shape (m, d)
    labels : array_like of int, shape (m,)
    width : int ≥ 1, default 32
        Number of hidden units.
    l2 : float ≥ 0, default 0
    rate : float > 0, default 0.5
        Learning rate.
    steps : int ≥ 0, default 500
    seed : int, default 0
        Of the starting point.
    classes : int, optional
        Number of classes; by default the largest label and one more.

    Yields
    ------
    Iterate
        ``steps + 1`` of them, the starting point included; weights are `Layers`.

    Raises
    ------
    ValueError
        If an argument is not as described, or a class has no example; raised at the first step. Also when the numbers
        leave the range of floats, since the features want scaling or the rate is too large.

    Examples
    --------
    >>> corners, labels = [[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0]  # no line separates these
    >>> *_, last = descend_layers(corners, labels, width=4, rate=1.0, steps=300)
    >>> forward(last.weights, np.array(corners))[0].argmax(axis=1)
    array([0, 1, 1, 0])
    """
    features, labels, classes = checked_training_set(features, labels, classes)
    width, steps = checked_count(width, "width", 1), checked_count(steps, "steps", 0)
    rate, l2 = checked_number(rate, "rate", 0, strict=True), checked_number(l2, "l2", 0)
    layers = initial_layers(features.shape[1], width, classes, seed)
    for number in range(steps + 1):
        with np.errstate(over="ignore", invalid="ignore"):
            loss, grad = loss_and_grad(layers, features, labels, l2)
        steepest = float(max(np.max(np.abs(part)) for part in grad))
        if not np.isfinite(loss) or not np.isfinite(rate * steepest):
            raise out_of_range(
                features,
                "the loss or the next step leaves the range of float64",
                f"write rate={min(0.5, 1 / max(l2, 1)):.1g}",
            )
        yield Iterate(number, loss, steepest, layers)
        layers = Layers(*(part - rate * slope for part, slope in zip(layers, grad, strict=True)))
