"""What the tests of the equations share: formulas in SymPy, logits to try, and the question whether something is 0."""

import numpy as np
import pytest
import sympy as sp

RNG = np.random.default_rng(406)
# logits and a direction of each size, both of moderate scale: no probability underflows
CASES = [(RNG.normal(0, 2, n), RNG.normal(0, 1, n)) for n in (2, 3, 5, 9) for _ in range(5)]
every_case = pytest.mark.parametrize(("logits", "v"), CASES)
every_size = pytest.mark.parametrize("n", range(2, 7))
EXACT_LOGITS = [sp.log(n) for n in (3, 1, 4, 2, 5)]  # logs of small integers: every p is a fraction

# A few roundings of numbers near 1: exp, sum and division each cost a unit or so in the last place (2.2e-16),
# and exp turns the rounding of an exponent of size 60 into 60 units.
CLOSE = 1e-13


def symbols(n, name="a"):
    return sp.symbols(f"{name}1:{n + 1}", real=True)


def softmax_exact(logits):
    total = sum(sp.exp(a) for a in logits)
    return [sp.exp(a) / total for a in logits]


def lse_exact(logits):
    return sp.log(sum(sp.exp(a) for a in logits))


def is_zero(expression):
    """Whether an expression in exponentials is 0: w = exp(a) makes it rational, for `cancel` to decide."""
    expression = sp.expand(expression, power_exp=True)
    exps = sorted(expression.atoms(sp.exp), key=sp.default_sort_key)
    plain = expression.subs({e: sp.Dummy(positive=True) for e in exps})
    return sp.cancel(sp.together(plain)) == 0


def soft_target(n):
    """Symbols for a target that sums to 1 by construction."""
    first = sp.symbols(f"y1:{n}", positive=True)
    return [*first, 1 - sum(first)]


def random_target(v):
    """A probability vector made from any vector."""
    return np.abs(v) / np.abs(v).sum()


def cleared(expression):
    """Whether an expression in symbols and exponentials is identically 0."""
    return sp.cancel(sp.together(sp.expand(expression, power_exp=True))) == 0


def refute(expression, free):
    """Evaluate a claimed zero at exact numbers; raise if it is not 0 there."""
    value = sp.simplify(expression.subs(dict(zip(free, EXACT_LOGITS, strict=False))))
    assert value == 0, f"the two sides differ by {value}"
