"""Render the formulas inside HTML outputs, such as a proof's numbered steps, as the page's other formulas are.

A notebook's HTML output holds them as TeX between dollar signs in `<span class="sl-tex">`; JupyterLab typesets those by
itself, a static page has nobody to do it.
"""

import html
import re

from sphinx.application import Sphinx
from sphinxcontrib.katex import render_latex

TEX = re.compile(r'<span class="sl-tex">\$(.*?)\$</span>', re.DOTALL)


def typeset(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Replace the TeX of one page's outputs by KaTeX's rendering."""
    if "sl-tex" in context.get("body", ""):
        context["body"] = TEX.sub(
            lambda span: f'<span class="sl-tex">{render_latex(html.unescape(span[1]))}</span>', context["body"]
        )


def setup(app: Sphinx) -> dict:
    """Run when a page's HTML is known."""
    app.connect("html-page-context", typeset)
    return {"parallel_read_safe": True}
