"""A page of Chromium that tests use one after another: to make a fresh one costs as much as most of them ask of it."""

from support.browser.pages import watch

WINDOW = {"width": 1280, "height": 900}
# What outlasts the documents that a test opens; the page of a test that asked for it serves no other.
LASTING = frozenset({
    "add_init_script", "bring_to_front", "clock", "close", "context", "emulate_media", "expect_event", "expect_popup",
    "expose_binding", "expose_function", "main_frame", "on", "once", "pdf", "route", "set_default_navigation_timeout",
    "set_default_timeout", "set_extra_http_headers",
})  # fmt: skip
FORGET = """() => {
    try {
        localStorage.clear();
        sessionStorage.clear();
    } catch {} // a page without an address has none
}"""


class Lent:
    """A page as a test has it: Playwright's, which remembers whether it can be lent again."""

    def __init__(self, page):
        """Lend this page."""
        self.page, self.is_used_up = page, False

    def __getattr__(self, name):
        """Give what Playwright's page has by this name."""
        if name in LASTING:
            self.is_used_up = True
        return getattr(self.page, name)


class Lender:
    """Has one page, and makes another when a test has used it up."""

    def __init__(self, browser):
        """Lend pages of this browser."""
        self.browser, self.page = browser, None

    def lend(self):
        """Return a page as a fresh one is: it has no history, keeps nothing, and nothing has been complained of."""
        if self.page is None:
            context = self.browser.new_context(viewport=WINDOW)
            self.page = context.new_page()
            self.complaints = watch(self.page)
            self.session = context.new_cdp_session(self.page)
        return Lent(self.page)

    def take_back(self, lent):
        """Return what has been complained of; see to it that the next test finds nothing of this one."""
        if lent.is_used_up or len(self.page.context.pages) > 1:
            return self.throw_away()
        self.page.evaluate(FORGET)
        self.page.goto("about:blank")
        self.page.mouse.move(0, 0)
        self.session.send("Page.resetNavigationHistory")
        if self.page.viewport_size != WINDOW:
            self.page.set_viewport_size(WINDOW)
        return self.throw_away() if self.complaints else []

    def throw_away(self):
        """Close the page; return what has been complained of until then."""
        if self.page is None:
            return []
        self.page.context.close()
        self.page = None
        return self.complaints
