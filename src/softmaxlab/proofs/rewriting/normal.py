"""The normal form: a sum of monomials in which equal values are, wherever possible, written equally.

`Normalizer` takes a term without derivatives. Its rules, each a law that holds for every N:

- products are multiplied out, equal monomials gathered (`polynomials`);
- e^{u+v} = e^u e^v, e^{c log x} = x^c; log(x y) = log x + log y for what is positive;
- anything with a δ inside e^·, log or a fraction bar is split: f(δ) = δ f(1) + (1 − δ) f(0);
- δ_ij f(i, j) = δ_ij f(i, i);
- a Σ is linear, is contracted with δ, and gives constants away (`sums`).
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeAlias

from sympy import factorint

from ..language.errors import Undecided, Undefined
from ..language.indexing import delta_of, free_indices, substitute, unique
from ..language.terms import (
    ONE,
    ZERO,
    Add,
    Defined,
    Delta,
    Entry,
    Exp,
    Index,
    Log,
    Mul,
    Number,
    Power,
    Scalar,
    Size,
    Term,
    Total,
    mul,
    power,
)
from . import polynomials as poly
from .polynomials import Monomial, Polynomial
from .sums import sum_over

Hypotheses: TypeAlias = Callable[["Normalizer", Term], Polynomial | None]  # such as Rules

HIGHEST = 24  # the largest power that is multiplied out


def is_positive(term: Term) -> bool:
    """Whether a normal-form term is positive by its form, for all values of its variables."""
    if isinstance(term, Exp | Size):
        return True
    if isinstance(term, Number):
        return term.args[0] > 0
    if isinstance(term, Scalar):
        return term.args[1]
    if isinstance(term, Entry):
        return term.args[0].positive
    if isinstance(term, Total):
        return term.args[2] is None and is_positive(term.args[1])
    if isinstance(term, Power):
        return is_positive(term.args[0])
    return isinstance(term, Add | Mul) and all(is_positive(part) for part in term.args)


class Normalizer:
    """Brings terms to normal form; `rules(atom)` may replace an atom by a polynomial (a hypothesis at work)."""

    def __init__(self, rules: Hypotheses | None = None) -> None:
        """Remember results: the same subterm comes up again and again."""
        self.rules = rules
        self.memo: dict[Term, Polynomial] = {}

    def __call__(self, term: Term) -> Polynomial:
        """Return the normal form, a polynomial."""
        if term not in self.memo:
            self.memo[term] = self.compute(term)
        return self.memo[term]

    def compute(self, term: Term) -> Polynomial:
        """Return the normal form by the kind of term."""
        match term:
            case Number():
                return poly.constant(term.args[0])
            case Add():
                return poly.plus(*(self(part) for part in term.args))
            case Mul():
                result = poly.constant(1)
                for part in term.args:
                    result = self.times(result, self(part))
                return result
            case Power():
                return self.power(self(term.args[0]), term.args[1])
            case Exp():
                return self.exp(self(term.args[0]))
            case Log():
                return self.log(self(term.args[0]))
            case Total():
                index, body, but = term.args
                opened = unique(index)
                inside = self(substitute(body, {index: opened}))
                if but is not None:
                    inside = poly.minus(inside, self.times(self(delta_of(opened, but)), inside))
                return sum_over(self, opened, inside)
            case Entry() | Scalar() | Size() | Delta() | Defined():
                return self.atom(term)
        raise TypeError(f"{type(term).__name__} has no normal form: differentiate first")

    def atom(self, atom: Term, exponent: Fraction | int = 1) -> Polynomial:
        """Return a power of an atom; here hypotheses apply."""
        replaced = self.rules(self, atom) if self.rules else None
        if replaced is None:
            return poly.of_atom(atom, exponent)
        return self.power(replaced, Fraction(exponent))

    def times(self, left: Polynomial, right: Polynomial) -> Polynomial:
        """Return a product; δ_ij f(i, j) becomes δ_ij f(i, i), a sum under the bar meets itself above it."""
        result: Polynomial = {}
        for monomial, coefficient in poly.times(left, right).items():
            for tidied, factor in self.tidy(monomial).items():
                result[tidied] = result.get(tidied, 0) + coefficient * factor
        return {m: c for m, c in result.items() if c}

    def tidy(self, monomial: Monomial) -> Polynomial:
        """Return a monomial as a polynomial in which no rule is left to apply."""
        for atom, exponent in monomial:
            if isinstance(atom, Delta):
                keep, drop = atom.args if isinstance(atom.args[1], Index) else atom.args[::-1]
                rest = [(a, e) for a, e in monomial if a is not atom]
                if any(drop in free_indices(a) for a, _ in rest):
                    moved = mul(*(power(substitute(a, {drop: keep}), e) for a, e in rest))
                    return self.times(poly.of_atom(atom), self(moved))
            if isinstance(atom, Add) and exponent > 0:
                others = tuple((a, e) for a, e in monomial if a is not atom)
                return self.times({others: Fraction(1)}, self.power(self(atom), exponent))
        return {monomial: Fraction(1)}

    def power(self, base: Polynomial, exponent: Fraction) -> Polynomial:
        """Return a power of a polynomial."""
        if abs(exponent) > HIGHEST:
            raise Undecided(f"a power beyond {HIGHEST} is not multiplied out: try a smaller one")
        if exponent.denominator == 1 and exponent >= 0:
            result = poly.constant(1)
            for _ in range(int(exponent)):
                result = self.times(result, base)
            return result
        split = self.split_on_delta(base, lambda part: self.power(part, exponent))
        if split is not None:
            return split
        if not base:
            raise Undefined("a fraction has 0 below")
        coefficient, monomial, primitive = poly.content(base)
        if exponent.denominator != 1:  # from e^{c log x}, so the base is positive; but (x²)^½ is not x
            atom, inner = poly.single(base)
            if atom and inner and is_positive(atom):
                return poly.of_atom(atom, inner * exponent)
            return opaque(base, exponent)
        result = {tuple((a, e * exponent) for a, e in monomial): coefficient ** int(exponent)}
        if primitive != poly.constant(1):
            result = poly.times(result, poly.of_atom(poly.to_term(primitive), exponent))
        return self.times(result, poly.constant(1))

    def exp(self, exponent: Polynomial) -> Polynomial:
        """Return e to a polynomial: one factor per monomial."""
        split = self.split_on_delta(exponent, self.exp)
        if split is not None:
            return split
        result = poly.constant(1)
        for monomial, coefficient in exponent.items():
            if len(monomial) == 1 and isinstance(monomial[0][0], Log) and monomial[0][1] == 1:
                factor = self.power(self(monomial[0][0].args[0]), coefficient)
            else:
                factor = self.atom(Exp(poly.to_term({monomial: Fraction(1)})), coefficient)
            result = self.times(result, factor)
        return result

    def log(self, argument: Polynomial) -> Polynomial:
        """Return the logarithm of a polynomial: positive factors become summands."""
        split = self.split_on_delta(argument, self.log)
        if split is not None:
            return split
        if not argument:
            raise Undefined("a logarithm is taken of 0")
        coefficient, monomial, primitive = poly.content(argument)
        result, rest = self.log_number(abs(coefficient)), poly.constant(1 if coefficient > 0 else -1)
        for atom, exponent in monomial:
            if not is_positive(atom):
                rest = poly.times(rest, poly.of_atom(atom, exponent))
            elif isinstance(atom, Exp):
                result = poly.plus(result, poly.scaled(self(atom.args[0]), exponent))
            else:
                result = poly.plus(result, poly.scaled(self.atom(Log(atom)), exponent))
        rest = poly.times(rest, primitive)
        return result if rest == poly.constant(1) else poly.plus(result, self.atom(Log(poly.to_term(rest))))

    def log_number(self, value: Fraction) -> Polynomial:
        """Return the logarithm of a positive rational by its prime factors."""
        result: Polynomial = {}
        for number, sign in ((value.numerator, 1), (value.denominator, -1)):
            for prime, count in factorint(number).items():
                result = poly.plus(result, poly.scaled(poly.of_atom(Log(Number(Fraction(prime)))), sign * count))
        return result

    def split_on_delta(self, argument: Polynomial, function: Callable[[Polynomial], Polynomial]) -> Polynomial | None:
        """Return δ f(1) + (1 − δ) f(0) for the first δ in the argument; None if there is none."""
        delta = next((a for m in argument for a, _ in m if isinstance(a, Delta)), None)
        if delta is None:
            return None
        on, off = (function(self(replaced(argument, delta, value))) for value in (ONE, ZERO))
        return poly.plus(off, self.times(poly.of_atom(delta), poly.minus(on, off)))


def opaque(base: Polynomial, exponent: Fraction) -> Polynomial:
    """Return a power that arithmetic does not look into."""
    return poly.of_atom(poly.to_term(base), exponent)


def replaced(argument: Polynomial, delta: Delta, value: Term) -> Term:
    """Return a polynomial, as a term, with one of its δ replaced by 0 or 1."""
    pieces = [
        mul(Number(c), *(value if atom == delta else power(atom, e) for atom, e in m)) for m, c in argument.items()
    ]
    return sum(pieces, ZERO)
