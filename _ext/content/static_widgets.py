"""Turn a page's executed widgets into what a static page can show without Python.

The book's own widgets arrive as `.sl-mount` elements holding a still; assets/host.js brings them to life from the
page's widget state. Any other widget, such as `interact`, reacts by running Python, which a static page has not: in its
place stand the output it had when the book was built and one line saying where it comes alive.

The modules travel minified, and what all of them share travels once: JSON of the form {"shared": text, "state": …}.
A notebook's widget brings its style with it, each time it is shown. In a page the styles stand in the head, each once:
one that comes or goes while the page is read has all of it laid out anew, which takes WebKit a quarter of a second.
"""

import html
import inspect
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from moments import LAST
from setup.node import BrokenTextError, run
from softmaxlab._page_names import Class
from softmaxlab.widgets._base import compose_module, shared_module, shared_style

from .manuscript.code import check_scripts, start_parser

WIDGETS = Path(inspect.getfile(shared_module)).parent
LIBRARIES = {"core"}  # what others import, and no widget

VIEW = re.compile(r'<script type="application/vnd\.jupyter\.widget-view\+json">(.*?)</script>', re.DOTALL)
STATE_TYPE = "application/vnd.jupyter.widget-state+json"
CONTROLS_LINKS = {"LinkModel", "DirectionalLinkModel"}


def lives_without_python(model: dict[str, Any]) -> bool:
    """Say whether assets/host.js can run this model: a front-end module of ours, or a link between two of them."""
    return "_esm" in model["state"] or model["model_name"] in CONTROLS_LINKS


def descendants(state: dict[str, Any], model_id: str) -> list[dict[str, Any]]:
    """Return the model and all models it shows, parents first."""
    model = state[model_id]
    found = [model]
    for child in model["state"].get("children", []):
        found += descendants(state, child.removeprefix("IPY_MODEL_"))
    return found


def captured_output(models: list[dict[str, Any]], page: str) -> str:
    """Return the HTML that Python had shown in these models' output areas."""
    outputs = [out for model in models for out in model["state"].get("outputs", [])]
    shown = [out["data"]["text/html"] for out in outputs if "text/html" in out.get("data", {})]
    if not shown:
        raise ExtensionError(
            f"{page}: a widget that needs Python shows no HTML output; give it a figure, so that the static page "
            "has something to show."
        )
    return "".join("".join(piece) for piece in shown)


def binder_url(app: Sphinx, page: str) -> str:
    """Return the address that opens this chapter in Binder, as the launch button does."""
    options = app.config.html_theme_options
    hub, branch = options["launch_buttons"]["binderhub_url"], options["repository_branch"]
    owner_and_name = "/".join(options["repository_url"].rstrip("/").split("/")[-2:])
    return f"{hub}/v2/gh/{owner_and_name}/{branch}?urlpath=lab/tree/{page}.md"


def asleep(app: Sphinx, page: str, models: list[dict[str, Any]]) -> str:
    """Return what the static page shows for a widget that needs Python."""
    controls = [m["state"]["description"] for m in models if m["state"].get("description")]
    names = html.escape(", ".join(controls))
    sliders = f"sliders ({names}) run" if len(controls) > 1 else f"slider ({names}) runs"
    return (
        f'<div class="{Class.ASLEEP}">{captured_output(models, page)}'
        f'<p class="{Class.ASLEEP_NOTE}">This figure’s {sliders} Python. '
        f'<a href="{binder_url(app, page)}">Open the chapter in Binder</a> and it comes alive.</p></div>'
    )


@cache
def minified(root: Path, shared: str, modules: tuple[str, ...]) -> tuple[str, list[str]]:
    """Return what the modules share and the modules, without what a browser does not need."""
    request = {"shared": shared, "modules": modules}
    try:
        small = json.loads(run(root, "minify.mjs", request, "the widgets could not be minified"))
    except BrokenTextError as broken:
        raise ExtensionError("\n".join(culprits(root, shared, modules, broken.place))) from None
    return small["shared"], small["modules"]


def culprits(root: Path, shared: str, modules: tuple[str, ...], place: dict[str, Any]) -> list[str]:
    """Name the file, line and column of what can't be minified: a module is its file without comments and imports."""
    if problems := check_scripts(start_parser(root)):
        return [str(problem) for problem in problems]
    number = place["module"]
    text = shared + modules[number] if number >= 0 else shared
    names = [path.stem for path in sorted(WIDGETS.glob("*.js")) if path.stem not in LIBRARIES]
    name = next((name for name in names if number >= 0 and compose_module(name) == text), "core")
    where = f"line {place['line']}, column {place['column']} of its text without comments"
    return [f"src/softmaxlab/widgets/{name}.js: {place['words']} ({where})"]


def slim(document: dict[str, Any], root: Path) -> None:
    """Take out of each module what all share, and minify both."""
    shared = shared_module()
    states = [model["state"] for model in document["state"].values() if "_esm" in model["state"]]
    for state in states:
        if not state["_esm"].startswith(shared):
            raise ExtensionError("a widget's module does not begin with core.js: give it `front_end`, not `_esm`.")
    texts = tuple(dict.fromkeys(state["_esm"].removeprefix(shared) for state in states))
    document["shared"], small = minified(root, shared, texts)
    by_text = dict(zip(texts, small, strict=True))
    for state in states:
        state["_esm"] = by_text[state["_esm"].removeprefix(shared)]


def gather_styles(body: str, state: dict[str, Any]) -> tuple[str, str]:
    """Take the styles out of a page's stills and its widgets' state; return the body without them, and one style."""
    shared = shared_style()
    styles = dict.fromkeys(model["state"].pop("_css") for model in state.values() if "_css" in model["state"])
    for style in styles:
        if not style.startswith(shared):
            raise ExtensionError("a widget's style does not begin with core.css: give it `front_end`, not `_css`.")
        body = body.replace(f"<style>{style}</style>", "")
    return body, shared + "".join(style.removeprefix(shared) for style in styles) if styles else ""


def settle(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    """Rewrite one page's widget views and slim its widget state to what lives there."""
    scripts = context["script_files"]
    carriers = [script for script in scripts if script.attributes.get("type") == STATE_TYPE]
    if not carriers:
        return
    (carrier,) = carriers
    document = json.loads(carrier.attributes["body"])
    state = document["state"]
    context["body"] = VIEW.sub(
        lambda view: asleep(app, page, descendants(state, json.loads(view[1])["model_id"])), context["body"]
    )
    document["state"] = {key: model for key, model in state.items() if lives_without_python(model)}
    context["body"], context["widget_style"] = gather_styles(context["body"], document["state"])
    if document["state"]:
        slim(document, Path(app.srcdir))
        carrier.attributes["body"] = json.dumps(document, separators=(",", ":")).replace("</", "<\\/")
    else:
        context["script_files"] = [s for s in scripts if s is not carrier and "host.js" not in str(s.filename)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run after myst-nb has put the page's widget state among its scripts."""
    app.connect("html-page-context", settle, priority=LAST)
    return {"parallel_read_safe": True}
