"""LabelShapeLab and the lesson it shows, without a browser."""

import json
import re

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from ipywidgets.embed import dependency_state

from softmaxlab import cross_entropy, log_softmax
from softmaxlab.pitfalls.label_broadcasting import (
    SQUARE_LABELS,
    SQUARE_LOGITS,
    label_shapes,
    loss_by_indexing,
    loss_meant,
    pick_counts,
)
from softmaxlab.widgets import LabelShapeLab
from softmaxlab.widgets.label_shape_lab import FORMS
from softmaxlab.widgets.label_shape_lab import words as label_words

FORM = st.sampled_from(FORMS)


@st.composite
def batches(draw):
    """Logits, and labels for them."""
    m, n = draw(st.integers(1, 4)), draw(st.integers(2, 4))
    return draw(arrays(float, (m, n), elements=st.floats(-20, 20))), draw(
        arrays(int, m, elements=st.integers(0, n - 1))
    )


@pytest.fixture
def widget():
    return LabelShapeLab()


# ---- What is read, and what was meant ----


@given(batches(), FORM)
def test_indexing_is_the_sum_of_what_it_reads(batch, form):
    logits, labels = batch
    targets = label_shapes(labels, logits.shape[1])[form]
    try:
        loss = loss_by_indexing(logits, targets)
    except IndexError as error:
        with pytest.raises(IndexError, match=re.escape(str(error))):
            pick_counts(logits, targets)
    else:
        expected = -np.sum(pick_counts(logits, targets) * log_softmax(logits)) / targets.shape[0]
        assert loss == pytest.approx(expected, rel=1e-13)  # sums of up to 16 terms of one sign


@pytest.mark.parametrize("form", FORMS)
def test_meant_is_the_true_loss_but_for_soft_and_unknown_labels(form):
    expected = cross_entropy(SQUARE_LOGITS, SQUARE_LABELS)
    if form == "soft":
        expected = cross_entropy(SQUARE_LOGITS, label_shapes(SQUARE_LABELS, 3)["soft"])
    elif form == "first one −1":
        expected = cross_entropy(SQUARE_LOGITS, [-1, 1, 2], ignore_index=-1)
    assert loss_meant(SQUARE_LOGITS, SQUARE_LABELS, form) == pytest.approx(expected, rel=1e-15)


def test_nothing_is_meant_where_no_row_is_left():
    lab = LabelShapeLab(logits=[[1, 0]], labels=[0], form="first one −1")
    assert lab.meant is None
    assert "Meant: none." in lab.still()


# ---- Words ----


@given(batches(), FORM)
def test_the_verdict_is_right_only_where_the_number_is(batch, form):
    logits, labels = batch
    lab = LabelShapeLab(logits=logits, labels=labels, form=form)
    for whose, reply in (("indexing", lab.indexing), ("softmaxlab", lab.answer)):
        verdict = label_words.verdict(reply, lab.meant, whose)
        if verdict == "right":
            assert reply["value"] == pytest.approx(lab.meant, rel=1e-8, abs=1e-8)
        elif verdict == "wrong, without a word":
            assert lab.meant is None or abs(reply["value"] - lab.meant) > 1e-9


@given(batches())
def test_only_labels_counted_from_1_make_softmaxlab_wrong_without_a_word(batch):
    logits, labels = batch
    for form in FORMS:
        lab = LabelShapeLab(logits=logits, labels=labels, form=form)
        if label_words.verdict(lab.answer, lab.meant, "softmaxlab") == "wrong, without a word":
            assert form == "counted from 1"


def test_a_column_says_how_many_times_the_loss_that_was_meant_it_is():
    for factor, times in ((1, "9.25"), (2, "22.52"), (0, "3.00")):  # of a model that knows nothing: m times
        lab = LabelShapeLab(form="column (m, 1)", factor=factor)
        assert f"It is {times} times what was meant" in lab.still()
    assert "times what was meant" not in LabelShapeLab(form="indices (m,)").still()


@given(batches(), FORM)
def test_the_explanation_counts_what_is_read(batch, form):
    logits, labels = batch
    text = label_words.explanation(form, labels.tolist(), logits.shape[1])
    if count := re.search(r"(\d+) entries", text):
        assert pick_counts(logits, label_shapes(labels, logits.shape[1])[form]).sum() == int(count[1])


@given(batches())
def test_an_index_past_the_end_is_explained_as_one(batch):
    logits, labels = batch
    lab = LabelShapeLab(logits=logits, labels=labels, form="counted from 1")
    text = label_words.explanation(lab.form, lab.labels, logits.shape[1])
    assert ("past the last class" in text) == (lab.indexing["error"] is not None) == (lab.answer["error"] is not None)


def test_an_array_is_written_much_as_numpy_prints_it():
    for form in FORMS[:3] + FORMS[3:4] + FORMS[5:7]:
        targets = label_shapes([0, 2, 1], 3)[form]
        assert "\n".join(label_words.printed(targets)) == str(targets)


# ---- Traits ----


@given(batches(), FORM, st.floats(0, 5))
def test_results_are_those_of_the_named_functions(batch, form, factor):
    logits, labels = batch
    lab = LabelShapeLab(logits=logits, labels=labels, form=form, factor=factor)
    for loss, reply in ((loss_by_indexing, lab.indexing), (cross_entropy, lab.answer)):
        if reply["error"] is None:
            assert loss(factor * logits, lab.targets()) == reply["value"]
        else:
            with pytest.raises((IndexError, ValueError), match=re.escape(reply["error"].partition(": ")[2])):
                loss(factor * logits, lab.targets())


def test_labels_follow_the_shape_of_the_logits(widget):
    widget.logits = np.zeros((4, 2))
    assert widget.labels == [0, 1, 1, 0]  # 2 is no class any more, and the new row has class 0
    widget.logits = [[1, 0, 0, 0]]
    assert widget.labels == [0]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("logits", [[1, 2], [3]], "rows of numbers"),
        ("logits", [1, 2, 3], r"shape \(3,\); expected 1 to 4 rows of 2 to 4"),
        ("logits", np.zeros((5, 2)), r"shape \(5, 2\)"),
        ("logits", [[1, np.nan]], "from -20 to 20"),
        ("logits", [["a", "b"]], "rows of numbers"),
        ("labels", [0, 1], "one for each of the 3 rows"),
        ("labels", [0, 1, 3], "from 0 to 2"),
        ("labels", [0, -1, 1], "from 0 to 2"),
        ("form", "columns", r"expected one of 'indices \(m,\)'"),
        ("factor", 5.1, "expected 0 to 5"),
        ("factor", np.nan, "expected 0 to 5"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_state_kept(widget, name, value, words):
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=words) as refusal:
        setattr(widget, name, value)
    assert isinstance(refusal.value, traitlets.TraitError)
    assert getattr(widget, name) == before


@pytest.mark.parametrize("name", ["indexing", "answer", "meant"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


def test_a_message_from_the_page_is_answered_with_the_results(widget):
    widget.set_state({"logits": [[1, 0], [0, 2]], "labels": [1, 1], "form": "row (1, m)", "factor": 2})
    fresh = LabelShapeLab(logits=[[1, 0], [0, 2]], labels=[1, 1], form="row (1, m)", factor=2)
    assert (widget.indexing, widget.answer, widget.meant) == (fresh.indexing, fresh.answer, fresh.meant)


def test_a_page_can_hold_every_state():
    for form in FORMS:
        json.dumps(dependency_state([LabelShapeLab(form=form)], drop_defaults=False), allow_nan=False)  # raises at nan


# ---- The still ----


def test_the_still_fills_what_is_read_and_rings_what_is_true():
    cells = re.findall(r'class="(ls-cell[^"]*)"', LabelShapeLab(form="row (1, m)").still())
    assert ["is-read" in cell for cell in cells] == [True] * 3 + [False] * 6
    assert ["is-true" in cell for cell in cells] == np.eye(3, dtype=bool).ravel().tolist()


def test_the_still_says_everything_in_words():
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', LabelShapeLab().still())
    assert words == (
        "Targets of shape (3, 1), int64. Meant: 0.480. Indexing: 4.439, wrong, without a word. softmaxlab: ValueError: "
        "targets has shape (3, 1); expected class indices of shape (3,): write targets.ravel(), refuses, and says what "
        "it expects."
    )


def test_the_still_has_no_control_that_would_be_dead():
    assert not re.search(r"<(input|button|select|a)\b", LabelShapeLab().still())
