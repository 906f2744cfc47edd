"""Softmax of a few classes in SymPy, for the reader who wants to differentiate it by hand."""

from __future__ import annotations

from typing import Any

from softmaxlab._extras import require


def logits_and_probs(n: int) -> tuple[Any, Any]:
    """Make n symbolic logits and their softmax, as columns that SymPy can differentiate.

    Parameters
    ----------
    n : int
        Number of classes.

    Returns
    -------
    logits, probs : sympy.Matrix
        Both of shape (n, 1). The logits are real symbols a_1, …, a_n.

    Examples
    --------
    >>> a, p = logits_and_probs(2)
    >>> p.jacobian(a)[0, 1]
    -exp(a_1)*exp(a_2)/(exp(a_1) + exp(a_2))**2
    """
    require("sympy", by="softmaxlab.lessons", extra="proofs")
    import sympy as sp

    logits = sp.Matrix(sp.symbols(f"a_1:{n + 1}", real=True))
    weights = logits.applyfunc(sp.exp)
    return logits, weights / sum(weights)
