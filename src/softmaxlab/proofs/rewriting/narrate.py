"""The steps of a proof: which pass ran, in which order, until both sides are the same line.

Left side: definitions and derivatives are worked out, δ contracted, constants taken out of sums, the rest multiplied
out, hypotheses used. Right side: if it holds no derivative it is only multiplied out, and that step is shown backwards
("factor"), so that the whole proof is one chain. Else it has a chain of its own that ends in the same line.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from ..language.errors import Undecided
from ..language.indexing import children
from ..language.terms import Derivative, Term, Total
from ..language.text import text
from ..language.vocabulary import Eq
from ..printing.lettering import Letters, alike
from ..proof import Proof, Step
from . import polynomials as poly
from .hypotheses import Rules
from .normal import Normalizer
from .passes import (
    Pass,
    contains,
    definition_pass,
    definitions_in,
    derivative_pass,
    everything_unfolded,
    lemma_pass,
    log_pass,
)
from .polynomials import Polynomial
from .sum_passes import constants_pass, contract_pass, left_out_pass

Line: TypeAlias = tuple[str, Term]  # a rule, and what it leads to

DEFINITION = "definition of "
LIMIT = 60  # passes over one side; every claim of the book takes fewer than 20
DERIVATIVES = (
    log_pass,
    derivative_pass(("quotient rule",)),
    derivative_pass(("constant factor", "product rule", "term by term")),
    derivative_pass(("derivative of exp", "derivative of log", "derivative of a power")),
)
TIDYING = (log_pass, left_out_pass, contract_pass, constants_pass)


class Narrator:
    """Both sides of a claim on their way to the normal form."""

    def __init__(self, lhs: Term, rhs: Term, given: Sequence[Eq] = (), lemmas: Sequence[Proof] = ()) -> None:
        """Work out the derivatives of both sides; nothing is compared yet."""
        self.rules = Rules(given) if given else None
        self.plain, self.ruled = Normalizer(), Normalizer(self.rules)
        self.letters = Letters(lhs, rhs, *(everything_unfolded(side) for side in (lhs, rhs)))
        self.passes: tuple[Pass, ...] = (lemma_pass(lemmas), definition_pass, *DERIVATIVES)
        self.left, self.right = self.differentiated(lhs), self.differentiated(rhs)
        self.left_end, self.right_end = (everything_unfolded(lines[-1][1]) for lines in (self.left, self.right))

    def differentiated(self, term: Term) -> list[Line]:
        """Return [(rule, line), …] from a term to the first line without derivatives."""
        lines = [("", term)]
        while contains(lines[-1][1], Derivative):
            found = next((f for f in (run(lines[-1][1]) for run in self.passes) if f), None)
            if found is None or len(lines) > LIMIT:
                raise Undecided(f"no rule of differentiation applies to {text(lines[-1][1])}")
            lines = written(lines, *found)
        return lines

    def agree(self) -> bool:
        """Whether both sides have the same normal form: hypotheses used, fractions cleared."""
        if self.plain(self.left_end) == self.plain(self.right_end):
            self.ruled = self.plain  # no hypothesis is needed
            return True
        gap = poly.minus(self.ruled(self.left_end), self.ruled(self.right_end))
        while below := poly.denominators(gap):
            for atom, exponent in below.items():  # raises every power of the atom; what is above the bar multiplies out
                gap = self.ruled.times(gap, poly.of_atom(atom, exponent))
        return not gap

    def steps(self) -> list[Step]:
        """Return the steps from the left side to the right side."""
        left, right = list(self.left), list(self.right)
        goal = right[-1][1]
        if self.ruled(left[-1][1]) == self.ruled(goal):  # the definitions may stay names
            self.tidy(left, goal)
        else:
            left = self.unfolded(left)
            self.tidy(left, goal)
        if len(right) == 1:
            return told(left + self.ending(left[-1][1], goal), "left")
        self.tidy(right, left[-1][1])
        return told(left + self.ending(left[-1][1], right[-1][1]), "left") + told(right, "right")

    def unfolded(self, lines: list[Line]) -> list[Line]:
        """Return the lines with the definitions that are left written out."""
        while found := definition_pass(lines[-1][1], only_inside_derivatives=False):
            lines = written(lines, *found)
        return lines

    def tidy(self, lines: list[Line], goal: Term) -> None:
        """Contract δ, take constants out of sums, multiply out, use the hypotheses; stop where the goal is read."""
        for run in TIDYING:
            if alike(lines[-1][1], goal):
                return
            found = run(lines[-1][1])
            if found:
                lines.append(found)
        if alike(lines[-1][1], goal):
            return
        end = lines[-1][1]
        plain, (ruled, words) = self.plain(end), self.by_hypothesis(end)
        if not alike(end, self.line(plain)):
            lines.append(("multiply out and cancel", self.line(plain)))
        if ruled != plain:
            lines.append((words, self.line(ruled)))

    def by_hypothesis(self, term: Term) -> tuple[Polynomial, str]:
        """Return (normal form under the hypotheses, words that name those used)."""
        if self.rules is None or self.ruled is self.plain:
            return self.plain(term), ""
        self.rules.used = {}
        found = Normalizer(self.rules)(term)
        return found, f"hypothesis {', '.join(map(repr, self.rules.used))}"

    def ending(self, here: Term, goal: Term) -> list[Line]:
        """Return the last lines: from what the left side has become to the goal as written."""
        lines: list[Line] = []
        plain, (target, hypothesis) = self.plain(goal), self.by_hypothesis(goal)
        if alike(here, goal):
            return [("the same, in another order", goal)]
        if self.ruled(here) != target:
            names = ", ".join(dict.fromkeys(d.name for d in definitions_in(self.line(target))))
            exact = self.ruled(here) == self.ruled(everything_unfolded(self.line(target)))
            words = ([] if exact else ["common denominator"]) + ([f"recognize {names}"] if names else [])
            lines.append(("; ".join(words) or "common denominator", self.line(target)))
        if not alike(self.line(target), goal):
            split = skips(goal) and not skips(here)
            rule = "split off one summand; factor" if split else "factor"
            lines.append((rule if plain == target else hypothesis, goal))
        else:
            lines = [(lines[0][0], goal)] if lines else [("the same, in another order", goal)]
        return lines

    def line(self, polynomial: Polynomial) -> Term:
        """Return a polynomial as a term, its bound indices in the letters of the claim."""
        return self.letters.write(poly.to_term(polynomial))


def written(lines: list[Line], rule: str, line: Term) -> list[Line]:
    """Return the lines and one more; a definition inside a definition just written out needs no line of its own."""
    last = lines[-1][0]
    if not (rule.startswith(DEFINITION) and last.startswith(DEFINITION)):
        return [*lines, (rule, line)]
    return [*lines[:-1], (f"{last}, {rule.removeprefix(DEFINITION)}", line)]


def told(lines: list[Line], side: str) -> list[Step]:
    """Return a chain of (rule, line) as steps; of two lines that read the same only the later is kept."""
    kept = lines[:1]
    for rule, line in lines[1:]:
        again = len(kept) > 1 and text(line) == text(kept[-1][1])
        kept[-1:] = [(kept[-1][0], line)] if again else [kept[-1], (rule, line)]
    pairs = pairwise(kept)
    return [Step(rule, before, after, side) for (_, before), (rule, after) in pairs if before != after]


def skips(term: Term) -> bool:
    """Whether a sum in the term leaves a summand out."""
    return (isinstance(term, Total) and term.args[2] is not None) or any(skips(part) for part in children(term))
