"""A false or different formula is refused with its place, a harmless edit raises no alarm, and nothing takes long."""

from dataclasses import replace
from pathlib import Path

import pytest

from softmaxlab.displays.check import Binding, DisplayError, check_display, stored_readings
from softmaxlab.displays.pages import displays
from support.displays.harmless import HARMLESS
from support.displays.slips import FALSE
from support.effort import at_most

ROOT = Path(__file__).parents[2]
BY_LABEL = {display.label: display for display in displays(ROOT)}
READINGS = stored_readings()


def edits(groups):
    return [
        pytest.param(label, old, new, id=f"{label}: {new}") for (label, old), all_of in groups.items() for new in all_of
    ]


def edited(label, old, new):
    display = BY_LABEL[label]
    assert old is None or old in display.tex
    return replace(display, tex=new if old is None else display.tex.replace(old, new, 1))


@pytest.mark.parametrize(("label", "old", "new"), edits(FALSE))
def test_a_slip_is_refused_with_its_place_and_label(label, old, new):
    display = edited(label, old, new)
    with pytest.raises(DisplayError) as refused:
        check_display(display, READINGS)
    assert str(refused.value).startswith(f"{display.place}: {label} ")
    assert "can't be judged" not in str(refused.value)


@pytest.mark.parametrize(("label", "old", "new"), edits(HARMLESS))
def test_another_way_to_print_it_raises_no_alarm(label, old, new):
    assert isinstance(check_display(edited(label, old, new), READINGS), Binding)


@pytest.mark.parametrize(
    "tex",
    [
        "(" * 2000 + "1" + ")" * 2000 + " = 1",
        "{" * 400,
        "a " * 500_000,
        "-" * 900 + "1 = 1",
        "1" * 900 + " = 1",
        "|" * 900,
        "p" + "'" * 900 + " = 1",
        r"\sum_{i=1}^{N} " * 60 + "p_i = 1",
        r"\sum_{i=1}^{50} " * 12 + "p_i = 1",
        r"\sum_{i=1}^{1000000000} p_i = 1",
        r"\sum_{i=-1000000000}^{N} p_i = 1",
        r"\log " * 190 + "p_i = 0",
        r"\max_k " * 100 + "a_k = 1",
        r"\bar" * 150,
        "e^{" * 15 + "9" + "}" * 15 + " = 1",
        r"p_i = 9^{9^{9}} / 9^{9^{9}}",
        r"p_i^{1000000} = 1",
        r"((((p_i + a_j)^{9})^{9})^{9})^{9} = 1",
        r"\frac{\partial}{\partial a_j}" * 9 + " p_i = 1",
        r"\frac{\partial^9 p_i}{\partial a_j^9} = 1",
        r"\begin{aligned}" * 30 + r"\end{aligned}" * 30,
        "\\",
        "",
        r"\qquad",
        "( = )",
        r"\frac{\top}{2} = 1",
        r"\sqrt[0]{2} = 1",
        r"1/0 = 1",
        "\x00 = 1",
    ],
    ids=lambda tex: f"{tex[:20]!r}, {len(tex)}",
)
@pytest.mark.parametrize("label", ["eq-jacobian", "eq-softmax"])
def test_whatever_stands_there_ends_soon_in_a_clear_error(label, tex):
    # The worst of them needs 15,287 calls; what is not bounded never ends.
    with at_most(500_000), pytest.raises(DisplayError, match=f"{label} (?!can't be judged)"):
        check_display(replace(BY_LABEL[label], tex=tex), READINGS)


@pytest.mark.parametrize(
    ("label", "old", "new", "said"),
    [
        ("eq-jacobian", r"(\delta_{ij} - p_j)", r"(-p_i + \delta_{ij})", "says p_i where the proof says p_j"),
        ("eq-gradient-general", r"p_i \sum_{j=1}^{N} y_j - y_i", r"-y_i + \sum_{j=1}^{N} p_i y_j",
         "says Σ_j p_i y_j where the proof says p_i Σ_k y_k"),
        ("eq-batch-gradient", r"{m}", "{1}", "lacks 1 / m, a factor that the proof has"),
        ("eq-jvp", r"\sum_{k=1}^{N} p_k v_k", r"\sum_{j=1}^{N} v_i p_j", "says v_i where the proof says v_j"),
        ("eq-lse-shift", "c + ", "", "lacks c, a term that the proof has"),
        ("eq-p-minus-y", r"p_i - y_i", r"p_i - y_i p_i", "says p_i, a factor that the proof has not"),
        ("eq-p-minus-y", r"\Bigl( \textstyle\sum_{j} y_j = 1 \Bigr)", r"\sum_j y_j = 1",
         "makes 2 statements where the proof makes 1; a hypothesis stands in round brackets"),
        ("eq-sigmoid", r"\qquad (N = 2)", "", "says nothing of N where the proof says N = 2"),
        ("eq-jacobian-off", r"(j \ne i)", r"(j \ne i) \quad (i \ne j)", "twice"),
        ("eq-tanh-slope", r"\tanh^2 s", r"\tanh(s)^2", r"write \tanh^2 x or \tanh(x^2)"),
        ("eq-p-minus-y", r"p_i - y_i", r"p - y_i", "says what the proof does not: a vector beside a number"),
        ("eq-jacobian", r"(\delta_{ij} - p_j)", r"{\delta_{ij} - p_j}", "braces without a bracket are not seen"),
        ("eq-weights-from-images", r"\frac{1}{\lambda m}", r"1 / \lambda m", "is m below the slash or behind"),
    ],
)  # fmt: skip
def test_the_message_names_the_smallest_part_that_differs(label, old, new, said):
    with pytest.raises(DisplayError) as refused:
        check_display(edited(label, old, new), READINGS)
    assert said in str(refused.value).splitlines()[0]
