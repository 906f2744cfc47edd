"""Print under each displayed equation how this build checked it.

Before the pages are read, the tests that carry equation labels run (tests/equations), once for each state of src/
and of these tests. What they recorded is the badge: nobody types it. A labelled equation without a record is a
warning, and so is a record of an equation that no page displays: either fails the build.
"""

import html
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.domains.math import MathDomain
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from checked_first import CheckedBook
from moments import FIRST, LAST
from setup.fresh_execution import source_key
from softmaxlab._page_names import Attribute, Class

from .verdicts import Record, Verdict, verdict

logger = logging.getLogger(__name__)
TESTS = "tests/equations"
SHARED = "tests/support/equations"  # what they share
SCRIPT = "badges.js"
INDEX = re.compile(r"(?<=[A-Za-zΑ-ω])_(\{[^{}]+\}|[A-Za-z0-9]{1,2})(?![A-Za-z0-9_])")  # of Σ_k y_k and of e^{a_k}
MARKS = {"held": "✓", "refused": "✗", "wish": "◇"}
CLASSES = {"held": Class.HELD, "refused": Class.REFUSED, "wish": Class.WISH}


class BadgedPages(BuildEnvironment):
    """What is known of the pages; from the last build, what their badges said."""

    equation_badges: dict[str, Verdict | None]


def equations(env: BuildEnvironment) -> dict[str, tuple[str, int]]:
    """Return page and number of each displayed equation."""
    domain = cast(MathDomain, env.get_domain("math"))
    return domain.equations


def records_of(root: Path) -> list[Record]:
    """Run the tests of the equations, unless this state of the code has been through them; return their records."""
    folder = root / "_build" / "evidence"
    target = folder / f"{source_key(root, (f'{TESTS}/**/*.py', f'{SHARED}/*.py', 'tests/conftest.py'))}.json"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider", TESTS]
        environment = {**os.environ, "EVIDENCE": str(fresh), "PYTHONUTF8": "1"}  # it talks in Greek letters, too
        run = subprocess.run(command, cwd=root, env=environment, capture_output=True, encoding="utf-8", check=False)
        if run.returncode:
            raise ExtensionError(f"A test of an equation failed:\n{run.stdout[-4000:]}{run.stderr}")
        fresh.replace(target)
    records: list[Record] = json.loads(target.read_text(encoding="utf-8"))
    return records


def gather(app: CheckedBook, config: Config) -> None:
    """Take the records of this state of the code."""
    app.equation_records = by_label(records_of(Path(app.srcdir)))


def by_label(records: list[Record]) -> dict[str, list[Record]]:
    """Sort the tests' records by the equation they are about."""
    found = defaultdict(list)
    for record in records:
        found[record["label"]].append(record)
    return dict(found)


def said_of(app: CheckedBook, label: str) -> Verdict | None:
    """Return what the records say of one equation, as far as its display says the same."""
    return verdict(app.equation_records.get(label, []), getattr(app, "display_bindings", {}).get(label))


def compare(app: CheckedBook, env: BadgedPages) -> list[str]:
    """Warn of records that belong to no displayed equation; return the pages to write anew: their badges changed."""
    displayed = {label: page for label, (page, _) in equations(env).items()}
    for label in sorted(app.equation_records.keys() - displayed.keys()):
        where = app.equation_records[label][0]
        logger.warning(
            "%s is checked, and displayed nowhere: %s:%s", label, where["file"], where["line"], type="evidence"
        )
    said = {label: said_of(app, label) for label in displayed}
    before, env.equation_badges = getattr(env, "equation_badges", said), said
    return sorted({page for label, page in displayed.items() if before.get(label) != said[label]})


def number(app: CheckedBook, label: str) -> str:
    """Return the number that a displayed equation carries, such as 4.6."""
    displayed = equations(app.env)
    if label not in displayed:
        raise ExtensionError(f"a badge names {label}, which no page displays")
    page, count = displayed[label]
    numbers = app.env.toc_fignumbers.get(page, {}).get("displaymath", {})
    return ".".join(map(str, numbers.get(nodes.make_id(f"equation-{label}"), (count,))))


def with_numbers(app: CheckedBook, text: str) -> str:
    """Return words as HTML, with the number of each equation in place of its label."""
    return re.sub(r"\{?\b(eq-[a-z0-9-]+)\}?", lambda match: f"({number(app, match[1])})", html.escape(text))


def indices_below(text: str) -> str:
    """Set the indices of a formula in plain text below its line, as HTML.

    >>> indices_below("given Σ_k y_k = 1")
    'given Σ<sub>k</sub> y<sub>k</sub> = 1'
    """
    return INDEX.sub(lambda match: f"<sub>{match[1].strip('{}')}</sub>", text)


def badge(app: CheckedBook, label: str, said: Verdict) -> nodes.raw:
    """Return the badge of one equation: a few words, and behind them what each check did, with a link to it."""
    options = app.config.html_theme_options
    base = f"{options['repository_url']}/blob/{options['repository_branch']}"
    lines = "".join(
        f'<li><a href="{base}/{record["file"]}#L{record["line"]}">{html.escape(what)}</a>'
        f"{indices_below(with_numbers(app, more))}</li>"
        for what, more, record in said.lines
    )
    title = f"How equation {number(app, label)} was checked"
    words = with_numbers(app, said.words)
    return nodes.raw(
        "",
        f'<div class="{Class.BADGE} {CLASSES[said.look]}" {Attribute.LABEL}="{label}">'
        f'<button type="button" aria-controls="badge-{label}" aria-label="{words}. {title}">'
        f"<span>{MARKS[said.look]}</span> {words}</button>"
        f'<div class="{Class.BEHIND}" id="badge-{label}"><p>{title}</p><ul>{lines}</ul></div></div>',
        format="html",
    )


def put_badges(app: CheckedBook, doctree: nodes.document, page: str) -> None:
    """Put a badge behind each labelled equation of a page."""
    for equation in list(doctree.findall(nodes.math_block)):
        label = equation.get("label")
        if not label:
            continue
        if said := said_of(app, label):
            equation.parent.insert(equation.parent.index(equation) + 1, badge(app, label, said))
        else:
            logger.warning("no test speaks for the equation %s", label, location=equation, type="evidence")


def add_script(app: CheckedBook, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Load the script on pages with badges, and on no other."""
    if f'class="{Class.BADGE} ' in context.get("body", ""):
        app.add_js_file(SCRIPT, defer="defer")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run the tests before anything is read; place the badges when a page is written."""
    app.connect("config-inited", gather, priority=FIRST)
    app.connect("env-updated", compare, priority=LAST)
    app.connect("doctree-resolved", put_badges)
    app.connect("html-page-context", add_script)
    return {"parallel_read_safe": True, "env_version": 2}
