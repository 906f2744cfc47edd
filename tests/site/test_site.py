"""Every page of the built site, as readers meet it: wide, narrow, light, dark, below a sub-path, without JavaScript."""

import gzip
import re
from functools import cache
from html.parser import HTMLParser
from itertools import product
from urllib.parse import unquote, urldefrag, urljoin

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import expect

from support.browser.pages import SITE
from support.browser.site_pages import CHAPTERS, MOVED, PAGES, every_widget_comes_alive, open_page

WIDTHS = (390, 1280)
THEMES = ("light", "dark")
OF_COLORS = ["color-contrast", "link-in-text-block"]  # axe's rules
WIDGETS_OF_CHAPTERS_1_TO_6 = {
    "logit_explorer",
    "precision_breaker",
    "loss_duel",
    "jacobian_view",
    "information_bars",
    "gradient_at_work",
    "derivation",
}


def test_the_site_has_its_pages():
    assert {"index.html", "glossary.html", "bibliography.html", "search.html", "404.html"} <= set(PAGES)
    assert len(CHAPTERS) >= 4


# What takes most of axe's time, and has nothing for it to find, goes: what a closed fold hides, and the letters of
# formulas. They are aria-hidden, and their MathML has nothing to press, so all that is asked of them is contrast. Where
# a formula has the ink of its text in either theme, and no background, one text stands for the letters of each unbroken
# part, in the place that the part has taken. (Of one letter axe tells no contrast, of that text it does.)
LEAVE_WHAT_AXE_JUDGES = """() => {
  const html = document.documentElement;
  const { theme } = html.dataset;
  const own = /^(id|role|tabindex|href|title|on.*|aria-.*)$/;
  const look = (node) => {
    const { color, backgroundColor, opacity } = getComputedStyle(node);
    return `${color} ${backgroundColor} ${opacity}`;
  };
  const plain = (formula) => {
    const text = getComputedStyle(formula.parentElement).color;
    return [...formula.querySelectorAll(".katex-html, .base, .base *")].every(
      (node) =>
        look(node) === `${text} rgba(0, 0, 0, 0) 1` &&
        [...node.attributes].every(({ name, value }) => !own.test(name) || `${name}=${value}` === "aria-hidden=true"),
    );
  };
  // not in a line that scrolls: its height stays as it is
  let formulas = [...document.querySelectorAll(".katex:has(> .katex-mathml):not(.sl-tex *)")];
  for (const each of ["light", "dark"]) {
    html.dataset.theme = each;
    formulas = formulas.filter(plain);
  }
  html.dataset.theme = theme;
  const bases = formulas.flatMap((formula) => [...formula.querySelectorAll(":scope > .katex-html > .base")]);
  const sizes = bases.map((base) => {
    const em = Number.parseFloat(getComputedStyle(base).fontSize);
    const { width, height } = base.getBoundingClientRect();
    return { width: `${width / em}em`, height: `${height / em}em` };
  });
  for (const [i, base] of bases.entries()) {
    base.textContent = base.textContent;
    Object.assign(base.style, { display: "inline-block", ...sizes[i] });
  }
  for (const formula of formulas) {
    const math = formula.querySelector("math");
    math.textContent = math.textContent;
  }
  for (const hidden of document.querySelectorAll("details:not([open]) > :not(summary)"))
    if (!hidden.closest(".sl-mount")) hidden.remove();
}"""


@pytest.mark.parametrize("name", PAGES)
def test_page_is_quiet_accessible_and_fits(browser, site_address, axe_source, name):
    """Opened on a phone whose system is dark; then the system turns light, and the window grows wide."""
    page, complaints = open_page(browser, f"{site_address}/{name}", WIDTHS[0], "dark")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert fits(page)
    every_widget_comes_alive(page)
    assert page.locator(".katex-error").count() == 0
    page.evaluate(LEAVE_WHAT_AXE_JUDGES)
    page.evaluate(axe_source)
    for width, theme in product(WIDTHS, THEMES):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=theme)
        page.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=theme)
        assert fits(page)
        for fault in page.evaluate(FAULTS, {"theme": theme, "colors": OF_COLORS}):
            complaints.append(f"{width} {theme}: {fault}")
    page.context.close()
    assert not complaints, "\n".join(complaints)


# What axe finds, each rule where its answer may be another one: in the dark, only colors are. Of them, in a window that
# is not the first with this theme, what did not show there or looks otherwise now, with all that is in it.
FAULTS = """async ({ theme, colors }) => {
  const fades = document.getAnimations().filter((each) => each instanceof CSSTransition);
  await Promise.allSettled(fades.map(({ finished }) => finished)); // from the colors of the theme before
  const look = (node) => {
    const { left, right, width, height } = node.getBoundingClientRect();
    const shows = node.checkVisibility({ visibilityProperty: true, opacityProperty: true });
    if (!shows || !width || !height || right <= 0 || left >= innerWidth) return "";
    const style = getComputedStyle(node);
    const size = Number.parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700); // then less contrast is enough
    return [isLarge, ...["color", "backgroundColor", "backgroundImage", "opacity", "fontWeight", "textDecorationLine",
      "textShadow", "filter", "clip", "clipPath"].map((key) => style[key])].join();
  };
  const now = new Map([...document.body.querySelectorAll("*")].map((node) => [node, look(node)]));
  const before = globalThis.looked?.[theme];
  globalThis.looked = { ...globalThis.looked, [theme]: now };
  const found = [];
  const ask = async (context, rules) =>
    found.push(...(await axe.run(context, { resultTypes: ["violations"], ...rules })).violations);
  const isNew = (node) => now.get(node) && now.get(node) !== before?.get(node);
  const changed = [...now.keys()].filter((node) => isNew(node) && !isNew(node.parentElement));
  if (theme === "light") {
    const rules = before ? Object.fromEntries(colors.map((rule) => [rule, { enabled: false }])) : {};
    await ask(document, { rules });
  }
  if (before ? changed.length : theme === "dark")
    await ask(before ? { include: changed } : document, { runOnly: colors });
  return found.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 300)}`));
}"""


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize("name", PAGES)
def test_page_works_below_a_sub_path(browser, serve_folder, name):
    """Opened in a wide window whose system is light."""
    page, complaints = open_page(browser, f"{serve_folder(SITE, prefix='/repo')}/{name}")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    assert fits(page), "scrolls sideways"
    every_widget_comes_alive(page)
    page.context.close()
    assert complaints == []


class Addresses(HTMLParser):
    """The ids of a page, and [element, attribute, address] of what it links to or asks for: no tree is needed."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links = set(), []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag, attrs):
        for key, value in attrs:
            if key == "id":
                self.ids.add(value)
            elif key in {"href", "src", "action"}:
                self.links.append((tag, key, value or ""))


@cache
def addresses(path):
    return Addresses(path)


@pytest.mark.parametrize("name", PAGES)
def test_every_internal_link_resolves(name):
    broken = []
    for tag, attribute, link in addresses(SITE / name).links:
        if attribute == "action":
            continue
        if link.startswith(("http://", "https://", "mailto:", "data:")):
            assert tag in {"a", "form"}, f"<{tag} {attribute}={link}> would be requested from another host"
            continue
        address, fragment = urldefrag(urljoin(f"/{name}", unquote(link)))
        target = SITE / address.partition("?")[0].lstrip("/")
        if target.is_dir():
            target /= "index.html"
        if not target.exists() or (fragment and target.suffix == ".html" and fragment not in addresses(target).ids):
            broken.append(link)
    assert set(broken) <= {"#"}  # the theme's own link to the page one is on


WANTED = {
    ".buildinfo": "Sphinx sees by it what to build anew",
    "objects.inv": "other books refer to this one by it",
    "404.html": "a host shows it for an address that does not exist",
    "search.html": "the search field leads there",
}


def test_each_file_of_the_site_is_asked_for_or_wanted():
    asked = {*WANTED, *MOVED}  # nobody links to where a page once was
    for name in [*PAGES, *MOVED]:
        for _, _, link in addresses(SITE / name).links:
            asked.add(urldefrag(urljoin(f"/{name}", unquote(link)))[0].partition("?")[0].lstrip("/"))
    for sheet in [name for name in asked if name.endswith(".css") and (SITE / name).is_file()]:
        for address in re.findall(r"url\(([^)]+)\)", (SITE / sheet).read_text(encoding="utf-8")):
            asked.add(urljoin(f"/{sheet}", address.strip("'\"").partition("#")[0].partition("?")[0]).lstrip("/"))
    there = {path.relative_to(SITE).as_posix() for path in SITE.rglob("*") if path.is_file()}
    assert there - asked == set()


def test_no_file_names_a_source_map():
    """The maps are left out: tools of developers would ask for them, and find nothing."""
    scripts = [path for path in SITE.rglob("*") if path.suffix in {".js", ".css"}]
    assert [path.name for path in scripts if "sourceMappingURL" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_page_reads_without_javascript(browser, site_address, name):
    page, complaints = open_page(browser, f"{site_address}/{name}", java_script_enabled=False)
    assert page.locator(".katex").count() + page.locator(".sl-mount").count() > 0
    for still in page.locator(".sl-mount").all():
        assert still.locator(".is-still").is_visible()
    for figure in page.locator("svg.book-figure").all():
        assert figure.is_visible()
    page.context.close()
    assert complaints == []


@pytest.mark.parametrize("name", CHAPTERS)
def test_page_works_from_a_folder_with_no_server(browser, name):
    page, complaints = open_page(browser, (SITE / name).as_uri())
    every_widget_comes_alive(page)
    page.context.close()
    assert complaints == []


@pytest.mark.parametrize("name", [page for page in CHAPTERS if page != "index.html"])
def test_static_page_shows_no_dead_controls(browser, site_address, name):
    page, _ = open_page(browser, f"{site_address}/{name}")
    assert page.locator(".jupyter-widgets, .widget-slider").count() == 0
    for asleep in page.locator(".sl-asleep").all():
        asleep.scroll_into_view_if_needed()  # a far section is laid out when the reader comes near
        assert asleep.locator("svg").first.is_visible()
        expect(asleep).to_contain_text("Binder", use_inner_text=True)
    page.context.close()


@pytest.mark.parametrize("name", [*CHAPTERS, "search.html", "404.html"])
def test_page_has_a_description(name):
    soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    description = soup.find("meta", attrs={"name": "description"})["content"]
    assert len(description) >= 50
    assert re.fullmatch(r"[A-Z].*[.?!]", description), "a description is one or more sentences"


@pytest.mark.parametrize("name", CHAPTERS)
def test_page_has_one_main_heading(name):
    soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    assert len(soup.article.find_all("h1")) == 1


def test_the_javascript_of_the_widgets_weighs_little():
    """Compressed as a host does: what all share, and each widget's own part."""
    scripts = (SITE / "_static" / "widgets").glob("*.js")
    sizes = {path.stem: len(gzip.compress(path.read_bytes(), 9)) for path in scripts}
    print(f"{sum(sizes.values())} bytes in all: {sizes}")
    assert sizes.keys() >= WIDGETS_OF_CHAPTERS_1_TO_6
    assert sum(sizes[name] for name in ("shared", *WIDGETS_OF_CHAPTERS_1_TO_6)) <= 40_000


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_page_asks_for_the_scripts_of_its_own_widgets_and_no_other(name):
    text = (SITE / name).read_text(encoding="utf-8")
    kinds = set(re.findall(r'class="sl-mount"[^>]*data-widget="(\w+)"', text))
    asked = re.findall(r'_static/widgets/(\w+)\.js\?v=\w+"', text)
    assert sorted(asked) == sorted({*kinds, "shared"} if kinds else kinds)


def test_landing_page_is_not_a_redirect():
    html = (SITE / "index.html").read_text(encoding="utf-8")
    assert 'http-equiv="refresh"' not in html.lower()
    assert 'class="sl-mount"' in html
