"""A formula at one number of classes: Σ over 1..N becomes a plain sum, and N that number."""

from ..language.indexing import children, delta_of, rebuild, substitute, unfold
from ..language.terms import ZERO, Defined, Derivative, Number, Size, Term, Total, add, mul


def at_classes(term: Term, size: Size, n: int) -> Term:
    """Return a formula at `size` = n; a definition with a Σ over it is written out.

    >>> from softmaxlab.proofs import N, exp, indices, total, vector
    >>> k, a = indices("k"), vector("a")
    >>> at_classes(N * total(exp(a[k]), k), N, 2)
    2(e^{a_1} + e^{a_2})
    """
    if isinstance(term, Size):
        return Number(n) if term == size else term
    if isinstance(term, Defined):
        written, concrete = unfold(term), at_classes(unfold(term), size, n)
        return term if concrete == written else concrete
    if isinstance(term, Derivative) and isinstance(term.args[1], Defined):
        raise ValueError(f"{term!r} at a fixed {size!r}: make {term.args[1]!r} a variable of its own, by vector(…)")
    term = rebuild(term, [at_classes(part, size, n) for part in children(term)])
    if not isinstance(term, Total) or term.args[0].size != size:
        return term
    index, body, but = term.args
    summands = [substitute(body, {index: value}) for value in range(1, n + 1)]
    if but is None:
        return add(ZERO, *summands)
    return add(ZERO, *(mul(1 - delta_of(value, but), summand) for value, summand in enumerate(summands, start=1)))
