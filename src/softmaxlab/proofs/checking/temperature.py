"""Limits of softmax, and of a student's gradient, as the temperature tends to 0 or grows without end, by SymPy."""

from collections.abc import Iterable, Sequence
from functools import cache

import sympy as sp

from ..language.errors import Undecided
from .concrete import SymPyExpr
from .measured import ConcreteStep, equal

TEMPERATURE = sp.Symbol("T", positive=True)


def temperature_limits(sizes: Iterable[int]) -> list[ConcreteStep]:
    """T → ∞ gives 1/N to all; T → 0 gives 1/M to each of M leaders and 0 to the others.

    Logits are 0 for the M leaders, and minus a positive gap for each other class: shift invariance allows that.
    """
    return [step for n in sizes for leaders in range(1, n + 1) for step in limits(n, leaders)]


def limits(n: int, leaders: int) -> list[ConcreteStep]:
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


def share_in_the_limit(weights: Sequence[SymPyExpr], place: int, end: SymPyExpr) -> SymPyExpr:
    """Return the limit of one exponential over the sum of all: limits of sums and quotients are taken part by part.

    That law needs limits that are finite, and one below the bar that is not 0.
    """
    parts = [limit_of_weight(weight, end) for weight in weights]
    total = sum(parts)
    if not total.is_positive or not all(part.is_finite for part in parts):
        raise Undecided(f"the weights tend to {parts}: the limit of their quotient does not follow from these")
    return parts[place] / total


@cache
def limit_of_weight(weight: SymPyExpr, end: SymPyExpr) -> SymPyExpr:
    """Return the limit of one exponential e^{−g/T}, by SymPy."""
    return sp.limit(weight, TEMPERATURE, end, "+" if end == 0 else "-")


def distillation(sizes: Iterable[int]) -> list[ConcreteStep]:
    """T → ∞ brings T² (p_i − q_i) / T to (a_i − b_i) / N, for scores a and b that sum to 0.

    With β = 1/T it is (p_i − q_i) / β, a difference quotient: p_i − q_i is 0 at β = 0, and its limit is the derivative.
    """
    return [step for n in sizes for step in slopes_at_a_tie(n)]


def slopes_at_a_tie(n: int) -> list[ConcreteStep]:
    """Return the limit for the first class and, whose score makes the sum 0, for the last one."""
    beta = sp.Symbol("beta", positive=True)
    students, teachers = (centered(name, n) for name in "ab")
    steps = []
    for place, who in ((0, "the first class"), (n - 1, "the last class")):
        p, q = (sp.exp(beta * row[place]) / sum(sp.exp(beta * x) for x in row) for row in (students, teachers))
        if (p - q).subs(beta, 0) != 0:
            raise Undecided("the two shares differ at β = 0: the quotient has no limit there")
        slope = sp.diff(p - q, beta).subs(beta, 0)
        expected = (students[place] - teachers[place]) / n
        steps.append(equal(f"N = {n}, {who}", sp.Limit((p - q) / beta, beta, 0, "+"), expected, slope))
    return steps


def centered(name: str, n: int) -> list[SymPyExpr]:
    """Return n scores with the sum 0: the last is minus the sum of the others."""
    first = sp.symbols(f"{name}_1:{n}", real=True)
    return [*first, -sum(first)]
