"""Render the formulas inside HTML outputs, such as a proof's numbered steps, as the page's other formulas are.

A notebook's HTML output holds them as TeX between dollar signs in `<span class="sl-tex">`; JupyterLab typesets those by
itself, a static page does not. A claim looks like the formulas of the text. The steps are many, long and
folded away: they stay the MathML that KaTeX also writes, a fifth of the size, and the browser sets them.
"""

import html
import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinxcontrib.katex import render_latex

from softmaxlab._page_names import Class

TEX = re.compile(rf'(<li>.*?)?<span class="{Class.TEX}">\$(.*?)\$</span>')
MATHML = re.compile(r"<math.*?</math>", re.DOTALL)
STEPS = re.compile(rf'(<figure class="{Class.PROOF}"(?:(?!</figure>).)*?</figcaption>)<ol([^>]*)>', re.DOTALL)
SOURCE = re.compile(r"<annotation.*?</annotation>", re.DOTALL)


def typeset(formula: re.Match[str]) -> str:
    """Return the formula of a claim, or of a step, as HTML."""
    step, tex = formula.groups()
    drawn = render_latex(html.unescape(tex))
    if step is None:
        return f'<span class="{Class.TEX}">{drawn}</span>'
    mathml = MATHML.search(drawn)
    if mathml is None:
        raise ValueError(f"KaTeX gave no MathML for {tex}")
    return f'{step}<span class="{Class.TEX}">{SOURCE.sub("", mathml[0])}</span>'


def typeset_page(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Replace the TeX of one page's outputs."""
    if Class.TEX in context.get("body", ""):
        body = TEX.sub(typeset, context["body"])
        context["body"] = STEPS.sub(r'\1<ol\2 tabindex="0" aria-label="steps of the proof">', body)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run when a page's HTML is known."""
    app.connect("html-page-context", typeset_page)
    return {"parallel_read_safe": True}
