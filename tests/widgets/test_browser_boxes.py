"""No child of a widget paints or takes the pointer outside its own box: in the still, first shown, and after Reset."""

import pytest

from support.browser.examples import EXAMPLES
from support.browser.harness import widget_page

# A subpath without length and with caps: WebKit draws its caps in units of the viewBox where strokes do not scale.
POINTS = """() => [...document.querySelectorAll(".sl-widget :is(path, polyline, polygon, line)")].filter((node) => {
    const { vectorEffect, strokeLinecap, stroke } = getComputedStyle(node);
    if (vectorEffect !== "non-scaling-stroke" || strokeLinecap === "butt" || stroke === "none") return false;
    if (!node.getClientRects().length) return false;
    const paths = (node.getAttribute("d") ?? "").split(/(?=[Mm])/).filter(Boolean).map((d) => {
        const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
        path.setAttribute("d", d);
        return path;
    });
    return (paths.length ? paths : [node]).some((path) => path.getTotalLength() === 0);
}).map((node) => node.outerHTML.slice(0, 200))"""
# What is hit in the middle of each control, where that is neither the control nor its label nor a part of it.
COVERED = """() => [...document.querySelectorAll(".sl-widget *")]
    .filter((node) => node.matches("button, input, select, summary, a[href], [tabindex='0']"))
    .filter((node) => node.getClientRects().length)
    .map((node) => {
        node.scrollIntoView({ block: "center", behavior: "instant" });
        const box = (node.closest("label") ?? node).getBoundingClientRect();
        const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
        const own = node.closest("label") ?? node;
        return own.contains(hit) ? null : [node.outerHTML.slice(0, 120), hit?.outerHTML.slice(0, 120)];
    }).filter(Boolean)"""
# Where a part of a widget is hit outside of the widget: along a ring that is 2, 6 and 30 pixels away from it.
BEYOND = """() => {
    const widget = document.querySelector(".sl-widget");
    widget.scrollIntoView({ block: "center", behavior: "instant" });
    const found = [];
    const { left, right, top, bottom } = widget.getBoundingClientRect();
    for (const away of [2, 6, 30]) {
        const spots = [];
        for (let x = left - away; x <= right + away; x += 4) spots.push([x, top - away], [x, bottom + away]);
        for (let y = top - away; y <= bottom + away; y += 4) spots.push([left - away, y], [right + away, y]);
        for (const [x, y] of spots) {
            const hit = document.elementFromPoint(x, y);
            if (hit && widget.contains(hit)) found.push([x - left, y - top, hit.outerHTML.slice(0, 120)]);
        }
    }
    return found;
}"""


def faults(page):
    """What sticks out, covers a control, or would in WebKit."""
    return [page.evaluate(look) for look in (POINTS, COVERED, BEYOND)]


@pytest.fixture(params=EXAMPLES, ids=lambda name: name.replace(", ", "-").replace(" ", "-"))
def address(request, folder_and_address):
    folder, address = folder_and_address
    widget_page(folder, EXAMPLES[request.param](), before="<p>Above.</p>" * 9, after="<p>Below.</p>" * 9)
    return address


@pytest.mark.parametrize("width", [390, 1280])
def test_its_children_stay_in_their_boxes(page, address, width):
    page.set_viewport_size({"width": width, "height": 1200})
    page.route("**/host.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(address)
    assert faults(page) == [[], [], []], "still"
    page.unroute("**/host.js")
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    assert faults(page) == [[], [], []], "as first shown"
    for press in page.locator(".sl-widget .sl-button:visible").all():
        if press.get_attribute("aria-disabled") != "true" and press.inner_text() not in ("Copy link", "Play", "Fit"):
            press.click()
            name = press.inner_text()
            assert faults(page) == [[], [], []], name
