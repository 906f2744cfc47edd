"""What the tests of the displays share."""

import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(Path(__file__).parent))  # for mutants.py


@pytest.fixture
def book(tmp_path):
    """A copy of the book's pages, to be spoiled."""
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    for page in ROOT.glob("*.md"):
        shutil.copy(page, tmp_path)
    return tmp_path
