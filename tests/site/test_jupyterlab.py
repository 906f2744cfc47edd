"""What Binder gives a reader: .binder/'s environment, a JupyterLab, and every chapter running in it."""

import json
import re
from functools import partial
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup

from lab import VENV, jupyterlab
from support.browser.pages import ROOT, SITE, until
from support.browser.site_pages import CHAPTERS as PAGES  # each is a notebook
from support.left_out import missing, tracked

RUN_CODE = """async (code) => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, store_history: false});
  let text = "";
  future.onIOPub = (message) => { text += message.content.text ?? message.content.evalue ?? ""; };
  await future.done;
  return text.trim();
}"""
STATES = """
import json
from ipywidgets.widgets.widget import _instances
from softmaxlab.widgets._runtime.base import Widget
def state(widget):
    return {name: value for name, value in widget.get_state().items() if not name.startswith("_")}
print(json.dumps([[w.model_id, w.front_end, state(w)] for w in _instances.values() if isinstance(w, Widget)]))
"""
TRAITS = """
from ipywidgets.widgets.widget import _instances
print([[float(v) for v in w.logits] for w in _instances.values() if type(w).__name__ == "LogitExplorer"])
"""
SET_TRAITS = """
from ipywidgets.widgets.widget import _instances
for w in [w for w in _instances.values() if type(w).__name__ == "LogitExplorer"]:
    w.logits = [0.5] * len(w.logits)
"""


def copy_of_the_repository(target):
    """Lay the tracked files out elsewhere: JupyterLab's autosave must not touch the checkout."""
    for path in tracked():
        if path.suffix == ".md":
            name = path.relative_to(ROOT)
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes(path.read_bytes())


@pytest.fixture(scope="module")
def lab_address(tmp_path_factory):
    """One JupyterLab for all chapters; returns its address."""
    if not VENV.exists():
        missing("no environment as Binder has it: make test brings it")
    folder = tmp_path_factory.mktemp("lab")
    copy_of_the_repository(folder)
    with jupyterlab(folder) as address:
        yield address


def launch_path(name):
    """Return the path the page's launch button asks Binder to open."""
    soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    (button,) = soup.select(".dropdown-launch-buttons a[href*='/v2/gh/']")
    return parse_qs(urlsplit(button["href"]).query)["urlpath"][0]


def open_and_run(page, address):
    """Open a chapter as Binder would and, once its kernel is idle, choose Run All Cells, once; return the outputs."""
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    assert page.evaluate(DRAWN), "text that is not drawn when the reader runs all cells never asks for its numbers"
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    until(lambda: page.evaluate(READY))
    page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")  # its promise holds the whole document
    until(lambda: page.evaluate(f"{COUNTS}.every(Boolean)"))  # a chapter trains models
    cells = page.evaluate("jupyterapp.shell.currentWidget.model.toJSON().cells")
    return [output for cell in cells for output in cell.get("outputs", [])]


DRAWN = "jupyterapp.shell.currentWidget.content.widgets.every(cell => cell.isAttached && !cell.placeholder)"
READY = """jupyterapp.shell.currentWidget.sessionContext.isReady
  && jupyterapp.commands.isEnabled('notebook:run-all-cells')"""
COUNTS = """jupyterapp.shell.currentWidget.model.toJSON().cells
  .filter(c => c.cell_type === 'code').map(c => c.execution_count)"""
QUESTION = re.compile(r'\{eval\}`glued\("([^"]+)"\)`')
# A timing, and which libraries are there: the built page tells its own machine's, a notebook must tell its kernel's.
MEASURED = {
    "speedup:.0f": "10+",  # a timing: a power of ten
    "measured": r"SciPy \d.*",
    "missing": r"Not installed, .*|",
    "flushed": r"none does|\w+ does|.+ do",
}
# An {eval} is answered by a <span> that carries nothing but text; unanswered, it is <code> with the question.
ANSWERS = """[...document.querySelectorAll('.jp-MarkdownCell .myst :is(span, code)')]
  .filter(e => !e.children.length && !e.closest('pre, .katex'))
  .filter(e => e.localName === 'code' ? e.textContent.includes('glued(') : !e.attributes.length && e.textContent)
  .map(e => e.textContent.trim()).filter(Boolean)"""


@pytest.mark.parametrize("name", PAGES)
def test_chapter_opens_from_its_launch_button_and_runs_clean(browser, lab_address, name):
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(0)  # the time limit of all tests is the only one
    outputs = open_and_run(page, f"{lab_address}/{launch_path(name)}?reset")  # a newcomer's workspace is empty
    assert outputs, "no cell ran"
    wrong = [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert wrong == []
    the_text_shows_the_numbers_of_the_built_page(page, name)
    widgets = [
        mount["data-widget"]
        for mount in BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser").select(".sl-mount")
    ]
    moving_each_widget_moves_its_python_object(page, widgets)
    if "logit_explorer" in widgets:
        moving_a_slider_moves_the_python_trait(page)
        setting_the_python_trait_moves_the_slider(page)
    page.close()


def numbers_in_the_page(name):
    """Return (reference, number) for each glued number of a built page, in order."""
    soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    references = QUESTION.findall((ROOT / name).with_suffix(".md").read_text(encoding="utf-8"))
    return list(zip(references, [number.text for number in soup.select(".pasted-text")], strict=True))


def the_text_shows_the_numbers_of_the_built_page(page, name):
    numbers = numbers_in_the_page(name)
    assert numbers or name == "index.html", "the built page shows no number"
    answers = [asked_again(page, number) if number in MEASURED else shown.strip() for number, shown in numbers]
    expected = [answer for answer in answers if answer]  # an empty word shows nothing
    until(lambda: "glued(" not in "".join(page.evaluate(ANSWERS)))  # the kernel answers after its last cell
    assert page.evaluate(ANSWERS) == expected


def asked_again(page, reference):
    """Return what the notebook's own kernel has measured."""
    answer = page.evaluate(RUN_CODE, f'print(glued("{reference}"))')
    assert re.fullmatch(MEASURED[reference], answer), answer
    return answer


def moving_each_widget_moves_its_python_object(page, widgets):
    roots = page.locator(".jp-OutputArea .sl-widget:not(.is-still)")
    until(lambda: roots.count() >= len(widgets))
    assert roots.count() == len(widgets)
    for which, front_end in enumerate(widgets):
        before = states(page)
        slider = roots.nth(which).locator("input[type=range]:visible").first
        slider.scroll_into_view_if_needed()
        at_its_start = slider.input_value() == slider.get_attribute("min")
        slider.press("ArrowRight" if at_its_start else "ArrowLeft")
        until(partial(has_moved, page, front_end, before))


def has_moved(page, front_end, before):
    return front_end in changed(before, states(page))


def states(page):
    """Return each widget's kind and traits, as Python has them."""
    return {model: (front_end, traits) for model, front_end, traits in json.loads(page.evaluate(RUN_CODE, STATES))}


def changed(before, after):
    return {front_end for model, (front_end, traits) in after.items() if traits != before[model][1]}


def moving_a_slider_moves_the_python_trait(page):
    slider = page.locator(".jp-OutputArea").get_by_role("slider", name=re.compile("logit")).first
    slider.wait_for()
    before = page.evaluate(RUN_CODE, TRAITS)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    shown = float(slider.input_value())
    assert re.match(r"\[\[", before)
    until(lambda: (after := page.evaluate(RUN_CODE, TRAITS)) != before and f"{shown:g}" in numbers_in(after))


def setting_the_python_trait_moves_the_slider(page):
    slider = page.locator(".jp-OutputArea").get_by_role("slider", name=re.compile("logit")).first
    page.evaluate(RUN_CODE, SET_TRAITS)
    until(lambda: float(slider.input_value()) == 0.5)


def numbers_in(text):
    return {f"{float(number):g}" for number in re.findall(r"-?[\d.]+", text)}
