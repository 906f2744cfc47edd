"""Print the numbers that a chapter's cells glued, written so that a live notebook prints them too.

The text writes {eval}`glued("cat:.3f")`. In JupyterLab that is an expression for the kernel, and
softmaxlab.book.notebook answers it. A static page has no kernel, so here the one form is read, and shown from what the
cells stored when the book was built.
"""

import re

from docutils import nodes
from myst_nb.core.variables import create_warning
from myst_nb.ext.glue.roles import PasteTextRole
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

FORM = re.compile(r'glued\("([^":]+(?::[^":]+)?)"\)')


class ProseNumber(PasteTextRole):  # type: ignore[misc]  # myst-nb comes without types
    """The `eval` role, for one expression only: `glued("name")` or `glued("name:spec")`."""

    text: str

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Show the stored value; warn, and so fail the build, where there is none."""
        form = FORM.fullmatch(self.text)
        if not form:
            message = f'the text says {{eval}}`{self.text}`; expected one number: write {{eval}}`glued("name:.3f")`'
            return [], [create_warning(message, self.document, self.line, subtype="eval")]
        self.text = form[1]
        shown: tuple[list[nodes.Node], list[nodes.system_message]] = super().run()
        return shown


def setup(app: Sphinx) -> ExtensionMetadata:
    """Replace myst-nb's own `eval` role, which wants a running kernel."""
    app.setup_extension("myst_nb")
    app.add_role("eval", ProseNumber(), override=True)
    return {"parallel_read_safe": True}
