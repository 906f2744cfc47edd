"""What a notebook shows of a claim, as HTML around TeX."""

from collections.abc import Iterable
from html import escape


def formula(latex: str) -> str:
    """Return a formula as the book's build and JupyterLab expect it."""
    return rf'<span class="sl-tex">$\displaystyle {escape(latex, quote=False)}$</span>'


def figure(caption: str, lines: Iterable[tuple[str, str]], name: str | None = None, start: int = 1) -> str:
    """Return what a notebook shows of a claim: HTML with a caption and, below it, (words, TeX) line by line.

    The lines are numbered from `start`.
    """
    items = "".join(f'<li><span class="sl-rule">{escape(words)}</span> {formula(line)}</li>' for words, line in lines)
    label = f' data-label="{escape(name)}"' if name else ""
    first = "" if start == 1 else f' start="{start}"'
    story = f"<ol{first}>{items}</ol>" if items else ""
    return f'<figure class="sl-proof"{label}><figcaption>{caption}</figcaption>{story}</figure>'
