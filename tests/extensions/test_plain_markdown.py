"""A download's text reads well without this book's roles and directives."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

from content.plain_markdown import plain_markdown

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small_book():
    """What the build of a small book would have found."""
    book = "https://example.org"
    return SimpleNamespace(
        page="chapters/05-loss",
        number=lambda expression: {'glued("loss:.3f")': "0.667"}[expression],
        equation=lambda label: {"eq-loss": "(5.3)"}[label],
        title=lambda label: {"jacobian": ("The Jacobian", f"{book}/chapters/04.html#jacobian")}[label],
        cite=lambda keys: " and ".join(keys.split(",")),
        here=lambda anchor: f"{book}/chapters/05-loss.html#{anchor}",
        beside=lambda path: f"{book}/chapters/{path.replace('.md', '.html')}",
        included=iter(["def loss():\n    return 0\n"]),
    )


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('It is {eval}`glued("loss:.3f")` nats.', "It is 0.667 nats."),
        ("see {eq}`eq-loss`", "see (5.3)"),
        ("a {term}`nat`, and {term}`logits <logit>`", "a nat, and logits"),
        ("{ref}`jacobian`", "[The Jacobian](https://example.org/chapters/04.html#jacobian)"),
        ("{ref}`chapter 4 <jacobian>`", "[chapter 4](https://example.org/chapters/04.html#jacobian)"),
        ("theory {cite}`shannon1948,kullback1951`", "theory (shannon1948 and kullback1951)"),
        ("{cite:t}`shannon1948` says", "shannon1948 says"),
        ("a role over\na line: {term}`arg\nmax`.", "a role over\na line: arg\nmax."),
        ("code `{eq}` and ``{term}`x` `` stay", "code `{eq}` and ``{term}`x` `` stay"),
        ('[**8**]{#erratum-8} · *{eval}`glued("loss:.3f")`*', "**8** · *0.667*"),
        ("under [40](#erratum-40)", "under [40](https://example.org/chapters/05-loss.html#erratum-40)"),
        ("[next](06.md#a)", "[next](https://example.org/chapters/06.html#a)"),
        ("[out](https://example.com/a.md)", "[out](https://example.com/a.md)"),
        ("(the-label)=\n# Title", "# Title"),
        ("% a comment\ntext", "text"),
        ("$p_i$ and {math}`a <b>`", "$p_i$ and $a <b>$"),
        ("```python\n{eq}`eq-loss`\n```", "```python\n{eq}`eq-loss`\n```"),
    ],
)
def test_what_stands_in_a_line_is_shown_as_what_it_means(small_book, text, plain):
    assert plain_markdown(text, small_book) == plain


def test_an_equation_keeps_its_number(small_book):
    text = "so\n\n```{math}\n:label: eq-loss\nL = -\\log p_y\n```\n\nand"
    lines = plain_markdown(text, small_book).split("\n")
    assert lines == ["so", "", "$$", "L = -\\log p_y", r"\tag{5.3}", "$$", "", "and"]


def test_boxes_folds_and_included_code_may_nest(small_book):
    text = """````{dropdown} Why is *p* < 1? See {eq}`eq-loss`
:open:
```{admonition} Predict
:class: tip
1. one
2. {eval}`glued("loss:.3f")`
```
:::{note}
Mind.
:::
```{literalinclude} ../src/x.py
:language: python
:pyobject: loss
```
````"""
    lines = [line for line in plain_markdown(text, small_book).split("\n") if line]
    assert lines == [
        "<details>",
        "<summary>Why is <em>p</em> &lt; 1? See (5.3)</summary>",
        '<div class="alert alert-success">',
        "**Predict**",
        "1. one",
        "2. 0.667",
        "</div>",
        '<div class="alert alert-info">',
        "**Note**",
        "Mind.",
        "</div>",
        "```python",
        "def loss():",
        "    return 0",
        "```",
        "</details>",
    ]


def test_a_block_within_a_list_keeps_its_place(small_book):
    plain = plain_markdown("- so\n\n  ```{math}\n  a\n  ```\n\n- on", small_book)
    assert [line for line in plain.split("\n") if line] == ["- so", "  $$", "  a", "  $$", "- on"]


def test_cards_become_a_list_of_links(small_book):
    entry = "```{grid-item-card} 4 · J\n:link: jacobian\n:link-type: ref\nWho {term}`gains`?\n```"
    text = f"````{{grid}} 1 1 3 3\n:gutter: 3\n\n{entry}\n````"
    assert plain_markdown(text, small_book) == "- [4 · J](https://example.org/chapters/04.html#jacobian): Who gains?"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{abbr}`x`", "chapters/05-loss: a download can't show {abbr} yet"),
        ("```{figure} x.png\n```", "chapters/05-loss: a download can't show {figure} yet"),
        ("```{math}\na", "chapters/05-loss: a block that begins with ``` has no end"),
        ("```{literalinclude} a\n```\n```{literalinclude} b\n```", "the text names more code to include"),
    ],
)
def test_what_is_not_known_fails_the_build(small_book, text, message):
    with pytest.raises(ExtensionError, match=re.escape(message)):
        plain_markdown(text, small_book)
