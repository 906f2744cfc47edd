"""What holds of every widget of the book, in real Chromium, on a page like those of the built book."""

import random
import re
import threading
import time
from collections import Counter
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from urllib.parse import urlsplit

import pytest

from softmaxlab import widgets
from support.browser.examples import EXAMPLES
from support.browser.harness import widget_page

CONTROLS = "button, input, select, summary, a[href], [role=slider], [tabindex='0']"
SHIFTS = """
    globalThis.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries()
            .map(({value, sources}) => [value, ...sources.map(({node, previousRect, currentRect}) =>
                [node?.outerHTML ?? node?.data, previousRect, currentRect])])))
        .observe({type: "layout-shift", buffered: true});
"""
# Playwright's `:visible`, for many nodes in one question
SEEN = """(selector) => [...document.querySelectorAll(selector)].filter((node) => {
    const { width, height } = node.getBoundingClientRect();
    return width > 0 && height > 0 && node.checkVisibility({ visibilityProperty: true });
})"""
THEME = "(theme) => { document.documentElement.dataset.theme = theme; }"
NO_NUMBER = re.compile(r"NaN|Infinity|undefined|null|\[object")
COLORS = ["color-contrast", "link-in-text-block"]  # axe's rules that a theme can break; it has a third, for level AAA
JUNK = ["abc", "", "-", "1e999", "NaN", "Infinity", "1e-320", "-1000", "1000", "−2,5", "<b>", "٣", "1e-7", "0", "0.5"]
KEYS = ["Tab", "Shift+Tab", "Escape", "Enter", "Space", "ArrowUp", "ArrowRight", "PageDown", "Home", "End"]


def test_every_widget_has_two_examples():
    assert Counter(name.split(",")[0] for name in EXAMPLES) == dict.fromkeys(widgets.__all__, 2)


@pytest.fixture(params=EXAMPLES, ids=lambda name: name.replace(", ", "-").replace(" ", "-"))
def address(request, served_folder):
    """Where a page with this widget and some text below it is."""
    folder, address = served_folder
    own = folder / str(len(list(folder.iterdir())))
    own.mkdir()
    widget_page(own, EXAMPLES[request.param](), after="<p>Text that must stay where it is.</p>")
    return f"{address}/{own.name}/index.html"


class Trickle(SimpleHTTPRequestHandler):
    """Sends the inside of a still in ten pieces, so that the browser draws before it has all of it."""

    def copyfile(self, source, outputfile):
        text = source.read()
        start, end = text.find(b" is-still"), text.find(b"sl-whole", text.find(b" is-still"))
        cuts = [0, *(start + (end - start) * tenth // 10 for tenth in range(1, 10)), len(text)]
        for begin, stop in pairwise(cuts if start > 0 else [0, len(text)]):
            outputfile.write(text[begin:stop])
            time.sleep(0.03)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def slow_address(served_folder):
    """The address of the same pages from a server that sends them in pieces."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Trickle, directory=str(served_folder[0])))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def alive(page, address, width=1280, theme="light"):
    """Open the page, wait for the widget, and return it."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    page.evaluate(THEME, theme)
    return page.locator(".sl-widget")


def make_wide(page, width):
    """Make the window so wide, and let the widget see it."""
    page.set_viewport_size({"width": width, "height": 900})
    seen = page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(innerWidth))))")
    assert seen == width


def of_controls(page, look):
    """Ask this of all that a reader can operate and see now: the nodes."""
    return page.evaluate(f"((nodes) => {look})(({SEEN})(`.sl-widget :is({CONTROLS})`))")


def first_slider(page):
    """The first slider that a reader sees."""
    return page.locator(".sl-widget input[type=range]:visible").first


def violations(page, rules=()):
    """Run axe, all of it or these rules: the rules that are broken, and where."""
    return page.evaluate(
        """async (rules) => {
            const only = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
            const {violations} = await axe.run(document, {resultTypes: ["violations"], ...only});
            return violations.map(({id, nodes}) => [id, nodes.map(({html}) => html)]);
        }""",
        list(rules),
    )


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_on_the_page_moves_when_it_comes_alive(page, address, width):
    page.add_init_script(SHIFTS)
    alive(page, address, width)
    page.wait_for_timeout(150)
    assert page.evaluate("shifts") == []


def test_nothing_moves_when_the_page_arrives_in_pieces(page, address, slow_address):
    page.add_init_script(SHIFTS)
    alive(page, f"{slow_address}{urlsplit(address).path}", width=390)
    page.wait_for_timeout(150)
    assert page.evaluate("shifts") == []


# Note each height that the widget takes, and what is dragged then
HEIGHTS = """() => {
    const widget = document.querySelector(".sl-widget");
    globalThis.dragged = "nothing yet";
    globalThis.heights = {};
    const note = () => { heights[widget.getBoundingClientRect().height] ??= dragged; };
    new ResizeObserver(note).observe(widget, { box: "border-box" });
    return document.querySelectorAll(".sl-widget input[type=range]").length;
}"""
HANDLE = """(n) => {
    const node = document.querySelectorAll(".sl-widget input[type=range]")[n];
    if (!SEEN("input[type=range]").includes(node)) return null;
    node.scrollIntoView({ block: "center", behavior: "instant" });
    dragged = node.ariaLabel;
    const { left, top, width, height } = node.getBoundingClientRect();
    return [left, top + height / 2, width];
}""".replace("SEEN", f"({SEEN})")


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_while_its_sliders_are_dragged(page, address, width):
    page.add_init_script(SHIFTS)
    alive(page, address, width)
    count = page.evaluate(HEIGHTS)
    assert count > 0, "no slider: is this widget operated otherwise? Then test that its handles move nothing"
    for n in range(count):
        handle = page.evaluate(HANDLE, n)
        if not handle:
            continue
        page.wait_for_timeout(50)  # scrolling is over, and is no shift
        left, y, wide = handle
        page.mouse.move(left + wide / 2, y)
        page.mouse.down()
        for share in (1.2, -0.2, 0.7):  # past both ends
            page.mouse.move(left + wide * share, y, steps=4)
        page.mouse.up()
    page.wait_for_timeout(150)
    assert len(heights := page.evaluate("heights")) == 1, heights
    assert page.evaluate("shifts") == []


def test_every_target_is_at_least_24_pixels_each_way(page, address):
    alive(page, address)
    small = """nodes.map((node) => [node.outerHTML, node.getBoundingClientRect()])
        .filter(([, { width, height }]) => Math.min(width, height) < 24)"""
    for width in (1280, 320):
        make_wide(page, width)
        assert of_controls(page, "nodes.length") > 0
        assert of_controls(page, small) == [], width


def test_nothing_sticks_out_or_scrolls_sideways(page, address):
    """Nor does it after the window was narrow."""
    alive(page, address)
    for width in (1280, 768, 390, 320, 1280):
        make_wide(page, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        inside, seen = page.evaluate("""() => {
            const { scrollWidth, clientWidth } = document.querySelector(".sl-widget");
            return [scrollWidth, clientWidth];
        }""")
        assert inside <= seen, width


def test_axe_finds_nothing_at_rest_focused_or_refusing(page, address, axe_source):
    """On a phone and a desktop: in the dark theme all rules, in the light one those that a theme can change."""
    widget = alive(page, address)
    page.evaluate(axe_source)

    def ask(state):
        for width in (1280, 390):
            make_wide(page, width)
            for theme, rules in (("light", COLORS), ("dark", ())):
                page.evaluate(THEME, theme)
                assert violations(page, rules) == [], f"{state}, {theme}, {width} pixels wide"

    ask("at rest")
    of_controls(page, "nodes[0].focus()")
    ask("focused")
    field = widget.locator("input.sl-number:visible").first
    if field.count():
        field.fill("abc")
        ask("refusing")
        assert field.get_attribute("aria-invalid") == "true"


def test_axe_finds_nothing_in_its_still(browser, address, axe_source):
    context = browser.new_context(viewport={"width": 390, "height": 900})
    page = context.new_page()
    page.route("**/host.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(address)
    page.evaluate(axe_source)
    found = violations(page)
    context.close()
    assert found == []


def test_its_still_is_there_without_javascript(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    still = page.locator(".sl-widget.is-still")
    seen, text = still.is_visible(), still.inner_text()
    context.close()
    assert seen
    assert re.search(r"\d", text)
    assert "With JavaScript on" in text
    assert not NO_NUMBER.search(text)


def test_every_control_keeps_its_keys_in_jupyterlab(page, address):
    alive(page, address)
    bare = """nodes.filter((node) => node.closest('[data-lm-suppress-shortcuts]') === null && node.tagName !== 'BUTTON')
        .map((node) => node.outerHTML)"""
    assert of_controls(page, "nodes.length") > 0
    assert of_controls(page, bare) == []


# Note the place of whatever has the focus once a key is up
REACHED = """() => {
    globalThis.places = () => new Map([...document.querySelectorAll("*")].map((node, place) => [node, place]));
    globalThis.reached = new Set();
    addEventListener("keyup", () => reached.add(places().get(document.activeElement)), { capture: true });
}"""


def test_every_control_is_reached_by_tab(page, address):
    alive(page, address)
    page.evaluate(REACHED)
    page.locator("h1").click()
    # of a group of radios one is reached by Tab, the others by arrows
    missed = """nodes.filter((node) => node.type !== "radio" && node.getAttribute("tabindex") !== "-1")
        .filter((node) => !reached.has(places().get(node))).map((node) => node.outerHTML)"""
    assert of_controls(page, missed) != []
    for _ in range(4):
        for _ in range(of_controls(page, "nodes.length")):
            page.keyboard.press("Tab")
        if of_controls(page, missed) == []:
            break
    assert of_controls(page, missed) == []


def test_nothing_moves_by_itself_for_readers_who_want_less_motion(browser, address):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    alive(page, address)
    for node in page.locator(".sl-widget input[type=range]:visible").all():
        node.press("End")
    moving = page.evaluate("document.getAnimations().map(({effect}) => effect.target.outerHTML)")
    context.close()
    assert moving == []


def test_in_print_its_numbers_stand_without_its_buttons(page, address):
    widget = alive(page, address)
    first_slider(page).press("PageUp")
    text = widget.inner_text()
    page.emulate_media(media="print")
    values = page.evaluate(f"({SEEN})('.sl-widget .sl-value').map((node) => node.innerText)")
    assert values
    assert all(value in text for value in values)  # of the present state
    assert widget.locator(".sl-button:visible").count() == 0


def test_a_widget_taken_out_and_put_back_still_works(page, address):
    widget = alive(page, address)
    page.evaluate("""() => {
        const mount = document.querySelector(".sl-mount"), next = mount.nextSibling, parent = mount.parentNode;
        mount.remove();
        parent.insertBefore(mount, next);
    }""")
    before = widget.inner_text()
    handle = first_slider(page)
    handle.press("End")
    handle.press("PageDown")
    assert widget.inner_text() != before


# Whether the text is whole; then something is done with one of the nodes that a selector finds, if it finds any.
LOOK_AND_ACT = """async ([faults, selector, share, act, given]) => {
    // What the reader sees of it, where the page holds one at all: to lay out all text after each action takes long.
    const main = document.querySelector("main");
    const [fault] = (RegExp(faults).test(main.textContent) && main.innerText.match(faults)) || [];
    const acts = {
        nothing() {},
        focus(node) {
            node.focus();
            return true;
        },
        select(node) {
            node.focus();
            node.select();
            return true;
        },
        click(node) {
            node.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, composed: true }));
        },
        choose(node) {
            node.selectedIndex = Math.floor(given * node.options.length);
            for (const type of ["input", "change"]) node.dispatchEvent(new Event(type, { bubbles: true }));
        },
        place(node) {
            node.scrollIntoView({ block: "nearest", behavior: "instant" });
            const { left, top, right, bottom } = node.getBoundingClientRect();
            const [x, y] = [Math.max(left, 0), Math.max(top, 0)];
            return [x, y, Math.min(right, innerWidth) - x, Math.min(bottom, innerHeight) - y];
        },
        replace() {
            const mount = document.querySelector(".sl-mount"), next = mount.nextSibling, parent = mount.parentNode;
            mount.remove();
            parent.insertBefore(mount, next);
        },
        theme() {
            document.documentElement.dataset.theme = given;
        },
        // as a page does: Playwright looks the entry up first; a widget may drop it then
        step() {
            if (given === "back" && !navigation.canGoBack) return false;
            const { committed, finished } = navigation[given]();
            const late = new Promise((resolve) => setTimeout(resolve, 5000));
            return Promise.race([Promise.allSettled([committed, finished]), late]).then(() => true);
        },
    };
    const nodes = selector ? seen(`.sl-widget ${selector}`) : [document.body];
    const node = nodes[Math.floor(share * nodes.length)];
    return [fault, node && await acts[act](node)];
}""".replace("seen(", f"({SEEN})(")


class Hand:
    """What a reader may do, at random but the same in every run; each begins with a look at what the last one left."""

    def __init__(self, page, address):
        """Open the page."""
        self.page, self.address, self.chance = page, address, random.Random(7)
        self.last = "nothing yet"
        alive(page, address)

    def look_and(self, act, selector="", given=None):
        """Look, and do this; its answer."""
        asked = [NO_NUMBER.pattern, selector, self.chance.random(), act, given]
        fault, answer = self.page.evaluate(LOOK_AND_ACT, asked)
        assert not fault, f"{fault} after: {self.last}"
        return answer

    def drag(self):
        if place := self.look_and("place", ":is(input[type=range], svg, [role=slider])"):
            x, y, width, height = place
            mouse, share = self.page.mouse, self.chance.random
            mouse.move(x + share() * width, y + share() * height)
            mouse.down()
            mouse.move(x + share() * width, y + share() * height)
            mouse.up()

    def junk(self):
        text = self.chance.choice(JUNK)
        if self.look_and("select", "input.sl-number"):
            if text:
                self.page.keyboard.insert_text(text)
            else:
                self.page.keyboard.press("Delete")

    def paste(self):
        text = self.chance.choice(JUNK)
        if self.look_and("focus", "input.sl-number"):
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(text)

    def key(self):
        pressed = self.chance.choice(["Home", "End", "PageUp", "PageDown", "ArrowLeft"])
        if self.look_and("focus", "input[type=range]"):
            self.page.keyboard.press(pressed)

    def click(self):
        self.look_and("click", ":is(button, summary, input[type=radio], input[type=checkbox])")

    def select(self):
        self.look_and("choose", "select", self.chance.random())

    def replace(self):
        self.look_and("replace")

    def press(self):
        self.look_and("nothing")
        self.page.keyboard.press(self.chance.choice(KEYS))

    def resize(self):
        self.look_and("nothing")
        self.page.set_viewport_size({"width": self.chance.choice([320, 390, 700, 1280]), "height": 900})

    def theme(self):
        self.look_and("theme", given=self.chance.choice(["light", "dark"]))

    def back(self):
        """A step back on the page, or out of the page and in again."""
        if not self.look_and("step", given="back"):
            self.page.goto("about:blank")
            alive(self.page, self.address)

    def forward(self):
        self.look_and("step", given="forward")


def test_a_thousand_random_actions_leave_no_message_and_no_nan(page, address):
    """Five hundred for each of a widget's two examples."""
    hand = Hand(page, address)
    actions = [hand.drag, hand.drag, hand.junk, hand.paste, hand.key, hand.click, hand.select, hand.replace]
    actions += [hand.press, hand.resize, hand.theme, hand.back, hand.forward]
    for _ in range(500):
        action = hand.chance.choice(actions)
        action()
        hand.last = action.__name__
    hand.look_and("nothing")
