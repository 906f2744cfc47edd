"""What Binder gives a reader: .binder/'s environment, a JupyterLab, and every chapter running in it."""

import os
import re
import socket
import subprocess
import time
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import TimeoutError
from reader import ROOT, SITE

VENV = ROOT / ".venv-binder"
PAGES = ["index.html", *sorted(f"chapters/{path.name}" for path in (SITE / "chapters").glob("*.html"))]
RUN_CODE = """async (code) => {
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({code, store_history: false});
  let text = "";
  future.onIOPub = (message) => { text += message.content.text ?? message.content.evalue ?? ""; };
  await future.done;
  return text.trim();
}"""
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
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if name.endswith(".md") and (ROOT / name).exists():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes((ROOT / name).read_bytes())


def answers(address):
    try:
        return urllib.request.urlopen(address, timeout=2).status == 200
    except OSError:
        return False


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """One JupyterLab for all chapters; returns its address."""
    programs = VENV / ("Scripts" if os.name == "nt" else "bin")
    assert (programs / "jupyter").exists(), "The Binder environment is not there: run `make test`."
    folder = tmp_path_factory.mktemp("lab")
    copy_of_the_repository(folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_CONFIG_DIR": str(VENV / "etc" / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / ".data"),
        "JUPYTER_RUNTIME_DIR": str(folder / ".runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / ".workspaces"),
    }
    command = [programs / "jupyter", "lab", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
               "--IdentityProvider.token=",
               "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=", "--allow-root"]  # fmt: skip
    with (folder / "lab.log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    for _ in range(240):
        if answers(f"{address}/api") or server.poll() is not None:
            break
        time.sleep(0.25)
    assert server.poll() is None, (folder / "lab.log").read_text()[-2000:]
    yield address
    server.terminate()
    server.wait(timeout=20)


def launch_path(name):
    """Return the path the page's launch button asks Binder to open."""
    soup = BeautifulSoup((SITE / name).read_text(), "html.parser")
    (button,) = soup.select(".dropdown-launch-buttons a[href*='/v2/gh/']")
    return parse_qs(urlsplit(button["href"]).query)["urlpath"][0]


def open_and_run(page, address):
    """Open a chapter as Binder would and run all its cells; return its outputs."""
    page.goto(address)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000)
    page.wait_for_function("jupyterapp.shell.currentWidget.sessionContext.isReady", timeout=60_000)
    page.wait_for_function(DRAWN, timeout=60_000)
    run_all_cells(page)
    cells = page.evaluate("jupyterapp.shell.currentWidget.model.toJSON().cells")
    return [output for cell in cells for output in cell.get("outputs", [])]


# JupyterLab draws a long notebook bit by bit, and only text that is drawn can ask the kernel for its numbers.
DRAWN = "jupyterapp.shell.currentWidget.content.widgets.every(cell => cell.isAttached && !cell.placeholder)"
TEXT = "[...document.querySelectorAll('.jp-MarkdownCell .myst')].map(text => text.textContent).join('\\n')"
COUNTS = """jupyterapp.shell.currentWidget.model.toJSON().cells
  .filter(c => c.cell_type === 'code').map(c => c.execution_count)"""


def run_all_cells(page):
    """Choose Run All Cells, again if JupyterLab was not ready to hear it, and wait for the last cell."""
    for _ in range(6):
        page.evaluate(
            "void jupyterapp.commands.execute('notebook:run-all-cells')"
        )  # its promise holds the whole document
        try:
            page.wait_for_function(f"{COUNTS}.some(Boolean)", timeout=6_000)
            break
        except TimeoutError:
            continue
    page.wait_for_function(f"{COUNTS}.every(Boolean)", timeout=120_000)


@pytest.mark.parametrize("name", PAGES)
def test_chapter_opens_from_its_launch_button_and_runs_clean(browser, lab, name):
    page = browser.new_page(viewport={"width": 1280, "height": 1000})
    outputs = open_and_run(page, f"{lab}/{launch_path(name)}?reset")  # a newcomer's workspace is empty
    assert outputs, "no cell ran"
    wrong = [o for o in outputs if o["output_type"] == "error" or o.get("name") == "stderr"]
    assert wrong == []
    the_text_shows_the_numbers_of_the_built_page(page, name)
    if 'class="sl-mount"' in (SITE / name).read_text():
        moving_a_slider_moves_the_python_trait(page)
        setting_the_python_trait_moves_the_slider(page)
    page.close()


def numbers_in_the_page(name):
    """Return each glued number of a built page, in order, with the word before it."""
    soup = BeautifulSoup((SITE / name).read_text(encoding="utf-8"), "html.parser")
    before = [(number, (number.previous_sibling.split() or [""])[-1]) for number in soup.select(".pasted-text")]
    return [f"{word} {number.text}" for number, word in before]


def first_number_missing(page, expected):
    """Return the first of the page's numbers that the notebook's text does not show, in order; None if it shows all."""
    text, position = " ".join(page.evaluate(TEXT).split()), 0
    for words in expected:
        here = re.compile(rf"{re.escape(words)}(?!\w)").search(text, position)  # "of 20" is not in "of 2018"
        if not here:
            return words
        position = here.end()
    return None


def the_text_shows_the_numbers_of_the_built_page(page, name):
    expected = numbers_in_the_page(name)
    assert expected or name == "index.html", "the built page shows no number"
    for _ in range(2):  # on a busy machine text may be drawn too late to be asked; a reader runs all cells again, too
        deadline = time.time() + 15
        while first_number_missing(page, expected) and time.time() < deadline:  # the kernel answers after its last cell
            time.sleep(0.2)
        if not first_number_missing(page, expected):
            break
        run_all_cells(page)
    assert first_number_missing(page, expected) is None
    assert not re.search(r"glued|:\.\d[ef]", page.evaluate(TEXT))


def moving_a_slider_moves_the_python_trait(page):
    slider = page.locator(".jp-OutputArea").get_by_role("slider", name=re.compile("logit")).first
    slider.wait_for(timeout=30_000)
    before = page.evaluate(RUN_CODE, TRAITS)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    shown = float(slider.input_value())
    deadline = time.time() + 20
    while page.evaluate(RUN_CODE, TRAITS) == before and time.time() < deadline:
        time.sleep(0.1)
    after = page.evaluate(RUN_CODE, TRAITS)
    assert re.match(r"\[\[", before)
    assert after != before
    assert f"{shown:g}" in {f"{float(v):g}" for v in re.findall(r"-?[\d.]+", after)}


def setting_the_python_trait_moves_the_slider(page):
    slider = page.locator(".jp-OutputArea").get_by_role("slider", name=re.compile("logit")).first
    page.evaluate(RUN_CODE, SET_TRAITS)
    deadline = time.time() + 20
    while float(slider.input_value()) != 0.5 and time.time() < deadline:
        time.sleep(0.1)
    assert float(slider.input_value()) == 0.5
