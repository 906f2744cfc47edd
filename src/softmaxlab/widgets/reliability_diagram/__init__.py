"""ReliabilityDiagram: how often models of the digits are right when they are so and so sure, at any temperature."""

import html
import math
from functools import cache
from typing import Any, TypeVar

import numpy as np
import traitlets
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab.cross_entropy import cross_entropy
from softmaxlab.learning.calibration import Reliability, expected_calibration_error, fit_temperature, reliability
from softmaxlab.learning.digits_models import (
    FINENESS,
    MODELS,
    PENALTIES,
    SMOOTHINGS,
    kept,
    logits_and_labels,
    pixels_of_the_test,
)
from softmaxlab.learning.metrics import accuracy
from softmaxlab.softmax import softmax
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets.reliability_diagram import picture as draw

COLDEST, HOTTEST = 0.1, 10.0
FEWEST, MOST = 5, 20  # bins
NEAR = 0.01  # claims and truth that differ by less agree


Trait = TypeVar("Trait", bound=traitlets.TraitType[Any, Any])


def _result(trait: type[Trait]) -> Trait:
    return trait(read_only=True).tag(sync=True)


class ReliabilityDiagram(Widget, front_end="reliability_diagram"):
    """Accuracy against confidence, bin by bin, for 359 digits that no model was trained on.

    Parameters
    ----------
    temperature : float from 0.1 to 10, default 1
        The logits are divided by it.
    penalty : {"little", "some", "much"}, default "little"
        L2 penalty that the model was trained with; see `softmaxlab.learning.digits_models`.
    smoothing : {0, 0.05, 0.1, 0.2}, default 0
        Label smoothing that it was trained with.
    bins : int from 5 to 20, default 10
        Of equal width.
    url_state : bool or None, default None
        Whether it keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    ece : float
        By `softmaxlab.learning.calibration.expected_calibration_error`. Read-only, as all below.
    loss : float, in nats
        By `softmaxlab.cross_entropy`.
    accuracy : float
        By `softmaxlab.learning.metrics.accuracy`: the same at every temperature.
    confidence : float
        Mean of the largest probability.
    counts : list of int
        Examples in each bin, by `softmaxlab.learning.calibration.reliability`.
    fitted : float
        The temperature that `softmaxlab.learning.calibration.fit_temperature` finds on 360 other digits.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> picture = ReliabilityDiagram(penalty="much")
    >>> print(f"{picture.ece:.3f} at T = 1")
    0.257 at T = 1
    >>> picture.temperature = picture.fitted
    >>> print(f"{picture.ece:.3f} at T = {picture.temperature:.2f}")
    0.014 at T = 0.33
    """

    temperature = traitlets.Float(1.0).tag(sync=True)
    penalty = traitlets.Enum(tuple(PENALTIES), "little").tag(sync=True)
    smoothing = traitlets.Float(0.0).tag(sync=True)
    bins = traitlets.Int(10).tag(sync=True)
    ece = _result(traitlets.Float)
    loss = _result(traitlets.Float)
    accuracy = _result(traitlets.Float)
    confidence = _result(traitlets.Float)
    counts = _result(traitlets.List)
    fitted = _result(traitlets.Float)
    # What a page needs to compute the same: weights in steps of 1/512 and gray values, both whole numbers
    weights = _result(traitlets.List)
    pixels = _result(traitlets.Unicode)
    truths = _result(traitlets.Unicode)
    fits = _result(traitlets.List)

    def __init__(self, **kwargs: Any) -> None:
        """Compute the results for the state as given."""
        super().__init__(**kwargs)
        self._derive(None)

    @traitlets.validate("temperature")
    def _check_temperature(self, proposal: Bunch) -> Any:
        if not COLDEST <= proposal.value <= HOTTEST:  # nan fails too
            raise RefusedError(f"temperature is {proposal.value:g}; expected {COLDEST:g} to {HOTTEST:g}")
        return proposal.value

    @traitlets.validate("smoothing")
    def _check_smoothing(self, proposal: Bunch) -> Any:
        if proposal.value not in SMOOTHINGS:
            raise RefusedError(
                f"smoothing is {proposal.value:g}; expected one of {', '.join(f'{share:g}' for share in SMOOTHINGS)}: "
                "a model is kept for each of these"
            )
        return proposal.value

    @traitlets.validate("bins")
    def _check_bins(self, proposal: Bunch) -> Any:
        if not FEWEST <= proposal.value <= MOST:
            raise RefusedError(f"bins is {proposal.value}; expected {FEWEST} to {MOST}")
        return proposal.value

    @traitlets.default("weights")
    def _weights(self) -> list[list[int]]:
        return _packed()[0]

    @traitlets.default("pixels")
    def _pixels(self) -> str:
        return _packed()[1]

    @traitlets.default("truths")
    def _truths(self) -> str:
        return _packed()[2]

    @traitlets.default("fits")
    def _fits(self) -> list[float]:
        return [fitted_temperature(*model) for model in MODELS]

    @traitlets.observe("temperature", "penalty", "smoothing", "bins")
    def _derive(self, _change: Bunch | None) -> None:
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            for name, value in results(*self._state()).items():
                self.set_trait(name, value)
            self.set_trait("fitted", fitted_temperature(self.penalty, self.smoothing))

    def _state(self) -> tuple[str, float, float, int]:
        return self.penalty, self.smoothing, self.temperature, self.bins

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        logits, labels = logits_and_labels(self.penalty, self.smoothing)
        found = reliability(softmax(logits / self.temperature), labels, self.bins)
        plain = results(self.penalty, self.smoothing, 1.0, self.bins)
        right = int(np.sum(logits.argmax(axis=1) == labels))
        words = explanation(self.confidence, self.accuracy)
        spoken = (
            f"Reliability diagram of a model of the digits, {self.penalty} penalty, label smoothing "
            f"{self.smoothing:g}, at temperature {_formatting.plain(self.temperature)}. {numbers_in_words(self)} "
            f"{words} {bins_in_words(found)}"
        )
        numbers = (
            ("ECE", "ece", self.ece, f"{_formatting.fixed(plain['ece'])} at T = 1"),
            ("mean loss, nats", "loss", self.loss, f"{_formatting.fixed(plain['loss'])} at T = 1"),
            ("mean confidence", "confidence", self.confidence, f"{_formatting.fixed(plain['confidence'])} at T = 1"),
            ("accuracy", "accuracy", self.accuracy, f"{right} of {len(labels)}, at any T"),
        )
        at = (math.log10(self.temperature) + 1) / 2
        return draw.still(
            spoken=html.escape(spoken),
            temperature=_formatting.plain(self.temperature),
            knob=at,
            fitted=self.fitted,
            found=found,
            numbers=[(name, key, _formatting.fixed(value), note) for name, key, value, note in numbers],
            penalty=self.penalty,
            smoothing=(SMOOTHINGS.index(self.smoothing) / (len(SMOOTHINGS) - 1), f"{self.smoothing:g}"),
            bins=((self.bins - FEWEST) / (MOST - FEWEST), str(self.bins)),
            words=words,
        )


def results(penalty: str, smoothing: float, temperature: float, bins: int) -> dict[str, Any]:
    """Compute what the widget shows of one model: ece, loss, accuracy, confidence and counts."""
    logits, labels = logits_and_labels(penalty, smoothing)
    scaled = logits / temperature
    probs = softmax(scaled)
    return {
        "ece": float(expected_calibration_error(probs, labels, bins)),
        "loss": float(cross_entropy(scaled, labels)),
        "accuracy": float(accuracy(logits, labels)),
        "confidence": float(np.mean(probs.max(axis=1))),
        "counts": reliability(probs, labels, bins).counts.tolist(),
    }


@cache
def fitted_temperature(penalty: str, smoothing: float) -> float:
    """Temperature with the smallest loss on the validation part."""
    return fit_temperature(*logits_and_labels(penalty, smoothing, "validation"))


@cache
def _packed() -> tuple[list[list[int]], str, str]:
    """Weights of all models as whole numbers, gray values as letters from a to q, labels as digits."""
    images, labels = pixels_of_the_test()
    letters = "".join(chr(97 + value) for value in images.ravel())
    weights = [np.round(kept(*model) * FINENESS).astype(int).ravel().tolist() for model in MODELS]
    return weights, letters, "".join(map(str, labels))


# ---- Words: the twins of those in widget.js ----


def explanation(confidence: float, accuracy_: float) -> str:
    """Say whether the model claims too much or too little, on average."""
    claim, truth, gap = (_formatting.fixed(x) for x in (confidence, accuracy_, abs(confidence - accuracy_)))
    if abs(confidence - accuracy_) < NEAR:
        return f"About as sure as it may be: it claims {claim} on average, and is right in {truth} of all cases."
    if confidence > accuracy_:
        return f"Too sure, by {gap}: it claims {claim} on average, and is right in {truth} of all cases."
    return f"Not sure enough, by {gap}: it claims {claim} on average, and is right in {truth} of all cases."


def numbers_in_words(state: ReliabilityDiagram) -> str:
    """Say the results in one sentence."""
    return (
        f"ECE {_formatting.fixed(state.ece)}, mean loss {_formatting.fixed(state.loss)} nats, "
        f"accuracy {_formatting.fixed(state.accuracy)}."
    )


def bins_in_words(found: Reliability) -> str:
    """Say what is in each bin, for whoever can't see the bars."""
    parts = [
        f"{_formatting.fixed(found.edges[b], 2)} to {_formatting.fixed(found.edges[b + 1], 2)}: "
        f"{found.counts[b]} {'example' if found.counts[b] == 1 else 'examples'}, "
        f"claimed {_formatting.fixed(found.confidence[b], 2)}, right {_formatting.fixed(found.accuracy[b], 2)}"
        for b in range(len(found.counts))
        if found.counts[b]
    ]
    return f"By confidence: {'; '.join(parts)}."
