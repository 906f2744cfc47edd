"""WebKitGTK's own browser, by WebDriver, on a screen that nobody sees."""

import base64
import contextlib
import os
import re
import subprocess
import tempfile
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from support.browser.engines import w3c
from support.browser.engines.tab import Tab

ASYNC = """
const told = arguments[1];
(%s)(arguments[0]).then((value) => told({ value }), (error) => told({ error: `${error} ${error?.stack}` }));
"""
COMPLAINT = re.compile(r"CONSOLE (.*)")
SCREEN = "1600x1400x24"


class WebKit:
    """A running WebKit: a screen, the driver, and the browser. One window serves for all pages, one after another."""

    def __init__(self, path, driver):
        with contextlib.ExitStack() as opened:  # what has started ends again if the rest does not start
            home = opened.enter_context(tempfile.TemporaryDirectory(prefix="webkit-"))
            self.log = Path(home, "log")
            service = Service(driver, log_output=str(self.log), env=surroundings(home, opened.enter_context(screen())))
            service.start()
            opened.callback(service.stop)
            options = Options()
            options.binary_location = path
            options.add_argument("--automation")
            options.add_argument("--full-screen")  # no toolbar, which would keep the window wider than a phone
            options.add_argument("--enable-write-console-messages-to-stdout=true")
            config = ClientConfig(remote_server_addr=service.service_url, timeout=90)
            self.driver = webdriver.Remote(command_executor=RemoteConnection(client_config=config), options=options)
            opened.callback(self.driver.quit)
            self.driver.set_script_timeout(60)
            self.driver.set_page_load_timeout(60)
            self.version = self.driver.capabilities["browserVersion"]
            self.opened = opened.pop_all()

    def open(self):
        """Open a page; WebKit keeps nothing from the one before it: `close` clears what it kept."""
        return Page(self)

    def close(self):
        """End it all."""
        self.opened.close()


@contextlib.contextmanager
def screen():
    """Start a screen; gives its name."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    running = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="utf-8") as told:
            yield f":{told.readline().strip()}"
    finally:
        running.terminate()
        running.wait()


def surroundings(home, display):
    """Return the variables that the browser runs under: a home of its own, where no reader has left anything."""
    env = {
        **os.environ,
        "DISPLAY": display,
        "HOME": home,
        "XDG_DATA_HOME": home,
        "XDG_CACHE_HOME": home,
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "NO_AT_BRIDGE": "1",
    }
    if os.geteuid() == 0:
        env["WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS"] = "1"  # it has none for root
    return env


class Page(Tab):
    """A page of WebKit."""

    def __init__(self, webkit):
        super().__init__()
        self.webkit, self.driver = webkit, webkit.driver
        self.goto("about:blank")
        self.heard = webkit.log.stat().st_size

    def goto(self, address):
        self.note_requests()
        self.driver.get(address)

    def reload(self):
        self.note_requests()
        self.driver.refresh()

    def back(self):
        self.note_requests()
        self.driver.back()

    def evaluate(self, expression, argument=None):
        told = self.driver.execute_async_script(ASYNC % w3c.call(expression), w3c.packed(argument))
        if "error" in told:
            raise RuntimeError(told["error"])
        return w3c.unpacked(told["value"])

    def perform(self, actions):
        self.driver.execute(Command.W3C_ACTIONS, {"actions": actions})

    def resize(self, width, height):
        self.driver.set_window_rect(width=width, height=height)
        self.evaluate(
            """(wanted) => new Promise((resolve, reject) => {
                const asked = performance.now();
                const look = () => {
                    if (innerWidth === wanted[0] && innerHeight === wanted[1]) resolve();
                    else if (performance.now() > asked + 20_000) reject(`${innerWidth} x ${innerHeight}`);
                    else setTimeout(look, 10);
                };
                look();
            })""",
            [width, height],
        )

    def screenshot(self):
        return base64.b64decode(self.driver.get_screenshot_as_base64())

    def close(self):
        self.note_requests()
        self.evaluate("() => { try { localStorage.clear(); sessionStorage.clear(); } catch {} }")
        self.driver.get("about:blank")
        said = self.webkit.log.read_bytes()[self.heard :].decode(errors="replace")
        self.complaints += COMPLAINT.findall(said)

    def note_requests(self):
        """Note what the page has asked for: WebDriver tells of no request."""
        for address in self.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)"):
            self.requested(address)
