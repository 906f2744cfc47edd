"""The page for an address that does not exist: at any depth, below any folder, it looks as it should and leads on."""

import json

import pytest

from support.browser.pages import SITE, watch

DEPTHS = ["nothing.html", "chapters/misspelt.html", "a/b/c/d/", "chapters/04-jacobian/x"]


@pytest.fixture
def open_lost(browser, serve_folder):
    """Open an address that does not exist; returns the page. The browser may complain of the 404, of nothing else."""
    opened = []

    def opens(address, prefix="", width=1280, theme="light", **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, **options)
        page = context.new_page()
        opened.append((context, watch(page), f"{serve_folder(SITE, prefix=prefix)}/{address}"))
        response = page.goto(opened[-1][2], wait_until="networkidle")
        assert response.status == 404
        return page

    yield opens
    for context, complaints, address in opened:
        context.close()
        rest = [text for text in complaints if address not in text and "status of 404" not in text]
        assert rest == []
        assert len(complaints) <= 2  # the answer, and the console's line about it


@pytest.mark.parametrize("prefix", ["", "/repo"])
@pytest.mark.parametrize("address", DEPTHS)
def test_all_links_lead_somewhere(open_lost, address, prefix):
    page = open_lost(address, prefix)
    assert page.get_by_role("heading", level=1).inner_text().startswith("This page does not exist")
    links = page.eval_on_selector_all("a[href]", "all => [...new Set(all.map((a) => a.href))]")
    here = page.url
    for link in links:
        if link.startswith(here + "#") or not link.startswith("http://127.0.0.1"):
            continue
        assert page.request.get(link.split("#")[0]).status == 200, link
    assert sum("/chapters/" in link and link != here for link in links) >= 11
    assert any(link.endswith("/errata.html") for link in links)


@pytest.mark.parametrize("prefix", ["", "/repo"])
def test_the_search_field_searches(open_lost, prefix):
    page = open_lost("chapters/x/y.html", prefix)
    field = page.locator("article input[name=q]")
    field.fill("jacobian")
    field.press("Enter")
    page.wait_for_url(f"**{prefix}/search.html?q=jacobian")
    page.locator("ul.search > li").first.wait_for()


def test_the_skip_link_stays_on_the_page(open_lost):
    page = open_lost("a/b/c.html", "/repo")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("/repo/a/b/c.html#main-content")


def test_without_javascript_it_leads_on(open_lost):
    page = open_lost("a/b/c.html", "/repo", java_script_enabled=False)
    page.locator("article").get_by_role("link", name="Glossary").click()
    page.wait_for_url("**/repo/glossary.html")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_is_accessible_and_fits(open_lost, axe_source, width, theme):
    page = open_lost("a/b/c.html", "/repo", width, theme)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.dataset.theme") == theme
    page.evaluate(axe_source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert found == [], json.dumps(found)[:2000]


@pytest.mark.parametrize(
    ("address", "root", "base"),
    [
        ("https://owner.github.io/book/a/b/c.html", "", "/book/"),
        ("https://owner.github.io/book/a/b/c.html", "/book/", "/book/"),
        ("https://owner.github.io/a/b/c.html", "/", "/"),
        ("https://example.org/book/chapters/x.html", "/other/", "/book/"),
        ("https://example.org/book/x.html", "", "/book/"),
    ],
)
def test_a_host_that_shows_the_file_as_it_is_gets_links_that_work(browser, address, root, base):
    """No server of ours writes a <base> there: the page finds out itself."""
    text = (SITE / "404.html").read_text(encoding="utf-8")
    start = text.index("<script data-root=")
    script = text[start : text.index("</script>", start)].replace('data-root=""', f'data-root="{root}"')
    page = browser.new_page()
    page.route("**", lambda route: route.fulfill(status=404, body=f"<!doctype html><head>{script}</script></head>x"))
    page.goto(address)
    assert page.evaluate("document.querySelector('base').getAttribute('href')") == base
    page.close()
