"""Sums of monomials over atoms: the arithmetic under the normal form.

A monomial is a tuple of (atom, exponent) pairs in a fixed order; exponents may be negative (e^{a_i} S^{-1}).
A polynomial is a dict from monomials to rational coefficients, without zeros. An atom is a term that arithmetic
does not look into: a_i, e^{a_i}, δ_ij, log S, Σ_k …, or a sum under a fraction bar.
"""

from fractions import Fraction
from typing import TypeAlias

from ..language.errors import Undecided, Undefined
from ..language.terms import Add, Delta, Number, Term, add, mul, power

Monomial: TypeAlias = tuple[tuple[Term, Fraction], ...]
Polynomial: TypeAlias = dict[Monomial, Fraction]

UNIT: Monomial = ()  # the monomial 1
ABSENT = Fraction(0)  # the exponent of an atom that is not there
LARGEST = 20_000


def constant(value: Fraction | int) -> Polynomial:
    """Return a number as a polynomial."""
    return {UNIT: Fraction(value)} if value else {}


def of_atom(atom: Term, exponent: Fraction | int = 1) -> Polynomial:
    """Return a power of one atom as a polynomial."""
    return {((atom, Fraction(exponent)),): Fraction(1)}


def plus(*polynomials: Polynomial) -> Polynomial:
    """Return the sum."""
    result: Polynomial = {}
    for polynomial in polynomials:
        for monomial, coefficient in polynomial.items():
            result[monomial] = result.get(monomial, 0) + coefficient
    return {m: c for m, c in result.items() if c}


def scaled(polynomial: Polynomial, factor: Fraction | int) -> Polynomial:
    """Return a multiple."""
    return {m: c * factor for m, c in polynomial.items()} if factor else {}


def minus(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return the difference."""
    return plus(left, scaled(right, -1))


def times_monomial(left: Monomial, right: Monomial) -> Monomial:
    """Return the product of two monomials; exponents add, and δ² = δ."""
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    for atom in [a for a in exponents if isinstance(a, Delta)]:
        if exponents[atom] < 0:
            raise Undefined("a δ stands under a fraction bar")
        exponents[atom] = Fraction(1)
    return tuple(sorted(((a, e) for a, e in exponents.items() if e), key=lambda pair: pair[0].key))


def times(left: Polynomial, right: Polynomial) -> Polynomial:
    """Return the product of two polynomials, atoms untouched."""
    if len(left) * len(right) > LARGEST:
        raise Undecided(f"multiplied out, this formula has more than {LARGEST} terms: prove it in smaller parts")
    result: Polynomial = {}
    for m1, c1 in left.items():
        for m2, c2 in right.items():
            monomial = times_monomial(m1, m2)
            result[monomial] = result.get(monomial, 0) + c1 * c2
    return {m: c for m, c in result.items() if c}


def single(polynomial: Polynomial) -> tuple[Term, Fraction] | tuple[None, None]:
    """Return (atom, exponent) of a polynomial that is one power of one atom; else (None, None)."""
    if len(polynomial) == 1:
        ((monomial, coefficient),) = polynomial.items()
        if coefficient == 1 and len(monomial) == 1:
            return monomial[0]
    return None, None


def content(polynomial: Polynomial) -> tuple[Fraction, Monomial, Polynomial]:
    """Return (coefficient, monomial, primitive polynomial) with polynomial = coefficient · monomial · primitive.

    The primitive part has no atom in common to all of its terms, and its first coefficient is 1: so two sums
    that differ by a factor share it.
    """
    common = dict(next(iter(polynomial)))
    for monomial in polynomial:
        exponents = dict(monomial)
        for atom in {*common, *exponents}:
            common[atom] = min(common.get(atom, ABSENT), exponents.get(atom, ABSENT))
    shared = tuple(
        sorted(((a, e) for a, e in common.items() if e and not isinstance(a, Delta)), key=lambda p: p[0].key)
    )
    inverse = tuple((a, -e) for a, e in shared)
    reduced = {times_monomial(m, inverse): c for m, c in polynomial.items()}
    lead = reduced[min(reduced, key=monomial_key)]
    return lead, shared, {m: c / lead for m, c in reduced.items()}


def monomial_key(monomial: Monomial) -> list[tuple[str, Fraction]]:
    """Return what monomials are ordered by."""
    return [(atom.key, exponent) for atom, exponent in monomial]


def to_term(polynomial: Polynomial) -> Term:
    """Return a polynomial as a term, its monomials in a fixed order."""
    pieces = []
    for monomial in sorted(polynomial, key=monomial_key):
        factors = [power(atom, exponent) for atom, exponent in monomial]
        pieces.append(mul(Number(polynomial[monomial]), *factors))
    return add(*pieces)


def denominators(polynomial: Polynomial) -> dict[Term, Fraction]:
    """Return {sum under a fraction bar: highest power}, what must be cleared before two fractions compare."""
    found: dict[Term, Fraction] = {}
    for monomial in polynomial:
        for atom, exponent in monomial:
            if isinstance(atom, Add) and exponent < 0:
                found[atom] = max(found.get(atom, ABSENT), -exponent)
    return found
