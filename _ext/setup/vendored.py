"""Bring the pinned third-party files, and the package's own palette, into the built site.

KaTeX's style sheet and fonts come from npm (`node_modules`, installed from package-lock.json) and are copied at build
time: nothing of theirs is in git, and a reader's browser asks no other host.
"""

import json
import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata
from sphinxcontrib.katex import katex_version

from moments import FIRST

FONT_SOURCES = re.compile(r'src:(url\([^)]+\.woff2\)\s*format\("woff2"\))[^;}]*')


def copy_katex(root: Path, target: Path) -> None:
    """Copy KaTeX's CSS and woff2 fonts, of the version that rendered the formulas."""
    package = root / "node_modules" / "katex"
    if not package.is_dir():
        raise ExtensionError("KaTeX is not installed: run `make serve`, or `npm ci`, first.")
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    if version != katex_version:
        raise ExtensionError(
            f"npm has KaTeX {version}, sphinxcontrib-katex renders with {katex_version}: pin the same one."
        )
    css, fonts = FONT_SOURCES.subn(r"src:\1", (package / "dist" / "katex.min.css").read_text(encoding="utf-8"))
    if fonts == 0 or ".ttf" in css:
        raise ExtensionError("KaTeX's style sheet is not of the expected form: its fonts could not be told apart.")
    (target / "fonts").mkdir(parents=True)
    (target / "katex.min.css").write_text(css.replace("font-display:block", "font-display:swap"), encoding="utf-8")
    for font in (package / "dist" / "fonts").glob("*.woff2"):
        shutil.copy(font, target / "fonts")


def gather(app: Sphinx, config: Config) -> None:
    """Lay the vendored files out as one more static folder."""
    root = Path(app.srcdir)
    target = root / "_build" / "vendored"
    shutil.rmtree(target, ignore_errors=True)
    copy_katex(root, target / "vendor" / "katex")
    (target / "css").mkdir()
    shutil.copy(root / "src" / "softmaxlab" / "widgets" / "_runtime" / "palette.css", target / "css")
    config.html_static_path.append("_build/vendored")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run before Sphinx checks that the static folders exist."""
    app.connect("config-inited", gather, priority=FIRST)
    return {"parallel_read_safe": True}
