"""Wrong arguments raise ValueError: what was given, what was expected, what to write instead."""

import re

import numpy as np
import pytest

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    cross_entropy_with_grad,
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
)
from softmaxlab.accuracy import reference

LOGITS = np.arange(12.0).reshape(4, 3)
LABELS = np.array([0, 1, 2, 1])
TAKES_LOGITS = {
    "logsumexp": logsumexp,
    "log_softmax": log_softmax,
    "softmax": softmax,
    "softmax_jacobian": softmax_jacobian,
    "softmax_jvp": lambda logits, **axis: softmax_jvp(logits, logits, **axis),
    "cross_entropy": lambda logits, **axis: cross_entropy(logits, LABELS, **axis),
    "cross_entropy_grad": lambda logits, **axis: cross_entropy_grad(logits, LABELS, **axis),
    "cross_entropy_with_grad": lambda logits, **axis: cross_entropy_with_grad(logits, LABELS, **axis),
}
TAKES_AXIS = {name: function for name, function in TAKES_LOGITS.items() if name != "softmax_jacobian"}
LOSSES = [cross_entropy, cross_entropy_grad, cross_entropy_with_grad]


def raises(message):
    return pytest.raises(ValueError, match=re.escape(message))


# --- logits and axis ---


@pytest.mark.parametrize("function", TAKES_LOGITS.values(), ids=TAKES_LOGITS)
@pytest.mark.parametrize(
    ("logits", "message"),
    [
        (3.0, "logits is a single number, 3.0; expected an array with a class axis, such as [2.0, 1.0]"),
        (LOGITS + 1j, "logits has dtype complex128; expected real numbers, floats or integers"),
        (["a", "b"], "logits has dtype <U1; expected real numbers"),
        ([None, 1.0], "logits has dtype object; expected real numbers"),
        (None, "logits has dtype object; expected real numbers"),
        ([10**30, 1], "logits has dtype object; expected real numbers"),
        (LOGITS.astype("M8[s]"), "logits has dtype datetime64[s]; expected real numbers"),
        ([[1.0, 2.0], [3.0]], "expected rows of one length"),
        (np.ma.masked_less(LOGITS, 2), "if a masked class is impossible, write logits.filled(-np.inf)"),
    ],
)
def test_logits_that_are_no_real_array_are_refused(function, logits, message):
    with raises(message):
        function(logits)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("targets", ["indices", "probabilities"])
@pytest.mark.parametrize(
    ("logits", "axis", "message"),
    [
        (np.zeros(0), -1, "logits has shape (0,): no classes along axis 0; expected at least one there, the target: "),
        (np.zeros((4, 0)), -1, "logits has shape (4, 0): no classes along axis 1; expected at least one there"),
        (np.zeros((0, 4)), 0, "no classes along axis 0; expected at least one there, the target: check axis"),
        (np.zeros((0, 0)), -1, "no classes along axis 1; expected at least one there"),
    ],
)
def test_a_loss_needs_a_class(loss, targets, logits, axis, message):
    rows = np.delete(logits.shape, axis)
    with raises(message):
        loss(logits, np.zeros(rows, int) if targets == "indices" else logits, axis=axis)


@pytest.mark.parametrize("function", TAKES_AXIS.values(), ids=TAKES_AXIS)
@pytest.mark.parametrize(
    ("axis", "message"),
    [
        (2, "axis is 2, but logits has shape (4, 3); expected an axis from -2 to 1"),
        (-3, "axis is -3, but logits has shape (4, 3); expected an axis from -2 to 1"),
        (None, "axis is None; expected one integer"),
        ((0, 1), "axis is (0, 1); expected one integer"),
        (1.0, "axis is 1.0; expected one integer"),
        (True, "axis is True; expected one integer"),
    ],
)
def test_axis_must_be_one_axis_of_logits(function, axis, message):
    with raises(message):
        function(LOGITS, axis=axis)


@pytest.mark.parametrize(
    ("tangent", "message"),
    [
        (
            np.ones(3),
            "tangent has shape (3,); expected the shape of logits, (4, 3): one number for each logit",
        ),
        (np.ones((4, 3, 1)), "tangent has shape (4, 3, 1); expected the shape of logits, (4, 3)"),
        (1.0, "tangent has shape (); expected the shape of logits, (4, 3)"),
        (LOGITS * 1j, "tangent has dtype complex128; expected real numbers"),
        (np.ma.masked_less(LOGITS, 2), "if a masked entry counts as 0, write tangent.filled(0)"),
    ],
)
def test_tangent_must_be_real_and_have_the_shape_of_logits(tangent, message):
    with raises(message):
        softmax_jvp(LOGITS, tangent)


# --- targets ---


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (
            LABELS[:, None],
            "targets has shape (4, 1); expected class indices of shape (4,): write targets.ravel()",
        ),
        (
            LABELS[:, None].astype(float),
            "expected class indices of shape (4,): write targets.ravel().astype(int)",
        ),
        (
            np.eye(3, dtype=int)[LABELS],
            "targets has the shape of logits, (4, 3), but dtype int64; expected class indices of shape (4,): "
            "write targets.argmax(1); or probabilities: write targets.astype(float)",
        ),
        (
            np.eye(3, dtype=bool)[LABELS],
            "but dtype bool; expected class indices of shape (4,): write targets.arg",
        ),
        (
            LABELS.astype(float),
            "targets has shape (4,) and dtype float64; class indices must be integers: write targets.astype(int)",
        ),
        (LABELS == 1, "targets has shape (4,) and dtype bool; class indices must be integers"),
        (
            LABELS[:2],
            "targets has shape (2,) and logits (4, 3) with classes along axis 1; "
            "expected class indices of shape (4,) or probabilities of shape (4, 3)",
        ),
        (np.ones((3, 4)) / 3, "expected class indices of shape (4,) or probabilities of shape (4, 3)"),
        (LABELS[None], "targets has shape (1, 4) and logits (4, 3)"),
        (1, "targets has shape () and logits (4, 3)"),
        ([0, 1, 2, 3], "targets[3] is 3; expected a class index from 0 to 2"),
        ([0, 7, 2, 1], "targets[1] is 7; expected a class index from 0 to 2"),
        ([1, 2, 3, 1], "if your labels start at 1, write np.asarray(targets) - 1"),
        (np.array([1, 2, 3, 1]), "if your labels start at 1, write targets - 1"),
        (
            [0, 1, -1, 9],
            "targets[2] is -1; expected a class index from 0 to 2: negative labels do not count from the "
            "end; to skip such rows, pass them as ignore_index",
        ),
        (np.array([0, 1, 2, 2**64 - 1], np.uint64), "targets[3] is 18446744073709551615; expected a class"),
        (["a", "b", "c", "d"], "targets has dtype <U1; expected real numbers"),
        ([0, 1, None, 2], "targets has dtype object; expected real numbers"),
        (None, "targets has dtype object; expected real numbers"),
        (np.ma.masked_equal(LABELS, 1), "if a masked entry counts as 0, write targets.filled(0)"),
        (LOGITS + 1j, "targets has dtype complex128; expected real numbers"),
        (LOGITS - 1, "targets[0, 0] is -1.0; expected probabilities that are finite and at least 0"),
        (np.where(LOGITS == 5, np.nan, 1), "targets[1, 2] is nan; expected probabilities that are finite"),
        (np.where(LOGITS == 6, np.inf, 1), "targets[2, 0] is inf; expected probabilities that are finite"),
    ],
)
def test_wrong_targets_are_refused(loss, targets, message):
    with raises(message):
        loss(LOGITS, targets)


def test_the_hint_for_a_column_names_the_axis_when_there_are_several_rows_of_axes():
    with raises("targets has shape (2, 1, 5); expected class indices of shape (2, 5): write targets.squeeze(1)"):
        cross_entropy(np.zeros((2, 3, 5)), np.zeros((2, 1, 5), int), axis=1)


def test_the_hint_for_one_row_asks_for_a_single_index():
    with raises("targets has shape (1,); expected class indices of shape (): write np.asarray(targets).item()"):
        cross_entropy(LOGITS[0], [1])


def test_a_single_index_out_of_range_is_named_without_a_position():
    with raises("targets is 3; expected a class index from 0 to 2"):
        cross_entropy(LOGITS[0], 3)


def test_one_hot_integers_along_another_axis_are_told_that_axis():
    with raises("write targets.argmax(0)"):
        cross_entropy(LOGITS, np.ones((4, 3), int), axis=0)


def test_an_integer_column_is_a_column_even_when_there_is_one_class():
    with raises("targets has shape (4, 1); expected class indices of shape (4,): write targets.ravel()"):
        cross_entropy(LOGITS[:, :1], np.zeros((4, 1), int))


# Each fix that a message proposes, applied.
@pytest.mark.parametrize(
    ("wrong", "fixed"),
    [
        (LABELS[:, None], LABELS[:, None].ravel()),
        (LABELS.astype(float), LABELS.astype(float).astype(int)),
        (np.eye(3, dtype=int)[LABELS], np.eye(3, dtype=int)[LABELS].argmax(1)),
        (np.eye(3, dtype=int)[LABELS], np.eye(3, dtype=int)[LABELS].astype(float)),
        (LABELS + 1, (LABELS + 1) - 1),
    ],
)
def test_the_proposed_fix_gives_the_loss_of_the_labels(wrong, fixed):
    with pytest.raises(ValueError, match="write targets"):
        cross_entropy(LOGITS, wrong)
    assert cross_entropy(LOGITS, fixed) == cross_entropy(LOGITS, LABELS)


# --- options of the loss ---


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"reduction": "avg"}, "reduction is 'avg'; expected 'mean', 'sum' or 'none'"),
        ({"reduction": None}, "reduction is None; expected 'mean', 'sum' or 'none'"),
        ({"weight": [1.0, 2.0]}, "weight has shape (2,); expected one weight for each class, shape (3,)"),
        (
            {"weight": np.ones((4, 3))},
            "weight has shape (4, 3); expected one weight for each class, shape (3,)",
        ),
        ({"weight": 1.0}, "weight has shape (); expected one weight for each class, shape (3,)"),
        ({"weight": [1, -1, 1]}, "weight[1] is -1.0; expected weights that are finite and at least 0"),
        ({"weight": [1, 1, np.inf]}, "weight[2] is inf; expected weights that are finite and at least 0"),
        ({"weight": [np.nan, 1, 1]}, "weight[0] is nan; expected weights that are finite and at least 0"),
        ({"weight": [1j, 1, 1]}, "weight has dtype complex128; expected real numbers"),
        ({"label_smoothing": -0.1}, "label_smoothing is -0.1; expected a number from 0 to 1"),
        ({"label_smoothing": 1.1}, "label_smoothing is 1.1; expected a number from 0 to 1"),
        ({"label_smoothing": np.nan}, "label_smoothing is nan; expected a number from 0 to 1"),
        ({"label_smoothing": "0.1"}, "label_smoothing is '0.1'; expected a number from 0 to 1"),
        ({"label_smoothing": None}, "label_smoothing is None; expected a number from 0 to 1"),
        ({"label_smoothing": True}, "label_smoothing is True; expected a number from 0 to 1"),
        ({"ignore_index": 1.0}, "ignore_index is 1.0; expected an integer or None"),
        ({"ignore_index": "1"}, "ignore_index is '1'; expected an integer or None"),
        ({"ignore_index": True}, "ignore_index is True; expected an integer or None"),
    ],
)
def test_wrong_options_are_refused(loss, options, message):
    with raises(message):
        loss(LOGITS, LABELS, **options)


@pytest.mark.parametrize("loss", LOSSES)
def test_numbers_beyond_the_dtype_of_the_logits_are_refused_as_they_were_given(loss):
    logits = LOGITS.astype(np.float32)
    with raises("weight[0] is 1e+300; expected numbers that float32 can store"):
        loss(logits, LABELS, weight=[1e300, 1, 1])
    with raises("targets[3, 1] is 1e+300; expected numbers that float32 can store"):
        loss(logits, np.where(np.arange(12).reshape(4, 3) == 10, 1e300, 0.0))


@pytest.mark.parametrize("tangent", [[1e300, 0], [0, -1e300], np.array([1, 1e39], np.longdouble)])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_a_tangent_beyond_the_dtype_of_the_logits_is_refused_as_it_was_given(tangent, dtype):
    where = int(np.argmax(np.abs(tangent)))
    with raises(f"tangent[{where}] is {tangent[where]}; expected numbers that float32 can store"):
        softmax_jvp(np.zeros(2, dtype), tangent)


def test_a_tangent_of_inf_is_no_number_beyond_the_dtype():
    assert not np.any(np.isfinite(softmax_jvp(np.zeros(2, np.float32), [np.inf, 0.0])))


@pytest.mark.parametrize("labels", [5, -1, 1.7])
def test_the_exact_loss_refuses_what_is_no_class(labels):
    for function in (reference.cross_entropy, reference.cross_entropy_grad):
        with raises(f"labels are {labels}; expected class indices: integers from 0 to 1"):
            function([0.0, 1.0], labels)


@pytest.mark.parametrize("logits", [3.0, [], np.zeros((2, 0))])
def test_the_exact_functions_need_a_class(logits):
    for function in (reference.softmax, reference.log_softmax, reference.logsumexp, reference.softmax_jacobian):
        with raises(f"logits has shape {np.shape(logits)}; expected rows of at least one class"):
            function(logits)


@pytest.mark.parametrize("loss", LOSSES)
def test_ignore_index_needs_class_indices(loss):
    with raises("ignore_index is -100, but targets are probabilities; it needs class indices"):
        loss(LOGITS, np.full((4, 3), 1 / 3), ignore_index=-100)


def test_ignore_index_excuses_no_other_label():
    with raises("targets[2] is -2; expected a class index from 0 to 2"):
        cross_entropy(LOGITS, [0, -1, -2, 1], ignore_index=-1)


def test_labels_are_checked_even_when_nan_logits_would_hide_the_loss():
    with raises("targets[0] is 5"):
        cross_entropy(np.full((4, 3), np.nan), [5, 0, 0, 0])
