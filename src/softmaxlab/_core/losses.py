"""Loss and gradient of rows of logits, once all arguments are checked: one way for labels, one for probabilities.

Notation: p the probabilities, y the label, t the target weights of a row. `exp_sums` keeps one class apart from the
rest of the sum: the label where there is one, and otherwise the winner, the class with the largest logit.

Besides the losses, each function returns the rows in which an intermediate result has left the range of floats, though
the final one may lie inside it; `softmaxlab._core.out_of_range` computes those again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from softmaxlab._core.exp_sums import ExpSums, argmax_and_max, entries, exp_sums, pick, sum_classes, tiny
from softmaxlab._core.types import FloatArray, IntArray, Rows

LOUD = 8  # up to this factor, half a step of a subnormal number stays a few steps


class Losses(NamedTuple):
    """Losses of rows, not yet divided, and the rows in which they cannot be used."""

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
    sums = exp_sums(logits, labels, out=grad)
    losses = hard_losses(logits, labels, sums)
    if isinstance(factor, np.ndarray):
        losses = np.where((factor == 0) & np.isposinf(losses), 0, factor * losses)
    lost, faint = lost_rows(losses, sums, factor, with_grad=grad is not None)
    if grad is not None:
        hard_grads(labels, sums, factor / divisor, grad)
    return Losses(losses, lost, faint)


def lost_rows(losses: FloatArray, sums: ExpSums, factor: FloatArray | int, with_grad: bool) -> tuple[Rows, Rows]:
    """Rows whose loss overflowed or is a multiple of a subnormal number; rows where only a gradient entry is one."""
    finite = np.isfinite(losses)
    loud = isinstance(factor, np.ndarray) and factor.max(initial=0) > LOUD
    if not loud and np.count_nonzero(finite) == len(finite):
        return (), ()
    loud = loud and factor > LOUD
    lost = ~finite | (loud & (sums.rest < tiny(losses.dtype))) | (factor > np.finfo(losses.dtype).max / 4)
    faint: Rows = ()
    if with_grad and np.any(loud):
        subnormal = np.count_nonzero(sums.terms < tiny(losses.dtype), axis=1) > 1  # 1: the chosen class, 0 there
        faint = np.flatnonzero(loud & subnormal & ~lost)
    return np.flatnonzero(lost), faint


def hard_losses(logits: FloatArray, labels: IntArray, sums: ExpSums) -> FloatArray:
    """−log p of the label, as log(1 + rest/chosen): nothing cancels, also where the loss is tiny."""
    odds = sums.rest / sums.chosen
    losses = np.log1p(odds)
    # where exp(logit) has lost its digits
    far = (sums.chosen < tiny(odds.dtype)) | (odds == np.inf)
    if np.count_nonzero(far):
        below = sums.shift - pick(logits, labels)
        losses = np.where(far, np.log(sums.rest) + below, losses)
    return losses


def hard_grads(labels: IntArray, sums: ExpSums, factor: FloatArray | np.floating[Any], grad: FloatArray) -> None:
    """Turn the terms in `grad` into p − y, times the factor: at the label p − 1 is −rest/total."""
    scale = sums.total / factor
    inside = (scale >= tiny(scale.dtype)) & (scale < np.inf)
    if np.count_nonzero(inside) < len(inside):  # a factor or a total near the end of the range
        np.divide(grad, sums.total[:, None], out=grad)
        np.multiply(grad, np.reshape(factor, (-1, 1)), out=grad)
        complement = sums.rest / sums.total * factor
    else:
        np.divide(grad, scale[:, None], out=grad)
        complement = sums.rest / scale
    view, index = entries(grad, labels)
    view[index] = 0 - complement  # 0 - 0 has no sign


def with_target_weights(
    logits: FloatArray, target_weights: FloatArray, divisor: np.floating[Any], grad: FloatArray | None = None
) -> Losses:
    """Losses and gradients of rows with target weights; rows with a single nonzero weight are taken as class indices.

    As `hard`, with `target_weights`, an ndarray of the shape of `logits`, in place of labels. It is overwritten.
    """
    single = np.count_nonzero(target_weights, axis=1) == 1
    if np.count_nonzero(single) == 0:
        return soft(logits, target_weights, divisor, grad)
    if np.count_nonzero(single) == len(single):
        return hard(logits, target_weights.argmax(axis=1), target_weights.max(axis=1), divisor, grad)
    losses = np.empty(len(logits), logits.dtype)
    lost: list[np.intp] = []
    faint: list[np.intp] = []
    for rows, function in ((np.flatnonzero(~single), soft), (np.flatnonzero(single), with_target_weights)):
        slopes = None if grad is None else np.empty_like(logits[rows])
        found = function(logits[rows], target_weights[rows], divisor, slopes)
        losses[rows] = found.losses
        lost.extend(rows[list(found.lost)])
        faint.extend(rows[list(found.faint)])
        if grad is not None:
            grad[rows] = slopes
    return Losses(losses, np.array(lost, np.intp), np.array(faint, np.intp))


def soft(
    logits: FloatArray, target_weights: FloatArray, divisor: np.floating[Any], grad: FloatArray | None = None
) -> Losses:
    """Losses of rows with any target weights t, and their gradients; as `with_target_weights`."""
    winner, peak = argmax_and_max(logits)
    sums = exp_sums(logits, winner, out=grad)
    total_weight = sum_classes(target_weights)
    losses = soft_losses(logits, target_weights, total_weight, peak, sums)
    lost, faint = lost_rows(losses, sums, total_weight, with_grad=grad is not None)
    small = losses < logits.shape[1] * tiny(losses.dtype)
    if np.count_nonzero(small):
        lost = np.append(lost, np.flatnonzero(small & (total_weight > 0))).astype(int)  # a sum of subnormal terms
    if grad is not None:
        soft_grads(target_weights, total_weight, winner, sums, grad)
        np.divide(grad, divisor, out=grad)
    return Losses(losses, lost, faint)


def soft_losses(
    logits: FloatArray, target_weights: FloatArray, total_weight: FloatArray, peak: FloatArray, sums: ExpSums
) -> FloatArray:
    """Σ t (−log p), where −log p = (peak − logit) + log(1 + rest/chosen): a sum of terms that are all ≥ 0."""
    lse_minus_max = np.log1p(sums.rest / sums.chosen)
    gaps = np.subtract(peak[:, None], logits)
    losses = total_weight * lse_minus_max + sum_classes(target_weights * gaps)
    unclear = np.isnan(losses) & ~np.isnan(lse_minus_max)
    if np.count_nonzero(unclear):  # 0·inf, the target 0 of an impossible class, is to count as 0
        products = np.where(target_weights[unclear] == 0, 0, target_weights[unclear] * gaps[unclear])
        losses[unclear] = total_weight[unclear] * lse_minus_max[unclear] + sum_classes(products)
    return losses


def soft_grads(
    target_weights: FloatArray, total_weight: FloatArray, winner: IntArray, sums: ExpSums, grad: FloatArray
) -> None:
    """Turn the terms in `grad` into p Σt − t: at the winner, if it is nearly certain, (Σt − t) − (1 − p) Σt."""
    probs = np.divide(grad, sums.total[:, None], out=grad)
    np.multiply(probs, total_weight[:, None], out=grad)
    view, index = entries(target_weights, winner)
    own, view[index] = view[index], 0
    np.subtract(grad, target_weights, out=grad)
    share, complement = total_weight * (sums.chosen / sums.total), total_weight * (sums.rest / sums.total)
    others = sum_classes(target_weights)
    at_winner = np.where(
        others + complement < share + own, others - complement, share - own
    )  # the smaller pair rounds less
    view, index = entries(grad, winner)
    view[index] = at_winner
