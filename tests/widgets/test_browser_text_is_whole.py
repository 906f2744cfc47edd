"""No text of a widget is cut: not on a phone with wider text (WCAG 1.4.12), and not at 400 % (320 px)."""

import pytest

from support.browser.examples import EXAMPLES
from support.browser.harness import widget_page

SPACED = """<style>main * { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important; }</style>"""
# Texts that reach out of an element that cuts what does
CUT = """() => {
    const range = document.createRange();
    const walker = document.createTreeWalker(document.querySelector(".sl-widget"), NodeFilter.SHOW_TEXT);
    const cut = [];
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const unseen = "option, noscript, .sl-unseen, [class*=spoken]";
        const isSeen = text.parentElement.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        const isHeard = getComputedStyle(text.parentElement).clipPath === "inset(50%)"; // and a sign is seen instead
        if (!text.data.trim() || text.parentElement.closest(unseen) || !isSeen || isHeard) continue;
        range.selectNodeContents(text);
        const { left, right, top, bottom } = range.getBoundingClientRect();
        for (let node = text.parentElement; node.closest(".sl-widget"); node = node.parentElement) {
            const { overflowX, overflowY } = getComputedStyle(node);
            const box = node.getBoundingClientRect();
            const isCut = (overflowX !== "visible" && (right > box.right + 1 || left < box.left - 1))
                || (overflowY !== "visible" && (bottom > box.bottom + 2 || top < box.top - 2)); // half-leading
            if (isCut) cut.push(`${text.data.trim()} in ${node.outerHTML.slice(0, 70)}`);
        }
    }
    return cut;
}"""


@pytest.mark.parametrize("still", [False, True], ids=["alive", "still"])
@pytest.mark.parametrize(("width", "spacing"), [(320, ""), (390, SPACED), (390, "")])
@pytest.mark.parametrize("example", EXAMPLES)
def test_no_text_is_cut_on_a_phone_with_wider_text_or_at_400_percent(
    browser, folder_and_address, example, width, spacing, still
):
    folder, address = folder_and_address
    widget_page(folder, EXAMPLES[example](), before=spacing)
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=not still)
    page = context.new_page()
    page.goto(address)
    if not still:
        page.locator("[data-sl-ready]").wait_for()
    cut = page.evaluate(CUT)
    context.close()
    assert cut == []
