"""What `prove` raises when it does not return a proof. All are ValueErrors, and each says what to do next."""


class ProofError(ValueError):
    """The claim was not proved; the three subclasses say why."""


class IllTyped(ProofError):  # noqa: N818  (a verdict)
    """The formula means nothing as written: an index clashes, escapes, or runs over the wrong range."""


class Undecided(ProofError):  # noqa: N818  (a verdict)
    """Neither a proof nor a counterexample was found: nothing is known."""


class Refuted(ProofError):  # noqa: N818  (a verdict)
    """The claim is false, and `counterexample` shows it at numbers small enough for pencil and paper.

    Attributes
    ----------
    counterexample : Counterexample
        N, the values, and both sides there, exactly.
    residuals : dict[str, Term]
        Left side minus right side for every N, one entry per case such as ``"i = j"`` and ``"i ≠ j"``.
    """

    def __init__(self, message, counterexample, residuals):
        """Keep the evidence beside the message."""
        super().__init__(message)
        self.counterexample = counterexample
        self.residuals = residuals


class Undefined(ArithmeticError):  # noqa: N818
    """Inside the engine: an expression divides by 0 or takes the logarithm of 0."""
