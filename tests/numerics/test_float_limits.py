"""Where exp leaves its range, and the search for the float at which something begins."""

import math

import numpy as np
import pytest

from softmaxlab import softmax
from softmaxlab.numerics.float_limits import exp_window, smallest_where


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_exp_leaves_its_range_one_float_outside_the_window(dtype):
    low, high = (dtype(end) for end in exp_window(dtype))
    with np.errstate(over="ignore", under="ignore"):
        assert np.exp(low) > 0
        assert np.exp(np.nextafter(low, dtype(-np.inf))) == 0
        assert np.isfinite(np.exp(high))
        assert np.isinf(np.exp(np.nextafter(high, dtype(np.inf))))


def test_window_of_float64_ends_at_the_logarithms_of_its_largest_and_smallest_number():
    low, high = exp_window(np.float64)
    assert high == pytest.approx(1024 * math.log(2), abs=1e-12)  # log of 2^1024, just above the largest
    assert low == pytest.approx(-1075 * math.log(2), abs=1e-12)  # log of half the smallest, 2^-1075: rounds up or to 0


def test_smallest_where_finds_neighboring_floats():
    found = smallest_where(lambda x: x >= 0.1, 0.0, 1.0)
    assert found == 0.1
    assert not np.nextafter(found, 0) >= 0.1


@pytest.mark.parametrize(("low", "high"), [(0.2, 1.0), (0.0, 0.05)])
def test_smallest_where_refuses_bounds_on_one_side(low, high):
    with pytest.raises(ValueError, match="choose bounds on both sides"):
        smallest_where(lambda x: x >= 0.1, low, high)


def test_smallest_where_refuses_a_condition_that_comes_and_goes():
    with pytest.raises(ValueError, match="changes more than once"):  # e^x + 1 rounds up or down by its last digit
        smallest_where(lambda x: softmax([x, 0])[0] == 1, 0.0, 1000.0)
