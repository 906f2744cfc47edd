"""The formulas that the book's sources display, each with its file and line."""

import re
from dataclasses import dataclass
from pathlib import Path

from .tokens import UnreadableError

FENCE = re.compile(r"\s*(?P<marks>`{3,}|:{3,})(?:\{(?P<name>[\w:-]+)\})?(?P<rest>.*)")
OPTION = re.compile(r":(\w+):\s*(.*)")
LITERAL = {None, "code", "code-cell", "code-block", "literalinclude", "raw", "eval"}  # what they hold is no prose
BARE = re.compile(r"\$\$|\\begin\{(?:equation|align|gather|multline)")
CLAIM = re.compile(r"\{math\}`([^`]+)`")


@dataclass(frozen=True)
class Display:
    """A formula that states something: displayed under a label, or in a line of prose in the role ``math``.

    `label` names it; an inline claim has the label ``FILE: TEX``. What stands between dollar signs states nothing of
    its own, and is not looked at.
    """

    label: str
    file: str
    line: int
    tex: str

    @property
    def place(self):
        """Where its TeX begins."""
        return f"{self.file}:{self.line}"


def pages(root):
    """Return the sources of the book's pages."""
    root = Path(root)
    return sorted([*root.glob("*.md"), *root.glob("chapters/*.md")])


def displays(root):
    """Return the formulas of all pages, in order.

    Raises
    ------
    UnreadableError
        A displayed formula has no label, or an option that is not known.
    """
    return [found for path in pages(root) if path.name != "README.md" for found in of_page(path, Path(root))]


def of_page(path, root):
    """Return the formulas of one page."""
    file, lines = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8").splitlines()
    found, at, around = [], 0, []  # `around`: the marks of the directives that are open, whose content is prose
    while at < len(lines):
        fence = FENCE.fullmatch(lines[at])
        if not fence:
            found += claims(file, lines[at], at)
        elif around and lines[at].strip() == around[-1]:
            around.pop()
        elif fence["name"] == "math":
            end = closing(lines, at, fence["marks"])
            found.append(display(file, lines, at, end))
            at = end
        elif fence["name"] in LITERAL:
            at = closing(lines, at, fence["marks"])
        else:
            around.append(fence["marks"])
        at += 1
    return found


def closing(lines, at, marks):
    """Return the line that closes a fence."""
    return next((n for n in range(at + 1, len(lines)) if lines[n].strip() == marks), len(lines) - 1)


def display(file, lines, start, end):
    """Return the display between two fences."""
    options, body = {}, start + 1
    while body < end and (option := OPTION.fullmatch(lines[body].strip())):
        options[option[1]], body = option[2], body + 1
    if not options.get("label"):
        raise UnreadableError(f"{file}:{start + 1}: a displayed formula without a label; give it one, :label: eq-...")
    if set(options) != {"label"}:
        raise UnreadableError(f"{file}:{start + 2}: a displayed formula takes :label: and nothing else")
    tex = "\n".join(lines[body:end]).strip()
    return Display(options["label"], file, body + 1, tex)


def claims(file, line, at):
    """Return the inline claims of one line."""
    if BARE.search(re.sub(r"`[^`]*`", "", line)):
        raise UnreadableError(f"{file}:{at + 1}: a displayed formula without a label; write it as a math directive")
    found = [Display(f"{file}: {tex}", file, at + 1, tex) for tex in CLAIM.findall(line)]
    if line.count("{math}`") != len(found):
        raise UnreadableError(
            f"{file}:{at + 1}: a formula in the role math stands in one line of the source, all of it"
        )
    return found
