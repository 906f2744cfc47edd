"""Each displayed equation of chapter 7, batches and labels, held by a test that carries its label.

Identities of the book's catalog are proved for every m and N in test_proved_for_all_n.py. Here, also for what the
catalog does not state, NumPy compares the implementation with the formula as printed, and with nudges.
"""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, cross_entropy_grad, log_softmax, logsumexp, softmax
from softmaxlab.numerics.gradient_descent import descend
from softmaxlab.pitfalls.label_broadcasting import grad_by_indexing, loss_by_indexing
from softmaxlab.pitfalls.naive import softmax_without_axis
from support.equations.derivatives import CLOSE, NEAR, by_differences
from support.equations.formulas import lse_exact

SIZES = [(1, 2), (2, 3), (5, 5), (8, 3)]  # examples and classes
every_shape = pytest.mark.parametrize(("m", "n"), SIZES)


def batch(m, n):
    """Logits, labels, and positive weights of the classes."""
    rng = np.random.default_rng([m, n])
    return rng.normal(0, 2, (m, n)), rng.integers(0, n, m), rng.uniform(0.1, 5, n)


@pytest.mark.equation("eq-row-softmax", kind="definition")
@every_shape
def test_softmax_of_a_batch_divides_by_the_sum_of_each_row(check, m, n):
    logits, _, _ = batch(m, n)
    by_row = [[np.exp(z) / sum(np.exp(row)) for z in row] for row in logits]
    check.close(softmax(logits, axis=-1), by_row, **CLOSE)


@pytest.mark.equation("eq-row-share")
@every_shape
def test_without_an_axis_each_row_gets_its_share_of_all_exponentials(check, m, n):
    logits, _, _ = batch(m, n)
    shares = softmax(logsumexp(logits, axis=-1))
    check.close(softmax_without_axis(logits), softmax(logits) * shares[:, None], **CLOSE)


@pytest.mark.equation("eq-batch-loss", kind="definition")
@every_shape
def test_batch_loss_is_the_mean_of_minus_log_p_at_the_labels(check, m, n):
    logits, labels, _ = batch(m, n)
    typed = -sum(np.log(softmax(logits[row]))[label] for row, label in enumerate(labels)) / m
    check.close(cross_entropy(logits, labels), typed, rtol=1e-13)
    check.close(loss_by_indexing(logits, labels), typed, rtol=1e-13)


@pytest.mark.equation("eq-batch-grad")
@pytest.mark.parametrize(("m", "n"), [(1, 2), (2, 3), (3, 2)])
def test_batch_gradient_by_plain_sympy(check, m, n):
    z = sp.Matrix(m, n, sp.symbols(f"z1:{m * n + 1}", real=True))
    labels = [row % n for row in range(m)]
    loss = sum(lse_exact(z.row(row)) - z[row, label] for row, label in enumerate(labels)) / m
    for row, k in np.ndindex(m, n):
        p = sp.exp(z[row, k]) / sum(sp.exp(entry) for entry in z.row(row))
        claimed = (p - sp.KroneckerDelta(k, labels[row])) / m
        assert sp.simplify(loss.diff(z[row, k]) - claimed) == 0
    check.exactly(n, because="batches of 1 to 3 rows")


@pytest.mark.equation("eq-batch-grad")
@every_shape
def test_batch_gradient_agrees_with_differences(check, m, n):
    logits, labels, _ = batch(m, n)
    claimed = (softmax(logits) - np.eye(n)[labels]) / m
    slopes = by_differences(lambda z: cross_entropy(z, labels), logits).reshape(m, n)
    check.close(slopes, claimed, **NEAR)
    check.close(cross_entropy_grad(logits, labels), claimed, **CLOSE)
    check.close(grad_by_indexing(logits, labels), claimed, **CLOSE)


@pytest.mark.equation("eq-sum-gradient")
@every_shape
def test_gradient_of_the_sum_does_not_know_the_size_of_the_batch(check, m, n):
    logits, labels, _ = batch(m, n)
    grad = cross_entropy_grad(logits, labels, reduction="sum")
    check.close(grad, softmax(logits) - np.eye(n)[labels], **CLOSE)
    check.close(grad, m * cross_entropy_grad(logits, labels), **CLOSE)


@pytest.mark.equation("eq-mean-of-means")
@given(st.lists(st.integers(1, 9), min_size=1, max_size=5))
def test_mean_of_all_weighs_the_means_of_the_parts_by_their_sizes(check, sizes):
    logits, labels, _ = batch(sum(sizes), 3)
    parts = np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1])
    means = [cross_entropy(logits[part], labels[part]) for part in parts]
    check.close(np.dot(sizes, means) / sum(sizes), cross_entropy(logits, labels), rtol=1e-13)


@pytest.mark.equation("eq-column-loss")
@every_shape
def test_a_column_trains_every_row_toward_the_frequencies_of_the_labels(check, m, n):
    logits, labels, _ = batch(m, n)
    frequencies = np.bincount(labels, minlength=n) / m
    aimed = cross_entropy(logits, np.tile(frequencies, (m, 1)))
    check.close(loss_by_indexing(logits, labels[:, None]), m * aimed, rtol=1e-13)


@pytest.mark.equation("eq-weighted-mean", kind="definition")
@every_shape
def test_weighted_mean_is_divided_by_the_weights_of_the_labels(check, m, n):
    logits, labels, weight = batch(m, n)
    losses = -log_softmax(logits)[np.arange(m), labels]
    typed = sum(weight[labels] * losses) / sum(weight[labels])
    check.close(cross_entropy(logits, labels, weight=weight), typed, rtol=1e-13)
    check.close(cross_entropy(logits, labels, weight=10 * weight), typed, rtol=1e-13)  # their size does not count


@pytest.mark.equation("eq-weighted-gradient")
@every_shape
def test_weighted_gradient_pulls_each_row_by_its_share_of_the_weights(check, m, n):
    logits, labels, weight = batch(m, n)
    shares = weight[labels] / weight[labels].sum()
    claimed = shares[:, None] * (softmax(logits) - np.eye(n)[labels])
    check.close(cross_entropy_grad(logits, labels, weight=weight), claimed, **CLOSE)
    slopes = by_differences(lambda z: cross_entropy(z, labels, weight=weight), logits).reshape(m, n)
    check.close(slopes, claimed, **NEAR)


@pytest.mark.equation("eq-weighted-pull")
@pytest.mark.parametrize("n", [2, 3, 5])
def test_expected_weighted_loss_pulls_by_weight_times_frequency(check, n):
    logits, labels, weight = batch(40, n)
    one, q = logits[0], np.bincount(labels, minlength=n) / 40
    slopes = by_differences(lambda a: cross_entropy(a, q, weight=weight), one)
    check.close(slopes, softmax(one) * (weight @ q) - weight * q, **NEAR)


@pytest.mark.equation("eq-weighted-optimum")
@pytest.mark.parametrize("n", [2, 3, 5])
def test_descent_on_the_weighted_loss_ends_at_the_tilted_frequencies(check, n):
    _, labels, weight = batch(40, n)
    q = np.bincount(labels, minlength=n) / 40
    tilted = weight * q / (weight @ q)
    check.close(softmax(np.log(q) + np.log(weight)), tilted, **CLOSE)

    def slope(a):
        return cross_entropy_grad(np.tile(a, (40, 1)), labels, weight=weight).sum(axis=0)

    # rate 1 is below 2 over the largest curvature, 1/2: each step shrinks the error, by a few percent or more
    check.close(softmax(descend(slope, np.zeros(n), 2000)[-1]), tilted, rtol=1e-9)


@pytest.mark.equation("eq-kept-mean", kind="definition")
@given(st.lists(st.booleans(), min_size=1, max_size=8).filter(any))
def test_ignored_rows_are_in_neither_sum(check, kept):
    kept = np.array(kept)
    logits, labels, _ = batch(kept.size, 4)
    losses = cross_entropy(logits, labels, reduction="none")
    marked = np.where(kept, labels, -100)
    check.close(cross_entropy(logits, marked, ignore_index=-100), kept @ losses / kept.sum(), rtol=1e-13)
    assert not cross_entropy_grad(logits, marked, ignore_index=-100)[~kept].any()
