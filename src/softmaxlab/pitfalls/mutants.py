"""Sound functions with one fault planted in each, so that tests can be tested.

Every function here is a lesson: do not call it in your own work. It takes and returns what its sound
counterpart in `softmaxlab` does (classes along the last axis), and differs from it in the one way that its
first line says. Bad labels are refused as usual, except by the mutants that are about labels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab import cross_entropy, cross_entropy_grad, log_softmax, softmax, softmax_jacobian
from softmaxlab._core.targets import checked_targets
from softmaxlab._core.types import FloatArray, RealArray, ScalarOrArray
from softmaxlab.pitfalls.naive import softmax_without_axis


class Toolbox(NamedTuple):
    """Four functions that belong together; a mutant is a toolbox with one fault in it."""

    softmax: Callable[..., Any]  # (logits) -> probabilities
    jacobian: Callable[..., Any]  # (logits) -> ∂p_i/∂a_j
    loss: Callable[..., Any]  # (logits, targets) -> mean cross-entropy over the rows
    grad: Callable[..., Any]  # (logits, targets) -> gradient of that loss with respect to the logits


SOUND = Toolbox(softmax, softmax_jacobian, cross_entropy, cross_entropy_grad)


# Softmax


def softmax_unshifted(logits: ArrayLike) -> ScalarOrArray:
    """Exponentiate without subtracting the maximum."""
    weights = np.exp(logits)
    return weights / np.sum(weights, axis=-1, keepdims=True)


def softmax_misplaced_rows(logits: ArrayLike) -> ScalarOrArray:
    """Subtract the maximum outside the exponential, row by row: a parenthesis in the wrong place."""
    weights = np.exp(logits) - np.max(logits, axis=-1, keepdims=True)
    return weights / np.sum(weights, axis=-1, keepdims=True)


def softmax_one_peak(logits: ArrayLike) -> ScalarOrArray:
    """Subtract one maximum, that of the whole batch; the sums are those of the rows."""
    weights = np.exp(logits - np.max(logits))
    return weights / np.sum(weights, axis=-1, keepdims=True)


def softmax_across_rows(logits: ArrayLike) -> FloatArray:
    """Share out probability among the examples, not among the classes: axis 0 in place of −1."""
    return softmax(logits, axis=0)


def softmax_base_two(logits: ArrayLike) -> FloatArray:
    """Use base 2 in place of e: the same as a temperature of 1/log 2."""
    return softmax(np.multiply(logits, np.log(2)))


# Its Jacobian


def jacobian_diagonal(logits: ArrayLike) -> FloatArray:
    """Keep p(1 − p) on the diagonal, and forget that one logit moves every probability."""
    return softmax_jacobian(logits) * np.eye(np.shape(logits)[-1])


def jacobian_plus(logits: ArrayLike) -> FloatArray:
    """Write p_i (δ_ij + p_j): the sign of the second term is wrong."""
    probs = softmax(logits)
    return probs[..., :, None] * (np.eye(probs.shape[-1]) + probs[..., None, :])


# Cross-entropy


def loss_log_of_softmax(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Take the logarithm of a probability already rounded."""
    probs, target_weights, rows = _problem(logits, targets)
    meant = target_weights > 0  # 0·log 0 counts 0
    return -np.sum(target_weights[meant] * np.log(probs[meant])) / rows


def loss_small_constant(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Add a small constant before the logarithm, so that it is never that of 0."""
    probs, target_weights, rows = _problem(logits, targets)
    return np.sum(-target_weights * np.log(probs + 1e-12)) / rows


def loss_in_bits(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Take the logarithm to base 2 where the gradient supposes the natural one."""
    return cross_entropy(logits, targets) / np.log(2)


# Its gradient


def grad_of_the_sum(logits: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Leave out the 1/m: the gradient of the sum over the rows, beside a loss that is their mean."""
    return cross_entropy_grad(logits, targets, reduction="sum")


def grad_uphill(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Return y − p."""
    return -cross_entropy_grad(logits, targets)


def grad_half_divided(logits: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Compute P − Y/m: the division by m misses the first term."""
    probs, target_weights, rows = _problem(logits, targets)
    return probs - target_weights / rows


def grad_without_total(logits: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Return p − y for any target, also where Σy is not 1 and the gradient is p Σy − y."""
    probs, target_weights, rows = _problem(logits, targets)
    return (probs - target_weights) / rows


def grad_one_path(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Leave the sum out of the chain rule: logit i is taken to move p_i alone, which gives −y (1 − p)."""
    probs, target_weights, rows = _problem(logits, targets)
    return -target_weights * (1 - probs) / rows


def grad_not_the_first(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Sum over k ≠ 1 where k ≠ i is meant: p_i (y_i + Σ_{k≠1} y_k) − y_i. Equation eq-errata-k-not-1."""
    probs, target_weights, rows = _problem(logits, targets)
    others = np.sum(target_weights[..., 1:], axis=-1, keepdims=True)
    return (probs * (target_weights + others) - target_weights) / rows


# Loss and gradient together: the same fault in both


def loss_whole_batch(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Normalize over the whole batch, then take the mean of −log p over the rows."""
    _, target_weights, rows = _problem(logits, targets)
    meant = target_weights > 0  # 0·log 0 counts 0
    return -np.sum(target_weights[meant] * np.log(softmax_without_axis(logits)[meant])) / rows


def grad_whole_batch(logits: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Normalize over the whole batch, then return (P − Y)/m: not the gradient of `loss_whole_batch`."""
    _, target_weights, rows = _problem(logits, targets)
    return (softmax_without_axis(logits) - target_weights) / rows


def loss_from_the_end(logits: ArrayLike, targets: ArrayLike) -> ScalarOrArray:
    """Let a label of −1 pick the last class, as an index does."""
    return cross_entropy(logits, _from_the_end(logits, targets))


def grad_from_the_end(logits: ArrayLike, targets: ArrayLike) -> FloatArray:
    """Let a label of −1 pick the last class, as an index does."""
    return cross_entropy_grad(logits, _from_the_end(logits, targets))


def loss_any_shape(logits: FloatArray, targets: RealArray) -> ScalarOrArray:
    """Index with integer labels of any shape: a column or a one-hot matrix broadcasts against the rows."""
    if not _are_integers_in_two_dimensions(targets):
        return cross_entropy(logits, targets)
    rows = np.arange(len(logits))
    return -np.sum(log_softmax(logits)[rows, targets]) / len(logits)


def grad_any_shape(logits: FloatArray, targets: RealArray) -> FloatArray:
    """Index with integer labels of any shape: a column subtracts every label from every row."""
    if not _are_integers_in_two_dimensions(targets):
        return cross_entropy_grad(logits, targets)
    grad = softmax(logits)
    grad[np.arange(len(logits)), targets] -= 1
    return grad / len(logits)


MUTANTS = {
    "no shift": SOUND._replace(softmax=softmax_unshifted),
    "misplaced parenthesis": SOUND._replace(softmax=softmax_misplaced_rows),
    "whole-batch softmax": SOUND._replace(softmax=softmax_without_axis),
    "one maximum for all": SOUND._replace(softmax=softmax_one_peak),
    "sum over examples": SOUND._replace(softmax=softmax_across_rows),
    "base 2 for e": SOUND._replace(softmax=softmax_base_two),
    "diagonal only": SOUND._replace(jacobian=jacobian_diagonal),
    "δ + p for δ − p": SOUND._replace(jacobian=jacobian_plus),
    "log of softmax": SOUND._replace(loss=loss_log_of_softmax),
    "log(p + tiny)": SOUND._replace(loss=loss_small_constant),
    "log to base 2": SOUND._replace(loss=loss_in_bits),
    "no 1/m": SOUND._replace(grad=grad_of_the_sum),
    "y − p": SOUND._replace(grad=grad_uphill),
    "P − Y/m": SOUND._replace(grad=grad_half_divided),
    "p − y for any Σy": SOUND._replace(grad=grad_without_total),
    "chain rule, no sum": SOUND._replace(grad=grad_one_path),
    "1 for i in a sum": SOUND._replace(grad=grad_not_the_first),
    "whole-batch loss": SOUND._replace(loss=loss_whole_batch, grad=grad_whole_batch),
    "label −1 allowed": SOUND._replace(loss=loss_from_the_end, grad=grad_from_the_end),
    "labels of any shape": SOUND._replace(loss=loss_any_shape, grad=grad_any_shape),
}  # name of the fault -> toolbox


def _problem(logits: ArrayLike, targets: ArrayLike) -> tuple[FloatArray, FloatArray, int]:
    """Softmax probabilities, target probabilities of the same shape, and the number of rows; all checked."""
    logits = np.asarray(logits, dtype=float)
    labels, _, target_weights = checked_targets(targets, logits.shape, logits.ndim - 1, logits.dtype, None)
    if target_weights is None:
        target_weights = np.eye(logits.shape[-1])[labels]
    return softmax(logits), target_weights.reshape(logits.shape), len(target_weights)


def _from_the_end(logits: ArrayLike, targets: ArrayLike) -> RealArray:
    targets = np.asarray(targets)
    return np.where(targets < 0, targets + np.shape(logits)[-1], targets)


def _are_integers_in_two_dimensions(targets: ArrayLike) -> bool:
    targets = np.asarray(targets)
    return targets.ndim == 2 and targets.dtype.kind in "iu"
