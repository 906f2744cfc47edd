"""The situations of the book, as samples: one example, one with a true class, a batch, a linear layer, a hidden one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from softmaxlab import log_softmax, logsumexp, softmax

from ..sample import Sample, Value

Group: TypeAlias = Callable[[Generator, int], Sample]  # draws a sample; the number is the turn
SIZES = {"N": 3, "m": 4, "D": 2, "K": 5}  # all different: a bound that belongs to another index shows
RANGES = {**dict.fromkeys("ijkcl", "N"), **dict.fromkeys("nr", "m"), **dict.fromkeys("de", "D")}


@dataclass(frozen=True)
class Meaning:
    """How to draw the samples of one display: ``make(rng, turn)`` with turn = 0, 1, …, `count` of them."""

    make: Group
    count: int = 3


def lse(sample: Sample, *values: Value) -> Value:
    """Log-sum-exp of a vector, or of several numbers."""
    return logsumexp(values[0] if len(values) == 1 and np.ndim(values[0]) else np.array(values))


def entropy(sample: Sample, y: Value, p: Value = None) -> Value:
    """Return H(y, p); with one argument, the entropy H(y)."""
    return -np.sum(y * np.log(y if p is None else p))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "LSE": lse,
    "softmax": lambda sample, logits: softmax(logits),
    "KL": lambda sample, y, p: np.sum(y * np.log(y / p)),
    "H": entropy,
}


def probabilities(rng: Generator, n: int = 3) -> NDArray[np.float64]:
    """Return random probabilities."""
    weights = rng.uniform(0.2, 1, n)
    return weights / np.sum(weights)


def one(rng: Generator, turn: int = 0) -> Sample:
    """One example: logits a, probabilities p, targets y of any sum, the loss L."""
    drawn = {
        "a": rng.normal(0, 1, 3),
        "y": rng.uniform(0.2, 1, 3),
        "v": rng.normal(0, 1, 3),
        **{name: rng.uniform(0.3, 2) for name in ("T", "C", "c", "h", "s", "t")},
        "ε": rng.uniform(0.05, 0.4),
        "q": rng.uniform(0.1, 0.9),
    }
    derived = {
        "p": lambda s: softmax(s["a"]),
        "L": lambda s: -np.sum(s["y"] * np.log(s["p"])),
        "J": lambda s: np.diag(s["p"]) - np.outer(s["p"], s["p"]),
        "I": lambda s: np.eye(3),
        "1": lambda s: np.ones(3),
    }
    return Sample(SIZES, RANGES, drawn, derived, FUNCTIONS)


def hard(rng: Generator, turn: int = 0) -> Sample:
    """One example with a true class y: its loss, and R, the sum of all other exponentials."""
    sample, label = one(rng), int(rng.integers(0, 3))
    others = [k for k in range(3) if k != label]
    return sample.but(
        drawn={"y": np.eye(3)[label]},
        fixed={"y": label},
        derived={"L": lambda s: -np.log(s["p"][label]), "R": lambda s: np.sum(np.exp(s["a"][others]))},
    )


def batch(rng: Generator, turn: int = 0) -> Sample:
    """Rows of logits z, each with targets y of any sum, labels, and weights u."""
    labels = rng.integers(0, 3, 4)
    drawn = {
        "z": rng.normal(0, 1, (4, 3)),
        "y": rng.uniform(0.2, 1, (4, 3)),
        "u": rng.uniform(0.2, 2, 4),
        "β": rng.uniform(0.5, 2),
        "λ": rng.uniform(0.3, 2),
    }
    derived = {
        "p": lambda s: softmax(s["z"]),
        "L[]": lambda s: -np.sum(s["y"] * log_softmax(s["z"]), axis=1),
        "bar L": lambda s: np.mean(s["L[]"]),
        "bar L_w": lambda s: s["u"] @ s["L[]"] / s["u"].sum(),
        "labels y": lambda s: labels,
        "labels hat y": lambda s: s["p"].argmax(axis=1),
        "f": lambda s: s["y"].mean(axis=0),
    }
    return Sample(SIZES, RANGES, drawn, derived, FUNCTIONS)


def hot(rng: Generator, turn: int = 0) -> Sample:
    """Rows whose targets are one-hot labels."""
    sample = batch(rng)
    return sample.but(drawn={"y": np.eye(3)[sample["labels y"]]})


def layer(rng: Generator, turn: int = 0) -> Sample:
    """Rows of features x, and a linear layer w, b that makes their logits."""
    drawn = {"x": rng.normal(0, 1, (4, 2)), "w": rng.normal(0, 1, (2, 3)), "b": rng.normal(0, 1, 3)}
    derived = {
        "z": lambda s: s["x"] @ s["w"] + s["b"],
        "F": lambda s: s["bar L"] + s["λ"] / 2 * np.sum(s["w"] ** 2),
    }
    return batch(rng).but(drawn=drawn, derived=derived)


def hidden(rng: Generator, turn: int = 0) -> Sample:
    """Rows of features x that pass a hidden layer of K units before the linear one."""
    drawn = {"A": rng.normal(0, 1, (2, 5)), "α": rng.normal(0, 1, 5), "B": rng.normal(0, 1, (5, 3))}
    derived = {
        "h": lambda s: np.tanh(s["x"] @ s["A"] + s["α"]),
        "z": lambda s: s["h"] @ s["B"] + s["b"],
    }
    return layer(rng).but(drawn=drawn, derived=derived, ranges={"j": "K", "l": "K"})


def vary(group: Group, **more: Any) -> Group:
    """Return a group with more in its samples; a function is called with (rng, sample)."""

    def make(rng: Generator, turn: int = 0) -> Sample:
        sample = group(rng, turn)
        return sample.but(**{key: value(rng, sample) if callable(value) else value for key, value in more.items()})

    return make


def numbers(**draws: Callable[[Generator], float]) -> Group:
    """Return a group in which these names are drawn by functions of rng, beside one example."""
    return vary(one, drawn=lambda rng, s: {name: draw(rng) for name, draw in draws.items()})


def unit(rng: Generator) -> float:
    """Return a number between 0 and 1, not too near either."""
    return rng.uniform(0.1, 0.9)
