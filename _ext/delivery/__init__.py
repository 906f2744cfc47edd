"""What becomes of a finished page: one reading of the site, one ordered list of steps, one writing.

The steps edit text. Measured on this book's 18 pages, 5 MB: all edits of text take 0.2 s; to parse the pages with
BeautifulSoup and to write them again takes 2.5 s, and none of them comes back as it was.
"""

from collections.abc import Callable

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from moments import LAST

from . import (
    blocked_storage,
    content_policy,
    downloads,
    icons,
    lean_pages,
    one_stylesheet,
    search_pages,
    unused_files,
)
from .site import Site

PARTS = ("lean_pages", "search_pages", "unknown_address")  # what listens while the pages are written

STEPS: tuple[Callable[[Site], None], ...] = (
    search_pages.write_search_pages,  # puts scripts into a page
    lean_pages.mend_pages,
    lean_pages.mend_theme_script,  # before the storage: it knows the script's own text
    blocked_storage.unblock,  # puts a script into each page
    icons.slim,  # changes a style sheet of the theme
    one_stylesheet.join_stylesheets,  # behind all that changes a style sheet, or a name in a page
    content_policy.write_policies,  # behind all that adds or changes a script in a page: it names each by its hash
    downloads.write_downloads,
    unused_files.leave_out,  # behind all that makes a page ask for a file, or no longer ask for it
)


def deliver(app: Sphinx, exception: Exception | None) -> None:
    """Take the steps, if there is a page that has not been through them."""
    if exception or app.builder.format != "html":
        return
    site = Site(app)
    if site.fresh:
        for step in STEPS:
            step(site)
        site.save()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Deliver when all others are done with the pages and the files beside them."""
    for part in PARTS:
        app.setup_extension(f"{__name__}.{part}")
    app.connect("build-finished", deliver, priority=LAST)
    return {"parallel_read_safe": True}
