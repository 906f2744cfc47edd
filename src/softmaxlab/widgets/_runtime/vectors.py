"""Traits for scores, probabilities and their prices, as the widgets keep and send them."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from softmaxlab._core.arrays import numbers_or_none
from softmaxlab.learning._validation import sums_to_one
from softmaxlab.widgets._runtime.base import RefusedError

SLACK = 1e-6  # how far a sum may be from 1: what is rounded to six digits is taken as it is


class _Vector(traitlets.TraitType[list[float], Any]):
    """A list of floats, as many as `fewest` to `most`; arrays and tuples are taken too."""

    example = "[2, 1, 0.1]"

    def __init__(self, default: list[float], fewest: int, most: int, **kwargs: Any) -> None:
        """Remember the bounds."""
        super().__init__(default, **kwargs)
        self.fewest, self.most = fewest, most

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn `value` into a list of floats, or say what is wrong with it."""
        given = numbers_or_none(value)
        write = f"write {self.name}={self.example}"
        if given.dtype.hasobject:
            raise RefusedError(f"{self.name} is {value!r}; expected numbers: {write}")
        if given.ndim != 1 or not self.fewest <= given.size <= self.most:
            raise RefusedError(
                f"{self.name} has shape {given.shape}; expected {self.fewest} to {self.most} numbers in one row: "
                f"{write}"
            )
        vector = self.checked(given)
        numbers: list[float] = (vector + 0).tolist()  # + 0 turns -0.0 into 0.0
        return numbers

    def checked(self, given: NDArray[Any]) -> NDArray[np.float64]:
        """Return floats; refuse what is out of bounds. A subclass writes it."""
        raise NotImplementedError(f"{type(self).__name__} has no bounds: it needs `checked`")


class Scores(_Vector):
    """A vector of finite numbers of size `reach` at most."""

    def __init__(self, default: list[float], fewest: int, most: int, reach: float, **kwargs: Any) -> None:
        """Remember the bounds."""
        super().__init__(default, fewest, most, **kwargs)
        self.reach = reach

    def checked(self, given: NDArray[Any]) -> NDArray[np.float64]:
        """Return floats; refuse what is out of bounds."""
        vector = given.astype(float)
        if not np.all(np.abs(vector) <= self.reach):  # nan fails too
            raise RefusedError(
                f"{self.name} is {vector.tolist()}; expected numbers from {-self.reach:g} to {self.reach:g}: "
                "use np.clip"
            )
        return vector


class Shares(_Vector):
    """A vector of numbers ≥ 0 with sum 1."""

    example = "[0.7, 0.2, 0.1]"

    def checked(self, given: NDArray[Any]) -> NDArray[np.float64]:
        """Return floats; refuse what is no distribution. Shares in float16 are brought back to sum 1."""
        vector = given.astype(float)
        if not np.all(vector >= 0) or not sums_to_one(given, SLACK):  # nan fails too
            raise RefusedError(
                f"{self.name} is {vector.tolist()}; expected numbers ≥ 0 with sum 1: "
                "divide them by their sum, or pass logits to softmaxlab.softmax"
            )
        whole = np.sum(vector)
        return vector if abs(whole - 1) <= SLACK else vector / whole


def fitted(shares: Sequence[float], count: int) -> list[float]:
    """These shares for `count` classes: new ones get 0, and what removed ones had goes to the rest.

    >>> fitted([0.5, 0.25, 0.25], 2) == [0.5 / 0.75, 0.25 / 0.75], fitted([0, 1], 3), fitted([0, 0, 1], 2)
    (True, [0.0, 1.0, 0.0], [0.5, 0.5])
    """
    kept = [*shares[:count], *[0.0] * (count - len(shares))]
    whole = math.fsum(kept)
    return [share / whole for share in kept] if whole > 0 else [1 / count] * count


def _unless_infinite(value: float, _widget: object) -> float | None:
    return value if math.isfinite(value) else None  # JSON has no infinity


def _or_infinite(value: float | None, _widget: object) -> float:
    return math.inf if value is None else value


def price() -> traitlets.Float[float, float]:
    """A read-only number in nats, which may be inf and travels as JSON."""
    return traitlets.Float(read_only=True).tag(sync=True, to_json=_unless_infinite, from_json=_or_infinite)
