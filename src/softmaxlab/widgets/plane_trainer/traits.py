"""Traits for labeled points in the plane, as PlaneTrainer keeps and sends them."""

from typing import Any

import numpy as np
import traitlets

from softmaxlab._core.arrays import numbers_or_none
from softmaxlab.lessons.plane_regression import CLASSES, REACH
from softmaxlab.widgets._runtime.base import RefusedError

FEWEST, MOST = 3, 60  # points


class Points(traitlets.TraitType[list[list[float]], Any]):
    """A list of [x, y], each coordinate within reach and kept to two decimals; arrays are taken too."""

    def validate(self, obj: Any, value: Any) -> list[list[float]]:
        """Turn `value` into a list of pairs of floats, or say what is wrong with it."""
        given = numbers_or_none(value)
        write = f"write {self.name}=[[0, 1], [-0.87, -0.5], [0.87, -0.5]], labels=[0, 1, 2]"
        if given.dtype.hasobject:
            raise RefusedError(f"{self.name} is {value!r}; expected numbers: {write}")
        if given.ndim != 2 or given.shape[1] != 2 or not FEWEST <= len(given) <= MOST:
            raise RefusedError(f"{self.name} has shape {given.shape}; expected {FEWEST} to {MOST} rows [x, y]: {write}")
        if not np.all(np.abs(given) <= REACH):  # nan fails too
            raise RefusedError(
                f"{self.name} has coordinates from {given.min():g} to {given.max():g}; "
                f"expected {-REACH:g} to {REACH:g}: divide them by their largest size, or use np.clip"
            )
        points: list[list[float]] = (given.astype(float).round(2) + 0).tolist()  # + 0 turns -0.0 into 0.0
        return points


class Labels(traitlets.TraitType[list[int], Any]):
    """A list of class indices; arrays are taken too."""

    def validate(self, obj: Any, value: Any) -> list[int]:
        """Turn `value` into a list of class indices, or say what is wrong with it."""
        given = numbers_or_none(value)
        expected = f"expected a class from 0 to {CLASSES - 1} for each point, such as [0, 1, 2]"
        if given.dtype.kind not in "iu" or given.ndim != 1:
            raise RefusedError(f"{self.name} is {value!r}; {expected}")
        if not np.all((given >= 0) & (given < CLASSES)):
            raise RefusedError(f"{self.name} goes from {given.min()} to {given.max()}; {expected}")
        labels: list[int] = given.tolist()
        return labels
