"""Σ in normal form: linear, contracted with δ, constants outside, bound indices named by depth.

Two sums that differ only in the letter of their index must come out the same. So each Σ gets the lowest name
#1, #2, … that nothing inside it uses: the innermost is #1. (SymPy's own `as_dummy` counts from the outside, and
captures.) A double sum ΣΣ is one block of indices, in whichever order gives the smallest text.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import permutations
from typing import TYPE_CHECKING, TypeAlias

from ..language.indexing import bound_indices, free_indices, substitute, unique
from ..language.terms import Delta, Index, Mul, Power, Term, Total, mul, power
from . import polynomials as poly
from .polynomials import Monomial, Polynomial

if TYPE_CHECKING:
    from .normal import Normalizer

Factor: TypeAlias = tuple[Term, Fraction]  # an atom and its exponent

TOO_MANY = 5  # more Σ than this in one block are left in the order written: 5! orders are enough


def sum_over(normal: "Normalizer", index: Index, body: Polynomial) -> Polynomial:
    """Return the normal form of Σ_index body, for a polynomial body."""
    result: Polynomial = {}
    for monomial, coefficient in body.items():
        result = poly.plus(result, poly.scaled(sum_monomial(normal, index, monomial), coefficient))
    return result


def sum_monomial(normal: "Normalizer", index: Index, monomial: Monomial) -> Polynomial:
    """Return Σ_index of one monomial."""
    for atom, _ in monomial:
        if isinstance(atom, Delta) and index in atom.args:
            other = atom.args[0] if atom.args[1] == index else atom.args[1]
            rest = mul(*(power(a, e) for a, e in monomial if a is not atom))
            return normal(substitute(rest, {index: other}))
    inside = tuple((a, e) for a, e in monomial if index in free_indices(a))
    outside = tuple((a, e) for a, e in monomial if index not in free_indices(a))
    if not inside:
        return normal.times({outside: Fraction(1)}, normal(index.size))
    return normal.times({outside: Fraction(1)}, normal.atom(block([index], inside)))


def block(indices: Iterable[Index], factors: Iterable[Factor]) -> Term:
    """Return nested sums over all `indices` of a product as one term, its bound names by depth."""
    indices, factors = flatten(indices, factors)
    product = mul(*(power(a, e) for a, e in factors))
    depth = max((int(i.name[1:]) for i in bound_indices(product) if i.name.startswith("#")), default=0)
    orders = permutations(indices) if len(indices) <= TOO_MANY else [tuple(indices)]
    return min((nested(order, factors, depth) for order in orders), key=lambda term: term.key)


def nested(order: Sequence[Index], factors: Iterable[Factor], depth: int) -> Term:
    """Return Σ Σ … of a product, innermost Σ first in `order`."""
    names = {old: Index(f"#{depth + n}", old.size) for n, old in enumerate(order, 1)}
    renamed = sorted(((substitute(a, names), e) for a, e in factors), key=lambda pair: pair[0].key)
    body = mul(*(power(a, e) for a, e in renamed))
    for old in order:
        body = Total(names[old], body, None)
    return body


def flatten(indices: Iterable[Index], factors: Iterable[Factor]) -> tuple[list[Index], list[Factor]]:
    """Open every Σ that is a factor of the body: Σ_k f_k Σ_l g_kl is a sum over k and l of f_k g_kl."""
    indices, todo = list(indices), list(factors)
    flat: list[Factor] = []
    while todo:
        atom, exponent = todo.pop()
        if not isinstance(atom, Total) or exponent < 1 or exponent.denominator != 1:
            flat.append((atom, exponent))
            continue
        for _ in range(int(exponent)):
            index = unique(atom.args[0])
            indices.append(index)
            body = substitute(atom.args[1], {atom.args[0]: index})
            todo.extend(factor_list(body))
    merged: dict[Term, Fraction] = {}
    for atom, exponent in flat:
        merged[atom] = merged.get(atom, 0) + exponent
    return indices, [(a, e) for a, e in merged.items() if e]


def factor_list(body: Term) -> list[Factor]:
    """Return a product as (atom, exponent) pairs."""
    parts = body.args if isinstance(body, Mul) else (body,)  # no number among them: coefficients leave a Σ
    return [(p.args[0], p.args[1]) if isinstance(p, Power) else (p, Fraction(1)) for p in parts]
