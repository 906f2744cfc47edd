"""Fingers on a phone, in real Chromium: scrolling past a control leaves it alone; taps and drags work."""

import pytest

from softmaxlab import widgets
from support.browser.examples import EXAMPLES
from support.browser.harness import widget_page
from support.browser.pages import watch

TALL = '<div style="height: 3000px"></div>'
SURFACES = ".sz-plot, .pt-plane, .pt-point, .dd-grid, .jv-cell, .ib-line, .sl-number, .sl-button, label"
# What the reader has set, and what the page remembers of it; the thumbs too.
STATE = """() => [
    [...document.querySelectorAll(".sl-widget *")].filter((node) => node.getClientRects().length).flatMap((node) =>
        [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data)),
    [...document.querySelectorAll("input, select")].filter((node) => node.checkVisibility())
        .map((node) => [node.checked, node.value]),
    [...document.querySelectorAll("input[type=range]")].map((node) => [node.value, node.style.cssText]),
    location.hash, history.length, document.querySelector(".sl-spoken").textContent]"""


IS_NO_POINT = """([x, y]) => [-8, 0, 8].every((across) => [-8, 0, 8].every((along) =>
    !document.elementFromPoint(x + across, y + along)?.closest(".pt-point")))"""
# Until three frames find the page in one place.
STILL = """() => new Promise((done) => {
    let [at, calm] = [scrollY, 0];
    const look = () => {
        calm = scrollY === at ? calm + 1 : 0;
        at = scrollY;
        if (calm === 3) done(); else requestAnimationFrame(look);
    };
    look();
})"""


class Finger:
    """One finger on the page, as the browser hears of it from a touch screen."""

    def __init__(self, page):
        """Send the touches to this page."""
        self.session = page.context.new_cdp_session(page)

    def send(self, kind, *spots):
        """Say where the fingers are."""
        points = [{"x": x, "y": y} for x, y in spots]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def go(self, start, across=0, along=0, lift=True):
        """Come down, go so far in ten steps, and be lifted."""
        x, y = start
        self.send("touchStart", start)
        if across or along:
            for tenth in range(1, 11):
                self.send("touchMove", (x + across * tenth / 10, y + along * tenth / 10))
        if lift:
            self.send("touchEnd")


@pytest.fixture
def show_on_phone(browser, folder_and_address):
    """Show a widget on a page that can be scrolled; returns the page and a finger."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    complaints = watch(page)
    page.clock.install()
    folder, address = folder_and_address

    def shown(widget, fragment=""):
        widget_page(folder, widget, before=TALL, after=TALL)
        page.goto(address + fragment)
        page.locator(".sl-widget").first.scroll_into_view_if_needed()
        page.locator("[data-sl-ready]").wait_for()
        return page, Finger(page)

    yield shown
    context.close()
    assert complaints == []


def middle(page, node, share=0.5):
    """Scroll so that the node is in the middle of the window; where a finger comes down on it."""
    page.evaluate(STILL)  # what the last swipe has set going
    node.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
    page.evaluate(STILL)
    box = node.bounding_box()
    return box["x"] + box["width"] * share, box["y"] + box["height"] / 2


def rest(page):
    """Let pass what the page waits for: no message and no write is left."""
    page.clock.fast_forward(5000)


def drawn(page):
    """Read the state once all is drawn: long formulas come after the frame that asked for them."""
    states = []
    while len(states) < 4 or any(state != states[-1] for state in states[-4:]):
        page.evaluate(STILL)
        states.append(page.evaluate(STATE))
    return states[-1]


def away(node):
    """Where a finger is far from the slider's thumb, as a share of its length."""
    share = node.evaluate("({value, min, max}) => (value - min) / (max - min)")
    return 0.85 if share < 0.5 else 0.15


@pytest.fixture(params=EXAMPLES, ids=lambda name: name.replace(", ", "-").replace(" ", "-"))
def example(request):
    return EXAMPLES[request.param]()


def test_a_swipe_that_starts_on_a_slider_scrolls_and_sets_nothing(show_on_phone, example):
    page, finger = show_on_phone(example)
    rest(page)
    for node in page.locator("input[type=range]:visible").all():
        for along in (-150, 150):
            spot = middle(page, node, away(node))
            before, top = page.evaluate(STATE), page.evaluate("scrollY")
            finger.go(spot, across=20, along=along)
            page.wait_for_function("top => Math.abs(scrollY - top) > 50", arg=top)
            rest(page)
            assert page.evaluate(STATE) == before, node.get_attribute("aria-label")


def test_a_swipe_that_has_nothing_to_scroll_sets_nothing_either(show_on_phone):
    page, finger = show_on_phone(widgets.LogitExplorer())
    page.add_style_tag(content="html, body { overflow: hidden; height: 100%; }")
    rest(page)
    before = page.evaluate(STATE)
    node = page.locator("input[type=range]").first
    finger.go(middle(page, node, away(node)), along=150)
    rest(page)
    assert page.evaluate(STATE) == before


def test_a_tap_and_a_sideways_drag_set_each_slider(show_on_phone, example):
    page, finger = show_on_phone(example)
    for node in page.locator("input[type=range]:visible").all():
        name, share, top = node.get_attribute("aria-label"), away(node), page.evaluate("scrollY")
        spot = middle(page, node, share)
        before = float(node.input_value())
        finger.go(spot)
        tapped = float(node.input_value())
        assert tapped != before, f"{name} tapped"
        spot, top = middle(page, node, share), page.evaluate("scrollY")
        finger.go(spot, across=150 if share < 0.5 else -150, along=10)
        assert (float(node.input_value()) - tapped) * (before - tapped) > 0, f"{name} dragged back to where it was"
        assert page.evaluate("scrollY") == top


def test_a_drag_that_the_browser_takes_away_puts_the_value_back(show_on_phone, example):
    """A second finger, a message from the system: the drag had begun, and ends by pointercancel."""
    page, finger = show_on_phone(example)
    rest(page)
    for node in page.locator("input[type=range]:visible").all():
        share = away(node)
        spot = middle(page, node, share)
        before = drawn(page)
        finger.go(spot, across=20 if share < 0.5 else -20, lift=False)
        assert page.evaluate(STATE) != before
        finger.send("touchCancel")
        rest(page)
        assert drawn(page) == before, node.get_attribute("aria-label")


def test_a_typed_value_between_the_sliders_steps_survives_a_drag_taken_away(show_on_phone):
    page, finger = show_on_phone(widgets.GradientAtWork())
    field = page.get_by_role("textbox", name="Exact learning rate")
    field.fill("0.12345")
    field.press("Enter")
    finger.go(middle(page, page.get_by_role("slider", name="Learning rate", exact=True), 0.8), across=-90, lift=False)
    assert field.input_value() != "0.12345"
    finger.send("touchCancel")
    assert field.input_value() == "0.12345"


def test_a_swipe_that_starts_on_anything_else_sets_nothing(show_on_phone, example):
    page, finger = show_on_phone(example)
    rest(page)
    for kind in SURFACES.split(", "):
        nodes = page.locator(f"{kind}:visible")
        if not nodes.count() or kind == ".pt-point":  # a point is dragged in every direction
            continue
        for node in (nodes.first, nodes.last):
            shares = [0.02, *(tenth / 10 for tenth in range(1, 10))]
            spot = next(spot for share in shares if page.evaluate(IS_NO_POINT, spot := middle(page, node, share)))
            before, top = page.evaluate(STATE), page.evaluate("scrollY")
            finger.go(spot, along=-150)
            page.wait_for_function("top => scrollY > top + 50", arg=top, timeout=5000)
            rest(page)
            assert page.evaluate(STATE) == before, kind


def test_a_tap_and_a_sideways_drag_on_the_plot_set_the_step_and_a_cancelled_one_does_not(show_on_phone):
    page, finger = show_on_phone(widgets.StepSize())
    plot, field = page.locator(".sz-plot"), page.get_by_role("textbox", name="Exact step h")
    finger.go(middle(page, plot, 0.25))
    assert field.input_value() == "1e-12"
    finger.go(middle(page, plot, 0.25), across=plot.bounding_box()["width"] / 2)
    assert field.input_value() == "1e-4"
    rest(page)
    before = page.evaluate(STATE)
    finger.go(middle(page, plot, 0.5), across=-90, lift=False)
    assert field.input_value() != "1e-4"
    finger.send("touchCancel")
    rest(page)
    assert page.evaluate(STATE) == before


def test_a_point_of_the_plane_is_dragged_each_way_and_goes_back_when_the_drag_is_taken_away(show_on_phone):
    page, finger = show_on_phone(widgets.PlaneTrainer())
    point = page.locator(".pt-point").nth(3)
    spot, top = middle(page, point), page.evaluate("scrollY")
    box = point.bounding_box()
    finger.go(spot, across=30, along=40)
    assert page.evaluate("scrollY") == top
    assert point.bounding_box()["y"] == pytest.approx(box["y"] + 40, abs=2)  # a coordinate has two decimals
    rest(page)
    before = page.evaluate(STATE)
    finger.go(middle(page, page.locator(".pt-point").nth(5)), along=-40, lift=False)
    finger.send("touchCancel")
    rest(page)
    assert page.evaluate(STATE) == before


def test_a_tap_on_a_point_adds_none_and_a_tap_beside_adds_one(show_on_phone):
    page, finger = show_on_phone(widgets.PlaneTrainer())
    points = page.locator(".pt-point")
    count = points.count()
    finger.go(middle(page, points.nth(3)))
    rest(page)
    assert page.locator(".pt-who").inner_text() == "point 4, class 0"
    assert points.count() == count
    x, y = middle(page, page.locator(".pt-plane"))
    finger.go((x, y + 90))
    rest(page)
    assert points.count() == count + 1


def test_a_stroke_that_is_taken_away_leaves_the_pad_as_it_was(show_on_phone):
    page, finger = show_on_phone(widgets.DrawDigit())
    rest(page)
    before = page.evaluate(STATE)
    finger.go(middle(page, page.locator(".dd-pad"), 0.3), along=60, lift=False)
    assert page.evaluate(STATE) != before
    finger.send("touchCancel")
    rest(page)
    assert page.evaluate(STATE) == before
