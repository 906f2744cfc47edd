"""History and address, of all widgets: what a gesture is rests on no clock; what a browser refuses is written later."""

import pytest

from softmaxlab.widgets import GradientAtWork, LossDuel, PlaneTrainer
from support.browser.harness import widget_page
from support.browser.logit_explorer import drag, expected, fragment, press, read, slider

REFUSED = {
    "with an error": "() => { throw new DOMException('too often', 'SecurityError'); }",
    "without a word": "() => {}",
}
REFUSE = """for (const way of ["pushState", "replaceState"]) {
    const write = history[way].bind(history);
    history[way] = (...all) => globalThis.refuses ? (%s)() : write(...all);
}"""
VALUES = "[...document.querySelectorAll('.sl-value')].map((node) => node.textContent)"
SEEN = """globalThis.writes = []; // when
for (const way of ["pushState", "replaceState"]) {
    const write = history[way].bind(history);
    history[way] = (...all) => { writes.push(performance.now()); write(...all); };
}"""


@pytest.fixture
def pass_time(page):
    """Let so many milliseconds pass at once, as on a page that hangs for so long."""
    page.clock.install()
    return page.clock.fast_forward


def steps(page):
    return page.evaluate("history.length")


def test_keys_on_one_control_are_one_step_back_however_long_the_page_takes(show_widgets, pass_time):
    page = show_widgets()
    before = steps(page)
    for pause in (0, 10, 240, 900, 5000, 60_000):
        slider(page).press("ArrowRight")
        pass_time(pause)
    assert steps(page) == before + 1
    page.go_back()
    assert read(page) == expected([2, 1, 0.1])


def test_each_drag_is_a_step_back_even_if_the_page_hears_of_them_at_once(show_widgets, pass_time):
    page = show_widgets()
    before = steps(page)
    drag(page, slider(page), 0.9)
    drag(page, slider(page), 0.2, start=0.9)
    drag(page, slider(page, "class 1"), 0.7)
    pass_time(300)
    assert steps(page) == before + 3


def test_a_drag_is_one_step_back_though_it_takes_its_time(show_widgets, pass_time):
    page = show_widgets()
    before = steps(page)
    box = slider(page).bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    for share in (0.7, 0.8, 0.9):
        page.mouse.move(box["x"] + box["width"] * share, y)
        pass_time(3000)
        assert fragment(page) == ""
    page.mouse.up()
    pass_time(300)
    assert steps(page) == before + 1


def test_two_controls_used_at_once_are_two_steps_back(show_widgets, pass_time):
    page = show_widgets()
    slider(page).press("End")
    slider(page, "class 1").press("Home")
    pass_time(300)
    page.go_back()
    assert read(page) == expected([10, 1, 0.1])
    page.go_back()
    assert read(page) == expected([2, 1, 0.1])


def test_after_tab_the_same_control_begins_a_new_step(show_widgets, pass_time):
    page = show_widgets()
    before = steps(page)
    slider(page).press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    slider(page).press("ArrowRight")
    pass_time(300)
    assert steps(page) == before + 2


def test_clicks_on_one_button_are_one_step_back(show_widgets, pass_time):
    page = show_widgets(GradientAtWork())
    before = steps(page)
    for _ in range(3):
        press(page, "Step")
        pass_time(2000)
    assert steps(page) == before + 1
    press(page, "To start")
    pass_time(300)
    assert steps(page) == before + 2


@pytest.mark.parametrize("how", REFUSED)
def test_what_the_browser_refuses_is_written_later(show_widgets, page, pass_time, how):
    page.add_init_script(REFUSE % REFUSED[how])
    page = show_widgets()
    before = steps(page)
    page.evaluate("refuses = true")
    slider(page).press("End")
    pass_time(300)
    pass_time(1000)
    slider(page, "class 1").press("Home")
    pass_time(1000)
    assert fragment(page) == ""
    page.evaluate("refuses = false")
    pass_time(1000)
    assert fragment(page) == "#logits=10,-10,0.1&t=1&y=0"
    assert steps(page) > before
    while steps(page) and fragment(page):
        page.go_back()
    assert read(page) == expected([2, 1, 0.1])


def test_what_waits_is_written_when_the_page_is_left(show_widgets):
    page = show_widgets()
    slider(page).press("ArrowRight")
    page.wait_for_function("location.hash")
    slider(page).press("ArrowRight")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    assert fragment(page) == "#logits=2.2,1,0.1&t=1&y=0"


def test_a_page_never_writes_so_often_that_a_browser_refuses(show_widgets, page, pass_time):
    """WebKit refuses the 101st write within ten seconds, Chromium the 201st, with a complaint in the console."""
    page.add_init_script(SEEN)
    page = show_widgets(LossDuel(), GradientAtWork())
    sliders = page.get_by_role("slider")
    for i in range(200):
        sliders.nth(i % 3).press("End" if i % 2 else "Home")
        pass_time(20)
    for _ in range(12):
        pass_time(1000)
    writes = page.evaluate("writes")
    assert len(writes) >= 80
    assert max(sum(start <= time < start + 10_000 for time in writes) for start in writes) < 100
    for piece in page.evaluate("location.hash").removeprefix("#").split("&"):
        assert "=" in piece
    shown = page.evaluate(VALUES)
    page.reload()
    page.locator("[data-sl-ready]").nth(1).wait_for()
    assert page.evaluate(VALUES) == shown


# ---- Shared links ----

# Sections whose heights are found as they come near, in a browser that does not keep what is seen in its place.
UNSETTLED = """<style>html { overflow-anchor: none; }
    section { content-visibility: auto; contain-intrinsic-height: 50px; } section div { height: 700px; }</style>"""
SECTIONS = "<section><div></div></section>" * 12
STILL = """() => new Promise((done) => {
    let [at, calm] = [scrollY, 0];
    const look = () => {
        calm = scrollY === at ? calm + 1 : 0;
        at = scrollY;
        if (calm === 20) done(at); else requestAnimationFrame(look);
    };
    look();
})"""
INSIDE = """(which) => {
    const { top, bottom } = document.querySelectorAll(".sl-widget")[which].getBoundingClientRect();
    return [top >= 0 && top < innerHeight, top >= 0 && bottom <= innerHeight];
}"""


def test_a_shared_link_shows_its_widget_though_heights_come_late(show_widgets):
    page = show_widgets(LossDuel(), before=UNSETTLED + SECTIONS, after=SECTIONS, fragment="#d.gap=3&d.label=loser")
    page.evaluate(STILL)
    assert page.evaluate(INSIDE, 0) == [True, True]


def test_of_two_widgets_in_a_link_the_last_is_shown(show_widgets):
    fragment = "#g.a=1,2,3&g.y=1,0,0&g.r=1&g.n=3&d.gap=3&d.label=loser"
    page = show_widgets(LossDuel(), GradientAtWork(), before=UNSETTLED + SECTIONS, fragment=fragment)
    page.evaluate(STILL)
    assert page.evaluate(INSIDE, 0) == [True, True]


def test_a_link_to_the_state_that_is_there_shows_its_widget(show_widgets):
    page = show_widgets(
        PlaneTrainer(), before=SECTIONS + '<div style="height: 3000px"></div>', fragment="#t.r=0.5&t.n=0"
    )
    page.evaluate(STILL)
    assert page.evaluate(INSIDE, 0)[0]


def test_a_link_pasted_where_the_page_is_open_shows_its_widget(folder_and_address, page):
    folder, address = folder_and_address
    widget_page(folder, LossDuel(), before='<div style="height: 3000px"></div>')
    page.goto(address)
    page.evaluate("location.hash = '#d.gap=3&d.label=loser'")
    page.locator("[data-sl-ready]").wait_for()
    page.evaluate(STILL)
    assert page.evaluate(INSIDE, 0) == [True, True]
    page.evaluate("scrollTo(0, 0)")
    page.evaluate("location.hash = '#d.gap=4&d.label=loser'")
    page.evaluate(STILL)
    assert page.evaluate(INSIDE, 0) == [True, True]


def test_a_reload_leaves_the_reader_where_they_are(show_widgets):
    page = show_widgets(LossDuel(), before='<div style="height: 3000px"></div>', fragment="#d.gap=3&d.label=loser")
    page.evaluate(STILL)
    page.get_by_role("slider").first.press("End")
    page.wait_for_function("!location.hash.includes('d.gap=3&')")
    page.mouse.wheel(0, -2000)
    page.wait_for_function("scrollY < 1500")
    place = page.evaluate(STILL)
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert page.evaluate(STILL) == place


# A scroll bar that is dragged scrolls in every frame, and no event tells whose hand it is.
DRAGGED = """async () => {
    for (let step = 0; step < 10; step++) {
        scrollBy(0, -100);
        await new Promise(requestAnimationFrame);
    }
}"""


@pytest.mark.parametrize("way", ["wheel", "key", "scroll bar"])
def test_a_reader_who_scrolls_is_not_pulled_back(folder_and_address, page, way):
    """A picture that does not come keeps the page from being complete: it is scrolled as its heights change."""
    folder, address = folder_and_address
    picture = '<img src="late.png" alt="" width="9" height="9">'
    widget_page(folder, LossDuel(), before=f"{UNSETTLED}<p id='top'>Top</p>{SECTIONS}", after=picture)
    late = []
    page.route("**/late.png", lambda route: late.append(route))
    page.goto(f"{address}#d.gap=3&d.label=loser", wait_until="commit")
    page.locator("[data-sl-ready]").wait_for()
    page.wait_for_function(f"({INSIDE})(0)[1]")
    if way == "wheel":
        page.mouse.wheel(0, -1000)
    elif way == "key":
        page.keyboard.press("PageUp")
    else:
        page.evaluate(DRAGGED)
    page.wait_for_function(f"!({INSIDE})(0)[1]")
    at = page.evaluate(STILL)
    page.evaluate("document.querySelector('#top').style.height = '500px'")
    assert page.evaluate(STILL) == at
    late[0].fulfill(body="", content_type="image/png")
