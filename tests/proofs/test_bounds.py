"""A bound is proved by what the larger side has more; and a badge says which part of a display is proved."""

import pytest

from softmaxlab.proofs import Claim, N, Refuted, Undecided, define, derivative, exp, indices, log, prove, total, vector
from softmaxlab.proofs.catalogue import claim_of, proof_of

i, j, k = indices("i j k")
a = vector("a")
q = vector("q", positive=True)


def test_the_floor_of_two_softmaxes_is_proved_with_its_sign():
    claim, proof = claim_of("eq-softmax-twice-floor"), proof_of("eq-softmax-twice-floor")
    assert claim.relations == ("≥", "=")
    assert (proof.badge, proof.part) == ("proved for all N", "")
    assert r" \ge " in proof.latex
    assert [step.relation for step in proof.steps].count("≥") == 1
    assert (proof.steps[0].before, proof.steps[-1].after) == (claim.lhs, claim.rhs)


def test_a_larger_side_is_what_is_added_to_the_smaller_one():
    square = total((a[k] - 1) ** 2, k)
    claim = Claim(total(a[k] ** 2, k), 2 * total(a[k], k) - N, gap=square)
    assert claim.prove().badge == "proved for all N"
    assert repr(claim.prove()).count("≥") == 1


def test_a_bound_turned_round_is_not_proved():
    square = total((a[k] - 1) ** 2, k)
    with pytest.raises(Refuted):
        Claim(2 * total(a[k], k) - N, total(a[k] ** 2, k), gap=square).prove()
    with pytest.raises(Undecided, match="not to be negative"):
        Claim(2 * total(a[k], k) - N, total(a[k] ** 2, k), gap=-square).prove()


def test_a_floor_that_is_too_high_is_refuted():
    claim = claim_of("eq-softmax-twice-floor")
    with pytest.raises(Refuted):
        Claim(claim.lhs, log(2 + (N - 1) * exp(-1)), gap=claim.gap).prove()


def test_an_equality_after_the_bound_is_proved_too():
    claim = claim_of("eq-softmax-twice-floor")
    with pytest.raises(Refuted):
        Claim(claim.lhs, log(exp(1) + N) - 1, via=claim.via, gap=claim.gap).prove()


@pytest.mark.parametrize(("gap", "evident"), [
    (exp(q[i]) - 1, True),
    (exp(a[i]) - 1, False),
    (exp(q[i]) - 2, False),
    (exp(q[i]) + exp(q[j]) - 2, True),
    (exp(-q[i]) - 1, False),
    (total(exp(q[k]) - 1, k, but=i), True),
], ids=repr)  # fmt: skip
def test_an_exponential_of_what_is_positive_is_at_least_one(gap, evident):
    from softmaxlab.proofs.checking.signs import is_nonnegative

    assert is_nonnegative(gap) == evident


# The chain rule as a step

h = define("h", i, exp(a[i]))
f = define("f", total(h[k] ** 3, k))
beside = define("f", total(h[k] ** 3, k) + a[1])


def through(body, variable):
    return total(derivative(body, h[k]) * derivative(h[k], variable), k)


def test_the_gradient_of_the_inner_layer_is_proved_from_the_loss_on():
    proof = proof_of("eq-backward-inner")
    assert (proof.badge, proof.part, proof.given) == ("proved for all N", "", ())
    words = [step.rule for step in proof.steps]
    assert words[0] == "chain rule through h"
    assert words[1].endswith("by eq-tanh-slope")
    assert repr(proof.lhs) == "∂L̄/∂A_dj"
    assert repr(proof.rhs) == "Σ_n x_nd(1 − h_nj²) ∂L̄/∂h_nj"


def test_the_chain_rule_is_a_step_where_it_is_asked_for():
    rules = [
        step.rule for step in prove(derivative(f, a[j]), 3 * exp(3 * a[j]), via=[through(f, a[j])], using=[h]).steps
    ]
    assert rules[0] == "chain rule through h"
    plain = prove(derivative(f, a[j]), 3 * exp(3 * a[j]), via=[through(f, a[j])]).steps
    assert "chain rule through h" not in [step.rule for step in plain]


def test_the_chain_rule_misses_what_goes_beside_h_and_is_not_applied_then():
    with pytest.raises(Refuted):
        prove(derivative(beside, a[j]), through(beside, a[j]), using=[h])


@pytest.mark.parametrize("path", [
    derivative(f, h[i]) * derivative(h[i], a[i]),  # one path, which is enough here
    total(derivative(f, h[k]) * derivative(h[k], a[i]), k, but=i),
    total(derivative(f, h[k]) * derivative(h[i], a[k]), k),
], ids=repr)  # fmt: skip
def test_a_sum_that_is_not_over_all_paths_is_no_chain_rule(path):
    try:
        proof = prove(derivative(f, a[i]), path, using=[h])
    except Refuted:
        return
    assert "chain rule through h" not in [step.rule for step in proof.steps]


# What a proof says of itself


def test_a_proof_names_its_hypotheses_in_plain_text():
    assert proof_of("eq-p-minus-y").given_text == "given Σ_k y_k = 1"
    assert proof_of("eq-batch-w").given_text == "given Σ_c y_rc = 1 for every r"
    assert proof_of("eq-jacobian-off").given_text == "given i ≠ j"
    assert proof_of("eq-jacobian").given_text == ""


def test_a_proof_shows_the_part_that_is_proved_and_the_second_clause():
    proof = proof_of("eq-vjp")
    assert "(proved for losses linear in p)" in proof._repr_html_()
    assert "(proved for losses linear in p)" in repr(proof)
    assert r"g_{k} = \frac{\partial L}{\partial p_{k}}" in proof._repr_html_()
