"""Each displayed equation of chapter 2, shift and overflow, held by a test that carries its label.

Exact claims are checked by SymPy for concrete numbers of classes, with w = exp(a) as the positive unknown
where that keeps the algebra rational.
"""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import softmax
from softmaxlab.pitfalls.naive import softmax_misplaced
from support.equations.formulas import CLOSE, is_zero, softmax_exact, symbols

SIZES = range(2, 6)


@pytest.mark.equation("eq-shift")
@pytest.mark.parametrize("n", SIZES)
def test_softmax_does_not_notice_a_common_shift(check, n):
    a, c = symbols(n), sp.Symbol("c", real=True)
    for shifted, p in zip(softmax_exact([x + c for x in a]), softmax_exact(a), strict=True):
        assert is_zero(shifted - p)
    check.exactly(n)


@pytest.mark.equation("eq-shift")
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8), st.integers(-10_000, 10_000))
def test_the_implementation_does_not_notice_an_exact_shift(check, logits, c):
    logits = np.array(logits)  # integers, so that adding c is exact: both results are within 16 ulps of one number
    check.close(softmax(logits + c), softmax(logits), rtol=32 * 2.0**-52)


@pytest.mark.equation("eq-log-c")
@pytest.mark.parametrize("n", SIZES)
def test_a_factor_above_and_below_is_a_shift_by_its_logarithm(check, n):
    a, factor = symbols(n), sp.Symbol("C", positive=True)
    total = sum(sp.exp(x) for x in a)
    for x, shifted in zip(a, softmax_exact([x + sp.log(factor) for x in a]), strict=True):
        assert is_zero(sp.exp(x) / total - factor * sp.exp(x) / (factor * total))
        assert is_zero(sp.powsimp(sp.exp(x) / total - shifted))
    check.exactly(n)


@pytest.mark.equation("eq-float-max")
def test_largest_float64_is_two_minus_one_ulp_times_two_to_the_1023(check):
    assert (2 - sp.Rational(1, 2**52)) * 2**1023 == sp.Integer(int(np.finfo(np.float64).max))
    check.exactly(because="in whole numbers, it is the largest float64")


@pytest.mark.equation("eq-sum-range")
def test_sum_after_shifting_by_the_maximum_lies_between_one_and_n(check):
    gap = sp.Symbol("g", nonnegative=True)  # m − a_k, at least 0 for every class and 0 for the leader
    term = sp.exp(-gap)
    assert term.is_positive
    assert term.subs(gap, 0) == 1
    assert sp.diff(term, gap).is_negative  # falls from 1: so 0 < term ≤ 1, and the leader's is 1
    check.for_every("N", because="each of the N terms lies in (0, 1], and the leader's is 1")


@pytest.mark.equation("eq-sum-range")
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=50))
def test_sum_after_shifting_by_the_maximum_lies_between_one_and_n_in_floats(check, logits):
    total = np.exp(np.array(logits) - max(logits)).sum()
    assert 1 <= total <= len(logits)
    check.held()


@pytest.mark.equation("eq-misplaced", kind="definition")
@pytest.mark.parametrize("n", SIZES)
def test_misplaced_parenthesis_sums_to_one_whatever_is_subtracted(check, n):
    a, m = symbols(n), sp.Symbol("m", real=True)
    bottom = sum(sp.exp(x) for x in a) - n * m
    assert is_zero(sum((sp.exp(x) - m) / bottom for x in a) - 1)
    check.exactly(n, because="the sum is 1, whatever m is")


def test_misplaced_parenthesis_is_not_shift_invariant():
    assert np.abs(softmax_misplaced([2, 3, 4]) - softmax_misplaced([1, 2, 3])).max() > 0.05


@pytest.mark.equation("eq-misplaced", kind="definition")
@pytest.mark.parametrize("logits", [[1, 2, 3], [0, 0, 1], [-1, 5]])
def test_the_lesson_function_computes_the_misplaced_formula(check, logits):
    m = max(logits)
    bottom = sum(sp.exp(a) for a in logits) - len(logits) * m
    expected = [float((sp.exp(a) - m) / bottom) for a in logits]
    check.close(softmax_misplaced(logits), expected, rtol=CLOSE)
