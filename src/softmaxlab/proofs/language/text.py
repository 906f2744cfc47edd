"""Terms as one line of plain text: p_i(δ_ij − p_j)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .layout import addends, fraction, is_name, is_signed, order, reaches_right, runs
from .terms import (
    ONE,
    Add,
    Defined,
    Delta,
    Derivative,
    Entry,
    Exp,
    Index,
    Log,
    Mul,
    Number,
    Power,
    Scalar,
    Size,
    Subscript,
    Term,
    Total,
)

SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def indices_text(indices: Iterable[Subscript]) -> str:
    """Return indices side by side, with commas where numbers would run together."""
    parts = [i.name if isinstance(i, Index) else str(i) for i in indices]
    return ("" if all(len(p) == 1 and p.isalpha() for p in parts) else ",").join(parts)


def name_text(name: str, indices: Sequence[Subscript]) -> str:
    """Return p_i, or p_i(T) for a name that carries arguments."""
    head, bracket, rest = name.partition("(")
    return head + (f"_{indices_text(indices)}" if indices else "") + bracket + rest


def product_text(factors: Sequence[Term]) -> str:
    """Return factors side by side; a bracket needs no space before it."""
    line = ""
    for n, factor in enumerate(factors):
        last = n == len(factors) - 1
        bracket = isinstance(factor, Mul) or (isinstance(factor, Add) and len(factors) > 1)
        bracket |= not last and reaches_right(factor)
        piece = f"({text(factor)})" if bracket else text(factor)
        line += piece if not line or bracket else f" {piece}"
    return line


def quotient_text(term: Mul | Power) -> str:
    """Return a product with what is below behind one slash."""
    sign, above, below = fraction(term)
    line = product_text(above)
    if sign < 0 and not below and isinstance(above[0], Add) and len(above) == 1:
        line = f"({line})"  # −(a − b)
    if below:
        line = f"({line})" if any(reaches_right(f) for f in above) else line
        bottom = product_text(below)
        line += f" / ({bottom})" if len(below) > 1 or reaches_right(below[0]) else f" / {bottom}"
    return ("−" if sign < 0 else "") + line


def derivative_text(term: Derivative) -> str:
    """Return ∂p_i/∂a_j."""
    body, variables = order(term)
    count = str(len(variables)).translate(SUPERSCRIPTS) if len(variables) > 1 else ""
    below = "".join(
        f"∂{text(v)}" + (str(times).translate(SUPERSCRIPTS) if times > 1 else "") for v, times in runs(variables)
    )
    return f"∂{count}{text(body)}/{below}" if is_name(body) else f"∂{count}/{below} ({text(body)})"


def total_text(term: Total) -> str:
    """Return Σ_k, or Σ_{k≠i}."""
    index, body, but = term.args
    sign = f"Σ_{index.name}" if but is None else f"Σ_{{{index.name}≠{indices_text((but,))}}}"
    return f"{sign} ({text(body)})" if is_signed(body) else f"{sign} {text(body)}"


def power_text(term: Power) -> str:
    """Return x², or 1 / x for a negative power."""
    base, exponent = term.args
    if exponent < 0:
        return quotient_text(term)
    plain = is_name(base) and "_" not in text(base) and "(" not in text(base)
    written = text(base) if plain or (is_name(base) and not text(base).endswith(")")) else f"({text(base)})"
    raised = str(exponent).translate(SUPERSCRIPTS) if exponent.denominator == 1 else f"^({exponent})"
    return written + raised


def add_text(term: Add) -> str:
    """Return a sum with its signs."""
    line = ""
    for n, (sign, piece) in enumerate(addends(term)):
        minus, plus = ("−", "") if n == 0 else (" − ", " + ")
        bracket = sign < 0 and isinstance(piece, Add)
        line += (minus if sign < 0 else plus) + (f"({text(piece)})" if bracket else text(piece))
    return line


WRITERS: dict[type[Term], Callable[[Any], str]] = {
    Number: lambda t: str(t.args[0]).replace("-", "−"),
    Size: lambda t: t.args[0],
    Scalar: lambda t: t.args[0],
    Entry: lambda t: name_text(t.args[0].name, t.args[1]),
    Defined: lambda t: name_text(t.args[0].name, t.args[1]),
    Delta: lambda t: f"δ_{indices_text(t.args)}",
    Exp: lambda t: "e" if t.args[0] == ONE else f"e^{{{text(t.args[0])}}}",
    Log: lambda t: f"log {text(t.args[0])}" if is_name(t.args[0]) else f"log({text(t.args[0])})",
    Add: add_text,
    Mul: quotient_text,
    Power: power_text,
    Total: total_text,
    Derivative: derivative_text,
}


def text(term: Term) -> str:
    """Return a term as plain text."""
    return WRITERS[type(term)](term)
