"""One page in one engine, driven alike in all: what the engine suite needs, and no more."""

from abc import ABC, abstractmethod

from support.browser.engines import w3c

LOCAL = ("http://127.0.0.1:", "data:", "blob:", "file:", "about:")


class Tab(ABC):
    """A page. What a reader's page must never do is collected in `complaints`."""

    def __init__(self):
        self.complaints = []

    @abstractmethod
    def goto(self, address):
        """Open an address, and wait for its load event; another fragment of the same page loads nothing."""

    @abstractmethod
    def reload(self):
        """Load the page again, and wait for its load event."""

    @abstractmethod
    def back(self):
        """Return to the page before this one, and wait until it is there."""

    @abstractmethod
    def evaluate(self, expression, argument=None):
        """Evaluate an expression in the page, or call a function there, and wait for its promise."""

    @abstractmethod
    def perform(self, actions):
        """Perform the actions of keyboards and pointers, written as in WebDriver."""

    @abstractmethod
    def resize(self, width, height):
        """Give the window this inner size."""

    @abstractmethod
    def screenshot(self):
        """Return a picture of the window, as PNG."""

    @abstractmethod
    def close(self):
        """Close the page; what it still had to say is in `complaints` afterwards."""

    def press(self, *names):
        """Press keys, one after the other, each at once after the one before."""
        self.perform(w3c.keys(*names))

    def type(self, text, *then):
        """Type a text, and press keys after it."""
        self.press(*text, *then)

    def click(self, x, y):
        """Click at a place of the window."""
        self.perform(w3c.pointer(*w3c.moves((x, y)), w3c.DOWN, w3c.UP))

    def drag(self, start, *ways):
        """Press the button at `start`, move through `ways`, and let go."""
        self.perform(w3c.pointer(*w3c.moves(start), w3c.DOWN, *w3c.moves(*ways), w3c.UP))

    def hover(self, x, y):
        """Move the mouse to a place of the window."""
        self.perform(w3c.pointer(*w3c.moves((x, y))))

    def requested(self, address):
        """Note a request to another host."""
        if not address.startswith(LOCAL):
            self.complaints.append(f"request to another host: {address}")
