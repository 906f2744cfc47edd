"""Log-sum-exp, log-softmax and softmax, and the derivative of softmax.

What −inf, +inf, nan, empty arrays and each dtype give is one table for all functions: ``help(softmaxlab)``.

References
----------
.. [1] J. S. Bridle, "Probabilistic interpretation of feedforward classification network outputs, with
   relationships to statistical pattern recognition", Neurocomputing, Springer, 1990, pp. 227–236.
.. [2] P. Blanchard, D. J. Higham, N. J. Higham, "Accurately computing the log-sum-exp and softmax
   functions", IMA Journal of Numerical Analysis 41(4), 2021, pp. 2311–2330.
"""

import numpy as np

from softmaxlab._checks import checked_logits, checked_tangent


@np.errstate(all="ignore")  # inf and nan follow the package's table, without a warning
def logsumexp(logits, axis=-1, keepdims=False):
    """Soft maximum of the logits, log Σ exp(logits), without overflow.

    Equation eq-lse; the shift by the maximum is analyzed in [2]_ of the module.

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
        Shape of `logits` without `axis` (length 1 there with `keepdims`); a NumPy scalar for 1-D logits.

    Raises
    ------
    ValueError
        If `logits` is 0-D, not real or masked, or has no classes, or if `axis` is not one of its axes.

    Examples
    --------
    >>> import numpy as np
    >>> bool(logsumexp([0.0, 0.0]) == np.log(2))
    True
    >>> print(f"{logsumexp([1000.0, 1000.0]):.9f}")  # np.exp(1000.0) is inf
    1000.693147181
    """
    logits, axis, dtype = checked_logits(logits, axis)
    peak = np.max(logits, axis=axis, keepdims=True)
    peak = np.where(np.isfinite(peak), peak, 0)  # inf - inf would be nan
    weights = np.exp(logits - peak)  # largest exponent is 0: cannot overflow
    result = peak + np.log(np.sum(weights, axis=axis, keepdims=True))
    return (result if keepdims else np.squeeze(result, axis)).astype(dtype)[()]


@np.errstate(all="ignore")
def log_softmax(logits, axis=-1):
    """Logarithm of the softmax probabilities, logits − logsumexp(logits).

    Equation eq-log-softmax. It stays finite where softmax underflows to 0: log(softmax(logits)) does not.

    Parameters
    ----------
    logits : array_like of real numbers, at least 1-D
        Scores; one row along `axis` for each example.
    axis : int, default -1
        The class axis.

    Returns
    -------
    ndarray, shape of `logits`, in nats
        Log-probabilities, at most 0.

    Raises
    ------
    ValueError
        If `logits` is 0-D, not real or masked, or has no classes, or if `axis` is not one of its axes.

    Examples
    --------
    >>> log_softmax([0.0, -800.0])  # softmax gives exactly 0 for the second class
    array([   0., -800.])
    """
    logits, axis, dtype = checked_logits(logits, axis)
    shifted = logits - np.max(logits, axis=axis, keepdims=True)  # never added back: it cancels
    total = np.sum(np.exp(shifted), axis=axis, keepdims=True)  # 1 to n
    return (shifted - np.log(total)).astype(dtype)


@np.errstate(all="ignore")
def softmax(logits, axis=-1):
    """Probabilities exp(logits) / Σ exp(logits), without overflow.

    Equation eq-softmax, introduced under this name in [1]_ of the module; the shift is analyzed in [2]_.
    For a temperature, write ``softmax(logits / temperature)``.

    Parameters
    ----------
    logits : array_like of real numbers, at least 1-D
        Scores; one row along `axis` for each example.
    axis : int, default -1
        The class axis: the probabilities sum to 1 along it.

    Returns
    -------
    ndarray, shape of `logits`
        Probabilities, from 0 to 1.

    Raises
    ------
    ValueError
        If `logits` is 0-D, not real or masked, or has no classes, or if `axis` is not one of its axes.

    Examples
    --------
    >>> softmax([0.0, 0.0])
    array([0.5, 0.5])
    >>> softmax([1000.0, 1000.0, -float("inf")])
    array([0.5, 0.5, 0. ])
    """
    logits, axis, dtype = checked_logits(logits, axis)
    peak = np.max(logits, axis=axis, keepdims=True)
    weights = np.exp(logits - peak)  # largest exponent is 0: cannot overflow
    probs = weights / np.sum(weights, axis=axis, keepdims=True)
    return probs.astype(dtype)


@np.errstate(all="ignore")
def softmax_jacobian(logits):
    """Jacobian of softmax along the last axis, ∂p_i/∂z_j = p_i (δ_ij − p_j), that is diag(p) − p pᵀ.

    Equation eq-jacobian. The matrix is symmetric and positive semidefinite, and its rows sum to 0.
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
        If `logits` is 0-D, not real or masked, or has no classes.

    Examples
    --------
    >>> softmax_jacobian([0.0, 0.0])
    array([[ 0.25, -0.25],
           [-0.25,  0.25]])
    """
    logits, _, dtype = checked_logits(logits, -1)
    probs = softmax(logits)
    identity = np.eye(probs.shape[-1], dtype=probs.dtype)
    jacobian = probs[..., :, None] * (identity - probs[..., None, :])  # 1 - p is exact for p near 1
    return (jacobian + 0).astype(dtype)  # + 0 turns -0.0 into 0.0


@np.errstate(all="ignore")
def softmax_jvp(logits, tangent, axis=-1):
    """Jacobian of softmax times a vector, p (v − Σ p v), without building the matrix.

    Equation eq-jvp. The Jacobian is symmetric, so this is the vector–Jacobian product of backpropagation too.

    Parameters
    ----------
    logits : array_like of real numbers, at least 1-D
        Scores; one row along `axis` for each example.
    tangent : array_like of real numbers, shape of `logits`
        The direction v, one vector for each row. It is taken in the dtype of `logits`.
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
        If `logits` is 0-D, not real or masked, or has no classes, if `axis` is not one of its axes, or if
        `tangent` is not real or not of the shape of `logits`.

    Examples
    --------
    >>> softmax_jvp([0.0, 0.0], [1.0, 0.0])
    array([ 0.25, -0.25])
    """
    logits, axis, dtype = checked_logits(logits, axis)
    tangent = checked_tangent(tangent, logits)
    probs = softmax(logits, axis)
    average = np.sum(probs * tangent, axis=axis, keepdims=True)
    return (probs * (tangent - average)).astype(dtype)
