"""What becomes of a finished page: the theme is made lean, its files are joined and cut down, the search is filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

PARTS = (
    "lean_pages",
    "search_pages",
    "unknown_address",
    "blocked_storage",
    "icons",
    "one_stylesheet",
    "content_policy",
    "unused_files",
    "downloads",
)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set the parts up, in their order."""
    for part in PARTS:
        app.setup_extension(f"{__name__}.{part}")
    return {"parallel_read_safe": True}
