"""The chapter of errata: misprints are refuted, corrections proved, and every run and number of its text holds."""

import math

import numpy as np
import pytest
import sympy as sp

from softmaxlab import cross_entropy, cross_entropy_grad, log_softmax, logsumexp, softmax
from softmaxlab.lessons.mutation.checks import BATCH, LABELS, numerical_gradient
from softmaxlab.pitfalls.mutants import (
    grad_any_shape,
    grad_from_the_end,
    grad_not_the_first,
    grad_of_the_sum,
    grad_whole_batch,
    loss_any_shape,
    loss_from_the_end,
    loss_in_bits,
    loss_whole_batch,
)
from softmaxlab.pitfalls.naive import loss_from_probability, softmax_without_axis
from softmaxlab.proofs import IllTyped, Refuted
from softmaxlab.proofs.catalogue.misprints import CORRECTED, PRINTED
from support.equations.formulas import lse_exact

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
    assert CORRECTED[name].prove().badge == ("proved" if name == "sigmoid" else "proved for all N")  # no N in a sigmoid


def test_every_misprint_has_a_correction():
    assert PRINTED.keys() <= CORRECTED.keys()


@pytest.mark.equation("eq-errata-k-not-1")
def test_k_not_1_for_k_not_i_is_refuted(check):
    with pytest.raises(Refuted) as refusal:
        PRINTED["k-not-1"].prove()
    check.refused(refusal.value)


@pytest.mark.equation("eq-errata-chain")
def test_chain_rule_without_its_sum_means_nothing(check):
    with pytest.raises(IllTyped) as refusal:
        PRINTED["chain"].prove()
    check.refused(refusal.value)


@pytest.mark.equation("eq-errata-two-jobs")
def test_an_index_free_on_the_left_and_bound_on_the_right_means_nothing(check):
    with pytest.raises(IllTyped) as refusal:
        PRINTED["two-jobs"].prove()
    check.refused(refusal.value)


@pytest.mark.equation("eq-errata-one-path")
def test_one_path_in_place_of_all_is_refuted(check):
    with pytest.raises(Refuted) as refusal:
        PRINTED["one-path"].prove()
    check.refused(refusal.value)


@pytest.mark.equation("eq-errata-vanishing")
def test_the_line_that_is_always_zero_is_refuted_as_the_gradient(check):
    with pytest.raises(Refuted) as refusal:
        PRINTED["vanishing"].prove()
    check.refused(refusal.value)


@pytest.mark.equation("eq-errata-copies")
def test_a_sum_of_n_copies_is_not_one(check):
    with pytest.raises(Refuted) as refusal:
        PRINTED["copies"].prove()
    check.refused(refusal.value)


@pytest.mark.equation("eq-errata-by-exponential")
def test_the_slope_with_respect_to_an_exponential_is_not_that_exponential(check):
    with pytest.raises(Refuted) as refusal:
        PRINTED["by-exponential"].prove()
    check.refused(refusal.value)


@pytest.mark.equation("eq-errata-any-total")
def test_the_gradient_for_targets_of_any_total_is_proved(check):
    check.proved(CORRECTED["any-total"].prove())
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
def test_whole_batch_loss_is_off_by_the_same_amount_for_all_labels(check, labels):
    gap = loss_whole_batch(SQUARE, labels) - cross_entropy(SQUARE, labels)
    check.close(gap, logsumexp(SQUARE.ravel()) - logsumexp(SQUARE).mean(), rtol=CLOSE)
    assert gap > 1  # log m or more: the batch has a larger sum than any row


@pytest.mark.equation("eq-errata-batch-loss")
@pytest.mark.equation("eq-errata-batch-grad")
@pytest.mark.parametrize(("m", "n"), [(1, 2), (2, 2), (2, 3), (3, 2)])
def test_whole_batch_loss_and_its_gradient_hold_exactly(check, m, n):
    z = sp.Matrix(m, n, sp.symbols(f"z1:{m * n + 1}", real=True))
    labels = [row % n for row in range(m)]
    whole = sum(lse_exact(z) - z[row, label] for row, label in enumerate(labels)) / m
    right = sum(lse_exact(z.row(row)) - z[row, label] for row, label in enumerate(labels)) / m
    assert sp.expand(whole - right - (lse_exact(z) - sum(lse_exact(z.row(row)) for row in range(m)) / m)) == 0
    total = sum(sp.exp(entry) for entry in z)
    for row, column in np.ndindex(m, n):
        target = sp.Rational(int(labels[row] == column), m)
        assert sp.simplify(whole.diff(z[row, column]) - (sp.exp(z[row, column]) / total - target)) == 0
    check.exactly(n, because="batches of 1 to 3 rows")


@pytest.mark.equation("eq-errata-batch-grad")
def test_whole_batch_loss_obeys_p_minus_y_over_m_and_not_the_coded_gradient(check):
    slopes = numerical_gradient(lambda z: loss_whole_batch(z, LABELS), BATCH)
    one_hot = np.eye(4)[LABELS]
    check.close(slopes, softmax_without_axis(BATCH) - one_hot / 3, rtol=0, atol=NUDGED)
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
