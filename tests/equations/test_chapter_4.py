"""Each displayed equation of chapter 4, the Jacobian, held by a test that carries its label.

What the book's catalog states is proved in test_proved_for_all_n.py. Here NumPy compares the implementation with two
kinds of numerical derivative; what the catalog does not state is held by SymPy for concrete N, or by numbers.
"""

import numpy as np
import pytest
import sympy as sp

from softmaxlab import softmax, softmax_jacobian, softmax_jvp
from softmaxlab.lessons.symbolic import logits_and_probs
from softmaxlab.pitfalls.naive import jacobian_by_loops
from softmaxlab.proofs.catalogue import proof_of
from support.equations.derivatives import CLOSE, NEAR, by_complex_step, by_differences, softmax_typed
from support.equations.formulas import every_case, every_size, is_zero, symbols


@pytest.mark.equation("eq-delta", kind="definition")
@every_size
def test_kronecker_delta_is_the_derivative_of_one_logit_by_another(check, n):
    a = symbols(n)
    for i in range(n):
        for j in range(n):
            assert a[i].diff(a[j]) == sp.KroneckerDelta(i, j) == int(i == j)
    check.exactly(n, because="it is the slope of one score with respect to another")


@pytest.mark.equation("eq-quotient")
@every_case
def test_quotient_rule_line_agrees_with_complex_step(check, logits, v):
    weights, total = np.exp(logits), np.exp(logits).sum()
    claimed = (np.diag(weights) * total - np.outer(weights, weights)) / total**2
    check.close(claimed, by_complex_step(softmax_typed, logits), **CLOSE)


@pytest.mark.equation("eq-jacobian-diagonal")
@every_case
def test_own_score_case_agrees_with_complex_step(check, logits, v):
    p = softmax(logits)
    check.close(p * (1 - p), np.diag(by_complex_step(softmax_typed, logits)), **CLOSE)


@pytest.mark.equation("eq-jacobian-off")
@every_case
def test_other_score_case_agrees_with_complex_step(check, logits, v):
    p, slopes = softmax(logits), by_complex_step(softmax_typed, logits)
    off = ~np.eye(p.size, dtype=bool)
    check.close(-np.outer(p, p)[off], slopes[off], **CLOSE)


@pytest.mark.equation("eq-jacobian")
@pytest.mark.parametrize("implementation", [softmax_jacobian, jacobian_by_loops])
@every_case
def test_jacobian_agrees_with_differences_and_complex_step(check, implementation, logits, v):
    jacobian = implementation(logits)
    check.close(jacobian, by_differences(softmax, logits), **NEAR)
    check.close(jacobian, by_complex_step(softmax_typed, logits), **CLOSE)


@pytest.mark.equation("eq-jacobian-matrix")
@every_size
def test_jacobian_is_diag_p_minus_p_p_transposed(check, n):
    a, p = logits_and_probs(n)
    claimed = sp.diag(*p) - p * p.T
    assert all(is_zero(entry) for entry in p.jacobian(a) - claimed)
    check.exactly(n)


@pytest.mark.equation("eq-jacobian-symmetric")
@every_case
def test_slopes_of_softmax_are_symmetric_in_numbers(check, logits, v):
    slopes = by_complex_step(softmax_typed, logits)
    check.close(slopes, slopes.T, **CLOSE)


@pytest.mark.equation("eq-jacobian-columns")
@pytest.mark.equation("eq-jacobian-rows")
@every_case
def test_rows_and_columns_of_the_slopes_sum_to_zero(check, logits, v):
    slopes = by_complex_step(softmax_typed, logits)
    check.close(slopes.sum(axis=0), 0, **CLOSE)
    check.close(slopes.sum(axis=1), 0, **CLOSE)


@pytest.mark.equation("eq-null-space")
@pytest.mark.parametrize("n", range(2, 6))
def test_null_space_of_the_jacobian_is_the_line_of_equal_entries(check, n):
    w = sp.symbols(f"w1:{n + 1}", positive=True)  # w = exp(a), any positive numbers: p = w / Σw
    p = sp.Matrix(w) / sum(w)
    jacobian = (sp.diag(*p) - p * p.T).applyfunc(sp.cancel)
    assert all(sp.cancel(entry) == 0 for entry in jacobian * sp.ones(n, 1))
    # rank n − 1: deleting one row and column leaves a determinant that is a product of positive numbers
    minor = sp.factor(jacobian[:-1, :-1].det(method="berkowitz"))
    assert sp.cancel(minor - sp.prod(p)) == 0
    assert sp.prod(p).is_positive
    check.exactly(n)


@pytest.mark.equation("eq-jvp")
@every_case
def test_jvp_agrees_with_the_slope_along_the_direction(check, logits, v):
    (along,) = by_complex_step(lambda t: softmax_typed(logits + t * v), [0.0]).T
    check.close(softmax_jvp(logits, v), along, **CLOSE)
    check.close(softmax_jvp(logits, v), by_differences(softmax, logits) @ v, **NEAR)


@pytest.mark.equation("eq-variance")
@every_case
def test_quadratic_form_of_the_slopes_is_the_variance(check, logits, v):
    p = softmax(logits)
    form = v @ by_complex_step(softmax_typed, logits) @ v
    check.close(p @ v**2 - (p @ v) ** 2, form, **CLOSE)


def test_variance_by_pairs_is_proved_to_be_nonnegative():
    assert proof_of("eq-variance-pairs").nonnegative


@pytest.mark.equation("eq-variance-pairs")
@every_case
def test_quadratic_form_of_the_slopes_is_half_the_sum_over_pairs(check, logits, v):
    p = softmax(logits)
    form = v @ by_complex_step(softmax_typed, logits) @ v
    pairs = np.outer(p, p) * (v[:, None] - v) ** 2
    check.close(pairs.sum() / 2, form, **CLOSE)


@pytest.mark.equation("eq-covariance", given="Σ p = 1")
@every_size
def test_covariance_of_a_one_hot_draw_is_the_jacobian(check, n):
    first = sp.symbols(f"p1:{n}", positive=True)
    p = [*first, 1 - sum(first)]  # sums to 1 by construction
    draws = np.eye(n, dtype=int)  # row c: what is drawn with probability p_c
    for i in range(n):
        for j in range(n):
            mean_i, mean_j = (sum(p[c] * int(draws[c, x]) for c in range(n)) for x in (i, j))
            covariance = sum(p[c] * (int(draws[c, i]) - mean_i) * (int(draws[c, j]) - mean_j) for c in range(n))
            assert sp.expand(covariance - (int(i == j) * p[i] - p[i] * p[j])) == 0
    check.exactly(n)


@pytest.mark.equation("eq-temperature-gradient")
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
@every_case
def test_temperature_gradient_agrees_with_complex_step(check, logits, v, temperature):
    p = softmax(logits / temperature)
    claimed = p / temperature**2 * (p @ logits - logits)
    (slope,) = by_complex_step(lambda t: softmax_typed(logits / t), [temperature]).T
    check.close(claimed, slope, **CLOSE)
    check.close(softmax_jvp(logits / temperature, -logits / temperature**2), slope, **CLOSE)
