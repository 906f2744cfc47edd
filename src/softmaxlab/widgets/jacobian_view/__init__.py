"""JacobianView: the table of all derivatives of softmax, its product with a direction, and its null space."""

import html
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray
from traitlets import Bunch

from softmaxlab import _formatting
from softmaxlab._core.arrays import numbers_or_none
from softmaxlab.softmax import softmax, softmax_jacobian, softmax_jvp
from softmaxlab.widgets._runtime.base import RefusedError, Widget
from softmaxlab.widgets.jacobian_view import picture
from softmaxlab.widgets.logit_explorer import COLDEST, HOTTEST, MOST, LogitsTrait


class _Tangent(traitlets.TraitType[list[float], Any]):
    """A row of floats from −1 to 1; arrays and tuples are taken too."""

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Turn `value` into a list of floats, or say what is wrong with it."""
        given = numbers_or_none(value)
        if given.dtype.hasobject or given.ndim != 1:
            raise RefusedError(f"tangent is {value!r}; expected one row of numbers: write tangent=[1, 0, 0]")
        tangent = given.astype(float)
        if not np.all(np.abs(tangent) <= 1):  # nan fails too
            raise RefusedError(
                f"tangent is {tangent.tolist()}; expected numbers from -1 to 1: divide it by its largest "
                "absolute value, which changes the length of the push, not its direction"
            )
        numbers: list[float] = (tangent + 0).tolist()  # + 0 turns -0.0 into 0.0
        return numbers


class JacobianView(Widget, front_end="jacobian_view"):
    """The Jacobian diag(p) − p pᵀ as a table to touch, and Jv for a direction v, for 2 to 10 classes.

    Parameters
    ----------
    logits : list of 2 to 10 floats from −1000 to 1000
        One score for each class. Arrays are taken; to change one logit, assign a new list.
    temperature : float from 0.1 to 10, default 1
        The logits are divided by it before everything else. It has no slider here: link it to an explorer's.
    tangent : list of floats from −1 to 1, one a class, default [1, 0, …]
        The direction v of the push. If `logits` becomes longer or shorter, so does it; what is new is 0.
    cell : pair of int, default (1, 0)
        Row i and column j of the entry ∂p_i/∂a_j whose formula is shown.
    labels : list of str, default []
        Names of the classes; a class without one is called "class i".
    url_state : bool or None, default None
        Whether this view keeps its state in the address of a static page. None: if it is the first there. Where
        two linked widgets would both keep the logits there, set it to False for one of them.

    Attributes
    ----------
    probs : list of float
        ``softmax(logits / temperature)``. Read-only, as the next three are: they follow the traits above.
    jacobian : list of lists of float
        ``softmax_jacobian(logits / temperature)``: the derivatives with respect to logits / temperature.
    jvp : list of float
        ``softmax_jvp(logits / temperature, tangent)``: how fast each probability moves along `tangent`.
    eigenvalues : list of float
        Those of `jacobian`, from the smallest up.

    Raises
    ------
    RefusedError
        A TraitError and a ValueError: for a value that is not as described. The state stays as it was.
        A value of another type, or a name that is not listed, raises a plain traitlets.TraitError.

    Examples
    --------
    >>> view = JacobianView(logits=[0, 0])
    >>> view.jacobian, view.jvp
    ([[0.25, -0.25], [-0.25, 0.25]], [0.25, -0.25])
    """

    logits = LogitsTrait([2.0, 1.0, 0.1]).tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    tangent = _Tangent().tag(sync=True)
    cell = traitlets.Tuple(traitlets.Int(), traitlets.Int(), default_value=(1, 0)).tag(sync=True)
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    probs = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    jacobian = traitlets.List(traitlets.List(traitlets.Float()), read_only=True).tag(sync=True)
    jvp = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)
    eigenvalues = traitlets.List(traitlets.Float(), read_only=True).tag(sync=True)

    @traitlets.default("tangent")
    def _first_class(self) -> list[float]:
        return [1.0] + [0.0] * (len(self.logits) - 1)

    @traitlets.validate("temperature")
    def _check_temperature(self, proposal: Bunch) -> Any:
        if not COLDEST <= proposal.value <= HOTTEST:  # nan fails too
            raise RefusedError(f"temperature is {proposal.value:g}; expected {COLDEST:g} to {HOTTEST:g}")
        return proposal.value

    @traitlets.validate("tangent")
    def _check_tangent(self, proposal: Bunch) -> Any:
        # What comes together is checked together, after all of it is set: see LogitExplorer.
        if len(proposal.value) != len(self.logits):
            raise RefusedError(
                f"tangent has {len(proposal.value)} numbers; expected {len(self.logits)}, one for each logit: "
                "for more classes, set logits first"
            )
        return proposal.value

    @traitlets.validate("cell")
    def _check_cell(self, proposal: Bunch) -> Any:
        if not all(0 <= index < len(self.logits) for index in proposal.value):
            raise RefusedError(
                f"cell is {proposal.value}; expected a row and a column from 0 to {len(self.logits) - 1}"
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

    @traitlets.default("jacobian")
    def _jacobian(self) -> list[list[float]]:
        jacobian: list[list[float]] = softmax_jacobian(self._scaled()).tolist()
        return jacobian

    @traitlets.default("jvp")
    def _jvp(self) -> list[float]:
        jvp: list[float] = softmax_jvp(self._scaled(), self.tangent).tolist()
        return jvp

    @traitlets.default("eigenvalues")
    def _eigenvalues(self) -> list[float]:
        eigenvalues: list[float] = np.linalg.eigvalsh(softmax_jacobian(self._scaled())).tolist()
        return eigenvalues

    def _scaled(self) -> NDArray[np.float64]:
        return np.array(self.logits) / self.temperature

    @traitlets.observe("logits", "temperature", "tangent")
    def _derive(self, _change: Bunch) -> None:
        count = len(self.logits)
        with self.hold_sync(), self.hold_trait_notifications():  # one message, and no observer sees half of it
            if len(self.tangent) != count:
                self.tangent = (self.tangent + [0.0] * count)[:count]
            self.cell = tuple(min(index, count - 1) for index in self.cell)
            for name in ("probs", "jacobian", "jvp", "eigenvalues"):
                self.set_trait(name, getattr(self, f"_{name}")())

    def name_of(self, index: int) -> str:
        """Name of a class: its label, or "class i"."""
        named = index < len(self.labels) and self.labels[index]
        return named or f"class {index}"

    def still(self) -> str:
        """Picture of the present state: the live widget's own layout, without its controls."""
        names = [self.name_of(i) for i in range(len(self.logits))]
        heads = [str(i) if name == f"class {i}" else name for i, name in enumerate(names)]
        corners = heads[:]
        names, heads = ([html.escape(text) for text in texts] for texts in (names, heads))
        by_table = (np.array(self.jacobian) @ self.tangent).tolist()
        sizes = f"n-{len(names)} " + ("is-few" if len(names) <= 5 else "is-many")
        triangle = ""
        if len(names) == 3:
            curve = softmax(self._scaled() + picture.steps(self._scaled(), self.tangent)[:, None] * self.tangent)
            step = softmax(self._scaled() + self.tangent)
            triangle = picture.triangle(
                corners, np.array(self.probs), np.array(self.jvp), curve, step, self.temperature
            )
        rows = "".join(map(picture.score, names, range(len(names)), self.logits, self.probs, [self.cell] * len(names)))
        pushes = "".join(map(picture.push, names, range(len(names)), self.tangent, by_table, self.jvp))
        average = _formatting.signed(picture.settled(float(np.dot(self.probs, self.tangent))))
        gap = float(np.max(np.abs(np.subtract(by_table, self.jvp))))
        return f"""
<div class="sl-widget jv is-still {sizes}" role="group" aria-label="The Jacobian of softmax">
<div class="jv-top"><div class="jv-scores">{picture.SCORES_HEAD}{rows}</div>
{picture.table(heads, names, self.jacobian, self.cell)}</div>
{picture.entry(names, self.probs, self.jacobian, self.cell)}
<div class="jv-push"><div class="jv-pushes">{picture.pushes_head(average)}{pushes}</div>{triangle}</div>
{picture.eigenvalues(self.eigenvalues)}
<p class="jv-hint">{picture.hint(gap, self.temperature)}
<noscript>This is a picture. With JavaScript on, you can drag it.</noscript></p>
{picture.BUTTONS}</div>"""
