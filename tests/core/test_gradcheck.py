"""The gradient check passes what is right, catches what is wrong, says where, and refuses what it cannot judge."""

import re

import numpy as np
import pytest

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    gradcheck,
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
)
from softmaxlab.gradcheck import TOLERANCES, relative_error
from softmaxlab.pitfalls.double_softmax import loss_for_complex
from softmaxlab.pitfalls.mutants import MUTANTS

LOGITS = np.array([[1.0, 2.0, 3.0], [0.5, -1.0, 0.0], [-2.0, 1.5, 0.2]])  # square: a wrong axis has the right shape
LABELS = np.array([1, 2, 0])
METHODS = ["central", "forward"]


def loss(logits):
    return cross_entropy(logits, LABELS)


def grad(logits):
    return cross_entropy_grad(logits, LABELS)


def raises(message):
    return pytest.raises(ValueError, match=re.escape(message))


# --- what is right passes ---


@pytest.mark.parametrize("method", METHODS)
def test_gradient_of_cross_entropy_passes(method):
    check = gradcheck(loss, grad, LOGITS, method=method)
    assert check
    assert check.passed
    assert check.error <= TOLERANCES[method]
    assert check.errors.shape == LOGITS.shape


@pytest.mark.parametrize("method", METHODS)
def test_jacobian_of_softmax_passes(method):
    assert gradcheck(softmax, softmax_jacobian, LOGITS[0], method=method)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0, 300.0, 1e6])
@pytest.mark.parametrize("seed", range(5))
def test_there_is_no_false_alarm_on_large_batches_of_any_scale(scale, seed):
    rng = np.random.default_rng(seed)
    logits, labels = rng.normal(size=(40, 10)) * scale, rng.integers(10, size=40)
    assert gradcheck(lambda a: cross_entropy(a, labels), cross_entropy_grad(logits, labels), logits)


def test_the_floor_of_the_repository_raises_a_false_alarm_on_a_small_entry():
    at = np.array([0.0, -20.0, -18.0])  # p of the last class is 1.5e-8, beside a loss of 20
    assert not gradcheck(lambda a: cross_entropy(a, 1), lambda a: cross_entropy_grad(a, 1), at, floor=1e-8)
    assert gradcheck(lambda a: cross_entropy(a, 1), lambda a: cross_entropy_grad(a, 1), at)


def test_complex_step_is_exact_to_rounding():
    for row, label in zip(LOGITS, LABELS, strict=True):
        check = gradcheck(
            lambda a, label=label: loss_for_complex(a, label), cross_entropy_grad(row, label), row, method="complex"
        )
        assert check
        assert check.error < 1e-14  # a few roundings of numbers near 1; a central difference gets 1e-10


def test_the_step_grows_with_the_value_as_the_best_step_does():
    check = gradcheck(lambda x: 1e9 + np.sin(x), np.cos, 0.5)
    # rounding 1e-7 over a step of 8e-3, and its square over 6; the step for a value of 1 would be off by 1e-2
    assert check.estimated == pytest.approx(np.cos(0.5), abs=1e-4)


def test_a_function_of_one_number_and_an_array_for_the_gradient_pass():
    assert gradcheck(np.exp, np.exp(1.5), 1.5)


def test_a_value_of_any_shape_is_checked_entry_by_entry():
    jacobian = np.einsum("rij,rs->risj", np.eye(3) - softmax(LOGITS)[:, None, :], np.eye(3))  # of log_softmax, by rows
    assert gradcheck(log_softmax, jacobian, LOGITS)
    jacobian[2, 1, 2, 0] += 1e-3
    assert gradcheck(log_softmax, jacobian, LOGITS).where == (2, 1, 2, 0)


# --- what is wrong does not ---


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", ["no 1/m", "y − p", "P − Y/m", "chain rule, no sum", "1 for i in a sum"])
def test_seeded_faults_of_the_gradient_are_caught(fault, method):
    wrong = MUTANTS[fault].grad
    check = gradcheck(loss, lambda a: wrong(a, LABELS), LOGITS, method=method)
    assert not check
    assert check.error > 1000 * TOLERANCES[method]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("fault", ["diagonal only", "δ + p for δ − p"])
def test_seeded_faults_of_the_jacobian_are_caught(fault, method):
    assert not gradcheck(softmax, MUTANTS[fault].jacobian, LOGITS[0], method=method)


@pytest.mark.parametrize("method", METHODS)
def test_the_wrong_axis_is_caught(method):
    assert not gradcheck(loss, lambda a: cross_entropy_grad(a, LABELS, axis=0), LOGITS, method=method)


def test_missing_1_over_m_has_relative_error_m_minus_1_over_m_plus_1():
    check = gradcheck(loss, lambda a: 3 * grad(a), LOGITS)
    np.testing.assert_allclose(check.errors, 2 / 4, rtol=1e-7)  # the error of a central difference


def test_a_wrong_sign_has_relative_error_1_however_small_the_gradient():
    check = gradcheck(lambda a: 1e-5 * loss(a), lambda a: -1e-5 * grad(a), LOGITS, method="central", floor=1e-8)
    np.testing.assert_allclose(check.errors, 1, rtol=1e-12)  # |a − b| = |a| + |b|: the difference's error cancels


def test_one_wrong_entry_among_many_is_named():
    wrong = grad(LOGITS)
    wrong[1, 2] += 1e-5
    check = gradcheck(loss, wrong, LOGITS)
    assert not check
    assert check.where == (1, 2)
    assert check.given == wrong[1, 2]
    assert check.estimated == pytest.approx(grad(LOGITS)[1, 2], rel=1e-8)  # error of a central difference
    assert np.sum(check.errors > check.tolerance) == 1


def test_nan_in_the_gradient_does_not_pass():
    wrong = grad(LOGITS)
    wrong[0, 1] = np.nan
    check = gradcheck(loss, wrong, LOGITS)
    assert not check
    assert check.where == (0, 1)


def test_the_result_says_in_one_line_what_and_where():
    wrong = grad(LOGITS)
    wrong[1, 2] = -wrong[1, 2]
    text = str(gradcheck(loss, wrong, LOGITS))
    assert text.startswith("gradcheck FAILED: largest relative error 1.0e+00 > 1e-06 at [1, 2]: given 0.")
    assert text.endswith("1 of 9 entries are off")
    assert str(gradcheck(loss, grad, LOGITS)).startswith("gradcheck passed: largest relative error ")
    assert "at the only entry" in str(gradcheck(np.exp, np.exp, 0.0))


# --- the relative error ---


def test_relative_error_is_symmetric_and_at_most_1():
    a, b = np.random.default_rng(0).normal(size=(2, 1000))
    np.testing.assert_array_equal(relative_error(a, b), relative_error(b, a))
    assert relative_error(a, b).max() == 1  # opposite signs


def test_relative_error_without_a_floor_would_blame_rounding():
    assert relative_error(1e-20, 0.0, floor=1e-300) == 1
    assert relative_error(1e-20, 0.0) == 1e-12
    assert relative_error(0.0, 0.0) == 0


# --- what cannot be judged is refused ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"at": [[np.nan] * 3] * 3}, "at[0, 0] is nan; expected a finite number"),
        ({"at": np.empty((0, 3))}, "at has shape (0, 3): no entries"),
        ({"at": "x"}, "at has dtype <U1; expected real numbers"),
        ({"fn": lambda a: np.array([]), "grad": np.empty((0, 2))}, "fn returns shape (0,): no entries"),
        (
            {"grad": np.zeros(3)},
            "grad has shape (3,); expected (3, 3): the shape of the value of fn, (), then that of at",
        ),
        ({"grad": np.zeros((3, 3), complex)}, "grad has dtype complex128"),
        ({"fn": lambda a: np.float32(loss(a))}, "the value of fn has dtype float32; differences need float64"),
        ({"fn": lambda a: np.inf}, "the value of fn is inf; expected a finite number, at and around the point"),
        ({"fn": lambda a: None}, "the value of fn has dtype object"),
        ({"step": 0}, "step is 0; expected a finite number above 0"),
        ({"step": 1e-17}, "step 1e-17 is lost when added to at[0, 0] = 1.0; expected a larger step"),
        ({"tolerance": np.nan}, "tolerance is nan; expected a finite number above 0"),
        ({"floor": -1}, "floor is -1; expected a finite number above 0"),
        ({"method": "backward"}, "method is 'backward'; expected 'central', 'forward' or 'complex'"),
        ({"method": "complex"}, "fn refuses complex numbers (logits has dtype complex128"),
        (
            {"method": "complex", "fn": lambda a: np.sum(np.abs(a))},
            "fn drops the imaginary part: it returns dtype float64",
        ),
    ],
)
def test_what_cannot_be_checked_is_refused(arguments, message):
    with raises(message):
        gradcheck(**{"fn": loss, "grad": grad, "at": LOGITS} | arguments)


def test_neither_fn_nor_grad_can_change_the_point():
    def rude(a):
        value = loss(a)
        a[:] = 0
        return value

    def rude_grad(a):
        result = grad(a)
        a[:] = 0
        return result

    at = LOGITS.copy()
    check = gradcheck(rude, rude_grad, at)
    assert check
    assert check.given == grad(LOGITS)[check.where]  # and not the gradient at 0
    np.testing.assert_array_equal(at, LOGITS)


def test_integers_are_taken_as_floats():
    assert gradcheck(logsumexp, softmax, [1, 2, 3])
