"""Inputs of any layout are read and never written; results share no memory; no NumPy warning gets out."""

import threading

import numpy as np
import pytest

import softmaxlab
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

RNG = np.random.default_rng(0)
LOGITS = RNG.normal(size=(4, 3))
SOFT = np.full((4, 3), 1 / 3)
WEIGHT = np.array([1.0, 2.0, 3.0])
# Each call takes (logits, array of the same shape); the second is used where the function has a use for it.
CALLS = {
    "logsumexp": lambda logits, other: logsumexp(logits),
    "logsumexp keepdims": lambda logits, other: logsumexp(logits, keepdims=True),
    "log_softmax": lambda logits, other: log_softmax(logits),
    "softmax": lambda logits, other: softmax(logits),
    "softmax_jacobian": lambda logits, other: softmax_jacobian(logits),
    "softmax_jvp": softmax_jvp,
    "cross_entropy": lambda logits, other: cross_entropy(logits, other, reduction="none"),
    "cross_entropy_grad": cross_entropy_grad,
    "cross_entropy_with_grad": lambda logits, other: cross_entropy_with_grad(logits, other)[1],
}
GRADIENTS_OF_MEANS = [CALLS[name] for name in ("cross_entropy_grad", "cross_entropy_with_grad")]
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@each_call
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_read_only_inputs_work_and_stay_unchanged(call, dtype):
    logits, other = LOGITS.astype(dtype), SOFT.astype(dtype)
    before = logits.copy(), other.copy()
    logits.flags.writeable = other.flags.writeable = False  # a write would raise
    call(logits, other)
    np.testing.assert_array_equal(logits, before[0])
    np.testing.assert_array_equal(other, before[1])


def test_read_only_labels_and_weight_work_and_stay_unchanged():
    labels, weight = np.array([0, -1, 2, 1]), WEIGHT.copy()
    labels.flags.writeable = weight.flags.writeable = False
    options = {"weight": weight, "ignore_index": -1, "label_smoothing": 0.1}
    cross_entropy_with_grad(LOGITS, labels, **options)
    np.testing.assert_array_equal(labels, [0, -1, 2, 1])
    np.testing.assert_array_equal(weight, WEIGHT)


@each_call
@pytest.mark.parametrize("classes", [1, 3])
def test_results_share_no_memory_with_the_inputs(call, classes):
    logits, other = LOGITS[:, :classes].copy(), SOFT[:, :classes].copy()
    result = call(logits, other)
    assert not np.shares_memory(result, logits)
    assert not np.shares_memory(result, other)


@each_call
def test_results_can_be_written_to(call):
    result = call(LOGITS, SOFT)
    result += 1  # raises on a read-only array


@each_call
def test_memory_layout_does_not_matter(call):
    expected = call(LOGITS, SOFT)
    for layout in (
        np.asfortranarray,
        lambda a: np.repeat(a, 2, axis=1)[:, ::2],
        lambda a: a[::-1].copy()[::-1],
        lambda a: a.astype(a.dtype.newbyteorder()),
    ):
        result = call(layout(LOGITS), layout(SOFT))
        np.testing.assert_allclose(result, expected, rtol=1e-13, atol=1e-16)  # order of summation
        assert result.dtype.isnative


@each_call
def test_broadcast_views_are_read_like_arrays(call):
    logits = np.broadcast_to(LOGITS[:1], (4, 3))
    np.testing.assert_allclose(call(logits, SOFT), call(logits.copy(), SOFT), rtol=1e-13, atol=1e-16)


@each_call
def test_nested_lists_are_read_like_arrays(call):
    np.testing.assert_array_equal(call(LOGITS.tolist(), SOFT.tolist()), call(LOGITS, SOFT))


@each_call
def test_subclasses_come_back_as_plain_arrays(call):
    class Tagged(np.ndarray):
        pass

    assert type(call(LOGITS.view(Tagged), SOFT.view(Tagged))) is np.ndarray


class Framed:
    """A table as a data frame is one: no array, but it can give one, read-only and in columns."""

    def __init__(self, values):
        self._values = np.array(values, order="F")
        self._values.flags.writeable = False

    def __array__(self, dtype=None, copy=None):
        return self._values if dtype is None else self._values.astype(dtype)


@each_call
def test_data_frames_are_read_like_arrays(call):
    # The order of summation may differ between memory layouts.
    np.testing.assert_allclose(call(Framed(LOGITS), Framed(SOFT)), call(LOGITS, SOFT), rtol=1e-13, atol=1e-16)


def test_labels_and_weight_may_be_columns_of_a_data_frame():
    labels, options = [0, 1, 2, 1], {"ignore_index": 2}
    given = cross_entropy(LOGITS, Framed(labels), weight=Framed(WEIGHT), **options)
    assert given == cross_entropy(LOGITS, labels, weight=WEIGHT, **options)


REFUSED = {
    "one number": np.float64(1.0),
    "objects": np.array([[1.0, None, 2.0]]),
    "text": [["1", "2", "3"]],
    "complex": np.array([[1j, 0, 0]]),
    "dates": np.array([["2020-01-01", "2020-01-02", "2020-01-03"]], "datetime64[D]"),
    "rows of different lengths": [[1.0, 2.0], [1.0]],
    "masked": np.ma.masked_array(LOGITS, LOGITS > 0),
    "masked without a mask": np.ma.masked_array(LOGITS),
    "nothing": None,
}


@each_call
@pytest.mark.parametrize("given", REFUSED.values(), ids=REFUSED)
def test_logits_that_have_no_softmax_are_refused(call, given):
    with pytest.raises(ValueError, match="logits"):
        call(given, given)


@each_call
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint8, np.uint64])
def test_bools_and_integers_are_read_as_float64(call, dtype):
    logits = np.array([[0, 1, 1], [1, 1, 0], [0, 0, 0], [1, 0, 1]], dtype)
    result = call(logits, SOFT)
    assert result.dtype == np.float64
    np.testing.assert_array_equal(result, call(logits.astype(float), SOFT))


@each_call
@pytest.mark.parametrize("classes", [1, 3, 10, 65, 300])
def test_a_row_gives_the_same_bits_alone_and_among_others(call, classes):
    # 64 rows take other ways through the code than one. The mean's divisor is a power of 2, which changes no bit.
    logits = np.random.default_rng(classes).normal(size=(64, classes)) * 300
    other = np.random.default_rng(0).dirichlet(np.ones(classes), size=64)
    many = call(logits, other)
    for index in (0, 17, 63):
        alone = call(logits[index : index + 1], other[index : index + 1])
        divisor = 64 if call in GRADIENTS_OF_MEANS else 1
        np.testing.assert_array_equal(many[index : index + 1] * divisor, alone)


def test_labels_and_weight_may_be_lists():
    given = cross_entropy(LOGITS.tolist(), [0, 1, 2, 1], weight=[1, 2, 3])
    assert given == cross_entropy(LOGITS, np.array([0, 1, 2, 1]), weight=WEIGHT)


ROWS = {
    "overflow": [1e308, -1e308, 0.0],
    "underflow": [0.0, -700.0, -745.0],
    "minus inf": [0.0, -np.inf, -np.inf],
    "all minus inf": [-np.inf, -np.inf, -np.inf],
    "plus inf": [np.inf, np.inf, 0.0],
    "nan": [np.nan, 0.0, np.inf],
}


@each_call
@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_no_floating_point_error_is_reported_even_when_numpy_is_told_to_raise(call, row, dtype):
    with np.errstate(over="ignore"):
        logits = np.array([row], dtype)
    with np.errstate(all="raise"):
        call(logits, np.array([[1e-8, 0.5, 0.5]]))


def test_numpy_error_settings_are_left_as_they_were():
    with np.errstate(over="raise", invalid="warn"):
        before = np.geterr()
        softmax([np.inf, 0.0])
        with pytest.raises(ValueError, match="reduction"):
            cross_entropy([0.0, 1.0], 0, reduction="?")
        assert np.geterr() == before


def test_the_package_names_its_public_functions():
    names = [
        "cross_entropy",
        "cross_entropy_grad",
        "cross_entropy_with_grad",
        "gradcheck",
        "log_softmax",
        "logsumexp",
        "softmax",
        "softmax_jacobian",
        "softmax_jvp",
    ]
    assert softmaxlab.__all__ == names
    assert all(callable(getattr(softmaxlab, name)) for name in names)


class Held:
    """Logits that arrive when told to, so that two threads can be made to meet inside one function."""

    def __init__(self):
        self.asked, self.ready = threading.Event(), threading.Event()

    def __array__(self, dtype=None, copy=None):
        self.asked.set()
        assert self.ready.wait(30)
        return LOGITS.copy()


@each_call
def test_a_thread_in_the_same_function_does_not_change_how_numpy_warns(call):
    """A context that is used as a decorator, np.errstate, was one for all threads before NumPy 2."""
    held, states = [Held(), Held()], {}

    def work(name, logits, warns):
        with np.errstate(all=warns):
            call(logits, SOFT)
            states[name] = np.geterr()

    threads = [
        threading.Thread(target=work, args=(warns, logits, warns))
        for logits, warns in zip(held, ["warn", "print"], strict=True)
    ]
    for thread, logits in zip(threads, held, strict=True):  # both are inside before the first may leave
        thread.start()
        assert logits.asked.wait(30)
    for thread, logits in zip(threads, held, strict=True):
        logits.ready.set()
        thread.join(30)
    assert states == {warns: dict.fromkeys(np.geterr(), warns) for warns in ("warn", "print")}
