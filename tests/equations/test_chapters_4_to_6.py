"""Each displayed equation of chapters 4 to 6, held by a test that carries its label.

Where the book's catalog states the identity, its certificate is asked for: a proof for every N. Beside it, NumPy
compares the implementation with two kinds of numerical derivative. What the catalog does not state is held by SymPy
for concrete N, or by numbers.
"""

import numpy as np
import pytest
import sympy as sp
from derivatives import CLOSE, NEAR, by_complex_step, by_differences, cross_entropy_typed, softmax_typed
from hypothesis import given
from hypothesis import strategies as st
from test_chapters_1_to_3 import is_zero, lse_exact, softmax_exact, symbols

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    cross_entropy_with_grad,
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
)
from softmaxlab.exact import logits_and_probs
from softmaxlab.proofs.book import proof_of
from softmaxlab.rungs import grad_by_chain_rule, jacobian_by_loops, loss_by_definition
from softmaxlab.scoring import entropy, expected, kl_divergence, shortfall, squared_error, squared_error_grad

SIZES = range(2, 7)
RNG = np.random.default_rng(406)
# logits and a direction of each size, both of moderate scale: no probability underflows
CASES = [(RNG.normal(0, 2, n), RNG.normal(0, 1, n)) for n in (2, 3, 5, 9) for _ in range(5)]
every_case = pytest.mark.parametrize(("logits", "v"), CASES)
every_size = pytest.mark.parametrize("n", SIZES)


def assert_proved(label):
    proof = proof_of(label)
    assert proof.badge == "proved for all N"
    assert proof.steps


def soft_target(n):
    """Symbols for a target that sums to 1 by construction."""
    first = sp.symbols(f"y1:{n}", positive=True)
    return [*first, 1 - sum(first)]


def random_target(v):
    """A probability vector made from any vector."""
    return np.abs(v) / np.abs(v).sum()


def cleared(expression):
    """Whether an expression in symbols and exponentials is identically 0."""
    return sp.cancel(sp.together(sp.expand(expression, power_exp=True))) == 0


# Chapter 4: the Jacobian


@pytest.mark.equation("eq-delta")
@every_size
def test_kronecker_delta_is_the_derivative_of_one_logit_by_another(certify, n):
    a = symbols(n)
    for i in range(n):
        for j in range(n):
            assert a[i].diff(a[j]) == sp.KroneckerDelta(i, j) == int(i == j)
    certify.exactly(n)


@pytest.mark.equation("eq-quotient")
def test_quotient_rule_line_is_proved(certify):
    certify.proved(proof_of("eq-quotient"))


@pytest.mark.equation("eq-quotient")
@every_case
def test_quotient_rule_line_agrees_with_complex_step(certify, logits, v):
    weights, total = np.exp(logits), np.exp(logits).sum()
    claimed = (np.diag(weights) * total - np.outer(weights, weights)) / total**2
    certify.close(claimed, by_complex_step(softmax_typed, logits), **CLOSE)


@pytest.mark.equation("eq-jacobian-diagonal")
def test_own_score_case_is_proved(certify):
    certify.proved(proof_of("eq-jacobian-diagonal"))


@pytest.mark.equation("eq-jacobian-diagonal")
@every_case
def test_own_score_case_agrees_with_complex_step(certify, logits, v):
    p = softmax(logits)
    certify.close(p * (1 - p), np.diag(by_complex_step(softmax_typed, logits)), **CLOSE)


@pytest.mark.equation("eq-jacobian-off")
def test_other_score_case_is_proved(certify):
    certify.proved(proof_of("eq-jacobian-off"))


@pytest.mark.equation("eq-jacobian-off")
@every_case
def test_other_score_case_agrees_with_complex_step(certify, logits, v):
    p, slopes = softmax(logits), by_complex_step(softmax_typed, logits)
    off = ~np.eye(p.size, dtype=bool)
    certify.close(-np.outer(p, p)[off], slopes[off], **CLOSE)


@pytest.mark.equation("eq-jacobian")
def test_jacobian_is_proved(certify):
    certify.proved(proof_of("eq-jacobian"))


@pytest.mark.equation("eq-jacobian")
@pytest.mark.parametrize("implementation", [softmax_jacobian, jacobian_by_loops])
@every_case
def test_jacobian_agrees_with_differences_and_complex_step(certify, implementation, logits, v):
    jacobian = implementation(logits)
    certify.close(jacobian, by_differences(softmax, logits), **NEAR)
    certify.close(jacobian, by_complex_step(softmax_typed, logits), **CLOSE)


@pytest.mark.equation("eq-jacobian-matrix")
@every_size
def test_jacobian_is_diag_p_minus_p_p_transposed(certify, n):
    a, p = logits_and_probs(n)
    claimed = sp.diag(*p) - p * p.T
    assert all(is_zero(entry) for entry in p.jacobian(a) - claimed)
    certify.exactly(n)


@pytest.mark.equation("eq-jacobian-symmetric")
def test_symmetry_of_the_jacobian_is_proved(certify):
    certify.proved(proof_of("eq-jacobian-symmetric"))


@pytest.mark.equation("eq-jacobian-symmetric")
@every_case
def test_slopes_of_softmax_are_symmetric_in_numbers(certify, logits, v):
    slopes = by_complex_step(softmax_typed, logits)
    certify.close(slopes, slopes.T, **CLOSE)


@pytest.mark.equation("eq-jacobian-rows")
def test_rows_of_the_jacobian_sum_to_zero_is_proved(certify):
    certify.proved(proof_of("eq-jacobian-rows"))


@pytest.mark.equation("eq-jacobian-columns")
def test_columns_of_the_jacobian_sum_to_zero_is_proved(certify):
    certify.proved(proof_of("eq-jacobian-columns"))


@pytest.mark.equation("eq-jacobian-columns")
@pytest.mark.equation("eq-jacobian-rows")
@every_case
def test_rows_and_columns_of_the_slopes_sum_to_zero(certify, logits, v):
    slopes = by_complex_step(softmax_typed, logits)
    certify.close(slopes.sum(axis=0), 0, **CLOSE)
    certify.close(slopes.sum(axis=1), 0, **CLOSE)


@pytest.mark.equation("eq-null-space")
@pytest.mark.parametrize("n", range(2, 6))
def test_null_space_of_the_jacobian_is_the_line_of_equal_entries(certify, n):
    w = sp.symbols(f"w1:{n + 1}", positive=True)  # w = exp(a), any positive numbers: p = w / Σw
    p = sp.Matrix(w) / sum(w)
    jacobian = (sp.diag(*p) - p * p.T).applyfunc(sp.cancel)
    assert all(sp.cancel(entry) == 0 for entry in jacobian * sp.ones(n, 1))
    # rank n − 1: deleting one row and column leaves a determinant that is a product of positive numbers
    minor = sp.factor(jacobian[:-1, :-1].det(method="berkowitz"))
    assert sp.cancel(minor - sp.prod(p)) == 0
    assert sp.prod(p).is_positive
    certify.exactly(n)


@pytest.mark.equation("eq-jvp")
def test_jacobian_times_a_vector_is_proved(certify):
    certify.proved(proof_of("eq-jvp"))


@pytest.mark.equation("eq-jvp")
@every_case
def test_jvp_agrees_with_the_slope_along_the_direction(certify, logits, v):
    (along,) = by_complex_step(lambda t: softmax_typed(logits + t * v), [0.0]).T
    certify.close(softmax_jvp(logits, v), along, **CLOSE)
    certify.close(softmax_jvp(logits, v), by_differences(softmax, logits) @ v, **NEAR)


@pytest.mark.equation("eq-variance")
def test_variance_reading_is_proved(certify):
    certify.proved(proof_of("eq-variance"))


@pytest.mark.equation("eq-variance")
@every_case
def test_quadratic_form_of_the_slopes_is_the_variance(certify, logits, v):
    p = softmax(logits)
    form = v @ by_complex_step(softmax_typed, logits) @ v
    certify.close(p @ v**2 - (p @ v) ** 2, form, **CLOSE)


@pytest.mark.equation("eq-variance-pairs")
def test_variance_by_pairs_is_proved_and_nonnegative(certify):
    certify.proved(proof_of("eq-variance-pairs"))
    assert proof_of("eq-variance-pairs").nonnegative


@pytest.mark.equation("eq-variance-pairs")
@every_case
def test_quadratic_form_of_the_slopes_is_half_the_sum_over_pairs(certify, logits, v):
    p = softmax(logits)
    form = v @ by_complex_step(softmax_typed, logits) @ v
    pairs = np.outer(p, p) * (v[:, None] - v) ** 2
    certify.close(pairs.sum() / 2, form, **CLOSE)


@pytest.mark.equation("eq-covariance")
@every_size
def test_covariance_of_a_one_hot_draw_is_the_jacobian(certify, n):
    first = sp.symbols(f"p1:{n}", positive=True)
    p = [*first, 1 - sum(first)]  # sums to 1 by construction
    draws = np.eye(n, dtype=int)  # row c: what is drawn with probability p_c
    for i in range(n):
        for j in range(n):
            mean_i, mean_j = (sum(p[c] * int(draws[c, x]) for c in range(n)) for x in (i, j))
            covariance = sum(p[c] * (int(draws[c, i]) - mean_i) * (int(draws[c, j]) - mean_j) for c in range(n))
            assert sp.expand(covariance - (int(i == j) * p[i] - p[i] * p[j])) == 0
    certify.exactly(n)


@pytest.mark.equation("eq-temperature-gradient")
def test_temperature_gradient_is_proved(certify):
    certify.proved(proof_of("eq-temperature-gradient"))


@pytest.mark.equation("eq-temperature-gradient")
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
@every_case
def test_temperature_gradient_agrees_with_complex_step(certify, logits, v, temperature):
    p = softmax(logits / temperature)
    claimed = p / temperature**2 * (p @ logits - logits)
    (slope,) = by_complex_step(lambda t: softmax_typed(logits / t), [temperature]).T
    certify.close(claimed, slope, **CLOSE)
    certify.close(softmax_jvp(logits / temperature, -logits / temperature**2), slope, **CLOSE)


# Chapter 5: cross-entropy


@pytest.mark.equation("eq-price-rule")
def test_only_a_logarithm_among_the_usual_prices_adds_over_independent_forecasts(certify):
    p, q, c = sp.symbols("p q c", positive=True)
    price = sp.Lambda(p, -c * sp.log(p))
    assert sp.expand(price(p * q) - price(p) - price(q)) == 0
    for other in (sp.Lambda(p, 1 - p), sp.Lambda(p, (1 - p) ** 2), sp.Lambda(p, 1 / p - 1)):
        assert sp.expand(other(p * q) - other(p) - other(q)) != 0
    certify.exactly()


@pytest.mark.equation("eq-price-slope")
def test_slope_rule_follows_from_adding_prices_and_leaves_only_the_logarithm(certify):
    p, q, c = sp.symbols("p q c", positive=True)
    s = sp.Function("s")
    # differentiate s(pq) = s(p) + s(q) by q, at q = 1
    left = s(p * q).diff(q).subs(q, 1).doit()
    assert sp.simplify(left - p * s(p).diff(p)) == 0
    solution = sp.dsolve(sp.Eq(p * s(p).diff(p), -c), s(p), ics={s(1): 0})
    assert sp.expand(solution.rhs + c * sp.log(p)) == 0
    certify.exactly()


@pytest.mark.equation("eq-surprisal")
@pytest.mark.parametrize("p", [0.5, 0.25, 0.1, 0.001])
def test_price_of_a_forecast_is_minus_its_log(certify, p):
    logits = [np.log(p), np.log1p(-p)]  # softmax returns p, by eq-softmax-of-log
    certify.close(cross_entropy(logits, 0), -np.log(p), rtol=1e-15)
    assert loss_by_definition([p, 1 - p], [1, 0]) == -np.log(p)


@pytest.mark.equation("eq-bits")
def test_a_bit_is_log_2_nats(certify):
    p = sp.Symbol("p", positive=True)
    assert sp.simplify(-sp.log(p, 2) - (-sp.log(p) / sp.log(2))) == 0
    assert -np.log2(1 / 8) == 3  # three halvings
    assert cross_entropy([0, 0], 0) == np.log(2)
    certify.exactly()


@pytest.mark.equation("eq-likelihood")
def test_minus_log_of_the_likelihood_is_the_sum_of_the_losses(certify):
    logits, labels = RNG.normal(size=(20, 4)), RNG.integers(0, 4, 20)
    likelihood = np.prod(softmax(logits)[np.arange(20), labels])  # of 20 factors near 1/4: far from underflow
    losses = cross_entropy(logits, labels, reduction="none")
    certify.close(losses.sum(), -np.log(likelihood), rtol=1e-13)  # 20 roundings
    certify.close(cross_entropy(logits, labels), losses.mean(), rtol=1e-14)


@pytest.mark.equation("eq-cross-entropy")
@every_case
def test_cross_entropy_is_the_average_of_the_surprisals(certify, logits, v):
    y = random_target(v)
    certify.close(cross_entropy(logits, y), cross_entropy_typed(logits, y), rtol=1e-13)
    certify.close(cross_entropy(logits, y), loss_by_definition(softmax(logits), y), rtol=1e-13)


@pytest.mark.equation("eq-cross-entropy")
@every_case
def test_cross_entropy_of_a_one_hot_target_is_the_loss_of_its_class(certify, logits, v):
    for c, one_hot in enumerate(np.eye(logits.size)):
        certify.close(cross_entropy(logits, one_hot), cross_entropy(logits, c), rtol=0)


@pytest.mark.equation("eq-cross-entropy-logits")
def test_cross_entropy_in_logits_is_proved(certify):
    certify.proved(proof_of("eq-cross-entropy-logits"))


@pytest.mark.equation("eq-cross-entropy-logits")
@every_case
def test_cross_entropy_in_logits_agrees_also_for_targets_of_any_sum(certify, logits, v):
    y = np.abs(v)
    claimed = logsumexp(logits) * y.sum() - y @ logits
    certify.close(claimed, -(y @ log_softmax(logits)), rtol=1e-12)
    certify.close(claimed, cross_entropy(logits, y), rtol=1e-12)


@pytest.mark.equation("eq-entropy")
@every_case
def test_entropy_is_the_cross_entropy_of_a_forecast_with_itself(certify, logits, v):
    certify.close(entropy(softmax(logits)), cross_entropy(logits, softmax(logits)), rtol=1e-13)


@pytest.mark.equation("eq-kl")
@every_case
def test_kl_divergence_is_the_sum_of_y_log_y_over_p(certify, logits, v):
    y, p = random_target(v), softmax(logits)
    certify.close(kl_divergence(y, p), np.sum(y * np.log(y / p)), rtol=1e-13)


@pytest.mark.equation("eq-kl-split")
def test_kl_split_is_proved(certify):
    certify.proved(proof_of("eq-kl-split"))


@pytest.mark.equation("eq-kl-split")
@every_case
def test_kl_split_holds_in_the_implementation(certify, logits, v):
    y = random_target(v)
    split = entropy(y) + kl_divergence(y, softmax(logits))
    certify.close(cross_entropy(logits, y), split, rtol=1e-13)


@pytest.mark.equation("eq-log-line")
def test_log_lies_below_its_tangent_at_one(certify):
    t = sp.Symbol("t", positive=True)
    gap = t - 1 - sp.log(t)
    assert gap.subs(t, 1) == 0
    assert sp.solve(gap.diff(t), t) == [1]  # the only level point, and
    assert gap.diff(t, 2).is_positive  # the gap curves upward: so 0 is its least value
    certify.exactly()


@pytest.mark.equation("eq-gibbs")
@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=6), st.integers(0, 5))
def test_kl_is_not_negative_and_zero_for_equal_forecasts(certify, weights, turn):
    y = np.array(weights) / sum(weights)
    p = np.roll(y, turn)
    assert kl_divergence(y, p) >= -1e-15  # each of six terms may round by an ulp
    assert kl_divergence(y, y) == 0
    if np.abs(y - p).max() > 1e-3:
        assert kl_divergence(y, p) > 1e-7  # about Σ (y − p)² / 2p
    certify.held()


@pytest.mark.equation("eq-gibbs")
def test_kl_is_infinite_if_the_possible_was_called_impossible():
    assert kl_divergence([0.5, 0.5], [1, 0]) == np.inf
    assert kl_divergence([1, 0], [0.5, 0.5]) < np.inf


@pytest.mark.equation("eq-entropy-gradient")
def test_entropy_gradient_is_proved(certify):
    certify.proved(proof_of("eq-entropy-gradient"))


@pytest.mark.equation("eq-entropy-gradient")
@every_case
def test_entropy_gradient_agrees_with_differences_and_complex_step(certify, logits, v):
    p = softmax(logits)
    claimed = -p * (np.log(p) + entropy(p))
    typed = by_complex_step(lambda a: -np.sum(softmax_typed(a) * np.log(softmax_typed(a)), axis=-1), logits)
    certify.close(claimed, typed, **CLOSE)
    certify.close(claimed, by_differences(lambda a: entropy(softmax(a)), logits), **NEAR)


@pytest.mark.equation("eq-proper")
def test_slope_of_the_expected_log_price_is_zero_at_the_truth_only(certify):
    p, q = sp.symbols("p q", positive=True)
    slope = (-q * sp.log(p) - (1 - q) * sp.log(1 - p)).diff(p)
    assert sp.cancel(slope - (-q / p + (1 - q) / (1 - p))) == 0
    assert sp.cancel(slope - (p - q) / (p * (1 - p))) == 0
    assert sp.solve(slope, p) == [q]
    certify.exactly(2)


@pytest.mark.equation("eq-proper")
@pytest.mark.parametrize("loss", [cross_entropy, squared_error])
@pytest.mark.parametrize("truth", [[0.7, 0.3], [0.7, 0.2, 0.1], [0.25, 0.25, 0.5]])
def test_expected_price_is_least_at_the_truth(certify, loss, truth):
    honest = np.log(truth)
    least = expected(loss, honest, truth)
    for _ in range(200):
        claim = honest + RNG.normal(0, 0.5, len(truth))
        assert expected(loss, claim, truth) > least
        certify.held()


def test_the_plain_shortfall_rewards_exaggeration():
    truth = [0.7, 0.3]
    assert expected(shortfall, [9, 0], truth) < expected(shortfall, np.log(truth), truth)


@pytest.mark.equation("eq-local")
def test_moving_a_little_claim_between_two_classes_changes_the_bill_by_the_difference_of_q_times_slope(certify):
    q1, q2, q3 = sp.symbols("q1:4", positive=True)
    s, move = sp.Function("s"), sp.Symbol("h")
    bill = q1 * s(q1 + move) + q2 * s(q2 - move) + q3 * s(q3)
    slope = bill.diff(move).subs(move, 0).doit()
    assert sp.simplify(slope - (q1 * s(q1).diff(q1) - q2 * s(q2).diff(q2))) == 0
    certify.exactly(3)


@pytest.mark.equation("eq-local")
def test_the_logarithm_obeys_the_rule_of_local_prices_and_the_square_does_not():
    q = sp.Symbol("q", positive=True)
    assert (q * (-sp.log(q)).diff(q)).diff(q) == 0  # the same number for every q
    assert (q * ((1 - q) ** 2).diff(q)).diff(q) != 0


@pytest.mark.equation("eq-squared-error")
@every_case
def test_squared_error_is_half_the_squared_distance_and_at_most_one(certify, logits, v):
    for c, one_hot in enumerate(np.eye(logits.size)):
        found = squared_error(logits, c)
        certify.close(found, 0.5 * np.linalg.norm(softmax(logits) - one_hot) ** 2, rtol=1e-14)
        assert 0 <= found <= 1


@pytest.mark.equation("eq-squared-error-grad")
@every_case
def test_gradient_of_squared_error_agrees_with_differences_and_the_displayed_line(certify, logits, v):
    p = softmax(logits)
    for c, y in enumerate(np.eye(logits.size)):
        found = squared_error_grad(logits, c)
        certify.close(found, p * ((p - y) - p @ (p - y)), **CLOSE)
        certify.close(found, by_differences(lambda a, c=c: squared_error(a, c), logits), **NEAR)


@pytest.mark.equation("eq-two-slopes")
def test_slope_of_squared_error_has_a_factor_that_cross_entropy_lacks(certify):
    z = sp.Symbol("z", real=True)
    p = softmax_exact([z, sp.Integer(0)])[0]
    squared = ((p - 1) ** 2 + (1 - p) ** 2) / 2
    assert is_zero(squared.diff(z) - 2 * p * (1 - p) * (p - 1))
    assert is_zero((-sp.log(p)).diff(z) - (p - 1))
    certify.exactly(2)


# Chapter 6: p − y


@pytest.mark.equation("eq-loss-by-p")
def test_loss_by_probability_is_proved(certify):
    certify.proved(proof_of("eq-loss-by-p"))


@pytest.mark.equation("eq-loss-by-p")
@every_case
def test_loss_by_probability_agrees_with_complex_step(certify, logits, v):
    p, y = softmax(logits), random_target(v)
    slopes = by_complex_step(lambda q: -np.sum(y * np.log(q), axis=-1), p)
    certify.close(-y / p, slopes, rtol=1e-14)


def gradient_typed(logits, y):
    return by_complex_step(lambda a: cross_entropy_typed(a, y), logits)


@pytest.mark.equation("eq-chain-1")
def test_first_line_of_the_chain_is_proved(certify):
    certify.proved(proof_of("eq-chain-1"))


@pytest.mark.equation("eq-chain-1")
@every_case
def test_first_line_of_the_chain_agrees_with_complex_step(certify, logits, v):
    p, y = softmax(logits), np.abs(v)
    sum_of_paths = (-y / p) @ by_complex_step(softmax_typed, logits)
    # −y/p may be as large as 1e4 here, and its products cancel: so many roundings of 1e-16 · 1e4
    certify.close(sum_of_paths, gradient_typed(logits, y), rtol=0, atol=1e-11)


@pytest.mark.equation("eq-chain-2")
def test_second_line_of_the_chain_is_proved(certify):
    certify.proved(proof_of("eq-chain-2"))


@pytest.mark.equation("eq-chain-3")
def test_third_line_of_the_chain_is_proved(certify):
    certify.proved(proof_of("eq-chain-3"))


@pytest.mark.equation("eq-chain-4")
def test_fourth_line_of_the_chain_is_proved(certify):
    certify.proved(proof_of("eq-chain-4"))


@pytest.mark.equation("eq-chain-2")
@pytest.mark.equation("eq-chain-3")
@pytest.mark.equation("eq-chain-4")
@every_case
def test_each_line_of_the_chain_agrees_with_complex_step(certify, logits, v):
    p, y = softmax(logits), np.abs(v)
    off = 1 - np.eye(p.size)  # row i: 1 for every j ≠ i
    second = (-y / p * p) @ (np.eye(p.size) - p)
    third = -y * (1 - p) + off @ y * p
    fourth = p * y.sum() - y
    for line in (second, third, fourth):
        certify.close(line, gradient_typed(logits, y), **CLOSE)


@pytest.mark.equation("eq-p-minus-y")
def test_p_minus_y_is_proved(certify):
    certify.proved(proof_of("eq-p-minus-y"))


@pytest.mark.equation("eq-p-minus-y")
@every_size
def test_p_minus_y_by_plain_sympy(certify, n):
    a, p = logits_and_probs(n)
    y = soft_target(n)
    loss = -sum(t * sp.log(q) for t, q in zip(y, p, strict=True))
    assert all(cleared(loss.diff(a[i]) - (p[i] - y[i])) for i in range(n))
    certify.exactly(n)


@pytest.mark.equation("eq-p-minus-y")
@every_case
def test_gradient_of_cross_entropy_agrees_with_differences_and_complex_step(certify, logits, v):
    for c, y in enumerate(np.eye(logits.size)):
        grad = cross_entropy_grad(logits, c)
        certify.close(grad, softmax(logits) - y, **CLOSE)
        certify.close(grad, gradient_typed(logits, y), **CLOSE)
        certify.close(grad, by_differences(lambda a, c=c: cross_entropy(a, c), logits), **NEAR)


@pytest.mark.equation("eq-loss-linear")
@every_case
def test_loss_is_log_sum_exp_minus_a_straight_line(certify, logits, v):
    y = random_target(v)
    certify.close(logsumexp(logits) - y @ logits, cross_entropy_typed(logits, y), rtol=1e-12)


@pytest.mark.equation("eq-loss-linear")
@every_size
def test_log_sum_exp_minus_a_straight_line_is_the_loss_exactly(certify, n):
    a, y = symbols(n), soft_target(n)
    loss = -sum(t * (x - lse_exact(a)) for t, x in zip(y, a, strict=True))  # log p = a − LSE, eq-log-softmax
    line = lse_exact(a) - sum(t * x for t, x in zip(y, a, strict=True))
    assert sp.expand(loss - line) == 0
    certify.exactly(n)


@pytest.mark.equation("eq-vjp")
@every_case
def test_backward_product_agrees_with_the_gradient_of_any_function_of_p(certify, logits, v):
    # two losses of p with known slopes g: a linear one, and cross-entropy
    p, y = softmax(logits), random_target(v)
    for g, loss in (
        (v, lambda a: softmax_typed(a) @ v),
        (-y / p, lambda a: cross_entropy_typed(a, y)),
    ):
        slopes = by_complex_step(loss, logits)
        certify.close(p * (g - p @ g), slopes, **CLOSE)
        certify.close(softmax_jvp(logits, g), slopes, **CLOSE)


@pytest.mark.equation("eq-cancel")
@every_size
def test_dividing_the_jacobian_by_p_leaves_no_product_of_probabilities(certify, n):
    a, p = logits_and_probs(n)
    left = p.jacobian(a) * sp.diag(*[1 / x for x in p])
    right = sp.eye(n) - p * sp.ones(1, n)
    assert all(is_zero(entry) for entry in left - right)
    certify.exactly(n)


@pytest.mark.equation("eq-gradient-general")
def test_gradient_for_targets_of_any_sum_is_proved(certify):
    certify.proved(proof_of("eq-gradient-general"))


@pytest.mark.equation("eq-gradient-general")
@every_case
def test_gradient_for_targets_of_any_sum_agrees_with_complex_step(certify, logits, v):
    y = 3 * np.abs(v)
    certify.close(cross_entropy_grad(logits, y), gradient_typed(logits, y), rtol=0, atol=1e-12)
    assert np.abs(cross_entropy_grad(logits, y) - (softmax(logits) - y)).max() > 1e-3  # p − y is something else


@pytest.mark.equation("eq-soft-labels")
def test_gradient_for_soft_labels_is_proved(certify):
    certify.proved(proof_of("eq-soft-labels"))


@pytest.mark.equation("eq-soft-labels")
@every_case
def test_gradient_for_soft_labels_is_the_mixture_of_one_hot_gradients(certify, logits, v):
    y = random_target(v)
    mixture = sum(share * cross_entropy_grad(logits, c) for c, share in enumerate(y))
    certify.close(mixture, cross_entropy_grad(logits, y), **CLOSE)
    certify.close(mixture, gradient_typed(logits, y), **CLOSE)


@pytest.mark.equation("eq-smoothing")
def test_gradient_for_smoothed_labels_is_proved(certify):
    certify.proved(proof_of("eq-smoothing"))


@pytest.mark.equation("eq-smoothing")
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
@every_case
def test_gradient_for_smoothed_labels_agrees_with_differences(certify, logits, v, epsilon):
    for c, y in enumerate(np.eye(logits.size)):
        claimed = softmax(logits) - (1 - epsilon) * y - epsilon / logits.size
        found = cross_entropy_grad(logits, c, label_smoothing=epsilon)
        certify.close(found, claimed, **CLOSE)

        def loss(a, c=c):
            return cross_entropy(a, c, label_smoothing=epsilon)

        certify.close(found, by_differences(loss, logits), **NEAR)


@pytest.mark.equation("eq-smoothing-gap")
@every_size
def test_smoothed_gradient_vanishes_at_a_finite_lead(certify, n):
    epsilon = sp.Symbol("epsilon", positive=True)
    weight = 1 + (1 - epsilon) * n / epsilon  # exp of the claimed lead; the others have weight 1
    p_true, p_other = weight / (weight + n - 1), 1 / (weight + n - 1)
    assert sp.cancel(p_true - (1 - epsilon) - epsilon / n) == 0
    assert sp.cancel(p_other - epsilon / n) == 0
    certify.exactly(n)


@pytest.mark.equation("eq-smoothing-gap")
def test_smoothed_gradient_of_the_implementation_vanishes_there(certify):
    lead = np.log(1 + 0.9 * 3 / 0.1)
    certify.close(cross_entropy_grad([lead, 0, 0], 0, label_smoothing=0.1), 0, **CLOSE)


# A small batch for the layer below: 4 rows, 3 features, 5 classes
X, W, B = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 5)), RNG.normal(size=5)
LABELS = np.array([0, 4, 2, 2])


@pytest.mark.equation("eq-batch-gradient")
def test_batch_gradient_is_proved(certify):
    certify.proved(proof_of("eq-batch-gradient"))


@pytest.mark.equation("eq-batch-gradient")
def test_batch_gradient_agrees_with_differences(certify):
    logits = X @ W + B
    claimed = (softmax(logits) - np.eye(5)[LABELS]) / 4
    slopes = by_differences(lambda z: cross_entropy(z, LABELS), logits).reshape(4, 5)
    certify.close(claimed, slopes, **NEAR)
    certify.close(claimed, cross_entropy_grad(logits, LABELS), **CLOSE)


@pytest.mark.equation("eq-batch-w")
def test_weight_gradient_is_proved(certify):
    certify.proved(proof_of("eq-batch-w"))


@pytest.mark.equation("eq-batch-w")
def test_weight_gradient_agrees_with_differences(certify):
    _, grad = cross_entropy_with_grad(X @ W + B, LABELS)
    slopes = by_differences(lambda w: cross_entropy(X @ w + B, LABELS), W).reshape(3, 5)
    certify.close(X.T @ grad, slopes, **NEAR)


@pytest.mark.equation("eq-batch-b")
def test_offset_gradient_is_proved(certify):
    certify.proved(proof_of("eq-batch-b"))


@pytest.mark.equation("eq-batch-b")
def test_offset_gradient_agrees_with_differences(certify):
    _, grad = cross_entropy_with_grad(X @ W + B, LABELS)
    slopes = by_differences(lambda b: cross_entropy(X @ W + b, LABELS), B)
    certify.close(grad.sum(axis=0), slopes, **NEAR)


@pytest.mark.equation("eq-lse-hessian")
def test_hessian_of_log_sum_exp_is_proved(certify):
    certify.proved(proof_of("eq-lse-hessian"))


@pytest.mark.equation("eq-lse-hessian")
@every_case
def test_hessian_of_the_loss_is_the_jacobian_of_softmax(certify, logits, v):
    found = by_differences(lambda a: cross_entropy_grad(a, 0), logits)
    certify.close(found, softmax_jacobian(logits), **NEAR)


@pytest.mark.equation("eq-curvature")
@every_size
def test_curvature_of_the_loss_along_a_line_is_a_variance(certify, n):
    a, v, y, t = symbols(n), symbols(n, "v"), soft_target(n), sp.Symbol("t", real=True)
    moved = [x + t * d for x, d in zip(a, v, strict=True)]
    loss = lse_exact(moved) - sum(share * x for share, x in zip(y, moved, strict=True))
    p = softmax_exact(moved)
    variance = sum(q * d**2 for q, d in zip(p, v, strict=True)) - sum(q * d for q, d in zip(p, v, strict=True)) ** 2
    # e^(a + tv) as one positive symbol per class, whose slope along t is v times itself
    w = sp.symbols(f"w1:{n + 1}", positive=True)
    plain = {sp.exp(x): s for x, s in zip(moved, w, strict=True)}
    difference = (loss.diff(t, 2) - variance).subs(plain)
    assert not difference.has(sp.exp)
    assert sp.cancel(sp.together(difference)) == 0
    certify.exactly(n)


@pytest.mark.equation("eq-curvature")
@given(st.lists(st.floats(-20, 20), min_size=2, max_size=6), st.integers(0, 1))
def test_loss_lies_below_its_chords_and_squared_error_need_not(certify, logits, label):
    a, b = np.array(logits), np.array(logits[::-1])
    middle = cross_entropy((a + b) / 2, label)
    assert middle <= (cross_entropy(a, label) + cross_entropy(b, label)) / 2 + 1e-13  # roundings of numbers to 40
    far, near = [-9.0, 0.0], [3.0, 0.0]
    chord = (squared_error(far, 0) + squared_error(near, 0)) / 2
    assert squared_error([-3.0, 0.0], 0) > chord
    certify.held()


@pytest.mark.equation("eq-lse-third")
def test_third_derivative_of_log_sum_exp_is_proved(certify):
    certify.proved(proof_of("eq-lse-third"))


@pytest.mark.equation("eq-lse-third")
@every_case
def test_third_derivative_agrees_with_the_slopes_of_the_jacobian(certify, logits, v):
    p, d = softmax(logits), np.eye(logits.size)
    claimed = p[:, None, None] * ((d - p)[:, :, None] * (d - p)[:, None, :] - p[None, :, None] * (d - p)[None, :, :])
    certify.close(claimed, by_differences(softmax_jacobian, logits), **NEAR)
    center = v - p @ v
    along = np.einsum("ijk,i,j,k->", claimed, v, v, v)
    certify.close(along, p @ center**3, rtol=0, atol=1e-12)  # the third central moment


# What the chapters say in words


def test_chain_rule_in_floats_is_nan_where_the_fused_gradient_is_right():
    with np.errstate(all="ignore"):
        assert np.isnan(grad_by_chain_rule([0, -800, 0], 1)).all()
    np.testing.assert_array_equal(cross_entropy_grad([0, -800, 0], 1), [0.5, -1, 0.5])


@every_case
def test_chain_rule_in_floats_is_right_for_moderate_logits(logits, v):
    np.testing.assert_allclose(grad_by_chain_rule(logits, 0), cross_entropy_grad(logits, 0), **CLOSE)
