"""PrecisionBreaker in real Chromium: its arithmetic against NumPy's in each format, and what a reader meets."""

import base64
import re
from functools import cache

import numpy as np
import pytest

from softmaxlab import _formatting
from softmaxlab.lessons.overflow_trace import first_failure, stored_scores, trace
from softmaxlab.numerics.float_limits import exp_window
from softmaxlab.widgets import PrecisionBreaker
from softmaxlab.widgets._runtime import verdict
from support.browser.harness import widget_page
from support.browser.pages import address_settles

DTYPES = "float16", "float32", "float64"
SHIFTS = range(-1200, 1201)
VECTORS = [
    [1, 0, -1],
    [2, 1, 0.1],
    [-3.3, 8.25, 0.7, 4, -9.9],
    [0, 0],
    [1000, 0, -1000],
    [300.5, -400, 0.5],
    [0.001, 700, 30, -30],
]
RUN = """({dtype, vectors, far}) => {
    const out = [];
    for (const logits of vectors) for (let shift = -far; shift <= far; shift++) {
        const { naive, shifted } = twin.bothWays({ logits, shift, dtype });
        for (const way of [naive, shifted]) out.push(...way.scores, ...way.weights, way.total, ...way.probs);
    }
    return base64(out);
}"""
BASE64 = """globalThis.base64 = (numbers) => {
    let text = "";
    for (const byte of new Uint8Array(new Float64Array(numbers).buffer)) text += String.fromCharCode(byte);
    return btoa(text);
}"""


def decoded(text):
    return np.frombuffer(base64.b64decode(text))


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`."""
    empty_tab.evaluate('async () => { globalThis.twin = await import("/widgets/precision_breaker/widget.js"); }')
    empty_tab.evaluate(BASE64)
    return empty_tab


@pytest.fixture(scope="module", params=DTYPES)
def runs(request, twin_tab):
    """(shift, is it the naive way, NumPy's stages, JavaScript's stages) for every vector, shift and way."""
    dtype = request.param
    numbers = decoded(twin_tab.evaluate(RUN, {"dtype": dtype, "vectors": VECTORS, "far": 1200}))
    found, at = [], 0
    for shift, is_naive, ours in traces(dtype):
        n = len(ours.scores)
        theirs = numbers[at : at + 3 * n + 1].astype(dtype)
        split = theirs[:n], theirs[n : 2 * n], theirs[2 * n], theirs[2 * n + 1 :]
        found.append((shift, is_naive, ours, type(ours)(*split)))
        at += 3 * n + 1
    assert at == len(numbers)
    return found


@cache  # once for all engines
def traces(dtype):
    """(shift, is it the naive way, NumPy's stages) for every vector, shift and way."""
    found = []
    for vector in VECTORS:
        for shift in SHIFTS:
            scores = stored_scores(vector, shift, dtype)
            found += [(shift, True, trace(scores)), (shift, False, trace(scores - scores.max()))]
    return found


def joined(taken):
    return np.concatenate([taken.scores, taken.weights, [taken.total], taken.probs])


@np.errstate(invalid="ignore")  # inf − inf: compared by pattern, not by distance
def ulps(ours, theirs):
    """Distance in steps of the format, of the values that are finite in both."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    return np.abs(ours - theirs)[both] / np.spacing(np.abs(ours))[both]


def pattern(values):
    return np.select([np.isnan(values), np.isinf(values), values == 0], [1, 2, 3], 0)


# ---- Arithmetic ----


def test_inf_nan_and_0_stand_where_numpy_has_them_at_every_shift(runs):
    ours, theirs = (np.concatenate([joined(run[side]) for run in runs]) for side in (2, 3))
    kinds = pattern(ours)
    np.testing.assert_array_equal(pattern(theirs), kinds)
    assert set(kinds) == {0, 1, 2, 3}  # all of it happened


def test_scores_are_stored_as_numpy_stores_them(runs):
    for _, _, ours, theirs in runs:
        np.testing.assert_array_equal(theirs.scores, ours.scores)


def test_exponentials_are_within_4_ulp_of_those_of_numpy(runs):
    ours, theirs = (np.concatenate([run[side].weights for run in runs]) for side in (2, 3))
    assert ulps(ours, theirs).max() <= 4  # NumPy's own exp of float32 is within 3 ulp; measured: 2


def test_sum_and_quotients_of_the_same_exponentials_are_those_of_numpy_to_the_bit(runs):
    for _, _, _, theirs in runs:
        with np.errstate(all="ignore"):
            total = np.sum(theirs.weights)
            quotients = theirs.weights / total
        np.testing.assert_array_equal(theirs.total, total)
        np.testing.assert_array_equal(theirs.probs, quotients)


def test_probabilities_of_the_shifted_way_are_within_4_ulp_of_those_of_numpy(runs):
    ours, theirs = (np.concatenate([run[side].probs for run in runs if not run[1]]) for side in (2, 3))
    assert ulps(ours, theirs).max() <= 4  # measured: 3


def test_sums_and_probabilities_of_the_naive_way_are_as_near_to_numpys_as_their_coarsest_digits(runs):
    # A step of a number near 0 is a large share of it. The quotient inherits that share, so steps of its own are
    # not the measure: 4 steps of the coarsest number that went into it are.
    for shift, is_naive, ours, theirs in runs:
        if not is_naive or not 0 < ours.total < np.inf:
            continue
        used = np.append(ours.weights[ours.weights > 0], ours.total).astype(float)
        share = (np.spacing(used.astype(ours.weights.dtype)) / used).max()
        own = np.spacing(ours.probs).astype(float)
        slack = 4 * np.maximum(own, share * ours.probs.astype(float))
        error = np.abs(ours.probs.astype(float) - theirs.probs.astype(float))
        assert np.all(error <= slack), (shift, ours, theirs)


def all_halves():
    return np.arange(65536, dtype=np.uint16).view(np.float16).astype(float)


def rounded_in_js(twin, numbers):
    numbers = np.asarray(numbers, dtype=float)
    sent = base64.b64encode(numbers.tobytes()).decode()
    return decoded(
        twin.evaluate(
            """(sent) => base64([...new Float64Array(Uint8Array.from(atob(sent), (c) => c.charCodeAt(0)).buffer)]
                .map(twin.nearestHalf))""",
            sent,
        )
    )


def same_bits(ours, theirs):
    """Same numbers, and −0 is not 0. A nan has no sign to speak of."""
    np.testing.assert_array_equal(theirs, ours)
    is_number = ~np.isnan(ours)
    np.testing.assert_array_equal(np.signbit(theirs[is_number]), np.signbit(ours[is_number]))


def test_each_of_the_65536_halves_is_its_own_nearest(twin_tab):
    halves = all_halves()
    same_bits(halves, rounded_in_js(twin_tab, halves))


def test_midpoints_between_halves_go_to_the_even_one_and_their_neighbors_to_the_nearer(twin_tab):
    halves = np.unique(all_halves()[np.isfinite(all_halves())])
    ends = np.append(halves, [65536.0])  # where the next one would be: from halfway on, it is inf
    middle = (ends[:-1] + ends[1:]) / 2
    numbers = np.concatenate([middle, np.nextafter(middle, -np.inf), np.nextafter(middle, np.inf), -middle[-1:]])
    with np.errstate(over="ignore"):
        expected = numbers.astype(np.float16).astype(float)
    assert np.isinf(expected).sum() == 3
    same_bits(expected, rounded_in_js(twin_tab, numbers))


def test_any_float64_is_rounded_to_a_half_as_numpy_does(twin_tab):
    rng = np.random.default_rng(16)
    numbers = rng.choice([-1, 1], 20_000) * 10.0 ** rng.uniform(-12, 6, 20_000)
    with np.errstate(over="ignore", under="ignore"):
        expected = numbers.astype(np.float16).astype(float)
    same_bits(expected, rounded_in_js(twin_tab, numbers))


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_window_of_exp_is_the_one_that_python_finds(twin_tab, dtype):
    found = twin_tab.evaluate("(dtype) => twin.expWindow(dtype)", dtype)
    # Python steps from one number of the format to the next, JavaScript searches between them: half a step apart at
    # most, and for float16 a step is 1/64
    np.testing.assert_allclose(found, exp_window(np.dtype(dtype).type), atol=np.spacing(np.dtype(dtype).type(700)) / 2)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_words_are_those_of_python(twin_tab, dtype):
    given = [(vector, shift) for vector in [*VECTORS, [709, 709, 709]] for shift in range(-1200, 1201, 7)]
    given += [([0, 0, 0], c) for c in (709, 709.5, -743.5, -745, -103, 11, -17, -8, -12)] + [([400, -400], 0)]
    found = twin_tab.evaluate(
        """({given, dtype}) => given.map(([logits, shift]) => {
            const { naive, shifted } = twin.bothWays({ logits, shift, dtype });
            return [naive, shifted].map((way) => twin.verdict(way, shifted, dtype));
        })""",
        {"given": given, "dtype": dtype},
    )
    for (vector, shift), pair in zip(given, found, strict=True):
        scores = stored_scores(vector, shift, dtype)
        naive, shifted = trace(scores), trace(scores - scores.max())
        for way, words in zip((naive, shifted), pair, strict=True):
            assert (words["head"], words["text"], words["isHarmless"]) == verdict.verdict(way, shifted), (
                vector,
                shift,
            )


def test_the_first_upset_is_the_one_that_python_finds(twin_tab):
    given = [(vector, shift) for vector in VECTORS for shift in range(-1200, 1201, 11)]
    found = twin_tab.evaluate(
        """(given) => given.map(([logits, shift]) => {
            const failure = twin.firstFailure(twin.bothWays({ logits, shift, dtype: "float32" }).naive);
            return failure ? [failure.stage, failure.index, failure.value] : null;
        })""",
        given,
    )
    expected = [first_failure(trace(stored_scores(vector, shift, "float32"))) for vector, shift in given]
    assert found == [failure and list(failure) for failure in expected]


# ---- What a reader meets ----


@pytest.fixture
def show_widgets(page, tmp_path, serve_folder):
    """Open a page that holds this widget, alive."""
    address = serve_folder(tmp_path)

    def opened(widget=None, width=1280, fragment=""):
        widget_page(tmp_path, widget or PrecisionBreaker())
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/index.html{fragment}")
        page.locator("[data-sl-ready]").wait_for()
        return page

    return opened


def shift(page):
    return page.get_by_role("slider", name="Shift")


def table(page, name):
    """Texts of the values of a way, row by row."""
    rows = page.get_by_role("table", name=name).get_by_role("row").all()
    return [row.locator(".pb-value").all_inner_texts() for row in rows if row.locator(".pb-value").count()]


def expected_table(taken):
    values = [(taken.weights, _formatting.magnitude), (taken.probs, _formatting.decimals)]
    columns = [[verdict.value(x, words) for x in numbers] for numbers, words in values]
    rows = [list(row) for row in zip(map(verdict.score, taken.scores), *columns, strict=True)]
    return [*rows, [verdict.value(taken.total, _formatting.magnitude)]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("at", [0, 1000, -1000, 88, 709])
def test_every_value_on_the_way_is_shown(show_widgets, dtype, at):
    page = show_widgets(PrecisionBreaker(logits=[1, 0.5, -1.3125], dtype=dtype))
    page.get_by_role("textbox", name="Exact shift").fill(str(at))
    scores = stored_scores([1, 0.5, -1.3125], at, dtype)
    assert table(page, "the naive way") == expected_table(trace(scores))
    assert table(page, "the shifted way") == expected_table(trace(scores - scores.max()))


@pytest.mark.parametrize(
    ("at", "text", "words"),
    [
        (1000, "inf", "First: exp of class 0. e1001 is too large for float64: inf. Then inf / inf is nan."),
        (-1000, "0", "First: exp of class 0. e−999 is too small for float64: 0. So are the others. "
         "The sum is 0, and 0 / 0 is nan."),
        (0, None, "Nothing breaks. Every value fits into float64."),
    ],
)  # fmt: skip
def test_the_first_value_to_go_is_marked_and_explained(show_widgets, at, text, words):
    page = show_widgets(PrecisionBreaker(shift=at))
    naive = page.locator(".pb-way").first
    assert naive.locator(".is-first").all_inner_texts() == ([text] if text else [])
    assert re.sub(r"\s+", " ", naive.locator(".pb-verdict").inner_text()) == words


def test_everything_follows_the_slider_before_the_event_is_over(show_widgets):
    page = show_widgets()
    shown = shift(page).evaluate(
        """(input) => {
            input.value = "1000";
            input.dispatchEvent(new Event("input"));
            const naive = input.closest(".pb").querySelector(".pb-way");
            return [...naive.querySelectorAll(".pb-value")].map((node) => node.textContent);
        }"""
    )
    assert shown == ["1001", "inf", "nan", "1000", "inf", "nan", "999", "inf", "nan", "inf"]


def test_the_scores_ride_below_the_thumb_and_stay_put_after_the_shift(show_widgets):
    page = show_widgets(PrecisionBreaker(logits=[0, -5]))
    before = page.locator(".pb-dot:visible").evaluate_all("(dots) => dots.map((dot) => dot.getAttribute('cx'))")
    shift(page).press("End")
    after = page.locator(".pb-dot:visible").evaluate_all("(dots) => dots.map((dot) => dot.getAttribute('cx'))")
    box, dot = shift(page).bounding_box(), page.locator(".pb-dot").first.bounding_box()
    assert dot["x"] + dot["width"] / 2 == pytest.approx(box["x"] + box["width"] - 12, abs=1)  # 12: half a thumb
    assert (after[0], after[1]) == ("100%", before[1])


@pytest.mark.parametrize(
    ("key", "value"), [("ArrowRight", "1.00"), ("PageUp", "100"), ("Home", "-1200"), ("End", "1200")]
)
def test_keys_move_the_shift(show_widgets, key, value):
    page = show_widgets()
    shift(page).press(key)
    assert page.get_by_role("textbox", name="Exact shift").input_value() == value


def test_arrows_change_the_format(show_widgets):
    page = show_widgets(PrecisionBreaker(logits=[12, 0]))
    page.get_by_role("radio", name="float64").press("ArrowLeft")
    page.get_by_role("radio", name="float32").press("ArrowLeft")
    assert page.get_by_role("radio", name="float16").is_checked()
    assert table(page, "the naive way")[0] == ["12.00", "inf", "nan"]


def test_scores_that_storing_changes_are_told(show_widgets):
    page = show_widgets(PrecisionBreaker(logits=[0.1, 0], shift=1000, dtype="float16"))
    assert "float16 keeps 1000.1 as 1000" in page.locator(".pb-hint").inner_text()


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_verdict_makes_the_widget_higher(show_widgets, width):
    page = show_widgets(PrecisionBreaker(logits=[1, 0.5, -1, 2, -400]), width=width)
    heights = page.locator(".pb").evaluate(
        """(root) => {
            const heights = new Set();
            const range = root.querySelector(".sl-range");
            for (const radio of root.querySelectorAll(".pb-radio")) {
                radio.click();
                for (let shift = -1200; shift <= 1200; shift += 9) {
                    range.value = shift;
                    range.dispatchEvent(new Event("input"));
                    heights.add(root.getBoundingClientRect().height);
                }
            }
            return [...heights];
        }"""
    )
    assert len(heights) == 1


def test_the_state_is_in_the_address_and_comes_back_from_it(show_widgets):
    page = show_widgets()
    shift(page).press("End")
    page.get_by_role("radio", name="float32").check()
    address_settles(page)
    assert page.evaluate("location.hash") == "#b.logits=1,0,-1&b.shift=1200&b.dtype=float32"
    shown = table(page, "the naive way")
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert table(page, "the naive way") == shown


def test_junk_in_the_address_is_ignored_piece_by_piece(show_widgets):
    page = show_widgets(fragment="#b.logits=1,x&b.shift=77&b.dtype=float128")
    assert page.get_by_role("textbox", name="Exact shift").input_value() == "77.00"
    assert page.get_by_role("radio", name="float64").is_checked()
    assert page.get_by_role("textbox", name=": logit").count() == 3


def test_junk_is_refused_in_place_and_the_state_kept(show_widgets):
    page = show_widgets()
    page.get_by_role("textbox", name="Exact shift").fill("1201")
    assert page.locator(".sl-refusal:visible").inner_text() == "From −1200 to 1200, please."
    assert shift(page).input_value() == "0"


def test_both_results_are_spoken_after_a_pause(show_widgets):
    page = show_widgets(PrecisionBreaker(logits=[0, 0]))
    shift(page).press("End")
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    assert page.locator(".sl-spoken").text_content() == "Naive way: nan, nan. Shifted way: 0.500, 0.500."


def test_classes_come_and_go_from_2_to_5(show_widgets):
    page = show_widgets()
    for button, count in (("Add class", 5), ("Remove class", 2)):
        for _ in range(4):
            page.get_by_role("button", name=button).dispatch_event("click")  # also where it does nothing more
        assert page.get_by_role("textbox", name=": logit").count() == count
        assert len(table(page, "the naive way")) == count + 1


def test_the_still_and_the_live_widget_show_the_same_text(show_widgets, browser):
    widget = PrecisionBreaker(logits=[1, 0, -3.5], shift=-1000, dtype="float32")
    page = show_widgets(widget)
    values = page.locator(".pb-value").all_inner_texts()
    words = page.locator(".pb-verdict").all_inner_texts()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    still = context.new_page()
    still.goto(page.url)
    found = still.locator(".pb-value").all_inner_texts(), still.locator(".pb-verdict").all_inner_texts()
    context.close()
    assert found == (values, words)
