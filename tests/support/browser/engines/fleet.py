"""The engines of this machine, started by whichever way they are driven."""

import functools

import chromium
import engines

NAMES = engines.NAMES


def wanted():
    """Return the names of the engines that ENGINES asks for."""
    return engines.wanted()[0]


@functools.cache
def found(name):
    """Return what the machine has, or None; an engine that ENGINES requires must be there."""
    engine = engines.find(name)
    assert engine or not engines.wanted()[1], f"ENGINES requires {name}, and this machine has none"
    return engine


def start(name, playwright):
    """Start an engine, or return None where there is none."""
    engine = found(name)
    if engine is None:
        return None
    if engine.way == "bidi":
        from support.browser.engines.firefox import Firefox

        return Firefox(engine.path)
    if engine.way == "webdriver":
        from support.browser.engines.webkit import WebKit

        return WebKit(engine.path, engine.driver)
    from support.browser.engines.playwrights import Playwrights

    arguments = chromium.arguments() if name == "chromium" else []
    return Playwrights(getattr(playwright, name), engine.path, arguments)
