"""Each displayed equation of chapter 11, held by a test that carries its label."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, cross_entropy_grad, softmax
from softmaxlab.accuracy import reference
from softmaxlab.lessons.rounding_experiments import sum_one_by_one

DIGITS = {np.float16: 11, np.float32: 24, np.float64: 53}
SIZES = range(2, 6)
moderate = st.floats(1e-100, 1e100)


def ulp_by_formula(x, digits):
    """2**(⌊log2 |x|⌋ − t + 1), by exact arithmetic."""
    x = abs(Fraction(x))
    power = x.numerator.bit_length() - x.denominator.bit_length()
    power -= Fraction(2) ** power > x  # bit lengths tell the floor of the logarithm, or one more
    assert Fraction(2) ** power <= x < Fraction(2) ** (power + 1)
    return Fraction(2) ** (power - digits + 1)


def rest_and_own(n):
    """Terms exp(a_k), as positive symbols; the rest without the first; the first."""
    weights = sp.symbols(f"w1:{n + 1}", positive=True)
    return sum(weights[1:]), weights[0]


@pytest.mark.equation("eq-ulp", kind="definition")
@pytest.mark.parametrize("dtype", DIGITS)
def test_ulp_is_the_distance_to_the_next_number_of_the_format(check, dtype):
    limits = np.finfo(dtype)
    assert limits.nmant + 1 == DIGITS[dtype]
    top, bottom = float(np.log10(limits.max)) - 0.1, float(np.log10(limits.tiny)) + 0.1
    for x in 10 ** np.random.default_rng(0).uniform(bottom, top, 200):
        number = dtype(x)
        step = Fraction(float(np.nextafter(number, dtype(np.inf)))) - Fraction(float(number))
        assert step == ulp_by_formula(float(number), DIGITS[dtype])
        check.held()


@pytest.mark.equation("eq-ulps", kind="definition")
@given(moderate, moderate)
def test_error_in_ulps_is_the_distance_counted_in_meshes(check, value, truth):
    expected = abs(Fraction(value) - Fraction(truth)) / ulp_by_formula(truth, 53)
    counted = reference.ulps(np.float64(value), mpmath.mpf(truth))
    check.close(counted, float(expected), rtol=1e-15)  # one rounding of the result


@pytest.mark.equation("eq-half-ulp")
@given(st.fractions(Fraction(1, 10**30), 10**30))
def test_rounding_to_the_nearest_number_costs_at_most_half_an_ulp(check, x):
    rounded = Fraction(float(x))  # Python rounds fractions correctly
    assert abs(rounded - x) <= ulp_by_formula(x, 53) / 2
    check.held()


@pytest.mark.equation("eq-exp-error")
def test_absolute_error_of_the_exponent_is_the_relative_error_of_the_exponential(check):
    x, delta = sp.symbols("x delta", real=True)
    relative = sp.powsimp(sp.expand(sp.exp(x + delta) / sp.exp(x))) - 1
    assert sp.series(relative, delta, 0, 3).removeO() == delta + delta**2 / 2
    check.exactly(because="x cancels, and these are the first two terms of the series")


@pytest.mark.equation("eq-rest")
@pytest.mark.parametrize("n", SIZES)
def test_what_a_class_lacks_to_one_is_the_rest_over_the_total(check, n):
    rest, own = rest_and_own(n)
    assert sp.cancel(1 - own / (own + rest) - rest / (own + rest)) == 0
    check.exactly(n)


@pytest.mark.equation("eq-rest")
@given(st.lists(st.floats(-300, 300), min_size=2, max_size=6))
def test_the_gradient_at_the_label_is_minus_the_rest_over_the_total(check, logits):
    with mpmath.workdps(400):
        terms = [mpmath.exp(mpmath.mpf(a)) for a in logits]
        lack = sum(terms[1:]) / sum(terms)
    # 16 ulps by contract; where a result is subnormal, so many of the smallest number
    check.close(-cross_entropy_grad(logits, 0)[0], float(lack), rtol=16 * 2.0**-52, atol=16 * 2.0**-1074)


@pytest.mark.equation("eq-loss-rest")
@pytest.mark.parametrize("n", SIZES)
def test_loss_is_the_log_of_one_plus_the_rest_over_the_own_term(check, n):
    rest, own = rest_and_own(n)
    probability = own / (own + rest)
    assert sp.cancel(1 / probability - (1 + rest / own)) == 0  # log is one-to-one: equal inside, equal outside
    check.exactly(n)


@pytest.mark.equation("eq-loss-rest", part="where the rest is tiny, it is the loss")
def test_the_loss_of_a_certain_class_is_its_rest(check):
    for gap in (40, 100, 700):  # log(1 + r) is r, to 17 digits, for r below 1e-17
        check.close(cross_entropy([gap, 0], 0), math.exp(-gap), rtol=16 * 2.0**-52)


@pytest.mark.equation("eq-cancellation")
def test_the_difference_to_one_magnifies_the_error_by_the_odds(check):
    p, epsilon = sp.symbols("p epsilon")
    relative = (p * (1 + epsilon) - 1) / (p - 1) - 1
    assert sp.cancel(relative + p / (1 - p) * epsilon) == 0
    check.exactly(because="for symbols p and ε")


@given(st.floats(0.5, 1))
def test_subtracting_one_from_a_probability_near_it_is_exact(p):
    assert Fraction(p - 1) == Fraction(p) - 1


FACTOR = "the terms are positive, and each addition is off by a factor between 1 − u and 1 + u"


def rounded_up(terms, pairwise):
    """Sum where each addition is too large by the factor z, as a polynomial in z for each term."""
    if len(terms) == 1:
        return terms[0]
    cut = (len(terms) + 1) // 2 if pairwise else len(terms) - 1
    return sp.Symbol("z") * (rounded_up(terms[:cut], pairwise) + rounded_up(terms[cut:], pairwise))


def most_roundings(n, pairwise):
    """Largest power of z in the sum of n terms: all are positive, and each rounding is a factor of at most 1 + u."""
    return sp.degree(sp.expand(rounded_up(sp.symbols(f"t1:{n + 1}", positive=True), pairwise)), sp.Symbol("z"))


@pytest.mark.equation("eq-sum-one-by-one", given=FACTOR)
@pytest.mark.parametrize("n", range(2, 34))
def test_one_by_one_a_term_passes_through_n_minus_one_roundings(check, n):
    assert most_roundings(n, pairwise=False) == n - 1
    check.exactly(n, of="n", because="no term is rounded more than n − 1 times")


@pytest.mark.equation("eq-sum-pairwise", given=FACTOR)
@pytest.mark.parametrize("n", range(2, 34))
def test_pairwise_a_term_passes_through_as_many_roundings_as_there_are_rounds(check, n):
    assert most_roundings(n, pairwise=True) == math.ceil(math.log2(n))
    check.exactly(n, of="n", because="no term is rounded more often than there are rounds")


def relative_error_of_a_million(add):
    terms = np.random.default_rng(4).random(10**6).astype(np.float32)
    right = math.fsum(terms)
    return abs(float(add(terms)) - right) / right


@pytest.mark.equation("eq-sum-one-by-one")
def test_a_million_floats_one_by_one_keep_the_bound(check):
    assert relative_error_of_a_million(sum_one_by_one) <= math.expm1((10**6 - 1) * math.log1p(2.0**-24))
    check.held()


@pytest.mark.equation("eq-sum-pairwise")
def test_a_million_floats_in_pairs_keep_the_bound(check):
    # NumPy adds blocks of 128 in eight strands before it pairs: at most 16 roundings more than pairs all the way
    assert relative_error_of_a_million(np.sum) <= math.expm1((20 + 16) * math.log1p(2.0**-24))
    assert relative_error_of_a_million(sum_one_by_one) > math.expm1((20 + 16) * math.log1p(2.0**-24))
    check.held()


@pytest.mark.equation("eq-budget", given="exp, sum and division are off by the factors 1 + ε")
def test_the_error_of_a_probability_is_that_of_exp_less_that_of_the_sum_plus_that_of_the_division(check):
    one, two, three, t, top, total = sp.symbols("epsilon1:4 t e S")
    factor = (1 + t * one) * (1 + t * three) / (1 + t * two)
    computed = (top * (1 + t * one)) / (total * (1 + t * two)) * (1 + t * three)
    assert sp.cancel(computed - top / total * factor) == 0
    assert sp.expand(sp.series(factor, t, 0, 2).removeO() - 1 - t * (one - two + three)) == 0
    check.exactly(because="written out, and then to first order in the errors")


@pytest.mark.equation("eq-budget", part="the smallest p is within 16 ulps")
def test_the_smallest_probability_pays_for_exp_sum_and_division_only(check):
    logits = np.array([0.1, -50.0, -700.123])
    check.close(softmax(logits), reference.softmax(logits).astype(float), rtol=16 * 2.0**-52)
