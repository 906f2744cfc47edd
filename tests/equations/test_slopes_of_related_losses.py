"""Slopes beside p − y: a shift that moves with the scores, yes-or-no questions, temperature, a teacher, squares.

Most of these equations are proved with the rest of the catalog; here numbers agree with them.
"""

import numpy as np
import pytest

from softmaxlab import cross_entropy, cross_entropy_grad, softmax
from softmaxlab.learning.scoring_rules import expected, squared_error
from support.equations.derivatives import CLOSE, by_complex_step, cross_entropy_typed, softmax_typed
from support.equations.formulas import every_case, random_target

every_target = pytest.mark.parametrize("target", [0.0, 0.25, 1.0])


def yes_or_no(logits, target):
    """Rows (a, 0) and (y, 1 − y): a sigmoid's question as two classes."""
    return np.stack([logits, 0 * logits], axis=-1), np.tile([target, 1 - target], (len(logits), 1))


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@pytest.mark.equation("eq-shift-slopes")
@every_case
def test_a_shift_that_moves_with_the_scores_leaves_the_slopes_alone(check, logits, v):
    def shifted(a):
        return softmax_typed(a - np.sum(v * a, axis=-1, keepdims=True))

    check.close(by_complex_step(shifted, logits), by_complex_step(softmax_typed, logits), **CLOSE)


@pytest.mark.equation("eq-shift-cancels")
@every_case
def test_the_slopes_of_a_shift_cancel(check, logits, v):
    slopes = by_complex_step(softmax_typed, logits)
    check.close(slopes @ (np.eye(len(v)) - v), slopes, **CLOSE)  # entry (k, j) of the middle is δ_kj − v_j


@pytest.mark.equation("eq-brier-split")
@every_case
def test_the_expected_square_of_all_classes_is_a_distance_and_a_part_of_the_world(check, logits, v):
    p, q = softmax(logits), random_target(v)
    split = np.sum((p - q) ** 2) / 2 + (1 - np.sum(q**2)) / 2
    check.close(expected(squared_error, logits, q), split, rtol=1e-13)


@pytest.mark.equation("eq-binary-loss", kind="definition")
@every_target
@every_case
def test_the_loss_of_a_question_is_the_cross_entropy_of_the_scores_a_and_0(check, logits, v, target):
    rows, targets = yes_or_no(logits, target)
    claimed = -target * np.log(sigmoid(logits)) - (1 - target) * np.log(1 - sigmoid(logits))
    # scores of at most 7: 1 − σ keeps all but three digits
    check.close(cross_entropy(rows, targets, reduction="none"), claimed, rtol=1e-12)


@pytest.mark.equation("eq-binary-grad")
@every_target
@every_case
def test_the_slope_of_a_question_is_sigma_minus_y(check, logits, v, target):
    def loss(a):
        return -target * np.log(sigmoid(a)) - (1 - target) * np.log(sigmoid(-a))

    slopes = np.diag(by_complex_step(loss, logits))
    check.close(sigmoid(logits) - target, slopes, **CLOSE)
    rows, targets = yes_or_no(logits, target)
    check.close(cross_entropy_grad(rows, targets, reduction="sum")[:, 0], slopes, **CLOSE)


@pytest.mark.equation("eq-temperature-grad")
@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
@every_case
def test_a_temperature_divides_p_minus_y(check, logits, v, temperature):
    y = random_target(v)
    slopes = by_complex_step(lambda a: cross_entropy_typed(a / temperature, y), logits)
    check.close((softmax(logits / temperature) - y) / temperature, slopes, **CLOSE)


@pytest.mark.equation("eq-distillation")
@every_case
def test_the_gradient_of_a_warm_student_nears_its_limit_like_1_over_t(check, logits, v):
    a, b = logits - logits.mean(), v - v.mean()

    def off(temperature):
        soft = cross_entropy_grad(a / temperature, softmax(b / temperature)) / temperature
        return np.abs(temperature**2 * soft - (a - b) / len(a)).max()

    assert off(1e4) < off(1e3) / 9  # ten times as warm, a tenth of the distance, up to the next order
    assert off(1e3) < np.sum(a**2 + b**2) / 1e3  # which is of the second order in the scores, over T
    check.held()
