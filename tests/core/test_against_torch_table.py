"""PyTorch computes the same losses and gradients; its results are stored in tables/, it need not be here."""

import json
from pathlib import Path

import numpy as np
import pytest

from softmaxlab import cross_entropy_with_grad

PATH = Path(__file__).parent / "tables" / "torch_cross_entropy.json"
TABLE = json.loads(PATH.read_text(encoding="utf-8"))
PROBLEMS = {problem["name"]: problem for problem in TABLE["problems"]}
# Both sides round a few times per operation, in sums of at most 24 terms, and PyTorch in its own order;
# p − y cancels to the rounding of 1.
TOLERANCE = {"float64": {"rtol": 1e-14, "atol": 2e-15}, "float32": {"rtol": 5e-6, "atol": 1e-6}}


def ours(problem, result):
    """Our loss and gradient for one stored result."""
    logits = np.array(problem["logits"], dtype=result["dtype"]).reshape(problem["shape"])
    dtype = int if problem["kind"] == "indices" else float
    targets = np.array(problem["targets"], dtype=dtype).reshape(problem["targets_shape"])
    names = ("reduction", "weight", "ignore_index", "label_smoothing")
    return cross_entropy_with_grad(logits, targets, axis=problem["axis"], **{name: result[name] for name in names})


def differing(problem, part):
    """The stored results whose loss (part 0) or gradient (part 1) is not ours, with both."""
    wrong = []
    for result in problem["results"]:
        given = ours(problem, result)[part]
        expected = np.array(result[("loss", "grad")[part]], dtype=float).reshape(given.shape)
        if not np.allclose(given, expected, equal_nan=True, **TOLERANCE[result["dtype"]]):
            wrong.append({**result, "ours": given.tolist()})
    return wrong


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_loss_is_the_stored_one_of_pytorch(problem):
    assert differing(problem, 0) == []


@pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
def test_gradient_is_the_stored_one_of_pytorch(problem):
    assert differing(problem, 1) == []


def test_the_table_says_what_made_it_and_stays_small():
    assert set(TABLE) == {"made by", "torch", "seed", "problems"}
    assert (PATH.parents[3] / TABLE["made by"]).is_file()
    assert PATH.stat().st_size < 150_000


@pytest.mark.parametrize("option", ["reduction", "weight", "ignore_index", "label_smoothing", "dtype"])
def test_the_table_varies_every_option_for_labels(option):
    for name in ("one row, indices", "rows, indices", "rows and positions, indices"):
        assert len({str(result[option]) for result in PROBLEMS[name]["results"]}) > 1


def test_the_table_holds_a_row_whose_label_is_ignored():
    assert any(1 in np.ravel(problem["targets"]) for problem in PROBLEMS.values() if "rows, ind" in problem["name"])
