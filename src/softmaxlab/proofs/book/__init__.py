"""Every equation of the book that the engine proves, by its label."""

from functools import cache

from . import batch, concrete, confidence, differences, jacobian, loss, softmax, training

CATALOGUE = {
    **softmax.CATALOGUE,
    **jacobian.CATALOGUE,
    **loss.CATALOGUE,
    **batch.CATALOGUE,
    **confidence.CATALOGUE,
    **concrete.CATALOGUE,
    **training.CATALOGUE,
    **differences.CATALOGUE,
}


@cache
def proof_of(label):
    """Return the proof of a labelled equation; it is worked out once per process."""
    if label not in CATALOGUE:
        raise ValueError(f"no proof is held for {label!r}: the labels are {', '.join(sorted(CATALOGUE))}")
    return CATALOGUE[label]().named(label)
