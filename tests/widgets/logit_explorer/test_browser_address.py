"""LogitExplorer and the address of its page, alone and with others on the page."""

import ipywidgets
import pytest

from softmaxlab.widgets import LogitExplorer
from support.browser.logit_explorer import drag, expected, field, fragment, press, read, slider, url_settles


def test_the_address_is_left_alone_until_the_reader_changes_something(show_widgets):
    page = show_widgets(after='<h2 id="below">Below</h2>', fragment="#below")
    url_settles(page)
    assert fragment(page) == "#below"
    assert read(page) == expected([2, 1, 0.1])


def test_a_change_goes_to_the_address_and_the_address_brings_it_back(show_widgets, browser):
    page = show_widgets()
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


def test_back_and_forward_undo_and_redo(show_widgets):
    page = show_widgets()
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


def test_back_to_a_heading_brings_back_the_state_it_had(show_widgets):
    page = show_widgets(before='<a href="#below">Go</a>', after='<h2 id="below">Below</h2>')
    slider(page).press("End")
    url_settles(page)
    page.get_by_role("link", name="Go").click()
    assert read(page) == expected([10, 1, 0.1])
    slider(page).press("Home")
    url_settles(page)
    page.go_back()
    assert fragment(page) == "#below"
    assert read(page) == expected([10, 1, 0.1])


def test_a_key_held_down_and_a_drag_are_one_step_back_each(show_widgets):
    page = show_widgets()
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
def test_malformed_pieces_of_the_address_are_ignored_one_by_one(show_widgets, broken, state):
    page = show_widgets(fragment=broken)
    assert read(page) == expected(*state)


def test_an_address_edited_by_hand_is_followed(show_widgets):
    page = show_widgets()
    page.evaluate("location.hash = '#logits=5,6'")
    page.wait_for_function("document.querySelectorAll('.le-class').length === 2")
    assert read(page) == expected([5, 6])


def test_a_shared_link_scrolls_to_its_widget(show_widgets):
    page = show_widgets(before='<div style="height: 3000px"></div>', fragment="#logits=3,4&t=1&y=0")
    page.wait_for_function("document.querySelector('.le').getBoundingClientRect().top < innerHeight")


def test_copy_link_copies_the_present_state(show_widgets, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    show_widgets()
    slider(page).press("End")
    press(page, "Copy link")
    page.get_by_role("button", name="Copied").wait_for()
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/index.html#logits=10,1,0.1&t=1&y=0")


def test_copy_link_without_a_clipboard_puts_the_link_in_the_address(show_widgets, page):
    page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    show_widgets()
    press(page, "Copy link")
    page.get_by_role("button", name="See address").wait_for()
    assert fragment(page) == "#logits=2,1,0.1&t=1&y=0"
    page.get_by_role("button", name="Copy link").wait_for()  # it says so again after a while


# ---- Several on a page ----


def test_two_explorers_live_side_by_side_without_sharing_anything(show_widgets):
    page = show_widgets(LogitExplorer(), LogitExplorer(logits=[0, 0]))
    slider(page).first.press("End")
    page.get_by_role("radio", name="class 1").last.check()
    assert read(page, 0) == expected([10, 1, 0.1])
    assert read(page, 1) == expected([0, 0], y=1)
    assert page.get_by_role("radio", checked=True).count() == 2
    ids = page.locator("[id]").evaluate_all("(nodes) => nodes.map((n) => n.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("wishes", "owner"), [((None, None), 0), ((None, True), 1), ((False, None), 1)])
def test_one_explorer_on_a_page_has_the_address(show_widgets, wishes, owner):
    page = show_widgets(*(LogitExplorer(logits=[i, 0], url_state=wish) for i, wish in enumerate(wishes)))
    for i in (0, 1):
        slider(page).nth(i).press("End")
        url_settles(page)
        assert (fragment(page) != "") == (i >= owner)
    assert page.get_by_role("button", name="Copy link").count() == 1


def test_two_views_of_one_explorer_move_together(show_widgets):
    explorer = LogitExplorer()
    page = show_widgets(explorer, explorer)
    slider(page).last.press("End")
    assert read(page, 0) == read(page, 1) == expected([10, 1, 0.1])


def test_jslink_and_jsdlink_live_on_the_static_page(show_widgets):
    one, two, three = LogitExplorer(), LogitExplorer(logits=[0, 0]), LogitExplorer(logits=[0, 1])
    links = [ipywidgets.jslink((one, "temperature"), (two, "temperature"))]
    links += [ipywidgets.jsdlink((one, "logits"), (three, "logits"))]
    page = show_widgets(one, two, three)
    assert read(page, 2) == expected([2, 1, 0.1])  # a link copies once at the start
    page.get_by_role("slider", name="Temperature").nth(1).press("End")  # a jslink goes both ways
    assert read(page, 0) == expected([2, 1, 0.1], 10)
    slider(page).nth(2).press("End")  # a jsdlink does not
    assert read(page, 0) == expected([2, 1, 0.1], 10)
    for link in links:
        link.close()
