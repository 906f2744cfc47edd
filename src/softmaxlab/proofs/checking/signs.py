"""Signs that can be read off a formula: positive by its form, or a sum of squares."""

from fractions import Fraction

from ..language.indexing import children, unfold
from ..language.terms import Add, Defined, Exp, Log, Mul, Number, Power, Term, Total
from ..rewriting.normal import is_positive


def written_out(term: Term) -> Term:
    """Return a term with the definition at its top unfolded."""
    while isinstance(term, Defined):
        term = unfold(term)
    return term


def is_positive_value(term: Term) -> bool:
    """Whether a formula is positive for all values of its variables, evidently."""
    term = written_out(term)
    if isinstance(term, Add | Mul):
        return all(is_positive_value(part) for part in term.args)
    if isinstance(term, Power):
        return is_positive_value(term.args[0])
    if isinstance(term, Total):
        return term.args[2] is None and is_positive_value(term.args[1])
    return isinstance(term, Exp) or is_positive(term)


def is_defined(term: Term, seen: set[Term] | None = None) -> bool:
    """Whether a formula has a value for all values of its variables, evidently: only what is positive stands below."""
    seen = set() if seen is None else seen
    if term in seen:
        return True
    seen.add(term)
    needs_a_sign = (isinstance(term, Power) and term.args[1] < 0) or isinstance(term, Log)
    if needs_a_sign and not is_positive_value(term.args[0]):
        return False
    inside = [term.args[0].body] if isinstance(term, Defined) else children(term)
    return all(is_defined(part, seen) for part in inside)


def is_nonnegative(term: Term) -> bool:
    """Whether a formula is at least 0, evidently: a sum of squares with weights that are not negative, e^u − 1, …"""
    term = written_out(term)
    if isinstance(term, Number):
        return term.args[0] >= 0
    if isinstance(term, Power) and term.args[1].denominator == 1 and term.args[1].numerator % 2 == 0:
        return True
    if isinstance(term, Total):
        return is_nonnegative(term.args[1])
    if isinstance(term, Add):
        least = [bound for part in term.args if (bound := at_least(part)) is not None]
        return len(least) == len(term.args) and sum(least) >= 0
    if isinstance(term, Mul):
        return all(is_nonnegative(part) for part in term.args)
    return is_positive_value(term)


def at_least(term: Term) -> Fraction | int | None:
    """Return a number that a formula is at least, evidently; None if its form does not show one."""
    if isinstance(term, Number):
        return term.args[0]
    if isinstance(term, Exp) and is_nonnegative(term.args[0]):
        return 1
    return 0 if is_nonnegative(term) else None
