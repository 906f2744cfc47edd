"""Cross-entropy of softmax probabilities and its gradient p − y, both computed from logits.

Every case is one formula. A target row is a vector of *masses* t over the classes: one-hot for a class index,
the probabilities themselves for soft targets, then mixed by label smoothing and scaled by the class weights:

    t_c = weight_c ((1 − ε) y_c + ε / n)        loss = Σ_c t_c (−log p_c)        gradient = p Σ_c t_c − t

What −inf, +inf, nan, empty arrays and each dtype give is one table for all functions: ``help(softmaxlab)``.

References
----------
.. [1] J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs, with
   relationships to statistical pattern recognition", Neurocomputing, Springer, 1990, pp. 227–236.
.. [2] C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, "Rethinking the Inception architecture for
   computer vision", CVPR 2016, pp. 2818–2826, section 7 (label smoothing).
"""

from typing import NamedTuple

import numpy as np

from softmaxlab._checks import checked_label_smoothing, checked_logits, checked_reduction, checked_weight
from softmaxlab._targets import checked_targets
from softmaxlab.softmax import log_softmax, softmax


@np.errstate(all="ignore")  # inf and nan follow the package's table, without a warning
def cross_entropy(logits, targets, *, axis=-1, reduction="mean", weight=None, ignore_index=None, label_smoothing=0.0):
    """Cross-entropy between targets and softmax(logits): for a class index y, logsumexp(logits) − logits[y].

    Equation eq-cross-entropy; the loss of [1]_ of the module. Arguments mean what they mean in PyTorch,
    except that no index is ignored unless you say so, and that 0·(−inf) counts as 0.

    Parameters
    ----------
    logits : array_like of real numbers, at least 1-D
        Scores; one row along `axis` for each example.
    targets : array_like
        Either class indices: integers in [0, n), of the shape of `logits` without `axis`. Or probabilities:
        floats ≥ 0 of the shape of `logits`. A row y need not sum to 1: its loss is Σy·logsumexp − Σ y·logits.
    axis : int, default -1
        The class axis of `logits`.
    reduction : {"mean", "sum", "none"}, default "mean"
        "none" gives one loss for each row, "sum" their sum. "mean" divides the sum by the total weight of the
        labels of the rows that are kept (their number, without `weight`); for probabilities, by the number of
        rows. A mean over nothing (no rows, all ignored, total weight 0) is nan.
    weight : array_like of n real numbers ≥ 0, optional
        Factor for each class. A class of weight 0 adds nothing, even where its loss is inf.
    ignore_index : int, optional
        Rows with this class index have loss 0, and do not count in the mean. Not for probabilities.
    label_smoothing : float in [0, 1], default 0.0
        Share ε of each target that is spread over all n classes: y becomes (1 − ε) y + ε / n [2]_.

    Returns
    -------
    scalar or ndarray, in nats
        The loss, in the dtype of `logits`: a NumPy scalar, or with "none" one for each row.

    Raises
    ------
    ValueError
        If an argument is not as described; the message says what to write instead.

    See Also
    --------
    cross_entropy_grad, cross_entropy_with_grad

    Examples
    --------
    >>> bool(cross_entropy([[0.0, 0.0], [0.0, 0.0]], [0, 1]) == np.log(2))
    True
    >>> print(cross_entropy([0.0, -800.0], 1))  # -log(softmax) would be inf
    800.0
    """
    problem = _checked_problem(logits, targets, axis, reduction, weight, ignore_index, label_smoothing)
    return _loss(problem, -log_softmax(problem.logits))


@np.errstate(all="ignore")
def cross_entropy_grad(
    logits, targets, *, axis=-1, reduction="mean", weight=None, ignore_index=None, label_smoothing=0.0
):
    """Gradient of `cross_entropy` with respect to the logits: p − y in each row, divided as the mean is.

    Equation eq-p-minus-y. If the target row y does not sum to 1, it is p Σy − y.

    Parameters
    ----------
    logits, targets, axis, reduction, weight, ignore_index, label_smoothing
        As in `cross_entropy`. With "none" the result is the gradient of the sum: each row holds the gradient
        of its own loss, which depends on no other row.

    Returns
    -------
    ndarray, shape and dtype of `logits`
        It sums to 0 along `axis`. Ignored rows hold 0, also where the mean itself is nan.

    Raises
    ------
    ValueError
        As `cross_entropy`.

    Examples
    --------
    >>> cross_entropy_grad([0.0, 0.0], 1)
    array([ 0.5, -0.5])
    """
    problem = _checked_problem(logits, targets, axis, reduction, weight, ignore_index, label_smoothing)
    return _grad(problem, softmax(problem.logits))


@np.errstate(all="ignore")
def cross_entropy_with_grad(
    logits, targets, *, axis=-1, reduction="mean", weight=None, ignore_index=None, label_smoothing=0.0
):
    """Loss and gradient together, with one pass over exp: what a training step needs.

    Equations eq-cross-entropy and eq-p-minus-y.

    Parameters
    ----------
    logits, targets, axis, reduction, weight, ignore_index, label_smoothing
        As in `cross_entropy`.

    Returns
    -------
    loss : scalar or ndarray, in nats
        As `cross_entropy`.
    grad : ndarray, shape and dtype of `logits`
        As `cross_entropy_grad`.

    Raises
    ------
    ValueError
        As `cross_entropy`.

    Examples
    --------
    >>> loss, grad = cross_entropy_with_grad([0.0, 0.0], 1)
    >>> print(f"{loss:.6f}", grad)
    0.693147 [ 0.5 -0.5]
    """
    problem = _checked_problem(logits, targets, axis, reduction, weight, ignore_index, label_smoothing)
    shifted = problem.logits - np.max(problem.logits, axis=-1, keepdims=True)
    weights = np.exp(shifted)
    total = np.sum(weights, axis=-1, keepdims=True)
    return _loss(problem, np.log(total) - shifted), _grad(problem, weights / total)


class _Problem(NamedTuple):
    logits: np.ndarray  # (..., n): classes last, in the dtype to compute in
    masses: np.ndarray  # (..., n): t of the module's formula
    kept: np.ndarray  # (...): False for ignored rows
    divisor: np.floating  # what "mean" divides by; 1 for "sum" and "none"
    reduction: str
    axis: int  # where the classes were
    dtype: np.dtype  # of the results


def _checked_problem(logits, targets, axis, reduction, weight, ignore_index, label_smoothing):
    """Check all arguments and write them in one form."""
    logits, axis, dtype = checked_logits(logits, axis)
    working, classes = logits.dtype, logits.shape[axis]
    reduction = checked_reduction(reduction)
    smoothing = checked_label_smoothing(label_smoothing)
    masses, kept, indices = checked_targets(targets, logits.shape, axis, working, ignore_index)
    if smoothing:
        masses = (1 - smoothing) * masses + smoothing / classes
    count = np.sum(kept)
    if weight is not None:
        weight = checked_weight(weight, classes, working)
        masses = weight * masses
        count = count if indices is None else np.sum(weight[indices[kept]])
    divisor = working.type((count or np.nan) if reduction == "mean" else 1)  # a mean over nothing is nan
    return _Problem(np.moveaxis(logits, axis, -1), masses, kept, divisor, reduction, axis, dtype)


def _loss(problem, surprises):
    """Reduce Σ t (−log p), given the surprises −log p."""
    impossible = (problem.masses == 0) & np.isposinf(surprises)
    losses = np.sum(problem.masses * np.where(impossible, 0, surprises), axis=-1)  # 0·(−inf) counts 0
    losses = np.where(problem.kept, losses, 0)
    if problem.reduction != "none":
        losses = np.sum(losses) / problem.divisor
    return losses.astype(problem.dtype)[()]


def _grad(problem, probs):
    """Gradient p Σt − t, divided as the loss is."""
    mass = np.sum(problem.masses, axis=-1, keepdims=True)
    grad = (probs * mass - problem.masses) / problem.divisor
    grad = np.where(problem.kept[..., None], grad, 0)
    return np.moveaxis(grad, -1, problem.axis).astype(problem.dtype)
