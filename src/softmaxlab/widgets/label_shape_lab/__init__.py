"""LabelShapeLab: the same labels in ten forms, what indexing makes of each, and what softmaxlab answers."""

import html
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import traitlets
from numpy.typing import NDArray
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab._core.arrays import numbers_or_none
from softmaxlab.cross_entropy import cross_entropy
from softmaxlab.pitfalls.label_broadcasting import (
    SQUARE_LABELS,
    SQUARE_LOGITS,
    answer,
    label_shapes,
    loss_by_indexing,
    loss_meant,
    pick_counts,
)
from softmaxlab.softmax import log_softmax
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets.label_shape_lab import words

MOST = 4  # examples, and classes
FEWEST_CLASSES = 2
HIGHEST = 20.0  # logits
SUREST = 5.0  # factor
FORMS = tuple(label_shapes([0], 2))
BUTTONS = "Random", "Reset", "Copy link"


class _Table(traitlets.TraitType[list[list[float]], Any]):
    """Rows of finite numbers: 1 to 4 rows of 2 to 4 numbers; arrays are taken too."""

    def validate(self, obj: Any, value: Any) -> list[list[float]]:
        """Turn `value` into lists of floats, or say what is wrong with it."""
        write = f"write {self.name}=[[2, 0, 1], [0, 3, 1]]"
        given = numbers_or_none(value)
        if given.dtype.hasobject:
            raise RefusedError(f"{self.name} is {value!r}; expected rows of numbers, all of one length: {write}")
        rows, columns = given.shape if given.ndim == 2 else (0, 0)
        if not (1 <= rows <= MOST and FEWEST_CLASSES <= columns <= MOST):
            raise RefusedError(
                f"{self.name} has shape {given.shape}; expected 1 to {MOST} rows of {FEWEST_CLASSES} to {MOST} "
                f"numbers: {write}"
            )
        if not np.all(np.abs(given) <= HIGHEST):  # nan fails too
            raise RefusedError(f"{self.name} is {given.tolist()}; expected numbers from {-HIGHEST:g} to {HIGHEST:g}")
        table: list[list[float]] = (given.astype(float) + 0).tolist()  # + 0 turns -0.0 into 0.0
        return table


def _reply(loss: Callable[..., Any], logits: NDArray[np.float64], targets: NDArray[Any]) -> dict[str, Any]:
    return answer(loss, logits, targets)._asdict()


Trait = TypeVar("Trait", bound=traitlets.TraitType[Any, Any])


def _result(trait: type[Trait]) -> Trait:
    return trait(read_only=True).tag(sync=True)


class LabelShapeLab(Widget, front_end="label_shape_lab"):
    """One batch and its labels, written in a form of your choice: what two losses make of it, and what was meant.

    Parameters
    ----------
    logits : list of 1 to 4 rows of 2 to 4 floats, from −20 to 20
        One row for each example. Arrays are taken.
    labels : list of int
        The true class of each row. If `logits` is set to another shape, they follow.
    form : str, default "column (m, 1)"
        How the labels are written as targets: a name from `softmaxlab.pitfalls.label_broadcasting.label_shapes`.
    factor : float from 0 to 5, default 1
        What the logits are multiplied by. The larger, the surer the model.
    url_state : bool or None, default None
        Whether this widget keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    indexing : dict
        "value" and "error" of `softmaxlab.pitfalls.label_broadcasting.loss_by_indexing`: one of them is None.
        Read-only, as all below.
    answer : dict
        The same of `softmaxlab.cross_entropy`.
    meant : float or None
        The loss of the labels as they were meant, in nats. None if no labeled row is left.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> lab = LabelShapeLab(form="column (m, 1)")
    >>> print(f"{lab.indexing['value']:.2f}, and meant is {lab.meant:.2f}")
    4.44, and meant is 0.48
    >>> lab.answer["error"][-15:]
    'targets.ravel()'
    """

    logits = _Table(SQUARE_LOGITS.tolist()).tag(sync=True)
    labels = traitlets.List(traitlets.Int(), SQUARE_LABELS.tolist()).tag(sync=True)
    form = traitlets.Unicode("column (m, 1)").tag(sync=True)
    factor = traitlets.Float(1.0).tag(sync=True)
    indexing = _result(traitlets.Dict)
    answer = _result(traitlets.Dict)
    meant = traitlets.Float(None, allow_none=True, read_only=True).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        """Set the traits together, and compute what follows from them."""
        if "labels" in kwargs:
            kwargs["labels"] = np.asarray(kwargs["labels"]).tolist()
        super().__init__(**kwargs)
        self._derive()

    @traitlets.validate("labels")
    def _check_labels(self, proposal: Bunch) -> Any:
        labels, (m, n) = proposal.value, np.shape(self.logits)
        if len(labels) != m:
            raise RefusedError(f"labels has {len(labels)} entries; expected one for each of the {m} rows of logits")
        if not all(0 <= label < n for label in labels):
            raise RefusedError(f"labels is {labels}; expected class indices from 0 to {n - 1}")
        return labels

    @traitlets.validate("form")
    def _check_form(self, proposal: Bunch) -> Any:
        if proposal.value not in FORMS:
            raise RefusedError(f"form is {proposal.value!r}; expected one of {', '.join(map(repr, FORMS))}")
        return proposal.value

    @traitlets.validate("factor")
    def _check_factor(self, proposal: Bunch) -> Any:
        if not 0 <= proposal.value <= SUREST:  # nan fails too
            raise RefusedError(f"factor is {proposal.value:g}; expected 0 to {SUREST:g}")
        return proposal.value + 0.0

    @traitlets.observe("logits", "labels", "form", "factor")
    def _derive(self, _change: Bunch | None = None) -> None:
        m, n = np.shape(self.logits)
        fitted = [min(label, n - 1) for label in self.labels[:m]] + [0] * (m - len(self.labels))
        if fitted != self.labels:
            self.labels = fitted  # calls this method again
            return
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            self.set_trait("indexing", _reply(loss_by_indexing, self._scaled(), self.targets()))
            self.set_trait("answer", _reply(cross_entropy, self._scaled(), self.targets()))
            self.set_trait("meant", loss_meant(self._scaled(), self.labels, self.form))

    def _scaled(self) -> NDArray[np.float64]:
        return self.factor * np.array(self.logits)

    def targets(self) -> NDArray[Any]:
        """Return the labels as they are passed on, in the chosen form."""
        return label_shapes(self.labels, len(self.logits[0]))[self.form]

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        targets, (m, n) = self.targets(), np.shape(self.logits)
        told = [words.verdict(reply, self.meant, whose, self.form) for whose, reply in self._replies()]
        spoken = (
            f"Targets of {words.described(targets)}. Meant: {words.meaning(self.meant)}. "
            f"Indexing: {_said(self.indexing)}, {told[0]}. softmaxlab: {_said(self.answer)}, {told[1]}."
        )
        chips = "".join(
            f'<span class="ls-form{" is-chosen" if form == self.form else ""}">{form}</span>' for form in FORMS
        )
        dials = "".join(
            _dial(name, value, low, high)
            for name, value, low, high in (
                ("logits ×", self.factor, 0, SUREST),
                ("examples <i>m</i>", m, 1, MOST),
                ("classes <i>N</i>", n, FEWEST_CLASSES, MOST),
            )
        )
        cards = "".join(
            _card(whose, reply, verdict, words.detail(reply, targets, whose, self.meant))
            for (whose, reply), verdict in zip(self._replies(), told, strict=True)
        )
        return f"""
<div class="sl-widget ls is-still" role="img" aria-label="{html.escape(spoken)}">
<div class="ls-forms">{chips}</div><div class="ls-dials">{dials}</div>
<div class="ls-picture"><div class="ls-targets"><span class="ls-caption">targets: {words.described(targets)}</span>
<pre class="ls-code">{html.escape(chr(10).join(words.printed(targets)))}</pre></div>
<div class="ls-log"><span class="ls-caption">log-softmax of each row; tap the true classes</span>{self._table()}
<p class="ls-key"><span class="ls-key-read">read by the index</span>
<span class="ls-key-true">true class</span></p></div></div>
<div class="ls-meant"><span>the loss meant</span>
<span class="sl-value ls-value">{words.meaning(self.meant)}</span></div>
<div class="ls-cards">{cards}</div>
<p class="ls-why">{words.explanation(self.form, self.labels, n)}</p>
<noscript><p class="ls-hint">This is a picture. With JavaScript on, you can change it.</p></noscript>
<div class="ls-tools">{"".join(f'<span class="sl-button">{text}</span>' for text in BUTTONS)}</div></div>"""

    def _replies(self) -> tuple[tuple[str, dict[str, Any]], tuple[str, dict[str, Any]]]:
        return ("indexing", self.indexing), ("softmaxlab", self.answer)

    def _table(self) -> str:
        log_probs = log_softmax(self._scaled())
        try:
            counts = pick_counts(log_probs, self.targets())
        except IndexError:
            counts = np.zeros(log_probs.shape, int)
        rows = []
        for row, label in enumerate(self.labels):
            cells = (_cell(log_probs[row, k], counts[row, k], k == label) for k in range(log_probs.shape[1]))
            rows.append(f'<div class="ls-row"><span class="ls-name">row {row}</span>{"".join(cells)}</div>')
        names = "".join(f"<span>class {k}</span>" for k in range(log_probs.shape[1]))
        head = f'<div class="ls-row ls-head"><span class="ls-name"></span>{names}</div>'
        return f'<div class="ls-table">{head}{"".join(rows)}</div>'


def _said(reply: Mapping[str, Any]) -> str:
    return _formatting.decimals(reply["value"]) if reply["error"] is None else reply["error"]


def _dial(name: str, value: float, low: float, high: float) -> str:
    at = (value - low) / (high - low)
    shown = _formatting.plain(value) if high == SUREST else value
    return f"""<div class="ls-dial"><span class="ls-caption">{name}</span>
{still_parts.slider(at, 0)}
<span class="{"sl-number" if high == SUREST else "sl-value ls-count"}">{shown}</span></div>"""


def _cell(log_prob: float, count: int, is_true: bool) -> str:
    classes = "ls-cell" + (" is-read" if count else "") + (" is-true" if is_true else "")
    times = f"×{count}" if count > 1 else ""
    return (
        f'<span class="{classes}"><span class="sl-value">{_formatting.fixed(log_prob, 2)}</span>'
        f'<small class="ls-times">{times}</small></span>'
    )


TITLES = {"indexing": "lp[range(m), targets]", "softmaxlab": "softmaxlab.cross_entropy"}


def _card(whose: str, reply: Mapping[str, Any], verdict: str, detail: str) -> str:
    value = "" if reply["error"] else _formatting.decimals(reply["value"])
    bad = "" if verdict == "right" or reply["error"] else " is-wrong"
    return f"""<div class="ls-card{bad}"><code class="ls-title">{TITLES[whose]}</code>
<span class="ls-verdict">{verdict}</span><span class="sl-value ls-value">{value}</span>
<span class="ls-error">{html.escape(reply["error"] or "")}</span><span class="ls-detail">{detail}</span></div>"""
