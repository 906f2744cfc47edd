"""The plain text that the search reads: what the article says, each formula once, nothing of the page around it."""

import pytest
import sphinxcontrib.katex
from sphinx.errors import ExtensionError
from sphinxcontrib.katex import KaTeXServer, render_latex

from delivery import page_text, search_pages
from setup import patient_katex

# As in a build: a busy machine takes its time.
KaTeXServer.start_server_process = staticmethod(patient_katex.start)
sphinxcontrib.katex.STARTUP_TIMEOUT = sphinxcontrib.katex.RENDER_TIMEOUT = patient_katex.SECONDS


def said(body):
    """Return the text of a page's only section."""
    page = f'<nav>Binder</nav><article class="bd-article"><section id="a"><h1>A</h1>{body}</section></article>'
    (section,) = page_text.sections_of(page)[1]
    return section.text


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("p - y", "p − y"),
        (r"\frac{\partial L}{\partial a_i} = p_i - y_i", "∂L/∂a_i = p_i − y_i"),
        (r"L = -\sum_{j=1}^N y_j \log p_j", "L = −∑_(j=1)^N y_j log p_j"),
        (r"\sigma = \frac{1}{1 + e^{-s}}", "σ = 1/(1 + e^(−s))"),
        (r"p_i = \frac{e^{a_i}}{\sum_k e^{a_k}}", "p_i = e^a_i/(∑_k e^a_k)"),
        (r"\operatorname{softmax}(a + c)", "softmax(a + c)"),
        (r"x^2 + 10^{-6}", "x² + 10⁻⁶"),
        (r"\log 2", "log 2"),
        (r"\frac{\partial p_i}{\partial a_j} = -p_i p_j \quad (j \ne i)", "∂p_i/∂a_j = −p_i p_j (j ≠ i)"),
        (r"\begin{aligned} a &= b \\ &+ c \end{aligned}", "a = b + c"),
        (r"\sqrt{x + 1}", "√(x + 1)"),
    ],
)
def test_a_formula_is_said_once_and_can_be_read(tex, text):
    assert said(f"<p>{render_latex(tex)}</p>") == text


def test_buttons_pictures_and_badges_are_not_said():
    body = (
        '<p>Text<a class="headerlink" href="#a">#</a></p><div class="sl-mount"><p>still</p><svg><text>bar</text></svg>'
        '</div><div class="sl-badge"><button>proved</button></div><button>Copy</button><script>code()</script>'
        '<div class="cell_output"><pre>1.000</pre></div><p>after<br>it<img src="x.png"></p>'
    )
    assert said(body) == "Text\nafter it"


def test_code_is_kept_apart():
    body = "<h1>A</h1><p>b</p><pre>softmax(a)</pre><p>c</p>"
    page = f'<article class="bd-article"><section id="a">{body}</section></article>'
    (section,) = page_text.sections_of(page)[1]
    assert (section.text, section.code) == ("b\nc", "softmax(a)")


def test_each_section_and_each_term_has_its_own_text():
    page = (
        '<article class="bd-article"><section id="a"><h1><span class="section-number">4. </span>A</h1><p>one</p>'
        '<section id="b"><h2>B</h2><p>two</p></section><p>three</p><dl class="glossary"><dt id="term-x">x</dt>'
        '<dd><p>four</p></dd><dt id="term-y">y</dt><dd><p>five</p></dd></dl></section></article>'
    )
    number, sections = page_text.sections_of(page)
    assert number == "4."
    assert [(s.anchor, s.heading, s.text, s.is_term) for s in sections] == [
        ("a", "A", "one\nthree", False),
        ("b", "B", "two", False),
        ("term-x", "x", "four", True),
        ("term-y", "y", "five", True),
    ]


def test_words_that_a_page_wants_to_be_found_by_come_from_its_head():
    page = (
        '<meta content="About it." name="description" /><meta name="keywords" content="one, p − y">'
        '<article class="bd-article"><section id="a"><h1>A</h1></section></article>'
    )
    found = search_pages.record(page, "chapters/x")
    assert found["about"] == "About it."
    assert found["keywords"] == ["one", "p − y"]
    assert found["url"] == "chapters/x.html"


def test_a_page_without_an_article_fails_the_build():
    with pytest.raises(ExtensionError, match="x: the search found no section"):
        search_pages.record("<main></main>", "x")
