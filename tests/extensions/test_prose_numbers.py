"""The numbers in the text: alike in the built page and in a live notebook, and a failed build where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import jupytext
import nbformat.v4 as nb
import numpy as np
import pytest
from myst_nb.core.variables import format_plain_text

from softmaxlab.book.notebook import GLUE_PREFIX, glue, glued

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = [ROOT / "index.md", *sorted((ROOT / "chapters").glob("*.md")), ROOT / "errata.md"]


@pytest.mark.parametrize(
    ("value", "spec"),
    [(2 / 3, ".3f"), (np.float64(-1.5), ""), (7, ".2f"), (7, "d"), ("−1.96", ""), (np.inf, ".3f"), (1e-300, ".2e")],
)
def test_notebook_and_page_write_a_number_alike(value, spec):
    glue("number", value)
    stored = repr(value.item() if isinstance(value, np.generic) else value)  # what a page has: text
    assert glued(f"number:{spec}" if spec else "number") == format_plain_text(stored, spec)


def test_a_number_glued_again_is_the_new_one():
    glue("number", 1)
    glue("number", 2)
    assert glued("number") == "2"


def test_a_number_whose_cell_has_not_run_is_an_ellipsis():
    assert glued("nobody stored this:.3f") == "…"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_chapter_saved_by_jupyterlab_keeps_the_numbers_out_of_its_source(path):
    notebook = jupytext.read(path)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":  # where jupyterlab_myst keeps what the kernel answered
            cell.metadata["user_expressions"] = [{"expression": "glued('x')", "result": {"status": "ok"}}]
    saved = jupytext.writes(notebook, "md:myst")
    assert '"user_expressions"' not in saved
    assert saved.count(":tags:") == path.read_text(encoding="utf-8").count(":tags:")


# The built page


def build(folder, text):
    """Build one notebook, whose only cell has stored loss = 2/3; return the finished process and the page's text."""
    folder.mkdir()
    (folder / "conf.py").write_text(
        "extensions = ['myst_nb', 'content.prose_numbers']\nnb_execution_mode = 'off'\n",
        encoding="utf-8",
    )
    metadata = {"scrapbook": {"name": "loss", "mime_prefix": GLUE_PREFIX}}
    output = nb.new_output("display_data", data={GLUE_PREFIX + "text/plain": repr(2 / 3)}, metadata=metadata)
    cells = [nb.new_code_cell("glue('loss', 2 / 3)", outputs=[output]), nb.new_markdown_cell(f"# Page\n\n{text}\n")]
    language = {"language_info": {"name": "python", "pygments_lexer": "ipython3"}}
    (folder / "index.ipynb").write_text(nb.writes(nb.new_notebook(cells=cells, metadata=language)), encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-b", "text", "-n", "-W", "--keep-going", "-q", folder, folder / "out"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "_ext")}
    done = subprocess.run(command, env=env, capture_output=True, encoding="utf-8", check=False)
    page = folder / "out" / "index.txt"
    return done, page.read_text(encoding="utf-8") if page.exists() else ""


def test_the_built_page_shows_the_stored_number(tmp_path):
    done, page = build(tmp_path / "book", 'It is {eval}`glued("loss:.3f")`, or {eval}`glued("loss:.1f")`.')
    assert (done.returncode, done.stderr) == (0, "")
    assert "It is 0.667, or 0.7." in page


def test_the_build_fails_on_whatever_is_not_a_stored_number(tmp_path):
    wrong = ['glued("lost:.3f")', "glued('loss')", 'glued("loss", ".3f")', "2 / 3", 'glued("loss:.3f") + ""']
    done, _ = build(tmp_path / "book", "\n\n".join(f"{{eval}}`{expression}`" for expression in wrong))
    assert done.returncode == 1
    assert done.stderr.count("WARNING") == len(wrong)
    assert "No key 'lost' found" in done.stderr
    assert 'expected one number: write {eval}`glued("name:.3f")`' in done.stderr
