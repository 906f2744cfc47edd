"""The table of the chapter of errata, faults against kinds of tests: what it says holds, and is what is shown."""

import math
import re
from pathlib import Path

import numpy as np
import pytest

from softmaxlab import cross_entropy_grad, softmax, softmax_jacobian
from softmaxlab.book.errata import REMARKS
from softmaxlab.book.errata_tables import matrix_html, prover_verdict, show_matrix, verdict
from softmaxlab.lessons.mutation.checks import BATCH, KINDS, LABELS, SOFT
from softmaxlab.lessons.mutation.run import CAUGHT, MISSED, UNUSED, outcome, outcomes, smallest_suites
from softmaxlab.pitfalls.mutants import MUTANTS, SOUND, grad_half_divided, softmax_base_two
from softmaxlab.proofs.catalogue.misprints import PRINTED

CHAPTER = (Path(__file__).parents[2] / "errata.md").read_text(encoding="utf-8")
SQUARE = np.array([[2.0, 1, 0], [0, 3, 1], [1, 0, 4]])  # as many examples as classes, as in the chapter
CLOSE = 1e-13  # a few roundings of numbers near 1


TABLE = outcomes()
ROWS, COLUMNS = list(MUTANTS), list(KINDS)


def cell(fault, kind):
    return TABLE[ROWS.index(fault), COLUMNS.index(kind)]


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_no_kind_of_test_gives_a_false_alarm(kind):
    assert kind(SOUND)


@pytest.mark.parametrize("fault", MUTANTS)
def test_every_fault_is_caught_by_at_least_one_kind(fault):
    assert CAUGHT in TABLE[ROWS.index(fault)]


def test_every_kind_but_the_first_catches_something():
    counts = dict(zip(COLUMNS, (TABLE == CAUGHT).sum(axis=0), strict=True))
    assert [name for name, count in counts.items() if count == 0] == ["it runs"]


def test_the_sum_cannot_catch_the_misplaced_parenthesis():
    assert cell("misplaced parenthesis", "sums to 1") == MISSED
    assert cell("misplaced parenthesis", "shift") == CAUGHT
    assert cell("misplaced parenthesis", "signs") == CAUGHT


def test_the_oracle_catches_the_most():
    counts = (TABLE == CAUGHT).sum(axis=0)
    assert COLUMNS[counts.argmax()] == "oracle"
    assert np.sum(counts == counts.max()) == 1


def test_falling_loss_catches_nothing_but_the_wrong_sign():
    assert [row for row in ROWS if cell(row, "training") == CAUGHT] == ["y − p"]


def test_one_row_cannot_catch_a_missing_division_by_the_number_of_rows():
    assert cell("no 1/m", "one row by hand") == MISSED
    assert cell("no 1/m", "oracle") == CAUGHT


def test_only_refused_labels_catch_labels_that_should_be_refused():
    for fault in ("label −1 allowed", "labels of any shape"):
        assert [c for c in COLUMNS if cell(fault, c) == CAUGHT] == ["bad labels"]


def test_only_huge_logits_catch_what_is_wrong_for_huge_logits():
    for fault in ("no shift", "one maximum for all", "log of softmax", "log(p + tiny)"):
        assert [c for c in COLUMNS if cell(fault, c) == CAUGHT] == ["huge logits"]


def test_a_test_that_never_calls_the_faulty_function_is_marked_so():
    assert cell("no 1/m", "sums to 1") == UNUSED
    assert cell("no shift", "bad labels") == UNUSED


def test_an_error_counts_as_caught():
    def broken(_):
        raise ZeroDivisionError

    assert outcome(KINDS["it runs"], SOUND._replace(softmax=broken)) == CAUGHT


def test_the_sound_toolbox_leaves_the_table_blank():
    assert set(outcomes({"sound": SOUND}).ravel()) == {UNUSED}


def test_every_fault_changes_what_its_toolbox_replaces():
    huge = np.array([[1000.0, 0, -800], [0, 1, 2], [5, 5, 5]])
    of_logits = [(BATCH,), (huge,)]
    of_both = [(BATCH, LABELS), (BATCH, 2 * SOFT), (huge, [0, 1, 2]), (huge, [2, 1, 2])]
    of_both += [(SQUARE, np.array([0, 1, -1])), (SQUARE, np.eye(3, dtype=int))]
    for name, box in MUTANTS.items():
        for own, sound in zip(box, SOUND, strict=True):
            inputs = of_logits if sound in (softmax, softmax_jacobian) else of_both
            assert own is sound or not all(same(own, sound, given) for given in inputs), name


def same(one, other, given):
    def result(function):
        with np.errstate(all="ignore"):
            try:
                return np.asarray(function(*given))
            except ValueError:
                return None

    left, right = result(one), result(other)
    if left is None or right is None:
        return left is right
    return left.shape == right.shape and np.allclose(left, right, rtol=CLOSE, equal_nan=True)


def test_base_two_is_a_temperature_and_so_passes_every_symmetry():
    np.testing.assert_allclose(softmax_base_two(BATCH), softmax(BATCH / (1 / math.log(2))), rtol=CLOSE)
    for kind in ("sums to 1", "signs", "shift", "reorder", "huge logits"):
        assert cell("base 2 for e", kind) == MISSED


def test_p_minus_y_over_m_divides_one_term_only():
    difference = grad_half_divided(BATCH, LABELS) - cross_entropy_grad(BATCH, LABELS)
    np.testing.assert_allclose(difference, softmax(BATCH) * 2 / 3, rtol=1e-12)  # P − P/3, after cancellation


def test_smallest_suites_catch_everything_and_no_smaller_set_does():
    suites = smallest_suites(TABLE)
    caught = TABLE == CAUGHT
    assert all(caught[:, list(suite)].any(axis=1).all() for suite in suites)
    assert all(
        not caught[:, [c for c in suite if c != left_out]].any(axis=1).all() for suite in suites for left_out in suite
    )


def test_a_fault_that_nothing_catches_has_no_suite():
    assert smallest_suites(np.array([[MISSED, UNUSED]])) == []


# What is shown


def shown(monkeypatch, show, *args):
    """The two forms, HTML and plain text, that a function displays."""
    displayed = []
    monkeypatch.setattr("softmaxlab.book.errata_tables.display", lambda data, raw: displayed.append(data))
    show(*args)
    (data,) = displayed
    return data["text/html"], data["text/plain"]


def test_every_cell_of_the_table_says_its_outcome_in_a_word(monkeypatch):
    html, _ = shown(monkeypatch, show_matrix, TABLE, ROWS, COLUMNS)
    words = re.findall(r'<td>.*?<span class="heard">([^<]+)</span></td>', html)
    assert words == list(TABLE.ravel())


def test_the_table_names_rows_and_columns_and_counts_what_each_column_caught(monkeypatch):
    html, plain = shown(monkeypatch, show_matrix, TABLE, ROWS, COLUMNS)
    assert re.findall(r'scope="row">([^<]+)<', html) == [*ROWS, f"caught, of {len(ROWS)}"]
    assert re.findall(r'scope="col"><span>([^<]+)<', html) == COLUMNS
    assert re.findall(r"<td>(\d+)</td>", html) == [str(n) for n in (TABLE == CAUGHT).sum(axis=0)]
    assert "y − p: signs, one row by hand, oracle, nudges, training" in plain


def test_rows_link_to_their_story_and_names_are_escaped():
    html = matrix_html(np.array([[CAUGHT]]), ["<a> & b"], ["c"], {"<a> & b": "erratum-1"}, "fault")
    assert '<a href="#erratum-1">&lt;a&gt; &amp; b</a>' in html


def test_verdict_shows_a_counterexample_to_redo_by_hand_and_the_proof_of_the_correction(monkeypatch):
    html, plain = shown(monkeypatch, verdict, "k-not-1")
    for piece in ("i = 2", r"y = (3,\ 2)", r"a = (\log 2,\ 0)", r"p = (2/3,\ 1/3)", "-1/3", "-2/3"):
        assert piece in html
    assert html.index("Refuted.") < html.index("Proved for all N.")
    assert "_" in plain
    assert "Refuted" in plain


def test_verdict_can_show_one_more_claim(monkeypatch):
    html, _ = shown(monkeypatch, verdict, "any-total", "p-minus-y")
    assert html.count("Proved for all N.") == 2
    assert ", given " in html


def test_a_formula_without_meaning_is_said_to_mean_nothing():
    _, word, evidence, _ = prover_verdict(PRINTED["two-jobs"])
    assert word == "Means nothing:"
    assert evidence.startswith("<em>i</em> is free")


# The page


def test_every_erratum_has_a_number_to_link_to_in_order():
    anchors = re.findall(r"^\(erratum-(\d+)\)=$|^\[\*\*\d+\*\*\]\{#erratum-(\d+)\}", CHAPTER, re.M)
    assert [int(a or b) for a, b in anchors] == list(REMARKS)


def test_titles_carry_the_number_of_their_link():
    titles = re.findall(r"^\(erratum-(\d+)\)=\n### (\d+) · |^\[\*\*(\d+)\*\*\]\{#erratum-(\d+)\} · \*\*", CHAPTER, re.M)
    assert len(titles) == len(REMARKS)
    assert all(a + d == b + c for a, b, c, d in titles)


def test_counts_in_words_are_those_of_the_table():
    assert len(MUTANTS) == 20
    assert "twenty copies" in CHAPTER
    assert "catch all twenty" in CHAPTER
    assert len(KINDS) == 14
    assert "fourteen kinds" in CHAPTER
