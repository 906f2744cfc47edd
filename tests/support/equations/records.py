"""What a check records about its equation, in its own words and in those of its marker.

The marker `@pytest.mark.equation("eq-...")` says what the display is, where it is no plain claim, and how far the check
speaks for it:

kind="definition"
    The display gives a name its meaning. The check compares the package's function with it.
kind="wish"
    The display asks for something. The check shows that what the chapter finds grants it.
kind="consequence", source="eq-..."
    The display follows from another one. The check takes that step; a check of the converse does not.
given="..."
    What the check presupposes and the display need not say.
part="..."
    What the check covers, where that is not all of the display.
"""

from dataclasses import asdict, dataclass, field

import numpy as np
import pytest

from softmaxlab.proofs import Proof
from softmaxlab.proofs.language.indexing import children, unfold
from softmaxlab.proofs.language.terms import Defined, Entry, Scalar

KINDS = {None, "definition", "wish", "consequence"}


@dataclass
class Record:
    """What one check did for its equation."""

    proof: str | None = None  # how far a proof reaches: "proved for all N"
    rejected: str | None = None  # the verdict on a misprint
    exact: bool = False
    because: str = ""  # why an exact check speaks for more than the sizes it tried
    letter: str = "N"  # what the sizes count
    sizes: list[int] = field(default_factory=list)
    cases: int = 0
    worst: float = 0.0  # largest error, relative to the largest entry
    given: list[str] = field(default_factory=list)
    part: str = ""

    def proved(self, proof):
        """A proof of `softmaxlab.proofs` was found; it says for which N, of what part, and what it presupposes."""
        assert proof.steps
        self.proof, self.part = proof.badge, getattr(proof, "part", "")
        self.given = [*hypotheses(proof)]

    def for_every(self, letter, because):
        """An exact argument holds for every value of this letter, which was a symbol in it."""
        self.proof, self.because = f"proved for all {letter}", because

    def refused(self, error):
        """The prover refused a misprint: it found a counterexample, or the formula means nothing as written."""
        self.rejected = (
            "refuted by a counterexample" if hasattr(error, "counterexample") else "means nothing as written"
        )

    def exactly(self, n=None, *, of="N", because=""):
        """An exact check passed: for n classes, or, `because` of what it says, without a number to count."""
        if n is None and not because:
            raise ValueError("exactly() says neither for which number of classes nor why none is needed: because='...'")
        self.exact, self.letter, self.because = True, of, because
        if n is not None:
            self.sizes.append(int(n))

    def close(self, actual, expected, rtol=1e-13, atol=0.0):
        """Assert that floats agree, as `numpy.testing.assert_allclose` does, and record how closely."""
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)
        actual, expected = np.asarray(actual, dtype=float), np.asarray(expected, dtype=float)
        scale = np.max(np.abs(expected), initial=0.0) or 1.0  # zeros have no size to compare with
        self.worst = max(self.worst, float(np.max(np.abs(actual - expected), initial=0.0) / scale))
        self.cases += 1

    def held(self):
        """A statement held for one more case: a bound, or an equality that leaves nothing to measure."""
        self.cases += 1


def hypotheses(proof):
    """What a proof presupposes, as words; one worked out for one N after the other presupposes nothing."""
    if not isinstance(proof, Proof):
        return []
    claims = [repr(claim) for claim in proof.given]
    return claims + sorted(f"{name} > 0" for name in set(positive_names(proof.lhs, proof.rhs)))


def positive_names(*formulas):
    """Names that formulas take to be positive, such as the λ one divides by."""
    for formula in formulas:
        if isinstance(formula, Defined):
            yield from positive_names(unfold(formula))
        elif isinstance(formula, Entry) and formula.args[0].positive:
            yield formula.args[0].name
        elif isinstance(formula, Scalar) and formula.args[1]:
            yield formula.args[0]
        else:
            yield from positive_names(*children(formula))


def said_by(marker):
    """What a marker says of its display; a word it does not know is an error."""
    (label,) = marker.args
    words = {"kind": None, "source": None, "given": "", "part": ""}
    unknown = marker.kwargs.keys() - words.keys()
    said = words | marker.kwargs
    if unknown or said["kind"] not in KINDS or (said["kind"] == "consequence") != bool(said["source"]):
        raise pytest.UsageError(f"{label}: the marker says {marker.kwargs}; see tests/support/equations/records.py")
    return {"label": label, **said}


def joined(marked, record):
    """One record as JSON holds it: what the marker says of the display, and what the check did."""
    did = asdict(record)
    did["given"] += [marked["given"]] if marked["given"] else []
    return {**did, **marked, "given": did["given"], "part": marked["part"] or did["part"]}
