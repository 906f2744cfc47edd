"""Turn a page's executed widgets into what a static page can show without Python.

The book's own widgets arrive as `.sl-mount` elements holding a still; assets/host.js brings them to life from the
page's widget state. Any other widget, such as `interact`, reacts by running Python, which a static page has not: in its
place stand the output it had when the book was built and one line saying where it comes alive.

The modules are bundled: one script for what all widgets share, and one for each kind. Every page with such a widget
asks for the same, so a browser keeps it from page to page. A page's JSON holds the state alone.
A notebook's widget brings its style with it, each time it is shown. In a page the styles stand in the head, each once:
one that comes or goes while the page is read has all of it laid out anew, which takes WebKit a quarter of a second.
"""

import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError
from sphinx.util.typing import ExtensionMetadata

from moments import FIRST, LAST
from setup.node import BrokenTextError, run
from softmaxlab._page_names import Attribute, Class
from softmaxlab.widgets._runtime.base import shared_style
from softmaxlab.widgets._runtime.modules import WIDGETS, compose_module, module_names

SCRIPTS = "widgets"  # their folder among the static files
MADE = f"_build/{SCRIPTS}"

MOUNTED = re.compile(rf'<div class="{Class.MOUNT}"[^>]* {Attribute.WIDGET}="(\w+)"')
BEFORE_HOST = 400  # Sphinx's own priority is 500
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
def bundled(root: Path) -> dict[str, str]:
    """Return the scripts of all widgets by their names: what all share, shared.js, and one for each kind."""
    request = {"folder": str(WIDGETS), "names": module_names()}
    try:
        return dict(json.loads(run(root, "bundle.mjs", request, "the widgets could not be bundled")))
    except BrokenTextError as broken:
        place = broken.place
        raise ExtensionError(
            f"src/softmaxlab/widgets/{place['file']}:{place['line']}: column {place['column']}: {place['words']}"
        ) from None


def prepare_scripts(app: Sphinx, config: Config) -> None:
    """Have a folder for the scripts among the static ones: Sphinx looks for it before they are made."""
    (Path(app.srcdir) / MADE / SCRIPTS).mkdir(parents=True, exist_ok=True)
    config.html_static_path.append(MADE)


def write_scripts(app: Sphinx) -> None:
    """Bundle the widgets as they are now."""
    bundled.cache_clear()
    folder = Path(app.srcdir) / MADE / SCRIPTS
    for path in folder.glob("*"):
        path.unlink()
    for name, text in bundled(Path(app.srcdir)).items():
        (folder / name).write_text(text, encoding="utf-8")


def take_out_modules(state: dict[str, Any]) -> None:
    """Take the modules out of the widgets' state: a page has them as scripts, by the widget's name."""
    known = {compose_module(name) for name in module_names()}
    for model in state.values():
        module = model["state"].pop("_esm", None)
        if module is not None and module not in known:
            raise ExtensionError("a widget's module is none of the book's own: give it `front_end`, not `_esm`.")


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
        take_out_modules(document["state"])
        for name in ("shared", *sorted(set(MOUNTED.findall(context["body"])))):
            app.add_js_file(f"{SCRIPTS}/{name}.js", defer="defer", priority=BEFORE_HOST)
        carrier.attributes["body"] = json.dumps(document, separators=(",", ":")).replace("</", "<\\/")
    else:
        context["script_files"] = [s for s in scripts if s is not carrier and "host.js" not in str(s.filename)]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run after myst-nb has put the page's widget state among its scripts."""
    app.connect("config-inited", prepare_scripts, priority=FIRST)
    app.connect("builder-inited", write_scripts, priority=LAST)  # after what reads all scripts, and names the broken
    app.connect("html-page-context", settle, priority=LAST)
    return {"parallel_read_safe": True}
