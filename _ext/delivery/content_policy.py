"""Give every page a Content-Security-Policy: scripts are this site's files, and those in the page whose hash it names.

A script that somebody managed to write into a page, or a handler such as onclick, then does not run. What the policy
leaves open: styles in the page, since KaTeX sets each formula with style attributes. A pattern finds the scripts, byte
for byte as a browser hashes them; whether a tag holds code is read as a browser reads it.
"""

import base64
import hashlib
import re
from html.parser import HTMLParser

from sphinx.errors import ExtensionError

from .site import Site

SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
SOURCE = re.compile(r"\bsrc\s*=", re.IGNORECASE)
DATA = re.compile(
    r"""\btype\s*=\s*["']?(?!module\b|importmap|(?:text|application)/javascript)[\w/.+-]+""", re.IGNORECASE
)
SUSPECT = re.compile(r"<[a-z][^<>]*(?:\son[a-z]+\s*=|javascript:)[^<>]*>", re.IGNORECASE)
CHARSET = '<meta charset="utf-8" />'
META = '<meta http-equiv="Content-Security-Policy" content="'


def inline_scripts(page: str) -> list[str]:
    """Return the texts of a page's scripts that run and have no file. JSON does not run."""
    return [text for given, text in SCRIPT.findall(page) if not (SOURCE.search(given) or DATA.search(given))]


class Tag(HTMLParser):
    """Reads one start tag: does an attribute of it hold code?"""

    holds_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at the names and the values as a browser reads them: `title="one on = 1"` is no handler."""
        self.holds_code |= any(
            name.startswith("on") or (value or "").strip().lower().startswith("javascript:") for name, value in attrs
        )


def holds_code(tag: str) -> bool:
    """Say whether a start tag has a handler, or an address that is code.

    >>> [holds_code(tag) for tag in ('<a onclick="go()">', '<a href=" javascript:go()">', '<a title="turn one=1">')]
    [True, True, False]
    """
    reader = Tag()
    reader.feed(tag)
    return reader.holds_code


def digest(script: str) -> str:
    """Return a script's hash as a policy names it.

    >>> digest("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def policy(page: str) -> str:
    """Return what a page may load and run."""
    hashes = " ".join(sorted({digest(script) for script in inline_scripts(page)}))
    base = "'self'" if "slBase" in page else "'none'"  # the page for an unknown address finds out where the site begins
    return "; ".join(
        (
            "default-src 'self'",  # Firefox brings the next chapter (rel="next") before it is asked for
            f"script-src 'self' {hashes}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "frame-src 'none'",
            f"base-uri {base}",
            "form-action 'self' file:",  # Firefox does not count the files of a folder as 'self' here
        )
    )


def with_policy(page: str, name: str) -> str:
    """Return a page with its policy, in front of everything that the policy is about."""
    for found in SUSPECT.finditer(SCRIPT.sub("", page)):
        if holds_code(found[0]):
            raise ExtensionError(
                f"{name}: the page's policy refuses code in an attribute: make a listener of it, in assets/buttons.js "
                f"for example.\n{found[0][:200]}"
            )
    if page.count(CHARSET) != 1:
        raise ExtensionError(f"{name}: expected one {CHARSET} for the policy to follow, found {page.count(CHARSET)}")
    return page.replace(CHARSET, f'{CHARSET}\n    {META}{policy(page)}" />')


def write_policies(site: Site) -> None:
    """Write the policy into each page this build wrote."""
    for page in site.fresh:
        site.pages[page] = with_policy(site.pages[page], page)
