"""Parts of the still of GradientAtWork: numbers in, HTML and SVG out. Twins of views in widget.js."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from softmaxlab.widgets._runtime import still_parts

POINTS = 160  # of a curve at most
Size = TypeVar("Size", int, float)
LINE, ARROW = 80, 56  # units of the drawing for the whole reach of the logits, and for a derivative of 1


def slope_text(slope: float) -> str:
    """A derivative in three decimals, with its sign.

    >>> slope_text(0.25), slope_text(-1e-9), slope_text(0.0)
    ('+0.250', '−0.000', '0.000')
    """
    return ("+" if slope > 0 else "−" if slope < 0 else "") + f"{abs(slope):.3f}"


def sampled(count: int) -> list[int]:
    """Which of so many places a curve shows: evenly spaced ones, the first and the last among them.

    >>> sampled(3), len(sampled(1001)), sampled(1001)[-2:]
    ([0, 1, 2], 144, [994, 1000])
    """
    return [*range(0, count - 1, math.ceil(count / POINTS)), count - 1]


def curve(shown: Iterable[int], values: Iterable[float], room: int, highest: float) -> str:
    """Points of a curve in the unit square, for an SVG."""
    return still_parts.polyline([(t / room, 1 - value / highest) for t, value in zip(shown, values, strict=True)])


def doubled(size: Size, needed: float) -> Size:
    """Return a size, doubled until it is as large as needed."""
    while size < needed:
        size *= 2
    return size


def arrow(start: float, end: float, slope: float, reach: float) -> str:
    """One class on its line of scores: where it started, where it is, and where it is pulled."""
    at, tip = -end / reach * LINE, (-end / reach * LINE) + slope * ARROW
    turn = -1 if slope > 0 else 1
    hidden = " hidden" * (abs(slope) * ARROW < 7)  # too short for a head
    return (
        '<svg class="ga-line" viewBox="-20 -95 40 190"><path class="ga-axis" d="M0-95V95M-20 0H20"/>'
        f'<circle class="ga-start" r="4" cy="{-start / reach * LINE:.3f}"/>'
        f'<g class="ga-pull{" is-down" * (slope < 0)}"{hidden}><line y1="{at:.3f}" y2="{tip:.3f}"/>'
        f'<path d="M-6 9L0 0L6 9Z" transform="translate(0 {tip:.3f}) scale(1 {turn})"/></g>'
        f'<circle class="ga-dot" r="6" cy="{at:.3f}"/></svg>'
    )


def traces(caption: str, shown: Sequence[int], curves: Mapping[str, Iterable[float]], room: int, highest: float) -> str:
    """Curves over the steps, in a frame with its marks."""
    lines = "".join(
        f'<polyline class="ga-curve ga-{kind}-curve" points="{curve(shown, values, room, highest)}"/>'
        for kind, values in curves.items()
    )
    return f"""
<div class="ga-trace"><span class="ga-caption">{caption}</span>
<div class="ga-plot"><span class="ga-high">{highest}</span><span class="ga-low">0</span>
<svg viewBox="0 0 1 1" preserveAspectRatio="none">{lines}</svg></div>
<div class="ga-scale"><span>0</span><span>{room} steps</span></div></div>"""
