"""The reverse of unfolding: recognize p_i where e^{a_i} / Σ_k e^{a_k} stands."""

from collections.abc import Iterable
from fractions import Fraction

from ..language.indexing import free_indices, substitute
from ..language.terms import Defined, Definition, Mul, Term, Total, mul
from . import polynomials as poly
from .normal import Normalizer
from .polynomials import Monomial, Polynomial


def recognize(polynomial: Polynomial, definitions: Iterable[Definition]) -> Polynomial:
    """Return a polynomial with definitions put back where their pattern shows."""
    for definition in definitions:
        pattern = pattern_of(definition)
        if pattern is not None:
            folded = poly.plus(*({fold(m, definition, *pattern): c} for m, c in polynomial.items()))
            back = Normalizer()(written_out(poly.to_term(folded), definition))
            polynomial = folded if back == polynomial else polynomial
    return polynomial


def written_out(term: Term, definition: Definition) -> Term:
    """Return a term with one definition unfolded."""
    from .passes import unfold_all

    return unfold_all(term, definition)


def pattern_of(definition: Definition) -> tuple[Term, Term] | None:
    """Return (atom with the parameter, atom without) of a vector f_i / S; None for any other definition."""
    if len(definition.parameters) != 1 or not free_indices(definition.body):
        return None
    try:
        found = Normalizer()(definition.body)
    except (TypeError, ArithmeticError):
        return None
    if len(found) != 1:
        return None
    ((monomial, coefficient),) = found.items()
    index = definition.parameters[0]
    own = [atom for atom, e in monomial if index in free_indices(atom) and e == 1]
    rest = [atom for atom, e in monomial if index not in free_indices(atom) and e == -1]
    return (own[0], rest[0]) if coefficient == 1 and len(own) == len(rest) == 1 and len(monomial) == 2 else None


def fold(monomial: Monomial, definition: Definition, own: Term, below: Term) -> Monomial:
    """Return one monomial with as many p_x for e^{a_x}/S as its power of S allows."""
    factors = dict(monomial)
    left = -factors.get(below, poly.ABSENT)
    for atom in list(factors):
        if left > 0 and isinstance(atom, Total) and atom != below and factors[atom] == 1:
            new, used = fold_total(atom, definition, own, left)
            if used:
                del factors[atom]
                factors[new] = factors.get(new, poly.ABSENT) + 1
                left -= used
                factors[below] += used
        use = use_of(atom, definition, own)
        while use is not None and left > 0 and factors.get(atom, 0) >= 1:
            factors[atom] -= 1
            factors[use] = factors.get(use, poly.ABSENT) + 1
            left -= 1
            factors[below] += 1
    return tuple(sorted(((a, e) for a, e in factors.items() if e), key=lambda pair: pair[0].key))


def fold_total(total: Total, definition: Definition, own: Term, left: Fraction) -> tuple[Total, int]:
    """Return a Σ with the pattern folded inside its body, and how many fractions that used up."""
    index, body, but = total.args
    if isinstance(body, Total):
        inner, used = fold_total(body, definition, own, left)
        return Total(index, inner, but), used
    used, factors = 0, []
    for factor in body.args if isinstance(body, Mul) else (body,):
        use = use_of(factor, definition, own)
        if use is not None and used < left:
            factor, used = use, used + 1
        factors.append(factor)
    return Total(index, mul(*factors), but), used


def use_of(atom: Term, definition: Definition, own: Term) -> Defined | None:
    """Return p_x if the atom is e^{a_x}."""
    for index in free_indices(atom):
        if type(atom) is type(own) and substitute(own, {definition.parameters[0]: index}) == atom:
            return Defined(definition, (index,))
    return None
