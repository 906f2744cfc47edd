"""Each displayed equation of chapter 6, p − y, held by a test that carries its label.

What the book's catalog states is proved in test_proved_for_all_n.py. Here NumPy compares the implementation with two
kinds of numerical derivative; what the catalog does not state is held by SymPy for concrete N, or by numbers.
"""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    cross_entropy_with_grad,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
)
from softmaxlab.learning.scoring_rules import squared_error
from softmaxlab.lessons.symbolic import logits_and_probs
from softmaxlab.pitfalls.naive import grad_by_chain_rule
from support.equations.derivatives import (
    CLOSE,
    NEAR,
    by_complex_step,
    by_differences,
    cross_entropy_typed,
    softmax_typed,
)
from support.equations.formulas import (
    cleared,
    every_case,
    every_size,
    is_zero,
    lse_exact,
    random_target,
    soft_target,
    softmax_exact,
    symbols,
)

RNG = np.random.default_rng(6)


@pytest.mark.equation("eq-loss-by-p")
@every_case
def test_loss_by_probability_agrees_with_complex_step(check, logits, v):
    p, y = softmax(logits), random_target(v)
    slopes = by_complex_step(lambda q: -np.sum(y * np.log(q), axis=-1), p)
    check.close(-y / p, slopes, rtol=1e-14)


def gradient_typed(logits, y):
    return by_complex_step(lambda a: cross_entropy_typed(a, y), logits)


@pytest.mark.equation("eq-chain-1")
@every_case
def test_first_line_of_the_chain_agrees_with_complex_step(check, logits, v):
    p, y = softmax(logits), np.abs(v)
    sum_of_paths = (-y / p) @ by_complex_step(softmax_typed, logits)
    # −y/p may be as large as 1e4 here, and its products cancel: so many roundings of 1e-16 · 1e4
    check.close(sum_of_paths, gradient_typed(logits, y), rtol=0, atol=1e-11)


@pytest.mark.equation("eq-chain-2")
@pytest.mark.equation("eq-chain-3")
@pytest.mark.equation("eq-chain-4")
@every_case
def test_each_line_of_the_chain_agrees_with_complex_step(check, logits, v):
    p, y = softmax(logits), np.abs(v)
    off = 1 - np.eye(p.size)  # row i: 1 for every j ≠ i
    second = (-y / p * p) @ (np.eye(p.size) - p)
    third = -y * (1 - p) + off @ y * p
    fourth = p * y.sum() - y
    for line in (second, third, fourth):
        check.close(line, gradient_typed(logits, y), **CLOSE)


@pytest.mark.equation("eq-p-minus-y", given="Σ y = 1")
@every_size
def test_p_minus_y_by_plain_sympy(check, n):
    a, p = logits_and_probs(n)
    y = soft_target(n)
    loss = -sum(t * sp.log(q) for t, q in zip(y, p, strict=True))
    assert all(cleared(loss.diff(a[i]) - (p[i] - y[i])) for i in range(n))
    check.exactly(n)


@pytest.mark.equation("eq-p-minus-y")
@every_case
def test_gradient_of_cross_entropy_agrees_with_differences_and_complex_step(check, logits, v):
    for c, y in enumerate(np.eye(logits.size)):
        grad = cross_entropy_grad(logits, c)
        check.close(grad, softmax(logits) - y, **CLOSE)
        check.close(grad, gradient_typed(logits, y), **CLOSE)
        check.close(grad, by_differences(lambda a, c=c: cross_entropy(a, c), logits), **NEAR)


@pytest.mark.equation("eq-loss-linear")
@every_case
def test_loss_is_log_sum_exp_minus_a_straight_line(check, logits, v):
    y = random_target(v)
    check.close(logsumexp(logits) - y @ logits, cross_entropy_typed(logits, y), rtol=1e-12)


@pytest.mark.equation("eq-loss-linear", given="Σ y = 1")
@every_size
def test_log_sum_exp_minus_a_straight_line_is_the_loss_exactly(check, n):
    a, y = symbols(n), soft_target(n)
    loss = -sum(t * (x - lse_exact(a)) for t, x in zip(y, a, strict=True))  # log p = a − LSE, eq-log-softmax
    line = lse_exact(a) - sum(t * x for t, x in zip(y, a, strict=True))
    assert sp.expand(loss - line) == 0
    check.exactly(n)


@pytest.mark.equation("eq-vjp", part="L is linear in p, or cross-entropy")
@every_case
def test_backward_product_agrees_with_the_gradient_of_any_function_of_p(check, logits, v):
    # two losses of p with known slopes g: a linear one, and cross-entropy
    p, y = softmax(logits), random_target(v)
    for g, loss in (
        (v, lambda a: softmax_typed(a) @ v),
        (-y / p, lambda a: cross_entropy_typed(a, y)),
    ):
        slopes = by_complex_step(loss, logits)
        check.close(p * (g - p @ g), slopes, **CLOSE)
        check.close(softmax_jvp(logits, g), slopes, **CLOSE)


@pytest.mark.equation("eq-cancel")
@every_size
def test_dividing_the_jacobian_by_p_leaves_no_product_of_probabilities(check, n):
    a, p = logits_and_probs(n)
    left = p.jacobian(a) * sp.diag(*[1 / x for x in p])
    right = sp.eye(n) - p * sp.ones(1, n)
    assert all(is_zero(entry) for entry in left - right)
    check.exactly(n)


@pytest.mark.equation("eq-gradient-general")
@every_case
def test_gradient_for_targets_of_any_sum_agrees_with_complex_step(check, logits, v):
    y = 3 * np.abs(v)
    check.close(cross_entropy_grad(logits, y), gradient_typed(logits, y), rtol=0, atol=1e-12)
    assert np.abs(cross_entropy_grad(logits, y) - (softmax(logits) - y)).max() > 1e-3  # p − y is something else


@pytest.mark.equation("eq-soft-labels")
@every_case
def test_gradient_for_soft_labels_is_the_mixture_of_one_hot_gradients(check, logits, v):
    y = random_target(v)
    mixture = sum(share * cross_entropy_grad(logits, c) for c, share in enumerate(y))
    check.close(mixture, cross_entropy_grad(logits, y), **CLOSE)
    check.close(mixture, gradient_typed(logits, y), **CLOSE)


@pytest.mark.equation("eq-smoothing")
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 1.0])
@every_case
def test_gradient_for_smoothed_labels_agrees_with_differences(check, logits, v, epsilon):
    for c, y in enumerate(np.eye(logits.size)):
        claimed = softmax(logits) - (1 - epsilon) * y - epsilon / logits.size
        found = cross_entropy_grad(logits, c, label_smoothing=epsilon)
        check.close(found, claimed, **CLOSE)

        def loss(a, c=c):
            return cross_entropy(a, c, label_smoothing=epsilon)

        check.close(found, by_differences(loss, logits), **NEAR)


@pytest.mark.equation("eq-smoothing-gap", given="the gradient {eq-smoothing} is 0, and y one-hot")
def test_where_the_smoothed_gradient_is_zero_every_other_class_is_behind_by_the_same_gap(check):
    epsilon, n = sp.symbols("epsilon N", positive=True)
    p_true, p_other = 1 - epsilon + epsilon / n, epsilon / n  # p = y', whatever the scores of the others are
    ratio = 1 + (1 - epsilon) * n / epsilon  # e to the claimed gap, and the gap is log p_y − log p_j: eq-ratio
    assert sp.cancel(p_true / p_other - ratio) == 0
    check.for_every("N", because="p is then the smoothed target, and the gap is the logarithm of a ratio, {eq-ratio}")


@pytest.mark.equation("eq-smoothing-gap", part="the converse: at that lead the gradient is 0")
@every_size
def test_smoothed_gradient_vanishes_at_a_finite_lead(check, n):
    epsilon = sp.Symbol("epsilon", positive=True)
    weight = 1 + (1 - epsilon) * n / epsilon  # exp of the claimed lead; the others have weight 1
    p_true, p_other = weight / (weight + n - 1), 1 / (weight + n - 1)
    assert sp.cancel(p_true - (1 - epsilon) - epsilon / n) == 0
    assert sp.cancel(p_other - epsilon / n) == 0
    check.exactly(n)


@pytest.mark.equation("eq-smoothing-gap", part="the converse: at that lead the gradient is 0")
def test_smoothed_gradient_of_the_implementation_vanishes_there(check):
    lead = np.log(1 + 0.9 * 3 / 0.1)
    check.close(cross_entropy_grad([lead, 0, 0], 0, label_smoothing=0.1), 0, **CLOSE)


# A small batch for the layer below: 4 rows, 3 features, 5 classes
X, W, B = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 5)), RNG.normal(size=5)
LABELS = np.array([0, 4, 2, 2])


@pytest.mark.equation("eq-batch-gradient")
def test_batch_gradient_agrees_with_differences(check):
    logits = X @ W + B
    claimed = (softmax(logits) - np.eye(5)[LABELS]) / 4
    slopes = by_differences(lambda z: cross_entropy(z, LABELS), logits).reshape(4, 5)
    check.close(claimed, slopes, **NEAR)
    check.close(claimed, cross_entropy_grad(logits, LABELS), **CLOSE)


@pytest.mark.equation("eq-batch-w")
def test_weight_gradient_agrees_with_differences(check):
    _, grad = cross_entropy_with_grad(X @ W + B, LABELS)
    slopes = by_differences(lambda w: cross_entropy(X @ w + B, LABELS), W).reshape(3, 5)
    check.close(X.T @ grad, slopes, **NEAR)


@pytest.mark.equation("eq-batch-b")
def test_offset_gradient_agrees_with_differences(check):
    _, grad = cross_entropy_with_grad(X @ W + B, LABELS)
    slopes = by_differences(lambda b: cross_entropy(X @ W + b, LABELS), B)
    check.close(grad.sum(axis=0), slopes, **NEAR)


@pytest.mark.equation("eq-lse-hessian")
@every_case
def test_hessian_of_the_loss_is_the_jacobian_of_softmax(check, logits, v):
    found = by_differences(lambda a: cross_entropy_grad(a, 0), logits)
    check.close(found, softmax_jacobian(logits), **NEAR)


@pytest.mark.equation("eq-curvature", given="Σ y = 1")
@every_size
def test_curvature_of_the_loss_along_a_line_is_a_variance(check, n):
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
    check.exactly(n)


@pytest.mark.equation("eq-curvature", part="the loss lies below its chords")
@given(st.lists(st.floats(-20, 20), min_size=2, max_size=6), st.integers(0, 1))
def test_loss_lies_below_its_chords_and_squared_error_need_not(check, logits, label):
    a, b = np.array(logits), np.array(logits[::-1])
    middle = cross_entropy((a + b) / 2, label)
    assert middle <= (cross_entropy(a, label) + cross_entropy(b, label)) / 2 + 1e-13  # roundings of numbers to 40
    far, near = [-9.0, 0.0], [3.0, 0.0]
    chord = (squared_error(far, 0) + squared_error(near, 0)) / 2
    assert squared_error([-3.0, 0.0], 0) > chord
    check.held()


@pytest.mark.equation("eq-lse-third")
@every_case
def test_third_derivative_agrees_with_the_slopes_of_the_jacobian(check, logits, v):
    p, d = softmax(logits), np.eye(logits.size)
    claimed = p[:, None, None] * ((d - p)[:, :, None] * (d - p)[:, None, :] - p[None, :, None] * (d - p)[None, :, :])
    check.close(claimed, by_differences(softmax_jacobian, logits), **NEAR)
    center = v - p @ v
    along = np.einsum("ijk,i,j,k->", claimed, v, v, v)
    check.close(along, p @ center**3, rtol=0, atol=1e-12)  # the third central moment


# What the chapters say in words


def test_chain_rule_in_floats_is_nan_where_the_fused_gradient_is_right():
    with np.errstate(all="ignore"):
        assert np.isnan(grad_by_chain_rule([0, -800, 0], 1)).all()
    np.testing.assert_array_equal(cross_entropy_grad([0, -800, 0], 1), [0.5, -1, 0.5])


@every_case
def test_chain_rule_in_floats_is_right_for_moderate_logits(logits, v):
    np.testing.assert_allclose(grad_by_chain_rule(logits, 0), cross_entropy_grad(logits, 0), **CLOSE)
