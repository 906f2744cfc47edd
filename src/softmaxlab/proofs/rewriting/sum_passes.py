"""The passes about Σ: a summand left out, a δ contracted, a constant taken outside."""

from ..language.indexing import free_indices, substitute, transform
from ..language.terms import Add, Delta, Index, Mul, Term, Total, add, mul
from .passes import Found


def left_out_pass(term: Term) -> Found:
    """Write a sum that leaves an index out as the whole sum minus that summand."""

    def rule(part: Term) -> Term:
        if isinstance(part, Total) and (but := part.args[2]) is not None:
            index, body, _ = part.args
            return add(Total(index, body, None), -substitute(body, {index: but}))
        return part

    new = transform(term, rule)
    return ("the whole sum minus the summand left out", new) if new != term else None


def contract_pass(term: Term) -> Found:
    """Σ_k δ_kj f_k = f_j: in a sum over k, a δ leaves the one summand it selects."""

    def rule(part: Term) -> Term:
        if not isinstance(part, Total) or part.args[2] is not None:
            return part
        index, body, _ = part.args
        chosen, rest = [], []
        for piece in expanded(body, index):
            factors = piece.args if isinstance(piece, Mul) else (piece,)
            delta = next((f for f in factors if isinstance(f, Delta) and index in f.args), None)
            if delta is None:
                rest.append(piece)
                continue
            other = delta.args[0] if delta.args[1] == index else delta.args[1]
            chosen.append(substitute(mul(*(f for f in factors if f is not delta)), {index: other}))
        if not chosen:
            return part
        whole = [Total(index, add(*rest), None)] if rest else []
        return add(*chosen, *whole)

    new = transform(term, rule)
    return ("δ contracted", new) if new != term else None


def expanded(body: Term, index: Index) -> list[Term]:
    """Return the summands of a body, multiplied out as far as needed to bring each δ of this index to the top."""
    if isinstance(body, Add):
        return [piece for part in body.args for piece in expanded(part, index)]
    if isinstance(body, Mul):
        for n, factor in enumerate(body.args):
            if isinstance(factor, Add) and any(index in d.args for d in deltas_of(factor)):
                others = mul(*body.args[:n], *body.args[n + 1 :])
                return [piece for part in factor.args for piece in expanded(mul(others, part), index)]
    return [body]


def deltas_of(term: Term) -> list[Delta]:
    """Return the δ among the factors and summands of a term."""
    if isinstance(term, Delta):
        return [term]
    return [d for part in term.args for d in deltas_of(part)] if isinstance(term, Add | Mul) else []


def constants_pass(term: Term) -> Found:
    """Σ_k (f_k + g_k) = Σ_k f_k + Σ_k g_k, and what does not depend on k leaves the sum over k."""

    def rule(part: Term) -> Term:
        if not isinstance(part, Total) or part.args[2] is not None:
            return part
        index, body, _ = part.args
        if isinstance(body, Add):
            return add(*(rule(Total(index, piece, None)) for piece in body.args))
        factors = body.args if isinstance(body, Mul) else (body,)
        inside = [f for f in factors if index in free_indices(f)]
        outside = [f for f in factors if index not in free_indices(f)]
        if not outside:
            return part
        return mul(*outside, Total(index, mul(*inside), None) if inside else index.size)

    new = transform(term, rule)
    return ("constants leave the sum", new) if new != term else None
