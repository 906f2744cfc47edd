"""Print the worst error of every installed library, in ulps, and what hill climbing finds against ours.

Ulps are those of `softmaxlab.accuracy.reference`, over the families of `softmaxlab.accuracy.cases` with up to 65
classes. "win" is the loss or the gradient at the most likely class, "lose" at the least likely one. An error of 2**53
ulps or so means that 0 was returned: no digit is right.
"""

import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from libraries import installed

import softmaxlab
from softmaxlab.accuracy import reference
from softmaxlab.accuracy.cases import families
from softmaxlab.pitfalls import max_shifted

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = ("softmax", "log_softmax", "logsumexp", "loss win", "loss lose", "grad win", "grad lose")


def subjects():
    """Each library as functions of (logits, labels): one result for each row."""
    found = {
        "softmaxlab": (
            softmaxlab.softmax,
            softmaxlab.log_softmax,
            softmaxlab.logsumexp,
            lambda x, y: softmaxlab.cross_entropy(x, y, reduction="none"),
            lambda x, y: softmaxlab.cross_entropy_grad(x, y, reduction="none"),
        ),
        "shifted rung": (
            max_shifted.softmax_shifted,
            max_shifted.log_softmax_shifted,
            max_shifted.logsumexp_shifted,
            max_shifted.cross_entropy_shifted,
            max_shifted.cross_entropy_grad_shifted,
        ),
        "scipy": scipy_functions(),
        "sklearn": (None, None, None, lambda x, y: sklearn_loss(x, y)[0], lambda x, y: sklearn_loss(x, y)[1]),
    }
    names = installed()
    if "torch" in names:
        found["torch"] = torch_functions()
    if "jax" in names:
        found["jax"] = jax_functions()
    return found


def scipy_functions():
    """SciPy has no loss: the usual way is −log_softmax at the label, and p − y."""
    from scipy import special

    def softmax(x):
        return special.softmax(x, axis=-1)

    def log_softmax(x):
        return special.log_softmax(x, axis=-1)

    return (
        softmax,
        log_softmax,
        lambda x: special.logsumexp(x, axis=-1),
        lambda x, y: -log_softmax(x)[np.arange(len(x)), y],
        lambda x, y: softmax(x) - np.eye(x.shape[1], dtype=x.dtype)[y],
    )


def sklearn_loss(x, y):
    """Losses and gradients of rows; it knows three classes or more."""
    from sklearn._loss.loss import HalfMultinomialLoss

    if x.shape[1] < 3:
        return np.full(len(x), np.nan, x.dtype), np.full(x.shape, np.nan, x.dtype)
    loss = HalfMultinomialLoss(n_classes=x.shape[1])
    return loss.loss_gradient(y_true=y.astype(x.dtype), raw_prediction=np.ascontiguousarray(x), n_threads=1)


def torch_functions():
    """PyTorch; the gradient by autograd."""
    import torch

    def grad(x, y):
        leaf = torch.from_numpy(x).requires_grad_(True)
        torch.nn.functional.cross_entropy(leaf, torch.from_numpy(y), reduction="sum").backward()
        return leaf.grad.numpy()

    return (
        lambda x: torch.softmax(torch.from_numpy(x), -1).numpy(),
        lambda x: torch.log_softmax(torch.from_numpy(x), -1).numpy(),
        lambda x: torch.logsumexp(torch.from_numpy(x), -1).numpy(),
        lambda x, y: torch.nn.functional.cross_entropy(
            torch.from_numpy(x), torch.from_numpy(y), reduction="none"
        ).numpy(),
        grad,
    )


def jax_functions():
    """JAX; the gradient by jax.grad."""
    import jax
    import jax.numpy as jnp

    def losses(x, y):
        return -jnp.take_along_axis(jax.nn.log_softmax(x, -1), y[:, None], -1)[:, 0]

    return (
        lambda x: np.asarray(jax.nn.softmax(jnp.asarray(x), -1)),
        lambda x: np.asarray(jax.nn.log_softmax(jnp.asarray(x), -1)),
        lambda x: np.asarray(jax.nn.logsumexp(jnp.asarray(x), -1)),
        lambda x, y: np.asarray(losses(jnp.asarray(x), y)),
        lambda x, y: np.asarray(jax.grad(lambda x: losses(x, y).sum())(jnp.asarray(x))),
    )


def table(dtype):
    """Worst error of each library in each column."""
    libraries = subjects()
    worst = {name: np.zeros(len(COLUMNS)) for name in libraries}
    for logits in families(dtype).values():
        if logits.shape[1] > 65:
            continue
        win, lose = np.argmax(logits, axis=-1), np.argmin(logits, axis=-1)
        total = reference.logsumexp(logits)
        at = np.maximum(np.abs(total), np.abs(np.max(logits, axis=-1)).astype(float))
        truths = [reference.softmax(logits), reference.log_softmax(logits), total]
        truths += [reference.cross_entropy(logits, y) for y in (win, lose)]
        truths += [reference.cross_entropy_grad(logits, y) for y in (win, lose)]
        for name, (softmax, log_softmax, logsumexp, loss, grad) in libraries.items():
            functions = (softmax, log_softmax, logsumexp, loss, loss, grad, grad)
            labels = ((), (), (), (win,), (lose,), (win,), (lose,))
            for column, (function, label, truth) in enumerate(zip(functions, labels, truths, strict=True)):
                if function and not (name == "sklearn" and logits.shape[1] < 3):
                    with np.errstate(all="ignore"):
                        errors = reference.ulps(function(logits, *label), truth, at if column == 2 else None)
                    worst[name][column] = max(worst[name][column], errors.max())
    return worst


def climb(classes, generations=150, rows=2000):
    """Change rows at random, keep what raises the worst error of any function; return the highest for each."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.accuracy_search import WIDER, hard_rows, measures, slow_measures

    random = np.random.default_rng(classes)
    found = {}
    for start in ("softmax", "log_softmax", "loss", "gradient at the label"):
        best = hard_rows(np.float64, classes, rows, random)
        label = np.argmax(best, axis=1) if start == "loss" else random.integers(classes, size=rows)
        height = measures(best, label, WIDER[np.float64])[start]
        for _ in range(generations):
            step = random.normal(size=best.shape) * 10.0 ** random.uniform(-16, 0, (rows, 1)) * (1 + np.abs(best))
            other = np.where(random.random(best.shape) < 0.5, best + step, best)
            higher = measures(other, label, WIDER[np.float64])[start]
            better = higher > height
            best[better], height[better] = other[better], higher[better]
        top = np.argsort(-height)[:20]
        found[start] = slow_measures(best[top], label[top])[start].max()  # at 60 digits
    return found


def faint_losers(seconds=60):
    """Search rows of up to 100,000 losers that nearly vanish; the worst error of each function, by format."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.accuracy_wide import WIDER, search

    random, start, worst = np.random.default_rng(0), perf_counter(), {dtype: {} for dtype in WIDER}
    while perf_counter() - start < seconds:
        for classes, rows in ((3, 3000), (12, 2000), (40, 300), (1000, 40), (100_000, 1)):
            for dtype, found in worst.items():
                with np.errstate(all="ignore"):
                    errors = search(dtype, classes, rows, random)
                found |= {name: max(error, found.get(name, 0)) for name, (error, _) in errors.items()}
    return worst


def main():
    """Print both tables for float64, the first one for float32 too."""
    for dtype in (np.float64, np.float32):
        print(f"\nworst error in ulps, {np.dtype(dtype)} (inf: nan or inf in place of a number; –: no such function)")
        print(f"{'':<14}" + "".join(f"{column:>13}" for column in COLUMNS))
        for name, errors in table(dtype).items():
            print(f"{name:<14}" + "".join(f"{error:>13.4g}" if error else f"{'–':>13}" for error in errors))
    print("\nhill climbing against softmaxlab, float64: the highest error found, in ulps")
    for classes in (2, 3, 8, 64):
        found = climb(classes, generations=150 if classes < 64 else 40, rows=2000 if classes < 64 else 300)
        print(f"{classes:>3} classes: " + ", ".join(f"{name} {error:.2f}" for name, error in found.items()))
    print("\nsearch among losers that nearly vanish, against softmaxlab: the highest error found, in ulps")
    for dtype, found in faint_losers().items():
        print(f"{np.dtype(dtype)}: " + ", ".join(f"{name} {error:.2f}" for name, error in found.items()))


if __name__ == "__main__":
    main()
