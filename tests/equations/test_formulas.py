"""What the tests of the equations compare with must be able to say no."""

import pytest
import sympy as sp

from support.equations.formulas import is_zero, lse_exact, refute, softmax_exact, symbols


def test_is_zero_rejects_a_wrong_identity():
    a = symbols(3)
    assert not is_zero(softmax_exact(a)[0] / softmax_exact(a)[1] - sp.exp(a[1] - a[0]))


def test_refute_rejects_a_wrong_identity():
    a = symbols(2)
    with pytest.raises(AssertionError, match="differ"):
        refute(lse_exact(a) - a[0], a)
