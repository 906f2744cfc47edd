"""Measure how fast each widget answers a hand on its slider, beside a slider that asks a Python kernel.

For every widget of the browser tests' examples, in Chromium at full speed and slowed down four times: at least 200
inputs of a mouse that drags its first slider, each timed from the start of the input event to the moment after the
frame that shows its effect. All of it in three rounds, of which the quickest counts: what else runs on the machine
only adds. For the kernel's route, `interact` redraws the same bars by matplotlib in JupyterLab, and each of 60 steps is
timed until the new picture stands in the page, in one round.
"""

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]  # this script's own neighbors

import numpy as np  # noqa: E402 - among the imports that need the path above
from playwright.sync_api import sync_playwright  # noqa: E402 - among them too

import chromium  # noqa: E402 - found in tools/
import lab  # noqa: E402 - found in tools/
import serve  # noqa: E402 - found in tools/
from support.browser.examples import EXAMPLES  # noqa: E402 - found in tests/
from support.browser.harness import widget_page  # noqa: E402 - found in tests/

ROUNDS, INPUTS, STEPS, KERNEL_STEPS = 3, 200, 240, 60
# A message sent in an animation frame is heard after that frame is painted.
TIMER = """() => {
  const [times, channel] = [[], new MessageChannel()];
  let begun;
  channel.port1.onmessage = () => { times.push(performance.now() - begun); begun = undefined; };
  addEventListener("input", () => {
    if (begun !== undefined) return;
    begun = performance.now();
    requestAnimationFrame(() => channel.port2.postMessage(0));
  }, { capture: true });
  globalThis.inputTimes = times;
}"""

# The same bars the usual way: a slider of ipywidgets, a function in Python, a picture by matplotlib.
NOTEBOOK = """import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatSlider, interact
from softmaxlab import softmax
plt.ioff()
@interact(a=FloatSlider(value=2, min=-10, max=10, step=0.1))
def bars(a):
    fig, ax = plt.subplots(figsize=(6, 3))
    ax.bar(["cat", "dog", "bird"], softmax([a, 1, 0.1]))
    ax.set_ylim(0, 1)
    plt.show()
"""
PICTURE = "(document.querySelector('.jp-Notebook img')?.src ?? '')"


def drag_times(page, address: str, slowdown: int) -> np.ndarray:
    """Return milliseconds from input to painted frame while the first slider is dragged to and fro."""
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    page.evaluate(TIMER)
    handle = page.locator(".sl-widget input[type=range]:visible").first
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    y, left, way = box["y"] + box["height"] / 2, box["x"] + 14, box["width"] - 28
    page.mouse.move(left + way / 2, y)
    page.mouse.down()
    times = []
    while len(times) < INPUTS:  # a slider with few steps hears less than a mouse moves
        for phase in np.linspace(0, 12 * np.pi, STEPS):
            page.mouse.move(left + way * (0.5 + 0.48 * np.sin(phase)), y)
        heard, times = len(times), page.evaluate("inputTimes")
        if len(times) == heard:
            raise RuntimeError(f"{address}: the first slider heard nothing of {STEPS} steps of the mouse")
    page.mouse.up()
    session.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return np.array(times)


def kernel_times(browser) -> np.ndarray:
    """Return milliseconds from a key on an ipywidgets slider to the new picture that the kernel drew."""
    with tempfile.TemporaryDirectory() as folder:
        cell = {
            "cell_type": "code",
            "id": "bars",
            "source": NOTEBOOK,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        spec = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = {"cells": [cell], "metadata": spec, "nbformat": 4, "nbformat_minor": 5}
        (Path(folder) / "bars.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
        with lab.jupyterlab(Path(folder)) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{address}/lab/tree/bars.ipynb?reset")
            page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]", timeout=60_000)
            page.wait_for_function("jupyterapp.shell.currentWidget.sessionContext.isReady", timeout=60_000)
            page.evaluate("void jupyterapp.commands.execute('notebook:run-all-cells')")
            page.wait_for_function(f"{PICTURE} !== ''", timeout=60_000)
            page.wait_for_timeout(1000)  # the first picture is drawn twice
            handle = page.locator(".jp-OutputArea [role=slider]").first
            handle.focus()
            times = []
            for step in range(KERNEL_STEPS):
                before = page.evaluate(PICTURE)
                begun = perf_counter()
                handle.press("ArrowRight" if step % 20 < 10 else "ArrowLeft")
                page.wait_for_function(
                    f"before => {PICTURE} !== before && {PICTURE} !== ''", arg=before, polling="raf", timeout=20_000
                )
                times.append(1000 * (perf_counter() - begun))
            page.close()
    return np.array(times)


def main() -> None:
    """Print the table."""
    best = {}  # of each widget, at each speed
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        server, address = serve.start(Path(folder))
        browser = playwright.chromium.launch(executable_path=chromium.installed(), args=chromium.arguments())
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        for number, make in enumerate(EXAMPLES.values()):
            own = Path(folder) / str(number)
            own.mkdir()
            widget_page(own, make())
        for _ in range(ROUNDS):
            for number, name in enumerate(EXAMPLES):
                for rate in (1, 4):
                    times = drag_times(page, f"{address}/{number}/index.html", rate)
                    best[name, rate] = min(best.get((name, rate), times), times, key=lambda t: np.percentile(t, 95))
        kernel = kernel_times(browser)
        browser.close()
        server.shutdown()
        server.server_close()
    print(f"{'input to painted frame, ms':<36}{'inputs':>8}{'p50':>8}{'p95':>8}{'p50 4x':>8}{'p95 4x':>8}{'kernel':>8}")
    for name in EXAMPLES:
        cells = "".join(f"{np.percentile(best[name, rate], q):>8.1f}" for rate in (1, 4) for q in (50, 95))
        ratio = np.percentile(kernel, 50) / np.percentile(best[name, 1], 50)
        print(f"{name:<36}{len(best[name, 4]):>8}{cells}{ratio:>7.0f}x")
    cells = "".join(f"{np.percentile(kernel, q):>8.1f}" for q in (50, 95))
    print(f"{'interact, kernel, matplotlib':<36}{len(kernel):>8}{cells}")


if __name__ == "__main__":
    main()
