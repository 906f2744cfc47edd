"""Fingers on a phone, in real Chromium: scrolling past a control leaves it alone; taps and drags work."""

from types import SimpleNamespace

import pytest

from softmaxlab import widgets
from support.browser.examples import EXAMPLES
from support.browser.harness import widget_page
from support.browser.pages import until, watch

TALL = '<div style="height: 3000px"></div>'
SURFACES = ".sz-plot, .pt-plane, .pt-point, .dd-grid, .jv-cell, .ib-line, .sl-number, .sl-button, label"
# Before each page: what a test asks of it.
ASKED = """
    // What the reader sees and has set, and what the page remembers of it; the thumbs too. Not what is laid out unseen:
    // Derivation makes the lines of its other steps when the browser has nothing else to do.
    // Chromium calls a text in a hidden part of a picture visible, though it has no box.
    const isSeen = (node) => node.getClientRects().length && node.checkVisibility({ visibilityProperty: true });
    const texts = (node) => [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data);
    globalThis.state = () => [
        [...document.querySelectorAll(".sl-widget *")].filter(isSeen).flatMap(texts),
        [...document.querySelectorAll("input, select")].filter(isSeen).map((node) => [node.checked, node.value]),
        [...document.querySelectorAll("input[type=range]")].map((node) => [node.value, node.style.cssText]),
        [location.hash, history.length, document.querySelector(".sl-spoken").textContent],
    ].map((part) => JSON.stringify(part));
    // How many gestures the browser has taken away: it asks no answer to that, so a question may overtake the news.
    globalThis.cancelled = 0;
    addEventListener("pointercancel", () => { cancelled += 1; }, { capture: true });
    globalThis.changed = () => state().map((is, n) => [remembered[n], is]).filter(([was, is]) => was !== is);
    // Until three frames find the page in one place.
    globalThis.still = () => new Promise((done) => {
        let [at, calm] = [scrollY, 0];
        const look = () => {
            calm = scrollY === at ? calm + 1 : 0;
            at = scrollY;
            if (calm === 3) done(); else requestAnimationFrame(look);
        };
        look();
    });
    // Far from a slider's thumb, as a share of its length.
    const away = ({ value, min, max }) => (value - min) / (max - min) < 0.5 ? 0.85 : 0.15;
    const isNoPoint = (x, y) => [-8, 0, 8].every((across) => [-8, 0, 8].every((along) =>
        !document.elementFromPoint(x + across, y + along)?.closest(".pt-point")));
    // Scroll so that the node is in the middle of the window; where a finger comes down on it, and what is there.
    globalThis.middle = async (node, wish) => {
        const { value, ariaLabel: name } = node;
        await still(); // what the last swipe has set going
        node.scrollIntoView({ block: "center", behavior: "instant" });
        await still();
        const { left, top, width, height } = node.getBoundingClientRect();
        const at = (share) => [left + width * share, top + height / 2];
        const shares = [0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
        const wishes = { away: () => away(node), free: () => shares.find((each) => isNoPoint(...at(each))) };
        const share = wishes[wish]?.() ?? wish;
        return { spot: at(share), share, top: scrollY, value, name };
    };
"""


class Finger:
    """One finger on the page, as the browser hears of it from a touch screen."""

    def __init__(self, page):
        """Send the touches to this page."""
        self.page, self.session = page, page.context.new_cdp_session(page)

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

    def lose(self):
        """The browser takes the gesture away, and the page has heard of it."""
        before = self.page.evaluate("cancelled")
        self.send("touchCancel")
        until(lambda: self.page.evaluate("cancelled") > before)


@pytest.fixture
def show_on_phone(browser, folder_and_address):
    """Show a widget on a page that can be scrolled; returns the page and a finger."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page = context.new_page()
    complaints = watch(page)
    page.clock.install()
    page.add_init_script(ASKED)
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


def place(node, share):
    """Bring the node to the middle of the window; where on it a finger comes down, and what is there now.

    The place is a share of its length, "away" from a slider's thumb, or "free" of points that can be dragged.
    """
    return SimpleNamespace(**node.evaluate("(node, share) => middle(node, share)", share))


def middle(node, share=0.5):
    """Bring the node to the middle of the window; where on it a finger comes down."""
    return place(node, share).spot


def rest(page):
    """Let pass what the page waits for: no message and no write is left."""
    page.clock.fast_forward(5000)


def remember(page):
    """Have the page remember its state, at rest."""
    rest(page)
    page.evaluate("globalThis.remembered = state()")


def changed(page):
    """What is otherwise than remembered, now."""
    return page.evaluate("changed()")


def changed_at_rest(page):
    """What is otherwise than remembered, once nothing is left to be done."""
    rest(page)
    return changed(page)


@pytest.fixture(params=EXAMPLES, ids=lambda name: name.replace(", ", "-").replace(" ", "-"))
def example(request):
    return EXAMPLES[request.param]()


def test_a_swipe_that_starts_on_a_slider_scrolls_and_sets_nothing(show_on_phone, example):
    page, finger = show_on_phone(example)
    remember(page)
    for node in page.locator("input[type=range]:visible").all():
        for along in (-150, 150):
            on = place(node, "away")
            finger.go(on.spot, across=20, along=along)
            page.wait_for_function("top => Math.abs(scrollY - top) > 50", arg=on.top)
            assert changed_at_rest(page) == [], on.name


def test_a_swipe_that_has_nothing_to_scroll_sets_nothing_either(show_on_phone):
    page, finger = show_on_phone(widgets.LogitExplorer())
    page.add_style_tag(content="html, body { overflow: hidden; height: 100%; }")
    remember(page)
    finger.go(middle(page.locator("input[type=range]").first, "away"), along=150)
    assert changed_at_rest(page) == []


def test_a_tap_and_a_sideways_drag_set_each_slider(show_on_phone, example):
    page, finger = show_on_phone(example)
    for node in page.locator("input[type=range]:visible").all():
        first = place(node, "away")
        finger.go(first.spot)
        then = place(node, first.share)
        before, tapped = float(first.value), float(then.value)
        assert tapped != before, f"{first.name} tapped"
        finger.go(then.spot, across=150 if first.share < 0.5 else -150, along=10)
        dragged, top = node.evaluate("({ value }) => [Number(value), scrollY]")
        assert (dragged - tapped) * (before - tapped) > 0, f"{first.name} dragged back to where it was"
        assert top == then.top


def test_a_drag_that_the_browser_takes_away_puts_the_value_back(show_on_phone, example):
    """A second finger, a message from the system: the drag had begun, and ends by pointercancel."""
    page, finger = show_on_phone(example)
    remember(page)
    for node in page.locator("input[type=range]:visible").all():
        on = place(node, "away")
        finger.go(on.spot, across=20 if on.share < 0.5 else -20, lift=False)
        assert changed(page) != []
        finger.lose()
        assert changed_at_rest(page) == [], on.name


def test_a_typed_value_between_the_sliders_steps_survives_a_drag_taken_away(show_on_phone):
    page, finger = show_on_phone(widgets.GradientAtWork())
    field = page.get_by_role("textbox", name="Exact learning rate")
    field.fill("0.12345")
    field.press("Enter")
    finger.go(middle(page.get_by_role("slider", name="Learning rate", exact=True), 0.8), across=-90, lift=False)
    assert field.input_value() != "0.12345"
    finger.lose()
    assert field.input_value() == "0.12345"


def test_a_swipe_that_starts_on_anything_else_sets_nothing(show_on_phone, example):
    page, finger = show_on_phone(example)
    remember(page)
    for kind in SURFACES.split(", "):
        nodes = page.locator(f"{kind}:visible")
        count = nodes.count()
        if not count or kind == ".pt-point":  # a point is dragged in every direction
            continue
        for n in (0, count - 1):
            on = place(nodes.nth(n), "free")
            finger.go(on.spot, along=-150)
            page.wait_for_function("top => scrollY > top + 50", arg=on.top, timeout=5000)
            assert changed_at_rest(page) == [], kind


def test_a_tap_and_a_sideways_drag_on_the_plot_set_the_step_and_a_cancelled_one_does_not(show_on_phone):
    page, finger = show_on_phone(widgets.StepSize())
    plot, field = page.locator(".sz-plot"), page.get_by_role("textbox", name="Exact step h")
    finger.go(middle(plot, 0.25))
    assert field.input_value() == "1e-12"
    finger.go(middle(plot, 0.25), across=plot.bounding_box()["width"] / 2)
    assert field.input_value() == "1e-4"
    remember(page)
    finger.go(middle(plot, 0.5), across=-90, lift=False)
    assert field.input_value() != "1e-4"
    finger.lose()
    assert changed_at_rest(page) == []


def test_a_point_of_the_plane_is_dragged_each_way_and_goes_back_when_the_drag_is_taken_away(show_on_phone):
    page, finger = show_on_phone(widgets.PlaneTrainer())
    point = page.locator(".pt-point").nth(3)
    on = place(point, 0.5)
    box = point.bounding_box()
    finger.go(on.spot, across=30, along=40)
    assert page.evaluate("scrollY") == on.top
    assert point.bounding_box()["y"] == pytest.approx(box["y"] + 40, abs=2)  # a coordinate has two decimals
    remember(page)
    finger.go(middle(page.locator(".pt-point").nth(5)), along=-40, lift=False)
    assert changed(page) != []
    finger.lose()
    assert changed_at_rest(page) == []


def test_a_tap_on_a_point_adds_none_and_a_tap_beside_adds_one(show_on_phone):
    page, finger = show_on_phone(widgets.PlaneTrainer())
    points = page.locator(".pt-point")
    count = points.count()
    finger.go(middle(points.nth(3)))
    rest(page)
    assert page.locator(".pt-who").inner_text() == "point 4, class 0"
    assert points.count() == count
    x, y = middle(page.locator(".pt-plane"))
    finger.go((x, y + 90))
    rest(page)
    assert points.count() == count + 1


def test_a_stroke_that_is_taken_away_leaves_the_pad_as_it_was(show_on_phone):
    page, finger = show_on_phone(widgets.DrawDigit())
    remember(page)
    finger.go(middle(page.locator(".dd-pad"), 0.3), along=60, lift=False)
    assert changed(page) != []
    finger.lose()
    assert changed_at_rest(page) == []
