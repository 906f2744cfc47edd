"""What chapter 11 says of errors: of each rung, of each library that is installed, and of where they matter."""

from importlib.util import find_spec
from itertools import pairwise

import numpy as np
import pytest

from softmaxlab import cross_entropy, cross_entropy_grad, log_softmax
from softmaxlab.accuracy import reference
from softmaxlab.accuracy.cases import families
from softmaxlab.accuracy.implementations import RUNGS, installed
from softmaxlab.accuracy.ulp_errors import case, errors, errors_over_gap, rows_with_gap, silent_from, worst_errors
from softmaxlab.book.figures_accuracy import errors_html, in_words
from softmaxlab.lessons.rounding_experiments import clusters, distance_from_teacher, sum_one_by_one, train_by
from softmaxlab.pitfalls.max_shifted import cross_entropy_grad_shifted, cross_entropy_shifted, log_softmax_shifted

PEERS = {"SciPy": "scipy", "PyTorch": "torch", "JAX": "jax"}
# Named without importing them: two of them take seconds, and half a gigabyte in each process that collects tests.
NAMES = [*RUNGS, *(name for name, package in PEERS.items() if find_spec(package))]
OTHERS = [name for name in NAMES if name != "softmaxlab"]


@pytest.fixture(scope="module")
def libraries():
    return installed()[0]


@pytest.fixture(scope="module")
def worst_by_library(libraries):
    return worst_errors(libraries, families())


def test_scipy_is_among_what_is_measured_where_the_tests_run(libraries):
    assert "SciPy" in libraries
    assert list(libraries) == NAMES


def test_a_library_that_is_not_installed_is_left_out(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert installed() == (RUNGS, {})


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("name", NAMES)
def test_all_libraries_agree_on_moderate_logits_in_the_dtype_they_are_given(libraries, name, dtype):
    logits, labels = np.random.default_rng(0).normal(size=(5, 4)).astype(dtype), np.array([0, 1, 2, 3, 0])
    ours, theirs = RUNGS["softmaxlab"], libraries[name]
    for kind in ("softmax", "loss", "grad"):
        function, wanted = getattr(theirs, kind), getattr(ours, kind)
        if function is None:
            continue
        found = function(logits) if kind == "softmax" else function(logits, labels)
        expected = wanted(logits) if kind == "softmax" else wanted(logits, labels)
        assert found.dtype == dtype
        np.testing.assert_allclose(found, expected, rtol=0, atol=8 * np.finfo(dtype).eps)  # roundings of numbers near 1


def test_the_third_rung_keeps_every_error_of_the_table_within_sixteen_ulps(worst_by_library):
    assert max(worst_by_library["softmaxlab"].values()) <= 16


@pytest.mark.parametrize("name", OTHERS)
def test_every_other_library_loses_every_digit_of_a_tiny_loss(worst_by_library, name):
    assert worst_by_library[name]["loss"] > 2**52
    assert worst_by_library[name]["softmax"] > 100


@pytest.mark.parametrize("name", [name for name in OTHERS if name != "naive"])
def test_the_loss_of_a_wrong_answer_is_safe_in_every_library_but_the_naive_way(worst_by_library, name):
    assert worst_by_library[name]["loss, loser"] < 3


def test_errors_over_the_gap_are_the_worst_of_the_rows_of_each_gap():
    gaps = np.array([1.0, 36.0, 50.0])
    found = errors_over_gap({"shifted": RUNGS["shifted"]}, gaps, count=3)["shifted"]
    rows = rows_with_gap(gaps, count=3)
    for kind, each in errors(RUNGS["shifted"], case(rows, np.zeros(9, int))).items():
        np.testing.assert_array_equal(found[kind], each.reshape(3, 3).max(axis=1))
    assert found["loss"][0] < 100
    assert found["loss"][2] > 2**52


def test_rows_with_a_gap_have_it_up_to_rounding():
    rows = rows_with_gap(np.array([3.0, 700.0]), count=2)
    np.testing.assert_allclose(rows[:, 0] - rows[:, 1], [3, 3, 700, 700], rtol=1e-15)


@pytest.mark.parametrize(("dtype", "digits"), [(np.float16, 11), (np.float32, 24), (np.float64, 53)])
def test_the_classical_loss_falls_silent_when_the_rest_is_half_an_ulp_of_one(dtype, digits):
    found = silent_from(cross_entropy_shifted, dtype)
    assert found == pytest.approx(digits * np.log(2), rel=4 * float(np.finfo(dtype).eps))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_our_loss_falls_silent_only_when_its_format_has_no_smaller_number(dtype):
    lowest = np.log(2) - np.log(float(np.finfo(dtype).smallest_subnormal))
    assert silent_from(cross_entropy, dtype) == pytest.approx(lowest, rel=4 * float(np.finfo(dtype).eps))


def test_one_by_one_is_what_a_loop_gives():
    terms = np.random.default_rng(1).random(1000).astype(np.float32)
    total = np.float32(0)
    for term in terms:
        total += term
    assert sum_one_by_one(terms) == total


# Does it matter?


def ours(logits, labels):
    return cross_entropy_grad(logits, labels, reduction="none")


def test_training_notices_the_rung_no_more_than_the_order_of_the_rows():
    points, labels = clusters(spread=0.8)
    two = train_by(points, labels, cross_entropy_grad_shifted, 500, rate=1)[-1]
    three = train_by(points, labels, ours, 500, rate=1)[-1]
    turned = train_by(points[::-1], labels[::-1], ours, 500, rate=1)[-1]
    limit = 16 * np.finfo(np.float32).eps * np.abs(three).max()
    assert 0 < np.abs(two - three).max() < limit
    assert 0 < np.abs(turned - three).max() < limit


def test_training_goes_downhill():
    points, labels = clusters(spread=0.8)
    losses = [cross_entropy(points @ weights, labels) for weights in train_by(points, labels, ours, 50, rate=1)]
    assert all(later < earlier for earlier, later in pairwise(losses))


def test_a_flat_loss_curve_hides_that_training_goes_on():
    points, labels = clusters(spread=0.1)
    path = train_by(points, labels, ours, 60, rate=1, even_steps=True)
    classical = np.array([cross_entropy_shifted(points @ weights, labels).mean() for weights in path])
    right = np.array([cross_entropy(points @ weights, labels) for weights in path])
    assert np.all(classical[25:] == 0)
    assert np.all(np.diff(right) < 0)
    assert right[-1] > 0


def test_classical_gradients_get_less_far_once_the_winner_has_no_pull():
    points, labels = clusters(spread=0.1)
    ends = [
        train_by(points, labels, grad, 60, rate=1, even_steps=True)[-1] for grad in (cross_entropy_grad_shifted, ours)
    ]
    classical, right = (cross_entropy(points @ weights, labels) for weights in ends)
    assert right < classical / 1e6


def test_a_step_along_a_gradient_of_zero_stays_where_it_is():
    path = train_by(*clusters(0.1), lambda logits, labels: np.zeros_like(logits), 3, rate=1, even_steps=True)
    np.testing.assert_array_equal(path, 0)


def test_classical_logarithms_make_a_divergence_negative_and_ours_do_not():
    teacher, student = [40, 0], [38, 0]
    probs = reference.softmax(teacher)
    truth = reference.cross_entropy(student, probs) - reference.cross_entropy(teacher, probs)
    assert distance_from_teacher(log_softmax_shifted, teacher, student) < 0
    assert distance_from_teacher(log_softmax, teacher, student) == pytest.approx(float(truth), rel=1e-14)


# The table


def test_the_table_prints_bold_what_keeps_the_limit_and_a_dash_for_what_is_not_there():
    html = errors_html({"a & b": {"x": 2.0, "y": 17.0}, "c": {"x": np.inf}}, {"x": "one", "y": "two"}, 16)
    assert "<b>2.0</b>" in html
    assert "<td>17.0</td>" in html
    assert "<td>∞</td><td>–</td>" in html
    assert "a &amp; b" in html


@pytest.mark.parametrize(
    ("ulps", "words"), [(0.04, "0.0"), (99.94, "99.9"), (99.96, "100"), (1234.5, "1234"), (1e5, "1×10⁵")]
)
def test_errors_are_written_short(ulps, words):
    assert in_words(ulps) == words
