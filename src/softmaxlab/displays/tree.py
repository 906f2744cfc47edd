"""What a displayed formula says, as a small tree: the reader makes it; numbers, terms and readings are made of it.

A statement is a tuple of clauses; a clause is a chain of expressions with a relation between each two. A clause in
round brackets, such as (j ≠ i), is a condition: it says when the others hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from fractions import Fraction
from typing import TypeAlias


@dataclass(frozen=True)
class Number:
    """A number as printed."""

    value: Fraction | int


@dataclass(frozen=True)
class Pick:
    """An index looked up in labels: the y_n of p_{n y_n}."""

    name: str
    at: str


@dataclass(frozen=True)
class Shifted:
    """An index and a whole number: the t + 1 of W_{t+1}."""

    letter: str
    by: int


@dataclass(frozen=True)
class Word:
    """A subscript in upright letters, which belongs to the name: L_batch."""

    text: str


Sub: TypeAlias = str | int | Pick | Shifted | Word  # a subscript


@dataclass(frozen=True)
class Name:
    """A letter with its primes and subscripts; a subscript is a letter, an int, a Pick, a Shifted or a Word."""

    name: str
    subs: tuple[Sub, ...] = ()
    primes: int = 0

    @property
    def key(self) -> str:
        """The name with its primes."""
        return self.name + "'" * self.primes


@dataclass(frozen=True)
class Plus:
    """A sum of parts; a part taken away is a Minus."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Minus:
    """The negative."""

    body: "Expression"


@dataclass(frozen=True)
class Times:
    """A product, in the order printed."""

    parts: tuple["Expression", ...]


@dataclass(frozen=True)
class Over:
    """A fraction."""

    top: "Expression"
    low: "Expression"


@dataclass(frozen=True)
class Power:
    """A power."""

    base: "Expression"
    exponent: "Expression"


@dataclass(frozen=True)
class Transposed:
    """A column laid down as a row."""

    body: "Expression"


@dataclass(frozen=True)
class Call:
    """A function of arguments, perhaps one entry of what it gives."""

    name: str
    args: tuple["Expression", ...]
    subs: tuple[Sub, ...] = ()
    primes: int = 0

    @property
    def key(self) -> str:
        """The name with its primes."""
        return self.name + "'" * self.primes


@dataclass(frozen=True)
class Big:
    """Σ or Π; `but` is an index left out, `within` the name of a set."""

    kind: str
    index: str
    body: "Expression"
    lower: "Expression | None" = None
    upper: "Expression | None" = None
    but: Sub | None = None
    within: Sub | None = None


@dataclass(frozen=True)
class Diff:
    """A derivative with respect to one variable after the other."""

    body: "Expression"
    variables: tuple["Expression", ...]


@dataclass(frozen=True)
class Fenced:
    """|x|, ⌊x⌋ or ⌈x⌉: `kind` is abs, floor or ceil."""

    kind: str
    body: "Expression"


@dataclass(frozen=True)
class Root:
    """A root."""

    body: "Expression"
    degree: "Expression"


@dataclass(frozen=True)
class Largest:
    """The maximum over an index."""

    index: str
    body: "Expression"


@dataclass(frozen=True)
class Limit:
    """A limit; `to` is "∞" or "0+"."""

    variable: str
    to: str
    body: "Expression"


@dataclass(frozen=True)
class Cases:
    """Values by case: (value, clause) for each row, None for the row that says otherwise."""

    rows: tuple[tuple["Expression", "Clause | None"], ...]


@dataclass(frozen=True)
class Dots:
    """And so on."""


Expression: TypeAlias = (
    Number | Name | Plus | Minus | Times | Over | Power | Transposed | Call | Big | Diff | Fenced | Root | Largest
    | Limit | Cases | Dots
)  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """Expressions with a relation between each two; `condition` where round brackets stand around all of it."""

    parts: tuple["Expression", ...]
    relations: tuple[str, ...]
    condition: bool = False

    def pairs(self) -> list[tuple[Expression, str, Expression]]:
        """Return (left, relation, right) for each relation."""
        return list(zip(self.parts, self.relations, self.parts[1:], strict=False))


def below(node: object) -> list[object]:
    """Return what stands directly below a node."""
    if isinstance(node, tuple):
        return list(node)
    return [getattr(node, field.name) for field in fields(node)] if is_dataclass(node) else []


def every(node: object) -> Iterator[object]:
    """Yield a node and all below it."""
    yield node
    for part in below(node):
        yield from every(part)


def contains(node: object, kind: type) -> bool:
    """Whether a node of this kind stands anywhere in it."""
    return any(isinstance(part, kind) for part in every(node))


def letters_of(sub: Sub | None) -> set[str]:
    """Return the letters that a subscript uses."""
    if isinstance(sub, str):
        return {sub}
    if isinstance(sub, Pick):
        return letters_of(sub.at)
    return {sub.letter} if isinstance(sub, Shifted) else set()


def free_letters(node: object) -> set[str]:
    """Return the index letters that are used and not bound."""
    if isinstance(node, Name):
        return set().union(*map(letters_of, node.subs))
    if isinstance(node, Call):
        return set().union(*map(letters_of, node.subs), *map(free_letters, node.args))
    if isinstance(node, Big):
        inner = free_letters(node.body) - {node.index}
        return inner.union(letters_of(node.but), *map(free_letters, (node.lower, node.upper)))
    if isinstance(node, Largest):
        return free_letters(node.body) - {node.index}
    if isinstance(node, Cases):
        found: set[str] = set()
        for value, clause in node.rows:
            found |= free_letters(value)
            if clause:
                names = {part.name for part in clause.parts if isinstance(part, Name) and not part.subs}
                found |= names | free_letters(clause.parts)
        return found
    return set().union(*map(free_letters, below(node)))
