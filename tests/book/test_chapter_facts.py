"""What the chapters say in numbers: their cells are run from top to bottom; what they glue and print is compared."""

import contextlib
import io
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from softmaxlab import cross_entropy, widgets
from softmaxlab.book import notebook
from softmaxlab.learning.scoring_rules import squared_error
from softmaxlab.lessons.price_lists import cheapest, squared_shortfall
from softmaxlab.proofs.catalogue import proof_of
from softmaxlab.proofs.checking.compiled import chain
from softmaxlab.widgets.gradient_at_work import MOST_STEPS
from support.chapter_text import cells, display_math, labels_in, prose

ROOT = Path(__file__).parents[2]
CHAPTERS = {int(path.name[:2]): path for path in sorted((ROOT / "chapters").glob("*.md"))}
MINIMIZED = 1e-6  # where a function is least, its values tell places apart to the square root of their rounding


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
    assert f"{1 / 128_256:.1e}" == "7.8e-06"


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


# Chapter 5


def test_the_square_of_what_happened_is_proper_for_two_outcomes_and_not_for_three():
    assert cheapest(squared_shortfall, [0.7, 0.3]) == pytest.approx([0.7, 0.3], abs=MINIMIZED)
    belief = np.array([0.5, 0.3, 0.2])
    announced = cheapest(squared_shortfall, belief)
    # at the minimum q (1 − p) is one number for all classes, and the 1 − p sum to N − 1
    assert announced == pytest.approx(1 - 2 / (belief * np.sum(1 / belief)), abs=MINIMIZED)
    assert re.search(r"^\(1 − p\)² +\[0\.613 0\.355 0\.032\]$", printed(5), re.M)


@pytest.mark.parametrize("loss", [cross_entropy, squared_error])
@pytest.mark.parametrize("belief", [[0.5, 0.3, 0.2], [0.4, 0.3, 0.2, 0.1]])
def test_the_logarithm_and_the_squares_of_all_classes_are_proper(loss, belief):
    assert cheapest(loss, belief) == pytest.approx(belief, abs=MINIMIZED)


def test_chapter_5_shows_both_to_be_honest_where_the_square_of_what_happened_is_not():
    honest = re.findall(r"^(.+?) +\[0\.5 0\.3 0\.2\]$", printed(5), re.M)
    assert honest == ["−log p", "all squares"]


# Chapter 6


def test_lowering_the_start_lengthens_the_stall_of_squared_error_and_hardly_the_walk_of_cross_entropy():
    assert glued(6, "fast_far") - glued(6, "fast") <= 2
    assert 3 < glued(6, "slow_far") / glued(6, "slow") < 4
    assert glued(6, "slow_far") < MOST_STEPS  # so that the widget can show it


def test_steps_named_in_chapter_6_are_those_of_the_certificate_and_of_the_walk_through_it():
    proof = proof_of("eq-p-minus-y")
    assert chain(proof)[1] == [rule for rule, _ in proof.lines()][1:]
    assert [rule for rule, _ in proof.lines()][glued(6, "split")].startswith("logarithm of a quotient")
    assert [rule for rule, _ in proof.lines()][glued(6, "hypothesis")].startswith("hypothesis")
    assert glued(6, "hypothesis") == len(proof.steps) - 1  # the last but one
    assert '<ol start="0">' in proof._repr_html_()  # line 0 is the left side: line n is where step n leads


# Chapter 7


def test_the_heading_of_chapter_7_counts_the_forms_of_labels():
    assert glued(7, "forms") == 10
    assert "## Ten ways to write three labels" in CHAPTERS[7].read_text(encoding="utf-8")


def test_a_column_costs_m_times_as_much_only_of_a_model_that_knows_nothing():
    assert glued(7, "ratio_tie") == 3
    assert f"{glued(7, 'ratio'):.2f}" == "9.25"
    factors = dict(re.findall(r"^(as given|doubled|a tie) .* ([\d.]+)$", printed(7), re.M))
    assert (factors["as given"], factors["a tie"]) == ("9.25", "3.00")
    assert float(factors["doubled"]) > 2 * float(factors["as given"])


# The landing page: how long a chapter takes

WORDS_A_MINUTE = 150  # of prose with formulas in it; plain English goes at 200 to 250
MINUTES_AN_EQUATION, MINUTES_A_WIDGET, MINUTES_A_QUESTION = 0.5, 3, 1
WIDGET = re.compile(rf"^(?:\w+ = )?(?:{'|'.join(widgets.__all__)})\(", re.M)


def minutes(chapter):
    text = CHAPTERS[chapter].read_text(encoding="utf-8")
    reading = len(prose(text, kinds=["prose"]).split()) / WORDS_A_MINUTE
    touching = MINUTES_A_WIDGET * len(WIDGET.findall(text))
    asked = MINUTES_A_QUESTION * len(re.findall(r"Predict first|Check yourself", text))
    return reading + MINUTES_AN_EQUATION * len(labels_in(text)) + touching + asked


def test_the_landing_page_tells_how_long_a_chapter_takes_and_which_are_the_long_ones():
    took = {chapter: minutes(chapter) for chapter in range(1, 12)}
    longest = sorted(sorted(took, key=took.get)[-4:])
    said = re.search(
        r"takes from twenty minutes to an hour; chapters (\d+), (\d+), (\d+) and (\d+) are the long ones",
        (ROOT / "index.md").read_text(encoding="utf-8"),
    )
    assert [int(chapter) for chapter in said.groups()] == longest
    assert min(took.values()) >= 20
    assert 40 <= max(took.values()) <= 60


# Sentences that were found untrue


UNTRUE = {  # why -> page, and what it said
    "float16 overflows from 65,520 equal scores": (2, "no realistic $N$ makes it overflow"),
    "beyond the slider, stored scores are inf": (2, "Never an inf, never a nan"),
    "an error has a format and a size of scores": (3, "so training does not notice"),
    "the square of what happened is not proper for three": (5, "The squared error is proper as well."),
    "softmax of finite scores underflows on a computer": (5, "Softmax of finite scores never does that"),
    "the certificate counts lines, the walk counts steps": (6, "- **The second.** There the logarithm"),
    "340 steps in place of 200 are not far longer": (6, "takes far longer"),
    "9.25 for these logits, 3 for a tie": (7, "nine times too large"),
    "the third post takes one example": (7, "what the three posts print"),
    "a base is written out where it is another": (1, "every logarithm is natural"),
    "as history, it cannot be supported": (1, "Nobody picked it"),
}


@pytest.mark.parametrize(("chapter", "sentence"), UNTRUE.values(), ids=UNTRUE)
def test_a_sentence_found_untrue_does_not_come_back(chapter, sentence):
    assert sentence not in CHAPTERS[chapter].read_text(encoding="utf-8")
    assert sentence not in (ROOT / "index.md").read_text(encoding="utf-8")


def test_input_and_result_of_exp_have_letters_of_their_own():
    source = CHAPTERS[2].read_text(encoding="utf-8")
    formulas = dict(display_math(source))
    assert 'figures.windows(ax, windows, xlabel="x"' in source  # the input, up to 709.78
    assert formulas["eq-float-max"].strip().startswith("w_")  # the result, up to 1.8e308
