"""Check all that needs no execution: `make check`, and the first thing that a build does.

Every display is compared with what was proved or tested for its label (softmaxlab.displays), and the sources with the
rules that can be checked by reading them (manuscript). It takes seconds, and comes before a chapter is executed. What
was found for each label is kept for the badges, as ``app.display_bindings[label]``.
"""

import io
import re
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from content.manuscript import Problem, check_manuscript
from moments import FIRST
from softmaxlab.displays.check import Binding, check_book, write_readings
from softmaxlab.displays.tokens import UnreadableError

PLACE = re.compile(r"(?P<file>[^\s:]+)(?::(?P<line>\d+))?: (?P<words>.*)", re.DOTALL)


def check(root: str | Path) -> tuple[list[Binding], list[Problem]]:
    """Return what each display was compared with, and all that must be mended."""
    bindings, said = check_book(root)
    problems = check_manuscript(root)
    known = {(problem.file, problem.line) for problem in problems}
    more = [
        problem for problem in map(placed, said) if not (unlabeled(problem) and (problem.file, problem.line) in known)
    ]
    return bindings, sorted({*problems, *more})


def placed(text: str) -> Problem:
    """Read the place that a text begins with."""
    match = PLACE.fullmatch(text)
    return Problem(match["file"], int(match["line"] or 0), match["words"]) if match else Problem("displays", 0, text)


def unlabeled(problem: Problem) -> bool:
    """Say whether a problem of a display is one that the rules of the text name, too."""
    return "a displayed formula without a label" in problem.words


class CheckedBook(Sphinx):
    """A build that has been checked, and what was found."""

    display_bindings: dict[str, Binding]
    equation_records: dict[str, list[dict[str, Any]]]  # content.evidence adds them


def hold(app: CheckedBook, config: Config) -> None:
    """Check; stop with all that must be mended."""
    bindings, problems = check(app.srcdir)
    if problems:
        raise ExtensionError("`make check` finds what must be mended:\n" + "\n".join(map(str, problems)))
    app.display_bindings = {binding.label: binding for binding in bindings}


def setup(app: Sphinx) -> ExtensionMetadata:
    """Check before the tests of the equations run, and before anything is read."""
    app.connect("config-inited", hold, priority=FIRST)
    return {"parallel_read_safe": True}


def main(arguments: list[str]) -> int:
    """Check the book around the working directory, or store the readings first; return the exit code."""
    if set(arguments) - {"--write"}:
        print(f"{' '.join(arguments)}: there is only --write, which stores the readings of the displays anew")
        return 2
    start = time.perf_counter()
    if arguments:
        try:
            print(f"{write_readings('.')} readings stored: review what changed, with git diff")
        except UnreadableError as problem:
            print(problem)
            return 1
    bindings, problems = check(".")
    print("".join(f"{problem}\n" for problem in problems), end="")
    held = Counter(binding.held for binding in bindings)
    print(
        f"{len(bindings)} formulas: {held['proof']} state what is proved, {held['refusal']} are the misprints that are "
        f"refused, {held['reading']} keep their reviewed reading. Pages, references, files, scripts and style sheets "
        f"read, in {time.perf_counter() - start:.1f} s: {len(problems)} must be mended"
    )
    return 1 if problems else 0


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a Windows code page, in a pipe, has no Greek letters
    sys.exit(main(sys.argv[1:]))
