"""The counter of calls, which stands where a stop watch would fail on a busy machine."""

import sys

import pytest

from effort import at_most


def test_work_within_the_budget_passes_and_leaves_no_counter_behind():
    with at_most(100):
        [abs(number) for number in range(50)]
    assert sys.getprofile() is None


def test_what_never_ends_is_stopped():
    def never_ends():
        while True:
            abs(-1)

    with pytest.raises(AssertionError, match="not done; the budget is 1,000"), at_most(1_000):
        never_ends()
    assert sys.getprofile() is None


def test_the_count_is_the_same_each_time():
    def work():
        sorted(range(10), key=abs)

    def fits(budget):
        try:
            with at_most(budget):
                work()
        except AssertionError:
            return False
        return True

    needed = next(budget for budget in range(100) if fits(budget))
    assert [fits(needed) for _ in range(5)] == [True] * 5
    assert [fits(needed - 1) for _ in range(5)] == [False] * 5
