"""Keep the full stop on the line of its formula.

KaTeX makes a formula of boxes, and a browser may break a line on either side of a box, in front of a comma too. So a
short formula and the punctuation behind it go into one element that is not broken.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from softmaxlab._page_names import Class

PUNCTUATION = re.compile(r"[.,;:!?)’”]+s?")
LONGEST = 40  # characters of TeX: a longer formula may have to be broken on a phone


def keep(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Tie punctuation to the formulas of one page."""
    for formula in list(doctree.findall(nodes.math)):
        place = formula.parent.index(formula)
        after = formula.parent[place + 1] if place + 1 < len(formula.parent) else None
        mark = PUNCTUATION.match(after.astext()) if isinstance(after, nodes.Text) else None
        if after and mark and len(formula.astext()) <= LONGEST:
            parent = formula.parent
            parent[place : place + 2] = [
                nodes.inline("", "", formula, nodes.Text(mark[0]), classes=[Class.KEEP.value]),
                nodes.Text(after.astext()[mark.end() :]),
            ]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run when a page is written."""
    app.connect("doctree-resolved", keep)
    return {"parallel_read_safe": True}
