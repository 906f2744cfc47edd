"""Training the digits in the four ways that the chapter on training compares, and over a range of penalties."""

from time import perf_counter
from typing import NamedTuple

import numpy as np
from sklearn.linear_model import LogisticRegression  # here, not below: loading it takes a second
from threadpoolctl import threadpool_limits  # comes with scikit-learn

from softmaxlab import cross_entropy
from softmaxlab.evaluate import accuracy
from softmaxlab.linear import logits_of, objective
from softmaxlab.notebook import progress
from softmaxlab.train import Step, descend, fit, newton


class Run(NamedTuple):
    """One training, with a clock beside it."""

    path: list  # of Step; of a library that does not tell its way, the end alone
    seconds: float

    @property
    def weights(self):
        """Return the weights at the end, shape (d + 1, n)."""
        return self.path[-1].weights


def run(method, train, l2, *, rate=2.0, steps=200, tolerance=1e-8):
    """Train with one method, and take the time.

    Parameters
    ----------
    method : {"gradient descent", "Newton", "L-BFGS", "scikit-learn"}
    train : Examples
        Features and labels.
    l2 : float > 0
    rate, steps
        Of gradient descent.
    tolerance : float
        Of the others: where they stop, the largest entry of the gradient.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If the method has another name.

    Examples
    --------
    >>> from softmaxlab.data import three_clouds
    >>> [step.number for step in run("Newton", three_clouds(), l2=0.1).path]
    [0, 1, 2, 3, 4]
    """
    ways = {
        "gradient descent": lambda: list(progress(descend(*train, l2=l2, rate=rate, steps=steps), steps + 1)),
        "Newton": lambda: list(newton(*train, l2=l2, tolerance=tolerance)),
        "L-BFGS": lambda: [_end(fit(*train, l2=l2, tolerance=tolerance), train, l2)],
        "scikit-learn": lambda: [_by_scikit_learn(train, l2, tolerance)],
    }
    if method not in ways:
        raise ValueError(f"method is {method!r}; expected one of {', '.join(map(repr, ways))}")
    with threadpool_limits(1):  # on few cores, threads that wait for each other hide what is compared
        start = perf_counter()
        path = ways[method]()
    return Run(path, perf_counter() - start)


def over_penalties(train, validation, penalties, tolerance=1e-6):
    """Fit once for each penalty, and look how it does on both parts.

    Parameters
    ----------
    train, validation : Examples
    penalties : sequence of float
    tolerance : float
        Largest entry of the gradient at which a fit stops.

    Returns
    -------
    weights : list of ndarray, shape (d + 1, n)
    losses : dict of str to list of float
        Mean cross-entropy, without the penalty, under "training" and "validation".
    shares : list of float
        Accuracy on the validation part.

    Examples
    --------
    >>> from softmaxlab.data import three_clouds
    >>> _, losses, _ = over_penalties(three_clouds(), three_clouds(seed=1), [0.01, 1])
    >>> losses["training"][0] < losses["training"][1]  # the smaller penalty fits more closely
    True
    """
    with threadpool_limits(1):
        weights = [fit(*train, l2=l2, tolerance=tolerance).weights for l2 in penalties]
    parts = {"training": train, "validation": validation}
    logits = {name: [logits_of(w, part.inputs) for w in weights] for name, part in parts.items()}
    losses = {name: [float(cross_entropy(z, parts[name].labels)) for z in found] for name, found in logits.items()}
    return weights, losses, [float(accuracy(z, validation.labels)) for z in logits["validation"]]


def _end(found, train, l2):
    slope = float(np.max(np.abs(objective(found.weights, *train, l2)[1])))
    return Step(found.steps, found.loss, slope, found.weights)


def _by_scikit_learn(train, l2, tolerance):
    """Train with scikit-learn's own solver, and state the end in our terms: see `softmaxlab.linear`."""
    features, labels = train
    model = LogisticRegression(C=1 / (l2 * len(labels)), tol=tolerance, max_iter=10_000).fit(features, labels)
    weights = np.vstack([model.coef_.T, model.intercept_])
    loss, grad = objective(weights, features, labels, l2)
    return Step(int(model.n_iter_[0]), loss, float(np.max(np.abs(grad))), weights)
