"""Losses of a prediction and what each charges: squared error, entropy, divergence, and the price to expect."""

import math

import numpy as np
import pytest

from softmaxlab import cross_entropy, cross_entropy_grad, softmax
from softmaxlab.learning.scoring_rules import (
    entropy,
    expected,
    kl_divergence,
    shortfall,
    squared_error,
    squared_error_grad,
)
from softmaxlab.numerics.gradient_descent import descend


def test_squared_error_barely_pulls_where_cross_entropy_pulls_with_full_force():
    certain_and_wrong = [-10, 0]
    assert abs(squared_error_grad(certain_and_wrong, 0)[0]) < 1e-4
    assert cross_entropy_grad(certain_and_wrong, 0)[0] < -0.9999


def test_squared_error_needs_hundreds_of_steps_where_cross_entropy_needs_a_handful():
    def steps(gradient):
        path = descend(lambda a: gradient(a, 0), [0, 8], 1000)
        return np.argmax(softmax(path)[:, 0] > 0.5)

    assert 0 < steps(cross_entropy_grad) <= 10
    assert 500 < steps(squared_error_grad) <= 1000


@pytest.mark.parametrize(
    ("probs", "nats"), [([1, 0], 0), ([0.5, 0.5], math.log(2)), ([0.25] * 4, math.log(4)), ([0, 0.5, 0.5], math.log(2))]
)
def test_entropy_of_a_certain_answer_is_0_and_of_a_tie_log_n(probs, nats):
    assert entropy(probs) == pytest.approx(nats, abs=1e-15)
    assert not np.signbit(entropy(probs))


def test_kl_divergence_is_not_symmetric_and_may_be_infinite():
    y, p = [0.7, 0.2, 0.1], [1 / 3] * 3
    assert abs(kl_divergence(y, p) - kl_divergence(p, y)) > 0.01
    assert kl_divergence([0.5, 0.5], [1, 0]) == math.inf
    assert kl_divergence([1, 0], [0.5, 0.5]) == pytest.approx(math.log(2), rel=1e-15)


def test_expected_price_weighs_each_outcome_by_its_chance():
    assert expected(lambda logits, y: [10, 20][y], [0, 0], [0.25, 0.75]) == 17.5


def test_an_outcome_without_a_chance_adds_nothing_to_the_price_to_expect():
    assert expected(cross_entropy, [0, -np.inf], [1, 0]) == 0  # and not 0·inf


def test_shortfall_and_squared_error_of_two_classes_are_powers_of_one_quantity():
    for logits in ([2, 0], [0, 0], [-3, 1]):
        assert squared_error(logits, 0) == pytest.approx(shortfall(logits, 0) ** 2, rel=1e-14)
