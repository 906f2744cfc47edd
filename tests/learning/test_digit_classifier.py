"""The model that reads digits: trained fairly, the same everywhere, and its evidence adds up."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, cross_entropy_grad, softmax
from softmaxlab.learning.datasets import digits, pixels, split
from softmaxlab.learning.digit_classifier import L2, evidence, read, samples, trained_weights
from softmaxlab.learning.metrics import accuracy, worst_mistakes
from softmaxlab.learning.optimizers import fit
from softmaxlab.learning.softmax_regression import logits_of, objective

PARTS = split(*digits())
IMAGES = st.lists(st.integers(0, 16), min_size=64, max_size=64).map(lambda counts: np.reshape(counts, (8, 8)))


def test_the_penalty_is_the_one_with_the_best_accuracy_on_the_validation_part():
    ladder = [0.1, 0.03, 0.01, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5]
    rows, truth = pixels(PARTS.train.inputs), PARTS.train.labels
    # 1e-5: the answers are those at the minimum, in a fraction of the steps
    found = [fit(rows, truth, l2=l2, tolerance=1e-5).weights for l2 in ladder]
    right = [accuracy(logits_of(w, pixels(PARTS.validation.inputs)), PARTS.validation.labels) for w in found]
    assert ladder[int(np.argmax(right))] == L2
    assert np.sort(right)[-2] < max(right)  # the only one


def test_the_weights_are_a_minimum_on_the_training_part():
    grad = objective(trained_weights(), pixels(PARTS.train.inputs), PARTS.train.labels, L2)[1]
    assert np.abs(grad).max() < 1e-6  # rounding each weight to six decimals leaves that much


def test_the_weights_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        trained_weights()[0, 0] = 1


def test_it_reads_nineteen_of_twenty_digits_it_never_saw():
    assert accuracy(logits_of(trained_weights(), pixels(PARTS.test.inputs)), PARTS.test.labels) > 0.95


@given(IMAGES, st.integers(0, 9), st.floats(0.1, 10))
def test_a_reading_is_the_core_applied_to_the_logits(image, label, temperature):
    reading = read(image, label, temperature)
    np.testing.assert_array_equal(reading.logits, logits_of(trained_weights(), pixels([image]))[0])
    scaled = reading.logits / temperature
    np.testing.assert_array_equal(reading.probs, softmax(scaled))
    np.testing.assert_array_equal(reading.grad, cross_entropy_grad(scaled, label))
    assert reading.loss == cross_entropy(scaled, label)


def test_without_ink_the_logits_are_the_bias():
    np.testing.assert_array_equal(read(np.zeros((8, 8)), 0).logits, trained_weights()[-1])


@given(IMAGES, st.integers(0, 9))
def test_the_evidence_and_the_bias_sum_to_the_logit(image, digit):
    total = evidence(image, digit).sum() + trained_weights()[-1, digit]
    assert total == pytest.approx(read(image, 0).logits[digit], abs=1e-12)  # sums of 65 numbers below 10


def test_the_evidence_is_against_the_average_class():
    assert np.abs(trained_weights()[:-1].sum(axis=1)).max() < 1e-4  # the penalty makes the weights of a pixel sum to 0


def test_the_samples_are_of_the_test_part_and_two_of_each_digit_are_read_right():
    test = {image.tobytes(): label for image, label in zip(PARTS.test.inputs, PARTS.test.labels, strict=True)}
    assert all(test[sample.image.tobytes()] == sample.label for sample in samples())
    right = [sample.label for sample in samples() if not sample.is_mistake]
    assert sorted(right) == sorted([*range(10), *range(10)])


def test_the_samples_hold_the_worst_mistakes_of_the_test_part():
    worst = worst_mistakes(logits_of(trained_weights(), pixels(PARTS.test.inputs)), PARTS.test.labels, 8)
    shown = {sample.image.tobytes() for sample in samples() if sample.is_mistake}
    assert shown == {PARTS.test.inputs[row].tobytes() for row in worst}


def test_no_two_samples_are_alike():
    assert len({sample.image.tobytes() for sample in samples()}) == len(samples())
