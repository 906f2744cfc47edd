"""Statements are judged as they stand: what is false at random numbers is refused, and so is what says nothing."""

import numpy as np
import pytest

from softmaxlab.displays.meanings import impose
from softmaxlab.displays.meanings.groups import numbers, one
from softmaxlab.displays.reader import read
from softmaxlab.displays.sample import MeaninglessError
from softmaxlab.displays.truth import FalseError, check

SAMPLES = [one(np.random.default_rng(seed)) for seed in range(3)]
FUNCTIONS = {"LSE", "softmax", "H", "KL", "O", "diag"}


def judge(tex, samples=SAMPLES):
    statement = read(tex, FUNCTIONS)
    conditions = [clause for clause in statement if clause.condition]
    check(statement, [impose(conditions, sample) for sample in samples])


@pytest.mark.parametrize(
    "tex",
    [
        r"\sum_{k=1}^{N} p_k = 1",
        r"\frac{\partial p_i}{\partial a_j} = p_i (\delta_{ij} - p_j)",
        r"\frac{\partial p_i}{\partial a_j} = -p_i p_j \qquad (j \ne i)",
        r"\frac{\partial L}{\partial a_i} = p_i - y_i \qquad \Bigl( \textstyle\sum_{j} y_j = 1 \Bigr)",
        r"J = \operatorname{diag}(p) - p\, p^{\top}",
        r"p_i < 1",
        r"p_i \;\overset{?}{=}\; y_i",
    ],
)
def test_a_true_statement_passes(tex):
    judge(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"\sum_{k=1}^{N} p_k = 2",
        r"\sum_{k=2}^{N} p_k = 1",
        r"\frac{\partial p_i}{\partial a_j} = p_i (\delta_{ij} + p_j)",
        r"\frac{\partial p_i}{\partial a_j} = -p_i p_j",  # without its condition
        r"\frac{\partial L}{\partial a_i} = p_i - y_i",  # without its hypothesis
        r"J = \operatorname{diag}(p) - p^{\top} p",
        r"p_i \le 40",  # true, and far from sharp
        r"\sum_k p_k \le 1",  # true, and an equation
        r"p_i \;\overset{?}{=}\; p_i",  # no misprint
        r"p_1 = 1 \qquad (i \ne i)",  # never the case
    ],
)
def test_a_false_statement_is_refused(tex):
    with pytest.raises((FalseError, MeaninglessError)):
        judge(tex)


@pytest.mark.parametrize(
    "tex",
    [
        r"\sum_{k=1}^{m} p_k = 1",  # m is no number of classes
        r"p_{ij} = 0",
        r"p = 0",  # a vector, and the number 0: their shapes say so below
        r"\log (-p_i) = 0",
        r"r_i = 1",
        r"p\, y = 0",
        r"\frac{\partial L}{\partial (a_i)} = 0",
        r"L = 1 \qquad \Bigl( \textstyle\sum_k y_k = 2 \Bigr)",  # no sample obeys it
    ],
)
def test_what_says_nothing_is_refused(tex):
    with pytest.raises((ValueError, TypeError)):
        judge(tex)


def test_an_order_is_neither_too_fast_nor_too_slow():
    samples = [numbers(x=lambda rng: rng.uniform(1, 2))(np.random.default_rng(1)).but(drawn={"h": 0.05}, small=("h",))]
    judge(r"e^{x + h} - e^x = h e^x + O(h^2)", samples)
    for order in (1, 3):
        with pytest.raises(FalseError):
            judge(rf"e^{{x + h}} - e^x = h e^x + O(h^{order})", samples)
