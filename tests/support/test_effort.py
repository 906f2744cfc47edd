"""The counter of calls, which stands where a stop watch would fail on a busy machine."""

import ast
import sys
from pathlib import Path

import pytest

from support.effort import at_most


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


# --- no stop watch ---

CLOCKS = {"perf_counter", "process_time", "monotonic", "time"}


def clocks(source):
    """Return what reads a clock, or gives a program so many seconds, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else "time"
        limited = any(word.arg == "timeout" and word.value.value is not None for word in node.keywords
                      if isinstance(word.value, ast.Constant))  # fmt: skip
        if (owner == "time" and name in CLOCKS) or (owner == "subprocess" and limited):
            found.append(f"{node.lineno}: {ast.unparse(node)}")
    return found


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("assert perf_counter() - start < 15", True),
        ("while time.time() < deadline: pass", True),
        ("subprocess.run(command, timeout=60)", True),
        ("subprocess.run(command, check=False)", False),
        ("time.sleep(0.1)", False),
        ("page.wait_for_timeout(100)", False),
    ],
)
def test_the_rule_knows_a_clock_when_it_sees_one(source, told):
    assert bool(clocks(source)) == told


def test_no_test_reads_a_clock():
    folder = Path(__file__).parents[1]
    told = [
        f"{path.relative_to(folder)}:{found}"
        for path in sorted(folder.rglob("*.py"))
        for found in clocks(path.read_text(encoding="utf-8"))
    ]
    assert told == []
