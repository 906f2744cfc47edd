"""Where stock SymPy is silently wrong, and what we say there. Its answers are pinned: a fix shows here."""

import pytest
import sympy as sp

from softmaxlab.proofs import IllTyped, N, Refuted, delta, derivative, exp, indices, prove, scalar, total, vector

i, j, k, l = indices("i j k l")  # noqa: E741 - l is the letter after k here
a, x, y = vector("a"), vector("x"), vector("y")
SIZE = sp.Symbol("N", integer=True, positive=True)
A = sp.IndexedBase("a", real=True)
J, K = sp.symbols("j k", integer=True)


def test_sympy_takes_the_whole_sum_for_its_derivative_by_the_bound_name():
    whole = sp.Sum(sp.exp(A[K]), (K, 1, SIZE))
    assert whole.diff(A[K]).doit() == whole  # wrong: ∂Σ_k e^{a_k}/∂a_j is e^{a_j}


def test_we_refuse_the_bound_name_and_differentiate_by_a_free_one():
    whole = total(exp(a[k]), k)
    assert prove(derivative(whole, a[j]), exp(a[j])).badge == "proved for all N"
    with pytest.raises(IllTyped, match="k is free"):
        prove(derivative(whole, a[k]), exp(a[k]))


def test_sympy_subs_captures_a_free_index():
    mixed = sp.Sum(A[J] * A[K], (K, 1, 2))
    captured = mixed.subs(J, K)
    assert captured == sp.Sum(A[K] ** 2, (K, 1, 2))  # wrong: it should stay a_k (a_1 + a_2)


def test_our_substitution_renames_the_sum_in_the_way():
    from softmaxlab.proofs.language.indexing import free_indices, substitute

    moved = substitute(total(a[j] * a[k], k), {j: k})
    assert free_indices(moved) == {k}
    assert prove(moved, a[k] * total(a[l], l)).badge == "proved for all N"


def test_sympy_as_dummy_captures_in_nested_sums():
    s, t = sp.symbols("s t", integer=True)
    nested = sp.Sum(s * sp.Sum(s * t, (t, 1, 2)), (s, 1, 3))
    assert nested.doit() == 42
    assert nested.as_dummy().doit() == 30  # wrong


def test_sympy_dummy_eq_calls_two_different_nested_sums_equal():
    s, t, u, v = sp.symbols("s t u v", integer=True)
    mixed = sp.Sum(s * sp.Sum(s * t, (t, 1, 2)), (s, 1, 3))
    apart = sp.Sum(u * sp.Sum(v * v, (v, 1, 2)), (u, 1, 3))
    assert (mixed.doit(), apart.doit()) == (42, 30)
    assert mixed.dummy_eq(apart)  # wrong


def test_we_refute_that_those_nested_sums_are_equal():
    with pytest.raises(Refuted):
        prove(total(x[k] * total(x[k] * y[l], l), k), total(x[k] * total(x[l] * y[l], l), k))


def test_our_normal_form_keeps_nested_sums_apart():
    nested = total(x[k] * total(x[k] * y[l], l), k)
    assert prove(nested, total(x[k] ** 2, k) * total(y[l], l)).badge == "proved for all N"
    renamed = total(x[l] * total(x[l] * y[k], k), l)
    assert prove(nested, renamed).badge == "proved for all N"


def test_sympy_differentiates_a_one_by_one_matrix_product_to_zero():
    vector_, ones = sp.MatrixSymbol("a", 3, 1), sp.OneMatrix(3, 1)
    slope = (ones.T * vector_.applyfunc(sp.exp))[0, 0].diff(vector_)
    assert slope == sp.ZeroMatrix(3, 1)  # wrong: it is e^a


def test_sympy_differentiates_a_trace_to_the_trace_itself():
    vector_ = sp.MatrixSymbol("a", 3, 1)
    slope = sp.Trace(sp.OneMatrix(3, 1).T * vector_.applyfunc(sp.exp)).diff(vector_)
    assert slope.has(sp.Trace)  # wrong: the gradient is e^a, without any trace


def test_sympy_simplify_stumbles_over_the_raw_derivative_of_softmax():
    column = sp.MatrixSymbol("a", SIZE, 1)
    probability = sp.exp(column[J, 0]) / sp.Sum(sp.exp(column[K, 0]), (K, 0, SIZE - 1))
    with pytest.raises(StopIteration):
        sp.simplify(probability.diff(column[sp.Symbol("l", integer=True), 0]))


def test_our_derivative_of_softmax_is_simplified():
    softmax = exp(a[i]) / total(exp(a[k]), k)
    other = exp(a[j]) / total(exp(a[k]), k)
    assert prove(derivative(softmax, a[j]), softmax * (delta(i, j) - other)).badge == "proved for all N"


def test_our_sum_of_exponentials_has_the_exponentials_for_its_gradient():
    assert prove(derivative(total(exp(a[k]), k), a[i]), exp(a[i])).badge == "proved for all N"


def test_sympy_expands_the_exponential_of_a_sum_to_a_product():
    power = sp.exp(sp.Sum(A[K], (K, 1, SIZE)))
    assert sp.expand(power).has(sp.Product)


def test_our_exponential_of_a_sum_stays_one():
    power = exp(total(a[k], k))
    assert prove(derivative(power, a[j]) * a[j], power * a[j]).badge == "proved for all N"


def test_sympy_leaves_the_range_of_an_index_open():
    slope = sp.Sum(sp.exp(A[K]), (K, 1, SIZE)).diff(A[J]).doit()
    assert slope.has(sp.Piecewise)  # our indices carry their range, so there is no case j > N


def test_sympy_tells_deltas_with_and_without_range_apart():
    assert sp.KroneckerDelta(J, K) != sp.KroneckerDelta(J, K, (1, SIZE))


def test_our_delta_is_one_thing():
    assert delta(i, j) == delta(j, i)
    assert prove(total(delta(i, j), j), 1).badge == "proved for all N"
    assert prove(total(1 + 0 * a[k], k), N).badge == "proved for all N"


def test_a_square_root_of_a_square_is_not_the_number():
    number = scalar("x")
    with pytest.raises(IllTyped, match="not whole"):
        prove((number**2) ** sp.Rational(1, 2), number)
