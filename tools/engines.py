"""Find the three engines that browsers are made of, or bring them: Chromium, Firefox and WebKit.

Run as a script with the environment's Python, it brings what is missing: Debian's packages for root, else the builds
that Playwright downloads. It prints where each engine is. The environment variable ENGINES says which must be there:
`all`, or some names with commas between them; when it isn't set, whatever there is or can be fetched will do. Chromium
is always needed.
"""

import glob
import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import chromium

NAMES = ("chromium", "firefox", "webkit")
FIREFOX = (
    "/Applications/Firefox.app/Contents/MacOS/firefox",
    r"C:\Program Files\Mozilla Firefox\firefox.exe",
    r"C:\Program Files (x86)\Mozilla Firefox\firefox.exe",
)
PACKAGES = {  # of Debian and its kin
    "chromium": ("chromium-headless-shell", "chromium"),
    "firefox": ("firefox-esr", "firefox"),
    "webkit": ("webkit2gtk-driver",),
}
HELP = (
    "Debian has firefox-esr, webkit2gtk-driver and xvfb; elsewhere `python -m playwright install firefox webkit` "
    "brings both. FIREFOX=/path/to/it names a Firefox. Leave ENGINES out to go on with those that are there."
)
BROWSERS_OF_WEBKITGTK = ("/usr/lib/*/webkit2gtk-4.*/MiniBrowser", "/usr/lib*/webkit2gtk-4.*/MiniBrowser")


@dataclass(frozen=True)
class Engine:
    """An engine of this machine: by which way it is driven (`playwright`, `bidi`, `webdriver`), and the programs."""

    name: str
    way: str
    path: str
    driver: str = ""


def find(name: str) -> Engine | None:
    """Return an engine that this machine has."""
    return {"chromium": find_chromium, "firefox": find_firefox, "webkit": find_webkit}[name]()


def find_chromium() -> Engine | None:
    """Return a Chromium: installed ones first."""
    path = chromium.installed()
    return Engine("chromium", "playwright", path) if path else None


def find_firefox() -> Engine | None:
    """Return a Firefox: an installed one, which speaks WebDriver BiDi, before the one that Playwright patches."""
    installed = [shutil.which("firefox-esr"), shutil.which("firefox"), *filter(os.path.exists, FIREFOX)]
    named = os.environ.get("FIREFOX") or next(filter(None, installed), None)
    if named:
        return Engine("firefox", "bidi", named)
    own = chromium.playwrights_own("firefox")
    return Engine("firefox", "playwright", own) if own else None


def find_webkit() -> Engine | None:
    """Return a WebKit: the one that Playwright builds, else WebKitGTK's browser with its driver and a screen."""
    own = chromium.playwrights_own("webkit")
    if own:
        return Engine("webkit", "playwright", own)
    browsers = [path for pattern in BROWSERS_OF_WEBKITGTK for path in sorted(glob.glob(pattern))]
    driver = shutil.which("WebKitWebDriver")
    if browsers and driver and shutil.which("Xvfb"):
        return Engine("webkit", "webdriver", browsers[-1], driver)
    return None


def wanted() -> tuple[tuple[str, ...], bool]:
    """Return the engines that ENGINES asks for, and whether all of them are required."""
    text = os.environ.get("ENGINES", "").strip().lower()
    if text in ("", "all"):
        return NAMES, text == "all"
    names = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        sys.exit(f"ENGINES={text}: no engine is called {unknown[0]!r}; write all, or some of {', '.join(NAMES)}.")
    return names, True


def bring(name: str) -> Engine | None:
    """Return an engine, installing it if need be and if it can be."""
    found = find(name)
    for way in ways(name):
        if found:
            break
        way()
        found = find(name)
    return found


def ways(name: str) -> list[Callable[[], object]]:
    """Return what may be tried to install an engine, one after the other."""
    tried: list[Callable[[], object]] = []
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        if name == "webkit":
            tried = [lambda: apt(*PACKAGES["webkit"], "xvfb")]
        else:
            tried = [partial(apt, package) for package in PACKAGES[name]]
    return [*tried, lambda: chromium.attempt(sys.executable, "-m", "playwright", "install", name)]


def apt(*packages: str) -> None:
    """Install packages of the distribution, asking nothing."""
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    chromium.attempt("apt-get", "update", "-qq")
    chromium.attempt("apt-get", "install", "-y", "-qq", *packages)


def main() -> int:
    """Bring the engines that are wanted, and Chromium; print where each is, as JSON."""
    names, required = wanted()
    engines = {name: bring(name) for name in dict.fromkeys(("chromium", *names))}
    if engines["chromium"] is None:
        print(chromium.HELP, file=sys.stderr)
        return 1
    missing = [name for name, engine in engines.items() if not engine]
    if missing and required:
        asked = os.environ["ENGINES"]
        print(f"ENGINES={asked}, but there is no {' and no '.join(missing)} to be had. {HELP}", file=sys.stderr)
        return 1
    print(json.dumps({name: engine.path for name, engine in engines.items() if engine}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
