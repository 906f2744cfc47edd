"""Each displayed equation of the book, held by a test that carries its label.

Exact claims are checked by SymPy for concrete numbers of classes, with w = exp(a) as the positive unknown
where that keeps the algebra rational. `refute` then evaluates both sides once more, at exact numbers that a
reader can redo by hand.
"""

import numpy as np
import pytest
import sympy as sp
from helpers import is_zero, lse_exact, softmax_exact, symbols
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, log_softmax, logsumexp, softmax
from softmaxlab.pitfalls.naive import softmax_misplaced

SIZES = range(2, 6)
EXACT_LOGITS = [sp.log(n) for n in (3, 1, 4, 2, 5)]  # logs of small integers: every p is a fraction
moderate = st.floats(-30, 30)
logit_lists = st.lists(moderate, min_size=1, max_size=8)

# A few roundings of numbers near 1: exp, sum and division each cost a unit or so in the last place (2.2e-16),
# and exp turns the rounding of an exponent of size 60 into 60 units.
CLOSE = 1e-13


def refute(expression, free):
    """Evaluate a claimed zero at exact numbers; raise if it is not 0 there."""
    value = sp.simplify(expression.subs(dict(zip(free, EXACT_LOGITS, strict=False))))
    assert value == 0, f"the two sides differ by {value}"


# Chapter 1: scores to probabilities


@pytest.mark.equation("eq-ratio-rule", kind="wish")
@pytest.mark.parametrize("n", SIZES)
def test_ratios_of_softmax_depend_only_on_the_difference_of_two_scores(certify, n):
    a, shift = symbols(n), sp.Symbol("s", real=True)
    ratio = softmax_exact(a)[0] / softmax_exact(a)[1]
    # move both scores together, and every other score anywhere: the ratio must not notice
    moved = softmax_exact([a[0] + shift, a[1] + shift, *symbols(n, "b")[2:]])
    assert is_zero(moved[0] / moved[1] - ratio)
    certify.exactly(n, because="softmax grants the wish")


@pytest.mark.equation("eq-functional", kind="consequence", source="eq-ratio-rule", given="three classes")
def test_the_wish_for_three_classes_makes_any_f_turn_sums_into_products(certify):
    f, (a, b, c), (s, t) = sp.Function("f"), symbols(3), sp.symbols("s t", real=True)
    cat, dog, bird = sp.symbols("p1:4", positive=True)
    wish = {cat: f(a - b) * dog, dog: f(b - c) * bird}  # each ratio is f of the difference
    cat_over_bird = (cat / bird).subs(wish).subs(wish)
    law = (cat_over_bird - f(a - c)).subs({a: s + t + c, b: t + c})  # so s = a − b and t = b − c, any numbers
    assert sp.expand(law) == f(s) * f(t) - f(s + t)
    certify.exactly(because="cat over dog times dog over bird is cat over bird")


def test_exp_obeys_the_law_and_the_hyperbolic_cosine_does_not():
    f, (s, t) = sp.exp, symbols(2)
    assert is_zero(f(s + t) - f(s) * f(t))
    assert sp.cosh(2) != sp.cosh(1) * sp.cosh(1)  # it is not a law that any increasing function obeys


@pytest.mark.equation("eq-growth", kind="consequence", source="eq-functional", given="f has a derivative")
def test_differentiating_the_law_at_zero_makes_f_grow_at_the_rate_of_its_size(certify):
    t, s = sp.symbols("t s", real=True)
    f, start = sp.Function("f"), sp.Symbol("start", positive=True)
    left, right = f(s + t).diff(s).subs(s, 0).doit(), (f(s) * f(t)).diff(s).subs(s, 0)
    assert left == f(t).diff(t)
    assert right == f(s).diff(s).subs(s, 0) * f(t)
    assert sp.solve(start - start * start, start) == [1]  # the law at s = t = 0, for a positive f
    certify.exactly(because="the slope of both sides at s = 0")


def test_the_only_solution_of_the_growth_equation_is_the_exponential():
    t, c, f = sp.Symbol("t", real=True), sp.Symbol("c", positive=True), sp.Function("f")
    solution = sp.dsolve(sp.Eq(f(t).diff(t), c * f(t)), f(t), ics={f(0): 1})
    assert solution.rhs == sp.exp(c * t)


@pytest.mark.equation("eq-ratio", given="p is softmax, {eq-softmax}")
@pytest.mark.parametrize("n", SIZES)
def test_ratio_of_two_probabilities_is_exp_of_the_difference(certify, n):
    a = symbols(n)
    p = softmax_exact(a)
    for i in range(n):
        for j in range(n):
            assert is_zero(p[i] / p[j] - sp.exp(a[i] - a[j]))
    certify.exactly(n)


@pytest.mark.equation("eq-softmax", kind="consequence", source="eq-ratio", given="Σ p = 1")
@pytest.mark.parametrize("n", SIZES)
def test_softmax_is_the_only_solution_of_the_ratios_and_the_sum(certify, n):
    w, p = sp.symbols(f"w1:{n + 1}", positive=True), sp.symbols(f"p1:{n + 1}")
    ratios = [p[k] * w[0] - p[0] * w[k] for k in range(1, n)]
    solutions = sp.linsolve([*ratios, sum(p) - 1], p)
    assert len(solutions) == 1
    (solution,) = solutions
    assert all(sp.cancel(found - weight / sum(w)) == 0 for found, weight in zip(solution, w, strict=True))
    certify.exactly(n)


@pytest.mark.equation("eq-softmax")
def test_the_implementation_computes_the_formula(certify):
    exact = [float(p) for p in softmax_exact(EXACT_LOGITS)]  # 3/15, 1/15, 4/15, 2/15, 5/15
    assert exact == [3 / 15, 1 / 15, 4 / 15, 2 / 15, 5 / 15]
    certify.close(softmax([float(a) for a in EXACT_LOGITS]), exact, rtol=CLOSE)


@pytest.mark.equation("eq-sum-one")
@pytest.mark.parametrize("n", SIZES)
def test_probabilities_are_positive_and_sum_to_one(certify, n):
    p = softmax_exact(symbols(n))
    assert all(share.is_positive for share in p)
    assert is_zero(sum(p) - 1)
    refute(sum(p) - 1, symbols(n))
    certify.exactly(n)


@pytest.mark.equation("eq-sigmoid")
def test_two_classes_give_the_sigmoid_of_the_gap(certify):
    a, b = symbols(2)
    assert is_zero(softmax_exact([a, b])[0] - 1 / (1 + sp.exp(-(a - b))))
    certify.exactly(2)


@pytest.mark.equation("eq-temperature", kind="definition")
@pytest.mark.parametrize("n", SIZES)
def test_temperature_raises_every_ratio_to_the_power_one_over_t(certify, n):
    a, temperature = symbols(n), sp.Symbol("T", positive=True)
    cooled = softmax_exact([x / temperature for x in a])
    assert is_zero(cooled[0] / cooled[1] - sp.exp(a[0] / temperature - a[1] / temperature))
    assert is_zero(sum(cooled) - 1)
    assert [x.subs(temperature, 1) for x in cooled] == softmax_exact(a)
    certify.exactly(n, because="each ratio is e to the difference over T, and the sum is 1")


@pytest.mark.equation("eq-temperature", kind="definition")
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_implementation_of_divided_scores_computes_the_formula(certify, temperature):
    logits = np.array([1.0, 0.0, -1.0, 2.5])
    weights = [np.exp(a / temperature) for a in logits]
    certify.close(softmax(logits / temperature), [w / sum(weights) for w in weights], rtol=CLOSE)


@pytest.mark.equation("eq-temperature-limits")
@pytest.mark.parametrize("leaders", [1, 2, 3])
@pytest.mark.parametrize("behind", [0, 1, 2])
def test_limits_of_temperature_are_a_tie_of_all_and_a_tie_of_the_leaders(certify, leaders, behind):
    temperature = sp.Symbol("T", positive=True)
    gaps = sp.symbols(f"g1:{behind + 1}", positive=True) if behind else ()
    # scores relative to the leaders, which only a common shift away (eq-shift) from any scores
    probs = softmax_exact([sp.Integer(0)] * leaders + [-gap / temperature for gap in gaps])
    expected = [sp.Rational(1, leaders)] * leaders + [0] * behind
    assert [sp.limit(p, temperature, 0, "+") for p in probs] == expected
    assert [sp.limit(p, temperature, sp.oo) for p in probs] == [sp.Rational(1, leaders + behind)] * len(probs)
    certify.exactly(leaders + behind)


# Chapter 2: shift and overflow


@pytest.mark.equation("eq-shift")
@pytest.mark.parametrize("n", SIZES)
def test_softmax_does_not_notice_a_common_shift(certify, n):
    a, c = symbols(n), sp.Symbol("c", real=True)
    for shifted, p in zip(softmax_exact([x + c for x in a]), softmax_exact(a), strict=True):
        assert is_zero(shifted - p)
    certify.exactly(n)


@pytest.mark.equation("eq-shift")
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8), st.integers(-10_000, 10_000))
def test_the_implementation_does_not_notice_an_exact_shift(certify, logits, c):
    logits = np.array(logits)  # integers, so that adding c is exact: both results are within 16 ulps of one number
    certify.close(softmax(logits + c), softmax(logits), rtol=32 * 2.0**-52)


@pytest.mark.equation("eq-log-c")
@pytest.mark.parametrize("n", SIZES)
def test_a_factor_above_and_below_is_a_shift_by_its_logarithm(certify, n):
    a, factor = symbols(n), sp.Symbol("C", positive=True)
    total = sum(sp.exp(x) for x in a)
    for x, shifted in zip(a, softmax_exact([x + sp.log(factor) for x in a]), strict=True):
        assert is_zero(sp.exp(x) / total - factor * sp.exp(x) / (factor * total))
        assert is_zero(sp.powsimp(sp.exp(x) / total - shifted))
    certify.exactly(n)


@pytest.mark.equation("eq-float-max")
def test_largest_float64_is_two_minus_one_ulp_times_two_to_the_1023(certify):
    assert (2 - sp.Rational(1, 2**52)) * 2**1023 == sp.Integer(int(np.finfo(np.float64).max))
    certify.exactly(because="in whole numbers, it is the largest float64")


@pytest.mark.equation("eq-sum-range")
def test_sum_after_shifting_by_the_maximum_lies_between_one_and_n(certify):
    gap = sp.Symbol("g", nonnegative=True)  # m − a_k, at least 0 for every class and 0 for the leader
    term = sp.exp(-gap)
    assert term.is_positive
    assert term.subs(gap, 0) == 1
    assert sp.diff(term, gap).is_negative  # falls from 1: so 0 < term ≤ 1, and the leader's is 1
    certify.for_every("N", because="each of the N terms lies in (0, 1], and the leader's is 1")


@pytest.mark.equation("eq-sum-range")
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), min_size=1, max_size=50))
def test_sum_after_shifting_by_the_maximum_lies_between_one_and_n_in_floats(certify, logits):
    total = np.exp(np.array(logits) - max(logits)).sum()
    assert 1 <= total <= len(logits)
    certify.held()


@pytest.mark.equation("eq-misplaced", kind="definition")
@pytest.mark.parametrize("n", SIZES)
def test_misplaced_parenthesis_sums_to_one_whatever_is_subtracted(certify, n):
    a, m = symbols(n), sp.Symbol("m", real=True)
    bottom = sum(sp.exp(x) for x in a) - n * m
    assert is_zero(sum((sp.exp(x) - m) / bottom for x in a) - 1)
    certify.exactly(n, because="the sum is 1, whatever m is")


def test_misplaced_parenthesis_is_not_shift_invariant():
    assert np.abs(softmax_misplaced([2, 3, 4]) - softmax_misplaced([1, 2, 3])).max() > 0.05


@pytest.mark.equation("eq-misplaced", kind="definition")
@pytest.mark.parametrize("logits", [[1, 2, 3], [0, 0, 1], [-1, 5]])
def test_the_lesson_function_computes_the_misplaced_formula(certify, logits):
    m = max(logits)
    bottom = sum(sp.exp(a) for a in logits) - len(logits) * m
    expected = [float((sp.exp(a) - m) / bottom) for a in logits]
    certify.close(softmax_misplaced(logits), expected, rtol=CLOSE)


# Chapter 3: log-sum-exp and log-softmax


@pytest.mark.equation("eq-loss", kind="definition")
@given(logit_lists)
def test_loss_is_minus_the_log_of_the_true_class_probability(certify, logits):
    # gaps of at most 60: no probability underflows, so −log(softmax) may serve as the reference
    for y, p in enumerate(softmax(logits)):
        loss = cross_entropy(logits, y)
        np.testing.assert_allclose(loss, -np.log(p), rtol=CLOSE, atol=CLOSE)
        certify.close(np.exp(-loss), p, rtol=CLOSE)  # near p = 1 the typed logarithm loses digits, and e^−L does not


@pytest.mark.equation("eq-log-softmax")
@pytest.mark.parametrize("n", SIZES)
def test_log_of_softmax_is_the_logit_minus_log_sum_exp(certify, n):
    a = symbols(n)
    for x, p in zip(a, softmax_exact(a), strict=True):
        assert is_zero(p - sp.exp(x - lse_exact(a)))  # exp is one-to-one: equal exponentials, equal logs
    certify.exactly(n)


@pytest.mark.equation("eq-log-softmax")
def test_the_implementation_computes_log_softmax(certify):
    logits = [float(a) for a in EXACT_LOGITS]
    expected = [float(sp.log(sp.Rational(k, 15))) for k in (3, 1, 4, 2, 5)]
    certify.close(log_softmax(logits), expected, rtol=CLOSE)


@pytest.mark.equation("eq-lse", kind="definition")
def test_the_implementation_computes_log_sum_exp(certify):
    assert sp.exp(lse_exact(EXACT_LOGITS)) == 15
    certify.close(logsumexp([float(a) for a in EXACT_LOGITS]), float(sp.log(15)), rtol=CLOSE)


@pytest.mark.equation("eq-loss-from-logits")
@pytest.mark.parametrize("n", SIZES)
def test_loss_is_log_sum_exp_minus_the_true_logit(certify, n):
    a = symbols(n)
    for y in range(n):
        loss = lse_exact(a) - a[y]
        assert is_zero(sp.exp(-loss) - softmax_exact(a)[y])
        refute(loss + sp.log(softmax_exact(a)[y]), a)
    certify.exactly(n)


def test_loss_of_a_hopeless_class_is_800_plus_log_2():
    # exact: log(2 + e^-800) + 800, and e^-800 is far below the last place
    assert cross_entropy([0, -800, 0], 1) == float(800 + sp.log(2))


@pytest.mark.equation("eq-lse-shift")
@pytest.mark.parametrize("n", SIZES)
def test_log_sum_exp_follows_a_common_shift(certify, n):
    a, c = symbols(n), sp.Symbol("c", real=True)
    assert is_zero(sp.exp(lse_exact([x + c for x in a])) - sp.exp(c) * sp.exp(lse_exact(a)))
    certify.exactly(n)


@pytest.mark.equation("eq-lse-shift")
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8), st.integers(-10_000, 10_000))
def test_the_implementation_of_log_sum_exp_follows_a_shift(certify, logits, c):
    # both sides are rounded to the precision of numbers near 10 000: a relative error of a few ulps of that
    certify.close(logsumexp(np.array(logits) + c), c + logsumexp(logits), rtol=0, atol=1e-11)


@pytest.mark.equation("eq-lse-bounds")
@pytest.mark.parametrize("n", SIZES)
def test_log_sum_exp_exceeds_the_maximum_by_zero_to_log_n(certify, n):
    gaps = sp.symbols(f"g1:{n}", nonnegative=True)  # how far the others are behind the leader
    total = 1 + sum(sp.exp(-gap) for gap in gaps)  # exp(LSE − m)
    assert (total - 1).is_positive  # strictly above the maximum
    assert all(sp.diff(total, gap).is_negative for gap in gaps)  # so it is largest, n, where no one is behind
    assert total.subs(dict.fromkeys(gaps, 0)) == n
    certify.exactly(n)


@pytest.mark.equation("eq-lse-bounds")
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=20))
def test_bounds_of_log_sum_exp_hold_in_floats(certify, logits):
    m = max(logits)
    above = logsumexp(logits)
    # one rounding of the result may exceed the upper bound by an ulp
    assert m <= above <= np.nextafter(m + np.log(len(logits)), np.inf)
    certify.held()


@pytest.mark.equation("eq-lse-temperature")
@given(logit_lists, st.floats(0.01, 100))
def test_temperature_narrows_the_band_of_log_sum_exp(certify, logits, temperature):
    m, soft = max(logits), temperature * logsumexp(np.array(logits) / temperature)
    slack = CLOSE * (abs(m) + temperature)  # dividing and multiplying by T round once each
    assert m - slack <= soft <= m + temperature * np.log(len(logits)) + slack
    certify.held()


@pytest.mark.equation("eq-lse-temperature", given="{eq-lse-bounds}, for the scores a/T")
@pytest.mark.parametrize("n", SIZES)
def test_band_with_temperature_is_the_plain_band_of_the_divided_scores(certify, n):
    m, temperature = sp.Symbol("m", real=True), sp.Symbol("T", positive=True)
    # eq-lse-bounds for the scores a / T, whose maximum is m / T
    low, high = m / temperature, m / temperature + sp.log(n)
    assert sp.expand(temperature * low) == m
    assert sp.expand(temperature * high - m - temperature * sp.log(n)) == 0
    certify.exactly(n)


@pytest.mark.equation("eq-lse-gradient")
@pytest.mark.parametrize("n", SIZES)
def test_gradient_of_log_sum_exp_is_softmax(certify, n):
    a = symbols(n)
    for x, p in zip(a, softmax_exact(a), strict=True):
        assert is_zero(lse_exact(a).diff(x) - p)
        refute(lse_exact(a).diff(x) - p, a)
    certify.exactly(n)


@pytest.mark.equation("eq-log-add")
def test_adding_probabilities_is_log_sum_exp_of_their_logs(certify):
    p, q = sp.symbols("p q", positive=True)
    assert lse_exact([sp.log(p), sp.log(q)]) == sp.log(p + q)
    certify.exactly(because="for any positive p and q")


@pytest.mark.equation("eq-softmax-of-log", given="Σ p = 1")
@pytest.mark.parametrize("n", SIZES)
def test_softmax_of_log_probabilities_returns_them(certify, n):
    first = sp.symbols(f"p1:{n}", positive=True)
    p = [*first, 1 - sum(first)]  # sums to 1 by construction
    assert [sp.cancel(back) for back in softmax_exact([sp.log(x) for x in p])] == p
    certify.exactly(n)


# The tools above must be able to say no


def test_is_zero_rejects_a_wrong_identity():
    a = symbols(3)
    assert not is_zero(softmax_exact(a)[0] / softmax_exact(a)[1] - sp.exp(a[1] - a[0]))


def test_refute_rejects_a_wrong_identity():
    a = symbols(2)
    with pytest.raises(AssertionError, match="differ"):
        refute(lse_exact(a) - a[0], a)
