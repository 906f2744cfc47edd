"""The policy that the build writes into a page: it names each script that runs, and refuses code in attributes."""

import re

import pytest
from sphinx.errors import ExtensionError

from delivery import blocked_storage, content_policy

PAGE = '<head><meta charset="utf-8" /></head><body>BODY</body>'


def policy(body):
    return re.search(r'content="([^"]*)"', content_policy.with_policy(PAGE.replace("BODY", body), "x.html"))[1]


def test_the_hash_is_the_one_of_the_standard():
    """The example of Content Security Policy Level 3, section 8.3: `alert('Hello, world.');`."""
    assert content_policy.digest("alert('Hello, world.');") == "'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='"


def test_scripts_of_a_page_are_named_and_data_is_not():
    found = content_policy.inline_scripts(
        '<script>a()</script><script src="f.js"></script><script type="module">b()</script>'
        '<script type="application/json">{}</script><script data-cfasync="false">c()</script>'
    )
    assert found == ["a()", "b()", "c()"]


def test_no_script_of_a_page_runs_unless_it_is_named():
    scripts = re.search(r"script-src ([^;]*)", policy("<script>a()</script>"))[1]
    assert content_policy.digest("a()") in scripts
    assert "unsafe" not in scripts
    assert "http" not in scripts


@pytest.mark.parametrize(
    "tag",
    [
        '<button onclick="go()">',
        "<img src=x onerror=go()>",
        "<a href='javascript:go()'>",
        '<form action=" JavaScript:x">',
    ],
)
def test_code_in_an_attribute_fails_the_build(tag):
    with pytest.raises(ExtensionError, match=r"x\.html: the page's policy refuses code in an attribute"):
        policy(tag)


def test_words_that_look_like_code_do_not():
    policy('<p title="a turn one = 1">on = 1, javascript: a language</p><a href="x.html" aria-label="once on = twice">')


def test_a_page_of_another_form_fails_the_build():
    with pytest.raises(ExtensionError, match="expected one <meta charset"):
        content_policy.with_policy("<head></head>", "x.html")


def test_a_theme_that_reads_no_storage_fails_the_build():
    with pytest.raises(ExtensionError, match="no longer reads localStorage"):
        blocked_storage.with_storage("<head></head>", "", "x.html")
