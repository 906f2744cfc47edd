"""What the records of the tests amount to, in words: a few for the line under an equation, all of them behind it."""

import math
import re
import sys
from dataclasses import dataclass
from typing import Any

from sphinx.errors import ExtensionError

from softmaxlab.displays.check import Binding

Record = dict[str, Any]  # what one run of a test has recorded
Line = tuple[str, str, Record]
IN_PART = "proved in part"
REFUSED = {"refuted by a counterexample": "refuted", "means nothing as written": "means nothing"}
PROVED = re.compile(r"^proved:? ")


@dataclass(frozen=True)
class Verdict:
    """The words under one equation, how they look, and what each check did: (what, more about it, its record)."""

    words: str
    look: str
    lines: tuple[Line, ...]


def merged(records: list[Record]) -> list[Record]:
    """Join the records of one test function, which runs once for each of its parameters."""
    tests: dict[tuple[str, str], Record] = {}
    for record in records:
        blank = {**record, "sizes": [], "given": [], "cases": 0, "worst": 0.0}
        known = tests.setdefault((record["file"], record["test"]), blank)
        known["sizes"] = sorted({*known["sizes"], *record["sizes"]})
        known["given"] = list(dict.fromkeys([*known["given"], *record["given"]]))
        known["cases"] += record["cases"]
        known["worst"] = max(known["worst"], record["worst"])
    return list(tests.values())


def bound_to(tests: list[Record], binding: Binding | None) -> list[Record]:
    """Take the display into account: a proof counts as far as the display states what it proves.

    `binding` tells what the display was compared with: a "proof" is a whole statement of the catalog. A display that
    was compared with a "reading" has no proof for every N, except for the part that `binding` names.
    """
    if binding is None or binding.held != "reading":
        return tests
    return [as_far_as(test, binding.part) if by_prover(test) and "for all" in test["proof"] else test for test in tests]


def as_far_as(test: Record, part: str) -> Record:
    """Return what a proof is worth to a display that states only this part of it, or nothing of it."""
    part = test["part"] or part
    return {**test, "part": part} if part else {**test, "proof": None}


def by_prover(test: Record) -> bool:
    """Say whether the proof is one of the catalog's, whose statement a display can be compared with."""
    return bool(test["proof"]) and not test["because"]


def verdict(records: list[Record], binding: Binding | None = None) -> Verdict | None:
    """Return what the records say of one equation; None if no check did anything."""
    tests = bound_to(merged(records), binding)
    lines = [line for test in tests for line in lines_of(test)]
    if not lines:
        return None
    strongest = min(lines, key=rank)
    words, look = heading(tests, strongest)
    return Verdict(words, look, tuple(sorted(lines, key=rank)))


def heading(tests: list[Record], strongest: Line) -> tuple[str, str]:
    """Return the few words under an equation, and how they look."""
    kinds = {(test["kind"], test["source"]) for test in tests if test["kind"]}
    if len(kinds) > 1:
        raise ExtensionError(f"{tests[0]['label']}: its tests say that the display is {sorted(map(str, kinds))}")
    if kinds:
        ((kind, source),) = kinds
        return (f"follows from {{{source}}}", "held") if source else (kind, "wish" if kind == "wish" else "held")
    what, _, test = strongest
    if test["rejected"]:
        return REFUSED[what], "refused"
    if what.startswith("tested"):
        return "tested", "held"
    return (IN_PART if test["part"] else what), "held"


def rank(line: Line) -> tuple[Any, ...]:
    """Order lines: refusals, proofs of the whole, proofs of a part, numbers; the widest range and the closest first."""
    what, _, test = line
    if what.startswith("tested"):
        return (3, bool(test["part"]), test["worst"])
    if test["rejected"]:
        return (0,)
    return (1 + bool(test["part"]), "for all" not in what and bool(test["sizes"]), -len(test["sizes"]))


def lines_of(test: Record) -> list[Line]:
    """Return what one check did, each with what more there is to say: its part, its argument, its premises."""
    part = f" ({PROVED.sub('', test['part'])})" if test["part"] else ""
    given = f"given {' and '.join(test['given'])}" if test["given"] else ""
    argument = f": {test['because']}" if test["because"] else ""
    exactly = test["rejected"] or test["proof"] or (proved_exactly(test) if test["exact"] else "")
    found = [(exactly, part + argument + (("; " if argument else ", ") + given if given else ""), test)]
    numbers = [(tested(test), part, test)] if test["cases"] else []
    return (found if exactly else []) + numbers


def proved_exactly(test: Record) -> str:
    """Say for which numbers of classes an exact check passed."""
    sizes = test["sizes"]
    if not sizes:
        return "proved"
    run = len(sizes) > 1 and sizes == list(range(sizes[0], sizes[-1] + 1))
    return f"proved for {test['letter']} = " + (f"{sizes[0]}..{sizes[-1]}" if run else ", ".join(map(str, sizes)))


def tested(test: Record) -> str:
    """Say how closely numbers agreed, relative to their largest, and on how many cases."""
    ulps = math.ceil(test["worst"] / sys.float_info.epsilon)
    if ulps == 0:
        close = ""
    elif ulps <= 1000:
        close = f" to {ulps} ulp" + "s" * (ulps > 1)
    else:
        close = f" to {test['worst']:.0e}"
    cases: int = test["cases"]
    return f"tested{close} on {cases:,} case" + "s" * (cases > 1)
