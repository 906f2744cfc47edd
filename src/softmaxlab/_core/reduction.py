"""One call of the cross-entropy: its arguments in one form, its rows block by block, and the reduction.

Where an intermediate result leaves the range of floats, `softmaxlab._core.out_of_range` computes the row, or the sum.
The mean divides by the weights of the labels, so their unit cancels: it can be a power of two near the largest of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, NamedTuple, overload

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core import losses as row_losses
from softmaxlab._core import out_of_range
from softmaxlab._core.exp_sums import BLOCK_SIZE, as_rows, entries, from_rows, row_blocks, tiny, within_reach
from softmaxlab._core.scaled import Scaled, scaled
from softmaxlab._core.targets import checked_targets
from softmaxlab._core.types import BoolArray, FloatArray, FloatDtype, IntArray, Reduction, Rows, ScalarOrArray, Shape
from softmaxlab._core.validation import checked_label_smoothing, checked_logits, checked_reduction, checked_weight


class Problem(NamedTuple):
    """Checked arguments in one form."""

    rows: FloatArray  # (rows, n): logits in the dtype to compute in
    labels: IntArray | None  # (rows,): class indices, 0 in ignored rows
    kept: BoolArray | None  # (rows,): False for ignored rows; None if there are none
    probabilities: FloatArray | Any  # (rows, n), in place of labels: None if, and only if, there are labels
    weight: FloatArray | None  # (n,): of the classes, in units, in the dtype to compute in
    exact_weight: Scaled | None  # (n,): the same, if they have another unit
    smoothing: float
    divisor: np.floating[Any]  # what "mean" divides by, in units; 1 for "sum" and "none"
    exact_divisor: Scaled | None  # the same, if weights have another unit
    frail: bool  # whether weights or the smoothing are very large or small: then every row is computed again
    reduction: Reduction
    shape: Shape  # of the logits
    axis: int  # of the classes in them
    dtype: FloatDtype  # of the results


def checked_problem(
    logits: ArrayLike,
    targets: ArrayLike,
    axis: int,
    reduction: Reduction,
    weight: ArrayLike | None,
    ignore_index: int | None,
    label_smoothing: float,
) -> Problem:
    """Check all arguments and write them in one form."""
    logits, axis, dtype = checked_logits(logits, axis)
    rows, working = as_rows(logits, axis), logits.dtype.type
    reduction = checked_reduction(reduction)
    smoothing = checked_label_smoothing(label_smoothing)
    labels, kept, probabilities = checked_targets(targets, logits.shape, axis, logits.dtype, ignore_index)
    counted = labels if labels is None or kept is None else labels[kept]
    frail = 0 < smoothing / rows.shape[1] < tiny(logits.dtype)
    exact_weight = exact_divisor = None
    if weight is not None:
        given = checked_weight(weight, rows.shape[1], working)
        weight = given.astype(working)
        ordinary, shares = _ordinary(given, logits.dtype), reduction == "mean" and labels is not None
        if not ordinary or (shares and smoothing):
            unit = int(np.frexp(np.max(given[counted], initial=0))[1]) if shares else 0
            exact_weight, frail = scaled(given, -unit, working), frail or not ordinary
            weight = exact_weight.floats()
            exact_divisor = exact_weight[counted].sum() if shares else None
    divisor = working(1)
    if exact_divisor is not None:
        divisor = working(exact_divisor.floats() or np.nan)
    elif reduction == "mean":
        count = len(rows) if counted is None else len(counted) if weight is None else np.sum(weight[counted])
        divisor = working(count or np.nan)  # a mean over nothing is nan
    return Problem(
        rows, labels, kept, probabilities, weight, exact_weight, smoothing, divisor, exact_divisor, frail,
        reduction, logits.shape, axis, dtype
    )  # fmt: skip


def _ordinary(weight: FloatArray, dtype: FloatDtype) -> bool:
    """Whether sums of weights, and their products with ordinary numbers, stay far inside the range of the format."""
    least, most = _ordinary_ends(dtype)
    if not weight.max() <= most:
        return False
    return bool(weight.min() >= least or np.min(weight, where=weight > 0, initial=1) >= least)


@cache
def _ordinary_ends(dtype: FloatDtype) -> tuple[np.floating[Any], np.floating[Any]]:
    return tiny(dtype) ** 0.25, tiny(dtype) ** -0.25


@overload
def evaluated(problem: Problem, with_grad: Literal[False] = False) -> tuple[ScalarOrArray, None]: ...


@overload
def evaluated(problem: Problem, with_grad: Literal[True]) -> tuple[ScalarOrArray, FloatArray]: ...


def evaluated(problem: Problem, with_grad: bool = False) -> tuple[ScalarOrArray, FloatArray | None]:
    """Return (loss, gradient or None), computed one block of rows at a time."""
    count = len(problem.rows)
    losses = np.empty(count, problem.rows.dtype)
    grads = np.empty_like(problem.rows, subok=False) if with_grad else None
    lost, faint = [], []
    for block in row_blocks(problem.rows):
        logits, grad = problem.rows[block], None if grads is None else grads[block]
        if problem.labels is None or problem.smoothing:
            target_weights = fast_target_weights(problem, block)
            rounded = rounded_rows(problem, block, target_weights)
            found = row_losses.with_target_weights(logits, target_weights, problem.divisor, grad)
        else:
            labels, rounded = problem.labels[block], ()
            factor = 1 if problem.weight is None else problem.weight[labels]
            found = row_losses.hard(logits, labels, factor, problem.divisor, grad)
        losses[block] = found.losses
        if any(len(rows) for rows in (found.lost, rounded, found.faint)):
            start = block.start or 0
            lost += [start + np.array(rows, int) for rows in (found.lost, rounded)]
            faint += [start + np.array(found.faint, int)]
    if problem.frail:
        lost = [np.arange(count)]
    if lost or faint:
        compute_again(problem, lost, faint, losses, grads)
    if problem.kept is not None:
        losses[~problem.kept] = 0
        if grads is not None:
            grads[~problem.kept] = 0
    if grads is not None:
        grads = from_rows(grads, problem.shape, problem.axis).astype(problem.dtype, copy=False)
    return reduced(problem, losses), grads


def fast_target_weights(problem: Problem, block: slice) -> FloatArray:
    """Write the targets of a block of rows as the target weights t of `softmaxlab.cross_entropy`, as floats."""
    spread = problem.smoothing / problem.rows.shape[1]
    if problem.labels is None:
        target_weights = (1 - problem.smoothing) * problem.probabilities[block]
        target_weights += spread
    else:
        target_weights = np.full_like(problem.rows[block], spread, subok=False)
        view, index = entries(target_weights, problem.labels[block])
        view[index] += 1 - problem.smoothing
    if problem.weight is not None:
        target_weights *= problem.weight
    return target_weights


def rounded_rows(problem: Problem, block: slice, target_weights: FloatArray) -> Rows:
    """Rows whose target weights are subnormal and have lost digits, through a weight or through smoothing."""
    if problem.labels is not None or (problem.weight is None and not problem.smoothing):
        return ()
    small = target_weights < tiny(target_weights.dtype)
    if np.count_nonzero(small) == 0:
        return ()
    small &= problem.probabilities[block] > 0
    if problem.weight is not None:
        small &= problem.weight > 0
    return np.flatnonzero(np.any(small, axis=1))


def exact_target_weights(problem: Problem, rows: IntArray) -> Scaled:
    """Write the targets of these rows as target weights t, whatever their size."""
    logits, dtype = problem.rows[rows], problem.rows.dtype
    if problem.labels is None:
        target_weights = scaled(problem.probabilities[rows])
    else:
        target_weights = scaled((np.arange(logits.shape[1]) == problem.labels[rows, None]).astype(dtype))
    if problem.smoothing:
        spread = scaled(problem.smoothing, 0, dtype) / scaled(dtype.type(logits.shape[1]))
        target_weights = target_weights * scaled(1 - problem.smoothing, 0, dtype) + spread
    if problem.weight is None:
        return target_weights
    return target_weights * (scaled(problem.weight) if problem.exact_weight is None else problem.exact_weight)


def exact_divisor(problem: Problem) -> Scaled:
    """What "mean" divides by, whatever its size."""
    return scaled(problem.divisor) if problem.exact_divisor is None else problem.exact_divisor


def careful_parts(problem: Problem, rows: IntArray) -> Iterator[IntArray]:
    """Cut row indices into parts of about BLOCK_SIZE logits, without ignored rows and those that are nan anyway."""
    if problem.kept is not None:
        rows = rows[problem.kept[rows]]
    parts = np.array_split(rows, -(-len(rows) * problem.rows.shape[1] // BLOCK_SIZE) or 1)
    for part in parts:
        part = part[np.isfinite(np.max(problem.rows[part], axis=1))]
        if len(part):
            yield part


def compute_again(
    problem: Problem, lost: list[IntArray], faint: list[IntArray], losses: FloatArray, grads: FloatArray | None
) -> None:
    """Replace the losses and gradients of the rows in which the fast computation left the range of floats."""
    rows, only_grads = (np.unique(np.concatenate([np.empty(0, int), *found])) for found in (lost, faint))
    for part in careful_parts(problem, rows):
        losses[part] = out_of_range.losses(problem.rows[part], exact_target_weights(problem, part)).floats()
    if grads is not None:
        for part in careful_parts(problem, np.union1d(rows, only_grads)):
            slopes = out_of_range.grads(problem.rows[part], exact_target_weights(problem, part))
            grads[part] = (slopes / exact_divisor(problem)).floats() + 0  # turns -0.0 into 0.0


def reduced(problem: Problem, losses: FloatArray) -> ScalarOrArray:
    """Reduce the losses of the rows as asked."""
    if problem.reduction == "none":
        losses = losses.reshape(problem.shape[: problem.axis] + problem.shape[problem.axis + 1 :])
        return losses.astype(problem.dtype)[()]
    total: ScalarOrArray = np.sum(losses)
    # A mean of losses that are each half a step off is no more than that off itself; a sum, or one of weights, is.
    least = 0 if problem.reduction == "mean" and problem.weight is None else len(losses) * tiny(losses.dtype)
    inside = least <= total < np.inf
    if problem.frail or not (inside or np.isnan(total) or len(losses) == 0):
        exact_total = careful_total(problem, losses)
        return (exact_total / exact_divisor(problem)).floats().astype(problem.dtype)[()]
    return (total / problem.divisor).astype(problem.dtype)[()]


def careful_total(problem: Problem, losses: FloatArray) -> Scaled:
    """Add the losses of all rows, whatever their size."""
    total = scaled(np.sum(losses[~np.isfinite(np.max(problem.rows, axis=1))]))
    room = np.log(len(losses)) + (0 if problem.weight is None else np.log(np.finfo(losses.dtype).max))
    for rows in (np.flatnonzero(np.isinf(losses)), np.flatnonzero(~np.isinf(losses))):
        if np.isinf(total.mantissa):  # not by overflow: there is no need to go on
            break
        for part in careful_parts(problem, rows):
            if problem.labels is not None and not problem.smoothing:
                part = part[within_reach(problem.rows[part], problem.labels[part], room)]
            total = total + out_of_range.losses(problem.rows[part], exact_target_weights(problem, part)).sum()
    return total
