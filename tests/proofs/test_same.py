"""When two formulas are the same statement, and when two declarations are the same symbol."""

import pytest

from softmaxlab.proofs import (
    Claim,
    Eq,
    IllTyped,
    N,
    apart,
    canonical,
    define,
    delta,
    derivative,
    every,
    exp,
    indices,
    log,
    matrix,
    prove,
    same,
    scalar,
    size,
    total,
    vector,
)  # fmt: skip
from softmaxlab.proofs.catalogue import CATALOGUE, claim_of
from softmaxlab.proofs.printing.lettering import alike

i, j, k, l = indices("i j k l")  # noqa: E741 - l is the letter after k here
m = size("m")
n, r = indices("n r", upto=m)
a, y = vector("a"), vector("y")
x, z, both = matrix("x", m, N), matrix("z", N, N), matrix("x", m, m)
p = define("p", i, exp(a[i]) / total(exp(a[k]), k))
chained = [label for label, claim in CATALOGUE.items() if isinstance(claim, Claim)]

# What makes two formulas the same, and what does not


@pytest.mark.parametrize("pair", [
    (p[i] * p[j], p[j] * p[i]),
    (p[i] - y[i] + 1, 1 - y[i] + p[i]),
    (total(a[k] * y[k], k), total(y[j] * a[j], j)),
    (total(total(z[k, l], l), k), total(total(z[j, k], k), j)),
    (total(a[k], k) * total(y[k], k), total(y[j], j) * total(a[l], l)),
    (total(a[k], k, but=i), total(a[j], j, but=i)),
    (total(total(a[l], l, but=k), k), total(total(a[j], j, but=l), l)),
    (derivative(log(p[i]), a[j], a[k]), derivative(log(p[i]), a[k], a[j])),
    (exp(a[i] - a[j]), exp(-a[j] + a[i])),
], ids=repr)  # fmt: skip
def test_order_and_bound_letters_make_no_difference(pair):
    assert same(*pair)
    assert alike(*pair)
    assert canonical(pair[0]) == canonical(pair[1])


@pytest.mark.parametrize("pair", [
    (p[i] / p[j], p[j] / p[i]),  # the same letters
    (a[i] - y[i], y[i] - a[i]),
    (exp(a[i]) * log(a[j]), exp(a[j]) * log(a[i])),
    (a[i] ** 2 * y[i] ** 3, a[i] ** 3 * y[i] ** 2),
    (total(both[n, r], r), total(both[r, n], r)),
    (total(a[k], k), total(vector("a", m)[n], n)),  # the ranges differ
    (total(2, k) * total(3, n), total(2, n) * total(3, k)),
    (total(total(z[k, l], l), k), total(total(z[l, k], l), k)),
    (total(a[k], k, but=i), total(a[k], k)),
    (total(a[k] * a[i], k), total(a[k] * a[j], k)),
    (derivative(a[i], y[j]), derivative(y[j], a[i])),
    (12 * a[i], 21 * a[i]),
    (a[1] * y[2], a[2] * y[1]),
    (exp(a[i]), log(a[i])),
], ids=repr)  # fmt: skip
def test_the_same_characters_are_not_the_same_formula(pair):
    assert not same(*pair)
    assert not alike(*pair)


def test_a_definition_is_the_same_by_its_name_and_its_body_whatever_its_letters():
    again = define("p", j, exp(a[j]) / total(exp(a[l]), l))
    other = define("p", j, exp(y[j]) / total(exp(y[l]), l))
    assert same(p[i], again[i])
    assert not same(p[i], other[i])
    assert not same(p[i], define("q", j, again[j])[i])


def test_hypotheses_are_compared_as_statements():
    assert same(Eq(total(y[k], k), 1), Eq(total(y[j], j), 1))
    assert not same(Eq(total(y[k], k), 1), Eq(total(y[k], k), 2))
    assert same(apart(i, j), apart(j, i))
    assert not same(apart(i, j), apart(i, k))
    assert same(every(r, Eq(total(x[r, k], k), 1)), every(n, Eq(total(x[n, k], k), 1)))
    assert not same(every(n, Eq(total(x[n, k], k), 1)), Eq(total(x[n, k], k), 1))


@pytest.mark.parametrize("label", chained)
def test_a_claim_of_the_book_is_the_same_as_itself_and_its_sides_are_not(label):
    lhs, rhs = claim_of(label).lhs, claim_of(label).rhs
    assert same(lhs, lhs)
    assert not same(lhs, rhs)


def test_canonical_forms_are_settled():
    for label in chained:
        for line in claim_of(label).lines:
            assert canonical(canonical(line)) == canonical(line)


# Two declarations of one name


@pytest.mark.parametrize("declare", [
    lambda: vector("z"),
    lambda: matrix("z", m, N),
    lambda: vector("z", positive=True),
    lambda: size("z"),
    lambda: scalar("z"),
    lambda: indices("z"),
    lambda: define("z", i, exp(vector("a")[i])),
], ids=["vector", "matrix", "positive vector", "size", "scalar", "index", "definition"])  # fmt: skip
def test_declared_twice_in_one_way_is_one_symbol(declare):
    assert declare() == declare()
    assert len({declare(), declare()}) == 1


def test_a_vector_declared_twice_is_one_variable_below_the_bar():
    square = total(vector("z")[k] ** 2, k)
    assert prove(derivative(square, vector("z")[i]), 2 * vector("z")[i]).steps


def test_a_matrix_and_a_definition_declared_twice_are_one_variable_below_the_bar():
    square = total(total(matrix("z", m, N)[n, k] ** 2, k), n)
    assert prove(derivative(square, matrix("z", m, N)[r, i]), 2 * matrix("z", m, N)[r, i]).steps
    named = [define("h", i, exp(vector("a")[i]))[i] for _ in range(2)]
    assert prove(derivative(named[0] ** 2, named[1]), 2 * named[0]).steps


@pytest.mark.parametrize(("one", "other", "words"), [
    (vector("z")[i], vector("z", positive=True)[i], "once as positive"),
    (scalar("z"), scalar("z", positive=True), "once as positive"),
    (scalar("z") + 0 * a[i], vector("z")[i], "as a number and as a vector over N"),
    (total(vector("z")[k], k), total(vector("z", m)[n], n), "vector over N and as a vector over m"),
    (total(vector("z")[k], k), total(total(matrix("z", m, N)[n, k], k), n), "and as a matrix over m × N"),
    (define("z", exp(a[1])) + a[1], define("z", exp(a[2])) + a[1], "as two definitions"),
], ids=repr)  # fmt: skip
def test_one_name_declared_in_two_ways_is_refused_and_the_difference_named(one, other, words):
    with pytest.raises(IllTyped, match="z is declared in two ways") as refusal:
        prove(one, other)
    assert words in str(refusal.value)


def test_a_value_claimed_to_be_positive_is_declared_as_in_the_claim():
    with pytest.raises(IllTyped, match="a is declared in two ways"):
        prove(a[i] + a[i], 2 * a[i], positive=[vector("a", positive=True)[i]])


def test_two_clauses_of_one_claim_share_their_names():
    clause = Claim(log(vector("a", positive=True)[i] ** 2), 2 * log(vector("a", positive=True)[i]))
    with pytest.raises(IllTyped, match="a is declared in two ways"):
        Claim(a[i] + a[i], 2 * a[i], also=[clause]).prove()


def test_a_lemma_about_another_vector_of_the_same_name_is_refused():
    positive = vector("a", positive=True)
    lemma = prove(derivative(positive[i] ** 2, positive[j]), 2 * positive[i] * delta(i, j))
    with pytest.raises(IllTyped, match="a is declared in two ways"):
        prove(derivative(a[i] ** 2, a[j]), 2 * a[i] * delta(i, j), using=[lemma])
