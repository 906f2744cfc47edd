"""GradientAtWork as a reader meets it: in real Chromium, on a page like those of the built book."""

from urllib.parse import unquote

import numpy as np
import pytest

from softmaxlab import _formatting, cross_entropy, cross_entropy_grad, softmax
from softmaxlab.learning.scoring_rules import squared_error, squared_error_grad
from softmaxlab.numerics.gradient_descent import descend
from softmaxlab.widgets import GradientAtWork
from softmaxlab.widgets.gradient_at_work import picture as descent_picture
from support.browser.harness import widget_page
from support.browser.pages import address_settles

TWINS = {"cross": (cross_entropy, cross_entropy_grad), "squared": (squared_error, squared_error_grad)}
READ = """(root) => {
    const texts = (name) => [...root.querySelectorAll(`.ga-${name}`)].map((node) => node.textContent);
    return [texts("count")[0], ...["loss-value", "p-value", "grad-value"].map(texts)];
}"""


def cases(count, seed=8):
    """Logits and targets of every kind: near, far, saturated; one-hot and soft."""
    rng = np.random.default_rng(seed)
    for i in range(count):
        n = int(rng.integers(2, 5))
        logits = rng.uniform(-1, 1, n) * rng.choice([1, 5, 20])
        soft = rng.random(n) + 1e-3
        yield logits, np.eye(n)[i % n] if i % 2 else soft / soft.sum()


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`."""
    empty_tab.evaluate('async () => { globalThis.twin = await import("/widgets/gradient_at_work/widget.js"); }')
    return empty_tab


@pytest.fixture
def show_widgets(page, tmp_path, serve_folder):
    """Open a page that holds this widget, alive."""
    address = serve_folder(tmp_path)

    def opened(*widgets, fragment="", width=1280):
        widget_page(tmp_path, *(widgets or [GradientAtWork()]))
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/index.html{fragment}")
        page.locator(".sl-mount[data-sl-ready]").first.wait_for()
        return page

    return opened


def read(page):
    """What the widget shows: step, losses, probabilities of the truth, slopes."""
    return page.locator(".ga").evaluate(READ)


def expected(steps, logits=(-3, 3, 0), targets=(1.0, 0.0, 0.0), rate=1.0):
    """What it should show, by softmaxlab."""
    y = np.array(targets)
    ends = {kind: descend(lambda a, g=g: g(a, y), logits, steps, rate)[-1] for kind, (_, g) in TWINS.items()}
    slopes = [slope for kind, (_, g) in TWINS.items() for slope in g(ends[kind], y)]
    return [
        f"step {steps}",
        [_formatting.decimals(float(loss(ends[kind], y))) for kind, (loss, _) in TWINS.items()],
        [_formatting.decimals(float(softmax(ends[kind])[y.argmax()])) for kind in TWINS],
        [descent_picture.slope_text(float(slope)) for slope in slopes],
    ]


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


# ---- The twins ----


def test_losses_and_gradients_agree_with_numpy_on_a_thousand_vectors(twin_tab):
    given = list(cases(1000))
    for kind, (loss, gradient) in TWINS.items():
        found = twin_tab.evaluate(
            f"""(cases) => cases.map(([a, y]) => [twin.place("{kind}", a, y), twin.RULES.{kind}.loss(a, y)])
                .map(([{{probs, grad}}, loss]) => [probs, grad, loss])""",
            [[a.tolist(), y.tolist()] for a, y in given],
        )
        for (a, y), (probs, grad, price) in zip(given, found, strict=True):
            np.testing.assert_allclose(probs, softmax(a), rtol=1e-12)
            # p − y cancels where p is near y: what is left is rounding of numbers up to 1.
            np.testing.assert_allclose(grad, gradient(a, y), rtol=1e-12, atol=1e-15)
            np.testing.assert_allclose(price, loss(a, y), rtol=1e-12, atol=1e-15)


def test_a_hundred_steps_lead_to_the_same_place(twin_tab):
    for a, y in list(cases(40)):
        for kind, (_, gradient) in TWINS.items():
            found = twin_tab.evaluate(
                f"""([a, y]) => {{ const path = [twin.place("{kind}", a, y)];
                    for (let t = 0; t < 100; t++) twin.walk("{kind}", path, y, 0.5);
                    return path.map(({{logits}}) => logits); }}""",
                [a.tolist(), y.tolist()],
            )
            path = descend(lambda logits, g=gradient, y=y: g(logits, y), a, 100, 0.5)
            # Leaving a plateau, descent of squared error magnifies a first ulp by what it gains in slope: < e^20.
            np.testing.assert_allclose(found, path, rtol=1e-9, atol=1e-9)


def test_slopes_and_curves_print_alike_in_both_languages(twin_tab):
    slopes = [0.0, 0.25, -0.75, 1e-9, -1e-9, *np.random.default_rng(3).uniform(-1, 1, 500).tolist()]
    assert twin_tab.evaluate("(slopes) => slopes.map(twin.slopeText)", slopes) == [
        descent_picture.slope_text(slope) for slope in slopes
    ]
    for count in (1, 2, 160, 161, 400, 1001):
        shown = descent_picture.sampled(count)
        assert twin_tab.evaluate("twin.sampled", count) == shown
        values = np.linspace(0, 1, len(shown)).tolist()
        found = twin_tab.evaluate("([shown, values]) => twin.curve(shown, values, 1280, 1)", [shown, values])
        wanted = descent_picture.curve(shown, values, 1280, 1)
        points = [np.array([point.split(",") for point in text.split()], float) for text in (found, wanted)]
        np.testing.assert_allclose(*points, atol=1.01e-4)  # a tie of the fifth decimal may be rounded either way


# ---- Steps ----


def test_what_is_shown_at_the_start_is_what_softmaxlab_says(show_widgets):
    assert read(show_widgets()) == expected(0)


def test_the_hint_says_what_the_first_step_will_do(show_widgets):
    page = show_widgets(GradientAtWork(rate=0.5))
    moves = [-0.5 * g([-3.0, 3.0, 0.0], np.eye(3)[0])[0] for _, g in TWINS.values()]
    assert page.locator(".ga-hint").inner_text() == (
        f"The first step moves class 0 by +{moves[0]:.3f} with cross-entropy, by +{moves[1]:.3f} with squared error."
    )


def test_a_step_goes_against_the_gradient_by_the_learning_rate(show_widgets):
    page = show_widgets(GradientAtWork(rate=0.5, targets=[0.7, 0.2, 0.1]))
    for steps in range(1, 4):
        press(page, "Step")
        assert read(page) == expected(steps, targets=(0.7, 0.2, 0.1), rate=0.5)


def test_nothing_plays_by_itself(show_widgets):
    page = show_widgets()
    page.wait_for_timeout(300)
    assert read(page) == expected(0)


def test_play_takes_a_step_a_frame_until_it_is_paused(show_widgets):
    page = show_widgets(GradientAtWork(rate=0.01))
    page.evaluate("""() => { globalThis.seen = []; const count = document.querySelector(".ga-count b");
        const look = () => { seen.push(Number(count.textContent)); requestAnimationFrame(look); };
        requestAnimationFrame(look); }""")
    press(page, "Play")
    page.wait_for_function("Number(document.querySelector('.ga-count b').textContent) >= 12")
    press(page, "Pause")
    seen = page.evaluate("seen")
    assert set(np.diff(seen)) == {0, 1}
    steps = int(read(page)[0].split()[1])
    page.wait_for_timeout(200)
    assert read(page) == expected(steps, rate=0.01)


def test_play_stops_when_both_forecasts_are_near_the_target(show_widgets):
    page = show_widgets(GradientAtWork(logits=[-1, 1], targets=[0.6, 0.4]))
    press(page, "Play")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    steps = int(read(page)[0].split()[1])
    y = np.array([0.6, 0.4])
    near = [
        [np.abs(softmax(a) - y).max() < 0.05 for a in descend(lambda a, g=g: g(a, y), [-1, 1], 1000)]
        for _, g in TWINS.values()
    ]
    assert steps == max(series.index(True) for series in near)
    fast, slow = (series.index(True) for series in near)
    assert page.locator(".ga-hint").inner_text() == (
        f"Within 0.05 of y: cross-entropy after {fast}, squared error after {slow}."
    )


def test_play_stops_at_a_thousand_steps_and_says_who_is_not_there(show_widgets):
    page = show_widgets(GradientAtWork(logits=[-9, 9], targets=[1, 0], steps=995))
    press(page, "Play")
    page.wait_for_function("document.querySelector('.ga-count b').textContent === '1000'")
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert page.get_by_role("button", name="Play", exact=True).get_attribute("aria-disabled") == "true"
    assert "squared error not yet" in page.locator(".ga-hint").inner_text()
    press(page, "To start")
    assert read(page) == expected(0, (-9, 9), (1.0, 0.0))


def test_play_ends_with_the_widget(show_widgets):
    page = show_widgets(GradientAtWork(rate=0.01))
    press(page, "Play")
    page.locator(".sl-mount").evaluate("(mount) => mount.remove()")
    page.wait_for_timeout(100)  # a frame that draws into nothing would complain


def test_with_less_motion_play_goes_to_the_end_at_once(show_widgets, page):
    page.emulate_media(reduced_motion="reduce")
    show_widgets(GradientAtWork(logits=[-1, 1], targets=[0.6, 0.4]))
    page.get_by_role("button", name="Play", exact=True).evaluate("(node) => node.click()")
    assert "squared error after" in page.locator(".ga-hint").inner_text()


def test_the_stall_of_squared_error_is_seen(show_widgets):
    page = show_widgets(GradientAtWork(steps=40))
    curves = [page.locator(f".ga-{kind}-curve").first.get_attribute("points") for kind in ("cross", "squared")]
    cross, squared = ([float(point.split(",")[1]) for point in points.split()] for points in curves)
    assert 1 - cross[10] > 0.8
    assert max(1 - height for height in squared) < 0.1
    hidden = page.locator(".ga-pull").evaluate_all("(nodes) => nodes.map((node) => node.hasAttribute('hidden'))")
    assert all(hidden[3:])  # squared error hardly pulls


def test_arrows_are_as_long_as_the_slope_and_point_against_it(show_widgets):
    page = show_widgets(GradientAtWork(logits=[-3, 3], targets=[0.5, 0.5]))
    lines = page.locator(".ga-cross .ga-pull line").evaluate_all(
        "(nodes) => nodes.map((node) => node.getAttribute('y1') - node.getAttribute('y2'))"
    )
    np.testing.assert_allclose(lines, -56 * cross_entropy_grad([-3.0, 3.0], np.array([0.5, 0.5])), rtol=1e-9)
    assert lines[0] > 0 > lines[1]  # the truth is pulled up, the rest pushed down


# ---- Sliders, typing, address ----


def test_the_whole_walk_follows_a_slider_before_the_event_is_over(show_widgets):
    page = show_widgets(GradientAtWork(steps=25))
    shown = page.get_by_role("slider", name="class 0: start a").evaluate(
        f"""(input) => {{
            input.value = "-1";
            input.dispatchEvent(new Event("input"));
            return ({READ})(input.closest(".ga"));
        }}"""
    )
    assert shown == expected(25, (-1, 3, 0))


def test_the_learning_rate_is_on_a_logarithmic_slider(show_widgets):
    page = show_widgets(GradientAtWork(steps=5))
    rate = page.get_by_role("slider", name="Learning rate", exact=True)
    rate.press("PageUp")
    assert page.get_by_role("textbox", name="Exact learning rate").input_value() == "1.26"  # 10^0.1
    assert read(page) == expected(5, rate=1.26)
    rate.press("Home")
    assert read(page) == expected(5, rate=0.01)


def test_a_target_pulled_to_one_is_one_hot_and_smoothing_makes_it_soft(show_widgets):
    page = show_widgets(GradientAtWork(targets=[0.2, 0.5, 0.3]))
    page.get_by_role("slider", name="class 2: target y").press("End")
    assert read(page) == expected(0, targets=(0.0, 0.0, 1.0))
    press(page, "Smooth y")
    assert read(page) == expected(0, targets=(0.1 / 3, 0.1 / 3, 0.9 + 0.1 / 3))


@pytest.mark.parametrize("typed", ["abc", "20.5", "-21", "1,5"])
def test_junk_is_refused_in_place_and_the_state_kept(show_widgets, typed):
    page = show_widgets()
    page.get_by_role("textbox", name="class 0: exact start a").fill(typed)
    assert page.locator(".sl-refusal:visible").count() == 1
    assert read(page) == expected(0)


def test_a_state_goes_to_the_address_and_comes_back(show_widgets, page):
    page = show_widgets()
    page.get_by_role("textbox", name="class 1: exact start a").fill("4")
    for _ in range(3):
        press(page, "Step")
    address_settles(page)
    shown, address = read(page), page.url
    assert unquote(address).split("#")[1] == "g.a=-3,4,0&g.y=1,0,0&g.r=1&g.n=3"
    page.goto("about:blank")
    page.goto(address)
    page.locator("[data-sl-ready]").wait_for()
    assert read(page) == shown == expected(3, (-3, 4, 0))


@pytest.mark.parametrize("piece", ["g.a=1,2", "g.a=1,2,99", "g.y=1,1,1", "g.r=0", "g.n=1001", "g.n=1.5", "g.r=abc"])
def test_junk_in_the_address_is_ignored(show_widgets, piece):
    assert read(show_widgets(fragment=f"#{piece}")) == expected(0)


def test_reset_brings_back_the_first_state(show_widgets):
    page = show_widgets(GradientAtWork(steps=2, rate=0.5))
    press(page, "Random")
    press(page, "Smooth y")
    press(page, "Step")
    press(page, "Reset")
    assert read(page) == expected(2, rate=0.5)
