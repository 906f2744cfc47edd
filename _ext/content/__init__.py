"""What a page says: its checks, the evidence under its equations, its numbers, its formulas and its widgets."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

PARTS = (
    "checked_first",  # in seconds, before the tests of the equations run
    "content.evidence",
    "content.prose_numbers",
    "content.sound_mathml",
    "content.static_widgets",
    "content.proof_formulas",
    "content.linked_formulas",
    "content.kept_punctuation",
)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Set the parts up, in their order."""
    for part in PARTS:
        app.setup_extension(part)
    return {"parallel_read_safe": True}
