"""Two ways to compute the loss of two classes, the exact loss beside them, and where each way breaks.

The logits are (gap, 0). The "winner" is class 0, the "loser" is class 1, and either may be the true one.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from softmaxlab._core.arrays import real_array
from softmaxlab._core.types import ScalarOrArray
from softmaxlab.cross_entropy import cross_entropy
from softmaxlab.numerics.float_limits import smallest_where
from softmaxlab.pitfalls.naive import loss_from_probability
from softmaxlab.softmax import logsumexp

WIDEST = 900.0  # the largest gap tried
LABELS = "winner", "loser"  # in the order of the classes
DIGITS = 16  # about as many as a float64 has


def loss_by_difference(logits: ArrayLike, target: int) -> ScalarOrArray:
    """Subtract the true logit from log-sum-exp. A lesson: do not call; use `softmaxlab.cross_entropy`.

    Right for a loser. For a clear winner the two numbers are nearly equal, and little is left of their digits.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int
        The true class.

    Returns
    -------
    float64
        In nats.

    Notes
    -----
    Equation `eq-loss-from-logits` in the book, computed as it stands.

    Examples
    --------
    >>> loss_by_difference([0, -800, 0], 1).round(3), loss_by_difference([40, 0], 0)
    (np.float64(800.693), np.float64(0.0))
    """
    return logsumexp(logits) - real_array(logits, "logits").astype(float)[target]


ROUTES = {"softmax": loss_from_probability, "difference": loss_by_difference}


@np.errstate(divide="ignore")  # −log 0 is one of the failures
def losses(gap: float, label: str) -> dict[str, float]:
    """Compute the loss by both routes.

    Parameters
    ----------
    gap : float
    label : {"winner", "loser"}
        Which of the two classes is the true one.

    Returns
    -------
    dict of str to float
        In nats: through softmax, and by the difference.

    Examples
    --------
    >>> losses(800, "loser")
    {'softmax': inf, 'difference': 800.0}
    """
    return {name: float(route([gap, 0.0], LABELS.index(label))) for name, route in ROUTES.items()}


def worst_of_difference(offset: float = 0.0, dtype: DTypeLike = float) -> float:
    """Find the largest error of the winner's loss by the difference, over gaps from 0 to 60.

    Parameters
    ----------
    offset : float
        Score of the loser: the scores are (offset + gap, offset).
    dtype : dtype or str
        In which the scores are stored, and their log-sum-exp is returned.

    Returns
    -------
    float
        An absolute error, in nats. It grows with the scores, since log-sum-exp is as large as they are.

    Examples
    --------
    >>> worst_of_difference() < worst_of_difference(1000) < worst_of_difference(dtype="float32")
    True
    """
    gaps = np.linspace(0, 60, 6001)
    rows = (np.stack([gaps, np.zeros_like(gaps)], axis=-1) + offset).astype(dtype)
    exact = cross_entropy(rows.astype(float), [0] * len(rows), reduction="none")  # of the scores as stored
    return float(max(abs(loss_by_difference(row, 0) - loss) for row, loss in zip(rows, exact, strict=True)))


def exact_loss(gap: float, label: str) -> Decimal:
    """Compute the loss in decimal arithmetic, to 30 digits or more.

    Parameters
    ----------
    gap : float
    label : {"winner", "loser"}

    Returns
    -------
    decimal.Decimal
        log(1 + e^−gap) for the winner; for the loser, the gap on top.

    Examples
    --------
    >>> print(f"{exact_loss(900, 'winner'):.3e}")
    1.364e-391
    """
    with localcontext() as context:
        context.prec = 35 + int(gap / 2.3)  # the zeros of 1 + e^−gap before its first digit of interest: gap / log 10
        loss = (1 + (-Decimal(gap)).exp()).ln()
        return loss + Decimal(gap) if label == "loser" else loss


def breaking_gaps(label: str) -> dict[str, float | None]:
    """Find the gap from which on each route returns 0 or inf, although the loss is neither.

    Parameters
    ----------
    label : {"winner", "loser"}

    Returns
    -------
    dict of str to float or None
        None for a route that does not break up to a gap of 900.

    Examples
    --------
    >>> breaking_gaps("loser")["difference"] is None
    True
    """

    def breaks(name: str) -> float | None:
        def is_broken(gap: float) -> bool:
            return losses(gap, label)[name] in (0, np.inf)

        return smallest_where(is_broken, 0.0, WIDEST) if is_broken(WIDEST) else None

    return {name: breaks(name) for name in ROUTES}


def digits_right(gap: float, label: str) -> dict[str, float]:
    """Count the right digits of both routes: −log10 of the relative error, from 0 to 16.

    Parameters
    ----------
    gap : float
    label : {"winner", "loser"}

    Returns
    -------
    dict of str to float

    Examples
    --------
    >>> digits_right(800, "loser")
    {'softmax': 0.0, 'difference': 16.0}
    """
    exact = float(np.log1p(np.exp(-gap)) + (gap if label == "loser" else 0))

    def count(loss: float) -> float:
        if loss in (0, np.inf):
            return 0.0
        error = abs(loss / exact - 1)
        return float(np.clip(-np.log10(error), 0, DIGITS)) if error else float(DIGITS)

    return {name: count(loss) for name, loss in losses(gap, label).items()}
