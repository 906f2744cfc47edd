"""The formulas that the book's sources display, each with its file and line; the pages are parsed as the build does."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

try:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token
    from myst_parser.config.main import MdParserConfig
    from myst_parser.parsers.mdit import create_md_parser
except ImportError as missing:
    raise ImportError(
        f"softmaxlab.displays reads the sources of the book and needs what it is built with ({missing}): "
        "in the book's folder, pip install -r requirements.txt"
    ) from missing

from .tokens import UnreadableError

EXTENSIONS = {"amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"}  # those of _config.yml
LITERAL = {"code", "code-block", "code-cell", "literalinclude", "raw", "sourcecode"}  # what they hold is no prose
OPAQUE = {"eval-rst", "glue:math", "include"}  # what they display stands elsewhere, or is not Markdown
UNLABELED = {"math_block", "math_block_label", "amsmath", "math_inline_double"}
OPTION = re.compile(r":([\w-]+):\s*(.*)")


@dataclass(frozen=True)
class Display:
    """A formula that states something: displayed under a label, or in a line of prose in the role ``math``.

    `label` names it; an inline claim has the label ``FILE: TEX``. What stands between single dollar signs states
    nothing of its own, and is not looked at.
    """

    label: str
    file: str
    line: int
    tex: str

    @property
    def place(self) -> str:
        """Where its TeX begins."""
        return f"{self.file}:{self.line}"


def pages(root: str | Path) -> list[Path]:
    """Return the sources of the book's pages: those in the usual places, and those that the table of contents names."""
    root = Path(root)
    contents = root / "_toc.yml"
    named = re.findall(r"\b(?:file|root):\s*(\S+)", contents.read_text(encoding="utf-8")) if contents.exists() else []
    listed = {root / f"{name.removesuffix('.md')}.md" for name in named}
    found = {*root.glob("*.md"), *root.glob("chapters/*.md"), *listed}
    return sorted(path for path in found if not path.stem.isupper())  # README and the like are no pages


def displays(root: str | Path) -> list[Display]:
    """Return the formulas of all pages, in order.

    Raises
    ------
    UnreadableError
        A displayed formula has no label or an option that is not known, or stands where the reader does not look.
    """
    return [found for path in pages(root) for found in of_page(path, Path(root))]


def of_page(path: Path, root: Path) -> list[Display]:
    """Return the formulas of one page."""
    file = path.relative_to(root).as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise UnreadableError(f"{file}: can't be read: {problem}") from None
    return of_text(text, file, 1)


@cache
def parser() -> MarkdownIt:
    """Return the parser of the book's Markdown."""
    return create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)


def of_text(text: str, file: str, first: int) -> list[Display]:
    """Return the formulas of a page or of what a directive holds; `first` is the number of its first line."""
    found: list[Display] = []
    lines = text.split("\n")
    for token in parser().parse(text):
        start, end = token.map or (0, 0)
        at = first + start
        if token.type in ("fence", "colon_fence"):
            last = lines[end - 1].strip(" >\t")
            if end - start < 2 or set(last) != set(token.markup) or len(last) < len(token.markup):
                raise UnreadableError(f"{file}:{at}: {token.markup}{token.info} is not closed")
            found += of_fence(token, file, at)
        elif token.type in UNLABELED:
            raise UnreadableError(f"{file}:{at}: a displayed formula without a label; write it as a math directive")
        elif token.type == "inline":
            found += of_prose(token.children or (), file, at)
    return found


def of_fence(token: Token, file: str, at: int) -> list[Display]:
    """Return the formulas of a directive."""
    name, _, argument = token.info.strip().partition(" ")
    directive = name[1:-1].lower() if name.startswith("{") and name.endswith("}") else None
    if directive == "math":
        return [of_directive(token.content, argument.strip(), file, at)]
    if directive in OPAQUE:
        raise UnreadableError(f"{file}:{at}: what {{{directive}}} displays can't be read here; write it in the page")
    if directive is None or directive in LITERAL:
        return []
    return of_text(token.content, file, at + 1)


def of_directive(content: str, argument: str, file: str, at: int) -> Display:
    """Return the display of a math directive."""
    options: dict[str, str] = {}
    lines = content.split("\n")
    if argument:
        raise UnreadableError(f"{file}:{at}: a displayed formula begins below the line of its directive")
    while lines and (option := OPTION.fullmatch(lines[0].strip())):
        name, value = option.groups()
        if name in options:
            raise UnreadableError(f"{file}:{at + 1}: a displayed formula with :{name}: twice")
        options[name], lines = value, lines[1:]
    if not options.get("label"):
        raise UnreadableError(f"{file}:{at}: a displayed formula without a label; give it one, :label: eq-...")
    if set(options) != {"label"}:
        raise UnreadableError(f"{file}:{at + 1}: a displayed formula takes :label: and nothing else")
    return Display(options["label"], file, at + 1 + len(options), "\n".join(lines).strip())


def of_prose(tokens: Iterable[Token], file: str, at: int) -> list[Display]:
    """Return the claims in the role math of a paragraph."""
    found: list[Display] = []
    before = ""
    for token in tokens:
        if token.type == "myst_role" and token.meta["name"].lower() == "math":
            tex = " ".join(token.content.split())
            found.append(Display(f"{file}: {tex}", file, at, tex))
        elif token.type in UNLABELED or (token.type == "math_inline" and before.endswith("$")):
            raise UnreadableError(f"{file}:{at}: a displayed formula without a label; write it as a math directive")
        elif token.type == "text" and "{math}" in token.content.lower():
            raise UnreadableError(f"{file}:{at}: {{math}} is followed by no formula between backticks")
        at += token.type in ("softbreak", "hardbreak") or token.content.count("\n")
        before = token.content
    return found
