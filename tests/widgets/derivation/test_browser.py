"""Derivation as a reader meets it: its values against Python, its steps, its indices, its address."""

import re
from functools import cache

import numpy as np
import pytest

from softmaxlab import _formatting, cross_entropy_grad, softmax, softmax_jacobian
from softmaxlab.proofs.catalogue import proof_of
from softmaxlab.proofs.checking.compiled import chain, evaluate, expression
from softmaxlab.proofs.checking.concrete import ordered
from softmaxlab.proofs.language.names import names_in, sizes_in
from softmaxlab.proofs.language.terms import Scalar
from softmaxlab.widgets import Derivation
from support.browser.harness import widget_page
from support.chains import CHAINS

VALUES = """(root) => Object.fromEntries(["left", "before", "after"].map((name) =>
    [name, root.querySelector(`.dv-value.is-${name} .sl-value`).textContent]))"""


@pytest.fixture
def show_widgets(page, served_folder):
    """Open a page that holds these widgets, alive."""
    folder, address = served_folder
    own = folder / str(len(list(folder.iterdir())))
    own.mkdir()

    def opened(*widgets, fragment=""):
        widget_page(own, *(widgets or (Derivation(labels=["cat", "dog", "bird"]),)))
        page.goto(f"{address}/{own.name}/index.html{fragment}")
        for mount in page.locator(".sl-mount").all():
            mount.locator(".dv:not(.is-still)").wait_for()
        return page

    return opened


def shown(page):
    return page.locator(".dv").evaluate(VALUES)


def press(page, name):
    """Press a button, also one that has nothing to do: aria-disabled, it can still be pressed."""
    page.get_by_role("button", name=name).dispatch_event("click")


def number(text):
    return float(text.replace("−", "-"))


# ---- Values ----


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the module of the front end as `derivation`."""
    empty_tab.evaluate('async () => { globalThis.derivation = await import("/widgets/derivation/widget.js"); }')
    return empty_tab


def random_numbers(lines, sizes, rng):
    """Numbers for every name that the lines use: positive where a logarithm needs it."""
    found = {}
    for thing in names_in(*lines).values():
        scalar = isinstance(thing, Scalar)
        shape = () if scalar else tuple(sizes[size.args[0]] for size in thing.sizes)
        values = rng.uniform(-4, 4, shape)
        positive = thing.args[1] if scalar else thing.positive
        found[thing.args[0] if scalar else thing.name] = (np.exp(values / 4) if positive else values).tolist()
    return found


@cache  # SymPy finds the values once, for all engines
def trees_scopes_and_values(label):
    """A proof's lines as trees; then, for three numbers of classes, what they are evaluated with, and their values."""
    lines, _ = chain(proof_of(label))
    definitions, free, rng = {}, ordered(*lines), np.random.default_rng(1)
    trees, scopes, values = [expression(line, definitions) for line in lines], [], []
    for count in (2, 3, 4):
        sizes = dict.fromkeys(sizes_in(*lines), 2) | {"N": count}
        numbers = random_numbers(lines, sizes, rng)
        at = {index: int(rng.integers(sizes[index.size.args[0]])) + 1 for index in free}
        indices = {index.name: number for index, number in at.items()}
        scopes.append({"values": numbers, "sizes": sizes, "indices": indices, "definitions": definitions})
        values.append([evaluate(line, sizes, numbers, at) for line in lines])
    return trees, scopes, np.array(values)


@pytest.mark.parametrize("label", CHAINS)
def test_every_line_of_every_proof_has_the_value_that_sympy_finds(twin_tab, label):
    trees, scopes, expected = trees_scopes_and_values(label)
    found = twin_tab.evaluate(
        """([trees, scopes]) => scopes.map((scope) =>
            trees.map((tree) => derivation.evaluate(tree, {...scope, seeds: []})[0]))""",
        [trees, scopes],
    )
    scale = np.maximum(1, np.abs(expected))
    # terms of a line reach 1e5 and cancel: SymPy adds them in another order
    assert np.max(np.abs(np.array(found) - expected) / scale) < 1e-10


@cache
def states_and_values():
    """The proof of p − y, 500 random states, and the values of its lines there."""
    rng = np.random.default_rng(2)
    derivation = Derivation("eq-p-minus-y")
    (i,) = ordered(*derivation._lines)
    states, values = [], []
    for _ in range(500):
        count = int(rng.integers(2, 6))
        logits, index, y = rng.uniform(-10, 10, count).tolist(), int(rng.integers(count)), int(rng.integers(count))
        states.append({"logits": logits, "indices": [index], "trueClass": y})
        numbers = {"a": logits, "y": np.eye(count)[y].tolist()}
        values.append([evaluate(line, {"N": count}, numbers, {i: index + 1}) for line in derivation._lines])
    return derivation.certificate, states, np.array(values)


def test_values_at_500_random_logits_agree_with_python(twin_tab):
    proof, states, expected = states_and_values()
    found = twin_tab.evaluate(
        "([states, proof]) => states.map((state) => derivation.valuesOf(proof.lines, state, proof))", [states, proof]
    )
    assert np.max(np.abs(np.array(found) - expected)) < 1e-12  # numbers of order 1, and no cancellation of larger ones


def test_a_slope_of_the_third_order_is_that_of_the_closed_form(twin_tab):
    lines, _ = chain(proof_of("eq-lse-third"))
    logits, definitions = [0.5, -1.0, 2.0], {}
    tree = expression(lines[0], definitions)
    p = softmax(logits)
    found = twin_tab.evaluate(
        "([tree, scope]) => derivation.evaluate(tree, {...scope, seeds: []})[0]",
        [
            tree,
            {"values": {"a": logits}, "sizes": {"N": 3}, "indices": {"i": 1, "j": 1, "k": 2},
             "definitions": definitions},
        ],
    )  # fmt: skip
    np.testing.assert_allclose(found, -p[0] * p[1] * (1 - 2 * p[0]), rtol=1e-12)  # third cumulant, i = j ≠ k


# ---- The picture ----


def test_what_is_shown_before_dragging_is_what_the_still_shows(show_widgets):
    derivation = Derivation("eq-p-minus-y", step=3)
    expected = {
        name: _formatting.fixed(derivation.values[n], 10) for name, n in (("left", 0), ("before", 2), ("after", 3))
    }
    assert shown(show_widgets(derivation)) == expected


def test_left_side_and_line_follow_a_slider_before_the_event_is_over(show_widgets):
    page = show_widgets()
    values = page.get_by_role("slider", name="cat: logit").evaluate(
        f"""(input) => {{
            input.value = "-2";
            input.dispatchEvent(new Event("input"));
            return ({VALUES})(input.closest(".dv"));
        }}"""
    )
    slope = softmax_jacobian([-2, 0, -1])[0, 1]
    assert {number(text) for text in values.values()} == {round(slope, 10)}


@pytest.mark.parametrize("label", ["eq-jacobian", "eq-p-minus-y", "eq-jacobian-symmetric"])
def test_every_step_can_be_reached_and_no_digit_is_ever_struck_out(show_widgets, label):
    page = show_widgets(Derivation(label))
    count = len(proof_of(label).steps)
    for step in range(1, count + 1):
        assert page.locator(".dv-count").inner_text() == f"{step} of {count}"
        assert page.locator(".dv-value s").count() == 0
        assert "qual" in page.locator(".dv-verdict").inner_text()
        press(page, "Next")
    assert page.get_by_role("button", name="Next").get_attribute("aria-disabled") == "true"
    assert page.locator(".dv-count").inner_text() == f"{count} of {count}"


def test_a_false_line_would_be_seen(show_widgets):
    derivation = Derivation()
    false = {**derivation.certificate, "lines": [*derivation.certificate["lines"][:-1], ["at", "a", "i"]]}
    derivation.set_trait("certificate", false)
    page = show_widgets(derivation)
    page.get_by_role("slider", name="Step of the proof").press("End")
    assert page.locator(".dv-value.is-after s").count() == 1
    assert page.locator(".dv-verdict").inner_text().startswith("They differ by")


def test_each_step_marks_what_changed(show_widgets):
    page = show_widgets(Derivation(step=4))
    texts = [
        page.locator(f".dv-line.is-{side} .dv-math > :not(.is-away) .is-changed").all_text_contents()
        for side in ("before", "after")
    ]
    assert texts == [["(∂∂ajeai)", "∂∂aj"], ["δijeai", "δjk"]]


def test_indices_are_chosen_by_class(show_widgets):
    page = show_widgets()
    page.get_by_role("radio", name="i is bird").check()
    page.get_by_role("radio", name="j is bird").check()
    assert number(shown(page)["left"]) == round(softmax_jacobian([1, 0, -1])[2, 2], 10)


def test_the_true_class_is_chosen_where_targets_are_in_play(show_widgets):
    page = show_widgets(Derivation("eq-p-minus-y", labels=["cat", "dog", "bird"]))
    page.get_by_role("radio", name="dog is the true class").check()
    assert number(shown(page)["left"]) == round(cross_entropy_grad(np.array([1.0, 0, -1]), 1)[0], 10)
    assert show_widgets().get_by_role("radio", name="true class").count() == 0


def test_indices_that_must_differ_change_places(show_widgets):
    page = show_widgets(Derivation("eq-jacobian-off", labels=["cat", "dog", "bird"]))
    page.get_by_role("radio", name="i is dog").check()
    assert page.get_by_role("radio", name="j is cat").is_checked()


def test_classes_come_and_go_between_two_and_five(show_widgets):
    page = show_widgets()
    for _ in range(4):
        press(page, "Add class")
    assert page.locator(".dv-class:not(.is-head)").count() == 5
    page.get_by_role("radio", name="i is class 4").check()
    for _ in range(5):
        press(page, "Remove class")
    assert page.locator(".dv-class:not(.is-head)").count() == 2
    assert page.get_by_role("radio", name="i is dog").is_checked()


def test_symbols_know_the_class_that_their_index_stands_for(show_widgets):
    page = show_widgets(Derivation(step=8, indices=[2, 0]))
    symbols = page.locator(".dv-line.is-after .dv-math > :not(.is-away) [data-sl-quantity=probs]")
    assert symbols.evaluate_all("all => all.map((node) => node.dataset.slIndex)") == ["2", "0"]
    page.get_by_role("radio", name="i is class 1").check()
    assert symbols.evaluate_all("all => all.map((node) => node.dataset.slIndex)") == ["1", "0"]


# ---- The address ----


def test_a_link_brings_the_state_back(show_widgets):
    page = show_widgets(fragment="#s.step=5&s.logits=2,-1,0.5&s.at=2,1&s.y=0")
    assert page.locator(".dv-count").inner_text() == "5 of 8"
    assert number(shown(page)["left"]) == round(softmax_jacobian([2, -1, 0.5])[2, 1], 10)


def test_a_gesture_is_written_and_back_undoes_it(show_widgets):
    page = show_widgets()
    page.get_by_role("button", name="Next").click()
    page.wait_for_function("location.hash.includes('s.step=2')")
    page.go_back()
    page.wait_for_function("document.querySelector('.dv-count').textContent === '1 of 8'")


@pytest.mark.parametrize(
    "junk",
    ["s.step=99", "s.step=1.5", "s.logits=1", "s.logits=1,11", "s.logits=a,b", "s.at=7,0", "s.at=0", "s.at=,", "s.y=x"],
)
def test_junk_in_the_address_is_ignored(show_widgets, junk):
    page = show_widgets(fragment=f"#{junk}")
    assert page.locator(".dv-count").inner_text() == "1 of 8"
    assert number(shown(page)["left"]) == round(softmax_jacobian([1, 0, -1])[0, 1], 10)


def test_reset_brings_everything_back(show_widgets):
    page = show_widgets()
    before = shown(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Random").click()
    page.get_by_role("button", name="Reset").click()
    assert shown(page) == before
    assert re.fullmatch(r"1 of \d+", page.locator(".dv-count").inner_text())
