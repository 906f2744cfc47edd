"""What a page offers for download opens: a notebook runs in a plain Jupyter, after its own first cell."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup

from support.browser import site_pages
from support.browser.pages import ROOT, SITE

PAGES = [SITE / page for page in site_pages.PAGES]
DOWNLOADS = sorted((SITE / "_sources").rglob("*.ipynb"))
INSTALL = re.compile(
    r'%pip install -q "softmaxlab\[book\] @ (https://github\.com/[\w.-]+/[\w.-]+/archive/[0-9a-f]{40}\.zip)"'
)
LEFT = re.compile(  # of MyST
    r"\{[a-z][\w:-]*\}`|^\s*(?:`{3,}|:{3,})\{|^\([\w-]+\)=|\]\{[#.]|glued\(|^:[\w-]+:\s", re.MULTILINE
)


def packages(path):
    """The names of the packages that the cells of a notebook import."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return {name.partition(".")[0] for name in re.findall(r"^(?:from|import) ([\w.]+)", code, re.MULTILINE)}


def tried():
    """The downloads that are run: all of them in `make release-check`, else what imports most packages, and fewest.

    Each chapter runs in JupyterLab too, and when the book is built.
    """
    if os.environ.get("SOFTMAXLAB_DOWNLOADS") == "all":
        return DOWNLOADS
    by_need = sorted(DOWNLOADS, key=lambda path: len(packages(path)))
    return [*by_need[:1], *by_need[1:][-1:]]


def by_page(path):
    return path.relative_to(SITE / "_sources").as_posix()


def offered(page):
    """Links behind the download button of a page."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    return [link["href"] for link in soup.select(".dropdown-download-buttons a[href]")]


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_the_book_is_built():
    assert len(DOWNLOADS) > 10


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(SITE).as_posix())
def test_every_download_that_a_page_offers_is_there(page):
    links = offered(page)
    name = page.relative_to(SITE).with_suffix("")
    source = (ROOT / name).with_suffix(".md")
    assert len(links) == 0 if not source.exists() else links
    for link in links:
        path = (page.parent / link).resolve()
        assert path.is_relative_to(SITE / "_sources")
        assert path.stat().st_size > 100
        if path.suffix == ".ipynb":
            nbformat.validate(nbformat.read(path, as_version=4))
    if source.exists() and "```{code-cell}" in source.read_text(encoding="utf-8"):
        assert any(link.endswith(f"{name.name}.ipynb") for link in links)


@pytest.mark.parametrize("path", DOWNLOADS, ids=by_page)
def test_a_download_begins_with_an_install_line_that_works_from_anywhere(path):
    first, about = nbformat.read(path, as_version=4).cells[:2]
    assert first.cell_type == "code"
    assert INSTALL.fullmatch(first.source)
    assert "The cell above brings its package" in about.source


@pytest.mark.parametrize("path", DOWNLOADS, ids=by_page)
def test_a_download_names_the_book_that_it_comes_from(path):
    _, about, *_ = nbformat.read(path, as_version=4).cells
    assert "from the book “Softmax, from Logits to Loss”" in about.source


@pytest.mark.parametrize("path", DOWNLOADS, ids=by_page)
def test_a_download_shows_numbers_and_no_markup_of_the_book(path):
    text = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", prose(nbformat.read(path, as_version=4)), flags=re.DOTALL | re.MULTILINE)
    assert LEFT.findall(text) == []
    assert "…`" not in text


@pytest.mark.parametrize("path", DOWNLOADS, ids=by_page)
def test_the_numbers_of_a_download_are_those_of_the_page(path):
    """Each number that the source glues stands in the page's text and in the download's."""
    source = (ROOT / by_page(path)).with_suffix(".md").read_text(encoding="utf-8")
    page = BeautifulSoup((SITE / by_page(path)).with_suffix(".html").read_text(encoding="utf-8"), "html.parser")
    shown = [node.get_text() for node in page.select("article .pasted-text")]
    glued = re.findall(r"\{eval\}`", source)
    assert len(shown) == len(glued)
    text = prose(nbformat.read(path, as_version=4))
    for number in shown:
        assert number in text


@pytest.mark.parametrize("path", DOWNLOADS, ids=by_page)
def test_a_download_keeps_every_cell_and_folds_what_the_page_hides(path):
    source = (ROOT / by_page(path)).with_suffix(".md").read_text(encoding="utf-8")
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert len(cells) - 1 == source.count("```{code-cell}")
    hidden = [cell for cell in cells if cell.metadata.get("jupyter", {}).get("source_hidden")]
    assert len(hidden) == len(re.findall(r"tags: \[(?:remove|hide)-(?:cell|input)\]", source))
    assert all(cell.outputs == [] for cell in cells)


# --- it runs ---


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The package as pip would build it, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys, flit_core.buildapi as build; print(build.build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, folder], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )
    return folder / done.stdout.strip()


@pytest.fixture(scope="module")
def plain_python(tmp_path_factory):
    """The Python of a plain Jupyter: what the package and the chapters need from others, and not the package."""
    folder = tmp_path_factory.mktemp("bare")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    others = folder / "others"
    others.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "softmaxlab" not in entry.name and entry.suffix != ".pth":
            (others / entry.name).symlink_to(entry)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    own = subprocess.run([python, "-c", where], capture_output=True, encoding="utf-8", check=True).stdout.strip()
    (Path(own) / "others.pth").write_text(f"{others}\n", encoding="utf-8")
    return python


@pytest.fixture
def clean_environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith(("PYTHON", "JUPYTER", "MPL", "SOFTMAXLAB"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_NO_INDEX", "1")


def run(notebook, python, folder):
    """Run all cells, as a reader would, in an empty folder; fails at the first cell that does."""
    spec = {"argv": [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
    kernel = folder / "share" / "kernels" / "bare"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps({**spec, "display_name": "bare"}), encoding="utf-8")
    path = folder / "empty" / "download.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    command = [sys.executable, "-c", "from nbclient.cli import main; main()", path, "--kernel_name=bare", "--inplace"]
    done = subprocess.run(
        [*command, "--timeout=-1", "--startup_timeout=900"],  # the time limit of all tests is the only one
        env={**os.environ, "JUPYTER_PATH": str(folder / "share")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return nbformat.read(path, as_version=4)


def test_the_bare_python_does_not_have_the_package(plain_python, clean_environment, tmp_path):
    done = subprocess.run([plain_python, "-c", "import softmaxlab"], cwd=tmp_path, capture_output=True, check=False)
    assert b"ModuleNotFoundError" in done.stderr


def test_the_wheel_names_what_the_notebooks_need(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [name for name in archive.namelist() if name.endswith("METADATA")]
        text = archive.read(metadata).decode()
    for package in ("scikit-learn", "threadpoolctl", "tqdm"):
        assert re.search(rf'^Requires-Dist: {package} ?; extra == "book"', text, re.MULTILINE)
    assert re.search(r"^Requires-Dist: numpy ?>=2", text, re.MULTILINE)


@pytest.mark.parametrize("path", tried(), ids=by_page)
def test_a_download_runs_in_a_plain_jupyter(path, wheel, plain_python, clean_environment, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    address = INSTALL.fullmatch(notebook.cells[0].source)[1]
    local = notebook.cells[0].source.replace(address, wheel.as_uri()).replace("pip install", "pip install --no-deps")
    notebook.cells[0].source = local
    notebook = run(notebook, plain_python, tmp_path)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error"] == []
    assert len([output for output in outputs if output.output_type != "stream"]) > 0
