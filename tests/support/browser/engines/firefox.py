"""Firefox as it is installed, by WebDriver BiDi: it speaks it itself, no other program is needed."""

import base64
import contextlib
import json
import re
import shutil
import subprocess
import tempfile
from collections import deque
from pathlib import Path

import websocket

from support.browser.engines import w3c
from support.browser.engines.tab import Tab

# No request of its own, nothing to greet or ask; and `:focus` as in a window that has the focus.
PREFS = {
    "app.normandy.enabled": False, "app.update.disabledForTesting": True, "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.blockedURIs.enabled": False, "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False, "browser.search.update": False,
    "browser.shell.checkDefaultBrowser": False, "browser.startup.page": 0, "browser.tabs.warnOnClose": False,
    "captivedetect.canonicalURL": "", "datareporting.policy.dataSubmissionEnabled": False,
    "dom.ipc.processPrelaunch.enabled": False, "extensions.getAddons.cache.enabled": False,
    "extensions.systemAddon.update.enabled": False, "extensions.update.enabled": False,
    "focusmanager.testmode": True, "media.gmp-manager.updateEnabled": False,
    "network.captive-portal-service.enabled": False, "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True, "network.http.speculative-parallel-limit": 0,
    "remote.active-protocols": 1, "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.reportingpolicy.firstRun": False, "ui.prefersReducedMotion": 0,
}  # fmt: skip
# Firefox lays out what has come of a page: a fraction whose denominator is on its way is one of one child, for it.
# Whether formulas are whole is asked of every page in test_formulas_are_sound.py.
HALF_THERE = "Invalid markup: Incorrect number of children for <"
# A font that was on its way when the page was left: NS_BINDING_ABORTED.
LEFT = "downloadable font: download failed", "status=2152398850"
# Firefox 153 answers now and then while the page still waits for its scripts.
LOADED = "document.readyState === 'complete' || new Promise((resolve) => addEventListener('load', () => resolve(true)))"
EVENTS = ["log.entryAdded", "network.beforeRequestSent", "network.fetchError", "network.responseCompleted"]


class Firefox:
    """A running Firefox."""

    def __init__(self, path):
        self.profile = Path(tempfile.mkdtemp(prefix="firefox-"))
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in PREFS.items()]
        (self.profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [path, "--headless", "--no-remote", "--remote-debugging-port=0", "--profile", str(self.profile)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, encoding="utf-8")
        said = []
        for line in self.process.stderr:
            said.append(line)
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", line):
                break
        else:
            raise RuntimeError(f"{path} ended before it could be driven: {''.join(said)}")
        self.socket = websocket.create_connection(f"{found[1]}/session", timeout=60, suppress_origin=True)
        self.sent = 0
        self.events = deque()
        session = self.send("session.new", {"capabilities": {"alwaysMatch": {"acceptInsecureCerts": False}}})
        self.version = session["capabilities"]["browserVersion"]
        self.send("session.subscribe", {"events": EVENTS})

    def send(self, method, parameters):
        """Send a command, and return its result; the events that come before it are kept."""
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": parameters}))
        while True:
            said = json.loads(self.socket.recv())
            if said.get("id") == self.sent:
                break
            self.events.append(said)
        if said["type"] == "error":
            raise RuntimeError(f"{method}: {said['error']}: {said['message']}")
        return said["result"]

    def open(self):
        """Open a page that knows nothing of those before it."""
        return Page(self)

    def close(self):
        """End it, and remove its profile."""
        with contextlib.suppress(Exception):
            self.send("browser.close", {})
        self.socket.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stderr.close()
        shutil.rmtree(self.profile, ignore_errors=True)


class Page(Tab):
    """A page of Firefox."""

    def __init__(self, firefox):
        super().__init__()
        self.firefox = firefox
        firefox.events.clear()
        self.reader = firefox.send("browser.createUserContext", {})["userContext"]
        self.id = firefox.send("browsingContext.create", {"type": "tab", "userContext": self.reader})["context"]

    def send(self, method, **parameters):
        """Send a command to this page."""
        return self.firefox.send(method, {"context": self.id, **parameters})

    def goto(self, address):
        self.send("browsingContext.navigate", url=address, wait="complete")
        self.evaluate(LOADED)

    def reload(self):
        self.send("browsingContext.reload", wait="complete")
        self.evaluate(LOADED)

    def back(self):
        left = self.evaluate("location.href")
        self.send("browsingContext.traverseHistory", delta=-1)
        while self.evaluate("location.href") == left:  # it answers before the page has changed
            pass
        self.evaluate(LOADED)

    def evaluate(self, expression, argument=None):
        told = self.firefox.send(
            "script.callFunction",
            {
                "functionDeclaration": w3c.call(expression),
                "arguments": [{"type": "string", "value": w3c.packed(argument)}],
                "target": {"context": self.id},
                "awaitPromise": True,
                "userActivation": False,
            },
        )
        if told["type"] == "exception":
            raise RuntimeError(told["exceptionDetails"]["text"])
        return w3c.unpacked(told["result"]["value"])

    def perform(self, actions):
        self.send("input.performActions", actions=actions)

    def resize(self, width, height):
        self.send("browsingContext.setViewport", viewport={"width": width, "height": height})

    def screenshot(self):
        return base64.b64decode(self.send("browsingContext.captureScreenshot")["data"])

    def close(self):
        self.firefox.send("session.status", {})  # what was said before is here now
        for event in self.firefox.events:
            self.hear(event["method"], event["params"])
        self.firefox.events.clear()
        self.firefox.send("browser.removeUserContext", {"userContext": self.reader})

    def hear(self, event, said):
        """Take down what a page must not do; Firefox looks for an icon of its own where it left a page half read."""
        if said.get("request", {}).get("url", "").endswith("/favicon.ico"):
            return
        if event == "log.entryAdded":
            if HALF_THERE in said["text"] or all(part in said["text"] for part in LEFT):
                return
            self.complaints.append(f"{said['type']} {said['level']}: {said['text']}")
        elif event == "network.beforeRequestSent":
            self.requested(said["request"]["url"])
        elif event == "network.fetchError" and said["errorText"] != "NS_BINDING_ABORTED":  # left before it was there
            self.complaints.append(f"request failed: {said['request']['url']} {said['errorText']}")
        elif event == "network.responseCompleted" and said["response"]["status"] >= 400:
            self.complaints.append(f"{said['response']['status']}: {said['request']['url']}")
