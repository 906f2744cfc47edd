"""The JavaScript that widgets share against softmaxlab: 2,400 vectors through each engine and through NumPy."""

import json

import numpy as np
import pytest

import softmaxlab
from softmaxlab import _formatting

COUNT = 2400
TIGHT = 1e-13  # the promised relative error; measured: at most 1.2e-15
EPS = np.finfo(float).eps
TINY = 2 * np.nextafter(0.0, 1.0)  # results below 2e-308 have few bits left: no relative error to speak of


def vectors():
    """Vectors of every kind the widgets may meet, the same in each run."""
    rng = np.random.default_rng(20260)
    kinds = (
        lambda x: x,
        lambda x: np.round(x),  # ties
        lambda x: np.full_like(x, x[0]),  # nothing but ties
        lambda x: x + rng.choice([-1, 1]) * 10.0 ** rng.uniform(3, 12),  # huge shifts
        lambda x: np.where((rng.random(x.size) < 0.3) & (np.arange(x.size) != x.argmax()), -np.inf, x),
        lambda x: np.sort(x) * 100,  # saturated: most of exp underflows
    )
    for i in range(COUNT):
        size = (1, 2, 1000)[i % 100] if i % 100 < 3 else int(10 ** rng.uniform(0, 3))
        yield kinds[i % len(kinds)](rng.normal(size=size) * 10.0 ** rng.uniform(-3, 3))


@pytest.fixture(scope="module")
def vectors_and_classes():
    rng = np.random.default_rng(3)
    return [(x, int(rng.integers(x.size))) for x in vectors()]


@pytest.fixture(scope="module")
def core_tab(empty_tab):
    """A page in each engine that holds the modules as `core`."""
    empty_tab.evaluate("""async () => {
            const all = ["softmax", "format", "fields"].map((name) => import(`/widgets/_runtime/${name}.js`));
            globalThis.core = Object.assign({}, ...(await Promise.all(all)));
        }""")
    return empty_tab


@pytest.fixture(scope="module")
def js_answers(core_tab, vectors_and_classes):
    """What the JavaScript says of each vector. JSON has no −inf: it travels as null."""
    sent = [[[None if np.isneginf(a) else a for a in x.tolist()], y] for x, y in vectors_and_classes]
    found = core_tab.evaluate(
        """(text) => {
            const { softmax, logSoftmax, logsumexp, crossEntropy, crossEntropyGrad } = core;
            const answer = ([sent, y]) => {
                const x = sent.map((a) => a ?? -Infinity);
                return [softmax(x), logSoftmax(x), logsumexp(x), crossEntropy(x, y), crossEntropyGrad(x, y)];
            };
            const spell = (_, a) => a === -Infinity ? "-inf" : a === Infinity ? "inf" : a;
            return JSON.stringify(JSON.parse(text).map(answer), spell);
        }""",
        json.dumps(sent),
    )
    names = ("softmax", "log_softmax", "logsumexp", "cross_entropy", "cross_entropy_grad")
    rows = [[np.array(part, dtype=float) for part in row] for row in json.loads(found)]
    return dict(zip(names, zip(*rows, strict=True), strict=True))


def assert_close(answers, expected, reason):
    """Each answer within TIGHT of what NumPy says, or within the floor beside it where that is more."""
    assert len(answers) == len(expected) >= 2000
    for found, (wanted, floor) in zip(answers, expected, strict=True):
        same = found == wanted  # infinities too
        with np.errstate(invalid="ignore"):
            error = np.abs(found - wanted)
        assert np.all(same | (error <= np.maximum(TIGHT * np.abs(wanted), floor))), reason


def test_the_vectors_are_of_every_size_and_scale(vectors_and_classes):
    sizes = {x.size for x, _ in vectors_and_classes}
    assert {1, 2, 1000} <= sizes
    assert any(np.isneginf(x).any() for x, _ in vectors_and_classes)
    spread = [np.ptp(x) for x, _ in vectors_and_classes if x.size > 1 and np.isfinite(x).all()]
    assert min(spread) < 1e-2
    assert max(spread) > 1e3


@pytest.fixture(scope="module")  # once for all engines
def numpy_answers(vectors_and_classes):
    """What NumPy says of each vector."""
    logits, labelled = [(x,) for x, _ in vectors_and_classes], vectors_and_classes
    given = {"softmax": logits, "log_softmax": logits, "logsumexp": logits}
    given |= {"cross_entropy": labelled, "cross_entropy_grad": labelled}
    return {name: [getattr(softmaxlab, name)(*args) for args in cases] for name, cases in given.items()}


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "cross_entropy", "cross_entropy_grad"])
def test_a_function_agrees_with_numpy(js_answers, numpy_answers, name):
    assert_close(js_answers[name], [(wanted, TINY) for wanted in numpy_answers[name]], "subnormal results")


def test_logsumexp_agrees_with_numpy(js_answers, numpy_answers, vectors_and_classes):
    # peak + log(sum) may cancel: its error is relative to the terms, not to their sum.
    floors = [4 * EPS * (np.abs(x.max()) + np.log(x.size)) for x, _ in vectors_and_classes]
    expected = list(zip(numpy_answers["logsumexp"], floors, strict=True))
    assert_close(js_answers["logsumexp"], expected, "rounding of the two terms")


@pytest.mark.parametrize("bad", ["NaN", "Infinity"])
def test_nan_and_infinity_give_nan_as_in_numpy(core_tab, bad):
    js = core_tab.evaluate(f"[...core.softmax([1, {bad}, 2]), ...core.logSoftmax([{bad}, 0, 0])]")
    number = float(bad)
    python = [*softmaxlab.softmax([1, number, 2]), *softmaxlab.log_softmax([number, 0, 0])]
    np.testing.assert_array_equal(js, python)


def test_logsumexp_of_impossible_classes_is_minus_infinity_as_in_numpy(core_tab):
    assert core_tab.evaluate("core.logsumexp([-Infinity, -Infinity])") == softmaxlab.logsumexp([-np.inf, -np.inf])


# ---- Text: the still is written by Python, the widget by JavaScript, and nobody should see a difference ----


@pytest.fixture(scope="module")
def numbers():
    rng = np.random.default_rng(7)
    spread = 10.0 ** rng.uniform(-320, 308, 500)
    near = rng.uniform(0, 1, 500)
    edges = np.array([0.0, 1.0, 0.0005, 0.00049999, 0.9995, 0.001, 99999.4, 99999.6, 1e5, 9.9999, 5e-324])
    return np.concatenate([spread, near, near * 1e4, edges])


@pytest.mark.parametrize("name", ["decimals", "magnitude", "signed", "scientific"])
def test_numbers_print_alike_in_both_languages(core_tab, numbers, name):
    given = numbers[numbers > 0] if name == "magnitude" else numbers
    given = np.concatenate([given, -given]) if name in ("signed", "scientific") else given
    if name in ("decimals", "signed"):
        given = given[np.abs(given) < 1e21]  # what they print is a probability, a gradient or a loss
    given = given[(given != 0) | ~np.signbit(given)].tolist()  # −0 never gets that far
    expected = [getattr(_formatting, name)(x) for x in given]
    assert core_tab.evaluate(f"(numbers) => numbers.map((x) => core.{name}(x))", given) == expected


def test_logits_print_alike_in_both_languages(core_tab):
    rng = np.random.default_rng(1)
    wide, small = rng.uniform(-1000, 1000, 300), 10.0 ** -rng.uniform(0, 20, 200)
    given = [*wide.tolist(), *wide.round(3).tolist(), *small.tolist(), 0.0, -1000.0, 0.1 + 0.2, 1e-6, 1e-7]
    assert core_tab.evaluate("(numbers) => numbers.map(core.plain)", given) == [_formatting.plain(x) for x in given]


def test_powers_print_alike_in_both_languages(core_tab):
    edges = [0.0, 709.78, 709.79, -745.1, -745.2, 10000.0, -10000.0]
    given = np.random.default_rng(2).uniform(-2000, 2000, 500).tolist() + edges
    found = core_tab.evaluate("(numbers) => numbers.map((x) => Object.values(core.exponential(x)))", given)
    for x, (text, note) in zip(given, found, strict=True):
        power, reason = _formatting.exponential(x)
        as_html = text.replace("*e*^", "<i>e</i><sup>").replace("^", "</sup>")
        assert (as_html, note) == (power, reason)


# ---- Typed numbers ----


@pytest.mark.parametrize(
    ("typed", "value"),
    [("2", 2), (" -0.5 ", -0.5), ("−3", -3), ("+1e2", 100), (".5", 0.5), ("5.", 5), ("1E-2", 0.01)],
)
def test_numbers_are_read_as_typed(core_tab, typed, value):
    assert core_tab.evaluate("(text) => core.parseNumber(text, -1000, 1000)", typed) == {"value": value}


@pytest.mark.parametrize(
    "typed", ["abc", "1e999", "-1e999", "1000.1", "--", "0x10", "Infinity", "NaN", "1 2", "1,5", "²", "-999,999"]
)
def test_junk_is_refused_with_words(core_tab, typed):
    answer = core_tab.evaluate("(text) => core.parseNumber(text, -1000, 1000)", typed)
    assert "value" not in answer
    assert 10 < len(answer["error"]) < 40
    assert not answer.get("unfinished")


def test_a_comma_may_be_meant_for_thousands(core_tab):
    answer = core_tab.evaluate("(text) => core.parseNumber(text, -1000, 1000)", "1,000")
    assert answer["error"] == "Write 1000 or 1.000: no comma."


@pytest.mark.parametrize("typed", ["", "-", "1e", "1e-", ".", "-."])
def test_a_number_on_its_way_is_told_from_junk(core_tab, typed):
    answer = core_tab.evaluate("(text) => core.parseNumber(text, -1000, 1000)", typed)
    assert answer["error"]
    assert answer["unfinished"]
