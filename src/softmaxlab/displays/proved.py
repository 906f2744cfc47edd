"""Whether a display is the statement that a proof proves: every clause and every relation of it, as trees."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from softmaxlab.proofs import Claim, Eq, IllTyped
from softmaxlab.proofs.language.indexing import free_indices, substitute
from softmaxlab.proofs.language.terms import ZERO, Delta, Index, Term
from softmaxlab.proofs.language.text import text
from softmaxlab.proofs.printing.lettering import same

from .parting import parted
from .terms import OutsideError, Translator, Vocabulary, condition
from .tree import Clause, Name, Number


class DifferentError(ValueError):
    """The display differs from what it is compared with; `shown` and `held` are the two, in words."""

    def __init__(self, what: str, shown: str | None, held: str) -> None:
        """Keep both forms."""
        super().__init__(what)
        self.shown, self.held = shown, held


def compare(statement: Sequence[Clause], claim: Claim, ranges: Mapping[str, str], holder: str = "the proof") -> None:
    """Raise DifferentError unless a display is what a claim claims.

    Parameters
    ----------
    statement : sequence of Clause
        What was read.
    claim : softmaxlab.proofs.Claim
        What is proved, or what is refused where the display marks a misprint. Where it names a part of the display
        that is proved, its hypotheses need not be displayed, and only what it claims is compared.
    ranges : dict of str to str
        The size that each index letter runs to.
    holder : str
        Who says otherwise, for the message.
    """
    claims = (claim, *claim.also)
    translator = Translator(Vocabulary(*claims), ranges)
    chains: list[list[Term]] = []
    signs: list[tuple[str, ...]] = []
    given: list[Eq] = []
    positive: list[Term] = []
    sizes: list[Fraction | int] = []
    for clause in statement:
        try:
            if clause.condition and (size := size_said(clause)) is not None:
                sizes.append(size)
            elif clause.condition:
                given.append(condition(clause, translator))
            elif clause.relations == (">",) and clause.parts[1] == Number(0):
                positive.append(translator.term(clause.parts[0]))
            elif set(clause.relations) <= {"=", "≟", "≥"}:
                meant = claims[min(len(chains), len(claims) - 1)]
                at = entry_meant(meant) if translator.vectors(clause.parts) else None
                chains.append([translator.term(part, at) for part in clause.parts])
                signs.append(tuple("=" if sign == "≟" else sign for sign in clause.relations))
            else:
                raise OutsideError(f"the relation {clause.relations[0]}")
        except (OutsideError, IllTyped) as problem:
            raise DifferentError(f"says what {holder} does not: {problem}", None, said(claims)) from None
    same_lines(chains, signs, claims, holder)
    same_signs(signs, claims, holder)
    same_side(positive, claim.positive, "> 0", holder)
    if sizes != ([claim.n] if claim.n else []):
        ours = ", ".join(f"N = {n}" for n in sizes) or "nothing of N"
        theirs = f"N = {claim.n}" if claim.n else "nothing of it"
        raise DifferentError(f"says {ours} where {holder} says {theirs}", None, said(claims))
    same_hypotheses(given, claim.given, holder)


def entry_meant(claim: Claim) -> dict[str, Index]:
    """Return, for each size, the index by which a claim says what an equation of vectors says of their entries."""
    free = sorted(free_indices(claim.lhs), key=lambda index: index.key, reverse=True)
    return {index.size.args[0]: index for index in free}


def size_said(clause: Clause) -> Fraction | int | None:
    """Return how many classes there are where a condition says it, as N = 2."""
    is_size = clause.relations == ("=",) and clause.parts[0] == Name("N")
    return clause.parts[1].value if is_size and isinstance(clause.parts[1], Number) else None


def same_lines(chains: list[list[Term]], signs: list[tuple[str, ...]], claims: tuple[Claim, ...], holder: str) -> None:
    """Compare all lines of all chains."""
    if len(chains) != len(claims):
        hint = "; a hypothesis stands in round brackets" if len(chains) > len(claims) else ""
        what = f"makes {len(chains)} statements where {holder} makes {len(claims)}{hint}"
        raise DifferentError(what, None, said(claims))
    for chain, between, claim in zip(chains, signs, claims, strict=True):
        shown = chained(chain, between)
        if len(chain) != len(claim.lines):
            raise DifferentError(f"has {len(chain)} sides where {holder} has {len(claim.lines)}", shown, said((claim,)))
        for line, proved in zip(chain, claim.lines, strict=True):
            if not same(line, proved):
                raise DifferentError(parted(line, proved, holder), shown, said((claim,)))


def same_signs(signs: list[tuple[str, ...]], claims: tuple[Claim, ...], holder: str) -> None:
    """Compare the signs between the lines of all chains."""
    for shown, claim in zip(signs, claims, strict=True):
        for here, there in zip(shown, claim.relations, strict=True):
            if here != there:
                raise DifferentError(f"says {here} where {holder} says {there}", None, said((claim,)))


def same_side(shown: Sequence[Term], proved: Sequence[Term], relation: str, holder: str) -> None:
    """Compare what is said to be positive."""
    if len(shown) != len(proved) or not all(any(same(a, b) for b in proved) for a in shown):
        both = [", ".join(f"{text(value)} {relation}" for value in values) or "nothing" for values in (shown, proved)]
        raise DifferentError(f"says {both[0]} where {holder} says {both[1]}", *both)


def same_hypotheses(shown: Sequence[Eq], assumed: Sequence[Eq], holder: str) -> None:
    """Compare displayed hypotheses with those that a proof uses."""
    missing = [e for e in assumed if not any(same_hypothesis(e, other) for other in shown)]
    idle = [e for e in shown if not any(same_hypothesis(e, other) for other in assumed)]
    twice = [e for n, e in enumerate(shown) if any(same_hypothesis(e, other) for other in shown[:n])]
    both = ["given " + (" and ".join(map(repr, side)) or "nothing") for side in (shown, assumed)]
    if missing:
        raise DifferentError(f"does not say what {holder} assumes, {missing[0]!r}", *both)
    if idle:
        raise DifferentError(f"says {idle[0]!r}, which {holder} does not assume", *both)
    if twice:
        raise DifferentError(f"says {twice[0]!r} twice", *both)


def same_hypothesis(one: Eq, other: Eq) -> bool:
    """Whether two hypotheses are one: an index that stands free in an equation means any, whatever its letter."""
    if isinstance(one.lhs, Delta) and one.rhs == ZERO:
        return isinstance(other.lhs, Delta) and other.rhs == ZERO and set(one.lhs.args) == set(other.lhs.args)
    one, other = any_letter(one), any_letter(other)
    return same(one.lhs, other.lhs) and same(one.rhs, other.rhs)


def any_letter(e: Eq) -> Eq:
    """Return an equation with its free indices renamed in order."""
    free = sorted(free_indices(e.lhs) | free_indices(e.rhs), key=lambda index: (index.size.args[0], index.name))
    renamed = {index: Index(f"any{n}", index.size) for n, index in enumerate(free)}
    return Eq(substitute(e.lhs, renamed), substitute(e.rhs, renamed))


def said(claims: Iterable[Claim]) -> str:
    """Return what claims say, as text."""
    return "; ".join(chained(claim.lines, claim.relations) for claim in claims)


def chained(lines: Iterable[Term], signs: Iterable[str]) -> str:
    """Return lines as text, with the signs between them."""
    first, *others = map(text, lines)
    return first + "".join(f" {sign} {line}" for sign, line in zip(signs, others, strict=True))
