"""Take from the theme's pages what a static, offline book has no use for, and mend what an accessibility check finds.

Each change names the exact text it expects. A theme upgrade that alters that text fails the build here, instead of
quietly bringing a slow script or a broken label back.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

# thebe: live code through a third-party host, Binder serves that purpose here. toggle: buttons no page of ours has.
UNWANTED = ("thebe", "toggle")
OPTIONS = "documentation_options.js"  # the other scripts read it, so it comes in front of them, in the page itself


@dataclass(frozen=True)
class Change:
    """One edit of a written page: what for, what it looks for, what it leaves."""

    purpose: str
    pattern: str
    replacement: str


EVERY_PAGE = (
    Change(
        "1.5 MB of icon JavaScript; the web font shows the same icons",
        r'<!-- So that users can add custom icons -->\s*<script defer src="[^"]*fontawesome\.js[^"]*"></script>',
        "",
    ),
    Change(
        "scripts that wait for the page need no head start over its text",
        r'<!-- Pre-loaded scripts that we.ll load fully later -->\s*(<link rel="preload" as="script" [^>]*>\s*){2}',
        "",
    ),
    Change(
        "no advertising",
        r'<div class="sidebar-primary-item">\s*<div id="ethical-ad-placement".*?</div>\s*</div>',
        "",
    ),
    Change(
        "the sidebar is a landmark",
        r'<div id="pst-primary-sidebar" class',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book" class',
    ),
    Change(
        "the search button is called what it shows",
        r'(<button class="btn search-button-field [^>]*) title="Search" aria-label="Search"',
        r"\1",
    ),
    Change(
        "a page's own search engine is read on the search page alone, and is another one: search_pages.py",
        r'<script src="[^"]*searchtools\.js"></script>\s*<script src="[^"]*language_data\.js"></script>\s*'
        r'<script src="[^"]*searchindex\.js"></script>',
        "",
    ),
    Change(
        "the dialog of the search has a name",
        r'<dialog id="pst-search-dialog">',
        '<dialog id="pst-search-dialog" aria-label="Search">',
    ),
    Change(
        "code stands in scripts, which a page's policy can name",
        r'onclick="toggleFullScreen\(\)"',
        'type="button" data-sl-press="full-screen"',
    ),
)

SEARCH = (
    Change(
        "the field of the page has the focus, not that of the closed dialog",
        r'querySelector\("form\.bd-search input"\)',
        'querySelector("main form.bd-search input")',
    ),
    Change("an empty console", r'console\.log\("\[PST\]: Set focus on search field\."\);', ""),
    Change(
        "without JavaScript the page says what else there is, and shows no field that does nothing",
        r'<div class="admonition error">\s*<p class="admonition-title">Error</p>\s*<p>Please activate JavaScript.*?</p>'
        r'\s*</div>\s*</noscript>\s*(<form class="bd-search.*?</form>)',
        '<p>The search runs in your browser, by JavaScript, which is off. The <a href="glossary.html">glossary</a> '
        'explains the words of the book, and the <a href="genindex.html">index</a> and the '
        '<a href="index.html">landing page</a> say where to find what.</p>\n    </noscript>\n    '
        r'<div role="search" class="pst-js-only">\1</div>',
    ),
)

WHERE_FOUND = (
    Change(
        "code stands in scripts, which a page's policy can name",
        r'onclick="window\.print\(\)"',
        'type="button" data-sl-press="print"',
    ),
    Change(
        "no code runs in the page",
        r'<script type="text/x-thebe-config">.*?</script>\s*<script>kernelName = .*?</script>',
        "",
    ),
    Change("a fold is called what it shows", r'<summary aria-label="Toggle hidden content">', "<summary>"),
    Change("an entry of a list is a list item", r'role="doc-biblioentry"', 'role="listitem"'),
)


ABOUT_SEARCH = (
    "Find a word in the book on softmax, cross-entropy and the gradient p − y; the search runs in your browser."
)


def describe_search(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Give the page of the search, which nobody wrote, what the other pages have: a description."""
    if page == "search":
        context["metatags"] = f'{context.get("metatags", "")}\n<meta name="description" content="{ABOUT_SEARCH}">'


def lean_scripts(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """Drop a page's unwanted scripts and defer the others."""
    kept, seen = [], set()
    for script in context["script_files"]:
        body = script.attributes.get("body", "")
        name = f"{script.filename or ''} {body[:400]}"
        if any(word in name.lower() for word in UNWANTED) or (body and body in seen):
            continue
        seen.add(body)
        if script.filename and OPTIONS not in str(script.filename) and page != "search":  # its own scripts do not wait
            attributes = {**script.attributes, "defer": "defer"}
            script = type(script)(script.filename, priority=script.priority, **attributes)
        kept.append(script)
    context["script_files"] = kept
    context["css_files"] = [
        css for css in context["css_files"] if not any(word in str(css.filename) for word in UNWANTED)
    ]


def apply(changes: tuple[Change, ...], text: str, page: str) -> str:
    """Apply each change, or say which one no longer fits the theme."""
    for change in changes:
        text, times = re.subn(change.pattern, change.replacement, text, flags=re.DOTALL)
        if times != 1:
            raise ExtensionError(f"{page}: expected one match, found {times}, for: {change.purpose}")
    return text


def inline_options(text: str, static: Path, page: str) -> str:
    """Write the options into the page: a few hundred bytes are not worth a request that holds up the first word."""
    options = (static / OPTIONS).read_text(encoding="utf-8")
    script = Change("", rf'<script src="[^"]*{re.escape(OPTIONS)}[^"]*"></script>', "<script>OPTIONS</script>")
    return apply((script,), text, page).replace("<script>OPTIONS</script>", f"<script>{options}</script>")


def apply_where_found(changes: tuple[Change, ...], text: str) -> str:
    """Apply changes that concern what a page may have any number of, or none."""
    for change in changes:
        text = re.sub(change.pattern, change.replacement, text, flags=re.DOTALL)
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


def mend_theme_script(static: Path) -> None:
    """Stop the theme from reporting each page view to the console, where errors show, and from measuring all code."""
    path = static / "scripts" / "pydata-sphinx-theme.js"
    text = path.read_text(encoding="utf-8")
    if MEASURE_NEAR in text:  # done by an earlier build
        return
    text, times = re.subn(r"console\.(log|info|debug)\(", "void(", text)
    if not times:
        raise ExtensionError(f"{path.name}: found none of the console messages that were to be dropped")
    if text.count(MEASURE) != 1:
        raise ExtensionError(f"{path.name}: expected one measure of blocks of code, found {text.count(MEASURE)}")
    path.write_text(text.replace(MEASURE, MEASURE_NEAR), encoding="utf-8")


def lean_pages(app: Sphinx, exception: Exception | None) -> None:
    """Edit the pages this build wrote."""
    if exception or app.builder.format != "html":
        return
    mend_theme_script(Path(app.outdir) / "_static")
    for path in Path(app.outdir).rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        page = path.relative_to(app.outdir).as_posix()
        if page.startswith("_static/") or "ethical-ad-placement" not in text:  # a template, or done by an earlier build
            continue
        text = inline_options(text, Path(app.outdir) / "_static", page)
        text = apply(EVERY_PAGE, text, page)
        text = apply(SEARCH, text, page) if page == "search.html" else text
        path.write_text(apply_where_found(WHERE_FOUND, text), encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Run late: after the extensions that add scripts, and after the pages are written."""
    app.connect("html-page-context", lean_scripts, priority=950)
    app.connect("html-page-context", describe_search)
    app.connect("build-finished", lean_pages, priority=400)
    return {"parallel_read_safe": True}
