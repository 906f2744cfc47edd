"""Point at a symbol and its bars light up; point at a bar and its symbols do."""

import pytest

from softmaxlab.widgets import Derivation, LogitExplorer
from support.browser.harness import ROOT, widget_page

SCRIPT = (ROOT / "assets/linked.js").read_text(encoding="utf-8")
FORMULA = """<p>
<span id="p" data-sl-quantity="probs"><b>p</b></span> <span id="p1" data-sl-quantity="probs" data-sl-index="1">p</span>
<span id="py" data-sl-quantity="probs" data-sl-index="y">p</span> <span id="a" data-sl-quantity="logits">a</span>
<span id="loss" data-sl-quantity="loss">L</span> <span id="plain">N</span></p>"""
LIT = """() => [...document.querySelectorAll(".is-lit")].map((node) =>
    node.id || `${node.dataset.slQuantity} ${node.dataset.slIndex ?? ""}`.trim())"""


@pytest.fixture
def show_widgets(page, tmp_path, serve_folder):
    """Open a page with formulas, these widgets, and the script."""

    def opened(*widgets):
        widget_page(tmp_path, *widgets, before=FORMULA, after=f"<script>{SCRIPT}</script>")
        page.goto(f"{serve_folder(tmp_path)}/index.html")
        for mount in page.locator(".sl-mount").all():
            mount.locator(".sl-widget:not(.is-still)").wait_for()
        return page

    return opened


@pytest.fixture
def linked_page(show_widgets):
    return show_widgets(LogitExplorer(true_class=2))


def lit(page):
    return page.evaluate(LIT)


def test_a_symbol_for_any_class_lights_all_bars_of_its_quantity(linked_page):
    linked_page.locator("#p b").hover()
    assert lit(linked_page) == ["p", "p1", "py", "probs 0", "probs 1", "probs 2"]


def test_a_symbol_for_one_class_lights_the_bar_of_that_class(linked_page):
    linked_page.locator("#p1").hover()
    assert lit(linked_page) == ["p", "p1", "probs 1"]


def test_p_y_lights_the_bar_of_the_true_class_whichever_that_is_now(linked_page):
    linked_page.locator("#py").hover()
    assert lit(linked_page) == ["p", "py", "probs 2"]
    linked_page.get_by_role("radio", name="class 1 is the true class").check()
    linked_page.locator("#py").hover()
    assert lit(linked_page) == ["p", "p1", "py", "probs 1"]


def test_a_bar_lights_the_symbols_for_its_class(linked_page):
    linked_page.locator("[data-sl-quantity=probs][data-sl-index='0'] .le-track").hover()
    assert lit(linked_page) == ["p", "probs 0"]


def test_the_loss_lights_l_and_l_the_loss(linked_page):
    linked_page.locator(".le-loss-value").hover()
    assert lit(linked_page) == ["loss", "loss"]
    linked_page.locator("#loss").hover()
    assert lit(linked_page) == ["loss", "loss"]


def test_leaving_puts_the_lights_out(linked_page):
    linked_page.locator("#p").hover()
    linked_page.locator("#plain").hover()
    assert lit(linked_page) == []


def test_a_slider_in_focus_lights_its_symbols(linked_page):
    linked_page.get_by_role("slider", name="class 1: logit").focus()
    assert lit(linked_page) == ["a", "logits 1", "logits 1"]
    linked_page.locator(":focus").blur()
    assert lit(linked_page) == []


def test_a_tap_lights_and_a_tap_elsewhere_puts_out(browser, linked_page):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(linked_page.url)
    page.locator("[data-sl-ready]").wait_for()
    page.locator("#p1").tap()
    first = lit(page)
    page.locator("#plain").tap()
    second = lit(page)
    context.close()
    assert (first, second) == (["p", "p1", "probs 1"], [])


def test_lights_move_nothing(linked_page):
    places = """() => [...document.querySelectorAll("main *")].map((node) => {
        const { x, y, width, height } = node.getBoundingClientRect();
        return [x, y, width, height];
    })"""
    before = linked_page.evaluate(places)
    for symbol in ("#p", "#a", "#loss"):
        linked_page.locator(symbol).hover()
        assert linked_page.evaluate(places) == before


def test_a_symbol_in_a_derivation_lights_the_class_that_its_index_stands_for(show_widgets):
    page = show_widgets(Derivation(step=8, indices=[2, 0]))
    page.locator(".dv-line.is-after .dv-math > :not(.is-away) [data-sl-quantity=probs]").first.hover()
    assert "p1" not in lit(page)
    assert page.locator(".dv-class .is-lit").evaluate_all("all => all.map((node) => node.dataset.slIndex)") == ["2"]


def test_a_page_without_widgets_stays_dark(page):
    page.set_content(f"{FORMULA}<script>{SCRIPT}</script>")
    page.locator("#p").hover()
    assert lit(page) == []


# ---- On the built site ----


def test_a_built_formula_lights_the_bars_of_its_page(page, site_address):
    page.goto(f"{site_address}/chapters/01-scores-to-probabilities.html")
    page.locator("[data-sl-ready]").first.wait_for()
    page.locator("#equation-eq-sigmoid [data-sl-quantity=probs]").hover()
    bars = page.locator(".sl-widget .is-lit").evaluate_all("all => all.map((node) => node.dataset.slIndex)")
    assert set(bars) == {"0"}


def test_a_bar_lights_the_built_formulas_of_its_page(page, site_address):
    page.goto(f"{site_address}/chapters/01-scores-to-probabilities.html")
    page.locator("[data-sl-ready]").first.wait_for()
    page.locator(".sl-widget [data-sl-quantity=probs] .le-track").nth(1).hover()
    (symbol,) = page.locator("#equation-eq-softmax .is-lit").all()
    assert symbol.get_attribute("data-sl-quantity") == "probs"
    assert page.locator("#equation-eq-sigmoid .is-lit").count() == 0  # p_1 is the first class
