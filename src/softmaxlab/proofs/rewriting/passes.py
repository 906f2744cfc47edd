"""Passes: each rewrites a whole term by one idea, and says in plain words which.

A pass is a function from a term to (words, new term), or to None when it has nothing to do. `proof` steps are what
passes did, in the order they did it.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from ..language.indexing import children, free_indices, rebuild, rename_bound, substitute, transform, unfold
from ..language.terms import (
    Defined,
    Definition,
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
    add,
)
from ..language.text import text
from ..proof import Proof
from . import calculus
from .normal import is_positive

Found: TypeAlias = tuple[str, Term] | None  # words, and the new term
Pass: TypeAlias = Callable[[Term], Found]


def contains(term: Term, kind: type[Term]) -> bool:
    """Whether a term has a part of a kind."""
    return isinstance(term, kind) or any(contains(part, kind) for part in children(term))


def definitions_in(term: Term, held: tuple[str, ...] = ()) -> list[Definition]:
    """Return the definitions used in a term, outermost first, without those held as variables of a derivative."""
    if isinstance(term, Defined):
        return [] if term.args[0].key in held else [term.args[0]]
    if isinstance(term, Derivative) and isinstance(term.args[1], Defined):
        held = (*held, term.args[1].args[0].key)
    return [found for part in children(term) for found in definitions_in(part, held)]


def unfold_all(term: Term, definition: Definition, held: tuple[str, ...] = ()) -> Term:
    """Write out every use of one definition, except where a derivative holds it as a variable."""
    if isinstance(term, Defined):
        same = term.args[0].key == definition.key and definition.key not in held
        return unfold(term) if same else term
    if isinstance(term, Derivative) and isinstance(term.args[1], Defined):
        held = (*held, term.args[1].args[0].key)
    parts = children(term)
    new = [unfold_all(part, definition, held) for part in parts]
    if all(a is b for a, b in zip(parts, new, strict=True)):
        return term
    return rebuild(term, new)


def everything_unfolded(term: Term) -> Term:
    """Return a term with all definitions written out."""
    while found := definitions_in(term):
        term = unfold_all(term, found[0])
    return term


def definition_pass(term: Term, only_inside_derivatives: bool = True) -> Found:
    """Write out one definition."""
    scope = derivatives_of(term) if only_inside_derivatives else [term]
    found = [d for part in scope for d in definitions_in(part)]
    if not found:
        return None
    definition = found[0]
    new = rename_bound(unfold_all(term, definition), free_indices(term))
    return f"definition of {definition.name}", new


def derivatives_of(term: Term) -> list[Derivative]:
    """Return the outermost derivatives in a term."""
    if isinstance(term, Derivative):
        return [term]
    return [found for part in children(term) for found in derivatives_of(part)]


def log_pass(term: Term) -> Found:
    """Take the logarithm of a quotient or a product apart; let log and exp cancel."""
    words: list[str] = []

    def rule(part: Term) -> Term:
        if isinstance(part, Log):
            inside = part.args[0]
            if isinstance(inside, Exp):
                words.append("log and exp cancel")
                return inside.args[0]
            if isinstance(inside, Mul) and all(is_positive(f) for f in inside.args):
                quotient = any(isinstance(f, Power) and f.args[1] < 0 for f in inside.args)
                words.append("logarithm of a quotient" if quotient else "logarithm of a product")
                return add(*(rule(Log(f)) for f in inside.args))
            if isinstance(inside, Power) and is_positive(inside.args[0]):
                return inside.args[1] * rule(Log(inside.args[0]))
        if isinstance(part, Exp) and isinstance(part.args[0], Log):
            words.append("exp and log cancel")
            return part.args[0].args[0]
        return part

    new = transform(term, rule)
    return (" and ".join(dict.fromkeys(words)), new) if words and new != term else None


RULES = (
    ("quotient rule", calculus.quotient_rule),
    ("constant factor", calculus.constant_factor),
    ("product rule", calculus.product_rule),
    ("term by term", calculus.sum_rule),
    ("derivative of exp", calculus.chain_exp),
    ("derivative of log", calculus.chain_log),
    ("derivative of a power", calculus.chain_power),
)


def derivative_pass(names: Collection[str]) -> Pass:
    """Return the pass that applies some of the rules of differentiation to every innermost derivative."""

    def run(term: Term) -> Found:
        words: list[str] = []

        def rule(part: Term) -> Term:
            if not isinstance(part, Derivative) or contains(part.args[0], Derivative):
                return part
            body, variable = part.args
            found = calculus.name(body, variable)
            if found is not None:
                if isinstance(found, Delta | Mul):
                    words.append("derivative of a variable is δ")
                return found
            for label, law in RULES:
                found = law(body, variable) if label in names else None
                if found is not None:
                    words.append(label)
                    return transform(found, rule) if label != "quotient rule" else found
            return part

        new = transform(term, rule)
        return (", ".join(dict.fromkeys(words)), new) if new != term else None

    return run


def lemma_pass(lemmas: Sequence[Proof]) -> Pass:
    """Return the pass that replaces a derivative by what was proved of it before."""

    def run(term: Term) -> Found:
        words: list[str] = []

        def rule(part: Term) -> Term:
            for lemma in lemmas if isinstance(part, Derivative) else ():
                mapping = match(lemma.lhs, part)
                if mapping is not None:
                    words.append(f"by {lemma.name or text(lemma.lhs) + ' = ' + text(lemma.rhs)}")
                    return substitute(lemma.rhs, mapping)
            return part

        new = transform(term, rule)
        return (", ".join(dict.fromkeys(words)), rename_bound(new, free_indices(new))) if words else None

    return run


def match(pattern: Term, part: Term) -> dict[Index, Subscript] | None:
    """Return the indices to put into a lemma ∂p_i/∂a_j so that it speaks of this derivative; None if none fit."""
    mapping: dict[Index, Subscript] = {}
    for ours, theirs in zip(pattern.args, part.args, strict=True):
        named = isinstance(ours, Entry | Defined) and type(ours) is type(theirs)
        if not named or ours.args[0].key != theirs.args[0].key:
            return None
        for i, j in zip(ours.args[1], theirs.args[1], strict=True):
            if (i if isinstance(i, int) else mapping.setdefault(i, j)) != j:
                return None
    return mapping
