"""What the chapters say of the fragile versions: where each fails, and how."""

import math

import numpy as np
import pytest

from softmaxlab import cross_entropy, cross_entropy_grad, softmax_jacobian
from softmaxlab.pitfalls.max_shifted import softmax_shifted
from softmaxlab.pitfalls.naive import (
    grad_by_chain_rule,
    jacobian_by_loops,
    loss_by_definition,
    loss_from_probability,
    loss_patched,
    softmax_misplaced,
    softmax_naive,
    softmax_without_axis,
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the failures are the subject
@pytest.mark.parametrize(
    ("logits", "result"),
    [
        ([1000, 0, 0], [np.nan, 0, 0]),
        ([709] * 3, [0, 0, 0]),
        ([-1000] * 3, [np.nan] * 3),
        ([709] * 2, [0.5, 0.5]),
    ],
)
def test_naive_softmax_fails_exactly_as_told(logits, result):
    np.testing.assert_array_equal(softmax_naive(logits), result)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_subtracting_the_mean_does_not_save_the_naive_version():
    logits = np.array([3000, 0, 0])
    assert np.isnan(softmax_naive(logits - logits.mean())).any()
    np.testing.assert_array_equal(softmax_naive(logits - logits.max()), [1, 0, 0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_misplaced_parenthesis_still_overflows():
    assert np.isnan(softmax_misplaced([1000, 0, 0])[0])


def test_misplaced_parenthesis_jumps_at_its_pole():
    pole = math.log((3 - math.e) / 2)  # e + 2 eˣ = 3: there the sum of the exponentials is N times the maximum
    assert softmax_misplaced([1, pole - 1e-6, pole - 1e-6])[0] < -1e5
    assert softmax_misplaced([1, pole + 1e-6, pole + 1e-6])[0] > 1e5


def test_without_an_axis_a_row_far_below_another_vanishes():
    result = softmax_without_axis([[1000, 999, 998], [1, 0, -1]])
    np.testing.assert_array_equal(result[1], 0)
    np.testing.assert_array_equal(result[0], softmax_shifted([1000, 999, 998]))


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_log_of_softmax_says_inf_where_the_loss_is_about_800():
    assert loss_from_probability([0, -800, 0], 1) == math.inf


def test_a_small_constant_caps_the_loss_at_a_wrong_number():
    assert loss_patched([0, -800, 0], 1) == loss_patched([0, -8000, 0], 1) == -np.log(1e-12)


@pytest.mark.parametrize("logits", [[1, 0, -1], [0, 0], [3], [500, -500, 0]])
def test_jacobian_by_loops_is_the_jacobian(logits):
    np.testing.assert_allclose(jacobian_by_loops(logits), softmax_jacobian(logits), rtol=0, atol=1e-16)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_cross_entropy_as_defined_fails_on_zero_times_log_zero():
    assert np.isnan(loss_by_definition([1, 0], [1, 0]))
    assert cross_entropy([0, -np.inf], [1.0, 0.0]) == 0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_chain_rule_as_it_stands_fails_where_a_probability_underflows():
    assert np.isnan(grad_by_chain_rule([0, -800, 0], 1)).all()
    np.testing.assert_allclose(grad_by_chain_rule([1, 0, -1], 0), cross_entropy_grad([1, 0, -1], 0), atol=1e-15)
