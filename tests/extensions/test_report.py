"""A failed build tells an author all that must be mended, each with its place, and the cause of what ended it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from content import static_widgets
from report import report

ROOT = Path(__file__).resolve().parents[2]

CONF = """
extensions = ["setup.told_last", "setup.patient_katex", "myst_nb", "sphinxcontrib.katex", EXTENSIONS]
nb_execution_mode = "cache"
exclude_patterns = ["out"]
"""
HEAD = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, name: python3}
---
"""
CHAPTER = HEAD + "\n# A chapter\n\n```{code-cell} ipython3\n:tags: [hide-input]\n\nx = 1\nCODE\n```\n\nTEXT\n"
INDEX = "# A book\n\n```{toctree}\none\ntwo\n```\n\n{eq}`eq-nowhere`\n\n![a picture](no.png)\n"


def book(folder, one="y = 2", two="z = 3", text="Nothing.", index=INDEX, extensions=""):
    (folder / "conf.py").write_text(CONF.replace("EXTENSIONS", extensions), encoding="utf-8")
    (folder / "index.md").write_text(index, encoding="utf-8")
    for name, code in (("one", one), ("two", two)):
        (folder / f"{name}.md").write_text(CHAPTER.replace("CODE", code).replace("TEXT", text), encoding="utf-8")
    return folder


def build(folder, *arguments):
    """Return the exit code, what stands on standard error, and the report of the whole log."""
    command = [sys.executable, "-m", "sphinx", *arguments, "-b", "html", ".", "out/html"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "_ext"), str(folder)])}
    run = subprocess.run(command, cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False)
    return run.returncode, run.stderr, report(run.stdout + run.stderr, str(folder))


BROKEN = {"one": "y = x / 0", "two": "import softmaxlab_", "text": "It is {glue:text}`never`."}
BOTH = """\
index.md:8: equation not found: eq-nowhere [ref.eq]
index.md:10: image file not readable: no.png [image.not_readable]
one.md:13: a cell fails: ZeroDivisionError: division by zero
    x = 1
  > y = x / 0
two.md:13: a cell fails: ModuleNotFoundError: No module named 'softmaxlab_'
    x = 1
  > import softmaxlab_
(2 numbers of the text are missing, since the cells that store them fail.)"""


def plain(told):
    """The report without the kinds of warnings, which Sphinx names or not."""
    return told.replace(" [ref.eq]", "").replace(" [image.not_readable]", "")


@pytest.mark.parametrize("strictly", [["-W", "--keep-going"], []], ids=["strict", "plain"])
def test_every_failing_cell_and_every_warning_is_told_with_its_place_and_the_build_fails(tmp_path, strictly):
    code, said, told = build(book(tmp_path, **BROKEN), *strictly)
    assert code
    assert plain(told) == plain(BOTH)
    assert plain(BOTH) in plain(said.split("What must be mended:")[1]), "it is also the last that the build says"


def test_a_build_without_a_fault_tells_nothing(tmp_path):
    index = INDEX.partition("{eq}")[0]
    code, said, told = build(book(tmp_path, index=index), "-W", "--keep-going")
    assert (code, told) == (0, "")
    assert "What must be mended" not in said


LATE = """
def late(app, exception):
    if not exception:
        raise ValueError("found no end")

def setup(app):
    app.connect("build-finished", late, priority=900)
"""


def test_an_error_at_the_end_of_a_build_is_not_hidden_by_a_second_one(tmp_path):
    index = INDEX.partition("{eq}")[0]
    (tmp_path / "late.py").write_text(LATE, encoding="utf-8")
    code, said, told = build(book(tmp_path, index=index, extensions='"late"'))
    assert code
    assert "found no end" in told
    assert "FileNotFoundError" not in told + said


# Logs as they were recorded, shortened


CHECKED = """Running Jupyter-Book v1.0.4.post1
\x1b[01mRunning Sphinx v7.4.7\x1b[39;49;00m

\x1b[91mExtension error (checked_first):\x1b[39;49;00m
`make check` finds what must be mended:
chapters/06-p-minus-y.md:231: eq-loss-by-p says + where the proof says −
src/softmaxlab/widgets/plane_trainer/widget.js:461: column 21: Unexpected token: name (x)
Traceback (most recent call last):
  File "/book/.venv/lib/python3.11/site-packages/jupyter_book/sphinx.py", line 114, in build_sphinx
    app = Sphinx(
sphinx.errors.ExtensionError: `make check` finds what must be mended:
chapters/06-p-minus-y.md:231: eq-loss-by-p says + where the proof says −

The above exception was the direct cause of the following exception:
"""


def test_what_the_check_finds_is_told_line_by_line_and_not_the_way_through_jupyter_book():
    assert report(CHECKED, "/book").splitlines() == [
        "chapters/06-p-minus-y.md:231: eq-loss-by-p says + where the proof says −",
        "src/softmaxlab/widgets/plane_trainer/widget.js:461: column 21: Unexpected token: name (x)",
    ]


THREW = """Running Jupyter-Book v1.0.4.post1

\x1b[91mExtension error (lean_pages):\x1b[39;49;00m
Handler <function lean_pages at 0x7f> for event 'build-finished' threw an exception (exception: list index out of range)
Traceback (most recent call last):
  File "/book/.venv/lib/python3.11/site-packages/sphinx/events.py", line 97, in emit
    results.append(listener.handler(self.app, *args))
                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "/book/_ext/delivery/lean_pages.py", line 161, in lean_pages
    text = parts[7]
           ~~~~~^^^
IndexError: list index out of range

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/book/.venv/bin/jupyter-book", line 8, in <module>
    sys.exit(main())
RuntimeError:
"""


def test_an_error_of_an_extension_is_told_with_our_file_and_line():
    assert report(THREW, "/book").splitlines() == [
        "Handler <function lean_pages at 0x7f> for event 'build-finished' threw an exception (exception: list index "
        "out of range)",
        "    _ext/delivery/lean_pages.py:161: in lean_pages",
        "    IndexError: list index out of range",
    ]


WARNED = """
/book/chapters/02-shift.md:12: WARNING: image file not readable: chapters/no.png [image.not_readable]
[IPKernelApp] WARNING | Kernel is running over TCP without encryption.
/book/chapters/01-scores.md:303: WARNING: no test speaks for the equation eq-gibbs-new
/book/chapters/02-shift.md:12: WARNING: image file not readable: chapters/no.png [image.not_readable]
/book/src/softmaxlab/softmax.py:docstring of softmaxlab.softmax:4: ERROR: Unexpected indentation.
C:\\book\\index.md:7: WARNING: undefined label: 'x'
WARNING: html_static_path entry 'a' does not exist
"""


def test_warnings_are_told_once_each_by_file_and_line():
    assert report(WARNED, "/book").splitlines() == [
        "html_static_path entry 'a' does not exist",
        "C:\\book\\index.md:7: undefined label: 'x'",
        "chapters/01-scores.md:303: no test speaks for the equation eq-gibbs-new",
        "chapters/02-shift.md:12: image file not readable: chapters/no.png [image.not_readable]",
        "src/softmaxlab/softmax.py:4: Unexpected indentation.",
    ]


SLOW = """
/book/two.md: WARNING: Executing notebook failed: CellTimeoutError
Traceback (most recent call last):
  File "/x/nbclient/client.py", line 9, in run
    raise
nbclient.exceptions.CellTimeoutError: A cell timed out while it was being executed, after 120 seconds.
The message was: Cell execution timed out.
Here is a preview of the cell contents:
-------------------
while True: pass
-------------------

 [mystnb.exec]
"""


def test_a_cell_that_takes_too_long_is_told():
    told = report(SLOW, "/book")
    assert told.startswith("two.md: a cell fails: nbclient.exceptions.CellTimeoutError: A cell timed out")
    assert "while True: pass" in told


# JavaScript


@pytest.fixture
def widgets_of(tmp_path, monkeypatch):
    """A book whose only widget is of this text; returns its root."""

    def made(text, core="export const a = 1;\n"):
        for name, content in {"_runtime/core.js": core, "thing/widget.js": text}.items():
            path = tmp_path / "src/softmaxlab/widgets" / name
            path.parent.mkdir(parents=True)
            path.write_text(content, encoding="utf-8")
        monkeypatch.setattr(static_widgets, "WIDGETS", tmp_path / "src/softmaxlab/widgets")
        monkeypatch.setattr(static_widgets, "module_names", lambda: ["thing"])
        static_widgets.bundled.cache_clear()
        return tmp_path

    yield made
    static_widgets.bundled.cache_clear()


IMPORT = 'import { a } from "../_runtime/core.js";\n'
BROKEN_SCRIPTS = {
    "thing/widget.js:2: column 18": (IMPORT + "export const b = = a;\n", "export const a = 1;\n"),
    "_runtime/core.js:1: column 18": (IMPORT + "export default a;\n", "export const a = = 1;\n"),
    "thing/widget.js:2: column 8": (IMPORT + "const [a] = [1];\nexport default a;\n", "export const a = 1;\n"),
}


@pytest.mark.parametrize("place", BROKEN_SCRIPTS)
def test_a_script_that_cannot_be_bundled_is_named_with_line_and_column(widgets_of, place):
    (widgets_of(*BROKEN_SCRIPTS[place]) / "tools").symlink_to(ROOT / "tools")
    with pytest.raises(ExtensionError, match=f"^src/softmaxlab/widgets/{re.escape(place)}: ") as raised:
        static_widgets.bundled(static_widgets.WIDGETS.parents[2])
    assert "npm ci" not in str(raised.value)


def test_npm_is_advised_where_a_package_is_missing(widgets_of):
    root = widgets_of("export default 1;\n")
    (root / "tools").mkdir()
    (root / "tools/bundle.mjs").write_text((ROOT / "tools/bundle.mjs").read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(ExtensionError, match=r"could not be bundled: a JavaScript package is missing: .*npm ci"):
        static_widgets.bundled(root)
