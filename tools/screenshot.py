"""Render the README's picture from the built site: `make screenshot`."""

from pathlib import Path

from playwright.sync_api import sync_playwright

import chromium
import serve

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / ".github" / "screenshot.png"


def main() -> None:
    """Open the landing page, wait for its widget, drag nothing, and keep what a reader sees."""
    server, address = serve.start(ROOT / "_build" / "html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.installed(), args=chromium.arguments())
        page = browser.new_page(viewport={"width": 1280, "height": 960})
        page.goto(f"{address}/", wait_until="networkidle")
        page.wait_for_selector(".sl-mount[data-sl-ready]")
        page.screenshot(path=PICTURE)
        browser.close()
    server.shutdown()
    server.server_close()
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main()
