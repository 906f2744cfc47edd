"""What chapters 8, 10 and 11, their cards and the bibliography say in words: what could be false is held."""

import re
from pathlib import Path

import numpy as np
import pytest

from softmaxlab import cross_entropy_grad, gradcheck, softmax
from softmaxlab.accuracy import reference
from softmaxlab.accuracy.cases import families
from softmaxlab.accuracy.implementations import RUNGS, installed
from softmaxlab.accuracy.ulp_errors import errors_over_gap, faint_from, silent_from, wall, worst_errors
from softmaxlab.book.figures_accuracy import flushed, kept_and_lost, panels_in_words
from softmaxlab.learning.calibration import expected_calibration_error, fit_temperature
from softmaxlab.learning.digits_models import SMOOTHINGS, logits_and_labels
from softmaxlab.learning.metrics import auroc
from softmaxlab.lessons.rounding_experiments import loss_of_plain_rest
from softmaxlab.pitfalls.max_shifted import cross_entropy_shifted

ROOT = Path(__file__).parents[2]
GRADCHECK, SURE, EXACT = (
    (ROOT / "chapters" / name).read_text(encoding="utf-8")
    for name in ("08-gradient-check.md", "10-how-sure.md", "11-how-exact.md")
)
INDEX = (ROOT / "index.md").read_text(encoding="utf-8")
REFERENCES = (ROOT / "references.bib").read_text(encoding="utf-8")


def description(text):
    return re.search(r'^ +description: "(.*)"$', text, re.M)[1]


def entry(key):
    return re.search(rf"^@\w+\{{{key},\n.*?^}}", REFERENCES, re.M | re.S)[0]


# Chapter 10, and its sources


def test_the_calibration_error_is_cited_from_where_it_comes_and_so_is_the_diagram():
    assert re.search(r"expected calibration error`, ECE \{cite\}`naeini2015`", SURE)
    assert re.search(r"reliability diagram` \{cite\}`degroot1983`", SURE)
    assert "2901--2907" in entry("naeini2015")
    assert "12--22" in entry("degroot1983")


def test_temperature_scaling_is_named_and_cited_where_it_is_done():
    knob = SURE.partition("## One knob")[2].partition("\n## ")[0]
    assert re.search(r"\*temperature scaling\* \{cite\}`guo2017`", knob)


@pytest.mark.parametrize("key", ["brier1950", "squire1998", "naeini2015", "degroot1983"])
def test_a_paper_that_has_an_identifier_shows_it(key):
    assert re.search(r"doi = \{10\.\d{4}/", entry(key))


def test_every_entry_of_the_bibliography_is_cited_by_a_page():
    pages = [*ROOT.glob("*.md"), *(ROOT / "chapters").glob("*.md")]
    cited = {
        key.strip()
        for page in pages
        for keys in re.findall(r"\{cite(?:[:\w]*)\}`([^`]+)`", page.read_text(encoding="utf-8"))
        for key in keys.split(",")
    }
    assert set(re.findall(r"^@\w+\{(\w+),", REFERENCES, re.M)) == cited


def test_the_plain_mean_of_the_gaps_is_not_the_calibration_error():
    assert not re.search(r"average height of the colored gaps(?!, each weighted)", SURE)
    assert "The average gap between" not in (ROOT / "glossary.md").read_text(encoding="utf-8")
    from softmaxlab.learning.calibration import reliability

    logits, labels = logits_and_labels("little")
    found = reliability(softmax(logits), labels)
    gaps = np.abs(found.accuracy - found.confidence)[found.counts > 0]
    assert gaps.mean() > 5 * expected_calibration_error(softmax(logits), labels)


def test_bins_move_the_calibration_error_most_where_the_chapter_sends_the_reader():
    spread = {}
    for penalty in ("little", "some", "much"):
        logits, labels = logits_and_labels(penalty)
        found = [expected_calibration_error(softmax(logits), labels, bins) for bins in range(5, 21)]
        spread[penalty] = max(found) / min(found)
    assert max(spread, key=spread.get) == "some"
    assert spread["some"] > 1.5
    assert "switch the penalty to *some*, and move *bins*" in SURE


@pytest.mark.parametrize("share", SMOOTHINGS)
def test_smoothing_hardly_touches_the_order_of_the_answers(share):
    by_share = []
    for smoothing in (0.0, share):
        logits, labels = logits_and_labels("little", smoothing)
        by_share.append(auroc(softmax(logits).max(axis=1), logits.argmax(axis=1) == labels))
    assert abs(by_share[0] - by_share[1]) < 0.006
    assert 'glued("order' in SURE


@pytest.mark.parametrize(
    ("scores", "positive", "area"),
    [([3, 2, 1], [True, False, False], 1.0), ([1, 1], [True, False], 0.5), ([1, 2, 3], [True, False, True], 0.5)],
)
def test_area_under_the_curve_is_the_share_of_pairs_in_order(scores, positive, area):
    assert auroc(scores, positive) == area


def test_area_under_the_curve_is_that_of_scikit_learn():
    from sklearn.metrics import roc_auc_score

    logits, labels = logits_and_labels("some")
    sure, right = softmax(logits).max(axis=1), logits.argmax(axis=1) == labels
    assert auroc(sure, right) == pytest.approx(roc_auc_score(right, sure), rel=1e-14)


@pytest.mark.parametrize("positive", [[True, True], [False, False]])
def test_an_order_needs_both_sorts(positive):
    with pytest.raises(ValueError, match="expected at least one of each"):
        auroc([0.1, 0.2], positive)


def test_with_little_penalty_every_training_image_is_read_right():
    from softmaxlab.learning.datasets import digits, pixels, split
    from softmaxlab.learning.digits_models import kept
    from softmaxlab.learning.softmax_regression import logits_of

    train = split(pixels(digits().inputs), digits().labels).train
    assert np.all(logits_of(kept("little"), train.inputs).argmax(axis=1) == train.labels)


def test_a_temperature_scales_the_pull_of_the_logits_by_its_inverse():
    logits, labels = logits_and_labels("much")
    temperature = fit_temperature(logits, labels)
    slopes = gradcheck(
        lambda a: -np.log(softmax(a / temperature)[range(4), labels[:4]]).mean(),
        lambda a: cross_entropy_grad(a / temperature, labels[:4]) / temperature,
        logits[:4],
    )
    assert slopes.passed


# Chapter 11: what is measured is what is promised


def test_description_and_card_of_how_exact_promise_no_library_by_name():
    card = re.search(r"11 · How exact is exact\?\n(?:.*\n){2}(.*)\n", INDEX)[1]
    for text in (description(EXACT), card):
        assert not re.search(r"PyTorch|JAX|SciPy|every library|everybody", text)
    assert "everybody" not in EXACT


def test_the_description_of_the_figure_names_the_libraries_that_it_draws():
    libraries, _ = installed()
    measured = errors_over_gap(libraries, np.linspace(0, 60, 31), count=2)
    kept, lost = kept_and_lost(measured)
    assert sorted([*kept, *lost]) == sorted(libraries)
    assert "softmaxlab" in kept
    assert {"naive", "shifted", "SciPy"} <= set(lost)
    words = panels_in_words(measured)
    assert words.index("of " + lost[0]) < words.index(kept[0])
    assert "show(fig, panels_in_words(measured))" in EXACT


def test_libraries_that_turn_subnormal_results_into_0_are_named_from_the_table():
    table = {"shifted": {"softmax": 480.0}, "one": {"softmax": 2.9e15}, "other": {"softmax": 480.0}}
    assert flushed(table, ["one", "other"]) == "one does"
    assert flushed(table, ["other"]) == "none does"
    assert flushed(table | {"two": {"softmax": 3e15}}, ["one", "two"]) == "one and two do"
    assert "Some libraries turn" not in EXACT


def test_the_shifted_loss_is_silent_from_the_digits_of_the_format_times_log_2():
    for dtype in (np.float16, np.float32, np.float64):
        assert silent_from(cross_entropy_shifted, dtype) == pytest.approx(wall(dtype), rel=float(np.finfo(dtype).eps))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_exponentials_are_subnormal_just_beyond_the_gap_that_is_told(dtype):
    gap, tiny = faint_from(dtype), np.finfo(dtype).tiny
    assert np.exp(dtype(-gap - 0.001)) < tiny < np.exp(dtype(-gap + 0.001))


def test_a_hundred_thousand_faint_losers_cost_the_plain_sum_twenty_five_times_as_many_ulps_as_a_thousand():
    one = reference.cross_entropy([0, -718], 0)  # e^−718: log(1 + r) is r here, to 300 digits
    few, many = (reference.ulps(loss_of_plain_rest(np.full(n, -718.0)), n * one) for n in (1000, 100_000))
    assert many / few == pytest.approx(25, rel=0.01)  # 100, but the sum's own step is 4 times as large
    assert 'glued("plain_sum_many' in EXACT


def test_rung_three_is_said_to_be_measured_in_these_families():
    table = worst_errors({"softmaxlab": RUNGS["softmaxlab"]}, families())
    assert max(table["softmaxlab"].values()) < 16
    assert re.search(r"glued\(\"exact_worst\"\)` ulps at worst in these families", EXACT)


def test_the_smallest_probability_is_computed():
    assert np.nextafter(0, 1) == 5e-324
    assert "10^{-324}" not in EXACT
    assert 'glued("smallest' in EXACT


def test_a_model_of_the_digits_has_gaps_beyond_what_float16_can_tell_from_certain():
    ordered = np.sort(logits_and_labels("little")[0], axis=1)
    assert np.mean(ordered[:, -1] - ordered[:, -2] > silent_from(cross_entropy_shifted, np.float16)) > 0.5


@pytest.mark.parametrize(
    "wrong",
    [
        "everywhere dense",
        "That is why the loss of a float16 model",
        "what most libraries",
        "a hundred times as many",  # in ulps it is 25 times: the sum leaves the subnormal numbers, and its step grows
        "begins at a gap of 88",
    ],
)
def test_a_sentence_that_was_false_or_had_no_source_is_gone(wrong):
    assert wrong not in EXACT


# Chapter 8: letters with two meanings, and advice that its own example breaks


def test_letters_with_two_meanings_are_told_apart_where_they_meet():
    shift = GRADCHECK.partition(":label: eq-complex-loss")[2][:700]
    assert "not the number of rows" in shift
    along = GRADCHECK.partition("## Along one logit all is known")[2].partition("\n## ")[0]
    assert "entry of the target" in along


@pytest.mark.parametrize(("classes", "passes"), [(3, True), (4, False)])
def test_at_zeros_the_wrong_axis_passes_only_with_as_many_rows_as_classes(classes, passes):
    from softmaxlab import cross_entropy

    labels = [0, 1, 2]
    check = gradcheck(
        lambda a: cross_entropy(a, labels),
        lambda a: (softmax(a, axis=0) - np.eye(classes)[labels]) / 3,
        np.zeros((3, classes)),
    )
    assert check.passed == passes
    assert "as many rows as classes, to show this" in GRADCHECK
