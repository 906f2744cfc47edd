"""Each displayed equation of chapter 5, cross-entropy, held by a test that carries its label.

What the book's catalog states is proved in test_proved_for_all_n.py. Here NumPy compares the implementation with two
kinds of numerical derivative; what the catalog does not state is held by SymPy for concrete N, or by numbers.
"""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, log_softmax, logsumexp, softmax
from softmaxlab.learning.scoring_rules import (
    entropy,
    expected,
    kl_divergence,
    shortfall,
    squared_error,
    squared_error_grad,
)
from softmaxlab.pitfalls.naive import loss_by_definition
from support.equations.derivatives import (
    CLOSE,
    NEAR,
    by_complex_step,
    by_differences,
    cross_entropy_typed,
    softmax_typed,
)
from support.equations.formulas import every_case, is_zero, random_target, softmax_exact

RNG = np.random.default_rng(5)


@pytest.mark.equation("eq-price-rule", kind="wish")
def test_only_a_logarithm_among_the_usual_prices_adds_over_independent_forecasts(check):
    p, q, c = sp.symbols("p q c", positive=True)
    price = sp.Lambda(p, -c * sp.log(p))
    assert sp.expand(price(p * q) - price(p) - price(q)) == 0
    for other in (sp.Lambda(p, 1 - p), sp.Lambda(p, (1 - p) ** 2), sp.Lambda(p, 1 / p - 1)):
        assert sp.expand(other(p * q) - other(p) - other(q)) != 0
    check.exactly(because="the logarithm grants the wish, and three other prices do not")


@pytest.mark.equation("eq-price-slope", kind="consequence", source="eq-price-rule", given="s has a derivative")
def test_slope_rule_follows_from_adding_prices(check):
    p, q = sp.symbols("p q", positive=True)
    s = sp.Function("s")
    left, right = (side.diff(q).subs(q, 1).doit() for side in (s(p * q), s(p) + s(q)))
    assert sp.simplify(left - p * s(p).diff(p)) == 0
    assert right == s(q).diff(q).subs(q, 1)
    check.exactly(because="the slope of both sides with respect to q, at q = 1")


@pytest.mark.equation("eq-surprisal", kind="consequence", source="eq-price-slope", given="s(1) = 0 and s′(1) = −1")
def test_only_minus_the_logarithm_has_that_slope(check):
    p, c = sp.symbols("p c", positive=True)
    s = sp.Function("s")
    solution = sp.dsolve(sp.Eq(p * s(p).diff(p), -c), s(p), ics={s(1): 0})
    assert sp.expand(solution.rhs + c * sp.log(p)) == 0
    check.exactly(because="the only solution of the differential equation")


@pytest.mark.equation("eq-surprisal")
@pytest.mark.parametrize("p", [0.5, 0.25, 0.1, 0.001])
def test_price_of_a_forecast_is_minus_its_log(check, p):
    logits = [np.log(p), np.log1p(-p)]  # softmax returns p, by eq-softmax-of-log
    check.close(cross_entropy(logits, 0), -np.log(p), rtol=1e-15)
    assert loss_by_definition([p, 1 - p], [1, 0]) == -np.log(p)


@pytest.mark.equation("eq-bits")
def test_a_bit_is_log_2_nats(check):
    p = sp.Symbol("p", positive=True)
    assert sp.simplify(-sp.log(p, 2) - (-sp.log(p) / sp.log(2))) == 0
    assert -np.log2(1 / 8) == 3  # three halvings
    assert cross_entropy([0, 0], 0) == np.log(2)
    check.exactly(because="for any positive p")


@pytest.mark.equation("eq-likelihood")
@pytest.mark.parametrize("m", range(1, 6))
def test_minus_log_of_a_product_is_the_sum_of_the_minus_logs(check, m):
    p = sp.symbols(f"p1:{m + 1}", positive=True)
    assert sp.expand_log(-sp.log(sp.prod(p))) == sum(-sp.log(x) for x in p)
    check.exactly(m, of="m")


@pytest.mark.equation("eq-likelihood")
def test_minus_log_of_the_likelihood_is_the_sum_of_the_losses(check):
    logits, labels = RNG.normal(size=(20, 4)), RNG.integers(0, 4, 20)
    likelihood = np.prod(softmax(logits)[np.arange(20), labels])  # of 20 factors near 1/4: far from underflow
    losses = cross_entropy(logits, labels, reduction="none")
    check.close(losses.sum(), -np.log(likelihood), rtol=1e-13)  # 20 roundings
    check.close(cross_entropy(logits, labels), losses.mean(), rtol=1e-14)


@pytest.mark.equation("eq-cross-entropy", kind="definition")
@every_case
def test_cross_entropy_is_the_average_of_the_surprisals(check, logits, v):
    y = random_target(v)
    check.close(cross_entropy(logits, y), cross_entropy_typed(logits, y), rtol=1e-13)
    check.close(cross_entropy(logits, y), loss_by_definition(softmax(logits), y), rtol=1e-13)


@pytest.mark.equation("eq-cross-entropy", kind="definition")
@every_case
def test_cross_entropy_of_a_one_hot_target_is_the_loss_of_its_class(check, logits, v):
    for c, one_hot in enumerate(np.eye(logits.size)):
        check.close(cross_entropy(logits, one_hot), cross_entropy(logits, c), rtol=0)


@pytest.mark.equation("eq-cross-entropy-logits")
@every_case
def test_cross_entropy_in_logits_agrees_also_for_targets_of_any_sum(check, logits, v):
    y = np.abs(v)
    claimed = logsumexp(logits) * y.sum() - y @ logits
    check.close(claimed, -(y @ log_softmax(logits)), rtol=1e-12)
    check.close(claimed, cross_entropy(logits, y), rtol=1e-12)


@pytest.mark.equation("eq-entropy", kind="definition")
@every_case
def test_entropy_is_the_cross_entropy_of_a_forecast_with_itself(check, logits, v):
    check.close(entropy(softmax(logits)), cross_entropy(logits, softmax(logits)), rtol=1e-13)


@pytest.mark.equation("eq-kl", kind="definition")
@every_case
def test_kl_divergence_is_the_sum_of_y_log_y_over_p(check, logits, v):
    y, p = random_target(v), softmax(logits)
    check.close(kl_divergence(y, p), np.sum(y * np.log(y / p)), rtol=1e-13)


@pytest.mark.equation("eq-kl-split")
@every_case
def test_kl_split_holds_in_the_implementation(check, logits, v):
    y = random_target(v)
    split = entropy(y) + kl_divergence(y, softmax(logits))
    check.close(cross_entropy(logits, y), split, rtol=1e-13)


@pytest.mark.equation("eq-log-line")
def test_log_lies_below_its_tangent_at_one(check):
    t = sp.Symbol("t", positive=True)
    gap = t - 1 - sp.log(t)
    assert gap.subs(t, 1) == 0
    assert sp.solve(gap.diff(t), t) == [1]  # the only level point, and
    assert gap.diff(t, 2).is_positive  # the gap curves upward: so 0 is its least value
    check.exactly(because="the gap is level at t = 1 only, where it is 0, and curves upward")


@pytest.mark.equation("eq-gibbs", given="{eq-log-line}, Σ y = 1 and Σ p = 1")
def test_each_term_of_kl_is_at_least_y_minus_p_and_these_sum_to_zero(check):
    y, p, t = sp.symbols("y p t", positive=True)
    above = (y * sp.log(y / p) - (y - p)).subs(p, t * y)
    assert sp.simplify(sp.expand_log(above) - y * (t - 1 - sp.log(t))) == 0  # at least 0, and 0 only if p = y
    check.for_every("N", because="no term is below y − p, and one equals it only if p = y (for y = 0 it is 0)")


@pytest.mark.equation("eq-gibbs")
@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6), st.integers(0, 5))
def test_kl_is_not_negative_and_zero_for_equal_forecasts(check, weights, turn):
    y = np.array(weights) / sum(weights)
    p = np.roll(y, turn)
    assert kl_divergence(y, p) >= -1e-15  # each of six terms may round by an ulp
    assert kl_divergence(y, y) == 0
    if np.abs(y - p).max() > 1e-3:
        assert kl_divergence(y, p) > 1e-7  # about Σ (y − p)² / 2p
    check.held()


def test_kl_is_infinite_if_the_possible_was_called_impossible():
    assert kl_divergence([0.5, 0.5], [1, 0]) == np.inf
    assert kl_divergence([1, 0], [0.5, 0.5]) < np.inf


@pytest.mark.equation("eq-entropy-gradient")
@every_case
def test_entropy_gradient_agrees_with_differences_and_complex_step(check, logits, v):
    p = softmax(logits)
    claimed = -p * (np.log(p) + entropy(p))
    typed = by_complex_step(lambda a: -np.sum(softmax_typed(a) * np.log(softmax_typed(a)), axis=-1), logits)
    check.close(claimed, typed, **CLOSE)
    check.close(claimed, by_differences(lambda a: entropy(softmax(a)), logits), **NEAR)


@pytest.mark.equation("eq-proper")
def test_slope_of_the_expected_log_price_is_zero_at_the_truth_only(check):
    p, q = sp.symbols("p q", positive=True)
    slope = (-q * sp.log(p) - (1 - q) * sp.log(1 - p)).diff(p)
    assert sp.cancel(slope - (-q / p + (1 - q) / (1 - p))) == 0
    assert sp.cancel(slope - (p - q) / (p * (1 - p))) == 0
    assert sp.solve(slope, p) == [q]
    check.exactly(2)


@pytest.mark.equation("eq-proper", part="the expected price is least at the truth")
@pytest.mark.parametrize("loss", [cross_entropy, squared_error])
@pytest.mark.parametrize("truth", [[0.7, 0.3], [0.7, 0.2, 0.1], [0.25, 0.25, 0.5]])
def test_expected_price_is_least_at_the_truth(check, loss, truth):
    honest = np.log(truth)
    least = expected(loss, honest, truth)
    for _ in range(200):
        claim = honest + RNG.normal(0, 0.5, len(truth))
        assert expected(loss, claim, truth) > least
        check.held()


def test_the_plain_shortfall_rewards_exaggeration():
    truth = [0.7, 0.3]
    assert expected(shortfall, [9, 0], truth) < expected(shortfall, np.log(truth), truth)


@pytest.mark.equation("eq-local", given="the price is smooth, and honesty is cheapest")
def test_moving_a_little_claim_between_two_classes_changes_the_bill_by_the_difference_of_q_times_slope(check):
    q1, q2, q3 = sp.symbols("q1:4", positive=True)
    s, move = sp.Function("s"), sp.Symbol("h")
    bill = q1 * s(q1 + move) + q2 * s(q2 - move) + q3 * s(q3)
    slope = bill.diff(move).subs(move, 0).doit()
    assert sp.simplify(slope - (q1 * s(q1).diff(q1) - q2 * s(q2).diff(q2))) == 0
    check.exactly(3)


def test_the_logarithm_obeys_the_rule_of_local_prices_and_the_square_does_not():
    q = sp.Symbol("q", positive=True)
    assert (q * (-sp.log(q)).diff(q)).diff(q) == 0  # the same number for every q
    assert (q * ((1 - q) ** 2).diff(q)).diff(q) != 0


@pytest.mark.equation("eq-squared-error", kind="definition")
@every_case
def test_squared_error_is_half_the_squared_distance_and_at_most_one(check, logits, v):
    for c, one_hot in enumerate(np.eye(logits.size)):
        found = squared_error(logits, c)
        check.close(found, 0.5 * np.linalg.norm(softmax(logits) - one_hot) ** 2, rtol=1e-14)
        assert 0 <= found <= 1


@pytest.mark.equation("eq-squared-error-grad")
@every_case
def test_gradient_of_squared_error_agrees_with_differences_and_the_displayed_line(check, logits, v):
    p = softmax(logits)
    for c, y in enumerate(np.eye(logits.size)):
        found = squared_error_grad(logits, c)
        check.close(found, p * ((p - y) - p @ (p - y)), **CLOSE)
        check.close(found, by_differences(lambda a, c=c: squared_error(a, c), logits), **NEAR)


@pytest.mark.equation("eq-two-slopes")
def test_slope_of_squared_error_has_a_factor_that_cross_entropy_lacks(check):
    z = sp.Symbol("z", real=True)
    p = softmax_exact([z, sp.Integer(0)])[0]
    squared = ((p - 1) ** 2 + (1 - p) ** 2) / 2
    assert is_zero(squared.diff(z) - 2 * p * (1 - p) * (p - 1))
    assert is_zero((-sp.log(p)).diff(z) - (p - 1))
    check.exactly(2)
