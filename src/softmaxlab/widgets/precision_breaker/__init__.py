"""PrecisionBreaker: softmax in float16, float32 and float64, the naive way beside the shifted way."""

import html
import math
from typing import Any, SupportsFloat

import numpy as np
import traitlets
from numpy.typing import NDArray
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab._core.arrays import numbers_or_none
from softmaxlab.lessons.overflow_trace import Trace, first_failure, stored_scores, trace
from softmaxlab.numerics.float_limits import exp_window
from softmaxlab.widgets._runtime import still_parts, verdict
from softmaxlab.widgets._runtime.base import RefusedError, Widget

FEWEST, MOST = 2, 5  # classes
REACH = 1000.0  # of a logit, to both sides
FAR = 1200.0  # of the shift, to both sides
DTYPES = "float16", "float32", "float64"
BUTTONS = "Reset", "Random", "Remove class", "Add class", "Copy link"


class _FewLogits(traitlets.TraitType[list[float], Any]):
    """A list of 2 to 5 finite floats; arrays and tuples are taken too."""

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn `value` into a list of floats, or say what is wrong with it."""
        given = numbers_or_none(value)
        if given.dtype.hasobject or given.ndim != 1 or not FEWEST <= given.size <= MOST:
            raise RefusedError(
                f"logits is {value!r}; expected {FEWEST} to {MOST} numbers in one row: write logits=[1, 0, -1]"
            )
        if not np.all(np.abs(given) <= REACH):  # nan fails too
            raise RefusedError(
                f"logits is {value!r}; expected numbers from {-REACH:g} to {REACH:g}: move them by shift"
            )
        logits: list[float] = (given.astype(float) + 0).tolist()  # + 0 turns -0.0 into 0.0
        return logits


class PrecisionBreaker(Widget, front_end="precision_breaker"):
    """Softmax in a number format of your choice: every value on the way, and the first that leaves its range.

    Parameters
    ----------
    logits : list of 2 to 5 floats from −1000 to 1000
        One score for each class. Arrays are taken; to change one logit, assign a new list.
    shift : float from −1200 to 1200, default 0
        Added to every logit before the scores are stored.
    dtype : {"float64", "float32", "float16"}
        The format of the scores and of all that follows.
    url_state : bool or None, default None
        Whether this widget keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    naive_probs : list of float
        What ``softmaxlab.pitfalls.naive.softmax_naive`` makes of the scores in this format, nan too. Read-only, as
        `probs`.
    probs : list of float
        The same after the largest score was subtracted from all.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> breaker = PrecisionBreaker(logits=[0, 0], shift=1000)
    >>> breaker.naive_probs, breaker.probs
    ([nan, nan], [0.5, 0.5])
    """

    logits = _FewLogits([1.0, 0.0, -1.0]).tag(sync=True)
    shift = traitlets.Float(0.0).tag(sync=True)
    dtype = traitlets.Enum(DTYPES, "float64").tag(sync=True)
    probs = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    naive_probs = traitlets.List(traitlets.Float(), read_only=True).tag(
        sync=True,
        to_json=lambda probs, _: ["nan" if math.isnan(p) else p for p in probs],  # JSON has no nan
        from_json=lambda probs, _: [float(p) for p in probs],
    )

    @traitlets.validate("shift")
    def _check_shift(self, proposal: Bunch) -> Any:
        if not -FAR <= proposal.value <= FAR:  # nan fails too
            raise RefusedError(f"shift is {proposal.value:g}; expected {-FAR:g} to {FAR:g}")
        return proposal.value + 0.0

    @traitlets.default("probs")
    def _probs(self) -> list[float]:
        probs: list[float] = self._ways()[1].probs.astype(float).tolist()
        return probs

    @traitlets.default("naive_probs")
    def _naive_probs(self) -> list[float]:
        probs: list[float] = self._ways()[0].probs.astype(float).tolist()
        return probs

    def _ways(self) -> tuple[Trace, Trace]:
        """Both ways from the same stored scores: naive, shifted."""
        scores = stored_scores(self.logits, self.shift, self.dtype)
        return trace(scores), trace(scores - scores.max())

    @traitlets.observe("logits", "shift", "dtype")
    def _derive(self, _change: Bunch) -> None:
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            self.set_trait("probs", self._probs())
            self.set_trait("naive_probs", self._naive_probs())

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        naive, shifted = self._ways()
        spoken = (
            f"Softmax of the logits {', '.join(map(_formatting.plain, self.logits))}, "
            f"shifted by {_formatting.plain(self.shift)}, "
            f"in {self.dtype}. The naive way gives {_listed(naive)}; the shifted way {_listed(shifted)}."
        )
        chosen = {name: " is-chosen" if name == self.dtype else "" for name in DTYPES}
        chips = "".join(f'<span class="pb-dtype{state}">{name}</span>' for name, state in chosen.items())
        fields = "".join(still_parts.field(logit, f"--c: var(--sl-c{i})") for i, logit in enumerate(self.logits))
        buttons = (f'<span class="sl-button">{text}</span>' for text in BUTTONS)  # unseen: they hold the place
        return f"""
<div class="sl-widget pb is-still" role="img" aria-label="{html.escape(spoken)}">
<div class="pb-top"><div class="pb-dtypes">{chips}</div>
<div class="pb-logits"><span class="pb-caption">logits <i>a</i></span><div class="pb-fields">{fields}</div></div></div>
<div class="pb-axis"><div class="pb-shift"><span class="pb-caption">shift <i>c</i>, added to every score</span>
{still_parts.field(self.shift)}{still_parts.slider(self.shift / FAR / 2 + 0.5)}</div>
<div class="pb-window">{_strip(naive.scores, shifted.scores, exp_window(np.dtype(self.dtype).type))}</div></div>
<div class="pb-ways">{_way("the naive way", "<i>a</i> + <i>c</i>", naive, verdict.verdict(naive, shifted))}
{_way("the shifted way", "minus max", shifted, verdict.verdict(shifted, shifted))}</div>
<p class="pb-hint"><noscript>This is a picture. With JavaScript on, you can drag it.</noscript></p>
<div class="pb-tools">{"".join(buttons)}</div></div>"""


# ---- Layout ----


def _way(title: str, first: str, taken: Trace, words: tuple[str, str, bool]) -> str:
    """One way's table and verdict: what wayView in widget.js builds."""
    failure = first_failure(taken)
    head, text, is_harmless = words

    def cell(stage: str, index: int | None, shown: str) -> str:
        state = " is-broken" if shown in ("inf", "nan") else " is-zero" if shown == "0" and stage != "score" else ""
        state += " is-first" if failure and failure[:2] == (stage, index) else ""
        return f'<div class="pb-cell"><span class="sl-value pb-value{state}">{shown}</span></div>'

    rows = "".join(
        f'<div class="pb-row" style="--c: var(--sl-c{i})">'
        f'<div class="pb-cell pb-th"><span class="pb-swatch"></span>{i}</div>'
        f"{cell('score', i, verdict.score(score))}{cell('exp', i, verdict.value(weight, _formatting.magnitude))}"
        f"{cell('quotient', i, verdict.value(prob, _formatting.decimals))}</div>"
        for i, (score, weight, prob) in enumerate(zip(taken.scores, taken.weights, taken.probs, strict=True))
    )
    names = "class", first, "exp", "exp / sum"
    heads = "".join(f'<div class="pb-cell pb-th">{name}</div>' for name in names)
    total = cell("sum", None, verdict.value(taken.total, _formatting.magnitude))
    blank = '<div class="pb-cell"></div>'
    return f"""
<div class="pb-way{" is-harmless" if is_harmless else ""}"><div class="pb-title">{title}</div>
<div class="pb-table"><div class="pb-row">{heads}</div>{rows}
<div class="pb-row pb-sum"><div class="pb-cell pb-th">sum</div>{blank}{total}{blank}</div></div>
<p class="pb-verdict"><b>{verdict.marked_up(head)}</b> <span>{verdict.marked_up(text)}</span></p></div>"""


def _listed(taken: Trace) -> str:
    return ", ".join(verdict.value(p, _formatting.decimals) for p in taken.probs)


def _strip(naive: NDArray[np.floating[Any]], shifted: NDArray[np.floating[Any]], window: tuple[float, float]) -> str:
    """Draw the scores on the window of exp, on the scale of the slider above: what stripView draws."""

    def at(x: SupportsFloat) -> str:
        return f"{50 * max(-FAR, min(FAR, float(x))) / FAR + 50:.6g}%"

    def word(name: str, x: str, y: float, text: str) -> str:
        return f'<text class="pb-{name}" x="{x}" y="{y}">{text}</text>'

    low, high = window
    marks = [f'<rect class="pb-pane" x="{at(low)}" y="4" width="{50 * (high - low) / FAR:.6g}%" height="72"/>']
    for name, y, baseline in (("naive", 22, 18), ("shifted", 58, 72)):
        marks.append(
            f'<line class="pb-lane" x1="0%" x2="100%" y1="{y}" y2="{y}"/>{word("lane-name", "0%", baseline, name)}'
        )
    for x in (-FAR, -FAR / 2, 0.0, FAR / 2, FAR):
        marks.append(f'<line class="pb-tick" x1="{at(x)}" x2="{at(x)}" y1="76" y2="81"/>')
        marks.append(word("scale", at(x), 93, f"{x:g}".replace("-", "−")))
    marks += [word("zone", at((low - FAR) / 2), 44, "exp = 0"), word("zone", at((high + FAR) / 2), 44, "exp = inf")]
    for i, pair in enumerate(zip(naive, shifted, strict=True)):
        aside = 5 * (i - (len(naive) - 1) / 2)  # else they hide one another
        marks += [
            f'<circle class="pb-dot" cx="{at(x)}" cy="{y + aside}" r="4.5" style="--c: var(--sl-c{i})"/>'
            for x, y in zip(pair, (22, 58), strict=True)
        ]
    return f'<svg class="pb-strip">{"".join(marks)}</svg>'
