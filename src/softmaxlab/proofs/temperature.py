"""Limits of softmax as the temperature tends to 0 or grows without end, by SymPy at a concrete N."""

from functools import cache

import sympy as sp

from .errors import Undecided
from .measured import equal

TEMPERATURE = sp.Symbol("T", positive=True)


def temperature_limits(sizes):
    """T → ∞ gives 1/N to all; T → 0 gives 1/M to each of M leaders and 0 to the others.

    Logits are 0 for the M leaders, and minus a positive gap for each other class: shift invariance allows that.
    """
    return [step for n in sizes for leaders in range(1, n + 1) for step in limits(n, leaders)]


def limits(n, leaders):
    """Return the limits of p for a leader and, where there is one, for another class."""
    gaps = [sp.Integer(0)] * leaders + list(sp.symbols(f"g1:{n - leaders + 1}", positive=True))
    weights = [sp.exp(-gap / TEMPERATURE) for gap in gaps]
    steps = []
    for place, who in [(0, "a leader")] + ([(n - 1, "another class")] if leaders < n else []):
        p = weights[place] / sum(weights)
        cold = sp.Rational(1, leaders) if place < leaders else sp.Integer(0)
        for words, end, expected in (("T to 0", sp.Integer(0), cold), ("T to infinity", sp.oo, sp.Rational(1, n))):
            value = share_in_the_limit(weights, place, end)
            claim = f"N = {n}, M = {leaders}, {who}, {words}"
            steps.append(equal(claim, sp.Limit(p, TEMPERATURE, end, "+" if end == 0 else "-"), expected, value))
    return steps


def share_in_the_limit(weights, place, end):
    """Return the limit of one weight over their sum: of a finite sum and of a quotient, limits are taken part by part.

    That law needs limits that are finite, and one below the bar that is not 0.
    """
    parts = [limit_of_weight(weight, end) for weight in weights]
    total = sum(parts)
    if not total.is_positive or not all(part.is_finite for part in parts):
        raise Undecided(f"the weights tend to {parts}: the limit of their quotient does not follow from these")
    return parts[place] / total


@cache
def limit_of_weight(weight, end):
    """Return the limit of one weight e^{−g/T}, by SymPy."""
    return sp.limit(weight, TEMPERATURE, end, "+" if end == 0 else "-")
