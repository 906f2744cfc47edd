"""ExactDigits: loss and gradient of two logits in all digits, the exact ones beside ours and a textbook's."""

import html
from typing import Any

import mpmath
import numpy as np
import traitlets
from numpy.typing import NDArray
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab._core.arrays import numbers_or_none
from softmaxlab.accuracy import reference
from softmaxlab.cross_entropy import cross_entropy, cross_entropy_grad
from softmaxlab.pitfalls import max_shifted
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets.exact_digits import figures

FAR = 1000.0  # logits, to both sides
REACH = 50  # of a logit's slider, to both sides
SHOWN = {"float16": 3, "float32": 6, "float64": 15}  # decimal digits that each format always keeps
EXACT = 22  # digits of an exact number
BUTTONS = "Reset", "Random", "Other label", "Copy link"


class _Pair(traitlets.TraitType[list[float], Any]):
    """A list of two finite floats; arrays and tuples are taken too."""

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn `value` into a list of floats, or say what is wrong with it."""
        given = numbers_or_none(value)
        if given.dtype.hasobject or given.shape != (2,):
            raise RefusedError(f"logits is {value!r}; expected two numbers: write logits=[30, 0]")
        if not np.all(np.abs(given) <= FAR):  # nan fails too
            raise RefusedError(f"logits is {value!r}; expected numbers from {-FAR:g} to {FAR:g}")
        pair: list[float] = (given.astype(float) + 0).tolist()  # + 0 turns -0.0 into 0.0
        return pair


class ExactDigits(Widget, front_end="exact_digits"):
    """Loss and gradient of two logits in a number format of your choice, digit by digit; wrong digits are struck out.

    Parameters
    ----------
    logits : list of two floats from −1000 to 1000, default [30.1, 0.3]
        They are rounded to the format before everything else.
    true_class : {0, 1}, default 0
    dtype : {"float64", "float32", "float16"}
    url_state : bool or None, default None
        Whether this widget keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    loss : float, in nats
        Of `softmaxlab.cross_entropy`. Read-only, as all that follow.
    grad : list of float
        Of `softmaxlab.cross_entropy_grad`.
    textbook_loss, textbook_grad : float, list of float
        Of `softmaxlab.pitfalls.max_shifted`: after a shift by the maximum, and p − y as it stands.
    exact_loss, exact_grad : str, list of str
        The exact ones in 40 digits.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> digits = ExactDigits(logits=[50, 0])
    >>> digits.textbook_loss, digits.exact_loss[:20]
    (0.0, '1.928749847963917783')
    """

    logits = _Pair([30.1, 0.3]).tag(sync=True)
    true_class = traitlets.Int(0).tag(sync=True)
    dtype = traitlets.Enum(tuple(SHOWN), "float64").tag(sync=True)
    loss = traitlets.Float(read_only=True).tag(sync=True)
    grad = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    textbook_loss = traitlets.Float(read_only=True).tag(sync=True)
    textbook_grad = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    exact_loss = traitlets.Unicode(read_only=True)
    exact_grad = traitlets.List(traitlets.Unicode(), read_only=True)

    @traitlets.validate("true_class")
    def _check_true_class(self, proposal: Bunch) -> Any:
        if proposal.value not in (0, 1):
            raise RefusedError(f"true_class is {proposal.value}; expected 0 or 1, since there are two logits")
        return proposal.value

    def _stored(self) -> NDArray[np.floating[Any]]:
        return np.array(self.logits).astype(self.dtype)

    def _exact(self) -> tuple[mpmath.mpf, NDArray[np.object_]]:
        """Exact loss, and both entries of the exact gradient."""
        logits = self._stored()
        return reference.cross_entropy(logits, self.true_class), reference.cross_entropy_grad(logits, self.true_class)

    def _results(self) -> dict[str, Any]:
        """What each result is now, by the name of its trait."""
        logits, label = self._stored(), self.true_class
        loss, grad = self._exact()
        return {
            "loss": float(cross_entropy(logits, label)),
            "grad": cross_entropy_grad(logits, label).astype(float).tolist(),
            "textbook_loss": float(max_shifted.cross_entropy_shifted(logits, label)) + 0.0,  # turns -0.0 into 0.0
            "textbook_grad": max_shifted.cross_entropy_grad_shifted(logits, label).astype(float).tolist(),
            "exact_loss": mpmath.nstr(loss, 40),
            "exact_grad": [mpmath.nstr(entry, 40) for entry in grad],
        }

    @traitlets.default("loss")
    def _loss(self) -> Any:
        return self._results()["loss"]

    @traitlets.default("grad")
    def _grad(self) -> Any:
        return self._results()["grad"]

    @traitlets.default("textbook_loss")
    def _textbook_loss(self) -> Any:
        return self._results()["textbook_loss"]

    @traitlets.default("textbook_grad")
    def _textbook_grad(self) -> Any:
        return self._results()["textbook_grad"]

    @traitlets.default("exact_loss")
    def _exact_loss(self) -> Any:
        return self._results()["exact_loss"]

    @traitlets.default("exact_grad")
    def _exact_grad(self) -> Any:
        return self._results()["exact_grad"]

    @traitlets.observe("logits", "true_class", "dtype")
    def _derive(self, _change: Bunch) -> None:
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            for name, value in self._results().items():
                self.set_trait(name, value)

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        loss, grad = self._exact()
        y, other, stored = self.true_class, 1 - self.true_class, self._stored()
        found = self._compared(self.textbook_loss, loss)
        words = figures.verdict(found, self.dtype, SHOWN[self.dtype])
        spoken = (
            f"Logits {' and '.join(map(_formatting.plain, self.logits))} in {self.dtype}, class {y} true. Exact loss "
            f"{figures.of(loss, EXACT)}, softmaxlab {self.loss:.6g}, textbook {self.textbook_loss:.6g}. {words}"
        )
        chosen = {name: " is-chosen" if name == self.dtype else "" for name in SHOWN}
        chips = "".join(f'<span class="xd-dtype{state}">{name}</span>' for name, state in chosen.items())
        classes = "".join(self._class_line(index, stored) for index in (0, 1))
        quantities = (
            self._quantity("loss, −log <i>p</i> of the true class", loss, self.loss, self.textbook_loss),
            self._quantity(
                f"gradient at class {y}, the true one: <i>p</i> − 1", grad[y], self.grad[y], self.textbook_grad[y]
            ),
            self._quantity(
                f"gradient at class {other}, the other: <i>p</i>",
                grad[other],
                self.grad[other],
                self.textbook_grad[other],
            ),
        )
        buttons = (f'<span class="sl-button">{text}</span>' for text in BUTTONS)  # unseen: they hold the place
        return f"""
<div class="sl-widget xd is-still" role="img" aria-label="{html.escape(spoken)}">
<div class="xd-top"><span class="xd-caption">number format</span>
<div class="xd-dtypes">{chips}</div></div>
<div class="xd-classes">{classes}</div><div class="xd-results">{"".join(quantities)}</div>
<p class="xd-hint">{words}<noscript> This is a picture. With JavaScript on, you can drag it.</noscript></p>
<div class="xd-tools">{"".join(buttons)}</div></div>"""

    def _class_line(self, index: int, stored: NDArray[np.floating[Any]]) -> str:
        """One class of the still: what classLine in widget.js builds, without controls."""
        logit, kept, lead = self.logits[index], float(stored[index]), float(stored[index]) - float(stored[1 - index])
        role = "winner" if lead > 0 else "loser" if lead < 0 else "tie"
        note = "" if kept == logit else f"stored as {_formatting.plain(kept).replace('-', '−')}"
        checked, role = (" is-checked", f"true, {role}") if index == self.true_class else ("", role)
        return f"""
<div class="xd-class" style="--c: var(--sl-c{index})"><div class="xd-name"><span class="xd-radio{checked}"></span>
<b>class {index}</b><span class="xd-role">{role}</span></div>{still_parts.slider((logit + REACH) / (2 * REACH))}
{still_parts.field(logit)}
<small class="xd-note">{note}</small></div>"""

    def _compared(self, value: float, truth: mpmath.mpf) -> tuple[float, int]:
        return figures.compared_digits(np.dtype(self.dtype).type(value), truth, SHOWN[self.dtype])

    def _quantity(self, title: str, truth: mpmath.mpf, *values: float) -> str:
        """One quantity of the still: what quantityView in widget.js builds."""
        lines = [_line("exact", (figures.of(truth, EXACT), "", ""), "", "")]
        for name, value in zip(("softmaxlab", "textbook"), values, strict=True):
            ulps, right = self._compared(value, truth)
            texts = figures.split(value, right, SHOWN[self.dtype])
            lines.append(_line(name, texts, f"{_formatting.ulps(ulps)} ulps", " is-off" if ulps > 16 else ""))
        return f'<div class="xd-quantity"><p class="xd-title">{title}</p>{"".join(lines)}</div>'


def _line(name: str, texts: tuple[str, str, str], error: str, state: str) -> str:
    right, wrong, power = texts
    strike = f"<s>{wrong}</s>" if wrong else ""
    number = f'<span class="sl-value xd-digits"><span>{right}</span>{strike}<span>{power}</span></span>'
    return f"""
<div class="xd-line{state}"><span class="xd-who">{name}</span>{number}<span class="xd-error">{error}</span></div>"""
