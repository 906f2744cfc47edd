"""A page of the book as its author wrote it: what its Markdown says, piece by piece, each with its line."""

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from softmaxlab.displays.pages import EXTENSIONS, pages

CODE = {"code", "code-block", "code-cell", "literalinclude", "bibliography"}  # inside them no one reads prose
LITERAL = CODE | {"math", "raw", "toctree"}
FENCE = re.compile(r" *(?P<ticks>`{3,}|:{3,})(?:\{(?P<name>[\w:-]+)\})?(?P<rest>.*)")
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
FRONT_MATTER = re.compile(r"\A---\n(.*?\n)---\n", re.DOTALL)
NO_PROSE = (
    re.compile(r"^[ \t]*:[\w-]+:.*$", re.MULTILINE),
    re.compile(r"\{[\w:]+\}`[^`]*`"),
    re.compile(r"(`+)[^`]*\1"),
    re.compile(r"\]\([^)]*\)|<https?:[^>]*>|https?://\S+"),
)
NAMED = re.compile(r".*<([^<>]+)>", re.DOTALL)


@dataclass(frozen=True, order=True)
class Problem:
    """What an author has to mend; `words` says what was found, and what to do."""

    file: str
    line: int
    words: str

    def __str__(self) -> str:
        """Name the place in the form that editors jump to."""
        return f"{self.file}:{self.line}: {self.words}" if self.line else f"{self.file}: {self.words}"


@dataclass(frozen=True)
class Piece:
    """One thing that a page says.

    `kind` is "role", "directive", "link", "image", "heading", "target" or "id"; `name` that of a role or directive;
    `text` what a role holds, a directive's argument, an address, a title, a label.
    """

    kind: str
    name: str
    text: str
    line: int
    options: dict[str, Any] = field(default_factory=dict)
    body: str = ""
    inside: int = 0  # the line on which the body begins

    @property
    def target(self) -> str:
        """What a role refers to, without the words it shows."""
        named = NAMED.fullmatch(self.text)
        return " ".join((named[1] if named else self.text).split())


class Page:
    """The source of one page."""

    def __init__(self, text: str, file: str = "page.md") -> None:
        """Keep the text; it is read when asked for."""
        self.text, self.file = text, file
        self.lines = text.split("\n")

    def problem(self, line: int, words: str) -> Problem:
        """Return a problem on a line of this page."""
        return Problem(self.file, line, words)

    @cached_property
    def pieces(self) -> list[Piece]:
        """All pieces, in order."""
        return pieces_of(self.text)

    def of_kind(self, kind: str, *names: str) -> list[Piece]:
        """Return the pieces of one kind, and of these names."""
        return [piece for piece in self.pieces if piece.kind == kind and (not names or piece.name in names)]

    @property
    def cells(self) -> list[Piece]:
        """The code cells: `body` is the source."""
        return self.of_kind("directive", "code-cell")

    @cached_property
    def front_matter(self) -> dict[str, Any]:
        """What stands between the dashes at the top; nothing where that is no YAML."""
        match = FRONT_MATTER.match(self.text)
        try:
            found = yaml.safe_load(match[1]) if match else {}
        except yaml.YAMLError:
            return {}
        return found if isinstance(found, dict) else {}

    def prose(self, kinds: tuple[str, ...] = ("prose", "math")) -> str:
        """Return what a reader reads, each word on its line: no code, no role, no address, no option of a directive."""
        text = "\n".join(line if kind in kinds else "" for kind, line in kinds_of(self.text))
        for pattern in NO_PROSE:
            text = pattern.sub(lambda match: "\n" * match[0].count("\n"), text)
        return text


def kinds_of(text: str) -> list[tuple[str, str]]:
    """Return each line and what it is part of: "prose", "math", "code" or "mark". Directives may nest."""
    head = FRONT_MATTER.match(text)
    above = text[: head.end()].count("\n") if head else 0
    found: list[tuple[str, str]] = []
    stack: list[tuple[str, str]] = []
    for number, line in enumerate(text.split("\n")):
        fence = FENCE.fullmatch(line)
        if number < above:
            found.append(("mark", line))
        elif fence and stack and fence["ticks"] == stack[-1][0] and not fence["name"] and not fence["rest"].strip():
            stack.pop()
            found.append(("mark", ""))
        elif fence and (not stack or stack[-1][1] == "prose"):
            kind = "math" if fence["name"] == "math" else "code" if fence["name"] in {None, *CODE} else "prose"
            stack.append((fence["ticks"], kind))
            found.append((kind, fence["rest"] if kind == "prose" else ""))  # a directive's title is prose
        else:
            found.append((stack[-1][1] if stack else "prose", line))
    return found


@cache
def parser() -> MarkdownIt:
    """Return the parser of the book's Markdown."""
    return create_md_parser(MdParserConfig(enable_extensions=EXTENSIONS), RendererHTML)


@cache
def tokens_of(text: str) -> list[Token]:
    """Return what the parser makes of a text."""
    return parser().parse(text)


@cache
def pieces_of(text: str, first: int = 1) -> list[Piece]:
    """Return the pieces of a page, or of what a directive holds; `first` is the number of its first line."""
    found, lines = [], text.split("\n")
    tokens = tokens_of(text)
    for place, token in enumerate(tokens):
        at = first + (token.map[0] if token.map else 0)
        if token.type in ("fence", "colon_fence"):
            found += of_fence(token, at)
        elif token.type == "myst_target":
            found.append(Piece("target", "", token.content, at))
        elif token.type == "heading_open":
            title = "".join(child.content for child in tokens[place + 1].children or [])
            found.append(Piece("heading", token.tag, title, at))
        elif token.type == "inline" and token.children and token.map:
            found += of_line(token.children, lines, first, *token.map)
        if identity := (token.attrs.get("id") if token.attrs else None):
            found.append(Piece("id", "", str(identity), at))
    return found


def of_fence(token: Token, at: int) -> list[Piece]:
    """Return a directive, and the pieces of what it holds."""
    name, _, argument = token.info.strip().partition(" ")
    if not (name.startswith("{") and name.endswith("}")):
        return []
    options, body, below = opened(token.content)
    name = name[1:-1].lower()
    own = Piece("directive", name, argument.strip(), at, options, body, at + 1 + below)
    title = [] if name in LITERAL else pieces_of(argument, at)
    return [own, *title, *([] if name in LITERAL else pieces_of(body, at + 1 + below))]


def opened(content: str) -> tuple[dict[str, Any], str, int]:
    """Return a directive's options, the text below them, and how many lines they take."""
    lines, below = content.split("\n"), 0
    options: dict[str, Any] = {}
    if lines[0].strip() == "---" and "---" in lines[1:]:
        below = lines.index("---", 1) + 1
        try:
            options = yaml.safe_load("\n".join(lines[1 : below - 1])) or {}
        except yaml.YAMLError:
            options = {}
    while not options and below < len(lines) and (option := OPTION.fullmatch(lines[below].strip())):
        below += 1
        pairs = {option[1]: option[2].strip()}
        while below < len(lines) and (option := OPTION.fullmatch(lines[below].strip())):
            pairs[option[1]], below = option[2].strip(), below + 1
        options = pairs
    return options, "\n".join(lines[below:]), below


def of_line(tokens: list[Token], lines: list[str], first: int, start: int, end: int) -> list[Piece]:
    """Return the pieces within lines of text."""
    found, row = [], start
    for token in tokens:
        piece, mark = of_token(token)
        if piece:
            shown = next((n for n in range(row, end) if mark in lines[n]), row)  # a role may go over the end of a line
            row = shown
            found.append(Piece(piece[0], piece[1], piece[2], first + shown))
        row += token.type in ("softbreak", "hardbreak") or token.content.count("\n")
        if token.type == "image":
            row -= token.content.count("\n")
    return found


def of_token(token: Token) -> tuple[tuple[str, str, str] | None, str]:
    """Return kind, name and text of what a token is, if it is a piece, and how its source begins."""
    if token.type == "myst_role":
        return ("role", token.meta["name"].lower(), token.content), f"{{{token.meta['name']}}}`"
    if token.type == "link_open":
        return ("link", token.markup, str(token.attrs["href"])), "]("
    if token.type == "image":
        return ("image", "", str(token.attrs["src"])), "!["
    if token.type == "span_open" and "id" in token.attrs:
        return ("id", "", str(token.attrs["id"])), "#"
    return None, ""


def book_pages(root: Path) -> list[Page]:
    """Return the pages of a book, in the order of their names."""
    found = []
    for path in pages(root):
        if path.exists():
            text = path.read_text(encoding="utf-8-sig", errors="replace")
            found.append(Page(text, path.relative_to(root).as_posix()))
    return found
