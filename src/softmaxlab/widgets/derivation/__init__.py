"""Derivation: a proof of the book, step by step, every line with its value at the reader's logits."""

import html
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab.proofs.checking.compiled import chain, evaluate
from softmaxlab.proofs.checking.concrete import ordered
from softmaxlab.softmax import softmax
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets.derivation.certificate import apart, held, laid_out
from softmaxlab.widgets.logit_explorer import LogitsTrait

FEWEST, MOST = 2, 5  # classes
REACH = 10  # of a logit, to both sides
PLACES = 10  # decimals of a line's value
BUTTONS = "Reset", "Random", "Remove class", "Add class", "Copy link"


class _FewLogits(LogitsTrait):
    """A list of 2 to 5 floats from −10 to 10; arrays and tuples are taken too."""

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn `value` into a list of floats, or say what is wrong with it."""
        logits = super().validate(obj, value)
        if len(logits) > MOST or max(map(abs, logits)) > REACH:
            raise RefusedError(
                f"logits is {logits}; expected {FEWEST} to {MOST} numbers from −{REACH} to {REACH}: "
                "a derivation is read with a few moderate numbers, write logits=[1, 0, -1]"
            )
        return logits


class Derivation(Widget, front_end="derivation"):
    """A proof of the book, step by step, with the value of every line at logits to drag.

    Parameters
    ----------
    proof : str, default "eq-jacobian"
        The label of an equation that is proved for all N, of logits a and one-hot targets y alone.
    logits : list of 2 to 5 floats from −10 to 10
        One score for each class. Arrays are taken; to change one logit, assign a new list.
    indices : list of int
        The classes, from 0, that the free indices of the equation stand for, such as i and j. If `logits` becomes
        too short for one, it becomes the last class.
    true_class : int, default 0
        The class with y = 1, where the equation holds y.
    step : int, default 1
        The step shown, from 1.
    labels : list of str, default []
        Names of the classes; a class without one is called "class i".
    url_state : bool or None, default None
        Whether this derivation keeps its state in the address of a static page. None: if it is the first there.

    Attributes
    ----------
    probs : list of float
        ``softmax(logits)``. Read-only, as `values` is: they follow the traits above.
    values : list of float
        The value of each line of the proof, from its left side to its right side.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> derivation = Derivation("eq-jacobian", logits=[0, 0], indices=[0, 1])
    >>> set(derivation.values)
    {-0.25}
    """

    logits = _FewLogits([1.0, 0.0, -1.0]).tag(sync=True)
    indices = traitlets.List(traitlets.Int()).tag(sync=True)
    true_class = traitlets.Int(0).tag(sync=True)
    step = traitlets.Int(1).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    probs = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    values = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    certificate = traitlets.Dict(read_only=True, help="The proof, as the front end reads it.").tag(sync=True)

    def __init__(self, proof: str = "eq-jacobian", **traits: Any) -> None:
        """Look the proof up and lay out its steps."""
        self._proof = held(proof)
        self._lines, self._rules = chain(self._proof)
        self._free = ordered(*self._lines)
        super().__init__(**{"indices": list(range(len(self._free))), **traits})
        self.set_trait("certificate", laid_out(self._proof))

    @traitlets.validate("indices")
    def _check_indices(self, proposal: Bunch) -> Any:
        names, count = [i.name for i in self._free], len(self.logits)
        if len(proposal.value) != len(names) or not all(0 <= n < count for n in proposal.value):
            raise RefusedError(
                f"indices is {proposal.value}; expected one class from 0 to {count - 1} "
                f"for each of {', '.join(names) or 'no free index'}"
            )
        if apart(self._proof) and len(set(proposal.value)) < len(names):
            raise RefusedError(f"indices is {proposal.value}; {self._proof.name} holds for different classes only")
        return proposal.value

    @traitlets.validate("true_class")
    def _check_true_class(self, proposal: Bunch) -> Any:
        if not 0 <= proposal.value < len(self.logits):
            raise RefusedError(f"true_class is {proposal.value}; expected 0 to {len(self.logits) - 1}")
        return proposal.value

    @traitlets.validate("step")
    def _check_step(self, proposal: Bunch) -> Any:
        if not 1 <= proposal.value <= len(self._rules):
            raise RefusedError(f"step is {proposal.value}; {self._proof.name} has steps 1 to {len(self._rules)}")
        return proposal.value

    @traitlets.validate("labels")
    def _check_labels(self, proposal: Bunch) -> Any:
        if len(proposal.value) > MOST:
            raise RefusedError(f"labels has {len(proposal.value)} names; expected at most {MOST}")
        return proposal.value

    @traitlets.default("probs")
    def _probs(self) -> list[float]:
        probs: list[float] = softmax(np.array(self.logits)).tolist()
        return probs

    @traitlets.default("values")
    def _values(self) -> list[float]:
        targets = np.eye(len(self.logits))[self.true_class]
        numbers = {"a": self.logits, "y": targets.tolist()}
        at = {index: n + 1 for index, n in zip(self._free, self.indices, strict=True)}
        return [evaluate(line, {"N": len(self.logits)}, numbers, at) for line in self._lines]

    @traitlets.observe("logits", "indices", "true_class")
    def _derive(self, _change: Bunch) -> None:
        last = len(self.logits) - 1
        if self.true_class > last or any(n > last for n in self.indices):
            with self.hold_trait_notifications():  # calls this method again
                self.true_class = min(self.true_class, last)
                self.indices = _within(self.indices, last, apart(self._proof))
            return
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            self.set_trait("probs", self._probs())
            self.set_trait("values", self._values())

    def name_of(self, index: int) -> str:
        """Name of a class: its label, or "class i"."""
        named = index < len(self.labels) and self.labels[index]
        return named or f"class {index}"

    def _described(self) -> str:
        """Say the whole picture in words, for whoever can't see it."""
        before, after, left = (_formatting.fixed(self.values[n], PLACES) for n in (self.step - 1, self.step, 0))
        chosen = [f"{i.name} is {self.name_of(n)}" for i, n in zip(self._free, self.indices, strict=True)]
        logits = [f"logit of {self.name_of(n)} {_formatting.plain(a)}" for n, a in enumerate(self.logits)]
        return (
            f"Proof of {self._proof.lhs!r} = {self._proof.rhs!r}. Step {self.step} of {len(self._rules)}, "
            f"{self._rules[self.step - 1]}: from {self._lines[self.step - 1]!r} to {self._lines[self.step]!r}. "
            f"With {', '.join(chosen + logits)}: left side {left}, line before {before}, this line {after}."
        )

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        proof, step = self.certificate, self.certificate["steps"][self.step - 1]
        columns = [*proof["indices"], *(["y"] if proof["targets"] else [])]
        buttons = (f'<span class="sl-button">{text}</span>' for text in BUTTONS)
        style = (
            f"--w: {proof['width']}; --h: {proof['height']}; --cw: {proof['claim_width']}; --columns: {len(columns)}"
        )
        left, before, after = (self.values[n] for n in (0, self.step - 1, self.step))
        heads = "".join(f'<span class="dv-pick"><i>{name}</i></span>' for name in columns)
        share = (self.step - 1) / max(1, len(self._rules) - 1)
        return f"""
<div class="sl-widget dv is-still" role="img" aria-label="{html.escape(self._described())}" style="{style}">
<div class="dv-claim"><div class="dv-math">{proof["claim"]}</div>{_value("left", "left side", left)}</div>
<div class="dv-stepper"><span class="sl-button">Back</span>
{still_parts.slider(share, 0)}
<span class="sl-button">Next</span></div>
<p class="dv-rule"><span class="dv-count">{self.step} of {len(self._rules)}</span>
<b>{_subscripted(step["rule"])}</b></p>
<div class="dv-line is-before"><div class="dv-math">{step["before"]}</div>
{_value("before", "line before", before)}</div>
<div class="dv-line is-after"><span class="dv-equals">=</span><div class="dv-math">{step["after"]}</div>
{_value("after", "this line", after)}</div>
<p class="dv-verdict"><noscript>This is a picture. With JavaScript on, you can drag it.</noscript></p>
<div class="dv-classes"><div class="dv-class is-head"><span class="dv-name"></span><span class="dv-p"><i>p</i></span>
<span class="dv-picks">{heads}</span><span class="dv-logit">logit <i>a</i></span></div>
{"".join(self._class_picture(n, columns) for n in range(len(self.logits)))}</div>
<div class="dv-tools">{"".join(buttons)}</div></div>"""

    def _class_picture(self, index: int, columns: Sequence[str]) -> str:
        """One class of the still: what classView in widget.js builds, without controls."""
        chosen = [*self.indices, self.true_class][: len(columns)]
        picks = "".join(
            f'<span class="dv-pick"><span class="dv-radio{" is-on" * (n == index)}"></span></span>' for n in chosen
        )
        share = (self.logits[index] + REACH) / (2 * REACH)
        return f"""
<div class="dv-class" style="--c: var(--sl-c{index})">
<span class="dv-name">{html.escape(self.name_of(index))}</span>
<span class="dv-p"><span class="sl-value">{_formatting.decimals(self.probs[index])}</span>
{still_parts.bar("dv-bar", 0, self.probs[index])}</span>
<span class="dv-picks">{picks}</span>
<span class="dv-logit">{still_parts.slider(share)}{still_parts.field(self.logits[index])}</span></div>"""


def _within(indices: Sequence[int], last: int, different: bool) -> list[int]:
    """Return indices that exist: those beyond the last class become the last, or, if they must differ, a free one."""
    kept = [min(n, last) for n in indices]
    if different and len(set(kept)) < len(kept):
        return list(range(len(kept)))
    return kept


def _subscripted(words: str) -> str:
    """Words with y_k set as y and a lowered k."""
    return re.sub(r"_(\w)", r"<sub>\1</sub>", html.escape(words))


def _value(name: str, words: str, value: float) -> str:
    return (
        f'<div class="dv-value is-{name}"><span class="dv-caption">{words}</span>'
        f'<span class="sl-value">{_formatting.fixed(value, PLACES)}</span></div>'
    )
