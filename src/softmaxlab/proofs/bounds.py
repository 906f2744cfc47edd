"""Bounds: a larger side is an equal one with something added, and what is added is not negative, for all to see."""

from dataclasses import replace

from .checking.signs import is_nonnegative
from .language.errors import Undecided
from .language.terms import Log
from .proof import Step
from .prover import prove


def prove_bound(claim):
    """Prove a claim whose first sign is ≥, or raise what `prove` raises.

    Its first side is shown to be its second line with `claim.gap` added; if that line is a logarithm, added to what
    stands inside it, since a logarithm increases. The lines after that are equal to the second, by `prove`.

    Returns
    -------
    Proof
    """
    first, second, *rest = claim.lines
    larger = Log(second.args[0] + claim.gap) if isinstance(second, Log) else second + claim.gap
    if not is_nonnegative(claim.gap):
        raise Undecided(f"{claim.gap!r} was to be shown not to be negative, and its looks do not say so")
    equal = prove(first, larger, claim.given, claim.name, via=claim.through, positive=claim.positive)
    words = "what is added is not negative" + (", and a logarithm increases" if isinstance(second, Log) else "")
    steps, held = [*equal.steps, Step(words, larger, second, relation="≥")], equal.held
    if rest:
        ending = prove(second, rest[-1], claim.given, via=rest[:-1])
        steps, held = steps + list(ending.steps), held & ending.held
    return replace(equal, rhs=claim.rhs, steps=tuple(steps), held=held, nonnegative=is_nonnegative(claim.rhs))
