"""A reader who reloads a page, comes back to it or follows a link into it is where he was, or where it says."""

import pytest

from support.browser.engines.suite import PAGES, PHONE, awake
from support.browser.places import FIRST_BLOCK, STEADY, the_same

CHAPTERS = [name for name in PAGES if name.startswith("chapters/") or name == "errata.html"]
GO = "(part) => scrollTo({ top: part * document.documentElement.scrollHeight, behavior: 'instant' })"
# A heading in the last third of the page, and how far below the top of the window it is.
TARGET = "[...document.querySelectorAll('article section section[id]')].map(({ id }) => id).at(-2)"
TOP = "(id) => document.getElementById(id).getBoundingClientRect().top"


def first_block(tab):
    """Return what the reader sees first, once the page stands still."""
    tab.evaluate(STEADY)
    return tab.evaluate(FIRST_BLOCK)


@pytest.mark.parametrize("name", CHAPTERS)
@pytest.mark.parametrize("engine", ["firefox", "webkit"], indirect=True)
def test_a_reader_finds_the_place_again(tab, site_address, name):
    """Of Chromium tests/site/test_place.py asks all of this of each chapter, at both widths."""
    address = f"{site_address}/{name}"

    def at(part):
        tab.evaluate(STEADY)
        tab.evaluate(GO, part)
        return first_block(tab)

    tab.goto(address)
    before = at(0.4)
    tab.reload()
    assert the_same(before, after := first_block(tab)), f"reload: {before}, {after}"
    tab.resize(*PHONE)
    before = at(0.75)
    tab.goto(f"{site_address}/bibliography.html")
    tab.back()
    assert the_same(before, after := first_block(tab)), f"back on a phone: {before}, {after}"
    target = tab.evaluate(TARGET)
    tab.goto("about:blank")
    tab.goto(f"{address}#{target}")
    tab.evaluate(STEADY)
    assert 0 <= tab.evaluate(TOP, target) < 140, f"link to {target} on a phone"


# A paragraph comes above the place, and only then the page hears of a scroll of its own: both in one frame.
GROWN = """(id) => {
    const late = document.createElement("p");
    late.style.height = "200px";
    document.getElementById(id).before(late);
    dispatchEvent(new Event("scroll"));
}"""


def test_what_grows_while_a_scroll_is_yet_to_be_told_moves_nothing(tab, site_address):
    tab.resize(*PHONE)
    tab.goto(f"{site_address}/chapters/04-jacobian.html")
    target = tab.evaluate(TARGET)
    tab.goto("about:blank")
    tab.goto(f"{site_address}/chapters/04-jacobian.html#{target}")
    tab.evaluate(STEADY)
    before = tab.evaluate(TOP, target)
    tab.evaluate(GROWN, target)
    tab.evaluate(STEADY)
    assert abs(tab.evaluate(TOP, target) - before) <= 2


def test_what_comes_alive_above_the_reader_moves_nothing(tab, site_address):
    """At the end of a page a moment in which it is shorter is enough: the window can't stay where it is."""
    tab.resize(*PHONE)
    tab.goto(f"{site_address}/chapters/04-jacobian.html")
    tab.evaluate(STEADY)
    tab.evaluate("() => document.documentElement.classList.add('is-laid')")
    tab.evaluate(STEADY)
    before = tab.evaluate(f"() => {{ ({GO})(1); return ({FIRST_BLOCK})(); }}")  # a move: all widgets come alive
    awake(tab)
    assert the_same(before, after := first_block(tab)), f"{before}, {after}"
