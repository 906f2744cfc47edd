"""What the names in chapters 8 and 11 and in the errata stand for: differences, and floats with their errors."""

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from softmaxlab import log_softmax, logsumexp, softmax
from softmaxlab.gradcheck import relative_error
from softmaxlab.numerics.finite_differences import ROUNDOFF, best_central_step, best_forward_step

from ..sample import Sample, Value
from .groups import SIZES, Group, Meaning, batch, hard, one, vary


def curve(rng: Generator, turn: int = 0) -> Sample:
    """A smooth f with derivatives of its own, a place x, a step h that goes to 0."""
    rate, height = 0.8, 1.3
    functions: dict[str, Callable[..., Value]] = {
        f"f{chr(39) * k}": lambda s, x, k=k: height * rate**k * np.exp(rate * x) for k in range(4)
    }
    x = rng.uniform(0.4, 1)
    values = {name: function(None, x) for name, function in functions.items()}  # |f''| stands for f'' at x
    return Sample(SIZES, {}, {"x": x, "h": 0.05, "i": 1j, "u": 1e-7, **values}, functions=functions, small=("h",))


def worst_error(central: bool) -> Group:
    """Return samples with the error of a difference whose two values are both rounded in the worst direction."""

    def make(rng: Generator, turn: int = 0) -> Sample:
        sample = curve(rng)
        f, x, u = sample.functions["f"], sample["x"], sample["u"]
        step = ([3e-3, 3e-2, 1e-2] if central else [3e-4, 1e-2, 3e-3])[turn % 3]
        low, width = (x - step, 2 * step) if central else (x, step)
        estimate = (f(None, x + step) * (1 + u) - f(None, low) * (1 - u)) / width
        return sample.but(drawn={"h": step, "error": abs(estimate - sample["f'"])})

    return make


def best_step(central: bool) -> Group:
    """Return samples with the step that the package calls best."""

    def make(rng: Generator, turn: int = 0) -> Sample:
        sample = curve(rng)
        if central:
            step = {"h_central": best_central_step(sample["f"], sample["f'''"])}
        else:
            step = {"h_forward": best_forward_step(sample["f"], sample["f''"])}
        return sample.but(drawn={"u": ROUNDOFF, **step}, scale=1e-12)  # both sides are about 1e-8

    return make


def complex_scores(rng: Generator, turn: int = 0) -> Sample:
    """Complex scores, a true class, and the loss by the formula without a shift."""
    a = rng.normal(0, 1, 3) + 1j * rng.uniform(-1, 1, 3)
    loss = np.log(np.sum(np.exp(a))) - a[1]
    return one(rng).but(drawn={"a": a, "L": loss, "m": max(a.real)}, fixed={"y": 1})


def relative(rng: Generator, turn: int = 0) -> Sample:
    """Two derivatives, of ordinary size or nearly 0, and the package's relative error."""
    g, d = rng.normal(size=2) * [1, 1e-9][turn % 2]
    return one(rng).but(drawn={"g": g, "d": d, "ε": 1e-8, "r": float(relative_error(g, d))})


def long_sum(pairwise: bool) -> Group:
    """Return samples with a sum of n numbers: every addition is rounded the same way, or few are."""

    def make(rng: Generator, turn: int = 0) -> Sample:
        n, u = 7, 1e-3
        most = (1 + u) ** (3 if pairwise else n - 1)
        return Sample({}, {}, {"n": n, "u": u, "s": 1.0, "hat s": most if turn % 2 == 0 else 1 + (most - 1) / 3})

    return make


def in_ulps(rng: Generator, turn: int = 0) -> Sample:
    """A float64 and one a few ulps beside it."""
    x = float(10 ** rng.uniform(-20, 20))
    near = x + int(rng.integers(2, 6)) * np.spacing(x)
    drawn = {"x": x, "t": 53, "hat x": near, "error in ulps": (near - x) / np.spacing(x)}
    return Sample({}, {}, drawn, functions={"ulp": lambda s, x: np.spacing(abs(x))})


def half_ulp(rng: Generator, turn: int = 0) -> Sample:
    """A real number between two of float32, nearly half way or not."""
    below = np.float32(rng.uniform(1, 1000))
    x = float(below) + [0.499, 0.2][turn % 2] * float(np.spacing(below))
    functions = {"ulp": lambda s, x: float(np.spacing(np.float32(x))), "fl": lambda s, x: float(np.float32(x))}
    return Sample({}, {}, {"x": x}, functions=functions)


def rounded_steps(rng: Generator, turn: int = 0) -> Sample:
    """A probability that three small relative errors reach."""
    errors = {f"ε_{k}": value for k, value in enumerate((0.02, 0.03, -0.013), start=1)}
    return one(rng).but(
        drawn=errors,
        derived={"hat p": lambda s: s["p"] * (1 + s["ε_1"]) * (1 + s["ε_3"]) / (1 + s["ε_2"])},
        small=tuple(errors),
        order=2,
    )


def rounded_argument(rng: Generator, turn: int = 0) -> Sample:
    """An argument of exp with a small error."""
    return one(rng).but(drawn={"x": rng.normal(), "δ": 0.05}, small=("δ",), order=3)


def whole_batch(rng: Generator, turn: int = 0) -> Sample:
    """A batch of logits Z that is normalized as one long vector, beside the mean of its rows' losses."""
    sample = batch(rng)
    return sample.but(
        drawn={"Z": sample["z"], "Y": sample["y"]},
        derived={
            "P": lambda s: softmax(s["Z"].ravel()).reshape(4, 3),
            "L_batch": lambda s: -np.sum(s["Y"] * np.log(s["P"])) / 4,
            "L": lambda s: -np.sum(s["Y"] * log_softmax(s["Z"])) / 4,
            "Z[]": lambda s: list(s["Z"]),
        },
        functions={"LSE": lambda s, logits: logsumexp(np.ravel(logits))},
    )


LABELS = {
    # chapter 8
    "eq-forward": Meaning(curve),
    "eq-central": Meaning(curve),
    "eq-complex-step": Meaning(curve),
    "eq-error-forward": Meaning(worst_error(central=False)),
    "eq-error-central": Meaning(worst_error(central=True)),
    "eq-best-forward": Meaning(best_step(central=False)),
    "eq-best-central": Meaning(best_step(central=True)),
    "eq-loss-along": Meaning(one),
    "eq-slope-along": Meaning(one),
    "eq-curvature-along": Meaning(one),
    "eq-third-along": Meaning(one),
    "eq-complex-loss": Meaning(complex_scores),
    "eq-relative-error": Meaning(relative, 4),
    # chapter 11
    "eq-ulp": Meaning(in_ulps),
    "eq-ulps": Meaning(in_ulps),
    "eq-half-ulp": Meaning(half_ulp),
    "eq-exp-error": Meaning(rounded_argument),
    "eq-rest": Meaning(hard),
    "eq-loss-rest": Meaning(hard),
    "eq-cancellation": Meaning(hard),
    "eq-sum-one-by-one": Meaning(long_sum(pairwise=False)),
    "eq-sum-pairwise": Meaning(long_sum(pairwise=True)),
    "eq-budget": Meaning(rounded_steps),
    # errata
    "eq-errata-batch-loss": Meaning(whole_batch),
    "eq-errata-batch-grad": Meaning(whole_batch),
    **dict.fromkeys(
        [f"eq-errata-{key}" for key in ("k-not-1", "chain", "two-jobs", "one-path", "vanishing", "copies")],
        Meaning(one),
    ),
    "eq-errata-by-exponential": Meaning(
        vary(one, drawn=lambda rng, s: {"exp a": np.exp(s["a"])}, derived={"h": lambda s: np.sum(s["exp a"])})
    ),
    "eq-errata-any-total": Meaning(one),
}
