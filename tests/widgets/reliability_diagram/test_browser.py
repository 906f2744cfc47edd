"""ReliabilityDiagram in real Chromium: its arithmetic against NumPy, and what a reader meets."""

import numpy as np
import pytest

from softmaxlab import cross_entropy, softmax
from softmaxlab.learning.calibration import expected_calibration_error, reliability
from softmaxlab.learning.digits_models import MODELS, SMOOTHINGS, logits_and_labels
from softmaxlab.widgets import ReliabilityDiagram
from softmaxlab.widgets.reliability_diagram import bins_in_words, explanation
from support.browser.harness import widget_page
from support.browser.pages import address_settles

TEMPERATURES = [*np.geomspace(0.1, 10, 25).tolist(), 0.33, 0.5, 1.6, 2.0]
BINS = [5, 7, 10, 15, 20]


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`, and what a page gets as `data`."""
    widget = ReliabilityDiagram()
    empty_tab.evaluate(
        """async (data) => {
            globalThis.twin = await import("/widgets/reliability_diagram/widget.js");
            globalThis.labels = [...data.truths].map(Number);
            globalThis.logits = data.weights.map((weights) => twin.logitsOf(weights, data.pixels));
        }""",
        {"weights": widget.weights, "pixels": widget.pixels, "truths": widget.truths},
    )
    return empty_tab


# ---- Arithmetic ----


def test_the_logits_are_those_of_python_to_the_last_bit(twin_tab):
    for model, found in zip(MODELS, twin_tab.evaluate("logits"), strict=True):
        np.testing.assert_array_equal(found, logits_and_labels(*model)[0])


@pytest.mark.parametrize("which", range(len(MODELS)), ids=lambda i: f"{MODELS[i][0]}-{MODELS[i][1]}")
def test_counts_are_equal_and_results_agree_at_every_temperature_and_number_of_bins(twin_tab, which):
    body = """([which, temperatures, bins]) => temperatures.map((t) => bins.map((n) =>
        twin.results(logits[which], labels, t, n)))"""
    logits, labels = logits_and_labels(*MODELS[which])
    for t, row in zip(TEMPERATURES, twin_tab.evaluate(body, [which, TEMPERATURES, BINS]), strict=True):
        probs = softmax(logits / t)
        loss = cross_entropy(logits / t, labels)
        for bins, found in zip(BINS, row, strict=True):
            ours = reliability(probs, labels, bins)
            assert found["counts"] == ours.counts.tolist(), (t, bins)
            held = ours.counts > 0
            for name in ("confidence", "accuracy"):
                np.testing.assert_allclose(np.array(found[name], float)[held], getattr(ours, name)[held], atol=1e-12)
            assert found["ece"] == pytest.approx(expected_calibration_error(probs, labels, bins), abs=1e-12)
            assert found["loss"] == pytest.approx(loss, abs=1e-12)
            assert found["claim"] == pytest.approx(probs.max(axis=1).mean(), abs=1e-12)
            assert found["share"] == np.mean(logits.argmax(axis=1) == labels)


@pytest.mark.parametrize("bins", range(1, 21))
def test_a_confidence_on_an_edge_is_in_the_same_bin_as_in_numpy(twin_tab, bins):
    edges = np.linspace(0, 1, bins + 1)[1:]
    sure = np.unique(np.concatenate([edges, np.nextafter(edges, 0), np.nextafter(edges, 2), [0.5, 1]]))
    sure = sure[(sure <= 1) & (sure > 0)]
    # reliability wants rows of which it takes the largest: many classes share what is left
    rows = np.column_stack([sure, *[(1 - sure) / 40] * 40])
    keep = rows[:, 0] >= rows[:, 1]
    found = twin_tab.evaluate(
        "([sure, n]) => twin.reliability(sure, sure.map(() => true), n)", [sure[keep].tolist(), bins]
    )
    assert found["counts"] == reliability(rows[keep], np.zeros(keep.sum(), int), bins).counts.tolist()


def test_the_words_are_those_of_python(twin_tab):
    for claim, share in [*np.random.default_rng(0).uniform(0.1, 1, (200, 2)).tolist(), [0.9, 0.9], [0.9, 0.905]]:
        assert twin_tab.evaluate("([a, b]) => twin.explanation(a, b)", [claim, share]) == explanation(claim, share)
    logits, labels = logits_and_labels("much")
    for bins in (5, 20):
        ours = bins_in_words(reliability(softmax(logits), labels, bins))
        which = MODELS.index(("much", 0.0))
        assert twin_tab.evaluate(
            "([i, n]) => twin.binsInWords(twin.results(logits[i], labels, 1, n))", [which, bins]
        ) == (ours)


# ---- What a reader meets ----


@pytest.fixture
def show_widgets(page, tmp_path, serve_folder):
    """Open a page that holds this widget, alive."""
    address = serve_folder(tmp_path)

    def opened(widget=None, width=1280, fragment=""):
        widget_page(tmp_path, widget or ReliabilityDiagram())
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/index.html{fragment}")
        page.locator("[data-sl-ready]").wait_for()
        return page

    return opened


def slider(page, name="Temperature"):
    return page.get_by_role("slider", name=name)


def field(page):
    return page.get_by_role("textbox", name="Exact temperature")


def values(page):
    return page.locator(".rd-value").all_inner_texts()


def shown_by(widget):
    return [f"{value:.3f}" for value in (widget.ece, widget.loss, widget.confidence, widget.accuracy)]


def test_the_first_slider_is_the_temperature(show_widgets):
    assert show_widgets().locator("input[type=range]").first.get_attribute("aria-label") == "Temperature"


@pytest.mark.parametrize("temperature", ["0.1", "0.5", "2", "10"])
def test_a_typed_temperature_gives_the_numbers_of_python(show_widgets, temperature):
    page = show_widgets(ReliabilityDiagram(penalty="some"))
    field(page).fill(temperature)
    assert values(page) == shown_by(ReliabilityDiagram(penalty="some", temperature=float(temperature)))


@pytest.mark.parametrize(("key", "power"), [("ArrowRight", 0.01), ("PageUp", 0.1), ("PageDown", -0.1), ("End", 1)])
def test_keys_move_the_temperature_along_its_logarithm(show_widgets, key, power):
    page = show_widgets()
    slider(page).press(key)
    assert float(field(page).input_value()) == float(f"{10**power:.3g}")


def test_the_model_is_chosen_by_penalty_and_smoothing(show_widgets):
    page = show_widgets()
    page.get_by_role("radio", name="much").check()
    assert values(page) == shown_by(ReliabilityDiagram(penalty="much"))
    slider(page, "Label smoothing of the model").press("End")
    assert values(page) == shown_by(ReliabilityDiagram(penalty="much", smoothing=0.2))


def test_every_step_of_the_smoothing_is_a_model(show_widgets):
    page = show_widgets()
    handle = slider(page, "Label smoothing of the model")
    for share in SMOOTHINGS[1:]:
        handle.press("ArrowRight")
        assert handle.get_attribute("aria-valuetext") == f"{share:g}"
        assert values(page) == shown_by(ReliabilityDiagram(smoothing=share))


@pytest.mark.parametrize("bins", [5, 20])
def test_there_are_as_many_bars_as_bins_with_answers_and_each_has_its_count(show_widgets, bins):
    page = show_widgets(ReliabilityDiagram(penalty="much"))
    slider(page, "Number of bins").press("Home" if bins == 5 else "End")
    counts = [count for count in ReliabilityDiagram(penalty="much", bins=bins).counts if count]
    assert page.locator(".rd-count:visible").all_text_contents() == [str(count) for count in counts]
    assert page.locator(".rd-acc:is(rect):visible").count() <= len(counts)  # a bar of height 0 is not seen


def test_the_gap_is_marked_as_too_much_or_too_little(show_widgets):
    page = show_widgets(ReliabilityDiagram(penalty="much"))
    logits, labels = logits_and_labels("much")
    found = reliability(softmax(logits), labels)
    under = page.locator(".rd-plot rect.rd-gap").evaluate_all(
        "(gaps) => gaps.filter((gap) => gap.closest('svg > g > g').style.display !== 'none')"
        ".map((gap) => gap.classList.contains('is-under'))"
    )
    held = found.counts > 0
    assert under == (found.confidence < found.accuracy)[held].tolist()


def test_fit_glides_to_the_fitted_temperature_and_the_accuracy_stays(show_widgets):
    page = show_widgets()
    before = values(page)[3]
    page.get_by_role("button", name="Fit").click()
    wanted = ReliabilityDiagram()
    wanted.temperature = wanted.fitted
    page.wait_for_function("document.querySelector('.rd-steer button').getAttribute('aria-disabled') === 'true'")
    assert values(page) == shown_by(wanted)
    assert values(page)[3] == before
    page.get_by_role("button", name="T = 1").click()
    page.wait_for_function("document.querySelectorAll('.rd-steer button')[1].getAttribute('aria-disabled') === 'true'")
    assert values(page) == shown_by(ReliabilityDiagram())


def test_fit_jumps_for_readers_who_want_less_motion(show_widgets):
    page = show_widgets()
    page.emulate_media(reduced_motion="reduce")
    shown = page.get_by_role("button", name="Fit").evaluate(
        "(button) => { button.click(); return document.querySelector('.rd-value').textContent; }"
    )
    wanted = ReliabilityDiagram()
    wanted.temperature = wanted.fitted
    assert shown == f"{wanted.ece:.3f}"


def test_a_hand_on_the_slider_ends_the_glide(show_widgets, page):
    page.clock.install()
    show_widgets(ReliabilityDiagram(penalty="much"))
    page.get_by_role("button", name="Fit").click()
    page.clock.run_for(100)
    assert field(page).input_value() != "1.00"
    slider(page).press("End")
    page.clock.run_for(800)
    assert field(page).input_value() == "10.00"


def test_the_mark_below_the_slider_stands_where_the_fitted_temperature_would(show_widgets):
    page = show_widgets()
    page.emulate_media(reduced_motion="reduce")
    page.get_by_role("button", name="Fit").click()
    box, mark = slider(page).bounding_box(), page.locator("path.rd-fit").bounding_box()
    share = (np.log10(ReliabilityDiagram().fitted) + 1) / 2
    thumb = float(slider(page).evaluate("node => parseFloat(getComputedStyle(node).getPropertyValue('--thumb'))"))
    center = box["x"] + thumb / 2 + (box["width"] - thumb) * share
    assert mark["x"] + mark["width"] / 2 == pytest.approx(center, abs=1)


def test_everything_follows_the_slider_before_the_event_is_over(show_widgets):
    page = show_widgets()
    shown = slider(page).evaluate(
        """(input) => {
            input.value = "0.3";
            input.dispatchEvent(new Event("input"));
            return [...input.closest(".rd").querySelectorAll(".rd-value")].map((node) => node.textContent);
        }"""
    )
    assert shown == shown_by(ReliabilityDiagram(temperature=float(f"{10**0.3:.3g}")))


def test_results_are_spoken_after_a_pause_and_bins_can_be_read(show_widgets):
    page = show_widgets()
    slider(page).press("End")
    page.wait_for_function("document.querySelector('[role=status]').textContent")
    hot = ReliabilityDiagram(temperature=10)
    wanted = f"ECE {hot.ece:.3f}, mean loss {hot.loss:.3f} nats, accuracy {hot.accuracy:.3f}."
    assert page.locator("[role=status]").text_content() == wanted
    logits, labels = logits_and_labels("little")
    told = bins_in_words(reliability(softmax(logits / 10), labels))
    assert page.locator(".rd-figure .sl-spoken").text_content() == told


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_state_makes_the_widget_higher(show_widgets, width):
    page = show_widgets(width=width)
    heights = page.locator(".rd").evaluate(
        """(root) => {
            const heights = new Set();
            const [range, smoothing, bins] = root.querySelectorAll(".sl-range");
            const put = (input, value) => { input.value = value; input.dispatchEvent(new Event("input")); };
            for (const radio of root.querySelectorAll(".rd-radio")) {
                radio.click();
                for (let share = 0; share < 4; share++) {
                    put(smoothing, share);
                    for (let n = 0; n < 16; n += 5) {
                        put(bins, n);
                        for (let at = -1; at <= 1; at += 0.25) {
                            put(range, at);
                            heights.add(root.getBoundingClientRect().height);
                        }
                    }
                }
            }
            return [...heights];
        }"""
    )
    assert len(heights) == 1


def test_the_state_is_in_the_address_and_comes_back_from_it(show_widgets):
    page = show_widgets()
    page.get_by_role("radio", name="much").check()
    slider(page, "Label smoothing of the model").press("ArrowRight")
    slider(page, "Number of bins").press("End")
    field(page).fill("0.25")
    field(page).press("Enter")
    address_settles(page)
    assert page.evaluate("location.hash") == "#c.T=0.25&c.w=much&c.s=0.05&c.b=20"
    shown = values(page)
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert values(page) == shown


def test_junk_in_the_address_is_ignored_piece_by_piece(show_widgets):
    page = show_widgets(fragment="#c.T=0&c.w=huge&c.s=0.15&c.b=7.5&d.gap=3")
    assert values(page) == shown_by(ReliabilityDiagram())
    page = show_widgets(fragment="#c.T=NaN&c.w=much&c.s=1e-1&c.b=12")
    assert values(page) == shown_by(ReliabilityDiagram(penalty="much", smoothing=0.1, bins=12))


@pytest.mark.parametrize(
    ("typed", "words"),
    [("11", "From 0.1 to 10, please."), ("abc", "Type a number, like 2 or 0.5."), ("0,5", "Write 0.5, with a point.")],
)
def test_junk_is_refused_in_place_and_the_state_kept(show_widgets, typed, words):
    page = show_widgets()
    before = values(page)
    field(page).fill(typed)
    assert page.locator(".sl-refusal:visible").inner_text() == words
    assert values(page) == before


def test_reset_brings_back_the_state_of_the_chapter(show_widgets):
    start = ReliabilityDiagram(penalty="some", temperature=2, bins=12)
    page = show_widgets(start)
    slider(page).press("Home")
    page.get_by_role("radio", name="little").check()
    page.get_by_role("button", name="Reset").click()
    assert values(page) == shown_by(start)


def test_a_typed_temperature_moves_the_slider(show_widgets):
    page = show_widgets()
    field(page).fill("0.5")
    assert float(slider(page).input_value()) == pytest.approx(np.log10(0.5), abs=0.006)  # steps of 0.01


@pytest.mark.parametrize("state", [{}, {"penalty": "much", "smoothing": 0.1, "temperature": 0.4, "bins": 20}])
def test_the_still_and_the_live_widget_show_the_same(show_widgets, browser, state):
    page = show_widgets(ReliabilityDiagram(**state))
    parts = ".rd-value", ".rd-note", ".rd-why", ".rd-chosen", ".rd-count", ".rd-caption", ".rd-legend", ".rd-scale text"

    def texts(where):
        return [[" ".join(text.split()) for text in where.locator(part).all_text_contents()] for part in parts]

    live = texts(page)
    live[4] = page.locator(".rd-count:visible").all_text_contents()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    still = context.new_page()
    still.goto(page.url)
    found = texts(still)
    context.close()
    assert found == live
