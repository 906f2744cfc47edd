"""The kept models of the digits are what training gives, and what an honest model would show by luck."""

import bz2
import os
import re
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

from softmaxlab import cross_entropy, softmax
from softmaxlab.learning.calibration import expected_calibration_error, fit_temperature
from softmaxlab.learning.datasets import digits, pixels, split
from softmaxlab.learning.digits_models import (
    FINENESS,
    KEPT,
    MODELS,
    PENALTIES,
    SMOOTHINGS,
    kept,
    logits_and_labels,
    pixels_of_the_test,
    train_model,
)
from softmaxlab.learning.optimizers import fit, smoothed
from softmaxlab.learning.sampling_error import honest_errors, standard_error
from softmaxlab.learning.softmax_regression import logits_of, objective

PARTS = split(pixels(digits().inputs), digits().labels)


@pytest.fixture(scope="module")
def retrained():
    """All models, trained now; on one thread, as two that wait for each other on a busy machine take minutes."""
    code = "import sys; from softmaxlab.learning.digits_models import train_all; "
    code += "sys.stdout.buffer.write(train_all().tobytes())"
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    made = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, check=True).stdout
    return np.frombuffer(made, dtype="<i2").reshape(len(MODELS), 65, 10) / FINENESS


@pytest.mark.parametrize("model", MODELS)
def test_each_kept_model_is_as_good_as_one_trained_now(retrained, model):
    # Not the same weights: with little penalty, training is cut off at 500 steps, and rounding decides the path there.
    logits, labels = logits_and_labels(*model)
    fresh = logits_of(retrained[MODELS.index(model)], PARTS.test.inputs)
    assert cross_entropy(fresh, labels) == pytest.approx(cross_entropy(logits, labels), abs=0.005)
    assert softmax(fresh).max(axis=1).mean() == pytest.approx(softmax(logits).max(axis=1).mean(), abs=0.005)
    assert np.mean(fresh.argmax(axis=1) == logits.argmax(axis=1)) > 0.99


@pytest.mark.parametrize("model", [("much", 0.0), ("some", 0.1)])
def test_where_training_came_to_rest_the_kept_weights_are_its_end(retrained, model):
    assert np.abs(retrained[MODELS.index(model)] - kept(*model)).max() <= 2 / FINENESS  # rounded, and near a tie


def test_training_came_to_rest_where_the_slope_is_0():
    # weights rounded to 1/512 leave a slope of that size times the curvature, below 1
    _, slope = objective(kept("much"), *PARTS.train, PENALTIES["much"])
    assert np.abs(slope).max() < 1e-3


def test_the_logits_are_exact_so_that_every_order_of_adding_gives_the_same():
    images, labels = pixels_of_the_test()
    whole = np.column_stack([images, np.full(len(images), 16)])
    for model in MODELS:
        weights = np.round(kept(*model) * FINENESS).astype(np.int64)
        logits, truth = logits_and_labels(*model)
        np.testing.assert_array_equal(logits, whole @ weights / (16 * FINENESS))
        np.testing.assert_array_equal(labels, truth)


def test_the_models_of_little_and_much_penalty_are_right_equally_often_and_not_equally_sure():
    right = {p: int(np.sum(logits_and_labels(p)[0].argmax(axis=1) == logits_and_labels(p)[1])) for p in PENALTIES}
    sure = {p: softmax(logits_and_labels(p)[0]).max(axis=1).mean() for p in PENALTIES}
    assert right["little"] == right["much"]
    assert sure["little"] > right["little"] / 359 > sure["much"] + 0.2


def test_the_file_holds_all_models_and_nothing_else():
    packed = files("softmaxlab.learning").joinpath(KEPT).read_bytes()
    assert len(packed) < 12_000
    assert len(bz2.decompress(packed)) == 2 * len(MODELS) * 65 * 10


def test_a_model_that_is_not_kept_is_refused():
    with pytest.raises(ValueError, match=re.escape("smoothing of 0.0, 0.05, 0.1, 0.2")):
        kept("little", 0.15)
    with pytest.raises(ValueError, match="one of 'little', 'some', 'much'"):
        train_model("none")


# --- label smoothing in training ---


def test_smoothed_labels_are_those_of_the_loss_with_label_smoothing():
    logits, labels = logits_and_labels("much")
    loss = cross_entropy(logits, smoothed(labels, 10, 0.1))
    assert loss == pytest.approx(cross_entropy(logits, labels, label_smoothing=0.1), rel=1e-14)


def test_training_with_smoothed_labels_ends_where_their_slope_is_0():
    points, labels = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 1, 0, 1])
    found = fit(points, labels, label_smoothing=0.2)
    _, slope = objective(found.weights, points, smoothed(labels, 2, 0.2))
    assert found.converged
    assert np.abs(slope).max() <= 1e-8


@pytest.mark.parametrize("share", [-0.1, 1.5, np.nan])
def test_a_share_of_smoothing_out_of_range_is_refused(share):
    with pytest.raises(ValueError, match="label_smoothing is"):
        fit([[0.0], [1.0]], [0, 1], label_smoothing=share)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_the_more_smoothing_the_less_sure(penalty):
    sure = [softmax(logits_and_labels(penalty, share)[0]).max(axis=1).mean() for share in SMOOTHINGS]
    assert sure == sorted(sure, reverse=True)


# --- luck ---


def test_an_honest_model_has_errors_as_large_as_luck_alone_makes_them():
    # one bin, all claims 1/2: the error is |share − 1/2|, of mean √(2/π) · 1/(2√m)
    errors = honest_errors(np.full((400, 2), 0.5), bins=2, draws=2000)
    assert errors.mean() == pytest.approx(np.sqrt(2 / np.pi) / (2 * np.sqrt(400)), rel=0.05)  # 2000 draws: 2 percent


def test_labels_are_drawn_as_the_probabilities_claim():
    assert (honest_errors([[1.0, 0.0]] * 5) == 0).all()  # certain of class 0: always right


def test_the_same_seed_gives_the_same_luck():
    probs = softmax(logits_and_labels("much")[0])
    np.testing.assert_array_equal(honest_errors(probs, draws=3), honest_errors(probs, draws=3))
    assert (honest_errors(probs, draws=3) != honest_errors(probs, draws=3, seed=1)).any()


def test_the_over_confident_model_is_worse_than_luck_and_the_mended_timid_one_is_not():
    logits, labels = logits_and_labels("little")
    assert expected_calibration_error(softmax(logits), labels) > honest_errors(softmax(logits)).max()
    logits, labels = logits_and_labels("much")
    mended = softmax(logits / fit_temperature(*logits_and_labels("much", part="validation")))
    assert expected_calibration_error(mended, labels) < np.quantile(honest_errors(mended), 0.95)


def test_the_standard_error_is_how_far_means_scatter():
    draws = np.random.default_rng(0).normal(5, 3, size=(4000, 50))
    assert np.mean([standard_error(row) for row in draws[:500]]) == pytest.approx(draws.mean(axis=1).std(), rel=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: honest_errors([[0.5, 0.5]], draws=0), "draws is 0"),
        (lambda: honest_errors([[2.0, 1.0]]), "write softmax"),
        (lambda: standard_error([1.0]), "at least two numbers"),
        (lambda: standard_error([1.0, np.inf]), "finite numbers"),
    ],
)
def test_what_has_no_luck_to_measure_is_refused(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()
