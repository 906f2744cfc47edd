"""LogitExplorer: logits in, exp, probabilities, loss and gradient out, to drag and to type."""

import html
import math
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab._core.arrays import numbers_or_none
from softmaxlab.cross_entropy import cross_entropy, cross_entropy_grad
from softmaxlab.softmax import logsumexp, softmax
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget

FEWEST, MOST = 2, 10  # classes
LOWEST, HIGHEST = -1000.0, 1000.0  # logits
REACH = 10  # of a logit's slider, to both sides
COLDEST, HOTTEST = 0.1, 10.0  # temperatures
BUTTONS = "Reset", "Random", "Remove class", "Add class", "Copy link"


class LogitsTrait(traitlets.TraitType[list[float], Any]):
    """A list of 2 to 10 finite floats; arrays and tuples are taken too."""

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn `value` into a list of floats, or say what is wrong with it."""
        given = numbers_or_none(value)
        if given.dtype.hasobject:
            raise RefusedError(f"logits is {value!r}; expected numbers: write logits=[2, 1, 0.1]")
        logits = given.astype(float)
        if logits.ndim != 1 or not FEWEST <= logits.size <= MOST:
            raise RefusedError(
                f"logits has shape {logits.shape}; expected {FEWEST} to {MOST} numbers in one row: "
                "write logits=[2, 1, 0.1]"
            )
        if not np.all((logits >= LOWEST) & (logits <= HIGHEST)):  # nan fails too
            raise RefusedError(
                f"logits is {logits.tolist()}; expected numbers from {LOWEST:g} to {HIGHEST:g}: "
                "use np.clip, or softmaxlab.softmax, which has no such bounds"
            )
        numbers: list[float] = (logits + 0).tolist()  # + 0 turns -0.0 into 0.0
        return numbers


class LogitExplorer(Widget, front_end="logit_explorer"):
    """The pipeline logits → exp → probabilities → loss and gradient, for 2 to 10 classes.

    Parameters
    ----------
    logits : list of 2 to 10 floats from −1000 to 1000
        One score for each class. Arrays are taken; to change one logit, assign a new list.
    temperature : float from 0.1 to 10, default 1
        The logits are divided by it before everything else.
    true_class : int, default 0
        The label y. If `logits` becomes too short for it, it becomes the last class.
    labels : list of str, default []
        Names of the classes; a class without one is called "class i".
    url_state : bool or None, default None
        Whether this explorer keeps its state in the address of a static page. None: if it is the first there.

    Attributes
    ----------
    probs : list of float
        ``softmax(logits / temperature)``. Read-only, as `loss` and `grad` are: they follow the traits above.
    loss : float, in nats
        −log probs[true_class].
    grad : list of float
        probs − y: the derivative of `loss` with respect to logits / temperature.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> explorer = LogitExplorer(logits=[0, 0], true_class=1)
    >>> explorer.probs, explorer.grad
    ([0.5, 0.5], [0.5, -0.5])
    """

    logits = LogitsTrait([2.0, 1.0, 0.1]).tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    true_class = traitlets.Int(0).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    probs = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    loss = traitlets.Float(read_only=True).tag(sync=True)
    grad = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)

    @traitlets.validate("temperature")
    def _check_temperature(self, proposal: Bunch) -> Any:
        if not COLDEST <= proposal.value <= HOTTEST:  # nan fails too
            raise RefusedError(f"temperature is {proposal.value:g}; expected {COLDEST:g} to {HOTTEST:g}")
        return proposal.value

    @traitlets.validate("true_class")
    def _check_true_class(self, proposal: Bunch) -> Any:
        # What comes together is checked together, after all of it is set: in the constructor, within
        # hold_trait_notifications, and in a message from the page. So a new class can come as the true one.
        if not 0 <= proposal.value < len(self.logits):
            raise RefusedError(
                f"true_class is {proposal.value}; expected 0 to {len(self.logits) - 1}, "
                f"since there are {len(self.logits)} logits: for more classes, set logits first"
            )
        return proposal.value

    @traitlets.validate("labels")
    def _check_labels(self, proposal: Bunch) -> Any:
        if len(proposal.value) > MOST:
            raise RefusedError(f"labels has {len(proposal.value)} names; expected at most {MOST}")
        return proposal.value

    @traitlets.default("probs")
    def _probs(self) -> list[float]:
        probs: list[float] = softmax(self._scaled()).tolist()
        return probs

    @traitlets.default("loss")
    def _loss(self) -> float:
        return float(cross_entropy(self._scaled(), self.true_class))

    @traitlets.default("grad")
    def _grad(self) -> list[float]:
        grad: list[float] = cross_entropy_grad(self._scaled(), self.true_class).tolist()
        return grad

    def _scaled(self) -> NDArray[np.float64]:
        return np.array(self.logits) / self.temperature

    @traitlets.observe("logits", "temperature", "true_class")
    def _derive(self, _change: Bunch) -> None:
        if self.true_class >= len(self.logits):
            self.true_class = len(self.logits) - 1  # calls this method again
            return
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            self.set_trait("probs", self._probs())
            self.set_trait("loss", self._loss())
            self.set_trait("grad", self._grad())

    def name_of(self, index: int) -> str:
        """Name of a class: its label, or "class i"."""
        named = index < len(self.labels) and self.labels[index]
        return named or f"class {index}"

    def _described(self) -> str:
        """Say the whole picture in words, for whoever can't see it."""
        numbers = ", ".join(
            f"{self.name_of(i)}: logit {_formatting.plain(a)}, probability {_formatting.decimals(p)}, "
            f"gradient {_formatting.signed(g)}"
            for i, (a, p, g) in enumerate(zip(self.logits, self.probs, self.grad, strict=True))
        )
        return (
            f"Softmax at temperature {_formatting.plain(self.temperature)}. {numbers}. "
            f"True class: {self.name_of(self.true_class)}. Loss: {_formatting.decimals(self.loss)} nats."
        )

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        power, note = _formatting.exponential(float(logsumexp(self._scaled())))
        heads = (
            _heading("exp", "<i>e</i><sup><i>a</i>/<i>T</i></sup>", note or power),
            _heading("p", "probability <i>p</i>", _formatting.decimals(math.fsum(self.probs))),
            _heading("g", "gradient <i>p</i> − <i>y</i>", f"{abs(math.fsum(self.grad)):.3f}"),
        )
        few = " is-few" if len(self.logits) <= 4 else ""
        classes = map(self._class_picture, range(len(self.logits)))
        # Unseen: they hold the place of the live widget's buttons, so that nothing jumps when it comes.
        buttons = (f'<span class="sl-button">{text}</span>' for text in BUTTONS)
        return f"""
<div class="sl-widget le is-still" role="img" aria-label="{html.escape(self._described())}">
<div class="le-top"><div class="le-temperature"><span class="le-caption">temperature <i>T</i></span>
{still_parts.slider((math.log10(self.temperature) + 1) / 2)}{still_parts.field(self.temperature)}</div>
<div class="le-loss"><span class="le-caption">loss in nats: −log <i>p</i> of
<b>{html.escape(self.name_of(self.true_class))}</b></span>
{_value("loss", _formatting.decimals(self.loss))}</div></div>
<div class="le-grid{few}" style="--n: {len(self.logits)}"><div class="le-head">
<div class="le-cell le-name">true class</div><div class="le-cell le-logit"><span>logit <i>a</i></span></div>
{"".join(heads)}</div>{"".join(classes)}</div>
<p class="le-hint"><noscript>This is a picture. With JavaScript on, you can drag it.</noscript></p>
<div class="le-tools">{"".join(buttons)}</div></div>"""

    def _class_picture(self, index: int) -> str:
        """One class of the still: what classView in widget.js builds, without controls."""
        logit, prob, grad = self.logits[index], self.probs[index], self.grad[index]
        power, note = _formatting.exponential(logit / self.temperature)
        state = (" is-true" if index == self.true_class else "") + (" is-down" if grad < 0 else "")
        share, slope = still_parts.bar("le-bar", 0, prob), still_parts.bar("le-bar", 0.5, 0.5 + grad / 2)
        return f"""
<div class="le-class{state}" style="--c: var(--sl-c{index})">
<div class="le-cell le-name"><span class="le-radio"></span>
<span class="le-label">{html.escape(self.name_of(index))}</span></div>
<div class="le-cell le-logit">{still_parts.slider((logit + REACH) / (2 * REACH))}{still_parts.field(logit)}</div>
<div class="le-cell le-exp">{_value("exp", power)}<small class="le-note">{note}</small></div>
<div class="le-cell le-p">{_value("p", _formatting.decimals(prob))}<div class="le-track">{share}</div></div>
<div class="le-cell le-g">{_value("gradient", _formatting.signed(grad))}<div class="le-track">{slope}</div></div>
</div>"""


def _value(name: str, text: str) -> str:
    return f'<span class="sl-value le-{name}-value">{text}</span>'


def _heading(name: str, words: str, total: str) -> str:
    total = f'<small class="le-sum">sum {total}</small>'
    return f'<div class="le-cell le-{name}"><span>{words}</span>{total}</div>'
