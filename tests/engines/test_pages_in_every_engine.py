"""Every page of the built book in every engine: it says nothing, asks nobody, fits, and its widgets live."""

import pytest

from support.browser.engines.suite import DESK, PAGES, PAINTED, PHONE, awake


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_whole_and_quiet(tab, site_address, name):
    tab.resize(*PHONE)
    tab.goto(f"{site_address}/{name}")
    awake(tab)
    broken = {}
    for size in (PHONE, DESK):
        tab.resize(*size)
        for theme in ("light", "dark"):
            tab.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            tab.evaluate(PAINTED)
            broken[theme, size] = tab.evaluate(BROKEN)
    assert {where: what for where, what in broken.items() if what} == {}


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
