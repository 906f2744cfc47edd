"""What the style sheets have to say twice, since Safari knows it by an older name only."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHEETS = sorted([*ROOT.glob("src/**/*.css"), *ROOT.glob("assets/**/*.css")])


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_what_is_not_to_be_selected_is_not_selected_in_safari_either(sheet):
    for rule in re.findall(r"\{([^{}]*)\}", sheet.read_text(encoding="utf-8")):
        plain = re.findall(r"(?<!-)\buser-select: *(\w+)", rule)
        assert re.findall(r"-webkit-user-select: *(\w+)", rule) == plain
