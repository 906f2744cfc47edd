"""StepSize: one slope of the loss estimated by three differences, and their errors over the step."""

import html
import math
from typing import Any

import traitlets
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab.lessons.step_size import METHODS, Cut, cut, estimates, parts
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets._runtime.vectors import Scores, price
from softmaxlab.widgets._runtime.verdict import marked_up
from softmaxlab.widgets.loss_duel.digits import Compared
from softmaxlab.widgets.step_size import digits as step_digits
from softmaxlab.widgets.step_size import picture as step_picture
from softmaxlab.widgets.step_size.picture import LARGEST, SMALLEST

CLASSES = 3
HIGHEST = 20.0  # logits
REACH = 8.0  # of a logit's slider, to both sides
FIGURE = "error of the slope; dashed: truncation and rounding in theory; ring: best step"
BUTTONS = "Forward’s best", "Central’s best", "Reset", "Copy link"
NAMES = {"forward": "forward", "central": "central", "complex": "complex step"}


def _result() -> traitlets.Float[float, float]:
    return traitlets.Float(read_only=True).tag(sync=True)


class StepSize(Widget, front_end="step_size"):
    """The slope of the loss along one logit by forward, central and complex-step differences, for any step.

    Parameters
    ----------
    logits : list of 3 floats from −20 to 20, default [1, 2, 0.5]
        Arrays are taken.
    true_class : int from 0 to 2, default 1
    nudged : int from 0 to 2, default 0
        The logit that is nudged.
    step : float from 1e-16 to 1, default 1e-5
        How far: h.
    url_state : bool or None, default None
        Whether it keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    forward, central, complex_step : float
        The estimates, by `softmaxlab.numerics.finite_differences`. Read-only, as all below.
    slope : float
        The truth, p − y, by `softmaxlab.cross_entropy_grad`.
    best_forward, best_central : float
        Where theory puts the bottom of each V. The second is inf where the third derivative is 0.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> size = StepSize(step=1e-5)
    >>> abs(size.forward - size.slope) > 1e-7 > 1e-10 > abs(size.central - size.slope)
    True
    """

    logits = Scores([1.0, 2.0, 0.5], CLASSES, CLASSES, HIGHEST).tag(sync=True)
    true_class = traitlets.Int(1).tag(sync=True)
    nudged = traitlets.Int(0).tag(sync=True)
    step = traitlets.Float(1e-5).tag(sync=True)
    forward = _result()
    central = _result()
    complex_step = _result()
    slope = _result()
    best_forward = price()
    best_central = price()

    def __init__(self, **kwargs: Any) -> None:
        """Set the traits, and compute the rest once."""
        super().__init__(**kwargs)
        self._derive()

    @traitlets.validate("true_class", "nudged")
    def _check_class(self, proposal: Bunch) -> Any:
        if not 0 <= proposal.value < CLASSES:
            raise RefusedError(f"{proposal.trait.name} is {proposal.value}; expected 0, 1 or 2")
        return proposal.value

    @traitlets.validate("step")
    def _check_step(self, proposal: Bunch) -> Any:
        if not SMALLEST <= proposal.value <= LARGEST:  # nan fails too
            raise RefusedError(f"step is {proposal.value:g}; expected {SMALLEST:g} to {LARGEST:g}")
        return proposal.value

    @traitlets.observe("logits", "true_class", "nudged", "step")
    def _derive(self, _change: Bunch | None = None) -> None:
        found, here = self._estimates(), self._cut()
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            self.set_trait("forward", found["forward"])
            self.set_trait("central", found["central"])
            self.set_trait("complex_step", found["complex"])
            for name in ("slope", "best_forward", "best_central"):
                self.set_trait(name, getattr(here, name))

    def _estimates(self) -> dict[str, float]:
        return estimates(self.logits, self.true_class, self.nudged, self.step)

    def _cut(self) -> Cut:
        return cut(self.logits, self.true_class, self.nudged)

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        here, found = self._cut(), self._estimates()
        rows = {name: step_digits.compared_estimates(found[name], here.slope) for name in METHODS}
        rows["exact"] = step_digits.compared_estimates(here.slope, here.slope)
        spoken = (
            f"The slope of the loss along logit {self.nudged}, of the logits "
            f"{', '.join(map(_formatting.plain, self.logits))}, where class {self.true_class} is true. "
            f"Step {step_text(self.step)}. "
            + " ".join(f"{step_digits.in_words(NAMES[name], *rows[name])}." for name in METHODS)
            + f" Exact {rows['exact'][0]}."
        )
        shown = "".join(
            _row(name, parts_, note(name, here, self.true_class == self.nudged)) for name, parts_ in rows.items()
        )
        at = math.log10(self.step) / 16 + 1
        why = marked_up(explanation(self.step, self.logits[self.nudged], here))
        # the buttons are unseen: they hold the place of the live widget's, so that nothing jumps when it comes
        return f"""
<div class="sl-widget sz is-still" role="img" aria-label="{html.escape(spoken)}">
<div class="sz-step"><span class="sz-caption">step <i>h</i></span>
{still_parts.field(step_text(self.step))}{still_parts.slider(at, at)}</div>
<div class="sz-figure"><span class="sz-caption">{FIGURE}</span>
{step_picture.plot(tuple(self.logits), self.true_class, self.nudged, self.step)}</div>
<div class="sz-rows">{shown}</div><p class="sz-why">{why}</p>
<div class="sz-choices">{_choice("true class", self.true_class)}{_choice("nudged logit", self.nudged)}</div>
<div class="sz-logits">{"".join(self._logit(i) for i in range(CLASSES))}</div>
<noscript><p class="sz-hint">This is a picture. With JavaScript on, you can drag it.</p></noscript>
<div class="sz-tools">{"".join(f'<span class="sl-button">{text}</span>' for text in BUTTONS)}</div></div>"""

    def _logit(self, index: int) -> str:
        logit = self.logits[index]
        return (
            '<div class="sz-logit"><span class="sz-name">'
            f"{logit_name(index, index == self.nudged)}</span>"
            f"{still_parts.slider((logit + REACH) / (2 * REACH))}{still_parts.field(logit)}</div>"
        )


# ---- Words: the twins of those in widget.js ----


def step_text(step: float) -> str:
    """A step as a reader would type it.

    >>> step_text(1e-5), step_text(8.91e-06), step_text(0.5), step_text(1.0)
    ('1e-5', '8.91e-6', '0.5', '1')
    """
    if step >= 0.01:
        return f"{step:.12g}"
    mantissa, exponent = f"{step:.11e}".split("e")
    return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"


def logit_name(index: int, nudged: bool) -> str:
    """Name of a logit as HTML."""
    return f"<i>a</i><sub>{index}</sub>{' + <i>h</i>' if nudged else ''}"


def note(name: str, here: Cut, at_truth: bool) -> str:
    """What stands beside a number; *x* is italic."""
    if name == "complex":
        return "only *y* = 1 is subtracted" if at_truth else "nothing is subtracted"
    if name == "exact":
        return f"*p* − *y*, and *y* = {int(at_truth)}"
    best = getattr(here, f"best_{name}")
    return f"best near *h* = {_formatting.scientific(best)}" if best <= LARGEST else "best beyond *h* = 1"


def explanation(step: float, at: float, here: Cut) -> str:
    """Say which error rules at this step; *x* is italic."""
    if at + step == at:
        a = _formatting.plain(at).replace("-", "−")
        return f"{a} + *h* is stored as {a}. The nudge is lost: forward compares the loss with itself."
    both = parts(here, step)
    curved, rounded = _formatting.scientific(both["forward"][0]), _formatting.scientific(both["forward"][1])
    if step < here.best_forward:
        return (
            f"Rounding rules. The losses are rounded, and dividing by *h* makes about {rounded} of that. "
            "A smaller *h* makes it worse."
        )
    if step < here.best_central:
        rounded = _formatting.scientific(both["central"][1])
        return (
            f"Forward suffers from truncation, about {curved}: half of *h* would halve it. "
            f"Central still suffers from rounding, about {rounded}."
        )
    square = _formatting.scientific(both["central"][0])
    return (
        f"Truncation rules: about {curved} for forward and {square} for central. "
        "Half of *h* leaves a half of the one and a quarter of the other."
    )


# ---- Layout ----


def _row(name: str, found: Compared, words: str) -> str:
    right, wrong, end, _ = found
    label = NAMES.get(name, "exact")
    return f"""
<div class="sz-row"><span class="sz-name"><span class="sz-key sz-{name}"></span>{label}</span>
<div class="sz-number"><span class="sl-value sz-value"><span>{right}</span><s>{wrong}</s><span>{end}</span></span></div>
<small class="sz-note">{marked_up(words)}</small></div>"""


def _choice(caption: str, chosen: int) -> str:
    chips = (f'<span class="sz-chip{" is-chosen" if i == chosen else ""}">{i}</span>' for i in range(CLASSES))
    return (
        f'<div class="sz-choice"><span class="sz-caption">{caption}</span>'
        f'<div class="sz-chips">{"".join(chips)}</div></div>'
    )
