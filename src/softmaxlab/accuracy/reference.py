"""The functions of the package to as many digits as you ask for, and the error of any library in ulps.

An *ulp*, unit in the last place, is the gap between a number and the next in its floating-point format: the best
a library can do is half an ulp. Two lines measure any of them::

    truth = reference.softmax(logits)
    reference.ulps(library.softmax(logits), truth).max()

Every function takes rows of logits with the classes on the last axis, finite or −inf, and returns an array of
`mpmath` numbers. It is slow, about a hundredth of a millisecond for each logit, and needs no care with rounding:
`digits` are carried through all steps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import mpmath
import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmaxlab._core.arrays import refuse_masks
from softmaxlab.accuracy import _reference_rows

Exact: TypeAlias = NDArray[np.object_] | Any  # of mpmath numbers; where one row gives one number, that number
GUARD = 15  # decimal digits more than asked for, lost on the way


def softmax(logits: ArrayLike, digits: int = 60) -> Exact:
    """Probabilities exp(logits) / Σ exp(logits).

    Parameters
    ----------
    logits : array_like, shape (..., n)
    digits : int, default 60
        Significant decimal digits.

    Returns
    -------
    ndarray of mpmath.mpf, shape (..., n)

    Raises
    ------
    ValueError
        If a row holds nan or +inf, or nothing but −inf: it has no probabilities.

    Notes
    -----
    Equation `eq-softmax` in the book.

    Examples
    --------
    >>> print(mpmath.nstr(softmax([0, -50])[1], 20))
    1.928749847963917783e-22
    """
    return _by_rows(_reference_rows.probs, digits, logits)


def log_softmax(logits: ArrayLike, digits: int = 60) -> Exact:
    """Log-probabilities; parameters and errors as in `softmax`.

    Returns
    -------
    ndarray of mpmath.mpf, shape (..., n), in nats

    Examples
    --------
    >>> print(mpmath.nstr(log_softmax([0, -50])[0], 20))
    -1.928749847963917783e-22
    """
    return _by_rows(_reference_rows.logs, digits, logits)


def logsumexp(logits: ArrayLike, digits: int = 60) -> Exact:
    """Log Σ exp(logits); parameters and errors as in `softmax`.

    Returns
    -------
    ndarray of mpmath.mpf, shape (...), in nats; for one row an mpmath.mpf

    Examples
    --------
    >>> print(mpmath.nstr(logsumexp([0, -50]), 20))
    1.928749847963917783e-22
    """
    return _by_rows(lambda row: max(row) - max(_reference_rows.logs(row)), digits, logits)


def cross_entropy(logits: ArrayLike, targets: ArrayLike, digits: int = 60) -> Exact:
    """Loss of every row, without a reduction; `digits` and errors as in `softmax`.

    Parameters
    ----------
    logits : array_like, shape (..., n)
    targets : array_like
        Class indices, shape (...), or target weights t, shape (..., n): floats, or mpmath numbers. Class weights and
        label smoothing are to be included in t.
    digits : int, default 60

    Returns
    -------
    ndarray of mpmath.mpf, shape (...), in nats; for one row an mpmath.mpf

    Examples
    --------
    >>> print(mpmath.nstr(cross_entropy([0, -50], 0), 20))
    1.928749847963917783e-22
    """
    return _by_rows(_reference_rows.loss, digits, logits, targets)


def cross_entropy_grad(logits: ArrayLike, targets: ArrayLike, digits: int = 60) -> Exact:
    """Gradient p Σt − t of every row's loss; arguments as in `cross_entropy`.

    Returns
    -------
    ndarray of mpmath.mpf, shape (..., n)

    Examples
    --------
    >>> print(mpmath.nstr(cross_entropy_grad([0, -50], 0)[0], 20))
    -1.928749847963917783e-22
    """
    return _by_rows(_reference_rows.grad, digits, logits, targets)


def softmax_jvp(logits: ArrayLike, tangent: ArrayLike, digits: int = 60) -> Exact:
    """Jacobian of softmax times a vector, p (v − Σ p v); `digits` and errors as in `softmax`.

    Parameters
    ----------
    logits, tangent : array_like, shape (..., n)
    digits : int, default 60

    Returns
    -------
    ndarray of mpmath.mpf, shape (..., n)

    Examples
    --------
    >>> print(mpmath.nstr(softmax_jvp([0, -50], [1, 0])[0], 20))
    1.928749847963917783e-22
    """
    return _by_rows(_reference_rows.jvp, digits, logits, tangent)


def softmax_jacobian(logits: ArrayLike, digits: int = 60) -> Exact:
    """Jacobian of softmax, p_i (δ_ij − p_j); parameters and errors as in `softmax`.

    Returns
    -------
    ndarray of mpmath.mpf, shape (..., n, n)

    Examples
    --------
    >>> print(mpmath.nstr(softmax_jacobian([0, -50])[0, 0], 20))
    1.928749847963917783e-22
    """
    return _by_rows(_reference_rows.jacobian, digits, logits)


def ulps(measured: ArrayLike, reference: object, at: object = None) -> NDArray[np.float64]:
    """Errors of floating-point results, in units in the last place of the exact ones.

    Parameters
    ----------
    measured : ndarray of float16, float32 or float64
        Its dtype is the format whose ulps are the unit.
    reference : array_like of mpmath.mpf, shape of `measured`
    at : array_like of numbers, optional
        Numbers whose ulps are the unit, in place of those of `reference`.

    Returns
    -------
    ndarray of float64, shape of `measured`
        At least 0; 0 for an infinity in place of a number too large for the format; inf for a nan.

    Examples
    --------
    >>> float(ulps(np.float64(0), softmax([0, -50])[1]).round(-14))  # 0 in place of 1.9e-22: no digit is right
    8200000000000000.0
    """
    measured = np.asarray(measured)
    reference = np.asarray(reference, dtype=object)
    at = reference if at is None else np.broadcast_to(np.asarray(at, dtype=object), reference.shape)
    limits = np.finfo(measured.dtype)
    with mpmath.workdps(60 + GUARD):
        errors = [_error(*three, limits) for three in zip(measured.flat, reference.flat, at.flat, strict=True)]
    return np.reshape(np.array(errors, dtype=float), measured.shape)


def _error(value: Any, truth: Any, size: Any, limits: Any) -> float:
    """Error of one value in ulps of `size`."""
    truth, largest = mpmath.mpf(truth), mpmath.mpf(float(limits.max))
    if np.isnan(value):
        return np.inf
    if np.isinf(value) or mpmath.isinf(truth):
        beyond = abs(truth) > largest * (1 + float(limits.eps) / 4)
        return 0.0 if beyond and (value > 0) == (truth > 0) and np.isinf(value) else np.inf
    size = max(abs(_number(size)), mpmath.mpf(float(limits.tiny)))  # below it all gaps are the same
    _, exponent = mpmath.frexp(size)  # size is 0.5 to 1 times 2**exponent
    return float(abs(mpmath.mpf(float(value)) - truth) / mpmath.ldexp(float(limits.eps), exponent - 1))


def _by_rows(function: Callable[..., Any], digits: int, logits: ArrayLike, other: ArrayLike | None = None) -> Exact:
    """Call a function on each row, as a list of mpmath numbers, and on what belongs to the row."""
    refuse_masks(logits, "logits")
    logits = np.asarray(logits)
    if logits.ndim == 0 or logits.shape[-1] == 0:
        raise ValueError(f"logits has shape {logits.shape}; expected rows of at least one class, along the last axis")
    others = [()] * int(np.prod(logits.shape[:-1])) if other is None else _partners(logits, other)
    with mpmath.workdps(digits + GUARD):
        rows = [_checked([_number(logit) for logit in row]) for row in logits.reshape(-1, logits.shape[-1])]
        results = [function(row, *more) for row, more in zip(rows, others, strict=True)]
        array = np.array(results, dtype=object)
    return array.reshape(logits.shape[:-1] + array.shape[1:])[()]


def _partners(logits: NDArray[Any], other: ArrayLike) -> list[tuple[Any]]:
    """Split labels, target weights or tangents into what belongs to each row."""
    refuse_masks(other, "other")
    other = np.asarray(other)
    if other.shape == logits.shape:
        return [([_number(entry) for entry in row],) for row in other.reshape(-1, logits.shape[-1])]
    if other.shape != logits.shape[:-1]:
        raise ValueError(f"got shape {other.shape}; expected {logits.shape}, or for class indices {logits.shape[:-1]}")
    classes = logits.shape[-1]
    if other.size and (other.dtype.kind not in "iu" or np.any((other < 0) | (other >= classes))):
        raise ValueError(f"labels are {other.tolist()}; expected class indices: integers from 0 to {classes - 1}")
    return [(int(label),) for label in other.flat]


def _number(value: Any) -> Any:
    return value if isinstance(value, mpmath.mpf) else mpmath.mpf(float(value))


def _checked(row: list[Any]) -> list[Any]:
    if not mpmath.isfinite(max(row)) or any(mpmath.isnan(logit) for logit in row):
        raise ValueError(f"logits {[float(logit) for logit in row]} have no probabilities; expected finite or −inf")
    return row
