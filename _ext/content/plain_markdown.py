"""Turn the Markdown of a chapter, with its roles and directives, into Markdown that a plain Jupyter shows.

A role becomes its text or a link; an admonition becomes a box, a dropdown a fold, a displayed equation TeX with its
number, included code a block of code, a card an entry of a list. What is not known here is an error, never passed on.
"""

import html
import re
from collections.abc import Callable, Iterator
from typing import Protocol

from sphinx.errors import ExtensionError

FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,}|:{3,})(?:\{(?P<name>[\w:-]+)\})?[ \t]*(?P<title>.*)")
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
TARGET = re.compile(r"\([\w-]+\)=|%.*")  # a place to refer to; a comment
INLINE = re.compile(
    r"\{(?P<role>[\w:-]+)\}(?P<ticks>`+)(?P<text>.+?)(?P=ticks)(?!`)"
    r"|(?P<code>(?P<fence>`+)(?!`).+?(?<!`)(?P=fence)(?!`))"
    r"|\[(?P<span>[^\]]*)\]\{[^}]*\}"
    r"|\[(?P<shown>[^\]]*)\]\((?P<link>#[^)\s]+|[^):\s]+\.md(?:#[^)\s]*)?)\)",
    re.DOTALL,
)
NAMED = re.compile(r"(?P<text>.+?)\s*<(?P<target>[^<>]+)>", re.DOTALL)
BOXES = {"tip": "success", "note": "info", "important": "info", "warning": "warning", "caution": "warning"}


class Lookup(Protocol):
    """What one page's roles and directives stand for; `downloads.Lookup` finds it in a build."""

    page: str
    included: Iterator[str]

    def number(self, expression: str) -> str:
        """Return what the page shows for an expression such as `glued("name:.3f")`."""

    def equation(self, label: str) -> str:
        """Return the number of an equation, in parentheses."""

    def title(self, label: str) -> tuple[str, str]:
        """Return the title of what carries the label, and its address."""

    def here(self, anchor: str) -> str:
        """Return the address of a place on this page."""

    def beside(self, path: str) -> str:
        """Return the address of a page that is named by its source, from this one's folder."""

    def cite(self, keys: str) -> str:
        """Return authors and year of each source."""


def plain_markdown(text: str, lookup: Lookup) -> str:
    """Convert the text of a cell.

    Parameters
    ----------
    text : str
    lookup : Lookup
        What roles stand for.

    Returns
    -------
    str
    """
    return "\n".join(blocks(iter(text.splitlines()), lookup)).strip("\n")


def blocks(lines: Iterator[str], lookup: Lookup) -> list[str]:
    """Convert lines: what stands between fences in one go, since a role may go over the end of a line."""
    done: list[str] = []
    prose: list[str] = []
    for line in lines:
        fence = FENCE.fullmatch(line)
        if not fence:
            if not TARGET.fullmatch(line):
                prose.append(line)
            continue
        done = joined(done, inline("\n".join(prose), lookup).split("\n"))
        prose = []
        body = list(until_closed(lines, fence["ticks"], lookup.page))
        if fence["name"]:
            width = len(fence["indent"])
            made = directive(fence["name"], fence["title"], [part[width:] for part in body], lookup)
            done = joined(done, [fence["indent"] + part if part else part for part in made])
        else:
            done += [line, *body, fence["indent"] + fence["ticks"]]
    return joined(done, inline("\n".join(prose), lookup).split("\n")) if prose else done


def joined(above: list[str], below: list[str]) -> list[str]:
    """Put lines below others, with one empty line between them where there would be two.

    >>> joined(["a", ""], ["", "b"])
    ['a', '', 'b']
    """
    return above + below[(above[-1:] or [""])[0] == "" and below[:1] == [""] :]


def until_closed(lines: Iterator[str], ticks: str, page: str) -> Iterator[str]:
    """Give the lines of a fenced block, without the fence that closes it."""
    for line in lines:
        mark = line.strip()
        if len(mark) >= len(ticks) and set(mark) == {ticks[0]}:
            return
        yield line
    raise ExtensionError(f"{page}: a block that begins with {ticks} has no end")


def directive(name: str, title: str, lines: list[str], lookup: Lookup) -> list[str]:
    """Convert one directive: `NAMES` has a function for each."""
    options = {}
    while lines and (option := OPTION.fullmatch(lines[0])):
        options[option[1]] = option[2]
        lines = lines[1:]
    if name not in NAMES:
        raise ExtensionError(f"{lookup.page}: a download can't show {{{name}}} yet: see _ext/content/plain_markdown.py")
    return NAMES[name](inline(title, lookup), options, lines, lookup)


def equation(title: str, options: dict[str, str], lines: list[str], lookup: Lookup) -> list[str]:
    """Show TeX with its number."""
    number = [rf"\tag{{{lookup.equation(options['label'])[1:-1]}}}"] if "label" in options else []
    return ["", "$$", *[line for line in lines if line.strip()], *number, "$$", ""]


def box(title: str, options: dict[str, str], lines: list[str], lookup: Lookup) -> list[str]:
    """Show an admonition as a box of Jupyter's own look."""
    kind = next((BOXES[each] for each in options.get("class", "").split() if each in BOXES), "info")
    inside = blocks(iter(lines), lookup)
    return ["", f'<div class="alert alert-{kind}">', "", f"**{title or 'Note'}**", "", *inside, "", "</div>", ""]


def fold(title: str, options: dict[str, str], lines: list[str], lookup: Lookup) -> list[str]:
    """Show a dropdown as a fold of the browser's."""
    inside = blocks(iter(lines), lookup)
    return ["", "<details>", f"<summary>{in_html(title)}</summary>", "", *inside, "", "</details>", ""]


def in_html(text: str) -> str:
    """Write emphasis and code of one line as HTML, inside of which no Markdown is read.

    >>> in_html("Why *p* < `q`?")
    'Why <em>p</em> &lt; <code>q</code>?'
    """
    text = html.escape(text, quote=False)
    for pattern, tag in ((r"\*\*(.+?)\*\*", "strong"), (r"\*(.+?)\*", "em"), (r"`(.+?)`", "code")):
        text = re.sub(pattern, rf"<{tag}>\1</{tag}>", text)
    return text


def included(title: str, options: dict[str, str], lines: list[str], lookup: Lookup) -> list[str]:
    """Show the code that the page includes."""
    code = next(lookup.included, None)
    if code is None:
        raise ExtensionError(f"{lookup.page}: the text names more code to include than the page shows")
    return ["", "```" + options.get("language", ""), *code.rstrip("\n").split("\n"), "```", ""]


def inside_only(title: str, options: dict[str, str], lines: list[str], lookup: Lookup) -> list[str]:
    """Show what a grid holds."""
    return ["", *[line for line in blocks(iter(lines), lookup) if line], ""]


def card(title: str, options: dict[str, str], lines: list[str], lookup: Lookup) -> list[str]:
    """Show a card as an entry of a list."""
    address = lookup.title(options["link"])[1] if options.get("link-type") == "ref" else options.get("link")
    words = " ".join(blocks(iter(lines), lookup)).strip()
    return [f"- [{title}]({address}): {words}" if address else f"- **{title}**: {words}"]


NAMES: dict[str, Callable[[str, dict[str, str], list[str], Lookup], list[str]]] = {
    "math": equation,
    "admonition": box,
    "note": box,
    "tip": box,
    "warning": box,
    "dropdown": fold,
    "literalinclude": included,
    "toctree": lambda title, options, lines, lookup: [],
    "grid": inside_only,
    "grid-item-card": card,
}


# --- within a line ---


def inline(text: str, lookup: Lookup) -> str:
    """Convert the roles, and the links within the book; leave code alone."""
    return INLINE.sub(lambda match: piece(match, lookup), text)


def piece(match: re.Match[str], lookup: Lookup) -> str:
    """Convert what one match of INLINE found."""
    if match["code"]:
        return match["code"]
    if match["span"] is not None:
        return inline(match["span"], lookup)
    if match["link"]:
        link = match["link"]
        return f"[{match['shown']}]({lookup.here(link[1:]) if link.startswith('#') else lookup.beside(link)})"
    role, words = match["role"], match["text"]
    if role not in ROLES:
        raise ExtensionError(f"{lookup.page}: a download can't show {{{role}}} yet: see _ext/content/plain_markdown.py")
    named = NAMED.fullmatch(words) if role in {"term", "ref", "doc"} else None
    return ROLES[role](named["text"] if named else None, named["target"] if named else words, lookup)


def reference(text: str | None, target: str, lookup: Lookup) -> str:
    """Link to the published page, whose title is the text unless there is another."""
    title, address = lookup.title(target)
    return f"[{text or title}]({address})"


ROLES: dict[str, Callable[[str | None, str, Lookup], str]] = {
    "eval": lambda text, target, lookup: lookup.number(target),
    "eq": lambda text, target, lookup: lookup.equation(target),
    "term": lambda text, target, lookup: text or target,
    "ref": reference,
    "doc": lambda text, target, lookup: f"[{text}]({lookup.beside(target.removesuffix('.md') + '.md')})",
    "cite": lambda text, target, lookup: f"({lookup.cite(target)})",
    "cite:p": lambda text, target, lookup: f"({lookup.cite(target)})",
    "cite:t": lambda text, target, lookup: lookup.cite(target),
    "math": lambda text, target, lookup: f"${target}$",
}
