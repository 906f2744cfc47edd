"""Whether a displayed statement holds at the numbers of some samples, for all of its free indices."""

import math
from collections.abc import Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from .evaluate import evaluate
from .sample import MeaninglessError, Places, Sample, Value
from .tree import Call, Clause, Dots, Expression, Name, Number, Power, contains, every, free_letters

Gaps: TypeAlias = dict[int, tuple[float, float]]  # how near and how far each bound of a clause comes
CLOSE = 2e-6  # differences of fourth order leave about 1e-9; a wrong formula is off by far more at random numbers
NEARLY = 0.06  # so near a bound must come in some sample: else a weaker one would pass
SIDES = {"≤": False, "<": False, "≥": True, ">": True}


class FalseError(ValueError):
    """The statement does not hold as displayed."""


def check(statement: Sequence[Clause], samples: Sequence[Sample]) -> None:
    """Raise FalseError where a statement fails, MeaninglessError where it says nothing.

    Parameters
    ----------
    statement : sequence of Clause
        What was read. Conditions on indices choose among these; any other condition must hold in the samples.
    samples : sequence of Sample
        Random numbers, for which hypotheses that are not displayed do not hold.
    """
    claims = [clause for clause in statement if not clause.condition]
    conditions = [clause for clause in statement if clause.condition]
    if not claims:
        raise MeaninglessError("a condition, and nothing that it is a condition of")
    tightness: list[Gaps] = [{} for _ in claims]
    failed = [False for _ in claims]  # a misprint has to fail somewhere
    used = False
    for sample in (sample.rested() for sample in samples):
        for at in choices(claims, sample):
            if not all(condition_holds(clause, sample, at) for clause in conditions):
                continue
            used = True
            for n, claim in enumerate(claims):
                failed[n] |= judged(claim, sample, at, tightness[n])
    if not used:
        raise FalseError("its conditions are never met")
    for claim, fell, gaps in zip(claims, failed, tightness, strict=True):
        if "≟" in claim.relations and not fell:
            raise FalseError("it is shown as a misprint, and holds")
        for nearest, farthest in gaps.values():
            if nearest > NEARLY:
                raise FalseError("the bound is never nearly met: a sharper one holds")
            if farthest < CLOSE:
                raise FalseError("the bound is met at all numbers that were tried: = says more")


def judged(claim: Clause, sample: Sample, at: Places, gaps: Gaps) -> bool:
    """Whether a misprint fails here; of any other clause, raise where it does."""
    wrong = first_wrong(claim, sample, at, gaps)
    if "≟" in claim.relations:
        return wrong is not None
    if wrong is not None:
        where = ", ".join(f"{letter} = {n + 1}" for letter, n in sorted(at.items()))
        raise FalseError(f"{wrong}{' at ' + where if where else ''}")
    return False


def choices(claims: Sequence[Clause], sample: Sample) -> list[Places]:
    """Return every choice of the free indices of the claims."""
    used = set().union(*(free_letters(part) for claim in claims for part in claim.parts if part != Dots()))
    letters = sorted(letter for letter in used if not named(letter, claims, sample))
    counts = [range(sample.length(letter)) for letter in letters]
    return [dict(zip(letters, places, strict=True)) for places in product(*counts)]


def named(letter: str, claims: Sequence[Clause], sample: Sample) -> bool:
    """Whether a letter is no free index here: it is fixed, a size, or always part of a name, as the w of L̄_w."""
    if letter in sample.fixed or letter in sample.sizes:
        return True
    uses = [n for n in every(tuple(claims)) if isinstance(n, Name) and letter in n.subs]
    return bool(uses) and all(sample.has(f"{name.key}_{letter}") for name in uses)


def index_clause(clause: Clause, sample: Sample, at: Places) -> bool:
    """Whether a clause compares two indices, such as j ≠ i."""
    return len(clause.parts) == 2 and all(
        isinstance(part, Name) and not part.subs and (part.name in at or part.name in sample.fixed)
        for part in clause.parts
    )


def condition_holds(clause: Clause, sample: Sample, at: Places) -> bool:
    """Whether a condition is met: one on indices chooses among them, any other must hold in the sample.

    Letters that the claims do not use, such as the n of Σ_k y_nk = 1, mean any.
    """
    if index_clause(clause, sample, at):
        return true_at(clause, sample, at)
    for more in choices([clause], sample):
        if not true_at(clause, sample, {**more, **at}):
            raise MeaninglessError("the samples obey no hypothesis like this one: say in HYPOTHESES how they can")
    return True


def true_at(clause: Clause, sample: Sample, at: Places) -> bool:
    """Whether a clause holds at one choice of indices."""
    if index_clause(clause, sample, at):
        left, right = (sample.place(part.name, at) for part in clause.parts if isinstance(part, Name))
        if clause.relations[0] not in ("=", "≠"):
            raise MeaninglessError("indices are compared by = and ≠")
        return (left == right) == (clause.relations[0] == "=")
    return first_wrong(clause, sample, at, {}) is None


def first_wrong(clause: Clause, sample: Sample, at: Places, gaps: Gaps) -> str | None:
    """Return what fails of a chain, None if nothing does; `gaps` keeps how near and how far each bound comes."""
    if "⇔" in clause.relations:
        cut = clause.relations.index("⇔")
        one = Clause(clause.parts[: cut + 1], clause.relations[:cut])
        other = Clause(clause.parts[cut + 1 :], clause.relations[cut + 1 :])
        if not one.relations or not other.relations:
            raise MeaninglessError("⇔ stands between two statements")
        same = true_at(one, sample, at) == true_at(other, sample, at)
        return None if same else "one side holds and the other does not"
    clause = without_dots(clause)
    sample.spend(len(clause.parts))
    values: list[Value] = [None if small_rest(part) else evaluate(part, sample, at) for part in clause.parts]
    for n, (left, relation, right) in enumerate(clause.pairs()):
        if values[n] is None or values[n + 1] is None:
            if relation != "=":
                raise MeaninglessError("a rest that goes to 0 stands in an equation")
            if not vanishes(left, right, sample, at):
                return "the rest does not go to 0 as it says"
        elif not related(values[n], relation, values[n + 1], sample.scale):
            return f"the left side is {shown(values[n])}, the right side {shown(values[n + 1])}"
        elif relation in ("≤", "≥"):
            size = abs(values[n]) + abs(values[n + 1]) + 0.1
            gap = abs(values[n] - values[n + 1]) / size
            nearest, farthest = gaps.get(n, (math.inf, 0.0))
            gaps[n] = min(nearest, gap), max(farthest, gap)
    return None


def without_dots(clause: Clause) -> Clause:
    """Return v_1 = v_2 = … = v_N without its dots; the equations around them are stated all the same."""
    if Dots() not in clause.parts:
        return clause
    n = clause.parts.index(Dots())
    return Clause(clause.parts[:n] + clause.parts[n + 1 :], clause.relations[:n] + clause.relations[n + 1 :])


def related(left: Value, relation: str, right: Value, scale: float) -> bool:
    """Whether one relation holds between two values."""
    if relation in ("=", "≟"):
        return equal(left, right, scale)
    if relation == "≠":
        return not equal(left, right, scale)
    if np.ndim(left) or np.ndim(right):
        raise MeaninglessError("an order between arrays")
    if relation == "≲":  # a bound for small errors, to their first order
        return bool(0.9 * right <= left <= 1.05 * right)
    if SIDES[relation]:
        left, right = right, left
    room = 1e-9 * (abs(left) + abs(right)) + 1e-12  # what rounding leaves of 0
    return bool(left <= right + room if relation in ("≤", "≥") else left < right)


def equal(left: Value, right: Value, scale: float) -> bool:
    """Whether two values agree, up to what differences leave."""
    left, right = np.asarray(left), np.asarray(right)
    if left.shape != right.shape and left.ndim and right.ndim:
        raise MeaninglessError("the sides have different shapes")
    if not (np.all(np.isfinite(left)) and np.all(np.isfinite(right))):
        raise MeaninglessError("a side is not finite")
    return bool(np.all(np.abs(left - right) <= CLOSE * (scale + np.maximum(np.abs(left), np.abs(right)))))


def small_rest(node: Expression) -> bool:
    """Whether an expression ends in … or O(…), so that only its order is given."""
    return contains(node, Dots) or any(isinstance(n, Call) and n.name == "O" for n in every(node))


def vanishes(left: Expression, right: Expression, sample: Sample, at: Places) -> bool:
    """Whether left − right goes to 0 as its O(h^k) says, no slower and no faster; for dots, as the sample says."""
    orders = [n.args[0] for side in (left, right) for n in every(side) if isinstance(n, Call) and n.name == "O"]
    wanted = order_said(orders[0], sample) if orders else sample.order
    without = sample.but(functions={"O": lambda s, x: 0.0})
    gaps = []
    for share in (1, 0.5, 0.25):
        near = without.but(drawn={name: sample[name] * share for name in sample.small})
        gaps.append(abs(evaluate(dotless(left), near, at) - evaluate(dotless(right), near, at)))
    if not wanted or min(gaps) < 1e-13:
        return bool(wanted) and max(gaps) < 1e-12
    return abs(math.log2(gaps[1] / gaps[2]) - wanted) < 0.3


def order_said(inner: Expression, sample: Sample) -> int:
    """Return k of O(h^k), where h is what goes to 0."""
    base, exponent = (inner.base, inner.exponent) if isinstance(inner, Power) else (inner, Number(1))
    if not isinstance(base, Name) or base.key not in sample.small or not isinstance(exponent, Number):
        raise MeaninglessError("O(…) of what does not go to 0 here")
    return int(exponent.value)


def dotless(node: Any) -> Any:
    """Return an expression with 0 in place of its dots."""
    if isinstance(node, Dots):
        return Number(0)
    if isinstance(node, tuple):
        return tuple(map(dotless, node))
    if is_dataclass(node) and not isinstance(node, Number | type):
        return replace(node, **{f.name: dotless(getattr(node, f.name)) for f in fields(node)})
    return node


def shown(value: Value) -> str:
    """Return a value as a reader may compare it."""
    return np.array2string(np.asarray(value), precision=6, separator=", ").replace("\n", "")
