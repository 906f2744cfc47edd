"""For which sizes a proof holds: where its named classes exist, and where nothing in it divides by 0.

Rewriting cancels (N − 1) / (N − 1) without asking. At N = 1, though, Σ_{k≠1} 1/(N − 1) has no summand, and is 0.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sympy as sp

from ..language.errors import Undecided, Undefined
from ..language.indexing import children
from ..language.names import sizes_in
from ..language.terms import Defined, Delta, Entry, Index, Log, Power, Size, Subscript, Term, Total
from ..rewriting.normal import Normalizer
from ..rewriting.passes import everything_unfolded
from ..rewriting.polynomials import Monomial
from .concrete import SymPyExpr


@dataclass(frozen=True)
class Scope:
    """Sizes at which a claim holds.

    Parameters
    ----------
    least : dict
        The smallest value of each size that the claim speaks of: ``{"N": 2}``.
    missing : dict
        Larger values at which it is not defined: ``{"N": (3,)}``.
    nonzero : tuple of sympy.Expr
        What must not be 0, where that depends on two sizes.
    n : int, optional
        The number of classes, where the claim is about that N alone.
    """

    least: dict[str, int] = field(default_factory=dict)
    missing: dict[str, tuple[int, ...]] = field(default_factory=dict)
    nonzero: tuple[SymPyExpr, ...] = ()
    n: int | None = None

    def __and__(self, other: "Scope") -> "Scope":
        """Return the sizes at which two claims both hold."""
        names = {*self.least, *other.least}
        least = {s: max(self.least.get(s, 1), other.least.get(s, 1)) for s in names}
        missing = {s: {*self.missing.get(s, ()), *other.missing.get(s, ())} for s in names}
        return settled(least, missing, (*self.nonzero, *other.nonzero), self.n or other.n)

    def without(self, size: str, value: int) -> "Scope":
        """Return the same scope without one value of one size."""
        missing = {**self.missing, size: (*self.missing.get(size, ()), value)}
        return settled(self.least, missing, self.nonzero, self.n)

    def ranges(self) -> list[str]:
        """Return the sizes that may take any value: N first, as one reads them."""
        return sorted(
            self.least.keys() - ({"N"} if self.n else set()), key=lambda size: (size != "N", size.isupper(), size)
        )

    def after(self, size: str, value: int) -> int:
        """Return the first value of a size from `value` on that is not left out."""
        value = max(value, self.least[size])
        while value in self.missing.get(size, ()):
            value += 1
        return value

    def holds(self, sizes: Mapping[str, int]) -> bool:
        """Whether concrete sizes are in this scope."""
        inside = all(self.after(size, sizes[size]) == sizes[size] for size in self.least)
        return inside and all(factor.subs(sizes) != 0 for factor in self.nonzero)

    @property
    def words(self) -> str:
        """For which sizes it holds, in words; nothing but "proved" for a claim without sizes."""
        bounded = [size for size in self.ranges() if self.least[size] > 1 or size in self.missing]
        related = {symbol.name for factor in self.nonzero for symbol in factor.free_symbols}
        shown = [size for size in self.ranges() if size in {"N", *bounded, *related}] or self.ranges()
        free = [size for size in shown if size not in bounded]
        ranges = [f"all {listed(free)}"] if free and not self.n else [f"N = {self.n}"] if self.n else []
        ranges += [f"all {self.range(size)}" for size in bounded]
        where = [f"{str(factor).replace('*', ' ').replace('-', '−')} ≠ 0" for factor in self.nonzero]
        words = "proved" + (f" for {' and '.join(ranges)}" if ranges else "")
        return words + (f" where {' and '.join(where)}" if where else "")

    def range(self, size: str) -> str:
        """Return the values of one size: N, N ≥ 2, N ≠ 3, N ≥ 2 except 5."""
        least, missing = self.least[size], ", ".join(map(str, self.missing.get(size, ())))
        if least > 1:
            return f"{size} ≥ {least}" + (f" except {missing}" if missing else "")
        return f"{size} ≠ {missing}" if missing else size


def listed(names: Sequence[str]) -> str:
    """Return names as one lists them: m, D and K."""
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def settled(
    least: dict[str, int],
    missing: Mapping[str, Collection[int]],
    nonzero: Iterable[SymPyExpr] = (),
    n: int | None = None,
) -> Scope:
    """Return a Scope: a value missing at the lower end raises that end."""
    least = dict(least)
    kept: dict[str, tuple[int, ...]] = {}
    for size, values in missing.items():
        while least[size] in values:
            least[size] += 1
        if later := sorted({value for value in values if value > least[size]}):
            kept[size] = tuple(later)
    return Scope(least, kept, tuple(dict.fromkeys(nonzero)), n)


def scope_of(terms: Sequence[Term]) -> Scope:
    """Return the sizes at which formulas mean something, as far as that can be read from them."""
    least = dict.fromkeys(sizes_in(*terms), 1) | {size: max(n) for size, n in named_classes(*terms).items()}
    missing: dict[str, set[int]] = {}
    nonzero: list[SymPyExpr] = []
    for factor in vanishing(terms):
        symbols = sorted(s.name for s in factor.free_symbols)
        if len(symbols) > 1:
            nonzero.append(-factor if sp.LC(factor, *sp.symbols(symbols)) < 0 else factor)
        else:
            roots = sp.Poly(factor).ground_roots()
            missing.setdefault(symbols[0], set()).update(int(r) for r in roots if r.is_integer and r >= 1)
    return settled(least, missing, nonzero)


def named_classes(*terms: Term) -> dict[str, set[int]]:
    """Return {size: numbers used as indices over it}, such as the 5 of a_5, definitions and variables included."""
    found: dict[str, set[int]] = {}

    def note(index: Subscript | None, size: Size) -> None:
        if isinstance(index, int):
            found.setdefault(size.args[0], set()).add(index)

    def visit(term: Term) -> None:
        match term:
            case Entry():
                for index, size in zip(term.args[1], term.args[0].sizes, strict=True):
                    note(index, size)
            case Defined():
                for index, parameter in zip(term.args[1], term.args[0].parameters, strict=True):
                    note(index, parameter.size)
                visit(term.args[0].body)
            case Delta():
                size = next(i.size for i in term.args if isinstance(i, Index))
                for index in term.args:
                    note(index, size)
            case Total():
                note(term.args[2], term.args[0].size)
        for part in term.args:
            if isinstance(part, Term):
                visit(part)

    for term in terms:
        visit(term)
    return found


def vanishing(terms: Iterable[Term]) -> list[SymPyExpr]:
    """Return the polynomials in the sizes that stand below a fraction bar, or as a factor of what stands there."""
    normal = Normalizer()
    found: dict[SymPyExpr, bool] = {}
    seen: set[Term] = set()

    def visit(term: Term) -> None:
        if term in seen:
            return
        seen.add(term)
        if (isinstance(term, Power) and term.args[1] < 0) or isinstance(term, Log):
            for factor in factors_in_sizes(normal, term.args[0]):
                found[factor] = True
        for part in children(term):
            visit(part)
        if isinstance(term, Defined):
            visit(term.args[0].body)

    for term in terms:
        visit(term)
    return list(found)


def factors_in_sizes(normal: Normalizer, term: Term) -> list[SymPyExpr]:
    """Return the irreducible factors of a formula that hold sizes alone: it is 0 wherever one of them is."""
    if not sizes_in(term) or isinstance(term, Size):
        return []
    try:
        polynomial = normal(everything_unfolded(term))
    except (TypeError, Undefined, Undecided):  # it holds a derivative, or is 0 itself: the audit sees that
        return []
    groups: dict[Monomial, SymPyExpr] = {}
    for monomial, coefficient in polynomial.items():
        plain = [(atom, e) for atom, e in monomial if isinstance(atom, Size) and e.denominator == 1]
        rest = tuple(pair for pair in monomial if pair not in plain)
        sizes = [sp.Symbol(atom.args[0]) ** int(e) for atom, e in plain]
        number = sp.Rational(coefficient.numerator, coefficient.denominator)
        groups[rest] = groups.get(rest, 0) + sp.Mul(number, *sizes)
    common = sp.gcd_list([sp.numer(sp.together(group)) for group in groups.values()])
    factors = [factor for factor, _ in sp.factor_list(common)[1]]
    return [factor for factor in factors if not factor.is_Symbol]
