"""Hypotheses that a display may state: the samples obey one only where it is displayed."""

from collections.abc import Sequence

import numpy as np

from ..readings import reading
from ..sample import MeaninglessError, Sample
from ..tree import Clause


def targets(sample: Sample) -> Sample:
    """Targets that sum to 1."""
    return sample.but(drawn={"y": sample["y"] / sample["y"].sum()})


def rows_of_targets(sample: Sample) -> Sample:
    """Targets whose rows sum to 1."""
    return sample.but(drawn={"y": sample["y"] / sample["y"].sum(axis=1, keepdims=True)})


def rows_of_capitals(sample: Sample) -> Sample:
    """The same of a batch that is written in capitals."""
    return sample.but(drawn={"Y": sample["Y"] / sample["Y"].sum(axis=1, keepdims=True)})


def probabilities(sample: Sample) -> Sample:
    """Probabilities that are variables of their own and sum to 1."""
    if "p" not in sample.drawn:
        raise MeaninglessError("the p of this display sum to 1 by what they are: that is no hypothesis")
    return sample.but(drawn={"p": sample["p"] / sample["p"].sum()})


def two_distributions(sample: Sample) -> Sample:
    """Targets and probabilities that sum to 1 each; the samples of their display also try y = p."""
    return targets(probabilities(sample))


def beliefs(sample: Sample) -> Sample:
    """Beliefs q that sum to 1."""
    return sample.but(drawn={"q": sample["q"] / sample["q"].sum()})


def centered(sample: Sample) -> Sample:
    """Two rows of scores that sum to 0."""
    return sample.but(drawn={name: sample[name] - sample[name].mean() for name in "ab"})


def at_rest(sample: Sample) -> Sample:
    """Targets, each row with a sum of 1, for which the gradient of the objective with respect to w is 0."""
    w = sample["w"] - sample["w"].mean(axis=1, keepdims=True)  # at rest the weights of a feature sum to 0
    pull = len(sample["x"]) * sample["λ"] * np.linalg.pinv(sample["x"].T) @ w
    moved = sample.but(drawn={"w": w})
    return moved.but(drawn={"y": moved["p"] + pull})


HYPOTHESES = {
    "(Σ_{k=1..N} y_k = 1)": targets,
    "(Σ_{k=1..N} y_{n,k} = 1)": rows_of_targets,
    "(Σ_{k=1..N} Y_{r,k} = 1)": rows_of_capitals,
    "(Σ_{k=1..N} p_k = 1)": probabilities,
    "(Σ_{k=1..N} y_k = Σ_{k=1..N} p_k = 1)": two_distributions,
    "(Σ_{k=1..N} q_k = 1)": beliefs,
    "(Σ_{k=1..N} a_k = Σ_{k=1..N} b_k = 0)": centered,
    "((∂/∂w_{d,k})(F) = 0)": at_rest,
}


def impose(conditions: Sequence[Clause], sample: Sample) -> Sample:
    """Return a sample in which these conditions hold.

    Conditions on indices, such as j ≠ i, choose among indices and change nothing.
    """
    said = {reading([condition], sample.ranges) for condition in conditions}
    for hypothesis, made_true in HYPOTHESES.items():
        if hypothesis in said:
            sample = made_true(sample)
    return sample
