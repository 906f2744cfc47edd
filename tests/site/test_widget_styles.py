"""The widgets' styles are with a page from its first line, each once: coming alive brings none."""

import re

import pytest

from softmaxlab.widgets._runtime.base import compose_style, shared_style
from support.browser.pages import SITE
from support.browser.site_pages import PAGES, every_widget_comes_alive, open_page

HOLDERS = [name for name in PAGES if 'class="sl-mount"' in (SITE / name).read_text(encoding="utf-8")]
SHEETS = "[...document.styleSheets].map(({ ownerNode }) => [ownerNode.parentNode.localName, ownerNode.outerHTML])"


@pytest.mark.parametrize("name", HOLDERS)
def test_a_page_holds_each_style_once(name):
    text = (SITE / name).read_text(encoding="utf-8")
    head, _, body = text.partition("</head>")
    assert head.count(shared_style()) == 1
    assert not re.search(r'sl-mount"[^>]*><style', body)
    assert '"_css"' not in body
    for kind in set(re.findall(r'data-widget="(\w+)"', body)):
        assert head.count(compose_style(kind).removeprefix(shared_style())) == 1, kind


def test_coming_alive_brings_no_style(browser, site_address):
    page, complaints = open_page(browser, f"{site_address}/chapters/04-jacobian.html")
    before = page.evaluate(SHEETS)
    every_widget_comes_alive(page)
    after = page.evaluate(SHEETS)
    page.context.close()
    assert complaints == []
    assert after == before
