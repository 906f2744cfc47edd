"""What the chapters say in numbers: their cells are run from top to bottom, and what they glue and print is compared."""

import contextlib
import io
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from chapter_rules import cells, display_math, prose
from softmaxlab import notebook, softmax
from softmaxlab.proofs.book import proof_of

ROOT = Path(__file__).parents[1]
CHAPTERS = {int(path.name[:2]): path for path in sorted((ROOT / "chapters").glob("*.md"))}


@cache
def ran(chapter):
    """Run all cells of a chapter; return (what they glued, what they printed)."""
    source, printed, names = CHAPTERS[chapter].read_text(encoding="utf-8"), io.StringIO(), {}
    notebook._stored.clear()
    with contextlib.redirect_stdout(printed):
        for cell in cells(source):
            exec(compile(cell, CHAPTERS[chapter].name, "exec"), names)
    return dict(notebook._stored), printed.getvalue()


def glued(chapter, name):
    return ran(chapter)[0][name]


def printed(chapter):
    return ran(chapter)[1]


# Chapter 2


def test_float16_cannot_hold_the_sum_of_65520_equal_scores():
    # the largest float16 is 65504, its neighbor would be 65536; halfway between them a sum is rounded up, to inf
    assert glued(2, "crowd") == (65504 + 65536) / 2
    assert glued(2, "float16_max") == 65504


def test_the_book_s_own_shifted_code_is_seen_to_fail_on_a_large_vocabulary():
    assert re.search(r"shifted +\[0\. 0\. 0\. \.\.\. 0\. 0\. 0\.\]", printed(2))
    assert re.search(r"softmaxlab +\[7\.8e-06 7\.8e-06 7\.8e-06 \.\.\. ", printed(2))
    assert 1 / 128_256 == pytest.approx(7.8e-06, rel=1e-2)


def test_a_shift_beyond_the_slider_leaves_no_stored_score_to_subtract_from():
    assert glued(2, "stored_inf") == 65520 - 1  # the largest of the scores 1, 0, −1 is then 65520


# Chapter 3


def test_the_error_of_the_difference_depends_on_the_format_and_on_the_size_of_the_scores():
    # log-sum-exp is rounded once, by up to half an ulp of a number of its size; the rest of the way is exact
    ulp_near_60, ulp_near_1060 = 2.0**-47, 2.0**-42
    assert glued(3, "error") <= ulp_near_60 < glued(3, "error_offset") <= ulp_near_1060
    assert 1e-7 < glued(3, "error_float32") < 1e-6


def test_in_float32_the_difference_says_0_at_less_than_half_the_gap_of_float64():
    assert glued(3, "equal_float32") < glued(3, "equal") / 2
