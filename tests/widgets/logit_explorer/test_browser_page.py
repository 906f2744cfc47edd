"""LogitExplorer and the page around it: at rest, broken, in a notebook, under the hands of any reader."""

import random
import re

import numpy as np
import pytest

from softmaxlab import softmax
from softmaxlab.widgets import LogitExplorer, LossDuel
from support.browser.harness import widget_page
from support.browser.logit_explorer import (
    READ,
    TEN,
    drag,
    expected,
    field,
    fragment,
    logits,
    press,
    read,
    slider,
    url_settles,
)


def test_nothing_on_the_page_moves_when_the_widget_comes_alive(show_widgets, page):
    page.add_init_script(SHIFTS)
    show_widgets(LogitExplorer(), LogitExplorer(logits=TEN), after="<p>What follows must stay where it is.</p>")
    page.wait_for_timeout(200)
    assert page.evaluate("shifts") == []


SHIFTS = """
    globalThis.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries()
            .map(({value, sources}) => [value, ...sources.map(({node}) => node.outerHTML ?? node.data)])))
        .observe({type: "layout-shift", buffered: true});
"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_logit_is_dragged(show_widgets, page, width):
    page.add_init_script(SHIFTS)
    show_widgets(LogitExplorer(logits=[2, 1, 0.1]), width=width, after="<p>Text</p>")
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


def test_without_javascript_the_still_is_there(browser, folder_and_address):
    folder, address = folder_and_address
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
        ("undefined", "its script did not arrive"),
        ("{ render() { throw new Error('no luck') } }", "no luck"),
        ("{ initialize() { throw new Error('bad start') }, render() {} }", "bad start"),
    ],
)
def test_a_widget_that_cannot_start_says_so_below_its_still(page, folder_and_address, module, words):
    folder, address = folder_and_address
    broken, sound = LossDuel(), LogitExplorer(logits=[0, 1])
    state = {w.model_id: {"model_name": "AnyModel", "state": w.get_state()} for w in (broken, sound)}
    if module is None:
        del state[broken.model_id]
    widget_page(folder, broken, sound, state=state)
    made = "" if module == "undefined" else f"softmaxlab.widgets.loss_duel = {{ default: {module} }};"
    if module is not None:
        (folder / "loss_duel.js").write_text(made, encoding="utf-8")
    page.goto(address)
    page.locator(".sl-mount").last.locator(".le:not(.is-still)").wait_for()  # the other one lives
    message = page.locator(".sl-failed")
    message.wait_for()
    assert words in message.inner_text()
    assert page.locator(".sl-mount").first.locator(".is-still").is_visible()


def test_a_page_with_spoilt_state_says_so(page, folder_and_address):
    folder, address = folder_and_address
    path = widget_page(folder, LogitExplorer())
    path.write_text(path.read_text(encoding="utf-8").replace('{"version_major"', '{version_major"'), encoding="utf-8")
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
    document.body.innerHTML =
        '<div class="sl-mount" data-widget="logit_explorer" data-fragment="own"><div></div></div>';
    globalThis.cleanup = module.default.render({model, el: document.querySelector(".sl-mount div")});
}"""


@pytest.fixture
def page_without_host(page, folder_and_address):
    """The widget where assets/host.js is not its host, as in JupyterLab."""
    folder, address = folder_and_address
    (folder / "index.html").write_text(
        '<!doctype html><html lang="en"><link rel="icon" href="data:,">', encoding="utf-8"
    )
    page.goto(f"{address}#logits=9,9")
    page.evaluate(RENDER, LogitExplorer._esm)
    return page


def test_in_a_notebook_the_address_is_neither_read_nor_written(page_without_host):
    slider(page_without_host).press("End")
    url_settles(page_without_host)
    assert fragment(page_without_host) == "#logits=9,9"
    assert page_without_host.get_by_role("button", name="Copy link").count() == 0


def test_changes_are_saved_to_the_kernel_without_the_results_it_computes_itself(page_without_host):
    slider(page_without_host).press("End")
    saved = {"logits": [10, 1, 0.1], "temperature": 1, "true_class": 0, "labels": []}
    assert page_without_host.evaluate("saved") == saved


def test_the_kernel_is_never_sent_a_true_class_that_is_gone(page_without_host):
    page_without_host.get_by_role("radio", name="class 2").check()
    press(page_without_host, "Remove class")
    assert page_without_host.evaluate("saved.true_class") == 1


def test_changes_from_the_kernel_are_drawn(page_without_host):
    page_without_host.evaluate("model.set('logits', [0, 1, 2, 3, 4])")
    page_without_host.evaluate("model.set('labels', ['cat'])")
    assert read(page_without_host) == expected(range(5))
    assert slider(page_without_host, "cat").count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("temperature", 0), ("temperature", "hot"), ("logits", [1]), ("logits", None), ("logits", ["a", "b"]),
     ("true_class", 7), ("true_class", -1), ("true_class", None), ("true_class", 0.5), ("labels", None)],
)  # fmt: skip
def test_what_a_link_brings_that_makes_no_sense_changes_nothing_or_the_nearest(page_without_host, name, value):
    page_without_host.evaluate("([name, value]) => model.set(name, value)", [name, value])
    assert read(page_without_host) == expected([2, 1, 0.1], y=2 if value == 7 else 0)


def test_cleanup_leaves_nothing_behind(page_without_host):
    slider(page_without_host).press("End")
    page_without_host.evaluate("cleanup()")
    assert page_without_host.evaluate("model.handlers.size") == 0
    assert page_without_host.locator(".sl-mount *").count() == 1  # the element it was given, empty
    page_without_host.evaluate("dispatchEvent(new PopStateEvent('popstate'))")
    page_without_host.wait_for_timeout(900)  # no timer of it is left to fail


# ---- Accessibility, by axe ----


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_at_rest_focused_or_refusing(show_widgets, axe_source, theme, width):
    page = show_widgets(LogitExplorer(), LogitExplorer(logits=TEN), width=width, theme=theme)
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


def test_axe_finds_nothing_in_a_still(browser, folder_and_address, axe_source):
    folder, address = folder_and_address
    path = widget_page(folder, LogitExplorer(), LogitExplorer(logits=TEN))
    path.write_text(
        path.read_text(encoding="utf-8").replace('<script defer src="host.js"></script>', ""), encoding="utf-8"
    )
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


def test_three_hundred_random_actions_leave_the_widget_whole(show_widgets):
    chance = random.Random(5)
    page = show_widgets(LogitExplorer(), LogitExplorer(logits=[0, 0, 0, 0, 0], url_state=False))

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
def test_a_reader_can_drag_a_logit_in_the_built_book(page, site_address, name):
    page.goto(f"{site_address}{name}")
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
