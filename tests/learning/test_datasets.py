"""The digits are the UCI digits; splits are fair, repeatable and never empty; the toy set is what it says."""

import re

import numpy as np
import pytest
from sklearn.datasets import load_digits

from softmaxlab.learning.datasets import digits, pixels, split, three_clouds


def raises(message):
    return pytest.raises(ValueError, match=re.escape(message))


def test_digits_are_those_of_scikit_learn():
    ours, theirs = digits(), load_digits()
    np.testing.assert_array_equal(ours.inputs, theirs.images)
    np.testing.assert_array_equal(ours.labels, theirs.target)
    assert ours.inputs.dtype == np.float64
    assert ours.labels.dtype.kind == "i"


def test_digits_are_a_fresh_copy_at_each_call():
    digits().inputs[:] = 0
    assert digits().inputs.max() == 16


def test_pixels_are_the_rows_of_the_image_over_16():
    images = digits().inputs
    np.testing.assert_array_equal(pixels(images), load_digits().data / 16)
    assert pixels(images[:0]).shape == (0, 64)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (
            np.zeros((8, 8)),
            "images has shape (8, 8); expected (images, height, width): for one image write images[None]",
        ),
        (np.full((1, 8, 8), np.nan), "images[0, 0, 0] is nan; expected gray values from 0 to 16"),
        (np.full((1, 8, 8), 17), "images[0, 0, 0] is 17; expected gray values from 0 to 16"),
        (np.full((1, 8, 8), -1), "images[0, 0, 0] is -1; expected gray values from 0 to 16"),
    ],
)
def test_images_that_are_none_are_refused(images, message):
    with raises(message):
        pixels(images)


# --- splits ---


def test_split_gives_every_example_to_exactly_one_part():
    labels = digits().labels
    parts = split(np.arange(len(labels)), labels)
    rows = np.concatenate([part.inputs for part in parts])
    np.testing.assert_array_equal(np.sort(rows), np.arange(len(labels)))


def test_split_keeps_each_input_with_its_label():
    labels = digits().labels
    for part in split(np.arange(len(labels)), labels):
        np.testing.assert_array_equal(part.labels, labels[part.inputs.astype(int)])


def test_split_cuts_every_class_in_the_same_proportions():
    labels = digits().labels
    sizes = np.bincount(labels)
    for part, fraction in zip(split(labels, labels), (0.6, 0.2, 0.2), strict=True):
        assert np.all(np.abs(np.bincount(part.labels) - fraction * sizes) < 1)  # each cut is rounded, by half at most


def test_split_depends_on_its_seed_alone():
    rows, labels = np.arange(100), np.arange(100) % 3
    np.testing.assert_array_equal(split(rows, labels, seed=1).test.inputs, split(rows, labels, seed=1).test.inputs)
    assert not np.array_equal(split(rows, labels, seed=1).test.inputs, split(rows, labels, seed=2).test.inputs)


def test_split_does_not_leave_the_classes_in_order():
    labels = np.arange(100) % 3
    assert np.any(np.diff(split(labels, labels).train.labels) < 0)


LABELS = np.arange(12) % 2


@pytest.mark.parametrize(
    ("inputs", "labels", "fractions", "message"),
    [
        (LABELS, LABELS, (0.5, 0.5, 0.0), "expected three numbers above 0 with sum 1"),
        (LABELS, LABELS, (0.5, 0.2, 0.2), "expected three numbers above 0 with sum 1"),
        (LABELS, LABELS, (0.5, 0.5, np.nan), "expected three numbers above 0 with sum 1"),
        (LABELS, LABELS, (0.8, 0.2), "expected three: for training, validation and test"),
        (LABELS, LABELS, (0.9, 0.05, 0.05), "the test part is empty: 12 examples, fractions (0.9, 0.05, 0.05)"),
        (LABELS, LABELS, (0.5, 0.05, 0.45), "the validation part is empty"),
        (LABELS, LABELS, (0.05, 0.5, 0.45), "class 0 has 6 examples, too few to put one into the training part"),
        ([], [], (0.6, 0.2, 0.2), "labels has shape (0,): no examples; expected at least one"),
        (LABELS, LABELS[:5], (0.6, 0.2, 0.2), "labels has 5 entries for 12 examples"),
        (LABELS, LABELS - 1, (0.6, 0.2, 0.2), "labels[0] is -1; expected class indices from 0"),
        (LABELS, LABELS / 1, (0.6, 0.2, 0.2), "expected integers: write labels.astype(int)"),
        (LABELS, np.array(["a", "b"] * 6), (0.6, 0.2, 0.2), "write names, labels = np.unique(labels, return_inverse="),
        (LABELS, LABELS[:, None], (0.6, 0.2, 0.2), "write labels.ravel()"),
        (LABELS, np.eye(12, dtype=int), (0.6, 0.2, 0.2), "write labels.argmax(axis=1)"),
        (LABELS * np.nan, LABELS, (0.6, 0.2, 0.2), "inputs[0] is nan; expected finite numbers"),
        (np.where(np.arange(12) == 7, np.nan, 1.0)[:, None, None], LABELS, (0.6, 0.2, 0.2), "inputs[7, 0, 0] is nan"),
        (
            LABELS,
            np.array(["a", None] * 6, dtype=object),
            (0.6, 0.2, 0.2),
            "labels has dtype object; expected integers",
        ),
        (LABELS, LABELS == 1, (0.6, 0.2, 0.2), "labels has dtype bool; expected integers: write labels.astype(int)"),
        (3, LABELS, (0.6, 0.2, 0.2), "inputs is a single number, 3"),
    ],
)
def test_split_refuses_what_it_cannot_split(inputs, labels, fractions, message):
    with raises(message):
        split(inputs, labels, fractions)


# --- the toy set ---


def test_three_clouds_are_three_equal_classes_around_the_corners():
    points, labels = three_clouds(per_class=2000, spread=0.5, seed=3)
    np.testing.assert_array_equal(np.bincount(labels), [2000] * 3)
    for label, corner in enumerate(three_clouds(per_class=1, spread=0).inputs):
        cloud = points[labels == label]
        np.testing.assert_allclose(cloud.mean(axis=0), corner, atol=0.05)  # four standard errors are 0.045
        np.testing.assert_allclose(cloud.std(axis=0), 0.5, rtol=0.07)  # four standard errors are 6 %


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"per_class": 0}, "per_class is 0; expected a whole number of at least 1"),
        ({"per_class": 2.5}, "per_class is 2.5; expected a whole number of at least 1"),
        ({"spread": -1}, "spread is -1; expected a finite number of at least 0"),
        ({"spread": np.nan}, "spread is nan; expected a finite number of at least 0"),
    ],
)
def test_three_clouds_refuses_what_it_cannot_draw(arguments, message):
    with raises(message):
        three_clouds(**arguments)
