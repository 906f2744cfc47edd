# ruff: noqa: D105  (operators and __repr__ say what they are)
"""Claims that only a concrete N can carry, such as limits: worked out by SymPy for one N after the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TypeAlias

import sympy as sp

from ..language.errors import Refuted, Undecided
from ..language.figures import figure, formula
from .concrete import SymPyExpr


@dataclass(frozen=True)
class ConcreteStep:
    """One line: SymPy takes `before` and finds it equal to `after`."""

    rule: str
    before: SymPyExpr
    after: SymPyExpr

    @property
    def latex(self) -> str:
        """The line as TeX."""
        return f"{sp.latex(self.before)} = {sp.latex(self.after)}"


Work: TypeAlias = Callable[[tuple[int, ...]], Iterable[ConcreteStep]]  # from each N to the steps


@dataclass(frozen=True)
class ConcreteProof:
    """A claim verified at each N of `sizes`, and at no other; it shows itself like a Proof."""

    latex: str
    steps: tuple[ConcreteStep, ...]
    sizes: tuple[int, ...]
    seconds: float
    name: str | None = None

    @property
    def badge(self) -> str:
        """How far the claim holds."""
        ends = f"{self.sizes[0]}..{self.sizes[-1]}" if len(self.sizes) > 1 else f"{self.sizes[0]}"
        return f"proved for N = {ends}"

    scope = badge

    @property
    def audited(self) -> tuple[int, ...]:
        """Each N at which it was worked out."""
        return self.sizes

    def named(self, name: str) -> "ConcreteProof":
        """Return the same proof under a name."""
        return replace(self, name=name)

    def __repr__(self) -> str:
        return f"{self.badge} in {round(1000 * self.seconds)} ms: {self.name or self.latex}"

    def _repr_html_(self) -> str:
        caption = f'{formula(self.latex)} <span class="sl-badge">{self.badge}</span>'
        return figure(caption, [(step.rule, step.latex) for step in self.steps], self.name)


def equal(rule: str, before: SymPyExpr, after: SymPyExpr, value: SymPyExpr | None = None) -> ConcreteStep:
    """Return the step before = after, or raise Refuted or Undecided; w = e^a makes it a matter of fractions.

    `value` is what `before` was worked out to be; left out, SymPy works it out.
    """
    value = before.doit() if value is None else value
    gap = sp.expand(value - after, power_exp=True)
    exps = sorted(gap.atoms(sp.exp), key=sp.default_sort_key)
    plain = gap.subs({e: sp.Dummy(positive=True) for e in exps})
    if sp.cancel(sp.together(plain)) == 0:
        return ConcreteStep(rule, before, after)
    if not gap.free_symbols and gap.is_zero is False:
        raise Refuted(f"{before} is {value}, not {after}", (before, after), {})
    raise Undecided(f"{before} = {after} was not confirmed by SymPy")


def concrete_proof(latex: str, sizes: tuple[int, ...], work: Work, name: str | None) -> ConcreteProof:
    """Return the proof of what a ConcreteClaim says, worked out at each of its sizes."""
    start = perf_counter()
    steps = tuple(work(sizes))
    return ConcreteProof(latex, steps, sizes, perf_counter() - start, name)
