"""LabelShapeLab in real Chromium: its arithmetic and its error texts against NumPy's, and what a reader meets."""

import re

import numpy as np
import pytest

from softmaxlab import cross_entropy
from softmaxlab.pitfalls.label_broadcasting import answer, label_shapes, loss_by_indexing, loss_meant, pick_counts
from softmaxlab.widgets import LabelShapeLab
from softmaxlab.widgets.label_shape_lab import FORMS
from softmaxlab.widgets.label_shape_lab import words as label_words
from support.browser.harness import widget_page
from support.browser.pages import address_settles


def states():
    """Every form, with batches of every shape and several seeds: (logits, labels, form)."""
    found = []
    for m, n in np.ndindex(4, 3):
        for seed in range(8):
            rng = np.random.default_rng([m, n, seed])
            logits = rng.normal(0, 4 * seed, (m + 1, n + 2)).clip(-100, 100)  # as large as the factor makes them
            labels = rng.integers(0, n + 2 - seed % 2, m + 1)  # in half of them, the last class does not occur
            found += [(logits.tolist(), labels.tolist(), form) for form in FORMS]
    return found


STATES = states()


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`."""
    empty_tab.evaluate('async () => { globalThis.twin = await import("/widgets/label_shape_lab/widget.js"); }')
    return empty_tab


def every(twin, body):
    """Pair each state, targets included, with what this expression says of it."""
    found = twin.evaluate(
        f"""(states) => states.map(([logits, labels, form]) => {{
            const targets = twin.targetsOf(labels, logits[0].length, form);
            return {body};
        }})""",
        STATES,
    )
    for (logits, labels, form), said in zip(STATES, found, strict=True):
        logits = np.array(logits)
        yield logits, labels, form, label_shapes(labels, logits.shape[1])[form], said


def same(reply, ours):
    """Whether two replies are the same error, or the same number up to 1e-12."""
    if ours.error is not None:
        return (reply["error"], reply["value"]) == (ours.error, None)
    return reply["error"] is None and abs(reply["value"] - ours.value) <= 1e-12 * (1 + abs(ours.value))


# ---- Arithmetic and words ----


def test_targets_are_those_of_python(twin_tab):
    for _logits, _labels, form, targets, said in every(twin_tab, "targets"):
        assert (tuple(said["shape"]), said["kind"]) == (targets.shape, targets.dtype.kind), form
        assert np.allclose(said["data"], targets.ravel(), rtol=0, atol=1e-16)


def test_indexing_says_what_numpy_says(twin_tab):
    errors = set()
    for logits, labels, form, targets, said in every(twin_tab, "twin.lossByIndexing(logits, targets)"):
        ours = answer(loss_by_indexing, logits, targets)
        errors.add(re.sub(r"\d", "#", ours.error or ""))
        assert same(said, ours), (logits.shape, labels, form, said, ours)
    assert len(errors) == 5  # every kind of error has come up, and no error


def test_the_cells_that_are_filled_are_those_that_numpy_reads(twin_tab):
    body = "twin.indexed([logits.length, logits[0].length], targets).read ?? null"
    for logits, labels, form, targets, said in every(twin_tab, body):
        try:
            ours = pick_counts(logits, targets)
        except IndexError:
            assert said is None, (labels, form)
            continue
        counts = np.zeros(logits.shape, int)
        np.add.at(counts, tuple(np.transpose(said)), 1)
        np.testing.assert_array_equal(counts, ours)


def test_softmaxlab_says_the_same_in_the_page(twin_tab):
    errors = set()
    for logits, labels, form, targets, said in every(twin_tab, "twin.lossBySoftmaxlab(logits, targets)"):
        ours = answer(cross_entropy, logits, targets)
        errors.add(re.sub(r"\d", "#", ours.error or ""))
        assert same(said, ours), (logits.shape, labels, form, said, ours)
    assert len(errors) == 9


def test_what_was_meant_is_what_python_says(twin_tab):
    for logits, labels, form, _targets, said in every(twin_tab, "twin.lossMeant(logits, labels, form)"):
        ours = loss_meant(logits, labels, form)
        assert said == (None if ours is None else pytest.approx(ours, rel=1e-12, abs=1e-12)), (labels, form)


def test_arrays_explanations_and_verdicts_are_written_as_in_python(twin_tab):
    body = """[twin.printed(targets), twin.explanation(form, labels, logits[0].length),
        twin.verdict(twin.lossByIndexing(logits, targets), twin.lossMeant(logits, labels, form), "indexing"),
        twin.detail(twin.lossByIndexing(logits, targets), targets, "indexing", twin.lossMeant(logits, labels, form))]"""
    for logits, labels, form, targets, said in every(twin_tab, body):
        reply = answer(loss_by_indexing, logits, targets)._asdict()
        meant = loss_meant(logits, labels, form)
        assert said == [
            label_words.printed(targets),
            label_words.explanation(form, labels, logits.shape[1]),
            label_words.verdict(reply, meant, "indexing"),
            label_words.detail(reply, targets, "indexing", meant),
        ]


# ---- What a reader meets ----


@pytest.fixture
def show_widgets(page, folder_and_address):
    """Open a page that holds one widget, alive."""
    folder, address = folder_and_address

    def opened(widget=None, width=1280, fragment=""):
        widget_page(folder, widget or LabelShapeLab())
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address + fragment)
        page.locator("[data-sl-ready]").wait_for()
        return page

    return opened


def values(page):
    """What was meant, what indexing says, and what softmaxlab says: numbers, "" for an error."""
    return page.locator(".ls-value").all_text_contents()


def filled(page):
    """Which cells are filled, row by row."""
    return page.locator(".ls-cell:visible").evaluate_all(
        "cells => cells.map((cell) => cell.classList.contains('is-read'))"
    )


def test_a_column_is_read_whole_and_refused_by_softmaxlab(show_widgets):
    page = show_widgets()
    assert values(page) == ["0.480", "4.439", ""]
    assert filled(page) == [True] * 9
    page.get_by_role("radio", name="indices (m,)").check()
    assert values(page) == ["0.480"] * 3
    assert filled(page) == np.eye(3, dtype=bool).ravel().tolist()


def test_the_surer_the_model_the_worse_the_column_and_the_better_the_truth(show_widgets):
    page = show_widgets()
    page.get_by_role("slider", name="Factor of the logits").press("End")
    meant, column, _ = values(page)
    assert float(meant) < 0.480
    assert float(column) > 3 * 4.439


def test_more_examples_make_the_one_hot_integers_stop(show_widgets):
    page = show_widgets(LabelShapeLab(form="one-hot, int"))
    page.get_by_role("slider", name="Number of examples").press("ArrowRight")
    assert "could not be broadcast together with shapes (4,) (4,3)" in page.locator(".ls-error").first.inner_text()
    page.get_by_role("slider", name="Number of classes").press("ArrowRight")
    assert page.locator(".ls-detail").first.inner_text().startswith("16 entries")


def test_a_row_that_goes_and_comes_back_is_the_same(show_widgets):
    page = show_widgets(LabelShapeLab(form="indices (m,)"))
    rows, shown = page.get_by_role("slider", name="Number of examples"), values(page)
    rows.press("Home")
    assert values(page) != shown
    rows.press("ArrowRight")
    rows.press("ArrowRight")
    assert values(page) == shown


def test_a_tap_on_a_cell_makes_it_the_true_class(show_widgets):
    page = show_widgets(LabelShapeLab(form="indices (m,)"))
    page.locator(".ls-cell:visible").nth(1).click()
    assert page.locator(".ls-code").inner_text() == "[1 1 2]"
    assert values(page)[0] == f"{cross_entropy(LabelShapeLab().logits, [1, 1, 2]):.3f}"


def test_arrows_move_the_true_class_along_its_row(show_widgets):
    page = show_widgets(LabelShapeLab(form="indices (m,)"))
    row = page.get_by_role("radiogroup", name="True class of row 0")
    row.locator("input:checked").press("ArrowRight")
    assert page.locator(".ls-code").inner_text() == "[1 1 2]"


def test_a_cell_says_what_it_holds_and_how_often_it_is_read(show_widgets):
    page = show_widgets(LabelShapeLab(form="one-hot, int"))
    names = page.locator(".ls-cell:visible input").evaluate_all("cells => cells.map((cell) => cell.ariaLabel)")
    assert names[:3] == ["class 0: −0.41, read 2 times", "class 1: −2.41, read once", "class 2: −1.41, read 0 times"]


def test_results_are_spoken_after_a_pause(show_widgets):
    page = show_widgets()
    page.get_by_role("radio", name="row (1, m)").check()
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    spoken = page.locator(".sl-spoken").text_content()
    assert spoken.startswith(
        "Meant: 0.480. Indexing: 4.223, wrong, without a word. softmaxlab: ValueError: targets has"
    )


def test_the_state_is_in_the_address_and_comes_back_from_it(show_widgets):
    page = show_widgets()
    page.get_by_role("radio", name="one-hot, int").check()
    page.get_by_role("textbox", name="Exact factor").fill("2")
    page.get_by_role("textbox", name="Exact factor").press("Enter")
    address_settles(page)
    assert page.evaluate("location.hash") == "#s.z=2,0,1;0,3,1;1,0,1&s.y=0,1,2&s.form=int&s.x=2"
    shown = values(page)
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert values(page) == shown


@pytest.mark.parametrize(
    "fragment",
    [
        "#s.z=1,2;3&s.form=row",
        "#s.z=1,2,3,4,5&s.y=0&s.form=row",
        "#s.z=99,0&s.y=7,7,7&s.form=row&s.x=-1",
        "#s.z=&s.y=&s.x=&s.form=row",
        "#s.y=0,1,1e9&s.form=row&s.x=abc",
    ],
)
def test_junk_in_the_address_is_ignored_piece_by_piece(show_widgets, fragment):
    page = show_widgets(fragment=fragment)
    assert values(page)[:2] == ["0.480", "4.223"]


def test_an_address_brings_another_shape(show_widgets):
    page = show_widgets(fragment="#s.z=1,0;0,1&s.y=1,1&s.form=indices")
    assert page.locator(".ls-cell:visible").count() == 4
    assert values(page)[0] == f"{cross_entropy([[1, 0], [0, 1]], [1, 1]):.3f}"


def test_back_undoes_a_choice(show_widgets):
    page = show_widgets()
    shown = values(page)
    page.get_by_role("radio", name="indices (m,)").check()
    address_settles(page)
    page.go_back()
    assert values(page) == shown


def test_junk_is_refused_in_place_and_the_state_kept(show_widgets):
    page = show_widgets()
    page.get_by_role("textbox", name="Exact factor").fill("6")
    assert page.locator(".sl-refusal:visible").inner_text() == "From 0 to 5, please."
    assert values(page)[0] == "0.480"


def test_reset_brings_the_first_state_back(show_widgets):
    page = show_widgets()
    shown = values(page)
    page.get_by_role("button", name="Random").click()
    page.get_by_role("radio", name="soft").check()
    page.get_by_role("button", name="Reset").click()
    assert values(page) == shown


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_state_makes_the_widget_higher(show_widgets, width):
    page = show_widgets(width=width)
    heights = page.locator(".ls").evaluate(
        """(root) => {
            const heights = new Set();
            const [, rows, classes] = root.querySelectorAll(".sl-range");
            const set = (range, value) => {
                range.value = value;
                range.dispatchEvent(new Event("input"));
            };
            for (const radio of root.querySelectorAll(".ls-form input")) {
                radio.click();
                for (const m of [1, 2, 3, 4]) {
                    for (const n of [2, 3, 4]) {
                        set(rows, m);
                        set(classes, n);
                        heights.add(root.getBoundingClientRect().height);
                    }
                }
            }
            return [...heights];
        }"""
    )
    assert len(heights) == 1


@pytest.mark.parametrize("form", FORMS)
def test_the_still_and_the_live_widget_show_the_same(show_widgets, browser, form):
    page = show_widgets(LabelShapeLab(form=form))
    parts = (
        ".ls-value", ".ls-code", ".ls-caption", ".ls-cell", ".ls-head", ".ls-title", ".ls-verdict", ".ls-error",
        ".ls-detail", ".ls-why",
    )  # fmt: skip
    live = [page.locator(f"{part}:visible").all_inner_texts() for part in parts]
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    still = context.new_page()
    still.goto(page.url)
    found = [still.locator(f"{part}:visible").all_inner_texts() for part in parts]
    context.close()
    assert found == live
