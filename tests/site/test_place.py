"""A reader who comes back finds the same lines at the same height, and a link lands on what it names."""

import pytest
from bs4 import BeautifulSoup

from support.browser.pages import ROOT, SITE, watch
from support.browser.places import FIRST_BLOCK, STEADY, first_block, the_same
from support.browser.site_pages import CHAPTERS

WIDTHS = (1280, 390)
PLACES = (0.35, 0.8)  # of the page's height
LONG = "chapters/06-p-minus-y.html"
GO = "part => scrollTo({ top: part * document.documentElement.scrollHeight, behavior: 'instant' })"


@pytest.fixture
def open_page(browser):
    """Open a page in a tab of its own; what it complains about fails the test."""
    contexts, complaints = [], []

    def opened(address, width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        complaints.append(watch(page))
        page.goto(address)
        page.evaluate(STEADY)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [line for lines in complaints for line in lines] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", CHAPTERS)
def test_reload_and_back_keep_the_place(open_page, site_address, name, width):
    page = open_page(f"{site_address}/{name}", width)
    for part in PLACES:
        page.evaluate(GO, part)
        before = first_block(page)
        page.reload()
        assert the_same(before, first_block(page)), f"reload at {part}: {before}, {first_block(page)}"
        page.goto(f"{site_address}/bibliography.html")
        page.evaluate(STEADY)
        page.go_back()
        assert the_same(before, first_block(page)), f"back at {part}: {before}, {first_block(page)}"


def test_each_visit_of_a_page_has_a_place_of_its_own(open_page, site_address):
    page = open_page(f"{site_address}/{LONG}")
    page.evaluate(GO, 0.3)
    first = first_block(page)
    page.goto(f"{site_address}/index.html")
    page.evaluate(STEADY)
    page.goto(f"{site_address}/{LONG}")
    assert page.evaluate("scrollY") == 0, "a new visit begins at the top"
    page.evaluate(GO, 0.7)
    second = first_block(page)
    page.go_back()
    page.evaluate(STEADY)
    page.go_back()
    assert the_same(first, first_block(page))
    page.go_forward()
    page.evaluate(STEADY)
    page.go_forward()
    assert the_same(second, first_block(page))


def test_a_place_in_a_fold_is_found_again(open_page, site_address):
    page = open_page(f"{site_address}/{LONG}")
    proof = page.locator("details:has(.sl-proof)").first
    proof.evaluate("fold => { fold.open = true; }")
    page.evaluate(STEADY)
    proof.locator(".sl-proof li").nth(4).evaluate("line => line.scrollIntoView({ behavior: 'instant' })")
    before = first_block(page)
    page.reload()
    assert proof.evaluate("fold => fold.open")
    assert the_same(before, first_block(page))


def test_the_place_survives_fonts_and_widgets_that_come_late(open_page, site_address):
    page = open_page(f"{site_address}/{LONG}")
    page.evaluate(GO, 0.6)
    before = first_block(page)
    late, held = [], True
    page.route(
        lambda url: url.endswith(".woff2") or "host.js" in url,
        lambda route: late.append(route) if held else route.continue_(),
    )
    page.reload(wait_until="commit")
    page.wait_for_function("scrollY > 0")  # the place is found before they are there
    assert late
    held = False
    for route in late:
        route.continue_()
    page.wait_for_load_state("load")
    page.keyboard.press("Shift")  # wakes the widgets
    page.wait_for_function("[...document.querySelectorAll('.sl-mount')].every((m) => 'slReady' in m.dataset)")
    assert the_same(before, first_block(page))


# Where each target should be: below the bar, or, near the page's end, as high as the page can go.
OFF_TARGET = """() => {
  const node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const bar = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  const margin = parseFloat(getComputedStyle(node).scrollMarginTop);
  const end = scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  const { top } = node.getBoundingClientRect();
  if (!node.checkVisibility()) return "in a closed fold";
  if (Math.abs(top - bar - margin) <= 2 || (end && top >= bar && top < innerHeight)) return "";
  return `${Math.round(top - bar - margin)} px`;
}"""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [*CHAPTERS, "glossary.html", "bibliography.html"])
def test_a_link_from_elsewhere_lands_on_its_target(open_page, site_address, name, width):
    page = open_page("about:blank", width)
    off = {}
    for target in targets(name):
        page.goto("about:blank")
        page.goto(f"{site_address}/{name}#{target}")
        page.evaluate(STEADY)
        if missed := page.evaluate(OFF_TARGET):
            off[target] = missed
    assert off == {}


def targets(name):
    """Some of the article's anchors, spread over the page: sections, equations, terms, points in the text."""
    article = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser").article
    found = [tag["id"] for tag in article.select("section[id], div.math[id], dt[id], span[id]")]
    found = [target for target in found if not article.find(id=target).find_parent(class_="sl-mount")]
    return [found[len(found) * part // 10] for part in (3, 6, 9)] + ["which-logarithm"] * ("which-logarithm" in found)


def test_nothing_far_is_laid_out_or_comes_alive_before_the_reader_moves(open_page, site_address):
    page = open_page(
        f"{site_address}/{LONG}", 390
    )  # the theme has scrolled its sidebar by now, which is no move of the reader
    page.evaluate("() => new Promise((resume) => requestIdleCallback(resume))")
    assert page.locator(".is-laid").count() == 0
    assert page.evaluate("[...document.querySelectorAll('.sl-mount')].some((m) => !('slReady' in m.dataset))")


@pytest.mark.parametrize("name", [LONG, "chapters/02-shift-and-overflow.html"])
def test_what_is_laid_out_late_moves_nothing(open_page, site_address, name):
    page = open_page(f"{site_address}/{name}", 390)
    page.evaluate(f"() => {{ ({GO})(0.7); }}")
    for _ in range(3):  # where a jump lands is blank for a frame: then the reader has seen it
        page.evaluate("() => new Promise(requestAnimationFrame)")
    before = page.evaluate(FIRST_BLOCK)
    page.wait_for_function("document.documentElement.classList.contains('is-laid')")
    assert the_same(before, first_block(page))


@pytest.mark.parametrize("name", [LONG, "chapters/02-shift-and-overflow.html"])
def test_a_window_that_is_turned_keeps_the_lines_that_are_read(open_page, site_address, name):
    page = open_page(f"{site_address}/{name}", 844)
    page.mouse.move(5, 5)  # the reader's first move
    page.wait_for_function("document.documentElement.classList.contains('is-laid')")
    page.evaluate(GO, 0.6)
    before = first_block(page)
    page.set_viewport_size({"width": 390, "height": 844})
    assert first_block(page)["index"] == before["index"]
    page.set_viewport_size({"width": 844, "height": 900})
    assert the_same(before, first_block(page))


def test_the_theme_moves_nothing(open_page, site_address):
    page = open_page(f"{site_address}/{LONG}")
    page.evaluate(GO, 0.6)
    before = first_block(page)
    for _ in range(3):
        page.locator(".theme-switch-button").first.evaluate("button => button.click()")
        assert the_same(before, first_block(page))


FOLD = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Folds</title><link rel="icon" href="data:,">
<style>p { height: 200px } html { scroll-padding-top: 72px }</style><script defer src="place.js"></script></head>
<body><article class="bd-article"><section id="one"><h1>Folds</h1><p><a href="#inside">A link</a></p>
<p>Text</p><p>Text</p><p>Text</p><p>Text</p><p>Text</p><p>Text</p>
<details id="fold"><summary>Unfold</summary><p>Text</p><details><summary>More</summary><p>Text</p>
<p id="inside">What the link means</p></details></details>
<p>Text</p><p>Text</p><p>Text</p><p>Text</p><p>Text</p><p>Text</p></section></article></body></html>"""


@pytest.mark.parametrize("entry", ["from elsewhere", "from the page", "by the address", "once more"])
def test_a_link_into_a_fold_opens_it_and_lands_there(open_page, folder_and_address, entry):
    folder, address = folder_and_address
    (folder / "index.html").write_text(FOLD, encoding="utf-8")
    (folder / "place.js").write_text((ROOT / "assets/place.js").read_text(encoding="utf-8"), encoding="utf-8")
    page = open_page(address + ("#inside" if entry == "from elsewhere" else ""))
    if entry in ("from the page", "once more"):
        page.get_by_role("link").click()
    if entry == "once more":  # the address is the same, so it does not change
        page.evaluate(STEADY)
        page.locator("details").evaluate_all("folds => folds.forEach((fold) => { fold.open = false; })")
        page.evaluate("scrollTo(0, 0)")
        page.get_by_role("link").click()
    if entry == "by the address":
        page.evaluate("location.hash = 'inside'")
    page.wait_for_function("document.getElementById('inside').checkVisibility() && scrollY > 0")
    page.evaluate(STEADY)
    assert abs(page.locator("#inside").bounding_box()["y"] - 72) <= 2


FULL = """() => {
  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (name, value) {
    if (name.startsWith("softmaxlab place")) throw new DOMException("full", "QuotaExceededError");
    setItem.call(this, name, value);
  };
}"""


def test_a_page_that_keeps_nothing_is_only_a_page_without_a_memory(browser, site_address):
    """A browser that refuses storage, and one whose stored place names a block that is no longer there."""
    context = browser.new_context()
    page = context.new_page()
    complaints = watch(page)
    page.goto(f"{site_address}/{LONG}")
    page.evaluate(GO, 0.5)
    page.evaluate(STEADY)
    page.evaluate(FULL)
    page.reload()
    page.evaluate(STEADY)
    gone = '{"path": [77], "section": "no-such-section", "open": [], "offset": 90, "top": 72, "height": 9, "width": 9}'
    page.evaluate("gone => sessionStorage.setItem(`softmaxlab place ${navigation.currentEntry.key}`, gone)", gone)
    page.evaluate("() => { Storage.prototype.setItem = () => {}; }")
    page.reload()
    page.evaluate(STEADY)
    context.close()
    assert complaints == []
