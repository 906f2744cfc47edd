"""Give every page one style sheet, with only the rules that the book can use.

The theme and its extensions bring twelve sheets, 480 KB in all; a phone has to fetch and read each of them before it
may draw the first word. Here they are joined, in the order the pages name them, and PurgeCSS drops what no page and
no script names. Patterns find the links and imports, which Sphinx and the theme write in one form; the rules
of a sheet are parsed as CSS, by PurgeCSS.
"""

import hashlib
import posixpath
import re
from pathlib import Path

from sphinx.errors import ExtensionError

from setup.node import run

from .site import STATIC, Site

NAME = "book.css"
LINK = re.compile(r'\s*<link\b(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^"]*?)_static/([^"?]+)[^"]*"[^>]*>')
SCRIPT = re.compile(r'<script\b[^>]*\bsrc="[^"]*?_static/([^"?]+)')
IMPORT = re.compile(r'@import\s+(?:url\()?"([^"]+)"\)?;')
ADDRESS = re.compile(r"""url\((["']?)(?!data:|#|["'])([^)"']+)\1\)""")
NOT_MARKUP = ("language_data.js",)  # words of the language, and no class names


def sheet_text(site: Site, name: str) -> str:
    """Return a style sheet with its imports in place, and its addresses as seen from the static folder."""
    folder = posixpath.dirname(name)

    def absolute(address: str) -> str:
        return posixpath.normpath(posixpath.join(folder, address))

    css = site.text(f"{STATIC}/{name}")
    imported = "".join(sheet_text(site, absolute(address)) for address in IMPORT.findall(css))
    return imported + ADDRESS.sub(lambda match: f"url({absolute(match[2])})", IMPORT.sub("", css)) + "\n"


def purge(css: str, content: list[str], root: Path) -> str:
    """Return the rules that the content, the texts of pages and scripts, can use."""
    request = {"css": css, "content": content}
    return run(root, "purge_css.mjs", request, "the style sheets could not be joined")


def link_one_sheet(text: str, version: str) -> str:
    """Replace a page's links to style sheets by one."""
    first = LINK.search(text)
    if first is None:
        raise ExtensionError("a page links no style sheet; has the theme's page changed?")
    link = f'\n  <link rel="stylesheet" href="{first[1]}_static/{NAME}?v={version}">'
    return text[: first.start()] + link + LINK.sub("", text[first.start() :])


def join_stylesheets(site: Site) -> None:
    """Join the style sheets of the pages this build wrote."""
    named = [match[2] for page in site.fresh for match in LINK.finditer(site.pages[page])]
    names = dict.fromkeys(name for name in named if name != NAME)
    asked = sorted({name for text in site.pages.values() for name in SCRIPT.findall(text) if name not in NOT_MARKUP})
    content = [*site.pages.values(), *(site.text(f"{STATIC}/{name}") for name in asked)]
    css = purge("".join(sheet_text(site, name) for name in names), content, site.root)
    site.write(f"{STATIC}/{NAME}", css)
    version = hashlib.sha256(css.encode()).hexdigest()[:8]
    for page, text in site.pages.items():  # an earlier build's, too: it names the sheet by what was in it then
        if page not in site.moved:
            site.pages[page] = link_one_sheet(text, version)
