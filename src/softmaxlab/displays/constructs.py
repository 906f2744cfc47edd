"""Fractions, derivatives, sums, functions and names with what stands around them: one method for each construct.

What holds other expressions calls `expression`, `product`, `factor` or `group` of the Reader that it is part of.
"""

from abc import ABC, abstractmethod
from fractions import Fraction

from .cursor import ROWS, Cursor
from .tokens import Spaced
from .tree import (
    Big,
    Call,
    Cases,
    Clause,
    Diff,
    Expression,
    Fenced,
    Largest,
    Limit,
    Name,
    Number,
    Over,
    Power,
    Root,
    Sub,
)

FUNCTIONS = {r"\log": "log", r"\ln": "log", r"\exp": "exp", r"\tanh": "tanh"}
FENCES = {r"\lfloor": ("floor", r"\rfloor"), r"\lceil": ("ceil", r"\rceil")}
BARRED = {"KL"}  # functions with a ‖ between their arguments, others have commas
PARTIAL = {r"\partial", r"\mathrm{d}"}


class Constructs(Cursor, ABC):
    """The constructs of one clause."""

    # --- what the Reader knows --------------------------------------------------------------------------------

    @abstractmethod
    def chain(self) -> Clause:
        """Read expressions with relations between them."""

    @abstractmethod
    def expression(self) -> Expression:
        """Read a sum of products."""

    @abstractmethod
    def product(self) -> Expression:
        """Read factors side by side."""

    @abstractmethod
    def factor(self) -> Expression:
        """Read one factor, with its power."""

    @abstractmethod
    def power(self, base: Expression) -> Expression:
        """Read the power of what was just read, if there is one."""

    @abstractmethod
    def group(self, digits: bool = False) -> Expression:
        """Read an argument of TeX."""

    @abstractmethod
    def alone(self) -> Expression:
        """Read an expression that is all there is."""

    # --- brackets and fractions -------------------------------------------------------------------------------

    def bracket(self) -> Expression:
        """Read ( … ) or [ … ]."""
        close = {"(": ")", "[": "]"}[self.take()]
        bars, self.bars = self.bars, 0
        inner = self.expression()
        self.bars = bars
        self.take(close)
        return inner

    def bars_around(self) -> Fenced:
        """Read | … |."""
        self.take("|")
        self.bars += 1
        inner = self.expression()
        self.bars -= 1
        self.take("|")
        return Fenced("abs", inner)

    def fence(self) -> Fenced:
        """Read ⌊ … ⌋ or ⌈ … ⌉."""
        kind, close = FENCES[self.take()]
        inner = self.expression()
        self.take(close)
        return Fenced(kind, inner)

    def fraction(self) -> Over | Diff:
        """Read a fraction; with a ∂ on top, a derivative."""
        self.take()
        if self.now == "{" and self.ahead() in PARTIAL:
            return self.derivative()
        top = self.group(digits=True)
        return Over(top, self.group())

    def derivative(self) -> Diff:
        r"""Read \frac{\partial^2 X}{\partial a\, \partial b}, or \frac{\partial}{\partial a} X."""
        self.argument_begins()
        self.take("{")
        mark, order = self.take(), self.order()
        body = None if self.now == "}" else self.product()
        self.take("}")
        self.take("{")
        return self.with_respect_to(mark, body, order)

    def slashed_derivative(self) -> Diff:
        r"""Read \partial X / \partial a_j, as it stands in a line of prose."""
        mark, order, body = self.take(), self.order(), self.symbol()
        self.take("/")
        return self.with_respect_to(mark, body, order, "")

    def order(self) -> int:
        """Read the order of a derivative."""
        if self.now != "^":
            return 1
        self.take()
        return self.whole(self.group())

    def with_respect_to(self, mark: str, body: Expression | None, order: int, close: str = "}") -> Diff:
        """Read the variables of a derivative, each behind the same ∂ or d as above the bar."""
        variables: list[Expression] = []
        while self.now == mark:
            self.take()
            found = self.symbol()
            variable, times = found, 1
            if isinstance(found, Power):
                variable, times = found.base, self.whole(found.exponent)
            variables += [variable] * times
        if close:
            self.take(close)
        if len(variables) != order:
            self.fail(f"∂ to the power {order} above the bar, and {len(variables)} variables below")
        if body is None and self.now in ("+", "-"):
            self.fail(f"the derivative of what? {self.now} stands behind it; write brackets")
        return Diff(self.product() if body is None else body, tuple(variables))

    def whole(self, node: Expression) -> int:
        """Return a whole number that was read."""
        if not isinstance(node, Number) or node.value.denominator != 1:
            self.fail("a whole number was expected as the order of a derivative")
        return int(node.value)

    def big(self) -> Big:
        """Read Σ or Π with its bounds and its body, which reaches to the end of the product."""
        kind = {r"\sum": "sum", r"\prod": "prod"}[self.take()]
        index: str | None = None
        lower: Expression | None = None
        upper: Expression | None = None
        but: Sub | None = None
        within: Sub | None = None
        while self.now in ("_", "^"):
            if self.take() == "^":
                if upper is not None:
                    self.fail("two upper bounds")
                upper = self.group()
                continue
            if index is not None:
                self.fail("two lower bounds")
            words = self.subscript_words()
            index, bound = self.letter(words[:1], f"below the {kind}"), words[1:]
            if bound and bound[0] == "=":
                lower = type(self)(bound[1:], self.functions).alone()
            elif bound and bound[0] in (r"\ne", r"\neq"):
                but = self.subscript(bound[1:])
            elif bound and bound[0] == r"\in":
                within = self.subscript(bound[1:])
            elif bound:
                self.fail(f"the bound {' '.join(bound)!r} is not known")
        if index is None:
            self.fail("a sum without an index")
        if self.now == "+":
            self.fail("a + behind the bounds of a sum")
        return Big(kind, index, self.product(), lower, upper, but, within)

    def largest(self) -> Largest | Call:
        """Read a maximum over an index, or of arguments."""
        self.take()
        if self.now == "_":
            self.take()
            index = self.letter(self.subscript_words(), "below the max")
            return Largest(index, self.factor())
        self.take("(")
        return Call("max", self.arguments())

    def limit(self) -> Limit:
        """Read a limit to ∞ or to 0 from above, of all that follows in its product."""
        self.take()
        self.take("_")
        words = self.subscript_words()
        if any(isinstance(word, Spaced) for word in words[-1:]) and words[-2:-1] == ["^"]:
            self.fail("a space stands in the place of an exponent")
        ends = {(r"\infty",): "∞", ("0", "^", "+"): "0+"}
        if words[1:2] != [r"\to"] or tuple(words[2:]) not in ends:
            self.fail("a limit to ∞ or to 0^+ was expected")
        return Limit(self.letter(words[:1], "below the lim"), ends[tuple(words[2:])], self.product())

    def root(self) -> Root:
        """Read a root, perhaps with its degree."""
        self.take()
        degree: Expression = Number(Fraction(2))
        if self.now == "[":
            self.take()
            degree = self.expression()
            self.take("]")
        return Root(self.group(), degree)

    def function(self) -> Expression:
        """Read log, exp or tanh with base, power and argument."""
        name = FUNCTIONS[self.take()]
        base: Expression | None = None
        power: Expression | None = None
        if self.now == "_":
            self.take()
            base = self.group()
        if self.now == "^":
            self.take()
            power = self.group()
        unbracketed = ""
        if self.now in (r"\sum", r"\prod"):
            argument: Expression = self.big()
        elif self.now in ("(", "["):
            argument = self.bracket()
            if self.now == "^":
                self.fail(f"is that the power of {name} or of what it takes? write \\{name}^2 x or \\{name}(x^2)")
        else:
            argument, unbracketed = self.factor(), name
        self.unbracketed = unbracketed
        value: Expression = Call(name, (argument,))
        if base is not None:
            value = Over(value, Call("log", (base,)))
        return value if power is None else Power(value, power)

    def cases(self) -> Cases:
        """Read values by case: each row ends in "if" and a clause, or in "otherwise"."""
        self.take()
        found: list[tuple[Expression, Clause | None]] = []
        while not self.now.startswith(r"\end"):
            value = self.expression()
            self.take("&")
            told = self.take().replace(" ", "")
            if told not in (r"\text{if}", r"\text{otherwise}"):
                self.fail(r"a case is told by \text{if } or \text{otherwise}")
            found.append((value, None if "otherwise" in told else self.chain()))
            if self.now.startswith("\\\\"):
                self.take()
        self.take(r"\end{cases}")
        return Cases(tuple(found))

    # --- names ------------------------------------------------------------------------------------------------

    def symbol(self) -> Expression:
        """Read a name with primes, subscripts, arguments and power."""
        name, upright = self.name()
        if " " in name.removeprefix("bar ").removeprefix("hat ").removeprefix("tilde ") and name not in self.functions:
            self.fail(f"words in a formula, {name!r}")
        if upright and name in ("Im", "Re"):
            return Call(name, (self.factor(),))
        subs, primes = self.subscripts_and_primes(name)
        if self.now == "(" and name + "'" * primes in self.functions:
            self.take("(")
            arguments = self.arguments(r"\|" if name in BARRED else ",")
            if self.now == "_":
                if subs:
                    self.fail("subscripts before and behind the brackets")
                self.take()
                subs = self.subscripts(self.subscript_words())
            return self.power(Call(name, arguments, subs, primes))
        if name == "e" and not subs and not primes and self.now == "^":
            self.take()
            return Call("exp", (self.group(),))
        return self.power(Name(name, subs, primes))

    def subscripts_and_primes(self, name: str) -> tuple[tuple[Sub, ...], int]:
        """Read what stands behind a name: one subscript, one row in brackets above it, or primes."""
        below: tuple[Sub, ...] | None = None
        above: tuple[Sub, ...] | None = None
        primes = 0
        while True:
            if self.now == "'" and above is None:
                self.take()
                primes += 1
            elif self.now == "_" and below is None:
                self.take()
                below = self.subscripts(self.subscript_words())
            elif self.now == "^" and self.ahead() == "{" and self.ahead(2) == "(" and self.row_above(name):
                if above is not None or primes:
                    self.fail("two things above one name")
                self.take()
                above = self.subscripts(self.subscript_words()[1:-1])
            elif self.now in ("_", "'"):
                self.fail(f"a second {self.now}: put all into one pair of braces")
            else:
                return (above or ()) + (below or ()), primes  # p_k^{(n)} is p^{(n)}_k: the row first

    def row_above(self, name: str) -> bool:
        """Whether what stands above a name in brackets is a row, as the n of p^{(n)}, and no power."""
        return name != "e" and self.ahead(3) in ROWS and self.ahead(4) == ")" and self.ahead(5) == "}"

    def arguments(self, between: str = ",") -> tuple[Expression, ...]:
        """Read arguments up to the closing bracket."""
        found = [self.expression()]
        while self.now in (",", r"\|"):
            self.take(between)
            found.append(self.expression())
        self.take(")")
        return tuple(found)
