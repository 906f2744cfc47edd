"""Give every page one style sheet, with only the rules that the book can use.

The theme and its extensions bring twelve sheets, 480 KB in all; a phone has to fetch and read each of them before it
may draw the first word. Here they are joined, in the order the pages name them, and PurgeCSS drops what no page and
no script names.
"""

import hashlib
import posixpath
import re
from pathlib import Path

from sphinx.application import Sphinx

from setup.node import run

NAME = "book.css"
LINK = re.compile(r'\s*<link\b(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^"]*?)_static/([^"?]+)[^"]*"[^>]*>')
SCRIPT = re.compile(r'<script\b[^>]*\bsrc="[^"]*?_static/([^"?]+)')
IMPORT = re.compile(r'@import\s+(?:url\()?"([^"]+)"\)?;')
ADDRESS = re.compile(r"""url\((["']?)(?!data:|#|["'])([^)"']+)\1\)""")
NOT_MARKUP = ("language_data.js",)  # words of the language, and no class names


def sheet_text(static: Path, name: str) -> str:
    """Return a style sheet with its imports in place, and its addresses as seen from the static folder."""
    folder = posixpath.dirname(name)

    def absolute(address: str) -> str:
        return posixpath.normpath(posixpath.join(folder, address))

    css = (static / name).read_text(encoding="utf-8")
    imported = "".join(sheet_text(static, absolute(address)) for address in IMPORT.findall(css))
    return imported + ADDRESS.sub(lambda match: f"url({absolute(match[2])})", IMPORT.sub("", css)) + "\n"


def purge(css: str, content: list[Path], root: Path) -> str:
    """Return the rules that the content can use."""
    request = {"css": css, "content": [str(path) for path in content]}
    return run(root, "purge_css.mjs", request, "the style sheets could not be joined")


def link_one_sheet(text: str, version: str) -> str:
    """Replace a page's links to style sheets by one."""
    first = LINK.search(text)
    link = f'\n  <link rel="stylesheet" href="{first[1]}_static/{NAME}?v={version}">'
    return text[: first.start()] + link + LINK.sub("", text[first.start() :])


def one_stylesheet(app: Sphinx, exception: Exception | None) -> None:
    """Join the style sheets of the pages this build wrote."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    static = site / "_static"
    pages = {
        path: path.read_text(encoding="utf-8")
        for path in site.rglob("*.html")
        if "_static" not in path.relative_to(site).parts
    }
    named = {path: [match[2] for match in LINK.finditer(text)] for path, text in pages.items()}
    fresh = {path: names for path, names in named.items() if names and names != [NAME]}
    if not fresh:  # an earlier build's pages
        return
    names = list(dict.fromkeys(name for names in fresh.values() for name in names if name != NAME))
    scripts = {static / name for text in pages.values() for name in SCRIPT.findall(text) if name not in NOT_MARKUP}
    css = purge("".join(sheet_text(static, name) for name in names), [*pages, *sorted(scripts)], Path(app.srcdir))
    (static / NAME).write_text(css, encoding="utf-8")
    version = hashlib.sha256(css.encode()).hexdigest()[:8]
    for path, text in pages.items():
        path.write_text(link_one_sheet(text, version), encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Run last, when the pages and the icons' style sheet are final."""
    app.connect("build-finished", one_stylesheet, priority=900)
    return {"parallel_read_safe": True}
