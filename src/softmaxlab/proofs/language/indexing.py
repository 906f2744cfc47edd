"""Free and bound indices, and substitution that never captures.

SymPy's Sum lets a substituted name fall into the hands of a Σ that happens to use the same letter. Here a Σ whose
letter is about to clash is renamed first; `substitute` is the only function of the engine that replaces an index.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import Any, TypeAlias

from .terms import (
    ONE,
    ZERO,
    Add,
    Defined,
    Delta,
    Derivative,
    Entry,
    Exp,
    Index,
    Log,
    Mul,
    Power,
    Subscript,
    Term,
    Total,
    add,
    index_key,
    mul,
    power,
)

LETTERS = "klqrstuvwxyzbcdefgh"

Substitution: TypeAlias = Mapping[Any, Subscript]  # of indices; a class by its number may be looked up, too


def children(term: Term) -> list[Term]:
    """Return the terms directly inside a term (of a derivative its body: the variable is a mere name)."""
    if isinstance(term, Derivative):
        return [term.args[0]]
    return [a for a in term.args if isinstance(a, Term)]


def rebuild(term: Term, parts: Sequence[Term]) -> Term:
    """Return the same kind of term around other parts (given in the order of `children`)."""
    if isinstance(term, Add):
        return add(*parts)
    if isinstance(term, Mul):
        return mul(*parts)
    if isinstance(term, Power):
        return power(parts[0], term.args[1])
    if isinstance(term, Exp | Log):
        return type(term)(parts[0])
    if isinstance(term, Total):
        return Total(term.args[0], parts[0], term.args[2])
    if isinstance(term, Derivative):
        return Derivative(parts[0], term.args[1])
    return term


def own_indices(term: Term) -> tuple[Subscript, ...]:
    """Return the indices written on the term itself, not inside its parts."""
    if isinstance(term, Entry | Defined):
        return term.args[1]
    if isinstance(term, Delta):
        return term.args
    if isinstance(term, Total) and term.args[2] is not None:
        return (term.args[2],)
    if isinstance(term, Derivative):
        return own_indices(term.args[1])
    return ()


def free_indices(term: Term) -> frozenset[Index]:
    """Return the set of indices that occur free."""
    if term.free is None:
        found = {i for i in own_indices(term) if isinstance(i, Index)}
        for part in children(term):
            inside = free_indices(part)
            found |= inside - {term.args[0]} if isinstance(term, Total) else inside
        term.free = frozenset(found)
    return term.free


def bound_indices(term: Term) -> set[Index]:
    """Return the set of indices that some Σ of the term binds (those inside definitions are hidden)."""
    found = {term.args[0]} if isinstance(term, Total) else set()
    return found.union(*(bound_indices(part) for part in children(term)))


COUNTER = count(1)


def unique(index: Index) -> Index:
    """Return an index of the same range with a name that nothing else has."""
    return Index(f"@{next(COUNTER)}", index.size)


def fresh(index: Index, taken: Iterable[Subscript | None]) -> Index:
    """Return an index of the same range, with a letter that is not taken."""
    names = {i.name for i in taken if isinstance(i, Index)}
    for name in [index.name, *LETTERS, *(f"{index.name}{n}" for n in range(1, 100))]:
        if name not in names:
            return Index(name, index.size)
    raise ValueError("no letter is left for an index")


def substitute(term: Term, mapping: Substitution) -> Term:
    """Replace free indices, all at once; a Σ in the way gets a new letter, so that nothing is captured."""
    if not mapping or free_indices(term).isdisjoint(mapping):
        return term
    if isinstance(term, Entry | Defined):
        name, indices = term.args
        return name[tuple(mapping.get(i, i) for i in indices)]
    if isinstance(term, Delta):
        return delta_of(*(mapping.get(i, i) for i in term.args))
    if isinstance(term, Total):
        index, body, but = term.args
        inside = free_indices(body)
        mapping = {old: new for old, new in mapping.items() if old != index and (old in inside or old == but)}
        if not mapping:
            return term
        if index in mapping.values():
            renamed = fresh(index, inside | set(mapping.values()) | {index, but})
            body, index = substitute(body, {index: renamed}), renamed
        return Total(index, substitute(body, mapping), mapping.get(but, but))
    if isinstance(term, Derivative):
        return Derivative(*(substitute(part, mapping) for part in term.args))
    return rebuild(term, [substitute(part, mapping) for part in children(term)])


def delta_of(left: Subscript, right: Subscript) -> Term:
    """Return δ with its two indices in a fixed order; 1 or 0 where it is plain which."""
    if left == right:
        return ONE
    if isinstance(left, int) and isinstance(right, int):
        return ZERO
    return Delta(*sorted((left, right), key=lambda i: (isinstance(i, int), index_key(i))))


def unfold(use: Defined) -> Term:
    """Return the body of a definition at the indices of one use of it."""
    definition, indices = use.args
    return substitute(definition.body, dict(zip(definition.parameters, indices, strict=True)))


def transform(term: Term, rule: Callable[[Term], Term]) -> Term:
    """Apply `rule` to every subterm, innermost first; it returns the new term (or the same one)."""
    parts = children(term)
    if parts:
        new = [transform(part, rule) for part in parts]
        if any(a is not b for a, b in zip(parts, new, strict=True)):
            term = rebuild(term, new)
    return rule(term)


def rename_bound(term: Term, avoid: frozenset[Index]) -> Term:
    """Give every Σ whose letter is in `avoid`, or that stands inside a Σ of the same letter, another letter."""
    if isinstance(term, Total):
        index, body, but = term.args
        taken = avoid | (free_indices(body) | {but}) - {index}
        letter = fresh(index, taken) if index in taken else index
        body = substitute(body, {index: letter}) if letter != index else body
        return Total(letter, rename_bound(body, avoid | {letter}), but)
    return rebuild(term, [rename_bound(part, avoid) for part in children(term)])
