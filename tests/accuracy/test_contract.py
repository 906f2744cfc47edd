"""The contract: at most 16 ulps, held against 60 digits on every family of logits, and lost by every older way.

Each test prints the worst case that it saw: `pytest -rP` shows them.
"""

import mpmath
import numpy as np
import pytest

import softmaxlab
from softmaxlab.accuracy import reference
from softmaxlab.accuracy.cases import families
from support.accuracy import ERRORS, LIMIT, OURS, SHIFTED

FAMILIES = {dtype: families(dtype) for dtype in (np.float64, np.float32)}
QUADRATIC = ("jvp", "jacobian", "gradient of masses")  # their reference takes n² steps: up to 65 classes here
INF = np.inf


def worst(measure, box, dtype, name=""):
    """Largest error over the families, and the family it is in; printed."""
    found = max(
        (float(np.max(measure(box, logits))), family)
        for family, logits in FAMILIES[dtype].items()
        if logits.shape[1] <= 65 or name not in QUADRATIC
    )
    print(f"{name}, {np.dtype(dtype)}: {found[0]:.2f} at worst, in '{found[1]}'")
    return found[0]


@pytest.mark.parametrize("dtype", FAMILIES)
@pytest.mark.parametrize("name", ERRORS)
def test_every_function_keeps_the_contract_on_every_family(name, dtype):
    assert worst(ERRORS[name], OURS, dtype, name) <= LIMIT


# --- the older ways break it ---


def of_difference(logits):
    """Feed the core with x − max."""
    return softmaxlab.softmax(logits - np.max(logits, axis=-1, keepdims=True))


def probability_minus_one(logits, targets):
    """Type p − y, with the core's own p."""
    return softmaxlab.softmax(logits) - np.eye(logits.shape[1], dtype=logits.dtype)[targets]


@np.errstate(divide="ignore")
def log_of_softmax(logits):
    """Take the logarithm of the core's own p."""
    return np.log(softmaxlab.softmax(logits))


def loss_of_softmax(logits, targets):
    """Pick the loss from the logarithm of the core's own p."""
    return -log_of_softmax(logits)[np.arange(len(logits)), targets]


def product_with_tangent(logits, tangent):
    """Type p (v − Σ p v), with the core's own p."""
    probs = softmaxlab.softmax(logits)
    return probs * (tangent - np.sum(probs * tangent, axis=-1, keepdims=True))


def outer_product(logits):
    """Type p_i (δ_ij − p_j), with the core's own p."""
    probs = softmaxlab.softmax(logits)
    return probs[..., None] * (np.eye(logits.shape[1], dtype=logits.dtype) - probs[..., None, :])


@pytest.mark.parametrize("dtype", FAMILIES)
@pytest.mark.parametrize(
    ("box", "name"),
    [
        (SHIFTED, "softmax"),
        (SHIFTED, "log_softmax"),
        (SHIFTED, "logsumexp"),
        (SHIFTED, "loss of labels"),
        (SHIFTED, "gradient of labels"),
        (SHIFTED, "jvp"),
        (OURS._replace(softmax=of_difference), "softmax"),
        (OURS._replace(cross_entropy_grad=probability_minus_one), "gradient of labels"),
        (OURS._replace(log_softmax=log_of_softmax), "log_softmax"),
        (OURS._replace(cross_entropy=loss_of_softmax), "loss of labels"),
        (OURS._replace(softmax_jvp=product_with_tangent), "jvp"),
        (OURS._replace(softmax_jacobian=outer_product), "jacobian"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the older ways overflow or divide by 0 on some families
def test_an_older_way_breaks_the_contract(box, name, dtype):
    assert worst(ERRORS[name], box, dtype, name) > LIMIT


# --- many classes ---


def counted_reference(values, counts, label):
    """Softmax, loss and gradient at the label, for a row in which values[i] stands counts[i] times."""
    with mpmath.workdps(60):
        terms = [mpmath.exp(mpmath.mpf(float(value))) for value in values]
        total = mpmath.fsum(term * int(count) for term, count in zip(terms, counts, strict=True))
        rest = mpmath.fsum(t * int(c - (i == label)) for i, (t, c) in enumerate(zip(terms, counts, strict=True)))
        loss = mpmath.log1p(rest / terms[label])
        return [term / total for term in terms], loss, -rest / total


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("spread", [0.0, 1.0, 5.0])
@pytest.mark.parametrize("lead", [0.0, 20.0])
@pytest.mark.parametrize("axis", [-1, 0])
def test_a_million_classes_keep_the_contract(dtype, spread, lead, axis):
    random = np.random.default_rng(3)
    values = (random.normal(size=200) * spread + 0.1).astype(dtype)  # so few that 60 digits are quick
    values[0] += dtype(lead)
    which = random.integers(1, 200, size=10**6)
    which[:200] = np.arange(200)
    counts, label = np.bincount(which), 0
    probs, loss, slope = counted_reference(values, counts, label)
    row = values[which]
    given = np.stack([row, row[::-1]], axis=1 + axis)  # two rows, along either axis
    results = softmaxlab.softmax(given, axis)
    losses, grads = softmaxlab.cross_entropy_with_grad(given, [label, 10**6 - 1], axis=axis, reduction="none")
    for index, order in enumerate((slice(None), slice(None, None, -1))):
        first = [np.flatnonzero(which[order] == value)[0] for value in range(200)]
        errors = {
            "softmax": reference.ulps(np.take(results, index, 1 + axis)[first], probs).max(),
            "loss": reference.ulps(losses[index], loss).max(),
            "gradient": reference.ulps(np.take(grads, index, 1 + axis)[order][label], slope).max(),
            "other gradients": reference.ulps(np.take(grads, index, 1 + axis)[first[1:]], probs[1:]).max(),
        }
        print({name: round(float(error), 2) for name, error in errors.items()})
        assert max(errors.values()) <= LIMIT


# --- axes, dtypes, options: the same contract ---


@pytest.mark.parametrize("dtype", FAMILIES)
@pytest.mark.parametrize("family", FAMILIES[np.float64])
def test_the_contract_holds_along_any_axis(family, dtype):
    logits = FAMILIES[dtype][family]
    blocks = np.stack([logits, logits[::-1]], axis=1)  # (rows, 2, n)
    truth, logs = reference.softmax(blocks), reference.log_softmax(blocks)
    for axis in (0, 1, 2):
        turned = np.moveaxis(blocks, -1, axis)
        found = np.moveaxis(softmaxlab.softmax(turned, axis), axis, -1)
        found_logs = np.moveaxis(softmaxlab.log_softmax(turned, axis), axis, -1)
        assert reference.ulps(found, truth).max() <= LIMIT
        assert reference.ulps(found_logs, logs).max() <= LIMIT


@pytest.mark.parametrize("dtype", FAMILIES)
@pytest.mark.parametrize("family", ["scale 1", "scale 100", "saturated", "subnormal results"])
def test_one_hot_targets_keep_the_contract_of_labels(family, dtype):
    logits = FAMILIES[dtype][family]
    for label in (np.argmax(logits, -1), np.argmin(logits, -1)):
        one_hot = np.eye(logits.shape[1], dtype=dtype)[label]
        losses, grad = softmaxlab.cross_entropy_with_grad(logits, one_hot, reduction="none")
        assert reference.ulps(losses, reference.cross_entropy(logits, label)).max() <= LIMIT
        assert reference.ulps(grad, reference.cross_entropy_grad(logits, label)).max() <= LIMIT


@pytest.mark.parametrize("dtype", FAMILIES)
def test_weight_smoothing_and_mean_keep_the_contract(dtype):
    logits = FAMILIES[dtype]["scale 10"]
    label, weight, smoothing = np.argmin(logits, -1), np.arange(1, 7, dtype=dtype) / 4, 0.125  # all exact
    spread = np.full(logits.shape, mpmath.mpf(smoothing) / 6)
    spread[np.arange(len(label)), label] += 1 - smoothing
    masses = spread * np.array([mpmath.mpf(float(w)) for w in weight])
    loss = softmaxlab.cross_entropy(logits, label, weight=weight, label_smoothing=smoothing)
    with mpmath.workdps(60):
        truth = mpmath.fsum(reference.cross_entropy(logits, masses)) / float(np.sum(weight[label]))
    assert reference.ulps(loss, truth) <= LIMIT
    grad = softmaxlab.cross_entropy_grad(logits, label, weight=weight)
    with mpmath.workdps(60):
        factor = np.array([mpmath.mpf(float(w)) for w in weight[label]]) / float(np.sum(weight[label]))
        slopes = reference.cross_entropy_grad(logits, label) * factor[:, None]
    assert reference.ulps(grad, slopes).max() <= LIMIT


@pytest.mark.parametrize("classes", [1, 2, 6, 100])
def test_a_mean_over_rows_near_overflow_keeps_the_contract(classes):
    # The total of such a row times the number of rows is no float any more.
    logits = np.random.default_rng(4).normal(size=(50, classes)) + 709 - np.log(classes) - 4
    label = np.zeros(50, int)
    grad = softmaxlab.cross_entropy_grad(logits, label)
    truth = reference.cross_entropy_grad(logits, label) / mpmath.mpf(50)
    assert reference.ulps(grad, truth).max() <= LIMIT


def test_float16_is_right_to_its_last_place_where_it_is_not_near_a_tie():
    logits = (np.random.default_rng(5).normal(size=(50, 8)) * 5).astype(np.float16)
    for ours, exact in ((softmaxlab.softmax, reference.softmax), (softmaxlab.log_softmax, reference.log_softmax)):
        # Half an ulp of the last rounding, and 16 ulps of float32, each 2**-13 ulp of float16.
        assert reference.ulps(ours(logits), exact(logits)).max() <= 0.5 + 16 / 2**13


def test_integers_keep_the_contract():
    logits = np.random.default_rng(6).integers(-50, 50, size=(20, 5))
    assert reference.ulps(softmaxlab.softmax(logits), reference.softmax(logits)).max() <= LIMIT


def test_the_examples_of_the_package_are_right():
    assert softmaxlab.cross_entropy([0.0, -50.0], 0) == float(reference.cross_entropy([0, -50], 0))
    assert softmaxlab.cross_entropy_grad([0.0, -50.0], 0)[0] == -softmaxlab.softmax([0.0, -50.0])[1]
