"""CONTRIBUTING's recipes: what they name is there, a copy made by them passes the check, and a step left out is told.

`make release-check` builds such a copy.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support import recipes

ROOT = Path(recipes.__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MADE = ("your", "chapter_12")  # what a contributor makes


@pytest.fixture
def copy_of_the_book(tmp_path, needs_javascript):
    """The book's sources in a folder of their own."""
    for name in ("_ext", "assets", "chapters", "src", "tests", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, tmp_path)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def check(book):
    """Run what `make check` runs; return its exit code and what it says."""
    env = {**os.environ, "PYTHONPATH": str(book / "src"), "PYTHONUTF8": "1"}
    command = [sys.executable, "_ext/checked_first.py"]
    done = subprocess.run(command, cwd=book, env=env, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_file_that_a_recipe_names_is_there():
    names = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]*|_toc\.yml|errata\.md)`", TEXT))
    assert len(names) > 12
    assert [name for name in names if not any(part in name for part in MADE) and not (ROOT / name).exists()] == []


def test_what_the_recipes_make_passes_the_check(copy_of_the_book):
    for step in recipes.STEPS:
        step(copy_of_the_book)
    code, said = check(copy_of_the_book)
    assert code == 0, said
    assert "0 must be mended" in said


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        (recipes.chapter, "_toc.yml"),
        (recipes.contents, f"{recipes.CHAPTER}:"),
        (recipes.claim, "eq-recipe"),
        (recipes.meaning, "eq-recipe"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_step_that_is_left_out_is_told(copy_of_the_book, left_out, told):
    for step in recipes.STEPS:
        if step is not left_out:
            step(copy_of_the_book)
    code, said = check(copy_of_the_book)
    assert code == 1
    assert told in said
