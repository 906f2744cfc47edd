r"""The words of a displayed formula: TeX without what only spaces it, and cut into clauses.

>>> [" ".join(words) for words in clauses(r"p_i > 0, \qquad \sum_{i=1}^{N} p_i = 1")]
['p _ i > 0', '\\sum _ { i = 1 } ^ { N } p _ i = 1']
"""

import re
from itertools import pairwise


class UnreadableError(ValueError):
    """A display holds what the reader does not know, so nothing can be said of it."""


RELATIONS = {
    "=": "=",
    "<": "<",
    r"\lt": "<",
    ">": ">",
    r"\gt": ">",
    r"\le": "≤",
    r"\leq": "≤",
    r"\leqslant": "≤",
    r"\ge": "≥",
    r"\geq": "≥",
    r"\geqslant": "≥",
    r"\ne": "≠",
    r"\neq": "≠",
    r"\lesssim": "≲",
    r"\Longleftrightarrow": "⇔",
    r"\iff": "⇔",
    r"\overset{?}{=}": "≟",
}
LONGEST = 1000  # characters; the longest display of the book has fewer than 300
DEEPEST = 20  # brackets within one another
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*")
_SPACING = re.compile(r"\\[,;:! ]|\\(?:left|right|[bB]igg?[lrm]?|textstyle|displaystyle|limits)(?![a-zA-Z])|~")
_SIZE = re.compile(r"\\(?:left|right|[bB]igg?[lrm]?)")
_BRACKETS = {"(", ")", "[", "]", "|", r"\|", r"\lfloor", r"\rfloor", r"\lceil", r"\rceil"}
_LIMITED = {r"\sum", r"\prod", r"\lim", r"\max"}  # what \limits may stand behind
_TOKEN = re.compile(
    r"""\s*( \\overset\{\?\}\{=\}
    | \\[,;:!\ ]
    | \\(?:begin|end)\{\w+\}
    | \\\\(?:\[-?[0-9.]+(?:ex|em|pt|mu|mm|cm)\])?
    | \\(?:text|operatorname|mathrm|mathbf)\{[^{}]*\}
    | \\[A-Za-z]+
    | \\[|{}]
    | [0-9]+(?:\.[0-9]+)?
    | \S )""",
    re.VERBOSE,
)
_OPEN = {"{", "(", "[", r"\lfloor", r"\lceil"}
_CLOSE = {"}", ")", "]", r"\rfloor", r"\rceil"}
_PARTNER = {"}": "{", r"\right": r"\left"}


class Spaced(str):
    """A token with a space, or a mark of the layout, in front: no argument of TeX begins with one."""

    __slots__ = ()


def words(tex: str) -> list[str]:
    """Return the tokens of a formula, without those that only space it.

    Raises
    ------
    UnreadableError
        TeX would not set it, or would break it into two.
    """
    if len(tex) > LONGEST:
        raise UnreadableError(f"a display of {len(tex)} characters; more than {LONGEST} are too many to read")
    tex = _COMMENT.sub(r"\1", tex)
    if re.search(r"\n\s*\n", tex.strip()):
        raise UnreadableError("an empty line ends a formula")
    tokens = _TOKEN.findall(tex)
    balanced(tokens)
    found: list[str] = []
    spaced = False
    for before, word, after in zip(["", *tokens], tokens, [*tokens[1:], ""], strict=False):
        if not _SPACING.fullmatch(word):
            found.append(Spaced(word) if spaced or before == "&" else word)
            spaced = False
            continue
        spaced = True
        if _SIZE.fullmatch(word) and after not in _BRACKETS:
            raise UnreadableError(f"{word} stands in front of a bracket, and {after!r} is none")
        if word == r"\limits" and before not in _LIMITED:
            raise UnreadableError(r"\limits stands behind a sum, a product, a limit or a maximum")
    return found


def balanced(tokens: list[str]) -> None:
    """Raise UnreadableError unless braces, \\left … \\right and environments close in the order they were opened."""
    stack: list[str] = []
    depth = 0
    if "\\\\[" in map("".join, pairwise(tokens)):
        raise UnreadableError("behind a row stands its distance from the next, such as [1ex], or no square bracket")
    for word in tokens:
        depth += (word in "([") - (word in ")]")
        if word in ("{", r"\left") or word.startswith(r"\begin"):
            stack.append(word)
        elif word in _PARTNER or word.startswith(r"\end"):
            if not stack or stack.pop() != _PARTNER.get(word, word.replace("end", "begin", 1)):
                raise UnreadableError(f"{word} closes nothing that is open there")
        elif (word == "&" or word.startswith("\\\\")) and not (stack and stack[-1].startswith(r"\begin")):
            raise UnreadableError(f"{word} stands between the rows of an environment, not inside of braces or brackets")
        if len(stack) + depth > DEEPEST:
            raise UnreadableError(f"brackets within one another, more than {DEEPEST} deep")
    if stack:
        raise UnreadableError({"{": "a brace is not closed"}.get(stack[-1], f"{stack[-1]} is not closed"))


def clauses(tex: str) -> list[list[str]]:
    r"""Return the tokens of each clause: they are set apart by \qquad or \quad, or have a row of their own."""
    found: list[list[str]] = []
    for row in rows(trimmed(words(tex))):
        goes_on = row and (row[0] in RELATIONS or row[0] in ("+", "-"))
        for n, part in enumerate(split(row)):
            if n == 0 and goes_on and found:
                found[-1] += part
            else:
                found.append(part)
    found = [trimmed(part) for part in found]
    return [part for part in found if part]


def rows(tokens: list[str]) -> list[list[str]]:
    """Return the rows of an aligned formula; of any other, itself."""
    if not tokens or tokens[0] != r"\begin{aligned}":
        return [tokens]
    if tokens[-1] != r"\end{aligned}":
        raise UnreadableError("words stand behind the end of aligned")
    out: list[list[str]] = [[]]
    depth = 0
    for word in tokens[1:-1]:
        depth += word.startswith(r"\begin") - word.startswith(r"\end")
        if word.startswith("\\\\") and not depth:
            out.append([])
        elif depth or word != "&":
            out[-1].append(word)
    return [row[1:] if row[:1] == [r"\quad"] else row for row in out]


def split(tokens: list[str]) -> list[list[str]]:
    r"""Cut one row where a \qquad or \quad sets something apart; one beside ⇔ only spaces it."""
    out: list[list[str]] = [[]]
    depth = 0
    for n, word in enumerate(tokens):
        depth += (word in _OPEN or word.startswith(r"\begin")) - (word in _CLOSE or word.startswith(r"\end"))
        if word not in (r"\quad", r"\qquad"):
            out[-1].append(word)
            continue
        before, after = tokens[n - 1] if n else "", tokens[n + 1] if n + 1 < len(tokens) else ""
        if depth:
            raise UnreadableError(rf"{word} inside brackets")
        if "⇔" not in (RELATIONS.get(before), RELATIONS.get(after)):
            out.append([])
    return out


def trimmed(tokens: list[str]) -> list[str]:
    """Return a clause without the comma or full stop behind it."""
    return tokens[:-1] if tokens and tokens[-1] in (",", ".") else tokens
