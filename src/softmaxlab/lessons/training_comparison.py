"""Training the digits in the four ways that the chapter on training compares, and over a range of penalties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from time import perf_counter
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from softmaxlab._core.types import FloatArray
from softmaxlab.learning.datasets import Examples
from softmaxlab.learning.optimizers import Fit

try:
    from sklearn.linear_model import LogisticRegression  # here, not below: loading it takes a second
    from threadpoolctl import threadpool_limits  # comes with scikit-learn
except ImportError as missing:
    raise ImportError(
        f"softmaxlab.lessons.training_comparison compares with scikit-learn, and that is not installed ({missing}): "
        'pip install "softmaxlab[book]"'
    ) from missing

from softmaxlab import cross_entropy, softmax_jvp
from softmaxlab.learning.metrics import accuracy
from softmaxlab.learning.optimizers import Iterate, fit, gradient_descent, newton
from softmaxlab.learning.sampling_error import standard_error
from softmaxlab.learning.softmax_regression import hessian, logits_of, objective

Steps: TypeAlias = Iterable[Iterate[Any]]


class Run(NamedTuple):
    """One training, with a clock beside it."""

    path: list[Iterate[Any]]  # the end alone, of a library that does not report its steps; see `run`
    seconds: float

    @property
    def weights(self) -> FloatArray:
        """Return the weights at the end, shape (d + 1, n)."""
        weights: FloatArray = self.path[-1].weights
        return weights


def run(
    method: str,
    train: Examples,
    l2: float,
    *,
    rate: float = 2.0,
    steps: int = 100_000,
    tolerance: float = 1e-8,
    progress: Callable[[Steps, int], Steps] | None = None,
) -> Run:
    """Train with one method until the gradient is small, and take the time.

    Parameters
    ----------
    method : {"gradient descent", "Newton", "L-BFGS", "scikit-learn"}
    train : Examples
        Features and labels.
    l2 : float > 0
    rate : float
        Of gradient descent.
    steps : int
        Of gradient descent, at most.
    tolerance : float
        Where to stop: the largest entry of the gradient.
    progress : callable, optional
        Shows how far gradient descent is: given the steps and how many to expect, it yields the same steps. Such as
        `softmaxlab.book.notebook.progress`.

    Returns
    -------
    Run
        Of the steps of gradient descent only the last keeps its weights, the others have None: it takes thousands.

    Raises
    ------
    ValueError
        If the method has another name.

    Examples
    --------
    >>> from softmaxlab.learning.datasets import three_clouds
    >>> [step.number for step in run("Newton", three_clouds(), l2=0.1).path]
    [0, 1, 2, 3, 4]
    """
    watched = progress or _unwatched
    ways: dict[str, Callable[[], list[Iterate[Any]]]] = {
        "gradient descent": lambda: _until(
            tolerance, watched(gradient_descent(*train, l2=l2, rate=rate, steps=steps), steps + 1)
        ),
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


def over_penalties(
    train: Examples, validation: Examples, penalties: Sequence[float], tolerance: float = 1e-6
) -> tuple[list[FloatArray], dict[str, list[float]], list[float]]:
    """Fit once for each penalty, and measure the loss on both parts.

    Parameters
    ----------
    train, validation : Examples
    penalties : sequence of float
    tolerance : float
        Largest entry of the gradient at which a fit stops; or a tenth of the penalty, if that is less. In directions
        whose curvature is the penalty's alone, weights may still be off by the gradient over the penalty.

    Returns
    -------
    weights : list of ndarray, shape (d + 1, n)
    losses : dict of str to list of float
        Mean cross-entropy, without the penalty, under "training" and "validation".
    shares : list of float
        Accuracy on the validation part.

    Examples
    --------
    >>> from softmaxlab.learning.datasets import three_clouds
    >>> _, losses, _ = over_penalties(three_clouds(), three_clouds(seed=1), [0.01, 1])
    >>> losses["training"][0] < losses["training"][1]  # the smaller penalty fits more closely
    True
    """
    with threadpool_limits(1):
        weights = [fit(*train, l2=l2, tolerance=min(tolerance, l2 / 10)).weights for l2 in penalties]
    parts = {"training": train, "validation": validation}
    logits = {name: [logits_of(w, part.inputs) for w in weights] for name, part in parts.items()}
    losses = {name: [float(cross_entropy(z, parts[name].labels)) for z in found] for name, found in logits.items()}
    return weights, losses, [float(accuracy(z, validation.labels)) for z in logits["validation"]]


def standard_errors_above(weights: FloatArray, others: Sequence[FloatArray], part: Examples) -> list[float]:
    """Compare models with one model, image by image: by how many standard errors is their mean loss above its own?

    Parameters
    ----------
    weights : ndarray, shape (d + 1, n)
    others : sequence of ndarray, each of that shape
    part : Examples

    Returns
    -------
    list of float
        Mean difference of the losses over its standard error; 0 for the same model.

    Examples
    --------
    >>> from softmaxlab.learning.datasets import three_clouds
    >>> clouds = three_clouds()
    >>> models, _, _ = over_penalties(clouds, clouds, [0.01, 1])
    >>> same, worse = standard_errors_above(models[0], models, clouds)
    >>> same, worse > 2
    (0.0, True)
    """
    losses = [cross_entropy(logits_of(w, part.inputs), part.labels, reduction="none") for w in (weights, *others)]
    gaps = [loss - losses[0] for loss in losses[1:]]
    return [float(gap.mean() / standard_error(gap)) if gap.any() else 0.0 for gap in gaps]


def rises(losses: Sequence[float] | FloatArray) -> int:
    """Count the steps after which a loss was higher than before.

    Examples
    --------
    >>> rises([3.0, 2.0, 2.5, 1.0])
    1
    """
    return int(np.sum(np.diff(losses) > 0))


def share_of_the_steepest(train: Examples, l2: float) -> float:
    """Find how much of the gradient at weights 0 lies in the directions in which the curvature is largest.

    Parameters
    ----------
    train : Examples
    l2 : float

    Returns
    -------
    float
        From 0 to 1: length of that part over the length of the gradient.

    Examples
    --------
    >>> from softmaxlab.learning.datasets import three_clouds
    >>> 0 <= share_of_the_steepest(three_clouds(), 0.1) <= 1
    True
    """
    start = np.zeros((train.inputs.shape[1] + 1, int(train.labels.max()) + 1))
    grad = objective(start, *train, l2)[1].ravel()
    bends, ways = np.linalg.eigh(hessian(start, train.inputs, l2).reshape(grad.size, grad.size))
    steepest = ways[:, np.isclose(bends, bends[-1], rtol=1e-9)]  # several: one for each way to share out among classes
    return float(np.linalg.norm(steepest.T @ grad) / np.linalg.norm(grad))


def bends_along_the_steps(train: Examples, l2: float, rate: float, steps: int) -> FloatArray:
    """Find the curvature of the objective along each step of gradient descent: gᵀ H g / gᵀ g, for the gradient g.

    Of a quadratic, a step lowers the objective if its rate is below 2 over this curvature.

    Parameters
    ----------
    train : Examples
    l2, rate : float
    steps : int

    Returns
    -------
    ndarray, shape (steps,)

    Examples
    --------
    >>> from softmaxlab.learning.datasets import three_clouds
    >>> bends_along_the_steps(three_clouds(), 0.1, rate=0.5, steps=3).shape
    (3,)
    """
    bends = []
    for step in gradient_descent(*train, l2=l2, rate=rate, steps=steps - 1):
        grad = objective(step.weights, *train, l2)[1]
        logits, tangent = logits_of(step.weights, train.inputs), logits_of(grad, train.inputs)
        curvature = np.sum(tangent * softmax_jvp(logits, tangent)) / len(tangent) + l2 * np.sum(grad[:-1] ** 2)
        bends.append(curvature / np.sum(grad**2))
    return np.array(bends)


def _unwatched(steps: Steps, total: int) -> Steps:
    return steps


def _until(tolerance: float, walk: Steps) -> list[Iterate[Any]]:
    path = []
    for step in walk:
        path.append(step)
        if step.grad_max_abs <= tolerance:
            break
        path[-1] = step._replace(weights=None)
    path[-1] = step
    return path


def _end(found: Fit, train: Examples, l2: float) -> Iterate[FloatArray]:
    slope = float(np.max(np.abs(objective(found.weights, *train, l2)[1])))
    return Iterate(found.steps, found.loss, slope, found.weights)


def _by_scikit_learn(train: Examples, l2: float, tolerance: float) -> Iterate[FloatArray]:
    """Train with scikit-learn's own solver, and state the end in the terms of `learning.softmax_regression`."""
    features, labels = train
    model = LogisticRegression(C=1 / (l2 * len(labels)), tol=tolerance, max_iter=10_000).fit(features, labels)
    weights = np.vstack([model.coef_.T, model.intercept_])
    loss, grad = objective(weights, features, labels, l2)
    return Iterate(int(model.n_iter_[0]), loss, float(np.max(np.abs(grad))), weights)
