"""What the browser tests share besides fixtures: where the site is, and what a reader's page must never do."""

import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SITE = ROOT / "_build" / "html"


def until(holds):
    """Wait for a state, as long as a busy machine takes; what never comes is ended by the time limit of all tests."""
    while not holds():
        time.sleep(0.05)


def true_in(page, expression, *, arg=None, **_limits):
    """Wait until an expression is true in the page, looked at from outside.

    In the place of Playwright's `wait_for_function`, which the page's policy refuses: it calls eval in the page. As
    there, waiting in vain ends after half a minute.
    """
    for _ in range(600):
        if page.evaluate(expression, arg):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never true in the page: {expression}")


def address_settles(page):
    """Have the address written now, as when the page is left: how long a page takes to write it decides nothing."""
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")


def watch(page):
    """Return a list that fills with whatever a reader's page must never do."""
    complaints = []
    page.on("console", lambda message: complaints.append(f"console {message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"page error: {error}"))

    def request(request):
        local = request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "file:", "about:"))
        if not local:
            complaints.append(f"request to another host: {request.url}")

    page.on("request", request)
    # what was on its way when the reader left is no fault
    page.on("requestfailed", lambda r: r.failure == "net::ERR_ABORTED" or complaints.append(f"request failed: {r.url}"))
    page.on("response", lambda r: r.status >= 400 and complaints.append(f"{r.status}: {r.url}"))
    return complaints
