"""Letters for bound indices: from the depth names #1, #2, … of the normal form back to the k, l of the claim."""

from ..language.indexing import LETTERS, bound_indices, children, free_indices, rebuild, substitute
from ..language.layout import order
from ..language.terms import Add, Defined, Definition, Derivative, Index, Mul, Term, Total
from ..language.vocabulary import Eq


class Letters:
    """The letters of a claim, per range: those its own sums use come first; its free indices are never taken."""

    def __init__(self, *terms: Term) -> None:
        """Collect them."""
        self.taken = {i.name for t in terms for i in free_indices(t)}
        self.pools: dict[str, list[str]] = {}
        for index in sorted({i for t in terms for i in bound_indices(t)}, key=lambda i: i.key):
            if index.name not in self.taken:
                self.pools.setdefault(index.size.args[0], []).append(index.name)
                self.taken.add(index.name)

    def letter(self, index: Index, used: frozenset[str]) -> Index:
        """Return a letter of the range that no sum around it uses; a new one if there is none."""
        pool = self.pools.setdefault(index.size.args[0], [])
        for name in pool:
            if name not in used:
                return Index(name, index.size)
        pool.append(next(c for c in LETTERS if c not in self.taken))
        self.taken.add(pool[-1])
        return Index(pool[-1], index.size)

    def write(self, term: Term, used: frozenset[str] = frozenset()) -> Term:
        """Return a term with letters for its depth names, the outermost sum first."""
        if not isinstance(term, Total):
            return rebuild(term, [self.write(part, used) for part in children(term)])
        index, body, but = term.args
        letter = self.letter(index, used) if index.name.startswith("#") else index
        return Total(letter, self.write(substitute(body, {index: letter}), used | {letter.name}), but)


def by_depth(term: Term) -> Term:
    """Return a term as written, except that bound indices are named by depth."""
    term = rebuild(term, [by_depth(part) for part in children(term)])
    if not isinstance(term, Total):
        return term
    index, body, but = term.args
    depth = max((int(i.name[1:]) for i in bound_indices(body) if i.name.startswith("#")), default=0) + 1
    name = Index(f"#{depth}", index.size)
    return Total(name, substitute(body, {index: name}), but)


def canonical(term: Term) -> Term:
    """Return the one form that all ways to write a term share: bound indices by depth, all that commutes in order.

    A Σ keeps its range, a fraction its two sides, a definition its name and its body. Nothing is worked out: two
    forms of equal value stay different.

    >>> from softmaxlab.proofs import exp, indices, vector
    >>> i, j, a = *indices("i j"), vector("a")
    >>> canonical(exp(a[i]) * a[j]) == canonical(a[j] * exp(a[i])), canonical(a[i] / a[j]) == canonical(a[j] / a[i])
    (True, False)
    """
    return in_order(by_depth(term))


def in_order(term: Term) -> Term:
    """Return a term with its summands, factors, and the variables of a derivative in the order of their keys."""
    if isinstance(term, Defined):
        return Defined(lettered(term.args[0]), term.args[1])
    if isinstance(term, Derivative):
        body, variables = order(term)
        term = in_order(body)
        for variable in sorted(map(in_order, variables), key=lambda v: v.key):
            term = Derivative(term, variable)
        return term
    term = rebuild(term, [in_order(part) for part in children(term)])
    return type(term)(*sorted(term.args, key=lambda part: part.key)) if isinstance(term, Add | Mul) else term


def lettered(definition: Definition) -> Definition:
    """Return a definition whose parameters are named by their places."""
    places = [Index(f"§{n}", index.size) for n, index in enumerate(definition.parameters)]
    body = substitute(definition.body, dict(zip(definition.parameters, places, strict=True)))
    return Definition(definition.name, tuple(places), canonical(body))


def alike(one: Term, other: Term) -> bool:
    """Whether two terms are the same up to letters of bound indices and the order of factors and summands."""
    return one == other or canonical(one) == canonical(other)


def same(one: object, other: object) -> bool:
    """Whether two formulas, or two hypotheses, are the same statement as they stand.

    Parameters
    ----------
    one, other : Term or Eq
        The order of factors and summands and the letters of sums make no difference; everything else does.

    Returns
    -------
    bool
    """
    if isinstance(one, Eq) and isinstance(other, Eq):
        return len(one.universal) == len(other.universal) and all(map(alike, sides(one), sides(other)))
    return isinstance(one, Term) and isinstance(other, Term) and alike(one, other)


def sides(equation: Eq) -> list[Term]:
    """Return both sides of a hypothesis, each `every` index named by its place."""
    places = {index: Index(f"§{n}", index.size) for n, index in enumerate(equation.universal)}
    return [substitute(side, places) for side in (equation.lhs, equation.rhs)]
