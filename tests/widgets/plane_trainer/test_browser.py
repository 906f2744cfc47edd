"""PlaneTrainer in real Chromium: its arithmetic against NumPy's, and what a reader meets."""

import itertools
import re

import numpy as np
import pytest

from softmaxlab.learning.datasets import three_clouds
from softmaxlab.lessons.plane_regression import OBJECTIVES, REACH, pushes, start_weights, train_on_plane
from softmaxlab.widgets import PlaneTrainer
from softmaxlab.widgets.plane_trainer import picture as plane_picture
from softmaxlab.widgets.plane_trainer.words import explanation
from support.browser.harness import widget_page
from support.browser.pages import address_settles

KINDS = tuple(OBJECTIVES)
CORNERS = [[0.0, 1.0], [-0.87, -0.5], [0.87, -0.5]]


@pytest.fixture(scope="module")
def twin_tab(empty_tab):
    """A page in each engine that holds the widget's module as `twin`."""
    empty_tab.evaluate('async () => { globalThis.twin = await import("/widgets/plane_trainer/widget.js"); }')
    return empty_tab


def trained(twin, points, labels, kind, rate, steps, start):
    """Places of the twin's path: weights as a matrix, loss, slope and how many are right."""
    path = twin.evaluate(
        """([kind, points, labels, rate, start, steps]) => {
            const path = [];
            twin.train(kind, path, {points, labels, rate, start}, steps);
            return path;
        }""",
        [kind, np.asarray(points).tolist(), np.asarray(labels).tolist(), rate, start, steps],
    )
    return [{**place, "weights": np.reshape(place["weights"], (3, 3))} for place in path]


# ---- Arithmetic ----


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("start", ["zero", "wrong"])
@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_those_of_numpy_after_1_10_and_300_steps(twin_tab, kind, start, seed):
    points, labels = three_clouds(per_class=8, spread=0.7, seed=seed)
    ours = train_on_plane(points, labels, kind, 0.5, 300, start)
    theirs = trained(twin_tab, points, labels, kind, 0.5, 300, start)
    for step in (1, 10, 300):
        # each step rounds by some 1e-16 of the weights, and the descent does not spread two close paths far apart
        scale = np.abs(ours[step].weights).max()
        assert theirs[step]["weights"] == pytest.approx(ours[step].weights, abs=1e-10 * scale)
        assert theirs[step]["loss"] == pytest.approx(ours[step].loss, rel=1e-10)
        assert theirs[step]["slope"] == pytest.approx(ours[step].slope, rel=1e-8, abs=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_one_step_is_that_of_numpy_even_where_the_model_is_certain(twin_tab, kind):
    rng = np.random.default_rng(1)
    for _ in range(20):
        points, labels = rng.uniform(-REACH, REACH, (12, 2)), rng.integers(0, 3, 12)
        weights = rng.normal(size=(3, 3)) * 10.0 ** rng.uniform(-2, 3)
        found = twin_tab.evaluate(
            "([kind, weights, points, labels]) => twin.objective(kind, weights, points, labels)",
            [kind, weights.ravel().tolist(), points.tolist(), labels.tolist()],
        )
        loss, grad = OBJECTIVES[kind](weights, points, labels)
        # exp of logits up to 1e4 has a relative error of 1e4 roundings
        assert found["loss"] == pytest.approx(loss, rel=1e-11)
        assert found["grad"] == pytest.approx(grad.ravel(), rel=1e-10, abs=1e-13)


def test_the_start_is_that_of_numpy(twin_tab):
    for start in ("zero", "wrong"):
        found = twin_tab.evaluate("(start) => twin.startWeights(start)", start)
        assert found == pytest.approx(start_weights(start).ravel(), abs=1e-14)


def test_pushes_and_boundaries_are_those_of_numpy(twin_tab):
    rng = np.random.default_rng(2)
    for _ in range(30):
        weights, spot, label = rng.normal(size=(3, 3)) * 2, rng.uniform(-2.5, 2.5, 2), int(rng.integers(3))
        flat = weights.ravel().tolist()
        found = twin_tab.evaluate("(args) => twin.pushes(...args)", [flat, spot.tolist(), label])
        for name, wanted in pushes(weights, spot, label).items():
            assert found[name] == pytest.approx(wanted, rel=1e-11, abs=1e-15)
        for j, k in itertools.combinations(range(3), 2):
            wanted = plane_picture.boundary(weights, j, k, REACH)
            found = twin_tab.evaluate("(args) => twin.boundary(...args) ?? null", [flat, j, k])
            assert (found is None) == (wanted is None)
            if wanted is not None:
                assert found == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"start": "wrong", "rate": 0.07},
        {"start": "wrong", "loss": "squared error", "step": 5},
        {"start": "wrong", "step": 5},
        {"step": 5},
        {"step": 100, "loss": "squared error"},
        {"labels": [0, 2] * 12, "step": 7},
        {"points": CORNERS, "labels": [0, 1, 2], "step": 50},
        {"rate": 100, "step": 1},
        {"rate": 100, "step": 8},
    ],
)
def test_the_words_are_those_of_python(twin_tab, state):
    trainer = PlaneTrainer(**state)
    path = trained(twin_tab, trainer.points, trainer.labels, trainer.loss, trainer.rate, trainer.step, trainer.start)
    own = {name: getattr(trainer, name) for name in ("labels", "loss", "rate", "step", "start")}
    path = [{**place, "weights": place["weights"].tolist()} for place in path]
    found = twin_tab.evaluate(
        "(args) => twin.explanation(...args)", [own, path, round(trainer.accuracy * len(trainer.labels))]
    )
    assert found == explanation(trainer, trainer.path(), round(trainer.accuracy * len(trainer.labels)))


def test_numbers_are_written_as_python_writes_them(twin_tab):
    for value in (0.0, 0.25, -0.25, 1e-5, -1e-5, 1e-12, -1e-300, 1.0):
        for sign in (True, False):
            if sign or value >= 0:
                found = twin_tab.evaluate("(args) => twin.numberText(...args)", [value, sign])
                assert found == plane_picture.number(value, sign)


# ---- What a reader meets ----


@pytest.fixture
def show_widgets(page, tmp_path, serve_folder):
    """Open a page that holds this widget, alive."""
    address = serve_folder(tmp_path)

    def opened(widget=None, width=1280, fragment="", page=page):
        widget_page(tmp_path, widget or PlaneTrainer())
        page.set_viewport_size({"width": width, "height": 1000})
        page.goto(f"{address}/index.html{fragment}")
        page.locator("[data-sl-ready]").wait_for()
        return page

    return opened


def press(page, name):
    page.get_by_role("button", name=name).click(force=True)  # force: also where it can do no more


def plane(page):
    return page.get_by_role("application", name="Plane with points")


def where(page, x, y):
    """Pixel of a place of the plane."""
    box = plane(page).bounding_box()
    return box["x"] + box["width"] * (x / REACH + 1) / 2, box["y"] + box["height"] * (1 - y / REACH) / 2


def points(page):
    """Each point as the plane has it: place and class."""
    return page.locator(".pt-point").evaluate_all(
        """(spots) => spots.map((spot) => [
            Number(spot.style.getPropertyValue("--x")), Number(spot.style.getPropertyValue("--y")),
            Number(spot.querySelector("svg").getAttribute("style").match(/sl-c(\\d)/)[1])])"""
    )


def step(page):
    return int(page.locator(".pt-steps b").inner_text())


def numbers(page):
    """Loss, right ones and slope of both losses, row by row."""
    return page.locator(".pt-number").all_inner_texts()


def why(page):
    return page.locator(".pt-why").inner_text()


def selected(page):
    return page.locator(".pt-who").inner_text()


def test_a_click_adds_a_point_of_the_chosen_class_there(show_widgets):
    page = show_widgets()
    page.get_by_role("radio", name="2").check()
    page.mouse.click(*where(page, -2, 2))
    assert points(page)[24] == pytest.approx([-2, 2, 2], abs=0.01)  # a pixel is 0.012
    assert selected(page) == "point 25, class 2"


def test_a_tap_adds_a_point_and_a_finger_drags_it(show_widgets, browser):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 1000})
    page = show_widgets(width=390, page=context.new_page())
    page.touchscreen.tap(*where(page, 2, 2))
    session = context.new_cdp_session(page)
    for kind, spot in (("Start", (2, 2)), ("Move", (1.5, 1)), ("Move", (1, -2)), ("End", None)):
        fingers = [dict(zip("xy", where(page, *spot), strict=True))] if spot else []
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})
    found = points(page)
    context.close()
    assert len(found) == 25
    assert found[24] == pytest.approx([1, -2, 0], abs=0.02)


def test_a_swipe_over_the_plane_scrolls_and_adds_nothing(show_widgets, browser):
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 500})
    page = show_widgets(width=390, page=context.new_page())
    page.set_viewport_size({"width": 390, "height": 500})
    session = context.new_cdp_session(page)
    x, y = where(page, 2.3, -1)
    for kind, up in (("Start", 0), ("Move", 40), ("Move", 120), ("Move", 200), ("End", None)):
        fingers = [] if up is None else [{"x": x, "y": y - up}]
        session.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": fingers})
    page.wait_for_function("scrollY > 50")
    count, scrolled = len(points(page)), page.evaluate("scrollY")
    context.close()
    assert count == 24
    assert scrolled > 50


def test_a_point_is_dragged_and_its_training_follows(show_widgets):
    page = show_widgets(PlaneTrainer(step=50))
    before = numbers(page)
    x, y, _ = points(page)[3]
    page.mouse.move(*where(page, x, y))
    page.mouse.down()
    page.mouse.move(*where(page, -2, -2), steps=5)
    page.mouse.up()
    moved = points(page)
    assert moved[3][:2] == pytest.approx([-2, -2], abs=0.02)
    assert len(moved) == 24
    assert numbers(page) != before
    wanted = train_on_plane([spot[:2] for spot in moved], [spot[2] for spot in moved], rate=0.5, steps=50)[-1]
    assert numbers(page)[0] == f"{wanted.loss:.3f}"


def test_a_point_dragged_out_stays_on_the_edge(show_widgets):
    page = show_widgets()
    x, y, _ = points(page)[3]
    page.mouse.move(*where(page, x, y))
    page.mouse.down()
    page.mouse.move(*where(page, 9, 4))
    page.mouse.up()
    assert points(page)[3][:2] == [REACH, REACH]


def test_keys_add_move_and_remove_points(show_widgets):
    page = show_widgets()
    plane(page).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    assert points(page)[24] == [0.2, 0.1, 0]
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Shift+ArrowDown")
    assert points(page)[24] == [0.1, 0, 0]
    page.keyboard.press("Delete")
    assert len(points(page)) == 24


def test_the_cross_is_seen_only_by_whoever_uses_keys(show_widgets):
    page = show_widgets()
    page.mouse.click(*where(page, 2, 2))
    assert not page.locator(".pt-cross").is_visible()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("radio", name="0").focus()
    page.keyboard.press("Shift+Tab")
    assert page.locator(".pt-cross").is_visible()


def test_a_point_is_chosen_moved_and_relabeled_without_the_plane(show_widgets):
    page = show_widgets()
    press(page, "Next point")
    assert selected(page) == "point 5, class 0"
    page.get_by_role("textbox", name="x of the selected point").fill("-1.5")
    page.get_by_role("textbox", name="y of the selected point").press("ArrowUp")
    x, y, _ = points(page)[4]
    assert x == -1.5
    press(page, "Relabel")
    assert points(page)[4] == [-1.5, y, 1]
    press(page, "Previous point")
    assert selected(page) == "point 4, class 0"


def test_a_full_plane_says_so_and_takes_no_more(show_widgets):
    spots = np.random.default_rng(0).uniform(-1, 1, (60, 2))
    page = show_widgets(PlaneTrainer(points=spots, labels=[0, 1, 2] * 20))
    page.mouse.click(*where(page, 2, 2))
    assert len(points(page)) == 60
    assert why(page) == "60 points are all that fit here: remove one first."
    press(page, "Remove")
    assert len(points(page)) == 59
    assert "60 points" not in why(page)


def test_three_points_stay(show_widgets):
    page = show_widgets()
    press(page, "Three points")
    assert points(page) == [[*spot, k] for k, spot in enumerate(CORNERS)]
    press(page, "Remove")
    assert len(points(page)) == 3
    assert why(page).startswith("3 points stay")


def test_a_step_is_one_step_of_both_losses(show_widgets):
    page = show_widgets()
    press(page, "Step")
    assert step(page) == 1
    trainer = PlaneTrainer(step=1)
    wanted = [trainer.path(kind)[-1] for kind in KINDS]
    assert numbers(page)[:2] == [f"{place.loss:.3f}" for place in wanted]
    assert numbers(page)[4:] == [f"{place.slope:.3f}" for place in wanted]
    press(page, "To start")
    assert step(page) == 0


def test_play_takes_steps_until_paused(show_widgets):
    page = show_widgets()
    press(page, "Play")
    page.wait_for_function("Number(document.querySelector('.pt-steps b').textContent) > 5")
    press(page, "Pause")
    reached = step(page)
    page.wait_for_timeout(200)
    assert step(page) == reached
    address_settles(page)
    assert f"t.n={reached}" in page.evaluate("location.hash")


def test_play_ends_at_the_last_step(show_widgets):
    page = show_widgets(PlaneTrainer(step=490))
    press(page, "Play")
    page.wait_for_function("document.querySelector('.pt-steps b').textContent === '500'")
    button = page.get_by_role("button", name="Play")
    assert button.get_attribute("aria-disabled") == "true"


def test_play_stops_out_of_sight(show_widgets):
    page = show_widgets(width=390)
    page.evaluate("document.querySelector('main').style.paddingBottom = '3000px'")
    press(page, "Play")
    page.evaluate("scrollTo(0, 99999)")
    page.wait_for_function("document.querySelector('.pt-steer button').textContent === 'Play'")
    assert step(page) < 500


def test_with_less_motion_play_still_plays_four_pictures_a_second(show_widgets, browser):
    context = browser.new_context(reduced_motion="reduce")
    page = show_widgets(page=context.new_page())
    press(page, "Play")
    page.wait_for_function("document.querySelector('.pt-steps b').textContent === '30'")
    press(page, "Pause")
    reached = step(page)
    context.close()
    assert reached in (30, 45)


def test_the_wrong_start_stalls_squared_error_only(show_widgets):
    page = show_widgets(PlaneTrainer(step=60, loss="squared error"))
    page.get_by_role("radio", name="sure and wrong").check()
    assert step(page) == 0
    for _ in range(20):
        press(page, "Step")
    fast, slow = (float(text) for text in numbers(page)[:2])
    assert fast < 2
    assert slow > 0.75
    assert "hardly a slope to learn from" in why(page)


def test_colors_follow_the_theme(show_widgets):
    page = show_widgets(PlaneTrainer(step=100))
    corner = """() => [...document.querySelector("canvas").getContext("2d").getImageData(30, 2, 1, 1).data]"""
    light = page.evaluate(corner)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"String(({corner})()) !== '{','.join(map(str, light))}'")
    red, _, blue, _ = page.evaluate(corner)
    assert blue > 200 > red  # class 0, in the dark: #6cb4f5


def test_the_plane_has_no_color_while_nothing_is_known(show_widgets):
    page = show_widgets()
    alphas = page.evaluate(
        """() => document.querySelector("canvas").getContext("2d").getImageData(0, 0, 60, 60).data
            .filter((_, i) => i % 4 === 3).reduce((a, b) => Math.max(a, b))"""
    )
    assert alphas == 0


def test_wrong_points_are_hollow(show_widgets):
    page = show_widgets(PlaneTrainer(step=100))
    trainer = PlaneTrainer(step=100)
    hollow = page.locator(".pt-point.is-wrong").count()
    assert hollow == round((1 - trainer.accuracy) * 24)


@pytest.mark.parametrize("width", [320, 390, 640, 1280])
def test_no_state_makes_the_widget_higher(show_widgets, width):
    page = show_widgets(width=width)
    heights = set()
    for rate, start, name in itertools.product(("0.01", "100"), ("zero", "sure and wrong"), KINDS):
        page.get_by_role("textbox", name="Exact learning rate").fill(rate)
        page.get_by_role("radio", name=start).check()
        page.get_by_role("radio", name=name).check()
        for _ in range(3):
            press(page, "Step")
            heights.add(page.locator(".pt").bounding_box()["height"])
        press(page, "Relabel")
        heights.add(page.locator(".pt").bounding_box()["height"])
    press(page, "Three points")
    press(page, "Relabel")  # class 0 is missing
    heights.add(page.locator(".pt").bounding_box()["height"])
    press(page, "Remove")
    heights.add(page.locator(".pt").bounding_box()["height"])
    assert len(heights) == 1


def test_the_state_is_in_the_address_and_comes_back_from_it(show_widgets):
    page = show_widgets()
    page.mouse.click(*where(page, 2, 2))
    page.get_by_role("radio", name="squared error").check()
    page.get_by_role("radio", name="sure and wrong").check()
    press(page, "Step")
    address_settles(page)
    fragment = page.evaluate("location.hash")
    assert re.fullmatch(r"#t\.p=[0-9a-z]{125}&t\.r=0\.5&t\.l=squared&t\.w=wrong&t\.n=1&t\.i=24", fragment)
    shown = points(page), numbers(page), selected(page)
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert (points(page), numbers(page), selected(page)) == shown


def test_the_class_of_a_new_point_is_in_the_address_and_comes_back_from_it(show_widgets):
    page = show_widgets()
    chosen = page.get_by_role("radiogroup", name="Class of a new point").get_by_role("radio")
    chosen.nth(2).check()
    page.wait_for_function("location.hash.endsWith('&t.c=2')")
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert chosen.nth(2).is_checked()
    page.mouse.click(*where(page, 2, 2))
    assert points(page)[-1] == pytest.approx([2, 2, 2], abs=0.02)  # a pixel is 0.012
    page.wait_for_function("location.hash.includes('t.i=24')")
    page.go_back()
    page.go_back()
    assert chosen.nth(0).is_checked()
    page.go_forward()
    assert chosen.nth(2).is_checked()
    chosen.nth(0).check()
    page.wait_for_function("!location.hash.includes('t.c')")


def test_a_link_from_before_the_class_was_kept_still_works(show_widgets):
    page = show_widgets(fragment="#t.p=0aaaa1bbbb2cccc&t.r=5&t.l=squared&t.w=wrong&t.n=7&t.i=2")
    assert (
        step(page),
        len(points(page)),
        page.locator(".pt-radio:checked").first.evaluate("n => n.closest('label').innerText"),
    ) == (7, 3, "0")


def test_back_undoes_a_gesture(show_widgets):
    page = show_widgets()
    page.mouse.click(*where(page, 2, 2))
    address_settles(page)
    page.go_back()
    assert len(points(page)) == 24


@pytest.mark.parametrize(
    "fragment",
    [
        "t.p=0zz00&t.r=5",  # out of reach, and too few
        "t.p=3aaaa1aaaa2aaaa&t.r=5",
        "t.p=0aaaa1aaa2aaaa&t.r=5",
        "t.p=&t.n=1e9&t.i=-1&t.l=hinge&t.w=__proto__&t.r=5",
        "t.l=&t.n=1.5&t.i=0.5&t.r=5",
    ],
)
def test_junk_in_the_address_is_ignored_piece_by_piece(show_widgets, fragment):
    page = show_widgets(fragment=f"#{fragment}")
    assert page.get_by_role("textbox", name="Exact learning rate").input_value() == "5.00"
    assert len(points(page)) == 24
    assert (step(page), selected(page)) == (0, "point 4, class 0")
    assert page.get_by_role("radio", name="cross-entropy").is_checked()


def test_junk_is_refused_in_place_and_the_state_kept(show_widgets):
    page = show_widgets()
    page.get_by_role("textbox", name="x of the selected point").fill("9")
    assert page.locator(".sl-refusal:visible").inner_text() == "From −2.5 to 2.5, please."
    assert points(page)[3][0] == 0.91


def test_what_happened_is_spoken_after_a_pause(show_widgets):
    page = show_widgets()
    press(page, "Step")
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    spoken = page.locator(".sl-spoken").text_content()
    assert re.fullmatch(r"Step 1, cross-entropy: loss 0\.\d{3}, \d+ of 24 right\.", spoken)


def test_the_plane_tells_a_screen_reader_its_keys(show_widgets):
    page = show_widgets()
    help_id = plane(page).get_attribute("aria-describedby")
    assert "Enter adds a point" in page.locator(f"[id='{help_id}']").text_content()


@pytest.mark.parametrize(
    "state", [{}, {"step": 60}, {"start": "wrong", "loss": "squared error", "step": 40, "selected": 10}]
)
def test_the_still_and_the_live_widget_show_the_same(show_widgets, browser, state):
    page = show_widgets(PlaneTrainer(**state))
    parts = ".sl-value", ".pt-why", ".pt-caption", ".pt-effect", ".pt-scale", ".pt-tag:visible"
    live = [page.locator(part).all_inner_texts() for part in parts]
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 1000})
    still = context.new_page()
    still.goto(page.url)
    texts = [still.locator(part).all_inner_texts() for part in parts]
    context.close()
    assert texts == live
