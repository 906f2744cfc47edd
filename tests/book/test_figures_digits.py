"""The pictures of digits are small, speak, follow the page's colors, and show every pixel in its place."""

import re
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pytest

from softmaxlab.book import figures_digits
from softmaxlab.learning.datasets import digits

IMAGES = digits().inputs[:20]
WEIGHTS = np.random.default_rng(0).normal(size=(10, 8, 8))
SHOWN = {
    "images": lambda words: figures_digits.show_images(IMAGES, range(20), words),
    "weights": lambda words: figures_digits.show_weights(WEIGHTS, range(10), words),
    "confusion": lambda words: figures_digits.show_confusion([[5, 1], [0, 4]], words),
    "table": lambda words: figures_digits.show_table({"": ["<a>"], "x & y": ["1"]}, words),
}
each = pytest.mark.parametrize("show", SHOWN.values(), ids=SHOWN)


@pytest.fixture
def displayed(monkeypatch):
    """What was displayed last, by its type."""
    shown = {}
    monkeypatch.setattr(figures_digits, "display", lambda data, raw: shown.update(data))
    return shown


def painted(drawing):
    """The values of a drawing's pixels, read back from its strokes: −1 to 1."""
    result = np.zeros((8, 8))
    for path in drawing.findall("path"):
        sign = -1 if path.get("class") == "sl-minus" else 1
        for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)", path.get("d")):
            result[int(y), int(x) : int(x) + int(length)] = sign * float(path.get("opacity", 1))
    return result


def drawings(html):
    return ET.fromstring(html.partition("</style>")[2]).iter("svg")


@each
def test_a_picture_is_well_formed_and_named_in_words(show, displayed):
    show('what "it" shows & says')
    root = ET.fromstring(displayed["text/html"].partition("</style>")[2])
    assert root.get("aria-label") == 'what "it" shows & says'
    assert root.get("role") in {"group", "region"}
    assert displayed["text/plain"] == 'what "it" shows & says'


@each
@pytest.mark.parametrize("words", ["", "  "])
def test_a_picture_without_words_is_refused(show, displayed, words):
    with pytest.raises(ValueError, match="description in words"):
        show(words)


@each
def test_every_color_of_a_picture_is_one_of_the_page(show, displayed):
    show("words")
    assert (
        re.findall(r"#[0-9a-f]{3,8}\b", re.sub(r"var\(--sl-[a-z0-9]+, #[0-9a-f]{6}\)", "", displayed["text/html"]))
        == []
    )


def test_images_show_every_pixel_in_its_place(displayed):
    SHOWN["images"]("words")
    for drawing, image in zip(drawings(displayed["text/html"]), IMAGES, strict=True):
        np.testing.assert_allclose(painted(drawing), image / 16, atol=0.005)  # two digits are written


def test_weights_show_every_sign_and_size(displayed):
    SHOWN["weights"]("words")
    for drawing, weights in zip(drawings(displayed["text/html"]), WEIGHTS, strict=True):
        np.testing.assert_allclose(
            painted(drawing), weights / np.abs(WEIGHTS).max(), atol=0.0363
        )  # half a shade, and two digits


def test_weights_of_0_are_drawn_as_paper(displayed):
    figures_digits.show_weights(np.zeros((1, 8, 8)), ["0"], "words")
    (drawing,) = drawings(displayed["text/html"])
    assert len(drawing) == 0


def test_a_digit_takes_less_than_300_bytes_on_its_way(displayed):
    SHOWN["images"]("words")
    assert len(zlib.compress(displayed["text/html"].encode())) / 20 < 300


def test_mistakes_stand_out_in_a_confusion_matrix_and_zeros_do_not(displayed):
    SHOWN["confusion"]("words")
    cells = re.findall(r"<td[^>]*>[^<]*</td>", displayed["text/html"])
    assert cells == ["<td>5</td>", '<td class="sl-wrong">1</td>', "<td>·</td>", "<td>4</td>"]


def test_a_table_shows_its_entries_as_text(displayed):
    SHOWN["table"]("words")
    assert "&lt;a&gt;" in displayed["text/html"]
    assert "x &amp; y" in displayed["text/html"]
