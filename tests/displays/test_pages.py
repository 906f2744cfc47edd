"""No display is skipped: the pages are read as the build reads them, and what stands elsewhere is an error."""

import re
from pathlib import Path

import pytest

from checked_first import main
from softmaxlab.displays import check
from softmaxlab.displays.check import check_book
from softmaxlab.displays.pages import EXTENSIONS, displays, pages
from softmaxlab.displays.tokens import UnreadableError

ROOT = Path(__file__).parents[2]
DISPLAY = "```{math}\n:label: eq-x\nx = 1\n```"


def found(tmp_path, text):
    (tmp_path / "index.md").write_text(text, encoding="utf-8")
    return [(display.label, display.line, display.tex) for display in displays(tmp_path)]


def test_pages_are_parsed_with_the_extensions_of_the_build():
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    assert set(re.search(r"myst_enable_extensions: \[(.*)\]", config)[1].split(", ")) == EXTENSIONS


def test_every_page_of_the_table_of_contents_is_read(tmp_path):
    (tmp_path / "_toc.yml").write_text("root: index\nparts:\n  - chapters:\n    - file: more/page\n", encoding="utf-8")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "page.md").write_text(DISPLAY, encoding="utf-8")
    assert found(tmp_path, "") == [("eq-x", 3, "x = 1")]
    named = re.findall(r"(?:file|root): (\S+)", (ROOT / "_toc.yml").read_text(encoding="utf-8"))
    assert {f"{name}.md" for name in named} <= {path.relative_to(ROOT).as_posix() for path in pages(ROOT)}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (DISPLAY, 3),
        (f"Text\n{DISPLAY}\nmore", 4),
        (DISPLAY.replace("```", "````"), 3),
        (DISPLAY.replace("```", "~~~"), 3),
        (DISPLAY.replace("```", ":::"), 3),
        (DISPLAY.replace("```{", "``` {"), 3),
        (DISPLAY.replace("math", "MATH"), 3),
        (DISPLAY + "``", 3),  # a longer fence closes a shorter one
        (DISPLAY.replace("\n", "\n  ").replace("```{", "  ```{"), 3),
        ("- item\n\n  " + DISPLAY.replace("\n", "\n  "), 5),
        ("> " + DISPLAY.replace("\n", "\n> "), 3),
        (f"````{{note}}\n{DISPLAY}\n````", 4),
        (f"````{{note}}\n:class: tip\n\n{DISPLAY}\n``````", 6),
        (f":::{{note}}\n{DISPLAY}\n:::", 4),
        (f"::::{{note}}\n:::{{tip}}\n{DISPLAY}\n:::\n::::", 5),
        (f"~~~~\n```\n~~~~\n\n{DISPLAY}", 7),
        (f"```text\n````\n\n{DISPLAY}", 6),
        (f"<!-- ```\n-->\n\n{DISPLAY}", 6),
        (f"`` ` `` $x$ `$$`\n\n{DISPLAY}", 5),
        (f"\ufeff{DISPLAY}", 3),
    ],
)
def test_a_display_is_found_wherever_the_build_sets_one(tmp_path, text, line):
    assert found(tmp_path, text) == [("eq-x", line, "x = 1")]


@pytest.mark.parametrize(
    "text",
    [
        f"````\n{DISPLAY}\n````",
        f"<!--\n{DISPLAY}\n-->",
        f"<!-- {DISPLAY} -->",
        "    " + DISPLAY.replace("\n", "\n    "),
        f"````{{code-cell}}\n{DISPLAY}\n````",
        "`$$x = 1$$` and ``{math}`x = 1` ``",
        r"\[x = 1\]",
    ],
)
def test_what_the_build_sets_as_no_formula_is_no_display(tmp_path, text):
    assert found(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("```{math}\nx = 1\n```", "without a label"),
        ("```{math}\n\n:label: eq-x\nx = 1\n```", "without a label"),
        ("```{math}\n---\nlabel: eq-x\n---\nx = 1\n```", "without a label"),
        ("```{math} y = 2\n:label: eq-x\nx = 1\n```", "begins below the line"),
        ("```{math}\n:label: eq-x\n:label: eq-y\nx = 1\n```", ":label: twice"),
        ("```{math}\n:label: eq-x\n:nowrap:\nx = 1\n```", "takes :label: and nothing else"),
        ("```{math}\n:label: eq-x\nx = 1\n", "is not closed"),
        ("```{math}\n:label: eq-x\nx = 1\n``", "is not closed"),
        (f"```{{note}}\n{DISPLAY}\n```", "is not closed"),
        ("```\ncode", "is not closed"),
        ("$$x = 1$$", "without a label"),
        ("$$\nx = 1\n$$ (eq-x)", "without a label"),
        ("Text $$x = 1$$ more", "without a label"),
        ("`a\nb` $$x = 1$$ `c`", "without a label"),
        (r"\` $$x = 1$$ \`", "without a label"),
        ("\\begin{align}\nx = 1\n\\end{align}", "without a label"),
        ("\\begin{eqnarray}\nx = 1\n\\end{eqnarray}", "without a label"),
        ("\\begin{flalign*}\nx = 1\n\\end{flalign*}", "without a label"),
        ("```{eval-rst}\n.. math:: x = 1\n```", "eval-rst"),
        ("```{glue:math} x\n```", "glue:math"),
        ("```{include} x.md\n```", "include"),
        ("{math} `x = 1`", "no formula between backticks"),
        ("{math}`x = 1", "no formula between backticks"),
    ],
)
def test_a_display_that_the_reader_would_not_see_is_an_error(tmp_path, text, said):
    with pytest.raises(UnreadableError, match=rf"index\.md:\d+: .*{re.escape(said)}"):
        found(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A {math}`x = 1`.", 1),
        ("A\n{math}`x = 1`.", 2),
        ("A {math}`x =\n1` b", 1),
        ("{math}`` x = 1 ``", 1),
        ("{MATH}`x = 1`", 1),
        ("# Head {math}`x = 1`", 1),
        ("| a |\n|---|\n| {math}`x = 1` |", 3),
        ("```{note}\n{math}`x = 1`\n```", 2),
        ("`a` *b\n{math}`x = 1`*", 2),
    ],
)
def test_a_claim_in_prose_is_found_with_its_line(tmp_path, text, line):
    assert found(tmp_path, text) == [("index.md: x = 1", line, "x = 1")]


def test_a_page_that_is_no_text_is_named(tmp_path):
    (tmp_path / "index.md").write_bytes(b"\xff\xfe")
    with pytest.raises(UnreadableError, match=r"index\.md: can't be read"):
        displays(tmp_path)


def test_a_label_that_stands_twice_is_an_error(book_copy):
    page = book_copy / "chapters" / "04-jacobian.md"
    text = page.read_text(encoding="utf-8")
    copy = re.search(r"```\{math\}\n:label: eq-jacobian\n.*?```", text, re.DOTALL)[0]
    page.write_text(f"{text}\n{copy}\n", encoding="utf-8")
    _, (problem,) = check_book(book_copy)
    assert re.search(
        r"04-jacobian.md:\d+: eq-jacobian is the label of the formula at chapters/04-jacobian.md:\d+", problem
    )


def test_a_proved_formula_that_no_page_displays_is_an_error(book_copy):
    page = book_copy / "chapters" / "04-jacobian.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(":label: eq-jacobian\n", ":label: eq-quotient\n"), encoding="utf-8")
    _, problems = check_book(book_copy)
    assert any(problem.startswith("eq-jacobian is displayed nowhere") for problem in problems)


def test_the_spacing_of_a_claim_in_prose_raises_no_alarm(book_copy):
    page = book_copy / "chapters" / "05-cross-entropy.md"
    text = page.read_text(encoding="utf-8")
    for old, new in [(r"{math}`s'(p) = -c/p`", r"{math}`s'(p) = -c\,/ p`"), (r"`\log p_i = a_i", r"`\log p_i =\; a_i")]:
        assert text.count(old) == 1
        text = text.replace(old, new)
    page.write_text(text, encoding="utf-8")
    assert check_book(book_copy)[1] == []


@pytest.mark.usefixtures("displays_alone")
def test_storing_readings_of_a_book_that_cannot_be_read_changes_nothing(book_copy, monkeypatch, capsys):
    stored = check.READINGS.read_text(encoding="utf-8")
    monkeypatch.setattr(check, "READINGS", book_copy / "readings.txt")
    monkeypatch.chdir(book_copy)
    assert main(["--write"]) == 0
    assert check.READINGS.read_text(encoding="utf-8") == stored
    (book_copy / "index.md").write_text("$$x = 1$$", encoding="utf-8")
    assert main(["--write"]) == 1
    assert "index.md:1: a displayed formula without a label" in capsys.readouterr().out
    assert check.READINGS.read_text(encoding="utf-8") == stored
