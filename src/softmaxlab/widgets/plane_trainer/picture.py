"""Parts of the still of PlaneTrainer: numbers in, HTML and SVG out. Twins of views in widget.js."""

import base64
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from softmaxlab import _formatting, softmax
from softmaxlab.learning.softmax_regression import logits_of
from softmaxlab.lessons.plane_regression import PlaneIterate
from softmaxlab.widgets._runtime import still_parts

SHAPES = "M-6 0A6 6 0 1 1 6 0A6 6 0 1 1-6 0Z", "M0-7L6.8 5.2H-6.8Z", "M-5.5-5.5H5.5V5.5H-5.5Z"  # of the classes
EFFECTS = ("pulls", "to itself"), ("leaves", "alone"), ("pushes", "away")  # of a push below, at, and above 0
GRID = 60  # cells of the colored plane, each way
TINT = 0.4  # how strong a color is where its class is certain
RING = 0.8  # of the plane's half: as long as the longest arrow gets
ASIDE = 0.1  # between pulls on arrows that are too short to tell apart
BEYOND = 0.24  # from the tip of an arrow to its name
PULL = 0.7  # length of a pull, in units of the plane for a slope of 1 at distance 1
DOTS = 200  # of a curve at most
HIGHEST = 128  # of a curve
ROOM = 50  # steps that the curves have room for; doubled as needed


def doubled(size: int, needed: float) -> int:
    """Return a size, doubled until it is as large as needed."""
    while size < needed:
        size *= 2
    return size


def symbol(label: int) -> str:
    """The mark of a class."""
    return (
        f'<svg class="pt-mark" viewBox="-8 -8 16 16" style="--c: var(--sl-c{label})"><path d="{SHAPES[label]}"/></svg>'
    )


def point(spot: Sequence[float], label: int, is_wrong: bool, is_selected: bool) -> str:
    """One point; hollow if it is on the wrong side."""
    names = "pt-point" + " is-wrong" * is_wrong + " is-selected" * is_selected
    return f'<span class="{names}" style="--x: {spot[0]:g}; --y: {spot[1]:g}">{symbol(label)}</span>'


def boundary(weights: NDArray[np.floating[Any]], j: int, k: int, reach: float) -> list[float] | None:
    """Where classes j and k are equally likely and the third is not likelier: [x1, y1, x2, y2], or None."""
    (nx, ny, c), (mx, my, mc) = weights[:, j] - weights[:, k], weights[:, j] - weights[:, 3 - j - k]
    size = nx * nx + ny * ny
    if size < 1e-18:
        return None
    qx, qy = -c * nx / size, -c * ny / size
    dx, dy = -ny / np.sqrt(size), nx / np.sqrt(size)
    start, end = -np.inf, np.inf
    sides = [(reach - qx, -dx), (reach + qx, dx), (reach - qy, -dy), (reach + qy, dy)]
    for offset, rate in [*sides, (mx * qx + my * qy + mc, mx * dx + my * dy)]:  # offset + rate t ≥ 0
        if abs(rate) < 1e-12:
            if offset < -1e-9:
                return None
        elif rate > 0:
            start = max(start, -offset / rate)
        else:
            end = min(end, -offset / rate)
    return [qx + start * dx, qy + start * dy, qx + end * dx, qy + end * dy] if start < end else None


def plane(
    weights: NDArray[np.floating[Any]], spot: Sequence[float], push: NDArray[np.floating[Any]], marks: str, reach: float
) -> str:
    """Draw the plane: tints, boundaries, arrows, the pull of the selected point on each arrow, and the points."""
    room = doubled(1, np.hypot(*weights[:2]).max())
    tips = weights[:2].T * (RING * reach / room)
    lines = [boundary(weights, j, k, reach) for j, k in ((0, 1), (0, 2), (1, 2))]
    cuts = "".join(_line("pt-cut", *ends) for ends in lines if ends)
    pulls = "".join(_pull(k, tip, -push[k] * PULL * np.array(spot)) for k, tip in enumerate(tips))
    arrows = "".join(_arrow(k, tip) for k, tip in enumerate(tips))
    tags = "".join(
        f'<span class="pt-tag" style="--c: var(--sl-c{k}); --x: {x:.4f}; --y: {y:.4f}"{hidden}>'
        f"<i>w</i><sub>{k}</sub></span>"
        for k, (x, y, hidden) in enumerate(map(_beyond, tips))
    )
    box = f"{-reach:g} {-reach:g} {2 * reach:g} {2 * reach:g}"
    return f"""<div class="pt-plane" style="--reach: {reach:g}">{_tints(weights, reach)}
<svg class="pt-lines" viewBox="{box}"><path class="pt-axes" d="M{-reach:g} 0H{reach:g}M0 {-reach:g}V{reach:g}"/>
<circle class="pt-ring" r="{RING * reach:g}"/>{cuts}{_line("pt-guide", 0, 0, *spot)}{arrows}{pulls}</svg>
<span class="pt-scale">|<i>w</i>| = {room}</span>{tags}{marks}</div>"""


def classes() -> str:
    """Draw the choice of a class for new points."""
    marks = "".join(
        f'<span class="pt-option{" is-chosen" * (k == 0)}">{symbol(k)}<span class="pt-digit">{k}</span></span>'
        for k in range(3)
    )
    return f'<div class="pt-options">{marks}</div>'


def options(names: Iterable[str], chosen: str) -> str:
    """Draw a choice of one of these."""
    spans = (f'<span class="pt-option{" is-chosen" * (name == chosen)}">{name}</span>' for name in names)
    return f'<div class="pt-options">{"".join(spans)}</div>'


def trace(paths: Mapping[str, Sequence[PlaneIterate]], step: int) -> str:
    """Curves of both losses over the steps, each as a share of what it was at the start."""
    room, shares = doubled(ROOM, step), {}
    for name, path in paths.items():
        shares[name] = [min(place.loss / path[0].loss, HIGHEST) if path[0].loss > 0 else 1 for place in path]
    highest = doubled(1, max(map(max, shares.values())))
    lines = "".join(
        f'<polyline class="pt-curve{" is-squared" * i}" points="{_curve(found, room, highest)}"/>'
        for i, found in enumerate(shares.values())
    )
    return f"""
<div class="pt-trace"><div class="pt-top"><span class="pt-caption">loss / loss at the start</span>
<span class="pt-steps">step <b class="sl-value">{step}</b></span></div>
<div class="pt-plot"><span class="pt-high">{highest}</span><span class="pt-low">0</span>
<svg viewBox="0 0 1 1" preserveAspectRatio="none">{lines}</svg></div>
<div class="pt-axis"><span>0</span><span>{room} steps</span></div></div>"""


def which(index: int, spot: Sequence[float], label: int) -> str:
    """Say which point is selected, and where it is."""
    fields = (
        f'<span class="pt-xy"><i>{axis}</i>{still_parts.field(place)}</span>'
        for axis, place in zip("xy", spot, strict=True)
    )
    press = '<span class="sl-button{}">{}</span>'
    name = f'point <span class="sl-value">{index + 1}</span>, class <span class="sl-value">{label}</span>'
    return f"""
<div class="pt-which">{press.format(" pt-turn", "‹")}<span class="pt-who">{name}</span>{press.format(" pt-turn", "›")}
<span class="pt-spot">{"".join(fields)}</span>
<span class="pt-spot">{press.format("", "Relabel")}{press.format("", "Remove")}</span></div>"""


def pulls(at: Mapping[str, NDArray[np.floating[Any]]], loss: str) -> str:
    """Draw p, p − y and J(p − y) of the selected point, and what they do to the arrows."""
    heads = (
        ("<i>p</i>", None),
        ("<i>p</i> − <i>y</i>", "cross-entropy"),
        ("<i>J</i>(<i>p</i> − <i>y</i>)", "squared error"),
    )
    rows = ['<span class="pt-caption">class</span>']
    rows += [f'<span class="pt-caption{" is-used" * (kind == loss)}">{text}</span>' for text, kind in heads]
    rows.append('<span class="pt-caption pt-effect">this point</span>')
    for k in range(3):
        rows.append(f'<span class="pt-class">{symbol(k)}{k}</span>')
        rows.append(_cell(at["p"][k], ""))
        rows += [
            _cell(at[kind][k], " is-used" * (kind == loss), sign=True) for kind in ("cross-entropy", "squared error")
        ]
        verb, where = EFFECTS[int(np.sign(at[loss][k])) + 1]
        rows.append(f'<span class="pt-effect">{verb} <i>w</i><sub>{k}</sub> {where}</span>')
    return f'<div class="pt-pulls">{"".join(rows)}</div>'


def bar(value: float, sign: bool) -> str:
    """Where a bar begins and ends, as shares of its cell."""
    low, high = (0.5 + min(0, value) / 2, 0.5 + max(0, value) / 2) if sign else (0, value)
    return f"--from: {low:.4f}; --to: {high:.4f}"


def number(value: float, sign: bool) -> str:
    """A number with three decimals, a small one as a power of ten.

    >>> number(-0.25, True), number(0.25, False), number(1e-5, True), number(-1e-12, True)
    ('−0.250', '0.250', '+1.0×10⁻⁵', '≈ 0')
    """
    if 0 < abs(value) < 1e-9:
        return "≈ 0"
    return _formatting.signed(value) if sign else _formatting.decimals(value)


def _cell(value: float, used: str, sign: bool = False) -> str:
    side = " is-down" if value < 0 else ""
    return (
        f'<span class="pt-cell{used}"><span class="sl-value">{number(value, sign)}</span>'
        f'<span class="pt-bar{side}{" is-signed" * sign}" style="{bar(value, sign)}"></span></span>'
    )


def _curve(values: Sequence[float], room: int, highest: float) -> str:
    stride, last = -(-len(values) // DOTS), len(values) - 1
    shown = [(t, value) for t, value in enumerate(values) if t % stride == 0 or t == last]
    return still_parts.polyline([(t / room, 1 - value / highest) for t, value in shown])


def _line(name: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{name}" x1="{x1:.4f}" y1="{-y1:.4f}" x2="{x2:.4f}" y2="{-y2:.4f}"/>'


def _beyond(tip: NDArray[np.floating[Any]]) -> tuple[float, float, str]:
    """Where the name of an arrow stands, and whether it has to hide."""
    length = np.hypot(*tip)
    if length <= 0.2:
        return 0.0, 0.0, " hidden"
    return *(tip * (1 + BEYOND / length)), ""


def _arrow(k: int, tip: NDArray[np.floating[Any]]) -> str:
    x, y = tip
    hidden = "" if np.hypot(x, y) > 0.02 else " hidden"
    lines = _line("pt-halo", 0, 0, x, y) + _line("", 0, 0, x, y)
    return f'<g class="pt-arrow" style="--c: var(--sl-c{k})"{hidden}>{lines}{_head(tip, tip)}</g>'


def _pull(k: int, tip: NDArray[np.floating[Any]], pull: NDArray[np.floating[Any]]) -> str:
    if np.hypot(*tip) <= 0.2:  # side by side, where they would hide each other
        tip = tip + (k - 1) * ASIDE * np.array([-pull[1], pull[0]]) / max(np.hypot(*pull), 1e-9)
    end = tip + pull
    hidden = "" if np.hypot(*pull) > 0.05 else " hidden"
    return f'<g class="pt-pull" style="--c: var(--sl-c{k})"{hidden}>{_line("", *tip, *end)}{_head(end, pull)}</g>'


def _head(tip: NDArray[np.floating[Any]], along: NDArray[np.floating[Any]]) -> str:
    turn = f"translate({tip[0]:.4f} {-tip[1]:.4f}) rotate({np.degrees(np.arctan2(-along[1], along[0])):.2f})"
    return f'<path d="M-.17-.09L.03 0L-.17 .09Z" transform="{turn}"/>'


def _tints(weights: NDArray[np.floating[Any]], reach: float) -> str:
    """One layer for each class, in its color, with its probability as a mask; nothing where nothing is known."""
    middles = reach * ((2 * np.arange(GRID) + 1) / GRID - 1)
    spots = np.stack(np.meshgrid(middles, -middles), axis=-1).reshape(-1, 2)
    probs = softmax(logits_of(weights, spots))
    strength = TINT * (1.5 * probs.max(axis=1, keepdims=True) - 0.5)
    return "".join(
        f'<span class="pt-tint" style="background: var(--sl-c{k}); mask: url({_mask(shares)}) 0 0 / 100% 100%"></span>'
        for k, shares in enumerate((probs * strength).T)
    )


def _mask(shares: NDArray[np.floating[Any]]) -> str:
    """A picture of GRID × GRID cells with these opacities, as a data URI: PNG, gray with alpha."""
    # By hand, as measured: Pillow writes 30 bytes less for a picture and takes six times as long, matplotlib writes
    # more; and the widgets would need either for this alone.
    bytes_ = np.zeros((GRID, GRID, 2), dtype=np.uint8)
    bytes_[..., 1] = np.round(255 * shares).reshape(GRID, GRID)
    rows = b"".join(b"\0" + row.tobytes() for row in bytes_)
    header = struct.pack(">IIBBBBB", GRID, GRID, 8, 4, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b"")]
    packed = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + packed).decode()
