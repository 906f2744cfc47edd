"""Leave out of the site what no page of it asks for: source maps, icon fonts, translations and scripts of the theme.

A file below _static stays if a page names it, or a style sheet that stays.
"""

import posixpath
import re
from pathlib import Path
from urllib.parse import unquote

from sphinx.application import Sphinx

NAMED = re.compile(r"""\b(?:href|src|action|poster|data)\s*=\s*["']([^"'#?]+)""")
DRAWN = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')?#]+)""")
MAP = re.compile(r"\n?(?://|/\*)[#@] sourceMappingURL=[^\s*]+(?: *\*/)?")


def named_by(path: Path, site: Path) -> set[str]:
    """Return the files of the site that a page or a style sheet asks for."""
    text = path.read_text(encoding="utf-8")
    found = DRAWN.findall(text) + (NAMED.findall(text) if path.suffix == ".html" else [])
    folder = posixpath.dirname(path.relative_to(site).as_posix())
    return {posixpath.normpath(posixpath.join(folder, unquote(name))) for name in found}


def wanted(site: Path) -> set[str]:
    """Return all files that the pages ask for, and the style sheets among these."""
    pages = [path for path in site.rglob("*.html") if path.relative_to(site).parts[0] != "_static"]
    found = set().union(*(named_by(page, site) for page in pages))
    for sheet in [name for name in found if name.endswith(".css") and (site / name).is_file()]:
        found |= named_by(site / sheet, site)
    return found


def leave_out(app: Sphinx, exception: Exception | None) -> None:
    """Delete the files that nothing asks for. Sphinx copies them anew before each build."""
    if exception or app.builder.format != "html":
        return
    site = Path(app.outdir)
    kept = wanted(site)
    for path in sorted((site / "_static").rglob("*"), reverse=True):  # files before their folders
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(site).as_posix() not in kept:
            path.unlink()
        elif path.suffix == ".js":
            text = path.read_text(encoding="utf-8")
            if MAP.search(text):
                path.write_text(MAP.sub("", text), encoding="utf-8")


def setup(app: Sphinx) -> dict:
    """Run last."""
    app.connect("build-finished", leave_out, priority=990)
    return {"parallel_read_safe": True}
