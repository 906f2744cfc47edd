"""Log-sum-exp, log-softmax and softmax, and the derivative of softmax, to the last digits.

How large an error may be is part of each contract below, for float32 and float64. It is counted in *ulps*, units in the
last place of the exact result in its dtype, or in eps, the ulp of 1; `softmaxlab.accuracy.reference` measures it. Three
ideas keep these contracts; `softmaxlab._core.exp_sums` explains them.

What −inf, +inf, nan, empty arrays and each dtype give is one table for all functions: ``help(softmaxlab)``.

References
----------
.. [1] J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs, with
   relationships to statistical pattern recognition", Neurocomputing, Springer, 1990, pp. 227–236.
.. [2] P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and softmax
   functions", IMA Journal of Numerical Analysis 41(4), 2021, pp. 2311–2330.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.exp_sums import argmax_and_max, as_rows, exp_sums, from_rows, pick, row_blocks, sum_classes
from softmaxlab._core.out_of_range import jvp, lost_in_jvp
from softmaxlab._core.types import FloatArray, IntArray, ScalarOrArray
from softmaxlab._core.validation import checked_logits, checked_tangent


@np.errstate(all="ignore")  # inf and nan follow the package's table, without a warning
def logsumexp(logits: ArrayLike, axis: int = -1, keepdims: bool = False) -> ScalarOrArray:
    """Soft maximum of the logits, log Σ exp(logits), without overflow.

    Equation eq-lse. Its error is at most 16 ulps of the larger of |result| and |max logit|. How the usual shift
    by the maximum rounds is analyzed in [2]_ of the module.

    Parameters
    ----------
    logits : array_like of real numbers, at least 1-D
        Scores; one row along `axis` for each example.
    axis : int, default -1
        The class axis, the one that is summed over.
    keepdims : bool, default False
        Keep the summed axis with length 1, so that the result broadcasts against `logits`.

    Returns
    -------
    scalar or ndarray, in nats
        Shape of `logits` without `axis` (length 1 there with `keepdims`); a NumPy scalar for 1-D logits. It is
        −inf over no classes, as the logarithm of an empty sum.

    Raises
    ------
    ValueError
        If `logits` is 0-D, not real or masked, or if `axis` is not one of its axes.

    Examples
    --------
    >>> import numpy as np
    >>> bool(logsumexp([0.0, 0.0]) == np.log(2))
    True
    >>> print(f"{logsumexp([1000.0, 1000.0]):.9f}")  # np.exp(1000.0) is inf
    1000.693147181
    """
    logits, axis, dtype = checked_logits(logits, axis, fewest=0)
    rows = as_rows(logits, axis)
    result = np.full(len(rows), -np.inf, rows.dtype)  # what the sum over no classes, 0, is the logarithm of
    for block in row_blocks(rows):
        winner, peak = argmax_and_max(rows[block])
        sums = exp_sums(rows[block], winner)
        lse_minus_max = np.log1p(sums.rest / sums.chosen)  # by how much logsumexp exceeds the maximum
        result[block] = np.where(np.isinf(peak), peak, peak + lse_minus_max)
    shape = tuple(1 if axis == place else size for place, size in enumerate(logits.shape) if keepdims or axis != place)
    return result.reshape(shape).astype(dtype)[()]


@np.errstate(all="ignore")
def log_softmax(logits: ArrayLike, axis: int = -1) -> FloatArray:
    """Logarithm of the softmax probabilities, logits − logsumexp(logits).

    Equation eq-log-softmax. The error of every entry is at most 16 ulps, near 0 too. It stays finite where
    softmax underflows to 0: log(softmax(logits)) does not.

    Parameters
    ----------
    logits : array_like of real numbers, at least 1-D
        Scores; one row along `axis` for each example.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray, shape of `logits`, in nats
        Log-probabilities, at most 0. Empty if there are no classes.

    Raises
    ------
    ValueError
        If `logits` is 0-D, not real or masked, or if `axis` is not one of its axes.

    Examples
    --------
    >>> log_softmax([0.0, -800.0])  # softmax gives exactly 0 for the second class
    array([   0., -800.])
    """
    logits, axis, dtype = checked_logits(logits, axis, fewest=0)
    rows = as_rows(logits, axis)
    logs = np.empty_like(rows, subok=False)
    for block in row_blocks(rows):
        winner, peak = argmax_and_max(rows[block])
        sums = exp_sums(rows[block], winner, out=logs[block])
        lse_minus_max = np.log1p(sums.rest / sums.chosen)  # by how much logsumexp exceeds the maximum
        gaps = np.subtract(rows[block], peak[:, None], out=sums.terms)
        np.subtract(gaps, lse_minus_max[:, None], out=gaps)  # a number ≤ 0 less one ≥ 0: nothing cancels
    return from_rows(logs, logits.shape, axis).astype(dtype, copy=False)


@np.errstate(all="ignore")
def softmax(logits: ArrayLike, axis: int = -1) -> FloatArray:
    """Probabilities exp(logits) / Σ exp(logits), without overflow.

    Equation eq-softmax, introduced under this name in [1]_ of the module. The error of every probability is at
    most 16 ulps. For a temperature, write ``softmax(logits / temperature)``.

    Parameters
    ----------
    logits : array_like of real numbers, at least 1-D
        Scores; one row along `axis` for each example.
    axis : int, default -1
        The class axis: the probabilities sum to 1 along it.

    Returns
    -------
    ndarray, shape of `logits`
        Probabilities, from 0 to 1. Empty if there are no classes.

    Raises
    ------
    ValueError
        If `logits` is 0-D, not real or masked, or if `axis` is not one of its axes.

    Examples
    --------
    >>> softmax([0.0, 0.0])
    array([0.5, 0.5])
    >>> softmax([1000.0, 1000.0, -float("inf")])
    array([0.5, 0.5, 0. ])
    """
    logits, axis, dtype = checked_logits(logits, axis, fewest=0)
    rows = as_rows(logits, axis)
    probs = np.empty_like(rows, subok=False)
    for block in row_blocks(rows):
        sums = exp_sums(rows[block], out=probs[block])
        np.divide(sums.terms, sums.total[:, None], out=sums.terms)
    return from_rows(probs, logits.shape, axis).astype(dtype, copy=False)


@np.errstate(all="ignore")
def softmax_jacobian(logits: ArrayLike) -> FloatArray:
    """Jacobian of softmax along the last axis, ∂p_i/∂z_j = p_i (δ_ij − p_j), that is diag(p) − p pᵀ.

    Equation eq-jacobian. The matrix is symmetric and positive semidefinite, and its rows sum to 0. The error of
    every entry is at most 16 eps of its size, or 16 steps of a subnormal one.
    To multiply it by a vector, use `softmax_jvp`, which never builds it.

    Parameters
    ----------
    logits : array_like of real numbers, shape (..., n)
        Scores; the class axis is the last.

    Returns
    -------
    ndarray, shape (..., n, n)
        Entry [..., i, j] is the derivative of probability i with respect to logit j.

    Raises
    ------
    ValueError
        If `logits` is 0-D, not real or masked.

    Examples
    --------
    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    logits, _, dtype = checked_logits(logits, -1, fewest=0)
    rows = as_rows(logits, logits.ndim - 1)
    if rows.shape[1] == 0:
        return np.zeros((*logits.shape, 0), dtype)
    probs, winner, complement = _shares(rows)
    complements = 1 - probs
    complements[np.arange(len(rows)), winner] = complement  # here 1 - p may have lost its digits
    jacobian = -probs[:, :, None] * probs[:, None, :]
    np.einsum("ijj->ij", jacobian)[...] = probs * complements  # the diagonals: einsum gives a view of them
    jacobian += 0  # turns -0.0 into 0.0
    return jacobian.reshape(*logits.shape, logits.shape[-1]).astype(dtype, copy=False)


@np.errstate(all="ignore")
def softmax_jvp(logits: ArrayLike, tangent: ArrayLike, axis: int = -1) -> FloatArray:
    """Jacobian of softmax times a vector, p (v − Σ p v), without building the matrix.

    Equation eq-jvp. The Jacobian is symmetric, so this is the vector–Jacobian product of backpropagation too. The
    error of entry i is at most 16 eps of the sum of absolute terms, Σ_j |∂p_i/∂z_j · v_j|, or 16 steps of a subnormal
    one.

    Parameters
    ----------
    logits : array_like of real numbers, at least 1-D
        Scores; one row along `axis` for each example.
    tangent : array_like of real numbers, shape of `logits`
        The direction v, one vector for each row. It is taken in the dtype that is computed in: that of the logits,
        float32 for float16.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray, shape of `logits`
        How fast each probability changes when the logits move along `tangent`. It sums to 0 along `axis`.
        A row whose tangent holds inf or nan has no finite entry.

    Raises
    ------
    ValueError
        If `logits` is 0-D, not real or masked, if `axis` is not one of its axes, or if `tangent` is not real, not of
        the shape of `logits`, or holds a finite number too large for the dtype that is computed in.

    Examples
    --------
    >>> softmax_jvp([0.0, 0.0], [1.0, 0.0])
    array([ 0.25, -0.25])
    """
    logits, axis, dtype = checked_logits(logits, axis, fewest=0)
    tangent = checked_tangent(tangent, logits)
    rows, directions = as_rows(logits, axis), as_rows(tangent, axis)
    moved = np.empty_like(rows, subok=False)
    for block in row_blocks(rows):
        probs, winner, complement = _shares(rows[block])
        moved_piece = moved[block]
        # Measured from the tangent of a class that is nearly certain, the average is small and keeps its digits.
        origin = np.where(complement < 0.5, pick(directions[block], winner), 0)
        relative = directions[block] - origin[:, None]
        average = sum_classes(probs * relative)
        np.multiply(probs, relative - average[:, None], out=moved_piece)
        lost = lost_in_jvp(rows[block], directions[block], probs, average, moved_piece)
        if len(lost):
            moved_piece[lost] = jvp(rows[block][lost], directions[block][lost])
    return from_rows(moved, logits.shape, axis).astype(dtype, copy=False)


def _shares(rows: FloatArray) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return (probabilities, class of the largest in each row, and the complement 1 − p of that one)."""
    winner, _ = argmax_and_max(rows)
    sums = exp_sums(rows, winner)
    probs = sums.terms / sums.total[:, None]
    probs[np.arange(len(rows)), winner] = sums.chosen / sums.total
    return probs, winner, sums.rest / sums.total
