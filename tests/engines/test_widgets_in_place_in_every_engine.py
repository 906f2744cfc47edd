"""A widget keeps to its own box wherever the book shows it, and its state is shared and comes back, in every engine.

On the page without its text: test_shared_links.py opens links on whole pages.
"""

import re

import pytest

from support.browser.engines.suite import KINDS, KIT, PHONE, PLACES, SEEN, Driven, named, visit


@pytest.mark.parametrize("page", dict.fromkeys(page for page, _, _ in PLACES))
def test_nothing_is_drawn_or_touched_outside_its_own_box(tab, widgets_address, page):
    visit(tab, widgets_address, page)
    found = {}
    widgets = {named(place): Driven(tab, place) for place in PLACES if place[0] == page}
    for size in (PHONE, (1280, 1300)):
        tab.resize(*size)
        tab.evaluate("kit.rested(0)")
        for name, driven in widgets.items():
            found[f"{name} at {size} first"] = driven.ask("strays") + driven.ask("covered")
    for name, driven in widgets.items():
        driven.ask("focus", driven.controls("range")[0]["k"])
        tab.press("PageUp", "PageUp")
        for button in driven.controls("button"):
            if re.search("Reset|To start", button["name"]) and (at := driven.ask("spot", button["k"])):
                tab.click(at["x"], at["y"])
        found[f"{name} after Reset"] = driven.ask("strays") + driven.ask("covered")
        driven.ask("showStill")
        found[f"{name} in the still"] = driven.ask("strays")
    assert {where: what for where, what in found.items() if what} == {}


@pytest.mark.parametrize("place", KINDS, ids=named)
def test_its_state_is_shared_and_comes_back(tab, widgets_address, place):
    visit(tab, widgets_address, place[0])
    driven = Driven(tab, place)
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
