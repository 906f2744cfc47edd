"""What PlaneTrainer says about its state: the twin of explanation in widget.js."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

from softmaxlab import _formatting
from softmaxlab.lessons.plane_regression import PlaneIterate

NOISE = 1e-9  # of a loss that stays as it is
STALLED = 0.05  # if no gradient entry is larger, and half of the points are on the wrong side, training has stalled


class State(Protocol):
    """What is looked at of a PlaneTrainer."""

    @property
    def labels(self) -> list[int]:
        """The class of each point."""

    @property
    def loss(self) -> str:
        """The kind of loss that is shown."""

    @property
    def rate(self) -> float:
        """The learning rate."""

    @property
    def step(self) -> int:
        """How many steps have been taken."""

    @property
    def start(self) -> str:
        """Where training begins."""


def explanation(state: State, path: Sequence[PlaneIterate], right: int) -> str:
    """Say what is to be seen, in a sentence or two; *x* is italic.

    Parameters
    ----------
    state : object
        With labels, loss, rate, step and start, as PlaneTrainer has them.
    path : list of softmaxlab.lessons.plane_regression.PlaneIterate
        By the loss that is shown.
    right : int
        How many points are on the right side.
    """
    missing = [k for k in (0, 1, 2) if k not in state.labels]
    rises = sum(later.loss > before.loss * (1 + NOISE) for before, later in pairwise(path))
    count = len(state.labels)
    if rises:
        times = "once" if rises == 1 else f"{rises} times"
        return (
            f"The rate is too large: in {state.step} steps the loss rose {times}. A step that long lands beyond the "
            "valley. Still, nothing overflows, since no *p* − *y* exceeds 1."
        )
    is_squared = state.loss == "squared error"
    if missing and is_squared:
        return (
            f"Class {missing[0]} has no point of its own. By *J*(*p* − *y*), a point where the model is sure of a "
            "third class even pulls its arrow."
        )
    if missing:
        return (
            f"Class {missing[0]} has no point, so nothing pulls its score up. "
            "Every point pushes it down, for as long as you train."
        )
    first = _formatting.decimals(state.rate * path[0].slope)
    if state.step == 0 and state.start == "zero":
        return (
            "All weights are 0, so every class has *p* = 1/3 everywhere, and the plane has no color yet. "
            f"The first step will move a weight by {first} at most."
        )
    if state.step == 0:
        return (
            f"Each arrow is long and points to another class’s corner: "
            f"sure of itself, and right about {right} of {count}. The first step will move a weight by {first} at most."
        )
    if is_squared and path[-1].slope < STALLED and path[-1].loss > 0.5 and 2 * right < count:
        return (
            "Wrong, and hardly a slope to learn from: *p* − *y* is near its largest, but *J*(*p* − *y*) is almost 0. "
            "Squared error waits where it should hurry."
        )
    if right == count:
        return (
            "Every point is on its own side. The loss falls on: longer arrows are surer of the same answer, "
            "and each step pulls a little less."
        )
    if is_squared:
        return (
            "Each point pulls and pushes the arrows by *J*(*p* − *y*). That is small wherever the model is sure, "
            "right or wrong: a point that is surely wrong hardly pulls at all."
        )
    return (
        "Each point pulls the arrow of its own class toward itself, and pushes the other two away. "
        "Hollow points are on the wrong side: for their own class, *p* − *y* is −1/2 or lower."
    )
