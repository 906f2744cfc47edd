"""Write 404.html, the page for an address that does not exist: a search field, and the contents of the book.

A host such as GitHub Pages, and tools/serve.py, show it at the address that was asked for, of any depth and below any
folder. Its links are those of a page at the top of the site, so a script at its beginning finds out where that is, and
says so in a <base>. tools/serve.py, which knows, has written one already.
"""

import os
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from softmaxlab._page_names import Attribute, Class

NAME = "404"
ABOUT = "There is no page at this address of the book on softmax: search the book, or see its contents."
FORM = f"""
<form class="bd-search {Class.SEARCH} d-flex align-items-center" role="search" action="search.html" method="get">
  <i class="fa-solid fa-magnifying-glass"></i>
  <input type="search" class="form-control" name="q" aria-label="Search this book" placeholder="Search this book"
         autocomplete="off" autocorrect="off" autocapitalize="off" spellcheck="false">
</form>
"""


def contents(app: Sphinx) -> str:
    """Return the pages of the book in their order, as a list of links."""
    env = app.env
    items = []
    for page in [env.config.root_doc, *env.toctree_includes.get(env.config.root_doc, [])]:
        number = env.toc_secnumbers.get(page, {}).get("")
        title = escape(env.titles[page].astext())
        items.append(f'<li><a href="{page}.html">{f"{number[0]}. " if number else ""}{title}</a></li>')
    return f"<ul>{''.join(items)}</ul>"


def unknown_address(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Let the theme write the page, with its sidebar."""
    body = (
        '<section id="not-found"><h1>This page does not exist</h1>'
        "<p>The book has no page at this address. A link may be misspelt, or older than the page that it names.</p>"
        f"{FORM}<h2>What there is</h2>{contents(app)}</section>"
    )
    script = (Path(app.srcdir) / "assets" / "base.js").read_text(encoding="utf-8")
    about = f'<meta name="description" content="{ABOUT}">'
    base = f'<script {Attribute.ROOT}="{root_of_site()}">\n{script}</script>'  # before all that is asked for
    metatags = f'\n{base}\n<meta name="robots" content="noindex">\n{about}'
    yield NAME, {"title": "This page does not exist", "body": body, "metatags": metatags}, "page.html"


def root_of_site() -> str:
    """Return where GitHub Pages will put the repository that GitHub Actions is building; elsewhere "".

    >>> os.environ.pop("GITHUB_REPOSITORY", None) and None
    >>> root_of_site()
    ''
    """
    owner, _, name = os.environ.get("GITHUB_REPOSITORY", "").partition("/")
    if not name:
        return ""
    return "/" if name.lower() == f"{owner.lower()}.github.io" else f"/{name}/"


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run when the pages are written."""
    app.connect("html-collect-pages", unknown_address)
    return {"parallel_read_safe": True}
