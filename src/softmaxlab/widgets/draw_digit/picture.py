"""The still of DrawDigit, piece by piece: what the views in widget.js build."""

import re
from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from softmaxlab import _formatting
from softmaxlab.learning.datasets import INK
from softmaxlab.learning.digit_classifier import evidence, read, trained_weights

Image: TypeAlias = NDArray[np.int_]  # 8 × 8
SIDE = 8
FULL = 2.0  # evidence that fills its cell
TABLE_HEAD = (
    "<thead><tr><th>you say</th><th>logit <i>a</i></th><th><i>p</i></th><th><i>p</i> − <i>y</i></th></tr></thead>"
)
LEGEND = (
    '<p class="dd-legend"><span><span class="dd-key"></span>speaks for it</span> '
    '<span><span class="dd-key is-against"></span>against it</span></p>'
)
NOTE = (
    "Before it is counted, a drawing on an empty pad (its dashed frame) is set upright, enlarged toward 32 dots high "
    "and at most 20 wide, and inked with up to some 310 dots, like most of the data’s digits. "
    "A cell counts 4 × 4 dots."
)


def marked(text: str) -> str:
    """The words with *x* in italics."""
    return re.sub(r"\*([^*]+)\*", r"<i>\1</i>", text)


def strongest(image: Image, digit: int) -> int:
    """The cell that says most for a class."""
    return int(np.argmax(evidence(image, digit)))


def sums_text(image: Image, digit: int) -> str:
    """The logit as a sum: ink that speaks for the class, ink that speaks against it, bias."""
    parts, bias = evidence(image, digit), trained_weights()[-1, digit]
    logit = read(image, 0).logits[digit]
    return (
        f"For {digit}: ink {_signed(parts[parts > 0].sum())}, against it {_signed(parts[parts < 0].sum())}, "
        f"bias {_signed(bias)}. Logit {_signed(logit)}."
    )


def cell_text(image: Image, digit: int, cell: int) -> str:
    """What one cell says for a class."""
    row, column = divmod(cell, SIDE)
    count, weight = int(np.ravel(image)[cell]), trained_weights()[cell, digit]
    return (
        f"Row {row + 1}, column {column + 1}: {count} of {INK} dots. "
        f"*x* · *w* = {_formatting.fixed(count / INK, 2)} × {_formatting.fixed(weight, 2)} = "
        f"{_signed(count / INK * weight)}"
    )


def _signed(value: float) -> str:
    text = _formatting.fixed(abs(value), 2)
    sign = "" if not any(digit in "123456789" for digit in text) else "+" if value > 0 else "−"
    return sign + text


def pad(image: Image) -> str:
    """The drawing pad, with the image as blocks."""
    words = "" if np.any(image) else '<text class="dd-ask" x="16" y="17.5">Draw here</text>'
    return (
        f'<svg class="dd-pad" viewBox="0 0 32 32">{words}'
        f'<svg width="32" height="32" viewBox="0 0 8 8">{_cells(image)}</svg></svg>'
    )


def ink_map(image: Image, cell: int) -> str:
    """What the model gets."""
    return f'<svg class="dd-grid" viewBox="0 0 8 8">{_GRID}{_cells(image)}{_cursor(cell)}</svg>'


def evidence_map(image: Image, digit: int, cell: int) -> str:
    """What speaks for a class, as squares, and against it, as disks."""
    speaks_for, against = marks(evidence(image, digit).ravel())
    return (
        f'<svg class="dd-grid" viewBox="0 0 8 8">{_GRID}<path class="dd-for" d="{speaks_for}"/>'
        f'<path class="dd-against" d="{against}"/>{_cursor(cell)}</svg>'
    )


def marks(parts: Iterable[float]) -> list[str]:
    """Two paths: squares for what is positive, disks for what is negative, their area by size."""
    paths = ["", ""]
    for cell, part in enumerate(parts):
        size = 0.46 * np.sqrt(min(1.0, abs(part) / FULL))
        if size < 0.02:  # nothing to see
            continue
        y, x = divmod(cell, SIDE)
        if part > 0:
            paths[0] += f"M{x + 0.5 - size:.3f} {y + 0.5 - size:.3f}h{2 * size:.3f}v{2 * size:.3f}h{-2 * size:.3f}z"
        else:
            arc = f"a{size:.3f} {size:.3f} 0 1 0 "
            paths[1] += f"M{x + 0.5 - size:.3f} {y + 0.5:.3f}{arc}{2 * size:.3f} 0{arc}{-2 * size:.3f} 0"
    return paths


def row(digit: int, logit: float, prob: float, slope: float, is_label: bool) -> str:
    """One class: its logit, its probability and p − y."""
    color = f"--c: var(--sl-c{digit})"
    return f"""
<tr class="dd-row{" is-label" if is_label else ""}" style="{color}">
<th><span class="dd-choice"><span class="dd-radio"></span>{digit}</span></th>
<td><span class="sl-value">{_formatting.fixed(logit, 2)}</span></td>
<td><span class="dd-pair"><span class="sl-value">{_formatting.fixed(prob)}</span><span class="dd-bar dd-p">
<span class="dd-fill" style="transform: scaleX({prob:.4f})"></span></span></span></td>
<td><span class="dd-pair"><span class="sl-value dd-slope{" is-down" if slope < 0 else ""}">{slope_text(slope)}</span>
<span class="dd-bar dd-g"><span class="dd-fill{" is-down" if slope < 0 else ""}"
style="transform: scaleX({slope:.4f})"></span></span></span></td></tr>"""


def slope_text(slope: float) -> str:
    """Three decimals with a sign."""
    return ("+" if slope > 0 else "−" if slope < 0 else "") + _formatting.fixed(abs(slope))


def _cells(image: Image) -> str:
    return "".join(
        f'<rect class="dd-ink" x="{cell % SIDE}" y="{cell // SIDE}" width="1" height="1" '
        f'fill-opacity="{count / INK:g}"/>'
        for cell, count in enumerate(np.ravel(image))
    )


def _cursor(cell: int) -> str:
    return f'<rect class="dd-cursor" x="{cell % SIDE}" y="{cell // SIDE}" width="1" height="1"/>'


_GRID = (
    '<path class="dd-lines" d="M0 1H8M0 2H8M0 3H8M0 4H8M0 5H8M0 6H8M0 7H8M1 0V8M2 0V8M3 0V8M4 0V8M5 0V8M6 0V8M7 0V8"/>'
)
