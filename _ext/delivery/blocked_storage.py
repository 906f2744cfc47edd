"""Let the theme live in a browser that blocks storage: its scripts then ask an object that forgets; nothing throws."""

import re
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

SCRIPTS = ("scripts/pydata-sphinx-theme.js", "sphinx_highlight.js")
USE = re.compile(r"(?:\bwindow\.)?\b(local|session)Storage\b")
FIRST_SCRIPT = '<script data-cfasync="false">'  # the theme's: it sets light or dark before anything is drawn


def asking(script: str) -> str:
    """Return a script that asks slStorage (assets/storage.js) in the place of the browser's own.

    >>> asking('localStorage.getItem("mode")')
    'slStorage.local.getItem("mode")'
    """
    return USE.sub(r"slStorage.\1", script)


def with_storage(page: str, definition: str, name: str) -> str:
    """Return a page whose first script defines slStorage, and whose second one uses it."""
    before, found, after = page.partition(FIRST_SCRIPT)
    script, _, rest = after.partition("</script>")
    if not found or not USE.search(script):
        raise ExtensionError(f"{name}: the theme's first script no longer reads localStorage: where is the theme set?")
    return f"{before}<script>\n{definition}</script>\n  {found}{asking(script)}</script>{rest}"


def unblock(app: Sphinx, exception: Exception | None) -> None:
    """Edit the theme's scripts, and the pages this build wrote."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    for name in SCRIPTS:
        path = site / "_static" / name
        text = path.read_text(encoding="utf-8")
        if "slStorage" in text:  # an earlier build's
            continue
        if not USE.search(text):
            raise ExtensionError(f"{name}: uses no storage any more; take it from the list in blocked_storage.py")
        path.write_text(asking(text), encoding="utf-8")
    definition = (Path(app.srcdir) / "assets" / "storage.js").read_text(encoding="utf-8")
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if "_static" not in path.relative_to(site).parts and "slStorage" not in text:
            path.write_text(with_storage(text, definition, path.name), encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Run when the pages are written, before their policy."""
    app.connect("build-finished", unblock, priority=350)
    return {"parallel_read_safe": True}
