"""Descent takes the steps that it is said to take."""

import numpy as np

from softmaxlab.numerics.gradient_descent import descend


def test_descend_takes_each_step_by_rate_times_the_gradient():
    path = descend(lambda x: np.array([2.0, -1.0]), [1, 1], steps=2, rate=0.25)
    np.testing.assert_array_equal(path, [[1, 1], [0.5, 1.25], [0, 1.5]])


def test_descend_leaves_its_start_alone():
    start = np.array([1.0, 2.0])
    descend(lambda x: x, start, steps=3)
    np.testing.assert_array_equal(start, [1, 2])
