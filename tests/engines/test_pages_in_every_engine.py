"""Every page of the built book in every engine: it says nothing, asks nobody, fits, and its widgets live."""

import pytest

from support.browser.engines.suite import DESK, PAGES, PAINTED, PHONE, awake


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_quiet(tab, site_address, widgets_address, name):
    """And it is around its widgets what it is without its text, where other tests ask what they do."""
    tab.resize(*PHONE)
    tab.goto(f"{site_address}/{name}")
    awake(tab)
    broken, around = {}, {}
    for size in (PHONE, DESK):
        tab.resize(*size)
        for theme in ("light", "dark"):
            tab.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            tab.evaluate(PAINTED)
            broken[theme, size] = tab.evaluate(BROKEN)
            if theme == "light":
                around[size] = tab.evaluate(AROUND)
    assert {where: what for where, what in broken.items() if what} == {}
    if around[DESK]:
        tab.goto(f"{widgets_address}/{name}")
        assert {size: tab.resize(*size) or tab.evaluate(AROUND) for size in (DESK, PHONE)} == around


# Formulas that KaTeX refused, pictures and fonts that did not come, and what is wider than the window.
BROKEN = """async () => {
    const fonts = [...document.fonts];
    await Promise.all(fonts.filter(({ status }) => status === "loading").map((font) => font.loaded.catch(() => 0)));
    const found = [...document.querySelectorAll(".katex-error, merror, parsererror")].map((node) => node.outerHTML);
    for (const font of fonts) if (font.status === "error") found.push(`font ${font.family}`);
    for (const image of document.images) {
        if (image.complete && !image.naturalWidth) found.push(`picture ${image.src}`);
    }
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`${root.scrollWidth} px wide in ${root.clientWidth}`);
    return found;
}"""
# Where each widget stands from left to right, and what it inherits, once nothing has moved for ten frames.
AROUND = """async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const places = [...document.querySelectorAll(".sl-mount")];
    const where = () => places.map((place) => JSON.stringify(place.getBoundingClientRect())).join();
    for (let last, calm = 0; calm < 10 && places.length; last = where()) {
        await frame();
        calm = where() === last ? calm + 1 : 0;
    }
    return places.map((place) => {
        const { left, width } = place.getBoundingClientRect();
        const { font, color, textAlign, overflowWrap } = getComputedStyle(place);
        const parents = [];
        for (let node = place.parentElement; node; node = node.parentElement) {
            parents.push(`${node.localName}#${node.id}`, ...[...node.classList].filter((name) => name !== "is-laid"));
        }
        return { widget: place.dataset.widget, left, width, font, color, textAlign, overflowWrap, parents };
    });
}"""
