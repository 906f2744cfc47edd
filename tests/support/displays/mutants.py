r"""False variants of a displayed formula: one edit each, of the kinds that a slip of the pen makes.

A sign, an index, a bound, a factor, a fraction, a name, a number, a relation, a function.
"""

import re

INDICES = {
    "i": "jk", "j": "ik", "k": "ic", "c": "ik", "n": "r", "r": "n", "d": "e", "e": "d", "y": "j", "l": "j", "b": "n",
}  # fmt: skip
NAMES = {"p": "ya", "y": "p", "q": "p", "a": "p", "v": "p", "z": "p", "g": "p", "u": "p", "w": "z", "h": "x", "x": "w"}
SIZES = {"N": ("m", "N-1"), "m": ("N", "m-1"), "D": ("N", "D-1"), "K": ("N", "K-1"), "B": ("m", "B-1")}
FUNCTIONS = {
    r"\log": r"\exp", r"\exp": r"\log", r"\tanh": r"\exp", r"\lceil": r"\lfloor", r"\rceil": r"\rfloor",
    r"\sqrt[3]": r"\sqrt", r"\sqrt{": r"\sqrt[3]{", r"\operatorname{acc}": r"\operatorname{conf}",
    r"\operatorname{conf}": r"\operatorname{acc}", r"\operatorname{Im}": r"\operatorname{Re}", r"\prod": r"\sum",
}  # fmt: skip
RELATIONS = {r"\le": r"\ge", r"\ge": r"\le", "<": ">", ">": "<", r"\ne": "=", r"\lesssim": r"\ge"}
LETTER = re.compile(r"(?<![\\a-zA-Z{])([a-zA-Z])(?![a-zA-Z}])")


def mutants(tex):
    """Return (kind, variant) for each edit, none twice."""
    found = {}
    for kind, edit in KINDS.items():
        for variant in edit(tex):
            if variant != tex:
                found.setdefault(variant, kind)
    return [(kind, variant) for variant, kind in found.items()]


def put(tex, match, new):
    """Return the TeX with another text in the place of a match."""
    return tex[: match.start()] + new + tex[match.end() :]


def signs(tex):
    """Plus for minus and minus for plus, between terms and in front of one."""
    for m in re.finditer(r"(?<=[\w})\]|'] )([+-])(?= )", tex):
        yield put(tex, m, "-" if m[1] == "+" else "+")
    for m in re.finditer(r"(?:(?<== )|(?<=\{)|(?<=\( )|(?<=\()|(?<=; )|^)-(?=[\\\w])", tex):
        yield put(tex, m, "")
    for m in re.finditer(r"(?<== )(?=[\\a-zA-Z])", tex):
        yield put(tex, m, "-")


def indices(tex):
    """Another letter below a name, or two letters in the other order."""
    for m in re.finditer(r"(?<=_)([a-z])(?![a-zA-Z])", tex):
        for other in INDICES.get(m[1], ""):
            yield put(tex, m, other)
    for m in re.finditer(r"_\{([a-z])([a-z])\}", tex):
        yield put(tex, m, f"_{{{m[2]}{m[1]}}}")
        for place in (1, 2):
            for other in INDICES.get(m[place], ""):
                pair = [m[1], m[2]]
                pair[place - 1] = other
                yield put(tex, m, f"_{{{pair[0]}{pair[1]}}}")


def bounds(tex):
    """Sums that start later, end elsewhere, or leave nothing out."""
    for m in re.finditer(r"(?<=[a-z]=)1(?=\})", tex):
        yield put(tex, m, "2")
    for m in re.finditer(r"(?<=\^\{)([NmDKB])(?=\})", tex):
        for other in SIZES[m[1]]:
            yield put(tex, m, other)
    for m in re.finditer(r"\\sum_\{(\w) \\ne \w\}", tex):
        yield put(tex, m, rf"\sum_{{{m[1]}}}")
    for m in re.finditer(r" \\in B", tex):
        yield put(tex, m, "=1}^{m")


def factors(tex):
    """A factor, a term in brackets, or a condition left out."""
    factor = (
        r"(?:\\frac\{?1\}?\{?\w\}?|\\delta_\{[^}]*\}|\\(?:varepsilon|lambda|eta|kappa|beta)(?:_\w)?"
        r"|(?<![\\\w{^_])[a-zA-Z](?:_\w|_\{\w+\})?)"
    )
    for m in re.finditer(factor + r"(?:\\[,;]\s*|\s+)(?=[\\\w(])(?!\\(?:le|ge|ne|in|to|lesssim|quad|qquad|Long))", tex):
        yield put(tex, m, "")
    for m in re.finditer(r"\\[,;]\s*\([^()]*\)", tex):
        yield put(tex, m, "")
    for m in re.finditer(r"\\q?quad\s*(?:\\Bigl)?\( (?:\\textstyle)?.*? (?:\\Bigr)?\)|\\quad \([^()]*\)", tex):
        yield put(tex, m, "")
    for m in re.finditer(r"\^\{?2\}?(?!\d)", tex):
        yield put(tex, m, "")


def fractions(tex):
    """A fraction upside down."""
    for m in re.finditer(r"\\t?frac\{", tex):
        middle = closing(tex, m.end() - 1)
        if tex[middle : middle + 1] != "{":
            continue
        end = closing(tex, middle)
        top, low = tex[m.end() : middle - 1], tex[middle + 1 : end - 1]
        if r"\partial" not in top and "mathrm{d}" not in top:
            yield tex[: m.start()] + rf"\frac{{{low}}}{{{top}}}" + tex[end:]


def closing(tex, start):
    """Return the place behind the brace that closes the one at `start`."""
    depth = 0
    for place in range(start, len(tex)):
        depth += (tex[place] == "{") - (tex[place] == "}")
        if depth == 0:
            return place + 1
    return len(tex)


def names(tex):
    """Another name with the same indices."""
    for m in re.finditer(r"(?<![\\a-zA-Z])([a-zA-Z])(?=[_^)\s,}'|])", tex):
        for other in NAMES.get(m[1], ""):
            yield put(tex, m, other)
    letters = sorted({m[1] for m in LETTER.finditer(tex)})
    for m in LETTER.finditer(tex):
        yield put(tex, m, letters[(letters.index(m[1]) + 1) % len(letters)])


def numbers(tex):
    """A number that is one larger."""
    for m in re.finditer(r"(?<![\d\[.a-zA-Z])(?<!\[-)(\d+)(?![\d.]|ex)", tex):
        yield put(tex, m, str(int(m[1]) + 1))


def relations(tex):
    """The other way round."""
    for m in re.finditer(r"\\(?:le|ge|ne|lesssim)(?![a-z])|[<>]", tex):
        yield put(tex, m, RELATIONS[m[0]])
    for m in re.finditer(r"(?<=[ &])=(?= )", tex):
        yield put(tex, m, r"\le")


def functions(tex):
    """Another function of the same argument."""
    for old, new in FUNCTIONS.items():
        for m in re.finditer(re.escape(old) + ("(?![a-zA-Z])" if old[-1].isalpha() else ""), tex):
            yield put(tex, m, new)


KINDS = {
    "sign": signs, "index": indices, "bound": bounds, "factor": factors, "fraction": fractions, "name": names,
    "number": numbers, "relation": relations, "function": functions,
}  # fmt: skip
