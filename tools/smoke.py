"""Use an installed softmaxlab as its readers would: python smoke.py [EXTRA ...], with the extras it was installed with.

What an extra brings must work; what needs another must say which. Run by `make release-check`, in an environment that
holds nothing but the package and what pip brought with it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable

BRINGS = {
    "learning": ["learning"],
    "accuracy": ["accuracy"],
    "proofs": ["accuracy", "proofs"],  # SymPy brings mpmath
    "widgets": ["learning", "accuracy", "proofs", "widgets"],
    "book": ["learning", "accuracy", "proofs", "widgets", "book"],
}


def base() -> None:
    """Use what needs NumPy alone."""
    import numpy as np

    import softmaxlab
    from softmaxlab.learning.datasets import digits
    from softmaxlab.pitfalls.naive import softmax_naive

    logits = np.array([[1.0, 2.0, 3.0], [1000.0, 0.0, 0.0]])
    assert abs(softmaxlab.softmax(logits).sum() - 2) < 1e-15
    loss, grad = softmaxlab.cross_entropy_with_grad(logits, [2, 0])
    assert loss > 0
    assert grad.shape == logits.shape
    assert len(digits().labels) > 1000
    assert abs(softmax_naive([0.0, 0.0])[0] - 0.5) < 1e-15


def learning() -> None:
    """Train by L-BFGS."""
    from softmaxlab.learning.optimizers import fit

    assert fit([[0.0], [1.0], [2.0]], [0, 1, 0], l2=0.1).converged


def accuracy() -> None:
    """Ask for sixty digits."""
    reference = importlib.import_module("softmaxlab.accuracy.reference")
    assert reference.ulps([0.5, 0.5], reference.softmax([0.0, 0.0])).max() == 0


def proofs() -> None:
    """Prove an identity."""
    from softmaxlab.proofs.catalogue import proof_of

    assert proof_of("eq-jacobian").badge == "proved for all N"


def widgets() -> None:
    """Make a widget, and one that proves."""
    from softmaxlab.widgets import Derivation, LogitExplorer

    assert len(LogitExplorer().probs) == 3
    assert Derivation("eq-p-minus-y").values


def book() -> None:
    """Draw a figure."""
    from softmaxlab.book.figures import canvas
    from softmaxlab.book.notebook import svg

    assert "<svg" in svg(canvas()[0], "An empty picture")


USES: dict[str, Callable[[], None]] = {use.__name__: use for use in (learning, accuracy, proofs, widgets, book)}


def main(extras: list[str]) -> None:
    """Use all that there must be, and meet the message of all that there must not be."""
    base()
    brought = {name for extra in extras for name in BRINGS[extra]}
    for name, use in USES.items():
        if name in brought:
            use()
            continue
        try:
            use()
        except ModuleNotFoundError as error:
            if f'pip install "softmaxlab[{name}]"' not in str(error):
                raise
        else:
            raise AssertionError(f"{name} works without its extra: is it needed?")
    print("used:", ", ".join(["base", *sorted(brought)]))


if __name__ == "__main__":
    main(sys.argv[1:])
