"""Each displayed equation of chapter 3, log-sum-exp and log-softmax, held by a test that carries its label.

Exact claims are checked by SymPy for concrete numbers of classes, with w = exp(a) as the positive unknown
where that keeps the algebra rational. `refute` then evaluates both sides once more, at exact numbers that a
reader can redo by hand.
"""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, log_softmax, logsumexp, softmax
from support.equations.formulas import CLOSE, EXACT_LOGITS, is_zero, lse_exact, refute, softmax_exact, symbols

SIZES = range(2, 6)
logit_lists = st.lists(st.floats(-30, 30), min_size=1, max_size=8)


@pytest.mark.equation("eq-loss", kind="definition")
@given(logit_lists)
def test_loss_is_minus_the_log_of_the_true_class_probability(check, logits):
    # gaps of at most 60: no probability underflows, so −log(softmax) may serve as the reference
    for y, p in enumerate(softmax(logits)):
        loss = cross_entropy(logits, y)
        np.testing.assert_allclose(loss, -np.log(p), rtol=CLOSE, atol=CLOSE)
        check.close(np.exp(-loss), p, rtol=CLOSE)  # near p = 1 the typed logarithm loses digits, and e^−L does not


@pytest.mark.equation("eq-log-softmax")
@pytest.mark.parametrize("n", SIZES)
def test_log_of_softmax_is_the_logit_minus_log_sum_exp(check, n):
    a = symbols(n)
    for x, p in zip(a, softmax_exact(a), strict=True):
        assert is_zero(p - sp.exp(x - lse_exact(a)))  # exp is one-to-one: equal exponentials, equal logs
    check.exactly(n)


@pytest.mark.equation("eq-log-softmax")
def test_the_implementation_computes_log_softmax(check):
    logits = [float(a) for a in EXACT_LOGITS]
    expected = [float(sp.log(sp.Rational(k, 15))) for k in (3, 1, 4, 2, 5)]
    check.close(log_softmax(logits), expected, rtol=CLOSE)


@pytest.mark.equation("eq-lse", kind="definition")
def test_the_implementation_computes_log_sum_exp(check):
    assert sp.exp(lse_exact(EXACT_LOGITS)) == 15
    check.close(logsumexp([float(a) for a in EXACT_LOGITS]), float(sp.log(15)), rtol=CLOSE)


@pytest.mark.equation("eq-loss-from-logits")
@pytest.mark.parametrize("n", SIZES)
def test_loss_is_log_sum_exp_minus_the_true_logit(check, n):
    a = symbols(n)
    for y in range(n):
        loss = lse_exact(a) - a[y]
        assert is_zero(sp.exp(-loss) - softmax_exact(a)[y])
        refute(loss + sp.log(softmax_exact(a)[y]), a)
    check.exactly(n)


def test_loss_of_a_hopeless_class_is_800_plus_log_2():
    # exact: log(2 + e^-800) + 800, and e^-800 is far below the last place
    assert cross_entropy([0, -800, 0], 1) == float(800 + sp.log(2))


@pytest.mark.equation("eq-lse-shift")
@pytest.mark.parametrize("n", SIZES)
def test_log_sum_exp_follows_a_common_shift(check, n):
    a, c = symbols(n), sp.Symbol("c", real=True)
    assert is_zero(sp.exp(lse_exact([x + c for x in a])) - sp.exp(c) * sp.exp(lse_exact(a)))
    check.exactly(n)


@pytest.mark.equation("eq-lse-shift")
@given(st.lists(st.integers(-50, 50), min_size=1, max_size=8), st.integers(-10_000, 10_000))
def test_the_implementation_of_log_sum_exp_follows_a_shift(check, logits, c):
    # both sides are rounded to the precision of numbers near 10 000: a relative error of a few ulps of that
    check.close(logsumexp(np.array(logits) + c), c + logsumexp(logits), rtol=0, atol=1e-11)


@pytest.mark.equation("eq-lse-bounds")
@pytest.mark.parametrize("n", SIZES)
def test_log_sum_exp_exceeds_the_maximum_by_zero_to_log_n(check, n):
    gaps = sp.symbols(f"g1:{n}", nonnegative=True)  # how far the others are behind the leader
    total = 1 + sum(sp.exp(-gap) for gap in gaps)  # exp(LSE − m)
    assert (total - 1).is_positive  # strictly above the maximum
    assert all(sp.diff(total, gap).is_negative for gap in gaps)  # so it is largest, n, where no one is behind
    assert total.subs(dict.fromkeys(gaps, 0)) == n
    check.exactly(n)


@pytest.mark.equation("eq-lse-bounds")
@given(st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=20))
def test_bounds_of_log_sum_exp_hold_in_floats(check, logits):
    m = max(logits)
    above = logsumexp(logits)
    # one rounding of the result may exceed the upper bound by an ulp
    assert m <= above <= np.nextafter(m + np.log(len(logits)), np.inf)
    check.held()


@pytest.mark.equation("eq-lse-temperature")
@given(logit_lists, st.floats(0.01, 100))
def test_temperature_narrows_the_band_of_log_sum_exp(check, logits, temperature):
    m, soft = max(logits), temperature * logsumexp(np.array(logits) / temperature)
    slack = CLOSE * (abs(m) + temperature)  # dividing and multiplying by T round once each
    assert m - slack <= soft <= m + temperature * np.log(len(logits)) + slack
    check.held()


@pytest.mark.equation("eq-lse-temperature", given="{eq-lse-bounds}, for the scores a/T")
@pytest.mark.parametrize("n", SIZES)
def test_band_with_temperature_is_the_plain_band_of_the_divided_scores(check, n):
    m, temperature = sp.Symbol("m", real=True), sp.Symbol("T", positive=True)
    # eq-lse-bounds for the scores a / T, whose maximum is m / T
    low, high = m / temperature, m / temperature + sp.log(n)
    assert sp.expand(temperature * low) == m
    assert sp.expand(temperature * high - m - temperature * sp.log(n)) == 0
    check.exactly(n)


@pytest.mark.equation("eq-lse-gradient")
@pytest.mark.parametrize("n", SIZES)
def test_gradient_of_log_sum_exp_is_softmax(check, n):
    a = symbols(n)
    for x, p in zip(a, softmax_exact(a), strict=True):
        assert is_zero(lse_exact(a).diff(x) - p)
        refute(lse_exact(a).diff(x) - p, a)
    check.exactly(n)


@pytest.mark.equation("eq-log-add")
def test_adding_probabilities_is_log_sum_exp_of_their_logs(check):
    p, q = sp.symbols("p q", positive=True)
    assert lse_exact([sp.log(p), sp.log(q)]) == sp.log(p + q)
    check.exactly(because="for any positive p and q")


@pytest.mark.equation("eq-softmax-of-log", given="Σ p = 1")
@pytest.mark.parametrize("n", SIZES)
def test_softmax_of_log_probabilities_returns_them(check, n):
    first = sp.symbols(f"p1:{n}", positive=True)
    p = [*first, 1 - sum(first)]  # sums to 1 by construction
    assert [sp.cancel(back) for back in softmax_exact([sp.log(x) for x in p])] == p
    check.exactly(n)
