r"""Names and their subscripts: what the reader reads without looking further than one symbol."""

import re
from collections.abc import Iterable
from typing import NoReturn

from .tokens import Spaced, UnreadableError
from .tree import Pick, Shifted, Sub, Word

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "varepsilon": "ε", "epsilon": "ε", "eta": "η",
    "theta": "θ", "kappa": "κ", "lambda": "λ", "mu": "μ", "sigma": "σ", "tau": "τ",
}  # fmt: skip
ROWS = ("n", "r")  # the letters of the rows of a batch
ACCENTS = {r"\bar": "bar", r"\hat": "hat", r"\tilde": "tilde"}
UPRIGHT = re.compile(r"\\(text|operatorname|mathrm|mathbf)\{([^{}]*)\}")


def letter_of(word: str) -> str | None:
    """Return the letter that a word is, None if it is none.

    >>> letter_of("p"), letter_of(r"\\mu"), letter_of("pq")
    ('p', 'μ', None)
    """
    if word[:1] == "\\":
        return GREEK.get(word[1:])
    return word if len(word) == 1 and word.isalpha() and word.isascii() else None


class Cursor:
    """The words of one clause, taken from left to right; and the names that they spell."""

    def __init__(self, words: Iterable[str], functions: Iterable[str]) -> None:
        """Start at the first word."""
        self.words, self.at, self.functions = [*words, ""], 0, set(functions)
        self.bars, self.depth, self.unbracketed = 0, 0, ""

    @property
    def now(self) -> str:
        """The word at hand; an empty one at the end."""
        return self.words[self.at]

    def ahead(self, by: int = 1) -> str:
        """Return a word further on."""
        return self.words[self.at + by] if self.at + by < len(self.words) else ""

    def fail(self, why: str) -> NoReturn:
        """Raise UnreadableError."""
        raise UnreadableError(f"{why}, in: {' '.join(self.words[:-1])}")

    def take(self, expected: str | None = None) -> str:
        """Return the word at hand and go on; where another was expected, fail."""
        word = self.now
        if expected is not None and word != expected:
            self.fail(f"{expected!r} was expected, and {word!r} stands there" if word else f"{expected!r} is missing")
        self.at = min(self.at + 1, len(self.words) - 1)
        return word

    def name(self) -> tuple[str, bool]:
        """Read the letters of a name; and whether they stand upright."""
        word = self.take()
        if word in ACCENTS:
            return f"{ACCENTS[word]} {self.letter(self.subscript_words(), f'below {word}')}", False
        upright = UPRIGHT.fullmatch(word)
        if upright:
            return self.upright(word, *upright.groups()), True
        if word == r"\infty":
            return "∞", False
        letter = letter_of(word)
        if letter:
            return letter, False
        if word.startswith("\\"):
            return self.fail(f"the command {word} is not known")
        return self.fail(f"{word!r} is no name" if word else "the formula breaks off")

    def upright(self, word: str, command: str, text: str) -> str:
        """Return an upright name: a word, the number e, or a column of ones."""
        text = text.strip()
        if (command == "mathbf") != (text == "1") or (len(text) < 2 and text not in ("1", "e")):
            self.fail(f"{word} is not known: letters stand in italics, words upright, and bold is a column of ones")
        return text

    def letter(self, words: list[str], where: str) -> str:
        """Return the one letter that words hold."""
        letter = letter_of(words[0]) if len(words) == 1 else None
        return letter or self.fail(f"{''.join(words) or 'nothing'!r} stands {where}, and one letter belongs there")

    def argument_begins(self) -> None:
        """Fail where a space stands in the place of an argument: TeX would take that for it."""
        if isinstance(self.now, Spaced):
            self.fail(f"a space stands between {self.words[self.at - 1]} and {self.now}, which belongs to it")

    def subscript_words(self) -> list[str]:
        """Return the words of {…}, or of one token."""
        self.argument_begins()
        if self.now != "{":
            word = self.take()
            if word[:1].isdigit() and len(word) > 1:
                self.fail(f"the braces around {word} are missing")
            return [word]
        depth = 0
        found: list[str] = []
        while True:
            word = self.take()
            depth += (word == "{") - (word == "}")
            if depth == 0:
                return found[1:]
            if not word:
                self.fail("a brace is not closed")
            found.append(word)

    def subscript(self, words: list[str]) -> Sub:
        """Return the only index that words name."""
        found = self.subscripts(words)
        return found[0] if len(found) == 1 else self.fail(f"one index was expected, not {' '.join(words)!r}")

    def subscripts(self, words: list[str]) -> tuple[Sub, ...]:
        """Return the indices that subscripts name."""
        if not any(words):
            self.fail("a subscript is missing")
        inner = Cursor(words, self.functions)
        try:
            return inner.indices()
        except UnreadableError as problem:
            return self.fail(f"the subscript {' '.join(words)!r} is not known ({str(problem).rsplit(', in: ', 1)[0]})")

    def indices(self) -> tuple[Sub, ...]:
        """Return the indices that all words name, with or without commas between them."""
        found: list[Sub] = []
        while self.now:
            if found and self.now == ",":
                self.take()
            found.append(self.one_index())
        return tuple(found)

    def one_index(self) -> Sub:
        """Return the next index: a number, a letter, a label looked up, or a word that belongs to the name."""
        word = self.now
        if word.isascii() and word.isdigit():
            return int(self.take())
        if word == r"\max":
            return Word(self.take().removeprefix("\\"))
        if upright := UPRIGHT.fullmatch(word):
            return Word(self.upright(self.take(), *upright.groups()))
        name, _ = self.name()
        if self.now == "_":
            self.take()
            return Pick(name, self.letter(self.subscript_words(), f"below {name}"))
        if self.now == "^":  # the y^{(n)} of p_{y^{(n)}}
            self.take()
            words = self.subscript_words()
            if len(words) != 3 or (words[0], words[2]) != ("(", ")") or words[1] not in ROWS:
                self.fail("the row of a label was expected, as in y^{(n)}")
            return Pick(name, self.letter(words[1:2], f"above {name}"))
        if self.now and self.now in "+-":
            by = int(self.take() + "1")
            if not (self.now.isascii() and self.now.isdigit()):
                self.fail("a whole number was expected")
            return Shifted(name, by * int(self.take()))
        return name
