"""The rules of differentiation, one function each: from ∂body/∂variable to a term, or None where it does not apply.

The index of a Σ and the index of the variable are different letters before a derivative goes inside (SymPy's
`Sum.diff` skips that, and so takes the whole sum for its derivative with respect to a_k).
"""

from ..language.indexing import children, delta_of, free_indices, fresh, substitute, unfold
from ..language.terms import (
    ONE,
    ZERO,
    Add,
    Defined,
    Derivative,
    Entry,
    Exp,
    Log,
    Mul,
    Number,
    Power,
    Scalar,
    Term,
    Total,
    add,
    mul,
    power,
)


def depends(term: Term, variable: Term) -> bool:
    """Whether a term contains the variable (or some entry of its vector)."""
    if isinstance(term, Entry | Scalar) and type(term) is type(variable):
        return term.args[0] == variable.args[0]
    if isinstance(term, Defined):
        if isinstance(variable, Defined) and term.args[0].key == variable.args[0].key:
            return True
        return depends(unfold(term), variable)
    return any(depends(part, variable) for part in children(term))


def d(body: Term, variable: Term) -> Term:
    """Return ∂body/∂variable, worked out if the body is a name: ∂a_k/∂a_j is δ_kj, that of a constant is 0."""
    found = name(body, variable)
    return Derivative(body, variable) if found is None else found


def name(body: Term, variable: Term) -> Term | None:
    """∂a_k/∂a_j = δ_kj; the derivative of a constant is 0."""
    if not depends(body, variable):
        return ZERO
    if type(body) is type(variable) and isinstance(body, Entry | Defined | Scalar):
        if isinstance(body, Scalar):
            return ONE
        if body.args[0].key == variable.args[0].key:
            return mul(*(delta_of(i, j) for i, j in zip(body.args[1], variable.args[1], strict=True)))
    return None


def parts_of_quotient(body: Term, variable: Term) -> tuple[Term, Term]:
    """Return (f, g) of a fraction f/g whose g depends on the variable."""
    factors = body.args if isinstance(body, Mul) else (body,)
    below = [f for f in factors if isinstance(f, Power) and f.args[1] < 0 and depends(f, variable)]
    above = [f for f in factors if f not in below]
    return mul(*above), mul(*(power(f.args[0], -f.args[1]) for f in below))


def quotient_rule(body: Term, variable: Term) -> Term | None:
    """(f/g)′ = (f′ g − f g′) / g²."""
    f, g = parts_of_quotient(body, variable)
    if g == ONE:
        return None
    return mul(add(mul(d(f, variable), g), -mul(f, d(g, variable))), power(g, -2))


def product_rule(body: Term, variable: Term) -> Term | None:
    """(f g)′ = f′ g + f g′."""
    if not isinstance(body, Mul) or sum(depends(f, variable) for f in body.args) < 2:
        return None
    return add(
        *(
            mul(*(d(f, variable) if m == n else f for m, f in enumerate(body.args)))
            for n in range(len(body.args))
            if depends(body.args[n], variable)
        )
    )


def constant_factor(body: Term, variable: Term) -> Term | None:
    """(c f)′ = c f′."""
    if not isinstance(body, Mul):
        return None
    constants = [f for f in body.args if not depends(f, variable)]
    moving = [f for f in body.args if depends(f, variable)]
    return mul(*constants, d(mul(*moving), variable)) if constants else None


def sum_rule(body: Term, variable: Term) -> Term | None:
    """A sum is differentiated term by term."""
    if isinstance(body, Add):
        return add(*(d(part, variable) for part in body.args))
    if isinstance(body, Total):
        index, inside, but = body.args
        taken = free_indices(variable)
        if index in taken:
            letter = fresh(index, taken | free_indices(inside) | {but})
            index, inside = letter, substitute(inside, {index: letter})
        return Total(index, d(inside, variable), but)
    return None


def chain_exp(body: Term, variable: Term) -> Term | None:
    """(e^u)′ = e^u u′."""
    return mul(body, d(body.args[0], variable)) if isinstance(body, Exp) else None


def chain_log(body: Term, variable: Term) -> Term | None:
    """(log u)′ = u′ / u."""
    return mul(d(body.args[0], variable), power(body.args[0], -1)) if isinstance(body, Log) else None


def chain_power(body: Term, variable: Term) -> Term | None:
    """(u^n)′ = n u^{n−1} u′."""
    if not isinstance(body, Power):
        return None
    base, exponent = body.args
    return mul(Number(exponent), power(base, exponent - 1), d(base, variable))
