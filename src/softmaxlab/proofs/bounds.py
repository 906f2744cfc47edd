"""Bounds: the larger side equals the smaller one with something added that is evidently not negative."""

from dataclasses import replace

from .checking.signs import is_nonnegative
from .language.errors import Undecided
from .language.terms import Log, Term
from .language.vocabulary import Eq
from .proof import Proof, Step
from .prover import prove


def prove_bound(
    lines: tuple[Term, ...],
    gap: Term,
    given: tuple[Eq, ...],
    name: str | None,
    *,
    through: tuple[Term, ...],
    positive: tuple[Term, ...],
) -> Proof:
    """Prove a claim whose first sign is ≥, or raise what `prove` raises.

    Its first side is shown to be its second line with `gap` added; if that line is a logarithm, added to what
    stands inside it, since a logarithm increases. The lines after that are equal to the second, by `prove`.

    Returns
    -------
    Proof
    """
    first, second, *rest = lines
    larger = Log(second.args[0] + gap) if isinstance(second, Log) else second + gap
    if not is_nonnegative(gap):
        raise Undecided(f"{gap!r} was to be shown not to be negative, and its looks do not say so")
    equal = prove(first, larger, given, name, via=through, positive=positive)
    words = "what is added is not negative" + (", and a logarithm increases" if isinstance(second, Log) else "")
    steps, held = [*equal.steps, Step(words, larger, second, relation="≥")], equal.held
    if rest:
        ending = prove(second, rest[-1], given, via=rest[:-1])
        steps, held = steps + list(ending.steps), held & ending.held
    return replace(equal, rhs=lines[-1], steps=tuple(steps), held=held, nonnegative=is_nonnegative(lines[-1]))
