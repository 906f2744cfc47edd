"""What the chapter on training shows of the digits: images, weights as images, and tables. No math here.

Everything is HTML: small pictures that wrap to the width of the page, with words that keep their size on a phone.
Ink is drawn in the color of the text, so that it follows light and dark.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby

import numpy as np
from numpy.typing import ArrayLike

from softmaxlab._core.types import FloatArray, IntArray
from softmaxlab.book._ipython import display

LEVELS = 16  # shades of ink, as in the data
_STYLE = """
.sl-images { display: flex; flex-wrap: wrap; gap: .9rem .7rem; justify-content: center; margin: .5rem auto 1rem;
  max-width: 36rem; }
.sl-images > div { text-align: center; font-size: .8125rem; line-height: 1.25; color: var(--sl-muted, #55606e);
  font-variant-numeric: tabular-nums; white-space: pre-line; }
.sl-images svg { display: block; width: var(--width); margin: 0 auto .3rem; border-radius: 2px;
  color: var(--sl-ink, #1b2430); stroke: currentColor; shape-rendering: crispEdges;
  box-shadow: 0 0 0 1px var(--sl-grid, #d8dee6); }
.sl-signed path { stroke: var(--sl-up, #b3401b); }
.sl-signed .sl-minus { stroke: var(--sl-down, #13699c); }
.sl-counts { overflow-x: auto; margin: .5rem auto 1rem; max-width: 36rem; }
.sl-counts table { border-collapse: collapse; margin: 0 auto; font-size: .875rem; line-height: 1.3; }
.sl-counts :is(th, td) { border: 0; background: none; color: inherit; text-align: right;
  padding: .35rem clamp(.15rem, 1.1vw, .45rem); font-weight: 400; font-variant-numeric: tabular-nums; }
.sl-counts tr > :is(th, td) { border-bottom: 1px solid var(--sl-grid, #d8dee6); }
.sl-counts td { white-space: nowrap; }
.sl-counts th { color: var(--sl-muted, #55606e); }
.sl-counts tr > :first-child { text-align: left; }
.sl-confusion :is(th, td) { text-align: center; }
.sl-counts .sl-wrong { font-weight: 700; background: color-mix(in srgb, var(--sl-up, #b3401b) 18%, transparent); }
"""


def show_images(images: ArrayLike, captions: Sequence[str], description: str, width: float = 2.6) -> None:
    """Display gray images side by side, each over its caption.

    Parameters
    ----------
    images : array_like, shape (m, height, width)
        From 0, paper, to 16, ink.
    captions : sequence of str, length m
        A line break is kept.
    description : str
        What the images show, for readers who cannot see them.
    width : float
        Of an image, in rem.
    """
    images = np.asarray(images, dtype=float)
    _show(_gallery(images / LEVELS, captions, description, width), description)


def show_weights(weights: ArrayLike, captions: Sequence[str], description: str, width: float = 3.4) -> None:
    """Display signed weights as images: one color for above 0, another for below, paler toward 0.

    Parameters
    ----------
    weights : array_like, shape (m, height, width)
        The largest of all, by absolute value, gets the full color.
    captions, description, width
        As in `show_images`.
    """
    weights = np.asarray(weights, dtype=float)
    scaled = weights / max(np.abs(weights).max(), np.finfo(float).tiny)
    _show(_gallery(scaled, captions, description, width, " sl-signed"), description)


def show_confusion(counts: IntArray, description: str) -> None:
    """Display a confusion matrix: a row for each true class, a column for each answer; mistakes stand out.

    Parameters
    ----------
    counts : array_like of int, shape (n, n)
        As `softmaxlab.learning.metrics.confusion_matrix` gives them.
    description : str
    """

    def cell(i: int, j: int, count: int) -> str:
        mark = ' class="sl-wrong"' if count and i != j else ""
        return f"<td{mark}>{count or '·'}</td>"

    head = "".join(f'<th scope="col">{j}</th>' for j in range(len(counts)))
    body = "".join(
        f'<tr><th scope="row">{i}</th>{"".join(cell(i, j, count) for j, count in enumerate(row))}</tr>'
        for i, row in enumerate(np.asarray(counts).tolist())
    )
    _show(_table(f'<th scope="col">is ↓</th>{head}', body, description, " sl-confusion"), description)


def show_table(columns: Mapping[str, Iterable[str]], description: str) -> None:
    """Display a table of words and numbers as they are written.

    Parameters
    ----------
    columns : dict of str to sequence of str
        Heads and entries. The first column names the rows.
    description : str
    """
    # a corner without words heads nothing
    head = "".join(f'<th scope="col">{escape(name)}</th>' if name else "<td></td>" for name in columns)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>{"".join(f"<td>{escape(entry)}</td>" for entry in rest)}</tr>'
        for first, *rest in zip(*columns.values(), strict=True)
    )
    _show(_table(head, body, description), description)


def _show(html: str, description: str) -> None:
    display({"text/html": f"<style>{_STYLE.strip()}</style>{html}", "text/plain": description}, raw=True)


def _gallery(images: FloatArray, captions: Sequence[str], description: str, width: float, kind: str = "") -> str:
    parts = "".join(
        f"<div>{_drawing(image)}{escape(str(caption))}</div>" for image, caption in zip(images, captions, strict=True)
    )
    return (
        f'<div class="book-figure sl-images{kind}" style="--width: {width}rem" role="group" '
        f'aria-label="{_name(description)}">{parts}</div>'
    )


def _table(head: str, body: str, description: str, kind: str = "") -> str:
    return (
        f'<div class="book-figure sl-counts{kind}" tabindex="0" role="region" aria-label="{_name(description)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _name(description: str) -> str:
    if not description.strip():
        raise ValueError("a figure needs a description in words, for readers who cannot see it")
    return escape(" ".join(description.split()))


def _drawing(image: FloatArray) -> str:
    """Write an image of values from −1 to 1 as SVG: a path for each shade, a stroke for each run of equal pixels."""
    paths: dict[int, list[str]] = {}
    for y, row in enumerate(np.round(image * LEVELS).astype(int).tolist()):
        x = 0
        for shade, run in groupby(row):
            length = len(list(run))
            if shade:
                paths.setdefault(shade, []).append(f"M{x} {y}h{length}")
            x += length
    strokes = ""
    for shade, runs in sorted(paths.items()):
        sign = ' class="sl-minus"' if shade < 0 else ""
        opacity = "" if abs(shade) == LEVELS else f' opacity="{f"{abs(shade) / LEVELS:.2f}".lstrip("0")}"'
        strokes += f'<path{sign}{opacity} d="{"".join(runs)}"/>'
    rows, columns = image.shape
    return f'<svg viewBox="0 -.5 {columns} {rows}" aria-hidden="true">{strokes}</svg>'
