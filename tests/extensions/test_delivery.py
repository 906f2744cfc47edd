"""Finished pages are read once, go through the steps in their order, and are written once."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx.errors import ExtensionError

import delivery
from delivery import lean_pages
from delivery.site import Site

EXTENSIONS = Path(__file__).resolve().parents[1] / "_ext"


@pytest.fixture
def app(tmp_path):
    """A build of two pages, and a script."""
    site = tmp_path / "html"
    (site / "_static").mkdir(parents=True)
    (site / "_static" / "a.js").write_text("a()", encoding="utf-8")
    (site / "_static" / "template.html").write_text("no page", encoding="utf-8")
    for name in ("one", "two"):
        (site / f"{name}.html").write_text(f"<p>{name}</p>", encoding="utf-8")
    builder = SimpleNamespace(format="html")
    return SimpleNamespace(builder=builder, outdir=str(site), srcdir=str(tmp_path), doctreedir=str(tmp_path / "trees"))


def on_disk(app):
    site = Path(app.outdir)
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def shout(site):
    for page in site.fresh:
        site.pages[page] = site.pages[page].upper()
    site.write("_static/a.js", site.text("_static/a.js") + ";")


def test_steps_follow_each_other_over_one_reading(app, monkeypatch):
    seen = []
    monkeypatch.setattr(delivery, "STEPS", (shout, lambda site: seen.append((site.pages["one.html"], site.fresh))))
    delivery.deliver(app, None)
    assert seen == [("<P>ONE</P>", ["one.html", "two.html"])]
    assert on_disk(app)["one.html"] == b"<P>ONE</P>"
    assert on_disk(app)["_static/a.js"] == b"a();"


def test_a_page_is_delivered_once_and_again_when_it_is_written_anew(app, monkeypatch):
    fresh = []
    monkeypatch.setattr(delivery, "STEPS", (shout, lambda site: fresh.append(site.fresh)))
    delivery.deliver(app, None)
    delivery.deliver(app, None)
    (Path(app.outdir) / "two.html").write_text("<p>two</p>", encoding="utf-8")
    delivery.deliver(app, None)
    assert fresh == [["one.html", "two.html"], ["two.html"]]


def test_a_delivery_that_fails_changes_nothing_and_the_next_build_delivers(app, monkeypatch):
    def fail(site):
        raise ExtensionError("the theme has changed")

    before = on_disk(app)
    monkeypatch.setattr(delivery, "STEPS", (shout, fail))
    with pytest.raises(ExtensionError):
        delivery.deliver(app, None)
    assert on_disk(app) == before
    monkeypatch.setattr(delivery, "STEPS", (shout,))
    delivery.deliver(app, None)
    assert on_disk(app)["two.html"] == b"<P>TWO</P>"


def test_a_build_that_failed_is_not_delivered(app, monkeypatch):
    monkeypatch.setattr(delivery, "STEPS", (shout,))
    before = on_disk(app)
    delivery.deliver(app, ValueError("a chapter"))
    assert on_disk(app) == before


def test_a_step_sees_what_the_steps_before_it_made_and_left_out(app):
    site = Site(app)
    site.write("_static/b/c.js", "c()")
    site.remove("_static/a.js")
    assert site.below("_static") == ["_static/b/c.js", "_static/template.html"]
    assert not site.exists("_static/a.js")
    site.remove("_static/b/c.js")
    site.save()
    assert on_disk(app).keys() == {"one.html", "two.html", "_static/template.html"}


def test_no_group_of_extensions_imports_from_one_that_comes_after_it():
    uphill = {"setup": r"content|delivery|checked_first", "content": r"delivery"}
    told = [
        f"{path.relative_to(EXTENSIONS)}: {line}"
        for group, above in uphill.items()
        for path in (EXTENSIONS / group).rglob("*.py")
        for line in re.findall(rf"^(?:from|import) (?:{above})\b.*", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert told == []


# --- what fails when the theme moves ---


def test_a_template_that_the_theme_has_changed_fails_the_build(monkeypatch):
    lean_pages.check_templates(None)  # as it is
    (replaced, *_) = lean_pages.REPLACED
    monkeypatch.setitem(lean_pages.REPLACED, replaced, "0" * 16)
    with pytest.raises(ExtensionError, match=r"has changed layout\.html: take what is new over into _templates"):
        lean_pages.check_templates(None)


def test_a_button_says_what_a_press_of_it_does():
    group = {"type": "group", "buttons": [{"type": "javascript", "javascript": "window.print()", "text": ".pdf"}]}
    context = {"header_buttons": [group, {"type": "link", "url": "x"}]}
    lean_pages.press_buttons(None, "page", "page.html", context, None)
    assert group["buttons"] == [{"type": "press", "press": "print", "text": ".pdf"}]


def test_a_button_with_code_that_nobody_knows_fails_the_build():
    context = {"header_buttons": [{"type": "javascript", "javascript": "go()"}]}
    with pytest.raises(ExtensionError, match=r"a button of the theme runs go\(\): assets/buttons\.js has to do that"):
        lean_pages.press_buttons(None, "page", "page.html", context, None)


def test_a_page_has_no_kernel():
    page = nodes.section("", nodes.raw("", '<script type="text/x-thebe-config">{}</script>', format="html"))
    page += nodes.raw("", "<p>figure</p>", format="html")
    page += nodes.raw("", "<script>kernelName = 'python3'</script>", format="html")
    lean_pages.without_kernel(None, page, "page")
    assert page.astext() == "<p>figure</p>"


def test_an_element_that_is_written_in_another_way_fails_the_build():
    def visit(translator, node):
        translator.body.append("<summary>")

    translator = SimpleNamespace(body=["<p>"])
    lean_pages.mended(visit, "<summary>", "<summary open>")(translator, None)
    assert translator.body == ["<p>", "<summary open>"]
    with pytest.raises(ExtensionError, match="expected aria-label once in <summary>"):
        lean_pages.mended(visit, "aria-label", "")(translator, None)
