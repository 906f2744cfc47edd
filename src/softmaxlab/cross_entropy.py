"""Cross-entropy of softmax probabilities and its gradient p − y, both computed from logits.

Every case is one formula. A target row is a vector of *target weights* t over the classes: one-hot for a class
index, the probabilities themselves for soft targets, then mixed by label smoothing and scaled by the class weights:

    t_c = weight_c ((1 − ε) y_c + ε / n)        loss = Σ_c t_c (−log p_c)        gradient = p Σ_c t_c − t

`softmaxlab._core.losses` explains how it is computed: a class index never becomes a one-hot row. Rows in which an
intermediate result leaves the range of floats are left to `softmaxlab._core.out_of_range`. Errors are counted in ulps,
as in `softmaxlab.softmax`.

What −inf, +inf, nan, empty arrays and each dtype give is one table for all functions: ``help(softmaxlab)``.

References
----------
.. [1] J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs, with
   relationships to statistical pattern recognition", Neurocomputing, Springer, 1990, pp. 227–236.
.. [2] C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna, "Rethinking the Inception architecture for
   computer vision", CVPR 2016, pp. 2818–2826, section 7 (label smoothing).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.reduction import checked_problem, evaluated
from softmaxlab._core.types import FloatArray, Reduction, ScalarOrArray


@np.errstate(all="ignore")  # inf and nan follow the package's table, without a warning
def cross_entropy(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> ScalarOrArray:
    """Cross-entropy between targets and softmax(logits): for a class index y, logsumexp(logits) − logits[y].

    Equation eq-cross-entropy; the loss of [1]_ of the module. Arguments mean what they mean in PyTorch,
    up to the differences that ``help(softmaxlab)`` lists. The error of each row's loss is at most 16 ulps, of any size
    of logits, targets and weights, unless the loss itself is beyond the largest float: then it is inf.

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
        Factor for each class. A class of weight 0 adds nothing, even where its loss is inf. In the mean over class
        indices only ratios of weights count, so that they may be as large or as small as floats are.
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
    problem = checked_problem(logits, targets, axis, reduction, weight, ignore_index, label_smoothing)
    return evaluated(problem)[0]


@np.errstate(all="ignore")
def cross_entropy_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> FloatArray:
    """Gradient of `cross_entropy` with respect to the logits: p − y in each row, divided as the mean is.

    Equation eq-p-minus-y. If the target row y does not sum to 1, it is p Σy − y. For class indices and one-hot
    rows, the error of every entry is at most 16 ulps, at a nearly certain label too. For other targets p and y may
    nearly agree, and then no digit of p − y can be better than p: the error of entry i is at most 16 eps of
    p_i Σy + y_i, and also of the sum of the other y and (1 − p_i) Σy, or 16 steps of a subnormal one. With class
    weights and label smoothing, y stands for the target weights t of the module.

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
    problem = checked_problem(logits, targets, axis, reduction, weight, ignore_index, label_smoothing)
    return evaluated(problem, with_grad=True)[1]


@np.errstate(all="ignore")
def cross_entropy_with_grad(
    logits: ArrayLike,
    targets: ArrayLike,
    *,
    axis: int = -1,
    reduction: Reduction = "mean",
    weight: ArrayLike | None = None,
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
) -> tuple[ScalarOrArray, FloatArray]:
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
    problem = checked_problem(logits, targets, axis, reduction, weight, ignore_index, label_smoothing)
    return evaluated(problem, with_grad=True)
