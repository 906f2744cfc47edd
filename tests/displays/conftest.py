"""What the tests of the displays share."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def book_copy(tmp_path):
    """A copy of the book's pages, to be spoiled."""
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    for page in ROOT.glob("*.md"):
        shutil.copy(page, tmp_path)
    return tmp_path


@pytest.fixture
def displays_alone(monkeypatch):
    """`make check` holds displays and nothing else: a copy of the pages lacks most of what the other rules look at."""
    monkeypatch.setattr("checked_first.check_manuscript", lambda root: [])
