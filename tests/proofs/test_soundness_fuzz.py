"""1,200 random pairs of formulas, seeded: what `prove` says agrees with numbers computed by an evaluator of our own.

Two thirds of the pairs are equal by construction, one third had one thing changed (a mutant can still be equal).
"""

from collections import Counter

import pytest

from softmaxlab.proofs import IllTyped, Refuted, Undecided, prove
from support.random_formulas import SmallEndMaker, equal_at, equal_everywhere, pair

PAIRS = 1200
SMALL_ENDS = 160  # of formulas that have something to lose at one or two classes
UNDECIDED_SHARE = 0.01  # measured: none of the 1,200; room for a few, should the generator change


WORDS = {Refuted: "refuted", IllTyped: "ill-typed", Undecided: "undecided"}


def verdict(left, right):
    """Return (proof or None, the verdict in a word)."""
    try:
        return prove(left, right), "proved"
    except tuple(WORDS) as refusal:
        return None, WORDS[type(refusal)]


@pytest.fixture(scope="module")
def verdicts_and_wrong_at_one():
    """Return [(seed, made equal, verdict, equal in numbers)], and the seeds whose badge is wrong about N = 1."""
    found, at_one = [], []
    for seed in range(PAIRS):
        left, right, same = pair(seed)
        proof, said = verdict(left, right)
        found.append((seed, same, said, equal_everywhere(left, right)))
        if proof and proof.held.holds({"N": 1}) != (equal_at(left, right, 1) is True):
            at_one.append(seed)
    return found, at_one


@pytest.fixture(scope="module")
def verdicts(verdicts_and_wrong_at_one):
    """Return [(seed, made equal, verdict, equal in numbers)]."""
    return verdicts_and_wrong_at_one[0]


def test_a_badge_names_n_1_where_the_claim_is_true_of_a_single_class_and_nowhere_else(verdicts_and_wrong_at_one):
    assert verdicts_and_wrong_at_one[1] == []


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


@pytest.fixture(scope="module")
def small_end_verdicts():
    """Return [(seed, made equal, proof or None, verdict, {N: equal in numbers})] for N from 1 on."""
    found = []
    for seed in range(SMALL_ENDS):
        left, right, same = pair(seed, SmallEndMaker)
        proof, said = verdict(left, right)
        found.append((seed, same, proof, said, {n: equal_at(left, right, n) for n in (1, 2, 3, 4, 5)}))
    return found


def test_what_is_proved_is_true_at_every_n_that_its_badge_names(small_end_verdicts):
    wrong = [
        (seed, proof.badge, n, equal)
        for seed, _, proof, _, numbers in small_end_verdicts
        if proof
        for n, equal in numbers.items()
        if proof.held.holds({"N": n}) and equal is not True
    ]
    assert wrong == []


def test_nothing_true_at_a_small_end_is_refuted(small_end_verdicts):
    assert [seed for seed, same, _, said, _ in small_end_verdicts if said == "refuted" and same] == []


def test_the_small_ends_see_all_kinds_of_badges(small_end_verdicts):
    badges = Counter(proof.badge for _, _, proof, _, _ in small_end_verdicts if proof)
    assert min(badges[f"proved for all N{more}"] for more in ("", " ≥ 2", " ≥ 3")) >= 5
