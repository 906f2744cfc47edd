"""LossDuel and the two routes it shows, without a browser."""

import json
import math
import re

import mpmath
import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.embed import dependency_state

from softmaxlab import cross_entropy, logsumexp
from softmaxlab.lessons.loss_routes import (
    LABELS,
    ROUTES,
    breaking_gaps,
    digits_right,
    exact_loss,
    loss_by_difference,
    losses,
)
from softmaxlab.pitfalls.naive import loss_from_probability
from softmaxlab.widgets import LossDuel
from softmaxlab.widgets.loss_duel import SUBNORMAL, explanation
from softmaxlab.widgets.loss_duel import digits as duel_digits

GAPS = st.floats(0, 900)
EITHER = st.sampled_from(LABELS)


@pytest.fixture
def widget():
    return LossDuel()


def truth(gap, label):
    """The loss by mpmath, to 40 digits or more."""
    with mpmath.workdps(450):
        return mpmath.log1p(mpmath.exp(-mpmath.mpf(gap))) + (gap if label == "loser" else 0)


# ---- The routes, and where they break ----


@given(GAPS, EITHER)
def test_the_exact_loss_is_that_of_mpmath_to_30_digits(gap, label):
    with mpmath.workdps(450):
        ours, wanted = mpmath.mpf(str(exact_loss(gap, label))), truth(gap, label)
        assert abs(ours / wanted - 1) < mpmath.mpf(10) ** -30


@given(GAPS, EITHER)
def test_the_routes_are_the_two_named_functions(gap, label):
    index = LABELS.index(label)
    with np.errstate(divide="ignore"):
        assert losses(gap, label)["softmax"] == loss_from_probability([gap, 0], index)
    assert losses(gap, label)["difference"] == logsumexp([gap, 0]) - [gap, 0][index]


def test_by_the_difference_the_loser_is_safe_as_far_as_floats_go():
    assert loss_by_difference([1e300, 0], 1) == 1e300


@pytest.mark.parametrize(("label", "route"), [("loser", "softmax"), ("winner", "softmax"), ("winner", "difference")])
def test_a_route_breaks_at_the_gap_that_is_found_and_not_one_float_before(label, route):
    end = breaking_gaps(label)[route]
    assert losses(end, label)[route] in (0, np.inf)
    assert losses(math.nextafter(end, 0), label)[route] not in (0, np.inf)


def test_for_the_winner_the_difference_breaks_first_and_for_the_loser_never():
    winner, loser = breaking_gaps("winner"), breaking_gaps("loser")
    assert winner["difference"] < winner["softmax"] < 40
    assert loser["difference"] is None
    assert 745 < loser["softmax"] < 746


def test_from_there_on_a_route_stays_broken():
    for label in LABELS:
        for route, end in breaking_gaps(label).items():
            if end is not None:
                assert all(losses(gap, label)[route] in (0, np.inf) for gap in np.linspace(end, 900, 300))


@given(GAPS, EITHER)
def test_right_digits_are_the_logarithm_of_the_relative_error(gap, label):
    with mpmath.workdps(450):
        errors = {name: abs(mpmath.mpf(loss) / truth(gap, label) - 1) for name, loss in losses(gap, label).items()}
        for name, count in digits_right(gap, label).items():
            wanted = 16 if errors[name] < 1e-16 else max(0, float(-mpmath.log10(errors[name])))
            if wanted < 14:  # beyond, the rounding of the exact loss to a float64 is seen too
                assert count == pytest.approx(wanted, abs=0.01)
            else:
                assert count >= 13.9


# ---- Digits ----


@given(st.floats(1e-300, 1e3), st.floats(1e-300, 1e3))
def test_what_is_struck_out_begins_at_the_first_wrong_digit(loss, exact):
    right, wrong, end, count = duel_digits.compared_losses(loss, exact)
    (own, own_exponent), (true, true_exponent) = duel_digits.digits_of(loss), duel_digits.digits_of(exact)
    assert float((right + wrong) + (f"e{own_exponent}" if end else "")) == pytest.approx(loss, rel=1e-14)  # 15 digits
    if own_exponent != true_exponent:
        assert (right, count) == ("", 0)
    else:
        assert own[:count] == true[:count]
        assert count == 15 or own[count] != true[count]
        assert len(re.sub(r"^[0.]+|\.", "", right)) == count


@given(GAPS)
def test_by_the_difference_the_losers_digits_stay_right(gap):
    count = duel_digits.compared_losses(losses(gap, "loser")["difference"], exact_loss(gap, "loser"))[3]
    assert count >= 14 or digits_right(gap, "loser")["difference"] > 15  # …99 beside …00: near, and yet struck out


@pytest.mark.parametrize(
    ("loss", "exact", "parts"),
    [
        (math.inf, 800, ("", "inf", "", 0)),
        (-0.0, 1e-20, ("", "0", "", 0)),
        (744.25, 744, ("744.", "250000000000", "", 3)),
        (0.5, 0.5, ("0.500000000000000", "", "", 15)),
        (0.0051, 0.0052, ("0.005", "10000000000000", "", 1)),
        (2.5e-9, 2.4e-9, ("2.", "50000000000000", "×10⁻⁹", 1)),
        (9.5, 10.5, ("", "9.50000000000000", "", 0)),
    ],
)
def test_numbers_are_compared_digit_by_digit(loss, exact, parts):
    assert duel_digits.compared_losses(loss, exact) == parts


# ---- The words are true ----


@given(GAPS, EITHER)
def test_the_explanation_says_what_happened(gap, label):
    both = losses(gap, label)
    text = explanation(gap, label, both)
    assert ("−log 0 is inf" in text) == (both["softmax"] == np.inf)
    assert ("both ways say that there is no loss" in text) == (both["softmax"] == both["difference"] == 0)
    if "both ways are fine" in text or "neither way" in text:
        assert min(digits_right(gap, label).values()) > 12.5


def test_beyond_the_subnormal_gap_the_probability_has_lost_digits():
    tiny = np.finfo(float).tiny
    assert np.exp(-SUBNORMAL) == pytest.approx(tiny, rel=1e-12)  # exp makes 1e-13 of the last digit of 708
    assert digits_right(740, "loser")["softmax"] < 6


# ---- Traits ----


@given(GAPS, EITHER)
def test_results_are_those_of_the_named_functions(gap, label):
    duel, both = LossDuel(gap=gap, label=label), losses(gap, label)
    assert (duel.through_softmax, duel.by_difference) == (both["softmax"], both["difference"])
    assert duel.loss == cross_entropy([gap, 0.0], LABELS.index(label))


def test_the_breaks_are_those_found_by_search(widget):
    assert widget.breaks == {label: breaking_gaps(label) for label in LABELS}


@pytest.mark.parametrize("change", [{"gap": 800.0}, {"label": "winner"}])
def test_results_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    fresh = LossDuel(**change)
    for name in ("through_softmax", "by_difference", "loss"):
        assert getattr(widget, name) == getattr(fresh, name)


@pytest.mark.parametrize("name", ["through_softmax", "by_difference", "loss", "breaks"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


@pytest.mark.parametrize("gap", [-0.1, 900.5, np.inf, np.nan])
def test_a_gap_out_of_range_is_refused(widget, gap):
    with pytest.raises(ValueError, match="expected 0 to 900") as refusal:
        widget.gap = gap
    assert isinstance(refusal.value, traitlets.TraitError)
    assert widget.gap == 20


def test_another_label_is_refused(widget):
    with pytest.raises(traitlets.TraitError, match="winner"):
        widget.label = "second"


def test_a_page_gets_its_inf_as_text_since_json_has_none():
    text = json.dumps(dependency_state([LossDuel(gap=800)], drop_defaults=False), allow_nan=False)  # raises at inf
    assert '"through_softmax": "inf"' in text


def test_a_message_from_the_page_is_answered_with_the_results(widget):
    widget.set_state({"gap": 800, "label": "loser"})
    assert (widget.through_softmax, widget.by_difference) == (math.inf, 800)


# ---- The still ----


def test_the_still_strikes_out_the_wrong_digits():
    still = LossDuel(gap=744, label="loser").still()
    shown = re.findall(r'ld-value"><span>(.*?)</span><s>(.*?)</s><span>(.*?)</span>', still)
    exact = exact_loss(744, "loser")
    wanted = [duel_digits.compared_losses(losses(744, "loser")[route], exact)[:3] for route in ROUTES]
    assert shown == [*wanted, ("744.000000000000", "", "")]
    assert wanted[0][1] != ""


def test_the_still_says_in_words_which_digits_are_wrong():
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', LossDuel(gap=800).still())
    assert words == (
        "The loss of the loser at a gap of 800. Through softmax: inf, all of it wrong. "
        "By the difference: 800.000000000000. Exact: 800.000000000000."
    )


def test_the_still_has_no_control_that_would_be_dead():
    assert not re.search(r"<(input|button|select|a)\b", LossDuel().still())
