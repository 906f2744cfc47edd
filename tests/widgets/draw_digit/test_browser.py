"""DrawDigit in real Chromium: its arithmetic against NumPy's on every digit, and what a reader meets."""

import json
import re

import numpy as np
import pytest

from softmaxlab import cross_entropy, cross_entropy_grad, softmax
from softmaxlab.learning.datasets import digits, pixels
from softmaxlab.learning.digit_classifier import evidence, read, samples, trained_weights
from softmaxlab.learning.softmax_regression import logits_of
from softmaxlab.widgets import DrawDigit
from softmaxlab.widgets.draw_digit import pack, state_text
from softmaxlab.widgets.draw_digit import picture as digit_picture
from support.browser.harness import widget_page
from support.browser.pages import address_settles

IMAGES, LABELS = digits()
DOTS = 32


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`, the weights as `weights`, all digits as `all`."""
    empty_tab.evaluate(
        """async ([weights, all, labels, samples]) => {
            globalThis.twin = await import("/widgets/draw_digit/widget.js");
            Object.assign(globalThis, {weights, all, labels, samples});
        }""",
        [
            trained_weights().tolist(),
            IMAGES.reshape(-1, 64).astype(int).tolist(),
            LABELS.tolist(),
            DrawDigit().samples,
        ],
    )
    return empty_tab


# ---- Arithmetic, on all 1,797 digits ----


@pytest.mark.parametrize("temperature", [1.0, 0.1, 3.7])
def test_on_every_digit_it_says_what_numpy_says(twin_tab, temperature):
    found = twin_tab.evaluate(
        "(temperature) => all.map((pixels, i) => twin.read(weights, {pixels, label: labels[i], temperature}))",
        temperature,
    )
    ours = {name: np.array([one[name] for one in found]) for name in ("logits", "probs", "loss", "grad")}
    logits = logits_of(trained_weights(), pixels(IMAGES))
    assert len(ours["logits"]) == 1797
    np.testing.assert_array_equal(ours["logits"].argmax(axis=1), logits.argmax(axis=1))
    np.testing.assert_allclose(ours["logits"], logits, rtol=0, atol=1e-13)  # 64 products below 5, added in other order
    scaled = logits / temperature
    np.testing.assert_allclose(ours["probs"], softmax(scaled), rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours["grad"], cross_entropy_grad(scaled, LABELS, reduction="none"), rtol=0, atol=1e-12)
    np.testing.assert_allclose(ours["loss"], cross_entropy(scaled, LABELS, reduction="none"), rtol=1e-12, atol=1e-12)


def test_the_evidence_is_that_of_numpy(twin_tab):
    for i in range(0, 1797, 97):
        for k in range(10):
            found = twin_tab.evaluate("([i, k]) => twin.evidence(weights, all[i], k)", [i, k])
            np.testing.assert_array_equal(found, evidence(IMAGES[i], k).ravel())  # one product each


def test_dots_are_pooled_as_the_data_was(twin_tab):
    dots = np.random.default_rng(3).integers(0, 2, (DOTS, DOTS))
    found = twin_tab.evaluate("(dots) => twin.pooled(dots)", dots.ravel().tolist())
    np.testing.assert_array_equal(np.reshape(found, (8, 8)), dots.reshape(8, 4, 8, 4).sum(axis=(1, 3)))


def test_words_and_marks_are_those_of_python(twin_tab):
    for i in range(0, 1797, 61):
        image, k, cell = IMAGES[i], i % 10, i % 64
        found = twin_tab.evaluate(
            """([i, k, cell]) => [twin.sumsText(weights, all[i], k), twin.cellText(weights, all[i], k, cell),
                twin.stateText(all[i], k, samples), twin.marks(twin.evidence(weights, all[i], k)),
                twin.pack(all[i])]""",
            [i, k, cell],
        )
        state = state_text(image.ravel().astype(int).tolist(), k)
        sums, said = digit_picture.sums_text(image, k), digit_picture.cell_text(image, k, cell)
        marks = digit_picture.marks(evidence(image, k).ravel())
        assert found == [sums, said, state, marks, pack(image)]


# ---- From strokes to the 32 × 32 dots of the data ----

SEVEN = [[[8, 6], [20, 6], [13, 26]]]


def prepared(twin, strokes):
    found = twin.evaluate("(strokes) => twin.prepared(strokes)", strokes)
    return np.reshape(found["dots"], (DOTS, DOTS))


def test_a_drawing_fills_the_height_and_has_the_ink_of_the_data(twin_tab):
    dots = prepared(twin_tab, SEVEN)
    rows = np.flatnonzero(dots.any(axis=1))
    assert rows[0] <= 1
    assert rows[-1] >= 30
    typical = IMAGES.sum(axis=(1, 2)).mean()
    assert 290 < typical < 330
    assert dots.sum() == pytest.approx(310, abs=15)  # a whole ring of dots may be as far away as the last of them


@pytest.mark.parametrize(("scale", "dx", "dy"), [(1, 3, 2), (0.5, 9, 4), (1.15, 0, 0)])
def test_it_does_not_matter_where_and_how_large_it_is_drawn(twin_tab, scale, dx, dy):
    moved = [[[scale * x + dx, scale * y + dy] for x, y in stroke] for stroke in SEVEN]
    assert np.mean(prepared(twin_tab, moved) != prepared(twin_tab, SEVEN)) < 0.01  # rounding, at the edge of the brush


def test_a_slant_is_taken_out(twin_tab):
    slanted = [[[x + 0.3 * (16 - y), y] for x, y in stroke] for stroke in SEVEN]
    assert np.mean(prepared(twin_tab, slanted) != prepared(twin_tab, SEVEN)) < 0.01


@pytest.mark.parametrize(
    "strokes", [[[[16, 16]]], [[[0, 0]]], [[[4, 16], [28, 16]]], [[[16, 0], [16, 32]]], [[[5, 5], [5, 5]]]]
)
def test_even_a_dot_or_a_line_is_a_picture(twin_tab, strokes):
    dots = prepared(twin_tab, strokes)
    assert 40 < dots.sum() < 400


# ---- A hand on the pad. Strokes in a box of 1 × 1, y downward. ----


def arc(x, y, across, down, start, end):
    angles = np.radians(np.linspace(start, end, 16))
    return [[x + across * np.cos(t), y + down * np.sin(t)] for t in angles]


DRAWN = {
    0: [arc(0.5, 0.5, 0.35, 0.5, -90, 270)],
    1: [[[0.3, 0.2], [0.5, 0], [0.5, 1]]],
    2: [[*arc(0.5, 0.28, 0.35, 0.28, -170, 30), [0.1, 1], [0.9, 1]]],
    3: [[*arc(0.4, 0.25, 0.4, 0.25, -150, 90), *arc(0.4, 0.75, 0.45, 0.25, -90, 150)]],
    4: [[[0.6, 0], [0.1, 0.65], [0.95, 0.65]], [[0.7, 0.3], [0.7, 1]]],
    5: [[[0.85, 0], [0.2, 0], [0.15, 0.45], *arc(0.45, 0.7, 0.42, 0.3, -120, 140)]],
    6: [[[0.7, 0], [0.35, 0.25], [0.15, 0.6], *arc(0.47, 0.76, 0.33, 0.24, 180, -180)]],
    7: [[[0.1, 0], [0.9, 0], [0.4, 1]]],
    8: [[*arc(0.5, 0.25, 0.3, 0.25, 90, -270), *arc(0.5, 0.75, 0.38, 0.25, -90, 270)]],
    9: [[*arc(0.45, 0.28, 0.35, 0.28, 0, -360), [0.8, 0.28], [0.75, 1]]],
}


@pytest.fixture
def show_widgets(page, served_folder):
    """Open a page that holds this widget, alive."""
    folder, address = served_folder

    def opened(widget=None, width=1280, fragment=""):
        own = folder / str(len(list(folder.iterdir())))
        own.mkdir()
        widget_page(own, widget or DrawDigit())
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/{own.name}/index.html{fragment}")
        page.locator("[data-sl-ready]").wait_for()
        return page

    return opened


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def draw(page, strokes, left=0.2, top=0.1, width=0.5, height=0.75):
    box = page.locator(".dd-pad").bounding_box()
    for stroke in strokes:
        points = [
            (box["x"] + box["width"] * (left + width * x), box["y"] + box["height"] * (top + height * y))
            for x, y in stroke
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point, steps=3)
        page.mouse.up()


def says(page):
    return int(page.locator(".dd-digit").inner_text())


def state(page):
    """What the model of the page holds."""
    return page.evaluate("location.hash")


def counts(page):
    opacities = page.locator(".dd-grid .dd-ink").evaluate_all(
        "rects => rects.map((rect) => 16 * rect.getAttribute('fill-opacity'))"
    )
    return np.array(opacities).round().astype(int)


@pytest.mark.parametrize("digit", DRAWN)
@pytest.mark.parametrize(("left", "top", "width", "height"), [(0.2, 0.1, 0.5, 0.75), (0.45, 0.3, 0.36, 0.5)])
def test_a_digit_drawn_with_the_mouse_is_read(show_widgets, digit, left, top, width, height):
    page = show_widgets()
    draw(page, DRAWN[digit], left, top, width, height)
    assert says(page) == digit


def test_what_is_shown_for_a_drawing_is_what_python_says_of_its_counts(show_widgets):
    page = show_widgets(DrawDigit(label=3, temperature=2))
    draw(page, DRAWN[3])
    reading = read(counts(page).reshape(8, 8), 3, 2)
    shown = [
        [float(text.replace("−", "-")) for text in page.locator(f".dd-row {part}").all_inner_texts()]
        for part in ("td:nth-child(2) .sl-value", "td:nth-child(3) .sl-value", "td:nth-child(4) .sl-value")
    ]
    np.testing.assert_allclose(shown[0], reading.logits, atol=0.00501)
    np.testing.assert_allclose(shown[1], reading.probs, atol=0.000501)
    np.testing.assert_allclose(shown[2], reading.grad, atol=0.000501)
    assert float(page.locator(".dd-loss").inner_text()) == pytest.approx(reading.loss, abs=0.000501)


def test_the_answer_follows_within_the_event(show_widgets):
    page = show_widgets(DrawDigit(pixels=[0] * 64))
    changed = page.locator(".dd-pad").evaluate(
        """(pad) => {
            const {left, top, width} = pad.getBoundingClientRect();
            const send = (type, x, y) => pad.dispatchEvent(new PointerEvent(type, {
                pointerId: 9, button: 0, clientX: left + x * width, clientY: top + y * width, bubbles: true}));
            const ink = () => pad.closest(".dd").querySelector(".dd-sums").textContent;
            const before = ink();
            send("pointerdown", 0.5, 0.1);
            const dot = ink();
            send("pointermove", 0.5, 0.9);
            return [before !== dot, dot !== ink()];
        }"""
    )
    assert changed == [True, True]


def test_a_finger_draws_and_does_not_scroll(browser, served_folder):
    folder, address = served_folder
    own = folder / str(len(list(folder.iterdir())))
    own.mkdir()
    widget_page(own, DrawDigit(pixels=[0] * 64), after="<p style='height: 3000px'></p>")
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{address}/{own.name}/index.html")
    page.locator("[data-sl-ready]").wait_for()
    box = page.locator(".dd-pad").bounding_box()
    x, top, bottom = box["x"] + box["width"] / 2, box["y"] + 0.9 * box["height"], box["y"] + 0.1 * box["height"]
    session = context.new_cdp_session(page)

    def touch(kind, *points):
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", (x, top))
    for share in np.linspace(0, 1, 12):
        touch("touchMove", (x, top + share * (bottom - top)))
    touch("touchEnd")
    answer, scrolled = says(page), page.evaluate("scrollY")
    actions = page.evaluate(
        "[...document.querySelectorAll('.dd-pad, .dd-grid, .dd')].map((node) => getComputedStyle(node).touchAction)"
    )
    context.close()
    assert answer == 1
    assert scrolled == 0
    assert sorted(actions) == ["auto", "auto", "auto", "none"]  # the pad alone


def test_the_first_stroke_replaces_a_digit_that_was_shown_and_more_are_added(show_widgets):
    page = show_widgets()
    draw(page, [[[0.5, 0], [0.5, 1]]])
    alone = counts(page)
    assert says(page) == 1
    draw(page, [[[0, 0], [0.5, 0]]])
    assert not np.array_equal(counts(page), alone)
    assert page.locator(".dd-stroke").get_attribute("d").count("M") == 2


def test_undo_takes_back_stroke_by_stroke_and_a_clearing(show_widgets):
    page = show_widgets()
    seen = [counts(page)]
    for stroke in DRAWN[4]:
        draw(page, [stroke])
        seen.append(counts(page))
    press(page, "Clear")
    assert counts(page).sum() == 0
    for wanted in reversed(seen):
        press(page, "Undo")
        np.testing.assert_array_equal(counts(page), wanted)
    assert page.get_by_role("button", name="Undo").get_attribute("aria-disabled") == "true"


def test_nothing_moves_while_drawing(show_widgets, page):
    page.add_init_script("""
        globalThis.shifts = [];
        new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({value}) => value)))
            .observe({type: "layout-shift", buffered: true});""")
    for width in (320, 390, 1280):
        show_widgets(width=width)
        heights = set()
        for digit in (2, 8):
            page.locator(".dd-pad").scroll_into_view_if_needed()
            draw(page, DRAWN[digit])
            heights.add(page.locator(".dd").bounding_box()["height"])
            press(page, "Clear")
            heights.add(page.locator(".dd").bounding_box()["height"])
        for _ in samples():
            press(page, "Show me one")
            heights.add(page.locator(".dd").bounding_box()["height"])
        page.wait_for_timeout(150)
        assert len(heights) == 1, width
        assert page.evaluate("shifts") == [], width


def test_show_me_one_goes_through_all_samples_with_what_they_were_meant_to_be(show_widgets):
    page = show_widgets(DrawDigit(pixels=[0] * 64))
    seen = []
    for _ in samples():
        press(page, "Show me one")
        seen.append((pack(counts(page)), int(page.locator("input[type=radio]:checked").get_attribute("value"))))
    assert seen == [(pack(sample.image), sample.label) for sample in samples()]


# ---- Without a pointer ----


def test_the_keyboard_sets_ink_cell_by_cell(show_widgets):
    page = show_widgets(DrawDigit(pixels=[0] * 64))
    grid = page.get_by_role("grid")
    grid.focus()
    for key in ["ArrowDown", "ArrowRight", "ArrowRight", "Space", "ArrowLeft", "+", "+", "-", "End", "+"]:
        grid.press(key)
    wanted = np.zeros((8, 8), int)
    wanted[1, 2], wanted[1, 1], wanted[1, 7] = 16, 4, 4
    np.testing.assert_array_equal(counts(page).reshape(8, 8), wanted)
    grid.press("ArrowRight")  # at the edge
    grid.press("Space")
    assert counts(page).reshape(8, 8)[1, 7] == 0


def test_a_screen_reader_is_told_each_cell_and_then_the_answer(show_widgets):
    page = show_widgets(DrawDigit(pixels=[0] * 64, label=7))
    grid = page.get_by_role("grid")
    grid.focus()
    grid.press("ArrowDown")
    grid.press("Space")
    active = page.locator(f"[id='{grid.get_attribute('aria-activedescendant')}']")
    assert active.get_attribute("aria-label") == "Row 2, column 1: 16 of 16"
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    spoken = page.locator(".sl-spoken").text_content()
    assert re.fullmatch(r"16 of 16. The model says \d, probability 0\.\d{3}. Loss of 7: \d+\.\d{3}.", spoken)


def test_the_evidence_is_there_in_words(show_widgets):
    page = show_widgets(DrawDigit(shown=3))
    words = page.locator("svg[role=img].dd-grid").get_attribute("aria-label")
    parts = evidence(samples()[0].image, 3)
    row, column = np.unravel_index(parts.argmax(), (8, 8))
    assert words.startswith(f"Evidence for 3. Most for it: row {row + 1}, column {column + 1}, +{parts.max():.2f}")
    assert f"−{-parts.min():.2f}." in words


def test_strokes_go_on_top_of_cells_that_were_set_by_keys(show_widgets):
    page = show_widgets(DrawDigit(pixels=[0] * 64))
    page.get_by_role("grid").press("Space")
    draw(page, [[[0.8, 0.4], [0.8, 0.8]]])
    assert counts(page)[0] == 16
    assert counts(page).sum() > 40
    assert page.locator(".dd-frame").get_attribute("points") == ""  # in place: nothing is stretched


# ---- State ----


def test_the_state_is_in_the_address_and_comes_back_from_it(show_widgets):
    page = show_widgets()
    draw(page, DRAWN[2])
    page.get_by_role("radio", name="2").check()
    page.get_by_role("textbox", name="Exact temperature").fill("2.5")
    page.get_by_role("textbox", name="Exact temperature").press("Enter")
    page.get_by_role("combobox", name="Evidence for").select_option("3")
    address_settles(page)
    drawn = counts(page)
    assert page.evaluate("location.hash") == f"#w.x={pack(drawn)}&w.y=2&w.t=2.5&w.k=3"
    shown = page.locator(".dd .sl-value").all_inner_texts()
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    np.testing.assert_array_equal(counts(page), drawn)
    assert page.locator(".dd .sl-value").all_inner_texts() == shown


def test_back_undoes_a_stroke(show_widgets):
    page = show_widgets(DrawDigit(pixels=[0] * 64))
    for stroke in DRAWN[4]:
        draw(page, [stroke])
        address_settles(page)
    two = counts(page)
    page.go_back()
    one = counts(page)
    assert one.sum() > 0
    assert not np.array_equal(one, two)
    page.go_forward()
    np.testing.assert_array_equal(counts(page), two)


@pytest.mark.parametrize("junk", ["w.x=0123", f"w.x={'h' * 64}", f"w.x={'G' * 64}", "w.x=", "w.t=0&w.y=10&w.k=-1"])
def test_junk_in_the_address_is_ignored_piece_by_piece(show_widgets, junk):
    page = show_widgets(fragment=f"#{junk}&w.y=3" if "w.y" not in junk else f"#{junk}")
    np.testing.assert_array_equal(counts(page), samples()[0].image.ravel())
    assert page.get_by_role("radio", name="3" if "w.y" not in junk else str(samples()[0].label)).is_checked()
    assert page.get_by_role("textbox", name="Exact temperature").input_value() == "1.00"


def test_junk_is_refused_in_place_and_the_state_kept(show_widgets):
    page = show_widgets()
    field = page.get_by_role("textbox", name="Exact temperature")
    field.fill("11")
    assert page.locator(".sl-refusal:visible").inner_text() == "From 0.1 to 10, please."
    before = page.locator(".dd-loss").inner_text()
    field.press("Escape")
    assert page.locator(".dd-loss").inner_text() == before


def test_every_step_of_the_temperature_moves_it_and_never_the_answer(show_widgets):
    page = show_widgets()
    seen = page.get_by_role("slider", name="Temperature").evaluate(
        """(input) => {
            const seen = [];
            for (let at = -1; at <= 1.001; at += 0.02) {
                input.value = at;
                input.dispatchEvent(new Event("input"));
                const root = input.closest(".dd");
                seen.push([Number(input.getAttribute("aria-valuetext")), root.querySelector(".dd-digit").textContent]);
            }
            return seen;
        }"""
    )
    temperatures = [temperature for temperature, _ in seen]
    assert temperatures[0] == 0.1
    assert temperatures[-1] == 10
    assert all(np.diff(temperatures) > 0)
    assert len({answer for _, answer in seen}) == 1


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_a_very_small_loss_has_room(show_widgets, width):
    image = max(IMAGES, key=lambda image: np.ptp(np.sort(read(image, 0).logits)[-2:]))  # the surest answer
    answer = int(read(image, 0).logits.argmax())
    page = show_widgets(DrawDigit(pixels=image, label=answer, temperature=0.1), width=width)
    loss = page.locator(".dd-loss")
    assert "×10" in loss.inner_text()
    assert loss.evaluate("(node) => node.scrollWidth <= node.parentNode.clientWidth")
    wide = page.locator(".dd-head > div").last.bounding_box()
    frame = page.locator(".dd").bounding_box()
    assert wide["x"] + wide["width"] <= frame["x"] + frame["width"] - 14


def test_reset_brings_the_first_digit_back(show_widgets):
    page = show_widgets()
    draw(page, DRAWN[7])
    page.get_by_role("radio", name="7").check()
    press(page, "Reset")
    np.testing.assert_array_equal(counts(page), samples()[0].image.ravel())
    assert page.get_by_role("radio", name=str(samples()[0].label)).is_checked()


@pytest.mark.parametrize("options", [{}, {"pixels": [0] * 64, "label": 7, "temperature": 0.1}, {"shown": 3}])
def test_the_still_and_the_live_widget_show_the_same_numbers_words_and_marks(show_widgets, browser, options):
    page = show_widgets(DrawDigit(**options))
    parts = ".sl-value", ".dd-hint", ".dd-sums", ".dd-cell", ".dd-note", ".dd-caption:not(.dd-title)", "thead"

    def look(seen):
        texts = [seen.locator(f".dd {part}").all_inner_texts() for part in parts]
        paths = seen.locator(":is(.dd-for, .dd-against)").evaluate_all("all => all.map((one) => one.getAttribute('d'))")
        return texts, paths, counts(seen).tolist()

    live = look(page)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    still = context.new_page()
    still.goto(page.url)
    found = look(still)
    context.close()
    assert json.dumps(found) == json.dumps(live)
