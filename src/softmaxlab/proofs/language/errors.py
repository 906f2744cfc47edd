"""What `prove` raises when it does not return a proof. All are ValueErrors, and each says what to do next."""

from collections.abc import Mapping
from html import escape
from typing import Any

from .figures import figure
from .terms import Term
from .tex import tex


class ProofError(ValueError):
    """The claim was not proved; the three subclasses say why, and show themselves in a notebook as a Proof does."""

    verdict = "Not proved."

    def _repr_html_(self) -> str:
        return figure(f"<strong>{self.verdict}</strong> {escape(str(self))}", ())


class IllTyped(ProofError):  # noqa: N818  (a verdict)
    """The formula means nothing as written: an index clashes, escapes, or runs over the wrong range."""

    verdict = "Means nothing."


class Undecided(ProofError):  # noqa: N818  (a verdict)
    """Neither a proof nor a counterexample was found: nothing is known."""

    verdict = "Undecided."


class Refuted(ProofError):  # noqa: N818  (a verdict)
    """The claim is false, and `counterexample` shows it at numbers small enough for pencil and paper.

    Attributes
    ----------
    counterexample : Counterexample
        N, the values, and both sides there, exactly.
    residuals : dict[str, Term]
        Left side minus right side for every N, one entry per case such as ``"i = j"`` and ``"i ≠ j"``.
    """

    verdict = "Refuted."

    def __init__(self, message: str, counterexample: Any, residuals: Mapping[str, Term]) -> None:
        """Keep the evidence beside the message."""
        super().__init__(message)
        self.counterexample = counterexample
        self.residuals = residuals

    def _repr_html_(self) -> str:
        claim = str(self).partition("\n")[0]
        at = getattr(self.counterexample, "_repr_html_", str)()  # of a limit there is only the message
        lines = [(f"left − right, {case}", tex(residual)) for case, residual in self.residuals.items()]
        return figure(f"<strong>{self.verdict}</strong> {escape(claim)} {at}".strip(), lines)


class Undefined(ArithmeticError):  # noqa: N818  (what an expression is, not what went wrong)
    """Inside the engine: an expression divides by 0 or takes the logarithm of 0."""
