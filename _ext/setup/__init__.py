"""What a build stands on: its Node and its caches, one build at a time, what it repeats, and how it ends.

Nothing here knows what a page says (content) or what becomes of a finished one (delivery).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

PARTS = (
    "told_last",  # hears what all that follows has to say
    "only_html",  # before anything is done for a form that is not to be had
    "one_build",  # before anything is written
    "node_packages",  # before anything runs Node
    "fresh_execution",
    "patient_katex",
    "vendored",
    "own_repository",
    "shown_elsewhere",
)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set the parts up, in their order."""
    for part in PARTS:
        app.setup_extension(f"{__name__}.{part}")
    return {"parallel_read_safe": True}
