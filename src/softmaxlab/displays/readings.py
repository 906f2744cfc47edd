"""A display in one line of plain text, the same for all ways of printing the same claim.

Factors and summands stand in alphabetical order, letters of sums are chosen anew, fractions and signs are gathered: two
displays with one reading state the same, and an edit that changes the claim changes the line.

>>> from softmaxlab.displays.reader import read
>>> print(reading(read(r"q_r = \\sum_{s=1}^{N} \\frac{1}{2}\\, b_s\\, a_s"), {}))
q_r = Σ_{k=1..N} a_k·b_k/2
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import singledispatch
from typing import TypeAlias

from .tokens import UnreadableError
from .tree import (
    Big,
    Call,
    Cases,
    Clause,
    Diff,
    Dots,
    Expression,
    Fenced,
    Largest,
    Limit,
    Minus,
    Name,
    Number,
    Over,
    Pick,
    Plus,
    Power,
    Root,
    Shifted,
    Sub,
    Times,
    Transposed,
    Word,
    free_letters,
)

Names: TypeAlias = Mapping[str, str]  # the letters that stand for bound indices
LETTERS = "kcjlrsghuvw"
FENCES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}


def reading(statement: Sequence[Clause], ranges: Mapping[str, str]) -> str:
    """Return the reading of a statement.

    Parameters
    ----------
    statement : sequence of Clause
        What was read.
    ranges : dict of str to str
        The size that each index letter runs to, for a sum whose bounds are left out.
    """
    taken = set().union(*(free_letters(clause.parts) for clause in statement))
    write = Writer(ranges, taken)
    return "; ".join(write.clause(clause) for clause in statement)


class Writer:
    """Writes trees as text; `taken` are letters that no sum may use."""

    def __init__(self, ranges: Mapping[str, str], taken: set[str]) -> None:
        """Keep the ranges."""
        self.ranges, self.taken = ranges, taken

    def clause(self, clause: Clause, names: Names | None = None) -> str:
        """Return a chain; a condition in brackets."""
        names = names or {}
        text = expression(clause.parts[0], self, names)
        for relation, part in zip(clause.relations, clause.parts[1:], strict=True):
            text += f" {relation} {expression(part, self, names)}"
        return f"({text})" if clause.condition else text

    def sub(self, sub: Sub, names: Names) -> str:
        """Return one subscript."""
        if isinstance(sub, Pick):
            return f"{sub.name}[{self.sub(sub.at, names)}]"
        if isinstance(sub, Shifted):
            return f"{names.get(sub.letter, sub.letter)}{sub.by:+d}"
        if isinstance(sub, Word):
            return sub.text
        return names.get(sub, sub) if isinstance(sub, str) else str(sub)

    def subs(self, subs: Iterable[Sub], names: Names) -> str:
        """Return the subscripts behind a name."""
        text = ",".join(self.sub(sub, names) for sub in subs)
        return "" if not text else f"_{text}" if len(text) == 1 else f"_{{{text}}}"

    def bind(self, index: str, names: Names) -> tuple[str, Names]:
        """Return a letter for a bound index, and the names below."""
        used = self.taken | set(names.values())
        letter = next((letter for letter in LETTERS if letter not in used), None)
        if letter is None:
            raise UnreadableError(f"more than {len(LETTERS)} sums and indices within one another")
        return letter, {**names, index: letter}


@singledispatch
def expression(node: Expression, write: Writer, names: Names) -> str:
    """Return the text of a node."""
    raise TypeError(f"{type(node).__name__} has no text")


def bracketed(node: Expression, write: Writer, names: Names) -> str:
    """Return the text of a node, in brackets where it stands beside factors."""
    text = expression(node, write, names)
    plain = isinstance(node, Name | Number | Call | Fenced | Root | Cases | Dots)
    return text if plain else f"({text})"


@expression.register
def _(node: Number, write: Writer, names: Names) -> str:
    return str(node.value)


@expression.register
def _(node: Name, write: Writer, names: Names) -> str:
    key = names.get(node.key, node.key) if not node.subs else node.key
    return f"{key}{write.subs(node.subs, names)}"


@expression.register
def _(node: Call, write: Writer, names: Names) -> str:
    inner = ", ".join(expression(part, write, names) for part in node.args)
    return f"{node.key}({inner}){write.subs(node.subs, names)}"


@expression.register
def _(node: Plus, write: Writer, names: Names) -> str:
    parts = sorted(summands(node, write, names), key=lambda part: part[::-1])
    first, *others = (f"{sign}{text}" for text, sign in parts)
    return first.removeprefix("+") + "".join(f" {part[0]} {part[1:]}" for part in others)


def summands(node: Plus, write: Writer, names: Names) -> list[tuple[str, str]]:
    """Return (text, sign) for each summand."""
    found: list[tuple[str, str]] = []
    for part in node.parts:
        if isinstance(part, Plus):
            found += summands(part, write, names)
            continue
        text = expression(part, write, names)
        found.append((text[1:], "−") if text.startswith("−") else (text, "+"))
    return found


@expression.register
def _(node: Minus, write: Writer, names: Names) -> str:
    return product(node, write, names)


@expression.register
def _(node: Times, write: Writer, names: Names) -> str:
    return product(node, write, names)


@expression.register
def _(node: Over, write: Writer, names: Names) -> str:
    return product(node, write, names)


def product(node: Expression, write: Writer, names: Names) -> str:
    """Return factors in order, then what they are divided by; the sign in front."""
    sign, tops, lows = factors(node, write, names)
    top = "·".join(sorted(text for text in tops if text != "1")) or "1"
    low = "·".join(sorted(lows))
    return sign + top + (f"/{low}" if len(lows) == 1 else f"/({low})" if lows else "")


def factors(node: Expression, write: Writer, names: Names) -> tuple[str, list[str], list[str]]:
    """Return the sign, the factors above the bar and those below."""
    if isinstance(node, Minus):
        sign, tops, lows = factors(node.body, write, names)
        return "" if sign else "−", tops, lows
    if isinstance(node, Over):
        sign, tops, lows = factors(node.top, write, names)
        turned, more_lows, more_tops = factors(node.low, write, names)
        return "" if sign == turned else "−", tops + more_tops, lows + more_lows
    if not isinstance(node, Times):
        return "", [bracketed(node, write, names)], []
    parts = [factors(part, write, names) for part in node.parts]
    negative = sum(sign == "−" for sign, _, _ in parts) % 2
    tops = [text for _, above, _ in parts for text in above]
    return "−" if negative else "", tops, [text for _, _, below in parts for text in below]


@expression.register
def _(node: Power, write: Writer, names: Names) -> str:
    return f"{bracketed(node.base, write, names)}^{bracketed(node.exponent, write, names)}"


@expression.register
def _(node: Transposed, write: Writer, names: Names) -> str:
    return f"{bracketed(node.body, write, names)}^⊤"


@expression.register
def _(node: Root, write: Writer, names: Names) -> str:
    return f"root{expression(node.degree, write, names)}({expression(node.body, write, names)})"


@expression.register
def _(node: Fenced, write: Writer, names: Names) -> str:
    left, right = FENCES[node.kind]
    return f"{left}{expression(node.body, write, names)}{right}"


@expression.register
def _(node: Big, write: Writer, names: Names) -> str:
    letter, inner = write.bind(node.index, names)
    mark = {"sum": "Σ", "prod": "Π"}[node.kind]
    if node.within is not None:
        bounds = f"{letter} in {write.sub(node.within, names)}"
    else:
        low = "1" if node.lower is None else expression(node.lower, write, names)
        high = write.ranges.get(node.index, "?") if node.upper is None else expression(node.upper, write, names)
        bounds = f"{letter}={low}..{high}" + (
            f", {letter}≠{write.sub(node.but, names)}" if node.but is not None else ""
        )
    body = node.body
    text = f"({expression(body, write, inner)})" if isinstance(body, Plus) else expression(body, write, inner)
    return f"{mark}_{{{bounds}}} {text}"


@expression.register
def _(node: Largest, write: Writer, names: Names) -> str:
    letter, inner = write.bind(node.index, names)
    return f"max_{{{letter}=1..{write.ranges.get(node.index, '?')}}}({expression(node.body, write, inner)})"


@expression.register
def _(node: Diff, write: Writer, names: Names) -> str:
    variables = " ".join(f"∂{expression(v, write, names)}" for v in node.variables)
    return f"({'∂' * len(node.variables)}/{variables})({expression(node.body, write, names)})"


@expression.register
def _(node: Limit, write: Writer, names: Names) -> str:
    return f"lim_{{{node.variable}→{node.to}}} {bracketed(node.body, write, names)}"


@expression.register
def _(node: Cases, write: Writer, names: Names) -> str:
    rows = (
        f"{expression(value, write, names)} {'otherwise' if clause is None else 'if ' + write.clause(clause, names)}"
        for value, clause in node.rows
    )
    return f"{{{'; '.join(rows)}}}"


@expression.register
def _(node: Dots, write: Writer, names: Names) -> str:
    return "…"
