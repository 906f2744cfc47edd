"""`make check`: a page displays what was proved or tested, and an edit of either side is named with its place."""

import re
from pathlib import Path

import pytest

from checked_first import main
from softmaxlab.displays.check import READINGS, Binding, check_book, check_display, holder, stored_readings
from softmaxlab.displays.pages import Display, displays
from softmaxlab.displays.tokens import UnreadableError
from softmaxlab.proofs.catalogue import CATALOGUE

ROOT = Path(__file__).parents[2]
BY_LABEL = {display.label: display for display in displays(ROOT)}


def edit(book, page, old, new):
    path = book / page if page == "errata.md" else book / "chapters" / page
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_display_of_the_book_is_held():
    bindings, problems = check_book(ROOT)
    assert problems == []
    assert {binding.label for binding in bindings} == set(BY_LABEL)


def test_wherever_a_whole_display_is_proved_it_is_the_proved_statement():
    bindings, _ = check_book(ROOT)
    held = {binding.label: binding for binding in bindings}
    for label, claim in CATALOGUE.items():
        whole = hasattr(claim, "lines") and not claim.part
        assert held[label].held == ("proof" if whole else "reading"), label
        assert held[label].part == getattr(claim, "part", "")


def test_a_lost_sign_is_named_with_file_line_and_both_forms(book_copy):
    edit(book_copy, "06-p-minus-y.md", r"\frac{\partial L}{\partial p_i} = -\frac{y_i}{p_i}",
         r"\frac{\partial L}{\partial p_i} = +\frac{y_i}{p_i}")  # fmt: skip
    _, (problem,) = check_book(book_copy)
    line = BY_LABEL["eq-loss-by-p"].line
    assert problem.splitlines() == [
        f"chapters/06-p-minus-y.md:{line}: eq-loss-by-p says + where the proof says −",
        "    the page:  ∂L/∂p_i = y_i / p_i",
        "    held:      ∂L/∂p_i = −y_i / p_i",
    ]


@pytest.mark.parametrize(
    ("page", "old", "new", "words"),
    [
        ("01-scores-to-probabilities.md", r"p_i = \frac{e^{a_i}}{\sum_{k=1}^{N} e^{a_k}}",
         r"p_i = \frac{e^{a_k}}{\sum_{k=1}^{N} e^{a_k}}", "eq-softmax says"),
        ("06-p-minus-y.md", r"= p_i - y_i \qquad \Bigl( \textstyle\sum_{j} y_j = 1 \Bigr)", "= p_i - y_i",
         "eq-p-minus-y does not say what the proof assumes"),
        ("10-how-sure.md", r"L_2 \;\ge\; \log", r"L_2 \;\le\; \log", "eq-softmax-twice-floor says"),
        ("errata.md", r"\frac{\partial L}{\partial p_j}\, \frac{\partial p_j}{\partial a_i}",
         r"\frac{\partial L}{\partial p_i}\, \frac{\partial p_i}{\partial a_i}", "eq-errata-chain says"),
        ("06-p-minus-y.md", r"{math}`p_i g_i = -y_i`", r"{math}`p_i g_i = y_i`", "has no stored reading"),
        ("04-jacobian.md", r"J = \operatorname{diag}(p) - p\, p^{\top}", r"J = \operatorname{diag}(p) \oplus p",
         r"can't be read: the command \oplus is not known"),
        ("04-jacobian.md", r":label: eq-jacobian-matrix", r":label: eq-jacobian-table", "has no meaning yet"),
    ],
)  # fmt: skip
def test_an_edit_of_a_page_is_an_error(book_copy, page, old, new, words):
    edit(book_copy, page, old, new)
    _, problems = check_book(book_copy)
    assert any(words in problem for problem in problems), problems
    assert any(re.match(rf"(chapters/)?{page}:\d+: ", problem) for problem in problems)


def test_a_true_statement_that_is_another_claim_is_refused(book_copy):
    edit(
        book_copy, "05-cross-entropy.md", r"H(y) = -\sum_{i=1}^{N} y_i \log y_i", r"-\sum_{i=1}^{N} y_i \log y_i = H(y)"
    )
    _, (problem,) = check_book(book_copy)
    assert "eq-entropy says" in problem


@pytest.mark.parametrize(
    "body", ["```{math}\nx = 1\n```", "```{math}\n:label: eq-x\n:nowrap:\nx = 1\n```", "$$x = 1$$"]
)
def test_a_display_that_could_be_skipped_is_an_error(book_copy, body):
    page = book_copy / "chapters" / "04-jacobian.md"
    page.write_text(page.read_text(encoding="utf-8") + f"\n{body}\n", encoding="utf-8")
    with pytest.raises(UnreadableError, match=r"04-jacobian.md:\d+: a displayed formula"):
        displays(book_copy)


def test_code_that_shows_a_directive_displays_nothing(tmp_path):
    (tmp_path / "index.md").write_text("````\n```{math}\nx = 1\n```\n````\n\n`$$`\n", encoding="utf-8")
    assert displays(tmp_path) == []


def test_a_stored_reading_that_no_page_displays_is_an_error(book_copy):
    edit(book_copy, "05-cross-entropy.md", r"{math}`\log p_i = a_i - \operatorname{LSE}(a)`", "nothing")
    _, (problem,) = check_book(book_copy)
    assert "which no page displays" in problem


def test_readings_are_stored_for_what_no_proof_holds_and_for_nothing_else():
    assert set(stored_readings()) == {label for label in BY_LABEL if holder(label)[0] == "reading"}
    assert READINGS.read_text(encoding="utf-8").startswith("#")


@pytest.mark.parametrize(
    ("label", "old", "new"),
    [
        ("eq-jacobian", r"p_i\, (\delta_{ij} - p_j)", r"(\delta_{ij} - p_j) p_i"),
        ("eq-sum-one", r"\sum_{i=1}^{N} p_i", r"\sum_{k=1}^{N} p_k"),
        ("eq-loss-by-p", r"-\frac{y_i}{p_i}", r"-y_i / p_i"),
        ("eq-jvp", r"\Bigl( v_i - \sum_{k=1}^{N} p_k v_k \Bigr)", r"\left( v_i - \sum_{k} v_k\, p_k \right)"),
        ("eq-entropy", r"y_i \log y_i", r"\log y_i \cdot y_i"),
    ],
)
def test_an_edit_that_changes_nothing_raises_no_alarm(label, old, new):
    display = BY_LABEL[label]
    assert display.tex.count(old) == 1
    edited = Display(label, display.file, display.line, display.tex.replace(old, new))
    assert isinstance(check_display(edited, stored_readings()), Binding)


@pytest.mark.usefixtures("displays_alone")
def test_the_command_names_the_fault_and_fails(book_copy, monkeypatch, capsys):
    edit(
        book_copy, "04-jacobian.md", r"= p_i\, (\delta_{ij} - p_j)" + "\n```", r"= p_i\, (\delta_{ij} - p_i)" + "\n```"
    )
    monkeypatch.chdir(book_copy)
    assert main([]) == 1
    told = capsys.readouterr().out
    assert re.search(r"chapters/04-jacobian.md:\d+: eq-jacobian says p_i where the proof says p_j", told)
    assert " 1 must be mended" in told
