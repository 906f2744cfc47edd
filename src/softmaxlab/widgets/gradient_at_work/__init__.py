"""GradientAtWork: gradient descent on cross-entropy and on squared error from one start, side by side."""

import html
import math
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import traitlets
from numpy.typing import NDArray
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab.cross_entropy import cross_entropy, cross_entropy_grad
from softmaxlab.learning.scoring_rules import squared_error, squared_error_grad
from softmaxlab.numerics.gradient_descent import descend
from softmaxlab.softmax import softmax
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets._runtime.vectors import Scores, Shares, fitted
from softmaxlab.widgets.gradient_at_work import picture as draw
from softmaxlab.widgets.information_bars import share_text

FEWEST, MOST = 2, 4  # classes
HIGHEST = 20.0  # logits
REACH = 8.0  # of a logit's slider, to both sides
ROOM = 5.0  # that the picture has for logits, to both sides; doubled as needed
SLOWEST, FASTEST = 0.01, 10.0  # learning rates
MOST_STEPS = 1000
FEW_STEPS = 20  # that the curves have room for; doubled as needed
RULES: dict[str, tuple[str, Callable[..., Any], Callable[..., Any]]] = {  # name, loss, gradient
    "cross": ("cross-entropy", cross_entropy, cross_entropy_grad),
    "squared": ("squared error", squared_error, squared_error_grad),
}
STEERING = "Step", "Play", "To start"
BUTTONS = "Smooth y", "Random", "Reset", "Copy link"


Trait = TypeVar("Trait", bound=traitlets.TraitType[Any, Any])


def _result(trait: type[Trait]) -> Trait:
    return trait(read_only=True).tag(sync=True)


class GradientAtWork(Widget, front_end="gradient_at_work"):
    """Logits that move along the negative gradient, of cross-entropy and of squared error, for 2 to 4 classes.

    Parameters
    ----------
    logits : list of 2 to 4 floats from −20 to 20
        Where both start. Arrays are taken.
    targets : list of 2 to 4 floats ≥ 0 with sum 1
        The truth y, one-hot or soft. If `logits` or `targets` is set to a new number of classes, the other follows.
    rate : float from 0.01 to 10, default 1
        Learning rate: how far to go for a gradient of 1.
    steps : int from 0 to 1000, default 0
        How many steps have been taken.
    labels : list of str, default []
        Names of the classes; a class without one is called "class i".
    url_state : bool or None, default None
        Whether it keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    probs, squared_probs : list of float
        Softmax of the logits after `steps` steps by the one loss and by the other. Read-only, as all below.
    grad, squared_grad : list of float
        The gradients there: for cross-entropy, p − y.
    loss, squared_loss : float
        The losses there, cross-entropy in nats.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> work = GradientAtWork(logits=[0, 8], targets=[1, 0], steps=20)
    >>> work.probs[0] > 0.9, work.squared_probs[0] < 0.01
    (True, True)
    """

    logits = Scores([-3.0, 3.0, 0.0], FEWEST, MOST, HIGHEST).tag(sync=True)
    targets = Shares([1.0, 0.0, 0.0], FEWEST, MOST).tag(sync=True)
    rate = traitlets.Float(1.0).tag(sync=True)
    steps = traitlets.Int(0).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    probs = _result(traitlets.List)
    grad = _result(traitlets.List)
    loss = _result(traitlets.Float)
    squared_probs = _result(traitlets.List)
    squared_grad = _result(traitlets.List)
    squared_loss = _result(traitlets.Float)

    def __init__(self, **kwargs: Any) -> None:
        """Set the traits together: logits and targets, where both are given, need one length."""
        super().__init__(**kwargs)
        given = [len(kwargs[name]) for name in ("logits", "targets") if name in kwargs]
        if len(set(given)) == 2:
            raise RefusedError(f"logits has {given[0]} entries and targets {given[1]}; expected as many in both")
        self._derive({"name": "logits", "new": self.logits})

    @traitlets.validate("rate")
    def _check_rate(self, proposal: Bunch) -> Any:
        if not SLOWEST <= proposal.value <= FASTEST:  # nan fails too
            raise RefusedError(f"rate is {proposal.value:g}; expected {SLOWEST:g} to {FASTEST:g}")
        return proposal.value

    @traitlets.validate("steps")
    def _check_steps(self, proposal: Bunch) -> Any:
        if not 0 <= proposal.value <= MOST_STEPS:
            raise RefusedError(f"steps is {proposal.value}; expected 0 to {MOST_STEPS}")
        return proposal.value

    @traitlets.validate("labels")
    def _check_labels(self, proposal: Bunch) -> Any:
        if len(proposal.value) > MOST:
            raise RefusedError(f"labels has {len(proposal.value)} names; expected at most {MOST}")
        return proposal.value

    @traitlets.observe("logits", "targets", "rate", "steps")
    def _derive(self, change: Mapping[str, Any]) -> None:
        if len(self.logits) != len(self.targets):
            self._make_equally_long(change["name"])  # calls this method again
            return
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            for kind, prefix in (("cross", ""), ("squared", "squared_")):
                _, loss, gradient = RULES[kind]
                here = self.path(kind)[-1]
                self.set_trait(f"{prefix}probs", softmax(here).tolist())
                self.set_trait(f"{prefix}grad", gradient(here, self._truth()).tolist())
                self.set_trait(f"{prefix}loss", float(loss(here, self._truth())))

    def _make_equally_long(self, changed: str) -> None:
        if changed == "targets":
            count = len(self.targets)
            self.logits = [*self.logits[:count], *[0.0] * (count - len(self.logits))]
        else:
            self.targets = fitted(self.targets, len(self.logits))

    def _truth(self) -> NDArray[np.float64]:
        return np.array(self.targets)

    def path(self, kind: str = "cross") -> NDArray[np.floating[Any]]:
        """Logits from the start to the present step.

        Parameters
        ----------
        kind : {"cross", "squared"}
            The loss to go down.

        Returns
        -------
        ndarray, shape (steps + 1, n)

        Examples
        --------
        >>> GradientAtWork(logits=[0, 0], targets=[1, 0], steps=1).path()
        array([[ 0. ,  0. ],
               [ 0.5, -0.5]])
        """
        gradient = RULES[kind][2]
        return descend(lambda logits: gradient(logits, self._truth()), self.logits, self.steps, self.rate)

    def name_of(self, index: int) -> str:
        """Name of a class: its label, or "class i"."""
        named = index < len(self.labels) and self.labels[index]
        return named or f"class {index}"

    def _described(self) -> str:
        """Say the whole picture in words, for whoever can't see it."""
        truth = self.targets.index(max(self.targets))
        classes = ", ".join(
            f"{self.name_of(i)}: start {_formatting.plain(a)}, target {share_text(y)}"
            for i, (a, y) in enumerate(zip(self.logits, self.targets, strict=True))
        )
        losses = (
            f"{name}: loss {_formatting.decimals(loss)}, "
            f"probability of {self.name_of(truth)} {_formatting.decimals(probs[truth])}"
            for name, loss, probs in (
                ("Cross-entropy", self.loss, self.probs),
                ("Squared error", self.squared_loss, self.squared_probs),
            )
        )
        return (
            f"Gradient descent at learning rate {_formatting.plain(self.rate)}, step {self.steps}. {classes}. "
            f"{'. '.join(losses)}."
        )

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        truth = self.targets.index(max(self.targets))
        paths = {kind: self.path(kind) for kind in RULES}
        size = max(np.abs(here).max() for path in paths.values() for here in (path[0], path[-1]))
        reach = draw.doubled(ROOM, size)
        room = draw.doubled(FEW_STEPS, self.steps)
        shown = draw.sampled(self.steps + 1)
        share = {kind: softmax(path[shown])[:, truth] for kind, path in paths.items()}
        loss = {kind: [RULES[kind][1](here, self._truth()) for here in path[shown]] for kind, path in paths.items()}
        highest = draw.doubled(1, max(map(max, loss.values())))
        name = html.escape(self.name_of(truth))
        # Unseen: they hold the place of the live widget's buttons, so that nothing jumps when it comes.
        steering, buttons = (
            "".join(f'<span class="sl-button">{text}</span>' for text in texts) for texts in (STEERING, BUTTONS)
        )
        knob = math.log10(self.rate / SLOWEST) / math.log10(FASTEST / SLOWEST)
        return f"""
<div class="sl-widget ga is-still" role="img" aria-label="{html.escape(self._described())}">
<div class="ga-top"><div class="ga-rate"><span class="ga-caption">learning rate</span>
{still_parts.slider(knob, 2 / 3)}{still_parts.field(self.rate)}</div>
<div class="ga-steer"><span class="ga-count">step <b class="sl-value">{self.steps}</b></span>{steering}</div></div>
<div class="ga-tracks">{"".join(self._track_picture(kind, paths[kind], truth, reach) for kind in RULES)}</div>
<div class="ga-traces">{draw.traces(f"probability of {name}", shown, share, room, 1)}
{draw.traces("loss", shown, loss, room, highest)}</div>
<div class="ga-classes"><p class="ga-caption">For both: start <i>a</i> and target <i>y</i></p>
{"".join(map(self._class_picture, range(len(self.logits))))}</div>
<p class="ga-hint"><noscript>This is a picture. With JavaScript on, you can drag it.</noscript></p>
<div class="ga-tools">{buttons}</div></div>"""

    def _track_picture(self, kind: str, path: NDArray[np.floating[Any]], truth: int, reach: float) -> str:
        """One loss at work: what trackView in widget.js builds."""
        title, loss, gradient = RULES[kind]
        prob = softmax(path[-1])[truth]
        columns = (
            f'<div class="ga-column" style="--c: var(--sl-c{i})">{draw.arrow(start, end, slope, reach)}'
            f'<span class="sl-value ga-grad-value">{draw.slope_text(slope)}</span>'
            f'<span class="ga-name">{html.escape(self.name_of(i))}</span></div>'
            for i, (start, end, slope) in enumerate(
                zip(path[0].tolist(), path[-1].tolist(), gradient(path[-1], self._truth()).tolist(), strict=True)
            )
        )
        return f"""
<div class="ga-track ga-{kind}"><div class="ga-head"><b class="ga-title">{title}</b>
<span>loss <span class="sl-value ga-loss-value">{_formatting.decimals(loss(path[-1], self._truth()))}</span></span>
<span><i>p</i> <span class="sl-value ga-p-value">{_formatting.decimals(prob)}</span></span></div>
<div class="ga-columns" style="--n: {len(path[0])}">{"".join(columns)}</div></div>"""

    def _class_picture(self, index: int) -> str:
        """One class of the still: what classView in widget.js builds, without controls."""
        logit, share = self.logits[index], self.targets[index]
        return (
            f'<div class="ga-class" style="--c: var(--sl-c{index})">'
            f'<span class="ga-name">{html.escape(self.name_of(index))}</span>'
            f'<div class="ga-cell ga-a"><i>a</i>{still_parts.slider((logit + REACH) / (2 * REACH))}'
            f"{still_parts.field(logit)}</div>"
            f'<div class="ga-cell ga-y"><i>y</i>{still_parts.slider(share, 0)}'
            f"{still_parts.field(share_text(share))}</div></div>"
        )
