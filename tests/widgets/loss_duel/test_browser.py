"""LossDuel in real Chromium: its arithmetic against Python's and mpmath's, and what a reader meets."""

import math
import re
from decimal import Decimal

import mpmath
import numpy as np
import pytest

from softmaxlab.lessons.loss_routes import LABELS, ROUTES, breaking_gaps, digits_right, exact_loss, losses
from softmaxlab.widgets import LossDuel
from softmaxlab.widgets.loss_duel import break_text, explanation
from softmaxlab.widgets.loss_duel import digits as duel_digits
from support.browser.harness import widget_page
from support.browser.pages import address_settles

EPS = np.finfo(float).eps


def states():
    """Gaps of every kind, with both labels, the same in each run."""
    rng = np.random.default_rng(5)
    gaps = np.concatenate([rng.uniform(0, 900, 250), rng.uniform(0, 40, 250), rng.uniform(700, 750, 100)])
    gaps = [*gaps.tolist(), *map(float, range(0, 901, 10)), 1e-9, 1e-300, 36.7368, 745.13, 745.14]
    return [(gap, label) for gap in gaps for label in LABELS]


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`."""
    empty_tab.evaluate('async () => { globalThis.twin = await import("/widgets/loss_duel/widget.js"); }')
    return empty_tab


def every(twin, body):
    """What this expression of gap and label says at every state."""
    found = twin.evaluate(f"(states) => states.map(([gap, label]) => {body})", states())
    return list(zip(states(), found, strict=True))


# ---- Arithmetic ----


def test_the_exact_digits_are_those_of_mpmath(twin_tab):
    for (gap, label), found in every(twin_tab, "twin.exactDigits(gap, label)"):
        with mpmath.workdps(450):
            truth = mpmath.log1p(mpmath.exp(-mpmath.mpf(gap))) + (gap if label == "loser" else 0)
            text = mpmath.nstr(truth, 40, min_fixed=0, max_fixed=0, strip_zeros=False)
        # 40 digits: rounding those once more, to 15, goes wrong once in 10^25
        assert (found["digits"], found["exponent"]) == duel_digits.digits_of(Decimal(text)), (gap, label)


def test_both_routes_give_what_python_gives_up_to_a_step_of_what_they_subtract(twin_tab):
    for (gap, label), found in every(twin_tab, "twin.losses(gap, label)"):
        ours = losses(gap, label)
        # Through softmax: exp may differ by a step, hence p, and a small p passes its relative error on to the loss as
        # an absolute one. By the difference: log-sum-exp may differ by a step of the gap.
        p = math.exp(-gap) if label == "loser" else 1.0
        step = np.spacing(p) / p if p else 0
        slack = {"softmax": 2 * step + 2 * EPS * (1 + gap * (label == "loser")), "difference": np.spacing(gap + 1)}
        for route in ROUTES:
            if math.isinf(ours[route]) or math.isinf(found[route]):
                assert found[route] == ours[route], (gap, label)
            else:
                assert abs(found[route] - ours[route]) <= slack[route], (gap, label, route)


def test_both_routes_are_0_or_inf_where_python_says_so(twin_tab):
    for (gap, label), found in every(twin_tab, "twin.losses(gap, label)"):
        ours = losses(gap, label)
        assert [found[r] in (0, math.inf) for r in ROUTES] == [ours[r] in (0, math.inf) for r in ROUTES], (gap, label)


def test_the_same_loss_is_split_into_right_and_wrong_digits_as_in_python(twin_tab):
    body = (
        "ROUTES.map((route) => [twin.losses(gap, label)[route], twin.compared(twin.losses(gap, label)[route], EXACT)])"
    )
    body = body.replace("ROUTES", '["softmax", "difference"]').replace("EXACT", "twin.exactDigits(gap, label)")
    for (gap, label), found in every(twin_tab, body):
        exact = exact_loss(gap, label)
        for loss, parts in found:
            wanted = duel_digits.compared_losses(loss, exact)
            assert (parts["right"], parts["wrong"], parts["end"], parts["count"]) == wanted, (gap, label, loss)


def test_the_words_are_those_of_python(twin_tab):
    for (gap, label), found in every(twin_tab, "twin.explanation(gap, label, twin.losses(gap, label))"):
        assert found == explanation(gap, label, losses(gap, label)), (gap, label)


def test_the_right_digits_of_the_plot_are_those_of_python(twin_tab):
    differences = [
        abs(found[route] - digits_right(gap, label)[route])
        for (gap, label), found in every(twin_tab, "twin.digitsRight(gap, label)")
        for route in ROUTES
        if digits_right(gap, label)[route] < 5  # beyond, a step of exp decides on digits that differ from 0 by luck
    ]
    assert len(differences) > 500
    assert np.median(differences) == 0
    assert np.mean(np.array(differences) > 0.5) < 0.02


# ---- What a reader meets ----


@pytest.fixture
def show_widgets(page, tmp_path, serve_folder):
    """Open a page that holds this widget, alive."""
    address = serve_folder(tmp_path)

    def opened(widget=None, width=1280, fragment=""):
        widget_page(tmp_path, widget or LossDuel())
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/index.html{fragment}")
        page.locator("[data-sl-ready]").wait_for()
        return page

    return opened


def field(page):
    return page.get_by_role("textbox", name="Exact gap")


def slider(page):
    return page.get_by_role("slider", name="Gap")


def numbers(page):
    """Each number as shown, what is struck out in [brackets]."""
    return page.locator(".ld-value").evaluate_all(
        """(values) => values.map((value) => {
            const [right, wrong, end] = [...value.children].map((part) => part.textContent);
            return right + (wrong && `[${wrong}]`) + end;
        })"""
    )


@pytest.mark.parametrize(
    ("gap", "label", "shown"),
    [
        ("800", "loser", ["[inf]", "800.000000000000", "800.000000000000"]),
        ("50", "winner", ["[0]", "[0]", "1.92874984796392×10⁻²²"]),
        ("900", "winner", ["[0]", "[0]", "1.36447721236568×10⁻³⁹¹"]),
        ("0", "winner", ["0.693147180559945"] * 3),
    ],
)
def test_wrong_digits_are_struck_out(show_widgets, gap, label, shown):
    page = show_widgets(LossDuel(label=label))
    field(page).fill(gap)
    assert numbers(page) == shown


def test_a_screen_reader_is_told_what_is_struck_out(show_widgets):
    page = show_widgets(LossDuel(gap=744))
    spoken = page.locator(".ld-row").first.locator(".ld-spoken").inner_text()
    assert re.fullmatch(r"74\d\.\d{12}, wrong from digit \d on", spoken)
    assert page.locator(".ld-value").first.get_attribute("aria-hidden") == "true"


def test_results_are_spoken_after_a_pause(show_widgets):
    page = show_widgets(LossDuel(gap=100))
    slider(page).press("End")
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    wanted = "Through softmax inf, all of it wrong. By the difference 900.000000000000."
    assert page.locator(".sl-spoken").text_content() == wanted


def test_where_each_way_breaks_is_what_python_found(show_widgets):
    page = show_widgets()
    for label in LABELS:
        page.get_by_role("radio", name=f"the {label}").check()
        notes = page.locator(".ld-note").all_inner_texts()
        assert notes == [break_text(route, label) for route in (*ROUTES, "exact")]
        ends = [f"{end:.2f}" for end in breaking_gaps(label).values() if end]
        assert all(end in " ".join(notes) for end in ends)


def test_everything_follows_the_slider_before_the_event_is_over(show_widgets):
    page = show_widgets()
    shown = slider(page).evaluate(
        """(input) => {
            input.value = "30";
            input.dispatchEvent(new Event("input"));
            return [...input.closest(".ld").querySelectorAll(".ld-value")].map((node) => node.textContent);
        }"""
    )
    assert shown == ["inf", "900.000000000000", "900.000000000000"]


def test_the_mark_in_the_plot_stands_below_the_thumb(show_widgets):
    page = show_widgets(LossDuel(gap=225))
    box, mark = slider(page).bounding_box(), page.locator(".ld-cursor").bounding_box()
    assert mark["x"] + mark["width"] / 2 == pytest.approx(box["x"] + box["width"] / 2, abs=1)  # √225 is half of √900


def test_dots_lie_as_high_as_digits_are_right(show_widgets):
    page = show_widgets(LossDuel(gap=20, label="winner"))
    heights = [float(dot.get_attribute("cy")) for dot in page.locator(".ld-dot").all()]
    wanted = [10 + 110 * (1 - count / 16) for count in digits_right(20, "winner").values()]
    assert heights == pytest.approx(wanted, abs=2)  # a third of a digit: exp may differ by a step


@pytest.mark.parametrize(
    ("key", "root"), [("ArrowRight", 4.02), ("PageUp", 5), ("PageDown", 3), ("Home", 0), ("End", 30)]
)
def test_keys_move_the_gap_along_its_root(show_widgets, key, root):
    page = show_widgets(LossDuel(gap=16))
    slider(page).press(key)
    assert float(field(page).input_value()) == pytest.approx(root**2, abs=0.05)  # one decimal, here


def test_every_arrow_moves_the_gap_and_gets_through_to_the_end(show_widgets):
    page = show_widgets(LossDuel(gap=0))
    seen = slider(page).evaluate(
        """(input) => {
            const seen = [];
            for (let i = 0; i < 3000 && Number(input.value) < 30; i++) {
                input.stepUp();
                input.dispatchEvent(new Event("input"));
                seen.push(Number(input.value));
            }
            return seen;
        }"""
    )
    assert seen[-1] == 30
    assert all(np.diff(seen) > 0)


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_state_makes_the_widget_higher(show_widgets, width):
    page = show_widgets(width=width)
    heights = page.locator(".ld").evaluate(
        """(root) => {
            const heights = new Set();
            const range = root.querySelector(".sl-range");
            for (const radio of root.querySelectorAll(".ld-radio")) {
                radio.click();
                for (let at = 0; at <= 30; at += 0.1) {
                    range.value = at;
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
    field(page).fill("744")
    field(page).press("Enter")
    page.get_by_role("radio", name="the winner").check()
    address_settles(page)
    assert page.evaluate("location.hash") == "#d.gap=744&d.label=winner"
    shown = numbers(page)
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert numbers(page) == shown


def test_junk_in_the_address_is_ignored_piece_by_piece(show_widgets):
    page = show_widgets(fragment="#d.gap=-3&d.label=winner")
    assert field(page).input_value() == "20.00"
    assert page.get_by_role("radio", name="the winner").is_checked()


def test_junk_is_refused_in_place_and_the_state_kept(show_widgets):
    page = show_widgets()
    field(page).fill("901")
    assert page.locator(".sl-refusal:visible").inner_text() == "From 0 to 900, please."
    assert numbers(page)[2].startswith("20.000000002061")


@pytest.mark.parametrize("label", LABELS)
def test_the_still_and_the_live_widget_show_the_same_numbers_and_words(show_widgets, browser, label):
    page = show_widgets(LossDuel(gap=800, label=label))
    parts = ".ld-value", ".ld-note", ".ld-why", ".ld-name"
    live = [page.locator(part).all_inner_texts() for part in parts]
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    still = context.new_page()
    still.goto(page.url)
    found = [still.locator(part).all_inner_texts() for part in parts]
    context.close()
    assert found == live
