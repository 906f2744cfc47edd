"""A page that holds exactly what a page of the built book holds around a widget, and nothing else."""

import json
from pathlib import Path

from ipywidgets.embed import dependency_state, escape_script

from content.static_widgets import bundled, gather_styles, take_out_modules

ROOT = Path(__file__).parents[3]
PALETTE = (ROOT / "src/softmaxlab/widgets/_runtime/palette.css").read_text(encoding="utf-8")
HOST = ROOT / "assets/host.js"


def widget_page(folder, *widgets, theme="light", state=None, before="", after=""):
    """Write index.html with these widgets, in this order, and their scripts beside it; return its path."""
    if state is None:
        state = dependency_state(widgets, drop_defaults=False)
    stills = "\n".join(widget._repr_mimebundle_()[0]["text/html"] for widget in widgets)
    stills, style = gather_styles(stills, state)
    take_out_modules(state)
    kinds = sorted({widget.front_end for widget in widgets})
    scripts = bundled(ROOT)
    for name in ("shared", *kinds):
        (folder / f"{name}.js").write_text(scripts[f"{name}.js"], encoding="utf-8")
    sources = "".join(f'<script defer src="{name}.js"></script>' for name in ("shared", *kinds, "host"))
    payload = escape_script(json.dumps({"version_major": 2, "version_minor": 0, "state": state}))
    (folder / "host.js").write_text(HOST.read_text(encoding="utf-8"), encoding="utf-8")
    page = folder / "index.html"
    page.write_text(
        f"""<!doctype html>
<html lang="en" data-theme="{theme}"><head><meta charset="utf-8"><title>Widget</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<style>{PALETTE}
body {{ margin: 0; color: var(--sl-ink); background: var(--sl-paper); font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 760px; margin: 0 auto; padding: 16px; }}</style>
<style>{style}</style>
{sources}</head>
<body><main><h1>Widget</h1>{before}{stills}{after}</main>
<script type="application/vnd.jupyter.widget-state+json">{payload}</script></body></html>""",
        encoding="utf-8",
    )
    return page
