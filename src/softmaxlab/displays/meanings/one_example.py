"""What the names in chapters 1 to 6 stand for: one example, its scores, its loss and their derivatives."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.random import Generator

from softmaxlab import cross_entropy, softmax
from softmaxlab.pitfalls.naive import softmax_misplaced

from ..evaluate import slope
from ..sample import Places, Sample, Value
from ..tree import Expression
from .groups import Group, Meaning, batch, hard, hot, layer, numbers, one, probabilities, unit, vary

Evaluate: TypeAlias = Callable[[Expression, Sample, Places], Value]


def far_and_near(group: Group) -> Group:
    """Return the samples of a group with scores that reach bounds: any, all alike, one far ahead."""

    def make(rng: Generator, turn: int = 0) -> Sample:
        sample = group(rng, turn)
        a = sample["a"]
        return sample.but(drawn={"a": [a, np.full(3, a[0]), a[0] - np.array([0.0, 40.0, 50.0])][turn % 3]})

    return make


def at_temperature(evaluate: Evaluate, sample: Sample, at: Places, temperature: Expression) -> Value:
    """p(T), the probabilities at a temperature."""
    return softmax(sample["a"] / evaluate(temperature, sample, at))


def limits(rng: Generator, turn: int = 0) -> Sample:
    """Scores of which one, two or all three are the highest; M counts them."""
    a = np.array([[1.0, 0.2, -0.5], [1.0, 1.0, 0.3], [0.4, 0.4, 0.4]][turn % 3])
    return one(rng).but(drawn={"a": a, "M": int(np.sum(a == a.max()))}, forms={"p": at_temperature})


def covariance(evaluate: Evaluate, sample: Sample, at: Places, left: Expression, right: Expression) -> Value:
    """Cov of two expressions in x, a one-hot draw from p."""

    def mean(value: Callable[[Sample], Value]) -> Value:
        draws = [sample.but(drawn={"x": row}) for row in np.eye(3)]
        return sum(p * value(draw) for p, draw in zip(sample["p"], draws, strict=True))

    def x(draw: Sample) -> Value:
        return evaluate(left, draw, at)

    def y(draw: Sample) -> Value:
        return evaluate(right, draw, at)

    return mean(lambda draw: x(draw) * y(draw)) - mean(x) * mean(y)


def null_directions(rng: Generator, turn: int = 0) -> Sample:
    """Directions that leave softmax unchanged, and directions with one entry that differs: both ways of the ⇔."""
    directions = [rng.normal(0, 1, 3), np.full(3, 0.7), *(0.7 + 0.2 * np.eye(3))]
    return one(rng).but(drawn={"v": directions[turn % 5]})


def gibbs(rng: Generator, turn: int = 0) -> Sample:
    """Two positive vectors of any sum, in proportion or not: as distributions they are the same, or different ones."""
    p = rng.uniform(0.2, 1, 3)
    return one(rng).but(drawn={"p": p, "y": p * 1.5 if turn % 2 else rng.uniform(0.2, 1, 3)})


def log_line(rng: Generator, turn: int = 0) -> Sample:
    """A positive t; once the 1 at which the line touches."""
    return one(rng).but(drawn={"t": 1.0 if turn % 3 == 1 else rng.uniform(0.2, 3)})


def moving_shift(rng: Generator, turn: int = 0) -> Sample:
    """A shift m that moves with the scores, by any weights μ."""
    return one(rng).but(drawn={"μ": rng.normal(0, 1, 3)}, derived={"m": lambda s: s["μ"] @ s["a"]})


def yes_or_no(rng: Generator, turn: int = 0) -> Sample:
    """One score s and a target y between 0 and 1, with the package's loss of the two scores s and 0."""
    return one(rng).but(
        drawn={"y": unit(rng)},
        derived={
            "σ": lambda s: softmax([s["s"], 0.0])[0],
            "L": lambda s: cross_entropy([s["s"], 0.0], [s["y"], 1 - s["y"]]),
        },
    )


def student_and_teacher(rng: Generator, turn: int = 0) -> Sample:
    """Scores a and b, and their probabilities p and q at one temperature."""
    return one(rng).but(
        drawn={"b": rng.normal(0, 1, 3)},
        derived={"p": lambda s: softmax(s["a"] / s["T"]), "q": lambda s: softmax(s["b"] / s["T"])},
    )


def smoothing_at_rest(rng: Generator, turn: int = 0) -> Sample:
    """Scores at which the gradient of the loss with smoothed labels is 0."""
    label, share = int(rng.integers(0, 3)), rng.uniform(0.05, 0.4)
    target = (1 - share) * np.eye(3)[label] + share / 3
    return one(rng).but(drawn={"a": np.log(target) + 0.3, "ε": share}, fixed={"y": label})


def expected_price_slope(sample: Sample, p: float) -> Value:
    """B'(p), by differences: B is the expected price of announcing p, for somebody who believes q."""

    def price(moved: Sample) -> Value:
        return -sample["q"] * np.log(moved["p"]) - (1 - sample["q"]) * np.log(1 - moved["p"])

    return slope(price, sample.but(drawn={"p": p}), [("p", ())], 1)


PRICE = {"s": lambda sample, p: -np.log(p), "s'": lambda sample, p: -1 / np.asarray(p)}
ANY_LOSS = {  # not cross-entropy, since the display is to hold for any loss
    "L": lambda s: np.sum(s["v"] * s["p"] ** 3),
    "g": lambda s: 3 * s["v"] * s["p"] ** 2,
}
BRIER = {"S": lambda s: np.sum((s["p"] - s["y"]) ** 2) / 2}
TWO_CLASSES = {
    "p": lambda s: 1 / (1 + np.exp(-s["z"])),
    "L": lambda s: -np.log(s["p"]),
    "S": lambda s: (1 - s["p"]) ** 2,
}
FREE = vary(one, drawn=lambda rng, s: {"p": rng.uniform(0.2, 1, 3)})  # p as variables of their own, of any sum
PEAK = {"m": lambda s: np.max(s["a"])}

LABELS = {
    # chapter 1
    "eq-ratio-rule": Meaning(vary(one, functions={"f": lambda s, x: np.exp(x)})),
    "eq-functional": Meaning(vary(one, functions={"f": lambda s, x: np.exp(1.4 * x)})),
    "eq-growth": Meaning(
        vary(one, functions={"f": lambda s, x: np.exp(s["c"] * x), "f'": lambda s, x: s["c"] * np.exp(s["c"] * x)})
    ),
    "eq-ratio": Meaning(one),
    "eq-softmax": Meaning(one),
    "eq-sum-one": Meaning(one),
    "eq-sigmoid": Meaning(vary(one, drawn=lambda rng, s: {"a": rng.normal(0, 1, 2)}, sizes={"N": 2})),
    "eq-temperature": Meaning(vary(one, forms={"p": at_temperature})),
    "eq-temperature-limits": Meaning(limits),
    # chapter 2
    "eq-shift": Meaning(one),
    "eq-log-c": Meaning(one),
    "eq-shift-slopes": Meaning(moving_shift),
    "eq-float-max": Meaning(vary(one, drawn={"w_max": float(np.finfo(float).max)})),
    "eq-sum-range": Meaning(vary(far_and_near(one), derived=PEAK)),
    "eq-misplaced": Meaning(vary(one, derived={**PEAK, "q": lambda s: softmax_misplaced(s["a"])})),
    # chapter 3
    "eq-loss": Meaning(vary(hard, derived=lambda rng, s: {"L": lambda t: cross_entropy(t["a"], s.fixed["y"])})),
    "eq-log-softmax": Meaning(one),
    "eq-lse": Meaning(one),
    "eq-loss-from-logits": Meaning(hard),
    "eq-lse-shift": Meaning(one),
    "eq-lse-bounds": Meaning(vary(far_and_near(one), derived=PEAK)),
    "eq-lse-temperature": Meaning(vary(far_and_near(one), derived=PEAK)),
    "eq-lse-gradient": Meaning(one),
    "eq-log-add": Meaning(numbers(p=unit, q=unit)),
    "eq-softmax-of-log": Meaning(FREE),
    # chapter 4
    "eq-delta": Meaning(one),
    "eq-quotient": Meaning(one),
    "eq-jacobian-diagonal": Meaning(one),
    "eq-jacobian-off": Meaning(one),
    "eq-jacobian": Meaning(one),
    "eq-jacobian-matrix": Meaning(one),
    "eq-jacobian-symmetric": Meaning(one),
    "eq-jacobian-columns": Meaning(one),
    "eq-jacobian-rows": Meaning(one),
    "eq-shift-cancels": Meaning(moving_shift),
    "eq-null-space": Meaning(null_directions, 5),
    "eq-jvp": Meaning(one),
    "eq-variance": Meaning(one),
    "eq-variance-pairs": Meaning(one),
    "eq-covariance": Meaning(vary(one, forms={"Cov": covariance}, drawn={"x": np.zeros(3)})),
    "eq-temperature-gradient": Meaning(vary(one, derived={"p": lambda s: softmax(s["a"] / s["T"])})),
    # chapter 5
    "eq-price-rule": Meaning(vary(numbers(p=unit, q=unit), functions=PRICE)),
    "eq-price-slope": Meaning(vary(numbers(p=unit), functions=PRICE)),
    "eq-surprisal": Meaning(vary(numbers(p=unit), functions=PRICE)),
    "eq-bits": Meaning(numbers(p=unit)),
    "eq-likelihood": Meaning(hot),
    "eq-cross-entropy": Meaning(one),
    "eq-cross-entropy-logits": Meaning(one),
    "eq-entropy": Meaning(one),
    "eq-kl": Meaning(one),
    "eq-kl-split": Meaning(one),
    "eq-log-line": Meaning(log_line),
    "eq-gibbs": Meaning(gibbs, 4),
    "eq-entropy-gradient": Meaning(one),
    "eq-proper": Meaning(vary(numbers(p=unit, q=unit), functions={"B'": expected_price_slope})),
    "eq-brier-split": Meaning(vary(one, drawn=lambda rng, s: {"q": rng.uniform(0.2, 1, 3)})),
    "eq-local": Meaning(vary(one, drawn=lambda rng, s: {"q": probabilities(rng)}, functions=PRICE)),
    "eq-squared-error": Meaning(vary(one, derived=BRIER)),
    "eq-squared-error-grad": Meaning(vary(one, derived=BRIER)),
    "eq-two-slopes": Meaning(vary(numbers(z=lambda rng: rng.normal()), derived=TWO_CLASSES)),
    # chapter 6
    "eq-loss-by-p": Meaning(one),
    **dict.fromkeys(["eq-chain-1", "eq-chain-2", "eq-chain-3", "eq-chain-4"], Meaning(one)),
    "eq-p-minus-y": Meaning(one),
    "eq-loss-linear": Meaning(one),
    "eq-vjp": Meaning(vary(one, derived=ANY_LOSS)),
    "eq-cancel": Meaning(one),
    "eq-gradient-general": Meaning(one),
    "eq-soft-labels": Meaning(one),
    "eq-smoothing": Meaning(
        vary(
            one,
            derived={
                "y'": lambda s: (1 - s["ε"]) * s["y"] + s["ε"] / 3,
                "L": lambda s: -np.sum(s["y'"] * np.log(s["p"])),
            },
        )
    ),
    "eq-binary-loss": Meaning(yes_or_no),
    "eq-binary-grad": Meaning(yes_or_no),
    "eq-temperature-grad": Meaning(vary(one, derived={"p": lambda s: softmax(s["a"] / s["T"])})),
    "eq-distillation": Meaning(student_and_teacher),
    "eq-smoothing-gap": Meaning(smoothing_at_rest),
    "eq-batch-gradient": Meaning(batch),
    "eq-batch-w": Meaning(layer),
    "eq-batch-b": Meaning(layer),
    "eq-lse-hessian": Meaning(one),
    "eq-curvature": Meaning(
        vary(
            one,
            derived={"p": lambda s: softmax(s["a"] + s["t"] * s["v"])},
            functions={"L": lambda s, a: -np.sum(s["y"] * np.log(softmax(a)))},
        )
    ),
    "eq-lse-third": Meaning(one),
}
