"""What the cells of the chapters are written with: they show what fails, store numbers, and tell of progress."""

import math
import sys

import numpy as np
import pytest
from jupyter_client.manager import start_new_kernel

from softmaxlab import softmax
from softmaxlab.book.notebook import GLUE_PREFIX, attempt, glue, progress
from softmaxlab.pitfalls.naive import softmax_naive


def test_attempt_prints_result_and_warning(capsys):
    attempt(softmax_naive, [1000, 0])
    assert capsys.readouterr().out.splitlines() == [
        "softmax_naive([1000, 0])",
        "  → [nan  0.]",
        "  RuntimeWarning: overflow encountered in exp",
        "  RuntimeWarning: invalid value encountered in divide",
    ]


def test_attempt_prints_an_arithmetic_error(capsys):
    attempt(math.exp, 1000)
    assert capsys.readouterr().out == "math.exp(1000)\n  OverflowError: math range error\n"


def test_attempt_lets_other_errors_through():
    with pytest.raises(ValueError, match="logits"):
        attempt(softmax, 3)


@pytest.mark.parametrize("value", [0.5, np.float64(0.5), np.array(0.5)])  # the last, too, prints as another text
def test_glue_stores_the_plain_value_the_way_myst_nb_reads_it(monkeypatch, value):
    stored = []
    monkeypatch.setattr(
        "softmaxlab.book.notebook.display", lambda data, metadata, raw: stored.append((data, metadata, raw))
    )
    glue("loss", value)
    assert stored == [
        (
            {GLUE_PREFIX + "text/plain": "0.5"},
            {"scrapbook": {"name": "loss", "mime_prefix": GLUE_PREFIX}},
            True,
        )
    ]


def test_glue_is_read_by_myst_nb():
    from myst_nb.ext.glue import extract_glue_data_cell
    from nbformat.v4 import new_code_cell, new_output

    metadata = {"scrapbook": {"name": "loss", "mime_prefix": GLUE_PREFIX}}
    output = new_output("display_data", data={GLUE_PREFIX + "text/plain": "0.5"}, metadata=metadata)
    cell = new_code_cell(outputs=[output])
    ((name, read),) = extract_glue_data_cell(cell)
    assert (name, read["data"]) == ("loss", {"text/plain": "0.5"})
    assert cell.outputs == []  # and it is not displayed


def test_glue_refuses_an_array():
    with pytest.raises(ValueError, match="one number at a time"):
        glue("p", softmax([1, 2]))


PROGRESS = "from softmaxlab.book.notebook import progress\nsum(progress(range(7), total=7))"


def run_cell(source, allow_stdin):
    """What a kernel puts out for one cell: {"stdout": …, "stderr": …, "result": …}."""
    manager, client = start_new_kernel(startup_timeout=None, kernel_name="python3")
    found = {"stdout": "", "stderr": "", "result": ""}

    def collect(message):
        content = message["content"]
        if message["msg_type"] == "stream":
            found[content["name"]] += content["text"]
        found["result"] += content["data"]["text/plain"] if message["msg_type"] == "execute_result" else ""

    try:
        client.execute_interactive(source, allow_stdin=allow_stdin, output_hook=collect)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return found


def test_progress_is_a_line_of_text_where_a_reader_can_be_asked():
    found = run_cell(PROGRESS, allow_stdin=True)  # as JupyterLab runs a cell
    assert "100%|" in found["stdout"]
    assert "7/7" in found["stdout"]
    assert (found["stderr"], found["result"]) == ("", "21")


def test_progress_is_silent_where_nobody_can_be_asked():
    assert run_cell(PROGRESS, allow_stdin=False) == {"stdout": "", "stderr": "", "result": "21"}  # as a build does


def test_progress_does_without_tqdm(monkeypatch):
    monkeypatch.setattr("softmaxlab.book.notebook._is_watched", lambda: True)
    monkeypatch.setitem(sys.modules, "tqdm", None)  # importing it raises ImportError
    assert list(progress("ab", total=2)) == ["a", "b"]
