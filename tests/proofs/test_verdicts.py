"""What is not proved shows itself in a notebook as a proof does: the verdict, the evidence, the residuals."""

import pytest

from softmaxlab.proofs import (
    IllTyped,
    N,
    Refuted,
    Undecided,
    define,
    delta,
    derivative,
    exp,
    indices,
    matrix,
    prove,
    size,
    total,
    vector,
)

i, j, k = indices("i j k")
a = vector("a")
p = define("p", i, exp(a[i]) / total(exp(a[k]), k))


def shown(lhs, rhs, error):
    with pytest.raises(error) as refusal:
        prove(lhs, rhs)
    html = refusal.value._repr_html_()
    assert html.startswith('<figure class="sl-proof"><figcaption><strong>')
    return html


def test_a_refuted_claim_shows_its_counterexample_and_a_residual_per_case():
    html = shown(derivative(p[i], a[j]), p[i] * (delta(i, j) + p[j]), Refuted)
    for piece in ("Refuted.", "N = 2", "i = 1", r"a = (\log 2,\ 0)", "2/9", "10/9", "left − right, i ≠ j", "-2 "):
        assert piece in html
    assert html.count("<li>") == 2


def test_a_counterexample_names_every_size_and_every_entry_of_a_matrix():
    m = size("m")
    n = indices("n", upto=m)
    z = matrix("z", m, N)
    html = shown(total(total(z[n, k], k), n), total(z[1, k], k), Refuted)
    for piece in ("N = 2", "m = 3", "z_{1,2} = "):
        assert piece in html


def test_a_counterexample_tells_of_no_probabilities_where_the_claim_has_none():
    assert "p = " not in shown(a[i], 2 * a[i], Refuted)


def test_a_formula_without_meaning_says_why():
    html = shown(p[i], total(p[i], i), IllTyped)
    assert "Means nothing." in html
    assert "i is free on one side" in html
    assert "<ol>" not in html


def test_what_is_undecided_claims_nothing():
    with pytest.raises(Undecided) as refusal:
        prove(a[i], a[i], positive=[a[i]])
    html = refusal.value._repr_html_()
    assert "Undecided." in html
    assert "Refuted" not in html
