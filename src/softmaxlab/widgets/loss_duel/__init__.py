"""LossDuel: the loss of one of two classes through softmax, by the difference, and exactly, over the gap."""

import html
import math
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import traitlets
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab.cross_entropy import cross_entropy
from softmaxlab.lessons.loss_routes import LABELS, ROUTES, WIDEST, breaking_gaps, digits_right, exact_loss, losses
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets._runtime.verdict import marked_up
from softmaxlab.widgets.loss_duel import digits as duel_digits
from softmaxlab.widgets.loss_duel.digits import Compared

MOST_DIGITS = 16  # of the plot
SUBNORMAL = 1022 * math.log(2)  # beyond this gap, e^−gap has fewer digits than a float64 should
BUTTONS = "Reset", "Copy link"
NAMES = {
    "softmax": "−log softmax",
    "difference": "log-sum-exp − <i>a</i><sub><i>y</i></sub>",
    "exact": "exact",
}
_all_breaks = cache(lambda: {label: breaking_gaps(label) for label in LABELS})


class LossDuel(Widget, front_end="loss_duel"):
    """The loss of the winner or the loser of two classes, by two routes, with the wrong digits struck out.

    Parameters
    ----------
    gap : float from 0 to 900, default 20
        The winner's logit minus the loser's.
    label : {"loser", "winner"}
        Which of them is the true class.
    url_state : bool or None, default None
        Whether this widget keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    through_softmax : float, in nats
        −log softmax, by `softmaxlab.pitfalls.naive.loss_from_probability`. Read-only, as are the following.
    by_difference : float, in nats
        Log-sum-exp minus the true logit, by `softmaxlab.lessons.loss_routes.loss_by_difference`.
    loss : float, in nats
        By `softmaxlab.cross_entropy`.
    breaks : dict
        For each label and route, the gap from which on the route gives 0 or inf, by search; None if it never does.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> duel = LossDuel(gap=800, label="loser")
    >>> duel.through_softmax, duel.by_difference
    (inf, 800.0)
    """

    gap = traitlets.Float(20.0).tag(sync=True)
    label = traitlets.Enum(("loser", "winner"), "loser").tag(sync=True)
    through_softmax = traitlets.Float(read_only=True).tag(
        sync=True,
        to_json=lambda loss, _: "inf" if math.isinf(loss) else loss,  # JSON has no inf
        from_json=lambda loss, _: float(loss),
    )
    by_difference = traitlets.Float(read_only=True).tag(sync=True)
    loss = traitlets.Float(read_only=True).tag(sync=True)
    breaks = traitlets.Dict(read_only=True).tag(sync=True)

    @traitlets.validate("gap")
    def _check_gap(self, proposal: Bunch) -> Any:
        if not 0 <= proposal.value <= WIDEST:  # nan fails too
            raise RefusedError(f"gap is {proposal.value:g}; expected 0 to {WIDEST:g}")
        return proposal.value + 0.0

    @traitlets.default("through_softmax")
    def _through_softmax(self) -> float:
        return losses(self.gap, self.label)["softmax"]

    @traitlets.default("by_difference")
    def _by_difference(self) -> float:
        return losses(self.gap, self.label)["difference"]

    @traitlets.default("loss")
    def _loss(self) -> float:
        return float(cross_entropy([self.gap, 0.0], LABELS.index(self.label)))

    @traitlets.default("breaks")
    def _breaks(self) -> dict[str, dict[str, float | None]]:
        return _all_breaks()

    @traitlets.observe("gap", "label")
    def _derive(self, _change: Bunch) -> None:
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            self.set_trait("through_softmax", self._through_softmax())
            self.set_trait("by_difference", self._by_difference())
            self.set_trait("loss", self._loss())

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        both, exact = losses(self.gap, self.label), exact_loss(self.gap, self.label)
        parts = {route: duel_digits.compared_losses(both[route], exact) for route in ROUTES}
        truth, end = duel_digits.written(*duel_digits.digits_of(exact))
        parts["exact"] = truth, "", end, duel_digits.DIGITS
        softmax, difference = (duel_digits.in_words(*parts[route]) for route in ROUTES)
        spoken = (
            f"The loss of the {self.label} at a gap of {_formatting.plain(self.gap)}. "
            f"Through softmax: {softmax}. By the difference: {difference}. "
            f"Exact: {truth}{end}."
        )
        chips = "".join(
            f'<span class="ld-label{" is-chosen" if label == self.label else ""}">the {label}</span>'
            for label in LABELS
        )
        rows = "".join(_row(route, parts[route], break_text(route, self.label)) for route in (*ROUTES, "exact"))
        at = math.sqrt(self.gap / WIDEST)
        return f"""
<div class="sl-widget ld is-still" role="img" aria-label="{html.escape(spoken)}">
<div class="ld-truth"><span class="ld-caption">true class</span><div class="ld-labels">{chips}</div></div>
<div class="ld-gap"><span class="ld-caption">gap from the winner’s logit to the loser’s</span>
{still_parts.field(self.gap)}
{still_parts.slider(at, 0)}</div>
<div class="ld-figure"><span class="ld-caption">right digits of the loss</span>{_plot(self.gap, self.label)}</div>
<div class="ld-rows">{rows}</div><p class="ld-why">{marked_up(explanation(self.gap, self.label, both))}</p>
<noscript><p class="ld-hint">This is a picture. With JavaScript on, you can drag it.</p></noscript>
<div class="ld-tools">{"".join(f'<span class="sl-button">{text}</span>' for text in BUTTONS)}</div></div>"""


# ---- Words: the twins of those in widget.js ----


def break_text(route: str, label: str) -> str:
    """Where a route breaks, in words."""
    if route == "exact":
        return "gap + log(1 + exp(−gap))" if label == "loser" else "log(1 + exp(−gap))"
    end = _all_breaks()[label][route]
    return f"no break up to {WIDEST:g}" if end is None else f"{'inf' if label == 'loser' else '0'} from gap {end:.2f}"


def explanation(gap: float, label: str, both: Mapping[str, float]) -> str:
    """What happens at this gap, and why; *x* is italic, ^x^ raised."""
    g = _formatting.plain(gap)
    never = "The difference never forms *p*."
    if label == "loser" and both["softmax"] == np.inf:
        return f"*p* = *e*^−{g}^ is too small for a float64: it is stored as 0, and −log 0 is inf. {never}"
    if label == "loser" and gap > SUBNORMAL:
        return f"*p* is so close to 0 that it is stored with fewer digits, and soon with hardly any. {never}"
    if label == "loser":
        return "*p* is stored with all its digits, small as it may be: both ways are fine."
    if both["softmax"] == 0:
        return (
            f"*p* is stored as 1, and log-sum-exp as {g}: both ways say that there is no loss. "
            "It is tiny, but it is not 0."
        )
    if both["difference"] == 0:
        return f"Log-sum-exp is stored as {g}, so the difference is 0. *p* still differs from 1, in its last digits."
    if gap > 5:
        return (
            "The loss hides behind the nines of *p*, and the last of them are rounded. "
            f"The difference takes {g} from a number just above it, and mostly loses even more."
        )
    return "*p* is far from 1, so neither way has much to lose."


# ---- Layout ----


def _row(route: str, parts: Compared, note: str) -> str:
    right, wrong, end, _ = parts
    return f"""
<div class="ld-row"><span class="ld-name"><span class="ld-key ld-{route}"></span>{NAMES[route]}</span>
<div class="ld-number"><span class="sl-value ld-value"><span>{right}</span><s>{wrong}</s><span>{end}</span></span></div>
<small class="ld-note">{note}</small></div>"""


@cache
def _curves(label: str) -> dict[str, str]:
    """Right digits over the gap, the worse of four places each: the paths that plotView draws."""
    roots = np.minimum(math.sqrt(WIDEST), np.arange(804).reshape(201, 4) * 0.0375)
    digits = [[digits_right(gap, label) for gap in four] for four in roots**2]
    worst = {route: [min(place[route] for place in four) for four in digits] for route in ROUTES}
    return {
        route: "M" + "L".join(f"{5 * i} {100 - 100 * count / MOST_DIGITS:.2f}" for i, count in enumerate(counts))
        for route, counts in worst.items()
    }


def _plot(gap: float, label: str) -> str:
    """Draw right digits over the gap, this gap marked: what plotView in widget.js draws."""

    def at(x: float) -> str:
        return f"{100 * math.sqrt(x / WIDEST):.6g}%"

    def up(digits: float) -> float:
        return 10 + 110 * (1 - digits / MOST_DIGITS)

    marks = []
    for digits in (0, 5, 10, 15):
        marks.append(f'<line class="ld-grid" x1="0" x2="100%" y1="{up(digits):g}" y2="{up(digits):g}"/>')
        marks.append(f'<text class="ld-scale" x="-6" y="{up(digits) + 4:g}">{digits}</text>')
    marks += [f'<text class="ld-scale ld-below" x="{at(x)}" y="138">{x}</text>' for x in (0, 10, 100, 300, 600, 900)]
    paths = "".join(f'<path class="ld-curve ld-{route}" d="{path}"/>' for route, path in _curves(label).items())
    marks.append(
        f'<svg viewBox="0 0 1000 100" preserveAspectRatio="none" y="10" width="100%" height="110">{paths}</svg>'
        f'<line class="ld-cursor" x1="{at(gap)}" x2="{at(gap)}" y1="6" y2="120"/>'
    )
    for route, end in _all_breaks()[label].items():
        if end is not None:
            marks.append(f'<text class="ld-cross ld-{route}" x="{at(end)}" y="125">×</text>')
    for route, right in digits_right(gap, label).items():
        marks.append(f'<circle class="ld-dot ld-{route}" cx="{at(gap)}" cy="{up(right):g}" r="5"/>')
    return f'<svg class="ld-plot">{"".join(marks)}</svg>'
