"""The engine suite: what must hold in Chromium, Firefox and WebKit alike, on the pages of the built book."""

import pytest

import serve
from support.browser.engines.cut import WithoutText
from support.browser.pages import SITE


@pytest.fixture
def tab(engine):
    """A page of the engine, at 1280 px; its complaints fail the test."""
    tab = engine.open()
    tab.resize(1280, 900)
    yield tab
    tab.close()
    assert tab.complaints == []


@pytest.fixture(scope="session")
def widgets_address(site_address, tmp_path_factory):
    """The address of the built book with its widgets alone, without its text."""
    assert site_address
    handler = type("Handler", (WithoutText,), {"cut": tmp_path_factory.mktemp("cut")})
    server, address = serve.start(SITE, handler=handler)
    yield address
    server.shutdown()
    server.server_close()
