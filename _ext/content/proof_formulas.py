"""Render the formulas inside HTML outputs, such as a proof's numbered steps, as the page's other formulas are.

A notebook's HTML output holds them as TeX between dollar signs in `<span class="sl-tex">`; JupyterLab typesets those by
itself, a static page has nobody to do it. A claim looks like the formulas of the text. The steps are many, long and
folded away: they stay the MathML that KaTeX also writes, a fifth of the size, and the browser sets them.
"""

import html
import re

from sphinx.application import Sphinx
from sphinxcontrib.katex import render_latex

TEX = re.compile(r'(<li>.*?)?<span class="sl-tex">\$(.*?)\$</span>')
MATHML = re.compile(r"<math.*?</math>", re.DOTALL)
STEPS = re.compile(r'(<figure class="sl-proof"(?:(?!</figure>).)*?</figcaption>)<ol([^>]*)>', re.DOTALL)
SOURCE = re.compile(r"<annotation.*?</annotation>", re.DOTALL)


def typeset(formula: re.Match) -> str:
    """Return the formula of a claim, or of a step, as HTML."""
    step, tex = formula.groups()
    drawn = render_latex(html.unescape(tex))
    if step is None:
        return f'<span class="sl-tex">{drawn}</span>'
    mathml = MATHML.search(drawn)
    if mathml is None:
        raise ValueError(f"KaTeX gave no MathML for {tex}")
    return f'{step}<span class="sl-tex">{SOURCE.sub("", mathml[0])}</span>'


def typeset_page(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Replace the TeX of one page's outputs."""
    if "sl-tex" in context.get("body", ""):
        body = TEX.sub(typeset, context["body"])
        context["body"] = STEPS.sub(r'\1<ol\2 tabindex="0" aria-label="steps of the proof">', body)


def setup(app: Sphinx) -> dict:
    """Run when a page's HTML is known."""
    app.connect("html-page-context", typeset_page)
    return {"parallel_read_safe": True}
