"""What is no array of real numbers is refused whole: no mask is lost, and no foreign dtype slips through."""

import warnings
from collections import UserList, deque

import numpy as np
import pytest
import scipy.sparse as sp

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    gradcheck,
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
)
from softmaxlab._core.arrays import holds_masks, real_array
from softmaxlab.accuracy import reference
from softmaxlab.learning import scoring_rules
from softmaxlab.learning.calibration import fit_temperature, reliability
from softmaxlab.learning.datasets import pixels, split
from softmaxlab.learning.metrics import accuracy
from softmaxlab.learning.optimizers import fit, newton
from softmaxlab.widgets import ExactDigits, InformationBars, JacobianView, LogitExplorer, PrecisionBreaker
from support.peers import peer

MASKED = np.ma.array([1.0, 2.0, 3.0], mask=[0, 0, 1])
OBJECTS = np.empty(2, dtype=object)
OBJECTS[:] = [MASKED, MASKED]
LABELS = np.array([0, 1])
TAKE_ROWS = {
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "softmax_jacobian": softmax_jacobian,
    "softmax_jvp": lambda rows: softmax_jvp(np.zeros((2, 3)), rows),
    "cross_entropy": lambda rows: cross_entropy(rows, LABELS),
    "cross_entropy_grad": lambda rows: cross_entropy_grad(rows, LABELS),
    "targets": lambda rows: cross_entropy(np.zeros((2, 3)), rows),
    "reliability": lambda rows: reliability(rows, LABELS),
    "fit_temperature": lambda rows: fit_temperature(rows, LABELS),
    "accuracy": lambda rows: accuracy(rows, LABELS),
    "features": lambda rows: fit(rows, LABELS),
    "features of newton": lambda rows: list(newton(rows, LABELS)),
    "split": lambda rows: split(rows, LABELS),
    "pixels": lambda rows: pixels([rows, rows]),
    "gradcheck": lambda rows: gradcheck(np.sum, np.ones((2, 3)), rows),
    "the gradient": lambda rows: gradcheck(np.sum, rows, np.ones((2, 3))),
    "the function's value": lambda rows: gradcheck(lambda at: rows, np.ones((2, 3, 1)), [1.0]),
    "entropy": scoring_rules.entropy,
    "kl_divergence": lambda rows: scoring_rules.kl_divergence(rows, np.ones((2, 3))),
    "reference.softmax": reference.softmax,
    "LogitExplorer": lambda rows: LogitExplorer(logits=rows[0]),
    "JacobianView": lambda rows: JacobianView(tangent=rows[0]),
    "PrecisionBreaker": lambda rows: PrecisionBreaker(logits=rows[0]),
    "InformationBars": lambda rows: InformationBars(probs=rows[0]),
}
REFUSED = "mask|real numbers|expected numbers|one row of numbers|in one row"
each_place = pytest.mark.parametrize("call", TAKE_ROWS.values(), ids=TAKE_ROWS)


@each_place
@pytest.mark.parametrize(
    "rows",
    [
        [MASKED, MASKED],
        (MASKED, MASKED),
        [[1.0, 2.0, 3.0], MASKED][::-1],
        [[1.0, 2.0, np.ma.masked]] * 2,
        deque([MASKED, MASKED]),
        UserList([MASKED, MASKED]),
        OBJECTS,
        np.ma.stack([MASKED, MASKED]),
    ],
    ids=["list", "tuple", "mixed", "constant", "deque", "UserList", "objects", "array"],
)
def test_a_mask_is_never_lost_whatever_holds_it(call, rows):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy's own warning for a masked constant comes too late: nan is made
        with pytest.raises(ValueError, match=REFUSED):
            call(rows)


def test_masks_are_found_at_any_depth_and_nothing_else_is_taken_for_one():
    assert holds_masks([[[[MASKED]]]])
    assert holds_masks([1.0, [2.0, (3.0, np.ma.masked)]])
    assert not holds_masks([[1.0, 2.0], [3.0, 4.0], np.zeros(3), "text", b"text", range(3), None])
    endless = []
    endless.append(endless)
    assert not holds_masks(endless)


@pytest.fixture(scope="module")
def ml_dtypes():
    return peer("ml_dtypes")  # comes with JAX


@pytest.mark.parametrize("kind", ["float8_e5m2", "float8_e4m3fn", "bfloat16", "float4_e2m1fn", "int4", "uint4"])
@pytest.mark.parametrize("name", [name for name in TAKE_ROWS if name != "reference.softmax"])  # which takes any number
def test_numbers_of_a_foreign_dtype_are_refused(ml_dtypes, name, kind):
    with pytest.raises(ValueError, match=REFUSED):
        TAKE_ROWS[name](np.ones((2, 3)).astype(getattr(ml_dtypes, kind)))


def test_the_hint_for_a_foreign_float_is_a_cast(ml_dtypes):
    with pytest.raises(ValueError, match=r"float8_e5m2; expected real.*write np\.asarray\(logits, dtype=float\)$"):
        softmax(np.ones(3).astype(ml_dtypes.float8_e5m2))


def test_a_foreign_integer_is_no_class_index(ml_dtypes):
    with pytest.raises(ValueError, match=r"dtype int4; expected real.*write np\.asarray\(targets, dtype=float\)$"):
        cross_entropy(np.zeros((2, 3)), np.array([0, 1]).astype(ml_dtypes.int4))


def test_a_widget_of_two_numbers_refuses_masks_and_foreign_dtypes(ml_dtypes):
    for value in ([1.0, np.ma.masked], np.ma.array([1.0, 2.0], mask=[0, 1]), np.ones(2).astype(ml_dtypes.float8_e5m2)):
        with pytest.raises(ValueError, match="expected two numbers"):
            ExactDigits(logits=value)


def test_numpys_own_numbers_of_any_byte_order_are_taken():
    for kind in "?bhilqBHILQefdg":
        for order in "<>":
            assert real_array(np.ones(2, np.dtype(kind).newbyteorder(order)), "x").dtype.char == kind


def test_a_sparse_matrix_is_no_array_and_the_hint_is_its_own_method():
    for matrix in (sp.csr_matrix(np.eye(4)), sp.coo_array(np.eye(4)), sp.dia_matrix(np.eye(4))):
        with pytest.raises(ValueError, match=r"write features\.toarray\(\)$"):
            fit(matrix, [0, 1, 0, 1])
