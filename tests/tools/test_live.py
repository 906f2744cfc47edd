"""`make serve` builds what an author saves and shows it; what fails is told, and the last good pages stay."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import live
import serve
import watch

ROOT = Path(__file__).resolve().parents[2]

# The files


@pytest.fixture
def book_files(tmp_path):
    for name in ("_toc.yml", "index.md", "chapters/one.md", "src/a/b.py", "_ext/c.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1", encoding="utf-8")
    return tmp_path


EDITORS = (".one.md.swp", "4913", "one.md~", "#one.md#", ".#one.md", "one.md.tmp", "__pycache__/a.py")


@pytest.mark.parametrize("name", [*EDITORS, ".ipynb_checkpoints/one.md"])
def test_what_editors_leave_beside_a_file_is_no_change(book_files, name):
    before = watch.snapshot(book_files)
    path = book_files / "chapters" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("2", encoding="utf-8")
    assert watch.changed(before, watch.snapshot(book_files)) == []


def test_a_link_that_leads_nowhere_is_no_change(book_files):
    before = watch.snapshot(book_files)
    (book_files / "chapters" / "lock.md").symlink_to("author@machine.123")
    assert watch.changed(before, watch.snapshot(book_files)) == []


def test_files_that_are_changed_added_and_removed_are_named(book_files):
    before = watch.snapshot(book_files)
    (book_files / "chapters" / "two.md").write_text("2", encoding="utf-8")
    (book_files / "chapters" / "one.md").unlink()
    (book_files / "src" / "a" / "b.py").write_text("22", encoding="utf-8")
    assert watch.changed(before, watch.snapshot(book_files)) == ["chapters/one.md", "chapters/two.md", "src/a/b.py"]


def test_a_save_in_several_writes_is_one_change(book_files, monkeypatch):
    writes = iter(["h", "half", "half and half"])

    def sleep(seconds):
        if text := next(writes, None):
            (book_files / "index.md").write_text(text, encoding="utf-8")

    monkeypatch.setattr(watch.time, "sleep", sleep)
    assert watch.settled(book_files)["index.md"][1] == len("half and half")
    assert next(writes, None) is None


@pytest.mark.parametrize(
    ("file", "need"),
    [
        ("chapters/one.md", "page"),
        ("glossary.md", "page"),
        ("_toc.yml", "frame"),
        ("references.bib", "frame"),
        ("assets/css/site.css", "frame"),
        ("chapters/picture.png", "frame"),
        ("_config.yml", "code"),
        ("src/softmaxlab/softmax.py", "code"),
        ("src/softmaxlab/widgets/_runtime/elements.js", "code"),
        ("_ext/delivery/icons.py", "code"),
        ("_templates/layout.html", "frame"),
        ("tests/equations/test_x.py", "code"),
    ],
)
def test_a_change_is_answered_with_as_much_as_it_needs(file, need):
    assert watch.matters(file)
    assert watch.what_it_means([file]) == need


@pytest.mark.parametrize("file", ["README.md", "tools/dev.py", "tools/live.py"])
def test_what_no_page_depends_on_does_not_matter(file):
    assert not watch.matters(file)


# The served copy


def test_the_served_copy_follows_what_was_built(tmp_path):
    built, served = tmp_path / "built", tmp_path / "served"
    for folder in (built, served):
        (folder / "chapters").mkdir(parents=True)
        (folder / "same.html").write_text("same", encoding="utf-8")
    (served / "same.html").touch()
    (built / "chapters" / "new.html").write_text("new", encoding="utf-8")
    (built / "book.css").write_text("new", encoding="utf-8")
    (served / "chapters" / "gone.html").write_text("gone", encoding="utf-8")
    untouched = (served / "same.html").stat().st_mtime_ns
    assert live.publish(built, served) == ["chapters/gone.html", "chapters/new.html"]
    assert sorted(path.name for path in served.rglob("*.*")) == ["book.css", "new.html", "same.html"]
    assert (served / "same.html").stat().st_mtime_ns == untouched


def fetch(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_a_page_asks_for_news_where_an_author_reads_it_and_nowhere_else(tmp_path):
    page = tmp_path / "index.html"
    page.write_text("<body><p>words</p></body>", encoding="utf-8")
    server, _ = serve.start(tmp_path, handler=live.LiveHandler)
    port = server.server_address[1]
    assert fetch(port, "/") == (200, '<body><p>words</p><script src="/_live.js" defer></script></body>')
    assert "location.reload" in fetch(port, "/_live.js")[1]
    state = fetch(port, "/_live?page=%2F")[1]
    assert state == fetch(port, "/_live?page=%2Findex.html")[1] == str(page.stat().st_mtime_ns)
    assert fetch(port, "/_live?page=%2F..%2F..%2Fnothing.html") == (200, "none")
    assert fetch(port, "/_live?page=%00") == (200, "none")
    assert page.read_text(encoding="utf-8") == "<body><p>words</p></body>"
    server.shutdown()
    server.server_close()


# The whole, on a little book

CONFIG = f"""title: A little book
only_build_toc_files: true
execute: {{execute_notebooks: cache}}
sphinx:
  local_extensions: {{setup.told_last: {str(ROOT / "_ext")!r}, setup.shown_elsewhere: {str(ROOT / "_ext")!r}}}
"""
CHAPTER = """---
jupytext:
  text_representation: {extension: .md, format_name: myst}
kernelspec: {display_name: Python 3, name: python3}
---

# One

```{code-cell} ipython3
CODE
```

WORDS words.
"""


HEARS = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


class Author:
    """Edits a little book that is served live, and waits for what is shown."""

    def __init__(self, root):
        self.root = root
        (root / "chapters").mkdir()
        self.write("_config.yml", CONFIG)
        self.write("_toc.yml", "format: jb-book\nroot: index\nchapters:\n  - file: chapters/one\n")
        self.write("index.md", "# A little book\n\nIts page.\n")
        self.save("First")
        build = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", "."]
        subprocess.run(build, cwd=root, check=True, capture_output=True)
        command = [sys.executable, str(ROOT / "tools" / "live.py"), "0", str(root)]
        # Ctrl+C must reach it, also where a shell runs these tests in the background, deaf to it.
        if os.name != "nt":
            command[1:1] = ["-c", HEARS]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        self.lines = []
        self.reader = threading.Thread(target=lambda: self.lines.extend(iter(self.process.stdout.readline, "")))
        self.reader.start()
        self.until(lambda: "Ready" in self.said)
        self.port = int(self.said.partition("127.0.0.1:")[2].partition("/")[0])

    @property
    def said(self):
        return "".join(self.lines)

    def write(self, name, text):
        (self.root / name).write_text(text, encoding="utf-8")

    def save(self, words, code="x = 1"):
        self.write("chapters/one.md", CHAPTER.replace("WORDS", words).replace("CODE", code))

    def shows(self, words, page="chapters/one.html"):
        return f"{words} words" in fetch(self.port, f"/{page}")[1]

    def until(self, holds):
        """Wait for a state, however slow the machine is; a test has its own time-out."""
        while not holds():
            assert getattr(self, "process", None) is None or self.process.poll() is None, self.said
            time.sleep(0.1)


@pytest.fixture(scope="module")
def author(tmp_path_factory):
    author = Author(tmp_path_factory.mktemp("book"))
    yield author
    if author.process.poll() is None:
        author.process.kill()
    author.process.wait()
    author.reader.join()
    author.process.stdout.close()


def test_a_saved_text_is_shown(author):
    assert author.shows("First")
    author.save("Second")
    author.until(lambda: author.shows("Second"))
    author.until(lambda: "shown after" in author.said)
    assert "chapters/one.md: building that page" in author.said


def test_what_fails_is_told_and_the_last_good_page_stays(author):
    author.save("Never", code="x = 1 / 0")
    author.until(lambda: "The pages stay as they were" in author.said)
    assert "chapters/one.md:10: a cell fails: ZeroDivisionError: division by zero\n  > x = 1 / 0" in author.said
    assert not author.shows("Never")
    author.save("Third")
    author.until(lambda: author.shows("Third"))


def test_a_fault_that_is_left_is_told_again_when_another_page_is_saved(author):
    author.save("Never", code="x = 2 / 0")
    author.until(lambda: author.said.count("x = 2 / 0") == 1)
    author.write("index.md", "# A little book\n\nNew words.\n")
    author.until(lambda: author.said.count("x = 2 / 0") == 2)
    assert not author.shows("New", "index.html")
    author.save("Fourth")
    author.until(lambda: author.shows("Fourth") and author.shows("New", "index.html"))


def test_a_chapter_can_come_and_go(author):
    contents = (author.root / "_toc.yml").read_text(encoding="utf-8")
    author.write("chapters/two.md", "# Two\n\nSome words.\n")
    author.write("_toc.yml", contents + "  - file: chapters/two\n")
    author.until(lambda: author.shows("Some", "chapters/two.html"))
    author.until(lambda: "Two" in fetch(author.port, "/chapters/one.html")[1])
    (author.root / "chapters" / "two.md").unlink()
    author.write("_toc.yml", contents)
    author.until(lambda: fetch(author.port, "/chapters/two.html")[0] == 404)
    assert author.shows("Fourth")


def test_what_is_saved_during_a_build_is_built_next(author):
    builds = author.said.count(": building")
    author.save("Fifth")
    author.until(lambda: author.said.count(": building") > builds)
    author.save("Sixth")
    author.write("index.md", "# A little book\n\nOther words.\n")
    author.until(lambda: author.shows("Sixth") and author.shows("Other", "index.html"))


def test_it_ends_cleanly(author):
    author.process.send_signal(signal.SIGINT)
    assert author.process.wait() == 0, author.said
    assert "Traceback" not in author.said
