# ruff: noqa: D105  (operators and __repr__ say what they are)
"""The terms of the little language: what a formula *is*, before anybody rewrites it.

A term is an immutable tree. Two terms are equal when they are written the same way, bound names included; that two
differently written terms have the same *value* is what `prove` is for. Nothing is simplified here except for what
keeps a tree readable: flat sums and products, numbers gathered, 0 and 1 dropped.
"""

from __future__ import annotations  # the classes and their operators speak of each other

from fractions import Fraction
from numbers import Rational
from typing import Any, TypeAlias


class Term:
    """A formula. Subclasses list what `args` holds."""

    __slots__ = ("args", "free", "key")

    args: tuple[Any, ...]
    free: frozenset[Index] | None
    key: str

    def __init__(self, *args: object) -> None:
        """Store the parts, and a text by which terms are compared, ordered and hashed."""
        self.args = args
        self.key = f"{type(self).__name__}({','.join(index_key(a) for a in args)})"
        self.free = None  # the free indices, once `free_indices` has looked for them

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        from .text import text

        return text(self)

    def _repr_latex_(self) -> str:
        from .tex import tex

        return rf"$\displaystyle {tex(self)}$"

    def __add__(self, other: TermLike) -> Term:
        return add(self, term(other))

    def __radd__(self, other: TermLike) -> Term:
        return add(term(other), self)

    def __neg__(self) -> Term:
        return mul(Number(-1), self)

    def __sub__(self, other: TermLike) -> Term:
        return add(self, -term(other))

    def __rsub__(self, other: TermLike) -> Term:
        return add(term(other), -self)

    def __mul__(self, other: TermLike) -> Term:
        return mul(self, term(other))

    def __rmul__(self, other: TermLike) -> Term:
        return mul(term(other), self)

    def __truediv__(self, other: TermLike) -> Term:
        return mul(self, power(term(other), -1))

    def __rtruediv__(self, other: TermLike) -> Term:
        return mul(term(other), power(self, -1))

    def __pow__(self, exponent: Rational | int) -> Term:
        return power(self, exponent)


class Index:
    """A name that runs over 1..size: a free one is "any", a bound one belongs to its Σ."""

    __slots__ = ("key", "name", "size")

    def __init__(self, name: str, size: Size) -> None:
        """`size` is a Size term, such as N."""
        self.name, self.size, self.key = name, size, f"{name}:{size.args[0]}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Index) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        return self.name


class Number(Term):
    """A rational number: ``(value,)``."""

    __slots__ = ()

    args: tuple[Fraction]


class Size(Term):
    """The end of a range, a positive integer: ``(name,)``."""

    __slots__ = ()

    args: tuple[str]


class Scalar(Term):
    """A real number by name: ``(name, positive)``."""

    __slots__ = ()

    args: tuple[str, bool]


class Symbol:
    """A name that is indexed, declared as often as one likes: what has the same `key` is the same symbol."""

    key: str

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Vector(Symbol):
    """A family of real numbers, one per index (or per pair: a matrix). `a[i]` is one of them."""

    def __init__(self, name: str, sizes: tuple[Size, ...], positive: bool = False) -> None:
        """`sizes` is a tuple of Size terms, one per index."""
        self.name, self.sizes, self.positive = name, sizes, positive
        self.key = f"{name}{'+' if positive else ''}[{','.join(s.args[0] for s in sizes)}]"

    def __getitem__(self, indices: Subscript | tuple[Subscript, ...]) -> Entry:
        return Entry(self, indices if isinstance(indices, tuple) else (indices,))


class Entry(Term):
    """An entry of a vector: ``(vector, indices)``; an index is an Index or a number 1, 2, …"""

    __slots__ = ()

    args: tuple[Vector, tuple[Subscript, ...]]

    def __init__(self, vector: Vector, indices: tuple[Subscript, ...]) -> None:
        """The key spells the indices out, so that a[i] and a[j] differ."""
        super().__init__(vector, indices)
        self.key = f"Entry({vector.key},{','.join(index_key(i) for i in indices)})"


class Definition(Symbol):
    """An abbreviation with parameters, such as p_i for e^{a_i} / Σ_k e^{a_k}."""

    def __init__(self, name: str, parameters: tuple[Index, ...], body: Term) -> None:
        """`parameters` is a tuple of Index; `body` may use them freely."""
        self.name, self.parameters, self.body = name, parameters, body
        self.key = f"{name}:={body.key}@{','.join(i.key for i in parameters)}"

    def __getitem__(self, indices: Subscript | tuple[Subscript, ...]) -> Defined:
        return Defined(self, indices if isinstance(indices, tuple) else (indices,))


class Defined(Term):
    """A use of a definition: ``(definition, indices)``."""

    __slots__ = ()

    args: tuple[Definition, tuple[Subscript, ...]]

    def __init__(self, definition: Definition, indices: tuple[Subscript, ...]) -> None:
        """The key spells the indices out, as for Entry."""
        super().__init__(definition, indices)
        self.key = f"Defined({definition.key},{','.join(index_key(i) for i in indices)})"


class Add(Term):
    """A sum of two or more terms."""

    __slots__ = ()

    args: tuple[Term, ...]


class Mul(Term):
    """A product of two or more terms."""

    __slots__ = ()

    args: tuple[Term, ...]


class Power(Term):
    """A whole power: ``(base, exponent)``, exponent a Fraction (fractions arise only from e^{log x / 2})."""

    __slots__ = ()

    args: tuple[Term, Fraction]


class Exp(Term):
    """e to the power of a term."""

    __slots__ = ()

    args: tuple[Term]


class Log(Term):
    """The natural logarithm."""

    __slots__ = ()

    args: tuple[Term]


class Total(Term):
    """Σ over 1..size: ``(index, body, but)``; `but` is an index left out, or None."""

    __slots__ = ()

    args: tuple[Index, Term, Subscript | None]


class Delta(Term):
    """Kronecker's δ: ``(index, index)``: 1 where the two are equal, else 0."""

    __slots__ = ()

    args: tuple[Subscript, Subscript]


class Derivative(Term):
    """∂body/∂variable: ``(body, variable)``; the variable is an Entry, a Scalar, or a Defined held as a variable."""

    __slots__ = ()

    args: tuple[Term, Entry | Scalar | Defined]


Subscript: TypeAlias = Index | int  # an int is a class by its number
TermLike: TypeAlias = Term | Rational | int  # what `term` takes; to a type checker an int is no Rational


def index_key(part: object) -> str:
    """Return the text that identifies a part of a term: a term, an index, or a plain value such as the 2 of a_2."""
    return part.key if isinstance(part, Term | Index | Vector | Definition) else str(part)


def term(value: TermLike) -> Term:
    """Return a term for a term or a rational number."""
    if isinstance(value, Term):
        return value
    if isinstance(value, Rational):
        return Number(Fraction(int(value.numerator), int(value.denominator)))
    raise TypeError(f"{value!r} is neither a formula nor a rational number: write 1/2 as Fraction(1, 2)")


ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))


def add(*parts: Term) -> Term:
    """Return the sum, flat, its numbers gathered at the end."""
    flat: list[Term] = []
    number = Fraction(0)
    for part in parts:
        for piece in part.args if isinstance(part, Add) else (part,):
            if isinstance(piece, Number):
                number += piece.args[0]
            else:
                flat.append(piece)
    if number:
        flat.append(Number(number))
    return Add(*flat) if len(flat) > 1 else flat[0] if flat else ZERO


def mul(*parts: Term) -> Term:
    """Return the product, flat, its number in front, x x written x² (but x / x is left for a step to cancel)."""
    powers: dict[tuple[Term, bool], Fraction] = {}
    number = Fraction(1)
    for part in parts:
        for piece in part.args if isinstance(part, Mul) else (part,):
            if isinstance(piece, Number):
                number *= piece.args[0]
                continue
            base, exponent = piece.args if isinstance(piece, Power) else (piece, Fraction(1))
            side = (base, exponent > 0)
            powers[side] = powers.get(side, 0) + exponent
    if number == 0:
        return ZERO
    flat = [power(base, exponent) for (base, _), exponent in powers.items()]
    if number != 1 or not flat:
        flat.insert(0, Number(number))
    return Mul(*flat) if len(flat) > 1 else flat[0]


def power(base: Term, exponent: Rational | int) -> Term:
    """Return a whole power; of a number, its value."""
    exponent = Fraction(exponent)
    if exponent == 1:
        return base
    if exponent == 0:
        return ONE
    if isinstance(base, Number) and exponent.denominator == 1 and base.args[0] != 0:
        return Number(base.args[0] ** int(exponent))
    if isinstance(base, Power):
        inner = base.args[1]
        if inner.denominator == exponent.denominator == 1:  # (x²)^½ is not x
            return power(base.args[0], inner * exponent)
    return Power(base, exponent)
