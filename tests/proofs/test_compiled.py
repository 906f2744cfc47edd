"""A proof as one chain of lines, and the value of each line at numbers."""

import math
from itertools import pairwise

import numpy as np
import pytest

from softmaxlab import cross_entropy_grad, softmax_jacobian
from softmaxlab.proofs import Proof, indices, vector
from softmaxlab.proofs.catalogue import CATALOGUE, proof_of
from softmaxlab.proofs.checking.compiled import chain, evaluate, expression, free_names
from softmaxlab.proofs.checking.concrete import ordered
from support.chains import CHAINS, PLAIN

DIFFERENT = ["eq-jacobian-off"]  # holds for i ≠ j only


def test_which_claims_are_chains_is_known_before_they_are_proved():
    proofs = {label: proof_of(label) for label in CATALOGUE}
    assert [label for label, proof in proofs.items() if isinstance(proof, Proof) and proof.is_chain] == CHAINS
    assert [label for label in CHAINS if set(free_names(proofs[label])) <= {"a", "y"}] == PLAIN


@pytest.mark.parametrize("label", CHAINS)
def test_a_chain_leads_from_the_left_side_to_the_right_side(label):
    proof = proof_of(label)
    lines, rules = chain(proof)
    assert (lines[0], lines[-1]) == (proof.lhs, proof.rhs)
    assert len(lines) == len(rules) + 1
    assert all(rules)
    assert all(one != other for one, other in pairwise(lines))


@pytest.mark.parametrize("label", CHAINS)
def test_a_chain_holds_every_step_of_the_certificate_and_invents_none(label):
    proof = proof_of(label)
    lines, rules = chain(proof)
    told = [
        (rule.removesuffix(", read backwards"), {a.key, b.key})
        for rule, (a, b) in zip(rules, pairwise(lines), strict=True)
    ]
    certified = [(step.rule, {step.before.key, step.after.key}) for step in proof.steps]
    assert all(step in told for step in certified)
    assert all(step in certified or step[0] == "the same, in another order" for step in told)


@pytest.mark.parametrize("label", PLAIN)
@pytest.mark.parametrize("count", [2, 3, 5])
def test_all_lines_of_a_chain_have_one_value(label, count):
    rng = np.random.default_rng(count)
    lines, _ = chain(proof_of(label))
    free = ordered(*lines)
    for _ in range(3):
        numbers = {"a": rng.uniform(-4, 4, count).tolist(), "y": rng.dirichlet(np.ones(count)).tolist()}
        classes = rng.permutation(count) if label in DIFFERENT else rng.integers(count, size=len(free))
        at = {index: int(n) + 1 for index, n in zip(free, classes, strict=False)}
        values = [evaluate(line, {"N": count}, numbers, at) for line in lines]
        # numbers up to e^8 cancel in the middle lines
        np.testing.assert_allclose(values, values[0], rtol=1e-10, atol=1e-10)


def test_the_value_of_the_jacobian_line_is_that_of_softmaxlab():
    proof, logits = proof_of("eq-jacobian"), [1.5, -0.25, 0.5]
    i, j = ordered(proof.lhs)
    found = [[evaluate(proof.lhs, {"N": 3}, {"a": logits}, {i: m, j: n}) for n in (1, 2, 3)] for m in (1, 2, 3)]
    np.testing.assert_allclose(found, softmax_jacobian(logits), rtol=1e-14)  # sums in another order


def test_the_value_of_the_gradient_line_is_that_of_softmaxlab():
    proof, numbers = proof_of("eq-p-minus-y"), {"a": [1.5, -0.25, 0.5], "y": [0.0, 1.0, 0.0]}
    (i,) = ordered(proof.lhs)
    found = [evaluate(proof.lhs, {"N": 3}, numbers, {i: n}) for n in (1, 2, 3)]
    np.testing.assert_allclose(found, cross_entropy_grad(numbers["a"], 1), rtol=1e-14)  # sums in another order


def test_what_is_no_formula_has_no_list():
    with pytest.raises(TypeError, match="no list is known for Index"):
        expression(indices("i"), {})


def test_numbers_keep_their_value():
    a, i = vector("a"), indices("i")
    assert expression(a[i] / 3, {}) == ["*", 1 / 3, ["at", "a", "i"]]
    assert math.isclose(evaluate(a[i] / 3, {"N": 2}, {"a": [3.0, 6.0]}, {i: 2}), 2)
