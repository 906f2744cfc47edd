"""PlaneTrainer and what it trains, without a browser."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.embed import dependency_state

from softmaxlab.learning.datasets import three_clouds
from softmaxlab.learning.scoring_rules import squared_error, squared_error_grad
from softmaxlab.learning.softmax_regression import logits_of, objective
from softmaxlab.lessons.plane_regression import (
    OBJECTIVES,
    REACH,
    pushes,
    squared_objective,
    start_weights,
    train_on_plane,
)
from softmaxlab.widgets import PlaneTrainer
from softmaxlab.widgets.plane_trainer import picture as plane_picture

KINDS = tuple(OBJECTIVES)
CORNERS = [[0.0, 1.0], [-0.87, -0.5], [0.87, -0.5]]
SPOTS = st.lists(st.tuples(*[st.floats(-REACH, REACH)] * 2), min_size=3, max_size=12)


@pytest.fixture
def widget():
    return PlaneTrainer()


def random_weights(seed, size=2.0):
    return np.random.default_rng(seed).normal(size=(3, 3)) * size


# ---- What is trained ----


def test_the_squared_objective_is_the_mean_of_the_squared_errors():
    points, labels = three_clouds(per_class=5)
    weights = random_weights(0)
    each = [squared_error(a, y) for a, y in zip(logits_of(weights, points), labels, strict=True)]
    assert squared_objective(weights, points, labels)[0] == pytest.approx(np.mean(each), rel=1e-14)


def test_its_gradient_is_what_the_logits_get_times_the_features():
    points, labels = three_clouds(per_class=5)
    weights = random_weights(1)
    back = np.array([squared_error_grad(a, y) for a, y in zip(logits_of(weights, points), labels, strict=True)])
    wanted = np.column_stack([points, np.ones(len(points))]).T @ back / len(points)
    assert squared_objective(weights, points, labels)[1] == pytest.approx(wanted, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("kind", KINDS)
def test_its_gradient_is_that_of_central_differences(kind):
    points, labels = three_clouds(per_class=4, seed=2)
    weights, h = random_weights(2, 1.0), 1e-5
    found = np.empty_like(weights)
    for place in np.ndindex(weights.shape):
        ahead, behind = weights.copy(), weights.copy()
        ahead[place] += h
        behind[place] -= h
        losses = [OBJECTIVES[kind](w, points, labels)[0] for w in (ahead, behind)]
        found[place] = (losses[0] - losses[1]) / (2 * h)
    # h² times a third derivative of order 1, and rounding of the loss over h
    assert OBJECTIVES[kind](weights, points, labels)[1] == pytest.approx(found, abs=1e-9)


def test_from_the_wrong_start_cross_entropy_recovers_and_squared_error_hardly_moves():
    points, labels = three_clouds(per_class=8, spread=0.7)
    shares = {}
    for kind in KINDS:
        path = train_on_plane(points, labels, kind, rate=0.5, steps=100, start="wrong")
        shares[kind] = path[-1].loss / path[0].loss
    assert shares["cross-entropy"] < 0.1
    assert shares["squared error"] > 0.8


def test_the_wrong_start_is_certain_of_another_class_at_each_corner():
    for k, corner in enumerate(CORNERS):
        assert pushes(start_weights("wrong"), corner, k)["p"][k] < 0.001


@given(SPOTS, st.integers(0, 2), st.floats(0.01, 100), st.sampled_from(KINDS), st.sampled_from(["zero", "wrong"]))
def test_no_points_and_no_rate_lead_to_a_nan(points, label, rate, kind, start):
    path = train_on_plane(points, [label] * len(points), kind, rate, 20, start)
    assert np.isfinite([[place.loss, place.slope, *place.weights.ravel()] for place in path]).all()


def test_all_points_on_one_spot_are_told_apart_by_nothing():
    path = train_on_plane([[1, 1]] * 3, [0, 1, 2], rate=1.0, steps=50)
    assert path[-1].loss == pytest.approx(np.log(3))


def test_no_step_moves_a_weight_further_than_the_rate_times_the_reach():
    points, labels = three_clouds(per_class=8)
    path = train_on_plane(points, labels, rate=100.0, steps=50)
    for before, after in pairwise(path):
        assert np.abs(after.weights - before.weights).max() <= 100 * np.abs(points).max()


def test_pushes_are_the_gradients_of_one_point():
    weights = random_weights(3)
    _, grad = objective(weights, np.array([[1.0, -2.0]]), np.array([1]))
    found = pushes(weights, [1, -2], 1)
    assert found["cross-entropy"] == pytest.approx(grad[2])  # the bias is the weight of a feature that is 1
    _, grad = squared_objective(weights, np.array([[1.0, -2.0]]), np.array([1]))
    assert found["squared error"] == pytest.approx(grad[2])


# ---- Traits ----


def test_its_numbers_are_those_of_softmaxlab():
    trainer = PlaneTrainer(step=30, rate=0.7, loss="squared error", start="wrong")
    wanted = train_on_plane(trainer.points, trainer.labels, "squared error", 0.7, 30, "wrong")[-1]
    assert trainer.weights == wanted.weights.tolist()
    assert (trainer.loss_value, trainer.slope) == (wanted.loss, wanted.slope)
    right = logits_of(wanted.weights, np.array(trainer.points)).argmax(axis=1) == trainer.labels
    assert trainer.accuracy == pytest.approx(right.mean())


@pytest.mark.parametrize(
    ("name", "value"),
    [("rate", 5.0), ("step", 3), ("loss", "squared error"), ("start", "wrong"), ("labels", [0] * 24)],
)
def test_weights_follow_every_trait(name, value):
    trainer = PlaneTrainer(step=5)
    before = trainer.weights
    setattr(trainer, name, value)
    assert trainer.weights != before


def test_points_are_eight_of_each_class_at_two_decimals(widget):
    assert [widget.labels.count(k) for k in range(3)] == [8, 8, 8]
    assert np.round(widget.points, 2).tolist() == widget.points


def test_points_are_taken_as_arrays_and_kept_to_two_decimals():
    trainer = PlaneTrainer(points=np.array([[0.123, -0.0], [1, 1], [2, 2]]), labels=np.array([0, 1, 2]))
    assert trainer.points == [[0.12, 0.0], [1.0, 1.0], [2.0, 2.0]]
    assert str(trainer.points[0][1]) == "0.0"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("rate", 0, "expected 0.01 to 100"),
        ("rate", float("nan"), "expected 0.01 to 100"),
        ("step", 501, "expected 0 to 500"),
        ("step", -1, "expected 0 to 500"),
        ("selected", -1, "expected the index of a point"),
        ("points", [[0, 0]] * 2, "expected 3 to 60 rows"),
        ("points", [[0, 0]] * 61, "expected 3 to 60 rows"),
        ("points", [[0, 0, 0]] * 3, "expected 3 to 60 rows"),
        ("points", [[0, 0], [1]], "expected numbers"),
        ("points", [["a", "b"]] * 3, "expected numbers"),
        ("points", [[0, 3]] * 3, "expected -2.5 to 2.5"),
        ("points", [[0, float("nan")]] * 24, "expected -2.5 to 2.5"),
        ("points", [[0, 0]] * 3, "place"),
        ("labels", [0, 1], "place"),
        ("labels", [3] * 24, "expected a class from 0 to 2"),
        ("labels", [0.5] * 24, "expected a class from 0 to 2"),
        ("labels", "012", "expected a class from 0 to 2"),
        ("loss", "hinge", "squared error"),
        ("start", "random", "zero"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(widget, name, value, words):
    before = widget.get_state()
    with pytest.raises((traitlets.TraitError, ValueError), match=re.escape(words)):
        setattr(widget, name, value)
    assert widget.get_state() == before


def test_points_and_labels_of_other_lengths_are_refused_at_the_start():
    with pytest.raises(traitlets.TraitError, match="3 points and 24 labels"):
        PlaneTrainer(points=CORNERS)


def test_place_sets_both_and_keeps_the_selected_point_among_them(widget):
    widget.selected = 20
    widget.place(CORNERS, [0, 1, 2])
    assert (widget.points, widget.labels, widget.selected) == (CORNERS, [0, 1, 2], 2)


def test_a_selected_point_beyond_the_last_is_the_last(widget):
    widget.selected = 50
    assert widget.selected == len(widget.points) - 1
    assert widget.still()


def test_a_front_end_may_send_points_and_labels_in_one_message(widget):
    widget.set_state({"labels": [2, 1, 0], "points": CORNERS})
    assert (widget.points, widget.labels) == (CORNERS, [2, 1, 0])


def test_one_change_is_one_message(widget):
    sent = []
    widget.observe(lambda change: sent.append((change.name, widget.weights)), names=["rate", "weights"])
    widget.step = 10
    assert [name for name, _ in sent] == ["weights"]


def test_numbers_are_read_only(widget):
    for name in ("weights", "loss_value", "accuracy", "slope"):
        with pytest.raises(traitlets.TraitError):
            setattr(widget, name, getattr(widget, name))


def test_its_state_is_json(widget):
    json.dumps(dependency_state([widget], drop_defaults=False), allow_nan=False)


# ---- The still ----


@pytest.mark.parametrize("width", [0.0, 0.3, 0.9])
def test_where_two_classes_meet_both_are_equally_likely_and_the_third_is_not(width):
    for seed in range(50):
        weights = random_weights(seed)
        weights[2] *= width
        for j, k in ((0, 1), (0, 2), (1, 2)):
            ends = plane_picture.boundary(weights, j, k, REACH)
            for spot in [] if ends is None else np.reshape(ends, (2, 2)):
                logits = logits_of(weights, spot[None])[0]
                assert logits[j] == pytest.approx(logits[k], abs=1e-9)
                assert logits[3 - j - k] <= logits[j] + 1e-9
                assert np.abs(spot).max() <= REACH + 1e-9


def test_without_weights_there_is_no_boundary():
    assert plane_picture.boundary(np.zeros((3, 3)), 0, 1, REACH) is None


def test_the_still_tells_the_state_in_words():
    still = PlaneTrainer(step=20, start="wrong").still()
    label = re.search(r'aria-label="([^"]*)"', still)[1]
    assert "24 points, 8 of class 0, 8 of class 1, 8 of class 2" in label
    assert "step 20, from sure and wrong" in label


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({}, "no color yet. The first step will move a weight by 0.191 at most"),
        ({"rate": 2}, "by 0.764 at most"),
        ({"start": "wrong"}, "sure of itself, and right about 4 of 24"),
        ({"rate": 100, "step": 50}, "The rate is too large: in 50 steps the loss rose"),
        ({"labels": [0, 1] * 12, "step": 3}, "Class 2 has no point"),
        ({"start": "wrong", "loss": "squared error", "step": 5}, "hardly a slope to learn from"),
        ({"points": CORNERS, "labels": [0, 1, 2], "step": 50}, "Every point is on its own side"),
        ({"step": 5}, "Hollow points are on the wrong side"),
        ({"step": 5, "loss": "squared error"}, "surely wrong hardly pulls at all"),
    ],
)
def test_it_says_what_is_to_be_seen(state, words):
    text = re.sub(r"<[^>]*>", "", PlaneTrainer(**state).still())
    assert words in text


def test_a_loss_that_stays_where_it_is_does_not_rise():
    state = PlaneTrainer(points=[[1, 1]] * 3, labels=[0, 1, 2], step=500, rate=1)
    assert "too large" not in state.still()
