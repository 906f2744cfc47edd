"""Differences behave as the theory of their errors says."""

import re

import numpy as np
import pytest

from softmaxlab import cross_entropy_grad
from softmaxlab.numerics.finite_differences import (
    ROUNDOFF,
    best_central_step,
    best_forward_step,
    central_difference,
    complex_step,
    forward_difference,
    loss_along,
    v_curve,
)
from softmaxlab.pitfalls.double_softmax import loss_for_complex, loss_of_softmax_twice, smallest_loss_of_softmax_twice

LOGITS = np.array([1.0, 2.0, 0.5])


def raises(message):
    return pytest.raises(ValueError, match=re.escape(message))


def bounds(curve, function, at, derivatives):
    """Largest errors that theory allows: truncation, and rounding of values within 4 units of roundoff."""
    _, second, third = derivatives
    rounding = 4 * ROUNDOFF * abs(function(at))
    forward = curve.steps * abs(second) / 2 + 2 * rounding / curve.steps
    central = curve.steps**2 * abs(third) / 6 + rounding / curve.steps
    return forward, central


@pytest.mark.parametrize("k", [0, 1, 2])
@pytest.mark.parametrize("target", [0, 1, 2])
def test_errors_stay_below_truncation_plus_rounding(target, k):
    loss, derivatives = loss_along(LOGITS, target, k)
    # Truncation is a Taylor term at the point, so steps must stay small; and below 1e-14 a step is rounded itself.
    steps = np.logspace(-13, -2, 111)
    curve = v_curve(loss, LOGITS[k], derivatives, steps)
    forward, central = bounds(curve, loss, LOGITS[k], derivatives)
    own = np.abs(np.array([(LOGITS[k] + h) - LOGITS[k] - h for h in steps])) / steps  # rounding of x + h
    assert np.all(curve.forward <= 1.05 * forward + own)
    assert np.all(curve.central <= 1.05 * central + own + 1e-3 * steps**2)  # beside f‴ the fifth derivative counts


def test_truncation_falls_with_the_step_and_with_its_square():
    loss, derivatives = loss_along(LOGITS, 1, 0)
    curve = v_curve(loss, LOGITS[0], derivatives, [1e-3, 1e-2])
    assert curve.forward[1] / curve.forward[0] == pytest.approx(10, rel=0.02)  # next term: a step's worth, 1 %
    assert curve.central[1] / curve.central[0] == pytest.approx(100, rel=0.01)  # next term: its square


def test_the_default_curve_is_a_v_whose_bottom_is_near_the_marked_step():
    loss, derivatives = loss_along(LOGITS, 1, 0)
    curve = v_curve(loss, LOGITS[0], derivatives)
    assert (curve.steps[0], curve.steps[-1], len(curve.steps)) == (1e-16, 1, 161)
    for errors, best in ((curve.forward, curve.best_forward), (curve.central, curve.best_central)):
        near = np.abs(np.log10(curve.steps / best)) <= 1  # rounding is noise: the lowest point may be a decade off
        typical = np.median(errors[near])
        assert typical < errors[0] / 1e5
        assert typical < errors[-1] / 1e5
        assert errors.min() == errors[np.abs(np.log10(curve.steps / best)) <= 1.5].min()


def test_at_the_smallest_step_the_nudge_is_lost():
    loss, derivatives = loss_along(LOGITS, 1, 0)
    assert v_curve(loss, LOGITS[0], derivatives, [1e-17]).forward[0] == abs(derivatives[0])


def test_best_steps_minimize_the_bounds():
    value, second, third = 0.7, 0.2, 0.05
    h = np.logspace(-9, -3, 600001)
    forward = h * second / 2 + 2 * ROUNDOFF * value / h
    central = h**2 * third / 6 + ROUNDOFF * value / h
    assert best_forward_step(value, second) == pytest.approx(h[forward.argmin()], rel=3e-5)  # spacing of the grid
    assert best_central_step(value, third) == pytest.approx(h[central.argmin()], rel=3e-5)


def test_best_step_without_truncation_is_infinite_and_without_rounding_0():
    assert best_forward_step(1.0, 0.0) == best_central_step(1.0, 0.0) == np.inf
    assert best_forward_step(0.0, 1.0) == best_central_step(0.0, 1.0) == 0


@pytest.mark.parametrize("k", [0, 1, 2])
def test_derivatives_along_a_logit_are_differences_of_each_other(k):
    def slopes(value):
        logits = LOGITS.copy()
        logits[k] = value
        return np.array(loss_along(logits, 1, k)[1])

    loss, derivatives = loss_along(LOGITS, 1, k)
    # errors of a central difference with step 1e-5: step² ~ 1e-10, rounding over step ~ 1e-11
    assert derivatives[0] == pytest.approx(central_difference(loss, LOGITS[k], 1e-5), abs=1e-9)
    np.testing.assert_allclose(derivatives[1:], central_difference(slopes, LOGITS[k], 1e-5)[:2], atol=1e-9)


def test_complex_step_gives_p_minus_y_to_the_last_digits():
    for target in range(3):
        for k in range(3):

            def cut(value, target=target, k=k):
                logits = LOGITS.astype(complex)
                logits[k] = value
                return loss_for_complex(logits, target)

            # two roundings of numbers below 1
            assert complex_step(cut, LOGITS[k]) == pytest.approx(cross_entropy_grad(LOGITS, target)[k], abs=3e-16)


def test_complex_loss_is_the_loss_on_real_logits_and_survives_large_ones():
    assert loss_for_complex([1000.0, 0.0], 1) == 1000
    assert loss_for_complex([-1000.0, -1000.0], 1) == pytest.approx(np.log(2), abs=1e-13)  # one rounding of 1000


def test_forward_and_central_difference_are_exact_on_lines_and_parabolas():
    assert forward_difference(lambda x: 3 * x, 2.0, 0.5) == 3
    assert central_difference(lambda x: 3 * x * x, 2.0, 0.5) == 12


@pytest.mark.parametrize(
    ("derivatives", "steps", "message"),
    [
        ((1, 1, 1), [0.0, 1.0], "expected a list of numbers above 0"),
        ((1, 1, 1), [np.nan], "expected a list of numbers above 0"),
        ((1, 1, 1), 0.1, "expected a list of numbers above 0"),
        ((1, 1), [0.1], "derivatives is (1, 1); expected three numbers"),
    ],
)
def test_v_curve_refuses_steps_and_derivatives_it_cannot_use(derivatives, steps, message):
    with raises(message):
        v_curve(np.exp, 0.0, derivatives, steps)


# --- two softmaxes ---


@pytest.mark.parametrize("classes", [2, 3, 10, 1000])
def test_two_softmaxes_cannot_go_below_their_floor_and_reach_it(classes):
    floor = smallest_loss_of_softmax_twice(classes)
    sure = np.zeros(classes)
    sure[0] = 800.0
    assert loss_of_softmax_twice(sure, 0) == pytest.approx(floor, rel=1e-14)
    logits = np.random.default_rng(0).normal(size=(1000, classes)) * 10
    assert loss_of_softmax_twice(logits, np.zeros(1000, dtype=int)) > floor
    assert floor < np.log(classes)
