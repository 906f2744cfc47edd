"""The remarks of the chapter of errata: sorted, with the evidence that each claims, and told on the page as listed."""

import ast
import math
import re
from pathlib import Path

import numpy as np
import pytest

from softmaxlab import cross_entropy_grad, softmax
from softmaxlab.book import errata
from softmaxlab.book.errata import IN_A_POST, LIKE_A_POST, MISSING, PROVER, REMARKS, RUN, STATED, TEST, UNCLEAR, WRONG
from softmaxlab.book.errata_tables import one_hot_example, prover_verdict, remarks_html, show_remarks, verdict
from softmaxlab.lessons.mutation.checks import numerical_gradient
from softmaxlab.pitfalls.max_shifted import softmax_shifted
from softmaxlab.pitfalls.mutants import MUTANTS, grad_any_shape, loss_any_shape, softmax_unshifted
from softmaxlab.pitfalls.naive import softmax_misplaced
from softmaxlab.proofs.catalogue.misprints import CORRECTED, PRINTED

ROOT = Path(__file__).parents[2]
CHAPTER = (ROOT / "errata.md").read_text(encoding="utf-8")
SQUARE = np.array([[2.0, 1, 0], [0, 3, 1], [1, 0, 4]])  # as many examples as classes, as in the chapter
NUDGED = 1e-8  # error of a central difference with step 1e-5: step² ~ 1e-10, rounding / step ~ 1e-11
each = pytest.mark.parametrize("number", REMARKS)


def told(number):
    """What the page says of a remark, from its anchor to the next one or to the next section."""
    start = re.search(rf"^\(erratum-{number}\)=$|^\[\*\*{number}\*\*\]\{{#erratum-{number}\}}", CHAPTER, re.M).start()
    end = re.search(r"^(?:\(erratum-\d+\)=$|\[\*\*\d+\*\*\]\{#|#{2,3} (?!\d+ ·))", CHAPTER[start + 1 :], re.M)
    return CHAPTER[start : start + 1 + end.start()]


@each
def test_a_remark_has_on_the_page_the_title_of_the_list(number):
    title = REMARKS[number].title
    assert f"### {number} · {title}\n" in told(number) or f"#erratum-{number}}} · **{title}**" in told(number)


@each
def test_a_remark_says_on_the_page_of_what_kind_it_is_and_how_that_is_known(number):
    assert f'{{eval}}`glued("tag {number}")`' in told(number)


@each
def test_a_remark_claims_one_of_three_kinds_and_one_of_four_ways_to_know(number):
    remark = REMARKS[number]
    assert remark.kind in errata.KINDS
    assert remark.evidence in errata.EVIDENCE
    assert bool(remark.held_by) == (remark.evidence in {PROVER, TEST})


def test_what_is_held_by_a_test_names_one_that_exists():
    files = (ROOT / "tests").rglob("test_*.py")
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    names = {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert [name for r in REMARKS.values() if r.evidence == TEST for name in r.held_by if name not in names] == []


def test_what_the_prover_is_said_to_refuse_it_refuses_and_each_misprint_of_a_post_has_its_remark():
    claimed = [name for remark in REMARKS.values() if remark.evidence == PROVER for name in remark.held_by]
    assert sorted(claimed) == sorted(PRINTED.keys() - {"sigmoid"})  # that one is the repository's
    assert all(prover_verdict(PRINTED[name])[1] in {"Refuted.", "Means nothing:"} for name in claimed)


@each
def test_what_is_said_to_be_seen_on_the_page_is_computed_there(number):
    if REMARKS[number].evidence == RUN:
        shown = re.sub(r'\{eval\}`glued\("(?:tag|by) [^`]+`', "", told(number))
        assert "{code-cell}" in shown or "{eval}" in shown


@each
def test_what_only_is_stated_names_no_machine(number):
    if REMARKS[number].evidence == STATED:
        assert "verdict(" not in told(number)


def test_the_remark_of_a_formula_that_the_prover_refuses_shows_its_verdict():
    for number in errata.numbered(WRONG, {PROVER}):
        for name in REMARKS[number].held_by:
            assert f'verdict("{name}"' in told(number), name


def test_three_planted_faults_are_in_no_post_and_like_none():
    assert IN_A_POST.keys() & LIKE_A_POST.keys() == set()
    assert MUTANTS.keys() - IN_A_POST.keys() - LIKE_A_POST.keys() == {"diagonal only", "δ + p for δ − p", "y − p"}
    assert {*IN_A_POST.values(), *LIKE_A_POST.values()} <= REMARKS.keys()


def test_the_page_counts_its_remarks_by_the_list():
    assert "forty-three" not in CHAPTER.lower()
    for name in ("remarks", *errata.KINDS, *errata.EVIDENCE):
        assert f'glued("count {name}")' in CHAPTER


def test_the_description_of_the_page_promises_no_more_than_the_list():
    description = re.search(r'description: "(.*)"', CHAPTER)[1]
    assert not re.search(r"\beach\b|\bevery\b|\ball\b|forty", description)
    card = re.search(r"\} Errata\n(?:.*\n){2}(.*)\n", (ROOT / "index.md").read_text(encoding="utf-8"))[1]
    for text in (description, card):
        assert all(word in text for word in ("wrong", "unclear", "only stated"))


def test_the_list_shows_every_remark_once_under_its_kind_with_its_evidence(monkeypatch):
    groups = remarks_html().split("</details>")[:-1]
    for group, kind in zip(groups, errata.KINDS, strict=True):
        links = [int(n) for n in re.findall(r'href="#erratum-(\d+)"', group)]
        assert links == errata.numbered(kind)
        assert f"<strong>{kind.capitalize()}: {len(links)}</strong>" in group
    displayed = []
    monkeypatch.setattr("softmaxlab.book.errata_tables.display", lambda data, raw: displayed.append(data))
    show_remarks()
    assert displayed[0]["text/plain"].count("\n") == len(REMARKS) - 1
    assert "held by a test: rows of infinities without a meaning are nan" in displayed[0]["text/html"]


# Quotations


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (4, "y is one hot encoded labels (num_examples x num_classes)"),
        (5, "y is labels (num_examples x 1)"),
        (5, "It can be computed as y.argmax(axis=1) from one-hot encoded vectors of labels if required."),
        (10, "its not difficult to overshoot that limit, in which case python returns nan"),
        (35, "each hypothesis might be true, i.e. when the output is a probability distribution."),
        (40, "saturate to zero rather than the infinity, avoiding overflowing and resulting in nan."),
    ],
)
def test_a_post_is_quoted_to_the_end_of_its_sentence(number, words):
    assert words in re.sub(r"\s+", " ", told(number).replace("`", ""))


def test_no_quotation_is_cut_by_dots():
    assert re.findall(r"[\"“][^\"”\n]*(?:…|\.\.\.)[^\"”\n]*[\"”]", CHAPTER) == []


@pytest.mark.parametrize(
    ("number", "letters"),
    [
        (17, r"\frac{\partial L}{\partial o_i} = p_i\left( y_i + \sum_{k \neq 1} y_k\right) - y_i"),
        (20, r"\left(-\sum_iy_i\frac{1}{p_i}\right)\frac{\partial p_i}{\partial a_i}"),
        (21, r"-\frac{y_i}{p_i}p_i(1-p_i)+\sum_{i\neq j}\frac{y_i}{p_i}p_ip_j"),
    ],
)
def test_a_formula_set_in_other_letters_stands_beside_it_in_those_of_the_post(number, letters):
    assert f"${letters}$" in told(number)


def test_post_b_has_both_shapes_of_labels_in_one_docstring():
    one_hot = np.eye(3, dtype=int)[[2, 0]]
    assert one_hot.argmax(axis=1).shape == (2,)  # and not (2, 1)


# Counterexamples with a label


@pytest.mark.parametrize(("name", "printed"), [("k-not-1", "0"), ("one-path", "-1/3"), ("vanishing", "0")])
def test_a_misprint_is_refuted_with_a_one_hot_target_too(name, printed):
    example = one_hot_example(PRINTED[name])
    target = [int(value) for symbol, value in example.values.items() if symbol.name.startswith("y")]
    assert target == [1, 0]
    (number,) = example.indices.values()
    true = cross_entropy_grad([math.log(2), 0], 0)[number - 1]
    assert float(example.lhs) == pytest.approx(true, rel=1e-15)
    assert str(example.rhs) == printed


def test_a_true_claim_has_no_one_hot_counterexample():
    with pytest.raises(ValueError, match="both sides agree at every class"):
        one_hot_example(CORRECTED["k-not-1"])


def test_the_verdict_shows_the_one_hot_counterexample_below_the_other(monkeypatch):
    displayed = []
    monkeypatch.setattr("softmaxlab.book.errata_tables.display", lambda data, raw: displayed.append(data))
    verdict("k-not-1", one_hot=True)
    html = displayed[0]["text/html"]
    assert html.count("Refuted.") == 2
    assert html.index(r"y = (3,\ 2)") < html.index(r"y = (1,\ 0)") < html.index("Proved for all N.")


def test_the_chapter_shows_a_one_hot_counterexample_where_the_post_speaks_of_one_hot_targets():
    assert re.findall(r'verdict\("([^"]+)".*one_hot=True\)', CHAPTER) == ["k-not-1", "one-path", "vanishing"]


# What remarks claim, held here


def test_one_hot_labels_as_indices_leave_rows_of_the_gradient_that_sum_to_minus_one():
    labels = np.array([0, 1, 2])
    one_hot = np.eye(3, dtype=int)[labels]
    sums = 3 * grad_any_shape(SQUARE, one_hot).sum(axis=-1)
    np.testing.assert_allclose(sums, -1, rtol=1e-14)  # [rows, y] -= 1 writes a repeated place once: two of three count


def test_one_hot_labels_as_indices_give_a_gradient_that_is_not_even_that_of_their_loss():
    one_hot = np.eye(3, dtype=int)
    slopes = numerical_gradient(lambda z: loss_any_shape(z, one_hot), SQUARE)
    np.testing.assert_allclose(slopes.sum(axis=-1), 0, atol=NUDGED)  # a function of softmax: shifts change nothing
    assert np.abs(slopes - grad_any_shape(SQUARE, one_hot)).max() > 0.1


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_calls_the_first_softmax_is_nan_where_the_stable_one_would_do():
    assert np.isnan(-np.log(softmax_unshifted([1000.0, 0.0])[0]))
    assert -np.log(softmax_shifted([1000.0, 0.0])[0]) == 0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_the_stable_softmax_of_post_a_is_nan_there_too_and_the_page_says_so():
    assert np.isnan(softmax_misplaced([1000.0, 0.0])).any()
    assert "That of post A would not." in told(8)


def test_numpy_returns_inf_python_raises_and_three_logits_of_709_give_zeros():
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert np.exp(np.float64(1000)) == math.inf
    with pytest.raises(OverflowError):
        math.exp(1000)
    with pytest.warns(RuntimeWarning, match="overflow"):
        np.testing.assert_array_equal(softmax_unshifted(np.full(3, 709.0)), 0)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("log_c", [800.0, -800.0])
def test_a_shift_far_from_the_maximum_leaves_the_window_of_exp(log_c):
    logits = np.array([1.0, 2.0, 3.0])
    assert np.isnan(softmax_unshifted(logits + log_c)).any()
    np.testing.assert_allclose(softmax_unshifted(logits - logits.max()), softmax(logits), rtol=1e-14)


def test_the_gradient_of_the_entropy_is_another_function():
    def entropy(logits):
        probs = softmax(logits)
        return -np.sum(probs * np.log(probs))

    slopes = numerical_gradient(entropy, [2.0, 1.0, 0.0])
    assert np.abs(slopes - cross_entropy_grad([2.0, 1.0, 0.0], 0)).max() > 0.1


def test_kinds_are_told_apart_by_what_a_reader_needs():
    assert REMARKS[40].kind != WRONG  # the post is right there
    assert [REMARKS[n].kind for n in (6, 13, 15, 24)] == [MISSING] * 4
    assert REMARKS[43].kind == MISSING
    assert [REMARKS[n].kind for n in (9, 26)] == [UNCLEAR] * 2  # right as a rough size; a slip of signs


def test_what_is_called_wrong_is_never_only_stated():
    assert errata.numbered(WRONG, {STATED}) == []
    assert "There is a machine behind everything that is called wrong" in CHAPTER


def test_a_verdict_on_a_formula_without_classes_speaks_of_no_number_of_classes():
    _, word, evidence, _ = prover_verdict(CORRECTED["sigmoid"])
    assert (word, evidence) == ("Proved.", "Checked again by plain calculus.")
    _, word, evidence, _ = prover_verdict(CORRECTED["chain"])
    assert word == "Proved for all N."
    assert "= 2, 3 and 4." in evidence
