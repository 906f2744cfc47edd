"""What went wrong in a build of the book, read off its log: each problem once, with its place, by file and line.

Plain standard library: tools/dev.py reads the log of a build with it, tools/live.py that of a rebuild, and
_ext/setup/told_last.py what a build of Jupyter Book's own has said.
"""

import os
import re
from dataclasses import dataclass

HEADING = "What must be mended:"  # below it a build repeats what it has said
FAILED = "a cell fails in"  # the words of _ext/setup/told_last.py
COLORS = re.compile(r"\x1b\[[0-9;]*m")
LEVEL = r"(?:WARNING|ERROR|CRITICAL|SEVERE)"
PLACE = r"(?P<file>(?:[A-Za-z]:)?[^\s:][^:\n]*?\.\w+)(?::docstring of [\w.]+)?(?::(?P<line>\d+))?"
SAID = re.compile(rf"(?:{PLACE}: )?{LEVEL}: (?P<words>.+)")  # as Sphinx says it
PLACED = re.compile(rf"{PLACE}: (?P<words>.+)")  # as our own checks say it
# A cell that fails: Sphinx's warning, nbclient's traceback with the cell in it, and myst-nb's mark at the end.
NOTEBOOK = re.compile(
    rf"^{PLACE}: WARNING: Executing notebook failed: (?P<kind>\w+)(?P<rest>.*?)\[mystnb\.exec\]",
    re.DOTALL | re.MULTILINE,
)
CELL = re.compile(
    r"An error occurred while executing the following cell:\n-+\n(?P<code>.*?)\n-+\n(?P<rest>.*)", re.DOTALL
)
LINE_OF_CELL = re.compile(r"Cell In\[\d+\], line (\d+)")
SAVED = "Notebook exception traceback saved in"
UNSTORED = "[mystnb.glue]"
# What ends a build: an error of an extension of ours says what it has to say, any other comes with its last frame.
STOPPED = re.compile(
    r"^(?:[A-Z]\w+ error(?: \([\w.]+\))?|Warning, treated as error):\n"
    r"(?P<words>.*?)(?=\n+Traceback \(most recent call last\):|\Z)",
    re.DOTALL | re.MULTILINE,
)
CRASHED = re.compile(
    r"^(?:Exception occurred|reST markup error):\n(?P<words>.*?)(?=\nThe full traceback|\Z)", re.DOTALL | re.MULTILINE
)
TRACEBACK = re.compile(r"^Traceback \(most recent call last\):\n(?:[ \t]+.*\n|\n)+?(?P<error>\S.*)$", re.MULTILINE)
FRAME = re.compile(r'  File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<name>.+)\n')


@dataclass(frozen=True, order=True)
class Told:
    """A problem and, below it, what an author needs to see of it."""

    file: str
    line: int
    words: str
    below: str = ""

    def __str__(self) -> str:
        """Name the place in the form that editors jump to."""
        place = f"{self.file}:{self.line}: " if self.line else f"{self.file}: " if self.file else ""
        return place + self.words + ("\n" + self.below if self.below else "")


def report(log: str, root: str) -> str:
    """Return what an author has to mend, or nothing where the log tells of no problem."""
    text = COLORS.sub("", log).replace("\r", "\n").partition(HEADING)[0]
    cells = failing_cells(text, root)
    failing = {cell.file for cell in cells}
    others = [told for told in [*warnings(text, root), *stops(text, root)] if SAVED not in told.words]
    follow = [told for told in others if told.file in failing and UNSTORED in told.words]
    found = sorted({*cells, *others} - {*follow})
    lines = [str(told) for told in found]
    if follow:
        lines.append(f"({len({*follow})} numbers of the text are missing, since the cells that store them fail.)")
    return "\n".join(lines)


def within(path: str, root: str) -> str:
    """Return a path as seen from the book's folder."""
    inside = os.path.isabs(path) and os.path.normpath(path).startswith(os.path.normpath(root) + os.sep)
    return (os.path.relpath(path, root) if inside else path).replace(os.sep, "/")


def told_by(match: re.Match[str], root: str) -> Told:
    """Return what one line of the log tells."""
    file = within(match["file"], root) if match["file"] else ""
    return Told(file, int(match["line"] or 0), match["words"].strip())


def warnings(text: str, root: str) -> list[Told]:
    """Return Sphinx's warnings and errors."""
    rest = NOTEBOOK.sub("", text)
    return [told_by(match, root) for line in rest.splitlines() if (match := SAID.fullmatch(line))]


def failing_cells(text: str, root: str) -> list[Told]:
    """Return each cell that fails: where the line is, what was raised, and the code."""
    found = []
    for notebook in NOTEBOOK.finditer(text):
        file, rest = within(notebook["file"], root), notebook["rest"].strip()
        cell = CELL.search(rest)
        error = rest.splitlines()[-1].strip() if rest else notebook["kind"]
        if not cell:  # one that took too long, for example: what nbclient says of it
            words = next((line for line in rest.splitlines() if notebook["kind"] in line), notebook["kind"])
            found.append(Told(file, 0, f"a cell fails: {words}", indented(rest.partition(words)[2].strip())))
            continue
        at = LINE_OF_CELL.search(cell["rest"])
        number = int(at[1]) if at else 1
        lines = cell["code"].split("\n")
        code = "\n".join(("  > " if n == number else "    ") + line for n, line in enumerate(lines, 1))
        first = line_of(cell["code"], os.path.join(root, file))
        found.append(Told(file, first and first + number - 1, f"a cell fails: {error}", code))
    return found


def line_of(code: str, path: str) -> int:
    """Return the line of a file on which this code begins; 0 if it is not there."""
    try:
        with open(path, encoding="utf-8") as source:
            text = source.read()
    except OSError:
        return 0
    place = ("\n" + text).find("\n" + code.strip("\n") + "\n")
    return 1 + text.count("\n", 0, place) if place >= 0 else 0


def stops(text: str, root: str) -> list[Told]:
    """Return what ended the build: our checks' own lines, or an error with the first traceback behind it."""
    found = []
    for match in [*STOPPED.finditer(text), *CRASHED.finditer(text)]:
        lines = match["words"].strip().splitlines()
        if lines and lines[0].startswith(FAILED):  # the cells are told by themselves
            continue
        placed = [told_by(each, root) for line in lines if (each := PLACED.fullmatch(line))]
        found += placed
        if not placed or "threw an exception" in match["words"]:
            found.append(Told("", 0, "\n".join(lines), first_traceback(text, root)))
    if not found and (whole := first_traceback(text, root)) and not SAID.search(text):
        found.append(Told("", 0, "the build ended with an error:", whole))
    return found


def first_traceback(text: str, root: str) -> str:
    """Return the first traceback outside of notebooks, which names the cause: our own frames, the last, the error."""
    match = TRACEBACK.search(NOTEBOOK.sub("", text))
    if not match:
        return ""
    frames = [(frame["file"], frame["line"], frame["name"]) for frame in FRAME.finditer(match[0])]
    ours = [frame for frame in frames if within(frame[0], root) != frame[0] and "site-packages" not in frame[0]]
    shown = dict.fromkeys([*ours, *frames[-1:]])
    return indented(
        "\n".join([*(f"{within(file, root)}:{line}: in {name}" for file, line, name in shown), match["error"]])
    )


def indented(text: str) -> str:
    """Set lines off."""
    return "\n".join("    " + line for line in text.splitlines())
