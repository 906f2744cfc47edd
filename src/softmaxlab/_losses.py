"""Loss and gradient of rows of logits, once all arguments are checked: one way for labels, one for probabilities.

Notation: p the probabilities, y the label, t the target masses of a row. `weigh` keeps one class apart from the
rest of the sum: the label where there is one, and otherwise the winner, the class with the largest logit.
"""

import numpy as np

from softmaxlab._rows import entries, pick, sum_classes, weigh, winners


def hard(logits, labels, factor, divisor, grad=None):
    """Losses of rows with class indices, and their gradients if there is room for them.

    Parameters
    ----------
    logits : ndarray, shape (rows, n)
    labels : ndarray of int, shape (rows,)
    factor : ndarray, shape (rows,), or number
        Weight of each row.
    divisor : number
        What the gradient is divided by.
    grad : ndarray, shape (rows, n), optional
        Where to put the gradients.

    Returns
    -------
    ndarray, shape (rows,)
        Losses, not yet divided.
    """
    weights = weigh(logits, labels, out=grad)
    losses = hard_losses(logits, labels, weights)
    if grad is not None:
        hard_grads(labels, weights, factor / divisor, grad)
    return np.where((factor == 0) & np.isposinf(losses), 0, factor * losses)


def hard_losses(logits, labels, weights):
    """−log p of the label, as log(1 + rest/chosen): nothing cancels, also where the loss is tiny."""
    odds = weights.rest / weights.chosen
    losses = np.log1p(odds)
    limits = np.finfo(odds.dtype)
    # where exp(logit) has lost its digits
    far = (weights.chosen < limits.tiny) | (odds > limits.max)
    if np.count_nonzero(far):
        below = weights.shift - pick(logits, labels)
        losses = np.where(far, np.log(weights.rest) + below, losses)
    return losses


def hard_grads(labels, weights, factor, grad):
    """Turn the terms in `grad` into p − y, times the factor: at the label p − 1 is −rest/total."""
    scale = weights.total / factor
    if np.count_nonzero(np.isinf(scale)):  # a total near the largest float, or a factor of 0
        np.divide(grad, weights.total[:, None], out=grad)
        np.multiply(grad, np.reshape(factor, (-1, 1)), out=grad)
        lack = weights.rest / weights.total * factor
    else:
        np.divide(grad, scale[:, None], out=grad)
        lack = weights.rest / scale
    view, index = entries(grad, labels)
    view[index] = 0 - lack  # 0 - 0 has no sign


def of_masses(logits, masses, divisor, grad=None):
    """Losses and gradients of rows with target masses; a row with one target is a class index in other words.

    As `hard`, with `masses`, an ndarray of the shape of `logits`, in place of labels. It is overwritten.
    """
    single = np.count_nonzero(masses, axis=1) == 1
    if np.count_nonzero(single) == 0:
        return soft(logits, masses, divisor, grad)
    if np.count_nonzero(single) == len(single):
        return hard(logits, masses.argmax(axis=1), masses.max(axis=1), divisor, grad)
    losses = np.empty(len(logits), logits.dtype)
    for rows, function in ((~single, soft), (single, of_masses)):
        slopes = None if grad is None else np.empty_like(logits[rows])
        losses[rows] = function(logits[rows], masses[rows], divisor, slopes)
        if grad is not None:
            grad[rows] = slopes
    return losses


def soft(logits, masses, divisor, grad=None):
    """Losses of rows with any target masses t, and their gradients; as `of_masses`."""
    winner, peak = winners(logits)
    weights = weigh(logits, winner, out=grad)
    mass = sum_classes(masses)
    losses = soft_losses(logits, masses, mass, peak, weights)
    if grad is not None:
        soft_grads(masses, mass, winner, weights, grad)
        np.divide(grad, divisor, out=grad)
    return losses


def soft_losses(logits, masses, mass, peak, weights):
    """Σ t (−log p), where −log p = (peak − logit) + log(1 + rest/chosen): a sum of terms that are all ≥ 0."""
    excess = np.log1p(weights.rest / weights.chosen)
    gaps = np.subtract(peak[:, None], logits)
    losses = mass * excess + sum_classes(masses * gaps)
    unclear = np.isnan(losses) & ~np.isnan(excess)
    if np.count_nonzero(unclear):  # 0·inf, the target 0 of an impossible class, is to count as 0
        products = np.where(masses[unclear] == 0, 0, masses[unclear] * gaps[unclear])
        losses[unclear] = mass[unclear] * excess[unclear] + sum_classes(products)
    return losses


def soft_grads(masses, mass, winner, weights, grad):
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
