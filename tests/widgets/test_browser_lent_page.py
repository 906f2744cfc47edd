"""The page that tests use one after another: each finds it as if it were fresh."""

import pytest

from support.browser.lent import WINDOW, Lender

LEAVES = """() => {
    localStorage.setItem("theme", "dark");
    sessionStorage.setItem("place", "3000");
    for (const hash of ["#a", "#b"]) history.pushState({ hash }, "", hash);
}"""
FOUND = """() => [
    localStorage.length, sessionStorage.length, history.length, history.state, navigation.canGoBack,
    [innerWidth, innerHeight], document.querySelectorAll(":hover").length <= 2,
]"""


@pytest.fixture
def lender(browser):
    """A lender of this test alone."""
    lender = Lender(browser)
    yield lender
    lender.throw_away()


@pytest.fixture
def address(served_folder):
    """An empty page."""
    folder, address = served_folder
    page = '<!doctype html><link rel="icon" href="data:,"><title>Empty</title><button>Press</button>'
    (folder / "index.html").write_text(page, encoding="utf-8")
    return f"{address}/index.html"


def test_what_one_test_leaves_the_next_does_not_find(lender, address):
    first = lender.lend()
    first.goto(address)
    fresh = first.evaluate(FOUND)
    first.evaluate(LEAVES)
    first.mouse.move(20, 20)
    first.set_viewport_size({"width": 390, "height": 500})
    assert lender.take_back(first) == []
    second = lender.lend()
    assert second.page is first.page
    second.goto(address)
    assert second.evaluate(FOUND) == fresh
    assert second.viewport_size == WINDOW


def test_a_complaint_is_told_and_the_next_test_hears_nothing_of_it(lender, address):
    first = lender.lend()
    first.goto(address)
    first.evaluate("console.warn('Look here')")
    first.evaluate("void fetch('missing')")
    first.wait_for_load_state("networkidle")
    told = lender.take_back(first)
    assert [line.partition(":")[0] for line in told if "Look here" in line or "404" in line]
    second = lender.lend()
    second.goto(address)
    assert lender.take_back(second) == []


@pytest.mark.parametrize(
    "lasting",
    [
        lambda page: page.add_init_script("globalThis.was = 1"),
        lambda page: page.emulate_media(media="print"),
        lambda page: page.context.add_init_script("globalThis.was = 1"),
        lambda page: page.clock.install(),
        lambda page: page.evaluate("void open('about:blank')"),
    ],
)
def test_a_page_that_was_changed_for_good_is_lent_no_more(lender, address, lasting):
    first = lender.lend()
    first.goto(address)
    lasting(first)
    lender.take_back(first)
    assert lender.lend().page is not first.page
