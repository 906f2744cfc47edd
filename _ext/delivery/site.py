"""The built site as the steps of its delivery see it: every page is read once, and every file is written once.

Nothing on the disk changes before the last step is done. A delivery that fails leaves what Sphinx wrote, and the
next build delivers it.
"""

import hashlib
import json
from pathlib import Path

from sphinx.application import Sphinx

STATIC = "_static"


class Site:
    """The pages of a build, and what else was read or made: all in memory, by their place in the site."""

    def __init__(self, app: Sphinx) -> None:
        """Read all pages, and tell those that Sphinx wrote from those that an earlier build delivered."""
        self.app, self.root, self.folder = app, Path(app.srcdir), Path(app.outdir)
        self.record = Path(app.doctreedir) / "delivered.json"
        names = (path.relative_to(self.folder) for path in sorted(self.folder.rglob("*.html")))
        places = [name.as_posix() for name in names if name.parts[0] != STATIC]  # templates of the theme lie there
        self.pages = {place: (self.folder / place).read_text(encoding="utf-8") for place in places}
        known = json.loads(self.record.read_text(encoding="utf-8")) if self.record.exists() else {}
        moved = 'http-equiv="refresh"'  # a page that only leads elsewhere is not the theme's, and left alone
        self.moved = {place for place in places if moved in self.pages[place]}
        self.fresh = [
            place for place in places if place not in self.moved and known.get(place) != digest(self.pages[place])
        ]
        self._before = dict(self.pages)
        self._files: dict[str, bytes | None] = {}

    def exists(self, place: str) -> bool:
        """Say whether the site has a file."""
        return self._files[place] is not None if place in self._files else (self.folder / place).is_file()

    def read(self, place: str) -> bytes:
        """Return a file as the steps before left it."""
        content = self._files[place] if place in self._files else (self.folder / place).read_bytes()
        if content is None:
            raise FileNotFoundError(place)
        return content

    def text(self, place: str) -> str:
        """Return a file of text."""
        return self.read(place).decode().replace("\r\n", "\n")

    def write(self, place: str, content: str | bytes) -> None:
        """Change a file, or make one."""
        self._files[place] = content.encode() if isinstance(content, str) else content

    def remove(self, place: str) -> None:
        """Leave a file out."""
        self._files[place] = None

    def below(self, folder: str) -> list[str]:
        """Return the files below a folder of the site."""
        found = {path.relative_to(self.folder).as_posix() for path in (self.folder / folder).rglob("*")}
        made = {place for place in self._files if place.startswith(f"{folder}/")}
        return sorted(place for place in found | made if self.exists(place))

    def save(self) -> None:
        """Write what has changed, and record how the pages are now."""
        for place, content in self._files.items():
            path = self.folder / place
            if content is None:
                path.unlink(missing_ok=True)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        for place, text in self.pages.items():
            if text != self._before[place]:
                (self.folder / place).write_text(text, encoding="utf-8")
        for path in sorted((self.folder / STATIC).rglob("*"), reverse=True):  # a folder that holds nothing any more
            if path.is_dir() and not any(path.iterdir()):
                path.rmdir()
        self.record.parent.mkdir(parents=True, exist_ok=True)
        delivered = {place: digest(text) for place, text in self.pages.items()}
        self.record.write_text(json.dumps(delivered), encoding="utf-8")


def digest(text: str) -> str:
    """Return what tells one state of a page from another."""
    return hashlib.sha256(text.encode()).hexdigest()
