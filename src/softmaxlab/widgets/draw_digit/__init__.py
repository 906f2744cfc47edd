"""DrawDigit: a pad to draw a digit on, and what softmax regression says of it while you draw."""

import html
import math
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab._core.arrays import numbers_or_none
from softmaxlab.learning.datasets import INK
from softmaxlab.learning.digit_classifier import CLASSES, read, samples, trained_weights
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets.draw_digit import picture as draw

SIDE = 8
COLDEST, HOTTEST = 0.1, 10.0  # temperatures
BASE = "0123456789abcdefg"  # an image as 64 letters, in base 17
DRAW_BUTTONS = "Show me one", "Undo", "Clear"
BUTTONS = "Reset", "Copy link"


class Pixels(traitlets.TraitType[list[int], Any]):
    """64 whole numbers from 0 to 16, row by row; an image of 8 × 8 is taken too."""

    def validate(self, obj: Any, value: Any) -> list[int]:
        """Turn `value` into a list of 64 integers, or say what is wrong with it."""
        write = f"write {self.name}=softmaxlab.learning.datasets.digits().inputs[0]"
        given = numbers_or_none(value)
        if given.dtype.hasobject:
            raise RefusedError(f"{self.name} is {value!r}; expected 64 numbers: {write}")
        if given.shape not in {(SIDE * SIDE,), (SIDE, SIDE)}:
            raise RefusedError(
                f"{self.name} has shape {given.shape}; expected 64 numbers in one row, or 8 × 8 of them: {write}"
            )
        given = given.ravel()
        wrong = np.flatnonzero(~((given >= 0) & (given <= INK) & (given == np.floor(given))))  # nan is wrong too
        if wrong.size:
            hint = "multiply by 16 and round" if np.all((given >= 0) & (given <= 1)) else "round, then use np.clip"
            raise RefusedError(
                f"{self.name}[{wrong[0]}] is {given[wrong[0]]:g}; expected whole numbers from 0 (paper) to {INK} "
                f"(ink): {hint}"
            )
        pixels: list[int] = given.astype(int).tolist()
        return pixels


Trait = TypeVar("Trait", bound=traitlets.TraitType[Any, Any])


def _result(trait: type[Trait]) -> Trait:
    return trait(read_only=True).tag(sync=True)


class DrawDigit(Widget, front_end="draw_digit"):
    """A pad for a digit, and the answer of softmax regression, trained on 1,078 digits, while it is drawn.

    Parameters
    ----------
    pixels : list of 64 whole numbers from 0 to 16, or an image of 8 × 8
        Ink, row by row, as in `softmaxlab.learning.datasets.digits`. By default the first of
        `softmaxlab.learning.digit_classifier.samples`.
    label : int from 0 to 9
        What the reader says it is. By default what that sample was meant to be.
    temperature : float from 0.1 to 10, default 1
        The probabilities are softmax(logits / temperature).
    shown : int from 0 to 9 or None, default None
        The class whose evidence is shown. None: that of the answer.
    url_state : bool or None, default None
        Whether it keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    logits, probs : list of 10 floats
        What the model says. Read-only, as all below.
    loss : float, in nats
        Of the label.
    grad : list of 10 floats
        p − y.
    weights : list of 65 lists of 10 floats
        The model: a row for each pixel, and the bias.
    samples : list of str
        Images to show: 64 letters in base 17, the label, and "!" if it is one of the model's worst mistakes.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> from softmaxlab.learning.datasets import digits
    >>> images, labels = digits()
    >>> pad = DrawDigit(pixels=images[0], label=0)
    >>> pad.answer, pad.loss < 0.01
    (0, True)
    """

    pixels = Pixels().tag(sync=True)
    label = traitlets.Int().tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    shown = traitlets.Int(None, allow_none=True).tag(sync=True)
    logits = _result(traitlets.List)
    probs = _result(traitlets.List)
    loss = _result(traitlets.Float)
    grad = _result(traitlets.List)
    weights = _result(traitlets.List)
    samples = _result(traitlets.List)

    def __init__(self, **kwargs: Any) -> None:
        """Set the traits, then read the image."""
        super().__init__(**kwargs)
        self._derive(None)

    @traitlets.default("pixels")
    def _first_pixels(self) -> list[int]:
        pixels: list[int] = samples()[0].image.ravel().astype(int).tolist()
        return pixels

    @traitlets.default("label")
    def _first_label(self) -> int:
        return samples()[0].label

    @traitlets.default("weights")
    def _weights(self) -> list[list[float]]:
        weights: list[list[float]] = trained_weights().tolist()
        return weights

    @traitlets.default("samples")
    def _samples(self) -> list[str]:
        return list(_packed())

    @traitlets.validate("label", "shown")
    def _check_class(self, proposal: Bunch) -> Any:
        if proposal.value is not None and not 0 <= proposal.value < CLASSES:
            raise RefusedError(f"{proposal.trait.name} is {proposal.value}; expected a digit from 0 to {CLASSES - 1}")
        return proposal.value

    @traitlets.validate("temperature")
    def _check_temperature(self, proposal: Bunch) -> Any:
        if not COLDEST <= proposal.value <= HOTTEST:  # nan fails too
            raise RefusedError(f"temperature is {proposal.value:g}; expected {COLDEST:g} to {HOTTEST:g}")
        return proposal.value

    @traitlets.observe("pixels", "label", "temperature")
    def _derive(self, _change: Bunch | None) -> None:
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            reading = read(self.image, self.label, self.temperature)
            self.set_trait("logits", reading.logits.tolist())
            self.set_trait("probs", reading.probs.tolist())
            self.set_trait("loss", reading.loss)
            self.set_trait("grad", reading.grad.tolist())

    @property
    def image(self) -> NDArray[np.int_]:
        """The pixels as an array of 8 × 8."""
        return np.reshape(self.pixels, (SIDE, SIDE))

    @property
    def answer(self) -> int:
        """The class of the largest logit."""
        return int(np.argmax(self.logits))

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        digit = self.answer if self.shown is None else self.shown
        cell = draw.strongest(self.image, digit)
        knob = math.log10(self.temperature / COLDEST) / math.log10(HOTTEST / COLDEST)
        rows = "".join(
            draw.row(k, self.logits[k], self.probs[k], self.grad[k], k == self.label) for k in range(CLASSES)
        )
        sums, most = draw.sums_text(self.image, digit), draw.cell_text(self.image, digit, cell)
        sure = _formatting.decimals(self.probs[self.answer])
        spoken = (
            f"A digit of 8 by 8 counts, said to be {self.label}. The model says {self.answer}, with probability "
            f"{sure}. Loss {_formatting.decimals(self.loss)}. {sums}"
        )
        drawing, tools = (
            "".join(f'<span class="sl-button">{text}</span>' for text in texts) for texts in (DRAW_BUTTONS, BUTTONS)
        )
        shown = "the answer" if self.shown is None else self.shown
        return f"""
<div class="sl-widget dd is-still" role="img" aria-label="{html.escape(spoken)}">
<div class="dd-main"><div class="dd-draw"><span class="dd-caption">Draw a digit</span>
{draw.pad(self.image)}<div class="dd-tools">{drawing}</div>
<p class="dd-hint">{state_text(self.pixels, self.label)}</p></div>
<div class="dd-answer"><div class="dd-head"><div><span class="dd-caption">the model says</span>
<span class="dd-says"><b class="sl-value dd-digit" style="--c: var(--sl-c{self.answer})">{self.answer}</b>
<span class="dd-sure"><i>p</i> <span class="sl-value">{sure}</span></span></span></div>
<div><span class="dd-caption">loss: −log <i>p</i> of {self.label}</span>
<b class="sl-value dd-loss">{_formatting.decimals(self.loss)}</b></div></div>
<table class="dd-table">{draw.TABLE_HEAD}<tbody>{rows}</tbody></table>
<div class="dd-heat"><span class="dd-caption">temperature <i>T</i></span>
{still_parts.slider(knob)}{still_parts.field(self.temperature)}</div></div></div>
<div class="dd-maps"><div class="dd-map"><span class="dd-caption dd-title">what the model gets: ink</span>
{draw.ink_map(self.image, cell)}</div>
<div class="dd-map"><span class="dd-caption dd-title">evidence for <span class="dd-select">{shown}</span></span>
{draw.evidence_map(self.image, digit, cell)}</div>
<div class="dd-words">{draw.LEGEND}<p class="dd-sums">{draw.marked(sums)}</p><p class="dd-cell">{draw.marked(most)}</p>
</div><p class="dd-note">{draw.NOTE}</p></div>
<noscript><p class="dd-live">This is a picture. With JavaScript on, you can draw.</p></noscript>
<div class="dd-tools">{tools}</div></div>"""


def pack(image: ArrayLike) -> str:
    """An image as 64 letters in base 17.

    >>> pack(np.full((8, 8), 16))[:3]
    'ggg'
    """
    return "".join(BASE[int(count)] for count in np.ravel(image))


@cache
def _packed() -> tuple[str, ...]:
    return tuple(f"{pack(sample.image)}{sample.label}{'!' if sample.is_mistake else ''}" for sample in samples())


# ---- Words: the twin of stateText in widget.js ----


def state_text(pixels: Sequence[int], label: int) -> str:
    """Where the image comes from, as far as the image itself tells."""
    if not any(pixels):
        return "No ink: the features are all 0, and the logits are the bias alone."
    packed = pack(pixels)
    for sample in _packed():
        if sample.startswith(packed):
            meant = f"A digit the model was not trained on, meant as {sample[64]}."
            return (
                f"{meant} One of its worst mistakes."
                if sample.endswith("!")
                else f"{meant} Your first stroke replaces it."
            )
    return f"A digit of your own. Not meant as {label}? Then say so in the table."
