"""What the page, its style sheets and its scripts agree on: the names of classes, attributes and states.

Python that decides by one of these names takes it from here. JavaScript, CSS and the HTML of stills spell it out;
``tests/extensions/test_page_names.py`` compares them with this list. Names that only one widget or one figure uses are
not here.
"""

from enum import StrEnum


class Class(StrEnum):
    """What an element is."""

    # a widget, from its still to the live one
    MOUNT = "sl-mount"  # the place of a widget: it holds the still until assets/host.js puts the live one there
    WIDGET = "sl-widget"  # the widget itself, still or live; core.css gives it its look
    WHOLE = "sl-whole"  # a mark behind the still, whose style sheet shows that the widget's own has come
    FAILED = "sl-failed"  # the line that says why the live one could not start
    ASLEEP = "sl-asleep"  # a figure that only Python can move
    ASLEEP_NOTE = "sl-asleep-note"

    # controls and values, which a still draws as _runtime/*.js builds them
    RANGE = "sl-range"
    FIELD = "sl-field"
    NUMBER = "sl-number"
    BUTTON = "sl-button"
    VALUE = "sl-value"
    REFUSAL = "sl-refusal"  # what is wrong with a number that was typed
    SPOKEN = "sl-spoken"  # says aloud what changed
    UNSEEN = "sl-unseen"  # for screen readers alone

    # the evidence for an equation
    BADGE = "sl-badge"
    BEHIND = "sl-behind"  # what each check did: opens at a touch of the badge
    HELD = "sl-held"
    REFUSED = "sl-refused"
    WISH = "sl-wish"

    # proofs and formulas
    PROOF = "sl-proof"
    RULE = "sl-rule"
    TEX = "sl-tex"  # TeX in a notebook's output, typeset when the page is built
    KEEP = "sl-keep"  # a formula and its full stop, on one line

    # the search
    SEARCH = "sl-search"
    PLACES = "sl-places"


class Attribute(StrEnum):
    """What scripts read off an element, or write onto it."""

    MODEL_ID = "data-model-id"  # of a mount: which widget's state it shows
    WIDGET = "data-widget"  # of a mount: whose module
    FRAGMENT = "data-fragment"  # of a mount: whether the page's address holds its state
    HOST = "data-host"  # of a live widget: "static" where no kernel is at the other end
    READY = "data-sl-ready"  # of a mount: its widget is alive
    QUANTITY = "data-sl-quantity"  # what a symbol or a bar stands for: assets/linked.js ties them together
    INDEX = "data-sl-index"  # which class of it, from 0, or "y" for the true one
    LETTER = "data-sl-letter"  # which letter stands for that class
    PRESS = "data-sl-press"  # what a button of the page does: assets/buttons.js
    LABEL = "data-label"  # which equation a badge or a proof is of
    ROOT = "data-root"  # of the script in 404.html: where the site begins


class State(StrEnum):
    """How an element is, just now; each stands beside a class."""

    STILL = "is-still"  # drawn by Python
    LIT = "is-lit"  # linked with what the reader points at
    CHOSEN = "is-chosen"
    TRUE = "is-true"  # the true class
    UP = "is-up"
    DOWN = "is-down"
    FEW = "is-few"
    ON = "is-on"
    WRONG = "is-wrong"
    LAID = "is-laid"  # every section is laid out: its height is known
    SHUT = "is-shut"  # a badge that Esc has closed
