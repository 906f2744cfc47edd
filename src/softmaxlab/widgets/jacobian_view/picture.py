"""What JacobianView.still() is put together from: the twins of the views in widget.js, without controls."""

import html
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from softmaxlab import _formatting
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets.logit_explorer import REACH

NOISE = 1e-15  # of a sum of numbers up to 1: what is smaller may be nothing but rounding, and is shown as 0.000
CORNERS = np.array([(0, 180), (208, 180), (104, 0)])  # of the triangle, in units of its viewBox
WORDS = "Reset", "Random", "Remove class", "Add class", "Copy link"
# Unseen: they hold the place of the live widget's buttons, so that nothing jumps when it comes.
BUTTONS = f'<div class="jv-tools">{"".join(f"""<span class="sl-button">{word}</span>""" for word in WORDS)}</div>'
SCORES_HEAD = '<div class="jv-head"><span></span><span>logit <i>a</i></span><span></span><span><i>p</i></span></div>'
P_I, P_J = "<i>p</i><sub>i</sub>", "<i>p</i><sub>j</sub>"


def settled(value: float) -> float:
    """The value, or 0 where it may be nothing but rounding."""
    return value if abs(value) >= NOISE else 0.0


def entry_text(value: float) -> str:
    """A sign and three decimals: always of one width, for cells and columns.

    >>> entry_text(0.25), entry_text(-2e-9), entry_text(0.0)
    ('+0.250', '−0.000', '0.000')
    """
    return ("+" if value > 0 else "−" if value < 0 else "") + _formatting.fixed(abs(value))


def steps(logits: ArrayLike, tangent: ArrayLike, count: int = 129) -> NDArray[np.float64]:
    """Values of t for the curve softmax(a + t v), from one end of it to the other; 0 where v has no effect."""
    spread = np.ptp(tangent)
    reach = (np.ptp(logits) + 8) / spread if spread > 1e-6 else 0.0
    return np.linspace(-reach, reach, count)


def score(name: str, index: int, logit: float, prob: float, cell: Sequence[int]) -> str:
    """One class: its logit and its probability."""
    return f"""
<div class="jv-class{" is-meant" if index in cell else ""}" style="--c: var(--sl-c{index})">{_name(name)}
{still_parts.slider((logit + REACH) / (2 * REACH))}{still_parts.field(logit, words="logit")}
{still_parts.unseen("probability")}<span class="sl-value jv-p" data-sl-quantity="probs" data-sl-index="{index}">
{_formatting.fixed(prob)}</span>
{still_parts.bar("jv-share", 0, prob)}</div>"""


def table(heads: Sequence[str], names: Sequence[str], jacobian: Sequence[Sequence[float]], cell: Sequence[int]) -> str:
    """The Jacobian: rows are the classes whose probability changes, columns those whose score rises."""

    def head(scope: str, index: int) -> str:
        lit = " is-meant" if index == cell[scope == "col"] else ""
        return (
            f'<th scope="{scope}" class="jv-name{lit}" style="--c: var(--sl-c{index})" title="{names[index]}" '
            f'aria-label="{names[index]}">'
            f"<span>{heads[index]}</span></th>"
        )

    columns = "".join(head("col", j) for j in range(len(heads)))
    rows = "".join(
        f"<tr>{head('row', i)}{''.join(_entry(i, j, x, (i, j) == tuple(cell)) for j, x in enumerate(row))}"
        f'<td class="jv-sum"><span class="sl-value">{_formatting.fixed(abs(sum(row)))}</span></td></tr>'
        for i, row in enumerate(jacobian)
    )
    return f"""
<table class="jv-table"><caption>Row: who changes. Column: whose score rises.</caption>
<thead><tr><td></td>{columns}<th scope="col" class="jv-sum">sum</th></tr></thead><tbody>{rows}</tbody></table>"""


def _entry(row: int, column: int, value: float, is_shown: bool) -> str:
    kind = "is-up" if row == column else "is-down"
    lit = " is-shown" if is_shown else ""
    text = entry_text(value)
    return (
        f'<td><span class="jv-cell {kind}{lit}" data-sl-quantity="jacobian" data-sl-index="{row},{column}">'
        f'<span class="jv-heat" style="opacity: {heat(value)!r}"></span><span class="jv-number">{text}</span>'
        f'<span class="jv-sign" aria-hidden="true">{text[0]}</span></span></td>'
    )


def heat(value: float) -> float:
    """How strongly a cell is colored, 0 to one half: by the root, so that small entries can be told from none.

    >>> heat(-0.25), heat(0.0025)
    (0.5, 0.05)
    """
    root: float = abs(value) ** 0.5
    return round(root, 3)  # no entry is larger than 1/4


def lack(probs: ArrayLike, index: int) -> float:
    """Return the complement of a probability: the sum of the others, since 1 − p may have lost its digits."""
    return float(np.delete(probs, index).sum())


def entry(
    names: Sequence[str], probs: Sequence[float], jacobian: Sequence[Sequence[float]], cell: Sequence[int]
) -> str:
    """The chosen entry with its formula, and this entry's numbers in it."""
    i, j = cell
    value = jacobian[i][j]
    p, q = _chip(i, probs[i]), _chip(j, probs[j])
    if i == j:
        rule = f"{P_I} (1 − {P_I}) ≈ {p} × <span class='sl-value'>{_formatting.decimals(lack(probs, i))}</span>"
    else:
        rule = f"−{P_I} {P_J} ≈ −{p} × {q}"
    who = (f"<b style='--c: var(--sl-c{index})'>{names[index]}</b>" for index in (j, i))
    words = "<span>raise <i>j</i> = {}</span><span>watch <i>i</i> = {}</span>".format(*who)
    total, shown = _formatting.fixed(abs(sum(jacobian[i]))), _formatting.signed(value)
    return f"""
<div class="jv-entry{" is-down" if value < 0 else ""}">{still_parts.unseen("slope")}
<span class="sl-value jv-entry-value" data-sl-quantity="jacobian" data-sl-index="{i},{j}">{shown}</span>
<span class="jv-what">{words}</span><span class="jv-rule">{rule}</span>
<span class="jv-total">Its row sums to <span class="sl-value">{total}</span>.</span></div>"""


def pushes_head(average: str) -> str:
    """Head the rows of v and Jv."""
    return f"""
<div class="jv-head"><span>push <i>v</i>, on average <i>p</i>·<i>v</i> =
<span class="sl-value" data-sl-quantity="average">{average}</span></span>
<span class="jv-key">by the table: Σ<sub>j</sub> <i>J</i><sub>ij</sub> <i>v</i><sub>j</sub></span>
<span class="jv-key is-direct">without it: {P_I} (<i>v</i><sub>i</sub> − <i>p</i>·<i>v</i>)</span></div>"""


def push(name: str, index: int, velocity: float, by_table: float, direct: float) -> str:
    """One class: its entry of v, and of Jv computed in two ways."""
    tracks = "".join(
        still_parts.bar(kind, 0.5, 0.5 + value) for kind, value in (("is-table", by_table), ("is-direct", direct))
    )
    numbers = "".join(
        f'{still_parts.unseen(words)}<span class="sl-value {kind}" data-sl-quantity="jvp" data-sl-index="{index}">'
        f"{entry_text(settled(value))}</span>"
        for kind, words, value in (
            ("is-table", "Jv by the table", by_table),
            ("is-direct", "Jv without it", direct),
        )
    )
    down = " is-down" if settled(direct) < 0 else ""
    return f"""
<div class="jv-class{down}" style="--c: var(--sl-c{index})">{_name(name)}{still_parts.slider((velocity + 1) / 2)}
{still_parts.unseen("push")}<span class="sl-value jv-v" data-sl-quantity="tangent" data-sl-index="{index}">
{entry_text(velocity)}</span>
<span class="jv-track">{tracks}</span>{numbers}</div>"""


def place(probs: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """Point of the triangle that stands for three probabilities: their weighted mean of the corners."""
    point: NDArray[np.floating[Any]] = probs @ CORNERS
    return point


def triangle(
    heads: Sequence[str],
    probs: NDArray[np.floating[Any]],
    jvp: NDArray[np.floating[Any]],
    curve: NDArray[np.floating[Any]],
    step: NDArray[np.floating[Any]],
    temperature: float,
) -> str:
    """The triangle of all probabilities of three classes: the point p, the arrow Jv, the curve softmax(a + t v)."""
    (x, y), (dx, dy), (ring_x, ring_y) = place(probs), place(jvp), place(step)
    points = " ".join(f"{px:.2f},{py:.2f}" for px, py in place(curve))
    length = np.hypot(dx, dy)
    turn = np.degrees(np.arctan2(dy, dx))
    score = "<i>a</i>" if temperature == 1 else "<i>a</i>/<i>T</i>"
    hidden = "" if length > 3 else ' style="display: none"'
    corners = "".join(
        f'<text x="{cx}" y="{cy + (20 if cy else -9)}" text-anchor="middle" style="--c: var(--sl-c{i})">'
        f"{html.escape(clipped(heads[i]))}</text>"
        for i, (cx, cy) in enumerate(CORNERS)
    )
    return f"""
<figure class="jv-triangle"><svg viewBox="-40 -26 288 234" role="img" aria-label="Triangle of all probabilities">
<path class="jv-edge" d="M0 180H208L104 0Z"/>{corners}<polyline class="jv-curve" points="{points}"/>
<line class="jv-arrow" x1="{x:.2f}" y1="{y:.2f}" x2="{x + dx:.2f}" y2="{y + dy:.2f}"/>
<path class="jv-tip" d="M0 0L-9 -5V5Z" transform="translate({x + dx:.2f} {y + dy:.2f}) rotate({turn:.2f})"{hidden}/>
<circle class="jv-ring" r="4.5" cx="{ring_x:.2f}" cy="{ring_y:.2f}"/>
<circle class="jv-point" r="6" cx="{x:.2f}" cy="{y:.2f}"/></svg>
<figcaption>Point: <i>p</i>. Arrow: <i>Jv</i>. Curve: softmax({score} + <i>tv</i>), with a ring at <i>t</i> = 1.
</figcaption></figure>"""


def clipped(name: str) -> str:
    """A name that fits at a corner."""
    return name if len(name) <= 9 else f"{name[:8]}…"


def eigenvalues(values: Iterable[float]) -> str:
    """The eigenvalues as dots on a line from 0 to one half, and as numbers."""
    dots = "".join(f'<span style="transform: translateX({200 * max(0.0, value):.2f}%)"></span>' for value in values)
    numbers = "".join(
        f"<span>{still_parts.unseen(f'eigenvalue {n}')}<span class='sl-value'>"
        f"{_formatting.decimals(abs(settled(value)))}</span></span>"
        for n, value in enumerate(values, 1)
    )
    return f"""
<div class="jv-eigen" data-sl-quantity="eigenvalues"><span class="jv-caption">{EIGEN}</span>
<span class="jv-line" aria-hidden="true"><i>0</i>{dots}<i>½</i></span><span class="jv-lambdas">{numbers}</span></div>"""


EIGEN = "Eigenvalues: how much <i>J</i> stretches each of its own directions."


def hint(gap: float, temperature: float) -> str:
    """The line below: how well the two ways to Jv agree."""
    words = "not at all" if gap == 0 else f"by {_formatting.scientific(gap)} at most"
    said = f"The two ways to <i>Jv</i> differ {words}."
    if temperature != 1:
        said += f" At <i>T</i> = {_formatting.plain(temperature)}, slopes are per unit of <i>a</i>/<i>T</i>."
    return said


def _name(name: str) -> str:
    return f'<span class="jv-name" title="{name}">{name}</span>'


def _chip(index: int, prob: float) -> str:
    return (
        f'<span class="sl-value" style="--c: var(--sl-c{index})" data-sl-quantity="probs" data-sl-index="{index}">'
        f"{_formatting.fixed(prob)}</span>"
    )
