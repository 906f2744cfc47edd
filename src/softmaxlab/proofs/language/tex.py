r"""Terms as TeX, in commands that KaTeX and MathJax both know."""

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

GREEK = {"α": r"\alpha", "β": r"\beta", "δ": r"\delta", "ε": r"\varepsilon", "η": r"\eta", "λ": r"\lambda",
         "μ": r"\mu", "Σ": r"\Sigma", "σ": r"\sigma", "τ": r"\tau", "θ": r"\theta"}  # fmt: skip


def name_tex(name: str, indices: str = "") -> str:
    r"""Return a name as TeX: `LSE(a)` becomes \operatorname{LSE}(a), `L̄` a bar; indices come before a bracket."""
    head, bracket, rest = name.partition("(")
    arguments = bracket + rest
    primes = "'" * head.count("'")
    head, _, mark = head.replace("'", "").partition("_")
    if head.endswith("\u0304"):
        head = rf"\bar{{{head[:-1]}}}"
    elif " " in head:
        head = r" \, ".join(GREEK.get(word, word) for word in head.split())
    elif len(head) > 1:
        head = rf"\operatorname{{{head}}}"
    below = [part for part in (rf"\operatorname{{{mark}}}" if len(mark) > 1 else mark, indices) if part]
    subscript = f"_{{{', '.join(below)}}}" if below else ""
    written = "".join(GREEK.get(c, c) for c in arguments.replace("‖", r" \,\|\, "))
    return GREEK.get(head, head) + primes + subscript + written


def index_tex(index: Subscript) -> str:
    """Return an index, or a class by its number."""
    return index.name if isinstance(index, Index) else str(index)


def indices_tex(indices: Iterable[Subscript]) -> str:
    """Return indices side by side: nk, or 1,2 where numbers would run together."""
    parts = [index_tex(i) for i in indices]
    return ("" if all(len(p) == 1 and p.isalpha() for p in parts) else ",").join(parts)


def brackets(text: str) -> str:
    """Return a text in brackets of its height."""
    return rf"\left({text}\right)"


def product_tex(factors: Sequence[Term]) -> str:
    """Return factors side by side, bracketed where one would swallow the next."""
    texts = []
    for n, factor in enumerate(factors):
        last = n == len(factors) - 1
        bracket = (isinstance(factor, Add) and len(factors) > 1) or (not last and reaches_right(factor))
        bracket |= isinstance(factor, Mul)
        texts.append(brackets(tex(factor)) if bracket else tex(factor))
    return r" \, ".join(texts)


def quotient_tex(term: Mul | Power) -> str:
    """Return a product or a negative power, with a fraction bar where something is below."""
    sign, above, below = fraction(term)
    minus = "-" if sign < 0 else ""
    if not below:
        alone = sign < 0 and len(above) == 1 and isinstance(above[0], Add)  # −(a − b)
        return minus + (brackets(product_tex(above)) if alone else product_tex(above))
    tail: list[Term] = []
    while len(above) > 1 and isinstance(above[-1], Total | Derivative):
        tail.insert(0, above.pop())  # a tall Σ stands beside the bar, not on it
    front = ""
    if tail and all(factor in below for factor in above):  # m · (1/m) Σ is not (m/m) Σ
        front, above = product_tex(above) + r" \, ", [ONE]
    bar = rf"{front}\frac{{{product_tex(above)}}}{{{product_tex(below)}}}"
    return minus + bar + (r" \, " + product_tex(tail) if tail else "")


def derivative_tex(term: Derivative) -> str:
    """Return ∂p/∂a as one fraction where the body is a name, else ∂/∂a in front of the body."""
    body, variables = order(term)
    count = f"^{{{len(variables)}}}" if len(variables) > 1 else ""
    below = r" \, ".join(rf"\partial {tex(v)}" + (f"^{{{times}}}" if times > 1 else "") for v, times in runs(variables))
    if is_name(body):
        return rf"\frac{{\partial{count} {tex(body)}}}{{{below}}}"
    inside = brackets(tex(body)) if is_signed(body) else tex(body)
    return rf"\frac{{\partial{count}}}{{{below}}} {inside}"


def total_tex(term: Total) -> str:
    """Return Σ with its bounds, or with the index it leaves out."""
    index, body, but = term.args
    bounds = rf"_{{{index.name}=1}}^{{{tex(index.size)}}}"
    if but is not None:
        bounds = rf"_{{{index.name} \ne {indices_tex((but,))}}}"
    return rf"\sum{bounds} " + (brackets(tex(body)) if is_signed(body) else tex(body))


def power_tex(term: Power) -> str:
    """Return a positive power; a negative one is a fraction."""
    base, exponent = term.args
    if exponent < 0:
        return quotient_tex(term)
    plain = is_name(base) and not (isinstance(base, Defined | Scalar) and "(" in tex(base))
    return f"{tex(base) if plain else brackets(tex(base))}^{{{exponent}}}"


def add_tex(term: Add) -> str:
    """Return a sum with its signs."""
    text = ""
    for n, (sign, piece) in enumerate(addends(term)):
        minus, plus = ("-", "") if n == 0 else (" - ", " + ")
        bracket = sign < 0 and isinstance(piece, Add)
        text += (minus if sign < 0 else plus) + (brackets(tex(piece)) if bracket else tex(piece))
    return text


def number_tex(term: Number) -> str:
    """Return a whole number or a fraction."""
    value = term.args[0]
    if value.denominator == 1:
        return str(value)
    return f"{'-' if value < 0 else ''}\\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def log_tex(term: Log) -> str:
    """Return log, with brackets unless its argument is short."""
    body = term.args[0]
    short = is_name(body) or isinstance(body, Total) or (isinstance(body, Number) and body.args[0].denominator == 1)
    return rf"\log {tex(body)}" if short else rf"\log{brackets(tex(body))}"


WRITERS: dict[type[Term], Callable[[Any], str]] = {
    Number: number_tex,
    Size: lambda t: t.args[0],
    Scalar: lambda t: name_tex(t.args[0]),
    Entry: lambda t: name_tex(t.args[0].name, indices_tex(t.args[1])),
    Defined: lambda t: name_tex(t.args[0].name, indices_tex(t.args[1])),
    Delta: lambda t: rf"\delta_{{{indices_tex(t.args)}}}",
    Exp: lambda t: "e" if t.args[0] == ONE else f"e^{{{tex(t.args[0])}}}",
    Log: log_tex,
    Add: add_tex,
    Mul: quotient_tex,
    Power: power_tex,
    Total: total_tex,
    Derivative: derivative_tex,
}


def tex(term: Term) -> str:
    """Return a term as TeX."""
    return WRITERS[type(term)](term)
