"""The picture in StepSize, errors over the step: what plotView in widget.js draws."""

import math
from collections.abc import Iterable
from functools import lru_cache

from softmaxlab import _formatting
from softmaxlab.lessons.step_size import METHODS, STEPS, cut, estimate_errors, estimates, parts

SMALLEST, LARGEST = 1e-16, 1.0  # steps
TOP, BOTTOM = 1, -17  # powers of ten of the plot
HEIGHT, HEAD = 216, 8  # of the plot, and the room above it
EDGE = 4  # what is off the scale lies so far inside
BACK_TO_FRONT = "complex", "forward", "central"
SLOPES = (  # in the plot: text, whose line, truncation or rounding, at which step, how far from the line, and its class
    ("slope −1", "forward", 1, 1e-12, 8, -4, ""),
    ("slope 1", "forward", 0, 1e-1, -8, -4, " sz-before"),
    ("slope 2", "central", 0, 1e-3, 8, 12, ""),
)
_errors = lru_cache(64)(estimate_errors)


def across(step: float) -> float:
    """Where a step is in the plot, in thousandths of its width."""
    return 1000 * (1 + math.log10(step) / 16)


def up(error: float) -> float:
    """How far down the plot an error is, in pixels; what is off the scale lies at its edge."""
    return min(HEIGHT - EDGE, max(EDGE, up_free(error)))


def plot(logits: tuple[float, ...], true_class: int, nudged: int, step: float) -> str:
    """Draw the errors over the step: what plotView in widget.js draws."""
    here, curves = cut(logits, true_class, nudged), _errors(logits, true_class, nudged)

    def line(name: str, which: int) -> str:
        ends = (f"{across(h):.1f} {up_free(parts(here, h)[name][which]):.2f}" for h in (SMALLEST, LARGEST))
        return f'<path class="sz-line sz-{name}" d="M{"L".join(ends)}"/>'

    marks = []
    for power in (0, -4, -8, -12, -16):
        y, words = HEAD + up(10.0**power), f"10{_formatting.superscript(power)}" if power else "1"
        marks.append(f'<line class="sz-grid" x1="0" x2="100%" y1="{y:g}" y2="{y:g}"/>')
        marks.append(f'<text class="sz-scale" x="-6" y="{y + 4:g}">{words}</text>')
        x = across(10.0**power) / 10
        marks.append(f'<text class="sz-scale sz-below" x="{x:g}%" y="{HEAD + HEIGHT + 18}">{words}</text>')
    lines = "".join(line(name, which) for name in ("forward", "central") for which in (0, 1))
    dots = "".join(
        f'<path class="sz-dots sz-{name}" d="{_dots(curves[name])}"/>' for name in ("complex", "forward", "central")
    )
    marks.append(
        f'<svg viewBox="0 0 1000 {HEIGHT}" preserveAspectRatio="none" y="{HEAD}" width="100%" height="{HEIGHT}">'
        f"{lines}{dots}</svg>"
    )
    for text, name, which, h, dx, dy, more in SLOPES:
        y = up_free(parts(here, h)[name][which])
        if 16 < y < HEIGHT - 10:
            place = f'x="{across(h) / 10:g}%" dx="{dx}" y="{HEAD + y + dy:.2f}"'
            marks.append(f'<text class="sz-slope{more}" {place}>{text}</text>')
    at = across(step) / 10
    marks.append(f'<line class="sz-cursor" x1="{at:.4g}%" x2="{at:.4g}%" y1="{HEAD}" y2="{HEAD + HEIGHT}"/>')
    for name in ("forward", "central"):
        best = getattr(here, f"best_{name}")
        if best <= LARGEST:
            x, y = across(best) / 10, HEAD + up(sum(parts(here, best)[name]))
            marks.append(f'<circle class="sz-best sz-{name}" cx="{x:.4g}%" cy="{y:.2f}" r="6"/>')
    found = estimates(logits, true_class, nudged, step)
    marks += [
        f'<circle class="sz-dot sz-{name}" cx="{at:.4g}%" cy="{HEAD + up(abs(found[name] - here.slope)):.2f}" r="5"/>'
        for name in METHODS
    ]
    return f'<svg class="sz-plot">{"".join(marks)}</svg>'


def up_free(error: float) -> float:
    """As `up`, for lines that may leave the plot."""
    return HEIGHT * (TOP - math.log10(max(error, 1e-40))) / (TOP - BOTTOM)


def _dots(values: Iterable[float]) -> str:
    return "".join(f"M{across(h):.1f} {up(e):.1f}h.01" for h, e in zip(STEPS, values, strict=True))
