"""The chain rule as a step: ∂f/∂x = Σ (∂f/∂h)(∂h/∂x), where f depends on x through h alone."""

from collections.abc import Sequence

from ..language.indexing import children, unfold
from ..language.terms import Defined, Definition, Derivative, Entry, Index, Term, Total
from ..printing.lettering import alike
from ..proof import Proof, Step
from .calculus import depends


def chain_step(before: Term, after: Term, using: Sequence[Proof | Definition]) -> Step | None:
    """Return the step from ∂f/∂x to the sum over all paths through one of the definitions in `using`, or None."""
    if not isinstance(before, Derivative):
        return None
    body, variable = before.args
    for inner in using:
        if not isinstance(inner, Definition) or depends_beside(body, variable, inner):
            continue
        if alike(after, paths(body, variable, inner, after)):
            return Step(f"chain rule through {inner.name}", before, after)
    return None


def paths(body: Term, variable: Term, inner: Definition, like: Term) -> Term:
    """Return Σ … Σ (∂body/∂inner)(∂inner/∂variable) over all indices of `inner`, in the letters of another term."""
    letters = []
    while isinstance(like, Total) and like.args[2] is None:
        letters.append(like.args[0])
        like = like.args[1]
    sizes = [parameter.size for parameter in inner.parameters]
    if [letter.size for letter in letters] != sizes or len(set(letters)) != len(sizes):
        letters = [Index(f"§{n}", size) for n, size in enumerate(sizes)]
    link = inner[tuple(letters)]
    result = Derivative(body, link) * Derivative(link, variable)
    for letter in reversed(letters):
        result = Total(letter, result, None)
    return result


def depends_beside(term: Term, variable: Term, inner: Definition) -> bool:
    """Whether a term contains the variable anywhere but inside the definition `inner`."""
    if isinstance(term, Defined):
        return term.args[0] != inner and depends_beside(unfold(term), variable, inner)
    if isinstance(term, Entry) or not children(term):
        return depends(term, variable)
    return any(depends_beside(part, variable, inner) for part in children(term))
