"""What the tests of the engines share: where the pages are, and what is asked of a page."""

import re
from pathlib import Path

from support.browser.pages import SITE
from support.browser.site_pages import PAGES

PHONE, DESK = (390, 844), (1280, 900)
# Wait for every widget of the page: a move wakes those that are out of sight.
AWAKE = """() => new Promise((resolve) => {
    dispatchEvent(new Event("keydown"));
    const look = () => {
        const places = [...document.querySelectorAll(".sl-mount")];
        if (places.every((place) => "slReady" in place.dataset || place.querySelector(".sl-failed"))) {
            resolve(places.map((place) => [place.dataset.widget, "slReady" in place.dataset]));
        } else setTimeout(look, 20);
    };
    look();
})"""
# Two frames later: whatever a change leads to at once is on the screen.
PAINTED = "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))"

# How much of the widget is in the window, once sixty frames have found the page in the same place.
SEEN = """(at) => new Promise((resolve) => {
    let [top, calm] = [undefined, 0];
    const look = () => {
        const box = document.querySelectorAll(".sl-mount")[at].getBoundingClientRect();
        calm = box.top === top && document.readyState === "complete" ? calm + 1 : 0;
        top = box.top;
        if (calm < 60) return requestAnimationFrame(look);
        const seen = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
        resolve(Math.round((100 * seen) / Math.min(box.height, innerHeight)));
    };
    look();
})"""


def awake(tab):
    """Wait until every widget of the page lives; return their names in order."""
    places = tab.evaluate(AWAKE)
    assert [name for name, alive in places if not alive] == []
    return [name for name, _ in places]


KIT = "() => {" + (Path(__file__).parent / "kit.js").read_text(encoding="utf-8") + "}"
# Places of widgets in the book: (page, which of the page's, widget).
PLACES = [
    (page, i, widget)
    for page in PAGES
    for i, widget in enumerate(
        re.findall(r'class="sl-mount"[^>]*data-widget="(\w+)"', (SITE / page).read_text("utf-8"))
    )
]

KINDS = list({widget: (page, i, widget) for page, i, widget in reversed(PLACES)}.values())[::-1]  # each widget's first


def named(place):
    """Name a place in a test's id."""
    page, i, widget = place
    return f"{Path(page).stem}-{i}-{widget}"


def visit(tab, site, page):
    """Open a page of the book with all its widgets alive, and `kit` in it."""
    tab.goto(f"{site}/{page}")
    awake(tab)
    tab.evaluate(KIT)


NO_NUMBER = re.compile(r"\bNaN\b|Infinity|undefined|\bnull\b|\[object")


class Driven:
    """A widget on its page: each step is looked at, and what is wrong is kept, so that one run tells all."""

    def __init__(self, tab, place):
        _, self.i, _ = place
        self.tab, self.faults = tab, []

    def ask(self, what, *arguments):
        """Ask `kit` something of this widget."""
        return self.tab.evaluate("([what, ...rest]) => kit[what](...rest)", [what, self.i, *arguments])

    def look(self, step):
        """Read what is shown after a step; it must be numbers."""
        return self.check(step, self.ask("text"))

    def read(self, step, k):
        """Read what is shown after a step, and return what a control has come to."""
        read = self.ask("read", k)
        self.check(step, read["text"])
        return read

    def check(self, step, text):
        """Keep a fault unless a text after a step is of numbers."""
        if wrong := NO_NUMBER.search(text):
            self.faults.append(f"{step}: {text[max(0, wrong.start() - 40) : wrong.end() + 40]}")
        return text

    def expect(self, holds, words):
        """Keep a fault unless this holds."""
        if not holds:
            self.faults.append(words)

    def controls(self, *kinds):
        """Return the controls of these kinds that can be seen now."""
        return [control for control in self.ask("controls") if control["kind"] in kinds]
