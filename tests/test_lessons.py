"""What the chapters say of the fragile versions and of the limits of floats, and the tools for saying it."""

import math
import sys

import numpy as np
import pytest
import sympy as sp
from jupyter_client.manager import start_new_kernel

from softmaxlab import cross_entropy, cross_entropy_grad, softmax, softmax_jacobian
from softmaxlab.book.notebook import GLUE_PREFIX, attempt, glue, progress
from softmaxlab.learning.scoring_rules import (
    entropy,
    expected,
    kl_divergence,
    shortfall,
    squared_error,
    squared_error_grad,
)
from softmaxlab.lessons.symbolic import logits_and_probs
from softmaxlab.numerics.float_limits import exp_window, smallest_where
from softmaxlab.numerics.gradient_descent import descend
from softmaxlab.pitfalls.max_shifted import softmax_shifted
from softmaxlab.pitfalls.naive import (
    grad_by_chain_rule,
    jacobian_by_loops,
    loss_by_definition,
    loss_from_probability,
    loss_patched,
    softmax_misplaced,
    softmax_naive,
    softmax_without_axis,
)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the failures are the subject
@pytest.mark.parametrize(
    ("logits", "result"),
    [
        ([1000, 0, 0], [np.nan, 0, 0]),
        ([709] * 3, [0, 0, 0]),
        ([-1000] * 3, [np.nan] * 3),
        ([709] * 2, [0.5, 0.5]),
    ],
)
def test_naive_softmax_fails_exactly_as_told(logits, result):
    np.testing.assert_array_equal(softmax_naive(logits), result)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_subtracting_the_mean_does_not_save_the_naive_version():
    logits = np.array([3000, 0, 0])
    assert np.isnan(softmax_naive(logits - logits.mean())).any()
    np.testing.assert_array_equal(softmax_naive(logits - logits.max()), [1, 0, 0])


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_misplaced_parenthesis_still_overflows():
    assert np.isnan(softmax_misplaced([1000, 0, 0])[0])


def test_misplaced_parenthesis_jumps_at_its_pole():
    pole = math.log((3 - math.e) / 2)  # e + 2 eˣ = 3: there the sum of the exponentials is N times the maximum
    assert softmax_misplaced([1, pole - 1e-6, pole - 1e-6])[0] < -1e5
    assert softmax_misplaced([1, pole + 1e-6, pole + 1e-6])[0] > 1e5


def test_without_an_axis_a_row_far_below_another_vanishes():
    result = softmax_without_axis([[1000, 999, 998], [1, 0, -1]])
    np.testing.assert_array_equal(result[1], 0)
    np.testing.assert_array_equal(result[0], softmax_shifted([1000, 999, 998]))


@pytest.mark.filterwarnings("ignore:divide by zero:RuntimeWarning")
def test_log_of_softmax_says_inf_where_the_loss_is_about_800():
    assert loss_from_probability([0, -800, 0], 1) == math.inf


def test_a_small_constant_caps_the_loss_at_a_wrong_number():
    assert loss_patched([0, -800, 0], 1) == loss_patched([0, -8000, 0], 1) == -np.log(1e-12)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_exp_leaves_its_range_one_float_outside_the_window(dtype):
    low, high = (dtype(end) for end in exp_window(dtype))
    with np.errstate(over="ignore", under="ignore"):
        assert np.exp(low) > 0
        assert np.exp(np.nextafter(low, dtype(-np.inf))) == 0
        assert np.isfinite(np.exp(high))
        assert np.isinf(np.exp(np.nextafter(high, dtype(np.inf))))


def test_window_of_float64_ends_at_the_logarithms_of_its_largest_and_smallest_number():
    low, high = exp_window(np.float64)
    assert high == pytest.approx(1024 * math.log(2), abs=1e-12)  # log of 2^1024, just above the largest
    assert low == pytest.approx(-1075 * math.log(2), abs=1e-12)  # log of half the smallest, 2^-1075: rounds up or to 0


def test_smallest_where_finds_neighboring_floats():
    found = smallest_where(lambda x: x >= 0.1, 0.0, 1.0)
    assert found == 0.1
    assert not np.nextafter(found, 0) >= 0.1


@pytest.mark.parametrize(("low", "high"), [(0.2, 1.0), (0.0, 0.05)])
def test_smallest_where_refuses_bounds_on_one_side(low, high):
    with pytest.raises(ValueError, match="choose bounds on both sides"):
        smallest_where(lambda x: x >= 0.1, low, high)


def test_smallest_where_refuses_a_condition_that_comes_and_goes():
    with pytest.raises(ValueError, match="changes more than once"):  # e^x + 1 rounds up or down by its last digit
        smallest_where(lambda x: softmax([x, 0])[0] == 1, 0.0, 1000.0)


def test_attempt_prints_result_and_warning(capsys):
    attempt(softmax_naive, [1000, 0])
    assert capsys.readouterr().out.splitlines() == [
        "softmax_naive([1000, 0])",
        "  → [nan  0.]",
        "  RuntimeWarning: overflow encountered in exp",
        "  RuntimeWarning: invalid value encountered in divide",
    ]


def test_attempt_prints_an_arithmetic_error(capsys):
    attempt(math.exp, 1000)
    assert capsys.readouterr().out == "math.exp(1000)\n  OverflowError: math range error\n"


def test_attempt_lets_other_errors_through():
    with pytest.raises(ValueError, match="logits"):
        attempt(softmax, 3)


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), np.array(0.5)])  # the last, too, prints as another text
def test_glue_stores_the_plain_value_the_way_myst_nb_reads_it(monkeypatch, value):
    stored = []
    monkeypatch.setattr(
        "softmaxlab.book.notebook.display", lambda data, metadata, raw: stored.append((data, metadata, raw))
    )
    glue("loss", value)
    assert stored == [
        (
            {GLUE_PREFIX + "text/plain": "0.5"},
            {"scrapbook": {"name": "loss", "mime_prefix": GLUE_PREFIX}},
            True,
        )
    ]


def test_glue_is_read_by_myst_nb():
    from myst_nb.ext.glue import extract_glue_data_cell
    from nbformat.v4 import new_code_cell, new_output

    metadata = {"scrapbook": {"name": "loss", "mime_prefix": GLUE_PREFIX}}
    output = new_output("display_data", data={GLUE_PREFIX + "text/plain": "0.5"}, metadata=metadata)
    cell = new_code_cell(outputs=[output])
    ((name, read),) = extract_glue_data_cell(cell)
    assert (name, read["data"]) == ("loss", {"text/plain": "0.5"})
    assert cell.outputs == []  # and it is not displayed


def test_glue_refuses_an_array():
    with pytest.raises(ValueError, match="one number at a time"):
        glue("p", softmax([1, 2]))


PROGRESS = "from softmaxlab.book.notebook import progress\nsum(progress(range(7), total=7))"


def run_cell(source, allow_stdin):
    """What a kernel puts out for one cell: {"stdout": …, "stderr": …, "result": …}."""
    manager, client = start_new_kernel(startup_timeout=None, kernel_name="python3")
    found = {"stdout": "", "stderr": "", "result": ""}

    def collect(message):
        content = message["content"]
        if message["msg_type"] == "stream":
            found[content["name"]] += content["text"]
        found["result"] += content["data"]["text/plain"] if message["msg_type"] == "execute_result" else ""

    try:
        client.execute_interactive(source, allow_stdin=allow_stdin, output_hook=collect)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return found


def test_progress_is_a_line_of_text_where_a_reader_can_be_asked():
    found = run_cell(PROGRESS, allow_stdin=True)  # as JupyterLab runs a cell
    assert "100%|" in found["stdout"]
    assert "7/7" in found["stdout"]
    assert (found["stderr"], found["result"]) == ("", "21")


def test_progress_is_silent_where_nobody_can_be_asked():
    assert run_cell(PROGRESS, allow_stdin=False) == {"stdout": "", "stderr": "", "result": "21"}  # as a build does


def test_progress_does_without_tqdm(monkeypatch):
    monkeypatch.setattr("softmaxlab.book.notebook._is_watched", lambda: True)
    monkeypatch.setitem(sys.modules, "tqdm", None)  # importing it raises ImportError
    assert list(progress("ab", total=2)) == ["a", "b"]


# Chapters 4 to 6


@pytest.mark.parametrize("logits", [[1, 0, -1], [0, 0], [3], [500, -500, 0]])
def test_jacobian_by_loops_is_the_jacobian(logits):
    np.testing.assert_allclose(jacobian_by_loops(logits), softmax_jacobian(logits), rtol=0, atol=1e-16)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_cross_entropy_as_defined_fails_on_zero_times_log_zero():
    assert np.isnan(loss_by_definition([1, 0], [1, 0]))
    assert cross_entropy([0, -np.inf], [1.0, 0.0]) == 0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_chain_rule_as_it_stands_fails_where_a_probability_underflows():
    assert np.isnan(grad_by_chain_rule([0, -800, 0], 1)).all()
    np.testing.assert_allclose(grad_by_chain_rule([1, 0, -1], 0), cross_entropy_grad([1, 0, -1], 0), atol=1e-15)


def test_squared_error_barely_pulls_where_cross_entropy_pulls_with_full_force():
    certain_and_wrong = [-10, 0]
    assert abs(squared_error_grad(certain_and_wrong, 0)[0]) < 1e-4
    assert cross_entropy_grad(certain_and_wrong, 0)[0] < -0.9999


def test_squared_error_needs_hundreds_of_steps_where_cross_entropy_needs_a_handful():
    def steps(gradient):
        path = descend(lambda a: gradient(a, 0), [0, 8], 1000)
        return np.argmax(softmax(path)[:, 0] > 0.5)

    assert 0 < steps(cross_entropy_grad) <= 10
    assert 500 < steps(squared_error_grad) <= 1000


def test_descend_takes_each_step_by_rate_times_the_gradient():
    path = descend(lambda x: np.array([2.0, -1.0]), [1, 1], steps=2, rate=0.25)
    np.testing.assert_array_equal(path, [[1, 1], [0.5, 1.25], [0, 1.5]])


def test_descend_leaves_its_start_alone():
    start = np.array([1.0, 2.0])
    descend(lambda x: x, start, steps=3)
    np.testing.assert_array_equal(start, [1, 2])


@pytest.mark.parametrize(
    ("probs", "nats"), [([1, 0], 0), ([0.5, 0.5], math.log(2)), ([0.25] * 4, math.log(4)), ([0, 0.5, 0.5], math.log(2))]
)
def test_entropy_of_a_certain_answer_is_0_and_of_a_tie_log_n(probs, nats):
    assert entropy(probs) == pytest.approx(nats, abs=1e-15)
    assert not np.signbit(entropy(probs))


def test_kl_divergence_is_not_symmetric_and_may_be_infinite():
    y, p = [0.7, 0.2, 0.1], [1 / 3] * 3
    assert abs(kl_divergence(y, p) - kl_divergence(p, y)) > 0.01
    assert kl_divergence([0.5, 0.5], [1, 0]) == math.inf
    assert kl_divergence([1, 0], [0.5, 0.5]) == pytest.approx(math.log(2), rel=1e-15)


def test_expected_price_weighs_each_outcome_by_its_chance():
    assert expected(lambda logits, y: [10, 20][y], [0, 0], [0.25, 0.75]) == 17.5


def test_an_outcome_without_a_chance_adds_nothing_to_the_price_to_expect():
    assert expected(cross_entropy, [0, -np.inf], [1, 0]) == 0  # and not 0·inf


def test_shortfall_and_squared_error_of_two_classes_are_powers_of_one_quantity():
    for logits in ([2, 0], [0, 0], [-3, 1]):
        assert squared_error(logits, 0) == pytest.approx(shortfall(logits, 0) ** 2, rel=1e-14)


@pytest.mark.parametrize("n", [1, 2, 5])
def test_symbolic_softmax_sums_to_one_and_has_real_logits(n):
    logits, probs = logits_and_probs(n)
    assert logits.shape == probs.shape == (n, 1)
    assert all(a.is_real for a in logits)
    assert sp.simplify(sum(probs)) == 1
