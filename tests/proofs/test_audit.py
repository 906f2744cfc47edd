"""The audit's own route: its slopes are SymPy's, its limits too, and it sees a line that is wrong."""

import pytest
import sympy as sp

from softmaxlab.proofs import Undecided, derivative, indices, total, vector
from softmaxlab.proofs.catalogue import proof_of
from softmaxlab.proofs.checking.concrete import World
from softmaxlab.proofs.checking.refute import audit
from softmaxlab.proofs.checking.temperature import TEMPERATURE, limits, share_in_the_limit

a, b, c = sp.symbols("a b c", real=True)
TOTAL = sp.exp(a) + sp.exp(b) + 1
FORMULAS = [
    sp.exp(a) / TOTAL,
    -c * sp.log(sp.exp(a) / TOTAL) / 3,
    a * b * sp.exp(a * b) * sp.log(TOTAL) ** 2,
    (a - c * b) ** 3 / TOTAL**2 + c,
]


@pytest.mark.parametrize("symbol", [a, b, c], ids=str)
@pytest.mark.parametrize("formula", FORMULAS, ids=str)
def test_slopes_are_those_of_sympy(formula, symbol):
    assert sp.simplify(World({"N": 2}).slope(formula, symbol) - formula.diff(symbol)) == 0


def test_a_line_that_is_wrong_is_found_by_its_place():
    k, j = indices("k j")
    x = vector("x")
    right = total(x[k] ** 2, k)
    assert audit([derivative(right, x[j]), 2 * x[j], 2 * x[j], 3 * x[j]], ()) == ((), 3)


@pytest.mark.parametrize("leaders", [1, 2, 3])
def test_limits_of_the_temperature_are_those_sympy_finds_for_the_whole_quotient(leaders):
    for step in limits(3, leaders):
        assert sp.simplify(step.before.doit() - step.after) == 0


def test_no_limit_is_claimed_of_weights_that_grow_without_end():
    gap = sp.Symbol("g", positive=True)
    with pytest.raises(Undecided, match="oo"):
        share_in_the_limit([sp.exp(gap / TEMPERATURE), sp.Integer(1)], 1, sp.Integer(0))


def test_no_limit_is_claimed_of_weights_that_all_vanish():
    gap = sp.Symbol("g", positive=True)
    with pytest.raises(Undecided, match="does not follow"):
        share_in_the_limit([sp.exp(-gap / TEMPERATURE)], 0, sp.Integer(0))


@pytest.mark.parametrize("label", ["eq-batch-w", "eq-batch-b"])
def test_a_line_between_with_derivatives_is_worked_out_once(label):
    proof = proof_of(label)
    lines = [step.before for step in proof.steps]
    assert len(set(lines)) == len(lines)
    words = [words for words, _ in proof.lines()]
    assert words.count("left side") == words.count("line between") == 1
    assert [step.after for step in proof.steps if step.side == "right"][-1] == proof.rhs
    assert [step.after for step in proof.steps if step.side == "left"][-1] == proof.rhs
