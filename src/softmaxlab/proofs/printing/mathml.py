r"""Formulas as MathML, for places without a TeX renderer: from the TeX of `tex`, so that layout is decided once.

>>> markup(parse(r"p_{i}"))
'<msub><mi>p</mi><mi>i</mi></msub>'
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from html import escape
from typing import TypeAlias

from softmaxlab._page_names import Attribute

TOKEN = re.compile(r"\s*(\\[a-zA-Z]+|\\.|\d+|[^\s])")
NAMES = {"alpha": "α", "beta": "β", "delta": "δ", "varepsilon": "ε", "eta": "η", "lambda": "λ", "mu": "μ",
         "sigma": "σ", "tau": "τ", "theta": "θ"}  # fmt: skip
OPERATORS = {"-": "−", "+": "+", "=": "=", "/": "/", ",": ",", "(": "(", ")": ")", r"\|": "‖", r"\ne": "≠",
             r"\partial": "∂", r"\sum": "∑", "'": "′"}  # fmt: skip
SPACES = {r"\,": "0.17em", r"\;": "0.28em"}
SIGNS = {"−", "+"}
RELATIONS = {"=", "≠", ","}
ACROSS = {"msub", "msup", "msubsup"}
STACKED = {"munder", "munderover"}


Attributes: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Node:
    """An element: a leaf with `text`, or one around `children`; `marks` are attributes that say nothing of its look."""

    tag: str
    children: tuple["Node", ...] = ()
    text: str = ""
    attributes: Attributes = ()
    marks: Attributes = ()


def row(children: Sequence[Node]) -> Node:
    """Return several nodes as one, one node as it is."""
    return children[0] if len(children) == 1 else Node("mrow", tuple(children))


def parse(tex: str) -> Node:
    """Return the tree of a formula in the TeX that `tex` writes.

    Raises
    ------
    ValueError
        For a command that `tex` does not write.
    """
    tokens = TOKEN.findall(tex)
    tokens.reverse()  # the next one is the last: pop() takes it
    nodes = sequence(tokens, end=None)
    if tokens:
        raise ValueError(f"{tex!r} closes {tokens[-1]!r}, which nothing opens")
    return row(nodes)


def sequence(tokens: list[str], end: str | None) -> list[Node]:
    """Return the nodes up to a token, which is taken too."""
    nodes: list[Node] = []
    while tokens:
        if tokens[-1] == end:
            tokens.pop()
            return nodes
        if tokens[-1] in ("}", r"\right"):
            break
        nodes.append(scripted(atom(tokens, nodes), tokens))
    if end is not None:
        raise ValueError(f"a formula ends before its {end!r}")
    return nodes


def group(tokens: list[str]) -> Node:
    """Return what stands in braces, or one atom."""
    if tokens and tokens[-1] == "{":
        tokens.pop()
        return row(sequence(tokens, "}"))
    return atom(tokens, [])


def atom(tokens: list[str], before: list[Node]) -> Node:
    """Return the next node, without its sub- and superscripts; `before` decides what a minus is."""
    token = tokens.pop()
    if token == "{":
        return row(sequence(tokens, "}"))
    if token == r"\frac":
        return Node("mfrac", (group(tokens), group(tokens)))
    if token == r"\left":
        opening = tokens.pop()
        inside = sequence(tokens, r"\right")
        return Node("mrow", (operator(opening, []), row(inside), operator(tokens.pop(), inside)))
    if token == r"\bar":
        return Node("mover", (group(tokens), Node("mo", text="¯")), attributes=(("accent", "true"),))
    if token == r"\operatorname":
        tokens.pop()
        return Node("mi", text="".join(iter(tokens.pop, "}")))
    if token == r"\log":
        return Node("mi", text="log", attributes=() if tokens[-1:] == [r"\left"] else (("class", "is-spaced"),))
    if token in SPACES:
        return Node("mspace", attributes=(("width", SPACES[token]),))
    if token in OPERATORS:
        return operator(token, before)
    if token[1:] in NAMES:
        return Node("mi", text=NAMES[token[1:]])
    if token.isdigit():
        return Node("mn", text=token)
    if token.isalpha():
        return Node("mi", text=token)
    raise ValueError(f"{token!r} is no TeX that proofs are written in")


def operator(token: str, before: list[Node]) -> Node:
    """Return an operator; a sign between two things is binary, wherever the tree is cut later."""
    text = OPERATORS[token]
    if text == "∂":
        return Node("mi", text=text, attributes=(("mathvariant", "normal"),))
    binary = text in SIGNS and before and not (before[-1].tag == "mo" and before[-1].text in SIGNS | RELATIONS)
    form = (("form", "infix" if binary else "prefix"),) if text in SIGNS else ()
    if text in "()" and len(token) == 1:
        form = (("form", "prefix" if text == "(" else "postfix"),)
    return Node("mo", text=text, attributes=form)


def scripted(base: Node, tokens: list[str]) -> Node:
    """Return a node with the primes, sub- and superscripts that follow it."""
    below: Node | None = None
    above: list[Node] = []
    while tokens and tokens[-1] in ("'", "_", "^"):
        token = tokens.pop()
        if token == "_":
            below = group(tokens)
        else:
            above.append(operator("'", []) if token == "'" else group(tokens))
    if below is None and not above:
        return base
    over = base.tag == "mo" and base.text == "∑"
    if below is None:
        return Node("msup", (base, row(above)))
    if not above:
        return Node("munder" if over else "msub", (base, below))
    return Node("munderover" if over else "msubsup", (base, below, row(above)))


# ---- What changed ----


def with_changes(one: Node, other: Node, mark: Attributes = (("class", "is-changed"),)) -> tuple[Node, Node]:
    """Return two trees with the parts in which they differ marked."""
    if one == other:
        return one, other
    if one.tag == other.tag == "mrow":
        return rows_with_changes(one, other, mark)
    alike = one.tag == other.tag and one.tag not in ACROSS and len(one.children) == len(other.children) > 0
    if not alike:
        return replace(one, marks=mark), replace(other, marks=mark)
    pairs = [with_changes(a, b, mark) for a, b in zip(one.children, other.children, strict=True)]
    return replace(one, children=tuple(a for a, _ in pairs)), replace(other, children=tuple(b for _, b in pairs))


def rows_with_changes(one: Node, other: Node, mark: Attributes) -> tuple[Node, Node]:
    """Return two rows with the runs of nodes marked that have no partner in the other row."""
    left: list[Node] = []
    right: list[Node] = []
    for what, a, b, c, d in SequenceMatcher(None, one.children, other.children, autojunk=False).get_opcodes():
        old, new = list(one.children[a:b]), list(other.children[c:d])
        if what == "equal":
            left += old
            right += new
        elif [n.tag for n in old] == [n.tag for n in new]:
            pairs = [with_changes(x, y, mark) for x, y in zip(old, new, strict=True)]
            left += [x for x, _ in pairs]
            right += [y for _, y in pairs]
        else:
            left += marked(old, mark)
            right += marked(new, mark)
    return replace(one, children=tuple(left)), replace(other, children=tuple(right))


def marked(nodes: list[Node], mark: Attributes) -> list[Node]:
    """Return a run of nodes as one marked row, the spaces around it outside."""
    start, end = 0, len(nodes)
    while start < end and nodes[start].tag == "mspace":
        start += 1
    while end > start and nodes[end - 1].tag == "mspace":
        end -= 1
    inside = [Node("mrow", tuple(nodes[start:end]), marks=mark)] if start < end else []
    return [*nodes[:start], *inside, *nodes[end:]]


# ---- Its text, and its size ----


def markup(node: Node) -> str:
    """Return a tree as MathML, without the <math> around it."""
    inside = escape(node.text, quote=False) + "".join(markup(child) for child in node.children)
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in node.attributes + node.marks)
    return f"<{node.tag}{attributes}>{inside}</{node.tag}>"


def extent(node: Node, display: bool = True) -> tuple[float, float]:
    """Return (width, height) of a formula in its own font size, rather too large than too small.

    The place for a formula is reserved before anybody has drawn it.
    """
    sizes = [extent(child, display and node.tag == "mrow") for child in node.children]
    if node.tag == "mrow":
        return sum(w for w, _ in sizes), max((h for _, h in sizes), default=0)
    if node.tag == "mfrac":
        shrink = 1 if display else 0.75
        return shrink * max(w for w, _ in sizes) + 0.3, shrink * sum(h for _, h in sizes) + 0.3
    if node.tag in STACKED and display:
        return max(sizes[0][0], *(0.72 * w for w, _ in sizes[1:])), 1.9 + 0.8 * len(sizes[1:])
    if node.tag in ACROSS | STACKED:
        (width, height), *scripts = sizes
        return width + 0.75 * max(w for w, _ in scripts), height + 0.45 * max(h for _, h in scripts)
    if node.tag == "mspace":
        return float(dict(node.attributes)["width"].removesuffix("em")), 0
    if node.tag == "mo":
        wide = 1.5 if node.text in RELATIONS | SIGNS and ("form", "prefix") not in node.attributes else 0.9
        return (1.6 if display else 1.3) if node.text == "∑" else 0.55 if node.text in "()′" else wide, 1.3
    return 0.68 * len(node.text) + 0.17 * bool(node.attributes), 1.3


# ---- Symbols that a page can light ----

QUANTITIES = {"p": "probs", "a": "logits", "y": "targets", "L": "loss"}


def lettered(node: Node) -> Node:
    """Return a tree whose symbols p_i, a_i, y_i and L say what they are; the letter of an index is no number yet."""
    if node.tag == "msub" and node.children[0].text in QUANTITIES and len(node.children[1].text) == 1:
        quantity, letter = QUANTITIES[node.children[0].text], node.children[1].text
        return replace(node, marks=(*node.marks, (Attribute.QUANTITY, quantity), (Attribute.LETTER, letter)))
    if node.tag == "mi" and node.text == "L":
        return replace(node, marks=(*node.marks, (Attribute.QUANTITY, "loss")))
    return replace(node, children=tuple(lettered(child) for child in node.children))
