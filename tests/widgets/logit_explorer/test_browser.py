"""LogitExplorer as a reader meets it: in real Chromium, on a page like those of the built book."""

import re

import numpy as np
import pytest

from softmaxlab import cross_entropy_grad, softmax
from softmaxlab.widgets import LogitExplorer
from support.browser.logit_explorer import READ, TEN, expected, field, logits, press, read, slider

# ---- The numbers and the picture ----


def test_what_is_shown_agrees_with_softmaxlab_at_random_states(show_widgets):
    rng = np.random.default_rng(11)
    states = [
        ((rng.normal(size=4) * 10.0 ** rng.uniform(-2, 3)).clip(-1000, 1000).round(4).tolist(),
         float(np.round(10.0 ** rng.uniform(-1, 1), 3)), int(rng.integers(4)))
        for _ in range(150)
    ]  # fmt: skip
    page = show_widgets(LogitExplorer(logits=[0, 0, 0, 0]))
    shown = page.locator(".le").evaluate(
        f"""(root, states) => states.map(([logits, temperature, y]) => {{
            const type = (input, text) => {{ input.value = text; input.dispatchEvent(new Event("input")); }};
            root.querySelectorAll(".le-class .sl-number").forEach((input, i) => type(input, logits[i]));
            type(root.querySelector(".le-temperature .sl-number"), temperature);
            root.querySelectorAll(".le-radio")[y].click();
            return ({READ})(root);
        }})""",
        states,
    )
    assert shown == [expected(*state) for state in states]


def test_everything_follows_a_slider_before_the_event_is_over(show_widgets):
    page = show_widgets()
    shown = slider(page).evaluate(
        f"""(input) => {{
            input.value = "-4";
            input.dispatchEvent(new Event("input"));
            return ({READ})(input.closest(".le"));
        }}"""
    )
    assert shown == expected([-4, 1, 0.1])


@pytest.mark.parametrize("given", [[2, 1, 0.1], TEN], ids=["columns", "rows"])
@pytest.mark.parametrize("width", [390, 1280])
def test_bars_are_as_long_as_their_numbers_and_point_their_way(show_widgets, given, width):
    page = show_widgets(LogitExplorer(logits=given, true_class=1), width=width)
    bars = page.locator(".le-class").evaluate_all(
        """(classes) => classes.map((node) => ["p", "g"].flatMap((name) => {
            const track = node.querySelector(`.le-${name} svg`).getBoundingClientRect();
            const bar = node.querySelector(`.le-${name} rect`).getBoundingClientRect();
            const isUp = getComputedStyle(node.parentNode).display === "grid";
            const along = isUp ? track.bottom - bar.bottom : bar.left - track.left;
            return isUp ? [along / track.height, bar.height / track.height, bar.width, bar.left]
                : [along / track.width, bar.width / track.width, bar.height, bar.top];
        }))"""
    )
    probs, grad = softmax(given), cross_entropy_grad(np.array(given, dtype=float), 1)
    for (start, length, _, _, g_start, g_length, _, _), p, g in zip(bars, probs, grad, strict=True):
        # Layout is in steps of 1/64 pixel, tracks are longer than 60 pixels.
        np.testing.assert_allclose([start, length], [0, p], atol=1e-3)
        np.testing.assert_allclose([g_start, g_length], [0.5 + min(0, g) / 2, abs(g) / 2], atol=1e-3)


def test_the_gradient_stands_below_the_probability_of_its_class(show_widgets):
    page = show_widgets()
    for column in page.locator(".le-class").all():
        above, below = (column.locator(f".le-{name} svg").bounding_box() for name in "pg")
        assert (above["x"], above["width"]) == (below["x"], below["width"])
        assert above["y"] + above["height"] < below["y"]


def test_a_negative_gradient_is_told_by_a_sign_not_only_by_color(show_widgets):
    page = show_widgets()
    signs = [text[0] for text in read(page)["gradient"]]
    assert signs == ["−", "+", "+"]


@pytest.mark.parametrize("temperature", [0.1, 1])
def test_thousand_and_minus_thousand_show_no_nan(show_widgets, temperature):
    page = show_widgets(LogitExplorer(logits=[1000, -1000, 0], temperature=temperature, true_class=1))
    assert read(page) == expected([1000, -1000, 0], temperature, 1)
    text = page.locator(".le").inner_text()
    assert not re.search("NaN|Infinity|undefined", text)
    assert "too large for a float64" in text
    assert page.locator(".le-note").all_inner_texts() == ["too large", "too small", ""]


def test_a_logit_beyond_the_slider_is_kept_and_spoken(show_widgets):
    page = show_widgets()
    field(page).fill("250")
    assert slider(page).input_value() == "10"
    assert field(page).input_value() == "250"
    words = "250, beyond the end of the slider, probability 1.000"
    assert slider(page).get_attribute("aria-valuetext") == words


# ---- Keyboard, names, sizes ----


@pytest.mark.parametrize(
    ("key", "value"),
    [("ArrowRight", 2.1), ("ArrowUp", 2.1), ("ArrowLeft", 1.9), ("ArrowDown", 1.9), ("PageUp", 3),
     ("PageDown", 1), ("Home", -10), ("End", 10)],
)  # fmt: skip
def test_keys_move_a_logit(show_widgets, key, value):
    page = show_widgets()
    slider(page).press(key)
    assert logits(page) == [value, 1, 0.1]
    assert read(page) == expected([value, 1, 0.1])


def test_page_up_stops_at_the_end_of_the_slider(show_widgets):
    page = show_widgets(LogitExplorer(logits=[9.5, 0]))
    for _ in range(3):
        slider(page).press("PageUp")
    assert logits(page) == [10, 0]


@pytest.mark.parametrize(("key", "value"), [("ArrowUp", 2.1), ("ArrowDown", 1.9), ("PageUp", 3), ("PageDown", 1)])
def test_keys_step_a_number_field(show_widgets, key, value):
    page = show_widgets()
    field(page).press(key)
    assert logits(page) == [value, 1, 0.1]


def test_the_temperature_slider_is_logarithmic(show_widgets):
    page = show_widgets()
    temperature = page.get_by_role("slider", name="Temperature")
    for key, value in (("End", "10.00"), ("Home", "0.10"), ("PageUp", "0.126")):  # 0.1 · 10^0.1
        temperature.press(key)
        assert page.get_by_role("textbox", name="Exact temperature").input_value() == value
        assert temperature.get_attribute("aria-valuetext") == value
    assert read(page) == expected([2, 1, 0.1], 0.126)


def test_the_whole_widget_is_reached_by_tab(show_widgets):
    page = show_widgets(LogitExplorer(logits=[0, 1]))
    page.locator("h1").click()
    names = []
    for _ in range(14):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent"))
    assert names[:12] == [
        "Temperature", "Exact temperature", "class 0 is the true class",
        "class 0: logit", "class 0: exact logit", "class 1: logit", "class 1: exact logit",
        "Reset", "Random", "Remove class", "Add class", "Copy link",
    ]  # fmt: skip  # of the radios, one stop


def test_every_control_has_a_name_and_keeps_its_keys_in_jupyterlab(show_widgets):
    page = show_widgets(LogitExplorer(labels=["cat", "dog"]))
    for label in ("cat", "dog", "class 2"):
        assert slider(page, label).count() == field(page, label).count() == 1
        assert page.get_by_role("radio", name=f"{label} is the true class").count() == 1
        assert page.get_by_role("group", name=label, exact=True).count() == 1
    assert page.locator("input:not([data-lm-suppress-shortcuts])").count() == 0


def test_loss_is_spoken_after_a_pause_and_only_once(show_widgets):
    page = show_widgets()
    status = page.locator(".sl-spoken")
    slider(page).press("Home")
    slider(page).press("ArrowRight")
    assert status.text_content() == ""
    assert status.get_attribute("aria-live") == "polite"
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    wanted = expected([-9.9, 1, 0.1])
    assert status.text_content() == f"Loss {wanted['loss']} nats. Probability of class 0 {wanted['p'][0]}."


@pytest.mark.parametrize("width", [320, 390, 1280])
@pytest.mark.parametrize("given", [[0, 1], TEN], ids=["two", "ten"])
def test_targets_are_at_least_24_pixels_each_way(show_widgets, given, width):
    page = show_widgets(LogitExplorer(logits=given), width=width)
    boxes = page.locator(".le :is(input, button)").evaluate_all(
        "(nodes) => nodes.map((n) => n.getBoundingClientRect()).map((box) => Math.min(box.width, box.height))"
    )
    assert len(boxes) == 3 * len(given) + 2 + 5
    assert min(boxes) >= 24


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("given", [[1000, -1000], [1000, -1000, 0.123456789, 0], TEN], ids=len)
def test_nothing_scrolls_sideways(show_widgets, given, width):
    labels = ["a rather long name of a class", "Donaudampfschifffahrtsgesellschaft"]
    page = show_widgets(LogitExplorer(logits=given, labels=labels, true_class=1), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    edge = page.locator(".le").evaluate("(root) => root.getBoundingClientRect().right")
    parts = page.locator(".le *:not(.sl-spoken, b)")  # b: a label, cut off by its line
    rights = parts.evaluate_all("(nodes) => nodes.map((node) => node.getBoundingClientRect().right)")
    assert max(rights) <= edge


def test_there_are_no_transitions_to_reduce(show_widgets, page):
    page.emulate_media(reduced_motion="reduce")
    show_widgets()
    moving = "(nodes) => nodes.filter((n) => getComputedStyle(n).transitionDuration !== '0s').length"
    assert page.locator(".le, .le *").evaluate_all(moving) == 0


def test_bars_stay_visible_in_forced_colors(show_widgets, page):
    page.emulate_media(forced_colors="active")
    show_widgets()
    fills = page.locator(".le-p rect").evaluate_all("(nodes) => nodes.map((n) => getComputedStyle(n).fill)")
    paper = page.evaluate("getComputedStyle(document.querySelector('.le')).backgroundColor")
    assert paper not in fills


# ---- Typed numbers ----


@pytest.mark.parametrize("typed", ["abc", "1e999", "-1e999", "", "--", "1e", "1000.5", "0x1", "1,5"])
def test_junk_is_refused_in_place_and_the_last_state_kept(show_widgets, typed):
    page = show_widgets()
    box = field(page)
    box.fill(typed)
    message = page.locator(".sl-refusal:visible")
    message.wait_for()
    assert 10 < len(message.inner_text()) < 40
    assert box.input_value() == typed
    assert box.get_attribute("aria-invalid") == "true"
    assert page.locator(f"#{box.get_attribute('aria-describedby')}").inner_text() == message.inner_text()
    assert read(page) == expected([2, 1, 0.1])


@pytest.mark.parametrize("leave", ["Escape", "Tab"])
def test_leaving_the_field_brings_the_last_number_back(show_widgets, leave):
    page = show_widgets()
    field(page).fill("abc")
    field(page).press(leave)
    assert field(page).input_value() == "2.00"
    assert page.locator(".sl-refusal:visible").count() == 0
    assert field(page).get_attribute("aria-invalid") is None


def test_junk_is_spoken_with_what_was_kept(show_widgets):
    page = show_widgets()
    field(page).fill("abc")
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    assert page.locator(".sl-spoken").text_content() == "Type a number, like 2 or 0.5. Kept 2.00."


def test_a_number_on_its_way_is_not_scolded(show_widgets):
    page = show_widgets()
    field(page).fill("")
    for key in "-1.5e-1":
        page.keyboard.type(key)
        assert page.locator(".sl-refusal:visible").count() == 0
    assert read(page) == expected([-0.15, 1, 0.1])


def test_enter_refuses_at_once_what_is_not_finished(show_widgets):
    page = show_widgets()
    field(page).fill("-")
    field(page).press("Enter")
    assert page.locator(".sl-refusal:visible").count() == 1


def test_temperature_zero_is_refused(show_widgets):
    page = show_widgets()
    box = page.get_by_role("textbox", name="Exact temperature")
    box.fill("0")
    box.press("Enter")
    assert page.locator(".sl-refusal:visible").inner_text() == "From 0.1 to 10, please."
    assert read(page) == expected([2, 1, 0.1])


# ---- Classes and buttons ----


def test_classes_can_be_added_up_to_ten_and_removed_down_to_two(show_widgets):
    page = show_widgets()
    for _ in range(9):
        press(page, "Add class")
    assert logits(page) == [2, 1, 0.1] + [0] * 7
    assert read(page) == expected([2, 1, 0.1] + [0] * 7)
    assert page.get_by_role("button", name="Add class").get_attribute("aria-disabled") == "true"
    for _ in range(9):
        press(page, "Remove class")
    assert read(page) == expected([2, 1])
    assert page.get_by_role("button", name="Remove class").get_attribute("aria-disabled") == "true"


def test_a_button_keeps_the_focus_when_it_can_do_no_more(show_widgets):
    page = show_widgets()
    button = page.get_by_role("button", name="Remove class")
    button.focus()
    button.press("Enter")
    button.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Remove class"


def test_removing_the_true_class_makes_the_last_one_true(show_widgets):
    page = show_widgets(LogitExplorer(true_class=2))
    press(page, "Remove class")
    assert page.get_by_role("radio", name="class 1 is the true class").is_checked()
    assert read(page) == expected([2, 1], y=1)


def test_the_true_class_is_chosen_by_mouse_and_by_arrows(show_widgets):
    page = show_widgets()
    page.get_by_text("class 2", exact=True).click()
    assert read(page) == expected([2, 1, 0.1], y=2)
    page.keyboard.press("ArrowUp")
    assert read(page) == expected([2, 1, 0.1], y=1)


def test_reset_brings_back_the_first_state(show_widgets):
    page = show_widgets(LogitExplorer(temperature=2, true_class=1))
    press(page, "Add class")
    slider(page).press("End")
    page.get_by_role("slider", name="Temperature").press("End")
    page.get_by_role("radio", name="class 2").check()
    press(page, "Reset")
    assert read(page) == expected([2, 1, 0.1], 2, 1)


def test_random_draws_other_logits_within_the_sliders(show_widgets):
    page = show_widgets()
    seen = set()
    for _ in range(5):
        press(page, "Random")
        seen.add(tuple(logits(page)))
        assert read(page) == expected(logits(page))
    assert len(seen) == 5
    assert all(abs(a) <= 4 for drawn in seen for a in drawn)
