"""InformationBars: two distributions, and entropy + divergence = cross-entropy as lengths that add."""

import html
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab.learning.scoring_rules import cross_entropy_terms, entropy, kl_divergence
from softmaxlab.widgets._runtime import still_parts
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets._runtime.vectors import Shares, fitted, price

FEWEST, MOST = 2, 6  # classes
COINS = {"nats": 1.0, "bits": math.log(2)}  # worth of one unit, in nats
REACH = 3.0  # nats that the lengths have room for; doubled as often as needed
NOISE = 1e-14  # nats: below that a sum of six terms near 1 is rounding
BUTTONS = "Swap y and p", "Reset", "Random", "Remove class", "Add class", "Copy link"


class InformationBars(Widget, front_end="information_bars"):
    """Two distributions as bars to drag, and the lengths H(y) + KL(y‖p) = H(y, p), for 2 to 6 classes.

    Parameters
    ----------
    targets : list of 2 to 6 floats ≥ 0 with sum 1
        The truth y. Arrays are taken; to change one entry, assign a new list.
    probs : list of 2 to 6 floats ≥ 0 with sum 1
        The forecast p. If one of the two is set to a new number of classes, the other follows: new classes get 0,
        and what removed ones had goes to the rest in proportion.
    unit : {"nats", "bits"}, default "nats"
        In what the picture counts. The attributes below are in nats all the same.
    labels : list of str, default []
        Names of the classes; a class without one is called "class i".
    url_state : bool or None, default None
        Whether it keeps its state in the address of a static page. None: if it is the first of its kind there.

    Attributes
    ----------
    entropy : float, in nats
        H(y). Read-only, as `kl` and `loss` are: they follow the traits above.
    kl : float, in nats
        KL(y‖p); inf if p is 0 for a class for which y is not.
    loss : float, in nats
        The cross-entropy H(y, p).

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> bars = InformationBars(targets=[1, 0], probs=[0.5, 0.5])
    >>> bars.entropy, bars.kl == bars.loss == math.log(2)
    (0.0, True)
    """

    targets = Shares([0.6, 0.2, 0.15, 0.05], FEWEST, MOST).tag(sync=True)
    probs = Shares([0.1, 0.6, 0.2, 0.1], FEWEST, MOST).tag(sync=True)
    unit = traitlets.Unicode("nats").tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    entropy = price()
    kl = price()
    loss = price()

    def __init__(self, **kwargs: Any) -> None:
        """Set the traits together: both distributions, where given, need one length."""
        super().__init__(**kwargs)
        given = [len(kwargs[name]) for name in ("targets", "probs") if name in kwargs]
        if len(set(given)) == 2:
            raise RefusedError(f"targets has {given[0]} entries and probs {given[1]}; expected as many in both")

    @traitlets.validate("unit")
    def _check_unit(self, proposal: Bunch) -> Any:
        if proposal.value not in COINS:
            raise RefusedError(f'unit is {proposal.value!r}; expected "nats" or "bits"')
        return proposal.value

    @traitlets.validate("labels")
    def _check_labels(self, proposal: Bunch) -> Any:
        if len(proposal.value) > MOST:
            raise RefusedError(f"labels has {len(proposal.value)} names; expected at most {MOST}")
        return proposal.value

    @traitlets.default("entropy")
    def _entropy(self) -> float:
        return float(entropy(self.targets))

    @traitlets.default("kl")
    def _kl(self) -> float:
        return _divergence(self.targets, self.probs)

    @traitlets.default("loss")
    def _loss(self) -> float:
        return float(np.sum(cross_entropy_terms(self.targets, self.probs)))

    @traitlets.observe("targets", "probs")
    def _derive(self, change: Bunch) -> None:
        if len(self.targets) != len(self.probs):
            other = {"targets": "probs", "probs": "targets"}[change["name"]]
            setattr(self, other, fitted(getattr(self, other), len(change["new"])))  # calls this method again
            return
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            self.set_trait("entropy", self._entropy())
            self.set_trait("kl", self._kl())
            self.set_trait("loss", self._loss())

    def name_of(self, index: int) -> str:
        """Name of a class: its label, or "class i"."""
        named = index < len(self.labels) and self.labels[index]
        return named or f"class {index}"

    def _priced(self, nats: float) -> str:
        return price_text(nats, self.unit)

    def _described(self) -> str:
        """Say the whole picture in words, for whoever can't see it."""
        pairs = ", ".join(
            f"{self.name_of(i)}: y {share_text(y)}, p {share_text(p)}"
            for i, (y, p) in enumerate(zip(self.targets, self.probs, strict=True))
        )
        prices = [self._priced(nats).replace("∞", "infinite") for nats in (self.entropy, self.kl, self.loss)]
        return (
            f"Truth y and forecast p. {pairs}. Entropy of y {prices[0]}, divergence of p from y {prices[1]}, "
            f"cross-entropy {prices[2]} {self.unit}."
        )

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        swapped = [float(entropy(self.probs)), _divergence(self.probs, self.targets)]
        terms = cross_entropy_terms(self.targets, self.probs).tolist()
        reach, doublings = _reach([self.entropy, self.loss, swapped[0], sum(swapped)])
        end = min(1.0, self.loss / reach)
        marks = (mark * COINS[self.unit] / REACH for mark in range(5))
        ticks = (
            f'<span class="ib-tick" style="--at: {at!r}">{mark * 2**doublings}</span>'
            for mark, at in enumerate(marks)
            if at <= 1
        )
        units = (f'<span class="ib-unit{" is-on" * (u == self.unit)}"><span>{u}</span></span>' for u in COINS)
        lines = (
            _line("split", "<i>H</i>(<i>y</i>) + KL", _segments([self.entropy, self.kl], reach)),
            _line("whole", "<i>H</i>(<i>y</i>, <i>p</i>)", _segments(terms, reach, colored=True)),
            _line("swapped", "swapped", _segments(swapped, reach)),
        )
        # Unseen: they hold the place of the live widget's buttons, so that nothing jumps when it comes.
        buttons = "".join(f'<span class="sl-button">{text}</span>' for text in BUTTONS)
        return f"""
<div class="sl-widget ib is-still" role="img" aria-label="{html.escape(self._described())}">
<div class="ib-top"><div class="ib-sum">{self._term("entropy", "<i>H</i>(<i>y</i>)", self.entropy)}
<span class="ib-sign">+</span>{self._term("kl", "KL(<i>y</i>‖<i>p</i>)", self.kl)}
<span class="ib-sign">=</span>{self._term("loss", "<i>H</i>(<i>y</i>, <i>p</i>)", self.loss)}</div>
<div class="ib-units">{"".join(units)}</div></div>
<div class="ib-stack">{"".join(lines)}
<div class="ib-line ib-axis"><span class="ib-caption">{self.unit}</span>
<div class="ib-ticks">{"".join(ticks)}</div></div>
<svg class="ib-end" viewBox="0 0 1 1" preserveAspectRatio="none"><line x1="{end}" x2="{end}" y2="1"/></svg></div>
<div class="ib-classes">{"".join(map(self._class_picture, range(len(self.targets))))}</div>
<p class="ib-hint"><noscript>This is a picture. With JavaScript on, you can drag it.</noscript></p>
<div class="ib-tools">{buttons}</div></div>"""

    def _term(self, name: str, caption: str, nats: float) -> str:
        return (
            f'<div class="ib-term ib-{name}"><span class="sl-value ib-{name}-value">{self._priced(nats)}</span>'
            f'<span class="ib-caption">{caption}</span></div>'
        )

    def _class_picture(self, index: int) -> str:
        """One class of the still: what classView in widget.js builds, without controls."""
        rows = "".join(
            f'<div class="ib-share ib-{letter}"><i>{letter}</i>'
            f"{still_parts.slider(share, 0)}{still_parts.field(share_text(share))}</div>"
            for letter, share in (("y", self.targets[index]), ("p", self.probs[index]))
        )
        name = html.escape(self.name_of(index))
        return (
            f'<div class="ib-class" style="--c: var(--sl-c{index})"><span class="ib-name">{name}</span>'
            f'<div class="ib-pair">{rows}</div></div>'
        )


def share_text(share: float) -> str:
    """A share in three decimals; a small one keeps its size, written as a reader could type it.

    >>> share_text(1 / 3), share_text(1e-7 / 3)
    ('0.333', '3.3e-8')
    """
    return f"{share:.1e}".replace("e-0", "e-") if 0 < share < 0.0005 else f"{share:.3f}"


def price_text(nats: float, unit: str) -> str:
    """A price in its unit, three decimals; ∞ where no number is large enough.

    >>> price_text(np.log(2), "bits"), price_text(np.inf, "nats"), price_text(3e-16, "nats")
    ('1.000', '∞', '0.000')
    """
    if nats == math.inf:
        return "∞"
    return _formatting.decimals(nats / COINS[unit]) if nats >= NOISE else "0.000"


def _divergence(targets: Sequence[float], probs: Sequence[float]) -> float:
    return max(0.0, float(kl_divergence(targets, probs)))  # rounding may leave −1e-17


def _reach(prices: Sequence[float]) -> tuple[float, int]:
    """Nats that the lengths need room for, as REACH doubled so many times."""
    doublings = 0
    while max(price for price in prices if price < math.inf) > REACH * 2**doublings:
        doublings += 1
    return REACH * 2**doublings, doublings


def _segments(lengths: Sequence[float], reach: float, colored: bool = False) -> tuple[str, bool]:
    """Lengths laid end to end, as rectangles in shares of the whole; what is infinite runs to the edge."""
    ends = [0.0, *(min(1.0, sum(lengths[: i + 1]) / reach) for i in range(len(lengths)))]
    color = (f' style="fill: var(--sl-c{i})"' if colored else "" for i in range(len(lengths)))
    return "".join(
        f'<rect class="ib-segment" x="{start!r}" width="{end - start!r}" height="1"{fill}/>'
        for start, end, fill in zip(ends, ends[1:], color, strict=False)
    ), math.inf in lengths


def _line(name: str, caption: str, segments: tuple[str, bool]) -> str:
    bars, is_endless = segments
    return (
        f'<div class="ib-line ib-{name}{" is-endless" * is_endless}"><span class="ib-caption">{caption}</span>'
        f'<div class="ib-track"><svg viewBox="0 0 1 1" preserveAspectRatio="none">{bars}</svg></div></div>'
    )
