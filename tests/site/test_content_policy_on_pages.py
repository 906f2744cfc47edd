"""On every page of the built site, a script or a handler that somebody wrote into it does not run; our own do."""

import base64
import hashlib
import re

import pytest
from bs4 import BeautifulSoup

from support.browser.pages import SITE, watch

PAGES = sorted(
    path.relative_to(SITE).as_posix() for path in SITE.rglob("*.html") if "_static" not in path.relative_to(SITE).parts
)
RUNS = {None, "", "module", "text/javascript", "application/javascript"}
INJECTED = """() => {
  globalThis.ran = [];
  globalThis.refused = [];
  document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
  const script = document.createElement('script');
  script.textContent = 'ran.push("script")';
  document.body.append(script);
  const place = document.createElement('div');
  place.innerHTML = '<img src="data:," onerror="ran.push(&quot;handler&quot;)"><a href="javascript:ran.push(1)">x</a>'
    + '<button onclick="ran.push(&quot;click&quot;)">x</button>';
  document.body.append(place);
  place.querySelector('button').click();
  place.querySelector('a').click();
  const frame = document.createElement('iframe');
  frame.srcdoc = '<script>parent.ran.push("frame")<\\/script>';
  document.body.append(frame);
  const foreign = document.createElement('script');
  foreign.src = 'data:text/javascript,ran.push("data")';
  document.body.append(foreign);
  setTimeout('ran.push("text")');
}"""


def directives(name):
    soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    (meta,) = soup.find_all("meta", attrs={"http-equiv": "Content-Security-Policy"})
    return soup, {key: values for key, *values in (part.split() for part in meta["content"].split(";"))}


@pytest.mark.parametrize("name", PAGES)
def test_page_has_a_policy_in_front_of_what_it_is_about(name):
    soup, policy = directives(name)
    assert policy["default-src"] == ["'self'"]
    assert policy["object-src"] == policy["frame-src"] == ["'none'"]
    assert not any("unsafe" in word or "http" in word or "*" in word for word in policy["script-src"])
    first = soup.find(["script", "link", "style", "img"])
    assert str(soup).index("Content-Security-Policy") < str(soup).index(str(first)[:30])


@pytest.mark.parametrize("name", PAGES)
def test_each_script_of_the_page_is_named_and_no_other(name):
    soup, policy = directives(name)
    inline = {script.string for script in soup.find_all("script", src=False) if script.get("type") in RUNS}
    own = {f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline}
    assert own == {word for word in policy["script-src"] if word.startswith("'sha256")}


@pytest.mark.parametrize("name", PAGES)
def test_no_code_stands_in_an_attribute(name):
    soup, _ = directives(name)
    handlers = [(tag.name, key) for tag in soup.find_all(True) for key in tag.attrs if key.startswith("on")]
    assert handlers == []
    assert list(soup.find_all(href=re.compile(r"^\s*javascript:", re.IGNORECASE))) == []


@pytest.mark.parametrize("name", ["chapters/04-jacobian.html", "search.html", "glossary.html", "404.html"])
def test_what_is_injected_does_not_run(browser, site_address, name):
    page = browser.new_page()
    page.goto(f"{site_address}/{name}", wait_until="networkidle")
    page.evaluate(INJECTED)
    page.wait_for_function("refused.length >= 6")
    assert page.evaluate("ran") == []
    assert set(page.evaluate("refused")) >= {"script-src-elem", "script-src-attr"}
    page.close()


def test_a_page_sends_nothing_to_another_host(browser, site_address):
    """Neither a request of a script, nor a picture, a frame, a form or a base would get there."""
    page = browser.new_page()
    page.goto(f"{site_address}/chapters/04-jacobian.html", wait_until="networkidle")
    sent = []
    page.on("requestfinished", lambda request: sent.append(request.url))
    page.evaluate(
        """() => {
          globalThis.refused = [];
          document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));
          fetch('https://example.org/x').catch(() => {});
          document.body.append(Object.assign(new Image(), { src: 'https://example.org/x.png' }));
          document.head.prepend(Object.assign(document.createElement('base'), { href: 'https://example.org/' }));
        }"""
    )
    page.wait_for_function("refused.length >= 3")
    assert set(page.evaluate("refused")) == {"connect-src", "img-src", "base-uri"}
    assert [url for url in sent if "example.org" in url] == []
    page.close()


@pytest.fixture
def chapter_page(browser, site_address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints = watch(page)
    page.add_init_script("globalThis.printed = 0; globalThis.print = () => { globalThis.printed += 1; };")
    page.goto(f"{site_address}/chapters/04-jacobian.html")
    yield page
    page.close()
    assert complaints == []


def test_the_print_button_prints(chapter_page):
    chapter_page.locator(".dropdown-download-buttons > button").click()
    chapter_page.locator("[data-sl-press=print]").click()
    assert chapter_page.evaluate("printed") == 1


def test_the_full_screen_button_goes_there_and_back(chapter_page):
    button = chapter_page.locator("[data-sl-press=full-screen]")
    button.click()
    chapter_page.wait_for_function("document.fullscreenElement === document.documentElement")
    button.click()
    chapter_page.wait_for_function("document.fullscreenElement === null")


def test_a_full_screen_that_is_refused_is_no_error(browser, site_address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints = watch(page)
    page.add_init_script("Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('refused'));")
    page.goto(f"{site_address}/chapters/04-jacobian.html")
    page.locator("[data-sl-press=full-screen]").click()
    page.close()
    assert complaints == []


def test_a_browser_without_full_screen_shows_no_button_for_it(browser, site_address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.add_init_script(
        "delete Element.prototype.requestFullscreen; delete Element.prototype.webkitRequestFullscreen;"
    )
    page.goto(f"{site_address}/chapters/04-jacobian.html", wait_until="networkidle")
    assert not page.locator("[data-sl-press=full-screen]").is_visible()
    page.close()
