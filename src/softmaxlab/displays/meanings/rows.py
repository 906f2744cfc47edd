"""What the names in chapters 7, 9 and 10 stand for: batches, layers, training and bins of confidence."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from softmaxlab import cross_entropy, softmax
from softmaxlab.learning.calibration import expected_calibration_error, reliability

from ..sample import Sample, Value
from .groups import Group, Meaning, batch, hard, hidden, hot, layer, one, probabilities, vary


def parts(rng: Generator, turn: int = 0) -> Sample:
    """A mean of all rows, and the means of two parts of different size."""
    sizes, means = np.array([1.0, 3.0]), rng.uniform(0, 2, 2)
    drawn = {"m[]": sizes, "bar L[]": means, "bar L": sizes @ means / sizes.sum()}
    return batch(rng).but(drawn=drawn, sizes={"B": 2}, ranges={"b": "B"})


def weighted(rng: Generator, turn: int = 0) -> Sample:
    """Rows with a weight for each class; the mean is the package's."""
    sample, weights = hot(rng), rng.uniform(0.2, 2, 3)
    mean = cross_entropy(sample["z"], sample["labels y"], weight=weights)
    return sample.but(drawn={"w": weights, "bar L_w": float(mean)})


def kept(rng: Generator, turn: int = 0) -> Sample:
    """Rows of which some are ignored; the mean is the package's."""
    sample, kept_rows = hot(rng), np.array([1.0, 0.0, 1.0, 1.0])
    labels = np.where(kept_rows > 0, sample["labels y"], -100)
    return sample.but(drawn={"κ": kept_rows, "bar L": float(cross_entropy(sample["z"], labels, ignore_index=-100))})


def descent(newton: bool) -> Group:
    """One step of gradient descent or of Newton's method, with G and H, gradient and Hessian of some function."""

    def make(rng: Generator, turn: int = 0) -> Sample:
        turn_by = rng.normal(0, 1, (3, 3))
        bowl = turn_by @ turn_by.T + np.eye(3)

        def slope(sample: Sample | None, w: Value) -> Value:
            return bowl @ w + np.sin(w)

        def curvature(sample: Sample | None, w: Value) -> Value:
            return bowl + np.diag(np.cos(w))

        start, rate = rng.normal(0, 1, 3), rng.uniform(0.1, 0.5)
        downhill = slope(None, start)
        step = np.linalg.solve(curvature(None, start), downhill) if newton else rate * downhill
        return one(rng).but(
            drawn={"W[]": [start, start - step], "η": rate},
            functions={"G": slope, "H": curvature},
            sizes={"steps": 1},
            ranges={"t": "steps"},
        )

    return make


def bins(rng: Generator, turn: int = 0) -> Sample:
    """Rows in two bins of confidence, with the package's table of them."""
    while True:
        sample = batch(rng)
        sample = sample.but(drawn={"z": 2 * sample["z"]})
        p, labels = sample["p"], sample["labels y"]
        table = reliability(p, labels, bins=2)
        place = np.minimum((p.max(axis=1) * 2).astype(int), 1)
        members = [{int(n) for n in np.flatnonzero(place == b)} for b in range(2)]
        if all(members) and np.any(p.argmax(axis=1) == labels):
            break

    def read(values: Value) -> Callable[[Sample, set[int]], Value]:
        return lambda s, chosen: values[members.index(chosen)]

    return sample.but(
        drawn={"B": members[1], "B[]": members, "ECE": expected_calibration_error(p, labels, bins=2)},
        functions={"conf": read(table.confidence), "acc": read(table.accuracy)},
        sizes={"bins": 2},
        ranges={"b": "bins"},
    )


def twice(rng: Generator, turn: int = 0) -> Sample:
    """Softmax of softmax; in every other sample of a nearly one-hot p, which nearly reaches the lower bound."""
    sample = hard(rng)
    label = sample.fixed["y"]
    surest = {} if turn % 2 == 0 else {"a": 40.0 * np.eye(3)[label]}
    return sample.but(drawn=surest, derived={"L_2": lambda s: cross_entropy(s["p"], label)})


SOFT_TWICE = {
    "q": lambda s: softmax(s["p"]),
    "L_2": lambda s: -np.sum(s["y"] * np.log(s["q"])),
}


def weights(rng: Generator, sample: Sample) -> dict[str, NDArray[np.float64]]:
    """Class weights and frequencies."""
    return {"w": rng.uniform(0.2, 2, 3), "q": probabilities(rng)}


LABELS = {
    # chapter 7
    "eq-column-loss": Meaning(batch),
    "eq-row-softmax": Meaning(batch),
    "eq-row-share": Meaning(batch),
    "eq-batch-loss": Meaning(
        vary(hot, derived=lambda rng, s: {"bar L": lambda t: cross_entropy(t["z"], s["labels y"])})
    ),
    "eq-batch-grad": Meaning(hot),
    "eq-sum-gradient": Meaning(batch),
    "eq-mean-of-means": Meaning(parts),
    "eq-weighted-mean": Meaning(weighted),
    "eq-weighted-gradient": Meaning(batch),
    "eq-weighted-pull": Meaning(vary(one, drawn=weights)),
    "eq-weighted-optimum": Meaning(vary(one, drawn=weights)),
    "eq-kept-mean": Meaning(kept),
    # chapter 9
    "eq-linear-logits": Meaning(layer),
    "eq-objective": Meaning(vary(layer, forms={"F": lambda evaluate, sample, at, *names: sample["F"]})),
    "eq-weights-gradient": Meaning(layer),
    "eq-descent": Meaning(descent(newton=False)),
    "eq-weights-hessian": Meaning(layer),
    "eq-newton": Meaning(descent(newton=True)),
    "eq-weights-from-images": Meaning(layer),
    **dict.fromkeys(["eq-hidden", "eq-hidden-logits", "eq-backward-outer"], Meaning(hidden)),
    **dict.fromkeys(["eq-backward-hidden", "eq-backward-inner"], Meaning(hidden)),
    "eq-tanh-slope": Meaning(one),
    # chapter 10
    "eq-bin-confidence": Meaning(bins),
    "eq-bin-accuracy": Meaning(bins),
    "eq-ece": Meaning(bins),
    "eq-temperature-slope": Meaning(vary(batch, derived={
        "p": lambda s: softmax(s["β"] * s["z"]),
        "L[]": lambda s: -np.sum(s["y"] * np.log(s["p"]), axis=1),
    })),
    "eq-temperature-curvature": Meaning(vary(
        one,
        drawn=lambda rng, s: {"z": rng.normal(0, 1, 3), "β": rng.uniform(0.5, 2)},
        derived={"p": lambda s: softmax(s["β"] * s["z"])},
    )),
    "eq-softmax-twice": Meaning(twice, 4),
    "eq-softmax-twice-floor": Meaning(twice, 4),
    "eq-softmax-twice-gradient": Meaning(vary(one, derived=SOFT_TWICE)),
}  # fmt: skip
