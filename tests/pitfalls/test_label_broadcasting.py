"""What indexing computes for labels in the wrong shape, and that softmaxlab refuses to."""

import numpy as np
import pytest

from softmaxlab import cross_entropy, cross_entropy_grad, log_softmax
from softmaxlab.pitfalls.label_broadcasting import (
    SQUARE_LABELS,
    SQUARE_LOGITS,
    grad_by_indexing,
    label_shapes,
    label_table,
    loss_by_indexing,
)

TABLE = label_table(SQUARE_LOGITS, SQUARE_LABELS)
CLOSE = 1e-14  # a few roundings of numbers near 1
WIDE_LOGITS = np.column_stack([SQUARE_LOGITS, [0.0, 0.0, 1.0]])


def test_the_true_loss_is_48_hundredths_of_a_nat():
    assert f"{cross_entropy(SQUARE_LOGITS, SQUARE_LABELS):.2f}" == "0.48"


@pytest.mark.parametrize("form", ["column (m, 1)", "one-hot, int"])
def test_indexing_says_4_44_for_a_column_and_for_integers_that_are_one_hot(form):
    assert f"{TABLE[form][0].value:.2f}" == "4.44"


def test_a_column_adds_up_every_row_at_every_label():
    expected = -log_softmax(SQUARE_LOGITS)[:, SQUARE_LABELS].sum() / 3
    assert TABLE["column (m, 1)"][0].value == pytest.approx(expected, rel=CLOSE)


def test_integer_one_hot_adds_up_the_first_two_classes():
    log_probs = log_softmax(SQUARE_LOGITS)
    expected = -np.sum(2 * log_probs[:, 0] + log_probs[:, 1]) / 3  # two zeros and a one in each column of the targets
    assert TABLE["one-hot, int"][0].value == pytest.approx(expected, rel=CLOSE)


def test_a_row_adds_up_the_first_example_at_every_label():
    expected = -log_softmax(SQUARE_LOGITS)[0, SQUARE_LABELS].sum()
    assert TABLE["row (1, m)"][0].value == pytest.approx(expected, rel=CLOSE)


def test_minus_one_is_read_as_the_last_class():
    assert TABLE["first one −1"][0].value == pytest.approx(cross_entropy(SQUARE_LOGITS, [2, 1, 2]), rel=CLOSE)


def test_labels_from_1_slip_through_both_where_the_last_class_does_not_occur():
    indexing, ours = label_table(WIDE_LOGITS, SQUARE_LABELS)["counted from 1"]
    assert indexing.value == pytest.approx(ours.value, rel=CLOSE)
    assert ours.value > 2 * cross_entropy(WIDE_LOGITS, SQUARE_LABELS)


@pytest.mark.parametrize("form", ["one-hot, float", "one-hot, bool", "float indices", "counted from 1", "soft"])
def test_indexing_refuses_the_rest_by_luck(form):
    assert TABLE[form][0].error.startswith("IndexError: ")


@pytest.mark.parametrize("form", ["indices (m,)", "one-hot, float", "soft"])
def test_softmaxlab_answers_every_right_form(form):
    targets = label_shapes(SQUARE_LABELS, 3)[form]
    assert TABLE[form][1] == (cross_entropy(SQUARE_LOGITS, targets), None)


@pytest.mark.parametrize("form", sorted(set(TABLE) - {"indices (m,)", "one-hot, float", "soft"}))
def test_softmaxlab_refuses_every_wrong_form_and_says_what_is_expected(form):
    value, error = TABLE[form][1]
    assert value is None
    assert error.startswith("ValueError: targets")
    assert "expected" in error or "must be" in error


def test_a_hint_of_softmaxlab_leads_to_the_true_loss():
    true = cross_entropy(SQUARE_LOGITS, SQUARE_LABELS)
    shapes = label_shapes(SQUARE_LABELS, 3)
    for form, hint in {
        "column (m, 1)": lambda targets: targets.ravel(),
        "one-hot, int": lambda targets: targets.argmax(1),
        "one-hot, bool": lambda targets: targets.argmax(1),
        "float indices": lambda targets: targets.astype(int),
        "counted from 1": lambda targets: targets - 1,
    }.items():
        assert cross_entropy(SQUARE_LOGITS, hint(shapes[form])) == true
    ignored = cross_entropy(SQUARE_LOGITS, shapes["first one −1"], ignore_index=-1)
    assert ignored == pytest.approx(cross_entropy(SQUARE_LOGITS[1:], SQUARE_LABELS[1:]), rel=CLOSE)


def test_with_right_labels_indexing_is_right():
    assert loss_by_indexing(WIDE_LOGITS, SQUARE_LABELS) == pytest.approx(
        cross_entropy(WIDE_LOGITS, SQUARE_LABELS), rel=CLOSE
    )
    np.testing.assert_allclose(
        grad_by_indexing(WIDE_LOGITS, SQUARE_LABELS), cross_entropy_grad(WIDE_LOGITS, SQUARE_LABELS), atol=1e-16
    )


def test_with_a_column_the_gradient_subtracts_every_label_from_every_row():
    sums = grad_by_indexing(SQUARE_LOGITS, SQUARE_LABELS[:, None]).sum(axis=1)
    np.testing.assert_allclose(sums, -2 / 3, rtol=CLOSE)
