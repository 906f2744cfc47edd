"""What is behind the badge of an equation opens by touch, pointer and focus, shuts by Esc, and moves nothing."""

import pytest
from playwright.sync_api import expect

from content import evidence
from content.verdicts import Verdict
from delivery import one_stylesheet
from support.browser.pages import ROOT
from support.browser.site_pages import PAGES

LINES = (
    ("proved for all N", ": each exponent p_k − p_y is at least −1, and exp and log rise; given Σ y = 1", "eq-a"),
    ("tested to 4 ulps on 4 cases", " (a perfect model reaches the floor, for 2, 3, 10 and 1,000 classes)", "eq-a"),
)
RECORD = {"file": "tests/equations/test_x.py", "line": 7}
BADGES = (ROOT / "assets/badges.js").read_text(encoding="utf-8")
STYLES = [ROOT / "src/softmaxlab/widgets/_runtime/palette.css", ROOT / "assets/css/site.css"]


def badge(monkeypatch, label, number, words="proved for all N", look="held"):
    """The HTML that the build puts under an equation."""
    monkeypatch.setattr(evidence, "number", lambda app, label: number)
    options = {"repository_url": "https://git.example/team/book", "repository_branch": "main"}

    class App:
        class config:  # noqa: N801  (as Sphinx names it)
            html_theme_options = options

    lines = tuple((what, more, RECORD) for what, more, _ in LINES)
    return evidence.badge(App, label, Verdict(words, look, lines)).astext()


@pytest.fixture
def open_chapter(page, folder_and_address, monkeypatch):
    """A page with two badges; the first is the last thing in a section that cuts off what leaves it."""

    def opened(width=1280, theme="light", script=True):
        folder, address = folder_and_address
        first, second = badge(monkeypatch, "eq-a", "4.6"), badge(monkeypatch, "eq-b", "4.7", "refuted", "refused")
        js = f"<script>{BADGES}</script>" if script else ""
        equation = '<div class="math"><div class="katex-display">a = b</div><span class="eqno">(4.6)</span></div>'
        html = folder / "index.html"
        html.write_text(
            f"""<!doctype html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Badges</title><style></style>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>body {{ margin: 0; color: var(--sl-ink); background: var(--sl-paper); font-family: system-ui, sans-serif; }}
main {{ max-width: 46rem; margin: auto; padding: 0 1rem; }} a {{ color: var(--sl-accent); }}</style></head>
<body><main><article class="bd-article"><section><h1>Badges</h1>
<section><h2>One</h2><p id="above">Text above.</p>{equation}{first}</section>
<section><h2 id="below">Two</h2><p>Text below.</p>{equation}{second}<p>The end.</p></section>
</section></article></main>{js}</body></html>""",
            encoding="utf-8",
        )
        css = "".join(path.read_text(encoding="utf-8") for path in STYLES)
        used = one_stylesheet.purge(css, [html.read_text(encoding="utf-8"), BADGES], ROOT)  # as the build does it
        html.write_text(html.read_text(encoding="utf-8").replace("<style>", f"<style>{used}", 1), encoding="utf-8")
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        page.wait_for_function("document.documentElement.scrollHeight <= innerHeight")  # all sections are laid out
        return page

    return opened


def words(page, label="eq-a"):
    return page.locator(f"[data-label={label}] > button")


def behind(page, label="eq-a"):
    return page.locator(f"#badge-{label}")


def test_nothing_is_open_until_the_reader_asks(open_chapter):
    page = open_chapter()
    expect(behind(page)).to_be_hidden()
    expect(behind(page, "eq-b")).to_be_hidden()


@pytest.mark.parametrize("script", [True, False])
def test_the_pointer_opens_it_and_can_walk_into_it_and_away(open_chapter, script):
    page = open_chapter(script=script)
    words(page).hover()
    expect(behind(page)).to_be_visible()
    behind(page).get_by_role("link", name="tested to 4 ulps").hover()
    expect(behind(page)).to_be_visible()
    page.mouse.move(5, 5)
    expect(behind(page)).to_be_hidden()


@pytest.mark.parametrize("script", [True, False])
def test_the_focus_opens_it_and_goes_on_to_its_links(open_chapter, script):
    page = open_chapter(script=script)
    page.keyboard.press("Tab")
    expect(words(page)).to_be_focused()
    expect(behind(page)).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="proved for all N").first).to_be_focused()
    expect(behind(page)).to_be_visible()
    for _ in range(2):
        page.keyboard.press("Tab")
    expect(words(page, "eq-b")).to_be_focused()
    expect(behind(page)).to_be_hidden()


def test_esc_shuts_it_and_enter_opens_it_again(open_chapter):
    page = open_chapter()
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(behind(page)).to_be_hidden()
    expect(words(page)).to_be_focused()  # not lost with the link that had it
    expect(words(page)).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Enter")
    expect(behind(page)).to_be_visible()
    expect(words(page)).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    expect(behind(page)).to_be_hidden()


def test_esc_shuts_what_the_pointer_opened_without_moving_it(open_chapter):
    page = open_chapter()
    words(page).hover()
    expect(behind(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(behind(page)).to_be_hidden()
    page.mouse.move(5, 5)
    words(page).hover()
    expect(behind(page)).to_be_visible()


def test_a_click_keeps_it_open_and_a_second_one_shuts_it(open_chapter):
    page = open_chapter()
    words(page).click()
    expect(behind(page)).to_be_visible()
    words(page).click()
    expect(behind(page)).to_be_hidden()


def test_a_tap_opens_it_and_a_second_tap_or_one_elsewhere_shuts_it(browser, open_chapter, folder_and_address):
    open_chapter(width=390)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    phone = context.new_page()
    phone.goto(folder_and_address[1])
    words(phone).tap()
    expect(behind(phone)).to_be_visible()
    words(phone).tap()
    expect(behind(phone)).to_be_hidden()
    words(phone).tap()
    expect(behind(phone)).to_be_visible()
    phone.locator("#above").tap()
    expect(behind(phone)).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_opening_it_moves_nothing_and_stays_inside_the_window(open_chapter, width):
    page = open_chapter(width=width)
    where = "[...document.querySelectorAll('h2, p:not(.sl-behind p), .math, button')].map((e) => e.offsetTop)"
    size = "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    before = page.evaluate(where), page.evaluate(size)
    words(page).click()
    expect(behind(page)).to_be_visible()
    assert (page.evaluate(where), page.evaluate(size)) == before
    box = behind(page).bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_a_section_that_cuts_off_what_leaves_it_lets_it_out(open_chapter):
    page = open_chapter()
    words(page).click()
    box = behind(page).bounding_box()
    inside = page.evaluate(
        "([x, y]) => document.elementFromPoint(x, y).closest('.sl-behind')?.id",
        [box["x"] + 20, box["y"] + box["height"] - 8],
    )
    assert box["y"] + box["height"] > page.locator("#below").bounding_box()["y"]  # it lies over the next section
    assert inside == "badge-eq-a"


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_shut_and_open(open_chapter, axe_source, theme, width):
    page = open_chapter(width=width, theme=theme)
    page.evaluate(axe_source)
    options = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
    for open_it in (False, True):
        if open_it:
            words(page).click()
            expect(behind(page)).to_be_visible()
        found = page.evaluate("(options) => axe.run(document, options)", options)["violations"]
        assert [(v["id"], n["html"]) for v in found for n in v["nodes"]] == []


def test_the_ear_hears_the_words_and_what_they_open(open_chapter):
    page = open_chapter()
    expect(page.get_by_role("button", name="proved for all N. How equation 4.6 was checked")).to_have_count(1)
    expect(page.get_by_role("button", name="refuted. How equation 4.7 was checked")).to_have_count(1)


def test_paper_shows_the_words_alone(open_chapter):
    page = open_chapter()
    words(page).click()
    page.emulate_media(media="print")
    expect(words(page)).to_be_visible()
    expect(behind(page)).to_be_hidden()


def test_words_are_quieter_than_the_text_and_as_tall_as_a_target_must_be(open_chapter):
    page = open_chapter()
    size = "(e) => parseFloat(getComputedStyle(e).fontSize)"
    assert words(page).evaluate(size) < 0.8 * page.locator("#above").evaluate(size)
    assert words(page).bounding_box()["height"] >= 24


def test_words_touch_neither_the_equation_nor_what_follows(open_chapter):
    page = open_chapter(width=390)
    words(page, "eq-b").scroll_into_view_if_needed()
    expect(words(page, "eq-b")).to_be_in_viewport(ratio=1)
    box = "const box = (s) => document.querySelector(`section:last-of-type > ${s}`).getBoundingClientRect();"
    gaps = f"() => {{ {box} return [box('.sl-badge > button').top - box('.math .eqno').bottom, "
    gaps += "box('.sl-badge + p').top - box('.sl-badge > button').bottom] }"
    assert min(page.evaluate(gaps)) >= 0


# In the book

CHAPTERS = [page for page in PAGES if page.startswith("chapters/") or page == "errata.html"]
MEASURE = """() => [...document.querySelectorAll("div.sl-badge")].flatMap((badge) => {
  const button = badge.querySelector("button"), behind = badge.querySelector(".sl-behind");
  badge.scrollIntoView({ block: "center" });
  const row = button.getBoundingClientRect(), equation = badge.previousElementSibling.querySelector(".math, .eqno")
    ?? badge.previousElementSibling, above = equation.getBoundingClientRect();
  const below = badge.nextElementSibling?.getBoundingClientRect();
  button.focus({ preventScroll: true });
  const open = behind.getBoundingClientRect();
  return [
    above.bottom > row.top + 1 && `${badge.dataset.label}: under its equation`,
    below && row.bottom > below.top + 1 && `${badge.dataset.label}: over what follows`,
    open.height < 24 && `${badge.dataset.label}: does not open`,
    (open.left < 0 || open.right > document.documentElement.clientWidth) && `${badge.dataset.label}: cut off`,
  ].filter(Boolean);
})"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", CHAPTERS)
def test_every_badge_of_the_book_has_its_place_and_opens_inside_the_window(page, site_address, name, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site_address}/{name}", wait_until="networkidle")
    assert page.locator(".sl-badge > button").count() > 0
    assert page.evaluate(MEASURE) == []
