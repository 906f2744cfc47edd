"""On paper: dark on white in any theme, with and without backgrounds; folds open, nothing cut off, nothing to press."""

import pytest

from support.browser.pages import SITE
from support.browser.site_pages import CHAPTERS, every_widget_comes_alive, open_page

PAPER = {"width": 680, "height": 1000}  # between the margins of an A4 page
PAGES = [*CHAPTERS, "glossary.html", "bibliography.html"]

# [contrast, text] of all words on paper that are paler than 4.5:1, with or without the backgrounds behind them.
PALE = """() => {
  const parse = (color) => {
    const [, space, numbers] = color.match(/^(rgba?|color)\\((.*)\\)$/) ?? [, "rgb", "0, 0, 0, 0"];
    const [r, g, b, a = 1] = numbers.match(/(?<![a-z])-?[\\d.]+(e-?\\d+)?/g).map(Number);
    return space === "color" ? [r * 255, g * 255, b * 255, a] : [r, g, b, a];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((c, i) => a * c + (1 - a) * below[i]);
  const light = (rgb) => rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const paper = [255, 255, 255];
  const behind = (node, all) => {
    const layers = [];
    for (let n = node; n; n = n.parentElement) {
      const style = getComputedStyle(n);
      if (all || style.printColorAdjust === "exact") layers.unshift(parse(style.backgroundColor));
    }
    return layers.reduce((below, layer) => over(layer, below), paper);
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const words = walker.currentNode.data.trim();
    if (!words || node.closest("script, style, select, .katex-mathml, .visually-hidden, .sl-unseen")) continue;
    if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (node.closest("svg")?.querySelector("defs") && node.closest("defs")) continue;
    const style = getComputedStyle(node);
    const ink = parse(node.closest("svg") && node.tagName !== "foreignObject" ? style.fill : style.color);
    for (const all of [true, false]) {
      const below = behind(node, all);
      const [a, b] = [light(over(ink, below)), light(below)];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      if (contrast < 4.5) found.push([contrast.toFixed(2), words.slice(0, 40), node.parentElement.className]);
    }
  }
  return found.slice(0, 20);
}"""

# What reaches over the right edge of the paper, or is cut off, or scrolls.
CUT = """() => {
  const found = [];
  for (const node of document.querySelectorAll("article.bd-article *")) {
    if (!node.checkVisibility() || node.closest(".katex-mathml, defs, .visually-hidden, .sl-unseen")) continue;
    if (node.parentElement.closest("svg")) continue;
    const { right, width } = node.getBoundingClientRect();
    const name = `${node.tagName}.${node.className?.baseVal ?? node.className}: ${node.textContent.slice(0, 40)}`;
    const isSeen = node.textContent.trim() !== "" || node.matches("svg, img, input, canvas");
    if (isSeen && width > 1 && right > innerWidth + 1) found.push(`${Math.round(right)} ${name}`);
    const { overflowX } = getComputedStyle(node);
    const isScrolled = ["auto", "scroll"].includes(overflowX) && node.scrollWidth > node.clientWidth + 1;
    if (isScrolled) found.push(`scrolls ${name}`);
  }
  return found.slice(0, 20);
}"""


@pytest.fixture
def print_page(browser, site_address):
    """A page as a printer gets it from a reader whose window is dark; what it complains about fails the test."""
    opened = []

    def printed(name, prepare=True, **options):
        page, complaints = open_page(browser, f"{site_address}/{name}", theme="dark", **options)
        opened.append((page, complaints))
        if options.get("java_script_enabled", True):
            every_widget_comes_alive(page)
        if prepare:
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size(PAPER)
        return page

    yield printed
    for page, _ in opened:
        page.context.close()
    assert [line for _, complaints in opened for line in complaints] == []


# [text] of all that shows and could only be pressed.
PRESSED = """() => [...document.querySelectorAll(
  ".sl-button, .copybtn, .btn, nav, .bd-sidebar, .bd-footer, .headerlink, summary:has(.expanded)"
)].filter((node) => {
  const { width, height } = node.getBoundingClientRect();
  return width && height && node.checkVisibility({ visibilityProperty: true });
}).map((node) => `${node.tagName}.${node.className}: ${node.innerText}`)"""


@pytest.mark.parametrize("name", PAGES)
def test_paper_is_legible_and_whole_and_has_nothing_to_press(print_page, name):
    """Every word is dark, nothing is cut off, and there is nothing to press: three looks at one sheet."""
    page = print_page(name)
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    faults = {"pale": page.evaluate(PALE), "cut": page.evaluate(CUT), "pressed": page.evaluate(PRESSED)}
    assert faults == {"pale": [], "cut": [], "pressed": []}


CLOSED = """() => [...document.querySelectorAll("details")].filter((fold) => {
  const content = [...fold.querySelectorAll(":scope > div")].at(-1);
  return !content.checkVisibility() || content.getBoundingClientRect().height < 10;
}).map((fold) => fold.textContent.trim().slice(0, 60))"""


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("name", ["chapters/04-jacobian.html", "chapters/06-p-minus-y.html"])
def test_folds_are_open_on_paper(print_page, name, script):
    page = print_page(name, prepare=False, java_script_enabled=script)
    assert page.locator("details").count() > 3
    assert page.evaluate(CLOSED) == []


def test_folds_are_afterwards_as_they_were(print_page):
    page = print_page("chapters/06-p-minus-y.html", prepare=False)
    page.emulate_media(media="screen")
    page.locator("details").nth(2).evaluate("fold => { fold.open = true; }")
    states = "() => [...document.querySelectorAll('details')].map((fold) => fold.open)"
    before = page.evaluate(states)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert all(page.evaluate(states))
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(states) == before


def test_every_page_with_a_fold_or_a_widget_is_printed_here():
    with_folds = [
        p.relative_to(SITE).as_posix() for p in SITE.rglob("*.html") if "<details" in p.read_text(encoding="utf-8")
    ]
    assert {name for name in with_folds if "_static" not in name} <= {*PAGES, "search.html", "genindex.html"}
