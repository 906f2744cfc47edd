"""Write what the search of the built book reads: each page as plain text, section by section, in one script.

It takes the place of Sphinx's search, which finds neither p − y nor CrossEntropyLoss, fails on words that name a
property in JavaScript, and fetches whole pages to show a line of each. The search page (assets/search/) ranks and
quotes from the script in the reader's browser. It is a script rather than JSON, so that a page opened from a folder can
read it too.
A page may name other words that a learner would type for what it treats: `myst: {html_meta: {keywords: "…, …"}}`.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from .page_text import sections_of
from .site import STATIC, Site

NAME = "search-pages.js"
SCRIPTS = (NAME, "search/words.js", "search/rank.js", "search/page.js")
META = re.compile(r'<meta (?=[^>]*\bname="(description|keywords)")[^>]*\bcontent="([^"]*)"')


def record(page: str, name: str) -> dict[str, Any]:
    """Return what the search has to know of one built page."""
    number, sections = sections_of(page)
    if not sections:
        raise ExtensionError(f"{name}: the search found no section with a heading in it; has the theme's page changed?")
    about = {kind: unescape(content) for kind, content in META.findall(page)}
    return {
        "url": f"{name}.html",
        "number": number,
        "title": sections[0].heading,
        "about": about.get("description", ""),
        "keywords": [word.strip() for word in about.get("keywords", "").split(",") if word.strip()],
        "sections": [
            {"anchor": s.anchor, "heading": s.heading, "term": s.is_term, "text": s.text, "code": s.code}
            for s in sections
        ],
    }


def without_own_search(app: Sphinx) -> None:
    """Keep Sphinx from building its index."""
    if app.builder.format == "html":
        app.builder.search = False  # type: ignore[attr-defined]  # the builder of HTML has it


def search_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Let the theme write its search page all the same."""
    yield "search", {}, "search.html"


def with_scripts(page: str, site: Site) -> str:
    """Return the search page with the scripts of the search, each by an address that changes with it."""
    tags = []
    for name in SCRIPTS:
        version = hashlib.sha256(site.read(f"{STATIC}/{name}")).hexdigest()[:8]
        tags.append(f'  <script defer src="_static/{name}?v={version}"></script>\n')
    return page.replace("</head>", "".join(tags) + "  </head>")


def write_search_pages(site: Site) -> None:
    """Write the text of all pages that the table of contents names, and let the search page read it."""
    records = [record(site.pages[f"{name}.html"], name) for name in sorted(site.app.env.found_docs)]
    text = json.dumps(records, ensure_ascii=False, separators=(",", ":"))
    site.write(f"{STATIC}/{NAME}", f"globalThis.bookPages = {text};\n")
    site.remove("searchindex.js")  # Sphinx's own, of an older build
    site.pages["search.html"] = with_scripts(site.pages["search.html"], site)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run when the pages are written."""
    app.connect("builder-inited", without_own_search)
    app.connect("html-collect-pages", search_page)
    return {"parallel_read_safe": True}
