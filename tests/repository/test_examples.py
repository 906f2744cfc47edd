"""The examples in the docstrings of what builds the book; those of the package run with its own tests."""

import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = [
    ".".join(path.relative_to(ROOT / folder).with_suffix("").parts)
    for folder in ("_ext", "tools")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("name", MODULES)
def test_what_a_docstring_shows_is_so(name, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted
    assert result.failed == 0
