"""Data to learn from: handwritten digits, points of three classes in the plane, and a stratified split.

The digits are the test part of "Optical Recognition of Handwritten Digits" [1]_, licensed under CC BY 4.0
(https://creativecommons.org/licenses/by/4.0/); the numbers are unchanged, in a smaller file.

References
----------
.. [1] E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI Machine Learning Repository,
   1998, https://doi.org/10.24432/C50P49,
   https://archive.ics.uci.edu/dataset/80/optical+recognition+of+handwritten+digits.
"""

from __future__ import annotations

import bz2
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.arrays import called, real_array
from softmaxlab._core.types import FloatArray, IntArray, RealArray
from softmaxlab._core.validation import refuse_where
from softmaxlab.learning._validation import checked_count, checked_labels, checked_number, sums_to_one

DIGITS = 1797  # in the file: all images, then all labels, one byte for each number
INK = 16  # the darkest value: all 4 × 4 dots of a block


class Examples(NamedTuple):
    """Inputs and their labels, in the same order."""

    inputs: RealArray  # (m, ...)
    labels: IntArray  # (m,)


class Split(NamedTuple):
    """Three parts that share no example: fit on the first, choose with the second, report the third."""

    train: Examples
    validation: Examples
    test: Examples


def digits() -> Examples:
    """Load 1,797 handwritten digits, each of 8 × 8 gray values.

    A digit was scanned as 32 × 32 black or white dots; each value counts the black ones in a block of 4 × 4.
    Thirteen people wrote them [1]_ of the module.

    Returns
    -------
    softmaxlab.learning.datasets.Examples
        inputs: ndarray, shape (1797, 8, 8), whole numbers from 0 (paper) to 16 (ink), as floats.
        labels: ndarray of int, shape (1797,), the digit that was meant.

    Examples
    --------
    >>> images, labels = digits()
    >>> images.shape, images.max(), labels[:5]
    ((1797, 8, 8), np.float64(16.0), array([0, 1, 2, 3, 4]))
    """
    packed = files("softmaxlab.learning").joinpath("digits.bz2").read_bytes()
    numbers = np.frombuffer(bz2.decompress(packed), dtype=np.uint8)
    images, labels = numbers[:-DIGITS], numbers[-DIGITS:]
    return Examples(images.reshape(DIGITS, 8, 8).astype(float), labels.astype(int))


def pixels(images: ArrayLike | Sequence[ArrayLike]) -> FloatArray:
    """Lay each image out as one row of features from 0 to 1.

    Parameters
    ----------
    images : array_like, shape (m, height, width)
        Values from 0 to 16, as `digits` gives them.

    Returns
    -------
    ndarray, shape (m, height · width)

    Raises
    ------
    ValueError
        If there are not three axes, or a value is outside the range or nan.

    Examples
    --------
    >>> pixels([[[0, 16], [4, 8]]])
    array([[0.  , 1.  , 0.25, 0.5 ]])
    """
    given, images = called("images", images), real_array(images, "images")
    if images.ndim != 3:
        hint = f": for one image write {given}[None]" if images.ndim == 2 else ""
        raise ValueError(f"images has shape {images.shape}; expected (images, height, width){hint}")
    refuse_where(~((images >= 0) & (images <= INK)), images, "images", f"gray values from 0 to {INK}")
    return images.reshape(len(images), images.shape[1] * images.shape[2]) / INK


def split(inputs: ArrayLike, labels: ArrayLike, fractions: Sequence[float] = (0.6, 0.2, 0.2), seed: int = 0) -> Split:
    """Shuffle the examples into a training, a validation and a test part, each class in the same proportions.

    Parameters
    ----------
    inputs : array_like, shape (m, ...)
        Finite numbers.
    labels : array_like of int ≥ 0, shape (m,)
    fractions : three numbers above 0 with sum 1, default (0.6, 0.2, 0.2)
        Share of each part. Every class is cut on its own, at whole examples.
    seed : int, default 0
        The same seed gives the same split.

    Returns
    -------
    Split
        Copies; within a part the examples are in random order.

    Raises
    ------
    ValueError
        If an argument is not as described, if a part would be empty, or if a class would have no example in
        the training part.

    Examples
    --------
    >>> parts = split(*digits())
    >>> [len(part.labels) for part in parts]
    [1078, 360, 359]
    """
    inputs = real_array(inputs, "inputs")
    if inputs.ndim == 0:
        raise ValueError(f"inputs is a single number, {inputs}; expected one entry for each example")
    refuse_where(~np.isfinite(inputs), inputs, "inputs", "finite numbers: fill or drop such examples first")
    labels = checked_labels(labels, len(inputs))
    cuts = np.cumsum(_checked_fractions(fractions))[:2]
    rng = np.random.default_rng(seed)
    parts: list[list[IntArray]] = [[], [], []]
    for label in np.unique(labels):
        members = rng.permutation(np.flatnonzero(labels == label))
        shares = np.split(members, np.round(cuts * len(members)).astype(int))
        if len(shares[0]) == 0:
            raise ValueError(
                f"class {label} has {len(members)} examples, too few to put one into the training part; "
                f"expected more of them, or a larger first fraction than {fractions[0]}"
            )
        for part, share in zip(parts, shares, strict=True):
            part.append(share)
    rows = [rng.permutation(np.concatenate(part)) for part in parts]
    for name, members in zip(Split._fields, rows, strict=True):
        if len(members) == 0:
            raise ValueError(
                f"the {name} part is empty: {len(labels)} examples, fractions {fractions}; "
                f"expected at least one example in each part: give more examples or a larger fraction"
            )
    return Split(*(Examples(inputs[part], labels[part]) for part in rows))


def three_clouds(per_class: int = 30, spread: float = 0.6, seed: int = 0) -> Examples:
    """Draw points of three classes in the plane, around the corners of a triangle.

    Parameters
    ----------
    per_class : int ≥ 1, default 30
    spread : float ≥ 0, default 0.6
        Standard deviation of each cloud. The corners are √3 apart, so the clouds overlap a little.
    seed : int, default 0

    Returns
    -------
    softmaxlab.learning.datasets.Examples
        inputs: ndarray, shape (3 · per_class, 2). labels: ndarray of int, shape (3 · per_class,).

    Raises
    ------
    ValueError
        If there are no points, or `spread` is negative or not finite.

    Examples
    --------
    >>> points, labels = three_clouds(per_class=1, spread=0)
    >>> points.round(2) + 0, labels
    (array([[ 0.  ,  1.  ],
           [-0.87, -0.5 ],
           [ 0.87, -0.5 ]]), array([0, 1, 2]))
    """
    per_class = checked_count(per_class, "per_class", 1)
    spread = checked_number(spread, "spread", 0)
    angles = np.pi / 2 + 2 * np.pi / 3 * np.arange(3)
    labels = np.repeat(np.arange(3), per_class)
    corners = np.column_stack([np.cos(angles), np.sin(angles)])
    noise = np.random.default_rng(seed).normal(size=(len(labels), 2))
    return Examples(corners[labels] + spread * noise, labels)


def _checked_fractions(fractions: Sequence[float]) -> RealArray:
    shares = real_array(fractions, "fractions")
    if shares.shape != (3,):
        raise ValueError(f"fractions is {fractions}; expected three: for training, validation and test")
    if not np.all(shares > 0) or not sums_to_one(shares, 1e-9):  # nan fails too
        raise ValueError(f"fractions is {fractions}; expected three numbers above 0 with sum 1")
    return shares
