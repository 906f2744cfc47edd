"""The audit of a proof: all its lines evaluated exactly at concrete sizes, by ordinary calculus."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeAlias

import sympy as sp

from ..language.terms import Index, Term
from ..language.vocabulary import Eq
from .concrete import SymPyExpr, World, assignments, ordered, replaced
from .points import NoPoint, Values, exact, instances, point
from .scope import Scope, named_classes, scope_of
from .signs import is_defined

Evaluation: TypeAlias = tuple[World, dict[Index, int], Values | None, list[SymPyExpr] | None]

AUDITED = (2, 3, 4)
LONGEST = 24  # classes: no claim names the 25th, and exact arithmetic with more is slow


def sizes_to_audit(scope: Scope) -> list[dict[str, int]]:
    """Return concrete sizes inside a scope: with the three smallest N from 2 on, or its only one."""
    found: list[dict[str, int]] = []
    for classes in [scope.n] if scope.n else range(2, 2 + LONGEST):
        others = {size: scope.after(size, 3 if classes == 2 else 2) for size in scope.least if size != "N"}
        if scope.holds({"N": classes, **others}) and len(found) < len(AUDITED):
            found.append({"N": classes, **others})
    return found


def evaluations(
    chain: Sequence[Term], given: Sequence[Eq], worlds: Iterable[dict[str, int]], points: int = 1
) -> Iterator[Evaluation]:
    """Yield (world, indices, values, [exact value of each term of the chain]) over cases and points.

    Where no numbers are found that obey the hypotheses, the last two are None.
    """
    terms = [*chain, *(side for e in given for side in (e.lhs, e.rhs))]
    free, named = ordered(*chain), named_classes(*terms)
    for world in map(World, worlds):
        for at in assignments(world, free, named):
            conditions = [c for e in given for c in instances(world, e, at)]
            if any(c.is_Number and c != 0 for c in conditions):
                continue  # i ≠ j where both are the same class
            sides = [world.sympy(term, at) for term in chain]
            for number in range(points):
                try:
                    values = point(world, terms, [*sides, *conditions], conditions, number)
                except NoPoint:
                    yield world, at, None, None
                    continue
                known = dict(values)  # the lines of a proof have most of their parts in common
                yield world, at, values, [exact(replaced(side, known)) for side in sides]


def difference(left: SymPyExpr, right: SymPyExpr) -> bool | None:
    """Return whether two exact values differ: False, True, or None if that cannot be told.

    Exponentials of fractions, such as e^{2/3}, are not brought to one form: there 45 digits that agree are enough.
    """
    if left is sp.nan or right is sp.nan:
        return None
    if left == right or exact(left - right) == 0:
        return False
    gap = sp.N(left - right, 60)
    if not gap.is_Float:
        return None
    if abs(gap) < sp.Float("1e-45"):
        return False
    return True if gap.is_comparable and abs(gap) > sp.Float("1e-15") else None


def formulas(lines: Iterable[Term], given: Iterable[Eq]) -> list[Term]:
    """Return lines and both sides of each hypothesis."""
    return [*lines, *(side for e in given for side in (e.lhs, e.rhs))]


def audit(
    chain: Sequence[Term], given: Sequence[Eq], worlds: Iterable[dict[str, int]] | None = None
) -> tuple[tuple[int, ...], int | None]:
    """Evaluate every line of a proof at some sizes by ordinary calculus; return (N that agreed, first bad line).

    The second is None where all agree, else the number of the line that differs from the one before.
    """
    worlds = sizes_to_audit(scope_of(formulas(chain, given))) if worlds is None else worlds
    agreed: set[int] = set()
    for world, _, _, values in evaluations(chain, given, worlds):
        for n, pair in enumerate(pairwise(values or ()), start=1):
            if difference(*pair) is not False:
                return tuple(sorted(agreed)), n
        if values:
            agreed.add(world.sizes["N"])
    return tuple(sorted(agreed)), None


def agree_at(sizes: dict[str, int], chain: Sequence[Term], given: Sequence[Eq] = ()) -> bool | None:
    """Whether all lines agree at these sizes, exactly and by ordinary calculus: True, False, or None.

    None where a line is not defined, or where no numbers are found that obey the hypotheses. Where the free indices
    cannot differ as they should, nothing is claimed, and nothing is false.
    """
    verdict: bool | None = True
    for _, _, _, values in evaluations(chain, given, [sizes]):
        steps = [difference(*pair) for pair in pairwise(values)] if values else [None]
        if True in steps:
            return False
        verdict = None if None in steps else verdict
    return verdict


def where_it_holds(chain: Sequence[Term], given: Sequence[Eq], n: int | None = None) -> Scope:
    """Return the scope of a proof: from which sizes on all its lines are defined and agree.

    Rewriting is right wherever nothing divides by 0. What that leaves open is the small end, where a sum may have no
    summand: at a single class, or at as few as are named or left out. A single class is always tried, a single row
    where something might be 0 below a fraction bar.
    """
    scope = replace(scope_of(formulas(chain, given)), n=n)
    usual = {size: scope.after(size, 2) for size in scope.least} | ({"N": n} if n else {})
    tried = scope.ranges() if not all(map(is_defined, chain)) else {"N"} & set(scope.ranges())
    for size in tried:
        if scope.least[size] == 1 and not agree_at({**usual, size: 1}, chain, given):
            scope = scope.without(size, 1)
    return scope


def raised(scope: Scope, chain: Sequence[Term], given: Sequence[Eq]) -> Scope:
    """Return a scope whose small end is higher, by as much as it takes for all lines to be defined."""
    high = {size: scope.after(size, max(2, scope.least[size]) + 2) for size in scope.least}
    for size in scope.ranges():
        for value in range(max(2, scope.least[size]), high[size]):
            if agree_at({**high, size: value}, chain, given) is None:
                scope = scope.without(size, value)
    return scope
