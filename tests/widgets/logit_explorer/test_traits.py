"""LogitExplorer without a browser: its traits, what it refuses, what it sends, and the still."""

import re

import ipywidgets
import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import cross_entropy, cross_entropy_grad, softmax
from softmaxlab.widgets import LogitExplorer
from softmaxlab.widgets._runtime import base

LOGITS = st.lists(st.floats(-1000, 1000), min_size=2, max_size=10)


class Wire:
    """Stands for the connection to a page: keeps what the widget sends."""

    comm_id = "wire"
    kernel = object()  # without one it would be sent nothing

    def __init__(self):
        self.updates = []

    def close(self, *args, **kwargs):
        pass

    def on_msg(self, callback):
        pass

    def send(self, data, buffers=None):
        if data["method"] == "update":
            self.updates.append(data["state"])


@pytest.fixture
def widget():
    return LogitExplorer()


@pytest.fixture
def widget_and_updates():
    """An explorer and the list of the messages it sends to its page."""
    explorer, wire = LogitExplorer(), Wire()
    explorer.close()  # it was open to nobody
    explorer.comm = wire
    yield explorer, wire.updates
    explorer.close()


def texts(still, name):
    """Texts of the still's elements of this class."""
    found = re.findall(rf'<\w+ class="[^"]*\b{name}\b[^"]*">(.*?)</(?:span|small|b)>', still)
    return [re.sub(r"<[^>]*>", "", text) for text in found]


# ---- What follows from the logits ----


@given(LOGITS, st.floats(0.1, 10), st.data())
def test_probs_loss_and_grad_are_those_of_softmaxlab(logits, temperature, data):
    y = data.draw(st.integers(0, len(logits) - 1))
    explorer = LogitExplorer(logits=logits, temperature=temperature, true_class=y)
    scaled = np.array(logits) / temperature
    assert explorer.probs == softmax(scaled).tolist()
    assert explorer.loss == cross_entropy(scaled, y)
    assert explorer.grad == cross_entropy_grad(scaled, y).tolist()


@pytest.mark.parametrize("change", [{"logits": [0, 5]}, {"temperature": 2.0}, {"true_class": 2}])
def test_probs_loss_and_grad_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    fresh = LogitExplorer(**change)
    assert (widget.probs, widget.loss, widget.grad) == (fresh.probs, fresh.loss, fresh.grad)


@pytest.mark.parametrize("name", ["probs", "loss", "grad"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


def test_observers_never_see_probs_without_their_loss(widget):
    seen = []
    widget.observe(lambda _: seen.append((list(widget.probs), widget.loss)), "probs")
    widget.logits = [0.0, 3.0, 1.0]
    assert seen == [(softmax([0.0, 3.0, 1.0]).tolist(), cross_entropy([0.0, 3.0, 1.0], 0))]


# ---- What it takes, what it refuses ----


@pytest.mark.parametrize("logits", [(3, 1), np.array([3, 1]), np.array([3, 1], dtype=np.float32)])
def test_tuples_and_arrays_become_a_list_of_floats(logits):
    taken = LogitExplorer(logits=logits).logits
    assert taken == [3.0, 1.0]
    assert [type(a) for a in taken] == [float, float]


@pytest.mark.parametrize(
    ("logits", "words"),
    [
        ([1], "2 to 10 numbers"),
        (range(11), "2 to 10 numbers"),
        ([[1, 2], [3, 4]], r"shape \(2, 2\)"),
        ([1, [2]], "expected numbers"),
        (["1", "2"], "expected numbers"),
        (None, "expected numbers"),
        ([1, np.nan], "-1000 to 1000"),
        ([1, -np.inf], "-1000 to 1000"),
        ([1, 1000.001], "np.clip"),
    ],
)
def test_bad_logits_are_refused_with_words_and_the_state_kept(widget, logits, words):
    with pytest.raises(ValueError, match=words) as refusal:
        widget.logits = logits
    assert isinstance(refusal.value, traitlets.TraitError)
    assert widget.logits == [2.0, 1.0, 0.1]


@pytest.mark.parametrize("temperature", [0, -1, 0.0999, 10.001, np.inf, np.nan])
def test_temperatures_out_of_range_are_refused(widget, temperature):
    with pytest.raises(ValueError, match=r"expected 0\.1 to 10"):
        widget.temperature = temperature
    assert widget.temperature == 1


@pytest.mark.parametrize("index", [-1, 3])
def test_a_true_class_that_is_no_class_is_refused(widget, index):
    with pytest.raises(ValueError, match="expected 0 to 2"):
        widget.true_class = index
    assert widget.true_class == 0


def test_eleven_labels_are_refused(widget):
    with pytest.raises(ValueError, match="at most 10"):
        widget.labels = list("abcdefghijk")


def test_minus_zero_becomes_zero():
    assert str(LogitExplorer(logits=[-0.0, 0.0]).logits) == "[0.0, 0.0]"


# ---- Traits that belong together ----


def test_the_true_class_moves_to_the_last_class_when_its_own_is_removed():
    explorer = LogitExplorer(logits=[1, 2, 3], true_class=2)
    explorer.logits = [1, 2]
    assert explorer.true_class == 1
    assert explorer.grad == cross_entropy_grad([1.0, 2.0], 1).tolist()


def test_a_new_class_can_come_together_with_being_true(widget):
    with widget.hold_trait_notifications():
        widget.true_class = 3  # not yet a class
        widget.logits = [2, 1, 0.1, 0]
    assert (len(widget.logits), widget.true_class) == (4, 3)


@pytest.mark.parametrize("names", [("logits", "true_class"), ("true_class", "logits")])
def test_a_message_from_the_page_may_change_both_in_any_order(widget, names):
    message = {"logits": [2, 1, 0.1, 0], "true_class": 3}
    widget.set_state({name: message[name] for name in names})
    assert (widget.logits, widget.true_class) == ([2, 1, 0.1, 0], 3)
    assert widget.loss == cross_entropy([2, 1, 0.1, 0], 3)


def test_a_message_from_the_page_is_answered_by_one_message_with_all_results(widget_and_updates):
    explorer, updates = widget_and_updates
    explorer.set_state({"logits": [0, 1, 2]})
    assert [sorted(update) for update in updates] == [["grad", "loss", "probs"]]
    assert updates[0]["probs"] == softmax([0.0, 1.0, 2.0]).tolist()


def test_a_change_in_python_reaches_the_page(widget_and_updates):
    explorer, updates = widget_and_updates
    explorer.temperature = 2
    sent = {name: value for update in updates for name, value in update.items()}
    assert sent["temperature"] == 2
    assert sent["loss"] == explorer.loss


def test_link_couples_two_explorers(widget):
    other = LogitExplorer(logits=[0, 0])
    link = traitlets.link((widget, "logits"), (other, "logits"))
    other.logits = [5, 4, 3, 2]
    assert widget.logits == [5, 4, 3, 2]
    link.unlink()


@pytest.mark.parametrize("trait", ["logits", "temperature", "true_class", "probs", "loss", "grad"])
def test_jsdlink_takes_every_trait(widget, trait):
    link = ipywidgets.jsdlink((widget, trait), (LogitExplorer(), trait))
    assert link.get_state()["source"] == [f"IPY_MODEL_{widget.model_id}", trait]


# ---- The still ----


def test_a_class_without_a_still_says_so():
    class Bare(base.Widget, front_end="logit_explorer"):
        pass

    with pytest.raises(NotImplementedError, match="Bare has no still"):
        Bare()._repr_mimebundle_()


def test_a_notebook_gets_the_live_view_and_a_page_gets_the_mount(widget):
    data, _ = widget._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == widget.model_id
    assert data["text/html"].startswith(f'<div class="sl-mount" data-model-id="{widget.model_id}"')


@pytest.mark.parametrize(("wish", "word"), [(None, "auto"), (True, "own"), (False, "none")])
def test_the_mount_tells_whether_the_explorer_may_have_the_url(wish, word):
    html = LogitExplorer(url_state=wish)._repr_mimebundle_()[0]["text/html"]
    assert f'data-fragment="{word}"' in html


def test_the_still_shows_the_numbers_of_softmaxlab():
    still = LogitExplorer(logits=[2, -1, 0], temperature=0.5, true_class=1).still()
    scaled = np.array([4.0, -2.0, 0.0])
    assert texts(still, "le-p-value") == [f"{p:.3f}" for p in softmax(scaled)]
    assert texts(still, "le-loss-value") == [f"{cross_entropy(scaled, 1):.3f}"]
    shown = [float(text.replace("−", "-")) for text in texts(still, "le-gradient-value")]
    np.testing.assert_allclose(shown, cross_entropy_grad(scaled, 1), atol=0.0005)  # three decimals


def test_the_still_says_in_words_what_it_shows():
    still = LogitExplorer(labels=["cat", "dog"]).still()
    (words,) = re.findall(r'role="img" aria-label="([^"]*)"', still)
    assert "cat: logit 2.00, probability 0.659, gradient −0.341" in words
    assert "class 2: logit 0.10" in words
    assert words.endswith("True class: cat. Loss: 0.417 nats.")


def test_the_still_of_huge_logits_holds_no_nan_and_says_too_large():
    still = LogitExplorer(logits=[1000, -1000], temperature=0.1).still()
    assert not re.search(r"\bnan\b|\binf\b", still, re.IGNORECASE)
    assert texts(still, "le-note") == ["too large", "too small"]


def test_labels_are_escaped_in_the_still():
    still = LogitExplorer(labels=['<img src="x">', "&"]).still()
    assert "<img" not in still
    assert "&lt;img src=&quot;x&quot;&gt;" in still


def test_the_still_has_no_control_that_would_be_dead():
    assert not re.search(r"<(input|button|select|a)\b", LogitExplorer().still())
