"""JacobianView without a browser: its traits, what it refuses, and the still."""

import re

import ipywidgets
import numpy as np
import pytest
import traitlets
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from softmaxlab import _formatting, softmax, softmax_jacobian, softmax_jvp
from softmaxlab.widgets import JacobianView, LogitExplorer

LOGITS = st.lists(st.floats(-1000, 1000), min_size=2, max_size=10)
RESULTS = ["probs", "jacobian", "jvp", "eigenvalues"]


@pytest.fixture
def widget():
    return JacobianView()


def results(view):
    return {name: getattr(view, name) for name in RESULTS}


def drawn(*args, **kwargs):
    """The still of a view with these traits, parsed."""
    return BeautifulSoup(JacobianView(*args, **kwargs).still(), "html.parser")


# ---- What follows from the logits ----


@given(LOGITS, st.floats(0.1, 10), st.data())
def test_results_are_those_of_softmaxlab_and_numpy(logits, temperature, data):
    tangent = data.draw(st.lists(st.floats(-1, 1), min_size=len(logits), max_size=len(logits)))
    view = JacobianView(logits=logits, temperature=temperature, tangent=tangent)
    scaled = np.array(logits) / temperature
    table = softmax_jacobian(scaled)
    assert results(view) == {
        "probs": softmax(scaled).tolist(),
        "jacobian": table.tolist(),
        "jvp": softmax_jvp(scaled, view.tangent).tolist(),
        "eigenvalues": np.linalg.eigvalsh(table).tolist(),
    }


@pytest.mark.parametrize("change", [{"logits": [0, 5]}, {"temperature": 2.0}, {"tangent": [0.5, -1, 0]}])
def test_results_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    assert results(widget) == results(JacobianView(**change))


@pytest.mark.parametrize("name", RESULTS)
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


def test_observers_never_see_a_jacobian_without_its_eigenvalues(widget):
    seen = []
    widget.observe(lambda _: seen.append((widget.jacobian, widget.eigenvalues)), "jacobian")
    widget.logits = [0.0, 0.0]
    assert seen == [([[0.25, -0.25], [-0.25, 0.25]], [0.0, 0.5])]


# ---- What it takes, what it refuses ----


@pytest.mark.parametrize("tangent", [(1, 0, 0), np.array([1, 0, 0]), np.array([1, 0, 0], dtype=np.float32)])
def test_tuples_and_arrays_become_a_list_of_floats(tangent):
    taken = JacobianView(tangent=tangent).tangent
    assert taken == [1.0, 0.0, 0.0]
    assert {type(v) for v in taken} == {float}


@pytest.mark.parametrize(
    ("tangent", "words"),
    [
        ([1, 0], "expected 3"),
        ([1, 0, 0, 0], "expected 3"),
        ([2, 0, 0], "from -1 to 1"),
        ([np.nan, 0, 0], "from -1 to 1"),
        ([[1, 0, 0]], "one row of numbers"),
        ([1, [0], 0], "one row of numbers"),
        ("abc", "one row of numbers"),
        (None, "one row of numbers"),
    ],
)
def test_a_bad_tangent_is_refused_with_words_and_the_state_kept(widget, tangent, words):
    with pytest.raises(ValueError, match=words) as refusal:
        widget.tangent = tangent
    assert isinstance(refusal.value, traitlets.TraitError)
    assert widget.tangent == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("cell", [(3, 0), (0, -1)])
def test_a_cell_outside_the_table_is_refused(widget, cell):
    with pytest.raises(ValueError, match="from 0 to 2"):
        widget.cell = cell
    assert widget.cell == (1, 0)


@pytest.mark.parametrize("temperature", [0, 0.0999, 10.001, np.inf, np.nan])
def test_temperatures_out_of_range_are_refused(widget, temperature):
    with pytest.raises(ValueError, match=r"expected 0\.1 to 10"):
        widget.temperature = temperature


@pytest.mark.parametrize("logits", [[1], range(11), [1, np.nan], [1001, 0]])
def test_bad_logits_are_refused_and_the_state_kept(widget, logits):
    with pytest.raises(ValueError, match="logits"):
        widget.logits = logits
    assert widget.logits == [2.0, 1.0, 0.1]


def test_eleven_labels_are_refused(widget):
    with pytest.raises(ValueError, match="at most 10"):
        widget.labels = list("abcdefghijk")


# ---- Traits that belong together ----


def test_without_a_tangent_the_first_score_is_pushed():
    assert JacobianView(logits=[0, 0]).tangent == [1.0, 0.0]


def test_a_new_class_is_not_pushed_and_a_removed_one_leaves_the_rest():
    view = JacobianView(logits=[1, 2, 3], tangent=[0.5, 1, -1], cell=(2, 2))
    view.logits = [1, 2, 3, 4]
    assert view.tangent == [0.5, 1, -1, 0]
    view.logits = [1, 2]
    assert (view.tangent, view.cell) == ([0.5, 1], (1, 1))
    assert view.jvp == softmax_jvp([1.0, 2.0], [0.5, 1]).tolist()


@pytest.mark.parametrize("order", [1, -1])
def test_a_message_from_the_page_may_change_all_in_any_order(widget, order):
    message = {"logits": [0, 1, 2, 3], "tangent": [0, 0, 0, 1], "cell": [3, 3]}
    widget.set_state(dict(list(message.items())[::order]))
    assert (widget.logits, widget.tangent, widget.cell) == ([0, 1, 2, 3], [0, 0, 0, 1], (3, 3))
    assert widget.jvp == softmax_jvp([0.0, 1.0, 2.0, 3.0], [0.0, 0, 0, 1]).tolist()


def test_link_couples_it_with_an_explorer(widget):
    explorer = LogitExplorer(logits=[0, 0])
    link = traitlets.link((explorer, "logits"), (widget, "logits"))
    explorer.logits = [5, 4, 3, 2]
    assert widget.probs == explorer.probs
    link.unlink()


@pytest.mark.parametrize("trait", ["logits", "temperature", "tangent", "cell", *RESULTS])
def test_jsdlink_takes_every_trait(widget, trait):
    link = ipywidgets.jsdlink((widget, trait), (JacobianView(), trait))
    assert link.get_state()["source"] == [f"IPY_MODEL_{widget.model_id}", trait]


# ---- The still ----


def test_the_still_holds_a_table_with_heads_of_rows_and_columns_and_the_jacobian_in_it():
    table = drawn(logits=[1, 0, -1], labels=["cat", "dog"]).table
    assert [th.get_text() for th in table.select("th[scope=col]")] == ["cat", "dog", "2", "sum"]
    assert [th.get_text() for th in table.select("th[scope=row]")] == ["cat", "dog", "2"]
    shown = [float(node.get_text().replace("−", "-")) for node in table.select(".jv-number")]
    np.testing.assert_allclose(shown, softmax_jacobian([1.0, 0, -1]).ravel(), atol=0.0005)  # three decimals


@pytest.mark.parametrize(
    ("cell", "rule"), [((1, 0), "−pi pj ≈ −0.245 × 0.665"), ((0, 0), "pi (1 − pi) ≈ 0.665 × 0.335")]
)
def test_the_still_shows_the_formula_of_the_cell_with_its_numbers(cell, rule):
    still = drawn(logits=[1, 0, -1], cell=cell)
    assert still.select_one(".jv-rule").get_text() == rule
    entry = softmax_jacobian([1.0, 0, -1])[cell]
    assert still.select_one(".jv-entry-value").get_text() == _formatting.signed(entry)


def test_the_still_shows_both_ways_to_the_product():
    still = drawn(logits=[1, 0, -1], tangent=[0.5, -1, 0.25])
    expected = softmax_jvp([1.0, 0, -1], [0.5, -1, 0.25])
    for kind in ("is-table", "is-direct"):
        shown = [float(node.get_text().replace("−", "-")) for node in still.select(f".jv-class > span.{kind}")]
        np.testing.assert_allclose(shown, expected, atol=0.0005)  # three decimals


@pytest.mark.parametrize("count", [2, 3, 4, 10])
def test_only_three_classes_have_a_triangle(count):
    assert bool(drawn(logits=[0] * count).select(".jv-triangle")) == (count == 3)


def test_the_stills_point_is_the_mean_of_the_corners_weighted_by_p():
    still = drawn(logits=[1, 0, -1])
    point, ring = still.select_one(".jv-point"), still.select_one(".jv-ring")
    corners = np.array([(0, 180), (208, 180), (104, 0)])
    for node, logits in ((point, [1.0, 0, -1]), (ring, [2.0, 0, -1])):  # the ring: one step along v
        at = [float(node["cx"]), float(node["cy"])]
        np.testing.assert_allclose(at, softmax(logits) @ corners, atol=0.005)  # two decimals


def test_the_blind_direction_shows_zeros_without_rounding_noise():
    still = drawn(logits=[0.3, 0.2, -1.7], tangent=[1, 1, 1])
    assert {node.get_text() for node in still.select("[data-sl-quantity=jvp]")} == {"0.000"}
    assert still.select_one(".jv-lambdas .sl-value").get_text() == "0.000"


def test_the_still_of_huge_logits_holds_no_nan():
    text = str(drawn(logits=[1000, -1000, 0], temperature=0.1))
    assert not re.search(r"\bnan\b|\binf\b", text, re.IGNORECASE)


def test_labels_are_escaped_in_the_still():
    text = JacobianView(labels=['<img src="x">', "&", "'"]).still()
    assert "<img" not in text
    assert "&lt;img src=&quot;x&quot;&gt;" in text


def test_the_still_has_no_control_that_would_be_dead():
    assert not re.search(r"<(input|button|select|a)\b", JacobianView().still())
