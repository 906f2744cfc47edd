"""Rows of logits that show how accurate a softmax is: one family for each way to lose digits."""

from __future__ import annotations

from typing import Any

import numpy as np

from softmaxlab._core.types import FloatArray


def families(dtype: type[np.floating[Any]] = np.float64, seed: int = 0) -> dict[str, FloatArray]:
    """Make the families of logits that accuracy is measured on.

    Parameters
    ----------
    dtype : float64 or float32
        The ranges follow the format: what saturates, overflows or is subnormal in it.
    seed : int
        Of the random numbers.

    Returns
    -------
    dict of str to ndarray, shape (rows, n)
        Finite logits, or −inf.

    Examples
    --------
    >>> families()["near ties"].shape
    (40, 6)
    """
    random = np.random.default_rng(seed)
    limits = np.finfo(dtype)
    top, bottom = np.log(float(limits.max)), np.log(float(limits.smallest_subnormal))
    normal = random.normal(size=(40, 6))

    def row(*logits: float) -> FloatArray:
        return np.array([logits], float)

    def with_winner(gaps: FloatArray) -> FloatArray:
        """Rows of three: a winner, and two classes that lie about `gaps` below it."""
        return random.normal(size=(40, 1)) + np.column_stack([np.zeros(40), -gaps, -gaps - random.random(40)])

    gaps = random.uniform(0, -1.05 * bottom, 40)
    every = {
        "scale 0.001": normal * 1e-3,
        "scale 1": normal,
        "scale 10": normal * 10,
        "scale 100": normal * 100,
        "scale 1000": normal * 1000,
        "scale of the largest float": normal * (float(limits.max) / 100),
        "offset 10000": normal * 10 + 1e4,
        "offset -10000": normal * 10 - 1e4,
        "offset 2^60": 2.0**60 + np.round(normal * 3) * 2.0**60 * float(limits.eps),
        "offset of the largest float": float(limits.max) / 4 * (1 + np.round(normal * 3) * float(limits.eps)),
        "saturated": with_winner(gaps),
        "saturated, with a maximum of 0": np.column_stack([np.zeros(40), -gaps, -gaps / 2]),
        "saturated, far up": with_winner(gaps) + top + 10 * random.random((40, 1)),
        "saturated, far down": with_winner(gaps) + bottom,
        "at the edge of overflow": top - 2 + normal,
        "at the edge of the shift": np.log(0.5) - np.log(6) + normal / 10,
        "just above zero, under a giant": np.hstack([np.full((40, 1), top + 10), random.random((40, 5))]),
        "subnormal results": with_winner(random.uniform(np.log(1 / float(limits.tiny)), -bottom, 40)),
        "ties": np.repeat(np.round(normal[:, :3]), 2, axis=1),
        "near ties": 1 + normal * float(limits.eps) * 4,
        "all equal": np.repeat(normal[:, :1], 65, axis=1),
        "impossible classes": np.where(random.random((40, 6)) < 0.4, -np.inf, normal * 10)[:, 1:].clip(max=30),
        "1 class": normal[:, :1] * 100,
        "2 classes": normal[:, :2] * 20,
        "64 classes": random.normal(size=(4, 64)) * 5,
        "65 classes": random.normal(size=(4, 65)) * 5,
        "1000 classes": random.normal(size=(2, 1000)) * 3,
        "1000 classes, one winner": np.hstack([np.full((1, 1), 40.0), random.normal(size=(1, 999))]),
        "1000 faint losers": row(0, *[np.log(float(limits.tiny)) - 12] * 1000),  # each term of their sum is subnormal
        "by hand": row(0, -50, -700.123, 0.1),
    }
    every["impossible classes"][:, 0] = normal[:, 0]  # at least one class is possible
    with np.errstate(over="ignore", under="ignore"):
        return {name: logits.astype(dtype) for name, logits in every.items()}
