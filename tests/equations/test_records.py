"""The records themselves: a check that says too little, or what nobody knows, is refused."""

from types import SimpleNamespace

import pytest

from softmaxlab.proofs.catalogue import proof_of
from support.equations.records import Record, hypotheses, joined, said_by


def marker(label="eq-x", **said):
    return SimpleNamespace(args=(label,), kwargs=said)


def test_an_exact_check_without_a_size_must_say_why_it_needs_none():
    with pytest.raises(ValueError, match="neither for which number of classes nor why none is needed"):
        Record().exactly()
    assert Record().exactly(because="x cancels") is None


@pytest.mark.parametrize(
    "said", [{"kind": "theorem"}, {"sort": "wish"}, {"kind": "consequence"}, {"kind": "wish", "source": "eq-a"}]
)
def test_a_marker_that_says_what_nobody_knows_is_refused(said):
    with pytest.raises(pytest.UsageError, match="eq-x: the marker says"):
        said_by(marker(**said))


def test_a_record_holds_the_hypotheses_of_its_proof_and_of_its_marker():
    record = Record()
    record.proved(proof_of("eq-p-minus-y"))
    assert joined(said_by(marker(given="y one-hot")), record)["given"] == ["Σ_k y_k = 1", "y one-hot"]
    assert record.given == ["Σ_k y_k = 1"]


def test_a_proof_at_one_n_after_the_other_has_no_hypotheses_to_name():
    assert hypotheses(proof_of("eq-temperature-limits")) == []


@pytest.mark.parametrize(
    ("label", "names"),
    [("eq-weights-from-images", ["λ > 0"]), ("eq-weighted-optimum", ["q > 0", "w > 0"]), ("eq-jacobian", [])],
)
def test_what_a_proof_takes_to_be_positive_is_a_hypothesis(label, names):
    assert [words for words in hypotheses(proof_of(label)) if words.endswith("> 0")] == names


def test_the_part_of_a_proof_reaches_the_record():
    record = Record()
    record.proved(SimpleNamespace(steps=(1,), badge="proved for all N", part="the value at 0"))
    assert joined(said_by(marker()), record)["part"] == "the value at 0"
