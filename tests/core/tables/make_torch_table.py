"""Write torch_cross_entropy.json: losses and gradients as PyTorch computes them, with the inputs.

Needs PyTorch (`make peers`). Run it from the top of the repository:

    .venv/bin/python tests/core/tables/make_torch_table.py
"""

import itertools
import json
import math
from pathlib import Path

import numpy as np

SEED = 20
TABLE = Path(__file__).with_name("torch_cross_entropy.json")
WEIGHT = [0.5, 2.0, 0.0, 1.25]  # one class of weight 0
IGNORED = 1
SHAPES = {"one row": (4,), "rows": (3, 4), "rows and positions": (2, 4, 3)}  # PyTorch's class axis: 0, 1, 1
INF, NAN = math.inf, math.nan


def inputs():
    """Yield (name, logits, targets) for every kind of target and shape, then special rows."""
    rng = np.random.default_rng(SEED)
    for name, shape in SHAPES.items():
        logits = np.round(rng.normal(size=shape) * 3, 3)
        rows = np.delete(shape, class_axis(shape))
        yield f"{name}, indices", logits, rng.integers(4, size=rows)
        yield f"{name}, probabilities", logits, np.round(rng.uniform(size=shape), 3)  # sums differ from 1
    yield "huge", np.array([[1000.0, 0, 0, 0], [0, -1000, -1000, 1]]), np.array([0, 1])
    yield "impossible class", np.array([[1.0, -INF, 0, 0], [-INF, 0, 1, -INF]]), np.array([0, 2])
    yield "impossible label", np.array([[1.0, -INF, 0, 0], [2, 0, 1, 0]]), np.array([1, 0])
    for row in ([-INF, -INF, -INF, -INF], [INF, 0, 0, 0], [NAN, 0, 0, 0]):
        yield f"row {row}", np.array([row, [2, 0, 1, 0]]), np.array([0, 1])
    yield "only ignored labels", np.array([[1.0, 2, 3, 4]]), np.array([IGNORED])
    yield "no rows, indices", np.zeros((0, 4)), np.zeros(0, int)
    yield "no rows, probabilities", np.zeros((0, 4)), np.zeros((0, 4))


def class_axis(shape):
    """PyTorch's class axis: 0 for one row, else 1."""
    return 0 if len(shape) == 1 else 1


def options(name, targets):
    """Yield the combinations of options to compute."""
    ignored = [None] if targets.dtype.kind == "f" else [None, IGNORED]
    smoothings = [0.0, 0.1, 1.0] if name.partition(",")[0] in SHAPES else [0.0]
    names = ("reduction", "weight", "ignore_index", "label_smoothing", "dtype")
    grid = (["mean", "sum", "none"], [None, WEIGHT], ignored, smoothings, ["float64", "float32"])
    for values in itertools.product(*grid):
        case = dict(zip(names, values, strict=True))
        if case["dtype"] == "float64" or (case["reduction"] == "mean" and case["label_smoothing"] < 1):
            yield case


def compute(torch, logits, targets, case):
    """Return PyTorch's loss and gradient; the gradient of "none" is that of the sum."""
    dtype = getattr(torch, case["dtype"])
    scores = torch.tensor(logits, dtype=dtype, requires_grad=True)
    target = torch.tensor(targets, dtype=dtype if targets.dtype.kind == "f" else torch.int64)
    loss = torch.nn.functional.cross_entropy(
        scores,
        target,
        reduction=case["reduction"],
        weight=None if case["weight"] is None else torch.tensor(case["weight"], dtype=dtype),
        ignore_index=-100 if case["ignore_index"] is None else case["ignore_index"],
        label_smoothing=case["label_smoothing"],
    )
    loss.sum().backward()
    return loss.detach().numpy(), scores.grad.numpy()


def written(array):
    """Nested lists for JSON, which has no inf and nan: these become strings, which NumPy reads back."""
    if np.ndim(array):
        return [written(part) for part in array]
    value = array.item()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return float(str(array)) if isinstance(array, np.floating) else value  # shortest digits of its dtype


def build(torch):
    """Return the whole table."""
    problems = []
    for name, logits, targets in inputs():
        results = []
        for case in options(name, targets):
            loss, grad = compute(torch, logits, targets, case)
            results.append({**case, "loss": written(loss[()]), "grad": written(grad)})
        given = {"name": name, "logits": written(logits), "targets": written(targets)}
        shapes = {"shape": list(logits.shape), "targets_shape": list(targets.shape)}
        kind = "probabilities" if targets.dtype.kind == "f" else "indices"
        problems.append({**given, **shapes, "kind": kind, "axis": class_axis(logits.shape), "results": results})
    version = torch.__version__.partition("+")[0]
    return {
        "made by": "tests/core/tables/make_torch_table.py",
        "torch": version,
        "seed": SEED,
        "problems": problems,
    }


def dumps(table):
    """JSON with one result on each line."""
    text = json.dumps({**table, "problems": []}, indent=1)[:-4]
    blocks = []
    for problem in table["problems"]:
        head = json.dumps({**problem, "results": []})[:-2]
        blocks.append(head + "\n" + ",\n".join(json.dumps(result) for result in problem["results"]) + "\n]}")
    return text + "[\n" + ",\n".join(blocks) + "\n]\n}\n"


if __name__ == "__main__":
    import torch

    TABLE.write_text(dumps(build(torch)), encoding="utf-8")
    print(f"{TABLE.name}: {TABLE.stat().st_size} bytes, PyTorch {torch.__version__}, seed {SEED}")
