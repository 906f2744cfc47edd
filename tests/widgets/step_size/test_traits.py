"""StepSize without a browser."""

import json
import re

import numpy as np
import pytest
import traitlets
from hypothesis import given, settings
from hypothesis import strategies as st
from ipywidgets.embed import dependency_state

from softmaxlab.lessons.step_size import METHODS, cut, estimates, parts
from softmaxlab.widgets import StepSize
from softmaxlab.widgets.step_size import digits as step_digits
from softmaxlab.widgets.step_size import explanation, note, step_text

LOGITS = st.lists(st.floats(-20, 20), min_size=3, max_size=3)
CLASS = st.integers(0, 2)
STEP = st.floats(-16, 0).map(lambda power: 10.0**power)


@pytest.fixture
def widget():
    return StepSize()


@settings(max_examples=50)
@given(LOGITS, CLASS, CLASS, STEP)
def test_results_are_those_of_the_named_functions(logits, target, k, step):
    size = StepSize(logits=logits, true_class=target, nudged=k, step=step)
    found, here = estimates(size.logits, target, k, step), cut(size.logits, target, k)
    assert (size.forward, size.central, size.complex_step) == tuple(found.values())
    assert (size.slope, size.best_forward, size.best_central) == (here.slope, here.best_forward, here.best_central)


@pytest.mark.parametrize("change", [{"step": 1e-3}, {"logits": [0.0, 1.0, 2.0]}, {"true_class": 0}, {"nudged": 2}])
def test_results_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    fresh = StepSize(**change)
    for name in ("forward", "central", "complex_step", "slope", "best_forward", "best_central"):
        assert getattr(widget, name) == getattr(fresh, name)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("step", 0.0, "step is 0; expected 1e-16 to 1"),
        ("step", 1.5, "step is 1.5; expected 1e-16 to 1"),
        ("step", np.nan, "step is nan; expected 1e-16 to 1"),
        ("true_class", 3, "true_class is 3; expected 0, 1 or 2"),
        ("nudged", -1, "nudged is -1; expected 0, 1 or 2"),
        ("logits", [1.0, 2.0], "logits has shape (2,); expected 3 to 3 numbers in one row"),
        ("logits", [0.0, 0.0, 21.0], "expected numbers from -20 to 20"),
    ],
)
def test_what_makes_no_sense_is_refused_and_the_state_kept(widget, name, value, message):
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=re.escape(message)) as refusal:
        setattr(widget, name, value)
    assert isinstance(refusal.value, traitlets.TraitError)
    assert getattr(widget, name) == before


@pytest.mark.parametrize("name", ["forward", "central", "complex_step", "slope", "best_forward", "best_central"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, 1.0)


def test_a_best_step_of_infinity_travels_as_json():
    size = StepSize(logits=[0.0, 0.0, -20.0])
    size.set_trait("best_central", np.inf)
    json.dumps(dependency_state([size], drop_defaults=False), allow_nan=False)  # raises at inf


def test_a_message_from_the_page_is_answered_with_the_results(widget):
    widget.set_state({"step": 1.0, "nudged": 1, "true_class": 1})
    assert widget.forward == estimates([1, 2, 0.5], 1, 1, 1.0)["forward"]


# ---- Digits ----


@given(st.floats(1e-12, 100), st.floats(1e-12, 100), st.booleans(), st.booleans())
def test_what_is_struck_out_begins_at_the_first_wrong_digit(estimate, exact, down, other_down):
    estimate, exact = -estimate if down else estimate, -exact if other_down else exact
    right, wrong, end, count = step_digits.compared_estimates(estimate, exact)
    (own, own_exponent), (true, true_exponent) = map(step_digits.digits_of, (estimate, exact))
    text = (right + wrong).replace("−", "-") + (f"e{own_exponent}" if end else "")
    assert float(text) == pytest.approx(estimate, rel=1e-11)  # twelve digits
    if own_exponent != true_exponent or down != other_down:
        assert (right, count) == ("", 0)
    else:
        assert own[:count] == true[:count]
        assert count == 12 or own[count] != true[count]


def test_a_number_is_right_beside_itself_and_0_is_wrong():
    assert step_digits.compared_estimates(-0.25, -0.25) == ("−0.250000000000", "", "", 12)
    assert step_digits.compared_estimates(0.0, 0.25) == ("", "0", "", 0)


# ---- The words are true ----


@settings(max_examples=100)
@given(LOGITS, CLASS, CLASS, STEP)
def test_the_explanation_names_the_larger_part_of_each_error(logits, target, k, step):
    here = cut(logits, target, k)
    text = explanation(step, logits[k], here)
    (forward_truncation, forward_rounding), (central_truncation, central_rounding) = parts(here, step).values()
    if "is stored as" in text:
        assert logits[k] + step == logits[k]
        assert estimates(logits, target, k, step)["forward"] == 0
    elif text.startswith("Rounding"):
        assert forward_rounding > forward_truncation
    elif text.startswith("Truncation"):
        assert central_truncation >= 0.49 * central_rounding  # at the best step it is half of it
    else:
        assert forward_truncation >= 0.99 * forward_rounding
        assert central_truncation <= 0.51 * central_rounding


@settings(max_examples=100)
@given(LOGITS, CLASS, CLASS)
def test_forwards_best_step_is_left_of_centrals(logits, target, k):
    here = cut(logits, target, k)
    # so that the explanation has three cases, not four; elsewhere the slope is lost in rounding at every step
    assert here.best_forward < here.best_central or here.best_central > 0.1


@pytest.mark.parametrize(
    ("step", "text"), [(1e-16, "1e-16"), (1e-5, "1e-5"), (8.91e-6, "8.91e-6"), (0.01, "0.01"), (0.5, "0.5"), (1.0, "1")]
)
def test_a_step_is_written_as_a_reader_would_type_it(step, text):
    assert step_text(step) == text


def test_notes_tell_the_best_steps():
    here = cut([1, 2, 0.5], 1, 0)
    assert note("forward", here, False) == "best near *h* = 3.4×10⁻⁸"
    assert note("central", here, False) == "best near *h* = 1.2×10⁻⁵"
    assert note("central", here._replace(best_central=np.inf), False) == "best beyond *h* = 1"
    assert note("exact", here, True) == "*p* − *y*, and *y* = 1"


# ---- The still ----


def test_the_still_strikes_out_the_wrong_digits(widget):
    shown = re.findall(r'sz-value"><span>(.*?)</span><s>(.*?)</s><span>(.*?)</span>', widget.still())
    found = estimates(widget.logits, 1, 0, 1e-5)
    wanted = [step_digits.compared_estimates(found[name], widget.slope)[:3] for name in METHODS]
    assert shown == [*wanted, ("+0.231223897622", "", "")]


def test_the_still_says_in_words_which_digits_are_wrong(widget):
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', widget.still())
    # The digits are computed, not typed: from the first wrong one on they are rounding, and each CPU's own.
    found = estimates(widget.logits, 1, 0, 1e-5)
    names = dict(zip(METHODS, ("forward", "central", "complex step"), strict=True))
    told = {
        key: step_digits.in_words(names[key], *step_digits.compared_estimates(found[key], widget.slope))
        for key in METHODS
    }
    assert words == (
        "The slope of the loss along logit 0, of the logits 1.00, 2.00, 0.50, where class 1 is true. Step 1e-5. "
        f"{told['forward']}. {told['central']}. {told['complex']}. Exact +0.231223897622."
    )
    assert re.fullmatch(r"forward \+0\.23122\d{7}, wrong from digit 6 on", told["forward"])
    assert told["central"].startswith("central +0.231223897")


def test_the_still_has_no_control_that_would_be_dead(widget):
    assert not re.search(r"<(input|button|select|a)\b", widget.still())
