"""Whether a formula means anything: the checks behind `IllTyped`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ..language.names import all_definitions, names_in
from .errors import IllTyped
from .indexing import bound_indices, children, free_indices, own_indices
from .terms import Defined, Definition, Delta, Derivative, Entry, Index, Power, Scalar, Size, Term, Total, Vector
from .vocabulary import Eq

Named: TypeAlias = Vector | Scalar | Definition


def check(lhs: Term, rhs: Term, given: Sequence[Eq] = ()) -> None:
    """Raise IllTyped unless the claim lhs = rhs, under hypotheses, means something."""
    for term in (lhs, rhs, *(side for e in given for side in (e.lhs, e.rhs))):
        check_term(term)
        for definition in all_definitions(term):
            check_term(definition.body)
    check_names(lhs, rhs, *(side for e in given for side in (e.lhs, e.rhs)))
    check_sides(lhs, rhs)
    for equation in given:
        loose = free_indices(equation.lhs) | free_indices(equation.rhs)
        loose -= set(equation.universal) | free_indices(lhs) | free_indices(rhs)
        if loose:
            name = listed(loose)
            raise IllTyped(
                f"the hypothesis {equation.lhs!r} = {equation.rhs!r} has {name} free, which the claim does not: "
                f"if it holds for all of them, write every({name}, Eq(…))"
            )


def check_sides(lhs: Term, rhs: Term) -> None:
    """Raise IllTyped where an index is free on one side only; a side without any index is a constant, and may be."""
    left, right = free_indices(lhs), free_indices(rhs)
    for here, there, there_name in ((left, rhs, "right"), (right, lhs, "left")):
        clash = here & bound_indices(there)
        if clash:
            raise IllTyped(
                f"{listed(clash)} is free on one side of {lhs!r} = {rhs!r} but summed over on the {there_name}: "
                "give the sum a letter of its own"
            )
    if left != right and mentions_index(lhs) and mentions_index(rhs):
        raise IllTyped(
            f"{listed(left ^ right)} is free on one side only of {lhs!r} = {rhs!r}: "
            "the claim would have to hold for several values at once; sum over it, or use it on both sides"
        )


def mentions_index(term: Term) -> bool:
    """Whether any index occurs in a term, free or bound, or inside a definition."""
    if own_indices(term) or isinstance(term, Total):
        return True
    if isinstance(term, Defined):
        return mentions_index(term.args[0].body)
    return any(mentions_index(part) for part in children(term))


def check_term(term: Term) -> None:
    """Raise IllTyped where an index clashes inside one side, or runs over the wrong range."""
    clash = free_indices(term) & bound_indices(term)
    if clash:
        name = listed(clash)
        raise IllTyped(
            f"{name} is free and summed over in {term!r}: the {name} of the sum ends with the sum; rename one of them"
        )
    check_part(term, frozenset())


def check_part(term: Term, binders: frozenset[Index]) -> None:
    """Check one subterm below the given Σ indices."""
    match term:
        case Total():
            index, _, but = term.args
            if index in binders:
                raise IllTyped(
                    f"{index!r} is summed over twice, one sum inside the other: rename the inner one in {term!r}"
                )
            if but is not None:
                check_ranges(term, (but,), (index.size,))
                if but == index:
                    raise IllTyped(f"{term!r} leaves out its own index {index!r}: name the one summand to leave out")
            binders |= {index}
        case Entry():
            check_ranges(term, term.args[1], term.args[0].sizes)
        case Defined():
            check_ranges(term, term.args[1], tuple(i.size for i in term.args[0].parameters))
        case Delta():
            sizes = [i.size for i in term.args if isinstance(i, Index)]
            check_ranges(term, term.args, (sizes[0], sizes[0]))
        case Derivative():
            check_part(term.args[1], binders)
        case Power() if term.args[1].denominator != 1:
            raise IllTyped(f"{term!r} has a power that is not whole: write exp(log(x) / 2) for a positive x")
    for part in children(term):
        check_part(part, binders)


def check_ranges(term: Term, indices: Sequence[object], sizes: Sequence[Size]) -> None:
    """Raise IllTyped where an index does not run over what the name is indexed by."""
    if len(indices) != len(sizes):
        raise IllTyped(f"{term!r} has {len(indices)} indices, and {len(sizes)} are needed")
    for index, size in zip(indices, sizes, strict=True):
        if isinstance(index, Index):
            if index.size != size:
                raise IllTyped(
                    f"{index!r} runs over 1..{index.size!r} but {term!r} needs an index over 1..{size!r}: "
                    f'make one by indices("{index!r}", upto={size!r})'
                )
        elif not isinstance(index, int) or isinstance(index, bool) or index < 1:
            raise IllTyped(f"{index!r} in {type(term).__name__} is not an index: use indices(…) or a number 1, 2, …")


def check_names(*terms: Term) -> None:
    """Raise IllTyped where one name means two things."""
    things: dict[str, list[Named]] = {}
    for thing in (*names_in(*terms).values(), *{d.key: d for t in terms for d in all_definitions(t)}.values()):
        things.setdefault(name_of(thing), []).append(thing)
    for name, found in things.items():
        if len(found) > 1:
            raise IllTyped(
                f"{name} is declared in two ways, {difference(*found[:2])}: use one declaration for one name"
            )
    letters = {index for t in terms for index in free_indices(t) | bound_indices(t)}
    for name, count in Counter(index.name for index in letters).items():
        if count > 1:
            raise IllTyped(f"the index {name} runs over two ranges: use one letter for each range")


def name_of(thing: Named) -> str:
    """Return the written name of a vector or a scalar."""
    return thing.args[0] if isinstance(thing, Term) else thing.name


def difference(one: Named, other: Named) -> str:
    """Say in words how two declarations of one name differ."""
    kinds = kind_of(one), kind_of(other)
    if kinds == ("a definition", "a definition"):
        return "as two definitions"
    if kinds[0] != kinds[1]:
        return f"as {kinds[0]} and as {kinds[1]}"
    return "once as positive and once not"


def kind_of(thing: Named) -> str:
    """Return what a name stands for, in words."""
    if isinstance(thing, Definition):
        return "a definition"
    if isinstance(thing, Scalar):
        return "a number"
    return f"a {'matrix' if len(thing.sizes) > 1 else 'vector'} over {' × '.join(s.args[0] for s in thing.sizes)}"


def listed(indices: Iterable[Index]) -> str:
    """Return index names, by name."""
    return ", ".join(sorted(i.name for i in indices))
