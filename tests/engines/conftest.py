"""The engine suite: what must hold in Chromium, Firefox and WebKit alike, on the pages of the built book."""

import pytest


@pytest.fixture
def tab(engine):
    """A page of the engine, at 1280 px; its complaints fail the test."""
    tab = engine.open()
    tab.resize(1280, 900)
    yield tab
    tab.close()
    assert tab.complaints == []
