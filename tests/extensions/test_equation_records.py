"""What is displayed and what is recorded are the same equations: decided by the records of a run, not by sources."""

import re
from pathlib import Path

import pytest

from content import evidence
from content.verdicts import verdict
from support.chapter_text import labels_in

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("index", "errata", "glossary", "bibliography")
PAGES = [
    ROOT / "index.md",
    *sorted((ROOT / "chapters").glob("*.md")),
    ROOT / "errata.md",
    ROOT / "glossary.md",
    ROOT / "bibliography.md",
]

pytestmark = pytest.mark.timeout(1800)  # the first test here runs all of tests/equations, if no build has


@pytest.fixture(scope="module")
def records_by_label():
    return evidence.by_label(evidence.records_of(ROOT))


@pytest.fixture(scope="module")
def displayed_labels():
    return {label for page in PAGES for label in labels_in(page.read_text(encoding="utf-8"))}


def test_every_displayed_equation_has_a_record(displayed_labels, records_by_label):
    assert sorted(label for label in displayed_labels if not verdict(records_by_label.get(label, []))) == []


def test_every_record_is_of_a_displayed_equation(displayed_labels, records_by_label):
    assert sorted(records_by_label.keys() - displayed_labels) == []


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("eq-ratio-rule", "wish"),
        ("eq-functional", "follows from {eq-ratio-rule}"),
        ("eq-growth", "follows from {eq-functional}"),
        ("eq-softmax", "follows from {eq-ratio}"),
        ("eq-weights-from-images", "follows from {eq-weights-gradient}"),
        ("eq-price-rule", "wish"),
        ("eq-lse", "definition"),
        ("eq-loss", "definition"),
        ("eq-ulp", "definition"),
        ("eq-linear-logits", "definition"),
        ("eq-newton", "definition"),
        ("eq-sum-one-by-one", "proved for n = 2..33"),
        ("eq-half-ulp", "tested"),
        ("eq-errata-copies", "refuted"),
        ("eq-p-minus-y", "proved for all N"),
    ],
)
def test_a_badge_says_what_its_tests_showed(records_by_label, label, words):
    assert verdict(records_by_label[label]).words == words


def test_badges_name_only_equations_that_are_displayed(displayed_labels, records_by_label):
    said = [verdict(records) for records in records_by_label.values()]
    texts = [text for one in said for text in (one.words, *(more for _, more, _ in one.lines))]
    named = {label for text in texts for label in re.findall(r"eq-[a-z0-9-]+", text)}
    assert len(named) > 5
    assert sorted(named - displayed_labels) == []


def lines(recorded, label):
    return [what + more for what, more, _ in verdict(recorded[label]).lines]


def test_a_hypothesis_of_the_proof_stands_behind_the_badge(records_by_label):
    assert lines(records_by_label, "eq-p-minus-y")[0] == "proved for all N, given Σ_k y_k = 1"
    assert lines(records_by_label, "eq-batch-w")[0] == "proved for all N, given Σ_c y_rc = 1 for every r"
    assert "given f has three continuous derivatives" in lines(records_by_label, "eq-forward")[0]


def test_a_check_of_the_converse_is_called_so(records_by_label):
    forward, converse, *_ = lines(records_by_label, "eq-smoothing-gap")
    assert forward.startswith("proved for all N: ")
    assert converse == "proved for N = 2..6 (the converse: at that lead the gradient is 0)"


def test_what_bounded_checks_show_has_its_range_or_its_part(records_by_label):
    assert "polynomials of degree 7" in " ".join(lines(records_by_label, "eq-central")[1:])
    assert all("polynomials" not in line for line in lines(records_by_label, "eq-central")[:1])
    assert lines(records_by_label, "eq-ulp") == ["tested on 600 cases"]
