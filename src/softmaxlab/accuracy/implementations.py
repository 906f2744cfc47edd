"""Softmax, loss and gradient of rows of logits from several libraries, in one form, so that they can be compared.

The naive, the shifted and the package's own functions are always there; SciPy, PyTorch and JAX, if they are installed.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

import softmaxlab
from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab.pitfalls import max_shifted
from softmaxlab.pitfalls.naive import softmax_naive


class Library(NamedTuple):
    """Functions of rows of logits, shape (rows, n), and labels, shape (rows,); None where there is none to call."""

    softmax: Callable[..., Any]
    loss: Callable[..., Any]  # of each row
    grad: Callable[..., Any] | None  # of the sum of the losses


@np.errstate(all="ignore")  # inf and nan are to be measured
def _naive(logits: FloatArray) -> FloatArray:
    return np.array([softmax_naive(row) for row in logits])


@np.errstate(all="ignore")
def _naive_loss(logits: FloatArray, labels: IntArray) -> FloatArray:
    losses: FloatArray = -np.log(entries_at_labels(_naive(logits), labels))
    return losses


def _naive_grad(logits: FloatArray, labels: IntArray) -> FloatArray:
    return _naive(logits) - np.eye(logits.shape[-1], dtype=logits.dtype)[labels]


def entries_at_labels(array: ArrayLike, labels: ArrayLike) -> NDArray[Any]:
    """Entry [i, labels[i]] of each row i.

    Examples
    --------
    >>> entries_at_labels([[1, 2], [3, 4]], [0, 1])
    array([1, 4])
    """
    return np.take_along_axis(np.asarray(array), np.asarray(labels)[:, None], axis=-1)[:, 0]


RUNGS = {
    "naive": Library(_naive, _naive_loss, _naive_grad),
    "shifted": Library(
        max_shifted.softmax_shifted, max_shifted.cross_entropy_shifted, max_shifted.cross_entropy_grad_shifted
    ),
    "softmaxlab": Library(
        softmaxlab.softmax,
        partial(softmaxlab.cross_entropy, reduction="none"),
        partial(softmaxlab.cross_entropy_grad, reduction="none"),
    ),
}


def _scipy(special: Any) -> Library:
    return Library(
        partial(special.softmax, axis=-1),
        lambda logits, labels: -entries_at_labels(special.log_softmax(logits, axis=-1), labels),
        None,
    )


def _pytorch(torch: Any) -> Library:
    entropy = torch.nn.functional.cross_entropy

    def loss(logits: FloatArray, labels: IntArray) -> Any:
        return entropy(torch.tensor(logits), torch.tensor(labels), reduction="none").numpy()

    def grad(logits: FloatArray, labels: IntArray) -> Any:
        scores = torch.tensor(logits, requires_grad=True)
        entropy(scores, torch.tensor(labels), reduction="sum").backward()
        return scores.grad.numpy()

    return Library(lambda logits: torch.softmax(torch.tensor(logits), -1).numpy(), loss, grad)


def _jax(jax: Any) -> Library:
    def in_64_bits(function: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arrays: Any) -> NDArray[Any]:
            with jax.enable_x64(True):  # JAX takes float64 as float32 otherwise
                return np.array(function(*arrays))

        return called

    def loss(logits: Any, labels: Any) -> Any:
        return -jax.numpy.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=-1)[:, 0]

    return Library(
        in_64_bits(jax.nn.softmax),
        in_64_bits(loss),
        in_64_bits(jax.grad(lambda logits, labels: loss(logits, labels).sum())),
    )


_PEERS = {"SciPy": ("scipy.special", _scipy), "PyTorch": ("torch", _pytorch), "JAX": ("jax", _jax)}


def installed() -> tuple[dict[str, Library], dict[str, str]]:
    """Find the libraries that can be measured here.

    Returns
    -------
    libraries : dict of str to Library
        Naive, shifted and softmaxlab, then whichever of SciPy, PyTorch and JAX is installed.
    versions : dict of str to str
        Of the latter.

    Examples
    --------
    >>> libraries, versions = installed()
    >>> list(libraries)[:3], set(libraries) - set(RUNGS) == set(versions)
    (['naive', 'shifted', 'softmaxlab'], True)
    """
    libraries, versions = dict(RUNGS), {}
    for name, (module, adapter) in _PEERS.items():
        package = module.partition(".")[0]
        if importlib.util.find_spec(package) is not None:
            libraries[name] = adapter(importlib.import_module(module))
            versions[name] = importlib.import_module(package).__version__
    return libraries, versions
