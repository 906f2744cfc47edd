"""Numbers with a separate exponent, for the rare rows in which an intermediate result leaves the range of floats.

A probability of e**-740 has two digits left in float64, and the sum of a thousand such numbers has no more; a weight of
1e300 makes an ordinary number of it. So such rows are computed again with numbers m·2**e, whose mantissas m are
floats and whose exponents e are integers: nothing overflows, nothing underflows, and only the last step rounds
to the format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from softmaxlab._core.types import BoolArray, FloatArray, IntArray, ScalarOrArray

NOTHING = -(2**24)  # the exponent of a 0: below all others, so that sums are not aligned to it


@dataclass(frozen=True)
class Scaled:
    """An array of numbers m·2**e; `scaled` makes one."""

    mantissa: FloatArray  # 0, or of size 0.5 to 1
    exponent: IntArray

    def __getitem__(self, index: Any) -> Scaled:
        return Scaled(self.mantissa[index], self.exponent[index])

    def __mul__(self, other: Scaled) -> Scaled:
        return scaled(self.mantissa * other.mantissa, self.exponent + other.exponent)

    def __truediv__(self, other: Scaled) -> Scaled:
        return scaled(self.mantissa / other.mantissa, self.exponent - other.exponent)

    def __add__(self, other: Scaled) -> Scaled:
        top = np.maximum(self.exponent, other.exponent)
        return scaled(self.over(top) + other.over(top), top)

    def __sub__(self, other: Scaled) -> Scaled:
        top = np.maximum(self.exponent, other.exponent)
        return scaled(self.over(top) - other.over(top), top)

    def sum(self) -> Scaled:
        """Sum along the last axis, in pairs."""
        top = np.max(self.exponent, axis=-1, initial=NOTHING)
        return scaled(np.add.reduce(np.ascontiguousarray(self.over(top[..., None])), axis=-1), top)

    def over(self, exponent: IntArray) -> FloatArray:
        """As floats, in units of 2**exponent."""
        floats: FloatArray = np.ldexp(self.mantissa, self.exponent - exponent)
        return floats

    def floats(self) -> FloatArray:
        """As floats: the one rounding to the format."""
        floats: FloatArray = np.ldexp(self.mantissa, self.exponent)
        return floats


def scaled(floats: ScalarOrArray, exponent: IntArray | int = 0, dtype: DTypeLike | None = None) -> Scaled:
    """Write floats·2**exponent as `Scaled` numbers, their mantissas in this dtype."""
    mantissa, own = np.frexp(floats)
    return Scaled(
        mantissa if dtype is None else mantissa.astype(dtype), np.where(mantissa == 0, NOTHING, own + exponent)
    )


def where(condition: BoolArray, first: Scaled, second: Scaled) -> Scaled:
    """Pick from two `Scaled` arrays, as `np.where`."""
    return Scaled(
        np.where(condition, first.mantissa, second.mantissa), np.where(condition, first.exponent, second.exponent)
    )


def without(numbers: Scaled, index: Any) -> Scaled:
    """Put 0 at an index of `Scaled` numbers, in a copy."""
    mantissa, exponent = numbers.mantissa.copy(), numbers.exponent.copy()
    mantissa[index], exponent[index] = 0, NOTHING
    return Scaled(mantissa, exponent)


def exponentials(rows: FloatArray, winner: IntArray) -> Scaled:
    """Exponentials of rows of logits, up to one factor for each row, as `Scaled` numbers; 0 for −inf.

    x is split without error into a whole number of steps, 512 in float64, and a remainder. Steps are counted from those
    of the `winner`, the class of the largest logit, shape (rows,), so that the powers are few and small.
    """
    step = 2.0 ** np.floor(np.log2(np.log(np.finfo(rows.dtype).max)))
    step = step.astype(rows.dtype)
    steps = np.rint(rows / step)
    behind = np.clip(steps - np.take_along_axis(steps, winner[:, None], axis=1), -16, 0)  # far below any digit kept
    behind = behind.astype(np.int32)
    mantissa, exponent = np.frexp(np.exp(step))
    powers = mantissa ** -np.arange(17, dtype=rows.dtype)
    left = np.exp(np.where(np.isneginf(rows), -np.inf, rows - steps * step))
    return scaled(left * powers[-behind], exponent * behind)
