"""Rows in which an intermediate result leaves the range of floats, computed with separate exponents.

The formulas are those of `softmaxlab._core.losses` and `softmaxlab.softmax`; the numbers are `Scaled`. All rows that
come here have a finite largest logit.
"""

from __future__ import annotations

import numpy as np

from softmaxlab._core.exp_sums import tiny
from softmaxlab._core.losses import LOUD
from softmaxlab._core.scaled import Scaled, exponentials, scaled, where, without
from softmaxlab._core.types import FloatArray, Rows


class Row:
    """Probabilities of rows of logits, shape (rows, n), and the complement 1 − p of the largest in each row."""

    def __init__(self, logits: FloatArray) -> None:
        self.logits = logits
        self.winner = logits.argmax(axis=1)
        self.index = np.arange(len(logits)), self.winner
        terms = exponentials(logits, self.winner)
        chosen, rest = terms[self.index], without(terms, self.index).sum()
        total = chosen + rest
        self.probs = terms / total[:, None]
        self.complement = rest / total
        self.odds = rest / chosen

    def lse_minus_max(self) -> Scaled:
        """By how much logsumexp exceeds the largest logit, log(1 + odds)."""
        small = self.odds.exponent < -np.finfo(self.logits.dtype).nmant - 2
        return where(small, self.odds, scaled(np.log1p(self.odds.floats())))


def losses(logits: FloatArray, target_weights: Scaled) -> Scaled:
    """Σ t (−log p) of rows of logits and target weights t; the weights and the result are `Scaled`."""
    row = Row(logits)
    halves = logits / 2  # the difference of two logits may overflow; that of their halves cannot
    gaps = scaled(halves[row.index][:, None] - halves, 1)
    nothing = scaled(np.zeros_like(logits))
    return (
        target_weights.sum() * row.lse_minus_max()
        + where(target_weights.mantissa == 0, nothing, target_weights * gaps).sum()
    )  # 0·inf counts 0


def grads(logits: FloatArray, target_weights: Scaled) -> Scaled:
    """p Σt − t; as `losses`."""
    row = Row(logits)
    total_weight = target_weights.sum()
    slopes = row.probs * total_weight[:, None] - target_weights
    own, others = target_weights[row.index], without(target_weights, row.index).sum()
    share, complement = total_weight * row.probs[row.index], total_weight * row.complement
    smaller = ((others + complement) - (share + own)).mantissa < 0
    at_winner = where(smaller, others - complement, share - own)  # the smaller pair rounds less
    slopes.mantissa[row.index], slopes.exponent[row.index] = at_winner.mantissa, at_winner.exponent
    return slopes


def jvp(logits: FloatArray, tangent: FloatArray) -> FloatArray:
    """p (v − Σ p v), as floats; of finite tangents v."""
    row = Row(logits)
    directions = scaled(tangent)
    origin = where(row.complement.floats() < 0.5, directions[row.index], scaled(np.zeros_like(tangent[:, 0])))
    relative = directions - origin[:, None]
    average = (row.probs * relative).sum()
    return (row.probs * (relative - average[:, None])).floats() + 0  # turns -0.0 into 0.0


def lost_in_jvp(
    logits: FloatArray, tangent: FloatArray, probs: FloatArray, average: FloatArray, moved: FloatArray
) -> Rows:
    """Rows of finite logits and tangents v in which p, a difference of the v, or Σ p v may have lost digits.

    Parameters
    ----------
    logits, tangent, probs, moved : ndarray, shape (rows, n)
        The last is the product, as it was found.
    average : ndarray, shape (rows,)
        Σ p v, as it was found.

    Returns
    -------
    ndarray of int, shape (k,)
    """
    classes = logits.shape[1]
    lost = np.abs(average) < classes * tiny(probs.dtype)  # a sum of subnormal products
    subnormal = np.minimum.reduce(probs, axis=None, initial=1) < tiny(probs.dtype)
    if subnormal:  # more than those of impossible classes
        subnormal = np.count_nonzero(probs < tiny(probs.dtype)) > np.count_nonzero(np.isneginf(logits))
    overflow = not np.vdot(moved, moved) < np.inf  # the squares may overflow alone, but this is the faster test
    if not (subnormal or overflow or np.count_nonzero(lost)):
        return ()
    size, peak = np.max(np.abs(tangent), axis=1), np.max(logits, axis=1)
    lost &= size > 0
    lost |= ~np.isfinite(np.sum(moved, axis=1))
    if subnormal:
        limits = np.finfo(logits.dtype)
        reach = np.log(classes) - np.log(limits.smallest_subnormal) + np.log(np.maximum(size, 1)) + 2
        shows = logits > (peak - reach)[:, None]  # the others are 0, and nothing is lost
        lost |= np.count_nonzero((probs < limits.tiny) & shows, axis=1) * size > LOUD
    return np.flatnonzero(lost & np.isfinite(size) & np.isfinite(peak))
