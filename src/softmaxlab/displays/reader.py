r"""Read a displayed formula into a tree. What the reader does not know is an error: nothing is skipped.

>>> read(r"\sum_{k=1}^{N} p_k = 1")[0].relations
('=',)
>>> read(r"p_i \oplus p_j")
Traceback (most recent call last):
    ...
softmaxlab.displays.tokens.UnreadableError: the command \oplus is not known, in: p _ i \oplus p _ j
"""

import re
from fractions import Fraction

from .cursor import GREEK, Cursor
from .tokens import RELATIONS, clauses
from .tree import (
    Big,
    Call,
    Cases,
    Clause,
    Diff,
    Dots,
    Fenced,
    Largest,
    Limit,
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

FUNCTIONS = {r"\log": "log", r"\ln": "log", r"\exp": "exp", r"\tanh": "tanh"}
FENCES = {r"\lfloor": ("floor", r"\rfloor"), r"\lceil": ("ceil", r"\rceil")}
ENDS = {"", ")", "]", "}", "+", "-", ",", "&", "|", r"\|", r"\rfloor", r"\rceil", *RELATIONS}
PARTIAL = {r"\partial", r"\mathrm{d}"}
TOP = object()  # what a superscript ⊤ reads as


def read(tex, functions=()):
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


class Reader(Cursor):
    """One clause, read from left to right."""

    # --- clauses ----------------------------------------------------------------------------------------------

    def clause(self):
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

    def chain(self, condition=False):
        """Read expressions with relations between them."""
        parts, relations = [self.expression()], []
        while self.now in RELATIONS:
            relations.append(RELATIONS[self.take()])
            parts.append(self.expression())
        return Clause(tuple(parts), tuple(relations), condition)

    def bracketed_whole(self):
        """Whether the bracket at hand closes at the end of the clause, with a relation in it."""
        depth = 0
        for n, word in enumerate(self.words[self.at :]):
            depth += (word == "(") - (word == ")")
            if depth == 0:
                inside = self.words[self.at : self.at + n]
                return not self.ahead(n + 1) and any(word in RELATIONS for word in inside)
        return False

    # --- sums and products ------------------------------------------------------------------------------------

    def expression(self):
        """Read a sum of products."""
        parts = [self.product()]
        while self.now in ("+", "-"):
            sign = self.take()
            part = self.product()
            parts.append(Minus(part) if sign == "-" else part)
        return parts[0] if len(parts) == 1 else Plus(tuple(parts))

    def product(self):
        """Read factors side by side; a slash divides what stands before it by one factor."""
        if self.now == "-":
            self.take()
            return Minus(self.product())
        if self.now == "+":
            self.take()
            return self.product()
        value = self.factor()
        while True:
            if self.now == "/":
                self.take()
                value = Over(value, self.factor())
            elif self.now in (r"\cdot", r"\times"):
                self.take()
                value = product(value, self.factor())
            elif self.now == "|" and not self.bars:
                value = product(value, self.factor())
            elif self.now in ENDS or self.now.startswith(("\\\\", r"\end")):
                return value
            else:
                value = product(value, self.factor())

    def factor(self):
        """Read one factor, with its power."""
        word = self.now
        readers = {
            r"\frac": self.fraction, r"\tfrac": self.fraction, r"\dfrac": self.fraction, r"\sum": self.big,
            r"\prod": self.big, r"\max": self.largest, r"\lim": self.limit, r"\sqrt": self.root, "(": self.bracket,
            "[": self.bracket, "{": self.group, "|": self.bars_around, r"\begin{cases}": self.cases,
        }  # fmt: skip
        if word in readers:
            return self.power(readers[word]())
        if word in FUNCTIONS:
            return self.function()
        if word in PARTIAL:
            return self.slashed_derivative()
        if word in FENCES:
            return self.power(self.fence())
        if word in (r"\dots", r"\cdots", r"\ldots"):
            self.take()
            return Dots()
        if re.fullmatch(r"\d+(\.\d+)?", word):
            return self.power(Number(Fraction(self.take())))
        return self.symbol()

    def power(self, base):
        """Read the power of what was just read, if there is one."""
        while self.now == "^":
            self.take()
            exponent = self.group()
            base = Transposed(base) if exponent is TOP else Power(base, exponent)
        if self.now == "_" and isinstance(base, Power):
            self.fail("a subscript behind a power")
        return base

    def group(self):
        """Read an argument of TeX: what braces hold, or a single token."""
        if self.now != "{":
            return self.single()
        self.take("{")
        if self.now == r"\top":
            self.take()
            self.take("}")
            return TOP
        bars, self.bars = self.bars, 0
        inner = self.expression()
        self.bars = bars
        self.take("}")
        return inner

    def single(self):
        r"""Read one token: a digit, since \frac12 is one half, or a letter."""
        word = self.take()
        if word[:1].isdigit():
            if len(word) > 1:
                self.at -= 1
                self.words[self.at] = word[1:]
            return Number(Fraction(word[0]))
        if word == r"\top":
            return TOP
        if word.lstrip("\\") in GREEK or (word.isalpha() and word.isascii()):
            return Name(GREEK.get(word.lstrip("\\"), word))
        return self.fail(f"{word!r} is no argument")

    # --- one construct each -----------------------------------------------------------------------------------

    def bracket(self):
        """Read ( … ) or [ … ]."""
        close = {"(": ")", "[": "]"}[self.take()]
        bars, self.bars = self.bars, 0
        inner = self.expression()
        self.bars = bars
        self.take(close)
        return inner

    def bars_around(self):
        """Read | … |."""
        self.take("|")
        self.bars += 1
        inner = self.expression()
        self.bars -= 1
        self.take("|")
        return Fenced("abs", inner)

    def fence(self):
        """Read ⌊ … ⌋ or ⌈ … ⌉."""
        kind, close = FENCES[self.take()]
        inner = self.expression()
        self.take(close)
        return Fenced(kind, inner)

    def fraction(self):
        """Read a fraction; with a ∂ on top, a derivative."""
        self.take()
        if self.now == "{" and self.ahead() in PARTIAL:
            return self.derivative()
        top = self.group()
        return Over(top, self.group())

    def derivative(self):
        r"""Read \frac{\partial^2 X}{\partial a\, \partial b}, or \frac{\partial}{\partial a} X."""
        self.take("{")
        self.take()
        order = self.order()
        body = None if self.now == "}" else self.product()
        self.take("}")
        self.take("{")
        return self.with_respect_to(body, order)

    def slashed_derivative(self):
        r"""Read \partial X / \partial a_j, as it stands in a line of prose."""
        self.take()
        order, body = self.order(), self.symbol()
        self.take("/")
        if self.now not in PARTIAL:
            self.fail("a ∂ below the slash was expected")
        return self.with_respect_to(body, order, "")

    def order(self):
        """Read the order of a derivative."""
        if self.now != "^":
            return 1
        self.take()
        return self.whole(self.group())

    def with_respect_to(self, body, order, close="}"):
        """Read the variables of a derivative."""
        variables = []
        while self.now in PARTIAL:
            self.take()
            variable, times = self.symbol(), 1
            if isinstance(variable, Power):
                variable, times = variable.base, self.whole(variable.exponent)
            variables += [variable] * times
        if close:
            self.take(close)
        if len(variables) != order:
            self.fail(f"∂ to the power {order} above the bar, and {len(variables)} variables below")
        return Diff(self.product() if body is None else body, tuple(variables))

    def whole(self, node):
        """Return a whole number that was read."""
        if not isinstance(node, Number) or node.value.denominator != 1:
            self.fail("a whole number was expected as the order of a derivative")
        return int(node.value)

    def big(self):
        """Read Σ or Π with its bounds and its body, which reaches to the end of the product."""
        kind = {r"\sum": "sum", r"\prod": "prod"}[self.take()]
        lower = upper = but = within = index = None
        while self.now in ("_", "^"):
            if self.take() == "^":
                upper = self.group()
                continue
            index, *bound = self.subscript_words()
            if bound and bound[0] == "=":
                lower = Reader(bound[1:], self.functions).alone()
            elif bound and bound[0] in (r"\ne", r"\neq"):
                (but,) = self.subscripts(bound[1:])
            elif bound and bound[0] == r"\in":
                (within,) = self.subscripts(bound[1:])
            elif bound:
                self.fail(f"the bound {' '.join(bound)!r} is not known")
        if index is None:
            self.fail("a sum without an index")
        return Big(kind, index, self.product(), lower, upper, but, within)

    def alone(self):
        """Read an expression that is all there is."""
        value = self.expression()
        if self.now:
            self.fail(f"{self.now!r} was not expected")
        return value

    def largest(self):
        """Read a maximum over an index, or of arguments."""
        self.take()
        if self.now == "_":
            self.take()
            words = self.subscript_words()
            if len(words) != 1:
                self.fail("a maximum over one index was expected")
            return Largest(words[0], self.factor())
        self.take("(")
        return Call("max", self.arguments())

    def limit(self):
        """Read a limit to ∞ or to 0 from above, of all that follows in its product."""
        self.take()
        self.take("_")
        words = self.subscript_words()
        ends = {(r"\infty",): "∞", ("0", "^", "+"): "0+"}
        if words[1:2] != [r"\to"] or tuple(words[2:]) not in ends:
            self.fail("a limit to ∞ or to 0^+ was expected")
        return Limit(words[0], ends[tuple(words[2:])], self.product())

    def root(self):
        """Read a root, perhaps with its degree."""
        self.take()
        degree = Number(Fraction(2))
        if self.now == "[":
            self.take()
            degree = self.expression()
            self.take("]")
        return Root(self.group(), degree)

    def function(self):
        """Read log, exp or tanh with base, power and argument."""
        name, base, power = FUNCTIONS[self.take()], None, None
        if self.now == "_":
            self.take()
            base = self.group()
        if self.now == "^":
            self.take()
            power = self.group()
        value = Call(name, (self.big() if self.now in (r"\sum", r"\prod") else self.factor(),))
        if base is not None:
            value = Over(value, Call("log", (base,)))
        return value if power is None else Power(value, power)

    def cases(self):
        """Read values by case: each row ends in "if" and a clause, or in "otherwise"."""
        self.take()
        found = []
        while not self.now.startswith(r"\end"):
            value = self.expression()
            self.take("&")
            words = self.take()
            if words not in (r"\text{if }", r"\text{otherwise}"):
                self.fail(r"a case is told by \text{if } or \text{otherwise}")
            found.append((value, None if "otherwise" in words else self.chain()))
            if self.now.startswith("\\\\"):
                self.take()
        self.take(r"\end{cases}")
        return Cases(tuple(found))

    # --- names ------------------------------------------------------------------------------------------------

    def symbol(self):
        """Read a name with primes, subscripts, arguments and power."""
        name, upright = self.name()
        if " " in name.removeprefix("bar ").removeprefix("hat ").removeprefix("tilde ") and name not in self.functions:
            self.fail(f"words in a formula, {name!r}")
        if upright and name in ("Im", "Re"):
            return Call(name, (self.factor(),))
        subs, primes = (), 0
        while self.now in ("'", "_") or (self.now == "^" and self.ahead() == "{" and self.ahead(2) == "("):
            word = self.take()
            if word == "'":
                primes += 1
                continue
            words = self.subscript_words()
            subs += self.subscripts(words if word == "_" else words[1:-1])  # p_k^{(n)} is p^{(n)}_k: the row first
            if word == "^" and len(subs) > 1:
                subs = (*subs[-1:], *subs[:-1])
        if self.now == "(" and name + "'" * primes in self.functions:
            self.take("(")
            arguments = self.arguments()
            if self.now == "_":
                self.take()
                subs += self.subscripts(self.subscript_words())
            return self.power(Call(name, arguments, subs, primes))
        if name == "e" and not subs and self.now == "^":
            self.take()
            return Call("exp", (self.group(),))
        return self.power(Name(name, subs, primes))

    def arguments(self):
        r"""Read arguments up to the closing bracket; a comma or \| stands between them."""
        found = [self.expression()]
        while self.now in (",", r"\|"):
            self.take()
            found.append(self.expression())
        self.take(")")
        return tuple(found)


def product(left, right):
    """Return a product, flat."""
    return Times((*left.parts, right) if isinstance(left, Times) else (left, right))
