"""Serve a built site from this machine, compressed as a web host would, below a sub-path if wanted."""

import functools
import gzip
import html
import io
import socket
import sys
import threading
from email.utils import formatdate, parsedate_to_datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

COMPRESSIBLE = {".html", ".css", ".js", ".json", ".svg", ".md", ".txt"}


@functools.lru_cache(maxsize=512)
def compressed(path: Path, modified: int) -> bytes:
    """Return a file's gzip form; `modified` makes a changed file a new entry."""
    return gzip.compress(path.read_bytes(), compresslevel=9)


def takes_gzip(accepted: str) -> bool:
    """Say whether an Accept-Encoding allows gzip.

    >>> takes_gzip("br, gzip;q=0.5"), takes_gzip("gzip;q=0, *"), takes_gzip("*"), takes_gzip("br")
    (True, False, True, False)
    """
    quality = {}
    for part in accepted.lower().split(","):
        coding, *options = (piece.strip() for piece in part.split(";"))
        weight = next((option[2:] for option in options if option.startswith("q=")), "1")
        try:
            quality[coding] = float(weight)
        except ValueError:
            quality[coding] = 0.0
    return quality.get("gzip", quality.get("x-gzip", quality.get("*", 0.0))) > 0


class SiteHandler(SimpleHTTPRequestHandler):
    """Files below `directory`, at addresses below `prefix`."""

    prefix = ""
    protocol_version = "HTTP/1.1"
    timeout = 60  # seconds that a connection may be idle, or a reader not take what is sent
    extensions_map = {  # noqa: RUF012 - the base class's own form
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".woff2": "font/woff2",
    }

    def translate_path(self, path: str) -> str:
        """Map an address below the prefix to a file; any other address to no file."""
        clean = urlsplit(path).path
        if not clean.startswith(self.prefix + "/"):
            return str(Path(self.directory) / "no such file")
        return super().translate_path(clean[len(self.prefix) :])

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer with a file, in its gzip form where the browser takes that; folders are not listed."""
        try:
            path = Path(self.translate_path(self.path))
            if path.is_dir():
                if (path / "index.html").is_file() and not urlsplit(self.path).path.endswith("/"):
                    return super().send_head()  # a redirection to the address with a slash
                path /= "index.html"
            exists = path.is_file() and not urlsplit(self.path).path.endswith(".html/")
        except (ValueError, OSError):  # a null byte, a name that is too long: no file can be called so
            exists = False
        return self.send_file(path) if exists else self.send_not_found()

    def send_not_found(self) -> io.BytesIO | BinaryIO | None:
        """Answer with 404.html, and say by a <base> where its links count from; with a line if there is none."""
        page = Path(self.directory) / "404.html"
        if not page.is_file():
            self.send_error(404, "There is no such file")
            return None
        base = f'<head>\n    <base href="{html.escape(self.prefix)}/">'
        body = page.read_text(encoding="utf-8").replace("<head>", base, 1).encode()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def send_file(self, path: Path) -> io.BytesIO | BinaryIO | None:
        """Answer with one file, or with the news that the browser has it already."""
        kind = self.guess_type(str(path))
        text = path.suffix in COMPRESSIBLE
        zipped = text and takes_gzip(self.headers.get("Accept-Encoding", ""))
        state = path.stat()
        tag = f'"{state.st_mtime_ns:x}-{state.st_size:x}{"-gz" if zipped else ""}"'
        known = self.has_already(tag, state.st_mtime)
        body: io.BytesIO | BinaryIO | None = None
        size = state.st_size
        if not known and zipped:
            small = compressed(path, state.st_mtime_ns)
            body, size = io.BytesIO(small), len(small)
        elif not known:
            body = path.open("rb")
        self.send_response(304 if known else 200)
        self.send_header("ETag", tag)
        self.send_header("Last-Modified", formatdate(state.st_mtime, usegmt=True))
        self.send_header("Accept-Ranges", "none")  # a request for a part gets the whole
        if text:
            self.send_header("Vary", "Accept-Encoding")
        if body:
            self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
            self.send_header("Content-Length", str(size))
            if zipped:
                self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        return body

    def has_already(self, tag: str, modified: float) -> bool:
        """Say whether the browser's copy is the newest: by its tag, or by its date if it names no tag."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or tag in (each.strip().removeprefix("W/") for each in tags.split(","))
        try:
            since = parsedate_to_datetime(self.headers.get("If-Modified-Since", ""))
        except (TypeError, ValueError, IndexError, OverflowError):
            return False
        return since.tzinfo is not None and int(modified) <= since.timestamp()

    def end_headers(self) -> None:
        """Let a reload show the newest build."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """Keep the terminal for the address."""


class SiteServer(ThreadingHTTPServer):
    """A server that takes many readers at once, and says nothing of those who leave."""

    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: socket.socket | tuple[bytes, socket.socket], client_address: object) -> None:
        """Pass over a reader who left in the middle: a closed tab is no error."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


def start(
    directory: Path, prefix: str = "", port: int = 0, handler: type[SiteHandler] = SiteHandler
) -> tuple[SiteServer, str]:
    """Serve `directory` in the background; return the server and its address, which ends without a slash."""
    below = type("Handler", (handler,), {"prefix": prefix})
    server = SiteServer(("127.0.0.1", port), functools.partial(below, directory=str(directory)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}{prefix}"
