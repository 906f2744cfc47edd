"""Each displayed equation of chapter 9, training, held by a test that carries its label.

Slopes are proved for every number of images, pixels, hidden numbers and classes in test_proved_for_all_n.py, and
compared with two kinds of numerical derivative here. Definitions are typed out in loops, and held against the
implementation.
"""

from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy_grad, softmax
from softmaxlab.learning.datasets import digits, pixels, split, three_clouds
from softmaxlab.learning.digit_classifier import L2
from softmaxlab.learning.mlp import Layers, backward, forward, loss_and_grad
from softmaxlab.learning.optimizers import fit, gradient_descent, newton
from softmaxlab.learning.softmax_regression import hessian, logits_of, objective
from softmaxlab.lessons.training_comparison import over_penalties
from support.equations.derivatives import CLOSE, NEAR, by_complex_step, by_differences, cross_entropy_typed

RNG = np.random.default_rng(9)
M, D, H, N = 6, 3, 4, 5  # images, pixels, hidden numbers, classes
X, W, LABELS = RNG.normal(size=(M, D)), RNG.normal(size=(D + 1, N)), np.array([0, 4, 2, 2, 1, 3])
Y = np.eye(N)[LABELS]
PENALTY = 0.3
LAYERS = Layers(RNG.normal(size=(D, H)), RNG.normal(size=H), RNG.normal(size=(H, N)), RNG.normal(size=N))


AT_REST = "the gradient is 0, and λ > 0"


def objective_typed(weights, features=X, targets=Y, penalty=PENALTY):
    """J as the chapter prints it; the weights may be complex, and the bias is their last row."""
    logits = features @ weights[..., :-1, :] + weights[..., -1:, :]
    losses = cross_entropy_typed(logits, targets)
    return losses.sum(axis=-1) / len(features) + penalty / 2 * np.sum(weights[..., :-1, :] ** 2, axis=(-2, -1))


@pytest.mark.equation("eq-linear-logits", kind="definition")
@given(st.integers(1, 4), st.integers(1, 5), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_scores_are_weighted_sums_of_the_pixels(check, images, width, classes, seed):
    # of small whole numbers, floats make exact sums
    rng = np.random.default_rng(seed)
    x, w = rng.integers(-9, 10, (images, width)), rng.integers(-9, 10, (width + 1, classes))
    z = logits_of(w.astype(float), x.astype(float))
    for n, k in np.ndindex(images, classes):
        assert z[n, k] == sum(int(x[n, d]) * int(w[d, k]) for d in range(width)) + int(w[-1, k])
    check.held()


@pytest.mark.equation("eq-objective", kind="definition")
@pytest.mark.parametrize("penalty", [0.0, 0.3])
def test_objective_is_the_mean_loss_and_the_price_of_the_weights(check, penalty):
    loss, _ = objective(W, X, LABELS, penalty)
    probs = softmax(X @ W[:-1] + W[-1])
    terms = -sum(Y[n, k] * np.log(probs[n, k]) for n in range(M) for k in range(N)) / M
    price = penalty / 2 * sum(W[d, k] ** 2 for d in range(D) for k in range(N))
    check.close(loss, terms + price, rtol=1e-14)
    check.close(objective(W, X, Y, penalty)[0], terms + price, rtol=1e-14)  # targets as probabilities


@pytest.mark.equation("eq-weights-gradient")
def test_gradient_by_the_weights_agrees_with_complex_step_and_differences(check):
    _, grad = objective(W, X, LABELS, PENALTY)
    claimed = X.T @ (softmax(X @ W[:-1] + W[-1]) - Y) / M + PENALTY * W[:-1]
    slopes = by_complex_step(lambda w: objective_typed(w.reshape(*w.shape[:-1], D + 1, N)), W.ravel())
    check.close(claimed, slopes.reshape(D + 1, N)[:-1], **CLOSE)
    check.close(grad, slopes.reshape(D + 1, N), **CLOSE)
    check.close(grad.ravel(), by_differences(lambda w: objective(w, X, LABELS, PENALTY)[0], W), **NEAR)


@pytest.mark.equation("eq-weights-hessian")
def test_hessian_by_the_weights_agrees_with_differences_of_the_gradient(check):
    p, eye = softmax(logits_of(W, X)), np.eye
    jacobians = p[:, :, None] * (eye(N) - p[:, None, :])
    claimed = np.einsum("nd,nkc,ne->dkec", X, jacobians, X) / M + PENALTY * np.einsum("de,kc->dkec", eye(D), eye(N))
    found = hessian(W, X, PENALTY)
    check.close(found[:-1, :, :-1], claimed, **CLOSE)
    slopes = by_differences(lambda w: objective(w, X, LABELS, PENALTY)[1], W)
    check.close(found.reshape(D + 1, N, -1), slopes, **NEAR)


@pytest.mark.equation("eq-weights-hessian", part="it is never negative along a direction")
def test_hessian_by_the_weights_is_never_negative_along_any_direction(check):
    matrix = hessian(W, X).reshape(W.size, W.size)
    for v in RNG.normal(size=(20, W.size)):
        assert v @ matrix @ v > -1e-13  # a few hundred roundings of numbers of size 1
        check.held()


@pytest.mark.equation("eq-descent", kind="definition")
def test_each_step_of_descent_goes_against_the_gradient(check):
    steps = list(gradient_descent(X, LABELS, l2=PENALTY, rate=0.5, steps=4))
    w = np.zeros((D + 1, N))
    for step in steps:
        check.close(step.weights, w, **CLOSE)
        slopes = by_complex_step(lambda v: objective_typed(v.reshape(*v.shape[:-1], D + 1, N)), w.ravel())
        w = w - 0.5 * slopes.reshape(D + 1, N)


@pytest.mark.parametrize(("share", "comes_closer"), [(0.95, True), (1.05, False)])
def test_near_the_bottom_a_rate_helps_up_to_two_over_the_strongest_bend(share, comes_closer):
    bottom = fit(X, LABELS, l2=PENALTY, tolerance=1e-12).weights
    bends, ways = np.linalg.eigh(hessian(bottom, X, PENALTY).reshape(W.size, W.size))
    away = 1e-4 * ways[:, -1].reshape(W.shape)  # along the strongest bend
    _, grad = objective(bottom + away, X, LABELS, PENALTY)
    moved = away - share * 2 / bends[-1] * grad
    assert (np.linalg.norm(moved) < np.linalg.norm(away)) == comes_closer


@pytest.mark.equation("eq-newton", kind="definition")
@pytest.mark.parametrize("n", [1, 2, 3])
def test_newton_jumps_to_where_the_bowl_has_no_slope(check, n):
    entries = iter(sp.symbols(f"h1:{n * n + 1}", positive=True))
    root = sp.Matrix(n, n, lambda i, j: next(entries) if j <= i else 0)
    bends, slope = root * root.T, sp.Matrix(sp.symbols(f"g1:{n + 1}", real=True))
    move = sp.Matrix(sp.symbols(f"v1:{n + 1}", real=True))
    bowl = (slope.T * move + move.T * bends * move / 2)[0]
    at_the_bottom = dict(zip(move, -bends.inv() * slope, strict=True))
    assert all(sp.simplify(bowl.diff(v).subs(at_the_bottom)) == 0 for v in move)
    check.exactly(n, of="the number of weights", because="there the bowl has no slope")


@pytest.mark.equation("eq-newton", kind="definition")
def test_each_step_of_newton_is_the_one_of_the_formula(check):
    steps = list(newton(X, LABELS, l2=PENALTY))
    for before, after in pairwise(steps):
        _, grad = objective(before.weights, X, LABELS, PENALTY)
        # the bias has a level direction: of all solutions, the shortest, which is what a pseudo-inverse gives
        inverse = np.linalg.pinv(hessian(before.weights, X, PENALTY).reshape(W.size, W.size), rcond=1e-12)
        check.close(after.weights, before.weights - (inverse @ grad.ravel()).reshape(W.shape), rtol=0, atol=1e-12)


@pytest.mark.equation("eq-weights-from-images", kind="consequence", source="eq-weights-gradient", given=AT_REST)
def test_weights_at_the_minimum_are_images_added_up(check):
    for penalty in (0.03, 0.3):
        *_, last = newton(X, LABELS, l2=penalty, tolerance=1e-13)
        found = last.weights
        pull = Y - softmax(logits_of(found, X))
        rebuilt = [[sum(pull[n, k] * X[n, d] for n in range(M)) for k in range(N)] for d in range(D)]
        check.close(np.array(rebuilt) / (penalty * M), found[:-1], rtol=0, atol=1e-11)  # the slope, over λ


@pytest.mark.equation("eq-hidden", kind="definition")
@pytest.mark.equation("eq-hidden-logits", kind="definition")
def test_forward_is_two_weighted_sums_with_a_bend_between(check):
    logits, hidden = forward(LAYERS, X)
    for n, j in np.ndindex(M, H):
        total = sum(X[n, d] * LAYERS.inner[d, j] for d in range(D)) + LAYERS.inner_bias[j]
        check.close(hidden[n, j], np.tanh(total), **CLOSE)
    for n, k in np.ndindex(M, N):
        total = sum(hidden[n, j] * LAYERS.outer[j, k] for j in range(H)) + LAYERS.outer_bias[k]
        check.close(logits[n, k], total, **CLOSE)


def loss_typed(part, value):
    """Mean loss with one part of the layers replaced, flat and perhaps complex, or with the hidden values."""
    layers = LAYERS._asdict() | ({part: value.reshape(*value.shape[:-1], *LAYERS._asdict()[part].shape)})
    bias = layers["inner_bias"]
    hidden = np.tanh(X @ layers["inner"] + (bias[..., None, :] if bias.ndim > 1 else bias))
    return outer_loss_typed(hidden, layers["outer"])


def outer_loss_typed(hidden, outer):
    return cross_entropy_typed(hidden @ outer + LAYERS.outer_bias, Y).sum(axis=-1) / M


@pytest.mark.equation("eq-backward-outer")
def test_gradient_of_the_outer_weights_agrees_with_complex_step(check):
    logits, hidden = forward(LAYERS, X)
    slopes = by_complex_step(lambda b: loss_typed("outer", b), LAYERS.outer.ravel()).reshape(H, N)
    check.close(hidden.T @ (softmax(logits) - Y) / M, slopes, **CLOSE)
    check.close(loss_and_grad(LAYERS, X, LABELS)[1].outer, slopes, **CLOSE)


@pytest.mark.equation("eq-backward-hidden")
def test_gradient_of_the_hidden_numbers_agrees_with_complex_step(check):
    logits, hidden = forward(LAYERS, X)
    slopes = by_complex_step(lambda h: outer_loss_typed(h.reshape(*h.shape[:-1], M, H), LAYERS.outer), hidden.ravel())
    check.close((softmax(logits) - Y) / M @ LAYERS.outer.T, slopes.reshape(M, H), **CLOSE)


@pytest.mark.equation("eq-tanh-slope")
def test_slope_of_tanh_agrees_with_complex_step(check):
    s = np.linspace(-3, 3, 13)
    check.close(1 - np.tanh(s) ** 2, np.diag(by_complex_step(np.tanh, s)), **CLOSE)


@pytest.mark.equation("eq-backward-inner")
def test_gradient_of_the_inner_weights_agrees_with_complex_step_and_differences(check):
    logits, hidden = forward(LAYERS, X)
    grad_hidden = (softmax(logits) - Y) / M @ LAYERS.outer.T
    slopes = by_complex_step(lambda a: loss_typed("inner", a), LAYERS.inner.ravel()).reshape(D, H)
    check.close(X.T @ ((1 - hidden**2) * grad_hidden), slopes, **CLOSE)
    _, grad = loss_and_grad(LAYERS, X, LABELS)
    check.close(grad.inner, slopes, **CLOSE)
    found = by_differences(lambda a: loss_and_grad(LAYERS._replace(inner=a), X, LABELS)[0], LAYERS.inner)
    check.close(grad.inner.ravel(), found, **NEAR)
    biases = by_complex_step(lambda a: loss_typed("inner_bias", a), LAYERS.inner_bias)
    check.close(grad.inner_bias, biases, **CLOSE)


# What the chapter says in words


def test_the_loss_tells_the_layers_nothing_but_its_gradient_by_the_logits():
    logits, hidden = forward(LAYERS, X)
    sent = cross_entropy_grad(logits, LABELS)
    for mine, told in zip(loss_and_grad(LAYERS, X, LABELS)[1], backward(LAYERS, X, hidden, sent), strict=True):
        np.testing.assert_array_equal(mine, told)


@pytest.fixture(scope="module")
def digit_parts():
    return split(pixels(digits().inputs), digits().labels)


def test_the_penalty_of_the_best_validation_accuracy_is_that_of_the_digit_reader(digit_parts):
    penalties = [1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03]  # as in the chapter
    _, losses, shares = over_penalties(digit_parts.train, digit_parts.validation, penalties)
    assert penalties[np.argmax(shares)] == L2
    assert np.all(np.diff(losses["training"]) > 0)
    assert 0 < np.argmin(losses["validation"]) < len(penalties) - 1


def test_at_the_minimum_the_mean_of_p_is_the_share_of_the_class():
    points, labels = three_clouds(per_class=20, spread=1)
    p = softmax(logits_of(fit(points, labels, l2=0.1, tolerance=1e-12).weights, points))
    np.testing.assert_allclose(p.mean(axis=0), 1 / 3, atol=1e-11)


def test_equal_hidden_units_get_equal_gradients():
    same = Layers(np.ones((D, H)), np.ones(H), np.ones((H, 1)) * RNG.normal(size=N), np.zeros(N))
    _, grad = loss_and_grad(same, X, LABELS)
    np.testing.assert_allclose(grad.inner, grad.inner[:, :1] * np.ones(H), atol=1e-16)
