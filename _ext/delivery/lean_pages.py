"""Take from the pages what a static, offline book has no use for, and mend what an accessibility check finds.

Most of it is said in the theme's options (_config.yml) and templates (_templates), or where a piece of a page is
written. Where there is no such place, a change names the exact text that it expects. An upgrade that alters what is
expected fails the build here, instead of quietly bringing a slow script or a broken label back.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pydata_sphinx_theme
import sphinx_book_theme
from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

from moments import LAST
from softmaxlab._page_names import Attribute

from .site import STATIC, Site

# thebe: live code through a third-party host, Binder serves that purpose here. toggle: buttons no page of ours has.
UNWANTED = ("thebe", "toggle")
OPTIONS = "documentation_options.js"  # the other scripts read it, so it comes in front of them, in the page itself
ABOUT_SEARCH = (
    "Find a word in the book on softmax, cross-entropy and the gradient p − y; the search runs in your browser."
)
PRESSES = {"window.print()": "print", "toggleFullScreen()": "full-screen"}  # what assets/buttons.js does instead


@dataclass(frozen=True)
class Change:
    """One edit of a written page: what for, what it looks for, what it leaves."""

    purpose: str
    pattern: str
    replacement: str


EVERY_PAGE = (
    Change(
        "the sidebar is a landmark",  # it stands in the middle of the theme's largest block
        r'<div id="pst-primary-sidebar" class',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book" class',
    ),
)


# --- the theme's templates ---

# What _templates replaces, as it was when the replacement was written.
REPLACED = {
    (pydata_sphinx_theme, "layout.html"): "fe5c35806042db60",
    (pydata_sphinx_theme, "search.html"): "098d19aa34f7874c",
    (pydata_sphinx_theme, "components/search-button-field.html"): "518dda81dd8cd06a",
    (sphinx_book_theme, "components/article-header-buttons.html"): "01d586c72ac25475",
    (sphinx_book_theme, "macros/buttons.html"): "f00ab51a0c5dd653",
}


def check_templates(app: Sphinx) -> None:
    """Fail where the theme has changed a template that one of ours replaces in whole or in part."""
    for (theme, name), known in REPLACED.items():
        package = Path(theme.__file__).parent
        text = (package / "theme" / package.name / name).read_text(encoding="utf-8")
        found = hashlib.sha256(text.encode()).hexdigest()[:16]
        if found != known:
            raise ExtensionError(
                f"{package.name} has changed {name}: take what is new over into _templates, then write {found} into "
                "lean_pages.py"
            )


# --- where a piece of a page is written ---


def describe_search(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Give the page of the search, which nobody wrote, what the other pages have: a description."""
    if page == "search":
        context["metatags"] = f'{context.get("metatags", "")}\n<meta name="description" content="{ABOUT_SEARCH}">'


def lean_scripts(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Drop a page's unwanted scripts, write the options into the page, and defer the others.

    The options are a few hundred bytes, and not worth a request that holds up the first word.
    """
    kept, seen = [], set()
    for script in context["script_files"]:
        body = script.attributes.get("body", "")
        name = f"{script.filename or ''} {body[:400]}"
        if any(word in name.lower() for word in UNWANTED) or (body and body in seen):
            continue
        seen.add(body)
        if OPTIONS in str(script.filename):
            options = (Path(app.outdir) / STATIC / OPTIONS).read_text(encoding="utf-8")
            script = type(script)(None, priority=script.priority, body=options)
        elif script.filename and page != "search":  # its own scripts do not wait
            attributes = {**script.attributes, "defer": "defer"}
            script = type(script)(script.filename, priority=script.priority, **attributes)
        kept.append(script)
    context["script_files"] = kept
    context["css_files"] = [
        css for css in context["css_files"] if not any(word in str(css.filename) for word in UNWANTED)
    ]


def press_buttons(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Let a button say what a press of it does, where the theme writes code into it."""
    context["sl_press_attribute"] = Attribute.PRESS
    waiting = list(context.get("header_buttons", []))
    while waiting:
        button = waiting.pop()
        waiting += button.get("buttons", [])
        if button["type"] == "javascript":
            code = button.pop("javascript")
            if code not in PRESSES:
                raise ExtensionError(f"{page}: a button of the theme runs {code}: assets/buttons.js has to do that")
            button.update(type="press", press=PRESSES[code])


def without_kernel(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Take out what sphinx-thebe puts at the end of each page: no code runs in it."""
    for node in list(doctree.findall(nodes.raw)):
        if "text/x-thebe-config" in node.astext() or node.astext().startswith("<script>kernelName = "):
            node.parent.remove(node)


def mended(
    visit: Callable[[HTML5Translator, nodes.Element], None], old: str, new: str
) -> Callable[[HTML5Translator, nodes.Element], None]:
    """Return what writes the beginning of an element, with one piece of it in other words."""

    def visit_and_mend(translator: HTML5Translator, node: nodes.Element) -> None:
        start = len(translator.body)
        visit(translator, node)
        written = "".join(translator.body[start:])
        if written.count(old) != 1:
            raise ExtensionError(f"expected {old} once in {written}")
        translator.body[start:] = [written.replace(old, new)]

    return visit_and_mend


# --- in written text ---


def apply(changes: tuple[Change, ...], text: str, page: str) -> str:
    """Apply each change, or say which one no longer fits the theme."""
    for change in changes:
        text, times = re.subn(change.pattern, change.replacement, text, flags=re.DOTALL)
        if times != 1:
            raise ExtensionError(f"{page}: expected one match, found {times}, for: {change.purpose}")
    return text


# The theme measures every block of code, wherever it is, to see whether it scrolls and so needs the keyboard's focus.
# That lays out the whole page before a phone may do anything else. Here a block is measured when the reader comes near;
# until then it can have the focus, in case it scrolls.
MEASURE = "e.tabIndex=e.scrollWidth>e.clientWidth||e.scrollHeight>e.clientHeight?0:-1"
MEASURE_NEAR = (
    "e.hasAttribute('tabindex')||(e.tabIndex=0),"
    "(window.slNear??=new IntersectionObserver(s=>s.forEach(({isIntersecting:i,target:e})=>{i&&("
    f"window.slNear.unobserve(e),{MEASURE})}}),{{rootMargin:'50%'}})).observe(e)"
)


def mend_theme_script(site: Site) -> None:
    """Stop the theme from reporting each page view to the console, where errors show, and from measuring all code.

    The script comes minified, and the theme has no option for either.
    """
    place = f"{STATIC}/scripts/pydata-sphinx-theme.js"
    text, times = re.subn(r"console\.(log|info|debug)\(", "void(", site.text(place))
    if not times:
        raise ExtensionError(f"{place}: found none of the console messages that were to be dropped")
    if text.count(MEASURE) != 1:
        raise ExtensionError(f"{place}: expected one measure of blocks of code, found {text.count(MEASURE)}")
    site.write(place, text.replace(MEASURE, MEASURE_NEAR))


def mend_pages(site: Site) -> None:
    """Edit the pages this build wrote."""
    for page in site.fresh:
        site.pages[page] = apply(EVERY_PAGE, site.pages[page], page)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run after the extensions that add scripts and buttons."""
    app.connect("builder-inited", check_templates)
    app.connect("doctree-resolved", without_kernel)
    app.connect("html-page-context", describe_search)
    app.connect("html-page-context", lean_scripts, priority=LAST)
    app.connect("html-page-context", press_buttons, priority=LAST)
    # a fold is called what it shows
    fold = mended(visit_HideCellInput, ' aria-label="Toggle hidden content"', "")
    app.add_node(HideCodeCellNode, override=True, html=(fold, depart_HideCellInput))
    # an entry of a list is a list item
    entry = mended(HTML5Translator.visit_citation, 'role="doc-biblioentry"', 'role="listitem"')
    app.add_node(nodes.citation, override=True, html=(entry, HTML5Translator.depart_citation))
    return {"parallel_read_safe": True}
