"""Measure every page of the built site with Lighthouse and print one table.

Per page the run with the median mobile performance of three; sizes are what travels, compressed as a web host does.
Pages named on the command line (`index.html`) narrow it down.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
sys.path.insert(0, str(ROOT / "tools"))
import chromium  # noqa: E402 - it can be found from here on
import serve  # noqa: E402 - it can be found from here on

LIGHTHOUSE = ROOT / "bench" / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
RUNS = 3
HEADER = (
    f"{'page':<42}{'perf':>6}{'a11y':>6}{'best':>6}{'seo':>6}{'desktop':>8}{'KB':>8}{'reqs':>6}"
    f"{'LCP s':>7}{'TBT':>6}{'CLS':>7}"
)


def lighthouse(address: str, *options: str) -> dict:
    """Return one Lighthouse report."""
    flags = " ".join(["--headless=new", *chromium.arguments()])
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = ["node", LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={report}",
                   f"--chrome-flags={flags}", f"--only-categories={','.join(CATEGORIES)}", *options]  # fmt: skip
        subprocess.run(command, check=True, env={**os.environ, "CHROME_PATH": os.environ["CHROMIUM"]})
        return json.loads(report.read_text(encoding="utf-8"))


def score(report: dict, category: str) -> int:
    """Return a category's score, 0 to 100."""
    return round(100 * (report["categories"][category]["score"] or 0))


def median(reports: list[dict]) -> dict:
    """Return the report whose performance is in the middle."""
    return sorted(reports, key=lambda report: report["categories"]["performance"]["score"] or 0)[len(reports) // 2]


def row(name: str, mobile: dict, desktop: dict) -> str:
    """Return a page's line of the table."""
    audits = mobile["audits"]
    weight = audits["total-byte-weight"]["numericValue"] / 1024
    requests = len(audits["network-requests"]["details"]["items"])
    scores = "".join(f"{score(mobile, category):>6}" for category in CATEGORIES)
    paint = audits["largest-contentful-paint"]["numericValue"] / 1000
    shift = audits["cumulative-layout-shift"]["numericValue"]
    blocked = audits["total-blocking-time"]["numericValue"]
    return (
        f"{name:<42}{scores}{score(desktop, 'performance'):>8}{weight:>8.0f}{requests:>6}"
        f"{paint:>7.1f}{blocked:>6.0f}{shift:>7.3f}"
    )


def shortfalls(report: dict) -> list[str]:
    """Return the audits outside performance that cost this page points."""
    unscored = {"notApplicable", "manual", "informative"}
    weighed = {ref["id"] for name in CATEGORIES[1:] for ref in report["categories"][name]["auditRefs"] if ref["weight"]}
    audits = {name: report["audits"][name] for name in weighed}
    return sorted(
        name
        for name, audit in audits.items()
        if audit["scoreDisplayMode"] not in unscored and (audit["score"] or 0) < 1
    )


def main(names: list[str]) -> None:
    """Print the table."""
    names = names or sorted(
        page.relative_to(SITE).as_posix()
        for page in SITE.rglob("*.html")
        if "_static" not in page.relative_to(SITE).parts
    )
    server, address = serve.start(SITE)
    print(HEADER)
    for name in names:
        mobile = median([lighthouse(f"{address}/{name}") for _ in range(RUNS)])
        desktop = lighthouse(f"{address}/{name}", "--preset=desktop")
        print(row(name, mobile, desktop), *shortfalls(mobile), flush=True)
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main(sys.argv[1:])
