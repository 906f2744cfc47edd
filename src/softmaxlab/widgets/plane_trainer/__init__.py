"""PlaneTrainer: softmax regression on points that the reader places, by cross-entropy and by squared error."""

import html
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab.learning.datasets import three_clouds
from softmaxlab.learning.metrics import accuracy
from softmaxlab.learning.softmax_regression import logits_of
from softmaxlab.lessons.plane_regression import CLASSES, OBJECTIVES, REACH, PlaneIterate, pushes, train_on_plane
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets._runtime.verdict import marked_up
from softmaxlab.widgets.plane_trainer import picture as draw
from softmaxlab.widgets.plane_trainer.traits import MOST, Labels, Points
from softmaxlab.widgets.plane_trainer.words import explanation

SLOWEST, FASTEST = 0.01, 100.0  # learning rates
MOST_STEPS = 500
STARTS = {"zero": "zero", "wrong": "sure and wrong"}
STEERING = "Play", "Step", "To start"
BUTTONS = "Three points", "Reset", "Copy link"
_points, _labels = three_clouds(per_class=8, spread=0.7)


@lru_cache(maxsize=8)
def _path(
    points: tuple[tuple[float, ...], ...], labels: tuple[int, ...], loss: str, rate: float, steps: int, start: str
) -> list[PlaneIterate]:
    return train_on_plane(points, labels, loss, rate, steps, start)


class PlaneTrainer(Widget, front_end="plane_trainer"):
    """A plane with points of three classes, and softmax regression that learns to tell them apart.

    Training is run from its start whenever something changes, by both losses: what is shown is always what this many
    steps would have led to, with these points and this rate.

    Parameters
    ----------
    points : array_like, shape (m, 2), 3 ≤ m ≤ 60, coordinates from −2.5 to 2.5
        Kept to two decimals. By default, eight of each class from `softmaxlab.learning.datasets.three_clouds`.
    labels : array_like of int from 0 to 2, shape (m,)
        The class of each point. A class may have no point.
    rate : float from 0.01 to 100, default 0.5
        Learning rate.
    loss : {"cross-entropy", "squared error"}
        The one whose model is in the plane. The curves and numbers of both are beside it.
    start : {"zero", "wrong"}
        Where both begin: weights 0, or weights that make the model certain and wrong.
    step : int from 0 to 500, default 0
        How many steps have been taken.
    selected : int, default 3
        Index of the point whose p − y is shown.
    url_state : bool or None, default None
        Whether this widget keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    weights : list of 3 lists
        A row for each coordinate and the bias, a column for each class. Read-only, as are the following.
    loss_value : float
        The mean loss, of the kind that is shown.
    accuracy : float
        Share of the points that are on the right side.
    slope : float
        The largest entry of the gradient, by absolute value.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> PlaneTrainer(step=100).accuracy > PlaneTrainer().accuracy
    True
    """

    points = Points(_points.round(2).tolist()).tag(sync=True)
    labels = Labels(_labels.tolist()).tag(sync=True)
    rate = traitlets.Float(0.5).tag(sync=True)
    loss = traitlets.Enum(tuple(OBJECTIVES), "cross-entropy").tag(sync=True)
    start = traitlets.Enum(tuple(STARTS), "zero").tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    selected = traitlets.Int(3).tag(sync=True)
    weights: traitlets.List[list[float]] = traitlets.List(read_only=True).tag(sync=True)
    loss_value = traitlets.Float(read_only=True).tag(sync=True)
    accuracy = traitlets.Float(read_only=True).tag(sync=True)
    slope = traitlets.Float(read_only=True).tag(sync=True)

    def __init__(self, **kwargs: Any) -> None:
        """Set the traits together: points and labels need one length."""
        super().__init__(**kwargs)
        self._derive(None)

    @traitlets.validate("points", "labels")
    def _check_lengths(self, proposal: Bunch) -> Any:
        sizes = {name: len(getattr(self, name)) for name in ("points", "labels")}
        sizes[proposal.trait.name] = len(proposal.value)
        if sizes["points"] != sizes["labels"]:
            raise RefusedError(
                f"{sizes['points']} points and {sizes['labels']} labels; expected as many of both: "
                "set both with place(points, labels)"
            )
        return proposal.value

    @traitlets.validate("rate")
    def _check_rate(self, proposal: Bunch) -> Any:
        if not SLOWEST <= proposal.value <= FASTEST:  # nan fails too
            raise RefusedError(f"rate is {proposal.value:g}; expected {SLOWEST:g} to {FASTEST:g}")
        return proposal.value

    @traitlets.validate("step")
    def _check_step(self, proposal: Bunch) -> Any:
        if not 0 <= proposal.value <= MOST_STEPS:
            raise RefusedError(f"step is {proposal.value}; expected 0 to {MOST_STEPS}")
        return proposal.value

    @traitlets.validate("selected")
    def _check_selected(self, proposal: Bunch) -> Any:
        if not 0 <= proposal.value < MOST:
            raise RefusedError(f"selected is {proposal.value}; expected the index of a point, from 0")
        return proposal.value

    @traitlets.observe("points", "labels", "rate", "loss", "start", "step", "selected")
    def _derive(self, _change: Bunch | None) -> None:
        here = self.path()[-1]
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            self.set_trait("weights", here.weights.tolist())
            self.set_trait("loss_value", here.loss)
            self.set_trait("accuracy", self._right(here) / len(self.points))
            self.set_trait("slope", here.slope)
            self.selected = min(self.selected, len(self.points) - 1)

    def place(self, points: ArrayLike, labels: ArrayLike) -> None:
        """Set points and labels together.

        Parameters
        ----------
        points, labels
            As the parameters of the class.

        Examples
        --------
        >>> trainer = PlaneTrainer()
        >>> trainer.place([[0, 1], [-1, 0], [1, 0], [0, 0]], [0, 1, 2, 2])
        >>> len(trainer.points)
        4
        """
        with self.hold_trait_notifications():
            self.points, self.labels = points, labels

    def path(self, loss: str | None = None) -> list[PlaneIterate]:
        """Weights, loss and largest gradient entry at the start and after each step.

        Parameters
        ----------
        loss : {"cross-entropy", "squared error"}, optional
            By default, the one that is shown.

        Returns
        -------
        list of softmaxlab.lessons.plane_regression.PlaneIterate
            Of ``step + 1``.

        Examples
        --------
        >>> len(PlaneTrainer(step=20).path("squared error"))
        21
        """
        points, labels = tuple(map(tuple, self.points)), tuple(self.labels)
        return _path(points, labels, loss or self.loss, self.rate, self.step, self.start)

    def _right(self, here: PlaneIterate) -> int:
        """How many points are on the right side."""
        share = accuracy(logits_of(here.weights, np.array(self.points)), self.labels)
        return round(share * len(self.points))

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        paths = {loss: self.path(loss) for loss in OBJECTIVES}
        here, points = paths[self.loss][-1], np.array(self.points)
        chosen = np.argmax(logits_of(here.weights, points), axis=1).tolist()
        marks = "".join(
            draw.point(spot, label, label != guess, i == self.selected)
            for i, (spot, label, guess) in enumerate(zip(self.points, self.labels, chosen, strict=True))
        )
        spot, label = self.points[self.selected], self.labels[self.selected]
        at = pushes(here.weights, spot, label)
        plane = draw.plane(here.weights, spot, at[self.loss], marks, REACH)
        results: tuple[tuple[str, Callable[[PlaneIterate], str]], ...] = (
            ("loss", lambda here: _formatting.decimals(here.loss)),
            ("right", lambda here: f"{self._right(here)} / {len(points)}"),
            ("max slope", lambda here: _formatting.decimals(here.slope)),
        )
        numbers = "".join(
            f'<span class="pt-caption">{name}</span>'
            + "".join(f'<span class="sl-value pt-number">{text(path[-1])}</span>' for path in paths.values())
            for name, text in results
        )
        steering, buttons = (
            "".join(f'<span class="sl-button">{text}</span>' for text in texts) for texts in (STEERING, BUTTONS)
        )
        knob = math.log10(self.rate / SLOWEST) / math.log10(FASTEST / SLOWEST)
        return f"""
<div class="sl-widget pt is-still" role="img" aria-label="{html.escape(self._described(paths))}">
<div class="pt-main"><div class="pt-left">{plane}
<div class="pt-add"><span class="pt-caption">new point</span>{draw.classes()}
<span class="sl-value pt-count">{len(points)} of {MOST}</span></div></div>
<div class="pt-right"><div class="pt-rate"><span class="pt-caption">learning rate</span>
{still_parts.field(self.rate)}{still_parts.slider(knob)}</div>
<div class="pt-row"><span class="pt-caption">start</span>{draw.options(STARTS.values(), STARTS[self.start])}</div>
<div class="pt-steer">{steering}</div>
<div class="pt-numbers"><span class="pt-caption">shown</span>{draw.options(OBJECTIVES, self.loss)}{numbers}
<span class="pt-caption">curve</span><span class="pt-key"></span><span class="pt-key is-squared"></span></div>
{draw.trace(paths, self.step)}</div></div>
<div class="pt-panel">{draw.which(self.selected, spot, label)}
{draw.pulls(at, self.loss)}</div>
<p class="pt-why">{marked_up(explanation(self, self.path(), self._right(here)))}</p>
<noscript><p class="pt-hint">This is a picture. With JavaScript on, you can train it.</p></noscript>
<div class="pt-tools">{buttons}</div></div>"""

    def _described(self, paths: Mapping[str, Sequence[PlaneIterate]]) -> str:
        """Say the whole picture in words, for whoever can't see it."""
        counts = ", ".join(f"{self.labels.count(k)} of class {k}" for k in range(CLASSES))
        losses = ". ".join(
            f"{name.capitalize()}: loss {_formatting.decimals(path[-1].loss)}, "
            f"{self._right(path[-1])} of {len(self.points)} points right"
            for name, path in paths.items()
        )
        return (
            f"A plane with {len(self.points)} points, {counts}. Softmax regression at learning rate "
            f"{_formatting.plain(self.rate)}, step {self.step}, from {STARTS[self.start]}. {losses}."
        )
