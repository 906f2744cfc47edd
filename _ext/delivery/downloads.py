"""Make the notebook that a reader downloads one that runs anywhere and reads well in a plain Jupyter.

Its first cell installs the book's package, at the version that this build ran. The text has no role and no directive
left (see `plain_markdown`): a number stands where the page shows one, and a reference says what it refers to. Cells
that the page hides are folded, not gone, since later cells need them. Outputs are left to the reader's own run.
"""

import json
import os
import re
import subprocess
import urllib.parse
from pathlib import Path

import nbformat
from docutils import nodes
from myst_nb.core.variables import format_plain_text
from nbformat import NotebookNode
from pybtex.database import Entry
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

from content.plain_markdown import plain_markdown
from content.prose_numbers import FORM

from .site import Site

PACKAGE = "softmaxlab[book]"
FOLDED = {"hide-input", "hide-cell", "remove-input", "remove-cell"}
SILENT = {"hide-cell", "hide-output", "remove-output", "remove-cell"}
LINK = re.compile(r"(?<=\]\()https?://\S+(?=\))")


class Lookup:
    """What one page's roles and directives stand for, as the build found it."""

    def __init__(self, app: Sphinx, page: str) -> None:
        """Read what the build stored about the page."""
        self.app, self.page, self.env = app, page, app.env
        stored = executed(app, page).with_suffix(".glue.json")
        self.glued = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
        blocks = app.env.get_doctree(page).findall(nodes.literal_block)
        self.included = iter([block.astext() for block in blocks if "source" in block])
        self.cited: list[str] = []

    def number(self, expression: str) -> str:
        """Return what the page shows for `glued("name:.3f")`."""
        form = FORM.fullmatch(expression)
        name, _, spec = form[1].partition(":") if form else ("", "", "")
        if name not in self.glued:
            raise ExtensionError(f"{self.page}: no cell has stored a number for {expression}")
        shown: str = format_plain_text(self.glued[name]["data"]["text/plain"], spec)
        return shown

    def equation(self, label: str) -> str:
        """Return the number of an equation as the pages show it, in parentheses."""
        page, number = self.env.domaindata["math"]["objects"][label]
        parts = self.env.toc_fignumbers.get(page, {}).get("displaymath", {}).get(f"equation-{label}", (number,))
        return f"({'.'.join(map(str, parts))})"

    def title(self, label: str) -> tuple[str, str]:
        """Return the title of what carries the label, and its address."""
        page, anchor, title = self.env.domaindata["std"]["labels"][label.lower()]
        return title, self.address(page, anchor)

    def address(self, page: str, anchor: str = "") -> str:
        """Return where the published book has a page."""
        return f"{published(self.app)}/{page}.html" + (f"#{anchor}" if anchor else "")

    def here(self, anchor: str) -> str:
        """Return where the published book has a place on this page."""
        return self.address(self.page, anchor)

    def beside(self, path: str) -> str:
        """Return where the published book has a page that is named by its source, from this one's folder."""
        name, _, anchor = path.partition("#")
        page = os.path.normpath(os.path.join(os.path.dirname(self.page), name)).removesuffix(".md")
        return self.address(page.replace(os.sep, "/"), anchor)

    def cite(self, keys: str) -> str:
        """Return authors and year of each source, and remember to list it."""
        names = [key.strip() for key in keys.split(",")]
        self.cited += [key for key in names if key not in self.cited]
        return "; ".join(author_and_year(self.entries[key]) for key in names)

    def sources(self) -> str:
        """List what was cited, as the bibliography of the book has it."""
        found = {each.key: each.formatted_entry.text for each in self.env.domaindata["cite"]["citations"]}
        texts = {key: LINK.sub(quoted, " ".join(found[key].render_as("markdown").split())) for key in self.cited}
        lines = [f"- **{author_and_year(self.entries[key])}**: {text}" for key, text in texts.items()]
        return "\n".join(["## Sources", "", *lines])

    @property
    def entries(self) -> dict[str, Entry]:
        """Sources by their keys."""
        entries: dict[str, Entry] = self.env.domaindata["cite"]["bibdata"].data.entries
        return entries


def quoted(address: re.Match[str]) -> str:
    """Write an address so that no Markdown is seen in it.

    >>> LINK.sub(quoted, "[doi](https://doi.org/10.1175/1520(1950)078<0001>2).")
    '[doi](https://doi.org/10.1175/1520%281950%29078%3C0001%3E2).'
    """
    return urllib.parse.quote(address[0], safe=":/?#=&;,._-%")


def author_and_year(entry: Entry) -> str:
    """Name a source in the text.

    >>> from pybtex.database import Entry, Person
    >>> author_and_year(Entry("book", [("year", "1948")], {"author": [Person("Shannon, Claude E.")]}))
    'Shannon 1948'
    """
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join([*person.prelast_names, *person.last_names]).strip("{}") for person in people]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    return " ".join([*[" and ".join(names)], str(entry.fields["year"])]).strip()


def published(app: Sphinx) -> str:
    """Return the address of the published book: the configured one, or where GitHub Pages puts a repository's."""
    if app.config.html_baseurl:
        base: str = app.config.html_baseurl
        return base.rstrip("/")
    owner, name = app.config.html_theme_options["repository_url"].rstrip("/").split("/")[-2:]
    return f"https://{owner}.github.io/{name}"


def version(app: Sphinx) -> str:
    """Name the commit that is built; without git, the branch."""
    named = os.environ.get("GITHUB_SHA")
    if named:
        return named
    command = ["git", "-C", str(app.srcdir), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        branch: str = app.config.html_theme_options["repository_branch"]
        return branch


def executed(app: Sphinx, page: str) -> Path:
    """Return where myst-nb keeps the notebook that it ran for a page."""
    return Path(app.outdir).parent / "jupyter_execute" / f"{page}.ipynb"


def first_cells(app: Sphinx, lookup: Lookup, title: str) -> list[NotebookNode]:
    """Return the cell that installs, and one that says what this is."""
    address = f"{app.config.html_theme_options['repository_url'].rstrip('/')}/archive/{version(app)}.zip"
    install = f'%pip install -q "{PACKAGE} @ {address}"'
    about = (
        f"*This is the notebook of [{title}]({lookup.address(lookup.page)}) from the book "
        f"“{app.config.html_title}”. The cell above brings its package, as it was when the numbers in the text were "
        "computed; it needs the network, once. Then run the cells in order. If a widget shows as a line of text, "
        "start Jupyter anew: it looks for new kinds of widgets when it starts.*"
    )
    return [nbformat.v4.new_code_cell(install), nbformat.v4.new_markdown_cell(about)]


def code_cell(cell: NotebookNode) -> NotebookNode:
    """Return a cell without outputs, folded as the page has it."""
    tags = list(cell.metadata.get("tags", []))
    fold = {"source_hidden": True} if FOLDED & set(tags) else {}
    fold |= {"outputs_hidden": True} if SILENT & set(tags) else {}
    metadata = ({"tags": tags} if tags else {}) | ({"jupyter": fold} if fold else {})
    made: NotebookNode = nbformat.v4.new_code_cell(cell.source, metadata=metadata)
    return made


def notebook(app: Sphinx, page: str) -> NotebookNode:
    """Return the notebook to download for a page."""
    ran = nbformat.read(executed(app, page), as_version=4)
    lookup = Lookup(app, page)
    cells = first_cells(app, lookup, app.env.titles[page].astext())
    for cell in ran.cells:
        if cell.cell_type == "code":
            cells.append(code_cell(cell))
        else:
            try:
                text = plain_markdown(cell.source, lookup)
            except KeyError as missing:
                raise ExtensionError(f"{page}: the text refers to {missing}, which is nowhere in the book") from missing
            cells += [nbformat.v4.new_markdown_cell(text)] if text.strip() else []
    if lookup.cited:
        cells.append(nbformat.v4.new_markdown_cell(lookup.sources()))
    if next(lookup.included, None) is not None:
        raise ExtensionError(f"{page}: the page includes more code than its text names")
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # the same in each build
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    made: NotebookNode = nbformat.v4.new_notebook(cells=cells, metadata=metadata)
    return made


def write_downloads(site: Site) -> None:
    """Put the notebooks in the place of those that the theme offers."""
    for page in sorted(site.app.env.found_docs):
        offered = f"_sources/{page}.ipynb"
        if site.exists(offered):
            site.write(offered, nbformat.writes(notebook(site.app, page)) + "\n")
