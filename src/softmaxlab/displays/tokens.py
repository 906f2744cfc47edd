r"""The words of a displayed formula: TeX without what only spaces it, and cut into clauses.

>>> [" ".join(words) for words in clauses(r"p_i > 0, \qquad \sum_{i=1}^{N} p_i = 1")]
['p _ i > 0', '\\sum _ { i = 1 } ^ { N } p _ i = 1']
"""

import re


class UnreadableError(ValueError):
    """A display holds what the reader does not know, so nothing can be said of it."""


RELATIONS = {
    "=": "=",
    "<": "<",
    ">": ">",
    r"\le": "≤",
    r"\leq": "≤",
    r"\ge": "≥",
    r"\geq": "≥",
    r"\ne": "≠",
    r"\neq": "≠",
    r"\lesssim": "≲",
    r"\Longleftrightarrow": "⇔",
    r"\overset{?}{=}": "≟",
}
_QUESTIONED = re.compile(r"\\overset\{\?\}\{=\}")
_SPACING = re.compile(r"\\[,;:! ]|\\(?:left|right|[bB]igg?[lrm]?|textstyle|displaystyle|limits)(?![a-zA-Z])|~|\\!")
_TOKEN = re.compile(
    r"""\s*( \\overset\{\?\}\{=\}
    | \\[,;:!\ ]
    | \\(?:begin|end)\{\w+\}
    | \\\\(?:\[[^\]]*\])?
    | \\(?:text|operatorname|mathrm|mathbf)\{[^{}]*\}
    | \\[A-Za-z]+
    | \\[|{}]
    | \d+(?:\.\d+)?
    | \S )""",
    re.VERBOSE,
)
_OPEN = {"{", "(", "[", r"\lfloor", r"\lceil"}
_CLOSE = {"}", ")", "]", r"\rfloor", r"\rceil"}


def words(tex):
    """Return the tokens of a formula, without those that only space it."""
    return [word for word in _TOKEN.findall(re.sub(r"(?<!\\)%.*", "", tex)) if not _SPACING.fullmatch(word)]


def clauses(tex):
    r"""Return the tokens of each clause: they are set apart by \qquad or \quad, or have a row of their own."""
    found = []
    for row in rows(words(tex)):
        goes_on = row and (row[0] in RELATIONS or row[0] in ("+", "-"))
        for n, part in enumerate(split(row)):
            if n == 0 and goes_on and found:
                found[-1] += part
            else:
                found.append(part)
    found = [trimmed(part) for part in found]
    return [part for part in found if part]


def rows(tokens):
    """Return the rows of an aligned formula; of any other, itself."""
    if not tokens or tokens[0] != r"\begin{aligned}":
        return [tokens]
    if tokens[-1] != r"\end{aligned}":
        raise UnreadableError("words stand behind the end of aligned")
    out, depth = [[]], 0
    for word in tokens[1:-1]:
        depth += word.startswith(r"\begin") - word.startswith(r"\end")
        if word.startswith("\\\\") and not depth:
            out.append([])
        elif depth or word != "&":
            out[-1].append(word)
    return [row[1:] if row[:1] == [r"\quad"] else row for row in out]


def split(tokens):
    r"""Cut one row where a \qquad or \quad sets something apart; one beside ⇔ only spaces it."""
    out, depth = [[]], 0
    for n, word in enumerate(tokens):
        depth += (word in _OPEN or word.startswith(r"\begin")) - (word in _CLOSE or word.startswith(r"\end"))
        if word not in (r"\quad", r"\qquad"):
            out[-1].append(word)
            continue
        before, after = tokens[n - 1] if n else "", tokens[n + 1] if n + 1 < len(tokens) else ""
        if depth:
            raise UnreadableError(rf"{word} inside brackets")
        if r"\Longleftrightarrow" not in (before, after):
            out.append([])
    return out


def trimmed(tokens):
    """Return a clause without the comma or full stop behind it."""
    while tokens and tokens[-1] in (",", "."):
        tokens = tokens[:-1]
    return tokens
