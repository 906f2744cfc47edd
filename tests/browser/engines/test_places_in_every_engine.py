"""A reader who reloads a page, comes back to it or follows a link into it is where he was, or where it says."""

import pytest
from places import FIRST_BLOCK, STEADY, the_same
from suite import DESK, PAGES, PHONE

CHAPTERS = [name for name in PAGES if name.startswith("chapters/")]
GO = "(part) => scrollTo({ top: part * document.documentElement.scrollHeight, behavior: 'instant' })"
# A heading in the last third of the page, and how far below the top of the window it is.
TARGET = "[...document.querySelectorAll('article section section[id]')].map(({ id }) => id).at(-2)"
TOP = "(id) => document.getElementById(id).getBoundingClientRect().top"


def first_block(tab):
    """Return what the reader sees first, once the page stands still."""
    tab.evaluate(STEADY)
    return tab.evaluate(FIRST_BLOCK)


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_reader_finds_the_place_again(tab, site, name):
    address = f"{site}/{name}"
    for size, part in ((DESK, 0.4), (PHONE, 0.75)):
        tab.resize(*size)
        tab.goto(address)
        tab.evaluate(STEADY)
        tab.evaluate(GO, part)
        before = first_block(tab)
        tab.reload()
        assert the_same(before, after := first_block(tab)), f"reload at {size}: {before}, {after}"
        tab.goto(f"{site}/bibliography.html")
        tab.back()
        assert the_same(before, after := first_block(tab)), f"back at {size}: {before}, {after}"
        target = tab.evaluate(TARGET)
        tab.goto("about:blank")
        tab.goto(f"{address}#{target}")
        tab.evaluate(STEADY)
        assert 0 <= tab.evaluate(TOP, target) < 140, f"{target} at {size}"
