"""What the two printers share: how a product falls into numerator and denominator, and who needs brackets."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import groupby

from .terms import Add, Defined, Delta, Derivative, Entry, Exp, Log, Mul, Number, Power, Scalar, Size, Term, Total

RANK: dict[type[Term], int]
RANK = {Number: 0, Size: 1, Scalar: 2, Entry: 3, Defined: 3, Delta: 4, Exp: 5, Power: 6, Add: 7, Mul: 7,
        Log: 8, Derivative: 9, Total: 10}  # fmt: skip


def reaches_right(term: Term) -> bool:
    """Whether a term would swallow what follows it: Σ_k f g reads as Σ_k (f g)."""
    if isinstance(term, Derivative):
        return not is_name(order(term)[0])
    return isinstance(term, Total | Log | Add) or (isinstance(term, Mul) and reaches_right(term.args[-1]))


def fraction(term: Term) -> tuple[int, list[Term], list[Term]]:
    """Return (sign, numerator factors, denominator factors) of a product."""
    above: list[Term] = []
    below: list[Term] = []
    number = Fraction(1)
    for factor in term.args if isinstance(term, Mul) else (term,):
        if isinstance(factor, Number):
            number *= factor.args[0]
        elif isinstance(factor, Power) and factor.args[1] < 0:
            base, exponent = factor.args
            whole = base.args if isinstance(base, Mul) and exponent == -1 else (base,)  # 1/(x y): no brackets below
            below.extend(part if exponent == -1 else Power(part, -exponent) for part in whole)
        else:
            above.append(factor)
    sign, number = (-1, -number) if number < 0 else (1, number)
    if number.numerator != 1 or not above:
        above.insert(0, Number(Fraction(number.numerator)))
    if number.denominator != 1:
        below.insert(0, Number(Fraction(number.denominator)))
    return sign, sorted(above, key=rank), sorted(below, key=rank)


def rank(term: Term) -> int:
    """Return a factor's place in a product: numbers first, what reaches right last."""
    return RANK[type(term)]


def addends(term: Add) -> list[tuple[int, Term]]:
    """Return the pieces of a sum as (sign, piece without its sign), a positive one first if there is any."""
    pieces: list[tuple[int, Term]] = []
    for part in term.args:
        negative = isinstance(part, Number) and part.args[0] < 0
        negative |= isinstance(part, Mul) and isinstance(part.args[0], Number) and part.args[0].args[0] < 0
        pieces.append((-1, -part) if negative else (1, part))
    if pieces[0][0] < 0:
        lead = next((n for n, (sign, _) in enumerate(pieces) if sign > 0), 0)
        pieces.insert(0, pieces.pop(lead))
    return pieces


def order(derivative: Derivative) -> tuple[Term, list[Term]]:
    """Return (innermost body, variables) of a derivative of a derivative of …"""
    variables: list[Term] = []
    body: Term = derivative
    while isinstance(body, Derivative):
        variables.append(body.args[1])
        body = body.args[0]
    return body, variables


def runs(variables: Sequence[Term]) -> list[tuple[Term, int]]:
    """Return (variable, how many times in a row) for the variables of a derivative, the first one first."""
    return [(variable, len(list(same))) for variable, same in groupby(reversed(variables))]


def is_name(term: Term) -> bool:
    """Whether a term is written as one name, such as p_i."""
    return isinstance(term, Entry | Defined | Scalar | Size)


def is_signed(term: Term) -> bool:
    """Whether a term is a sum, or begins with a minus sign: it needs brackets after Σ and ∂."""
    if isinstance(term, Add):
        return True
    return fraction(term)[0] < 0
