"""logsumexp, log_softmax, softmax and their derivatives: values, special rows, axes, dtypes, shapes."""

import numpy as np
import pytest

from softmaxlab import log_softmax, logsumexp, softmax, softmax_jacobian, softmax_jvp

INF, NAN = np.inf, np.nan
# Logits log 1, log 2, log 5 have weights 1, 2, 5: the expected values below are fractions of 8.
LOGITS = np.log([1.0, 2.0, 5.0])
# log and exp each round once, a few operations follow: a handful of units of 2.2e-16.
CLOSE = {"rtol": 1e-15, "atol": 1e-15}
ELEMENTWISE = [log_softmax, softmax]


def test_softmax_divides_each_weight_by_their_sum():
    np.testing.assert_allclose(softmax(LOGITS), [1 / 8, 2 / 8, 5 / 8], **CLOSE)


def test_logsumexp_is_the_log_of_the_sum_of_weights():
    np.testing.assert_allclose(logsumexp(LOGITS), np.log(8), **CLOSE)


def test_log_softmax_is_the_log_of_each_share():
    np.testing.assert_allclose(log_softmax(LOGITS), np.log([1 / 8, 2 / 8, 5 / 8]), **CLOSE)


def test_jacobian_is_diag_p_minus_p_p_transposed():
    expected = np.array([[7, -2, -5], [-2, 12, -10], [-5, -10, 15]]) / 64
    np.testing.assert_allclose(softmax_jacobian(LOGITS), expected, **CLOSE)


def test_jvp_is_p_times_tangent_minus_its_average():
    tangent = [8.0, 0.0, -8.0]  # average under p: (8 - 40) / 8 = -4
    np.testing.assert_allclose(softmax_jvp(LOGITS, tangent), [12 / 8, 8 / 8, -20 / 8], **CLOSE)


def test_equal_logits_give_exactly_equal_probabilities():
    np.testing.assert_array_equal(softmax(np.full(4, 0.1)), np.full(4, 0.25))


def test_a_single_class_has_probability_exactly_one():
    assert softmax([-7.0])[0] == 1
    assert log_softmax([-7.0])[0] == 0
    assert logsumexp([-7.0]) == -7
    assert softmax_jacobian([-7.0])[0, 0] == 0


@pytest.mark.parametrize("huge", [709.0, 710.0, 1000.0, 1e300, -746.0, -1000.0, -1e300])
def test_huge_logits_neither_overflow_nor_vanish(huge):
    np.testing.assert_array_equal(softmax([huge, huge]), [0.5, 0.5])
    np.testing.assert_array_equal(log_softmax([huge, huge]), [-np.log(2), -np.log(2)])
    assert logsumexp([huge, huge]) == huge + np.log(2)


def test_log_softmax_is_finite_where_softmax_underflows():
    assert softmax([0.0, -800.0, 0.0])[1] == 0
    # -800 - log 2; one rounding at the size of 800
    np.testing.assert_allclose(log_softmax([0.0, -800.0, 0.0])[1], -800 - np.log(2), rtol=2e-16)


def test_a_difference_beyond_the_float_range_gives_probability_zero():
    np.testing.assert_array_equal(softmax([1.7e308, -1.7e308]), [1, 0])
    np.testing.assert_array_equal(log_softmax([1.7e308, -1.7e308]), [0, -INF])


# --- the table in help(softmaxlab) ---


def test_minus_inf_logit_has_probability_zero_and_leaves_the_rest_alone():
    np.testing.assert_array_equal(softmax([1.0, -INF, 2.0])[[0, 2]], softmax([1.0, 2.0]))
    np.testing.assert_array_equal(log_softmax([1.0, -INF, 2.0])[[0, 2]], log_softmax([1.0, 2.0]))
    assert softmax([1.0, -INF, 2.0])[1] == 0
    assert log_softmax([1.0, -INF, 2.0])[1] == -INF
    assert logsumexp([1.0, -INF, 2.0]) == logsumexp([1.0, 2.0])


def test_minus_inf_logit_has_a_zero_row_and_column_in_the_jacobian():
    jacobian = softmax_jacobian([1.0, -INF, 2.0])
    np.testing.assert_array_equal(jacobian[1], 0)
    np.testing.assert_array_equal(jacobian[:, 1], 0)
    np.testing.assert_array_equal(jacobian[np.ix_([0, 2], [0, 2])], softmax_jacobian([1.0, 2.0]))


def test_minus_inf_logit_does_not_react_to_a_tangent():
    np.testing.assert_array_equal(
        softmax_jvp([1.0, -INF, 2.0], [3.0, 5.0, 4.0])[[0, 2]], softmax_jvp([1.0, 2.0], [3.0, 4.0])
    )
    assert softmax_jvp([1.0, -INF, 2.0], [3.0, 5.0, 4.0])[1] == 0


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([-INF, -INF], -INF),
        ([INF, 0.0], INF),
        ([INF, INF], INF),
        ([INF, -INF], INF),
        ([NAN, 0.0], NAN),
        ([NAN, -INF], NAN),
        ([NAN, INF], NAN),
    ],
)
def test_logsumexp_of_an_unusual_row_follows_the_table(row, expected):
    np.testing.assert_array_equal(logsumexp(row), expected)


@pytest.mark.parametrize(
    "row", [[-INF, -INF], [INF, 0.0], [INF, INF], [INF, -INF], [NAN, 0.0], [NAN, -INF], [NAN, INF]]
)
def test_an_unusual_row_is_all_nan(row):
    assert np.isnan(softmax(row)).all()
    assert np.isnan(log_softmax(row)).all()
    assert np.isnan(softmax_jacobian(row)).all()
    assert np.isnan(softmax_jvp(row, [1.0, 2.0])).all()


@pytest.mark.parametrize("function", [*ELEMENTWISE, logsumexp, softmax_jacobian])
def test_an_unusual_row_does_not_touch_the_other_rows(function):
    rows = np.array([[NAN, 0.0], [1.0, 2.0], [INF, 0.0], [-INF, -INF]])
    np.testing.assert_array_equal(function(rows)[1], function(rows[1]))


@pytest.mark.parametrize("bad", [INF, -INF, NAN])
def test_a_tangent_that_is_not_finite_leaves_no_finite_entry_in_its_row(bad):
    moved = softmax_jvp(np.zeros((2, 3)), [[bad, 0.0, 0.0], [1.0, 0.0, 0.0]])
    assert not np.isfinite(moved[0]).any()
    assert np.isfinite(moved[1]).all()


def test_jacobian_has_no_negative_zeros():
    assert not np.signbit(softmax_jacobian([0.0, -INF, -INF])).any()


# --- axes and shapes ---


@pytest.mark.parametrize("function", ELEMENTWISE)
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_axis_chooses_the_classes(function, axis):
    logits = np.random.default_rng(0).normal(size=(2, 3, 4))
    by_rows = np.moveaxis(function(np.moveaxis(logits, axis, -1)), -1, axis)
    # The order of summation differs between axes.
    np.testing.assert_allclose(function(logits, axis), by_rows, rtol=1e-14)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3])
def test_axis_chooses_the_classes_of_logsumexp_and_jvp(axis):
    logits, tangent = np.random.default_rng(1).normal(size=(2, 2, 3, 4))
    last = [np.moveaxis(array, axis, -1) for array in (logits, tangent)]
    np.testing.assert_allclose(logsumexp(logits, axis), logsumexp(last[0]), rtol=1e-14)
    expected = np.moveaxis(softmax_jvp(*last), -1, axis)
    np.testing.assert_allclose(softmax_jvp(logits, tangent, axis), expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("axis", [0, 1, 2, -1])
def test_keepdims_keeps_the_axis_with_length_one(axis):
    logits = np.random.default_rng(2).normal(size=(2, 3, 4))
    kept = logsumexp(logits, axis, keepdims=True)
    assert kept.shape == np.sum(logits, axis, keepdims=True).shape
    np.testing.assert_array_equal(np.squeeze(kept, axis), logsumexp(logits, axis))


def test_logsumexp_of_one_row_is_a_scalar():
    assert isinstance(logsumexp([1.0, 2.0]), np.float64)
    assert logsumexp([1.0, 2.0], keepdims=True).shape == (1,)


def test_only_the_class_axis_is_removed():
    assert logsumexp(np.zeros((1, 3))).shape == (1,)
    assert logsumexp(np.zeros((1, 3, 1)), axis=1).shape == (1, 1)


def test_jacobian_of_a_batch_is_one_matrix_per_row():
    logits = np.random.default_rng(3).normal(size=(2, 3, 4))
    jacobian = softmax_jacobian(logits)
    assert jacobian.shape == (2, 3, 4, 4)
    np.testing.assert_array_equal(jacobian[1, 2], softmax_jacobian(logits[1, 2]))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, int])
def test_logsumexp_over_no_classes_is_minus_inf_as_the_sum_is_0(dtype):
    assert logsumexp(np.zeros(0, dtype)) == -np.inf
    np.testing.assert_array_equal(logsumexp(np.zeros((2, 0), dtype)), [-np.inf, -np.inf])
    np.testing.assert_array_equal(logsumexp(np.zeros((0, 2), dtype), axis=0, keepdims=True), [[-np.inf, -np.inf]])
    assert logsumexp(np.zeros((0, 0), dtype)).shape == (0,)


@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 0), (3, 0, 2)])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, int])
def test_no_classes_give_results_as_empty_as_the_logits(shape, dtype):
    empty, kept = np.zeros(shape, dtype), np.float64 if dtype is int else dtype
    axis = shape.index(0)
    for result in (softmax(empty, axis), log_softmax(empty, axis), softmax_jvp(empty, empty, axis)):
        assert (result.shape, result.dtype) == (shape, kept)
    last = np.moveaxis(empty, axis, -1)
    assert softmax_jacobian(last).shape == (*last.shape, 0)
    assert softmax_jacobian(last).dtype == kept


def test_no_rows_give_empty_results():
    empty = np.zeros((0, 3))
    assert softmax(empty).shape == log_softmax(empty).shape == (0, 3)
    assert softmax_jvp(empty, empty).shape == (0, 3)
    assert logsumexp(empty).shape == (0,)
    assert logsumexp(empty, keepdims=True).shape == (0, 1)
    assert softmax_jacobian(empty).shape == (0, 3, 3)


# --- dtypes ---

SHAPED = {
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "jacobian": softmax_jacobian,
    "jvp": lambda logits: softmax_jvp(logits, np.ones(np.shape(logits))),
}


@pytest.mark.parametrize("function", SHAPED.values(), ids=SHAPED)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_a_float_dtype_is_kept(function, dtype):
    assert function(np.ones((2, 3), dtype)).dtype == dtype
    assert function(np.ones(3, dtype)).dtype == dtype


@pytest.mark.parametrize("function", SHAPED.values(), ids=SHAPED)
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.int64, np.uint64])
def test_integers_and_bools_are_taken_as_float64(function, dtype):
    result = function(np.array([0, 1, 1], dtype))
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, function(np.array([0.0, 1.0, 1.0])))


def test_unsigned_logits_do_not_wrap_around():
    np.testing.assert_array_equal(softmax(np.array([0, 200], np.uint8)), softmax([0.0, 200.0]))


@pytest.mark.parametrize("function", SHAPED.values(), ids=SHAPED)
def test_float16_is_float32_rounded_once_at_the_end(function):
    logits = np.random.default_rng(4).normal(size=(5, 300)).astype(np.float16)
    expected = function(logits.astype(np.float32)).astype(np.float16)
    np.testing.assert_array_equal(function(logits), expected)


def test_float16_sums_more_classes_than_float16_can_count():
    # In float16 a sum of ones sticks at 2048: 1/4096 would come out as 1/2048.
    assert softmax(np.zeros(4096, np.float16))[0] == np.float16(1 / 4096)


def test_float32_is_computed_in_float32():
    logits = np.random.default_rng(5).normal(size=100).astype(np.float32)
    # float32 rounds to 6e-8 relative; exp, a sum of 100 and a division add a few of these.
    np.testing.assert_allclose(softmax(logits), softmax(logits.astype(np.float64)), rtol=1e-6)


@pytest.mark.skipif(np.finfo(np.longdouble).eps >= np.finfo(float).eps, reason="longdouble is float64 here")
def test_longdouble_is_computed_in_longdouble():
    logits = np.log(np.array([1, 2, 5], np.longdouble))
    error = np.abs(softmax(logits) - np.array([1, 2, 5], np.longdouble) / 8)
    assert error.max() < 8 * np.finfo(np.longdouble).eps


def test_tangent_is_taken_in_the_dtype_of_logits():
    assert softmax_jvp(np.zeros(2, np.float32), np.ones(2, np.float64)).dtype == np.float32
    np.testing.assert_array_equal(softmax_jvp([0.0, 0.0], [1, 0]), [0.25, -0.25])
