# ruff: noqa: D105  (operators and __repr__ say what they are)
"""The words in which an identity is stated.

>>> i, j, k = indices("i j k")
>>> a = vector("a")
>>> p = define("p", i, exp(a[i]) / total(exp(a[k]), k))
>>> derivative(p[i], a[j])
∂p_i/∂a_j
>>> p[i] * (delta(i, j) - p[j])
p_i(δ_ij − p_j)
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

from .indexing import delta_of, free_indices
from .terms import (
    ZERO,
    Defined,
    Definition,
    Delta,
    Derivative,
    Entry,
    Exp,
    Index,
    Log,
    Scalar,
    Size,
    Subscript,
    Term,
    TermLike,
    Total,
    Vector,
    term,
)

N = Size("N")


@dataclass(frozen=True)
class Eq:
    """A hypothesis: left and right are equal (for the goal's own free indices, unless `every` says more)."""

    lhs: Term
    rhs: Term
    universal: tuple[Index, ...] = ()

    if TYPE_CHECKING:

        def __init__(self, lhs: TermLike, rhs: TermLike, universal: tuple[Index, ...] = ()) -> None:
            """Take numbers too; `__post_init__` makes terms of them."""

    def __post_init__(self) -> None:
        """Let numbers be written as numbers."""
        object.__setattr__(self, "lhs", term(self.lhs))
        object.__setattr__(self, "rhs", term(self.rhs))

    def __repr__(self) -> str:
        if isinstance(self.lhs, Delta) and self.rhs == ZERO:
            return f"{self.lhs.args[0]} ≠ {self.lhs.args[1]}"
        scope = f" for every {', '.join(i.name for i in self.universal)}" if self.universal else ""
        return f"{self.lhs!r} = {self.rhs!r}{scope}"


def apart(left: Subscript, right: Subscript) -> Eq:
    """Return the hypothesis that two indices differ: δ is 0."""
    return Eq(delta(left, right), 0)


def every(*parts: Any) -> Eq:  # indices, and last the Eq
    """`every(r, equation)`: the hypothesis holds for each value of r, not only for the goal's own."""
    *universal, equation = parts
    return Eq(equation.lhs, equation.rhs, equation.universal + tuple(universal))


def size(name: str) -> Size:
    """Return a positive integer, the end of a range: `m = size("m")` for the rows of a batch."""
    return Size(name)


def indices(names: str, upto: Size = N) -> Any:  # an Index, or a list of as many as there are names
    """Return indices that run over 1..upto: `i, j, k = indices("i j k")`."""
    if not all(name.isalpha() for name in names.split()):
        raise ValueError(f"{names!r} are not index names: write letters with spaces between them")
    found = [Index(name, upto) for name in names.split()]
    return found[0] if len(found) == 1 else found


def vector(name: str, length: Size = N, positive: bool = False) -> Vector:
    """Return real numbers a_1 … a_N; `a[i]` is one of them. Say `positive=True` where a logarithm needs it."""
    return Vector(name, (length,), positive)


def matrix(name: str, rows: Size, columns: Size, positive: bool = False) -> Vector:
    """Return real numbers z_nk; `z[n, k]` is one of them."""
    return Vector(name, (rows, columns), positive)


def scalar(name: str, positive: bool = False) -> Scalar:
    """Return a real number by name."""
    return Scalar(name, positive)


def exp(value: TermLike) -> Exp:
    """Return e to the power of a formula."""
    return Exp(term(value))


def log(value: TermLike) -> Log:
    """Return the natural logarithm of a formula."""
    return Log(term(value))


def total(body: TermLike, index: Index, but: Subscript | None = None) -> Total:
    """Return the sum over index = 1..N; `but=i` leaves the i-th summand out."""
    return Total(index, term(body), but)


def delta(left: Subscript, right: Subscript) -> Term:
    """Return Kronecker's δ."""
    return delta_of(left, right)


def derivative(body: TermLike, *variables: Term) -> Term:
    """Return ∂body/∂variable, for several variables one after the other.

    A variable may be an entry `a[j]`, a scalar, or an entry `p[j]` of something defined. In the last case p counts
    as a variable of its own, as in ∂L/∂p_j: how p depends on the logits is not looked at.
    """
    result = term(body)
    for variable in variables:
        if not isinstance(variable, Entry | Scalar | Defined):
            raise TypeError(f"∂/∂({variable!r}) needs a single name such as a[j] below the bar")
        result = Derivative(result, variable)
    return result


@overload
def define(name: str, body: TermLike, /) -> Defined: ...
@overload
def define(name: str, parameter: Index, /, *parts: Index | TermLike) -> Definition: ...
def define(name: str, *parts: Any) -> Definition | Defined:
    """`define("p", i, body)` names a vector p_i, `define("L", body)` a number; both unfold inside proofs."""
    *parameters, body = parts
    body = term(body)
    strangers = free_indices(body) - set(parameters)
    if strangers:
        listed = ", ".join(sorted(i.name for i in strangers))
        raise ValueError(
            f"the definition of {name} uses {listed} freely: pass it as a parameter, define({name!r}, {listed}, …)"
        )
    definition = Definition(name, tuple(parameters), body)
    return definition if parameters else Defined(definition, ())
