"""Compare every display of the book with what was proved or tested, in seconds, and without running a chapter.

1. It is read; what the reader does not know is an error.
2. Where there is a proof, it is the proved statement; where a misprint is shown, the one that is refused; else its
   reading is the one that was reviewed and stored.
3. It holds, as it stands, at random numbers.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from softmaxlab.proofs import Claim, ConcreteClaim
from softmaxlab.proofs.catalogue import CATALOGUE
from softmaxlab.proofs.catalogue.misprints import PRINTED

from .meanings import MEANINGS, functions_of, impose, samples_of
from .pages import Display, displays, of_page, pages
from .parting import difference
from .proved import DifferentError, compare
from .reader import read
from .readings import reading
from .tokens import UnreadableError
from .tree import Clause
from .truth import FalseError, check

READINGS = Path(__file__).with_name("readings.txt")
MISPRINT = "eq-errata-"
SENSELESS = (
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
)  # what NumPy and we raise of a formula without a value


class DisplayError(ValueError):
    """A display says something else than what holds; the message names file, line and label."""


@dataclass(frozen=True)
class Binding:
    """What a display was compared with: a "proof", the "refusal" of the misprint that it is, or a stored "reading"."""

    label: str
    file: str
    line: int
    held: str
    reading: str
    part: str = ""


def stored_readings() -> dict[str, str]:
    """Return the reviewed reading of each display that no proof covers."""
    lines = READINGS.read_text(encoding="utf-8").splitlines() if READINGS.exists() else []
    parts = [line.rpartition(" | ") for line in lines if line and not line.startswith("#")]
    return {label: reading for label, _, reading in parts}


def whose_names(display: Display) -> str:
    """Return the key of the meaning of a display: its label, or for a claim in prose its page."""
    if display.label.startswith("eq-"):
        return display.label
    return next((key for key in MEANINGS if unspaced(key) == unspaced(display.label)), display.file)


def unspaced(label: str) -> str:
    """Return the label of a claim in prose without what only spaces its formula."""
    return re.sub(r"\\[,;:! ]|\s", "", label)


def check_display(display: Display, readings: dict[str, str]) -> Binding:
    """Return the Binding of one display.

    Raises
    ------
    DisplayError
        It can't be read, differs from what it is compared with, or does not hold at random numbers.
    """
    found = judged(replace(display, line=0), tuple(readings.items()))
    if isinstance(found, Binding):
        return replace(found, line=display.line)
    raise DisplayError(f"{display.place}{found}")


@cache
def judged(display: Display, readings: tuple[tuple[str, str], ...]) -> Binding | str:
    """Return the Binding of a display, or what is wrong with it as a text that begins behind the place.

    The result is kept as long as the display stays the same, wherever it moves in its page.
    """
    try:
        return binding_of(display, dict(readings))
    except DisplayError as problem:
        return str(problem).removeprefix(display.place)
    except Exception as problem:  # whatever it is: it is no formula that holds, and an author needs the place
        return f": {display.label} can't be judged ({type(problem).__name__}: {problem})"


def binding_of(display: Display, readings: dict[str, str]) -> Binding:
    """Return the Binding of one display, or raise DisplayError."""
    meaning = whose_names(display)
    statement, said = understood(display)
    try:
        held, part = bound(display.label, meaning, statement, said, readings)
    except DifferentError as problem:
        forms = f"\n    the page:  {problem.shown or said}\n    held:      {problem.held}"
        raise DisplayError(f"{display.place}: {display.label} {problem}{forms}") from None
    true_at_numbers(display, meaning, statement)
    return Binding(display.label, display.file, display.line, held, said, part)


def understood(display: Display) -> tuple[tuple[Clause, ...], str]:
    """Return the statement of a display and its reading; raise DisplayError where it can't be read."""
    meaning = whose_names(display)
    if meaning not in MEANINGS:
        raise DisplayError(
            f"{display.place}: {display.label} has no meaning yet: say in softmaxlab.displays.meanings "
            "what its names stand for"
        )
    try:
        statement = read(display.tex, functions_of(meaning))
        return statement, reading(statement, samples_of(meaning)[0].ranges)
    except UnreadableError as problem:
        raise DisplayError(f"{display.place}: {display.label} can't be read: {problem}") from None


def holder(label: str) -> tuple[str, Claim | ConcreteClaim | None]:
    """Return what a label is compared with, "proof", "refusal" or "reading"; and the claim proved or refused."""
    key = label.removeprefix(MISPRINT)
    if label.startswith(MISPRINT) and key in PRINTED and label not in CATALOGUE:
        return "refusal", PRINTED[key]
    claim = CATALOGUE.get(label)
    if not isinstance(claim, Claim) or claim.part:
        return "reading", claim
    return "proof", claim


def bound(
    label: str, meaning: str, statement: tuple[Clause, ...], said: str, readings: dict[str, str]
) -> tuple[str, str]:
    """Return what a display agrees with, and which part of it is proved; raise DifferentError where it differs."""
    held, claim = holder(label)
    marks = [clause.relations for clause in statement if "≟" in clause.relations]
    if (held == "refusal") != bool(marks):
        raise DifferentError("is marked as a misprint, or is one and is not marked", said, repr(claim))
    if held == "reading" or not isinstance(claim, Claim):
        same_reading(said, stored_for(label, said, readings))
    else:
        of_claim = "the refused misprint" if held == "refusal" else "the proof"
        compare(statement, claim, samples_of(meaning)[0].ranges, of_claim)
    return held, getattr(claim, "part", "")


def stored_for(label: str, said: str, readings: dict[str, str]) -> str | None:
    """Return the stored reading of a label; of a claim in prose, the same one may be spaced in another way there."""
    file, inline, _ = label.partition(": ")
    return said if inline and said in of_file(file, readings) else readings.get(label)


def of_file(file: str, readings: dict[str, str]) -> set[str]:
    """Return the stored readings of the claims in the prose of a page."""
    return {reading for label, reading in readings.items() if label.startswith(f"{file}: ")}


def same_reading(said: str, stored: str | None) -> None:
    """Raise DifferentError unless a reading is the one that was reviewed."""
    if stored is None:
        raise DifferentError("has no stored reading: `make check ARGS=--write` adds it, for review", said, "nothing")
    if stored != said:
        raise DifferentError(difference(said, stored, "the stored reading"), said, stored)


def true_at_numbers(display: Display, meaning: str, statement: tuple[Clause, ...]) -> None:
    """Raise DisplayError where a display fails at random numbers, or says nothing."""
    conditions = [clause for clause in statement if clause.condition]
    try:
        with np.errstate(all="ignore"):
            check(statement, [impose(conditions, sample) for sample in samples_of(meaning)])
    except FalseError as problem:
        raise DisplayError(f"{display.place}: {display.label} does not hold at random numbers: {problem}") from None
    except SENSELESS as problem:
        raise DisplayError(f"{display.place}: {display.label} says nothing as it stands: {problem}") from None


def check_book(root: str | Path) -> tuple[list[Binding], list[str]]:
    """Return (bindings, problems) of all displays of a book; of what can't be read, the first of each page."""
    readings = stored_readings()
    bindings: list[Binding] = []
    problems: list[str] = []
    found: list[Display] = []
    unread: list[str] = []
    for page in pages(root):
        try:
            found += of_page(page, Path(root))
        except UnreadableError as problem:
            unread.append(str(problem))
    for display in found:
        try:
            bindings.append(check_display(display, readings))
        except DisplayError as problem:
            problems.append(str(problem))
    whole = [] if unread else missing(found, bindings, readings)  # what is missing may stand in a page not read
    return bindings, unread + problems + twice(found) + whole


def twice(found: list[Display]) -> list[str]:
    """Return a problem for each label that stands at two formulas."""
    first: dict[str, Display] = {}
    problems: list[str] = []
    for display in found:
        if display.label in first and ": " not in display.label:
            place = first[display.label].place
            problems.append(f"{display.place}: {display.label} is the label of the formula at {place} as well")
        first.setdefault(display.label, display)
    return problems


def missing(found: list[Display], bindings: list[Binding], readings: dict[str, str]) -> list[str]:
    """Return a problem for each formula that has a proof, refusal or reading, but that no page displays."""
    labels = {display.label for display in found}
    said = {(binding.file, binding.reading) for binding in bindings}
    idle = [
        f"{place_of(label)}: a reading is stored for {label}, which no page displays: "
        "`make check ARGS=--write` drops it"
        for label, reading in readings.items()
        if label not in labels and (label.partition(": ")[0], reading) not in said
    ]
    lost = [
        f"{label} is displayed nowhere, and softmaxlab.displays.meanings says what its names stand for"
        for label in MEANINGS
        if label.startswith("eq-") and label not in labels and label not in readings
    ]
    return idle + lost


def place_of(label: str) -> str:
    """Return file and line of a stored reading."""
    lines = READINGS.read_text(encoding="utf-8").splitlines()
    number = next(number for number, line in enumerate(lines, 1) if line.startswith(f"{label} | "))
    return f"src/softmaxlab/displays/{READINGS.name}:{number}"


def write_readings(root: str | Path) -> int:
    """Store the reading of every display that no proof covers; return how many."""
    lines = []
    for display in displays(root):
        if holder(display.label)[0] != "reading":
            continue
        with suppress(DisplayError):  # the check names those that can't be read
            _, said = understood(display)
            lines.append(f"{display.label} | {said}")
    READINGS.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    return len(lines)


HEAD = """\
# What the displays say that no proof holds, one line each: written by `make check ARGS=--write`, reviewed in the diff.
# A line that changes is a claim that changes: look whether its tests still test it.
"""
