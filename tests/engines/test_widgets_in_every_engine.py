"""Every widget of the book in every engine, driven by keys, by the mouse and by junk, on its page without the text."""

import re

import pytest

from support.browser.engines.suite import DESK, KINDS, Driven, named, visit

SLIDER_KEYS = ("Home", "ArrowRight", "PageUp", "End", "ArrowLeft", "PageDown", "ArrowUp", "ArrowDown")
TYPED = ("0.5", "-1", "1,5", "abc", "1e400", "", "NaN", "1e-320", "−0.25", "999999999", "٣")
MAY_DO_NOTHING = re.compile("Reset|To start|T = 1|Fit|Copy link|Undo|Clear")


@pytest.fixture(scope="module", params=KINDS, ids=named)
def loaded(engine, widgets_address, request):
    """Each widget of the package, alive, where the book first shows it: loaded once for all that is done to it."""
    tab = engine.open()
    tab.resize(*DESK)
    visit(tab, widgets_address, request.param[0])
    yield Driven(tab, request.param)
    tab.close()
    assert tab.complaints == []


@pytest.fixture
def driven(loaded):
    """The widget as it begins, with no fault found yet."""
    loaded.faults = []
    loaded.ask("restart")
    return loaded


def test_sliders_follow_keys_and_mouse(driven):
    tab = driven.tab
    for slider in driven.controls("range"):
        k, name = slider["k"], slider["name"]
        driven.expect(driven.ask("focus", k), f"{name} takes no focus")
        after = driven.ask("state", k)["value"]
        for key in SLIDER_KEYS:
            before = after
            tab.press(key)
            after = driven.read(f"{name}, {key}", k)["value"]
            driven.expect(before != after or key in ("Home", "End"), f"{name} stays at {before} on {key}")
        at = driven.ask("spot", k)
        driven.expect(at["isFree"], f"{name}: its thumb is covered by {at['hit']}")
        to = at["left"] + (0.2 if at["share"] > 0.5 else 0.8) * (at["right"] - at["left"])
        ways = [(at["x"] + (to - at["x"]) * share, at["y"]) for share in (0.3, 0.7, 1)]
        tab.drag((at["x"], at["y"]), *ways)
        driven.expect(driven.read(f"{name}, dragged", k)["value"] != after, f"{name} does not follow the mouse")
        marked = tab.evaluate("String(getSelection())")
        driven.expect(not marked.strip(), f"{name}: dragging marks {marked!r}")
    assert driven.faults == []


def test_fields_take_numbers_and_answer_junk(driven):
    tab = driven.tab
    for field in driven.controls("text"):
        k, name = field["k"], field["name"]
        driven.expect(driven.ask("focus", k), f"{name} takes no focus")
        for typed in TYPED:
            tab.type(typed, "Enter") if typed else tab.press("Backspace", "Enter")
            driven.look(f"{name}, {typed!r} typed")
            tab.press("Escape")
            left = driven.ask("refocus", k)
            driven.expect(re.search(r"\d", left["value"]), f"{name}: {typed!r} leaves {left['value']!r}")
            driven.expect(left["isFocused"], f"{name} takes no focus")
    assert driven.faults == []


def test_choices_and_buttons_do_what_they_say(driven):
    tab = driven.tab
    for choice in driven.controls("radio", "checkbox", "select"):
        k, name = choice["k"], choice["name"]
        if choice["kind"] == "select":
            driven.ask("focus", k)
            tab.press("ArrowDown", "Enter")
        elif at := driven.ask("spot", k):
            driven.expect(at["isFree"], f"{name} is covered by {at['hit']}")
            tab.click(at["x"], at["y"])
            if choice["kind"] == "radio":
                driven.expect(driven.ask("state", k)["checked"], f"a click does not choose {name}")
        driven.look(name)
    buttons = [button for button in driven.controls("button") if button["name"] != "Copy link"]
    for button in sorted(buttons, key=lambda button: "Reset" in button["name"]):
        k, name = button["k"], button["name"]
        at = driven.ask("spot", k)
        if at is None:
            continue
        driven.expect(at["isFree"], f"{name} is covered by {at['hit']}")
        read = driven.read(name, k)
        before, disabled = read["text"], read["pressed"] == "true"
        tab.click(at["x"], at["y"])
        if "Play" in name or "Fit" in name:
            tab.evaluate(
                """([i, before]) => kit.until(() => kit.text(i) !== before, () => kit.text(i)).catch(() => false)""",
                [driven.i, before],
            )
            if "Play" in name and (at := driven.ask("spot", k)):
                tab.click(at["x"], at["y"])  # stop
        after = driven.look(f"{name}, pressed")
        driven.expect(after != before or disabled or MAY_DO_NOTHING.search(name), f"{name} does nothing")
    assert driven.faults == []
