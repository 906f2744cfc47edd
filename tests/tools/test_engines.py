"""tools/engines.py: which engines a machine has, and what is said where one is missing."""

import json

import pytest

from support.left_out import tool


@pytest.fixture
def engines(monkeypatch):
    """The tool, on a machine that has nothing and can install nothing."""
    monkeypatch.delenv("ENGINES", raising=False)
    monkeypatch.delenv("FIREFOX", raising=False)
    found = tool("engines")
    monkeypatch.setattr(found.shutil, "which", lambda name: None)
    monkeypatch.setattr(found, "FIREFOX", ())
    monkeypatch.setattr(found, "BROWSERS_OF_WEBKITGTK", ())
    monkeypatch.setattr(found.chromium, "playwrights_own", lambda engine="chromium": None)
    monkeypatch.setattr(found.chromium, "installed", lambda: "/opt/chromium")
    monkeypatch.setattr(found.chromium, "attempt", lambda *command: None)
    return found


def test_without_a_wish_what_is_missing_is_done_without(engines, capsys):
    assert engines.main() == 0
    assert json.loads(capsys.readouterr().out) == {"chromium": "/opt/chromium"}


@pytest.mark.parametrize(("wish", "lacking"), [("all", "firefox and no webkit"), ("chromium,webkit", "webkit")])
def test_an_engine_that_is_asked_for_must_be_there(engines, monkeypatch, capsys, wish, lacking):
    monkeypatch.setenv("ENGINES", wish)
    assert engines.main() == 1
    assert f"ENGINES={wish}, but there is no {lacking} to be had. Debian has firefox-esr" in capsys.readouterr().err


def test_an_unknown_engine_is_named_with_those_that_are_known(engines, monkeypatch):
    monkeypatch.setenv("ENGINES", "chromium,gecko")
    with pytest.raises(SystemExit, match="no engine is called 'gecko'; write all"):
        engines.main()


def test_a_firefox_that_is_installed_comes_before_playwrights_own(engines, monkeypatch):
    monkeypatch.setattr(engines.chromium, "playwrights_own", lambda engine="chromium": f"/cache/{engine}")
    assert engines.find("firefox") == engines.Engine("firefox", "playwright", "/cache/firefox")
    monkeypatch.setattr(engines.shutil, "which", {"firefox-esr": "/usr/bin/firefox-esr"}.get)
    assert engines.find("firefox") == engines.Engine("firefox", "bidi", "/usr/bin/firefox-esr")
    monkeypatch.setenv("FIREFOX", "/opt/firefox")
    assert engines.find("firefox").path == "/opt/firefox"


def test_webkitgtk_needs_its_driver_and_a_screen(engines, monkeypatch, tmp_path):
    browser = tmp_path / "MiniBrowser"
    browser.touch()
    monkeypatch.setattr(engines, "BROWSERS_OF_WEBKITGTK", (str(tmp_path / "Mini*"),))
    have = {"WebKitWebDriver": "/usr/bin/WebKitWebDriver"}
    monkeypatch.setattr(engines.shutil, "which", have.get)
    assert engines.find("webkit") is None
    have["Xvfb"] = "/usr/bin/Xvfb"
    assert engines.find("webkit") == engines.Engine("webkit", "webdriver", str(browser), "/usr/bin/WebKitWebDriver")
