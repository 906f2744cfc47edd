"""A trained model that reads digits: its weights, its answer to one image, and what each pixel says for a class.

The model is softmax regression on the training part of ``softmaxlab.learning.datasets.split(*digits())``.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.types import FloatArray, RealArray
from softmaxlab.cross_entropy import cross_entropy, cross_entropy_grad
from softmaxlab.learning.datasets import digits, pixels, split
from softmaxlab.learning.metrics import worst_mistakes
from softmaxlab.learning.optimizers import fit
from softmaxlab.learning.softmax_regression import logits_of
from softmaxlab.softmax import softmax

L2 = 3e-4  # of 0.1, 0.03, 0.01, … 0.00001, the one with the best accuracy on the validation part
PLACES = 6  # decimals of the weights: short in a page, and the same for Python and JavaScript
CLASSES = 10
PER_CLASS = 2  # samples of the test part
MISTAKES = 8  # more of them, the worst


class Reading(NamedTuple):
    """What the model says of one image."""

    logits: FloatArray  # (10,)
    probs: FloatArray  # (10,)
    loss: float  # in nats
    grad: FloatArray  # (10,): p − y, the slope of the loss along logits / temperature


class Sample(NamedTuple):
    """An image of the test part, and what its writer meant."""

    image: RealArray  # (8, 8), whole numbers from 0 to 16
    label: int
    is_mistake: bool  # one of the worst that the model makes


@cache
def trained_weights() -> FloatArray:
    """Train the model, once in a session.

    Returns
    -------
    ndarray, shape (65, 10), not writable
        A row for each of 64 pixels, and the bias; rounded to six decimals.

    Examples
    --------
    >>> weights = trained_weights()
    >>> weights.shape, float(np.abs(weights[:-1].sum(axis=1)).max()) < 1e-4  # each is against the average class
    ((65, 10), True)
    """
    train = split(*digits()).train
    found = fit(pixels(train.inputs), train.labels, l2=L2)
    weights = np.round(found.weights, PLACES) + 0.0  # no −0
    weights.setflags(write=False)
    return weights


def read(image: ArrayLike, label: int, temperature: float = 1.0) -> Reading:
    """Read one image.

    Parameters
    ----------
    image : array_like, shape (8, 8)
        Values from 0 to 16, as `softmaxlab.learning.datasets.digits` gives them.
    label : int from 0 to 9
        What it is meant to be.
    temperature : float > 0, default 1
        The probabilities are softmax(logits / temperature).

    Returns
    -------
    Reading

    Raises
    ------
    ValueError
        If the image is not as described.

    Examples
    --------
    >>> images, labels = digits()
    >>> reading = read(images[0], labels[0])
    >>> int(reading.probs.argmax()), bool(reading.loss < 0.01)
    (0, True)
    """
    logits = logits_of(trained_weights(), pixels([image]))[0]
    scaled = logits / temperature
    loss, grad = float(cross_entropy(scaled, label)), cross_entropy_grad(scaled, label)
    return Reading(logits, softmax(scaled), loss, grad)


def evidence(image: ArrayLike, digit: int) -> FloatArray:
    """Return what each pixel adds to the logit of a class: its ink times its weight.

    With the bias they sum to the logit.

    Parameters
    ----------
    image : array_like, shape (8, 8)
    digit : int from 0 to 9

    Returns
    -------
    ndarray, shape (8, 8)

    Examples
    --------
    >>> image = digits().inputs[0]
    >>> logit = read(image, 0).logits[3]
    >>> bool(np.isclose(evidence(image, 3).sum() + trained_weights()[-1, 3], logit))
    True
    """
    added: FloatArray = pixels([image])[0] * trained_weights()[:-1, digit]
    return added.reshape(np.shape(image))


@cache
def samples() -> tuple[Sample, ...]:
    """Pick images of the test part to show: two of each digit, and the model's worst mistakes in between.

    Returns
    -------
    tuple of Sample

    Examples
    --------
    >>> len(samples()), sum(sample.is_mistake for sample in samples())
    (28, 8)
    """
    images, labels = split(*digits()).test
    wrong = worst_mistakes(logits_of(trained_weights(), pixels(images)), labels, MISTAKES).tolist()
    plain = np.sort(
        np.concatenate([np.setdiff1d(np.flatnonzero(labels == k), wrong)[:PER_CLASS] for k in range(CLASSES)])
    ).tolist()
    order = []
    for place, row in enumerate(plain):
        order.append(row)
        if place % 2 and wrong:
            order.append(wrong.pop(0))
    return tuple(Sample(images[row], int(labels[row]), row not in plain) for row in order)
