"""The recipes of CONTRIBUTING.md, followed: a chapter, an equation and a widget, made in a copy of the book.

`python recipes.py ROOT` follows them all. Each step is a function of its own, so that a test can leave one out.
"""

import sys
from pathlib import Path

CHAPTER = "chapters/12-two-classes-again.md"
PROSE = """
(two-classes-again)=
# Two classes again

Swap two logits, and their probabilities are swapped:

```{code-cell} ipython3
:tags: [remove-input]

from softmaxlab.widgets import SwapTwo

SwapTwo()
```

The Jacobian, multiplied out:

```{math}
:label: eq-recipe
\\frac{\\partial p_i}{\\partial a_j} = p_i \\delta_{ij} - p_i p_j
```

```{code-cell} ipython3
:tags: [remove-cell]

from softmaxlab import softmax
from softmaxlab.book.notebook import glue, glued

glue("first", softmax([1, 0])[0])
```

At the logits 1 and 0 the first probability is {eval}`glued("first:.3f")`.
"""
WIDGET = '''"""SwapTwo: two logits that change places."""

from __future__ import annotations

import traitlets

from softmaxlab import softmax
from softmaxlab._formatting import decimals
from softmaxlab.widgets._runtime.base import Widget


class SwapTwo(Widget, front_end="swap_two"):
    """Two logits, 1 and 0, and a button that swaps them.

    >>> SwapTwo(swapped=True).probs[1] > 0.7
    True
    """

    swapped = traitlets.Bool(False, help="Whether the second logit is the larger one.").tag(sync=True)

    @property
    def probs(self) -> list[float]:
        """Return both probabilities."""
        return [float(p) for p in softmax([0, 1] if self.swapped else [1, 0])]

    def still(self) -> str:
        """Picture of the present state."""
        first, second = map(decimals, self.probs)
        return (
            f'<div class="sl-widget is-still sw"><p class="sw-shown">{first} and {second}</p>'
            '<div class="sw-tools"><span class="sl-button">Swap</span></div></div>'
        )
'''
SCRIPT = """// SwapTwo: two logits that change places.
import { button, element, write } from "../_runtime/elements.js";
import { decimals } from "../_runtime/format.js";
import { mountWidget } from "../_runtime/mount.js";
import { softmax } from "../_runtime/softmax.js";

const derive = ({ swapped }) => softmax(swapped ? [0, 1] : [1, 0]);

function view({ signal, getState, change }) {
  const shown = element("p", { class: "sw-shown" });
  const swap = button(signal, "Swap", () => change({ swapped: !getState().swapped }, {}));
  const tools = element("div", { class: "sw-tools" }, swap);
  const root = element("div", { class: "sl-widget sw" }, shown, tools);
  const paint = (_, [first, second]) => {
    const words = `${decimals(first)} and ${decimals(second)}`;
    write(shown, words);
    return words;
  };
  return { root, tools, paint };
}

export default mountWidget({
  traits: { swapped: "swapped" },
  start: () => ({ swapped: false }),
  read: (model) => ({ swapped: model.get("swapped") === true }),
  deriver: () => derive,
  results: () => ({}),
  encode: ({ swapped }) => `sw.s=${Number(swapped)}`,
  decode(fragment) {
    const asked = new URLSearchParams(fragment).get("sw.s");
    return asked === null ? {} : { swapped: asked === "1" };
  },
  view,
});
"""
STYLE = """.sw-tools {
  margin-top: 0.5rem;
}
"""


def insert(path, after, text):
    """Add text behind the first place where `after` stands."""
    before = path.read_text(encoding="utf-8")
    head, found, tail = before.partition(after)
    if not found:
        raise ValueError(f"{path} has no {after!r}: the recipe has nowhere to write to")
    path.write_text(head + found + text + tail, encoding="utf-8")


def chapter(root):
    """A chapter, 1: the page, with the front matter of a neighbor."""
    neighbor = (root / "chapters" / "04-jacobian.md").read_text(encoding="utf-8")
    front = neighbor.split("\n---\n")[0].splitlines()
    said = {
        "description": '"Two classes again: a page with an equation and a widget, by the recipes of CONTRIBUTING."',
        "keywords": '"recipe"',
    }
    lines = [
        f"{line.partition(':')[0]}: {said[key]}" if (key := line.partition(":")[0].strip()) in said else line
        for line in front
    ]
    (root / CHAPTER).write_text("\n".join(lines) + "\n---\n" + PROSE, encoding="utf-8")


def contents(root):
    """A chapter, 2: its place in the book."""
    insert(root / "_toc.yml", "      - file: chapters/11-how-exact\n", f"      - file: {CHAPTER.removesuffix('.md')}\n")


def claim(root):
    """An equation, 2: what is proved."""
    line = '\n    "eq-recipe": Claim(derivative(p[i], a[j]), p[i] * delta(i, j) - p[i] * p[j]),'
    insert(root / "src/softmaxlab/proofs/catalogue/jacobian.py", "\nCATALOGUE = {", line)


def meaning(root):
    """An equation, 4: what its letters stand for."""
    place = root / "src/softmaxlab/displays/meanings/one_example.py"
    insert(place, '    "eq-jacobian": Meaning(one),\n', '    "eq-recipe": Meaning(one),\n')


def widget(root):
    """A widget, 1 and 2: its Python, its JavaScript and its style."""
    folder = root / "src/softmaxlab/widgets/swap_two"
    folder.mkdir()
    for name, text in (("__init__.py", WIDGET), ("widget.js", SCRIPT), ("widget.css", STYLE)):
        (folder / name).write_text(text, encoding="utf-8")


def name(root):
    """A widget, 3: its name in the package."""
    insert(root / "src/softmaxlab/widgets/__init__.py", '    "StepSize",\n', '    "SwapTwo",\n')


STEPS = (chapter, contents, claim, meaning, widget, name)

if __name__ == "__main__":
    for step in STEPS:
        step(Path(sys.argv[1]))
