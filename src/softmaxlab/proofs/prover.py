"""`prove`: rewrite both sides to one normal form, keep the steps, audit them; or refute, or say that we don't know."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from time import perf_counter
from typing import NoReturn

from .checking.audit import LONGEST, audit, raised, sizes_to_audit, where_it_holds
from .checking.fixed import at_classes
from .checking.refute import cases, find_counterexample, message
from .checking.scope import Scope
from .checking.signs import is_nonnegative, is_positive_value
from .language.errors import Refuted, Undecided, Undefined
from .language.grammar import check, check_names
from .language.indexing import free_indices
from .language.terms import Definition, Derivative, Term, TermLike, term
from .language.text import text
from .language.vocabulary import Eq, N
from .proof import Proof, Step
from .rewriting.chain_rule import chain_step
from .rewriting.narrate import Narrator
from .rewriting.passes import contains


def prove(
    lhs: TermLike,
    rhs: TermLike,
    given: Eq | list[Eq] | tuple[Eq, ...] = (),
    name: str | None = None,
    *,
    via: Sequence[TermLike] = (),
    positive: Sequence[Term] = (),
    using: Sequence[Proof | Definition] = (),
    n: int | None = None,
) -> Proof:
    """Prove lhs = rhs for every N, or raise.

    Parameters
    ----------
    lhs, rhs : Term
        Formulas in the words of `softmaxlab.proofs`. Free indices mean "for any".
    given : sequence of Eq
        Hypotheses, such as ``Eq(total(y[k], k), 1)``.
    name : str, optional
        The label in the book.
    via : sequence of Term
        Lines that the proof must pass through, for a displayed chain of equations.
    using : sequence of Proof or Definition
        Derivatives proved before, such as ∂p_i/∂a_j, to be used as a step instead of being worked out again; and
        definitions h through which ∂f/∂x = Σ (∂f/∂h)(∂h/∂x) may be a step, where f depends on x through h alone.
    positive : sequence of Term
        Values claimed to be positive beside the equation, such as p_i.
    n : int, optional
        Prove the claim for this number of classes N alone.

    Returns
    -------
    Proof
        The steps, each checked at N = 2, 3, 4 by ordinary SymPy calculus with exact numbers (to 45 digits, where
        those are exponentials of fractions).

    Raises
    ------
    IllTyped
        The formula means nothing as written: an index is free and bound, or free on one side only.
    Refuted
        A counterexample was found; it is in the message and in ``.counterexample``.
    Undecided
        Neither. Nothing is claimed then.

    Notes
    -----
    Assumed: indices run over 1..N (or 1..m, …) with N at least 1, and at least as large as any class named by number;
    all values are real; a vector or scalar is positive only where declared so, logarithms are taken of positive
    values, and both sides are defined (nothing divides by 0). A proof for N includes the cases of equal and of
    unequal free indices.

    Out of reach: limits, inequalities (but see ``nonnegative``), products over k, powers that are not whole numbers,
    identities that need a clever common denominator inside a Σ or more than linear use of a hypothesis.

    Examples
    --------
    >>> from softmaxlab.proofs import define, exp, indices, prove, total, vector
    >>> i, j, k = indices("i j k")
    >>> a = vector("a")
    >>> p = define("p", i, exp(a[i]) / total(exp(a[k]), k))
    >>> prove(total(p[j], j), 1).badge
    'proved for all N'
    """
    start = perf_counter()
    lines = [term(line) for line in (lhs, *via, rhs)]
    given = tuple(given) if isinstance(given, list | tuple) else (given,)
    check_lines(lines, given)
    lemmas = [lemma for lemma in using if not isinstance(lemma, Definition)]
    check_lemmas(lemmas, given)
    check_names(*lines, *positive, *(side for e in given for side in (e.lhs, e.rhs)), *(x.lhs for x in lemmas))
    for value in positive:
        if not is_positive_value(value):
            raise Undecided(f"{value!r} was to be shown positive, and its looks do not say so")
    steps: list[Step] = []
    chain = [lines[0]]
    path = lines if n is None else fixed(lines, given, n)
    if path[0] != lines[0]:
        steps, chain = [Step(f"N = {n}", lines[0], path[0])], [lines[0], path[0]]
    for before, after, side in legs(path, using):
        step = chain_step(before, after, using)
        found = [step] if step else steps_between(before, after, given, lemmas)
        found = [replace(step, side="right") for step in found] if side == "right" else found
        steps += found
        chain += [step.after for step in found if step.side == "left"]
        chain += [step.before for step in reversed(found) if step.side == "right"]
    if path[-1] != lines[-1]:
        steps.append(Step(f"N = {n}, read backwards", path[-1], lines[-1]))
        chain.append(lines[-1])
    scope, audited = confirmed(chain, given, n)
    return Proof(
        lhs=lines[0],
        rhs=lines[-1],
        given=given,
        name=name,
        steps=tuple(steps),
        seconds=perf_counter() - start,
        audited=audited,
        positive=tuple(positive),
        nonnegative=is_nonnegative(lines[-1]),
        held=scope,
        via=tuple(map(term, via)),
        n=n,
    )


def fixed(lines: Sequence[Term], given: tuple[Eq, ...], n: int) -> list[Term]:
    """Return the lines of a claim at N = n."""
    if given:
        raise ValueError(f"given={given!r} beside n={n}: a claim about one N takes no hypothesis")
    loose = sorted({i.name for line in lines for i in free_indices(line) if i.size == N})
    if loose:
        raise ValueError(f"{', '.join(loose)} is any class, but N is {n}: name classes by number, 1 to {n}")
    return [at_classes(line, N, n) for line in lines]


def legs(lines: Sequence[Term], using: Sequence[Proof | Definition]) -> list[tuple[Term, Term, str]]:
    """Return (line, line, side) for each chain of steps: what all together show is that all lines are equal.

    A line between that holds derivatives would be worked out twice, at the end of one chain and at the start of the
    next. So it gets a chain of its own, from it to the last line; unless the chain rule leads there at once.
    """
    first, *between, last = lines
    derived = [
        line
        for before, line in pairwise([first, *between])
        if contains(line, Derivative) and not contains(last, Derivative) and not chain_step(before, line, using)
    ]
    direct = [first, *(line for line in between if line not in derived), last]
    return [(*pair, "left") for pair in pairwise(direct)] + [(line, last, "right") for line in derived]


def check_lines(lines: Sequence[Term], given: tuple[Eq, ...]) -> None:
    """Raise IllTyped where a line, or two neighboring ones as an equation, mean nothing."""
    for before, after in pairwise(lines):
        check(before, after, given)


def check_lemmas(using: Iterable[Proof], given: tuple[Eq, ...]) -> None:
    """Raise ValueError where a lemma is no derivative, or rests on something that is not given here."""
    for lemma in using:
        if not isinstance(lemma, Proof) or not isinstance(lemma.lhs, Derivative):
            raise ValueError(f"using={lemma!r}: expected proofs whose left side is a derivative, such as ∂p_i/∂a_j")
        for e in lemma.given:
            if e not in given or (free_indices(e.lhs) | free_indices(e.rhs)) - set(e.universal):
                raise ValueError(f"the lemma {lemma!r} assumes {e!r}: give that here too, for every index")


def steps_between(lhs: Term, rhs: Term, given: tuple[Eq, ...], using: Sequence[Proof]) -> list[Step]:
    """Return the steps from lhs to rhs, or raise."""
    try:
        narrator = Narrator(lhs, rhs, given, using)
        if narrator.agree():
            return narrator.steps()
    except Undefined as problem:
        refuse_undefined(lhs, rhs, given, problem)
    return refuse(lhs, rhs, given, narrator)


def refuse(lhs: Term, rhs: Term, given: tuple[Eq, ...], narrator: Narrator) -> NoReturn:
    """Raise Refuted with a counterexample, else Undecided."""
    example = find_counterexample(lhs, rhs, given)
    if example is None:
        raise Undecided(
            f"{text(lhs)} = {text(rhs)}: no proof was found, and no counterexample at N = 2, 3, 4. "
            "Nothing is claimed. Try it in smaller steps (via=…), declare what is positive, or add a hypothesis"
        )
    residuals = cases(narrator.left_end - narrator.right_end, given, lhs, rhs)
    raise Refuted(message(lhs, rhs, example, residuals), example, residuals)


def refuse_undefined(lhs: Term, rhs: Term, given: tuple[Eq, ...], problem: Undefined) -> NoReturn:
    """Raise for a claim in which rewriting met 0 under a fraction bar."""
    example = find_counterexample(lhs, rhs, given)
    if example is not None:
        raise Refuted(message(lhs, rhs, example, {}), example, {}) from problem
    raise Undecided(f"{text(lhs)} = {text(rhs)}: {problem}, so one side need not be defined") from problem


def confirmed(chain: Sequence[Term], given: tuple[Eq, ...], n: int | None) -> tuple[Scope, tuple[int, ...]]:
    """Return (scope, N at which all lines of a proof agree by ordinary calculus); raise if some do not."""
    scope = where_it_holds(chain, given, n)
    sizes, bad = audit(chain, given, sizes_to_audit(scope))
    if bad is not None:
        scope = raised(scope, chain, given)
        sizes, bad = audit(chain, given, sizes_to_audit(scope))
    if bad is not None:
        before, after = text(chain[bad - 1]), text(chain[bad])
        raise Undecided(f"the audit at concrete N does not confirm a line of the proof: {before} = {after}")
    if not sizes:
        raise Undecided(
            "no numbers were found that obey the hypotheses: do they contradict each other?"
            if given
            else f"no N up to {LONGEST} was found at which both sides are defined"
        )
    return scope, sizes
