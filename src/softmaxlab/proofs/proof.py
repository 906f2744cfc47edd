# ruff: noqa: D105  (operators and __repr__ say what they are)
"""What `prove` returns: the chain of steps, and how it shows itself in a notebook."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any, Protocol

from .language.figures import figure, formula
from .language.terms import ZERO, Delta, Term
from .language.tex import index_tex, tex
from .language.text import text
from .language.vocabulary import Eq

SIGNS = {"=": "=", "≥": r"\ge"}


@dataclass(frozen=True)
class Step:
    """One step: by `rule`, `before` equals `after`. `side` is "left" or "right" of the claim."""

    rule: str
    before: Term
    after: Term
    side: str = "left"
    relation: str = "="

    @property
    def latex(self) -> str:
        """The line as TeX: = (or ≥) and what it has become."""
        return f"{SIGNS[self.relation]} {tex(self.after)}"


class Sizes(Protocol):
    """What a Proof asks of its Scope, which is made where proofs are checked."""

    @property
    def words(self) -> str:
        """For which sizes it holds, in words."""

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """Whether concrete sizes are among them."""

    def __and__(self, other: Any) -> "Sizes":
        """Return the sizes of both."""


def hypotheses_tex(given: Iterable[Eq]) -> list[str]:
    """Return hypotheses side by side."""
    return [
        rf"{index_tex(e.lhs.args[0])} \ne {index_tex(e.lhs.args[1])}"
        if isinstance(e.lhs, Delta) and e.rhs == ZERO
        else f"{tex(e.lhs)} = {tex(e.rhs)}"
        for e in given
    ]


@dataclass(frozen=True)
class Proof:
    """A proved identity.

    `steps` lead from the left side to the right one; where the right side, or a line between, needs work of its own
    (it holds derivatives), its steps follow, marked ``side="right"``, and end in the same line. `via` holds the
    displayed lines between, `also` the proofs of what the same display states beside this; `part` says which part
    of the display is proved where it is not the whole. `n` is the only number of classes that the claim is about;
    `held` is the Scope: the sizes at which all of it holds.
    """

    lhs: Term
    rhs: Term
    given: tuple[Eq, ...] = ()
    name: str | None = None
    steps: tuple[Step, ...] = ()
    seconds: float = 0.0
    audited: tuple[int, ...] = ()
    positive: tuple[Term, ...] = ()
    nonnegative: bool = False
    held: Sizes = field(kw_only=True)
    via: tuple[Term, ...] = ()
    also: tuple["Proof", ...] = ()
    part: str = ""
    n: int | None = None
    relations: tuple[str, ...] = ()

    @property
    def badge(self) -> str:
        """How far the claim holds, in three words."""
        return self.held.words

    scope = badge

    @property
    def latex(self) -> str:
        """The claim as TeX."""
        return f"{tex(self.lhs)} {SIGNS[self.relation]} {tex(self.rhs)}"

    @property
    def relation(self) -> str:
        """The sign between its first and its last side."""
        return "≥" if "≥" in self.relations else "="

    @property
    def is_chain(self) -> bool:
        """Whether its steps are equations at every N, so that numbers can be put into all of them."""
        return self.n is None and self.relation == "="

    @property
    def given_text(self) -> str:
        """The hypotheses in plain text, such as "given Σ_k y_k = 1"; nothing where there are none."""
        return f"given {' and '.join(map(repr, self.given))}" if self.given else ""

    @property
    def audit(self) -> str:
        """How it was audited, in words: a claim that mentions no size, at none."""
        return "audited" if self.badge == "proved" else "audited at N = " + ", ".join(map(str, self.audited))

    def named(self, name: str) -> "Proof":
        """Return the same proof under a name."""
        return replace(self, name=name)

    def __repr__(self) -> str:
        milliseconds = round(1000 * self.seconds)
        given = f", {self.given_text}" if self.given else ""
        claim = f"{text(self.lhs)} {self.relation} {text(self.rhs)}"
        part = f" ({self.part})" if self.part else ""
        return f"{self.badge} in {milliseconds} ms: {claim}{given}{part}, {self.audit}"

    def lines(self) -> list[tuple[str, str]]:
        """Return (words, TeX) for every line to show."""
        shown = []
        for n, step in enumerate(self.steps):
            if n == 0 or self.steps[n - 1].side != step.side:
                end = "right side" if step.before == self.rhs else "line between"
                shown.append(("left side" if step.side == "left" else end, tex(step.before)))
            shown.append((step.rule, step.latex))
        return shown

    def _repr_html_(self) -> str:
        head = ", ".join(formula(proof.latex) for proof in (self, *self.also))
        if self.given:
            head += " given " + ", ".join(formula(line) for line in hypotheses_tex(self.given))
        head += "".join(f", {formula(tex(value) + ' > 0')}" for value in self.positive)
        part = f" ({escape(self.part)})" if self.part else ""
        caption = f'{head} <span class="sl-badge">{self.badge}</span>{part}, {self.audit}'
        return figure(caption, self.lines(), self.name, start=0)  # from line 0, step n leads to line n
