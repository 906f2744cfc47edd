"""Leave out of the site what no page of it asks for: source maps, icon fonts, translations and scripts of the theme.

A file below _static stays if a page names it, or a style sheet that stays. Patterns read the names: one too many is no
harm, since a file that only seems to be named stays.
"""

import posixpath
import re
from urllib.parse import unquote

from .site import STATIC, Site

NAMED = re.compile(r"""\b(?:href|src|action|poster|data)\s*=\s*["']([^"'#?]+)""")
DRAWN = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')?#]+)""")
MAP = re.compile(r"\n?(?://|/\*)[#@] sourceMappingURL=[^\s*]+(?: *\*/)?")


def named_by(place: str, text: str) -> set[str]:
    """Return the files of the site that a page or a style sheet asks for."""
    found = DRAWN.findall(text) + (NAMED.findall(text) if place.endswith(".html") else [])
    folder = posixpath.dirname(place)
    return {posixpath.normpath(posixpath.join(folder, unquote(name))) for name in found}


def wanted(site: Site) -> set[str]:
    """Return all files that the pages ask for, and the style sheets among these."""
    found = set().union(*(named_by(place, text) for place, text in site.pages.items()))
    for sheet in [name for name in found if name.endswith(".css") and site.exists(name)]:
        found |= named_by(sheet, site.text(sheet))
    return found


def leave_out(site: Site) -> None:
    """Delete the files that nothing asks for. Sphinx copies them anew before each build."""
    kept = wanted(site)
    for place in site.below(STATIC):
        if place not in kept:
            site.remove(place)
        elif place.endswith(".js"):
            text = site.text(place)
            if MAP.search(text):
                site.write(place, MAP.sub("", text))
