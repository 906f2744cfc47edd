"""Every widget of the book in every engine, driven by keys, by the mouse and by junk, on the page that it stands on."""

import re

import pytest
from suite import KINDS, KIT, PHONE, PLACES, SEEN, named, visit

NO_NUMBER = re.compile(r"\bNaN\b|Infinity|undefined|\bnull\b|\[object")
SLIDER_KEYS = ("Home", "ArrowRight", "PageUp", "End", "ArrowLeft", "PageDown", "ArrowUp", "ArrowDown")
TYPED = ("0.5", "-1", "1,5", "abc", "1e400", "", "NaN", "1e-320", "−0.25", "999999999", "٣")
MAY_DO_NOTHING = re.compile("Reset|To start|T = 1|Fit|Copy link|Undo|Clear")


@pytest.fixture(params=PLACES, ids=named)
def place(request):
    """A widget of the book, where it stands: (page, which of the page's, widget)."""
    return request.param


class Driven:
    """A widget on its page: each step is looked at, and what is wrong is kept, so that one run tells all."""

    def __init__(self, tab, site, place):
        page, self.i, _ = place
        self.tab, self.faults = tab, []
        visit(tab, site, page)

    def ask(self, what, *arguments):
        """Ask `kit` something of this widget."""
        return self.tab.evaluate("([what, ...rest]) => kit[what](...rest)", [what, self.i, *arguments])

    def look(self, step):
        """Read what is shown after a step; it must be numbers."""
        text = self.ask("text")
        if wrong := NO_NUMBER.search(text):
            self.faults.append(f"{step}: {text[max(0, wrong.start() - 40) : wrong.end() + 40]}")
        return text

    def expect(self, holds, words):
        """Keep a fault unless this holds."""
        if not holds:
            self.faults.append(words)

    def controls(self, *kinds):
        """Return the controls of these kinds that can be seen now."""
        return [control for control in self.ask("controls") if control["kind"] in kinds]


@pytest.fixture(params=KINDS, ids=named)
def driven(tab, site, request):
    """Each widget of the package, alive, where the book first shows it."""
    return Driven(tab, site, request.param)


def test_sliders_follow_keys_and_mouse(driven):
    tab = driven.tab
    for slider in driven.controls("range"):
        k, name = slider["k"], slider["name"]
        driven.expect(driven.ask("focus", k), f"{name} takes no focus")
        for key in SLIDER_KEYS:
            before = driven.ask("state", k)["value"]
            tab.press(key)
            after = driven.ask("state", k)["value"]
            driven.look(f"{name}, {key}")
            driven.expect(before != after or key in ("Home", "End"), f"{name} stays at {before} on {key}")
        at = driven.ask("spot", k)
        driven.expect(at["isFree"], f"{name}: its thumb is covered by {at['hit']}")
        before = driven.ask("state", k)["value"]
        to = at["left"] + (0.2 if at["share"] > 0.5 else 0.8) * (at["right"] - at["left"])
        ways = [(at["x"] + (to - at["x"]) * share, at["y"]) for share in (0.3, 0.7, 1)]
        tab.drag((at["x"], at["y"]), *ways)
        driven.expect(driven.ask("state", k)["value"] != before, f"{name} does not follow the mouse")
        driven.look(f"{name}, dragged")
        marked = tab.evaluate("String(getSelection())")
        driven.expect(not marked.strip(), f"{name}: dragging marks {marked!r}")
    assert driven.faults == []


def test_fields_take_numbers_and_answer_junk(driven):
    tab = driven.tab
    for field in driven.controls("text"):
        k, name = field["k"], field["name"]
        for typed in TYPED:
            driven.expect(driven.ask("focus", k), f"{name} takes no focus")
            tab.type(typed) if typed else tab.press("Backspace")
            tab.press("Enter")
            driven.look(f"{name}, {typed!r} typed")
            tab.press("Escape")
            left = driven.ask("state", k)["value"]
            driven.expect(re.search(r"\d", left), f"{name}: {typed!r} leaves {left!r}")
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
        before, disabled = driven.look(name), driven.ask("state", k)["pressed"] == "true"
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


def test_nothing_is_drawn_or_touched_outside_its_own_box(tab, site, place):
    driven, found = Driven(tab, site, place), {}
    for size in (PHONE, (1280, 1300)):
        tab.resize(*size)
        found[f"{size} first"] = driven.ask("strays") + driven.ask("covered")
    driven.ask("focus", driven.controls("range")[0]["k"])
    tab.press("PageUp", "PageUp")
    found["moved"] = driven.ask("strays")
    for button in driven.controls("button"):
        if re.search("Reset|To start", button["name"]) and (at := driven.ask("spot", button["k"])):
            tab.click(at["x"], at["y"])
    found["after Reset"] = driven.ask("strays") + driven.ask("covered")
    driven.ask("showStill")
    found["in the still"] = driven.ask("strays")
    assert {where: what for where, what in found.items() if what} == {}


def test_its_state_is_shared_and_comes_back(tab, site, place):
    driven = Driven(tab, site, place)
    i = driven.i
    slider = driven.controls("range")[0]["k"]
    if not tab.evaluate(
        "(i) => [...kit.place(i).querySelectorAll('button')].some((b) => b.textContent === 'Copy link')", i
    ):
        pytest.skip("this place keeps no state in the address")

    def gesture(*keys):
        before = tab.evaluate("location.hash")
        driven.ask("focus", slider)
        tab.press(*keys)
        text = driven.ask("settled")
        hash = tab.evaluate("(before) => kit.address(before)", before)
        tab.press("Tab")
        return hash, text

    one = gesture("Home", "ArrowRight")
    two = gesture("End")
    assert one[0] != two[0]
    tab.evaluate("history.back()")
    tab.evaluate("(sought) => kit.shows(...sought)", [i, *one])
    tab.evaluate("history.forward()")
    tab.evaluate("(sought) => kit.shows(...sought)", [i, *two])
    tab.reload()
    visit_again(tab)
    tab.evaluate("(sought) => kit.shows(...sought)", [i, *two])
    link = tab.evaluate("location.href")
    tab.goto("about:blank")
    tab.goto(link)
    visit_again(tab)
    tab.evaluate("(sought) => kit.shows(...sought)", [i, *two])
    assert tab.evaluate(SEEN, i) > 90, "per cent of what the window has room for"


def visit_again(tab):
    """Wait for the widgets of a page that was loaded anew, without a move that the page could take for the reader's."""
    tab.evaluate(
        "() => new Promise((resolve) => { const look = () => document.querySelector('.sl-mount:not([data-sl-ready])') ?"
        " setTimeout(look, 20) : resolve(true); look(); })"
    )
    tab.evaluate(KIT)
