"""Let the theme live in a browser that blocks storage: its scripts then ask an object that forgets; nothing throws.

The theme has no option for it, and its scripts come as they are: so a pattern finds where they ask.
"""

import re

from sphinx.errors import ExtensionError

from .site import STATIC, Site

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


def unblock(site: Site) -> None:
    """Edit the theme's scripts, and the pages this build wrote."""
    for name in SCRIPTS:
        text = site.text(f"{STATIC}/{name}")
        if not USE.search(text):
            raise ExtensionError(f"{name}: uses no storage any more; take it from the list in blocked_storage.py")
        site.write(f"{STATIC}/{name}", asking(text))
    definition = (site.root / "assets" / "storage.js").read_text(encoding="utf-8")
    for page in site.fresh:
        site.pages[page] = with_storage(site.pages[page], definition, page)
