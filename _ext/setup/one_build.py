"""Let one build at a time work in this folder: the second waits, and says so; and none where nothing can be written.

Two builds would remove each other's pages. A build that `make` started has the lock already.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.typing import ExtensionMetadata

from moments import END, FIRST

from .node_packages import tool

held = ExitStack()  # the lock; the system takes it back when the build's process ends, however it ends


def try_to_write(folder: Path) -> None:
    """End in one line if the site can't be written: Sphinx would end in a traceback."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        line = tool("steps").unwritable(error)
        if line is None:
            raise
        raise SystemExit(line) from None


def take_turn(app: Sphinx, config: Config) -> None:
    """Wait for the lock."""
    held.enter_context(tool("steps").alone())


def give_way(app: Sphinx, exception: Exception | None) -> None:
    """Let the next build begin."""
    held.close()


def setup(app: Sphinx) -> ExtensionMetadata:
    """Hold the lock from before anything is written until the last page is."""
    try_to_write(Path(app.outdir))
    app.connect("config-inited", take_turn, priority=FIRST)
    app.connect("build-finished", give_way, priority=END)
    return {"parallel_read_safe": True}
