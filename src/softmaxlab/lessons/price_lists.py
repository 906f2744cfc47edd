"""The forecast that costs least under a scoring rule: what the forecaster believes, if the rule is proper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.types import FloatArray
from softmaxlab._extras import require
from softmaxlab.learning.scoring_rules import expected, shortfall
from softmaxlab.softmax import softmax


def cheapest(loss: Callable[[Any, int], Any], belief: Sequence[float] | FloatArray) -> FloatArray:
    """Find the forecast with the lowest expected price, for somebody who believes `belief`.

    Parameters
    ----------
    loss : callable
        Takes logits and a class index, and returns a number.
    belief : array_like, shape (n,)
        Positive, with sum 1.

    Returns
    -------
    ndarray of float64, shape (n,)
        Probabilities, right to six decimals or so. Of a proper scoring rule it is the belief itself.

    Examples
    --------
    >>> from softmaxlab import cross_entropy
    >>> cheapest(cross_entropy, [0.75, 0.25]).round(3)
    array([0.75, 0.25])
    """
    require("scipy", by="softmaxlab.lessons", extra="learning")
    from scipy.optimize import minimize

    tie = np.zeros(len(belief))
    fine = {"xatol": 1e-8, "fatol": 1e-15, "maxiter": 5000}
    found = minimize(lambda logits: expected(loss, logits, belief), tie, method="Nelder-Mead", options=fine)
    return softmax(found.x)


def squared_shortfall(logits: ArrayLike, target: int) -> np.floating[Any]:
    """Price a forecast by the square of the complement at the true class, (1 − p)². A lesson: do not use.

    With two classes it is `softmaxlab.learning.scoring_rules.squared_error`, and proper. With more it is not: it does
    not depend on how the rest is divided, and an exaggerated forecast costs less.

    Parameters
    ----------
    logits : array_like, shape (n,)
    target : int
        The true class.

    Returns
    -------
    float64
        From 0 to 1.

    Examples
    --------
    >>> float(squared_shortfall([0, 0], 1)), cheapest(squared_shortfall, [0.5, 0.3, 0.2]).round(3)
    (0.25, array([0.613, 0.355, 0.032]))
    """
    return shortfall(logits, target) ** 2
