"""Which claims of the book are chains of equations, known without proving them: a collection of tests takes seconds."""

from softmaxlab.proofs.catalogue import CATALOGUE
from softmaxlab.proofs.checking.compiled import key_of
from softmaxlab.proofs.claim import Claim
from softmaxlab.proofs.language.names import names_in


def plain(claim):
    """Say whether it speaks of scores and targets alone."""
    return {key_of(thing) for thing in names_in(*claim.lines).values()} <= {"a", "y"}


CHAINS = [
    label for label, claim in CATALOGUE.items() if isinstance(claim, Claim) and claim.n is None and claim.gap is None
]
PLAIN = [label for label in CHAINS if plain(CATALOGUE[label])]
