"""Any engine that Playwright drives: Chromium as it is installed, and Playwright's own Firefox and WebKit."""

from support.browser.engines.tab import Tab

NAMED = {"Space": " "}


class Playwrights:
    """A running browser of Playwright."""

    def __init__(self, kind, path=None, arguments=()):
        self.browser = kind.launch(executable_path=path, args=list(arguments))
        self.version = self.browser.version

    def open(self):
        """Open a page that knows nothing of those before it."""
        return Page(self.browser)

    def close(self):
        """End it."""
        self.browser.close()


# In the words of Chromium, Firefox and WebKit.
LEFT = ("net::ERR_ABORTED", "NS_BINDING_ABORTED", "Load request cancelled")


class Page(Tab):
    """A page of Playwright's."""

    def __init__(self, browser):
        super().__init__()
        self.context = browser.new_context(viewport={"width": 1280, "height": 900})
        self.page = page = self.context.new_page()
        page.on("console", lambda message: self.complaints.append(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("request", lambda request: self.requested(request.url))
        page.on("requestfailed", self.lost)
        page.on("response", lambda said: said.status >= 400 and self.complaints.append(f"{said.status}: {said.url}"))

    def goto(self, address):
        self.page.goto(address)

    def reload(self):
        self.page.reload()

    def back(self):
        self.page.go_back()

    def evaluate(self, expression, argument=None):
        return self.page.evaluate(expression, argument)

    def press(self, *names):
        for name in names:
            self.page.keyboard.press(NAMED.get(name, name))

    def type(self, text, *then):
        self.page.keyboard.type(text)
        self.press(*then)

    def perform(self, actions):
        mouse = self.page.mouse
        for part in actions[0]["actions"]:
            if part["type"] == "pointerMove":
                mouse.move(part["x"], part["y"])
            else:
                {"pointerDown": mouse.down, "pointerUp": mouse.up}[part["type"]]()

    def resize(self, width, height):
        self.page.set_viewport_size({"width": width, "height": height})

    def screenshot(self):
        return self.page.screenshot()

    def close(self):
        self.context.close()

    def lost(self, request):
        """Note a request that failed; what was on its way when the page was left is no fault."""
        if request.failure not in LEFT:
            self.complaints.append(f"request failed: {request.url} {request.failure}")
