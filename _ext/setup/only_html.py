"""Say in one line that this book is built as HTML, to whoever asks for another form.

Its widgets, badges and downloads are made of pages. Sphinx would leave them out of a PDF without a word, or stop deep
inside with a message about something else.
"""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

FORMS = ("html", "linkcheck")  # the second writes no book: it looks the links up
LINE = (
    "This book is built as HTML (`jupyter-book build .`), and as nothing else: {name} was asked for. "
    "To have it on paper or as a PDF, print a page from the browser."
)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Look at the form as soon as Sphinx knows it: before any test runs and any chapter is read."""
    preload = app.preload_builder

    def preload_html(name: str) -> None:
        if name not in FORMS:
            raise SystemExit(LINE.format(name=name))  # an error of Sphinx would end in Jupyter Book's traceback
        preload(name)

    app.preload_builder = preload_html  # type: ignore[method-assign]  # there is no event that comes before it
    return {"parallel_read_safe": True}
