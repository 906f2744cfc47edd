"""What the tests of LogitExplorer share: how its controls are found and what it should show."""

import re
from urllib.parse import unquote

import numpy as np

from softmaxlab import _formatting, cross_entropy, cross_entropy_grad, softmax
from support.browser.pages import address_settles

TEN = [2, 1, 0.1, -3, 4, 0, -1.5, 3.2, -6, 0.7]
READ = """(root) => {
    const texts = (name) => [...root.querySelectorAll(`.le-${name}-value`)].map((node) => node.textContent);
    const [p, gradient, exp, [loss]] = ["p", "gradient", "exp", "loss"].map(texts);
    return { p, gradient, exp, loss };
}"""


def slider(page, label="class 0"):
    return page.get_by_role("slider", name=f"{label}: logit")


def field(page, label="class 0"):
    return page.get_by_role("textbox", name=f"{label}: exact logit")


def logits(page):
    """Logits as the fields show them."""
    return [float(box.input_value()) for box in page.get_by_role("textbox", name=": exact logit").all()]


def read(page, which=0):
    """Numbers that an explorer shows."""
    return page.locator(".le").nth(which).evaluate(READ)


def expected(given, temperature=1.0, y=0):
    """Numbers that it should show, by softmaxlab."""
    scaled = np.array(given, dtype=float) / temperature
    return {
        "p": [_formatting.decimals(p) for p in softmax(scaled)],
        "gradient": [_formatting.signed(g) for g in cross_entropy_grad(scaled, y)],
        "exp": [re.sub(r"<[^>]*>", "", _formatting.exponential(a)[0]) for a in scaled],
        "loss": _formatting.decimals(cross_entropy(scaled, y)),
    }


def url_settles(page):
    """Have the address follow, without a wait."""
    address_settles(page)


def press(page, name):
    page.get_by_role("button", name=name).click(force=True)  # force: also where it can do no more


def drag(page, target, to, start=None):
    """Drag a slider's thumb with the mouse to this share of its length."""
    box = target.bounding_box()
    y = box["y"] + box["height"] / 2
    share = (float(target.input_value()) + 10) / 20 if start is None else start
    page.mouse.move(box["x"] + 12 + (box["width"] - 24) * share, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * to, y, steps=12)
    page.mouse.up()


def fragment(page):
    return unquote(page.evaluate("location.hash"))
