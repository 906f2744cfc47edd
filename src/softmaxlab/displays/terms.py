"""A display in the words of the prover: the tree that was read, as terms with the names of the proved claim."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from softmaxlab.proofs import Claim, Eq, apart, delta, derivative, exp, log, total
from softmaxlab.proofs.language.indexing import bound_indices, free_indices
from softmaxlab.proofs.language.terms import Defined, Definition, Entry, Index, Scalar, Size, Term, Vector, term
from softmaxlab.proofs.language.terms import Number as NumberTerm

from .tree import (
    Big,
    Call,
    Clause,
    Diff,
    Expression,
    Minus,
    Name,
    Number,
    Over,
    Plus,
    Power,
    Shifted,
    Sub,
    Times,
    every,
)

Thing: TypeAlias = Term | Vector | Definition  # what a name stands for
Entries: TypeAlias = Mapping[str, Index | int]  # by the name of a size, the entry that is meant
MARKS = {"bar ": "\u0304", "hat ": "\u0302", "tilde ": "\u0303"}
LETTERS = "kcjisqtl"
LARGEST_POWER = 9  # the proofs write powers out


class OutsideError(ValueError):
    """The display says what the prover has no words for."""


def spelled(name: str) -> str:
    """Return a name as the proofs write it: L̄ for the reader's "bar L"."""
    for word, mark in MARKS.items():
        if name.startswith(word):
            letter, rest = name[len(word)], name[len(word) + 1 :]
            return letter + mark + rest
    return name


class Vocabulary:
    """The names, index letters and sizes that a claim speaks of, inside definitions too."""

    def __init__(self, *claims: Claim) -> None:
        """Collect them; what a display abbreviates itself stands in ``claim.where``."""
        self.names: dict[str, Thing] = {}
        self.indices: dict[str, Index] = {}
        self.sizes: dict[str, Size] = {}
        for claim in claims:
            for line in (*claim.lines, *claim.positive, *(side for e in claim.given for side in (e.lhs, e.rhs))):
                self.collect(line)
        for claim in claims:
            for name, value in claim.where:
                if isinstance(value, Term):
                    self.collect(value)
                self.names[name] = value

    def collect(self, node: Term, inner: bool = False) -> None:
        """Note what stands in a term."""
        if isinstance(node, Entry):
            self.names.setdefault(node.args[0].name, node.args[0])
        elif isinstance(node, Scalar):
            self.names.setdefault(node.args[0], node)
        elif isinstance(node, Size):
            self.sizes.setdefault(node.args[0], node)
        elif isinstance(node, Defined):
            definition = node.args[0]
            self.names.setdefault(definition.name, definition)
            self.collect(definition.body, inner=True)
        for index in free_indices(node) | bound_indices(node):
            self.sizes.setdefault(index.size.args[0], index.size)
            if not inner and index.name.isalpha():
                self.indices.setdefault(index.name, index)
        for part in node.args:
            for piece in part if isinstance(part, tuple) else (part,):
                if isinstance(piece, Term):
                    self.collect(piece, inner)

    def find(self, name: str) -> Thing | None:
        """Return what a name stands for, None if the claim does not speak of it."""
        return self.names.get(spelled(name))


class Translator:
    """Turns trees into terms."""

    def __init__(self, vocabulary: Vocabulary, ranges: Mapping[str, str]) -> None:
        """`ranges` says which size an index letter runs to where the claim uses another letter."""
        self.words, self.ranges = vocabulary, ranges
        self.bound: dict[str, Index] = {}

    def index(self, sub: Sub) -> Index | int:
        """Return an index, or the number of one."""
        if isinstance(sub, int):
            return sub
        if not isinstance(sub, str):
            raise OutsideError("an index that is looked up" if not isinstance(sub, Shifted) else "a shifted index")
        if sub in self.bound:
            return self.bound[sub]
        if sub in self.words.indices:
            return self.words.indices[sub]
        if self.ranges.get(sub) in self.words.sizes:
            return Index(sub, self.words.sizes[self.ranges[sub]])
        raise OutsideError(f"the index {sub}")

    def is_vector(self, node: Expression) -> bool:
        """Whether a tree stands for a vector, of which the claim says what an entry is."""
        if isinstance(node, Name):
            if node.key == "e" and node.subs:
                return True
            thing = self.words.find(node.key)
            several = isinstance(thing, Vector) or (isinstance(thing, Definition) and thing.parameters)
            return not node.subs and bool(several)
        if isinstance(node, Plus | Times):
            return any(map(self.is_vector, node.parts))
        if isinstance(node, Minus):
            return self.is_vector(node.body)
        if isinstance(node, Over):
            return self.is_vector(node.top)
        if isinstance(node, Diff):
            return any(map(self.is_vector, node.variables))
        if isinstance(node, Call):
            return (node.name in ("log", "exp") and self.is_vector(node.args[0])) or (
                node.name == "softmax" and not node.subs
            )
        return False

    def vectors(self, sides: Iterable[Expression]) -> bool:
        """Whether an equation is one of vectors; it may not be one of vectors and numbers."""
        terms = [term for side in sides for term in summands(side)]
        found = set(map(self.is_vector, terms))
        if len(found) > 1:
            raise OutsideError("a vector beside a number")
        return found == {True}

    def term(self, node: Expression, at: Entries | None = None) -> Term:
        """Return a tree as a term; `at` says by the size of its range which entry is meant of a vector or matrix."""
        if isinstance(node, Number):
            return term(node.value)
        if isinstance(node, Plus):
            first, *others = (self.term(part, at) for part in node.parts)
            return sum(others, first)
        if isinstance(node, Minus):
            return -self.term(node.body, at)
        if isinstance(node, Times):
            return self.product(node, at)
        if isinstance(node, Over):
            return self.term(node.top, at) / self.term(node.low, at)
        if isinstance(node, Power):
            exponent = self.term(node.exponent, at)
            if not isinstance(exponent, NumberTerm):
                raise OutsideError("a power that is no number")
            if abs(exponent.args[0]) > LARGEST_POWER:
                raise OutsideError(f"a power above {LARGEST_POWER}")
            return self.term(node.base, at) ** exponent.args[0]
        if isinstance(node, Name):
            return self.name(node, at)
        if isinstance(node, Call):
            return self.call(node, at)
        if isinstance(node, Big):
            return self.total(node, at)
        if isinstance(node, Diff):
            return self.derivative(node, at)
        raise OutsideError(f"{type(node).__name__.lower()} of something")

    def product(self, node: Times, at: Entries | None) -> Term:
        """Return a product of numbers; of vectors there is none here."""
        if sum(map(self.is_vector, node.parts)) > 1:
            raise OutsideError("a product of vectors")
        value = self.term(node.parts[0], at)
        for part in node.parts[1:]:
            value = value * self.term(part, at)
        return value

    def name(self, node: Name, at: Entries | None) -> Term:
        """Return what a name with its subscripts stands for."""
        key, subs = node.key, node.subs
        if key == "δ" and len(subs) == 2:
            return delta(*map(self.index, subs))
        if key == "e" and self.words.find("e") is None:
            if not subs:
                return exp(1)
            if not at or "N" not in at:
                raise OutsideError("a unit vector")
            return delta(at["N"], self.index(subs[0]))
        thing = self.words.find(key)
        if len(subs) == 1 and (whole := self.words.find(f"{key}_{getattr(subs[0], 'text', subs[0])}")) is not None:
            thing, subs = whole, ()
        if thing is None and not subs and key in self.words.sizes:
            return self.words.sizes[key]
        if thing is None:
            raise OutsideError(f"the name {spelled(key)}")
        return self.entry(thing, subs, key, at)

    def entry(self, thing: Thing, subs: tuple[Sub, ...], key: str, at: Entries | None) -> Term:
        """Return a number, or an entry of a vector or matrix."""
        if isinstance(thing, Term):
            if subs:
                raise OutsideError(f"an index of {spelled(key)}")
            return thing
        if isinstance(thing, Definition) and not thing.parameters and not subs:
            return Defined(thing, ())
        wanted = len(thing.sizes if isinstance(thing, Vector) else thing.parameters)
        if not subs and at is not None:
            return thing[at_sizes(thing, at)]
        if len(subs) != wanted:
            raise OutsideError(f"{spelled(key)} with {len(subs)} indices in the place of {wanted}")
        return thing[tuple(map(self.index, subs))]

    def call(self, node: Call, at: Entries | None) -> Term:
        """Return a function of something: log and exp, what is defined under such a name, softmax and log-sum-exp."""
        if node.key in ("log", "exp"):
            (inner,) = node.args
            variable = self.words.find("e^a")
            if node.key == "exp" and variable is not None and isinstance(inner, Name) and inner.key == "a":
                return self.entry(variable, inner.subs, "e^a", at)
            return (log if node.key == "log" else exp)(self.term(inner, at))
        said = [plain(argument) for argument in node.args]
        for written in (f"{node.key}({', '.join(said)})", f"{node.key}({'‖'.join(said)})"):
            thing = self.words.names.get(written)
            if thing is not None:
                return self.entry(thing, node.subs, written, at)
        if node.key == "LSE" and len(node.args) > 1:
            first, *others = (exp(self.term(argument, at)) for argument in node.args)
            return log(sum(others, first))
        if node.key in ("LSE", "softmax") and len(node.args) == 1 and self.is_vector(node.args[0]):
            return self.spread(node, at)
        raise OutsideError(f"the function {node.key}")

    def spread(self, node: Call, at: Entries | None) -> Term:
        """Return log-sum-exp of a vector, or an entry of its softmax."""
        if "N" not in self.words.sizes:
            raise OutsideError(f"{node.key} of a vector")
        (inner,) = node.args
        used = {n.name for n in every(inner) if isinstance(n, Name)} | {s for n in every(inner) for s in subs_of(n)}
        used |= {index.name for index in (*self.bound.values(), *(at or {}).values()) if isinstance(index, Index)}
        letter = next((letter for letter in LETTERS if letter not in used), None)
        if letter is None:
            raise OutsideError("more indices than there are letters for")
        k = Index(letter, self.words.sizes["N"])
        whole = total(exp(self.term(inner, {"N": k})), k)
        if node.key == "LSE":
            return log(whole)
        if not node.subs and not at:
            raise OutsideError("softmax as a vector")
        where = {"N": self.index(node.subs[0])} if node.subs else at
        return exp(self.term(inner, where)) / whole

    def total(self, node: Big, at: Entries | None) -> Term:
        """Return a sum over a whole range, perhaps with one index left out."""
        if node.kind != "sum" or node.within is not None:
            raise OutsideError("a product over an index" if node.kind != "sum" else "a sum over a set")
        if node.lower not in (None, Number(1)):
            raise OutsideError("a sum that does not start at 1")
        index = self.index(node.index)
        if not isinstance(index, Index):
            raise OutsideError("the index of a sum")
        if node.upper is not None:
            if not isinstance(node.upper, Name) or node.upper.subs or node.upper.key not in self.words.sizes:
                raise OutsideError("the upper bound of a sum")
            index = Index(node.index, self.words.sizes[node.upper.key])
        but = None if node.but is None else self.index(node.but)
        before = dict(self.bound)
        self.bound[node.index] = index
        value = total(self.term(node.body, at), index, but=but)
        self.bound = before
        return value

    def derivative(self, node: Diff, at: Entries | None) -> Term:
        """Return a derivative with respect to names."""
        variables = [self.term(variable, at) for variable in node.variables]
        if not all(isinstance(variable, Entry | Scalar | Defined) for variable in variables):
            raise OutsideError("a derivative with respect to what is no name")
        return derivative(self.term(node.body, at), *variables)


def at_sizes(thing: Vector | Definition, at: Entries) -> tuple[Index | int, ...]:
    """Return the indices in `at` that an entry of a vector, a matrix or a definition takes."""
    sizes = thing.sizes if isinstance(thing, Vector) else [index.size for index in thing.parameters]
    if any(size.args[0] not in at for size in sizes):
        raise OutsideError("a whole vector or matrix")
    return tuple(at[size.args[0]] for size in sizes)


def summands(node: Expression) -> list[Expression]:
    """Return the terms of a sum."""
    if isinstance(node, Minus):
        return summands(node.body)
    return [term for part in node.parts for term in summands(part)] if isinstance(node, Plus) else [node]


def subs_of(node: object) -> set[str]:
    """Return the letters among the subscripts of a node."""
    return {sub for sub in getattr(node, "subs", ()) if isinstance(sub, str)}


def plain(node: Expression) -> str:
    """Return an argument as the proofs write it inside a name, such as the a of LSE(a)."""
    if not isinstance(node, Name):
        return "?"
    return node.key + (f"_{''.join(map(str, node.subs))}" if node.subs else "")


def condition(clause: Clause, translator: Translator) -> Eq:
    """Return a displayed condition as a hypothesis of the prover."""
    if len(clause.parts) != 2:
        raise OutsideError("a condition of several equations")
    left, right = clause.parts
    if clause.relations == ("≠",) and isinstance(left, Name) and isinstance(right, Name) and not left.subs + right.subs:
        return apart(translator.index(left.key), translator.index(right.key))
    if clause.relations != ("=",):
        raise OutsideError(f"a condition with {clause.relations[0]}")
    return Eq(translator.term(left), translator.term(right))
