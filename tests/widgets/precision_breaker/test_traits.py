"""PrecisionBreaker and the stages it shows, without a browser."""

import json
import math
import re

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.embed import dependency_state

from softmaxlab import _formatting, softmax
from softmaxlab.lessons.overflow_trace import Failure, first_failure, stored_scores, trace
from softmaxlab.pitfalls.max_shifted import softmax_shifted
from softmaxlab.pitfalls.naive import softmax_naive
from softmaxlab.widgets import PrecisionBreaker
from softmaxlab.widgets._runtime import verdict

DTYPES = ["float16", "float32", "float64"]
LOGITS = st.lists(st.floats(-1000, 1000), min_size=2, max_size=5)
STATES = LOGITS, st.floats(-1200, 1200), st.sampled_from(DTYPES)


@pytest.fixture
def widget():
    return PrecisionBreaker()


# ---- The stages ----


@given(*STATES)
def test_the_stages_end_where_the_naive_softmax_ends(logits, shift, dtype):
    scores = stored_scores(logits, shift, dtype)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(trace(scores).probs, softmax_naive(scores))


@given(LOGITS, st.floats(-1200, 1200), st.sampled_from(["float32", "float64"]))
def test_stages_of_the_shifted_scores_end_at_the_shifted_softmax(logits, shift, dtype):
    scores = stored_scores(logits, shift, dtype)
    np.testing.assert_array_equal(trace(scores - scores.max()).probs, softmax_shifted(scores))


@given(*STATES)
def test_every_stage_is_in_the_format_of_the_scores(logits, shift, dtype):
    taken = trace(stored_scores(logits, shift, dtype))
    assert {values.dtype for values in taken} == {np.dtype(dtype)}


@given(*STATES)
def test_whenever_a_result_is_nan_an_inf_or_a_0_came_before(logits, shift, dtype):
    taken = trace(stored_scores(logits, shift, dtype))
    failure = first_failure(taken)
    if np.isnan(taken.probs).any():
        assert failure.stage == "exp"
    if failure is None:
        assert np.isfinite(taken.probs).all()
        assert (taken.probs > 0).all()


@given(*STATES)
def test_the_shifted_way_never_gives_inf_or_nan(logits, shift, dtype):
    scores = stored_scores(logits, shift, dtype)
    taken = trace(scores - scores.max())
    assert np.isfinite(taken.probs).all()
    assert taken.total >= 1


@pytest.mark.parametrize(
    ("logits", "dtype", "failure"),
    [
        ([1000, 0], "float64", Failure("exp", 0, "inf")),
        ([0, 12], "float16", Failure("exp", 1, "inf")),
        ([709] * 3, "float64", Failure("sum", None, "inf")),
        ([709, 709, 709, -900], "float64", Failure("sum", None, "inf")),  # not the 0 before it, which does no harm
        ([-1000, -1000], "float64", Failure("exp", 0, "0")),
        ([0, -104], "float32", Failure("exp", 1, "0")),
        ([400, -400], "float64", Failure("quotient", 1, "0")),
        ([1, 0], "float16", None),
    ],
)
def test_the_first_upset_is_found(logits, dtype, failure):
    assert first_failure(trace(np.array(logits, dtype=dtype))) == failure


def first_failure_of(shift, dtype):
    return first_failure(trace(stored_scores([1, 0, -1], shift, dtype)))


@pytest.mark.parametrize(
    ("dtype", "last_sound", "failure"),
    [
        ("float64", 708, Failure("exp", 0, "inf")),
        ("float32", 87, Failure("exp", 0, "inf")),
        ("float16", 9, Failure("sum", None, "inf")),  # where each exponential still fits
        ("float64", -744, Failure("exp", 2, "0")),
        ("float32", -102, Failure("exp", 2, "0")),
        ("float16", -16, Failure("exp", 2, "0")),
    ],
)
def test_scores_1_0_and_minus_1_break_where_and_as_the_chapter_says(dtype, last_sound, failure):
    assert first_failure_of(last_sound, dtype) is None
    assert first_failure_of(last_sound + np.sign(last_sound), dtype) == failure


# ---- The words are true ----


@given(*STATES)
def test_the_verdict_says_what_happened(logits, shift, dtype):
    scores = stored_scores(logits, shift, dtype)
    naive, shifted = trace(scores), trace(scores - scores.max())
    _, text, is_harmless = verdict.verdict(naive, shifted)
    assert ("/ inf is nan" in text) == (np.isinf(naive.weights).any())
    assert ("0 / 0 is nan" in text) == (naive.total == 0)
    if "shifted way keeps" in text:
        assert not is_harmless
    if is_harmless:
        assert np.isfinite(naive.probs).all()
        np.testing.assert_array_equal(naive.probs == 0, shifted.probs == 0)
        assert naive.total >= np.finfo(dtype).tiny


@pytest.mark.parametrize(
    ("logits", "dtype", "words"),
    [
        ([1000, 0], "float64",
         "*e*^1000^ is too large for float64: inf. Then inf / inf is nan, and a number / inf is 0."),
        ([709] * 3, "float64",
         "Each exponential fits. Their sum is too large for float64: inf. "
         "A number / inf is 0: every *p* is 0, without a nan."),
        ([-100, -104], "float32", "*e*^−104^ is too small for float32: 0. The shifted way keeps this *p*."),
        ([0, -104], "float32", "*e*^−104^ is too small for float32: 0. No harm, until you take a logarithm."),
        ([400, -400], "float64",
         "*e*^−400^ fits. Divided by the sum, it is too small for float64: 0. No harm, until you take a logarithm."),
        ([-750, -1000, -700], "float64",
         "*e*^−750^ is too small for float64: 0. The shifted way keeps this *p*."),
        ([-1750, -750, -700], "float64",
         "*e*^−1750^ is too small for float64: 0. The shifted way keeps the *p* of class 1."),
        ([-900, 0], "float64",
         "*e*^−900^ is too small for float64: 0. No harm, until you take a logarithm."),
        ([-2000, -735], "float64",
         "*e*^−2000^ is too small for float64: 0. "
         "And the sum is so close to 0 that float64 keeps fewer digits of it: compare *p*."),
        ([-95, -96], "float32",
         "No inf, 0 or nan. But the sum is so close to 0 that float32 keeps fewer digits of it: compare *p*."),
    ],
)  # fmt: skip
def test_each_kind_of_failure_has_its_sentence(logits, dtype, words):
    scores = np.array(logits, dtype=dtype)
    assert verdict.verdict(trace(scores), trace(scores - scores.max()))[1] == words


def test_near_0_the_naive_way_is_off_without_inf_0_or_nan():
    scores = np.array([-101, -102], dtype=np.float32)
    naive, right = softmax_naive(scores), softmax(scores)
    assert np.abs(naive / right - 1).max() > 0.01


# ---- Traits ----


@given(*STATES)
def test_results_are_those_of_numpy_in_the_same_format(logits, shift, dtype):
    breaker = PrecisionBreaker(logits=logits, shift=shift, dtype=dtype)
    scores = stored_scores(breaker.logits, shift, dtype)
    with np.errstate(all="ignore"):
        np.testing.assert_array_equal(breaker.naive_probs, softmax_naive(scores).astype(float))
        np.testing.assert_array_equal(breaker.probs, softmax_naive(scores - scores.max()).astype(float))


@pytest.mark.parametrize("change", [{"logits": [0, 5]}, {"shift": 1000.0}, {"dtype": "float16"}])
def test_results_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    fresh = PrecisionBreaker(**change)
    np.testing.assert_array_equal(widget.naive_probs, fresh.naive_probs)
    assert widget.probs == fresh.probs


@pytest.mark.parametrize("name", ["probs", "naive_probs"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, [0.5, 0.5])


@pytest.mark.parametrize(
    ("logits", "words"),
    [([1], "2 to 5"), (range(6), "2 to 5"), ([[1, 2]], "one row"), ([1, [2]], "one row"), (["1", "2"], "numbers"),
     (None, "2 to 5"), ([1, np.nan], "-1000 to 1000"), ([1, 1001], "by shift")],
)  # fmt: skip
def test_bad_logits_are_refused_with_words_and_the_state_kept(widget, logits, words):
    with pytest.raises(ValueError, match=words) as refusal:
        widget.logits = logits
    assert isinstance(refusal.value, traitlets.TraitError)
    assert widget.logits == [1, 0, -1]


@pytest.mark.parametrize("shift", [1200.5, -1201, np.inf, np.nan])
def test_a_shift_out_of_range_is_refused(widget, shift):
    with pytest.raises(ValueError, match="expected -1200 to 1200"):
        widget.shift = shift
    assert widget.shift == 0


def test_another_format_is_refused(widget):
    with pytest.raises(traitlets.TraitError, match="float16"):
        widget.dtype = "float8"


def test_a_page_gets_its_nan_as_text_since_json_has_none():
    breaker = PrecisionBreaker(shift=1000)
    assert all(map(math.isnan, breaker.naive_probs))
    state = dependency_state([breaker], drop_defaults=False)
    text = json.dumps(state, allow_nan=False)  # raises at nan
    assert '"naive_probs": ["nan", "nan", "nan"]' in text


def test_a_message_from_the_page_is_answered_with_the_results(widget):
    widget.set_state({"shift": -1000, "dtype": "float32"})
    assert widget.probs == PrecisionBreaker(shift=-1000, dtype="float32").probs
    assert all(map(math.isnan, widget.naive_probs))


# ---- The still ----


def texts(still):
    return re.findall(r'<span class="sl-value pb-value[^"]*">(.*?)</span>', still)


def test_the_still_shows_every_value():
    still = PrecisionBreaker(logits=[1, 0], shift=1000).still()
    shown = ["1001", "inf", "nan", "1000", "inf", "nan", "inf"]
    weights, probs = trace(np.array([0.0, -1.0])).weights, softmax([1.0, 0.0])
    assert texts(still)[:7] == shown
    assert texts(still)[7:] == [
        "0.00", "1.000", _formatting.decimals(probs[0]),
        "−1.00", _formatting.magnitude(weights[1]), _formatting.decimals(probs[1]),
        _formatting.magnitude(weights.sum()),
    ]  # fmt: skip


def test_the_still_marks_the_first_value_to_go_of_each_way():
    still = PrecisionBreaker(logits=[900, -900]).still()
    assert re.findall(r'class="sl-value pb-value[^"]*is-first">(.*?)<', still) == ["inf", "0"]


def test_the_still_says_in_words_what_it_shows():
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', PrecisionBreaker(logits=[0, 0], shift=800).still())
    assert words == (
        "Softmax of the logits 0.00, 0.00, shifted by 800, in float64. "
        "The naive way gives nan, nan; the shifted way 0.500, 0.500."
    )


def test_the_still_has_no_control_that_would_be_dead():
    assert not re.search(r"<(input|button|select|a)\b", PrecisionBreaker().still())
