"""LogitExplorer as a reader meets it: in real Chromium, on a page like those of the built book."""

import random
import re
from urllib.parse import unquote

import ipywidgets
import numpy as np
import pytest
from harness import widget_page

from softmaxlab import cross_entropy, cross_entropy_grad, softmax
from softmaxlab.widgets import LogitExplorer, _text

TEN = [2, 1, 0.1, -3, 4, 0, -1.5, 3.2, -6, 0.7]
READ = """(root) => {
    const texts = (name) => [...root.querySelectorAll(`.le-${name}-value`)].map((node) => node.textContent);
    const [p, gradient, exp, [loss]] = ["p", "gradient", "exp", "loss"].map(texts);
    return { p, gradient, exp, loss };
}"""


@pytest.fixture(scope="module")
def root(tmp_path_factory, serve):
    """A folder and its address: one server for all tests here."""
    folder = tmp_path_factory.mktemp("pages")
    return folder, serve(folder)


@pytest.fixture
def place(root):
    """A folder of a test's own, and the address of the page in it."""
    folder, address = root
    own = folder / str(len(list(folder.iterdir())))
    own.mkdir()
    return own, f"{address}/{own.name}/index.html"


@pytest.fixture
def show(page, place):
    """Open a page that holds these widgets, alive."""
    folder, address = place

    def opened(*widgets, width=1280, fragment="", **options):
        widget_page(folder, *(widgets or (LogitExplorer(),)), **options)
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address + fragment)
        for mount in page.locator(".sl-mount").all():
            mount.locator(".le:not(.is-still)").wait_for()
        return page

    return opened


def slider(page, label="class 0"):
    return page.get_by_role("slider", name=f"{label}: logit")


def field(page, label="class 0"):
    return page.get_by_role("textbox", name=f"{label}: exact logit")


def logits(page):
    """Logits as the fields show them."""
    return [float(box.input_value()) for box in page.get_by_role("textbox", name=": exact logit").all()]


def read(page, which=0):
    """Numbers that an explorer shows."""
    return page.locator(".le").nth(which).evaluate(READ)


def expected(given, temperature=1.0, y=0):
    """Numbers that it should show, by softmaxlab."""
    scaled = np.array(given, dtype=float) / temperature
    return {
        "p": [_text.decimals(p) for p in softmax(scaled)],
        "gradient": [_text.signed(g) for g in cross_entropy_grad(scaled, y)],
        "exp": [re.sub(r"<[^>]*>", "", _text.exponential(a)[0]) for a in scaled],
        "loss": _text.decimals(cross_entropy(scaled, y)),
    }


def url_settles(page):
    """Wait until the address has had the time to follow."""
    page.wait_for_timeout(400)


# ---- The numbers and the picture ----


def test_what_is_shown_agrees_with_softmaxlab_at_random_states(show):
    rng = np.random.default_rng(11)
    states = [
        ((rng.normal(size=4) * 10.0 ** rng.uniform(-2, 3)).clip(-1000, 1000).round(4).tolist(),
         float(np.round(10.0 ** rng.uniform(-1, 1), 3)), int(rng.integers(4)))
        for _ in range(150)
    ]  # fmt: skip
    page = show(LogitExplorer(logits=[0, 0, 0, 0]))
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


def test_everything_follows_a_slider_before_the_event_is_over(show):
    page = show()
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
def test_bars_are_as_long_as_their_numbers_and_point_their_way(show, given, width):
    page = show(LogitExplorer(logits=given, true_class=1), width=width)
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


def test_the_gradient_stands_below_the_probability_of_its_class(show):
    page = show()
    for column in page.locator(".le-class").all():
        above, below = (column.locator(f".le-{name} svg").bounding_box() for name in "pg")
        assert (above["x"], above["width"]) == (below["x"], below["width"])
        assert above["y"] + above["height"] < below["y"]


def test_a_negative_gradient_is_told_by_a_sign_not_only_by_color(show):
    page = show()
    signs = [text[0] for text in read(page)["gradient"]]
    assert signs == ["−", "+", "+"]


@pytest.mark.parametrize("temperature", [0.1, 1])
def test_thousand_and_minus_thousand_show_no_nan(show, temperature):
    page = show(LogitExplorer(logits=[1000, -1000, 0], temperature=temperature, true_class=1))
    assert read(page) == expected([1000, -1000, 0], temperature, 1)
    text = page.locator(".le").inner_text()
    assert not re.search("NaN|Infinity|undefined", text)
    assert "too large for a float64" in text
    assert page.locator(".le-note").all_inner_texts() == ["too large", "too small", ""]


def test_a_logit_beyond_the_slider_is_kept_and_spoken(show):
    page = show()
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
def test_keys_move_a_logit(show, key, value):
    page = show()
    slider(page).press(key)
    assert logits(page) == [value, 1, 0.1]
    assert read(page) == expected([value, 1, 0.1])


def test_page_up_stops_at_the_end_of_the_slider(show):
    page = show(LogitExplorer(logits=[9.5, 0]))
    for _ in range(3):
        slider(page).press("PageUp")
    assert logits(page) == [10, 0]


@pytest.mark.parametrize(("key", "value"), [("ArrowUp", 2.1), ("ArrowDown", 1.9), ("PageUp", 3), ("PageDown", 1)])
def test_keys_step_a_number_field(show, key, value):
    page = show()
    field(page).press(key)
    assert logits(page) == [value, 1, 0.1]


def test_the_temperature_slider_is_logarithmic(show):
    page = show()
    temperature = page.get_by_role("slider", name="Temperature")
    for key, value in (("End", "10.00"), ("Home", "0.10"), ("PageUp", "0.126")):  # 0.1 · 10^0.1
        temperature.press(key)
        assert page.get_by_role("textbox", name="Exact temperature").input_value() == value
        assert temperature.get_attribute("aria-valuetext") == value
    assert read(page) == expected([2, 1, 0.1], 0.126)


def test_the_whole_widget_is_reached_by_tab(show):
    page = show(LogitExplorer(logits=[0, 1]))
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


def test_every_control_has_a_name_and_keeps_its_keys_in_jupyterlab(show):
    page = show(LogitExplorer(labels=["cat", "dog"]))
    for label in ("cat", "dog", "class 2"):
        assert slider(page, label).count() == field(page, label).count() == 1
        assert page.get_by_role("radio", name=f"{label} is the true class").count() == 1
        assert page.get_by_role("group", name=label, exact=True).count() == 1
    assert page.locator("input:not([data-lm-suppress-shortcuts])").count() == 0


def test_loss_is_spoken_after_a_pause_and_only_once(show):
    page = show()
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
def test_targets_are_at_least_24_pixels_each_way(show, given, width):
    page = show(LogitExplorer(logits=given), width=width)
    boxes = page.locator(".le :is(input, button)").evaluate_all(
        "(nodes) => nodes.map((n) => n.getBoundingClientRect()).map((box) => Math.min(box.width, box.height))"
    )
    assert len(boxes) == 3 * len(given) + 2 + 5
    assert min(boxes) >= 24


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
@pytest.mark.parametrize("given", [[1000, -1000], [1000, -1000, 0.123456789, 0], TEN], ids=len)
def test_nothing_scrolls_sideways(show, given, width):
    labels = ["a rather long name of a class", "Donaudampfschifffahrtsgesellschaft"]
    page = show(LogitExplorer(logits=given, labels=labels, true_class=1), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    edge = page.locator(".le").evaluate("(root) => root.getBoundingClientRect().right")
    parts = page.locator(".le *:not(.sl-spoken, b)")  # b: a label, cut off by its line
    rights = parts.evaluate_all("(nodes) => nodes.map((node) => node.getBoundingClientRect().right)")
    assert max(rights) <= edge


def test_there_are_no_transitions_to_reduce(show, page):
    page.emulate_media(reduced_motion="reduce")
    show()
    moving = "(nodes) => nodes.filter((n) => getComputedStyle(n).transitionDuration !== '0s').length"
    assert page.locator(".le, .le *").evaluate_all(moving) == 0


def test_bars_stay_visible_in_forced_colors(show, page):
    page.emulate_media(forced_colors="active")
    show()
    fills = page.locator(".le-p rect").evaluate_all("(nodes) => nodes.map((n) => getComputedStyle(n).fill)")
    paper = page.evaluate("getComputedStyle(document.querySelector('.le')).backgroundColor")
    assert paper not in fills


# ---- Typed numbers ----


@pytest.mark.parametrize("typed", ["abc", "1e999", "-1e999", "", "--", "1e", "1000.5", "0x1", "1,5"])
def test_junk_is_refused_in_place_and_the_last_state_kept(show, typed):
    page = show()
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
def test_leaving_the_field_brings_the_last_number_back(show, leave):
    page = show()
    field(page).fill("abc")
    field(page).press(leave)
    assert field(page).input_value() == "2.00"
    assert page.locator(".sl-refusal:visible").count() == 0
    assert field(page).get_attribute("aria-invalid") is None


def test_junk_is_spoken_with_what_was_kept(show):
    page = show()
    field(page).fill("abc")
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    assert page.locator(".sl-spoken").text_content() == "Type a number, like 2 or 0.5. Kept 2.00."


def test_a_number_on_its_way_is_not_scolded(show):
    page = show()
    field(page).fill("")
    for key in "-1.5e-1":
        page.keyboard.type(key)
        assert page.locator(".sl-refusal:visible").count() == 0
    assert read(page) == expected([-0.15, 1, 0.1])


def test_enter_refuses_at_once_what_is_not_finished(show):
    page = show()
    field(page).fill("-")
    field(page).press("Enter")
    assert page.locator(".sl-refusal:visible").count() == 1


def test_temperature_zero_is_refused(show):
    page = show()
    box = page.get_by_role("textbox", name="Exact temperature")
    box.fill("0")
    box.press("Enter")
    assert page.locator(".sl-refusal:visible").inner_text() == "From 0.1 to 10, please."
    assert read(page) == expected([2, 1, 0.1])


# ---- Classes and buttons ----


def press(page, name):
    page.get_by_role("button", name=name).click(force=True)  # force: also where it can do no more


def test_classes_can_be_added_up_to_ten_and_removed_down_to_two(show):
    page = show()
    for _ in range(9):
        press(page, "Add class")
    assert logits(page) == [2, 1, 0.1] + [0] * 7
    assert read(page) == expected([2, 1, 0.1] + [0] * 7)
    assert page.get_by_role("button", name="Add class").get_attribute("aria-disabled") == "true"
    for _ in range(9):
        press(page, "Remove class")
    assert read(page) == expected([2, 1])
    assert page.get_by_role("button", name="Remove class").get_attribute("aria-disabled") == "true"


def test_a_button_keeps_the_focus_when_it_can_do_no_more(show):
    page = show()
    button = page.get_by_role("button", name="Remove class")
    button.focus()
    button.press("Enter")
    button.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Remove class"


def test_removing_the_true_class_makes_the_last_one_true(show):
    page = show(LogitExplorer(true_class=2))
    press(page, "Remove class")
    assert page.get_by_role("radio", name="class 1 is the true class").is_checked()
    assert read(page) == expected([2, 1], y=1)


def test_the_true_class_is_chosen_by_mouse_and_by_arrows(show):
    page = show()
    page.get_by_text("class 2", exact=True).click()
    assert read(page) == expected([2, 1, 0.1], y=2)
    page.keyboard.press("ArrowUp")
    assert read(page) == expected([2, 1, 0.1], y=1)


def test_reset_brings_back_the_first_state(show):
    page = show(LogitExplorer(temperature=2, true_class=1))
    press(page, "Add class")
    slider(page).press("End")
    page.get_by_role("slider", name="Temperature").press("End")
    page.get_by_role("radio", name="class 2").check()
    press(page, "Reset")
    assert read(page) == expected([2, 1, 0.1], 2, 1)


def test_random_draws_other_logits_within_the_sliders(show):
    page = show()
    seen = set()
    for _ in range(5):
        press(page, "Random")
        seen.add(tuple(logits(page)))
        assert read(page) == expected(logits(page))
    assert len(seen) == 5
    assert all(abs(a) <= 4 for drawn in seen for a in drawn)


# ---- The address ----


def fragment(page):
    return unquote(page.evaluate("location.hash"))


def test_the_address_is_left_alone_until_the_reader_changes_something(show):
    page = show(after='<h2 id="below">Below</h2>', fragment="#below")
    url_settles(page)
    assert fragment(page) == "#below"
    assert read(page) == expected([2, 1, 0.1])


def test_a_change_goes_to_the_address_and_the_address_brings_it_back(show, browser):
    page = show()
    field(page, "class 1").fill("-2.25")
    page.get_by_role("textbox", name="Exact temperature").fill("0.5")
    page.get_by_role("radio", name="class 2").check()
    url_settles(page)
    assert fragment(page) == "#logits=2,-2.25,0.1&t=0.5&y=2"
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    assert read(page) == expected([2, -2.25, 0.1], 0.5, 2)


def test_back_and_forward_undo_and_redo(show):
    page = show()
    states = [read(page)]
    for name in ("Random", "Add class", "Reset"):
        press(page, name)
        url_settles(page)
        states.append(read(page))
    for state in states[-2::-1]:
        page.go_back()
        assert read(page) == state
    for state in states[1:]:
        page.go_forward()
        assert read(page) == state


def test_back_to_a_heading_brings_back_the_state_it_had(show):
    page = show(before='<a href="#below">Go</a>', after='<h2 id="below">Below</h2>')
    slider(page).press("End")
    url_settles(page)
    page.get_by_role("link", name="Go").click()
    assert read(page) == expected([10, 1, 0.1])
    slider(page).press("Home")
    url_settles(page)
    page.go_back()
    assert fragment(page) == "#below"
    assert read(page) == expected([10, 1, 0.1])


def test_a_key_held_down_and_a_drag_are_one_step_back_each(show):
    page = show()
    before = page.evaluate("history.length")
    for _ in range(3):  # the address is written in between
        for _ in range(5):
            slider(page).press("ArrowRight")
        url_settles(page)
    drag(page, slider(page, "class 1"), 0.9)
    url_settles(page)
    assert page.evaluate("history.length") == before + 2
    page.go_back()
    assert read(page) == expected([3.5, 1, 0.1])


def drag(page, target, to, start=None):
    """Drag a slider's thumb with the mouse to this share of its length."""
    box = target.bounding_box()
    y = box["y"] + box["height"] / 2
    share = (float(target.input_value()) + 10) / 20 if start is None else start
    page.mouse.move(box["x"] + 12 + (box["width"] - 24) * share, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to, y, steps=12)
    page.mouse.up()


@pytest.mark.parametrize(
    ("broken", "state"),
    [
        ("#logits=1,abc,2&t=2&y=1", ([2, 1, 0.1], 2, 1)),
        ("#logits=1&t=0&y=9", ([2, 1, 0.1], 1, 0)),
        ("#logits=3,2&t=nan&y=2", ([3, 2], 1, 0)),
        ("#logits=1e999,0&t=&y=-1", ([2, 1, 0.1], 1, 0)),
        ("#logits=%E0%A4%A&t=0.5", ([2, 1, 0.1], 0.5, 0)),
        ("#logits=0,0,0,0&y=3&other=7", ([0, 0, 0, 0], 1, 3)),
        ("#&&==&", ([2, 1, 0.1], 1, 0)),
    ],
)
def test_malformed_pieces_of_the_address_are_ignored_one_by_one(show, broken, state):
    page = show(fragment=broken)
    assert read(page) == expected(*state)


def test_an_address_edited_by_hand_is_followed(show):
    page = show()
    page.evaluate("location.hash = '#logits=5,6'")
    page.wait_for_function("document.querySelectorAll('.le-class').length === 2")
    assert read(page) == expected([5, 6])


def test_a_shared_link_scrolls_to_its_widget(show):
    page = show(before='<div style="height: 3000px"></div>', fragment="#logits=3,4&t=1&y=0")
    page.wait_for_function("document.querySelector('.le').getBoundingClientRect().top < innerHeight")


def test_copy_link_copies_the_present_state(show, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    show()
    slider(page).press("End")
    press(page, "Copy link")
    page.get_by_role("button", name="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/index.html#logits=10,1,0.1&t=1&y=0")


def test_copy_link_without_a_clipboard_puts_the_link_in_the_address(show, page):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    show()
    press(page, "Copy link")
    page.get_by_role("button", name="See address").wait_for()
    assert fragment(page) == "#logits=2,1,0.1&t=1&y=0"
    page.get_by_role("button", name="Copy link").wait_for()  # it says so again after a while


# ---- Several on a page ----


def test_two_explorers_live_side_by_side_without_sharing_anything(show):
    page = show(LogitExplorer(), LogitExplorer(logits=[0, 0]))
    slider(page).first.press("End")
    page.get_by_role("radio", name="class 1").last.check()
    assert read(page, 0) == expected([10, 1, 0.1])
    assert read(page, 1) == expected([0, 0], y=1)
    assert page.get_by_role("radio", checked=True).count() == 2
    ids = page.locator("[id]").evaluate_all("(nodes) => nodes.map((n) => n.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("wishes", "owner"), [((None, None), 0), ((None, True), 1), ((False, None), 1)])
def test_one_explorer_on_a_page_has_the_address(show, wishes, owner):
    page = show(*(LogitExplorer(logits=[i, 0], url_state=wish) for i, wish in enumerate(wishes)))
    for i in (0, 1):
        slider(page).nth(i).press("End")
        url_settles(page)
        assert (fragment(page) != "") == (i >= owner)
    assert page.get_by_role("button", name="Copy link").count() == 1


def test_two_views_of_one_explorer_move_together(show):
    explorer = LogitExplorer()
    page = show(explorer, explorer)
    slider(page).last.press("End")
    assert read(page, 0) == read(page, 1) == expected([10, 1, 0.1])


def test_jslink_and_jsdlink_live_on_the_static_page(show):
    one, two, three = LogitExplorer(), LogitExplorer(logits=[0, 0]), LogitExplorer(logits=[0, 1])
    links = [ipywidgets.jslink((one, "temperature"), (two, "temperature"))]
    links += [ipywidgets.jsdlink((one, "logits"), (three, "logits"))]
    page = show(one, two, three)
    assert read(page, 2) == expected([2, 1, 0.1])  # a link copies once at the start
    page.get_by_role("slider", name="Temperature").nth(1).press("End")  # a jslink goes both ways
    assert read(page, 0) == expected([2, 1, 0.1], 10)
    slider(page).nth(2).press("End")  # a jsdlink does not
    assert read(page, 0) == expected([2, 1, 0.1], 10)
    for link in links:
        link.close()


# ---- The page around it ----


def test_nothing_on_the_page_moves_when_the_widget_comes_alive(show, page):
    page.add_init_script(SHIFTS)
    show(LogitExplorer(), LogitExplorer(logits=TEN), after="<p>What follows must stay where it is.</p>")
    page.wait_for_timeout(200)
    assert page.evaluate("shifts") == []


SHIFTS = """
    globalThis.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries()
            .map(({value, sources}) => [value, ...sources.map(({node}) => node.outerHTML ?? node.data)])))
        .observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_logit_is_dragged(show, page, width):
    page.add_init_script(SHIFTS)
    show(LogitExplorer(logits=[2, 1, 0.1]), width=width, after="<p>Text</p>")
    height = page.locator(".le").bounding_box()["height"]
    drag(page, slider(page), 1.2)
    drag(page, slider(page, "class 1"), -0.2)
    drag(page, page.get_by_role("slider", name="Temperature"), -0.2, start=0.5)
    page.wait_for_timeout(200)
    assert logits(page)[:2] == [10, -10]
    assert page.locator(".le").bounding_box()["height"] == height
    assert page.evaluate("shifts") == []  # those within 500 ms of an input count here too


def test_the_widget_lives_in_a_page_opened_as_a_file(page, tmp_path):
    page.goto(widget_page(tmp_path, LogitExplorer()).as_uri())
    page.locator("[data-sl-ready]").wait_for()
    slider(page).press("End")
    url_settles(page)
    assert read(page) == expected([10, 1, 0.1])
    assert fragment(page) == "#logits=10,1,0.1&t=1&y=0"


def test_without_javascript_the_still_is_there(browser, place):
    folder, address = place
    widget_page(folder, LogitExplorer(true_class=1))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    still = page.get_by_role("img", name="Softmax at temperature 1.00.")
    assert still.is_visible()
    assert page.locator(".le-p-value").all_inner_texts() == expected([2, 1, 0.1])["p"]
    assert "With JavaScript on" in still.inner_text()
    heights = [bar.bounding_box()["height"] for bar in page.locator(".le-p rect").all()]
    shares = np.array(heights) / sum(heights)
    np.testing.assert_allclose(shares, softmax([2, 1, 0.1]), atol=1e-3)  # layout is in steps of 1/64 pixel
    context.close()


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (None, "the page does not hold its state"),
        ("export default {", "Unexpected"),
        ("export default { render() { throw new Error('no luck') } }", "no luck"),
        ("export default { initialize() { throw new Error('bad start') }, render() {} }", "bad start"),
    ],
)
def test_a_widget_that_cannot_start_says_so_below_its_still(page, place, module, words):
    folder, address = place
    broken, sound = LogitExplorer(), LogitExplorer(logits=[0, 1])
    state = {w.model_id: {"model_name": "AnyModel", "state": w.get_state()} for w in (broken, sound)}
    state[broken.model_id]["state"]["_esm"] = module
    if module is None:
        del state[broken.model_id]
    widget_page(folder, broken, sound, state=state)
    page.goto(address)
    page.locator(".sl-mount").last.locator(".le:not(.is-still)").wait_for()  # the other one lives
    message = page.locator(".sl-failed")
    message.wait_for()
    assert words in message.inner_text()
    assert page.locator(".sl-mount").first.locator(".is-still").is_visible()


def test_a_page_with_spoilt_state_says_so(page, place):
    folder, address = place
    path = widget_page(folder, LogitExplorer())
    path.write_text(path.read_text().replace('{"version_major"', '{version_major"'))
    page.goto(address)
    page.locator(".sl-failed").wait_for()
    assert page.locator(".is-still").is_visible()


RENDER = """async (text) => {
    const module = await import(URL.createObjectURL(new Blob([text], {type: "text/javascript"})));
    const state = {logits: [2, 1, 0.1], temperature: 1, true_class: 0, labels: []};
    const handlers = new Map();
    globalThis.model = {
        get: (name) => state[name],
        set: (name, value) => { state[name] = value; handlers.get(`change:${name}`)?.(); },
        on: (event, handler) => handlers.set(event, handler),
        off: (event) => handlers.delete(event),
        save_changes: () => { globalThis.saved = {...state}; },
        handlers,
    };
    document.body.innerHTML = '<div class="sl-mount" data-fragment="own"><div></div></div>';
    globalThis.cleanup = module.default.render({model, el: document.querySelector(".sl-mount div")});
}"""


@pytest.fixture
def elsewhere(page, place):
    """The widget where assets/host.js is not its host, as in JupyterLab."""
    folder, address = place
    (folder / "index.html").write_text('<!doctype html><html lang="en"><link rel="icon" href="data:,">')
    page.goto(f"{address}#logits=9,9")
    page.evaluate(RENDER, LogitExplorer._esm)
    return page


def test_in_a_notebook_the_address_is_neither_read_nor_written(elsewhere):
    slider(elsewhere).press("End")
    url_settles(elsewhere)
    assert fragment(elsewhere) == "#logits=9,9"
    assert elsewhere.get_by_role("button", name="Copy link").count() == 0


def test_changes_are_saved_to_the_kernel_without_the_results_it_computes_itself(elsewhere):
    slider(elsewhere).press("End")
    saved = {"logits": [10, 1, 0.1], "temperature": 1, "true_class": 0, "labels": []}
    assert elsewhere.evaluate("saved") == saved


def test_the_kernel_is_never_sent_a_true_class_that_is_gone(elsewhere):
    elsewhere.get_by_role("radio", name="class 2").check()
    press(elsewhere, "Remove class")
    assert elsewhere.evaluate("saved.true_class") == 1


def test_changes_from_the_kernel_are_drawn(elsewhere):
    elsewhere.evaluate("model.set('logits', [0, 1, 2, 3, 4])")
    elsewhere.evaluate("model.set('labels', ['cat'])")
    assert read(elsewhere) == expected(range(5))
    assert slider(elsewhere, "cat").count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", 0), ("temperature", "hot"), ("logits", [1]), ("logits", None), ("logits", ["a", "b"]),
     ("true_class", 7), ("true_class", -1), ("true_class", None), ("true_class", 0.5), ("labels", None)],
)  # fmt: skip
def test_what_a_link_brings_that_makes_no_sense_changes_nothing_or_the_nearest(elsewhere, name, value):
    elsewhere.evaluate("([name, value]) => model.set(name, value)", [name, value])
    assert read(elsewhere) == expected([2, 1, 0.1], y=2 if value == 7 else 0)


def test_cleanup_leaves_nothing_behind(elsewhere):
    slider(elsewhere).press("End")
    elsewhere.evaluate("cleanup()")
    assert elsewhere.evaluate("model.handlers.size") == 0
    assert elsewhere.locator(".sl-mount *").count() == 1  # the element it was given, empty
    elsewhere.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    elsewhere.wait_for_timeout(900)  # no timer of it is left to fail


# ---- Accessibility, by axe ----


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_at_rest_focused_or_refusing(show, axe_source, theme, width):
    page = show(LogitExplorer(), LogitExplorer(logits=TEN), width=width, theme=theme)
    page.evaluate(axe_source)
    acts = {
        "at rest": lambda: None,
        "focused": lambda: slider(page).first.focus(),
        "refusing": lambda: field(page).first.fill("abc"),
        "two classes": lambda: press_first(page, "Remove class"),
    }
    for name, act in acts.items():
        act()
        violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        told = [(v["id"], [node["html"] for node in v["nodes"]]) for v in violations]
        assert told == [], name


def press_first(page, name):
    page.get_by_role("button", name=name).first.click()


def test_axe_finds_nothing_in_a_still(browser, place, axe_source):
    folder, address = place
    path = widget_page(folder, LogitExplorer(), LogitExplorer(logits=TEN))
    path.write_text(path.read_text().replace('<script defer src="host.js"></script>', ""))
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.evaluate(axe_source)
    violations = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    context.close()
    assert violations == []


# ---- Whatever a reader does ----

JUNK = ["abc", "", "-", "1e999", "NaN", "Infinity", "1e-320", "-1000", "1000", "−2,5", "<b>", "٣", "1e-7"]
KEYS = ["Tab", "Shift+Tab", "Escape", "Enter", "ArrowUp", "PageDown", "Home"]


def test_three_hundred_random_actions_leave_the_widget_whole(show):
    chance = random.Random(5)
    page = show(LogitExplorer(), LogitExplorer(logits=[0, 0, 0, 0, 0], url_state=False))

    def any_of(selector):
        found = page.locator(selector)
        return found.nth(chance.randrange(found.count()))

    def drag_one():
        box = any_of(".sl-range").bounding_box()
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + chance.random() * box["width"], y)
        page.mouse.down()
        page.mouse.move(box["x"] + chance.random() * box["width"], y)
        page.mouse.up()

    def paste():
        any_of(".sl-number").focus()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(chance.choice(JUNK))

    theme = "(theme) => { document.documentElement.dataset.theme = theme; }"
    actions = [
        drag_one,
        paste,
        lambda: any_of(".sl-number").fill(chance.choice(JUNK)),
        lambda: page.keyboard.press(chance.choice(KEYS)),
        lambda: any_of(".sl-range").press(chance.choice(["Home", "End", "PageUp", "PageDown", "ArrowLeft"])),
        lambda: any_of(".sl-button").click(force=True),
        lambda: any_of(".le-radio").check(),
        lambda: page.set_viewport_size({"width": chance.choice([320, 390, 700, 1280]), "height": 900}),
        lambda: page.evaluate(theme, chance.choice(["light", "dark"])),
        page.go_back,
        page.go_forward,
    ]
    start = page.url
    for _ in range(300):
        chance.choice(actions)()
        if not page.url.startswith(start):  # Back led out of the page
            page.goto(start)
            page.locator("[data-sl-ready]").last.wait_for()
        text = page.locator("main").inner_text()
        assert not re.search("NaN|Infinity|undefined|null", text)
    page.keyboard.press("Escape")
    page.locator("h1").click()
    for which in (0, 1):
        root = page.locator(".le").nth(which)
        given = [float(box.input_value()) for box in root.locator(".le-class .sl-number").all()]
        temperature = float(root.locator(".le-temperature .sl-number").input_value())
        radios = [radio.is_checked() for radio in root.locator(".le-radio").all()]
        assert read(page, which) == expected(given, temperature, radios.index(True))


# ---- On the built site ----


@pytest.mark.parametrize("name", ["/", "/chapters/01-scores-to-probabilities.html"])
def test_a_reader_can_drag_a_logit_in_the_built_book(page, site, name):
    page.goto(f"{site}{name}")
    page.locator("[data-sl-ready]").first.wait_for()
    first = page.locator(".le").first
    before = first.evaluate(READ)
    handle = first.locator(".le-class .sl-range").first
    handle.scroll_into_view_if_needed()
    drag(page, handle, 0.98)
    after = first.evaluate(READ)
    assert float(after["p"][0]) > float(before["p"][0])
    given = [float(box.input_value()) for box in first.locator(".le-class .sl-number").all()]
    assert after == expected(given)
    url_settles(page)
    assert fragment(page) == f"#logits={','.join(f'{a:g}' for a in given)}&t=1&y=0"
    page.go_back()
    assert first.evaluate(READ) == before
