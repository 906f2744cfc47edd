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
THEME = "(theme) => { document.documentElement.dataset.theme = theme; }"
NO_NUMBER = re.compile(r"NaN|Infinity|undefined|null|\[object")
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


def controls(page):
    """What a reader can operate and see now."""
    return [node for node in page.locator(f".sl-widget :is({CONTROLS})").all() if node.is_visible()]


def violations(page):
    """Run axe: the rules that are broken, and where."""
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


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


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_moves_while_its_sliders_are_dragged(page, address, width):
    page.add_init_script(SHIFTS)
    widget = alive(page, address, width)
    height = widget.bounding_box()["height"]
    ranges = widget.locator("input[type=range]")
    assert ranges.count() > 0, "no slider: is this widget operated otherwise? Then test that its handles move nothing"
    for handle in ranges.all():
        if not handle.is_visible():
            continue
        handle.scroll_into_view_if_needed()
        page.wait_for_timeout(50)  # scrolling is over, and is no shift
        box = handle.bounding_box()
        y = box["y"] + box["height"] / 2
        page.mouse.move(box["x"] + box["width"] / 2, y)
        page.mouse.down()
        for share in (1.2, -0.2, 0.7):  # past both ends
            page.mouse.move(box["x"] + box["width"] * share, y, steps=4)
            assert widget.bounding_box()["height"] == height, handle.get_attribute("aria-label")
        page.mouse.up()
    page.wait_for_timeout(150)
    assert page.evaluate("shifts") == []


@pytest.mark.parametrize("width", [320, 1280])
def test_every_target_is_at_least_24_pixels_each_way(page, address, width):
    alive(page, address, width)
    small = {}
    for node in controls(page):
        box = node.bounding_box()
        if min(box["width"], box["height"]) < 24:
            small[node.evaluate("node => node.outerHTML")] = box
    assert small == {}


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_sticks_out_or_scrolls_sideways(page, address, width):
    widget = alive(page, address, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert widget.evaluate("node => node.scrollWidth <= node.clientWidth")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_at_rest_focused_or_refusing(page, address, axe_source, theme, width):
    widget = alive(page, address, width, theme)
    page.evaluate(axe_source)
    assert violations(page) == [], "at rest"
    controls(page)[0].focus()
    assert violations(page) == [], "focused"
    field = widget.locator("input.sl-number:visible")
    if field.count():
        field.first.fill("abc")
        assert field.first.get_attribute("aria-invalid") == "true"
        assert violations(page) == [], "refusing"


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
    marked = "node => node.closest('[data-lm-suppress-shortcuts]') !== null || node.tagName === 'BUTTON'"
    assert all(node.evaluate(marked) for node in controls(page))


def test_every_control_is_reached_by_tab(page, address):
    alive(page, address)
    seen = set()
    page.locator("h1").click()
    for _ in range(4 * len(controls(page))):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    index = "node => [...document.querySelectorAll('*')].indexOf(node)"
    # of a group of radios one is reached by Tab, the others by arrows
    missed = [
        node.evaluate("node => node.outerHTML")
        for node in controls(page)
        if node.get_attribute("type") != "radio"
        and node.get_attribute("tabindex") != "-1"
        and node.evaluate(index) not in seen
    ]
    assert missed == []


def test_nothing_moves_by_itself_for_readers_who_want_less_motion(browser, address):
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    alive(page, address)
    for node in controls(page):
        if node.get_attribute("type") == "range":
            node.press("End")
    moving = page.evaluate("document.getAnimations().map(({effect}) => effect.target.outerHTML)")
    context.close()
    assert moving == []


def test_in_print_its_numbers_stand_without_its_buttons(page, address):
    widget = alive(page, address)
    for node in controls(page):
        if node.get_attribute("type") == "range":
            node.press("PageUp")
            break
    text = widget.inner_text()
    page.emulate_media(media="print")
    values = [node.inner_text() for node in widget.locator(".sl-value:visible").all()]
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
    handle = next(node for node in controls(page) if node.get_attribute("type") == "range")
    handle.press("End")
    handle.press("PageDown")
    assert widget.inner_text() != before


def test_a_thousand_random_actions_leave_no_message_and_no_nan(page, address):
    """Five hundred for each of a widget's two examples."""
    chance = random.Random(7)
    widget = alive(page, address)

    def any_of(selector):
        found = widget.locator(f"{selector}:visible")
        count = found.count()
        return found.nth(chance.randrange(count)) if count else None

    def drag():
        handle = any_of(":is(input[type=range], svg, [role=slider])")
        box = handle and handle.bounding_box()
        if box:
            page.mouse.move(box["x"] + chance.random() * box["width"], box["y"] + chance.random() * box["height"])
            page.mouse.down()
            page.mouse.move(box["x"] + chance.random() * box["width"], box["y"] + chance.random() * box["height"])
            page.mouse.up()

    def junk():
        if field := any_of("input.sl-number"):
            field.fill(chance.choice(JUNK))

    def paste():
        if field := any_of("input.sl-number"):
            field.focus()
            page.keyboard.press("Control+A")
            page.keyboard.insert_text(chance.choice(JUNK))

    def key():
        if handle := any_of("input[type=range]"):
            handle.press(chance.choice(["Home", "End", "PageUp", "PageDown", "ArrowLeft"]))

    def click():
        if node := any_of(":is(button, summary, input[type=radio], input[type=checkbox])"):
            node.dispatch_event("click")

    def select():
        if node := any_of("select"):
            node.select_option(index=chance.randrange(node.locator("option").count()))

    def replace():
        page.evaluate("""() => { const mount = document.querySelector(".sl-mount"), next = mount.nextSibling;
            const parent = mount.parentNode; mount.remove(); parent.insertBefore(mount, next); }""")

    def step(way):
        """Go a step in the history as a page does: Playwright looks the entry up first; a widget may drop it then."""
        page.evaluate(
            """(way) => { const { committed, finished } = navigation[way]();
                const late = new Promise((resolve) => setTimeout(resolve, 5000));
                return Promise.race([Promise.allSettled([committed, finished]), late]); }""",
            way,
        )

    def back():
        """A step back on the page, or out of the page and in again."""
        if page.evaluate("navigation.canGoBack"):
            step("back")
        else:
            page.goto("about:blank")
            alive(page, address)

    actions = [
        drag, drag, junk, paste, key, click, select, replace,
        lambda: page.keyboard.press(chance.choice(KEYS)),
        lambda: page.set_viewport_size({"width": chance.choice([320, 390, 700, 1280]), "height": 900}),
        lambda: page.evaluate(THEME, chance.choice(["light", "dark"])),
        back,
        lambda: step("forward"),
    ]  # fmt: skip
    for _ in range(500):
        chance.choice(actions)()
        text = page.locator("main").inner_text()
        assert not NO_NUMBER.search(text), NO_NUMBER.search(text)
