"""Twelve models of the digits of about equal accuracy but unequal confidence: trained once, kept with the package.

All are softmax regressions on the pixels, with little, some or much L2 penalty and four amounts of label smoothing.
Their weights are kept in steps of 1/512, and pixels are sixteenths: logits are exact, the same in Python and in a
browser.
``OPENBLAS_NUM_THREADS=1 python -m softmaxlab.learning.digits_models`` trains them again.
"""

from __future__ import annotations

import bz2
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Literal

import numpy as np

from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab.learning.datasets import Examples, Split, digits, pixels, split
from softmaxlab.learning.optimizers import fit
from softmaxlab.learning.softmax_regression import logits_of

PENALTIES = {"little": 1e-6, "some": 1e-4, "much": 1e-2}
SMOOTHINGS = (0.0, 0.05, 0.1, 0.2)
MODELS = tuple(product(PENALTIES, SMOOTHINGS))
STEPS = 500  # of L-BFGS, at most: with little penalty the weights would grow on and on
FINENESS = 512  # weights are whole numbers of 1/512
KEPT = "digits_models.bz2"


def train_model(penalty: str, smoothing: float = 0.0) -> FloatArray:
    """Train one of the models now: about half a second on an idle machine.

    Parameters
    ----------
    penalty : {"little", "some", "much"}
        l2 of 1e-6, 1e-4 or 1e-2.
    smoothing : float from 0 to 1, default 0
        Share of each label that is spread over all classes.

    Returns
    -------
    ndarray, shape (65, 10)
        Weights of 64 pixels, and the bias.
    """
    train = _parts().train
    found = fit(*train, l2=_l2(penalty), label_smoothing=smoothing, steps=STEPS)
    return np.round(found.weights * FINENESS) / FINENESS


def kept(penalty: str, smoothing: float = 0.0) -> FloatArray:
    """Weights of one of the models, as `train_model` gave them.

    Parameters
    ----------
    penalty : {"little", "some", "much"}
    smoothing : {0, 0.05, 0.1, 0.2}

    Returns
    -------
    ndarray, shape (65, 10)
        Whole numbers of 1/512.

    Raises
    ------
    ValueError
        If there is no such model.
    """
    if (penalty, smoothing) not in MODELS:
        raise ValueError(
            f"no model is kept for penalty {penalty!r} and smoothing {smoothing!r}; expected a penalty of "
            f"{', '.join(map(repr, PENALTIES))} and a smoothing of {', '.join(map(str, SMOOTHINGS))}"
        )
    weights: FloatArray = _all_kept()[MODELS.index((penalty, smoothing))] / FINENESS
    return weights


def logits_and_labels(
    penalty: str, smoothing: float = 0.0, part: Literal["test", "validation"] = "test"
) -> tuple[FloatArray, IntArray]:
    """Logits of one of the models on a part of the digits that it was not trained on, and the labels there.

    Parameters
    ----------
    penalty : {"little", "some", "much"}
    smoothing : {0, 0.05, 0.1, 0.2}
    part : {"test", "validation"}

    Returns
    -------
    logits : ndarray, shape (m, 10)
    labels : ndarray of int, shape (m,)

    Examples
    --------
    >>> for penalty in PENALTIES:
    ...     logits, labels = logits_and_labels(penalty)
    ...     print(penalty, len(labels), sum(logits.argmax(axis=1) == labels))
    little 359 344
    some 359 345
    much 359 344
    """
    inputs, labels = getattr(_parts(), part)
    return logits_of(kept(penalty, smoothing), inputs), labels


def pixels_of_the_test() -> Examples:
    """Gray values of the test part, whole numbers from 0 to 16, shape (359, 64), and their labels."""
    inputs, labels = _parts().test
    return Examples(np.round(inputs * 16).astype(int), labels)


@cache
def _parts() -> Split:
    images, labels = digits()
    return split(pixels(images), labels)


@cache
def _all_kept() -> IntArray:
    packed = files("softmaxlab.learning").joinpath(KEPT).read_bytes()
    return np.frombuffer(bz2.decompress(packed), dtype="<i2").reshape(len(MODELS), 65, 10)


def _l2(penalty: str) -> float:
    if penalty not in PENALTIES:
        raise ValueError(f"penalty is {penalty!r}; expected one of {', '.join(map(repr, PENALTIES))}")
    return PENALTIES[penalty]


def train_all() -> IntArray:
    """Weights of all models, in the order of `MODELS`, as whole numbers of 1/512: shape (12, 65, 10)."""
    return np.array([np.round(train_model(*model) * FINENESS) for model in MODELS]).astype("<i2")


if __name__ == "__main__":
    from pathlib import Path

    Path(__file__).with_name(KEPT).write_bytes(bz2.compress(train_all().tobytes()))
