"""In every engine a page refuses what was written into it, and the search answers: from a server, and from a folder."""

import pytest

from support.browser.engines.suite import awake
from support.browser.pages import SITE, until

INJECTED = """async () => {
    const ran = [];
    const refused = [];
    globalThis.ran = ran;
    document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    document.body.append(Object.assign(document.createElement("script"), { textContent: "ran.push('script')" }));
    const place = document.createElement("div");
    place.innerHTML = '<img src="data:," onerror="ran.push(1)"><button onclick="ran.push(2)">x</button>';
    document.body.append(place);
    place.querySelector("button").click();
    while (refused.length < 3) await new Promise((resume) => setTimeout(resume, 20));
    place.remove();
    return [ran, [...new Set(refused)].sort()];
}"""
ANSWERED = """async () => {
    while (!document.querySelector(".search-summary")?.textContent) await new Promise((r) => setTimeout(r, 20));
    const [first] = document.querySelectorAll("ul.search > li");
    return [first?.querySelector("a").getAttribute("href") ?? null, first?.querySelector("p").textContent.length > 20];
}"""
SUBMITTED = """() => {
    const form = document.querySelector("#pst-search-dialog form");
    form.querySelector("input").value = "p - y";
    setTimeout(() => form.requestSubmit());
}"""
WHERE = ["server", "folder"]


@pytest.fixture
def address(request, site_address):
    """The built site: from a server, or as files of this machine."""
    return site_address if request.param == "server" else SITE.as_uri()


@pytest.mark.parametrize("name", ["chapters/04-jacobian.html", "search.html"])
def test_what_is_injected_does_not_run(engine, site_address, name):
    tab = engine.open()
    tab.goto(f"{site_address}/{name}")
    ran, refused = tab.evaluate(INJECTED)
    tab.close()  # with complaints: each refusal is one
    assert ran == []
    assert all(directive.startswith("script-src") for directive in refused)


@pytest.mark.parametrize("address", WHERE, indirect=True)
@pytest.mark.parametrize(
    ("query", "page"), [("p%20-%20y", "06-p-minus-y"), ("nn.CrossEntropyLoss", "07-batches-and-labels")]
)
def test_the_search_finds_the_page_and_quotes_it(tab, address, query, page):
    tab.goto(f"{address}/search.html?q={query}")
    first, quoted = tab.evaluate(ANSWERED)
    assert page in first
    assert quoted


@pytest.mark.parametrize("address", WHERE, indirect=True)
def test_the_field_of_a_page_leads_to_the_answer(tab, address):
    tab.goto(f"{address}/glossary.html")
    tab.evaluate(SUBMITTED)

    def arrived():
        try:
            return "search.html?q=p+-+y" in tab.evaluate("() => location.href")
        except Exception:
            return False

    until(arrived)
    assert "06-p-minus-y" in tab.evaluate(ANSWERED)[0]


@pytest.mark.parametrize("address", WHERE, indirect=True)
@pytest.mark.parametrize("word", ["constructor", "__proto__", "%3Cimg%20src=x%20onerror=alert()%3E"])
def test_words_that_no_page_has_find_nothing(tab, address, word):
    tab.goto(f"{address}/search.html?q={word}")
    assert tab.evaluate(ANSWERED)[0] is None


@pytest.mark.parametrize("address", ["folder"], indirect=True)
def test_a_page_lives_from_a_folder(tab, address):
    """A policy that allows 'self' allows the files beside the page."""
    tab.goto(f"{address}/chapters/04-jacobian.html")
    assert len(awake(tab)) >= 2
    assert tab.evaluate("() => getComputedStyle(document.body).fontFamily") != ""
    assert tab.evaluate("() => document.styleSheets.length") >= 1
