"""What the names of a page stand for in the formulas of its prose that are checked, those in the role math."""

import numpy as np
from numpy.random import Generator

from ..sample import Sample
from .groups import Meaning, layer, one, unit
from .hypotheses import targets


def jacobian_page(rng: Generator, turn: int = 0) -> Sample:
    """One example, with s for the sum of the exponentials."""
    return one(rng).but(derived={"s": lambda sample: np.sum(np.exp(sample["a"]))})


def cross_entropy_page(rng: Generator, turn: int = 0) -> Sample:
    """One example whose targets sum to 1."""
    return targets(one(rng))


def any_coin(rng: Generator, turn: int = 0) -> Sample:
    """A price s that is c times the surprisal of a probability p, for any c."""
    prices = {"s'": lambda s, p: -s["c"] / p, "s": lambda s, p: -s["c"] * np.log(p)}
    return one(rng).but(drawn={"p": unit(rng)}, functions=prices)


def p_minus_y_page(rng: Generator, turn: int = 0) -> Sample:
    """One example: targets that sum to 1, the gradient g of its loss with respect to p; and rows of a linear layer."""
    rows = layer(rng)
    sample = targets(one(rng))
    return sample.but(
        drawn={name: rows[name] for name in ("x", "w", "b")},
        derived={"g": lambda s: -s["y"] / s["p"], "z": lambda s: s["x"] @ s["w"] + s["b"]},
    )


PAGES = {
    "chapters/04-jacobian.md": Meaning(jacobian_page),
    "chapters/05-cross-entropy.md": Meaning(cross_entropy_page),
    "chapters/05-cross-entropy.md: s'(p) = -c/p": Meaning(any_coin),
    "chapters/06-p-minus-y.md": Meaning(p_minus_y_page),
}
