"""Print under each displayed equation how this build checked it.

Before the pages are read, the tests that carry equation labels run (tests/equations), once for each state of src/
and of these tests. What they did is the badge: nobody types it. A labelled equation that no test spoke for is a
warning, and so fails the build.
"""

import html
import json
import math
import os
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util import logging

from fresh_execution import source_key

logger = logging.getLogger(__name__)
TESTS = "tests/equations"


def gather(app: Sphinx, config: Config) -> None:
    """Run the tests that hold equations, unless this state of the code has been through them."""
    root = Path(app.srcdir)
    folder = root / "_build" / "evidence"
    target = folder / f"{source_key(root, (f'{TESTS}/**/*.py', 'tests/conftest.py'))}.json"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", TESTS]
        environment = {**os.environ, "EVIDENCE": str(fresh)}
        run = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        if run.returncode:
            raise ExtensionError(f"A test of an equation failed:\n{run.stdout[-4000:]}{run.stderr}")
        fresh.replace(target)
    app.equation_evidence = by_label(json.loads(target.read_text()))


def by_label(records: list[dict]) -> dict[str, list[dict]]:
    """Sort the tests' records by the equation they hold."""
    found = defaultdict(list)
    for record in records:
        found[record["label"]].append(record)
    return dict(found)


def merged(records: list[dict]) -> list[dict]:
    """Join the records of one test function, which runs once for each of its parameters."""
    tests: dict[tuple, dict] = {}
    for record in records:
        known = tests.setdefault((record["file"], record["test"]), {**record, "sizes": [], "cases": 0, "worst": 0.0})
        known["sizes"] = sorted({*known["sizes"], *record["sizes"]})
        known["cases"] += record["cases"]
        known["worst"] = max(known["worst"], record["worst"])
    return list(tests.values())


def verdicts(records: list[dict]) -> list[tuple[str, dict]]:
    """Say what the records amount to: how the equation was proved, or refused, then how closely numbers agreed."""
    tests = merged(records)
    said = [(test["rejected"] or test["proof"], test) for test in tests if test["rejected"] or test["proof"]][:1]
    if not said:
        exact = sorted((test for test in tests if test["exact"]), key=lambda test: len(test["sizes"]))
        said = [(proved_exactly(test["sizes"]), test) for test in exact[-1:]]
    measured = sorted((test for test in tests if test["cases"]), key=lambda test: test["worst"])
    return said + [(tested(test), test) for test in measured[:1]]


def proved_exactly(sizes: list[int]) -> str:
    """Say for which numbers of classes an exact check passed."""
    if not sizes:
        return "proved"
    run = len(sizes) > 1 and sizes == list(range(sizes[0], sizes[-1] + 1))
    return "proved for N = " + (f"{sizes[0]}..{sizes[-1]}" if run else ", ".join(map(str, sizes)))


def tested(test: dict) -> str:
    """Say how closely numbers agreed, relative to their largest, and on how many cases."""
    ulps = math.ceil(test["worst"] / sys.float_info.epsilon)
    if ulps == 0:
        close = ""
    elif ulps <= 1000:
        close = f" to {ulps} ulp" + "s" * (ulps > 1)
    else:
        close = f" to {test['worst']:.0e}"
    return f"tested{close} on {test['cases']:,} case" + "s" * (test["cases"] > 1)


def badge(app: Sphinx, label: str) -> nodes.raw:
    """Return the badge of one equation."""
    options = app.config.html_theme_options
    base = f"{options['repository_url']}/blob/{options['repository_branch']}"
    said = verdicts(app.equation_evidence[label])
    links = " · ".join(
        f'<a href="{base}/{test["file"]}#L{test["line"]}">{html.escape(words)}</a>' for words, test in said
    )
    look = "sl-badge sl-refused" if said[0][1]["rejected"] else "sl-badge"
    return nodes.raw("", f'<p class="{look}" data-label="{label}">{links}</p>', format="html")


def put_badges(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put a badge behind each labelled equation of a page."""
    for equation in list(doctree.findall(nodes.math_block)):
        label = equation.get("label")
        if not label:
            continue
        if verdicts(app.equation_evidence.get(label, [])):
            equation.parent.insert(equation.parent.index(equation) + 1, badge(app, label))
        else:
            logger.warning("no test speaks for the equation %s", label, location=equation, type="evidence")


def setup(app: Sphinx) -> dict:
    """Run the tests before anything is read; place the badges when a page is written."""
    app.connect("config-inited", gather, priority=200)
    app.connect("doctree-resolved", put_badges)
    return {"parallel_read_safe": True}
