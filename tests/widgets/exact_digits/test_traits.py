"""ExactDigits without a browser: its traits, what it refuses, the still, and its digits."""

import re

import mpmath
import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, cross_entropy_grad
from softmaxlab.accuracy import reference
from softmaxlab.pitfalls.max_shifted import cross_entropy_grad_shifted, cross_entropy_shifted
from softmaxlab.widgets import ExactDigits
from softmaxlab.widgets.exact_digits import SHOWN, figures

LOGIT = st.floats(-1000, 1000)
RESULTS = ["loss", "grad", "textbook_loss", "textbook_grad", "exact_loss", "exact_grad"]


@pytest.fixture
def widget():
    return ExactDigits()


@given(LOGIT, LOGIT, st.integers(0, 1), st.sampled_from(list(SHOWN)))
def test_results_are_those_of_softmaxlab_in_the_format(a, b, y, dtype):
    widget = ExactDigits(logits=[a, b], true_class=y, dtype=dtype)
    with np.errstate(under="ignore"):
        stored = np.array([a, b]).astype(dtype)
    assert widget.loss == cross_entropy(stored, y)
    assert widget.grad == cross_entropy_grad(stored, y).tolist()
    assert widget.textbook_loss == cross_entropy_shifted(stored, y)
    assert widget.textbook_grad == cross_entropy_grad_shifted(stored, y).tolist()
    assert widget.exact_loss == mpmath.nstr(reference.cross_entropy(stored, y), 40)


@pytest.mark.parametrize("change", [{"logits": [40, 1]}, {"true_class": 1}, {"dtype": "float16"}])
def test_results_follow_every_change(widget, change):
    before = [getattr(widget, name) for name in RESULTS]
    for name, value in change.items():
        setattr(widget, name, value)
    after = [getattr(widget, name) for name in RESULTS]
    assert after == [getattr(ExactDigits(**change), name) for name in RESULTS]
    assert all(old != new for old, new in zip(before, after, strict=True))


@pytest.mark.parametrize("name", RESULTS)
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


def test_observers_never_see_a_loss_without_its_gradient(widget):
    seen = []
    widget.observe(lambda _: seen.append((widget.loss, list(widget.grad))), "loss")
    widget.logits = [3.0, 1.0]
    assert seen == [(cross_entropy([3.0, 1.0], 0), cross_entropy_grad([3.0, 1.0], 0).tolist())]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("logits", [1], "two numbers"),
        ("logits", [1, 2, 3], "two numbers"),
        ("logits", [[1], [2, 3]], "two numbers"),
        ("logits", ["1", "2"], "two numbers"),
        ("logits", [np.nan, 0], "-1000 to 1000"),
        ("logits", [0, 1000.5], "-1000 to 1000"),
        ("true_class", 2, "expected 0 or 1"),
        ("true_class", -1, "expected 0 or 1"),
    ],
)
def test_bad_values_are_refused_with_words_and_the_state_kept(widget, name, value, words):
    with pytest.raises(ValueError, match=words) as refusal:
        setattr(widget, name, value)
    assert isinstance(refusal.value, traitlets.TraitError)
    assert (widget.logits, widget.true_class) == ([30.1, 0.3], 0)


def test_other_formats_are_refused(widget):
    with pytest.raises(traitlets.TraitError, match="float64"):
        widget.dtype = "float8"


def test_arrays_become_a_list_of_floats_without_minus_zero(widget):
    widget.logits = np.array([-0.0, 5], dtype=np.float32)
    assert str(widget.logits) == "[0.0, 5.0]"


# ---- The still ----


def struck(widget):
    return re.findall(r"<s>(.*?)</s>", widget.still())


def test_the_still_strikes_what_the_textbook_loses_and_nothing_of_ours():
    widget = ExactDigits(logits=[50, 0])
    assert struck(widget) == ["0", "0"]  # the loss, and the gradient at the true class
    assert struck(ExactDigits(logits=[50, 0], true_class=1)) == []


def test_the_still_says_in_words_what_it_shows():
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', ExactDigits(logits=[50, 0]).still())
    assert "Exact loss 1.928749847963917783" in words
    assert "textbook 0." in words
    assert "No digit of the textbook" in words


def test_the_still_says_what_a_format_stores():
    assert "stored as 30.09375" in ExactDigits(dtype="float16").still()
    assert "stored as" not in ExactDigits().still()


def test_the_still_has_no_control_that_would_be_dead():
    assert not re.search(r"<(input|button|select|a)\b", ExactDigits().still())


@pytest.mark.parametrize("dtype", SHOWN)
def test_our_digits_are_all_right_wherever_the_format_has_them(dtype):
    rng = np.random.default_rng(0)
    for gap in rng.uniform(0, 9 if dtype == "float16" else 80, 40):  # beyond, results are subnormal
        lines = ExactDigits(logits=[gap / 2, -gap / 2], dtype=dtype).still().split('class="xd-line')
        ours = [line for line in lines if ">softmaxlab</span>" in line]
        assert len(ours) == 3
        assert not any("<s>" in line for line in ours)


@pytest.mark.parametrize(
    ("value", "truth", "right"), [(0.33, 1 / 3, 2), (0.0, 1e-300, 0), (1.0, 1.0, 15), (1.23789, 1.23456, 3), (2, 1, 0)]
)
def test_digits_are_right_where_the_error_is_below_half_their_place(value, truth, right):
    assert figures.compared_digits(np.float64(value), mpmath.mpf(truth), 15)[1] == right


def test_a_float_that_no_other_could_beat_has_only_right_digits():
    assert figures.compared_digits(np.float16(0), mpmath.mpf("1e-20"), 3) == (pytest.approx(0, abs=1e-9), 3)
