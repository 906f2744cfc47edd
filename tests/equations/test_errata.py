"""The chapter of errata: misprints are refuted, corrections proved, and every run and number of it holds."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from softmaxlab import cross_entropy, cross_entropy_grad, log_softmax, logsumexp, softmax, softmax_jacobian
from softmaxlab.detectors import BATCH, KINDS, LABELS, SOFT, numerical_gradient
from softmaxlab.figures_errata import judged, matrix_html, show_matrix, verdict
from softmaxlab.misprints import CORRECTED, PRINTED
from softmaxlab.mutants import (
    MUTANTS,
    SOUND,
    grad_any_shape,
    grad_from_the_end,
    grad_half_divided,
    grad_not_the_first,
    grad_of_the_sum,
    grad_whole_batch,
    loss_any_shape,
    loss_from_the_end,
    loss_in_bits,
    loss_whole_batch,
    softmax_base_two,
)
from softmaxlab.mutation import CAUGHT, MISSED, UNUSED, outcome, outcomes, smallest_suites
from softmaxlab.proofs import IllTyped, Refuted
from softmaxlab.rungs import loss_from_probability, softmax_without_axis

CHAPTER = (Path(__file__).parents[2] / "chapters" / "14-errata.md").read_text(encoding="utf-8")
SQUARE = np.array([[2.0, 1, 0], [0, 3, 1], [1, 0, 4]])  # as many examples as classes, as in the chapter
CLOSE = 1e-13  # a few roundings of numbers near 1
NUDGED = 1e-8  # error of a central difference with step 1e-5: step² ~ 1e-10, rounding / step ~ 1e-11


# The misprints


@pytest.mark.parametrize("name", sorted(PRINTED))
def test_every_misprint_is_refused(name):
    with pytest.raises((Refuted, IllTyped)):
        PRINTED[name].prove()


@pytest.mark.parametrize("name", sorted(CORRECTED))
def test_every_correction_is_proved_for_all_n(name):
    assert CORRECTED[name].prove().badge == "proved for all N"


def test_every_misprint_has_a_correction():
    assert PRINTED.keys() <= CORRECTED.keys()


@pytest.mark.equation("eq-errata-k-not-1")
def test_k_not_1_for_k_not_i_is_refuted(certify):
    with pytest.raises(Refuted) as refusal:
        PRINTED["k-not-1"].prove()
    certify.refused(refusal.value)


@pytest.mark.equation("eq-errata-chain")
def test_chain_rule_without_its_sum_means_nothing(certify):
    with pytest.raises(IllTyped) as refusal:
        PRINTED["chain"].prove()
    certify.refused(refusal.value)


@pytest.mark.equation("eq-errata-two-jobs")
def test_an_index_free_on_the_left_and_bound_on_the_right_means_nothing(certify):
    with pytest.raises(IllTyped) as refusal:
        PRINTED["two-jobs"].prove()
    certify.refused(refusal.value)


@pytest.mark.equation("eq-errata-one-path")
def test_one_path_in_place_of_all_is_refuted(certify):
    with pytest.raises(Refuted) as refusal:
        PRINTED["one-path"].prove()
    certify.refused(refusal.value)


@pytest.mark.equation("eq-errata-vanishing")
def test_the_line_that_is_always_zero_is_refuted_as_the_gradient(certify):
    with pytest.raises(Refuted) as refusal:
        PRINTED["vanishing"].prove()
    certify.refused(refusal.value)


@pytest.mark.equation("eq-errata-copies")
def test_a_sum_of_n_copies_is_not_one(certify):
    with pytest.raises(Refuted) as refusal:
        PRINTED["copies"].prove()
    certify.refused(refusal.value)


@pytest.mark.equation("eq-errata-by-exponential")
def test_the_slope_with_respect_to_an_exponential_is_not_that_exponential(certify):
    with pytest.raises(Refuted) as refusal:
        PRINTED["by-exponential"].prove()
    certify.refused(refusal.value)


@pytest.mark.equation("eq-errata-any-total")
def test_the_gradient_for_targets_of_any_total_is_proved(certify):
    certify.proved(CORRECTED["any-total"].prove())
    with pytest.raises(Refuted):
        PRINTED["any-total"].prove()


def test_the_true_slope_of_the_mirrored_sigmoid_is_minus_s_times_one_minus_s():
    x = sp.Symbol("s", real=True)
    mirrored = 1 / (1 + sp.exp(x))
    assert sp.simplify(mirrored.diff(x) + mirrored * (1 - mirrored)) == 0
    assert sp.simplify(-sp.exp(x) * mirrored**2 + mirrored * (1 - mirrored)) == 0  # the form that is proved


def exact_gradient(p, y):
    """Gradient p Σy − y in fractions."""
    return [share * sum(y) - target for share, target in zip(p, y, strict=True)]


def test_k_not_1_gives_minus_two_thirds_where_minus_one_third_is_true():
    p, y = [sp.Rational(2, 3), sp.Rational(1, 3)], [3, 2]
    printed = p[1] * (y[1] + y[1]) - y[1]  # i = 2: the sum over k ≠ 1 is y_2 alone
    assert (printed, exact_gradient(p, y)[1]) == (-sp.Rational(2, 3), -sp.Rational(1, 3))


def test_one_path_gives_minus_five_ninths_where_one_third_is_true():
    p, y = [sp.Rational(2, 3), sp.Rational(1, 3)], [sp.Rational(1, 3), sp.Rational(2, 3)]
    printed = -sum(b / q for q, b in zip(p, y, strict=True)) * p[0] * (1 - p[0])
    assert (printed, exact_gradient(p, y)[0]) == (-sp.Rational(5, 9), sp.Rational(1, 3))


@pytest.mark.parametrize("label", range(3))
def test_one_path_is_right_at_the_label_and_has_the_wrong_sign_elsewhere(label):
    probs = softmax([0.3, -1.2, 0.8])
    printed = -(1 / probs[label]) * probs * (1 - probs)
    true = cross_entropy_grad([0.3, -1.2, 0.8], label)
    assert printed[label] == pytest.approx(true[label], rel=CLOSE)
    others = np.arange(3) != label
    assert np.all(printed[others] < 0)
    assert np.all(true[others] > 0)


def test_k_not_1_leaves_the_wrong_classes_without_gradient_when_the_first_is_true():
    np.testing.assert_array_equal(grad_not_the_first([0.5, 1.0, -2.0], 0)[1:], 0)


# Code and numerics


@pytest.mark.parametrize("labels", [[0, 1, 2], [2, 2, 1], [0, 0, 0]])
@pytest.mark.equation("eq-errata-batch-loss")
def test_whole_batch_loss_is_off_by_the_same_amount_for_all_labels(certify, labels):
    gap = loss_whole_batch(SQUARE, labels) - cross_entropy(SQUARE, labels)
    certify.close(gap, logsumexp(SQUARE.ravel()) - logsumexp(SQUARE).mean(), rtol=CLOSE)
    assert gap > 1  # log m or more: the batch has a larger sum than any row


@pytest.mark.equation("eq-errata-batch-loss")
@pytest.mark.equation("eq-errata-batch-grad")
@pytest.mark.parametrize(("m", "n"), [(1, 2), (2, 2), (2, 3), (3, 2)])
def test_whole_batch_loss_and_its_gradient_hold_exactly(certify, m, n):
    z = sp.Matrix(m, n, sp.symbols(f"z1:{m * n + 1}", real=True))
    labels = [row % n for row in range(m)]
    lse = lambda entries: sp.log(sum(sp.exp(entry) for entry in entries))  # noqa: E731
    whole = sum(lse(z) - z[row, label] for row, label in enumerate(labels)) / m
    right = sum(lse(z.row(row)) - z[row, label] for row, label in enumerate(labels)) / m
    assert sp.expand(whole - right - (lse(z) - sum(lse(z.row(row)) for row in range(m)) / m)) == 0
    total = sum(sp.exp(entry) for entry in z)
    for row, column in np.ndindex(m, n):
        target = sp.Rational(int(labels[row] == column), m)
        assert sp.simplify(whole.diff(z[row, column]) - (sp.exp(z[row, column]) / total - target)) == 0
    certify.exactly(n)


@pytest.mark.equation("eq-errata-batch-grad")
def test_whole_batch_loss_obeys_p_minus_y_over_m_and_not_the_coded_gradient(certify):
    slopes = numerical_gradient(lambda z: loss_whole_batch(z, LABELS), BATCH)
    one_hot = np.eye(4)[LABELS]
    certify.close(slopes, softmax_without_axis(BATCH) - one_hot / 3, rtol=0, atol=NUDGED)
    assert np.abs(slopes - grad_whole_batch(BATCH, LABELS)).max() > 0.1


def test_a_row_far_below_another_has_an_infinite_loss_in_the_whole_batch():
    with np.errstate(divide="ignore"):
        assert loss_whole_batch([[800.0, 0], [0, 0]], [0, 0]) == math.inf


def test_one_hot_integers_are_read_as_indices():
    one_hot = np.eye(3, dtype=int)[[0, 1, 2]]
    picked = np.log(softmax(SQUARE))[np.arange(3), one_hot]  # column 1 on the diagonal, column 0 elsewhere
    assert loss_any_shape(SQUARE, one_hot) == pytest.approx(-picked.sum() / 3, rel=CLOSE)
    assert loss_any_shape(SQUARE, one_hot) > 5 * cross_entropy(SQUARE, [0, 1, 2])


def test_one_hot_integers_raise_an_index_error_when_the_shapes_do_not_fit():
    with pytest.raises(IndexError):
        loss_any_shape(BATCH, np.eye(4, dtype=int)[LABELS])


def test_a_column_of_labels_adds_up_every_row_at_every_label():
    column = np.array([[0], [1], [2]])
    assert loss_any_shape(SQUARE, column) == pytest.approx(-log_softmax(SQUARE).sum() / 3, rel=CLOSE)


def test_with_a_column_of_labels_a_better_model_has_a_larger_loss():
    column, labels = np.array([[0], [1], [2]]), [0, 1, 2]
    right = [cross_entropy(sure * SQUARE, labels) for sure in (1, 3, 9)]
    wrong = [loss_any_shape(sure * SQUARE, column) for sure in (1, 3, 9)]
    assert right == sorted(right, reverse=True)
    assert wrong == sorted(wrong)


def test_with_a_column_of_three_labels_the_rows_of_the_gradient_sum_to_minus_two():
    sums = 3 * grad_any_shape(SQUARE, np.array([[0], [1], [2]])).sum(axis=-1)
    np.testing.assert_allclose(sums, -2, rtol=CLOSE)


def test_label_minus_one_is_the_last_class():
    assert loss_from_the_end(SQUARE, [0, 1, -1]) == cross_entropy(SQUARE, [0, 1, 2])
    np.testing.assert_array_equal(grad_from_the_end(SQUARE, [0, 1, -1]), cross_entropy_grad(SQUARE, [0, 1, 2]))
    with pytest.raises(ValueError, match="negative labels do not count from the end"):
        cross_entropy(SQUARE, [0, 1, -1])


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_log_of_a_stable_softmax_is_still_infinite():
    assert loss_from_probability([0, -800, 0], 1) == math.inf
    assert cross_entropy([0, -800, 0], 1) == 800 + math.log(2)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_zero_times_the_logarithm_of_zero_is_nan_as_typed_and_zero_here():
    assert np.isnan(0 * np.log(0))
    assert cross_entropy([0, -800], [1.0, 0.0]) == 0
    assert cross_entropy([0, -math.inf], [1.0, 0.0]) == 0


@pytest.mark.parametrize("logits", [[-math.inf, -math.inf], [math.inf, 0]])
def test_rows_of_infinities_without_a_meaning_are_nan(logits):
    assert np.isnan(softmax(logits)).all()


def test_indexing_a_batch_by_labels_picks_rows():
    assert softmax(SQUARE)[np.array([0, 1])].shape == (2, 3)


@pytest.mark.parametrize("m", [1, 2, 10])
def test_without_one_over_m_the_gradient_grows_with_the_batch(m):
    batch, labels = np.tile(BATCH[:1], (m, 1)), np.zeros(m, dtype=int)
    ratio = grad_of_the_sum(batch, labels) / cross_entropy_grad(batch, labels)
    np.testing.assert_allclose(ratio, m, rtol=CLOSE)


def test_p_minus_y_over_m_is_the_gradient_of_the_mean():
    slopes = numerical_gradient(lambda z: cross_entropy(z, LABELS), BATCH)
    np.testing.assert_allclose(slopes, (softmax(BATCH) - np.eye(4)[LABELS]) / 3, atol=NUDGED)


# Words


def test_sharpened_softmax_points_at_the_largest_and_sharpened_log_sum_exp_is_the_largest():
    sharp = 100 * np.array([1, 2, 3])
    np.testing.assert_allclose(softmax(sharp), [0, 0, 1], atol=1e-40)  # e^-100 ~ 4e-44
    assert logsumexp(sharp) / 100 == pytest.approx(3, rel=1e-15)


def test_cross_entropy_is_neither_symmetric_nor_zero_from_a_distribution_to_itself():
    fair, biased = softmax([0, 0]), softmax([2, 0])
    assert cross_entropy([2, 0], fair) > cross_entropy([0, 0], biased) + 0.4
    entropy = -np.sum(biased * np.log(biased))
    assert cross_entropy([2, 0], biased) == pytest.approx(entropy, rel=CLOSE)
    assert entropy > 0.3


def test_a_logarithm_to_base_two_makes_loss_and_gradient_larger_by_one_over_log_two():
    assert loss_in_bits(BATCH, LABELS) / cross_entropy(BATCH, LABELS) == pytest.approx(1 / math.log(2))
    slopes = numerical_gradient(lambda z: loss_in_bits(z, LABELS), BATCH)
    np.testing.assert_allclose(slopes, cross_entropy_grad(BATCH, LABELS) / math.log(2), atol=NUDGED)


def test_squared_error_gives_no_gradient_to_a_model_that_is_certain_and_wrong():
    def squared(logits):
        return np.sum((softmax(logits) - [0, 1]) ** 2) / 2

    assert np.abs(numerical_gradient(squared, [20.0, 0.0])).max() < 1e-8
    assert np.abs(cross_entropy_grad([20.0, 0.0], 1)).max() > 0.99


# The table of faults and tests

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
    monkeypatch.setattr("softmaxlab.figures_errata.display", lambda data, raw: displayed.append(data))
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
    _, word, evidence, _ = judged(PRINTED["two-jobs"])
    assert word == "Means nothing:"
    assert evidence.startswith("<em>i</em> is free")


# The page


def test_every_erratum_has_a_number_to_link_to_in_order():
    anchors = re.findall(r"^\(erratum-(\d+)\)=$|^\[\*\*\d+\*\*\]\{#erratum-(\d+)\}", CHAPTER, re.M)
    assert [int(a or b) for a, b in anchors] == list(range(1, 44))


def test_titles_carry_the_number_of_their_link():
    titles = re.findall(r"^\(erratum-(\d+)\)=\n### (\d+) · |^\[\*\*(\d+)\*\*\]\{#erratum-(\d+)\} · \*\*", CHAPTER, re.M)
    assert len(titles) == 43
    assert all(a + d == b + c for a, b, c, d in titles)


def test_counts_in_words_are_those_of_the_table():
    assert len(MUTANTS) == 20
    assert "twenty copies" in CHAPTER
    assert "catch all twenty" in CHAPTER
    assert len(KINDS) == 14
    assert "fourteen kinds" in CHAPTER
