"""What LabelShapeLab says of labels in a shape: the twins of its words in widget.js."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from softmaxlab import _formatting

CLOSE = 1e-9  # of a loss of size 1: far above rounding, far below what wrong labels do


def printed(targets: NDArray[Any]) -> list[str]:
    """Write an array as lines of text, much as NumPy prints it.

    >>> printed(np.array([[1.0, 0.0], [0.05, 0.95]]))
    ['[[1.000 0.000]', ' [0.050 0.950]]']
    >>> printed(np.array([0.0, 2.0])), printed(np.array([[True, False]]))
    (['[0. 2.]'], ['[[ True False]]'])
    """
    entries = [[_entry(entry, targets) for entry in row] for row in np.atleast_2d(targets)]
    width = max(len(entry) for row in entries for entry in row)
    rows = ["[" + " ".join(entry.rjust(width) for entry in row) + "]" for row in entries]
    if targets.ndim == 1:
        return rows
    return "\n ".join(rows).join("[]").split("\n")


def _entry(entry: Any, targets: NDArray[Any]) -> str:
    if targets.dtype.kind == "f":
        whole = np.all(targets == np.round(targets))
        return f"{entry:.0f}." if whole else _formatting.fixed(entry)
    return str(entry).replace("-", "−")


def described(targets: NDArray[Any]) -> str:
    """Name an array's shape and dtype.

    >>> described(np.array([[0], [1]]))
    'shape (2, 1), int64'
    """
    return f"shape {targets.shape}, {targets.dtype.name}"


MISTAKEN = "first one −1", "counted from 1"  # forms that name other labels than those that are meant


def verdict(reply: Mapping[str, Any], meant: float | None, whose: str, form: str | None = None) -> str:
    """Say in a few words what a reply is worth; `whose` is "indexing" or "softmaxlab"."""
    if reply["error"] is not None:
        return "stops, by luck" if whose == "indexing" else "refuses, and says what it expects"
    if meant is not None and abs(reply["value"] - meant) <= CLOSE * (1 + meant):
        return "the same number, by chance" if form in MISTAKEN else "right"
    return "wrong, without a word"


MANY = 1000  # times what was meant: beyond it, the digits tell nothing


def detail(reply: Mapping[str, Any], targets: NDArray[Any], whose: str, meant: float | None = None) -> str:
    """Say what a number is made of, and how many times the loss that was meant it is; nothing of an error.

    >>> print(detail({"value": 4.0, "error": None}, np.array([[0], [1]]), "indexing", 2.0))
    4 entries, with a sum of −8.00; minus that, divided by 2. It is 2.00 times what was meant
    """
    if reply["error"] is not None:
        return ""
    if whose == "indexing":
        m = targets.shape[0]
        count = np.broadcast(np.empty(m), targets).size
        entries = "one entry" if count == 1 else f"{count} entries"
        made = f"{entries}, with a sum of {_formatting.fixed(-reply['value'] * m, 2)}; minus that, divided by {m}"
        return made + _times(reply["value"], meant)
    return "taken as probabilities" if targets.dtype.kind == "f" else "taken as class indices"


def _times(value: float, meant: float | None) -> str:
    if not meant or abs(value - meant) <= CLOSE * (1 + meant):  # nothing to compare with, or right
        return ""
    factor = value / meant
    return f". It is {_formatting.fixed(factor, 2) if factor < MANY else f'more than {MANY}'} times what was meant"


def meaning(meant: float | None) -> str:
    """Write the loss that was meant."""
    return "none" if meant is None else _formatting.decimals(meant)


def explanation(form: str, labels: Sequence[int], classes: int) -> str:
    """Why indexing says what it says, and what `softmaxlab` makes of it.

    Parameters
    ----------
    form : str
        A name from `softmaxlab.pitfalls.label_broadcasting.label_shapes`.
    labels : list of int
    classes : int

    Returns
    -------
    str
    """
    m, n = len(labels), classes
    if form == "indices (m,)":
        return f"({m},) beside ({m},): row by row, the entry of the row’s own label. That is what was meant."
    if form == "column (m, 1)":
        if m == 1:
            return "A single example: (1,) and (1, 1) still pick one entry. The fault sleeps until the batch grows."
        return (
            f"({m},) and ({m}, 1) broadcast to ({m}, {m}): every row is read at every label. "
            f"{m * m} entries are added up, and divided by {m}."
        )
    if form == "row (1, m)":
        if m == 1:
            return "A single example: (1,) and (1, 1) still pick one entry. The fault sleeps until the batch grows."
        return (
            f"The first axis of the targets has length 1, so m is taken to be 1. Row 0 is read at all {m} labels, "
            "and no other row at all."
        )
    if form == "one-hot, int":
        if m == n:
            return (
                f"Each 0 and 1 is taken for a class index. ({m},) and ({m}, {n}) broadcast to ({m}, {n}): "
                f"{m * n} entries, all of classes 0 and 1."
            )
        if m == 1:
            return (
                f"Each 0 and 1 is taken for a class index. (1,) and (1, {n}) broadcast: "
                f"{n} entries of one row, all of classes 0 and 1."
            )
        return f"({m},) and ({m}, {n}) do not broadcast. With as many classes as examples they would: try as many."
    if form == "one-hot, bool":
        return (
            "A table of bools is a mask, and counts as two indices. With range(m) that makes three, for an array "
            "with two axes."
        )
    if form == "first one −1":
        end = f"−1 counts from the end: row 0 is trained to be of class {n - 1}, the last."
        return f"{end} Meant was to leave it out" + (", and no other row is there." if m == 1 else ".")
    if form == "counted from 1":
        if n - 1 in labels:
            return f"The label {n} lies past the last class, {n - 1}. A label that is too large gives it away."
        return (
            "Every label is off by one, and every one of them exists. No program can tell: both losses are those of "
            "other labels."
        )
    if form == "float indices":
        return "Floats are no index. Often they come from a file, or from a column of a data frame."
    return (
        "Floats are no index, so NumPy stops. In the shape of the logits, softmaxlab takes them for probabilities: "
        "right, and with any shares."
    )
