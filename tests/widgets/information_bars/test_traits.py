"""InformationBars without a browser: its traits, what it refuses, what it sends, and the still."""

import json
import math
import re

import ipywidgets
import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab.learning.scoring_rules import cross_entropy_terms, entropy, kl_divergence
from softmaxlab.widgets import InformationBars, LogitExplorer

WEIGHTS = st.lists(st.floats(0, 1), min_size=2, max_size=6).filter(lambda weights: sum(weights) > 1e-3)


def shares(weights):
    return (np.array(weights) / np.sum(weights)).tolist()


def texts(still, name):
    """Texts of the still's elements of this class."""
    found = re.findall(rf'<span class="[^"]*\b{name}\b[^"]*">(.*?)</span>', still)
    return [re.sub(r"<[^>]*>", "", text) for text in found]


def lines(still):
    """Start and width of each rectangle, line by line."""
    parts = re.split(r'<div class="ib-line ib-', still)[1:4]
    return [[(float(x), float(w)) for x, w in re.findall(r'x="([^"]+)" width="([^"]+)"', part)] for part in parts]


@pytest.fixture
def widget():
    return InformationBars(targets=[0.7, 0.2, 0.1], probs=[0.25, 0.25, 0.5])


# ---- What follows from the two distributions ----


@given(WEIGHTS, st.randoms())
def test_entropy_kl_and_loss_are_those_of_softmaxlab(weights, chance):
    y, p = shares(weights), shares(chance.sample(weights, len(weights)))
    bars = InformationBars(targets=y, probs=p)
    assert bars.entropy == entropy(y)
    assert bars.kl == max(0, kl_divergence(y, p))
    assert bars.loss == np.sum(cross_entropy_terms(y, p))


@given(WEIGHTS, st.randoms())
def test_entropy_and_divergence_add_up_to_cross_entropy(weights, chance):
    bars = InformationBars(targets=shares(weights), probs=shares(chance.sample(weights, len(weights))))
    # Up to 6 terms, each rounded by some ulp of its logarithm, which is at most 745.
    assert bars.entropy + bars.kl == pytest.approx(bars.loss, rel=1e-13, abs=1e-13)


@pytest.mark.parametrize("name", ["targets", "probs"])
def test_the_three_numbers_follow_every_change(widget, name):
    setattr(widget, name, [0.1, 0.1, 0.8])
    fresh = InformationBars(targets=widget.targets, probs=widget.probs)
    assert (widget.entropy, widget.kl, widget.loss) == (fresh.entropy, fresh.kl, fresh.loss)


@pytest.mark.parametrize("name", ["entropy", "kl", "loss"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


def test_observers_never_see_kl_without_its_loss(widget):
    seen = []
    widget.observe(lambda _: seen.append((widget.kl, widget.loss)), "kl")
    widget.probs = widget.targets
    assert seen == [(0.0, widget.entropy)]


def test_calling_the_possible_impossible_costs_infinity():
    bars = InformationBars(targets=[0.5, 0.5], probs=[1, 0])
    assert bars.kl == bars.loss == math.inf
    assert bars.entropy == np.log(2)


def test_what_is_impossible_in_both_costs_nothing():
    assert InformationBars(targets=[1, 0], probs=[1, 0]).loss == 0


def test_a_probability_below_all_normal_numbers_costs_a_finite_price():
    bars = InformationBars(targets=[0.5, 0.5], probs=[1, 1e-320])
    assert bars.kl == pytest.approx(0.5 * math.log(0.5) + 0.5 * (math.log(0.5) - math.log(1e-320)), rel=1e-15)


# ---- What it takes, what it refuses ----


@pytest.mark.parametrize("given", [(0.5, 0.5), np.array([0.5, 0.5]), np.array([0.5, 0.5], dtype=np.float32)])
def test_tuples_and_arrays_become_a_list_of_floats(given):
    taken = InformationBars(targets=given).targets
    assert taken == [0.5, 0.5]
    assert [type(share) for share in taken] == [float, float]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([1], "2 to 6 numbers"),
        ([0.125] * 8, "2 to 6 numbers"),
        ([[0.5, 0.5]], r"shape \(1, 2\)"),
        ([1, [2]], "expected numbers"),
        (["0.5", "0.5"], "expected numbers"),
        (None, "expected numbers"),
        ([0.5, 0.4], "sum 1"),
        ([1.5, -0.5], "numbers ≥ 0"),
        ([np.nan, 1], "sum 1"),
        ([np.inf, 0], "sum 1"),
    ],
)
@pytest.mark.parametrize("name", ["targets", "probs"])
def test_what_is_no_distribution_is_refused_with_words_and_the_state_kept(widget, name, given, words):
    before = getattr(widget, name)
    with pytest.raises(ValueError, match=words) as refusal:
        setattr(widget, name, given)
    assert isinstance(refusal.value, traitlets.TraitError)
    assert getattr(widget, name) == before


def test_two_lengths_at_once_are_refused():
    with pytest.raises(ValueError, match="targets has 2 entries and probs 3"):
        InformationBars(targets=[0.5, 0.5], probs=[0.5, 0.25, 0.25])


def test_an_unknown_unit_is_refused(widget):
    with pytest.raises(ValueError, match='expected "nats" or "bits"'):
        widget.unit = "bans"
    assert widget.unit == "nats"


def test_seven_labels_are_refused(widget):
    with pytest.raises(ValueError, match="at most 6"):
        widget.labels = list("abcdefg")


# ---- Traits that belong together ----


def test_the_other_distribution_follows_to_a_new_number_of_classes(widget):
    widget.targets = [0.5, 0.5]
    assert widget.probs == [0.5, 0.5]  # a quarter each, in proportion
    widget.probs = [0.25] * 4
    assert widget.targets == [0.5, 0.5, 0, 0]
    assert widget.loss == np.sum(cross_entropy_terms(widget.targets, widget.probs))


def test_where_nothing_is_left_the_rest_ties():
    bars = InformationBars(targets=[0, 0, 1])
    bars.probs = [0.9, 0.1]
    assert bars.targets == [0.5, 0.5]


def test_a_message_from_the_page_is_answered_with_all_results(widget):
    widget.set_state({"probs": [1, 0, 0], "targets": [0, 0.5, 0.5]})
    assert (widget.kl, widget.loss) == (math.inf, math.inf)


@pytest.mark.parametrize("probs", [[1, 0, 0], [0.5, 0.25, 0.25]])
def test_its_state_is_json_without_infinity_and_comes_back(widget, probs):
    widget.probs = probs
    sent = {name: value for name, value in widget.get_state().items() if name in ("kl", "loss")}
    text = json.dumps(sent, allow_nan=False)
    restore = {name: widget.trait_metadata(name, "from_json") for name in sent}
    back = {name: restore[name](value, widget) for name, value in json.loads(text).items()}
    assert back == {"kl": widget.kl, "loss": widget.loss}


def test_a_logit_explorer_can_lend_it_its_probabilities(widget):
    explorer = LogitExplorer(logits=[3, 2, 1])
    traitlets.dlink((explorer, "probs"), (widget, "probs"))
    explorer.logits = [0, 0, 0, 0]
    assert widget.probs == [0.25] * 4
    assert len(widget.targets) == 4


@pytest.mark.parametrize("trait", ["targets", "probs", "unit", "entropy", "kl", "loss"])
def test_jsdlink_takes_every_trait(widget, trait):
    link = ipywidgets.jsdlink((widget, trait), (InformationBars(), trait))
    assert link.get_state()["source"] == [f"IPY_MODEL_{widget.model_id}", trait]


# ---- The still ----


@pytest.mark.parametrize(("unit", "coin"), [("nats", 1), ("bits", np.log(2))])
def test_the_still_shows_the_numbers_of_softmaxlab(widget, unit, coin):
    widget.unit = unit
    still = widget.still()
    shown = [texts(still, f"ib-{name}-value") for name in ("entropy", "kl", "loss")]
    assert shown == [[f"{nats / coin:.3f}"] for nats in (widget.entropy, widget.kl, widget.loss)]
    assert texts(still, "sl-number") == ["0.700", "0.250", "0.200", "0.250", "0.100", "0.500"]


def test_the_lengths_of_the_still_meet_at_one_end(widget):
    split, whole, swapped = lines(widget.still())
    assert sum(split[-1]) == pytest.approx(sum(whole[-1]), rel=1e-14)
    assert split[1][0] == split[0][1] == widget.entropy / 3
    assert sum(swapped[-1]) != pytest.approx(sum(split[-1]), rel=1e-3)


def test_the_still_says_in_words_what_it_shows(widget):
    widget.labels, widget.probs = ["cat", "<dog>"], [1, 0, 0]
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', widget.still())
    assert "cat: y 0.700, p 1.000, &lt;dog&gt;: y 0.200, p 0.000, class 2" in words
    assert words.endswith("divergence of p from y infinite, cross-entropy infinite nats.")


def test_the_still_of_an_infinite_price_has_a_sign_for_it_and_no_nan():
    still = InformationBars(targets=[0.5, 0.5], probs=[1, 0]).still()
    assert texts(still, "ib-kl-value") == texts(still, "ib-loss-value") == ["∞"]
    assert not re.search(r"\b(nan|inf|Infinity|None)\b", still)
    assert still.count("is-endless") == 2  # the sum and the whole; swapped, the price is finite


def test_the_still_has_no_control_that_would_be_dead(widget):
    assert not re.search(r"<(input|button|select|a)\b", widget.still())
