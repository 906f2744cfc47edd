"""InformationBars as a reader meets it: in real Chromium, on a page like those of the built book."""

from urllib.parse import unquote

import ipywidgets
import numpy as np
import pytest

from softmaxlab.learning.scoring_rules import cross_entropy_terms, entropy, kl_divergence
from softmaxlab.widgets import InformationBars, information_bars
from softmaxlab.widgets._runtime import vectors
from support.browser.harness import widget_page
from support.browser.pages import address_settles

READ = """(root) => [["entropy", "kl", "loss"].map((n) => root.querySelector(`.ib-${n}-value`).textContent),
    [...root.querySelectorAll(".sl-number")].map((input) => input.value)]"""
LENGTHS = """(root) => ["split", "whole", "swapped"].map((name) => {
    const box = (node) => node.getBoundingClientRect();
    const track = box(root.querySelector(`.ib-${name} svg`));
    const ends = [...root.querySelectorAll(`.ib-${name} rect`)].map(box);
    return ends.map(({left, width}) => [(left - track.left) / track.width, width / track.width]);
})"""
PIXEL = 1 / 400  # tracks are wider than 400 pixels at 1280


def distributions(count, seed=5):
    """Pairs of distributions of every kind: even, lopsided, nearly equal, with zeros."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        n = int(rng.integers(2, 7))
        y, p = rng.random((2, n)) ** rng.choice([1, 4, 40])
        if i % 3 == 1:
            p = y * (1 + 1e-3 * rng.random(n))
        if i % 3 == 2:
            y, p = (np.where((rng.random(n) < 0.3) & (np.arange(n) > 0), 0, x) for x in (y, p))
        yield y / y.sum(), p / p.sum()


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`."""
    empty_tab.evaluate(
        """async () => {
            const modules = ["information_bars/widget", "_runtime/shares"].map((name) => import(`/widgets/${name}.js`));
            globalThis.twin = Object.assign({}, ...(await Promise.all(modules)));
        }"""
    )
    return empty_tab


@pytest.fixture
def show_widgets(page, tmp_path, serve_folder):
    """Open a page that holds this widget, alive."""
    address = serve_folder(tmp_path)

    def opened(*widgets, fragment="", width=1280):
        widget_page(tmp_path, *(widgets or [InformationBars()]))
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/index.html{fragment}")
        page.locator(".sl-mount[data-sl-ready]").first.wait_for()
        return page

    return opened


def read(page, which=0):
    """Prices and shares as shown."""
    return page.locator(".ib").nth(which).evaluate(READ)


def expected(y, p, unit="nats"):
    """What should be shown, by softmaxlab."""
    prices = [entropy(y), max(0.0, kl_divergence(y, p)), np.sum(cross_entropy_terms(y, p))]
    shares = [information_bars.share_text(float(share)) for pair in zip(y, p, strict=True) for share in pair]
    return [[information_bars.price_text(float(nats), unit) for nats in prices], shares]


def bar(page, label, which):
    word = {"y": "truth y", "p": "forecast p"}[which]
    return page.get_by_role("slider", name=f"{label}: {word}")


def field(page, label, which):
    word = {"y": "truth y", "p": "forecast p"}[which]
    return page.get_by_role("textbox", name=f"{label}: exact {word}")


def press(page, name):
    page.get_by_role("button", name=name).click()


# ---- The twins ----


def test_entropy_divergence_and_terms_agree_with_numpy_on_a_thousand_pairs(twin_tab):
    pairs = list(distributions(1000))
    found = twin_tab.evaluate(
        """(pairs) => pairs.map(([y, p]) => [twin.entropy(y), twin.klDivergence(y, p), twin.crossEntropyTerms(y, p)])
            .map((answer) => answer.flat().map((x) => x === Infinity ? "inf" : x))""",
        [[y.tolist(), p.tolist()] for y, p in pairs],
    )
    for (y, p), (h, kl, *terms) in zip(pairs, found, strict=True):
        np.testing.assert_allclose(h, entropy(y), rtol=1e-12)
        # Terms of both signs cancel where p is near y: an ulp of each logarithm, weighted by y, is left.
        np.testing.assert_allclose(float(kl), kl_divergence(y, p), rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose([float(term) for term in terms], cross_entropy_terms(y, p), rtol=1e-12)


def test_there_are_infinite_and_finite_prices_among_those_pairs():
    infinite = [np.isinf(kl_divergence(y, p)) for y, p in distributions(1000)]
    assert 100 < sum(infinite) < 900


def test_an_overflowing_ratio_is_no_infinite_price(twin_tab):
    y, p = [0.5, 0.5], [1, 1e-320]
    found = twin_tab.evaluate("([y, p]) => twin.klDivergence(y, p)", [y, p])
    assert found == pytest.approx(kl_divergence(y, p), rel=1e-12)


def test_shares_and_prices_print_alike_in_both_languages(twin_tab):
    shares = [*np.random.default_rng(1).random(300).tolist(), 0.0, 1.0, 1e-4, 4.9e-4, 5e-4, 3e-11, 1e-320]
    found = twin_tab.evaluate("(shares) => shares.map(twin.shareText)", shares)
    assert found == [information_bars.share_text(share) for share in shares]
    for unit in ("nats", "bits"):
        found = twin_tab.evaluate(f"(shares) => shares.map((x) => twin.priceText(20 * x, '{unit}'))", shares)
        assert found == [information_bars.price_text(20 * share, unit) for share in shares]


def test_a_moved_share_leaves_a_sum_of_one_and_the_others_in_proportion(twin_tab):
    rng = np.random.default_rng(2)
    cases = [(y.tolist(), int(rng.integers(y.size)), float(rng.choice([0, 1, rng.random()])))
             for y, _ in distributions(600)]  # fmt: skip
    found = twin_tab.evaluate("(cases) => cases.map((c) => twin.moved(...c))", cases)
    for (shares, index, value), after in zip(cases, found, strict=True):
        assert after[index] == value
        assert min(after) >= 0
        assert np.sum(after) == pytest.approx(1, abs=1e-15)  # six shares, each rounded
        rest, moved = np.delete(shares, index), np.delete(after, index)
        wanted = rest / rest.sum() if rest.sum() > 0 else np.full(rest.size, 1 / rest.size)
        np.testing.assert_allclose(moved, wanted * (1 - value), rtol=1e-12)


def test_classes_come_and_go_alike_in_both_languages(twin_tab):
    for y, _ in distributions(60):
        for count in range(2, 7):
            found = twin_tab.evaluate("([y, count]) => twin.fitted(y, count)", [y.tolist(), count])
            np.testing.assert_allclose(found, vectors.fitted(y.tolist(), count), rtol=1e-15)  # an ulp


# ---- The picture ----


@pytest.mark.parametrize("unit", ["nats", "bits"])
def test_what_is_shown_is_what_softmaxlab_says(show_widgets, unit):
    y, p = [0.7, 0.2, 0.1], [0.2, 0.2, 0.6]
    assert read(show_widgets(InformationBars(targets=y, probs=p, unit=unit))) == expected(y, p, unit)


def test_everything_follows_a_bar_before_the_event_is_over(show_widgets):
    page = show_widgets(InformationBars(targets=[0.5, 0.5], probs=[0.5, 0.5]))
    shown = bar(page, "class 0", "p").evaluate(
        f"""(input) => {{
            input.value = "0.8";
            input.dispatchEvent(new Event("input"));
            return ({READ})(input.closest(".ib"));
        }}"""
    )
    assert shown == expected([0.5, 0.5], [0.8, 1 - 0.8])


def test_the_lengths_add_and_the_end_line_stands_where_both_end(show_widgets):
    y, p = [0.6, 0.2, 0.15, 0.05], [0.1, 0.6, 0.2, 0.1]
    page = show_widgets(InformationBars(targets=y, probs=p))
    split, whole, swapped = page.locator(".ib").evaluate(LENGTHS)
    np.testing.assert_allclose([w for _, w in split], np.array([entropy(y), kl_divergence(y, p)]) / 3, atol=PIXEL)
    np.testing.assert_allclose([w for _, w in whole[:4]], cross_entropy_terms(y, p) / 3, atol=PIXEL)
    np.testing.assert_allclose([w for _, w in swapped], np.array([entropy(p), kl_divergence(p, y)]) / 3, atol=PIXEL)
    assert sum(split[-1]) == pytest.approx(sum(whole[3]), abs=PIXEL)
    assert float(page.locator(".ib-end line").get_attribute("x1")) == pytest.approx(sum(whole[3]), abs=PIXEL)


def test_the_scale_doubles_when_a_length_needs_more_room(show_widgets):
    page = show_widgets(InformationBars(targets=[0.5, 0.5], probs=[0.5, 0.5]))
    ticks = page.locator(".ib-tick:visible")
    assert ticks.all_inner_texts() == ["0", "1", "2", "3"]
    field(page, "class 0", "p").fill("1e-7")  # its logarithm costs half of 16 nats
    assert ticks.all_inner_texts() == ["0", "4", "8", "12"]
    split, _, _ = page.locator(".ib").evaluate(LENGTHS)
    assert sum(split[-1]) == pytest.approx((-0.5 * np.log(1e-7) - 0.5 * np.log1p(-1e-7)) / 12, abs=PIXEL)


def test_bits_change_the_marks_and_not_the_lengths(show_widgets):
    page = show_widgets()
    before = page.locator(".ib").evaluate(LENGTHS)
    page.get_by_role("radio", name="bits").check()
    assert page.locator(".ib").evaluate(LENGTHS) == before
    assert page.locator(".ib-tick:visible").all_inner_texts() == ["0", "1", "2", "3", "4"]
    assert read(page) == expected([0.6, 0.2, 0.15, 0.05], [0.1, 0.6, 0.2, 0.1], "bits")


def test_an_infinite_price_is_said_in_words_and_runs_to_the_edge(show_widgets):
    page = show_widgets(InformationBars(targets=[0.5, 0.5], probs=[0.5, 0.5], labels=["rain", "snow"]))
    bar(page, "snow", "p").press("Home")
    assert read(page)[0] == ["0.693", "∞", "∞"]
    assert "calls snow impossible" in page.locator(".ib-hint").inner_text()
    assert "infinite" in page.locator(".ib-hint").inner_text()
    split, whole, _ = page.locator(".ib").evaluate(LENGTHS)
    assert sum(split[-1]) == pytest.approx(1, abs=PIXEL)
    assert sum(whole[1]) == pytest.approx(1, abs=PIXEL)
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    words = "Entropy 0.693, divergence infinite, cross-entropy infinite nats."
    assert page.locator(".sl-spoken").text_content() == words


# ---- Dragging, keys, typing ----


def test_there_and_back_again_brings_back_the_proportions(show_widgets):
    page = show_widgets(InformationBars(targets=[0.6, 0.3, 0.1]))
    before = read(page)
    for key in ("End", *["PageDown"] * 4):  # at the end, the others have nothing
        bar(page, "class 0", "y").press(key)
    assert read(page) == before


def test_after_another_bar_the_proportions_are_those_of_then(show_widgets):
    page = show_widgets(InformationBars(targets=[0.6, 0.3, 0.1]))
    bar(page, "class 0", "y").press("End")
    bar(page, "class 1", "y").press("PageUp")
    bar(page, "class 0", "y").press("PageDown")
    shares = [float(box.input_value()) for box in page.get_by_role("textbox", name="exact truth y").all()]
    assert shares == pytest.approx([0.8, 0.2, 0], abs=5e-4)  # three decimals are shown


def test_dragging_a_bar_moves_its_share_under_the_pointer(show_widgets):
    page = show_widgets()
    handle = bar(page, "class 0", "p")
    box = handle.bounding_box()
    thumb, way = 24, box["width"] - 24
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + thumb / 2 + 0.1 * way, y)
    page.mouse.down()
    page.mouse.move(box["x"] + thumb / 2 + 0.75 * way, y, steps=5)
    page.mouse.up()
    assert float(handle.input_value()) == pytest.approx(0.75, abs=0.01)  # a step of the slider
    probs = [float(box.input_value()) for box in page.get_by_role("textbox", name="exact forecast p").all()]
    assert sum(probs) == pytest.approx(1, abs=2e-3)  # four numbers of three decimals


@pytest.mark.parametrize("typed", ["abc", "1.01", "-0.1", "0,5"])
def test_junk_is_refused_in_place_and_the_state_kept(show_widgets, typed):
    page = show_widgets()
    before = read(page)[0]
    box = field(page, "class 1", "y")
    box.fill(typed)
    assert page.locator(".sl-refusal:visible").count() == 1
    assert read(page)[0] == before
    box.press("Escape")
    assert box.input_value() == "0.200"


# ---- Buttons and the address ----


def test_swap_exchanges_the_two_and_twice_is_as_before(show_widgets):
    y, p = [0.7, 0.2, 0.1], [0.2, 0.2, 0.6]
    page = show_widgets(InformationBars(targets=y, probs=p))
    press(page, "Swap y and p")
    assert read(page) == expected(p, y)
    press(page, "Swap y and p")
    assert read(page) == expected(y, p)


def test_classes_come_with_an_equal_share_and_go_down_to_two(show_widgets):
    page = show_widgets(InformationBars(targets=[0.5, 0.5], probs=[0.5, 0.5]))
    press(page, "Add class")
    assert read(page) == expected([1 / 3] * 3, [1 / 3] * 3)
    for _ in range(4):
        page.get_by_role("button", name="Remove class").click(force=True)
    assert read(page) == expected([0.5, 0.5], [0.5, 0.5])
    for _ in range(6):
        page.get_by_role("button", name="Add class").click(force=True)
    assert len(read(page)[1]) == 2 * 6


def test_a_state_goes_to_the_address_and_comes_back(show_widgets, page):
    page = show_widgets()
    field(page, "class 0", "y").fill("0.25")
    page.get_by_role("radio", name="bits").check()
    address_settles(page)
    shown, address = read(page), page.url
    assert unquote(address).split("#")[1].startswith("i.y=0.25,")
    page.goto("about:blank")
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    assert read(page) == shown


@pytest.mark.parametrize(
    "piece",
    [
        *("i.y=0.5,0.6", "i.y=1", "i.p=0.5,0.5", "i.y=a,b", "i.y=NaN,1", "i.p=-1,2,0,0", "i.y="),
        *("i.u=bans", "i.u=constructor"),  # every object has a constructor
    ],
)
def test_junk_in_the_address_is_ignored(show_widgets, piece):
    page = show_widgets(fragment=f"#{piece}")
    assert read(page) == expected([0.6, 0.2, 0.15, 0.05], [0.1, 0.6, 0.2, 0.1])


def test_two_linked_widgets_share_one_forecast(show_widgets):
    first, second = InformationBars(targets=[1, 0]), InformationBars(targets=[0.5, 0.5])
    link = ipywidgets.jslink((first, "probs"), (second, "probs"))
    page = show_widgets(first, second)  # the link is in the state of the page
    link.close()
    bar(page.locator(".ib").first, "class 0", "p").press("PageUp")
    assert read(page, 0)[1][1::2] == read(page, 1)[1][1::2]
