"""Identities between indexed formulas, proved for every N: state them, prove them, or see them refuted.

>>> from softmaxlab.proofs import prove
>>> i, j, k = indices("i j k")
>>> a = vector("a")
>>> p = define("p", i, exp(a[i]) / total(exp(a[k]), k))
>>> proof = prove(derivative(p[i], a[j]), p[i] * (delta(i, j) - p[j]))
>>> proof.badge
'proved for all N'
>>> prove(derivative(p[i], a[j]), p[i] * (delta(i, j) + p[j]))
Traceback (most recent call last):
    ...
softmaxlab.proofs.language.errors.Refuted: ∂p_i/∂a_j = p_i(δ_ij + p_j) is false.
At N = 2, i = 1, j = 1, a_1 = log(2), a_2 = 0: left 2/9, right 10/9.
Difference: -8/9.
Left − right, i = j: −2 p_i²
Left − right, i ≠ j: −2 p_i p_j

How it works, in reading order: in `language`, `terms` (what a formula is), `vocabulary` (how you write one) and
`grammar` (what is refused); in `rewriting`, `calculus`, `passes` and `sum_passes` (one rewriting idea each), `normal`,
`polynomials` and `sums` (the normal form, by which equality is decided) and `narrate` (which pass runs when); in
`checking`, `refute`, `concrete` and `points` (the independent route through ordinary SymPy calculus); and `prover`
(all of it together).
"""

from typing import TYPE_CHECKING

from . import _sympy_cache  # noqa: F401  (before anything imports SymPy)
from .claim import Claim, ConcreteClaim
from .language.errors import IllTyped, ProofError, Refuted, Undecided
from .language.vocabulary import (
    Eq,
    N,
    apart,
    define,
    delta,
    derivative,
    every,
    exp,
    indices,
    log,
    matrix,
    scalar,
    size,
    total,
    vector,
)
from .printing.lettering import canonical, same
from .proof import Proof

if TYPE_CHECKING:
    from .prover import prove


def __getattr__(name: str) -> object:
    """Load the prover, and SymPy with it, when it is asked for: claims can be read without."""
    if name == "prove":
        from .prover import prove

        return prove
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "Claim",
    "ConcreteClaim",
    "Eq",
    "IllTyped",
    "N",
    "Proof",
    "ProofError",
    "Refuted",
    "Undecided",
    "apart",
    "canonical",
    "define",
    "delta",
    "derivative",
    "every",
    "exp",
    "indices",
    "log",
    "matrix",
    "prove",
    "same",
    "scalar",
    "size",
    "total",
    "vector",
]
