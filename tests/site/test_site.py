"""Every page of the built site, as readers meet it: wide, narrow, light, dark, below a sub-path, without JavaScript."""

import gzip
import json
import re
from functools import cache
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


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_is_quiet_accessible_and_fits(browser, site_address, axe_source, name, width, theme):
    page, complaints = open_page(browser, f"{site_address}/{name}", width, theme)
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (
        "scrolls sideways"
    )
    assert page.locator(".katex-error").count() == 0
    every_widget_comes_alive(page)
    page.evaluate(axe_source)
    rules = {} if theme == "light" else {"runOnly": OF_COLORS}  # a theme changes nothing else
    found = page.evaluate("(rules) => axe.run(document, { resultTypes: ['violations'], ...rules })", rules)[
        "violations"
    ]
    complaints += [f"{v['id']}: {v['help']}: {node['html'][:300]}" for v in found for node in v["nodes"]]
    page.context.close()
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("name", PAGES)
def test_page_works_below_a_sub_path(browser, serve_folder, name):
    page, complaints = open_page(browser, f"{serve_folder(SITE, prefix='/repo')}/{name}")
    every_widget_comes_alive(page)
    page.context.close()
    assert complaints == []


@cache
def ids(path):
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    return {tag["id"] for tag in soup.find_all(id=True)}


@pytest.mark.parametrize("name", PAGES)
def test_every_internal_link_resolves(name):
    soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    broken = []
    for tag, attribute in ((tag, a) for a in ("href", "src") for tag in soup.find_all(**{a: True})):
        link = tag[attribute]
        if link.startswith(("http://", "https://", "mailto:", "data:")):
            assert tag.name in {"a", "form"}, f"{tag} would be requested from another host"
            continue
        address, fragment = urldefrag(urljoin(f"/{name}", unquote(link)))
        target = SITE / address.partition("?")[0].lstrip("/")
        if target.is_dir():
            target /= "index.html"
        if not target.exists() or (fragment and target.suffix == ".html" and fragment not in ids(target)):
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
        soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
        links = [tag[key] for key in ("href", "src", "action") for tag in soup.find_all(**{key: True})]
        asked |= {urldefrag(urljoin(f"/{name}", unquote(link)))[0].partition("?")[0].lstrip("/") for link in links}
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
    """Compressed as a host does: what all share, once, and each widget's own part."""
    texts = {}
    for name in CHAPTERS:
        soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
        for script in soup.select('script[type="application/vnd.jupyter.widget-state+json"]'):
            page = json.loads(script.string)
            texts["shared"] = page["shared"]
            for mount in soup.select(".sl-mount"):
                texts[mount["data-widget"]] = page["state"][mount["data-model-id"]]["state"]["_esm"]
    sizes = {name: len(gzip.compress(text.encode(), 9)) for name, text in texts.items()}
    print(f"{sum(sizes.values())} bytes in all: {sizes}")
    assert sizes.keys() >= WIDGETS_OF_CHAPTERS_1_TO_6
    assert sum(sizes[name] for name in ("shared", *WIDGETS_OF_CHAPTERS_1_TO_6)) <= 40_000


def test_landing_page_is_not_a_redirect():
    html = (SITE / "index.html").read_text(encoding="utf-8")
    assert 'http-equiv="refresh"' not in html.lower()
    assert 'class="sl-mount"' in html
