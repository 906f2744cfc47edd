"""PyTorch and JAX, live. Neither is needed to read or to test the book: `make peers` adds them.

Where one is missing its tests are skipped, unless SOFTMAXLAB_PEERS=required is set: then they fail.
"""

import importlib.util
import itertools
from pathlib import Path

import numpy as np
import pytest

from softmaxlab import (
    cross_entropy,
    cross_entropy_grad,
    cross_entropy_with_grad,
    log_softmax,
    logsumexp,
    softmax,
    softmax_jacobian,
    softmax_jvp,
)
from support.peers import peer

EPS = {dtype: float(np.finfo(dtype).eps) for dtype in ("float16", "float32", "float64")}


@pytest.fixture(scope="module")
def torch():
    return peer("torch")


@pytest.fixture(scope="module")
def jax():
    jax = peer("jax")
    with jax.enable_x64(True):  # JAX takes float64 as float32 otherwise
        yield jax


def random_logits(dtype, seed=0):
    return (np.random.default_rng(seed).normal(size=(3, 4, 5)) * 4).astype(dtype)


def assert_close(given, expected, dtype, size=1.0):
    """Allow 32 roundings of each result, and of the numbers near `size` that it is a difference of."""
    expected = np.asarray(expected)
    assert given.dtype == expected.dtype
    given, expected = given.astype(float), expected.astype(float)
    np.testing.assert_allclose(given, expected, rtol=32 * EPS[dtype], atol=32 * EPS[dtype] * size)


UNUSUAL = np.array(
    [
        [1.0, -np.inf, 2.0],
        [-np.inf, -np.inf, -np.inf],
        [np.inf, 0.0, 0.0],
        [np.inf, np.inf, -np.inf],
        [np.nan, 0.0, 0.0],
        [np.nan, np.inf, -np.inf],
        [1000.0, 1000.0, 0.0],
        [0.0, -800.0, 0.0],
    ]
)

# --- the two ways in which a missing peer is reported ---


def test_a_missing_peer_skips_with_the_command_that_adds_it(monkeypatch):
    monkeypatch.delenv("SOFTMAXLAB_PEERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs `make peers`"):
        peer("a_module_that_nobody_has")


def test_a_missing_peer_fails_where_peers_are_required(monkeypatch):
    monkeypatch.setenv("SOFTMAXLAB_PEERS", "required")
    with pytest.raises(pytest.fail.Exception, match="needs `make peers`"):
        peer("a_module_that_nobody_has")


# --- PyTorch ---

PAIRS = {"softmax": softmax, "log_softmax": log_softmax, "logsumexp": logsumexp}
pairs = pytest.mark.parametrize(("name", "ours"), PAIRS.items(), ids=PAIRS)


@pairs
@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_pytorch_agrees(torch, name, ours, dtype, axis):
    logits = random_logits(dtype)
    assert_close(ours(logits, axis), getattr(torch, name)(torch.tensor(logits), axis).numpy(), dtype)


@pairs
def test_pytorch_agrees_on_unusual_rows(torch, name, ours):
    expected = getattr(torch, name)(torch.tensor(UNUSUAL), 1).numpy()
    np.testing.assert_allclose(ours(UNUSUAL), expected, rtol=1e-15)


@pairs
@pytest.mark.parametrize("shape", [(0,), (2, 0), (0, 0), (0, 3)])
def test_pytorch_agrees_where_there_are_no_classes_or_no_rows(torch, name, ours, shape):
    empty = np.zeros(shape)
    np.testing.assert_array_equal(ours(empty, -1), getattr(torch, name)(torch.tensor(empty), -1).numpy(), strict=True)


def test_pytorch_jacobian_and_products_agree(torch):
    logits, tangent = np.random.default_rng(1).normal(size=(2, 5)) * 3

    def probs(scores):
        return torch.softmax(scores, 0)

    given = (torch.tensor(logits), torch.tensor(tangent))
    assert_close(softmax_jacobian(logits), torch.autograd.functional.jacobian(probs, given[0]).numpy(), "float64")
    moved = softmax_jvp(logits, tangent)
    assert_close(moved, torch.autograd.functional.jvp(probs, *given)[1].numpy(), "float64", 10)
    assert_close(moved, torch.autograd.functional.vjp(probs, *given)[1].numpy(), "float64", 10)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("shape", [(6,), (7, 6), (2, 6, 5), (2, 6, 3, 4)])
def test_pytorch_loss_and_gradient_agree_for_all_options(torch, dtype, soft, shape):
    rng = np.random.default_rng(2)
    axis = 0 if len(shape) == 1 else 1
    rows = np.delete(shape, axis)
    logits = (rng.normal(size=shape) * 4).astype(dtype)
    labels = rng.integers(6, size=rows)
    labels.flat[0] = 1  # never ignored, so that no mean is empty
    padded = np.where((rng.uniform(size=rows) < 0.3) & (labels != 1), -7, labels)
    soft_targets = rng.uniform(size=shape).astype(dtype)
    weights = [None, rng.uniform(0.5, 2, size=6).astype(dtype)]
    ignores = [None] if soft else [None, -7, 2]
    for reduction, weight, ignored, smoothing in itertools.product(
        ("mean", "sum", "none"), weights, ignores, (0.0, 0.25, 1.0)
    ):
        targets = soft_targets if soft else padded if ignored == -7 else labels
        scores = torch.tensor(logits, requires_grad=True)
        loss = torch.nn.functional.cross_entropy(
            scores,
            torch.tensor(targets),
            reduction=reduction,
            weight=None if weight is None else torch.tensor(weight),
            ignore_index=-100 if ignored is None else ignored,
            label_smoothing=smoothing,
        )
        loss.sum().backward()
        options = {"weight": weight, "ignore_index": ignored, "label_smoothing": smoothing}
        given = cross_entropy_with_grad(logits, targets, axis=axis, reduction=reduction, **options)
        assert_close(given[0], loss.detach().numpy(), dtype)
        assert_close(given[1], scores.grad.numpy(), dtype, size=12)  # total mass of a row: 6 classes x weight 2


def test_pytorch_half_precision_loss_agrees(torch):
    logits = random_logits("float16")[0]
    expected = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor([0, 1, 2, 3])).numpy()
    assert_close(cross_entropy(logits, [0, 1, 2, 3]), expected, "float16")


def test_pytorch_gives_nan_where_a_target_of_zero_meets_an_impossible_class_and_we_give_the_limit(torch):
    logits, targets = [[0.0, -np.inf]], [[1.0, 0.0]]
    theirs = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(targets))
    assert np.isnan(theirs.item())
    assert cross_entropy(logits, targets) == 0


def test_the_stored_table_is_what_pytorch_gives_today(torch):
    path = Path(__file__).parent / "tables" / "make_torch_table.py"
    spec = importlib.util.spec_from_file_location("make_torch_table", path)
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    stored, fresh = (
        script.json.loads(text)
        for text in (script.TABLE.read_text(encoding="utf-8"), script.dumps(script.build(torch)))
    )
    assert fresh["torch"] == stored["torch"]
    for one, other in zip(fresh["problems"], stored["problems"], strict=True):
        for new, old in zip(one.pop("results"), other.pop("results"), strict=True):
            for part in ("loss", "grad"):
                # Processors differ in the last digits of exp and log.
                numbers = (np.array(result.pop(part), dtype=float) for result in (new, old))
                np.testing.assert_allclose(*numbers, rtol=1e-5, atol=1e-6)
            assert new == old
        assert one == other


# --- JAX ---


@pairs
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_jax_agrees(jax, name, ours, dtype, axis):
    logits = random_logits(dtype)
    assert_close(ours(logits, axis), getattr(jax.nn, name)(logits, axis), dtype)


@pairs
def test_jax_agrees_on_unusual_rows(jax, name, ours):
    expected = np.asarray(getattr(jax.nn, name)(UNUSUAL, 1))
    np.testing.assert_allclose(ours(UNUSUAL), expected, rtol=1e-15)


def test_jax_jacobian_and_products_agree(jax):
    logits, tangent = np.random.default_rng(3).normal(size=(2, 5)) * 3
    assert_close(softmax_jacobian(logits), jax.jacobian(jax.nn.softmax)(logits), "float64")
    moved = softmax_jvp(logits, tangent)
    assert_close(moved, jax.jvp(jax.nn.softmax, (logits,), (tangent,))[1], "float64", 10)
    assert_close(moved, jax.vjp(jax.nn.softmax, logits)[1](tangent)[0], "float64", 10)


@pytest.mark.parametrize("soft", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.25])
def test_jax_gradient_of_the_loss_written_in_jax_agrees(jax, soft, smoothing):
    rng = np.random.default_rng(4)
    logits, labels, weight = rng.normal(size=(7, 4)) * 3, rng.integers(4, size=7), rng.uniform(0.5, 2, 4)
    targets = rng.dirichlet(np.ones(4), size=7) if soft else labels
    masses = weight * ((1 - smoothing) * (targets if soft else np.eye(4)[labels]) + smoothing / 4)

    def loss(scores):
        total = -jax.numpy.sum(masses * jax.nn.log_softmax(scores))
        return total / (7 if soft else weight[labels].sum())

    given = cross_entropy_with_grad(logits, targets, weight=weight, label_smoothing=smoothing)
    expected = jax.value_and_grad(loss)(logits)
    assert_close(given[0], expected[0], "float64", 10)
    assert_close(given[1], expected[1], "float64")


def test_jax_gradient_is_zero_at_an_impossible_class(jax):
    logits = np.array([1.0, -np.inf, 2.0])
    expected = jax.grad(lambda scores: -jax.nn.log_softmax(scores)[0])(logits)
    assert_close(cross_entropy_grad(logits, 0), expected, "float64")
