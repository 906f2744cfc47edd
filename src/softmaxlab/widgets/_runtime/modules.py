"""A widget's front end as one text, for JupyterLab: it gives a module no server to import others from.

The modules stay what they are. Each travels as a string; in the browser it becomes a module with an address of its own,
which stands in the imports of those that come after it. In the built site they are bundled instead: tools/bundle.mjs.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

WIDGETS = Path(__file__).parents[1]
# What a module may begin with: blanks and comments, and imports. Only there, so no string or template is met.
_BLANK = re.compile(r"\s+|//[^\n]*|/\*.*?\*/", re.DOTALL)
_IMPORT = re.compile(r'import\s*[\w$*\s{},]*?(?:\bfrom\s*)?"([^"\n]+)"\s*;')
_COMPOSED = """const texts = %s;
const addresses = {};
for (const [name, parts] of texts) {
  const text = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(addresses[part.of]))).join("");
  addresses[name] = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
}
const { default: widget } = await import(addresses[%s]);
for (const address of Object.values(addresses)) URL.revokeObjectURL(address);
export default widget;
"""


def module_names() -> list[str]:
    """Return the widgets that have a front end, by their folders."""
    return sorted(path.parent.name for path in WIDGETS.glob("*/widget.js"))


def imports(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield what a module imports, and from where to where its name stands in the text, without the quotes.

    >>> list(imports('// Words.\\nimport { a } from "./b.js";\\nconst c = `import "d.js";`;'))
    [('./b.js', 29, 35)]
    """
    at = 0
    while found := _BLANK.match(text, at) or _IMPORT.match(text, at):
        if found.re is _IMPORT:
            yield found[1], *found.span(1)
        at = found.end()


@cache
def compose_module(name: str) -> str:
    """One module that makes those of a widget's front end, NAME/widget.js and what it imports, in the browser.

    Raises
    ------
    ValueError
        Modules import each other in a circle, or one imports a file that is not there.
    """
    texts: dict[str, list[str | dict[str, str]]] = {}
    _gather(WIDGETS / name / "widget.js", texts, ())
    # What closes a script element in a page must not stand in one.
    return _COMPOSED % (json.dumps(list(texts.items())).replace("</", "<\\/"), json.dumps(f"{name}/widget.js"))


def _gather(path: Path, texts: dict[str, list[str | dict[str, str]]], asking: tuple[str, ...]) -> None:
    """Add a module behind those that it imports."""
    name = path.relative_to(WIDGETS).as_posix()
    if name in texts:
        return
    if name in asking:
        raise ValueError(f"{' imports '.join((*asking, name))}: modules can't import each other in a circle")
    if not path.is_file():
        raise ValueError(f"{asking[-1]} imports {name}, and there is no such file")
    text, at = path.read_text(encoding="utf-8"), 0
    parts: list[str | dict[str, str]] = []
    for asked, start, end in imports(text):
        other = (path.parent / asked).resolve()
        _gather(other, texts, (*asking, name))
        parts += [text[at : start - 1], {"of": other.relative_to(WIDGETS).as_posix()}]
        at = end + 1
    texts[name] = [*parts, text[at:]]
