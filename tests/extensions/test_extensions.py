"""The book's own Sphinx extensions fail when the ground they stand on moves."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx.errors import ExtensionError

from softmaxlab.widgets._runtime.base import shared_style
from softmaxlab.widgets._runtime.modules import compose_module
from support.left_out import extension

ROOT = Path(__file__).resolve().parents[2]


def test_source_key_changes_with_any_imported_file(tmp_path):
    key = extension("fresh_execution").source_key
    (tmp_path / "src" / "pkg").mkdir(parents=True)
    module = tmp_path / "src" / "pkg" / "a.py"
    module.write_text("x = 1\n", encoding="utf-8")
    first = key(tmp_path)
    assert key(tmp_path) == first
    module.write_text("x = 2\n", encoding="utf-8")
    assert key(tmp_path) != first


def test_a_theme_change_that_matches_nothing_fails_the_build():
    lean = extension("lean_pages")
    change = lean.Change("no advertising", "<ad>", "")
    assert lean.apply((change,), "a<ad>b", "x.html") == "ab"
    with pytest.raises(ExtensionError, match=r"x\.html: expected one match, found 0, for: no advertising"):
        lean.apply((change,), "ab", "x.html")


def test_an_unknown_icon_style_sheet_fails_the_build():
    with pytest.raises(ExtensionError, match="found 1 icon rules"):
        extension("icons").keep_used_rules('.fa-bars:before{content:"\\f0c9"}', {"fa-bars"})


def test_a_formula_whose_mathml_is_not_valid_fails_the_build_with_its_line(caplog):
    sound = extension("sound_mathml")

    def visit(translator, node):
        translator.body.append("<math><msub><mi>x</mi><mi>max</mi><mo>\u2061</mo></msub></math>")
        raise nodes.SkipNode

    formula = nodes.math("", r"x_{\max}", source="chapters/02.md", line=150)
    with pytest.raises(nodes.SkipNode):
        sound.checked(visit)(SimpleNamespace(body=["<math><msub></msub></math>"]), formula)  # what it adds counts
    (record,) = caplog.records
    assert record.levelname == "WARNING"  # an error, as the book is built
    assert record.location is formula
    assert record.getMessage().startswith(r"the MathML of x_{\max} is not valid: <msub> has 3 parts instead of 2;")


@pytest.mark.parametrize(
    ("markup", "wrong"),
    [
        ("<math><mfrac><mi>a</mi><mrow><mi>b</mi><mi>c</mi></mrow></mfrac></math>", []),
        ("<p><b>1<i>2</i></b></p><math><mspace width='1em'/><mn>1</mn></math>", []),
        ("<math><mfrac><mi>a</mi></mfrac></math>", ["<mfrac> has 1 parts instead of 2"]),
        ("<math><munderover><mo>∑</mo><mi>k</mi></munderover></math>", ["<munderover> has 2 parts instead of 3"]),
        ("<math><mroot><mi>a</mi><mn>3</mn><mn>3</mn></mroot></math>", ["<mroot> has 3 parts instead of 2"]),
        ("<math><msup><mi>a</mi><mn>3</mn></math>", ["<msup> is closed by </math>"]),
    ],
)
def test_what_is_wrong_with_mathml_is_the_number_of_parts(markup, wrong):
    assert extension("sound_mathml").faults(markup) == wrong


def interact_state(outputs):
    return {
        "box": {"model_name": "VBoxModel", "state": {"children": ["IPY_MODEL_slider", "IPY_MODEL_out"]}},
        "slider": {"model_name": "FloatSliderModel", "state": {"description": "temperature"}},
        "out": {"model_name": "OutputModel", "state": {"outputs": outputs}},
        "ours": {"model_name": "AnyModel", "state": {"_esm": compose_module("loss_duel")}},
    }


def settle(state, stills=""):
    """Run static_widgets on a page that shows an `interact` box, and these stills; return its context."""
    body = json.dumps({"state": state, "version_major": 2, "version_minor": 0})
    carrier = SimpleNamespace(
        attributes={"type": "application/vnd.jupyter.widget-state+json", "body": body}, filename=None
    )
    host = SimpleNamespace(attributes={}, filename="_static/host.js")
    view = '<script type="application/vnd.jupyter.widget-view+json">{"model_id": "box"}</script>'
    context = {"script_files": [carrier, host], "body": f"<p>before</p>{view}<p>after</p>{stills}"}
    options = {
        "launch_buttons": {"binderhub_url": "https://hub.example"},
        "repository_branch": "main",
        "repository_url": "https://git.example/team/book",
    }
    asked = context["asked"] = []
    app = SimpleNamespace(
        config=SimpleNamespace(html_theme_options=options),
        srcdir=ROOT,
        add_js_file=lambda name, **_: asked.append(name),
    )
    extension("static_widgets").settle(app, "chapters/x", "page.html", context, None)
    return context


def test_a_widget_that_needs_python_becomes_its_figure_and_a_way_to_run_it():
    context = settle(interact_state([{"data": {"text/html": "<svg>figure</svg>"}}]))
    assert "<svg>figure</svg>" in context["body"]
    assert "https://hub.example/v2/gh/team/book/main?urlpath=lab/tree/chapters/x.md" in context["body"]
    assert "temperature" in context["body"]
    assert "widget-view" not in context["body"]


def test_a_page_keeps_only_the_state_its_host_can_mount():
    context = settle(interact_state([{"data": {"text/html": "<svg/>"}}]))
    assert list(json.loads(context["script_files"][0].attributes["body"])["state"]) == ["ours"]


def test_a_page_asks_for_the_script_of_each_kind_of_widget_once():
    state = interact_state([{"data": {"text/html": "<svg/>"}}])
    stills = "".join(f'<div class="sl-mount" data-widget="{name}">still</div>' for name in ("two", "one", "two"))
    context = settle(state, stills)
    assert context["asked"] == ["widgets/shared.js", "widgets/one.js", "widgets/two.js"]
    page = json.loads(context["script_files"][0].attributes["body"])
    assert page["state"]["ours"]["state"] == {}


def test_a_module_that_is_not_ours_fails_the_build():
    state = interact_state([{"data": {"text/html": "<svg/>"}}])
    state["ours"]["state"]["_esm"] = "export default {}"
    with pytest.raises(ExtensionError, match=r"none of the book's own"):
        settle(state)


def test_the_widgets_styles_stand_in_the_head_each_once():
    state = interact_state([{"data": {"text/html": "<svg/>"}}])
    duel, step = (shared_style() + own for own in (".ld-lines{}", ".sz-plot{}"))
    ours = state.pop("ours")["state"]
    for name, style in {"one": duel, "two": duel, "three": step}.items():
        state[name] = {"model_name": "AnyModel", "state": {**ours, "_css": style}}
    stills = "".join(f'<div class="sl-mount"><style>{style}</style>still</div>' for style in (duel, duel, step))
    context = settle(state, stills)
    assert context["widget_style"] == shared_style() + ".ld-lines{}.sz-plot{}"
    assert context["body"].endswith('<div class="sl-mount">still</div>' * 3)
    page = json.loads(context["script_files"][0].attributes["body"])
    assert all("_css" not in model["state"] for model in page["state"].values())


def test_a_style_that_is_not_ours_fails_the_build():
    state = interact_state([{"data": {"text/html": "<svg/>"}}])
    state["ours"]["state"]["_css"] = ".mine{}"
    with pytest.raises(ExtensionError, match=r"does not begin with core\.css"):
        settle(state)


def test_a_page_with_nothing_to_mount_loads_no_host():
    state = interact_state([{"data": {"text/html": "<svg/>"}}])
    del state["ours"]
    assert settle(state)["script_files"] == []


def test_a_widget_with_nothing_to_show_fails_the_build():
    with pytest.raises(ExtensionError, match="chapters/x: a widget that needs Python shows no HTML output"):
        settle(interact_state([]))


def test_a_short_formula_keeps_its_full_stop():
    short, long = nodes.math("", "p - y"), nodes.math("", "p - y" * 20)
    paragraph = nodes.paragraph("", "", nodes.Text("So "), short, nodes.Text(". But "), long, nodes.Text(", and"))
    extension("kept_punctuation").keep(None, paragraph, "page")
    (kept,) = paragraph.findall(nodes.inline)
    assert kept.astext() == "p - y."
    assert kept["classes"] == ["sl-keep"]
    assert paragraph.astext() == "So p - y. But " + "p - y" * 20 + ", and"


def test_a_formula_without_punctuation_stays_alone():
    paragraph = nodes.paragraph("", "", nodes.math("", "p"), nodes.Text(" is"), nodes.math("", "q"))
    extension("kept_punctuation").keep(None, paragraph, "page")
    assert [type(node) for node in paragraph] == [nodes.math, nodes.Text, nodes.math]
