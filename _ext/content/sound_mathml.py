r"""Refuse a formula whose MathML no browser can set, with the line it stands on.

KaTeX writes each formula twice: as a picture, and as MathML, which a screen reader reads. Of some TeX it makes an
element with too many children: `x_{\max}` becomes an msub of three, since an invisible operator follows "max". The
picture is right, but the MathML is an error: Firefox says so in its console, and a screen reader gets no formula.
"""

from collections.abc import Callable
from html.parser import HTMLParser

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

# https://www.w3.org/TR/mathml-core/: how many children an element must have. All others take any number.
CHILDREN = {"mfrac": 2, "mroot": 2, "msub": 2, "msup": 2, "munder": 2, "mover": 2, "msubsup": 3, "munderover": 3}
Visit = Callable[[HTML5Translator, nodes.Element], None]
RENDERERS = "html_inline_math_renderers", "html_block_math_renderers"


class _Formulas(HTMLParser):
    """Counts the children of each MathML element with a fixed number of them."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, int]] = []  # of the present formula: tag and number of children
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count it for its parent."""
        if self.open:
            above, count = self.open[-1]
            self.open[-1] = above, count + 1
        if self.open or tag == "math":
            self.open.append((tag, 0))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element that is closed at once: `<mspace/>`."""
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """Compare the number of children with the one that it must have."""
        if not self.open:
            return
        opened, count = self.open.pop()
        if opened != tag:
            self.faults.append(f"<{opened}> is closed by </{tag}>")
        elif count != CHILDREN.get(tag, count):
            self.faults.append(f"<{tag}> has {count} parts instead of {CHILDREN[tag]}")


def faults(markup: str) -> list[str]:
    """Say what is wrong with the MathML in a piece of HTML.

    >>> faults("<math><msub><mi>x</mi><mi>i</mi></msub></math>")
    []
    >>> faults("<math><msub><mi>x</mi><mi>max</mi><mo></mo></msub></math>")
    ['<msub> has 3 parts instead of 2']
    """
    formulas = _Formulas()
    formulas.feed(markup)
    return formulas.faults


def checked(visit: Visit) -> Visit:
    """Let a renderer of formulas say what is wrong with what it wrote."""

    def visit_and_check(translator: HTML5Translator, node: nodes.Element) -> None:
        start = len(translator.body)
        try:
            visit(translator, node)
        finally:
            for fault in faults("".join(translator.body[start:])):
                logging.getLogger(__name__).warning(
                    "the MathML of %s is not valid: %s; a word below or above the line is written \\mathrm{max}",
                    node.astext(),
                    fault,
                    location=node,
                    type="mathml",
                )

    return visit_and_check


def setup(app: Sphinx) -> ExtensionMetadata:
    """Stand behind KaTeX, wherever it is named."""
    app.setup_extension("sphinxcontrib.katex")
    for renderers in RENDERERS:
        visit, depart = getattr(app.registry, renderers)["katex"]
        getattr(app.registry, renderers)["katex"] = (checked(visit), depart)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
