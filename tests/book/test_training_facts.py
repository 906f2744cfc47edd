"""What the chapter on training says of the digits in words: each sentence that could be false, measured."""

import re
from pathlib import Path

import numpy as np
import pytest

from softmaxlab import cross_entropy
from softmaxlab.learning.datasets import Examples, digits, pixels, split
from softmaxlab.learning.digit_classifier import L2
from softmaxlab.learning.optimizers import gradient_descent
from softmaxlab.learning.sampling_error import standard_error
from softmaxlab.learning.softmax_regression import hessian, logits_of, objective
from softmaxlab.lessons.plane_regression import train_on_plane as train_in_the_plane
from softmaxlab.lessons.training_comparison import bends_along_the_steps, over_penalties, run
from softmaxlab.widgets import PlaneTrainer

CHAPTER = (Path(__file__).parents[2] / "chapters" / "09-training.md").read_text(encoding="utf-8")
PENALTIES = [float(word) for word in re.search(r"penalties = \[(.*?)\]", CHAPTER, re.S)[1].split(",")]


@pytest.fixture(scope="module")
def digit_parts():
    return [Examples(pixels(part.inputs), part.labels) for part in split(*digits())]


@pytest.fixture(scope="module")
def penalty_sweep(digit_parts):
    return over_penalties(*digit_parts[:2], PENALTIES)


@pytest.fixture(scope="module")
def newton_run(digit_parts):
    return run("Newton", digit_parts[0], 0.001)


def falls(parts, rate):
    return np.array([step.loss for step in gradient_descent(*parts[0], l2=0.001, rate=rate, steps=100)])


# The data


def test_every_digit_was_brought_to_the_full_height_of_its_bitmap():
    images = digits().inputs
    assert np.all(images[:, [0, -1]].max(axis=2) > 0)


# How much penalty


def test_the_penalties_go_down_to_where_the_validation_loss_has_risen_again(penalty_sweep):
    _, losses, _ = penalty_sweep
    assert PENALTIES[0] == 1e-9
    assert np.all(np.diff(losses["training"]) > 0)
    least = int(np.argmin(losses["validation"]))
    assert PENALTIES[least] == 3e-5
    assert np.all(np.diff(losses["validation"][: least + 1]) < 0)  # a rise to the left, all the way
    assert losses["validation"][0] > 2 * losses["validation"][least]


def test_the_rise_to_the_left_is_within_two_standard_errors_down_to_a_penalty_of_1e_8(digit_parts, penalty_sweep):
    models, losses, _ = penalty_sweep
    _, validation, _ = digit_parts
    each = [cross_entropy(logits_of(w, validation.inputs), validation.labels, reduction="none") for w in models]
    best = each[int(np.argmin(losses["validation"]))]
    z = {p: np.mean(one - best) / standard_error(one - best) for p, one in zip(PENALTIES[:4], each[:4], strict=True)}
    assert list(z) == [1e-9, 1e-8, 1e-7, 1e-6]
    assert 1 < z[1e-6] < z[1e-7] < z[1e-8] < 2 < z[1e-9] < 2.5


def test_more_than_ten_times_the_precision_does_not_move_the_curve_by_a_hundredth(digit_parts, penalty_sweep):
    _, finer, _ = over_penalties(*digit_parts[:2], PENALTIES[:4], tolerance=1e-11)
    np.testing.assert_allclose(penalty_sweep[1]["validation"][:4], finer["validation"], rtol=0.01)


def test_the_best_accuracy_stays_that_of_the_digit_reader(penalty_sweep):
    assert PENALTIES[int(np.argmax(penalty_sweep[2]))] == L2


# Learning rates


def test_a_rate_of_two_is_beyond_the_limit_at_the_start_and_its_loss_never_rises(digit_parts):
    steepest = np.linalg.eigvalsh(hessian(np.zeros((65, 10)), digit_parts[0].inputs, 0.001).reshape(650, 650))[-1]
    assert 2 / steepest < 2
    assert np.all(np.diff(falls(digit_parts, 2.0)) < 0)
    assert np.any(np.diff(falls(digit_parts, 3.0)) > 0)


def test_the_steepest_directions_at_the_start_are_the_mean_image_and_the_gradient_hardly_has_them(digit_parts):
    inputs, labels = digit_parts[0]
    bends, ways = np.linalg.eigh(hessian(np.zeros((65, 10)), inputs, 0.001).reshape(650, 650))
    steepest = ways[:, np.isclose(bends, bends[-1], rtol=1e-9)]
    assert steepest.shape[1] == 9  # one way of adding ink, and nine of sharing it out among ten classes
    mean = np.append(inputs.mean(axis=0), 1)
    for way in steepest.T:
        ink = np.linalg.svd(way.reshape(65, 10))[0][:, 0]
        assert abs(ink @ mean) / np.linalg.norm(mean) > 0.9999
    grad = objective(np.zeros((65, 10)), inputs, labels, 0.001)[1].ravel()
    assert np.linalg.norm(steepest.T @ grad) < 0.07 * np.linalg.norm(grad)


def test_the_bend_along_a_step_is_that_of_the_hessian(digit_parts):
    start = np.zeros((65, 10))
    grad = objective(start, *digit_parts[0], 0.001)[1].ravel()
    matrix = hessian(start, digit_parts[0].inputs, 0.001).reshape(650, 650)
    (bend,) = bends_along_the_steps(digit_parts[0], 0.001, rate=2.0, steps=1)
    assert bend == pytest.approx(grad @ matrix @ grad / (grad @ grad), rel=1e-12)


def test_along_its_steps_a_rate_of_two_stays_below_its_limit_and_a_rate_of_three_does_not(digit_parts):
    # Its part in steep directions grows tenfold: what it is at the start does not explain why the loss never rises.
    assert bends_along_the_steps(digit_parts[0], 0.001, rate=2.0, steps=100).max() < 0.8 * 2 / 2
    assert bends_along_the_steps(digit_parts[0], 0.001, rate=3.0, steps=100).max() > 2 / 3
    assert 'glued("bend_most' in CHAPTER


def test_the_large_rate_ends_below_the_small_one(digit_parts):
    small, large = falls(digit_parts, 0.02), falls(digit_parts, 10.0)
    assert large.max() > small[0]
    assert large[-1] < small[-1]


def test_a_rate_of_20_draws_a_saw_in_the_plane_and_10_hardly_does():
    start = PlaneTrainer()
    points, labels = np.array(start.points), np.array(start.labels)
    by_rate = {
        rate: np.array([place.loss for place in train_in_the_plane(points, labels, "cross-entropy", rate, 60)])
        for rate in (10, 20)
    }
    assert np.ptp(by_rate[10][-10:]) < 1e-3
    assert np.ptp(by_rate[20][-10:]) > 0.05


# Newton, and the others on equal terms


def test_slopes_of_the_last_newton_steps_are_a_steady_multiple_of_the_square_of_the_one_before(newton_run):
    slopes = np.array([step.grad_max_abs for step in newton_run.path])
    multiples = slopes[1:] / slopes[:-1] ** 2
    assert np.all((multiples[-2:] > 70) & (multiples[-2:] < 100))


def test_gradient_descent_stops_at_the_tolerance_as_the_others_do(digit_parts):
    path = run("gradient descent", digit_parts[0], 0.001, tolerance=1e-3).path
    assert path[-1].grad_max_abs <= 1e-3 < path[-2].grad_max_abs
    assert [step.weights is None for step in path[-2:]] == [True, False]


def test_gradient_descent_needs_a_hundred_times_the_steps_of_the_others_to_get_as_far(digit_parts):
    path = run("gradient descent", digit_parts[0], 0.001).path
    others = [run(name, digit_parts[0], 0.001).path[-1] for name in ("Newton", "L-BFGS", "scikit-learn")]
    assert max(end.grad_max_abs for end in [path[-1], *others]) <= 1e-8
    assert path[-1].number > 26_000
    assert path[-1].number > 50 * max(other.number for other in others)
    assert {f"{end.loss:.8f}" for end in [path[-1], *others]} == {"0.25716482"}
    assert path[others[1].number].loss - path[-1].loss > 0.005  # after as many steps as L-BFGS took


def test_the_table_of_the_chapter_compares_ends_at_equal_slopes():
    assert "all but gradient descent" not in CHAPTER
    assert "after its 200 steps" not in CHAPTER
    assert "many thousands" not in CHAPTER
