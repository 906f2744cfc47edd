r"""Read a displayed formula into a tree. What the reader does not know is an error: nothing is skipped.

>>> read(r"\sum_{k=1}^{N} p_k = 1")[0].relations
('=',)
>>> read(r"p_i \oplus p_j")
Traceback (most recent call last):
    ...
softmaxlab.displays.tokens.UnreadableError: the command \oplus is not known, in: p _ i \oplus p _ j
"""

import re
from collections.abc import Callable, Iterable
from fractions import Fraction

from .constructs import FENCES, FUNCTIONS, PARTIAL, Constructs
from .cursor import letter_of
from .tokens import RELATIONS, clauses
from .tree import (
    Clause,
    Dots,
    Expression,
    Fenced,
    Minus,
    Name,
    Number,
    Over,
    Plus,
    Power,
    Root,
    Times,
    Transposed,
)

LONGEST_NUMBER = 20  # digits
DEEPEST = 30  # expressions within one another
ENDS = {"", ")", "]", "}", "+", "-", ",", "&", "|", r"\|", r"\rfloor", r"\rceil", *RELATIONS}


def read(tex: str, functions: Iterable[str] = ()) -> tuple[Clause, ...]:
    """Return the clauses of a display.

    Parameters
    ----------
    tex : str
        The formula.
    functions : collection of str
        Names that a bracket makes a function of its content, such as ``f`` in f(x); elsewhere it is a product. Also
        names of several words.

    Returns
    -------
    tuple of Clause

    Raises
    ------
    UnreadableError
        A construct is not known; the message names it.
    """
    return tuple(Reader(words, functions).clause() for words in clauses(tex))


class Reader(Constructs):
    """One clause, read from left to right."""

    # --- clauses ----------------------------------------------------------------------------------------------

    def clause(self) -> Clause:
        """Read one clause to its end."""
        bracketed = self.now == "(" and self.bracketed_whole()
        if bracketed:
            self.take("(")
        clause = self.chain(bracketed)
        if bracketed:
            self.take(")")
        if self.now:
            self.fail(f"{self.now!r} was not expected")
        if not clause.relations:
            self.fail("no relation: a clause states something")
        return clause

    def chain(self, condition: bool = False) -> Clause:
        """Read expressions with relations between them."""
        parts = [self.expression()]
        relations: list[str] = []
        while self.now in RELATIONS:
            relations.append(RELATIONS[self.take()])
            parts.append(self.expression())
        return Clause(tuple(parts), tuple(relations), condition)

    def bracketed_whole(self) -> bool:
        """Whether the bracket at hand closes at the end of the clause, with a relation in it."""
        depth = 0
        for n, word in enumerate(self.words[self.at :]):
            depth += (word == "(") - (word == ")")
            if depth == 0:
                inside = self.words[self.at : self.at + n]
                return not self.ahead(n + 1) and any(word in RELATIONS for word in inside)
        return False

    # --- sums and products ------------------------------------------------------------------------------------

    def expression(self) -> Expression:
        """Read a sum of products."""
        parts = [self.product()]
        while self.now in ("+", "-"):
            sign = self.sign()
            part = self.product()
            parts.append(Minus(part) if sign == "-" else part)
        return parts[0] if len(parts) == 1 else Plus(tuple(parts))

    def sign(self) -> str:
        """Read a sign; a second one beside it is an error."""
        sign = self.take()
        if self.now in ("+", "-"):
            self.fail("two signs side by side")
        return sign

    def product(self) -> Expression:
        """Read factors side by side; a slash divides what stands before it by one factor."""
        if self.now in ("+", "-"):
            return Minus(self.product()) if self.sign() == "-" else self.product()
        value, slashed = self.factor(), False
        while True:
            if self.now == "/":
                if slashed:
                    self.fail("two slashes: which divides what? write brackets")
                self.take()
                value, slashed = Over(value, self.factor()), True
            elif self.now in (r"\cdot", r"\times"):
                self.take()
                value, slashed = product(value, self.factor()), False
            elif (self.now in ENDS and (self.now != "|" or self.bars)) or self.now.startswith(("\\\\", r"\end")):
                return value
            else:
                self.side_by_side(slashed)
                value = product(value, self.factor())

    def side_by_side(self, slashed: bool) -> None:
        """Fail where another factor could be read in two ways."""
        if slashed:
            self.fail(rf"is {self.now} below the slash or behind the fraction? write brackets, or \frac")
        if self.unbracketed:
            self.fail(f"does {self.unbracketed} take {self.now} as well? write brackets, or the factor in front")
        if self.now[:1].isdigit():
            self.fail(f"the number {self.now} stands behind a factor: put it in front")

    def factor(self) -> Expression:
        """Read one factor, with its power."""
        self.unbracketed, self.depth = "", self.depth + 1
        if self.depth > DEEPEST:
            self.fail(f"expressions within one another, more than {DEEPEST} deep")
        word = self.now
        readers: dict[str, Callable[[], Expression]] = {
            r"\frac": self.fraction, r"\tfrac": self.fraction, r"\dfrac": self.fraction, r"\sum": self.big,
            r"\prod": self.big, r"\max": self.largest, r"\lim": self.limit, r"\sqrt": self.root, "(": self.bracket,
            "[": self.bracket, "{": self.bare_group, "|": self.bars_around, r"\begin{cases}": self.cases,
        }  # fmt: skip
        if word in readers:
            value: Expression = self.power(readers[word]())
        elif word in FUNCTIONS:
            value = self.function()
        elif word in PARTIAL:
            value = self.slashed_derivative()
        elif word in FENCES:
            value = self.power(self.fence())
        elif word in (r"\dots", r"\cdots", r"\ldots"):
            self.take()
            value = Dots()
        elif re.fullmatch(r"[0-9]+(\.[0-9]+)?", word):
            value = self.power(self.number())
        else:
            value = self.symbol()
        self.depth -= 1
        if word not in FUNCTIONS:
            self.unbracketed = ""
        return value

    def number(self) -> Number:
        """Read a number."""
        word = self.take()
        if len(word) > LONGEST_NUMBER:
            self.fail(f"a number of more than {LONGEST_NUMBER} digits")
        if re.match("0[0-9]", word):
            self.fail(f"the number {word} begins with a 0")
        return Number(Fraction(word))

    def power(self, base: Expression) -> Expression:
        """Read the power of what was just read, if there is one."""
        if self.now == "^":
            self.take()
            base = Transposed(base) if self.top() else Power(base, self.group())
            if self.now in ("^", "_", "'"):
                self.fail(f"{self.now} behind a power: what is it of? write brackets")
        return base

    def top(self) -> bool:
        """Read the ⊤ of a superscript, alone or in braces, if it is one."""
        self.argument_begins()
        if self.now == "{" and self.ahead() == r"\top":
            self.take("{")
            self.take()
            self.take("}")
            return True
        if self.now != r"\top":
            return False
        self.take()
        return True

    def group(self, digits: bool = False) -> Expression:
        """Read an argument of TeX: what braces hold, or a single token."""
        self.argument_begins()
        return self.braced() if self.now == "{" else self.single(digits)

    def braced(self) -> Expression:
        """Read what braces hold."""
        self.take("{")
        bars, self.bars = self.bars, 0
        inner = self.expression()
        self.bars = bars
        self.take("}")
        return inner

    def bare_group(self) -> Expression:
        """Read braces that are no argument: nobody sees them, so they may hold one thing only."""
        framed = self.ahead() in (r"\frac", r"\tfrac", r"\dfrac")
        inner = self.braced()
        if not isinstance(inner, Name | Number | Fenced | Root) and not (framed and isinstance(inner, Over)):
            self.fail("braces without a bracket are not seen on the page: write ( … )")
        return inner

    def single(self, digits: bool = False) -> Number | Name:
        r"""Read one token: a digit, since \frac12 is one half, or a letter."""
        word = self.take()
        if word[:1].isdigit() and word.isascii():
            if len(word) > 1:
                if not digits:
                    self.fail(f"the braces around {word} are missing")
                self.at -= 1
                self.words[self.at] = word[1:]
            return Number(Fraction(word[0]))
        letter = letter_of(word)
        return Name(letter) if letter else self.fail(f"{word!r} is no argument" if word else "an argument is missing")

    def alone(self) -> Expression:
        """Read an expression that is all there is."""
        value = self.expression()
        if self.now:
            self.fail(f"{self.now!r} was not expected")
        return value


def product(left: Expression, right: Expression) -> Times:
    """Return a product, flat."""
    return Times((*left.parts, right) if isinstance(left, Times) else (left, right))
