"""Hypotheses as rewriting rules: an equation becomes "this atom may be replaced by that"."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from ..language.errors import Undecided
from ..language.indexing import free_indices, substitute
from ..language.terms import Delta, Entry, Exp, Index, Scalar, Term, Total
from ..language.vocabulary import Eq
from . import polynomials as poly
from .normal import Normalizer
from .polynomials import Polynomial

PREFERRED = (Delta, Total, Exp, Entry, Scalar)  # what to solve a hypothesis for, best first


class Rules:
    """Hypotheses, each solved for an atom; a Normalizer asks them about every atom it meets."""

    def __init__(self, given: Iterable[Eq]) -> None:
        """Solve the hypotheses; `used` collects those that were applied."""
        self.solved = [(equation, *solve(equation)) for equation in given]
        self.used: dict[Eq, bool] = {}

    def __call__(self, normalizer: Normalizer, atom: Term) -> Polynomial | None:
        """Return the polynomial that may stand for an atom, or None."""
        for equation, pattern, value in self.solved:
            if type(pattern) is not type(atom):
                continue
            for mapping in matches(equation.universal, atom):
                if substituted(pattern, mapping) != atom:
                    continue
                new = substitute(value, mapping)
                if atom not in atoms_of(Normalizer()(new)):  # e^{a_i} = e^{a_i} p_i / p_i would go in circles
                    self.used[equation] = True
                    return normalizer(new)
        return None


def matches(universal: Sequence[Index], atom: Term) -> Iterator[dict[Index, Index]]:
    """Yield every way to give values to the universal indices of a hypothesis: the indices free in the atom."""
    candidates = [[i for i in free_indices(atom) if i.size == u.size] for u in universal]
    for choice in product(*candidates):
        yield dict(zip(universal, choice, strict=True))


def substituted(pattern: Term, mapping: dict[Index, Index]) -> Term | None:
    """Return the atom that a pattern is at some indices."""
    if not mapping:
        return pattern
    atom, _ = poly.single(Normalizer()(substitute(pattern, mapping)))
    return atom


def solve(equation: Eq) -> tuple[Term, Term]:
    """Return (atom, term): the equation solved for one atom that occurs once, alone and linearly."""
    normal = Normalizer()
    try:
        difference = poly.minus(normal(equation.lhs), normal(equation.rhs))
    except TypeError:
        raise Undecided(f"the hypothesis {equation!r} holds a derivative: work it out first") from None
    for kind in PREFERRED:
        for monomial, coefficient in difference.items():
            if len(monomial) != 1 or monomial[0][1] != 1 or not isinstance(monomial[0][0], kind):
                continue
            atom = monomial[0][0]
            rest = {m: c for m, c in difference.items() if m != monomial}
            if atom in atoms_of(rest):
                continue
            return atom, poly.to_term(poly.scaled(rest, -1 / coefficient))
    raise Undecided(
        f"the hypothesis {equation.lhs!r} = {equation.rhs!r} cannot be used as a rule: "
        "state it as one sum, or one name, equal to something else"
    )


def atoms_of(polynomial: Polynomial) -> set[Term]:
    """Return all atoms of a polynomial."""
    return {atom for monomial in polynomial for atom, _ in monomial}
