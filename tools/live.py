"""Serve the book while it is being written: `python tools/live.py [PORT [ROOT]]`, for `make serve`.

A saved change is built, and the open pages that it changes load anew. What fails is told in the terminal, and the pages
stay as they were. Pages are built in _build/html and served from a copy, _build/served, which only ever holds the last
good ones. This is for the author alone: the built site knows nothing of it. What counts is `make build`, from clean.
"""

import filecmp
import io
import json
import os
import shutil
import subprocess
import sys
import time
import webbrowser
from pathlib import Path
from typing import IO, Any, BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

import serve
from report import report
from steps import HELD, alone, stop
from watch import CODE, FRAME, changed, matters, settled, snapshot, what_it_means

ROOT = Path(__file__).resolve().parents[1]

PAUSE = 0.3  # seconds between two looks at the files
ANEW = {CODE: "everything, with every cell", FRAME: "all pages", "page": "that page, and what shows its titles"}
SCRIPT = """\
// Load this page anew when it was built anew. Only `make serve` sends this.
let first;
async function look() {
  try {
    const answer = await fetch("/_live?page=" + encodeURIComponent(location.pathname));
    const now = await answer.text();
    first ??= now;
    if (now !== first) location.reload();
  } catch {
    // the server is gone: perhaps it comes back
  }
  setTimeout(look, 1000);
}
look();
"""


class LiveHandler(serve.SiteHandler):
    """The site, with a script in each page that asks for news."""

    def send_file(self, path: Path) -> io.BytesIO | BinaryIO | None:
        """Add the script to a page."""
        if path.suffix != ".html":
            return super().send_file(path)
        text = path.read_text(encoding="utf-8").replace("</body>", '<script src="/_live.js" defer></script></body>')
        return self.send_text(text, "text/html")

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Answer the script."""
        asked = urlsplit(self.path)
        if asked.path == "/_live.js":
            return self.send_text(SCRIPT, "text/javascript")
        if asked.path == "/_live":
            return self.send_text(self.state_of(parse_qs(asked.query).get("page", ["/"])[0]), "text/plain")
        return super().send_head()

    def state_of(self, page: str) -> str:
        """Return something that changes when a page does."""
        try:
            path = Path(self.translate_path(page))
            return str((path / "index.html" if path.is_dir() else path).stat().st_mtime_ns)
        except (OSError, ValueError):
            return "none"

    def send_text(self, text: str, kind: str) -> io.BytesIO:
        """Send a text that is made here."""
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)


class Builder:
    """The process that builds; another one is started when the code it has read changes."""

    def __init__(self, root: Path) -> None:
        """Start it: it warms up by itself."""
        self.root = root
        command = [sys.executable, "-X", "utf8", str(ROOT / "tools" / "builder.py"), str(root)]
        environment = {**os.environ, HELD: str(ROOT), "PYTHONUTF8": "1"}
        apart: dict[str, Any] = (
            {"creationflags": 0x200} if os.name == "nt" else {"start_new_session": True}
        )  # Ctrl+C is not for it
        self.process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", **apart
        )
        self.orders, self.answers = cast(IO[str], self.process.stdin), cast(IO[str], self.process.stdout)

    def build(self, fresh: bool) -> bool:
        """Build; say whether nothing was wrong."""
        try:
            self.orders.write(json.dumps({"fresh": fresh}) + "\n")
            self.orders.flush()
            return bool(json.loads(self.answers.readline())["good"])
        except (OSError, ValueError):  # it ended: its log says why
            self.process.wait()
            return False

    @property
    def alive(self) -> bool:
        """Say whether it still takes orders."""
        return self.process.poll() is None

    def end(self) -> None:
        """End it, and what it runs."""
        if os.name != "nt" and self.alive:
            os.killpg(self.process.pid, 15)
        self.process.terminate()
        self.process.wait()
        self.orders.close()
        self.answers.close()


def publish(built: Path, served: Path) -> list[str]:
    """Bring the served copy up to date, what pages need first; return the pages that changed."""
    new = {path.relative_to(built) for path in built.rglob("*") if path.is_file()}
    old = {path.relative_to(served) for path in served.rglob("*") if path.is_file()}
    different = [name for name in new if name not in old or not filecmp.cmp(built / name, served / name, shallow=False)]
    for name in sorted(different, key=lambda name: (name.suffix == ".html", name)):
        target = served / name
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(target.name + ".new")
        shutil.copyfile(built / name, fresh)
        fresh.replace(target)  # at once: nobody gets half a page
    for name in old - new:
        (served / name).unlink()
    return sorted(name.as_posix() for name in {*different, *(old - new)} if name.suffix == ".html")


def told(root: Path, seconds: float) -> str:
    """Return what a failed build has to say."""
    log = root / ".cache" / "logs" / "Live.log"
    text = log.read_text(encoding="utf-8", errors="replace")
    found = report(text, str(root)) or "\n".join(text.splitlines()[-20:])
    last = f"The pages stay as they were ({seconds:.1f} s). The whole log is {log.relative_to(root)}"
    return f"\n{found}\n\n{last}\n"


def say(text: str) -> None:
    """Write a line with the time."""
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def few(names: list[str]) -> str:
    """Name the first of many."""
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def rebuild(root: Path, builder: Builder, files: list[str], fresh: bool) -> bool:
    """Build after a change and show it; say whether it was good."""
    start = time.perf_counter()
    need = what_it_means(files)
    say(f"{few(files)}: building {ANEW[need]}")
    with alone():
        (root / ".cache" / "stamps" / "book").unlink(missing_ok=True)  # what stands in _build/html is not from clean
        good = builder.build(fresh or need != "page")
        pages = publish(root / "_build" / "html", root / "_build" / "served") if good else []
    seconds = time.perf_counter() - start
    if good:
        say(f"shown after {seconds:.1f} s: {few(pages) or 'no page changed'}")
    else:
        print(told(root, seconds), flush=True)
    return good


def follow(root: Path, builder: Builder) -> None:
    """Build after each change, for ever; what is saved during a build is built next."""
    seen, fresh = snapshot(root), False
    try:
        while True:
            time.sleep(PAUSE)
            if not changed(seen, snapshot(root)):
                continue
            now = settled(root)
            files, seen = [file for file in changed(seen, now) if matters(file)], now
            if not files:
                continue
            if what_it_means(files) == CODE or not builder.alive:
                builder.end()
                builder = Builder(root)
            good = rebuild(root, builder, files, fresh)
            fresh = not good and (fresh or what_it_means(files) != "page")  # a build of all that failed is owed
    finally:
        builder.end()


def main(port: str, root: Path) -> None:
    """Serve, watch and build until Ctrl+C."""
    built, served = root / "_build" / "html", root / "_build" / "served"
    served.mkdir(parents=True, exist_ok=True)
    publish(built, served)
    try:
        server, address = serve.start(served, port=int(port), handler=LiveHandler)
    except (OSError, ValueError, OverflowError) as error:
        stop(f"PORT={port} can't be used ({error}): leave it out for a free one.")
    builder = Builder(root)
    print(f"\nReady: {address}/   (what you save is built and shown; Ctrl+C stops)", flush=True)
    display = (
        os.name == "nt" or sys.platform == "darwin" or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if display and not os.environ.get("CI"):
        webbrowser.open(address + "/")
    try:
        follow(root, builder)
    except KeyboardInterrupt:
        server.shutdown()
        print()


if __name__ == "__main__":
    main(sys.argv[1] if sys.argv[1:] else "0", Path(sys.argv[2]).resolve() if sys.argv[2:] else ROOT)
