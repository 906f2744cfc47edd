"""Start the formula renderer without a race.

sphinxcontrib-katex waits for its Node server's socket file and connects once; on a busy machine the file can be there
before the server listens, and the build dies. Its other way in, a local port, tries until it is heard.
"""

import sphinxcontrib.katex
from sphinx.application import Sphinx
from sphinxcontrib.katex import KaTeXServer

SECONDS = 60.0  # a loaded two-core machine may take its time


def setup(app: Sphinx) -> dict:
    """Replace the way in before the first formula."""
    KaTeXServer.start_server_process = KaTeXServer.start_network_socket
    sphinxcontrib.katex.STARTUP_TIMEOUT = sphinxcontrib.katex.RENDER_TIMEOUT = SECONDS
    return {"parallel_read_safe": True}
