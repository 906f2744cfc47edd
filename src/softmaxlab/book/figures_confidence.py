"""What the chapter on confidence draws: reliability diagrams. Arrays in, Axes out; no math here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from softmaxlab.book.figures import GRID, INK, MUTED, PALETTE, _in_book_style

if TYPE_CHECKING:  # SciPy comes with it
    from softmaxlab.learning.calibration import Reliability

FEW = 10  # answers: bins with fewer are drawn pale


@_in_book_style
def reliability_bars(ax: Axes, found: Reliability, title: str = "") -> Axes:
    """Draw for each bin what share was right, what was claimed, and the gap between the two.

    Parameters
    ----------
    ax : Axes
    found : softmaxlab.learning.calibration.Reliability
    title : str
    """
    width = 0.88 * np.diff(found.edges)
    middle = (found.edges[:-1] + found.edges[1:]) / 2
    for b in np.flatnonzero(found.counts):
        claim, right = found.confidence[b], found.accuracy[b]
        alpha = 0.4 if found.counts[b] < FEW else 1.0
        color = PALETTE["--sl-up" if claim > right else "--sl-down"]
        ax.bar(middle[b], right, width[b], color=PALETTE["--sl-accent"], alpha=0.42 * alpha)
        ax.bar(middle[b], abs(claim - right), width[b], bottom=min(claim, right), color=color, alpha=0.6 * alpha)
        ends = middle[b] - width[b] / 2, middle[b] + width[b] / 2
        ax.plot(ends, [claim, claim], color=INK, alpha=alpha, solid_capstyle="butt")
    ax.plot([0, 1], [0, 1], color=MUTED, linewidth=1.2, linestyle="--")
    ticks = [0, 0.5, 1]
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.03)
    ax.set_xlabel("confidence")
    ax.set_title(title)
    ax.grid(axis="y", color=GRID)
    ax.set_axisbelow(True)
    ax.spines[["left"]].set_visible(False)
    return ax
