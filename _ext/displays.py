"""No page is built while a display says something else than what was proved or tested for its label.

The check is that of `make check`: it takes seconds, and comes before a chapter is executed. What it found of each label
stays at hand for the badges, as ``app.display_bindings[label]``.
"""

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from softmaxlab.displays.check import check_book


def hold(app: Sphinx, config: Config) -> None:
    """Check every display; stop with all that must be mended."""
    bindings, problems = check_book(app.srcdir)
    if problems:
        raise ExtensionError("Displays that say something else than what holds:\n" + "\n".join(problems))
    app.display_bindings = {binding.label: binding for binding in bindings}


def setup(app: Sphinx) -> dict:
    """Check before the tests of the equations run, and before anything is read."""
    app.connect("config-inited", hold, priority=100)
    return {"parallel_read_safe": True}
