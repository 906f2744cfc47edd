# ruff: noqa: D105  (operators and __repr__ say what they are)
"""The search for a counterexample, and what is said of it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..language.errors import Undefined
from ..language.figures import formula
from ..language.indexing import delta_of, substitute
from ..language.names import all_definitions, sizes_in
from ..language.terms import Delta, Index, Term
from ..language.text import text
from ..language.vocabulary import Eq
from ..printing.lettering import Letters
from ..rewriting import polynomials as poly
from ..rewriting.fold import recognize
from ..rewriting.hypotheses import Rules
from ..rewriting.normal import Normalizer
from ..rewriting.polynomials import Polynomial
from .audit import AUDITED, audit, difference, evaluations, formulas, sizes_to_audit
from .concrete import SymPyExpr, World, ordered
from .points import Values, exact
from .scope import scope_of

__all__ = ["AUDITED", "Counterexample", "audit", "cases", "difference", "exact", "find_counterexample", "message"]


@dataclass(frozen=True)
class Counterexample:
    """Numbers at which the two sides differ: `values` and `indices` to put in, `lhs` and `rhs` what comes out."""

    N: int
    sizes: dict[str, int]
    indices: dict[Index, int]
    values: Values
    lhs: SymPyExpr
    rhs: SymPyExpr

    def __repr__(self) -> str:
        sizes = ", ".join(f"{name} = {value}" for name, value in self.sizes.items())
        at = [f"{index.name} = {value}" for index, value in self.indices.items()]
        numbers = [f"{symbol.name} = {value}" for symbol, value in self.values.items()]
        return f"{', '.join([sizes, *at, *numbers])}: left {self.lhs}, right {self.rhs}"

    def _repr_html_(self) -> str:
        return self.html()

    def html(self, more: Iterable[tuple[str, Sequence[SymPyExpr]]] = ()) -> str:
        """Say what to put in and what comes out; `more` are pairs (name, values) worth knowing beside them."""
        vectors: dict[str, list[SymPyExpr]] = {}
        for symbol, value in self.values.items():
            head, _, index = symbol.name.partition("_")
            name = f"{head}_{{{index}}}" if "," in index else head  # an entry of a matrix stands alone
            vectors.setdefault(name, []).append(value)
        sizes = self.sizes.items() if any("_" in symbol.name for symbol in self.values) else ()
        inputs = [f"{name} = {value}" for name, value in sizes]
        inputs += [f"{index.name} = {value}" for index, value in self.indices.items()]
        inputs += [f"{name} = {values_tex(values)}" for name, values in [*vectors.items(), *more]]
        left, right = formula(number_tex(self.lhs)), formula(number_tex(self.rhs))
        return f"With {', '.join(map(formula, inputs))} the left side is {left} and the right side {right}."


def values_tex(values: Sequence[SymPyExpr]) -> str:
    """Return a number, or several in brackets."""
    written = [number_tex(value) for value in values]
    return written[0] if len(written) == 1 else "(" + r",\ ".join(written) + ")"


def number_tex(value: SymPyExpr) -> str:
    """Return a number in one line: fractions with a slash, logarithms without brackets."""
    if value.is_Rational:
        return str(value)
    return re.sub(r"\\log\{\\left\((\d+) \\right\)\}", r"\\log \1", sp.latex(value))


def world_of(n: int, terms: Iterable[Term]) -> World:
    """Return concrete sizes with N = n; other ranges get another length, so that a mix-up shows."""
    others = sorted(sizes_in(*terms) - {"N"})
    return World({"N": n, **dict.fromkeys(others, 3 if n == 2 else 2)})


def find_counterexample(lhs: Term, rhs: Term, given: Sequence[Eq]) -> Counterexample | None:
    """Return the first, smallest counterexample, or None."""
    worlds = sizes_to_audit(scope_of(formulas((lhs, rhs), given)))
    for world, at, values, sides in evaluations((lhs, rhs), given, worlds, points=3):
        if values is not None and sides and difference(*sides):
            return Counterexample(world.sizes["N"], world.sizes, at, values, *sides)
    return None


def cases(gap: Term, given: Sequence[Eq], *claim: Term) -> dict[str, Term]:
    """Return {"i = j": residual, "i ≠ j": residual, …}: left minus right in each case of the first δ or index pair."""
    normal = Normalizer(Rules(given) if given else None)
    try:
        found = normal(gap)
    except Undefined:
        return {}
    definitions = {d.key: d for side in claim for d in all_definitions(side)}.values()
    letters = Letters(*claim)

    def show(residual: Polynomial) -> Term:
        return letters.write(poly.to_term(recognize(residual, definitions)))

    deltas = sorted({a for m in found for a, _ in m if isinstance(a, Delta)}, key=lambda a: a.key)
    free = ordered(gap)
    pair: tuple[Any, ...] = deltas[0].args if deltas else tuple(free[:2])  # an Index, and an Index or a class
    if len(pair) < 2 or pair[0].size != getattr(pair[1], "size", pair[0].size):
        return {"for every N": show(found)}
    left, right = pair
    mapping = {right: left} if isinstance(right, Index) else {left: right}
    unequal = {m: c for m, c in found.items() if delta_of(left, right) not in dict(m)}
    names = [i.name if isinstance(i, Index) else str(i) for i in pair]
    return {" = ".join(names): show(normal(substitute(gap, mapping))), " ≠ ".join(names): show(unequal)}


def message(lhs: Term, rhs: Term, example: Counterexample, residuals: Mapping[str, Term]) -> str:
    """Return the message of Refuted: what to put in, what comes out, and the residual per case."""
    lines = [
        f"{text(lhs)} = {text(rhs)} is false.",
        f"At {example!r}.",
        f"Difference: {exact(example.lhs - example.rhs)}.",
    ]
    for case, residual in residuals.items():
        lines.append(f"Left − right, {case}: {text(residual)}")
    return "\n".join(lines)
