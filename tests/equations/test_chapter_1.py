"""Each displayed equation of chapter 1, scores to probabilities, held by a test that carries its label.

Exact claims are checked by SymPy for concrete numbers of classes, with w = exp(a) as the positive unknown
where that keeps the algebra rational. `refute` then evaluates both sides once more, at exact numbers that a
reader can redo by hand.
"""

import numpy as np
import pytest
import sympy as sp

from softmaxlab import softmax
from support.equations.formulas import CLOSE, EXACT_LOGITS, is_zero, refute, softmax_exact, symbols

SIZES = range(2, 6)


@pytest.mark.equation("eq-ratio-rule", kind="wish")
@pytest.mark.parametrize("n", SIZES)
def test_ratios_of_softmax_depend_only_on_the_difference_of_two_scores(check, n):
    a, shift = symbols(n), sp.Symbol("s", real=True)
    ratio = softmax_exact(a)[0] / softmax_exact(a)[1]
    # move both scores together, and every other score anywhere: the ratio must not notice
    moved = softmax_exact([a[0] + shift, a[1] + shift, *symbols(n, "b")[2:]])
    assert is_zero(moved[0] / moved[1] - ratio)
    check.exactly(n, because="softmax grants the wish")


@pytest.mark.equation("eq-functional", kind="consequence", source="eq-ratio-rule", given="three classes")
def test_the_wish_for_three_classes_makes_any_f_turn_sums_into_products(check):
    f, (a, b, c), (s, t) = sp.Function("f"), symbols(3), sp.symbols("s t", real=True)
    cat, dog, bird = sp.symbols("p1:4", positive=True)
    wish = {cat: f(a - b) * dog, dog: f(b - c) * bird}  # each ratio is f of the difference
    cat_over_bird = (cat / bird).subs(wish).subs(wish)
    law = (cat_over_bird - f(a - c)).subs({a: s + t + c, b: t + c})  # so s = a − b and t = b − c, any numbers
    assert sp.expand(law) == f(s) * f(t) - f(s + t)
    check.exactly(because="cat over dog times dog over bird is cat over bird")


def test_exp_obeys_the_law_and_the_hyperbolic_cosine_does_not():
    f, (s, t) = sp.exp, symbols(2)
    assert is_zero(f(s + t) - f(s) * f(t))
    assert sp.cosh(2) != sp.cosh(1) * sp.cosh(1)  # it is not a law that any increasing function obeys


@pytest.mark.equation("eq-growth", kind="consequence", source="eq-functional", given="f has a derivative")
def test_differentiating_the_law_at_zero_makes_f_grow_at_the_rate_of_its_size(check):
    t, s = sp.symbols("t s", real=True)
    f, start = sp.Function("f"), sp.Symbol("start", positive=True)
    left, right = f(s + t).diff(s).subs(s, 0).doit(), (f(s) * f(t)).diff(s).subs(s, 0)
    assert left == f(t).diff(t)
    assert right == f(s).diff(s).subs(s, 0) * f(t)
    assert sp.solve(start - start * start, start) == [1]  # the law at s = t = 0, for a positive f
    check.exactly(because="the slope of both sides at s = 0")


def test_the_only_solution_of_the_growth_equation_is_the_exponential():
    t, c, f = sp.Symbol("t", real=True), sp.Symbol("c", positive=True), sp.Function("f")
    solution = sp.dsolve(sp.Eq(f(t).diff(t), c * f(t)), f(t), ics={f(0): 1})
    assert solution.rhs == sp.exp(c * t)


@pytest.mark.equation("eq-ratio", given="p is softmax, {eq-softmax}")
@pytest.mark.parametrize("n", SIZES)
def test_ratio_of_two_probabilities_is_exp_of_the_difference(check, n):
    a = symbols(n)
    p = softmax_exact(a)
    for i in range(n):
        for j in range(n):
            assert is_zero(p[i] / p[j] - sp.exp(a[i] - a[j]))
    check.exactly(n)


@pytest.mark.equation("eq-softmax", kind="consequence", source="eq-ratio", given="Σ p = 1")
@pytest.mark.parametrize("n", SIZES)
def test_softmax_is_the_only_solution_of_the_ratios_and_the_sum(check, n):
    w, p = sp.symbols(f"w1:{n + 1}", positive=True), sp.symbols(f"p1:{n + 1}")
    ratios = [p[k] * w[0] - p[0] * w[k] for k in range(1, n)]
    solutions = sp.linsolve([*ratios, sum(p) - 1], p)
    assert len(solutions) == 1
    (solution,) = solutions
    assert all(sp.cancel(found - weight / sum(w)) == 0 for found, weight in zip(solution, w, strict=True))
    check.exactly(n)


@pytest.mark.equation("eq-softmax")
def test_the_implementation_computes_the_formula(check):
    exact = [float(p) for p in softmax_exact(EXACT_LOGITS)]  # 3/15, 1/15, 4/15, 2/15, 5/15
    assert exact == [3 / 15, 1 / 15, 4 / 15, 2 / 15, 5 / 15]
    check.close(softmax([float(a) for a in EXACT_LOGITS]), exact, rtol=CLOSE)


@pytest.mark.equation("eq-sum-one")
@pytest.mark.parametrize("n", SIZES)
def test_probabilities_are_positive_and_sum_to_one(check, n):
    p = softmax_exact(symbols(n))
    assert all(share.is_positive for share in p)
    assert is_zero(sum(p) - 1)
    refute(sum(p) - 1, symbols(n))
    check.exactly(n)


@pytest.mark.equation("eq-sigmoid")
def test_two_classes_give_the_sigmoid_of_the_gap(check):
    a, b = symbols(2)
    assert is_zero(softmax_exact([a, b])[0] - 1 / (1 + sp.exp(-(a - b))))
    check.exactly(2)


@pytest.mark.equation("eq-temperature", kind="definition")
@pytest.mark.parametrize("n", SIZES)
def test_temperature_raises_every_ratio_to_the_power_one_over_t(check, n):
    a, temperature = symbols(n), sp.Symbol("T", positive=True)
    cooled = softmax_exact([x / temperature for x in a])
    assert is_zero(cooled[0] / cooled[1] - sp.exp(a[0] / temperature - a[1] / temperature))
    assert is_zero(sum(cooled) - 1)
    assert [x.subs(temperature, 1) for x in cooled] == softmax_exact(a)
    check.exactly(n, because="each ratio is e to the difference over T, and the sum is 1")


@pytest.mark.equation("eq-temperature", kind="definition")
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_the_implementation_of_divided_scores_computes_the_formula(check, temperature):
    logits = np.array([1.0, 0.0, -1.0, 2.5])
    weights = [np.exp(a / temperature) for a in logits]
    check.close(softmax(logits / temperature), [w / sum(weights) for w in weights], rtol=CLOSE)


@pytest.mark.equation("eq-temperature-limits")
@pytest.mark.parametrize("leaders", [1, 2, 3])
@pytest.mark.parametrize("behind", [0, 1, 2])
def test_limits_of_temperature_are_a_tie_of_all_and_a_tie_of_the_leaders(check, leaders, behind):
    temperature = sp.Symbol("T", positive=True)
    gaps = sp.symbols(f"g1:{behind + 1}", positive=True) if behind else ()
    # scores relative to the leaders, which only a common shift away (eq-shift) from any scores
    probs = softmax_exact([sp.Integer(0)] * leaders + [-gap / temperature for gap in gaps])
    expected = [sp.Rational(1, leaders)] * leaders + [0] * behind
    assert [sp.limit(p, temperature, 0, "+") for p in probs] == expected
    assert [sp.limit(p, temperature, sp.oo) for p in probs] == [sp.Rational(1, leaders + behind)] * len(probs)
    check.exactly(leaders + behind)
