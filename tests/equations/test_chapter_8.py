"""Each displayed equation of chapter 8, gradient checks, held by a test that carries its label.

Along one logit the loss depends on that logit's probability alone, for every N: that is eq-loss-along. So what
SymPy then shows for a symbolic p is shown for every N, too.
"""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp

from softmaxlab import cross_entropy, logsumexp, softmax
from softmaxlab.gradcheck import relative_error
from softmaxlab.lessons.step_size import cut, parts
from softmaxlab.numerics.finite_differences import (
    ROUNDOFF,
    best_central_step,
    best_forward_step,
    central_difference,
    complex_step,
    forward_difference,
    loss_along,
)
from softmaxlab.pitfalls.double_softmax import loss_for_complex
from support.equations.derivatives import cross_entropy_typed
from support.equations.formulas import cleared, every_case, every_size, lse_exact, softmax_exact, symbols

p, h, x = sp.symbols("p h x", real=True)
y = sp.Symbol("y", real=True)
LOSS = sp.log(1 + p * (sp.exp(h) - 1)) - h * y  # moved by h, minus the loss: eq-loss-along
DERIVATIVES = [sp.diff(LOSS, h, order).subs(h, 0) for order in (1, 2, 3)]
# logits and steps that add up without rounding, so that only the losses are rounded
EXACT_POINTS = [([1.0, 2.0, 0.5], 1, 0), ([0.25, -1.5, 0.75], 0, 0), ([-1.0, 1.0, 0.125], 2, 1), ([0, 0, 0], 1, 1)]
BINARY_STEPS = 2.0 ** -np.arange(4, 45)


def remainder(difference, claim, order):
    """Rest of a difference of the loss after the claimed terms, up to h^(order − 1): 0 if the rest is O(h^order)."""
    return sp.simplify(sp.series(difference - claim, h, 0, order).removeO())


def taylor(step, order):
    """A smooth function at x + step by Taylor's formula: its rest is step**order times a bounded number."""
    known = sum(step**power / sp.factorial(power) * sp.Symbol(f"f{power}", real=True) for power in range(order))
    return known + step**order * sp.Symbol(f"rest({step})")


def polynomial(at):
    """A polynomial of degree 7 with any coefficients: a Taylor polynomial of any smooth function."""
    return sum(c * at**power for power, c in enumerate(sp.symbols("c0:8", real=True)))


# --- the loss along one logit ---


@pytest.mark.equation("eq-loss-along")
@every_case
def test_moving_one_logit_changes_logsumexp_as_claimed(check, logits, v):
    for k, step in enumerate(v):
        moved = logits + step * np.eye(logits.size)[k]
        claim = np.log1p(softmax(logits)[k] * np.expm1(step))
        # the rounding of both, and of the sum
        check.close(logsumexp(moved), logsumexp(logits) + claim, rtol=1e-14, atol=1e-15)


@pytest.mark.equation("eq-slope-along", given="y one-hot")
@pytest.mark.equation("eq-curvature-along", given="y one-hot")
@pytest.mark.equation("eq-third-along", given="y one-hot")
@every_size
def test_derivatives_along_a_logit_by_plain_sympy(check, n):
    a = symbols(n)
    probs = softmax_exact(a)
    for k, q in enumerate(probs):
        loss = lse_exact(a) - a[0]
        claims = (q - int(k == 0), q * (1 - q), q * (1 - q) * (1 - 2 * q))
        assert all(cleared(sp.diff(loss, a[k], order + 1) - claim) for order, claim in enumerate(claims))
    check.exactly(n)


@pytest.mark.equation("eq-slope-along")
@pytest.mark.equation("eq-curvature-along")
@pytest.mark.equation("eq-third-along")
@every_case
def test_loss_along_returns_the_three_derivatives(check, logits, v):
    for k in range(logits.size):
        _, derivatives = loss_along(logits, 0, k)
        q = mpmath.mpf(float(softmax(logits)[k]))
        exact = (q - (k == 0), q * (1 - q), q * (1 - q) * (1 - 2 * q))
        check.close(derivatives, [float(value) for value in exact], rtol=0, atol=4 * ROUNDOFF)  # a few roundings


# --- three differences, and what Taylor's formula says of them ---


@pytest.mark.equation("eq-forward", given="f has three continuous derivatives")
def test_forward_difference_of_any_smooth_function_leaves_h_f2_over_2(check):
    f0, f1, f2 = sp.symbols("f:3", real=True)
    rest = sp.expand((taylor(h, 3) - f0) / h - f1 - h / 2 * f2)
    assert rest == h**2 * sp.Symbol("rest(h)")
    check.exactly(because="by Taylor’s formula")


@pytest.mark.equation("eq-central", given="f has five continuous derivatives")
def test_central_difference_of_any_smooth_function_leaves_h2_f3_over_6(check):
    f1, f3 = sp.symbols("f1 f3", real=True)
    rest = sp.expand((taylor(h, 5) - taylor(-h, 5)) / (2 * h) - f1 - h**2 / 6 * f3)
    assert sp.expand(rest - h**4 * (sp.Symbol("rest(h)") + sp.Symbol("rest(-h)")) / 2) == 0
    check.exactly(because="by Taylor’s formula")


@pytest.mark.equation("eq-complex-step", given="f is analytic, and real on the real line")
def test_complex_step_of_any_analytic_function_leaves_minus_h2_f3_over_6(check):
    f1, f3 = sp.symbols("f1 f3", real=True)
    sideways = sp.I * h
    rest = sp.im(sp.expand(taylor(sideways, 5))) / h - f1 + h**2 / 6 * f3
    claimed = h**4 * sp.im(sp.I**5 * sp.Symbol(f"rest({sideways})"))
    assert sp.simplify(sp.expand(rest) - sp.expand(claimed)) == 0
    check.exactly(because="by Taylor’s formula")


SAMPLES = "polynomials of degree 7, and the loss along a score"
LEFT = "the function of the package computes the left side"


@pytest.mark.equation("eq-forward", part=SAMPLES)
def test_forward_difference_leaves_h_f2_over_2(check):
    slope, second, _ = DERIVATIVES
    assert remainder((LOSS - 0) / h, slope + h / 2 * second, 2) == 0  # LOSS is 0 at h = 0
    f = polynomial(x)
    rest = (polynomial(x + h) - f) / h - f.diff(x) - h / 2 * f.diff(x, 2)
    assert sp.rem(sp.expand(sp.cancel(rest)), h**2, h) == 0
    check.exactly(because="no lower power of h is left")


@pytest.mark.equation("eq-central", part=SAMPLES)
def test_central_difference_leaves_h2_f3_over_6(check):
    slope, _, third = DERIVATIVES
    assert remainder((LOSS - LOSS.subs(h, -h)) / (2 * h), slope + h**2 / 6 * third, 4) == 0
    f = polynomial(x)
    rest = (polynomial(x + h) - polynomial(x - h)) / (2 * h) - f.diff(x) - h**2 / 6 * f.diff(x, 3)
    assert sp.rem(sp.expand(sp.cancel(rest)), h**4, h) == 0
    check.exactly(because="no lower power of h is left")


@pytest.mark.equation("eq-complex-step", part=SAMPLES)
def test_complex_step_leaves_minus_h2_f3_over_6(check):
    slope, _, third = DERIVATIVES
    # a real function of a real p: its imaginary part is half of the difference to its conjugate, over i
    sideways = (LOSS.subs(h, sp.I * h) - LOSS.subs(h, -sp.I * h)) / (2 * sp.I * h)
    assert remainder(sideways, slope - h**2 / 6 * third, 4) == 0
    f = polynomial(x)
    rest = sp.im(sp.expand(polynomial(x + sp.I * h))) / h - f.diff(x) + h**2 / 6 * f.diff(x, 3)
    assert sp.rem(sp.expand(sp.cancel(rest)), h**4, h) == 0
    check.exactly(because="no lower power of h is left")


@pytest.mark.equation("eq-forward", part=LEFT)
@pytest.mark.equation("eq-central", part=LEFT)
@pytest.mark.equation("eq-complex-step", part=LEFT)
@every_case
def test_the_three_functions_compute_what_stands_there(check, logits, v):
    loss, _ = loss_along(logits, 0, 1)
    at, step = logits[1], 2.0**-4
    up, here, down = loss(at + step), loss(at), loss(at - step)
    check.close(forward_difference(loss, at, step), (up - here) / step, rtol=0, atol=0)
    check.close(central_difference(loss, at, step), (up - down) / (2 * step), rtol=0, atol=0)
    moved = logits.astype(complex)
    moved[1] += 1j * step
    typed = cross_entropy_typed(moved, np.eye(logits.size)[0]).imag / step

    def across(value):
        moved[1] = value
        return loss_for_complex(moved, 0)

    check.close(complex_step(across, at, step), typed, rtol=0, atol=1e-14)  # roundings of 1e-16 over the step


# --- rounding against truncation ---


@pytest.mark.equation("eq-error-forward")
@pytest.mark.equation("eq-error-central")
@pytest.mark.parametrize(("logits", "target", "k"), EXACT_POINTS)
def test_errors_stay_below_truncation_plus_rounding(check, logits, target, k):
    loss, _ = loss_along(logits, target, k)
    here = cut(logits, target, k)
    differences = {"forward": forward_difference, "central": central_difference}
    for step in BINARY_STEPS:
        for name, difference in differences.items():
            truncation, rounding = parts(here, step)[name]
            # "≲": Taylor's next term is at most h² or h⁴ here. A loss is within 3 units of roundoff, not 1, and p − y
            # itself within 2 of numbers below 1.
            bound = truncation + 3 * rounding + (step**2 if name == "forward" else step**4) + 2 * ROUNDOFF
            assert abs(difference(loss, logits[k], step) - here.slope) <= bound, (name, step)
            check.held()


@pytest.mark.equation("eq-best-forward", given="the bound {eq-error-forward}")
def test_best_forward_step_is_where_the_bound_is_least(check):
    u, value, second = sp.symbols("u f s", positive=True)  # roundoff, |f|, |f″|
    bound = x / 2 * second + 2 * u * value / x
    best = 2 * sp.sqrt(u * value / second)
    assert sp.simplify(bound.diff(x).subs(x, best)) == 0
    assert bound.diff(x, 2).subs(x, best).is_positive
    check.exactly(because="there the bound is level, and curves upward")
    sample = {u: sp.Rational(1, 2**53), value: 3, second: sp.Rational(1, 7)}
    check.close(best_forward_step(3.0, 1 / 7), float(best.subs(sample)), rtol=1e-15)


@pytest.mark.equation("eq-best-central", given="the bound {eq-error-central}")
def test_best_central_step_is_where_the_bound_is_least(check):
    u, value, third = sp.symbols("u f t", positive=True)  # roundoff, |f|, |f‴|
    bound = x**2 / 6 * third + u * value / x
    best = sp.cbrt(3 * u * value / third)
    assert sp.simplify(bound.diff(x).subs(x, best)) == 0
    assert sp.simplify(bound.diff(x, 2).subs(x, best)).is_positive
    check.exactly(because="there the bound is level, and curves upward")
    sample = {u: sp.Rational(1, 2**53), value: 3, third: sp.Rational(1, 7)}
    check.close(best_central_step(3.0, 1 / 7), float(best.subs(sample)), rtol=1e-15)


def test_at_p_one_half_the_central_difference_is_exact_at_any_step():
    half = LOSS.subs(p, sp.Rational(1, 2))
    rise = sp.logcombine(sp.expand_log((half - half.subs(h, -h)).subs(y, 0), force=True), force=True)
    assert sp.simplify(sp.exp(rise) - sp.exp(h)) == 0  # so the difference over 2h is 1/2


# --- the loss for complex logits ---


@pytest.mark.equation("eq-complex-loss", given="m is real")
def test_a_real_shift_leaves_the_logarithm_of_a_complex_sum_as_it_is(check):
    m, score, rest = sp.Symbol("m", real=True), sp.Symbol("a"), sp.Symbol("S")  # complex, but for m
    assert sp.powsimp(sp.exp(m) * sp.exp(score - m)) == sp.exp(score)  # so each term, and the sum, is e^m times its own
    assert sp.expand_log(sp.log(sp.exp(m) * rest)) == m + sp.log(rest)
    with_complex_shift = sp.log(sp.exp(sp.Symbol("w")) * rest)
    assert sp.expand_log(with_complex_shift) == with_complex_shift  # the logarithm need not give back an imaginary part
    check.for_every("N", because="e to the real m is positive, so it leaves the logarithm of a complex sum as m")


@pytest.mark.equation("eq-complex-loss")
@every_case
def test_complex_loss_agrees_with_mpmath_off_the_real_line(check, logits, v):
    z = logits + 0.3j * np.tanh(v)
    exact = mpmath.log(mpmath.fsum([mpmath.exp(mpmath.mpc(a)) for a in z])) - mpmath.mpc(z[0])
    found = loss_for_complex(z, 0)
    check.close([found.real, found.imag], [float(exact.real), float(exact.imag)], rtol=0, atol=1e-14)
    check.close(loss_for_complex(logits, 0), cross_entropy(logits, 0), rtol=0, atol=1e-14)  # roundings below 8


@pytest.mark.equation("eq-complex-step", part="of the loss")
@every_case
def test_a_complex_step_gives_p_minus_y(check, logits, v):
    target = np.eye(logits.size)[0]
    slopes = [
        complex_step(lambda value, k=k: loss_for_complex([*logits[:k], value, *logits[k + 1 :]], 0), logits[k])
        for k in range(logits.size)
    ]
    check.close(slopes, softmax(logits) - target, rtol=0, atol=1e-15)  # a few roundings of numbers below 1


# --- the relative error ---


@pytest.mark.equation("eq-relative-error", kind="definition")
def test_relative_error_is_the_formula(check):
    rng = np.random.default_rng(8)
    for given, estimated in rng.normal(size=(100, 2)) * 10.0 ** rng.integers(-12, 3, size=(100, 1)):
        g, d = Fraction(float(given)), Fraction(float(estimated))
        exact = abs(g - d) / max(Fraction(1e-8), abs(g) + abs(d))
        assert exact <= 1
        check.close(relative_error(given, estimated), float(exact), rtol=1e-15)  # three roundings
        check.close(relative_error(estimated, given), float(exact), rtol=1e-15)


@pytest.mark.equation("eq-relative-error", kind="definition")
def test_relative_error_of_a_factor_and_of_a_sign(check):
    factor, size = sp.Symbol("m", positive=True) + 1, sp.Symbol("d", positive=True)  # a factor above 1

    def formula(g, d):
        return sp.simplify(abs(g - d) / (abs(g) + abs(d)))  # above the floor

    assert sp.simplify(formula(factor * size, size) - (factor - 1) / (factor + 1)) == 0
    assert formula(-size, size) == 1
    check.exactly(because="a factor m gives (m − 1)/(m + 1), a wrong sign 1")
