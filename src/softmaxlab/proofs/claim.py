"""What a display states, as data: it can be read and compared without proving it, and proved when asked.

>>> from softmaxlab.proofs import exp, indices, total, vector
>>> i, k = indices("i k")
>>> a = vector("a")
>>> claim = Claim(exp(a[i]) * exp(a[i]), exp(2 * a[i]), title="A square")
>>> claim.prove().badge
'proved for all N'
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, reduce
from operator import and_
from typing import TYPE_CHECKING

from .language.terms import Definition, Term, TermLike, Vector, term
from .language.vocabulary import Eq
from .proof import Proof

if TYPE_CHECKING:
    from .checking.measured import ConcreteProof, Work

SEVERAL = ("given", "via", "through", "using", "positive", "also", "where")


@dataclass(frozen=True)
class Claim:
    """Two sides that are said to be equal, and what the display says beside that.

    Parameters
    ----------
    lhs, rhs : Term
        The first and the last side of the displayed chain.
    given : tuple of Eq
        Hypotheses, displayed or of the text around.
    via : tuple of Term
        The displayed lines between.
    through : tuple of Term
        Lines between that a proof needs and no page displays; it passes them before those of `via`.
    using : tuple of Claim or Definition
        Derivatives to be taken for granted inside, which are proved on their own; and definitions through which the
        chain rule may go.
    positive : tuple of Term
        Values that the display says are positive.
    also : tuple of Claim
        What else the same display states, such as a second clause after a comma.
    title : str
        What to call the claim on the page.
    name : str, optional
        Its label in the book, or that of the entry which a lemma stands for.
    n : int, optional
        The number of classes, where the claim is about that N alone.
    part : str
        Which part of the display is proved, where it is not the whole.
    gap : Term, optional
        What the first side is larger by, where the first sign is ≥: a form that is seen not to be negative. It is
        added to the second line or, where that is a logarithm, inside it.
    where : tuple of (str, Term)
        Names that the display uses and the terms write out: ``("L", -log(p[y]))``.
    """

    lhs: Term
    rhs: Term
    given: tuple[Eq, ...] = ()
    via: tuple[Term, ...] = ()
    through: tuple[Term, ...] = ()
    using: tuple["Claim | Definition", ...] = ()
    positive: tuple[Term, ...] = ()
    also: tuple["Claim", ...] = ()
    title: str = ""
    name: str | None = None
    n: int | None = None
    part: str = ""
    gap: Term | None = None
    where: tuple[tuple[str, Term | Vector], ...] = ()

    if TYPE_CHECKING:

        def __init__(
            self,
            lhs: TermLike,
            rhs: TermLike,
            given: Iterable[Eq] = (),
            via: Iterable[TermLike] = (),
            through: Iterable[Term] = (),
            using: Iterable["Claim | Definition"] = (),
            positive: Iterable[Term] = (),
            also: Iterable["Claim"] = (),
            title: str = "",
            name: str | None = None,
            n: int | None = None,
            part: str = "",
            gap: Term | None = None,
            where: Iterable[tuple[str, Term | Vector]] = (),
        ) -> None:
            """Take numbers and lists too; `__post_init__` makes terms and tuples of them."""

    def __post_init__(self) -> None:
        """Let numbers be written as numbers, and several things as a list."""
        for side in ("lhs", "rhs"):
            object.__setattr__(self, side, term(getattr(self, side)))
        for several in SEVERAL:
            object.__setattr__(self, several, tuple(getattr(self, several)))
        object.__setattr__(self, "via", tuple(map(term, self.via)))

    @property
    def lines(self) -> tuple[Term, ...]:
        """The displayed chain, from its first side to its last."""
        return (self.lhs, *self.via, self.rhs)

    @property
    def relations(self) -> tuple[str, ...]:
        """The signs between the lines."""
        return ("=" if self.gap is None else "≥", *["="] * len(self.via))

    def named(self, name: str) -> "Claim":
        """Return the same claim under a name."""
        return replace(self, name=name)

    def prove(self) -> Proof:
        """Prove it, or raise what `softmaxlab.proofs.prove` raises.

        Returns
        -------
        Proof
            With the proofs of all that is claimed also.
        """
        from .bounds import prove_bound  # not before they are needed: SymPy takes longer to load than all claims
        from .language.grammar import check_names
        from .prover import prove

        check_names(*(line for claim in (self, *self.also) for line in claim.lines))
        if self.gap is not None:
            proof = prove_bound(
                self.lines, self.gap, self.given, self.name, through=self.through, positive=self.positive
            )
        else:
            using = [proved(one) if isinstance(one, Claim) else one for one in self.using]
            proof = prove(self.lhs, self.rhs, self.given, self.name, via=(*self.through, *self.via),
                          positive=self.positive, using=using, n=self.n)  # fmt: skip
        also = tuple(claim.prove() for claim in self.also)
        held = reduce(and_, (other.held for other in also), proof.held)
        return replace(proof, via=self.via, also=also, part=self.part, held=held, relations=self.relations)


@cache
def proved(claim: Claim) -> Proof:
    """Return the proof of a claim that others use; it is worked out once per process."""
    return claim.prove()


@dataclass(frozen=True)
class ConcreteClaim:
    """A claim that only a concrete N can carry, such as a limit: TeX, and the N at which SymPy works it out.

    Parameters
    ----------
    latex : str
        What is claimed.
    sizes : tuple of int
        Each N at which it is proved.
    work : callable
        Takes the sizes and returns the steps, `softmaxlab.proofs.checking.measured.ConcreteStep`.
    name : str, optional
        Its label in the book.
    """

    latex: str
    sizes: tuple[int, ...]
    work: "Work"
    name: str | None = None

    def named(self, name: str) -> "ConcreteClaim":
        """Return the same claim under a name."""
        return replace(self, name=name)

    def prove(self) -> "ConcreteProof":
        """Work it out at each N, or raise Refuted or Undecided.

        Returns
        -------
        ConcreteProof
        """
        from .checking.measured import concrete_proof  # as above

        return concrete_proof(self.latex, self.sizes, self.work, self.name)
