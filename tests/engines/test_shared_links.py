"""A shared link shows its widget, in every engine, wherever on the page it is; a reader's own scrolling comes first."""

import re

import pytest

from support.browser.engines.suite import PHONE, SEEN, SITE, awake

HOLDERS = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if re.search(r'data-fragment="(auto|own)"', path.read_text(encoding="utf-8"))
)
# The links that the page's widgets copy, each by the widget's place in the page.
LINKS = """async () => {
    Object.defineProperty(navigator, "clipboard", { value: undefined, configurable: true });
    const links = [];
    for (const [at, place] of [...document.querySelectorAll(".sl-mount")].entries()) {
        const copy = [...place.querySelectorAll("button")].find((node) => node.textContent === "Copy link");
        if (!copy) continue;
        history.replaceState(null, "", location.pathname);
        copy.click();
        while (!location.hash) await new Promise((done) => setTimeout(done, 10));
        links.push([at, location.hash]);
    }
    return links;
}"""
READY = """async (at) => {
    const place = document.querySelectorAll(".sl-mount")[at];
    while (!("slReady" in place.dataset)) await new Promise((done) => setTimeout(done, 10));
}"""


@pytest.mark.parametrize("name", HOLDERS)
def test_a_shared_link_shows_its_widget(engine, tab, site_address, widgets_address, name):
    """The links are copied on the page without its text, and each is opened on the whole page."""
    tab.resize(*PHONE)
    tab.goto(f"{widgets_address}/{name}")
    awake(tab)
    links = tab.evaluate(LINKS)
    assert links != []
    for at, link in links:
        other = engine.open()
        other.resize(*PHONE)
        other.goto(f"{site_address}/{name}{link}")
        other.evaluate(READY, at)
        seen = other.evaluate(SEEN, at)
        other.close()
        assert other.complaints == []
        assert seen > 90, f"{link}: {seen} per cent of what the window has room for"
