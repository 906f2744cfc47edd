"""What a screen reader says of every widget: no number and no control without its name, and few announcements."""

import re

import pytest

from support.browser.examples import EXAMPLES
from support.browser.harness import widget_page
from support.browser.spoken import name, nameless_numbers, of_node, role, spoken

WORD = re.compile(r"[^\W\d_]")


@pytest.fixture(params=EXAMPLES, ids=lambda name: name.replace(", ", "-").replace(" ", "-"))
def page_with_widget(request, page, folder_and_address):
    """A page with this widget alone, alive."""
    folder, address = folder_and_address
    widget_page(folder, EXAMPLES[request.param]())
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    return page


IS_LOST = """(node) => {
    const group = node.closest("[role=radiogroup], [role=group]")?.ariaLabel;
    const table = node.closest("td, th") && node.closest("table");
    return !group && !table?.caption && !table?.ariaLabel && node.outerHTML;
}"""
CHANGES = """() => {
    const all = (selector) => [...document.querySelectorAll(`.sl-widget ${selector}`)]
        .filter((node) => node.checkVisibility());
    const press = (node, key) => node.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
    for (const range of all("input[type=range]")) press(range, "PageUp");
    for (const name of new Set(all("input[type=radio]").map(({name}) => name))) {
        all(`input[name="${name}"]:not(:checked)`).at(-1)?.click();
    }
    for (const words of ["Step", "Next", "Other label", "Next point", "Swap y and p", "Fit"]) {
        all("button").find((button) => words === (button.ariaLabel ?? button.textContent))?.click();
    }
}"""  # of each kind of control: every slider, one radio of each group, the buttons that show something else


def test_no_number_is_spoken_without_a_name(page_with_widget):
    assert nameless_numbers(page_with_widget) == [], "at first"
    page_with_widget.evaluate(CHANGES)
    assert nameless_numbers(page_with_widget) == [], "after some changes"


def test_no_number_of_its_still_is_spoken_without_a_name(browser, folder_and_address):
    folder, address = folder_and_address
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    found = {}
    for example, make in EXAMPLES.items():
        widget_page(folder, make())
        page.goto(address)
        if numbers := nameless_numbers(page):
            found[example] = numbers
    context.close()
    assert found == {}


def test_every_control_is_spoken_with_a_name_of_words(page_with_widget):
    """A number may do where a named group of radios, or a cell with heads, says what it is."""
    kinds = {"slider", "textbox", "button", "radio", "checkbox", "combobox", "gridcell", "application"}
    cdp, nodes = spoken(page_with_widget)
    controls = [node for node in nodes if role(node) in kinds]
    bare = [node["backendDOMNodeId"] for node in controls if not WORD.search(name(node))]
    lost = [html for html in (of_node(cdp, node, IS_LOST) for node in bare) if html]
    cdp.detach()
    assert len(controls) > 4
    assert lost == []


# The focus is seen by an outline, of the control or of what it lies in: in forced colors no shadow is drawn.
UNRINGED = """() => {
    const node = document.activeElement;
    if (!node.closest(".sl-widget")) return null;
    const around = [node, node.parentElement, node.parentElement.parentElement];
    const active = node.getAttribute("aria-activedescendant");
    if (active) around.push(document.getElementById(active));
    const rings = around.filter((each) => each.closest(".sl-widget") && !each.matches(".sl-widget"))
        .map((each) => getComputedStyle(each))
        .filter(({ outlineStyle, outlineWidth }) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
    return rings.length ? "" : node.outerHTML;
}"""


@pytest.mark.parametrize("colors", ["none", "active"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_whatever_the_tab_key_reaches_is_ringed_also_in_forced_colors(browser, folder_and_address, example, colors):
    folder, address = folder_and_address
    widget_page(folder, EXAMPLES[example]())
    context = browser.new_context(forced_colors=colors)
    page = context.new_page()
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    page.locator("h1").click()
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        found = page.evaluate(UNRINGED)
        if found is None:
            break
        reached.append(found)
    context.close()
    assert len(reached) > 4
    assert [html for html in reached if html] == []
