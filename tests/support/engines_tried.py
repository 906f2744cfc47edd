"""The last line of a run of tests that opened browsers: which engines were tried, and how often."""

import re
from collections import Counter

NAMES = {"chromium": "Chromium", "firefox": "Firefox", "webkit": "WebKit"}
ENGINE = re.compile(rf"\[({'|'.join(NAMES)})[-\]]")


def summary(passed, failed, skipped):
    """Say of each engine what became of the tests that name it.

    >>> summary(["t[chromium-a]", "t[firefox-a]", "u[chromium]"], ["u[firefox]"], ["t[webkit-a]", "u[webkit]"])
    'Engines tried: Chromium (2 tests), Firefox (2 tests, 1 failed). Not tried: WebKit.'
    >>> summary(["test_softmax"], [], [])
    ''
    """
    ran, bad = (Counter(ENGINE.findall(" ".join(ids))) for ids in ([*passed, *failed], failed))
    if not ran and not ENGINE.search(" ".join(skipped)):
        return ""
    parts = [f"{NAMES[key]} ({ran[key]} tests{f', {bad[key]} failed' * bool(bad[key])})" for key in NAMES if ran[key]]
    untried = ", ".join(NAMES[key] for key in NAMES if not ran[key])
    return f"Engines tried: {', '.join(parts) or 'none'}.{f' Not tried: {untried}.' * bool(untried)}"


def pytest_terminal_summary(terminalreporter):
    """Say which engines were tried."""
    ids = {
        kind: [report.nodeid for report in terminalreporter.stats.get(kind, [])]
        for kind in ("passed", "failed", "error", "skipped")
    }
    if line := summary(ids["passed"], [*ids["failed"], *ids["error"]], ids["skipped"]):
        terminalreporter.write_line(line)
