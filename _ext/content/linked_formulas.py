r"""Tie the symbols of displayed equations to the figures on their page: p_i lights the bars of p, and they light it.

On a page that holds one of the book's widgets, `p_i` becomes `{\htmlData{sl-quantity=probs}{p_i}}` just before KaTeX
sees it, in the HTML builder alone: the sources, and so JupyterLab, keep plain TeX. assets/linked.js does the lighting.
"""

import re
from collections.abc import Callable
from typing import Any

import sphinxcontrib.katex
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from softmaxlab._page_names import Attribute, Class

MOUNT = f'class="{Class.MOUNT}"'
QUANTITY, INDEX = (name.removeprefix("data-") for name in (Attribute.QUANTITY, Attribute.INDEX))  # as KaTeX wants them
SCRIPT = "linked.js"
QUANTITIES = {"p": "probs", "a": "logits", "y": "targets", "L": "loss", "J": "jacobian"}
DATA = r"\htmlData"
# KaTeX must trust a formula with \htmlData in it; these would be trusted along with it.
BEYOND = re.compile(r"\\(?:htmlData|htmlClass|htmlId|htmlStyle|href|url|includegraphics)\b")

LETTER = r"(?:\w|\{\w\})"
SYMBOL = re.compile(
    rf"(?P<jacobian>\\frac\{{\\partial p_{LETTER}\}}\{{\\partial a_{LETTER}\}})"
    rf"|(?P<grad>\\frac\{{\\partial L\}}\{{\\partial a_{LETTER}\}})"
    rf"|(?<![A-Za-z\\_^'])(?P<name>[pay])_(?P<index>{LETTER})(?![\^'])"
    r"|(?<![A-Za-z\\])(?<!\\bar )(?P<whole>[LJ])(?![A-Za-z_^'])"
)


def marked(match: re.Match[str]) -> str:
    """Return one symbol with what it stands for; a class that is named by its number counts from 0 in the figures."""
    quantity = (
        match.lastgroup if match.lastgroup in ("jacobian", "grad") else QUANTITIES[match["name"] or match["whole"]]
    )
    data = f"{QUANTITY}={quantity}"
    index = (match["index"] or "").strip("{}")
    if index.isdigit():
        data += f", {INDEX}={int(index) - 1}"
    elif index == "y":
        data += f", {INDEX}=y"  # the true class, whichever it is now
    return f"{{{DATA}{{{data}}}{{{match[0]}}}}}"  # in braces, so that the space around it stays outside


def linked(tex: str) -> str:
    r"""Return a formula with its symbols marked.

    >>> linked(r"L = -\log p_y")
    '{\\htmlData{sl-quantity=loss}{L}} = -\\log {\\htmlData{sl-quantity=probs, sl-index=y}{p_y}}'
    """
    return SYMBOL.sub(marked, tex)


def holds_a_widget(doctree: nodes.document) -> bool:
    """Say whether a page shows a widget of this book."""
    return any(MOUNT in node.astext() for node in doctree.findall(nodes.raw))


def link_formulas(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Mark the symbols in the displayed equations of one page; the stored page stays as it is."""
    if app.builder.format != "html" or not holds_a_widget(doctree):
        return
    for equation in doctree.findall(nodes.math_block):
        tex = equation.astext()
        if foreign := BEYOND.search(tex):
            raise ExtensionError(
                f"{page}: a formula uses {foreign[0]}, which would be trusted unseen: write it without"
            )
        equation.children = []
        equation += nodes.Text(linked(tex))


def add_script(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Load the script on pages that hold a widget, and on no other."""
    if MOUNT in context.get("body", ""):
        app.add_js_file(SCRIPT, defer="defer")


def trusting(render: Callable[..., str]) -> Callable[..., str]:
    """Return KaTeX's renderer, that trusts the formulas marked here and nothing else."""

    def render_linked(latex: str, options: dict[str, Any] | None = None) -> str:
        if DATA in latex:
            options = {**(options or {}), "trust": True, "strict": False}
        return render(latex, options)

    return render_linked


def setup(app: Sphinx) -> ExtensionMetadata:
    """Mark the formulas when a page's outputs are in it, and before it is written."""
    if sphinxcontrib.katex.render_latex.__name__ != "render_linked":
        sphinxcontrib.katex.render_latex = trusting(sphinxcontrib.katex.render_latex)
    app.connect("doctree-resolved", link_formulas)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True}
