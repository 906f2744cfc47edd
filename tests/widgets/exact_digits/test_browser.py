"""ExactDigits in real Chromium: its whole-number arithmetic against mpmath, its floats against NumPy, its text."""

import re

import mpmath
import numpy as np
import pytest

from softmaxlab import _formatting, cross_entropy, cross_entropy_grad
from softmaxlab.accuracy import reference
from softmaxlab.pitfalls.max_shifted import cross_entropy_grad_shifted, cross_entropy_shifted
from softmaxlab.widgets import ExactDigits
from softmaxlab.widgets.exact_digits import EXACT, SHOWN, figures
from support.browser.harness import widget_page

DIGITS = 30
FORMATS = [np.float16, np.float32, np.float64]


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's functions as `front`."""
    empty_tab.evaluate('async () => { globalThis.front = await import("/widgets/exact_digits/widget.js"); }')
    return empty_tab


def pairs(count, dtype=np.float64):
    """Logits of every kind, stored in the format, and a label each: small and huge gaps, ties, tiny numbers."""
    rng = np.random.default_rng(11)
    kinds = (
        lambda: rng.uniform(-1000, 1000, 2),
        lambda: rng.uniform(-50, 50, 2),
        lambda: rng.normal(size=2),
        lambda: np.repeat(rng.uniform(-1000, 1000), 2),
        lambda: rng.uniform(-1000, 1000) + np.array([0, 1e-9 * rng.normal()]),
        lambda: 10.0 ** rng.uniform(-320, 2, 2) * rng.choice([-1, 1], 2),
        lambda: rng.uniform(-1, 1) + np.array([0, rng.choice([-1, 1]) * rng.uniform(0, 45)]),
    )
    with np.errstate(under="ignore"):
        drawn = [kinds[i % len(kinds)]().astype(dtype) for i in range(count)]
    return [([float(a) for a in pair], int(rng.integers(2))) for pair in [*drawn, np.array([1000, -1000], dtype)]]


def in_digits(number, count):
    with mpmath.workdps(80):
        return figures.of(number, count)


def test_exact_digits_agree_with_mpmath_in_thirty_digits(twin_tab):
    cases = pairs(420)
    found = twin_tab.evaluate(
        """([cases, count]) => cases.map(([logits, y]) => {
            const { loss, grad } = front.exactResults(logits, y);
            return [loss, ...grad].map((x) => {
                const { digits, exponent } = front.decimalDigits(x, count);
                return [x.m < 0n, digits, exponent];
            });
        })""",
        [cases, DIGITS],
    )
    assert len(found) >= 300
    for (logits, y), results in zip(cases, found, strict=True):
        row = np.array(logits)
        wanted = [reference.cross_entropy(row, y, 60), *reference.cross_entropy_grad(row, y, 60)]
        for (is_negative, digits, exponent), truth in zip(results, wanted, strict=True):
            power = str(exponent).translate(_formatting._SUPERSCRIPT)
            text = f"{'−' if is_negative else ''}{digits[0]}.{digits[1:]}×10{power}"
            assert text == in_digits(truth, DIGITS), (logits, y)


@pytest.mark.parametrize("dtype", FORMATS)
def test_logits_are_stored_as_numpy_stores_them(twin_tab, dtype):
    given = [pair for pair, _ in pairs(420)]
    found = twin_tab.evaluate(
        "([pairs, dtype]) => pairs.map((pair) => front.stored(pair, dtype))", [given, dtype.__name__]
    )
    with np.errstate(under="ignore"):
        np.testing.assert_array_equal(found, np.array(given).astype(dtype).astype(float))


@pytest.mark.parametrize("dtype", FORMATS)
def test_halves_between_two_float16_are_rounded_as_in_numpy(twin_tab, dtype):
    halves = np.arange(1, 4000, dtype=float) * 2.0**-13 + 0.25 + 2.0**-13 / 2
    given = np.column_stack([halves, -halves * 2.0**-14]).tolist()
    found = twin_tab.evaluate(
        "([pairs, dtype]) => pairs.map((pair) => front.stored(pair, dtype))", [given, dtype.__name__]
    )
    np.testing.assert_array_equal(found, np.array(given).astype(dtype).astype(float))


def computed(front, name, dtype):
    cases = pairs(700, dtype)
    found = front.evaluate(
        """([cases, name, dtype]) => cases.map(([logits, y]) => front[name](logits, y, dtype))""",
        [cases, name, dtype.__name__],
    )
    return cases, found


@pytest.mark.parametrize("dtype", FORMATS)
def test_our_loss_and_gradient_agree_with_numpy_to_the_last_digits(twin_tab, dtype):
    # Both are within 16 ulps of the truth by contract; measured, within 4. A float16 is rounded once more.
    cases, found = computed(twin_tab, "ours", dtype)
    limits = np.finfo(dtype)
    for (logits, y), result in zip(cases, found, strict=True):
        row = np.array(logits, dtype)
        wanted = [float(cross_entropy(row, y)), *cross_entropy_grad(row, y).astype(float)]
        atol = 16 * float(limits.smallest_subnormal)
        given = [result["loss"], *result["grad"]]
        np.testing.assert_allclose(given, wanted, rtol=16 * float(limits.eps), atol=atol, err_msg=str((logits, y)))


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_textbook_agrees_with_the_second_rung(twin_tab, dtype):
    # What it returns are differences of numbers near 1: their roundings are what two kinds of exp may differ by.
    cases, found = computed(twin_tab, "textbook", dtype)
    eps = float(np.finfo(dtype).eps)
    for (logits, y), result in zip(cases, found, strict=True):
        row = np.array(logits, dtype)
        wanted = [float(cross_entropy_shifted(row, y)), *cross_entropy_grad_shifted(row, y).astype(float)]
        given = [result["loss"], *result["grad"]]
        np.testing.assert_allclose(given, wanted, rtol=4 * eps, atol=4 * eps, err_msg=str((logits, y)))


@pytest.mark.parametrize("dtype", FORMATS)
def test_errors_right_digits_and_texts_are_those_of_python(twin_tab, dtype):
    cases = pairs(300, dtype)
    rng = np.random.default_rng(5)
    shown, sent, wanted = SHOWN[dtype.__name__], [], []
    for logits, y in cases:
        truth = reference.cross_entropy(np.array(logits), y)
        wrong = float(truth) * (1 + rng.choice([-1, 1]) * 10.0 ** rng.uniform(-18, 0.5))
        value = dtype(rng.choice([wrong, 0.0, float(truth)]))
        ulps, right = figures.compared_digits(value, truth, shown)
        sent.append([logits, y, float(value)])
        wanted.append(
            [ulps, right, _formatting.ulps(ulps), *figures.split(float(value), right, shown), in_digits(truth, EXACT)]
        )
    found = twin_tab.evaluate(
        """([cases, dtype]) => cases.map(([logits, y, value]) => {
            const bits = { float16: 11, float32: 24, float64: 53 }[dtype];
            const least = { float16: -14, float32: -126, float64: -1022 }[dtype];
            const shown = { float16: 3, float32: 6, float64: 15 }[dtype];
            const { loss } = front.exactResults(logits, y);
            const { ulps, right } = front.compare(value, loss, { bits, least, shown });
            const text = front.split(value, right, shown);
            return [ulps, right, front.ulpsText(ulps), text.right, text.wrong, text.power, front.exactText(loss)];
        })""",
        [sent, dtype.__name__],
    )
    for case, given, expected in zip(sent, found, wanted, strict=True):
        assert given[0] == pytest.approx(expected[0], rel=1e-9, abs=1e-8), case  # ulps keep 30 binary places
        assert given[1:2] + given[3:] == expected[1:2] + expected[3:], case


def test_verdicts_are_alike_in_both_languages(twin_tab):
    for dtype, shown in SHOWN.items():
        for ulps, right in ((1.0, shown), (2.5, shown - 1), (1e12, 2), (9e15, 0)):
            said = twin_tab.evaluate(
                "([found, dtype]) => front.verdict(found, dtype)", [{"ulps": ulps, "right": right}, dtype]
            )
            assert said == figures.verdict((ulps, right), dtype, shown)


# ---- The widget ----


@pytest.fixture
def show_widgets(page, tmp_path, serve_folder):
    address = serve_folder(tmp_path)

    def opened(fragment="", **state):
        widget_page(tmp_path, ExactDigits(**state))
        page.goto(f"{address}/index.html{fragment}")
        page.locator("[data-sl-ready]").wait_for()
        return page.locator(".sl-widget")

    return opened


def lines(widget):
    """For each line what is not struck, what is, and the error."""
    return widget.locator(".xd-line").evaluate_all(
        """(nodes) => nodes.map((node) => [".xd-right", "s:not([hidden]) > :last-child", ".xd-error"]
            .map((part) => node.querySelector(part)?.textContent ?? ""))"""
    )


def test_the_still_and_the_live_widget_show_the_same_digits(page, show_widgets, browser, tmp_path):
    live = show_widgets(logits=[30.1, 0.3])
    exact_rows = [0, 3, 6]
    shown = [live.locator(".xd-digits").nth(i).inner_text() for i in exact_rows]
    still = re.findall(r'xd-digits"><span>(.*?)</span>', ExactDigits(logits=[30.1, 0.3]).still())
    assert shown == [still[i] for i in exact_rows]


def test_a_textbook_loss_of_zero_is_struck_and_ours_is_not(show_widgets):
    found = lines(show_widgets(logits=[50, 0]))
    assert found[0][0].startswith("1.928749847963917783")
    assert found[1][:2] == ["1.92874984796392", ""]
    assert found[2] == ["", "0", "8×10¹⁵ ulps"]


def test_the_other_label_makes_the_textbook_right_again(page, show_widgets):
    widget = show_widgets(logits=[50, 0])
    page.get_by_role("button", name="Other label").click()
    found = lines(widget)
    assert [line[1] for line in found[:3]] == ["", "", ""]
    assert "as good as a float64 can be" in widget.locator(".xd-hint").inner_text()


def test_a_format_rounds_the_logits_and_says_so(page, show_widgets):
    widget = show_widgets(logits=[30.1, 0.5])
    page.get_by_role("radio", name="float16").check()
    assert [text.strip() for text in widget.locator(".xd-note").all_inner_texts()] == ["stored as 30.09375", ""]


def test_a_slider_moves_its_logit_and_all_lines_in_the_same_event(page, show_widgets):
    widget = show_widgets(logits=[20, 0])
    before = lines(widget)
    page.get_by_role("slider", name="class 0: logit").press("PageUp")
    assert page.get_by_role("textbox", name="class 0: exact logit").input_value() == "21.00"
    after = lines(widget)
    assert all(old[0] != new[0] for old, new in zip(before, after, strict=True))


def test_struck_digits_are_announced_as_wrong_to_screen_readers(show_widgets):
    widget = show_widgets(logits=[30, 0])
    text = widget.locator(".xd-line").nth(2).locator("s").text_content()
    assert re.fullmatch(r" wrong digits: \d+", text)


def test_the_state_travels_in_the_address(page, show_widgets):
    widget = show_widgets("#x.logits=-3,1e3&x.y=1&x.dtype=float32&other=1")
    assert page.get_by_role("textbox", name="class 1: exact logit").input_value() == "1000"
    assert page.get_by_role("radio", name="float32").is_checked()
    assert page.get_by_role("radio", name="class 1 is the true class").is_checked()
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("location.hash.includes('x.dtype=float64')")
    assert "other=1" in page.evaluate("location.hash")
    assert lines(widget)[0][0].startswith("1.1429")


@pytest.mark.parametrize(
    "junk",
    ["#x.logits=1", "#x.logits=1,2,3", "#x.logits=1001,0", "#x.y=2", "#x.dtype=float8", "#x.dtype=toString", "#x"],
)
def test_junk_in_the_address_is_ignored(show_widgets, junk):
    assert lines(show_widgets(junk, logits=[50, 0]))[0][0].startswith("1.9287")
