"""The engines of this machine, started by whichever way they are driven."""

import functools

from reader import tool


@functools.cache
def tools():
    """Return tools/engines.py, which finds them."""
    return tool("engines")


NAMES = tools().NAMES


def wanted():
    """Return the names of the engines that ENGINES asks for."""
    return tools().wanted()[0]


@functools.cache
def found(name):
    """Return what the machine has, or None; an engine that ENGINES requires must be there."""
    engine = tools().find(name)
    assert engine or not tools().wanted()[1], f"ENGINES requires {name}, and this machine has none"
    return engine


def start(name, playwright):
    """Start an engine, or return None where there is none."""
    engine = found(name)
    if engine is None:
        return None
    if engine.way == "bidi":
        from firefox import Firefox

        return Firefox(engine.path)
    if engine.way == "webdriver":
        from webkit import WebKit

        return WebKit(engine.path, engine.driver)
    from playwrights import Playwrights

    arguments = tool("chromium").arguments() if name == "chromium" else []
    return Playwrights(getattr(playwright, name), engine.path, arguments)
