"""The contract where many terms are subnormal: each has lost digits, and a sum of a thousand collects what they lost.

The search goes up to 100,000 classes and to gaps where exponentials vanish; its worst rows are printed.
"""

import mpmath
import numpy as np
import pytest

import softmaxlab
from softmaxlab.accuracy import reference
from softmaxlab.lessons.rounding_experiments import loss_of_plain_rest
from support.accuracy import LIMIT
from support.accuracy_wide import WIDE_ENOUGH, WIDER, measures, search

GAPS = {np.float64: (708.5, 720.3, 744.0, 746.5, 755.0), np.float32: (87.5, 95.3, 103.5, 105.0, 114.0)}
CLASSES = {3: 2000, 12: 1000, 40: 200, 1000: 40, 100_000: 4}  # and how many rows of them the search measures


@pytest.mark.parametrize("dtype", WIDER)
@pytest.mark.parametrize("classes", CLASSES)
@np.errstate(all="ignore")  # the reference meets −inf − −inf, and has no result there
def test_no_row_of_faint_losers_breaks_the_contract(dtype, classes):
    if dtype is np.float64 and not WIDE_ENOUGH:
        pytest.skip("longdouble is no wider than float64 here")
    worst = search(dtype, classes, CLASSES[classes], np.random.default_rng(classes))
    for name, (error, row) in worst.items():
        print(f"{name}, {np.dtype(dtype)}, {classes} classes: {error:.2f} at worst, at {np.sort(row)[::-1][:4]} ...")
    assert max(error for error, _ in worst.values()) <= LIMIT


def rows_of(dtype, classes):
    """A winner above losers of one value, and above losers of two values; then two winners that tie."""
    for gap in GAPS[dtype]:
        yield np.array([0.0] + [-gap] * (classes - 1), dtype)
    gap = GAPS[dtype][1]
    yield np.array([-40.25] + [-40.25 - gap, -20.0 - gap] * (classes // 2 - 1), dtype)
    yield np.array([5.5, 5.5] + [5.5 - gap] * (classes - 2), dtype)


@pytest.mark.parametrize("dtype", GAPS)
@pytest.mark.parametrize("classes", [12, 40, 1000])
def test_faint_losers_keep_the_contract_at_60_digits(dtype, classes):
    for row in rows_of(dtype, classes):
        loss, grad = softmaxlab.cross_entropy_with_grad(row, 0)
        truth, slopes = reference.cross_entropy(row, 0), reference.cross_entropy_grad(row, 0)
        assert reference.ulps(loss, truth) <= LIMIT
        assert reference.ulps(grad, slopes).max() <= LIMIT
        assert reference.ulps(-softmaxlab.log_softmax(row)[0], truth) <= LIMIT
        assert reference.ulps(softmaxlab.logsumexp(row), reference.logsumexp(row)) <= LIMIT
        nearly = np.where(np.arange(len(row)) < 2, [1, 2.0**-20] + [0] * (len(row) - 2), 0).astype(dtype)
        assert reference.ulps(softmaxlab.cross_entropy(row, nearly), reference.cross_entropy(row, nearly)) <= LIMIT


@pytest.mark.parametrize("dtype", GAPS)
def test_a_hundred_thousand_faint_losers_keep_the_contract_at_60_digits(dtype):
    row = np.array([0.0] + [-GAPS[dtype][1]] * 100_000, dtype)
    loss, grad = softmaxlab.cross_entropy_with_grad(row, 0)
    truth = reference.cross_entropy(row, 0)
    assert reference.ulps(loss, truth) <= LIMIT
    assert reference.ulps(-grad[0], truth) <= LIMIT  # log(1 + rest) and rest agree to far more than an ulp


@pytest.mark.parametrize(("dtype", "gap"), [(np.float64, 718), (np.float32, 95.3)])
def test_a_plain_sum_of_faint_losers_breaks_the_contract(dtype, gap):
    losers = np.full(1000, -gap, dtype)
    truth = reference.cross_entropy(np.append(dtype(0), losers), 0)
    assert reference.ulps(loss_of_plain_rest(losers), truth) > LIMIT


@pytest.mark.parametrize("dtype", GAPS)
def test_along_the_first_axis_faint_losers_are_added_as_well_as_along_the_last(dtype):
    rows = np.array([[0.0] + [-gap] * 1000 for gap in GAPS[dtype]], dtype)
    for function in (softmaxlab.logsumexp, softmaxlab.log_softmax):
        np.testing.assert_array_equal(function(rows.T.copy(), axis=0), function(rows).T)
    labels = np.zeros(len(rows), int)
    by_columns = softmaxlab.cross_entropy(rows.T.copy(), labels, axis=0, reduction="none")
    np.testing.assert_array_equal(by_columns, softmaxlab.cross_entropy(rows, labels, reduction="none"))


@pytest.mark.parametrize(("dtype", "lead", "loser"), [(np.float32, 101.0, 8.33269), (np.float64, 727.0, 11.886365)])
def test_losers_of_a_row_that_is_shifted_down_are_not_rounded_by_the_shift(dtype, lead, loser):
    # Each is a little above or below the number given, by up to 50 steps of the format.
    losers = (loser + np.arange(-50, 50) * float(np.spacing(dtype(loser)))).astype(dtype)
    rows = np.repeat(losers[:, None], 100_001, axis=1)
    rows[:, 0] = lead
    losses, grads = softmaxlab.cross_entropy_with_grad(rows, np.zeros(100, int), reduction="none")
    with mpmath.workdps(60):
        truth = np.array([100_000 * mpmath.exp(mpmath.mpf(float(x)) - lead) for x in losers])  # log(1 + rest) is rest
    assert reference.ulps(losses, truth).max() <= LIMIT
    assert reference.ulps(-grads[:, 0], truth).max() <= LIMIT


@pytest.mark.parametrize(("dtype", "gap", "size"), [(np.float64, 740.0, 1e300), (np.float32, 101.0, 1e30)])
def test_a_large_tangent_makes_the_digits_of_a_subnormal_probability_show(dtype, gap, size):
    row, tangent = np.array([0, -gap], dtype), np.array([0, size], dtype)
    moved, truth = softmaxlab.softmax_jvp(row, tangent), reference.softmax_jvp(row, tangent)
    assert reference.ulps(moved, truth).max() <= LIMIT


@pytest.mark.parametrize("dtype", GAPS)
def test_differences_of_a_tangent_may_leave_the_range(dtype):
    largest = np.finfo(dtype).max
    for row, tangent in (([0, 0], [largest, -largest]), ([3, 0, 1], [-largest, largest, 0])):
        row, tangent = np.array(row, dtype), np.array(tangent, dtype)
        assert reference.ulps(softmaxlab.softmax_jvp(row, tangent), reference.softmax_jvp(row, tangent)).max() <= LIMIT


@pytest.mark.parametrize("dtype", GAPS)
def test_a_tangent_of_many_tiny_numbers_is_averaged_to_the_last_digits(dtype):
    # Each product p·v is below the smallest float; their sum is not.
    row, tangent = np.zeros(2001, dtype), np.full(2001, 1000 * np.finfo(dtype).smallest_subnormal)
    row[0], tangent[0] = np.log(2000), 0
    moved, truth = softmaxlab.softmax_jvp(row, tangent), reference.softmax_jvp(row, tangent)
    assert reference.ulps(moved, truth).max() <= LIMIT


def test_the_two_measures_agree():
    random = np.random.default_rng(1)
    row = np.array([[0.0, -707.0, -720.0, -744.0, -3.0]])
    errors = measures(row, random.random((1, 5)), random.normal(size=(1, 5)))
    if WIDE_ENOUGH:
        slow = reference.ulps(softmaxlab.log_softmax(row), reference.log_softmax(row)).max()
        np.testing.assert_allclose(errors["log_softmax"], slow, atol=0.02)  # the wider format's own rounding
