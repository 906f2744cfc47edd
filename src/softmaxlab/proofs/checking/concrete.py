"""Formulas at a concrete N, in plain SymPy: explicit sums of ordinary symbols, differentiated by `diff`.

This is the independent route. It shares nothing with the rewriting: no index, no δ, no Σ survives the translation.
Sums and products are differentiated here (`slope`), by the sum and product rules, and everything inside them by SymPy:
for a whole sum, `diff` also tests at every node whether the result is 0, which takes most of its time.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import sympy as sp

from ..language.indexing import free_indices
from ..language.terms import (
    Add,
    Defined,
    Definition,
    Delta,
    Derivative,
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
)

SymPyExpr: TypeAlias = Any  # SymPy comes without types
IndexValues: TypeAlias = Mapping[Any, int]  # of free indices; a class by its number may be looked up, too


class World:
    """One choice of sizes: how long each range is."""

    def __init__(self, sizes: dict[str, int]) -> None:
        """`sizes` maps the name of a Size to a whole number."""
        self.sizes = sizes
        self.memo: dict[tuple[str, frozenset[tuple[str, int]], tuple[str, ...]], SymPyExpr] = {}
        self.slopes: dict[tuple[SymPyExpr, SymPyExpr], SymPyExpr] = {}
        self.names: dict[SymPyExpr, frozenset[SymPyExpr]] = {}
        # by held definition: what its symbols stand for, and what was replaced already
        self.released: dict[tuple[str, ...], dict[SymPyExpr, SymPyExpr]] = {}

    def range(self, size: Size) -> Sequence[int]:
        """Return 1..size."""
        return range(1, self.sizes[size.args[0]] + 1)

    def symbol(self, term: Entry | Scalar, at: IndexValues) -> SymPyExpr:
        """Return the SymPy symbol of a_2, z_12 or T."""
        if isinstance(term, Scalar):
            return sp.Symbol(term.args[0], real=True, positive=term.args[1] or None)
        vector, indices = term.args
        written = ",".join(str(at.get(i, i)) for i in indices)
        return sp.Symbol(f"{vector.name}_{written}", real=True, positive=vector.positive or None)

    def sympy(self, term: Term, at: IndexValues | None = None, held: tuple[str, ...] = ()) -> SymPyExpr:
        """Return a term in SymPy, its free indices being the numbers `at`; `held` definitions stand as variables."""
        at = at or {}
        key = (term.key, frozenset([(i.key, at[i]) for i in free_indices(term)]), held)
        if key not in self.memo:
            self.memo[key] = self.translate(term, at, held)
        return self.memo[key]

    def translate(self, term: Term, at: IndexValues, held: tuple[str, ...]) -> SymPyExpr:
        """Translate by the kind of term."""
        match term:
            case Number():
                return sp.Rational(term.args[0].numerator, term.args[0].denominator)
            case Size():
                return sp.Integer(self.sizes[term.args[0]])
            case Entry() | Scalar():
                return self.symbol(term, at)
            case Add():
                return sp.Add(*(self.sympy(part, at, held) for part in term.args))
            case Mul():
                return sp.Mul(*(self.sympy(part, at, held) for part in term.args))
            case Power():
                exponent = sp.Rational(term.args[1].numerator, term.args[1].denominator)
                base = self.sympy(term.args[0], at, held)
                return sp.nan if exponent < 0 and endless(base) else base**exponent  # SymPy takes 1 / (1/0) for 0
            case Exp():
                return sp.exp(self.sympy(term.args[0], at, held))
            case Log():
                return logarithm(self.sympy(term.args[0], at, held))
            case Delta():
                left, right = (at.get(i, i) for i in term.args)
                return sp.Integer(left == right)
            case Total():
                index, body, but = term.args
                values = [value for value in self.range(index.size) if value != at.get(but, but)]
                return sp.Add(*(self.sympy(body, {**at, index: value}, held) for value in values))
            case Defined():
                return self.defined(term, at, held)
            case Derivative():
                return self.derivative(*term.args, at, held)
        raise TypeError(f"no SymPy form for {type(term).__name__}")

    def defined(self, use: Defined, at: IndexValues, held: tuple[str, ...]) -> SymPyExpr:
        """Translate the body of a definition, or return the symbol that stands for it while it is held."""
        definition, indices = use.args
        values: list[Any] = [at.get(i, i) for i in indices]  # numbers all: `at` knows each index
        if definition.key in held:
            return sp.Symbol(f"{definition.name}_{','.join(map(str, values))} held", real=True)
        return self.sympy(definition.body, dict(zip(definition.parameters, values, strict=True)), held)

    def derivative(
        self, body: Term, variable: Entry | Scalar | Defined, at: IndexValues, held: tuple[str, ...]
    ) -> SymPyExpr:
        """Differentiate; a defined variable is held as symbols of its own, and its values put back afterwards."""
        if not isinstance(variable, Defined):
            return self.slope(self.sympy(body, at, held), self.symbol(variable, at))
        definition = variable.args[0]
        inner = held if definition.key in held else (*held, definition.key)
        slope = self.slope(self.sympy(body, at, inner), self.defined(variable, at, inner))
        if inner == held:
            return slope
        return replaced(slope, self.release(definition, inner, held))

    def release(
        self, definition: Definition, inner: tuple[str, ...], held: tuple[str, ...]
    ) -> dict[SymPyExpr, SymPyExpr]:
        """Return {symbol: value} for each use of a definition that is held in `inner` and no longer in `held`."""
        if inner not in self.released:
            choices = product(*(self.range(i.size) for i in definition.parameters))
            uses = [Defined(definition, choice) for choice in choices]
            self.released[inner] = {self.defined(d, {}, inner): self.defined(d, {}, held) for d in uses}
        return self.released[inner]

    def symbols_of(self, value: SymPyExpr) -> frozenset[SymPyExpr]:
        """Return the symbols of an expression; SymPy looks through all of it at each call."""
        if value not in self.names:
            inside = [self.symbols_of(part) for part in value.args]
            self.names[value] = frozenset({value} if value.is_Symbol else ()).union(*inside)
        return self.names[value]

    def slope(self, value: SymPyExpr, symbol: SymPyExpr) -> SymPyExpr:
        """Return ∂value/∂symbol: sums and products by their rules, everything else by SymPy."""
        if (value, symbol) not in self.slopes:
            has_it = symbol in self.symbols_of(value)
            self.slopes[value, symbol] = self.differentiate(value, symbol) if has_it else sp.S.Zero
        return self.slopes[value, symbol]

    def differentiate(self, value: SymPyExpr, symbol: SymPyExpr) -> SymPyExpr:
        """Return ∂value/∂symbol, nothing looked up."""
        if not value.is_Add and not value.is_Mul:
            return value.diff(symbol)
        parts = value.args
        slopes = [(n, slope) for n, part in enumerate(parts) if (slope := self.slope(part, symbol)) != 0]
        if value.is_Add:
            return sp.Add(*(slope for _, slope in slopes))
        return sp.Add(*(sp.Mul(slope, *parts[:n], *parts[n + 1 :]) for n, slope in slopes))


def replaced(value: SymPyExpr, known: dict[SymPyExpr, SymPyExpr]) -> SymPyExpr:
    """Return an expression with the parts in `known` replaced. All that is replaced on the way becomes known too.

    >>> a, b = sp.symbols("a b")
    >>> replaced(sp.exp(a) + b, {a: sp.log(2), b: sp.Integer(3)})
    5
    """
    if value not in known:
        parts = [replaced(part, known) for part in value.args]
        same = all(new is old for new, old in zip(parts, value.args, strict=True))
        undefined = not same and any(map(endless, parts))
        known[value] = value if same else sp.nan if undefined else value.func(*parts)
    return known[value]


def endless(value: SymPyExpr) -> bool:
    """Whether a value is 1/0 or what has come of it."""
    return value in (sp.zoo, sp.nan, sp.oo, -sp.oo) or (value.is_Mul and sp.zoo in value.args)


def logarithm(value: SymPyExpr) -> SymPyExpr:
    """Return a logarithm, taken apart where SymPy knows the factors to be positive: far less work for `diff`.

    >>> a, b = sp.symbols("a b", real=True)
    >>> logarithm(b * sp.exp(a) / 2), logarithm(sp.exp(a) ** -2)
    (a + log(b) - log(2), -2*a)
    """
    terms, rest = [], []
    for factor in value.args if value.is_Mul else (value,):
        base, exponent = (factor.base, factor.exp) if factor.is_Pow else (factor, sp.S.One)
        if base.is_positive:
            terms.append(exponent * sp.log(base))
        else:
            rest.append(factor)
    return sp.Add(*terms, sp.log(sp.Mul(*rest)))


def assignments(
    world: World, indices: Sequence[Index], named: Mapping[str, Collection[int]]
) -> Iterator[dict[Index, int]]:
    """Yield one choice of numbers for the free indices per pattern of equal and unequal ones.

    All classes are alike, so (1, 2) stands for every i ≠ j; except for those `named` by number in the formula, as
    {size: numbers}, which are told apart from the others.
    """
    seen = set()
    for values in product(*(world.range(i.size) for i in indices)):
        groups = [(index.size.args[0], value) for index, value in zip(indices, values, strict=True)]
        pattern = tuple((groups.index(g), g[1] if g[1] in named.get(g[0], ()) else 0) for g in groups)
        if pattern not in seen:
            seen.add(pattern)
            yield dict(zip(indices, values, strict=True))


def ordered(*terms: Term) -> list[Index]:
    """Return the free indices of terms by name."""
    return sorted(set().union(*(free_indices(t) for t in terms)), key=lambda i: i.key)
