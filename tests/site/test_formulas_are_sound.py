"""Every formula, of the pages and of the widgets, is MathML that a browser can set and a screen reader can read."""

import pytest

from content.sound_mathml import faults
from softmaxlab.widgets import Derivation
from support.browser.harness import widget_page
from support.browser.pages import SITE
from support.browser.site_pages import PAGES


@pytest.mark.parametrize("name", PAGES)
def test_every_formula_of_a_page_has_the_parts_that_its_elements_need(name):
    assert faults((SITE / name).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("proof", ["eq-jacobian", "eq-p-minus-y", "eq-lse-hessian"])
def test_every_formula_of_a_widget_has_the_parts_that_its_elements_need(page, folder_and_address, proof):
    folder, address = folder_and_address
    widget = Derivation(proof)
    widget_page(folder, widget)
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    for _ in widget.certificate["steps"]:
        assert page.locator(".sl-widget math").count() >= 3  # the claim, the line before and the line after
        assert faults(page.locator(".sl-widget").evaluate("node => node.outerHTML")) == []
        page.get_by_role("button", name="Next").dispatch_event("click")
