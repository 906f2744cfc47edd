"""What the names of each display stand for: random numbers, in which no hypothesis holds that is not displayed."""

from functools import cache

import numpy as np

from ..sample import Sample
from . import accuracy, inline, one_example, rows
from .groups import Meaning
from .hypotheses import impose

MEANINGS = {**one_example.LABELS, **rows.LABELS, **accuracy.LABELS, **inline.PAGES}

__all__ = ["MEANINGS", "Meaning", "functions_of", "impose", "samples_of"]


@cache
def samples_of(label: str, seed: int = 0) -> list[Sample]:
    """Return the samples of a label: the same ones in every run."""
    meaning = MEANINGS[label]
    rng = np.random.default_rng([seed, *label.encode()])
    return [meaning.make(rng, turn) for turn in range(meaning.count)]


@cache
def functions_of(label: str) -> frozenset[str]:
    """Return the names that are functions in a display, and those of several words."""
    sample = samples_of(label)[0]
    phrases = {name for name in sample.drawn if " " in name and not name.startswith(("bar ", "hat ", "labels "))}
    return frozenset({*sample.functions, *sample.forms, *phrases, "diag", "O"})
