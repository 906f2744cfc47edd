"""What a formula mentions: its vectors and scalars, its definitions, its ranges."""

from .terms import Defined, Definition, Entry, Index, Scalar, Size, Term, Vector


def names_in(*terms: Term) -> dict[str, Vector | Scalar]:
    """Return the vectors and scalars that terms use, those inside definitions too, as {key: Vector or Scalar}."""
    found: dict[str, Vector | Scalar] = {}

    def visit(term: Term) -> None:
        if isinstance(term, Entry):
            found.setdefault(term.args[0].key, term.args[0])
        elif isinstance(term, Scalar):
            found.setdefault(term.key, term)
        elif isinstance(term, Defined):
            visit(term.args[0].body)
        for part in term.args:
            if isinstance(part, Term):
                visit(part)

    for term in terms:
        visit(term)
    return found


def all_definitions(term: Term) -> list[Definition]:
    """Return the definitions that a term uses, also inside each other and below ∂."""
    found = [term.args[0]] if isinstance(term, Defined) else []
    inside = [term.args[0].body] if isinstance(term, Defined) else [a for a in term.args if isinstance(a, Term)]
    return found + [d for part in inside for d in all_definitions(part)]


def sizes_in(*terms: Term) -> set[str]:
    """Return the names of all ranges that terms mention."""
    found: set[str] = set()

    def visit(term: Term) -> None:
        if isinstance(term, Size):
            found.add(term.args[0])
        for part in term.args if isinstance(term, Term) else ():
            if isinstance(part, Index):
                found.add(part.size.args[0])
            elif isinstance(part, tuple):
                found.update(i.size.args[0] for i in part if isinstance(i, Index))
            elif isinstance(part, Term):
                visit(part)
        if isinstance(term, Entry):
            found.update(s.args[0] for s in term.args[0].sizes)
        elif isinstance(term, Defined):
            visit(term.args[0].body)

    for term in terms:
        visit(term)
    return found
