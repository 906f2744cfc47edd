"""The softmax that SymPy knows."""

import pytest
import sympy as sp

from softmaxlab.lessons.symbolic import logits_and_probs


@pytest.mark.parametrize("n", [1, 2, 5])
def test_symbolic_softmax_sums_to_one_and_has_real_logits(n):
    logits, probs = logits_and_probs(n)
    assert logits.shape == probs.shape == (n, 1)
    assert all(a.is_real for a in logits)
    assert sp.simplify(sum(probs)) == 1
