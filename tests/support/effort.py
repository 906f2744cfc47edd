"""How much work a piece of code does, in calls of functions: the same on every machine, however busy it is."""

import contextlib
import sys


@contextlib.contextmanager
def at_most(calls):
    """Fail as soon as the block has called more than so many functions: what never ends is stopped."""
    count = 0

    def tally(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")
        if count > calls:
            sys.setprofile(None)
            raise AssertionError(f"{count:,} calls of functions, and not done; the budget is {calls:,}")

    before = sys.getprofile()
    sys.setprofile(tally)
    try:
        yield
    finally:
        sys.setprofile(before)
