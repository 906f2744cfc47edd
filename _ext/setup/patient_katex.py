"""Start the formula renderer without a race, and let it end twice.

sphinxcontrib-katex waits for its Node server's socket file and connects once. On a busy machine the file can be there
before the server listens, and the build dies. Here the connection is tried until the server hears it.
"""

import socket
import time
from pathlib import Path
from subprocess import PIPE, Popen

import sphinxcontrib.katex
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinxcontrib.katex import KaTeXServer

from moments import FIRST

SECONDS = 60.0  # a loaded two-core machine may take its time


def start(rundir: Path, timeout: float) -> tuple[Popen[bytes], socket.socket]:
    """Start the server; return its process and a socket that it answers on."""
    address = str(rundir / "katex.sock")
    process = Popen(KaTeXServer.build_command(socket=address), stdin=PIPE, stdout=PIPE, cwd=rundir)
    deadline = time.monotonic() + timeout
    while True:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(address)
        except OSError:  # not there yet, or not listening yet
            connection.close()
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                raise KaTeXServer.timeout_error(timeout) from None
            time.sleep(0.01)
        else:
            return process, connection


def keep_folder(app: Sphinx, exception: Exception | None) -> None:
    """Let sphinxcontrib-katex remove its folder twice.

    An error at the end of a build makes Sphinx announce that end once more; the folder is gone by then, and the error
    of removing it would be shown in place of the first.
    """
    if hasattr(app, "_katex_static_path"):
        Path(app._katex_static_path).mkdir(exist_ok=True)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Replace the way in before the first formula; Windows has another one, which tries again by itself."""
    KaTeXServer.start_server_process = staticmethod(start)
    app.connect("build-finished", keep_folder, priority=FIRST)  # before the other's own
    sphinxcontrib.katex.STARTUP_TIMEOUT = sphinxcontrib.katex.RENDER_TIMEOUT = SECONDS
    return {"parallel_read_safe": True}
