"""The rules that every page of the book keeps, and proof that each rule can fail."""

import re
from collections import Counter
from pathlib import Path

import pytest

from content.manuscript import Page
from content.manuscript.prose import (
    FOR_NOTEBOOKS,
    FOR_PAGES,
    long_cells,
    maths_in_cells,
    missing_description,
    missing_header,
    numbers_stored_too_late,
    raw_in_a_notebook,
    shouted,
    typed_decimals,
    unclosed_blocks,
    unfinished,
    unlabeled_equations,
    unreadable_cells,
    wide_lines,
)
from support.chapter_text import labels_in

ROOT = Path(__file__).parents[2]
CHAPTERS = [*sorted((ROOT / "chapters").glob("*.md")), ROOT / "errata.md"]
NOTEBOOKS = [ROOT / "index.md", *CHAPTERS]
PAGES = [*NOTEBOOKS, ROOT / "glossary.md", ROOT / "bibliography.md"]

FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def by_name(path):
    return path.name


@pytest.mark.parametrize("rule", FOR_NOTEBOOKS)
@pytest.mark.parametrize("page", NOTEBOOKS, ids=by_name)
def test_every_notebook_keeps_the_rule(page, rule):
    assert rule(Page(page.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("rule", FOR_PAGES)
@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_page_keeps_the_rule(page, rule):
    assert rule(Page(page.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("page", CHAPTERS, ids=by_name)
def test_every_chapter_asks_shows_source_and_sums_up(page):
    text = page.read_text(encoding="utf-8")
    opening = FRONT_MATTER.sub("", text).split("\n## ")[0]
    assert re.search(r"\*\*[^*]+\?\*\*", opening), "open with a question in bold"
    assert "Predict" in text
    assert ":pyobject:" in text
    assert "## What to remember" in text
    assert "**The surprise:**" in text


# Equations; test_equation_records.py compares them with the records of their tests


def labels_of_the_book():
    return Counter(label for page in PAGES for label in labels_in(page.read_text(encoding="utf-8")))


def test_the_book_has_equations():
    assert len(labels_of_the_book()) >= 20  # else the test below would pass on nothing


def test_no_label_is_given_twice():
    assert [label for label, count in labels_of_the_book().items() if count > 1] == []


# Each rule can fail

HEADER = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  name: python3
---
"""
IMPORT = "from softmaxlab.book.notebook import glue, glued\n"
THE_LOSS = '\nIt is {eval}`glued("loss:.3f")`.\n\n'


def page_with(body):
    return HEADER + body


def cell(code):
    return page_with(f"```{{code-cell}} ipython3\n{code}\n```\n")


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        (long_cells, cell("\n".join(["x = 1"] * 11))),
        (wide_lines, cell("x = 1  " + "#" * 80)),
        (maths_in_cells, cell("p = np.exp(a) / 3")),
        (maths_in_cells, cell("def f(a):\n    return a - np.log(np.sum(a))")),
        (maths_in_cells, cell("g = lambda a: math.exp(a)")),
        (typed_decimals, "The loss is 0.69 nats."),
        (typed_decimals, "The loss is $0.69$ nats."),
        (typed_decimals, "```{math}\n:label: eq-x\nx = 0.69\n```\n"),
        (typed_decimals, "```{admonition} Note\nIt is −3.5 here.\n```\n"),
        (missing_header, "# A page without a header\n"),
        (missing_description, page_with("# A page\n")),
        (unlabeled_equations, "```{math}\nx = 1\n```\n"),
        (unlabeled_equations, "````{note}\n```{math}\nx = 1\n```\n````\n"),
        (unlabeled_equations, "```{math}\n:label: nameless\nx = 1\n```\n"),
        (unlabeled_equations, "$$x = 1$$"),
        (unlabeled_equations, "\\begin{align}x\\end{align}"),
        (unfinished, "TODO: write this"),
        (numbers_stored_too_late, cell(IMPORT + 'glue("other", 1)') + THE_LOSS),
        (numbers_stored_too_late, cell(IMPORT) + THE_LOSS + cell('glue("loss", 1)').removeprefix(HEADER)),
        (numbers_stored_too_late, cell('glue("loss", 1)') + THE_LOSS),
        (raw_in_a_notebook, "It is {glue:text}`loss:.3f`."),
        (raw_in_a_notebook, "It is {glue}`loss`."),
        (shouted, "This powerful function"),
        (shouted, "It is normalised"),
        (unreadable_cells, cell("x = (1")),
        (unclosed_blocks, "```{note}\nIt goes on.\n"),
    ],
)
def test_the_rule_finds_the_offense(rule, bad):
    assert rule(Page(bad)) != []


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        (long_cells, cell("\n".join(["x = 1"] * 10))),
        (maths_in_cells, cell("p = softmax(a)\nattempt(np.exp, 1000)\np.sum()")),
        (
            typed_decimals,
            "Run `f([0.5])`, see {cite}`a1.2` or [here](https://example.org/1.2), 3 of 4.",
        ),
        (typed_decimals, cell("x = 0.5") + "Text.\n\n```python\nx = 0.5\n```\n"),
        (
            unlabeled_equations,
            "Inline $x$.\n\n```{math}\n:label: eq-x\n\\begin{cases}1\\end{cases}\n```\n",
        ),
        (numbers_stored_too_late, cell(IMPORT + 'glue("loss", 1)') + THE_LOSS),
        (numbers_stored_too_late, cell(IMPORT + 'glue(f"{name}ss", 1)') + THE_LOSS),
        (raw_in_a_notebook, THE_LOSS),
    ],
)
def test_the_rule_lets_good_pages_pass(rule, good):
    assert rule(Page(good)) == []


@pytest.mark.parametrize(
    ("rule", "bad", "line"),
    [
        (typed_decimals, "A\nparagraph\nwith 0.5.", 3),
        (typed_decimals, "```{admonition} A note\n:class: tip\n\nIt is −3.5 here.\n```\n", 4),
        (maths_in_cells, cell(":tags: [hide-input]\n\na = 1\np = np.exp(a)"), 14),
        (unreadable_cells, cell("a = 1\nb = (2"), 12),
        (wide_lines, cell("x = 1\ny = 1  " + "#" * 80), 12),
        (numbers_stored_too_late, cell(IMPORT + 'glue("other", 1)') + THE_LOSS, 15),
        (raw_in_a_notebook, "It\nis {glue:text}`loss:.3f`.", 2),
        (unlabeled_equations, "Text.\n\n```{math}\nx = 1\n```\n", 3),
        (unlabeled_equations, "Text,\ntoo: $$x = 1$$\n", 2),
        (unfinished, "Text.\n\n- TODO\n", 3),
    ],
)
def test_the_rule_names_the_line(rule, bad, line):
    assert {problem.line for problem in rule(Page(bad))} == {line}


def test_labels_are_found_in_math_directives_only():
    text = "```{math}\n:label: eq-a\nx\n```\n\n```{note}\n:label: eq-b\n```\n"
    assert labels_in(text) == ["eq-a"]


# Source shown on a page


@pytest.mark.parametrize("page", CHAPTERS, ids=by_name)
def test_an_excerpt_begins_and_ends_with_lines_that_its_source_has(page):
    excerpts = re.findall(r"```\{literalinclude\} (\S+)\n((?::.*\n)*)", page.read_text(encoding="utf-8"))
    for path, options in excerpts:
        source = (page.parent / path).read_text(encoding="utf-8")
        for line in re.findall(r':(?:start-at|start-after|end-at|end-before): "?(.*?)"?\n', options):
            assert line in source, (path, line)
