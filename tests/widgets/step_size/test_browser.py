"""StepSize in real Chromium: its arithmetic against NumPy's, and what a reader meets."""

import math
import re

import numpy as np
import pytest

from softmaxlab.lessons.step_size import METHODS, STEPS, cut, estimate_errors, estimates, parts
from softmaxlab.widgets import StepSize
from softmaxlab.widgets.step_size import digits as step_digits
from softmaxlab.widgets.step_size import explanation, note, step_text
from softmaxlab.widgets.step_size.picture import HEAD, across, up
from support.browser.harness import widget_page
from support.browser.pages import address_settles

EPS = np.finfo(float).eps


def states():
    """Points and steps of every size, the same in each run."""
    rng = np.random.default_rng(8)
    points = [
        ([1.0, 2.0, 0.5], 1, 0),
        ([0.0, 0.0, -20.0], 0, 0),
        ([-20.0, 4.0, -8.5], 2, 2),
        ([20.0, -20.0, 0.0], 0, 1),
    ]
    points += [(np.round(rng.uniform(-8, 8, 3), 1).tolist(), *rng.integers(3, size=2).tolist()) for _ in range(40)]
    steps = [*STEPS[::8].tolist(), *(10.0 ** rng.uniform(-16, 0, 10)).tolist()]
    return [(*point, step) for point in points for step in steps]


STATES = states()


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`."""
    empty_tab.evaluate('async () => { globalThis.twin = await import("/widgets/step_size/widget.js"); }')
    return empty_tab


def every(twin, body):
    """What this expression of state and h says at every state."""
    call = (
        f"(states) => states.map(([logits, target, k, h]) => {{ const state = {{logits, target, k}}; return {body}; }})"
    )
    return list(zip(STATES, twin.evaluate(call, STATES), strict=True))


@pytest.fixture
def show_widgets(page, folder_and_address):
    """Open a page that holds this widget, alive."""
    folder, address = folder_and_address

    def opened(widget=None, width=1280, fragment="", before=""):
        widget_page(folder, widget or StepSize(), before=before)
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}{fragment}")
        page.locator("[data-sl-ready]").wait_for()
        return page

    return opened


def field(page):
    return page.get_by_role("textbox", name="Exact step h")


def slider(page):
    return page.get_by_role("slider", name="Step h")


def numbers(page):
    """Each number as shown, what is struck out in [brackets]."""
    return page.locator(".sz-value").evaluate_all(
        """(values) => values.map((value) => {
            const [right, wrong, end] = [...value.children].map((part) => part.textContent);
            return right + (wrong && `[${wrong}]`) + end;
        })"""
    )


# ---- Arithmetic ----


def test_estimates_are_numpys_up_to_a_few_ulps_of_the_losses_over_the_step(twin_tab):
    for (logits, target, k, step), found in every(twin_tab, "twin.estimates(state, h)"):
        ours = estimates(logits, target, k, step)
        losses = [cut(np.array(logits) + shift * np.eye(3)[k], target, k).value for shift in (-step, 0, step)]
        # exp and log may differ in the last place, and two of three losses are subtracted: 4 ulps of the largest are
        # divided by the step. That is all that can be compared far to the left, where rounding is all there is.
        slack = 4 * EPS * max(losses) / step
        assert abs(found["forward"] - ours["forward"]) <= slack + 4 * EPS, (logits, target, k, step)
        assert abs(found["central"] - ours["central"]) <= slack + 4 * EPS, (logits, target, k, step)
        # nothing is subtracted from anything of its size: a few roundings of numbers below 1
        assert abs(found["complex"] - ours["complex"]) <= 4 * EPS, (logits, target, k, step)


def test_value_derivatives_and_best_steps_are_those_of_numpy(twin_tab):
    for (logits, target, k, _), found in every(twin_tab, "twin.cut(state)"):
        here = cut(logits, target, k)
        assert found["value"] == pytest.approx(here.value, rel=8 * EPS)
        assert found["slope"] == pytest.approx(here.slope, rel=8 * EPS)
        # 1 − p and 1 − 2p lose digits where they are small, and the best steps are roots of them
        assert found["second"] == pytest.approx(here.second, rel=1e-6, abs=2 * EPS)
        assert found["third"] == pytest.approx(here.third, rel=1e-6, abs=2 * EPS)
        if here.second > 1e-9:
            assert found["best"]["forward"] == pytest.approx(here.best_forward, rel=1e-6)
        if abs(here.third) > 1e-9:
            assert found["best"]["central"] == pytest.approx(here.best_central, rel=1e-6)


def test_truncation_and_rounding_are_those_of_python(twin_tab):
    for (logits, target, k, step), found in every(twin_tab, "twin.parts(twin.cut(state), h)"):
        wanted = parts(cut(logits, target, k), step)
        for name in ("forward", "central"):
            assert found[name] == pytest.approx(wanted[name], rel=1e-6, abs=1e-15), (logits, target, k, step)


def test_the_steps_of_the_picture_are_the_same_floats(twin_tab):
    assert twin_tab.evaluate("Array.from({length: 321}, (_, i) => twin.stepAt(i / 20 - 16))") == STEPS.tolist()


def test_a_slope_is_split_into_right_and_wrong_digits_as_in_python(twin_tab):
    body = (
        "((e, s) => [e, s, twin.compared(e.forward, s), twin.compared(e.central, s)])(twin.estimates(state, h), SLOPE)"
    )
    for _, (ours, exact, *shown) in every(twin_tab, body.replace("SLOPE", "twin.cut(state).slope")):
        for name, split in zip(("forward", "central"), shown, strict=True):
            found = split["right"], split["wrong"], split["end"], split["count"]
            assert found == step_digits.compared_estimates(ours[name], exact), (ours[name], exact)


def test_the_words_are_those_of_python(twin_tab):
    body = """((here) => [here, twin.explanation(h, logits[k], here),
        ["forward", "central", "complex", "exact"].map((name) => twin.note(name, here, k === target)), twin.stepText(h)]
    )(twin.cut(state))"""
    for (logits, target, k, step), (found, why, notes, text) in every(twin_tab, body):
        central = found["best"]["central"]
        here = cut(logits, target, k)._replace(
            **{name: found[name] for name in ("value", "slope", "second", "third")},
            best_forward=found["best"]["forward"],
            best_central=math.inf if central is None else central,
        )
        assert why == explanation(step, logits[k], here), (logits, target, k, step)
        assert notes == [note(name, here, k == target) for name in (*METHODS, "exact")]
        assert text == step_text(step)


# ---- What a reader meets ----


def test_wrong_digits_are_struck_out(show_widgets):
    page = show_widgets()
    field(page).fill("1")
    forward, central, sideways, exact = numbers(page)
    assert forward.startswith("[+0.3")
    assert central.startswith("+0.2[")
    assert sideways.startswith("+0.2[")
    assert exact == "+0.231223897622"
    field(page).fill("1e-16")
    assert numbers(page)[0] == "[0]"
    assert numbers(page)[2] == "+0.231223897622"
    assert "The nudge is lost" in page.locator(".sz-why").inner_text()


def test_a_screen_reader_is_told_what_is_struck_out(show_widgets):
    page = show_widgets()
    spoken = page.locator(".sz-row").first.locator(".sz-spoken").inner_text()
    # The loss's rounding error over h is about 1e-11: the last digits are those of the browser's exp and log.
    assert re.fullmatch(r"\+0\.2312247[89]\d{4}, wrong from digit 6 on", spoken)
    assert page.locator(".sz-value").first.get_attribute("aria-hidden") == "true"


def test_results_are_spoken_after_a_pause(show_widgets):
    page = show_widgets()
    slider(page).press("Home")
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    spoken = page.locator(".sl-spoken").text_content()
    assert spoken.startswith("forward 0, all of it wrong. central ")
    assert spoken.endswith("complex step +0.231223897622. exact +0.231223897622.")
    assert slider(page).get_attribute("aria-valuetext") == "1e-16"


@pytest.mark.parametrize(
    ("key", "step"), [("ArrowRight", 1.12e-5), ("PageUp", 1e-4), ("PageDown", 1e-6), ("Home", 1e-16), ("End", 1)]
)
def test_keys_move_the_step_along_its_power_of_ten(show_widgets, key, step):
    page = show_widgets()
    slider(page).press(key)
    assert float(field(page).input_value()) == step


@pytest.mark.parametrize(
    ("key", "step"), [("ArrowUp", 1.12e-5), ("ArrowDown", 8.91e-6), ("PageUp", 1e-4), ("PageDown", 1e-6)]
)
def test_keys_in_the_field_multiply_the_step(show_widgets, key, step):
    page = show_widgets()
    field(page).press(key)
    assert float(field(page).input_value()) == step


def test_the_mark_in_the_plot_stands_below_the_thumb(show_widgets):
    page = show_widgets(StepSize(step=1e-8))
    box, mark = slider(page).bounding_box(), page.locator(".sz-cursor").bounding_box()
    assert mark["x"] + mark["width"] / 2 == pytest.approx(box["x"] + box["width"] / 2, abs=1)  # halfway


def test_dragging_in_the_plot_moves_the_step(show_widgets):
    page = show_widgets()
    box = page.locator(".sz-plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 50)
    page.mouse.down()
    assert float(field(page).input_value()) == pytest.approx(1e-12, rel=0.13)  # a pixel, then the nearest mark
    page.mouse.move(box["x"] + 2 * box["width"], box["y"] + 50)
    assert float(field(page).input_value()) == 1
    page.mouse.up()
    page.mouse.move(box["x"], box["y"] + 50)
    assert float(field(page).input_value()) == 1


def test_dots_and_rings_lie_where_the_errors_and_the_best_steps_are(show_widgets):
    page = show_widgets(StepSize(step=1e-3))
    found, here = estimate_errors([1, 2, 0.5], 1, 0), cut([1, 2, 0.5], 1, 0)
    at = int(np.argmin(np.abs(STEPS - 1e-3)))
    heights = [float(dot.get_attribute("cy")) for dot in page.locator(".sz-dot").all()]
    # rounding is 1e-13 of these errors or less, so that they lie alike to a pixel
    assert heights == pytest.approx([HEAD + up(found[name][at]) for name in METHODS], abs=1)
    rings = page.locator(".sz-best").all()
    for ring, name in zip(rings, ("forward", "central"), strict=True):
        best = getattr(here, f"best_{name}")
        assert float(ring.get_attribute("cx").rstrip("%")) == pytest.approx(across(best) / 10, abs=1e-3)
        assert float(ring.get_attribute("cy")) == pytest.approx(HEAD + up(sum(parts(here, best)[name])), abs=0.01)


def test_buttons_go_to_the_best_steps_and_back(show_widgets):
    page = show_widgets()
    page.get_by_role("button", name="Forward’s best").click()
    assert field(page).input_value() == "3.41e-8"
    page.get_by_role("button", name="Central’s best").click()
    assert field(page).input_value() == "1.17e-5"
    page.get_by_role("button", name="Reset").click()
    assert field(page).input_value() == "1e-5"


def test_another_nudged_logit_and_another_truth_change_the_slope(show_widgets):
    page = show_widgets()
    page.get_by_role("radio", name="nudged logit 1").check()
    assert float(numbers(page)[3].replace("−", "-")) == pytest.approx(cut([1, 2, 0.5], 1, 1).slope, abs=1e-12)
    page.get_by_role("radio", name="true class 0").check()
    assert float(numbers(page)[3]) == pytest.approx(cut([1, 2, 0.5], 0, 1).slope, abs=1e-12)
    assert page.locator(".sz-logit").nth(1).locator(".sz-name").inner_text().replace("\n", "") == "a1 + h"


def test_everything_follows_the_slider_before_the_event_is_over(show_widgets):
    page = show_widgets()
    shown = slider(page).evaluate(
        """(input) => {
            input.value = "-16";
            input.dispatchEvent(new Event("input"));
            return input.closest(".sz").querySelector(".sz-value").textContent;
        }"""
    )
    assert shown == "0"


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_state_makes_the_widget_higher(show_widgets, width):
    page = show_widgets(width=width)
    heights = page.locator(".sz").evaluate(
        """(root) => {
            const heights = new Set();
            const [step, ...logits] = root.querySelectorAll(".sl-range");
            for (const radio of root.querySelectorAll(".sz-radio")) {
                radio.click();
                for (const logit of [-8, 0, 8]) {
                    logits[0].value = logit;
                    logits[0].dispatchEvent(new Event("input"));
                    for (let at = -16; at <= 0; at += 0.5) {
                        step.value = at;
                        step.dispatchEvent(new Event("input"));
                        heights.add(root.getBoundingClientRect().height);
                    }
                }
            }
            return [...heights];
        }"""
    )
    assert len(heights) == 1


def test_the_state_is_in_the_address_and_comes_back_from_it(show_widgets):
    page = show_widgets()
    field(page).fill("1e-9")
    field(page).press("Enter")
    page.get_by_role("radio", name="nudged logit 2").check()
    page.get_by_role("slider", name="logit 0").press("ArrowRight")
    address_settles(page)
    assert page.evaluate("location.hash") == "#h.a=1.1,2,0.5&h.y=1&h.k=2&h.h=1e-9"
    shown = numbers(page)
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert numbers(page) == shown


def test_junk_in_the_address_is_ignored_piece_by_piece(show_widgets):
    page = show_widgets(fragment="#h.a=1,2&h.y=7&h.k=2&h.h=0")
    assert field(page).input_value() == "1e-5"
    assert page.get_by_role("radio", name="nudged logit 2").is_checked()
    assert page.get_by_role("radio", name="true class 1").is_checked()


@pytest.mark.parametrize("typed", ["2", "-1", "1e-17", "abc"])
def test_junk_is_refused_in_place_and_the_state_kept(show_widgets, typed):
    page = show_widgets()
    before = numbers(page)
    field(page).fill(typed)
    page.locator(".sl-refusal:visible").wait_for()
    assert numbers(page) == before
    field(page).press("Escape")
    assert field(page).input_value() == "1e-5"


def test_a_touch_on_the_plot_moves_the_step(browser, folder_and_address):
    folder, address = folder_and_address
    widget_page(folder, StepSize())
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    box = page.locator(".sz-plot").bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + 60)
    value = float(field(page).input_value())
    context.close()
    assert value == pytest.approx(1e-8, rel=0.2)


def test_the_still_and_the_live_widget_show_the_same_words_and_the_digits_that_are_right(show_widgets, browser):
    page = show_widgets(StepSize(step=1e-3))
    parts_ = ".sz-value", ".sz-note", ".sz-why", ".sz-name", ".sz-chip"
    live = [page.locator(part).all_inner_texts() for part in parts_]
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    still = context.new_page()
    still.goto(page.url)
    found = [still.locator(part).all_inner_texts() for part in parts_]
    context.close()
    assert found[1:] == live[1:]
    for a, b in zip(found[0], live[0], strict=True):
        assert float(a) == pytest.approx(float(b), abs=1e-11)  # a step of the loss over h is 1e-13: the last digits
