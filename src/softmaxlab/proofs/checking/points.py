"""Exact numbers to put into a formula: small enough for pencil and paper, and obeying the hypotheses."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, TypeAlias

import mpmath as mp
import sympy as sp

from ..language.names import names_in
from ..language.terms import Entry, Index, Scalar, Term
from ..language.vocabulary import Eq
from .concrete import SymPyExpr, World

Values: TypeAlias = dict[SymPyExpr, SymPyExpr]  # an exact value for each symbol

# A logit is the log of a small integer, so that every e^a is that integer and every p a fraction.
LOGITS = ((2, 1, 3, 1), (1, 3, 2, 4), (3, 2, 1, 1), (1, 1, 1, 1))
POSITIVE = (("1/3", "1/2", "1/6", "1/4"), ("2/5", "1/5", "3/5", "1/2"), ("3", "2", "1", "5"))
REAL = ((3, 2, -1, 1), (1, -2, 3, 2), (2, 5, 1, -3))
ROOTS = 8  # more than these in one number, and its digits are compared
TEMPERATURES = ("1/2", "1/3", "1")


class NoPoint(ArithmeticError):  # noqa: N818  (an outcome of the search, always caught)
    """No numbers were found that obey the hypotheses."""


def family(symbol: SymPyExpr) -> str:
    """Return the name of the vector that a symbol is an entry of."""
    name: str = symbol.name
    return name.partition("_")[0]


def exponents_in(expressions: Iterable[SymPyExpr]) -> list[SymPyExpr]:
    """Return what stands in the exponents of e, each once: the lines of a proof have most of their parts in common."""
    found: dict[SymPyExpr, bool] = {}
    seen, todo = set(), list(expressions)
    while todo:
        part = todo.pop()
        if part not in seen:
            seen.add(part)
            todo.extend(part.args)
            if isinstance(part, sp.exp):
                found[part.args[0]] = True
    return list(found)


def logits_in(exponents: Iterable[SymPyExpr]) -> set[str]:
    """Return the names of the vectors that are logits: one per product in an exponent (in e^{w x}, w or x)."""
    found: set[str] = set()
    for exponent in exponents:
        for part in sp.Add.make_args(sp.expand(exponent)):
            factors = sorted(family(f) for f in part.as_ordered_factors() if f.is_Symbol)
            if factors and not found & set(factors):
                found.add(factors[0])
    return found


def denominators(exponents: Iterable[SymPyExpr]) -> set[SymPyExpr]:
    """Return the symbols that divide inside an exponent: a temperature, best the reciprocal of an integer."""
    powers = [power for exponent in exponents for power in exponent.atoms(sp.Pow)]
    return {symbol for power in powers if power.exp.is_negative for symbol in power.base.free_symbols}


def symbols(world: World, terms: Iterable[Term]) -> list[SymPyExpr]:
    """Return every symbol of the formulas at these sizes, in order."""
    found = []
    for thing in names_in(*terms).values():
        if isinstance(thing, Scalar):
            found.append(world.symbol(thing, {}))
        else:
            ranges = [world.range(size) for size in thing.sizes]
            found.extend(world.symbol(Entry(thing, values), {}) for values in product(*ranges))
    return found


def point(
    world: World, terms: Iterable[Term], expressions: Iterable[SymPyExpr], conditions: Sequence[SymPyExpr], number: int
) -> Values:
    """Return {symbol: exact value}, the `number`-th choice, with `conditions` (SymPy, each to be 0) fulfilled."""
    exponents = exponents_in(expressions)
    logits, divisors = logits_in(exponents), denominators(exponents)
    values: Values = {}
    counts: dict[str, int] = {}
    # vectors of one kind get different numbers: with t = q, KL(t‖q) is 0 and nothing shows
    places: dict[tuple[str, str], int] = {}
    for symbol in symbols(world, terms):
        kind = "T" if symbol in divisors else "a" if family(symbol) in logits else "+" if symbol.is_positive else "r"
        n = counts[family(symbol)] = counts.get(family(symbol), -1) + 1
        place = places.setdefault((kind, family(symbol)), sum(kind == other for other, _ in places))
        shift = number + place + n // 4  # rows of a matrix differ too
        if kind == "T":
            values[symbol] = sp.Rational(TEMPERATURES[(number + n) % len(TEMPERATURES)])
        elif kind == "a":
            values[symbol] = sp.log(LOGITS[shift % len(LOGITS)][n % 4])
        elif kind == "+":
            values[symbol] = sp.Rational(POSITIVE[shift % len(POSITIVE)][n % 4])
        else:
            values[symbol] = sp.Integer(REAL[shift % len(REAL)][n % 4])
    return fulfil(conditions, values)


def fulfil(conditions: Sequence[SymPyExpr], values: Values) -> Values:
    """Change one value per hypothesis so that it holds."""
    fixed: set[SymPyExpr] = set()
    for condition in sorted(conditions, key=lambda c: c.has(sp.exp)):  # plain sums first
        if exact(condition.xreplace(values)) == 0:
            fixed |= condition.free_symbols
            continue
        for symbol in sorted(condition.free_symbols - fixed, key=lambda s: s.name, reverse=True):
            others = {s: v for s, v in values.items() if s != symbol}
            roots = sp.solve(condition.xreplace(others), symbol)
            good = [r for r in roots if r.is_real and (not symbol.is_positive or r.is_positive)]
            if good:
                values[symbol] = good[0]
                fixed |= condition.free_symbols
                break
        else:
            raise NoPoint(f"no numbers found with {condition} = 0")
    if any(exact(condition.xreplace(values)) != 0 for condition in conditions):
        raise NoPoint("no numbers found that fulfil all hypotheses together")
    return values


def instances(world: World, equation: Eq, free: Mapping[Index, int]) -> Iterator[SymPyExpr]:
    """Yield a hypothesis as SymPy expressions that must be 0: for all values of its universal indices."""
    for choice in product(*(world.range(i.size) for i in equation.universal)):
        at = {**free, **dict(zip(equation.universal, choice, strict=True))}
        yield world.sympy(equation.lhs, at) - world.sympy(equation.rhs, at)


def exact(value: SymPyExpr) -> SymPyExpr:
    """Return a number without variables in one normal form: logs of primes, fractions cleared."""
    if value.is_Rational:
        return value
    if value.has(sp.nan, sp.zoo, sp.oo, sp.I):
        return sp.nan
    if is_tangled(value):
        return digits(value)
    value = sp.expand(sp.expand_log(value.replace(sp.log, log_of), force=True))
    return sp.expand(sp.expand_log(value, force=True))


def is_tangled(value: SymPyExpr) -> bool:
    """Whether a number holds many roots and exponentials of fractions: no normal form of it is worth its time."""
    roots, seen, todo = 0, set(), [value]
    while todo and roots <= ROOTS:
        part = todo.pop()
        if part not in seen:
            seen.add(part)
            todo.extend(part.args)
            roots += isinstance(part, sp.Pow | sp.exp) and not part.exp.is_Integer
    return roots > ROOTS


def digits(value: SymPyExpr) -> SymPyExpr:
    """Return a number to 80 digits; what it holds many times is worked out once, as SymPy's own evalf does not."""
    laws = {sp.Add: mp.fsum, sp.Mul: mp.fprod, sp.Pow: lambda args: args[0] ** args[1],
            sp.exp: lambda args: mp.exp(args[0]), sp.log: lambda args: mp.log(args[0])}  # fmt: skip
    known: dict[SymPyExpr, Any] = {}

    def number(part: SymPyExpr) -> Any:
        if part not in known:
            inside = [number(arg) for arg in part.args]
            if not inside:
                known[part] = part._to_mpmath(mp.mp.prec)
            elif isinstance(part, sp.Pow) and part.exp.is_Integer:
                known[part] = inside[0] ** int(part.exp)
            else:
                known[part] = laws[part.func](inside)
        return known[part]

    with mp.workdps(80):
        found = number(value)
    return sp.Float(found, 80) if isinstance(found, mp.mpf) else sp.nan  # a logarithm of what is not positive


def log_of(value: SymPyExpr) -> SymPyExpr:
    """Return the log of a positive rational by its primes."""
    if value.is_Rational and value.is_positive:
        return sp.Add(*(power * sp.log(prime) for prime, power in sp.factorrat(value).items()))
    return sp.log(value)
