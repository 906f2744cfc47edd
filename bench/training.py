"""Time training with our gradient against scikit-learn, and see how time grows with examples and classes.

Both minimize one objective with SciPy's L-BFGS from weights 0 to one tolerance on the largest entry of its gradient.
They take turns, so that a busy moment of the machine meets both; the best of the turns counts. Matrix products run on
one thread, for both: on few cores, threads that wait for each other hide what is compared.
"""

import warnings
from functools import partial
from time import perf_counter

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from softmaxlab.learning.datasets import digits, pixels, split
from softmaxlab.learning.metrics import accuracy
from softmaxlab.learning.optimizers import fit
from softmaxlab.learning.softmax_regression import logits_of, objective

TOLERANCES = (1e-4, 1e-6)  # scikit-learn's own, and a stricter one
FEATURES = 50


def synthetic(examples: int, classes: int, features: int = FEATURES) -> tuple[np.ndarray, np.ndarray]:
    """Return features and labels drawn from a softmax model with random weights."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(examples, features))
    weights = rng.normal(size=(features + 1, classes)) * 3 / np.sqrt(features)  # logits of size 3
    gumbel = -np.log(rng.exponential(size=(examples, classes)))  # the largest of logit + Gumbel is a softmax draw
    labels = (logits_of(weights, inputs) + gumbel).argmax(axis=1)
    return inputs, labels


def seconds(task) -> float:
    """Time one call."""
    start = perf_counter()
    task()
    return perf_counter() - start


def compare(name: str, train: tuple, test: tuple, tolerance: float, turns: int) -> None:
    """Train both ways in turns, and print one line."""
    l2 = 1 / len(train[1])  # C = 1
    theirs = LogisticRegression(C=1.0, tol=tolerance, max_iter=10_000)
    times = [(seconds(lambda: fit(*train, l2=l2, tolerance=tolerance)), seconds(lambda: theirs.fit(*train)))
             for _ in range(turns)]  # fmt: skip
    own, other = np.min(times, axis=0)
    found = fit(*train, l2=l2, tolerance=tolerance)
    stacked = np.vstack([theirs.coef_.T, theirs.intercept_])
    gap = found.loss / objective(stacked, *train, l2)[0] - 1
    ours = accuracy(logits_of(found.weights, test[0]), test[1])
    counts = f"{found.steps:>7}{theirs.n_iter_[0]:>7}{found.evaluations:>7}"
    times = f"{tolerance:>9.0e}{own:>9.3f}{other:>10.3f}{own / other:>7.2f}"
    print(f"{name:<20}{times}{counts}{gap:>10.0e}{ours:>10.4f}{theirs.score(*test):>9.4f}", flush=True)


def growth(sizes: list[tuple[int, int]]) -> None:
    """Time one evaluation of loss and gradient for each number of examples and of classes, and print a line each."""
    print(f"\n{'examples':>10}{'classes':>9}{'ms':>10}{'ns/logit':>10}   for one loss and gradient")
    for examples, classes in sizes:
        inputs, labels = synthetic(examples, classes)
        weights = np.zeros((FEATURES + 1, classes))
        best = min(seconds(partial(objective, weights, inputs, labels, 1e-3)) for _ in range(5))
        print(f"{examples:>10}{classes:>9}{1e3 * best:>10.2f}{1e9 * best / examples / classes:>10.1f}", flush=True)


def main() -> None:
    """Print the tables."""
    threadpool_limits(1)
    warnings.simplefilter("error")  # a fit that stops early must not count as fast
    print(f"{'data':<20}{'tol':>9}{'ours s':>9}{'sklearn s':>10}{'ratio':>7}{'steps':>7}{'theirs':>7}{'evals':>7}"
          f"{'loss gap':>10}{'accuracy':>10}{'theirs':>9}")  # fmt: skip
    parts = split(pixels(digits().inputs), digits().labels)
    inputs, labels = synthetic(120_000, 10)
    train, test = (inputs[:100_000], labels[:100_000]), (inputs[100_000:], labels[100_000:])
    for tolerance in TOLERANCES:
        compare("digits", parts.train, parts.test, tolerance, turns=15)
    for tolerance in TOLERANCES:
        compare("100,000 × 50 × 10", train, test, tolerance, turns=5)
    growth([(examples, 10) for examples in (1_000, 10_000, 100_000, 1_000_000)])
    growth([(1_000, classes) for classes in (10, 100, 1_000, 10_000)])


if __name__ == "__main__":
    main()
