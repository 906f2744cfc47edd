"""JacobianView as a reader meets it: its arithmetic against NumPy, its table, its push, its links."""

import re

import ipywidgets
import numpy as np
import pytest
from ipywidgets.embed import dependency_state

from softmaxlab import _formatting, softmax, softmax_jacobian, softmax_jvp
from softmaxlab.widgets import JacobianView, LogitExplorer
from softmaxlab.widgets.jacobian_view import picture
from support.browser.harness import widget_page
from support.browser.pages import address_settles

EPS = np.finfo(float).eps
TINY = 4 * np.nextafter(0.0, 1.0)  # results below 2e-308 have few bits left: no relative error to speak of
ANIMALS = ["cat", "dog", "bird"]


@pytest.fixture(scope="module")
def served_folder(tmp_path_factory, serve_folder):
    folder = tmp_path_factory.mktemp("pages")
    return folder, serve_folder(folder)


@pytest.fixture
def show_widgets(page, served_folder):
    """Open a page that holds these widgets, alive."""
    folder, address = served_folder
    own = folder / str(len(list(folder.iterdir())))
    own.mkdir()

    def opened(*widgets, width=1280, fragment="", links=()):
        widgets = widgets or (JacobianView(logits=[1, 0, -1], labels=ANIMALS),)
        widget_page(own, *widgets, state=dependency_state([*widgets, *links], drop_defaults=False))
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{address}/{own.name}/index.html{fragment}")
        for mount in page.locator(".sl-mount").all():
            mount.locator(".sl-widget:not(.is-still)").wait_for()
        return page

    return opened


def cell(page, i, j):
    return page.locator(f".jv-cell[data-sl-index='{i},{j}']")


def texts(page, selector):
    return page.locator(selector).all_text_contents()


def push(page, name, velocity):
    """Drag a class's entry of v there."""
    page.get_by_role("slider", name=f"{name}: push").evaluate(
        "(input, value) => { input.value = value; input.dispatchEvent(new Event('input')); }", velocity
    )


# ---- Arithmetic ----


@pytest.fixture(scope="module")
def logits_and_directions():
    """Six hundred logits of every size and scale, each with a direction; some with ties, some saturated."""
    rng = np.random.default_rng(41)
    found = []
    for i in range(600):
        size = int(rng.integers(2, 11))
        logits = rng.normal(size=size) * 10.0 ** rng.uniform(-3, 2.5)
        logits = [logits, np.round(logits), np.full(size, logits[0])][i % 3]
        found.append((logits.clip(-1000, 1000), rng.uniform(-1, 1, size)))
    return found


@pytest.fixture(scope="module")
def js_answers(empty_tab, logits_and_directions):
    """What the JavaScript says of each case: the Jacobian, the two products, and eigenvalues of NumPy's Jacobian."""
    found = empty_tab.evaluate(
        """async (cases) => {
            const js = await import("/widgets/jacobian_view/widget.js");
            const { softmax } = await import("/widgets/_runtime/softmax.js");
            return cases.map(([logits, v, exact]) => {
                const probs = softmax(logits), table = js.jacobianOf(probs);
                return [table, js.times(table, v), js.jvpOf(probs, v), js.eigenvaluesOf(exact)];
            });
        }""",
        [[a.tolist(), v.tolist(), softmax_jacobian(a).tolist()] for a, v in logits_and_directions],
    )
    return [[np.array(part, dtype=float) for part in row] for row in found]


def test_the_jacobian_agrees_with_numpy(js_answers, logits_and_directions):
    for (found, *_), (logits, _) in zip(js_answers, logits_and_directions, strict=True):
        wanted = softmax_jacobian(logits)
        assert np.all(np.abs(found - wanted) <= 1e-12 * np.abs(wanted) + TINY)


@pytest.mark.parametrize("way", [1, 2], ids=["by-the-table", "without-it"])
def test_the_product_agrees_with_numpy(js_answers, logits_and_directions, way):
    for answer, (logits, v) in zip(js_answers, logits_and_directions, strict=True):
        probs = softmax(logits)
        # v − p·v may cancel: the error is relative to the terms, of size p (|v| + p·|v|), not to what is left.
        terms = probs * (np.abs(v) + probs @ np.abs(v))
        assert np.all(np.abs(answer[way] - softmax_jvp(logits, v)) <= 32 * EPS * terms + TINY)


def test_eigenvalues_agree_with_numpy(js_answers, logits_and_directions):
    for (*_, found), (logits, _) in zip(js_answers, logits_and_directions, strict=True):
        wanted = np.linalg.eigvalsh(softmax_jacobian(logits))
        # Both methods promise errors of some eps times the largest eigenvalue, for the small ones too.
        np.testing.assert_allclose(found, wanted, rtol=0, atol=32 * EPS * wanted[-1] + TINY)


# ---- The table ----


def test_everything_follows_a_logit_before_the_event_is_over(show_widgets):
    page = show_widgets()
    shown = page.get_by_role("slider", name="dog: logit").evaluate(
        """(input) => {
            input.value = "2.5";
            input.dispatchEvent(new Event("input"));
            return ["jv-number", "jv-entry-value", "jv-lambdas .sl-value", "jv-class > .is-direct"].map((name) =>
                [...document.querySelectorAll(`.${name}`)].map((node) => node.textContent));
        }"""
    )
    table = softmax_jacobian([1, 2.5, -1])
    assert shown == [
        [picture.entry_text(x) for x in table.ravel()],
        [_formatting.signed(table[1, 0])],
        [_formatting.decimals(abs(picture.settled(x))) for x in np.linalg.eigvalsh(table)],
        [picture.entry_text(x) for x in softmax_jvp([1, 2.5, -1], [1, 0, 0])],
    ]


@pytest.mark.parametrize("count", [2, 3, 5, 10])
@pytest.mark.parametrize("width", [320, 1280])
def test_a_screen_reader_finds_a_table_of_all_entries_with_their_heads(show_widgets, count, width):
    logits = np.linspace(-1, 1, count)
    page = show_widgets(JacobianView(logits=logits), width=width)
    assert page.get_by_role("table").count() == 1
    assert page.get_by_role("rowheader").all_text_contents() == [str(i) for i in range(count)]
    assert page.get_by_role("columnheader").all_text_contents()[:count] == [str(i) for i in range(count)]
    names = [re.findall(r'button "([^"]*)"', row.aria_snapshot()) for row in page.get_by_role("row").all()[1:]]
    assert names == [[picture.entry_text(x) for x in row] for row in softmax_jacobian(logits)]


@pytest.mark.parametrize(("i", "j", "rule"), [(1, 0, "−pi pj ≈ −0.245 × 0.665"), (2, 2, "pi (1 − pi) ≈ 0.090 × 0.910")])
@pytest.mark.parametrize("how", ["hover", "focus"])
def test_hover_or_focus_shows_the_formula_of_a_cell_with_its_numbers(show_widgets, how, i, j, rule):
    page = show_widgets()
    getattr(cell(page, i, j), how)()
    assert page.locator(".jv-rule").inner_text() == rule
    assert page.locator(".jv-entry-value").inner_text() == _formatting.signed(softmax_jacobian([1.0, 0, -1])[i, j])
    assert page.locator(".jv-what b").all_inner_texts() == [ANIMALS[j], ANIMALS[i]]


def test_after_hovering_the_focused_cell_is_shown_again(show_widgets):
    page = show_widgets()
    cell(page, 2, 1).focus()
    cell(page, 0, 0).hover()
    page.locator("h1").hover()
    assert page.locator(".jv-entry-value").inner_text() == _formatting.signed(softmax_jacobian([1.0, 0, -1])[2, 1])


@pytest.mark.parametrize(("key", "shown"), [("ArrowRight", (1, 2)), ("ArrowLeft", (1, 0)), ("Home", (1, 0))])
def test_a_mouse_that_rests_gives_way_to_the_keys_until_it_moves(show_widgets, key, shown):
    page = show_widgets()
    jacobian = softmax_jacobian([1.0, 0, -1])
    value = page.locator(".jv-entry-value")
    cell(page, 1, 1 if key != "Home" else 0).focus()
    box = cell(page, 0, 0).bounding_box()
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    assert value.inner_text() == _formatting.signed(jacobian[0, 0])
    page.keyboard.press(key)
    assert value.inner_text() == _formatting.signed(jacobian[shown])
    page.mouse.move(box["x"] + 12, box["y"] + 9)
    assert value.inner_text() == _formatting.signed(jacobian[0, 0])


def test_the_chosen_cell_is_pressed_and_no_other(show_widgets):
    page = show_widgets()
    cell(page, 2, 1).focus()
    cell(page, 0, 0).hover()  # shown, but not chosen
    pressed = page.locator(".jv-cell[aria-pressed='true']")
    assert pressed.evaluate_all("nodes => nodes.map(node => node.dataset.slIndex)") == ["2,1"]


def test_arrows_lead_from_cell_to_cell_and_one_cell_is_reached_by_tab(show_widgets):
    page = show_widgets()
    cell(page, 1, 0).focus()
    visited = []
    keys = ["ArrowRight", "ArrowUp", "ArrowUp", "End", "PageDown", "Home", "ArrowLeft", "PageUp", "ArrowDown"]
    for key in keys:
        page.keyboard.press(key)
        visited.append(page.evaluate("document.activeElement.dataset.slIndex"))
    assert visited == ["1,1", "0,1", "0,1", "0,2", "2,2", "2,0", "2,0", "0,0", "1,0"]
    assert page.locator(".jv-cell[tabindex='0']").count() == 1


def test_the_entry_is_spoken_after_a_pause(show_widgets):
    page = show_widgets()
    cell(page, 2, 0).focus()
    page.wait_for_function("document.querySelector('.sl-spoken').textContent")
    assert page.locator(".sl-spoken").text_content() == "Raise cat: bird changes at −0.060, minus 0.090 times 0.665."


def test_a_negative_entry_is_told_by_its_sign_at_every_width(show_widgets):
    for width in (320, 1280):
        page = show_widgets(JacobianView(logits=[0] * 10), width=width)
        assert page.locator(".jv-cell").nth(1).inner_text().strip()[0] == "−"
        assert page.locator(".jv-cell").nth(0).inner_text().strip()[0] == "+"


def test_what_is_out_of_sight_is_drawn_when_the_hand_lets_go_or_rests(show_widgets, page):
    page.clock.install(time=0)
    show_widgets(JacobianView(logits=np.linspace(-1, 1, 10)))
    page.set_viewport_size({"width": 1280, "height": 400})
    for _ in range(3):  # frames: the browser has told what is in sight
        page.evaluate("new Promise((done) => requestAnimationFrame(done))")
    page.clock.pause_at(3600)  # nothing rests until it is told to
    handle = page.get_by_role("slider", name="class 0: logit")
    box = handle.bounding_box()
    middle = box["y"] + box["height"] / 2

    def seen():
        return texts(page, ".jv-p"), texts(page, ".jv-class > .is-direct"), texts(page, ".jv-lambdas .sl-value")

    def wanted():
        probs = [float(p) for p in seen()[0]]
        logits = np.linspace(-1, 1, 10)
        logits[0] = float(handle.input_value())
        assert probs == [round(p, 3) for p in softmax(logits)]
        return [picture.entry_text(x) for x in softmax_jvp(logits, np.eye(10)[0])]

    page.get_by_role("slider", name="class 1: logit").focus()  # which the press takes away from it
    page.mouse.move(box["x"] + box["width"] * 0.5, middle)
    page.mouse.down()
    page.clock.run_for(300)  # what the press itself changed is drawn
    before = seen()
    page.mouse.move(box["x"] + box["width"] * 0.8, middle)
    after = seen()
    assert after[0] != before[0]
    assert after[1:] == before[1:]  # a push and an eigenvalue are far below
    page.clock.run_for(300)  # rests
    assert seen()[1] == wanted()
    page.mouse.move(box["x"] + box["width"] * 0.3, middle)
    page.mouse.up()
    assert seen()[1] == wanted()
    assert seen()[2] != before[2]


def test_the_rows_sums_are_zero_whatever_the_logits(show_widgets):
    page = show_widgets(JacobianView(logits=[3.3, -0.7, 1.9, 0.2]))
    for key in ("PageUp", "End", "Home"):
        page.get_by_role("slider", name="class 2: logit").press(key)
        assert texts(page, ".jv-sum .sl-value") == ["0.000"] * 4


# ---- The push ----


def test_both_ways_to_the_product_agree_while_v_is_dragged(show_widgets):
    page = show_widgets()
    tangent = [1.0, 0.0, 0.0]
    for i, velocity in [(1, -0.35), (2, 0.8), (0, -1)]:
        push(page, ANIMALS[i], velocity)
        tangent[i] = velocity
        expected = [picture.entry_text(x) for x in softmax_jvp([1.0, 0, -1], tangent)]
        assert texts(page, ".jv-class > .is-table") == texts(page, ".jv-class > .is-direct") == expected


@pytest.mark.parametrize("width", [390, 1280])
def test_bars_are_as_long_as_their_numbers_and_point_their_way(show_widgets, width):
    logits, tangent = [1.0, 0, -1], [0.5, -1, 0.25]
    page = show_widgets(JacobianView(logits=logits, tangent=tangent), width=width)
    bars = page.locator(".jv-pushes .jv-class").evaluate_all(
        """(nodes) => nodes.map((node) => [...node.querySelectorAll("rect")].map((rect) => {
            const track = node.querySelector(".jv-track").getBoundingClientRect();
            const bar = rect.getBoundingClientRect();
            return [(bar.left - track.left) / track.width, (bar.right - track.left) / track.width];
        }))"""
    )
    for both, change in zip(bars, softmax_jvp(logits, tangent), strict=True):
        ends = [0.5 + min(0, change), 0.5 + max(0, change)]
        np.testing.assert_allclose(both, [ends, ends], atol=1e-3)  # layout is in steps of 1/64 pixel


def test_pushing_all_scores_alike_shows_zeros(show_widgets):
    page = show_widgets(JacobianView(logits=[0.3, 0.2, -1.7]))
    for i in range(3):
        push(page, f"class {i}", 0.7)
    assert set(texts(page, ".jv-class > .is-table") + texts(page, ".jv-class > .is-direct")) == {"0.000"}
    assert not page.locator(".jv-tip").is_visible()


def test_the_arrow_is_the_product_and_the_curve_runs_through_the_point_along_it(show_widgets):
    logits, tangent = np.array([1.0, 0, -1]), np.array([0.5, -1, 0.25])
    page = show_widgets(JacobianView(logits=logits, tangent=tangent))
    drawn = page.locator(".jv-triangle").evaluate(
        """(node) => {
            const number = (shape, names) => names.map((name) => Number(node.querySelector(shape).getAttribute(name)));
            const points = node.querySelector(".jv-curve").getAttribute("points");
            return { arrow: number(".jv-arrow", ["x1", "y1", "x2", "y2"]), point: number(".jv-point", ["cx", "cy"]),
                ring: number(".jv-ring", ["cx", "cy"]), curve: points.split(" ").map((p) => p.split(",").map(Number)) };
        }"""
    )
    place, slope = picture.place(softmax(logits)), picture.place(softmax_jvp(logits, tangent))
    places = {"point": place, "arrow": [*place, *(place + slope)], "ring": picture.place(softmax(logits + tangent))}
    for name, wanted in places.items():
        np.testing.assert_allclose(drawn[name], wanted, atol=0.005)  # written with two decimals
    curve = picture.place(softmax(logits + picture.steps(logits, tangent)[:, None] * tangent))
    np.testing.assert_allclose(drawn["curve"], curve, atol=0.006)  # two decimals, written after other arithmetic


def test_the_triangle_is_there_for_three_classes_only(show_widgets):
    page = show_widgets()
    for name, count in [("Add class", 0), ("Remove class", 1), ("Remove class", 0), ("Add class", 1)]:
        page.get_by_role("button", name=name).click()
        assert page.locator(".jv-triangle").count() == count


# ---- Links and the address ----


def linked(**options):
    explorer = LogitExplorer(logits=[1, 0, -1], labels=ANIMALS, **options)
    view = JacobianView(logits=[1, 0, -1], labels=ANIMALS)
    links = [ipywidgets.jslink((explorer, name), (view, name)) for name in ("logits", "temperature")]
    return (explorer, view), links


def test_linked_to_an_explorer_both_show_the_same_probabilities(show_widgets):
    widgets, links = linked(url_state=False)
    page = show_widgets(*widgets, links=links)
    page.locator(".le").get_by_role("slider", name="cat: logit").press("PageUp")
    page.locator(".le").get_by_role("slider", name="Temperature").press("End")
    page.locator(".jv").get_by_role("slider", name="bird: logit").press("End")
    page.locator(".jv").get_by_role("button", name="Add class").click()
    wanted = [f"{p:.3f}" for p in softmax(np.array([2, 0, 10, 0]) / 10)]
    assert texts(page, ".jv-p") == texts(page, ".le-p-value") == wanted
    assert "At T = 10.00" in page.locator(".jv-hint").inner_text()


def test_the_address_keeps_what_a_linked_explorer_changed(show_widgets):
    widgets, links = linked(url_state=False)
    page = show_widgets(*widgets, links=links)
    page.locator(".le").get_by_role("slider", name="cat: logit").press("PageUp")
    address_settles(page)
    assert page.url.split("#")[1] == "j.logits=2,0,-1&j.t=1&j.v=1,0,0&j.cell=1,0"
    page.go_back()
    assert texts(page, ".jv-p") == texts(page, ".le-p-value") == [f"{p:.3f}" for p in softmax([1, 0, -1])]


def test_the_state_is_in_the_address_and_comes_back_from_it(show_widgets):
    page = show_widgets()
    push(page, "dog", -0.5)
    page.get_by_role("slider", name="cat: logit").press("End")
    address_settles(page)
    fragment = "j.logits=10,0,-1&j.t=1&j.v=1,-0.5,0&j.cell=1,0"
    assert page.url.split("#")[1] == fragment
    before = page.locator(".jv").inner_text()
    page.reload()
    page.locator("[data-sl-ready]").wait_for()
    assert page.locator(".jv").inner_text() == before


@pytest.mark.parametrize(
    "junk", ["j.logits=1", "j.logits=a,b", "j.t=0", "j.v=1,2,3", "j.v=1,1", "j.cell=3,0", "j.cell=0.5,1", "j.cell=1"]
)
def test_junk_in_the_address_is_ignored_piece_by_piece(show_widgets, junk):
    page = show_widgets(fragment=f"#{junk}&logits=5,5&j.unknown=1")
    assert texts(page, ".jv-p") == [f"{p:.3f}" for p in softmax([1, 0, -1])]
    assert page.locator(".jv-entry-value").inner_text() == _formatting.signed(softmax_jacobian([1.0, 0, -1])[1, 0])
    assert texts(page, ".jv-v") == ["+1.000", "0.000", "0.000"]


def test_reset_brings_back_how_it_came(show_widgets):
    page = show_widgets()
    before = page.locator(".jv").inner_text()
    for name in ("Random", "Add class", "Add class"):
        page.get_by_role("button", name=name).click()
    page.get_by_role("button", name="Reset").click()
    assert page.locator(".jv").inner_text() == before


# ---- The still ----


@pytest.mark.parametrize("count", [2, 3, 4, 10])
def test_the_still_says_what_the_widget_says(browser, show_widgets, count):
    logits = [2, 1, 0.1, -3, 4, 0, -1.5, 3.2, -6, 0.7][:count]
    tangent = [0.5, -1, 0.25, 0.8, 0, 0, 1, -0.05, 0.3, 0.1][:count]
    view = JacobianView(logits=logits, tangent=tangent, cell=(1, 1), labels=["cat", "<dog>"])
    page = show_widgets(view)
    live = page.locator(".jv").evaluate(
        """(root, still) => {
            const parts = ".jv-table, .jv-entry, .jv-lambdas, .jv-class, .jv-head, figcaption, .jv-caption, text";
            // a class without its number field: the still has another in its place
            const read = (node) => [...node.querySelectorAll(parts)].map((part) => {
                const copy = part.cloneNode(true);
                copy.querySelectorAll("[hidden], .sl-field").forEach((unseen) => unseen.remove());
                return copy.textContent.replace(/\\s+/g, "");
            });
            const place = document.createElement("div");
            place.innerHTML = still;
            return [read(root), read(place)];
        }""",
        view.still(),
    )
    assert live[0] == live[1]
    assert len(live[0]) > 2 * count
