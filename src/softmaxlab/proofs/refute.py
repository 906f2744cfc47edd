# ruff: noqa: D105  (operators and __repr__ say what they are)
"""The search for a counterexample, and the audit of a proof: both evaluate a claim exactly at concrete N."""

import re
from dataclasses import dataclass

import sympy as sp

from . import polynomials as poly
from .concrete import World, all_definitions, assignments, ordered, replaced, sizes_in
from .errors import Undefined
from .fold import recognize
from .hypotheses import Rules
from .indexing import delta_of, literals, substitute
from .lettering import Letters
from .normal import Normalizer
from .points import NoPoint, exact, instances, point
from .proof import formula
from .terms import Delta, Index
from .text import text

AUDITED = (2, 3, 4)


@dataclass(frozen=True)
class Counterexample:
    """Numbers at which the two sides differ: `values` and `indices` to put in, `lhs` and `rhs` what comes out."""

    N: int
    sizes: dict
    indices: dict
    values: dict
    lhs: sp.Expr
    rhs: sp.Expr

    def __repr__(self):
        sizes = ", ".join(f"{name} = {value}" for name, value in self.sizes.items())
        at = [f"{index.name} = {value}" for index, value in self.indices.items()]
        numbers = [f"{symbol.name} = {value}" for symbol, value in self.values.items()]
        return f"{', '.join([sizes, *at, *numbers])}: left {self.lhs}, right {self.rhs}"

    def _repr_html_(self):
        return self.html()

    def html(self, more=()):
        """Say what to put in and what comes out; `more` are pairs (name, values) worth knowing beside them."""
        vectors = {}
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


def values_tex(values):
    """Return a number, or several in brackets."""
    written = [number_tex(value) for value in values]
    return written[0] if len(written) == 1 else "(" + r",\ ".join(written) + ")"


def number_tex(value):
    """Return a number in one line: fractions with a slash, logarithms without brackets."""
    if value.is_Rational:
        return str(value)
    return re.sub(r"\\log\{\\left\((\d+) \\right\)\}", r"\\log \1", sp.latex(value))


def world_of(n, terms):
    """Return concrete sizes with N = n; other ranges get another length, so that a mix-up shows."""
    others = sorted(sizes_in(*terms) - {"N"})
    return World({"N": n, **dict.fromkeys(others, 3 if n == 2 else 2)})


def evaluations(chain, given, sizes, points=1):
    """Yield (world, indices, values, [exact value of each term of the chain]) over cases and points."""
    terms = [*chain, *(side for e in given for side in (e.lhs, e.rhs))]
    free = ordered(*chain)
    named = set().union(*map(literals, terms))
    for n in sizes:
        world = world_of(n, terms)
        if max(named, default=1) > n:
            continue
        for at in assignments(world, free, named):
            sides = [world.sympy(term, at) for term in chain]
            conditions = [c for e in given for c in instances(world, e, at)]
            for number in range(points):
                try:
                    values = point(world, terms, [*sides, *conditions], conditions, number)
                except NoPoint:
                    continue
                known = dict(values)  # the lines of a proof have most of their parts in common
                yield world, at, values, [exact(replaced(side, known)) for side in sides]


def difference(left, right):
    """Return whether two exact values differ: False, True, or None if that cannot be told."""
    if left is sp.nan or right is sp.nan:
        return None
    if left == right or exact(left - right) == 0:
        return False
    gap = sp.N(left - right, 30)
    if not gap.is_comparable:
        return None
    return True if abs(gap) > sp.Float("1e-15") else None


def find_counterexample(lhs, rhs, given):
    """Return the first, smallest counterexample, or None."""
    for world, at, values, (left, right) in evaluations((lhs, rhs), given, AUDITED, points=3):
        if difference(left, right):
            return Counterexample(world.sizes["N"], world.sizes, at, values, left, right)
    return None


def audit(chain, given, sizes=AUDITED):
    """Evaluate every line of a proof at these N by ordinary calculus; return (sizes that agreed, first bad line).

    The second is None where all agree, else the number of the line that differs from the one before.
    """
    agreed = set()
    for world, _, _, values in evaluations(chain, given, sizes):
        for n in range(1, len(values)):
            if difference(values[n - 1], values[n]) is not False:
                return tuple(sorted(agreed)), n
        agreed.add(world.sizes["N"])
    return tuple(sorted(agreed)), None


def cases(gap, given, *claim):
    """Return {"i = j": residual, "i ≠ j": residual, …}: left minus right in each case of the first δ or index pair."""
    normal = Normalizer(Rules(given) if given else None)
    try:
        found = normal(gap)
    except Undefined:
        return {}
    definitions = {d.key: d for side in claim for d in all_definitions(side)}.values()
    letters = Letters(*claim)

    def show(residual):
        return letters.write(poly.to_term(recognize(residual, definitions)))

    deltas = sorted({a for m in found for a, _ in m if isinstance(a, Delta)}, key=lambda a: a.key)
    free = ordered(gap)
    pair = deltas[0].args if deltas else tuple(free[:2])
    if len(pair) < 2 or pair[0].size != getattr(pair[1], "size", pair[0].size):
        return {"for every N": show(found)}
    left, right = pair
    mapping = {right: left} if isinstance(right, Index) else {left: right}
    unequal = {m: c for m, c in found.items() if delta_of(left, right) not in dict(m)}
    names = [i.name if isinstance(i, Index) else str(i) for i in pair]
    return {" = ".join(names): show(normal(substitute(gap, mapping))), " ≠ ".join(names): show(unequal)}


def message(lhs, rhs, example, residuals):
    """Return the message of Refuted: what to put in, what comes out, and the residual per case."""
    lines = [
        f"{text(lhs)} = {text(rhs)} is false.",
        f"At {example!r}.",
        f"Difference: {exact(example.lhs - example.rhs)}.",
    ]
    for case, residual in residuals.items():
        lines.append(f"Left − right, {case}: {text(residual)}")
    return "\n".join(lines)
