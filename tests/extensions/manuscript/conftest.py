"""A little book without a mistake, to be spoiled."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

HEAD = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, name: python3}
myst:
  html_meta:
    description: "A page of a little book that is there to be spoiled, one mistake after the other."
---
"""
FILES = {
    "_config.yml": "title: A little book\nsphinx:\n  local_extensions:\n    checked_first: _ext\n",
    "_ext/checked_first.py": "",
    "_toc.yml": "format: jb-book\nroot: index\nchapters:\n"
    "  - file: chapters/one\n  - file: chapters/two\n  - file: glossary\n",
    "index.md": HEAD + "# A little book\n\nSee {ref}`the first chapter <one>` and {doc}`chapters/two`.\n",
    "chapters/one.md": HEAD
    + """
(one)=
# One

```{code-cell} ipython3
from softmaxlab.book.notebook import glue, glued
glue("loss", 1)
```

The loss is {eval}`glued("loss:.3f")`, a {term}`loss`, see {eq}`eq-little` and {cite}`shannon1948`.

```{math}
:label: eq-little
x = 1
```

```{literalinclude} ../src/little.py
:pyobject: half
:start-at: return
```

![a picture](picture.svg) and [what follows](two.md#the-second-part), [here](#one).
""",
    "chapters/two.md": HEAD + "# Two\n\n## The second part\n\nNothing.\n",
    "chapters/picture.svg": "<svg/>",
    "glossary.md": HEAD + "# Glossary\n\n```{glossary}\nloss\n  What a mistake costs.\n```\n",
    "references.bib": "@article{shannon1948,\n  title = {A}\n}\n",
    "src/little.py": 'def half(x):\n    """Halve."""\n    return x / 2\n',
    "assets/a.js": "export const a = 1;\n",
    "assets/a.css": "a {\n  color: red;\n}\n",
    "tests/equations/test_little.py":
    'import pytest\n\n\n@pytest.mark.equation("eq-little")\ndef test_x(check):\n    pass\n',
}  # fmt: skip


@pytest.fixture
def little_book(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (tmp_path / "tools").symlink_to(ROOT / "tools")
    return tmp_path
