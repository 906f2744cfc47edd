"""What the names of a display stand for in one sample: numbers drawn at random, and functions of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np

from .tree import Pick, Shifted, Sub, Word

Value: TypeAlias = Any  # a number, an array, a set of places or a list of those, as the name has it
Places: TypeAlias = Mapping[str, int]  # the values of the index letters, from 0
MOST_TERMS = 100_000  # forty times what any display needs


class MeaninglessError(ValueError):
    """The formula says nothing as it stands: a name without a value, an index out of range, shapes that do not fit."""


@dataclass
class Sample:
    """The numbers at which a display is evaluated once.

    Attributes
    ----------
    sizes : dict of str to int
        How many classes N there are, rows m, features D, …: all different, so that no bound passes for another.
    ranges : dict of str to str
        The size that each index letter runs to.
    drawn : dict
        Names whose value was drawn: what a derivative may move.
    derived : dict of str to callable
        Names worked out from others, anew wherever one of those was moved.
    functions : dict of str to callable
        ``f(sample, *values)``.
    forms : dict of str to callable
        Functions that need the formula itself: ``f(evaluate, sample, at, *trees)``.
    fixed : dict of str to int
        Letters that stand for one index throughout, such as the true class y; counted from 0.
    small : tuple of str
        Names that an O(…) or … lets go to 0 together.
    order : int
        At least so fast the rest behind … goes to 0 with them.
    scale : float
        What counts as a number of ordinary size.
    left : list of one int
        How many terms may still be worked out, here and in all samples made of this one.
    """

    sizes: dict[str, int]
    ranges: dict[str, str]
    drawn: dict[str, Value] = field(default_factory=dict)
    derived: dict[str, Callable[["Sample"], Value]] = field(default_factory=dict)
    functions: dict[str, Callable[..., Value]] = field(default_factory=dict)
    forms: dict[str, Callable[..., Value]] = field(default_factory=dict)
    fixed: dict[str, int] = field(default_factory=dict)
    small: tuple[str, ...] = ()
    order: int = 0
    scale: float = 1.0
    known: dict[str, Value] = field(default_factory=dict, repr=False)
    left: list[int] = field(default_factory=lambda: [MOST_TERMS], repr=False)

    def but(self, **changes: Any) -> "Sample":
        """Return a sample with these values added to its own; a name drawn anew is derived no longer."""
        merged: dict[str, Any] = {
            key: {**getattr(self, key), **value} if isinstance(value, dict) else value for key, value in changes.items()
        }
        drawn, derived = changes.get("drawn", {}), changes.get("derived", {})
        merged["derived"] = {k: v for k, v in merged.get("derived", self.derived).items() if k not in drawn}
        merged["drawn"] = {k: v for k, v in merged.get("drawn", self.drawn).items() if k not in derived}
        return replace(self, **merged, known={})

    def rested(self) -> "Sample":
        """Return the sample with all its terms left."""
        return replace(self, left=[MOST_TERMS])

    def spend(self, terms: int) -> None:
        """Count terms that are worked out."""
        self.left[0] -= terms
        if self.left[0] < 0:
            raise MeaninglessError(f"more than {MOST_TERMS} terms and differences have to be worked out")

    def has(self, name: str) -> bool:
        """Whether a name has a value here."""
        return name in self.drawn or name in self.derived or name in self.sizes

    def __getitem__(self, name: str) -> Value:
        """Return the value of a name."""
        if name in self.drawn:
            return self.drawn[name]
        if name in self.derived:
            if name not in self.known:
                self.known[name] = self.derived[name](self)
            return self.known[name]
        if name in self.sizes:
            return self.sizes[name]
        raise MeaninglessError(f"{name} stands for nothing here")

    def moved(self, name: str, index: tuple[int, ...], step: float) -> "Sample":
        """Return the sample in which one number was moved; a derived name is then a variable of its own."""
        value = self[name]
        if index == ():
            return replace(self, drawn={**self.drawn, name: value + step}, known={})
        value = np.array(value, dtype=complex if np.iscomplexobj(value) else float)
        value[index] += step
        return replace(self, drawn={**self.drawn, name: value}, known={})

    def place(self, sub: Sub, at: Places) -> int:
        """Return the index, from 0, that a subscript names; `at` holds the letters' own."""
        if isinstance(sub, int):
            return sub - 1
        if isinstance(sub, Pick):
            return int(self["labels " + sub.name][self.place(sub.at, at)])
        if isinstance(sub, Shifted):
            return self.place(sub.letter, at) + sub.by
        if isinstance(sub, Word):
            raise MeaninglessError(f"{sub.text} is no index")
        if sub in at:
            return at[sub]
        if sub in self.fixed:
            return self.fixed[sub]
        if sub in self.sizes:
            return self.sizes[sub] - 1
        raise MeaninglessError(f"the index {sub} stands for nothing here")

    def length(self, letter: str) -> int:
        """Return how far an index letter runs."""
        if letter not in self.ranges:
            raise MeaninglessError(f"the index {letter} has no range here")
        return self.sizes[self.ranges[letter]]
