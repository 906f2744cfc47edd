"""Loss and gradient of rows of logits, once all arguments are checked: one way for labels, one for probabilities.

Notation: p the probabilities, y the label, t the target masses of a row. `weigh` keeps one class apart from the
rest of the sum: the label where there is one, and otherwise the winner, the class with the largest logit.

Beside the losses, each function names the rows in which a number on the way has left the range of floats, though
the result may lie inside; `softmaxlab._core.out_of_range` computes those again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from softmaxlab._core.exp_sums import Weights, entries, pick, sum_classes, tiny, weigh, winners
from softmaxlab._core.types import FloatArray, IntArray, Rows

LOUD = 8  # up to this factor, half a step of a subnormal number stays a few steps


class Losses(NamedTuple):
    """Losses of rows, not yet divided, and where they are no use."""

    losses: FloatArray  # (rows,)
    lost: Rows  # indices of the rows whose loss and gradient are to be computed again
    faint: Rows  # indices of those of which only the gradient is


def hard(
    logits: FloatArray,
    labels: IntArray,
    factor: FloatArray | int,
    divisor: np.floating[Any],
    grad: FloatArray | None = None,
) -> Losses:
    """Losses of rows with class indices, and their gradients if there is room for them.

    Parameters
    ----------
    logits : ndarray, shape (rows, n)
    labels : ndarray of int, shape (rows,)
    factor : ndarray, shape (rows,), or 1
        Weight of each row.
    divisor : number
        What the gradient is divided by.
    grad : ndarray, shape (rows, n), optional
        Where to put the gradients.

    Returns
    -------
    Losses
    """
    weights = weigh(logits, labels, out=grad)
    losses = hard_losses(logits, labels, weights)
    if isinstance(factor, np.ndarray):
        losses = np.where((factor == 0) & np.isposinf(losses), 0, factor * losses)
    lost, faint = lost_rows(losses, weights, factor, with_grad=grad is not None)
    if grad is not None:
        hard_grads(labels, weights, factor / divisor, grad)
    return Losses(losses, lost, faint)


def lost_rows(losses: FloatArray, weights: Weights, factor: FloatArray | int, with_grad: bool) -> tuple[Rows, Rows]:
    """Rows whose loss has overflowed, or been multiplied from a subnormal number; rows of which only a slope has."""
    finite = np.isfinite(losses)
    loud = isinstance(factor, np.ndarray) and factor.max(initial=0) > LOUD
    if not loud and np.count_nonzero(finite) == len(finite):
        return (), ()
    loud = loud and factor > LOUD
    lost = ~finite | (loud & (weights.rest < tiny(losses.dtype))) | (factor > np.finfo(losses.dtype).max / 4)
    faint: Rows = ()
    if with_grad and np.any(loud):
        subnormal = np.count_nonzero(weights.terms < tiny(losses.dtype), axis=1) > 1  # 1: the chosen class, 0 there
        faint = np.flatnonzero(loud & subnormal & ~lost)
    return np.flatnonzero(lost), faint


def hard_losses(logits: FloatArray, labels: IntArray, weights: Weights) -> FloatArray:
    """−log p of the label, as log(1 + rest/chosen): nothing cancels, also where the loss is tiny."""
    odds = weights.rest / weights.chosen
    losses = np.log1p(odds)
    # where exp(logit) has lost its digits
    far = (weights.chosen < tiny(odds.dtype)) | (odds == np.inf)
    if np.count_nonzero(far):
        below = weights.shift - pick(logits, labels)
        losses = np.where(far, np.log(weights.rest) + below, losses)
    return losses


def hard_grads(labels: IntArray, weights: Weights, factor: FloatArray | np.floating[Any], grad: FloatArray) -> None:
    """Turn the terms in `grad` into p − y, times the factor: at the label p − 1 is −rest/total."""
    scale = weights.total / factor
    inside = (scale >= tiny(scale.dtype)) & (scale < np.inf)
    if np.count_nonzero(inside) < len(inside):  # a factor or a total near the end of the range
        np.divide(grad, weights.total[:, None], out=grad)
        np.multiply(grad, np.reshape(factor, (-1, 1)), out=grad)
        lack = weights.rest / weights.total * factor
    else:
        np.divide(grad, scale[:, None], out=grad)
        lack = weights.rest / scale
    view, index = entries(grad, labels)
    view[index] = 0 - lack  # 0 - 0 has no sign


def of_masses(
    logits: FloatArray, masses: FloatArray, divisor: np.floating[Any], grad: FloatArray | None = None
) -> Losses:
    """Losses and gradients of rows with target masses; a row with one target is a class index in other words.

    As `hard`, with `masses`, an ndarray of the shape of `logits`, in place of labels. It is overwritten.
    """
    single = np.count_nonzero(masses, axis=1) == 1
    if np.count_nonzero(single) == 0:
        return soft(logits, masses, divisor, grad)
    if np.count_nonzero(single) == len(single):
        return hard(logits, masses.argmax(axis=1), masses.max(axis=1), divisor, grad)
    losses = np.empty(len(logits), logits.dtype)
    lost: list[np.intp] = []
    faint: list[np.intp] = []
    for rows, function in ((np.flatnonzero(~single), soft), (np.flatnonzero(single), of_masses)):
        slopes = None if grad is None else np.empty_like(logits[rows])
        found = function(logits[rows], masses[rows], divisor, slopes)
        losses[rows] = found.losses
        lost.extend(rows[list(found.lost)])
        faint.extend(rows[list(found.faint)])
        if grad is not None:
            grad[rows] = slopes
    return Losses(losses, np.array(lost, np.intp), np.array(faint, np.intp))


def soft(logits: FloatArray, masses: FloatArray, divisor: np.floating[Any], grad: FloatArray | None = None) -> Losses:
    """Losses of rows with any target masses t, and their gradients; as `of_masses`."""
    winner, peak = winners(logits)
    weights = weigh(logits, winner, out=grad)
    mass = sum_classes(masses)
    losses = soft_losses(logits, masses, mass, peak, weights)
    lost, faint = lost_rows(losses, weights, mass, with_grad=grad is not None)
    small = losses < logits.shape[1] * tiny(losses.dtype)
    if np.count_nonzero(small):
        lost = np.append(lost, np.flatnonzero(small & (mass > 0))).astype(int)  # a sum of subnormal terms
    if grad is not None:
        soft_grads(masses, mass, winner, weights, grad)
        np.divide(grad, divisor, out=grad)
    return Losses(losses, lost, faint)


def soft_losses(
    logits: FloatArray, masses: FloatArray, mass: FloatArray, peak: FloatArray, weights: Weights
) -> FloatArray:
    """Σ t (−log p), where −log p = (peak − logit) + log(1 + rest/chosen): a sum of terms that are all ≥ 0."""
    excess = np.log1p(weights.rest / weights.chosen)
    gaps = np.subtract(peak[:, None], logits)
    losses = mass * excess + sum_classes(masses * gaps)
    unclear = np.isnan(losses) & ~np.isnan(excess)
    if np.count_nonzero(unclear):  # 0·inf, the target 0 of an impossible class, is to count as 0
        products = np.where(masses[unclear] == 0, 0, masses[unclear] * gaps[unclear])
        losses[unclear] = mass[unclear] * excess[unclear] + sum_classes(products)
    return losses


def soft_grads(masses: FloatArray, mass: FloatArray, winner: IntArray, weights: Weights, grad: FloatArray) -> None:
    """Turn the terms in `grad` into p Σt − t: at the winner, if it is nearly certain, (Σt − t) − (1 − p) Σt."""
    probs = np.divide(grad, weights.total[:, None], out=grad)
    np.multiply(probs, mass[:, None], out=grad)
    view, index = entries(masses, winner)
    own, view[index] = view[index], 0
    np.subtract(grad, masses, out=grad)
    share, lack = mass * (weights.chosen / weights.total), mass * (weights.rest / weights.total)
    others = sum_classes(masses)
    at_winner = np.where(others + lack < share + own, others - lack, share - own)  # the smaller pair rounds less
    view, index = entries(grad, winner)
    view[index] = at_winner
