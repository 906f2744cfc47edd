"""Errors of results against `softmaxlab.accuracy.reference`, each in the unit in which the contract is stated."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import mpmath
import numpy as np

import softmaxlab
from softmaxlab.accuracy import reference
from softmaxlab.pitfalls import max_shifted

LIMIT = 16  # the contract, in ulps or eps


class Box(NamedTuple):
    """Functions of rows of logits that are measured together; losses and gradients are those of each row."""

    softmax: Callable
    log_softmax: Callable
    logsumexp: Callable
    cross_entropy: Callable
    cross_entropy_grad: Callable
    softmax_jvp: Callable
    softmax_jacobian: Callable


OURS = Box(
    softmaxlab.softmax,
    softmaxlab.log_softmax,
    softmaxlab.logsumexp,
    partial(softmaxlab.cross_entropy, reduction="none"),
    partial(softmaxlab.cross_entropy_grad, reduction="none"),
    softmaxlab.softmax_jvp,
    softmaxlab.softmax_jacobian,
)
SHIFTED = Box(
    max_shifted.softmax_shifted,
    max_shifted.log_softmax_shifted,
    max_shifted.logsumexp_shifted,
    max_shifted.cross_entropy_shifted,
    max_shifted.cross_entropy_grad_shifted,
    max_shifted.softmax_jvp_shifted,
    None,
)


def softmax_error(box, logits):
    return reference.ulps(box.softmax(logits), reference.softmax(logits))


def log_softmax_error(box, logits):
    return reference.ulps(box.log_softmax(logits), reference.log_softmax(logits))


def logsumexp_error(box, logits):
    truth = reference.logsumexp(logits)
    at = np.maximum(np.abs(truth), [mpmath.mpf(float(peak)) for peak in np.abs(np.max(logits, axis=-1))])
    return reference.ulps(box.logsumexp(logits), truth, at)


def hard_loss_error(box, logits):
    return np.stack(
        [reference.ulps(box.cross_entropy(logits, y), reference.cross_entropy(logits, y)) for y in labels(logits)]
    )


def hard_grad_error(box, logits):
    given = [
        reference.ulps(box.cross_entropy_grad(logits, y), reference.cross_entropy_grad(logits, y))
        for y in labels(logits)
    ]
    return np.stack(given)


def labels(logits):
    """Labels for all rows: the winner, the loser, and class 0 for every row."""
    return np.argmax(logits, axis=-1), np.argmin(logits, axis=-1), np.zeros(len(logits), int)


def soft_loss_error(box, logits):
    given = [reference.ulps(box.cross_entropy(logits, t), reference.cross_entropy(logits, t)) for t in masses(logits)]
    return np.stack(given)


def soft_grad_error(box, logits):
    """In eps of the smaller of p Σt + t and of the sum of the other target weights and (1 − p) Σt."""
    errors = []
    with mpmath.workdps(800):  # so many that 1 - p keeps some wherever it is a float at all
        probs = reference.softmax(logits, digits=800)
        lacks = 1 - probs
    for targets in masses(logits):
        truth = reference.cross_entropy_grad(logits, targets)
        t = np.vectorize(lambda mass: mpmath.mpf(float(mass)), otypes=[object])(targets)
        mass = np.sum(t, axis=-1, keepdims=True)
        with mpmath.workdps(60):
            others = np.array([[mpmath.fsum(row) - one for one in row] for row in t], dtype=object)
        terms = np.minimum(probs * mass + t, others + lacks * mass)
        errors.append(in_eps(box.cross_entropy_grad(logits, targets), truth, terms))
    return np.stack(errors)


def masses(logits):
    """Target weights for all rows: smoothed, nearly one-hot, spread out, and all 0 in some rows."""
    random, shape = np.random.default_rng(1), logits.shape
    winner = np.eye(shape[1])[np.argmax(logits, axis=-1)]
    spread = random.dirichlet(np.ones(shape[1]), size=shape[0])
    for targets in (0.9 * winner + 0.1 / shape[1], (1 - 1e-10) * winner + 1e-10 * spread, spread, 3 * spread):
        yield np.where(np.isneginf(logits), 0, targets).astype(logits.dtype)


def jvp_error(box, logits):
    """In eps of the sum of the absolute terms of the product, Σ_j |J_ij v_j|."""
    tangent = np.random.default_rng(2).normal(size=logits.shape).astype(logits.dtype)
    jacobian = reference.softmax_jacobian(logits)
    terms = np.sum(np.abs(jacobian) * np.abs(tangent.astype(float))[:, None, :], axis=-1)
    return in_eps(box.softmax_jvp(logits, tangent), reference.softmax_jvp(logits, tangent), terms)


def jacobian_error(box, logits):
    return reference.ulps(box.softmax_jacobian(logits), reference.softmax_jacobian(logits))


def in_eps(measured, truth, terms):
    """Errors in eps of the terms; below the normal numbers in steps of the format, as there are no finer ones."""
    limits = np.finfo(measured.dtype)
    unit = np.maximum(terms * float(limits.eps), float(limits.smallest_subnormal))
    values = np.vectorize(lambda value: mpmath.mpf(float(value)), otypes=[object])(measured)
    return (np.abs(values - truth) / unit).astype(float)


ERRORS = {
    "softmax": softmax_error,
    "log_softmax": log_softmax_error,
    "logsumexp": logsumexp_error,
    "loss of labels": hard_loss_error,
    "gradient of labels": hard_grad_error,
    "loss of masses": soft_loss_error,
    "gradient of masses": soft_grad_error,
    "jvp": jvp_error,
    "jacobian": jacobian_error,
}
