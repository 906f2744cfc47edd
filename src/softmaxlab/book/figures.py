"""Drawings for the book: arrays in, Axes out. No math here; what is drawn was computed by `softmaxlab`.

All lengths suit a canvas about 400 points wide: the page scales it up on a desktop and a little down on a
phone, and its type stays readable on both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import wraps
from importlib.resources import files
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from softmaxlab._core.types import FloatArray

_CSS = files("softmaxlab.widgets").joinpath("_runtime", "palette.css").read_text(encoding="utf-8")
# The light colors, the same as the widgets'. On the page each becomes its CSS variable again: notebook.svg.
PALETTE = dict(re.findall(r"(--sl-[a-z0-9]+): (#[0-9a-f]{6})", _CSS.split("}", 1)[0]))
INK, MUTED, GRID, PAPER = (PALETTE[f"--sl-{name}"] for name in ("ink", "muted", "grid", "paper"))
CLASS_COLORS = tuple(PALETTE[f"--sl-c{index}"] for index in range(10))

_STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans", "font.size": 12, "axes.labelsize": 12, "axes.titlesize": 12,
    "xtick.labelsize": 12, "ytick.labelsize": 12, "text.color": INK, "axes.labelcolor": INK,
    "axes.titlecolor": INK, "xtick.color": MUTED, "ytick.color": MUTED, "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8, "axes.spines.top": False, "axes.spines.right": False, "axes.titlelocation": "left",
    "axes.titlepad": 10, "grid.color": GRID, "grid.linewidth": 0.8, "lines.linewidth": 2.2,
    "xtick.major.size": 0, "ytick.major.size": 0, "xtick.major.pad": 5, "ytick.major.pad": 5,
    "axes.unicode_minus": True, "text.parse_math": False, "figure.constrained_layout.use": True,
    "svg.fonttype": "none", "svg.hashsalt": "softmaxlab", "savefig.dpi": 72, "figure.dpi": 72,
}  # fmt: skip


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
Align: TypeAlias = Literal["left", "center", "right"]


def book_style() -> AbstractContextManager[None]:
    """Context in which matplotlib draws in the book's style."""
    return mpl.rc_context(_STYLE)


def written(value: float, digits: int) -> str:
    """Write a number for a reader: fixed decimals, and a real minus sign.

    Parameters
    ----------
    value : float
    digits : int

    Examples
    --------
    >>> written(-1.5, 2)
    '−1.50'
    """
    return f"{value:.{digits}f}".replace("-", "−")


def _in_book_style(draw: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    @wraps(draw)
    def styled(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with book_style():
            return draw(*args, **kwargs)

    return styled


@_in_book_style
def canvas(columns: int = 1, height: float = 2.7, width: float = 5.6) -> tuple[Figure, Any]:
    """Start an empty figure.

    Parameters
    ----------
    columns : int
        Number of panels side by side.
    height, width : float
        In inches of 72 points.

    Returns
    -------
    (Figure, Axes) or (Figure, ndarray of Axes)
        One Axes if `columns` is 1.
    """
    fig = Figure(figsize=(width, height))
    layout: Any = fig.get_layout_engine()  # constrained, by the style
    layout.set(w_pad=0.02, h_pad=0.02, wspace=0.06)
    return fig, fig.subplots(1, columns)


@_in_book_style
def bars(
    ax: Axes, values: ArrayLike, labels: Sequence[str], title: str = "", digits: int = 3, top: float | None = None
) -> Axes:
    """Draw one column for each class, its value written at its end.

    Parameters
    ----------
    ax : Axes
    values : array_like, shape (n,)
    labels : sequence of str, length n
    title : str
    digits : int
        Decimals of the written values.
    top : float, optional
        Height of the axis; by default the largest value.
    """
    values = np.asarray(values, dtype=float)
    columns = ax.bar(range(len(values)), values, width=0.66, color=CLASS_COLORS[: len(values)])
    ax.bar_label(columns, labels=[written(value, digits) for value in values], padding=3)
    ax.axhline(0, color=MUTED, linewidth=0.8)
    ax.set_title(title)
    ax.set_xticks(range(len(labels)), labels, color=INK)
    ax.set_yticks([])
    ax.spines[["left", "bottom"]].set_visible(False)
    high, low = top if top is not None else max(values.max(), 0), min(values.min(), 0)
    room = 0.16 * (high - low)
    ax.set_ylim(low - (room if low < 0 else 0), high + room)
    ax.set_xlim(-0.6, len(values) - 0.4)
    return ax


@_in_book_style
def lines(
    ax: Axes,
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    xlabel: str = "",
    ylabel: str = "",
    xticks: Sequence[float] | None = None,
    yticks: Sequence[float] | None = None,
    dashed: Collection[str] = (),
) -> Axes:
    """Draw curves over one axis, named in a legend above the panel if there are several.

    Parameters
    ----------
    ax : Axes
    x : array_like, shape (n,)
    curves : dict of str to array_like, shape (n,)
        Label and values; nan leaves a gap.
    xlabel, ylabel : str
    xticks, yticks : sequence of float, optional
    dashed : collection of str
        Labels of the curves to dash.
    """
    for color, (label, y) in zip(CLASS_COLORS, curves.items(), strict=False):
        ax.plot(x, y, color=color, label=label, linestyle="--" if label in dashed else "-")
    ax.set_xlabel(xlabel)
    ax.set_title(ylabel, color=MUTED)  # above the axis and horizontal: easier to read than a turned label
    if xticks is not None:
        ax.set_xticks(xticks, [f"{tick:g}".replace("-", "−") for tick in xticks])
    if yticks is not None:
        ax.set_yticks(yticks, [f"{tick:g}".replace("-", "−") for tick in yticks])
    ax.grid(axis="y")
    ax.set_axisbelow(True)
    ax.spines[["left"]].set_visible(False)
    ax.margins(x=0.01)
    if len(curves) > 1:
        ax.legend(frameon=False, loc="best", handlelength=1.6, borderaxespad=0.8)
    return ax


@_in_book_style
def mark(
    ax: Axes,
    x: float,
    y: float,
    text: str,
    offset: tuple[float, float] = (8, 8),
    align: Align = "left",
    color: str = INK,
) -> Axes:
    """Mark one point of a panel with a dot and a few words.

    Parameters
    ----------
    ax : Axes
    x, y : float
        In data coordinates.
    text : str
    offset : tuple of float
        From the dot to the words, in points.
    align : {"left", "center", "right"}
    color : str
    """
    ax.plot([x], [y], "o", color=color, markersize=7, markeredgecolor=PAPER, markeredgewidth=1.2, zorder=5)
    ax.annotate(text, (x, y), offset, textcoords="offset points", ha=align, va="center", color=INK, zorder=6)
    return ax


@_in_book_style
def simplex(
    ax: Axes,
    labels: Sequence[str],
    paths: Sequence[ArrayLike] = (),
    colors: Sequence[str] = (),
    point: ArrayLike | None = None,
    text: str = "",
    offset: tuple[float, float] = (12, 0),
    align: Align = "left",
) -> Axes:
    """Draw the triangle of all probabilities of three classes.

    Parameters
    ----------
    ax : Axes
    labels : sequence of three str
        Names of the corners: left, right, top.
    paths : sequence of array_like, shape (n, 3)
        Probabilities along each curve.
    colors : sequence of str
        One for each path; by default the class colors in order.
    point : array_like, shape (3,), optional
        Probabilities to mark with a dot.
    text : str
        What to write beside the dot.
    offset, align
        As in `mark`.
    """
    corners = np.array([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])
    ax.fill(*corners.T, facecolor=PALETTE["--sl-raised"], edgecolor=MUTED, linewidth=1, zorder=0)
    for path, color in zip(paths, colors or CLASS_COLORS, strict=False):
        ax.plot(*(np.asarray(path) @ corners).T, color=color, zorder=2)
    for corner, label, color, shift, side in zip(
        corners, labels, CLASS_COLORS, [(-8, 0), (8, 0), (0, 12)], ["right", "left", "center"], strict=False
    ):
        ax.plot(*corner, "o", color=color, markersize=8, zorder=3)
        ax.annotate(label, corner, shift, textcoords="offset points", ha=side, va="center", fontweight="bold")
    if point is not None:
        x, y = np.asarray(point) @ corners
        mark(ax, x, y, text, offset, align)
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.margins(0.06)
    return ax


@_in_book_style
def windows(
    ax: Axes,
    spans: Mapping[str, tuple[float, float]],
    dots: Sequence[Sequence[float] | FloatArray] = (),
    xlabel: str = "",
    xticks: Sequence[float] | None = None,
    digits: int | None = 2,
) -> Axes:
    """Draw intervals of the number line, one row each, their ends written below them.

    Parameters
    ----------
    ax : Axes
    spans : dict of str to (float, float)
        Name of the row, and the ends of its interval.
    dots : sequence of array_like
        For each row, numbers to mark on it.
    xlabel : str
    xticks : sequence of float, optional
    digits : int or None
        Decimals of the written ends; None leaves them out.
    """
    for row, (low, high) in enumerate(spans.values()):
        ax.barh(row, high - low, left=low, height=0.34, color=CLASS_COLORS[0])
        if digits is not None:
            ends = f"{written(low, digits)} to {written(high, digits)}"
            ax.annotate(ends, (low, row), (0, -20), textcoords="offset points", va="center", color=INK)
    for row, values in enumerate(dots):
        ax.plot(values, [row] * len(values), "o", color=INK, markersize=8, markeredgecolor=PAPER, zorder=4)
    ax.set_yticks(range(len(spans)), list(spans), color=INK)
    ax.set_ylim(len(spans) - 0.3, -0.5)
    ax.set_xlabel(xlabel)
    if xticks is not None:
        ax.set_xticks(xticks, [f"{tick:g}".replace("-", "−") for tick in xticks])
    ax.grid(axis="x")
    ax.set_axisbelow(True)
    ax.spines[["left"]].set_visible(False)
    return ax


@_in_book_style
def matrix(
    ax: Axes, entries: ArrayLike, rows: Sequence[str], columns: Sequence[str], title: str = "", digits: int = 3
) -> Axes:
    """Draw a table of signed numbers: a square in each cell, its area the size, its color the sign.

    Parameters
    ----------
    ax : Axes
    entries : array_like, shape (n, m)
    rows, columns : sequence of str
        Names of the rows and of the columns.
    title : str
        Written above the names of the columns.
    digits : int
        Decimals of the written entries.
    """
    entries = np.asarray(entries, dtype=float)
    widest = max(np.abs(entries).max(), np.finfo(float).tiny)
    for (i, j), entry in np.ndenumerate(entries):
        side = 0.62 * np.sqrt(abs(entry) / widest)
        color = PALETTE["--sl-up" if entry > 0 else "--sl-down"]
        ax.add_patch(Rectangle((j - side / 2, i - 0.08 - side / 2), side, side, color=color, linewidth=0))
        ax.text(j, i + 0.38, written(entry, digits), ha="center", va="center", color=INK)
    ax.set_xticks(range(len(columns)), columns, color=INK)
    ax.set_yticks(range(len(rows)), rows, color=INK)
    ax.xaxis.tick_top()
    ax.set_title(title)
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(rows) - 0.46, -0.54)
    ax.set_aspect("equal")
    for edge in range(1, max(len(rows), len(columns))):
        if edge < len(rows):
            ax.axhline(edge - 0.46, color=GRID, linewidth=0.8, zorder=0)
        if edge < len(columns):
            ax.axvline(edge - 0.5, color=GRID, linewidth=0.8, zorder=0)
    ax.spines[:].set_visible(False)
    return ax
