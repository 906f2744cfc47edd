"""What tests read off the text of a chapter; the rules that it keeps are in _ext/content/manuscript."""

from content.manuscript import Page
from content.manuscript import prose as rules


def cells(text):
    """Source of each code cell."""
    return [cell.body.strip("\n") for cell in Page(text).cells]


def display_math(text):
    """(label or None, formula) of each displayed equation."""
    return [(label, formula) for label, formula, _ in rules.display_math(Page(text))]


def labels_in(text):
    return [label for label, _ in display_math(text) if label]


def prose(text, kinds=("prose", "math")):
    return Page(text).prose(kinds)
