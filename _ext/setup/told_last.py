"""Tell at the end of a build, in one place, all that must be mended: Jupyter Book's own last words are a traceback.

A chapter whose cell fails is no reason to leave the others unread, so myst-nb only warns of it. The build fails when
all is read and written, and before the pages are made final.
"""

import atexit
import io
import logging
import sys
import traceback
from copy import copy
from types import TracebackType

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util.logging import (
    NAMESPACE,
    OnceFilter,
    WarningLogRecordTranslator,
    WarningStreamHandler,
    WarningSuppressor,
)
from sphinx.util.typing import ExtensionMetadata

from moments import FIRST

from .node_packages import tool

report = tool("report")  # `make` and `make serve` read a build's log with it, too


class Ear(WarningStreamHandler):
    """Keeps what Sphinx warns of, in the words that it has for the terminal, and the error that ends the build."""

    def __init__(self, app: Sphinx) -> None:
        """Hear what the terminal hears."""
        self.said = io.StringIO()
        super().__init__(self.said)
        self.setLevel(logging.WARNING)
        self.root = str(app.srcdir)
        self.addFilter(WarningSuppressor(app))
        self.addFilter(WarningLogRecordTranslator(app))
        self.addFilter(OnceFilter())

    def handle(self, record: logging.LogRecord) -> bool:
        """Hear a copy: a filter writes into what it is given."""
        return super().handle(copy(record))

    def hear_error(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Keep the error that Jupyter Book ends with, instead of printing its way through Jupyter Book."""
        if not isinstance(error, Exception):  # Ctrl+C
            sys.__excepthook__(kind, error, trace)
            return
        cause = error.__cause__ if isinstance(error, RuntimeError) and error.__cause__ else error
        words = "".join(traceback.format_exception(cause))
        self.said.write(f"Extension error:\n{cause}\n{words}\n")

    def tell(self) -> None:
        """Write down what must be mended."""
        found = report.report(self.said.getvalue(), self.root)
        if found:
            print(f"\n{'-' * 80}\n{report.HEADING}\n\n{found}", file=sys.stderr, flush=True)


def listen(app: Sphinx, config: Config) -> None:
    """Hear all that is said from now on."""
    config.nb_execution_raise_on_error = False  # so that all chapters are read
    config.nb_execution_show_tb = True


def fail(app: Sphinx, exception: Exception | None) -> None:
    """End a build in which a cell failed."""
    data = getattr(app.env, "nb_metadata", {})
    failed = [page for page in sorted(data) if data[page].get("exec_data", {}).get("succeeded") is False]
    if failed and not exception:
        raise ExtensionError(f"{report.FAILED} {', '.join(failed)}: see the warnings")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Listen from the start; fail before any other step that makes pages final."""
    ear = Ear(app)
    logging.getLogger(NAMESPACE).handlers.insert(0, ear)
    atexit.register(ear.tell)
    sys.excepthook = ear.hear_error
    app.connect("config-inited", listen, priority=FIRST)
    app.connect("build-finished", fail, priority=FIRST)
    return {"parallel_read_safe": True}
