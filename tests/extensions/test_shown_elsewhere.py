"""A page is written anew when what it shows of another page changes, and not when anything else does."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes

from setup import shown_elsewhere

ROOT = Path(__file__).resolve().parents[2]


def environment(**changes):
    domains = {
        "std": {"labels": {"one": ("a", "one", "One")}, "anonlabels": {}, "objects": {("term", "loss"): ("b", "x")}},
        "math": {"objects": {"eq-a": ("a", 1)}},
        "cite": {"citations": [SimpleNamespace(key="shannon1948", citation_id="id1")]},
    }
    env = SimpleNamespace(
        titles={"a": nodes.title("", "One"), "b": nodes.title("", "Two")},
        toc_secnumbers={"a": {"": (1,)}},
        toc_fignumbers={"a": {"displaymath": {"equation-eq-a": (1, 1)}}},
        domaindata=domains,
        found_docs={"a", "b"},
    )
    vars(env).update(changes)
    return env


def pages_after(before, after):
    """The pages that a build writes beside those it read."""
    shown_elsewhere.others(None, before)
    after.shown_elsewhere = before.shown_elsewhere
    return shown_elsewhere.others(None, after)


def test_a_change_that_no_other_page_shows_writes_no_other_page():
    assert pages_after(environment(), environment()) == []
    turned = {"b": nodes.title("", "Two"), "a": nodes.title("", "One")}
    assert pages_after(environment(), environment(titles=turned)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"titles": {"a": nodes.title("", "Another"), "b": nodes.title("", "Two")}},
        {"toc_secnumbers": {"a": {"": (2,)}}},
        {"toc_fignumbers": {"a": {"displaymath": {"equation-eq-a": (1, 2)}}}},
        {"domaindata": {"std": {"labels": {"two": ("a", "two", "One")}}, "math": {}, "cite": {}}},
    ],
    ids=["title", "number of a chapter", "number of an equation", "label"],
)
def test_a_change_that_other_pages_show_writes_them_all(change):
    assert pages_after(environment(), environment(**change)) == ["a", "b"]


def test_a_first_build_writes_its_pages_anyway():
    assert shown_elsewhere.others(None, environment()) == []
