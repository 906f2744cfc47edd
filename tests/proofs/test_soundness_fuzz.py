"""1,200 random pairs of formulas, seeded: what `prove` says agrees with numbers computed by an evaluator of our own.

Two thirds of the pairs are equal by construction, one third had one thing changed (a mutant can still be equal).
"""

from collections import Counter

import pytest
from random_formulas import equal_everywhere, pair

from softmaxlab.proofs import IllTyped, Refuted, Undecided, prove

PAIRS = 1200
UNDECIDED_SHARE = 0.01  # measured: none of the 1,200; room for a few, should the generator change


def verdict(left, right):
    try:
        prove(left, right)
    except Refuted:
        return "refuted"
    except IllTyped:
        return "ill-typed"
    except Undecided:
        return "undecided"
    return "proved"


@pytest.fixture(scope="module")
def verdicts():
    """Return [(seed, made equal, verdict, equal in numbers)]."""
    found = []
    for seed in range(PAIRS):
        left, right, same = pair(seed)
        found.append((seed, same, verdict(left, right), equal_everywhere(left, right)))
    return found


def test_nothing_false_is_proved(verdicts):
    assert [seed for seed, _, said, equal in verdicts if said == "proved" and not equal] == []


def test_nothing_true_is_refuted(verdicts):
    assert [seed for seed, _, said, equal in verdicts if said == "refuted" and equal] == []


def test_pairs_equal_by_construction_are_equal_in_numbers(verdicts):
    assert [seed for seed, same, _, equal in verdicts if same and not equal] == []


def test_no_pair_is_called_ill_typed(verdicts):
    assert [seed for seed, _, said, _ in verdicts if said == "ill-typed"] == []


def test_few_pairs_stay_undecided(verdicts):
    undecided = [seed for seed, _, said, _ in verdicts if said == "undecided"]
    assert len(undecided) <= UNDECIDED_SHARE * PAIRS


def test_the_fuzz_sees_both_verdicts_often(verdicts):
    said = Counter(said for _, _, said, _ in verdicts)
    assert said["proved"] >= 600
    assert said["refuted"] >= 300
