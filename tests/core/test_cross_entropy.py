"""Cross-entropy and its gradient: formulas, reductions, weights, smoothing, ignored rows, special rows."""

import numpy as np
import pytest

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    cross_entropy_with_grad,
    log_softmax,
    logsumexp,
    softmax,
)

INF, NAN = np.inf, np.nan
# Weights 1, 2, 5 of 8 in the first row and 1, 1, 2 of 4 in the second: expected values are logs of fractions.
LOGITS = np.log([[1.0, 2.0, 5.0], [1.0, 1.0, 2.0]])
PROBS = np.array([[1 / 8, 2 / 8, 5 / 8], [1 / 4, 1 / 4, 2 / 4]])
SURPRISES = -np.log(PROBS)
LABELS = np.array([1, 2])
SOFT = np.array([[0.5, 0.25, 0.25], [0.0, 1.0, 0.0]])
WEIGHT = np.array([1.0, 2.0, 6.0])
# log and exp round once each, then a few sums and products: a handful of units of 2.2e-16.
CLOSE = {"rtol": 2e-15, "atol": 1e-15}


def one_hot(labels, classes=3):
    return np.eye(classes)[labels]


# --- the formulas ---


def test_loss_of_a_class_index_is_minus_the_log_of_its_probability():
    losses = cross_entropy(LOGITS, LABELS, reduction="none")
    np.testing.assert_allclose(losses, [np.log(8 / 2), np.log(4 / 2)], **CLOSE)


def test_loss_of_a_class_index_is_logsumexp_minus_its_logit():
    losses = cross_entropy(LOGITS, LABELS, reduction="none")
    np.testing.assert_allclose(losses, logsumexp(LOGITS) - LOGITS[[0, 1], LABELS], **CLOSE)


def test_gradient_of_a_class_index_is_p_minus_one_hot():
    grad = cross_entropy_grad(LOGITS, LABELS, reduction="none")
    np.testing.assert_allclose(grad, PROBS - one_hot(LABELS), **CLOSE)


def test_loss_of_probabilities_is_their_average_surprise():
    losses = cross_entropy(LOGITS, SOFT, reduction="none")
    np.testing.assert_allclose(losses, np.sum(SOFT * SURPRISES, axis=1), **CLOSE)


def test_gradient_of_probabilities_is_p_minus_y():
    np.testing.assert_allclose(cross_entropy_grad(LOGITS, SOFT, reduction="none"), PROBS - SOFT, **CLOSE)


def test_one_hot_floats_agree_exactly_with_class_indices():
    for function in (cross_entropy, cross_entropy_grad):
        np.testing.assert_array_equal(function(LOGITS, one_hot(LABELS)), function(LOGITS, LABELS))


def test_targets_that_do_not_sum_to_one_scale_the_log_sum():
    targets = 3 * SOFT
    expected = 3 * logsumexp(LOGITS) - np.sum(targets * LOGITS, axis=1)
    np.testing.assert_allclose(cross_entropy(LOGITS, targets, reduction="none"), expected, **CLOSE)
    expected = PROBS * 3 - targets
    np.testing.assert_allclose(cross_entropy_grad(LOGITS, targets, reduction="none"), expected, **CLOSE)


def test_loss_is_finite_where_the_probability_underflows():
    # 800 + log 2; one rounding at the size of 800. The log of the softmax would give inf.
    np.testing.assert_allclose(cross_entropy([0.0, -800.0, 0.0], 1), 800 + np.log(2), rtol=2e-16)


@pytest.mark.parametrize("logits", [[800.0, 0.0], [3.0]])
def test_loss_at_a_certain_class_is_zero_without_a_sign(logits):
    for loss in (cross_entropy(logits, 0), cross_entropy_with_grad(logits, 0)[0]):
        assert loss == 0
        assert not np.signbit(loss)


def test_uniform_logits_cost_the_log_of_the_number_of_classes():
    assert cross_entropy(np.zeros(10), 3) == np.log(10)


# --- reductions ---


def test_sum_adds_the_rows_and_leaves_their_gradients():
    np.testing.assert_allclose(cross_entropy(LOGITS, LABELS, reduction="sum"), np.log(4) + np.log(2), **CLOSE)
    grad = cross_entropy_grad(LOGITS, LABELS, reduction="sum")
    np.testing.assert_allclose(grad, PROBS - one_hot(LABELS), **CLOSE)


@pytest.mark.parametrize("targets", [LABELS, SOFT])
def test_mean_divides_loss_and_gradient_by_the_number_of_rows(targets):
    total, grad = cross_entropy_with_grad(LOGITS, targets, reduction="sum")
    mean, mean_grad = cross_entropy_with_grad(LOGITS, targets)
    np.testing.assert_allclose(mean, total / 2, **CLOSE)
    np.testing.assert_allclose(mean_grad, grad / 2, **CLOSE)


def test_mean_is_the_default():
    assert cross_entropy(LOGITS, LABELS) == cross_entropy(LOGITS, LABELS, reduction="mean")


@pytest.mark.parametrize("targets", [LABELS, SOFT])
def test_gradient_of_none_is_that_of_the_sum(targets):
    np.testing.assert_array_equal(
        cross_entropy_grad(LOGITS, targets, reduction="none"),
        cross_entropy_grad(LOGITS, targets, reduction="sum"),
    )


def test_mean_over_positions_counts_every_row_of_every_axis():
    logits = np.random.default_rng(0).normal(size=(2, 3, 5))
    labels = np.random.default_rng(1).integers(3, size=(2, 5))
    losses = cross_entropy(logits, labels, axis=1, reduction="none")
    assert losses.shape == (2, 5)
    np.testing.assert_allclose(cross_entropy(logits, labels, axis=1), losses.sum() / 10, rtol=1e-15)


# --- weights, smoothing, ignored rows ---


def test_weight_scales_each_row_by_the_weight_of_its_label():
    losses, grad = cross_entropy_with_grad(LOGITS, LABELS, weight=WEIGHT, reduction="none")
    np.testing.assert_allclose(losses, [2 * np.log(4), 6 * np.log(2)], **CLOSE)
    np.testing.assert_allclose(grad, (PROBS - one_hot(LABELS)) * [[2], [6]], **CLOSE)


def test_weighted_mean_divides_by_the_weights_of_the_labels():
    loss, grad = cross_entropy_with_grad(LOGITS, LABELS, weight=WEIGHT)
    np.testing.assert_allclose(loss, (2 * np.log(4) + 6 * np.log(2)) / 8, **CLOSE)
    np.testing.assert_allclose(grad, (PROBS - one_hot(LABELS)) * [[2 / 8], [6 / 8]], **CLOSE)


def test_weight_with_probabilities_scales_each_class_and_the_mean_counts_rows():
    loss, grad = cross_entropy_with_grad(LOGITS, SOFT, weight=WEIGHT)
    masses = WEIGHT * SOFT
    np.testing.assert_allclose(loss, np.sum(masses * SURPRISES) / 2, **CLOSE)
    np.testing.assert_allclose(grad, (PROBS * masses.sum(1, keepdims=True) - masses) / 2, **CLOSE)


def test_smoothing_mixes_the_targets_with_the_uniform_distribution():
    smoothed = 0.75 * one_hot(LABELS) + 0.25 / 3
    loss, grad = cross_entropy_with_grad(LOGITS, LABELS, label_smoothing=0.25)
    np.testing.assert_allclose(loss, cross_entropy(LOGITS, smoothed), **CLOSE)
    np.testing.assert_allclose(grad, cross_entropy_grad(LOGITS, smoothed), **CLOSE)


def test_full_smoothing_forgets_the_label():
    np.testing.assert_allclose(cross_entropy_grad(LOGITS, LABELS, label_smoothing=1), (PROBS - 1 / 3) / 2, **CLOSE)


def test_smoothed_weighted_labels_follow_pytorch_formula():
    # (1 - eps) w_y nll_y + eps / n * sum_c w_c nll_c, and the mean divides by the sum of w_y.
    loss = cross_entropy(LOGITS, LABELS, weight=WEIGHT, label_smoothing=0.1)
    hard = 0.9 * WEIGHT[LABELS] * SURPRISES[[0, 1], LABELS]
    spread = 0.1 / 3 * np.sum(WEIGHT * SURPRISES, axis=1)
    np.testing.assert_allclose(loss, np.sum(hard + spread) / 8, **CLOSE)


@pytest.mark.parametrize("options", [{}, {"weight": WEIGHT}, {"label_smoothing": 0.1}])
@pytest.mark.parametrize("ignored", [-100, 7, 0])
def test_an_ignored_row_is_as_if_it_were_not_there(options, ignored):
    logits = np.vstack([LOGITS[0], [3.0, NAN, INF], LOGITS[1]])
    labels = [1, ignored, 2]
    loss, grad = cross_entropy_with_grad(logits, labels, ignore_index=ignored, **options)
    expected, expected_grad = cross_entropy_with_grad(LOGITS, LABELS, **options)
    assert loss == expected
    np.testing.assert_array_equal(grad[[0, 2]], expected_grad)
    np.testing.assert_array_equal(grad[1], 0)


def test_an_ignored_row_has_loss_zero():
    losses = cross_entropy(LOGITS, [-1, 2], ignore_index=-1, reduction="none")
    np.testing.assert_allclose(losses, [0, np.log(2)], **CLOSE)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_mean_over_ignored_rows_only_is_nan_with_gradient_zero(smoothing):
    loss, grad = cross_entropy_with_grad(LOGITS, [-1, -1], ignore_index=-1, label_smoothing=smoothing)
    assert np.isnan(loss)
    np.testing.assert_array_equal(grad, 0)


def test_sum_over_ignored_rows_only_is_zero():
    assert cross_entropy(LOGITS, [-1, -1], ignore_index=-1, reduction="sum") == 0


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_mean_of_total_weight_zero_is_nan(smoothing):
    loss, grad = cross_entropy_with_grad(LOGITS, [0, 0], weight=[0, 1, 1], label_smoothing=smoothing)
    assert np.isnan(loss)
    assert np.isnan(grad).all()


def test_a_class_of_weight_zero_adds_nothing_even_when_impossible():
    losses = cross_entropy([[0.0, -INF], [0.0, 0.0]], [1, 0], weight=[1, 0], reduction="none")
    np.testing.assert_array_equal(losses, [0, np.log(2)])


# --- the table in help(softmaxlab) ---


@pytest.mark.parametrize("targets", [0, [1.0, 0.0, 0.0], [0.5, 0.0, 0.5]])
def test_an_impossible_class_under_target_zero_changes_nothing(targets):
    with_it = cross_entropy_with_grad([1.0, -INF, 2.0], targets)
    without = cross_entropy_with_grad([1.0, 2.0], np.delete(targets, 1) if np.ndim(targets) else targets)
    assert with_it[0] == without[0]
    np.testing.assert_array_equal(with_it[1][[0, 2]], without[1])
    assert with_it[1][1] == 0


@pytest.mark.parametrize("targets", [1, [0.0, 1.0], [0.75, 0.25]])
def test_an_impossible_class_under_a_positive_target_costs_inf(targets):
    loss, grad = cross_entropy_with_grad([1.0, -INF], targets)
    assert loss == INF
    target = 1 if np.ndim(targets) == 0 else targets[1]
    np.testing.assert_array_equal(grad, [target, -target])  # p - y, with p = (1, 0)


def test_smoothing_gives_an_impossible_class_a_positive_target():
    assert cross_entropy([1.0, -INF], 0, label_smoothing=0.1) == INF


@pytest.mark.parametrize("row", [[-INF, -INF], [INF, 0.0], [INF, INF], [NAN, 0.0], [NAN, -INF], [NAN, INF]])
@pytest.mark.parametrize("targets", [[0, 1], [[1.0, 0.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 1.0]]])
def test_an_unusual_row_has_loss_and_gradient_nan_and_no_other_row_has(row, targets):
    losses, grad = cross_entropy_with_grad([row, [1.0, 2.0]], targets, reduction="none")
    np.testing.assert_array_equal(np.isnan(losses), [True, False])
    np.testing.assert_array_equal(np.isnan(grad), [[True, True], [False, False]])


@pytest.mark.parametrize("row", [[-INF, -INF], [INF, 0.0], [NAN, 0.0]])
def test_mean_and_sum_over_an_unusual_row_are_nan(row):
    assert np.isnan(cross_entropy([row, [1.0, 2.0]], [0, 1]))
    assert np.isnan(cross_entropy([row, [1.0, 2.0]], [0, 1], reduction="sum"))


@pytest.mark.parametrize("targets", [np.zeros(0, int), [], np.zeros((0, 3))])
def test_no_rows_have_mean_nan_sum_zero_and_empty_gradient(targets):
    logits = np.zeros((0, 3))
    assert np.isnan(cross_entropy(logits, targets))
    assert np.isnan(cross_entropy(logits, targets, weight=WEIGHT))
    assert cross_entropy(logits, targets, reduction="sum") == 0
    assert cross_entropy(logits, targets, reduction="none").shape == (0,)
    assert cross_entropy_grad(logits, targets).shape == (0, 3)


# --- loss and gradient together, axes, dtypes ---

OPTIONS = [
    {},
    {"reduction": "sum", "weight": WEIGHT},
    {"reduction": "none", "label_smoothing": 0.2},
    {"weight": WEIGHT, "label_smoothing": 0.2},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("targets", [LABELS, SOFT])
def test_with_grad_gives_exactly_the_loss_and_the_gradient(options, targets):
    loss, grad = cross_entropy_with_grad(LOGITS, targets, **options)
    np.testing.assert_array_equal(loss, cross_entropy(LOGITS, targets, **options))
    np.testing.assert_array_equal(grad, cross_entropy_grad(LOGITS, targets, **options))


def test_with_grad_takes_exp_of_each_logit_once(monkeypatch):
    counts = []
    exp = np.exp
    monkeypatch.setattr(np, "exp", lambda x, **where: (counts.append(np.size(x)), exp(x, **where))[1])
    cross_entropy_with_grad(LOGITS, LABELS)
    assert counts == [LOGITS.size]


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
@pytest.mark.parametrize("soft", [False, True])
def test_axis_chooses_the_classes(axis, soft):
    rng = np.random.default_rng(2)
    logits = rng.normal(size=(3, 4, 5))
    last = np.moveaxis(logits, axis, -1)
    targets = rng.integers(last.shape[-1], size=last.shape[:-1])
    if soft:
        targets = one_hot(targets, last.shape[-1])
    expected, expected_grad = cross_entropy_with_grad(last, targets, reduction="none")
    given = np.moveaxis(targets, -1, axis) if soft else targets
    losses, grad = cross_entropy_with_grad(logits, given, axis=axis, reduction="none")
    # The order of summation may differ between memory layouts.
    np.testing.assert_allclose(losses, expected, rtol=1e-14)
    np.testing.assert_allclose(np.moveaxis(grad, axis, -1), expected_grad, rtol=1e-13, atol=1e-16)


def test_a_batch_of_one_row_keeps_its_axis():
    losses, grad = cross_entropy_with_grad([[1.0, 2.0]], [0], reduction="none")
    assert losses.shape == (1,)
    assert grad.shape == (1, 2)


def test_one_row_takes_a_single_class_index():
    assert cross_entropy(LOGITS[0], 1) == cross_entropy(LOGITS[:1], [1])
    assert isinstance(cross_entropy(LOGITS[0], 1, reduction="none"), np.float64)
    assert cross_entropy_grad(LOGITS[0], np.int64(1)).shape == (3,)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("targets", [LABELS, SOFT])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_loss_and_gradient_keep_the_dtype_of_logits(dtype, targets, reduction):
    loss, grad = cross_entropy_with_grad(LOGITS.astype(dtype), targets, weight=WEIGHT, reduction=reduction)
    assert loss.dtype == grad.dtype == dtype


def test_integer_logits_are_taken_as_float64():
    loss, grad = cross_entropy_with_grad([[1, 2, 3]], [0])
    assert loss.dtype == grad.dtype == np.float64
    assert loss == cross_entropy([[1.0, 2.0, 3.0]], [0])


@pytest.mark.parametrize("targets", [LABELS, SOFT.astype(np.float16)])
def test_float16_is_float32_rounded_once_at_the_end(targets):
    logits = LOGITS.astype(np.float16)
    expected = cross_entropy_with_grad(logits.astype(np.float32), targets, label_smoothing=0.1)
    given = cross_entropy_with_grad(logits, targets, label_smoothing=0.1)
    for one, other in zip(given, expected, strict=True):
        np.testing.assert_array_equal(one, other.astype(np.float16))


def test_float16_averages_more_rows_than_float16_can_count():
    logits = np.zeros((70_000, 2), np.float16)  # the largest float16 is 65504
    assert cross_entropy(logits, np.zeros(70_000, int)) == np.float16(np.log(2))


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_class_indices_may_be_of_any_integer_dtype(dtype):
    assert cross_entropy(LOGITS, LABELS.astype(dtype)) == cross_entropy(LOGITS, LABELS)
    assert cross_entropy(LOGITS, LABELS.astype(dtype), ignore_index=-100) == cross_entropy(LOGITS, LABELS)


def test_loss_of_probabilities_is_entropy_plus_divergence():
    probs = softmax(LOGITS[0])
    entropy = -np.sum(SOFT[0] * np.log(SOFT[0]))
    divergence = np.sum(SOFT[0] * (np.log(SOFT[0]) - np.log(probs)))
    np.testing.assert_allclose(cross_entropy(LOGITS[0], SOFT[0]), entropy + divergence, **CLOSE)


def test_loss_is_minus_log_softmax_at_the_label():
    np.testing.assert_array_equal(cross_entropy(LOGITS, LABELS, reduction="none"), -log_softmax(LOGITS)[[0, 1], LABELS])
