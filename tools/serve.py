"""Serve a built site from this machine, compressed as a web host would, below a sub-path if wanted."""

import functools
import gzip
import io
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMPRESSIBLE = {".html", ".css", ".js", ".json", ".svg", ".md", ".txt"}


@functools.lru_cache(maxsize=512)
def compressed(path: Path, modified: float) -> bytes:
    """Return a file's gzip form; `modified` makes a changed file a new entry."""
    return gzip.compress(path.read_bytes(), compresslevel=9)


class SiteHandler(SimpleHTTPRequestHandler):
    """Files below `directory`, at addresses below `prefix`."""

    prefix = ""
    protocol_version = "HTTP/1.1"
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

    def send_head(self) -> io.BytesIO | None:
        """Answer with the gzip form where the browser takes it."""
        path = Path(self.translate_path(self.path))
        if path.is_dir() and urlsplit(self.path).path.endswith("/"):
            path /= "index.html"
        accepts = "gzip" in self.headers.get("Accept-Encoding", "")
        if not (accepts and path.is_file() and path.suffix in COMPRESSIBLE):
            return super().send_head()
        body = compressed(path, path.stat().st_mtime)
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)) + "; charset=utf-8")
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def end_headers(self) -> None:
        """Let a reload show the newest build."""
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *args: object) -> None:
        """Keep the terminal for the address."""


def start(directory: Path, prefix: str = "", port: int = 0) -> tuple[ThreadingHTTPServer, str]:
    """Serve `directory` in the background; return the server and its address, which ends without a slash."""
    handler = type("Handler", (SiteHandler,), {"prefix": prefix})
    server = ThreadingHTTPServer(("127.0.0.1", port), functools.partial(handler, directory=str(directory)))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_address[1]}{prefix}"
