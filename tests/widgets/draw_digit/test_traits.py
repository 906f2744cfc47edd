"""DrawDigit's traits, words and still, without a browser."""

import json
import re

import numpy as np
import pytest
import traitlets
from hypothesis import given
from hypothesis import strategies as st
from ipywidgets.embed import dependency_state

from softmaxlab.learning.datasets import digits
from softmaxlab.learning.digit_classifier import evidence, read, samples, trained_weights
from softmaxlab.widgets import DrawDigit
from softmaxlab.widgets.draw_digit import pack, state_text
from softmaxlab.widgets.draw_digit import picture as digit_picture

COUNTS = st.lists(st.integers(0, 16), min_size=64, max_size=64)


@pytest.fixture
def widget():
    return DrawDigit()


@given(COUNTS, st.integers(0, 9), st.floats(0.1, 10))
def test_results_are_those_of_the_reader(pixels, label, temperature):
    pad = DrawDigit(pixels=pixels, label=label, temperature=temperature)
    reading = read(np.reshape(pixels, (8, 8)), label, temperature)
    assert pad.logits == reading.logits.tolist()
    assert pad.probs == reading.probs.tolist()
    assert pad.loss == reading.loss
    assert pad.grad == reading.grad.tolist()
    assert pad.answer == np.argmax(reading.probs)


@pytest.mark.parametrize("change", [{"pixels": [0] * 64}, {"label": 3}, {"temperature": 4.0}])
def test_results_follow_every_change(widget, change):
    for name, value in change.items():
        setattr(widget, name, value)
    fresh = DrawDigit(**change)
    for name in ("logits", "probs", "loss", "grad"):
        assert getattr(widget, name) == getattr(fresh, name)


def test_an_image_of_the_data_is_taken_as_it_is(widget):
    widget.pixels = digits().inputs[7]
    assert widget.pixels == digits().inputs[7].ravel().tolist()
    assert all(isinstance(count, int) for count in widget.pixels)


@pytest.mark.parametrize(
    ("pixels", "message"),
    [
        (np.zeros(63), r"pixels has shape \(63,\); expected 64 numbers in one row, or 8 × 8 of them"),
        (np.zeros((1, 8, 8)), "expected 64 numbers in one row"),
        ([[0] * 8, [0]], "expected 64 numbers"),
        ("0" * 64, "expected 64 numbers"),
        ([True] * 64, "expected 64 numbers"),
        (None, "expected 64 numbers"),
        ([0] * 63 + [17], r"pixels\[63\] is 17; expected whole numbers from 0 \(paper\) to 16 \(ink\): round"),
        ([-1] + [0] * 63, r"pixels\[0\] is -1; expected whole numbers"),
        ([0, 2.5] + [0] * 62, r"pixels\[1\] is 2.5; expected whole numbers"),
        ([0.5] * 64, r"pixels\[0\] is 0.5; .* multiply by 16 and round"),
        ([np.nan] * 64, "is nan; expected whole numbers"),
    ],
)
def test_pixels_that_are_none_are_refused_and_the_state_kept(widget, pixels, message):
    before = widget.pixels
    with pytest.raises(ValueError, match=message) as refusal:
        widget.pixels = pixels
    assert isinstance(refusal.value, traitlets.TraitError)
    assert widget.pixels == before


@pytest.mark.parametrize("name", ["label", "shown"])
@pytest.mark.parametrize("digit", [-1, 10])
def test_a_class_that_is_no_digit_is_refused(widget, name, digit):
    with pytest.raises(ValueError, match=f"{name} is {digit}; expected a digit from 0 to 9"):
        setattr(widget, name, digit)


@pytest.mark.parametrize("temperature", [0, 0.09, 10.5, np.inf, np.nan])
def test_a_temperature_out_of_range_is_refused(widget, temperature):
    with pytest.raises(ValueError, match=r"expected 0\.1 to 10"):
        widget.temperature = temperature
    assert widget.temperature == 1


@pytest.mark.parametrize("name", ["logits", "probs", "loss", "grad", "weights", "samples"])
def test_what_is_computed_cannot_be_assigned(widget, name):
    with pytest.raises(traitlets.TraitError, match="read-only"):
        setattr(widget, name, getattr(widget, name))


def test_a_message_from_the_page_is_answered_with_the_results(widget):
    widget.set_state({"pixels": [0] * 64, "label": 4, "temperature": 2})
    assert widget.logits == trained_weights()[-1].tolist()
    assert widget.loss == read(np.zeros((8, 8)), 4, 2).loss


def test_a_page_gets_the_very_weights_of_python(widget):
    text = json.dumps(dependency_state([widget], drop_defaults=False), allow_nan=False)
    (model,) = (one["state"] for one in json.loads(text).values() if "weights" in one["state"])
    np.testing.assert_array_equal(model["weights"], trained_weights())
    assert [one[:64] for one in model["samples"]] == [pack(sample.image) for sample in samples()]


def test_packed_images_are_64_letters_in_base_17():
    counts = [int(letter, 17) for letter in pack(samples()[0].image)]
    assert counts == samples()[0].image.ravel().tolist()


# ---- Words ----


def test_an_empty_pad_says_that_the_bias_speaks():
    pad = DrawDigit(pixels=[0] * 64)
    assert pad.logits == trained_weights()[-1].tolist()
    assert "the logits are the bias alone" in pad.still()
    assert "NaN" not in pad.still()
    assert "nan" not in pad.still()


def test_a_sample_is_known_by_its_pixels():
    mistake = next(sample for sample in samples() if sample.is_mistake)
    words = state_text(mistake.image.ravel().astype(int).tolist(), 0)
    assert words == f"A digit the model was not trained on, meant as {mistake.label}. One of its worst mistakes."
    assert "of your own" in state_text([1] + [0] * 63, 0)


@given(COUNTS, st.integers(0, 9))
def test_the_sums_add_up_to_the_logit(pixels, digit):
    text = digit_picture.sums_text(np.reshape(pixels, (8, 8)), digit).replace("−", "-")
    speaks_for, against, bias, logit = map(float, re.findall(r"[+-]?\d+\.\d\d", text))
    assert speaks_for + against + bias == pytest.approx(logit, abs=0.0201)  # four roundings to 0.005


def test_a_cell_is_said_in_numbers():
    image = np.zeros((8, 8))
    image[2, 3] = 12
    weight = trained_weights()[19, 7]
    words = digit_picture.cell_text(image, 7, 19).replace("−", "-")
    assert words.startswith("Row 3, column 4: 12 of 16 dots. *x* · *w* = 0.75 × ")
    assert float(words.split("= ")[-1]) == pytest.approx(0.75 * weight, abs=0.0051)


def test_the_marks_cover_as_much_as_the_evidence_says():
    parts = np.zeros(64)
    parts[9], parts[63] = 0.5, -2.0
    squares, disks = digit_picture.marks(parts)
    assert squares == "M1.270 1.270h0.460v0.460h-0.460z"  # a quarter of the full mark's area: half its side
    assert disks.startswith("M7.040 7.500a0.460")


def test_the_strongest_cell_is_where_the_evidence_is_largest(widget):
    cell = digit_picture.strongest(widget.image, 5)
    assert evidence(widget.image, 5).ravel()[cell] == evidence(widget.image, 5).max()


# ---- The still ----


def test_the_still_shows_the_numbers_of_the_state():
    pad = DrawDigit(label=2, temperature=3.0, shown=8)
    still = pad.still()
    probs = re.findall(r'dd-pair"><span class="sl-value">(\d\.\d{3})<', still)
    assert [float(p) for p in probs] == pytest.approx(pad.probs, abs=5e-4)
    assert "evidence for <span" in still
    assert ">8</span></span>" in still
    assert still.count("is-label") == 1


def test_the_still_has_no_control_that_would_be_dead():
    assert not re.search(r"<(input|button|select|a)\b", DrawDigit().still())
