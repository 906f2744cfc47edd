"""Re-execute the chapters when the code they call has changed.

jupyter-cache compares a notebook's cells and kernel, nothing else: after an edit in src/ it would serve yesterday's
numbers. Here the cache lives in a folder named after everything a cell can import.
"""

import hashlib
import shutil
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

from moments import FIRST

INPUTS = ("src/**/*.py", "src/**/*.js", "src/**/*.css", "pyproject.toml", "locks/book.txt")


def source_key(root: Path, more: tuple[str, ...] = ()) -> str:
    """Return a short hash of every file a chapter's cells depend on, and of `more`."""
    digest = hashlib.sha256()
    for pattern in INPUTS + more:
        for path in sorted(root.glob(pattern)):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def choose_cache(app: Sphinx, config: Config) -> None:
    """Point jupyter-cache at this source tree's own folder and drop the folders of older ones."""
    root = Path(app.srcdir)
    parent = root / "_build" / ".jupyter_cache"
    cache = parent / source_key(root)
    for old in parent.glob("*"):
        if old != cache:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
    config.nb_execution_cache_path = str(cache)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run before myst-nb reads its configuration."""
    app.connect("config-inited", choose_cache, priority=FIRST)
    return {"parallel_read_safe": True}
