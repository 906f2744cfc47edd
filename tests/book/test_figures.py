"""Figures are inline SVG that follows the page: its colors, its font; own ids; the same bytes always."""

import logging
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from matplotlib.colors import to_hex

from softmaxlab import softmax
from softmaxlab.book import figures
from softmaxlab.book.notebook import svg

ANIMALS = ["cat", "dog", "bird"]


def bar_chart(values=(0.7, 0.2, 0.1)):
    fig, ax = figures.canvas()
    figures.bars(ax, values, ANIMALS, "p")
    return fig


def curve():
    fig, ax = figures.canvas()
    x = np.linspace(-1, 1, 5)
    figures.lines(ax, x, {"one": x, "two": -x}, "x", "y", dashed={"two"})
    figures.mark(ax, 0, 0, "here")
    return fig


def triangle():
    fig, ax = figures.canvas()
    figures.simplex(ax, ANIMALS, [softmax(np.eye(3))], point=softmax([1, 0, -1]), text="dot")
    return fig


def intervals():
    fig, ax = figures.canvas()
    figures.windows(ax, {"a": (-1, 2), "b": (-3, 4)}, dots=[[0], [1]], xlabel="x", xticks=(-2, 0, 2))
    return fig


def table(entries=((0.25, -0.25), (-0.0625, 0))):
    fig, ax = figures.canvas()
    figures.matrix(ax, entries, ["Δp cat", "Δp dog"], ["raise cat", "raise dog"], "J")
    return fig


EVERY_FIGURE = pytest.mark.parametrize("draw", [bar_chart, curve, triangle, intervals, table])


@EVERY_FIGURE
def test_svg_is_one_well_formed_element_named_by_its_description(draw):
    root = ET.fromstring(svg(draw(), 'what "it" shows & says'))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("role") == "img"
    assert root.get("aria-label") == 'what "it" shows & says'
    assert root.get("class") == "book-figure"


@EVERY_FIGURE
def test_svg_is_the_same_bytes_every_time(draw):
    assert svg(draw(), "words") == svg(draw(), "words")


@EVERY_FIGURE
def test_every_color_is_a_variable_of_the_palette_or_the_ink_of_the_page(draw):
    body = re.sub(r"var\(--sl-[a-z0-9]+, #[0-9a-f]{6}\)", "", svg(draw(), "words"))
    body = re.sub(r'(url\(#|href="#)[^)"]+', "", body)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b", body) == []
    assert "currentColor" in body


@EVERY_FIGURE
def test_text_stays_text_in_the_font_of_the_page(draw):
    body = svg(draw(), "words")
    assert "<text" in body
    assert "font-family" not in body
    assert not re.search(r"\bfont:", body)


@EVERY_FIGURE
def test_size_follows_the_page(draw):
    root = ET.fromstring(svg(draw(), "words"))
    assert root.get("width") is None
    assert root.get("height") is None
    assert root.get("viewBox")
    assert "width:100%" in root.get("style")


@EVERY_FIGURE
def test_every_id_is_referred_to_and_every_reference_resolves(draw):
    body = svg(draw(), "words")
    assert set(re.findall(r' id="([^"]+)"', body)) == set(re.findall(r'(?:url\(#|href="#)([^)"]+)', body))


def test_two_figures_on_one_page_share_no_id():
    first, second = (set(re.findall(r' id="([^"]+)"', svg(draw(), "words"))) for draw in (bar_chart, curve))
    assert first
    assert second
    assert not first & second


@pytest.mark.parametrize("description", ["", "   "])
def test_a_figure_without_a_description_is_refused(description):
    with pytest.raises(ValueError, match="needs a description"):
        svg(bar_chart(), description)


def test_palette_has_ten_class_colors_and_no_color_twice():
    # a color used under two names would be replaced by the wrong variable
    assert len(figures.CLASS_COLORS) == 10
    assert len(set(figures.PALETTE.values())) == len(figures.PALETTE)


def test_bars_have_the_values_as_heights_and_the_class_colors():
    (ax,) = bar_chart((0.5, -0.25, 0)).axes
    assert [bar.get_height() for bar in ax.patches] == [0.5, -0.25, 0]
    assert [to_hex(bar.get_facecolor()) for bar in ax.patches] == list(figures.CLASS_COLORS[:3])


def test_bars_write_their_values_with_a_real_minus_sign():
    (ax,) = bar_chart((0.5, -0.25, 0)).axes
    assert {"0.500", "−0.250", "0.000"} <= {text.get_text() for text in ax.texts}


def test_simplex_puts_certainty_in_the_corners_and_a_tie_in_the_center():
    _, ax = figures.canvas()
    figures.simplex(ax, ANIMALS, [np.eye(3), np.full((1, 3), 1 / 3)])
    corners, center = (line.get_xydata() for line in ax.lines[:2])
    np.testing.assert_allclose(np.linalg.norm(corners - center, axis=1), 1 / np.sqrt(3))  # unit sides


def test_a_slid_score_draws_a_straight_line_in_the_triangle():
    # the surprise of chapter 1
    _, ax = figures.canvas()
    scores = np.stack([np.ones(41), np.zeros(41), np.linspace(-6, 6, 41)], axis=-1)
    figures.simplex(ax, ANIMALS, [softmax(scores)])
    x, y = (ax.lines[0].get_xydata() - ax.lines[0].get_xydata()[0]).T
    np.testing.assert_allclose(x * y[-1], y * x[-1], atol=1e-15)  # coordinates near 1: a few ulps


def test_windows_span_the_given_ends():
    (ax,) = intervals().axes
    assert [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in ax.patches] == [(-1, 2), (-3, 4)]


def test_drawing_leaves_the_settings_of_matplotlib_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    svg(curve(), "words")
    assert dict(mpl.rcParams) == before


def test_the_font_cache_message_of_a_first_run_is_silenced():
    assert logging.getLogger("matplotlib.font_manager").level == logging.ERROR


def test_matrix_shows_size_by_area_and_sign_by_color():
    (ax,) = table().axes
    areas = [square.get_width() * square.get_height() for square in ax.patches]
    np.testing.assert_allclose(np.array(areas) / areas[0], [1, 1, 0.25, 0], atol=1e-12)
    up, down = figures.PALETTE["--sl-up"], figures.PALETTE["--sl-down"]
    assert [to_hex(square.get_facecolor()) for square in ax.patches[:3]] == [up, down, down]


def test_matrix_writes_its_entries_with_a_real_minus_sign():
    (ax,) = table().axes
    assert {"0.250", "−0.250", "−0.062", "0.000"} <= {text.get_text() for text in ax.texts}


def test_matrix_of_zeros_is_drawn():
    (ax,) = table(np.zeros((2, 2))).axes
    assert all(square.get_width() == 0 for square in ax.patches)
