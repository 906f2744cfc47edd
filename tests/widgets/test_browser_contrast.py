"""With the reader's own colors, or with more contrast: what a color says is still seen."""

import io
import math

import pytest
from PIL import Image

from support.browser.examples import EXAMPLES
from support.browser.harness import widget_page
from support.browser.pages import SITE

KEYS = {".pb-swatch", ".sz-key", ".rd-key", ".dd-key", ".pt-key", ".ld-key"}  # a swatch is an element of its own
PAINTED = {".ls-key > span", ".jv-key", ".ga-title"}  # or stands before its words
UNKNOWN = """(known) => [...document.querySelectorAll("[class*=-key], [class*=swatch]")]
    .filter((node) => !node.matches(known) && !node.querySelector(known)).map((node) => node.outerHTML)"""
SWATCHES = """([keys, painted]) => {
    const seen = (node) => node.checkVisibility();
    const own = [...document.querySelectorAll(keys)].filter(seen).map((node) => [node, node.getBoundingClientRect()]);
    const before = [...document.querySelectorAll(painted)].filter(seen).map((node) => {
        const { width, height, borderTopWidth } = getComputedStyle(node, "::before");
        const { x, y, height: room } = node.getBoundingClientRect();
        return [node, { x, y, width: parseFloat(width), height: room }];
    });
    return [...own, ...before].map(([node, { x, y, width, height }]) =>
        [node.outerHTML.slice(0, 90), x + scrollX - 2, y + scrollY - 2, width + 4, height + 4]);
}"""
DISABLED = """() => {
    const probe = document.body.appendChild(document.createElement("p"));
    probe.style.color = "GrayText";
    const gray = getComputedStyle(probe).color;
    probe.remove();
    const buttons = [...document.querySelectorAll(".sl-widget :is(button, [role=button])")];
    return buttons.filter((node) => (getComputedStyle(node).color === gray)
        !== (node.ariaDisabled === "true" || node.disabled)).map((node) => node.outerHTML);
}"""
TEXTS = """() => {
    const range = document.createRange();
    const walker = document.createTreeWalker(document.querySelector(".sl-widget"), NodeFilter.SHOW_TEXT);
    const boxes = [];
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const unseen = "option, .sl-unseen, [class*=spoken]";
        const isSeen = text.parentElement.checkVisibility({ visibilityProperty: true, opacityProperty: true });
        if (!text.data.trim() || text.parentElement.closest(unseen) || !isSeen) continue;
        range.selectNodeContents(text);
        const { x, y, width, height } = range.getBoundingClientRect();
        if (width > 1) boxes.push([text.data.trim(), x + scrollX, y + scrollY, width, height]);
    }
    return boxes;
}"""
# Contrast of each text with what it stands on, as the backgrounds around it make it.
PALE = """() => {
    const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const rgba = (color) => {
        pen.clearRect(0, 0, 1, 1);
        pen.fillStyle = color;
        pen.fillRect(0, 0, 1, 1);
        return [...pen.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => {
        const linear = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        const [x, y, z] = [r, g, b].map((c) => linear(c / 255));
        return 0.2126 * x + 0.7152 * y + 0.0722 * z;
    };
    const over = ([r, g, b, a], under) => [r, g, b].map((c, i) => (c * a + under[i] * (255 - a)) / 255);
    const behind = (node) => {
        const chain = [];
        for (let at = node; at; at = at.parentElement) chain.unshift(at);
        return chain.reduce((under, at) => over(rgba(getComputedStyle(at).backgroundColor), under), [255, 255, 255]);
    };
    const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
    const pale = [];
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const node = text.parentElement;
        const unseen = "style, noscript, .sl-unseen, .sl-spoken, [aria-disabled=true]";
        if (!text.data.trim() || node.closest(unseen)) continue;
        if (!node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const style = getComputedStyle(node);
        const ink = rgba(node.closest("svg") ? style.fill : style.color);
        const ground = behind(node.closest("svg") ? node.closest("svg").parentElement : node);
        const [a, b] = [light(over(ink, ground)), light(ground)].sort((x, y) => y - x);
        const ratio = (a + 0.05) / (b + 0.05);
        if (ratio < 7) pale.push(`${ratio.toFixed(2)}: ${text.data.trim().slice(0, 30)} in ${node.outerHTML}`);
    }
    return [...new Set(pale)];
}"""


def opened(browser, place, example, **media):
    """A page with this widget, alive, for a reader with these wishes."""
    folder, address = place
    widget_page(folder, EXAMPLES[example](), theme=media.get("color_scheme", "light"))
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **media)
    page = context.new_page()
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    return page


def picture(page):
    """The whole page."""
    with Image.open(io.BytesIO(page.screenshot(full_page=True))) as shot:
        return shot.convert("RGB")


def spread(image, x, y, width, height):
    """How far apart two colors in a box of the page are, summed over red, green and blue."""
    box = image.crop((math.floor(x), math.floor(y), math.ceil(x + width), math.ceil(y + max(height, 3))))
    return sum(high - low for low, high in box.getextrema())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_with_the_readers_own_colors_texts_and_keys_are_seen_and_disabled_buttons_gray(
    browser, folder_and_address, example, theme
):
    page = opened(browser, folder_and_address, example, forced_colors="active", color_scheme=theme)
    assert page.evaluate(UNKNOWN, ", ".join(KEYS | PAINTED)) == [], "a new kind of key: add it to KEYS or PAINTED"
    image = picture(page)
    swatches = page.evaluate(SWATCHES, [", ".join(KEYS), ", ".join(PAINTED)])
    texts, wrong = page.evaluate(TEXTS), page.evaluate(DISABLED)
    page.context.close()
    assert [html for html, *box in swatches if spread(image, *box) < 150] == []
    assert [text for text, *box in texts if spread(image, *box) < 150] == []
    assert wrong == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_with_more_contrast_every_text_has_seven_to_one(browser, folder_and_address, example, theme):
    page = opened(browser, folder_and_address, example, contrast="more", color_scheme=theme)
    pale = page.evaluate(PALE)
    page.context.close()
    assert pale == []


# Texts of the figures and the words of the badges whose color is not one of the reader's own
FOREIGN = """() => {
    const probe = document.body.appendChild(document.createElement("p"));
    const own = ["CanvasText", "LinkText", "ButtonText", "GrayText"].map((color) => {
        probe.style.color = color;
        return getComputedStyle(probe).color;
    });
    probe.remove();
    const texts = [...document.querySelectorAll(".book-figure text")]
        .map((node) => [node, getComputedStyle(node).fill]);
    const words = [...document.querySelectorAll(".sl-badge > button, .sl-badge > button > span, article p a")]
        .map((node) => [node, getComputedStyle(node).color]);
    return [...texts, ...words].filter(([, color]) => !own.includes(color))
        .map(([node, color]) => `${color}: ${node.outerHTML.slice(0, 80)}`);
}"""
FIGURES = [
    path.relative_to(SITE).as_posix()
    for path in sorted(SITE.rglob("*.html"))
    if 'class="book-figure"' in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", FIGURES)
def test_with_the_readers_own_colors_figures_and_badges_take_them_whatever_the_theme(browser, site_address, name):
    context = browser.new_context(forced_colors="active", color_scheme="dark")
    page = context.new_page()
    page.add_init_script("localStorage.setItem('mode', 'light'); localStorage.setItem('theme', 'light')")
    page.goto(f"{site_address}/{name}")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    foreign = page.evaluate(FOREIGN)
    context.close()
    assert foreign == []
