"""The search page finds what a learner types, quotes it, and stays quiet whatever is typed."""

import json
import re
from urllib.parse import quote

import pytest

from support.browser.pages import SITE, watch

# What a learner types, and the pages that may come first. A space more or less, capitals, signs that look alike, TeX
# and slips of the finger are part of what is typed.
RIGHT_PAGES = {
    "p - y": "06-p-minus-y",
    "p−y": "06-p-minus-y",
    "p-y": "06-p-minus-y",
    "P – Y": "06-p-minus-y",
    "p_i - y_i": "06-p-minus-y",
    "p minus y": "06-p-minus-y",
    "ŷ - y": "06-p-minus-y",
    "softmax minus one hot": "06-p-minus-y",
    "σ − y": "06-p-minus-y",
    "sigma - y": "06-p-minus-y",
    "1 - p": "11-how-exact 04-jacobian 10-how-sure",
    "softmax derivative": "04-jacobian",
    "derivative of softmax": "04-jacobian",
    "derivative of the softmax function": "04-jacobian",
    "Softmax gradient": "04-jacobian",
    "jacobian": "04-jacobian glossary",
    "jacobian of softmax": "04-jacobian",
    "softmax function": "01-scores-to-probabilities glossary",
    "cross entropy gradient": "06-p-minus-y",
    "gradient of cross entropy": "06-p-minus-y",
    "cross-entropy derivative": "06-p-minus-y",
    "softmax cross entropy gradient": "06-p-minus-y",
    "KL divergence": "05-cross-entropy glossary",
    "kl": "05-cross-entropy glossary",
    "Kullback-Leibler": "05-cross-entropy glossary",
    "relative entropy": "05-cross-entropy glossary",
    "CrossEntropyLoss": "07-batches-and-labels",
    "nn.CrossEntropyLoss": "07-batches-and-labels",
    "torch.nn.CrossEntropyLoss()": "07-batches-and-labels",
    "crossentropyloss": "07-batches-and-labels",
    "cross entropy pytorch": "07-batches-and-labels",
    "pytorch": "07-batches-and-labels 11-how-exact",
    "F.cross_entropy": "07-batches-and-labels",
    "NLLLoss": "07-batches-and-labels",
    "log sum exp": "03-log-sum-exp",
    "log-sum-exp": "03-log-sum-exp",
    "logsumexp": "03-log-sum-exp",
    "LogSumExp": "03-log-sum-exp",
    "log softmax": "03-log-sum-exp",
    "log_softmax": "03-log-sum-exp",
    r"\log \sum_k \exp a_k": "03-log-sum-exp",
    "softplus": "glossary 03-log-sum-exp",
    "loss goes up": "09-training",
    "loss not going down": "09-training",
    "learning rate": "09-training glossary",
    "what is a logit": "glossary 01-scores-to-probabilities",
    "what is softmax?": "01-scores-to-probabilities glossary",
    "why subtract the max": "02-shift-and-overflow",
    "subtract max": "02-shift-and-overflow",
    "numerical stability": "02-shift-and-overflow",
    "numerically stable softmax": "02-shift-and-overflow",
    "overflow": "02-shift-and-overflow glossary",
    "underflow": "02-shift-and-overflow glossary",
    "RuntimeWarning: overflow encountered in exp": "02-shift-and-overflow",
    "nan": "02-shift-and-overflow glossary",
    "loss is nan": "02-shift-and-overflow",
    "temperature": "01-scores-to-probabilities glossary",
    "float16": "11-how-exact 02-shift-and-overflow glossary",
    "hessian": "06-p-minus-y glossary",
    "label smoothing": "06-p-minus-y 10-how-sure glossary",
    "why exp": "01-scores-to-probabilities",
    "how to compute softmax gradient": "04-jacobian",
    "softmax loss derivative": "06-p-minus-y",
    "dL/da": "06-p-minus-y",
    "y - p": "06-p-minus-y 09-training",
    "chapter 6": "06-p-minus-y",
    "vanishing gradient": "04-jacobian 05-cross-entropy",
    "categorical cross entropy": "07-batches-and-labels 05-cross-entropy",
    "imbalanced classes": "07-batches-and-labels glossary",
    "numerically unstable": "02-shift-and-overflow",
    "logits to probabilities": "01-scores-to-probabilities",
    "gradient check": "08-gradient-check",
    "numerical gradient": "08-gradient-check",
    "finite differences": "08-gradient-check",
    "one-hot": "07-batches-and-labels glossary",
    "one hot encoding": "07-batches-and-labels glossary",
    "negative log likelihood": "05-cross-entropy glossary",
    "nll": "05-cross-entropy glossary",
    "perplexity": "05-cross-entropy glossary",
    "argmax": "01-scores-to-probabilities 03-log-sum-exp glossary",
    "sigmoid": "01-scores-to-probabilities 06-p-minus-y glossary",
    "binary cross entropy": "06-p-minus-y",
    "mse": "05-cross-entropy",
    "why not squared error": "05-cross-entropy",
    "entropy": "05-cross-entropy glossary",
    "cross entropy": "05-cross-entropy",
    '"cross entropy"': "05-cross-entropy",
    "CROSS ENTROPY": "05-cross-entropy",
    "chain rule": "06-p-minus-y 09-training glossary",
    "backpropagation": "09-training glossary",
    "class weights": "07-batches-and-labels glossary",
    "ignore_index": "07-batches-and-labels",
    "calibration": "10-how-sure glossary",
    "temperature scaling": "10-how-sure glossary",
    "softmax twice": "10-how-sure",
    "δ_ij": "04-jacobian glossary",
    r"\frac{\partial p_i}{\partial a_j}": "04-jacobian",
    r"$\partial L / \partial a$": "06-p-minus-y",
    "ulp": "11-how-exact glossary",
    "newton": "09-training glossary",
    "simplex": "01-scores-to-probabilities glossary",
    "shift invariance": "02-shift-and-overflow glossary",
    "errata": "errata",
    "sofmax": "01-scores-to-probabilities glossary",
    "softmax derivitive": "04-jacobian",
    "jacobain": "04-jacobian glossary",
    "cross entorpy": "05-cross-entropy",
    "temprature": "01-scores-to-probabilities glossary",
    "gradeint check": "08-gradient-check",
}
# Names that every JavaScript object answers to, and words that no page has.
NO_MATCH = (
    "constructor",
    "__proto__",
    "hasOwnProperty",
    "isPrototypeOf",
    "propertyIsEnumerable",
    "toLocaleString",
    "toString",
    "valueOf",
    "__defineGetter__",
    "__lookupSetter__",
    "xyzzy",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert()>',
)
QUOTED = (
    "p - y",
    "softmax derivative",
    "log sum exp",
    "KL divergence",
    "temperature",
    "sigmoid",
    "class weights",
    "ulp",
)


@pytest.fixture
def open_search(browser, site_address):
    """Ask the search page as a reader does, by its address; returns the page, which must not complain."""
    opened = []

    def asked(query, address=site_address, width=1280, theme="light", script=None, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme, **options)
        page = context.new_page()
        if script:
            page.add_init_script(script)
        opened.append((context, watch(page)))
        page.goto(f"{address}/search.html?q={quote(query)}")
        page.wait_for_function("document.querySelector('.search-summary')?.textContent")
        return page

    yield asked
    for context, _ in opened:
        context.close()
    assert [complaints for _, complaints in opened if complaints] == []


@pytest.fixture(scope="module")
def found_pages(browser, site_address):
    """The addresses that each query finds, in their order: one page asks them all."""
    page = browser.new_page()
    page.goto(f"{site_address}/search.html")
    found = page.evaluate(
        """queries => { const index = BookSearch.indexed(bookPages);
           return queries.map((query) => BookSearch.search(index, query).results.map(({page}) => page.url)); }""",
        list(RIGHT_PAGES),
    )
    page.close()
    return dict(zip(RIGHT_PAGES, found, strict=True))


@pytest.mark.parametrize("query", RIGHT_PAGES)
def test_the_right_page_comes_first(found_pages, query):
    right = [f"{page}.html" for page in RIGHT_PAGES[query].split()]
    first = found_pages[query][0] if found_pages[query] else None
    assert any(first and first.endswith(page) for page in right), found_pages[query]


@pytest.mark.parametrize("query", ["p - y", "softmax derivative", "CrossEntropyLoss", "what is a logit"])
def test_what_is_shown_is_what_was_ranked(open_search, found_pages, query):
    page = open_search(query)
    shown = page.eval_on_selector_all(
        "ul.search > li > a", "all => all.map((a) => a.getAttribute('href').split('#')[0])"
    )
    assert shown == found_pages[query]
    assert page.locator("main input[name=q]").input_value() == query
    assert page.title().startswith(f"{query} - ")


@pytest.mark.parametrize("query", NO_MATCH)
def test_no_match_is_said_and_nothing_breaks(open_search, query):
    page = open_search(query)
    assert page.locator(".search-summary").inner_text().startswith(f"No page matches “{query}”")
    assert page.locator("#search-results ul.search").count() == 0
    assert page.locator("main img, main svg, main script[src='x']").count() == 0  # what was typed stays text


@pytest.mark.parametrize("query", ["the", "what is it", "???"])
def test_words_that_every_page_has_find_no_list_of_all_pages(open_search, query):
    page = open_search(query)
    assert page.locator(".search-summary").inner_text() == f"“{query}” has no word to search for."
    assert page.locator("#search-results ul.search").count() == 0


def test_a_page_without_a_question_says_nothing(browser, site_address):
    page = browser.new_page()
    complaints = watch(page)
    page.goto(f"{site_address}/search.html", wait_until="networkidle")
    assert page.locator("#search-results").inner_text().strip() == ""
    page.close()
    assert complaints == []


@pytest.mark.parametrize("query", QUOTED)
def test_quotes_are_of_the_article_and_say_each_formula_once(open_search, query):
    page = open_search(query)
    quotes = page.locator("ul.search p.context").all_inner_texts()
    assert all(len(text) >= 20 for text in quotes), quotes
    for text in quotes:
        assert not re.search(r"Binder|Repository|Open issue|Contents|\\[a-z]+|#$", text), text  # toolbar, TeX, anchors
        assert not re.search(r"(?<!\w)([pyam](?:_\w)?)\s*\1\s*\1(?!\w)", text), text  # mmm: text, TeX and MathML
    assert any(
        "mark" in html for html in page.locator("ul.search p.context").evaluate_all("all => all.map(e => e.innerHTML)")
    )


@pytest.mark.parametrize("query", QUOTED)
def test_results_lead_to_places_that_exist(open_search, query):
    page = open_search(query)
    for link in page.eval_on_selector_all("#search-results a", "all => all.map((a) => a.getAttribute('href'))"):
        name, _, anchor = link.partition("#")
        text = (SITE / name).read_text(encoding="utf-8")
        assert not anchor or f'id="{anchor}"' in text, link


def test_words_that_no_page_has_are_named(open_search):
    page = open_search("softmax xyzzy")
    assert "No page has “xyzzy”." in page.locator(".search-summary").inner_text()
    assert page.locator("ul.search > li").count() >= 1


def test_the_answer_is_announced(open_search):
    status = open_search("softmax derivative").locator(".search-summary")
    assert status.get_attribute("role") == "status"
    assert re.match(r"\d pages on “softmax derivative”", status.inner_text())


def test_no_question_asks_for_another_file(open_search):
    """Whole pages used to be fetched for a line of each."""
    page = open_search("softmax")
    names = page.evaluate("performance.getEntriesByType('resource').map(({name}) => new URL(name).pathname)")
    assert [name for name in names if name.endswith(".html")] == []


@pytest.mark.parametrize("query", ["p - y", "constructor"])
def test_search_works_from_a_folder_with_no_server(open_search, query):
    page = open_search(query, address=SITE.as_uri())
    quotes = page.locator("ul.search p.context").all_inner_texts()
    assert all(quotes)
    assert bool(quotes) == (query == "p - y")


def test_search_works_below_a_sub_path(open_search, serve_folder):
    page = open_search("p - y", address=serve_folder(SITE, prefix="/repo"))
    page.locator("ul.search > li > a").first.click()
    page.wait_for_url("**/repo/chapters/06-p-minus-y.html*")


THROWS = "{ get() { throw new DOMException('denied', 'SecurityError'); }, configurable: CONFIGURABLE }"
BLOCKED = {
    "as browsers do": "for (const name of ['localStorage', 'sessionStorage'])"
    f" Object.defineProperty(window, name, {THROWS.replace('CONFIGURABLE', 'true')});",
    "for good": "for (const name of ['localStorage', 'sessionStorage'])"
    f" Object.defineProperty(window, name, {THROWS.replace('CONFIGURABLE', 'false')});",
    "when it is used": "for (const name of ['getItem', 'setItem', 'removeItem'])"
    " Storage.prototype[name] = () => { throw new DOMException('full', 'QuotaExceededError'); };",
    "not there": "for (const name of ['localStorage', 'sessionStorage'])"
    " Object.defineProperty(window, name, {value: null});",
}


@pytest.mark.parametrize("how", BLOCKED)
def test_search_theme_and_widgets_live_where_storage_is_blocked(open_search, browser, site_address, how):
    page = open_search("p - y", script=BLOCKED[how])
    assert page.locator("ul.search > li").count() >= 2
    before = page.evaluate("document.documentElement.dataset.mode")
    page.locator(".theme-switch-button").click()
    assert page.evaluate("document.documentElement.dataset.mode") != before
    page.goto(f"{site_address}/chapters/04-jacobian.html")
    page.keyboard.press("Tab")
    page.wait_for_function("[...document.querySelectorAll('.sl-mount')].every((m) => 'slReady' in m.dataset)")


def test_search_from_any_page_by_the_keyboard(browser, site_address):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    complaints = watch(page)
    page.goto(f"{site_address}/chapters/02-shift-and-overflow.html")
    page.keyboard.press("Control+k")
    page.get_by_role("dialog", name="Search").wait_for()
    page.keyboard.type("p - y")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=p+-+y")
    page.locator("ul.search > li > a").first.wait_for()
    assert page.evaluate("document.activeElement.matches('main input[name=q]')")
    page.keyboard.press("Tab")  # from the field to the first result
    page.keyboard.press("Enter")
    page.wait_for_url("**/chapters/06-p-minus-y.html*")
    page.close()
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("query", ["softmax derivative", "constructor"])
def test_results_are_accessible_and_fit(open_search, axe_source, query, width, theme):
    page = open_search(query, width=width, theme=theme)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.evaluate(axe_source)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert found == [], json.dumps(found)[:2000]


def test_without_javascript_the_page_says_so(browser, site_address):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{site_address}/search.html?q=softmax")
    assert "by JavaScript, which is off" in page.locator("main").inner_text()
    assert not page.locator("main input[name=q]").is_visible()
    page.get_by_role("link", name="glossary", exact=True).click()
    page.wait_for_url("**/glossary.html")
    page.context.close()
