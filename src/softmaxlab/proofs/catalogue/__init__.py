"""Every equation of the book that the engine proves, by its label. To load it proves nothing."""

from functools import cache

from . import batch, confidence, differences, jacobian, loss, softmax, training

_CLAIMS = {
    **softmax.CATALOGUE,
    **jacobian.CATALOGUE,
    **loss.CATALOGUE,
    **batch.CATALOGUE,
    **confidence.CATALOGUE,
    **training.CATALOGUE,
    **differences.CATALOGUE,
}
CATALOGUE = {label: claim.named(label) for label, claim in _CLAIMS.items()}


def claim_of(label):
    """Return what is claimed under a label, unproved."""
    if label not in CATALOGUE:
        raise ValueError(f"no proof is held for {label!r}: the labels are {', '.join(sorted(CATALOGUE))}")
    return CATALOGUE[label]


@cache
def proof_of(label):
    """Return the proof of a labelled equation; it is worked out once per process."""
    return claim_of(label).prove()
