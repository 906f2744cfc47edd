r"""Names and their subscripts: what the reader reads without looking further than one symbol."""

import re

from .tokens import UnreadableError
from .tree import Pick, Shifted, Word

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "epsilon": "ε", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "sigma": "σ", "tau": "τ",
}  # fmt: skip
ACCENTS = {r"\bar": "bar", r"\hat": "hat", r"\tilde": "tilde"}
UPRIGHT = re.compile(r"\\(text|operatorname|mathrm|mathbf)\{([^{}]*)\}")


class Cursor:
    """The words of one clause, taken from left to right; and the names that they spell."""

    def __init__(self, words, functions):
        """Start at the first word."""
        self.words, self.at, self.functions, self.bars = [*words, ""], 0, set(functions), 0

    @property
    def now(self):
        """The word at hand; an empty one at the end."""
        return self.words[self.at]

    def ahead(self, by=1):
        """Return a word further on."""
        return self.words[self.at + by] if self.at + by < len(self.words) else ""

    def fail(self, why):
        """Raise UnreadableError."""
        raise UnreadableError(f"{why}, in: {' '.join(self.words[:-1])}")

    def take(self, expected=None):
        """Return the word at hand and go on; where another was expected, fail."""
        word = self.now
        if expected is not None and word != expected:
            self.fail(f"{expected!r} was expected, and {word!r} stands there" if word else f"{expected!r} is missing")
        self.at = min(self.at + 1, len(self.words) - 1)
        return word

    def name(self):
        """Read the letters of a name; and whether they stand upright."""
        word = self.take()
        if word in ACCENTS:
            (letter,) = self.subscript_words()
            return f"{ACCENTS[word]} {letter}", False
        upright = UPRIGHT.fullmatch(word)
        if upright:
            return upright[2].strip(), True
        if word == r"\infty":
            return "∞", False
        if word[1:] in GREEK:
            return GREEK[word[1:]], False
        if word.isalpha() and word.isascii():
            return word, False
        if word.startswith("\\"):
            return self.fail(f"the command {word} is not known")
        return self.fail(f"{word!r} is no name" if word else "the formula breaks off")

    def subscript_words(self):
        """Return the words of {…}, or of one token."""
        if self.now != "{":
            word = self.take()
            return [word, self.take()] if word in ACCENTS else [word]
        depth, found = 0, []
        while True:
            word = self.take()
            depth += (word == "{") - (word == "}")
            if depth == 0:
                return found[1:]
            if not word:
                self.fail("a brace is not closed")
            found.append(word)

    def subscripts(self, words):
        """Return the indices that subscripts name."""
        found, rest = [], [word for word in words if word != ","]
        while rest:
            word = rest.pop(0)
            if word in ACCENTS:
                name = f"{ACCENTS[word]} {rest.pop(0)}"
            elif word.isdigit():
                found.append(int(word))
                continue
            elif UPRIGHT.fullmatch(word) or word == r"\max":
                found.append(Word(UPRIGHT.sub(r"\2", word).lstrip("\\")))
                continue
            elif word in "+-" and found and isinstance(found[-1], str) and rest and rest[0].isdigit():
                found[-1] = Shifted(found[-1], int(word + rest.pop(0)))
                continue
            elif word[1:] in GREEK or (word.isalpha() and word.isascii()):
                name = GREEK.get(word[1:], word)
            else:
                self.fail(f"the subscript {' '.join(words)!r} is not known")
            if rest[:1] == ["_"]:
                name, rest = Pick(name, rest[1]), rest[2:]
            elif rest[:3] == ["^", "{", "("]:  # the y^{(n)} of p_{y^{(n)}}
                name, rest = Pick(name, rest[3]), rest[6:]
            found.append(name)
        return tuple(found)
