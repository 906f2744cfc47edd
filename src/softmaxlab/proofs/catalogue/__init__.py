"""Every equation of the book that the engine proves, by its label. To load it proves nothing."""

from functools import cache
from typing import TYPE_CHECKING

from ..claim import Claim, ConcreteClaim
from ..proof import Proof
from . import batch, confidence, differences, jacobian, loss, softmax, training

if TYPE_CHECKING:
    from ..checking.measured import ConcreteProof

_CLAIMS: dict[str, Claim | ConcreteClaim] = {
    **softmax.CATALOGUE,
    **jacobian.CATALOGUE,
    **loss.CATALOGUE,
    **batch.CATALOGUE,
    **confidence.CATALOGUE,
    **training.CATALOGUE,
    **differences.CATALOGUE,
}
CATALOGUE = {label: claim.named(label) for label, claim in _CLAIMS.items()}


def claim_of(label: str) -> Claim | ConcreteClaim:
    """Return what is claimed under a label, unproved."""
    if label not in CATALOGUE:
        raise ValueError(f"no proof is held for {label!r}: the labels are {', '.join(sorted(CATALOGUE))}")
    return CATALOGUE[label]


@cache
def proof_of(label: str) -> "Proof | ConcreteProof":
    """Return the proof of a labelled equation; it is worked out once per process."""
    return claim_of(label).prove()
