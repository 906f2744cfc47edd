"""A page of the built book without its text: what is done to a widget costs as much as the page around it is long.

All else is as it is built: the head with its styles, scripts and policy, the bars of the theme, the sections with their
headings, and each widget in its cell, between the blocks before and after it. Where text was, there is empty room, so
that a widget is as far out of sight as on the page.
"""

from pathlib import Path

from bs4 import BeautifulSoup

import serve

ROOM = '<div style="height: 1500px"></div>'


def without_text(source):
    """Return a page's source with empty room in place of all text that no widget stands next to.

    >>> text = "<h1>T</h1><p>a</p><p>b</p><p>c</p>", "<p>d</p><p>e</p><section><h2>S</h2><p>f</p></section>"
    >>> widget = '<div class="cell"><i class="sl-mount">w</i></div>'
    >>> page = without_text(f"<article>{text[0]}{widget}{text[1]}</article>")
    >>> print(page.replace(ROOM, "[room]").replace(widget, "[widget]"))
    <article><h1>T</h1>[room]<p>c</p>[widget]<p>d</p>[room]<section><h2>S</h2>[room]</section></article>
    """
    page = BeautifulSoup(source, "html.parser")
    cells = [mount.find_parent(class_="cell") for mount in page.select("article .sl-mount")]
    beside = [block for cell in cells for block in (cell.find_previous_sibling(), cell.find_next_sibling())]
    whole = {id(block) for block in (*cells, *beside) if block and block.name != "section"}
    around = {id(parent) for cell in cells for parent in cell.parents}

    def cut(parent):
        gap = None
        for block in parent.find_all(recursive=False):
            if id(block) in around or block.name == "section":
                cut(block)
            elif id(block) not in whole and block.name not in ("h1", "h2", "h3"):
                if gap is None:
                    gap = BeautifulSoup(ROOM, "html.parser").div
                    block.insert_before(gap)
                block.extract()
                continue
            gap = None

    if cells:
        cut(page.article)
    return str(page)


class WithoutText(serve.SiteHandler):
    """The built book, its pages without their text: each is written into `cut` when it is first asked for."""

    cut: Path

    def translate_path(self, path):
        """Map the address of a page to its cut."""
        built = Path(super().translate_path(path))
        if built.suffix != ".html" or not built.is_file():
            return str(built)
        file = self.cut / built.relative_to(self.directory)
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(without_text(built.read_text(encoding="utf-8")), encoding="utf-8")
        return str(file)
