"""One step size and three slopes: what StepSize shows is what the named functions compute."""

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy_grad
from softmaxlab.lessons.step_size import (
    METHODS,
    STEPS,
    complex_loss_along,
    cut,
    estimate_errors,
    estimates,
    parts,
    typical_digits,
)
from softmaxlab.numerics.finite_differences import central_difference, complex_step, forward_difference, loss_along

LOGITS = st.lists(st.floats(-20, 20), min_size=3, max_size=3)
CLASS = st.integers(0, 2)


@given(LOGITS, CLASS, CLASS, st.floats(1e-16, 1))
def test_estimates_are_those_of_the_three_named_functions(logits, target, k, step):
    loss, at = loss_along(logits, target, k)[0], logits[k]
    found = estimates(logits, target, k, step)
    assert found["forward"] == forward_difference(loss, at, step)
    assert found["central"] == central_difference(loss, at, step)
    assert found["complex"] == complex_step(complex_loss_along(logits, target, k), at, step)


@given(LOGITS, CLASS, CLASS)
def test_the_slope_is_p_minus_y_to_the_last_digits(logits, target, k):
    with mpmath.workdps(40):
        terms = [mpmath.exp(mpmath.mpf(a)) for a in logits]
        others = [term for i, term in enumerate(terms) if i != k]
        exact = -mpmath.fsum(others) / mpmath.fsum(terms) if k == target else terms[k] / mpmath.fsum(terms)
        assert abs(cut(logits, target, k).slope / exact - 1) < 2e-15  # the package's 16 ulps hold, and 8 are enough


def test_errors_are_the_distances_of_the_estimates_from_the_slope():
    found, slope = estimate_errors([1.0, 2.0, 0.5], 1, 0), cross_entropy_grad([1.0, 2.0, 0.5], 1)[0]
    for i in range(0, STEPS.size, 40):
        shown = estimates([1.0, 2.0, 0.5], 1, 0, STEPS[i])
        assert {name: found[name][i] for name in METHODS} == {name: abs(shown[name] - slope) for name in METHODS}


def test_steps_are_twenty_to_a_power_of_ten_in_three_digits():
    assert (STEPS[0], STEPS[-1], STEPS.size) == (1e-16, 1, 321)
    assert all(float(f"{step:.2e}") == step for step in STEPS)
    np.testing.assert_allclose(STEPS[20:] / STEPS[:-20], 10, rtol=1e-15)


@pytest.mark.parametrize("name", ["forward", "central"])
def test_the_best_step_is_where_the_two_parts_are_in_balance(name):
    here = cut([1.0, 2.0, 0.5], 1, 0)
    truncation, rounding = parts(here, getattr(here, f"best_{name}"))[name]
    assert truncation == pytest.approx({"forward": rounding, "central": rounding / 2}[name], rel=1e-12)


def test_without_a_third_derivative_the_central_difference_keeps_its_digits_at_any_step():
    assert cut([0.0, 0.0, -800.0], 0, 0).best_central == np.inf
    # one rounding of the loss, over a step of 1
    assert estimates([0.0, 0.0, -800.0], 0, 0, 1.0)["central"] == pytest.approx(-0.5, abs=3e-16)


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3), CLASS, CLASS)
def test_central_keeps_more_digits_than_forward_and_the_complex_step_the_most(logits, target, k):
    found = typical_digits(logits, target, k)
    assert found["forward"] < found["complex"]
    assert found["central"] < found["complex"]
