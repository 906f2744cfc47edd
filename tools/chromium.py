"""Find a Chromium for the browser tests, or bring one.

Run as a script with the environment's Python it prints the browser's path: the system's own, else the one Playwright
downloads, else, as root on Debian or Ubuntu, the distribution's package.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

# First the engine without windows: it opens a page three times as fast as a headless browser that draws its own frame.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HELP = (
    "No Chromium to be had. Install one (Debian, Ubuntu: `apt-get install chromium`; macOS, Windows: Google Chrome), "
    "or name one in the environment variable CHROMIUM."
)


def arguments() -> list[str]:
    """Return the switches for a quiet headless browser; root may not use its sandbox."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    return [*ARGUMENTS, *(["--no-sandbox"] if root else [])]


def installed() -> str | None:
    """Return the path of a browser this machine already has."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    return next((path for path in candidates() if path and starts(path)), None)


def candidates() -> Iterator[str | None]:
    """Yield the places a browser may be in, the costliest question last."""
    yield from (shutil.which(name) for name in NAMES)
    yield from (place for place in PLACES if Path(place).exists())
    yield playwrights_own()


def starts(path: str) -> bool:
    """Say whether the browser finds its system libraries; only Linux is known to lack them."""
    if not sys.platform.startswith("linux"):
        return True
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


def playwrights_own(engine: str = "chromium") -> str | None:
    """Return the path of the browser that Playwright downloaded, if it did; asked of a process of its own."""
    question = f"from playwright.sync_api import sync_playwright as p\nwith p() as q: print(q.{engine}.executable_path)"
    asked = [sys.executable, "-X", "utf8", "-c", question]
    answer = subprocess.run(asked, capture_output=True, encoding="utf-8", check=True).stdout.strip()
    return answer if Path(answer).exists() else None


def attempt(*command: str) -> None:
    """Run an installer, its talk going to stderr; its failure is not the end, another way may follow."""
    print("+", " ".join(command), file=sys.stderr, flush=True)
    try:
        subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL, timeout=600, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)


def bring() -> str:
    """Return a browser's path, installing one if need be."""
    ways: list[tuple[str, ...]] = [(sys.executable, "-m", "playwright", "install", "chromium")]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        ways += [("apt-get", "update", "-qq")]
        ways += [("apt-get", "install", "-y", "-qq", name) for name in ("chromium-headless-shell", "chromium")]
    path = installed()
    while not path and ways:
        attempt(*ways.pop(0))
        path = installed()
    if not path:
        sys.exit(HELP)
    return path


if __name__ == "__main__":
    print(bring())
