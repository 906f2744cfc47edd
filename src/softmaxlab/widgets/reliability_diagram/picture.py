"""The still of ReliabilityDiagram: numbers in, HTML and SVG out. Twins of the views in widget.js."""

import math
from collections.abc import Iterable

from softmaxlab.learning.calibration import Reliability
from softmaxlab.learning.digits_models import PENALTIES
from softmaxlab.widgets._runtime import still_parts

TOP, HEIGHT = 8, 220  # of the diagram, in pixels
BASE, TALLEST = 314, 44  # of the histogram below it
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)  # of the temperature's scale
FEW = 10  # answers: bins with fewer are drawn pale, since their accuracy is mostly sampling error
MANY = 10  # bins; with more, counts are written upward
LEGEND = (
    '<div class="rd-legend"><span><i class="rd-key rd-acc"></i>right</span>'
    '<span><i class="rd-key rd-claim"></i>claimed</span>'
    '<span><i class="rd-key rd-gap"></i>too much</span>'
    '<span><i class="rd-key rd-gap is-under"></i>too little</span></div>'
)


def up(share: float) -> float:
    """Height of a share in the diagram, in pixels from the top."""
    return TOP + HEIGHT * (1 - share)


def along(temperature: float) -> float:
    """Place of a temperature on its scale, from 0 to 1.

    >>> along(0.1), along(1.0), along(10.0)
    (0.0, 0.5, 1.0)
    """
    return (math.log10(temperature) + 1) / 2


def diagram(found: Reliability) -> str:
    """Bars of what was right, the gap to what was claimed, and a histogram of the claims."""
    n, most = len(found.counts), found.counts.max()
    marks = []
    for share in (0, 0.5, 1):
        marks.append(f'<line class="rd-grid" x1="0" x2="100%" y1="{up(share):g}" y2="{up(share):g}"/>')
        marks.append(f'<text class="rd-left" x="-6" y="{up(share) + 4:g}">{share:g}</text>')
    marks += [
        f'<text class="rd-below" x="{20 * i}%" y="{BASE + 18}">{"01"[i == 5] if i in (0, 5) else f"0.{2 * i}"}</text>'
        for i in range(6)
    ]
    bars = []
    for b in range(n):
        if not found.counts[b]:
            continue
        accuracy, claim = float(found.accuracy[b]), float(found.confidence[b])
        x, width = f"{100 * (b + 0.06) / n:.3f}%", f"{88 / n:.3f}%"
        end = f"{100 * (b + 0.94) / n:.3f}%"
        high, low = max(accuracy, claim), min(accuracy, claim)
        few = ' class="is-few"' * int(found.counts[b] < FEW)
        tall = max(1.0, TALLEST * found.counts[b] / most)
        bars.append(
            f'<g{few}><rect class="rd-acc" x="{x}" width="{width}" '
            f'y="{up(accuracy):.2f}" height="{HEIGHT * accuracy:.2f}"/>'
            f'<rect class="rd-gap{" is-under" * (claim < accuracy)}" x="{x}" width="{width}" '
            f'y="{up(high):.2f}" height="{HEIGHT * (high - low):.2f}"/>'
            f'<line class="rd-claim" x1="{x}" x2="{end}" y1="{up(claim):.2f}" y2="{up(claim):.2f}"/></g>'
            f'<rect class="rd-bar" x="{x}" width="{width}" y="{BASE - tall:.2f}" height="{tall:.2f}"/>'
            f'<svg x="{100 * (b + 0.5) / n:.3f}%" y="{BASE - tall - 5:.2f}">{_count(found.counts[b], n)}</svg>'
        )
    diagonal = f'<line class="rd-diagonal" x1="0" x2="100%" y1="{up(0):g}" y2="{up(1):g}"/>'
    return (
        f'<svg class="rd-plot">{"".join(marks)}{"".join(bars)}{diagonal}'
        f'<line class="rd-axis" x1="0" x2="100%" y1="{BASE}" y2="{BASE}"/></svg>'
    )


def _count(count: int, bins: int) -> str:
    turned = ' transform="rotate(-90)" y="4"' if bins > MANY else ""
    return f'<text class="rd-count{" is-turned" * (bins > MANY)}"{turned}>{count}</text>'


def scale(fitted: float) -> str:
    """The temperature's scale, with the fitted one marked."""
    ticks = "".join(f'<text x="{100 * along(t):.3f}%" y="13">{t:g}</text>' for t in TICKS)
    at = f"{100 * along(fitted):.3f}%"
    return (
        f'<svg class="rd-scale">{ticks}<svg x="{at}" y="18"><path class="rd-fit" d="M0 0L5 8H-5Z"/></svg>'
        f'<text class="rd-fit" x="{at}" y="38">fit</text></svg>'
    )


def numbers(rows: Iterable[tuple[str, str, str, str]]) -> str:
    """The four results, each with a note."""
    return "".join(
        f'<div class="rd-number rd-{key}"><span class="rd-caption">{name}</span>'
        f'<span class="sl-value rd-value">{value}</span><small class="rd-note">{note}</small></div>'
        for name, key, value, note in rows
    )


def still(
    *,
    spoken: str,
    temperature: str,
    knob: float,
    fitted: float,
    found: Reliability,
    numbers: Iterable[tuple[str, str, str, str]],
    penalty: str,
    smoothing: tuple[float, str],
    bins: tuple[float, str],
    words: str,
) -> str:
    """Lay out the whole picture."""
    chips = "".join(
        f'<span class="rd-chip{" is-chosen" if name == penalty else ""}">{name}</span>' for name in PENALTIES
    )
    choices = "".join(
        f'<div class="rd-choice"><span class="rd-caption">{name}</span>'
        f'<span class="sl-value rd-chosen">{text}</span>{still_parts.slider(share, 0)}</div>'
        for name, (share, text) in (("label smoothing", smoothing), ("bins", bins))
    )
    steering, tools = (
        "".join(f'<span class="sl-button">{text}</span>' for text in texts)
        for texts in (("Fit", "T = 1"), ("Reset", "Copy link"))
    )
    return f"""
<div class="sl-widget rd is-still" role="img" aria-label="{spoken}">
<div class="rd-top"><span class="rd-caption">temperature <i>T</i></span>
{still_parts.field(temperature)}
<div class="rd-track">{still_parts.slider(knob)}{scale(fitted)}</div><div class="rd-steer">{steering}</div></div>
<div class="rd-body"><div class="rd-figure">{LEGEND}{diagram(found)}
<p class="rd-caption rd-under">confidence, and count (pale: fewer than {FEW})</p></div>
<div class="rd-side"><div class="rd-numbers">{_numbers(numbers)}</div>
<div class="rd-choice"><span class="rd-caption">penalty</span><div class="rd-chips">{chips}</div></div>
{choices}</div></div>
<p class="rd-why">{words}</p>
<noscript><p class="rd-hint">This is a picture. With JavaScript on, you can drag it.</p></noscript>
<div class="rd-tools">{tools}</div></div>"""


_numbers = numbers
