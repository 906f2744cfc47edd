"""A page that has moved leads from its old address to the new one, to the same place in it."""

import pytest

from support.browser.pages import watch
from support.browser.site_pages import MOVED


def test_the_errata_have_moved():
    assert MOVED == ["chapters/14-errata.html"]


@pytest.mark.parametrize("rest", ["", "#how-to-read-the-tour"])
def test_an_old_address_leads_to_the_same_place(page, site_address, rest):
    page.goto(f"{site_address}/chapters/14-errata.html{rest}")
    page.wait_for_url(f"{site_address}/errata.html{rest}")
    assert page.locator("article h1").inner_text().startswith("Errata")


def test_an_old_address_leads_on_without_scripts_as_well(browser, site_address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    complaints = watch(page)
    page.goto(f"{site_address}/chapters/14-errata.html")
    page.wait_for_url(f"{site_address}/errata.html")
    context.close()
    assert complaints == []
