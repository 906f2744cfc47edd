"""Every fix that an error proposes is run: it must be code, and it must lead to a result."""

import ast
import re
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

import softmaxlab
from softmaxlab import cross_entropy, gradcheck, softmax, softmax_jvp
from softmaxlab.learning import metrics
from softmaxlab.learning.calibration import expected_calibration_error, fit_temperature, reliability
from softmaxlab.learning.datasets import pixels, split, three_clouds
from softmaxlab.learning.mlp import descend_layers
from softmaxlab.learning.optimizers import fit, gradient_descent, newton
from softmaxlab.lessons import plane_regression
from softmaxlab.widgets import (
    Derivation,
    DrawDigit,
    ExactDigits,
    InformationBars,
    JacobianView,
    LabelShapeLab,
    LogitExplorer,
    PlaneTrainer,
    PrecisionBreaker,
)
from support.peers import peer

SOURCE = Path(softmaxlab.__file__).parent
FIX = re.compile(r"\bwrite (.+?)(?=; |$)")  # code ends with the message, or before a second proposal
LOGITS = np.arange(12.0).reshape(4, 3)
ROWS = [[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [1.0, 2.0]]
FEATURES = np.array(ROWS)
LABELS = np.array([0, 1, 0, 1])
MASKED = np.ma.array(LOGITS, mask=LOGITS == 4)
POINTS, CLOUDS = three_clouds(per_class=4)


def last(steps):
    return list(steps)[-1]


def loss(**arguments):
    return cross_entropy(arguments.pop("logits", LOGITS), **arguments)


def kept(labels):
    """Labels for LOGITS[:2], in each form that somebody may have them."""
    return {"logits": LOGITS[: len(labels)], "targets": labels}


CASES = {
    # what is no array of real numbers
    "masked floats": (softmax, {"logits": MASKED}),
    "masked integers": (softmax, {"logits": MASKED.astype(int)}),
    "list of masked rows": (softmax, {"logits": list(MASKED)}),
    "list of masked rows of integers": (softmax, {"logits": tuple(MASKED.astype(int))}),
    "list with a masked constant": (softmax, {"logits": [1.0, np.ma.masked]}),
    "masked tangent": (lambda tangent: softmax_jvp(LOGITS, tangent), {"tangent": MASKED}),
    "masked features": (lambda features: fit(features, [0, 1, 0, 1]), {"features": MASKED}),
    "sparse matrix": (lambda features: fit(features, LABELS), {"features": sp.csr_matrix(FEATURES)}),
    "sparse array": (lambda features: last(newton(features, LABELS, l2=1)), {"features": sp.coo_array(FEATURES)}),
    "sparse logits": (softmax, {"logits": sp.csc_array(LOGITS)}),
    "sparse targets": (loss, {"targets": sp.csr_array(np.eye(4, 3))}),
    "sparse labels": (lambda labels: fit(FEATURES, labels), {"labels": sp.csr_matrix(LABELS[:, None])}),
    "sparse one-hot labels": (lambda labels: fit(FEATURES, labels), {"labels": sp.csr_matrix(np.eye(2)[LABELS])}),
    "sparse complex": (softmax, {"logits": sp.csr_array(LOGITS * 1j)}),
    "complex list": (softmax, {"logits": [1 + 2j, 3.0]}),
    "complex array": (softmax, {"logits": LOGITS * (1 + 1j)}),
    "text": (softmax, {"logits": ["1.5", "2"]}),
    "objects": (softmax, {"logits": [Fraction(1, 3), 10**30]}),
    "dates": (softmax, {"logits": np.array(["2020", "2021"], "M8[D]")}),
    # targets
    "float labels": (loss, {"targets": np.array([0.0, 1.0, 2.0, 1.0])}),
    "list of float labels": (loss, {"targets": [0.0, 1.0, 2.0, 1.0]}),
    "column": (loss, {"targets": np.array([[0], [1], [2], [1]])}),
    "list of columns": (loss, {"targets": [[0], [1], [2], [1]]}),
    "list of float columns": (loss, {"targets": [[0.0], [1.0], [2.0], [1.0]]}),
    "one label in a list": (loss, {"logits": LOGITS[0], "targets": [1]}),
    "one float label in a list": (loss, {"logits": LOGITS[0], "targets": [1.0]}),
    "column of two axes": (
        lambda targets: cross_entropy(np.zeros((2, 3, 2)), targets, axis=1),
        {"targets": [[[0, 1]], [[2, 0]]]},
    ),
    "one-hot integers": (loss, {"targets": np.eye(4, 3, dtype=int)}),
    "list of one-hot integers": (loss, {"targets": np.eye(4, 3, dtype=int).tolist()}),
    "labels from 1": (loss, {"targets": np.array([1, 2, 3, 1])}),
    "list of labels from 1": (loss, {"targets": [1, 2, 3, 1]}),
    "labels from 1, some ignored": (loss, {"targets": [1, 2, 3, -100], "ignore_index": -100}),
    "unsigned labels from 1, 0 ignored": (loss, {"targets": np.array([1, 2, 3, 0], np.uint8), "ignore_index": 0}),
    # training and judging
    "images for features": (lambda features: fit(features, LABELS), {"features": FEATURES.reshape(4, 2, 1)}),
    "list of images": (lambda features: fit(features, LABELS), {"features": FEATURES.reshape(4, 2, 1).tolist()}),
    "names": (lambda labels: fit(FEATURES, labels), {"labels": ["no", "yes", "no", "yes"]}),
    "names as objects": (lambda labels: fit(FEATURES, labels), {"labels": np.array(["a", "b", "a", "b"], object)}),
    "labels in a column": (lambda labels: fit(FEATURES, labels), {"labels": LABELS[:, None].tolist()}),
    "one-hot labels": (lambda labels: metrics.accuracy(FEATURES, labels), {"labels": np.eye(2)[LABELS].tolist()}),
    "labels as floats": (lambda labels: fit_temperature(FEATURES, labels), {"labels": [0.0, 1.0, 0.0, 1.0]}),
    "a class without examples": (lambda labels: fit(FEATURES, labels), {"labels": [0, 2, 0, 2]}),
    "large features": (lambda features: fit(features, CLOUDS), {"features": (POINTS * 1e160).tolist()}),
    "rather large features": (lambda features: fit(features, CLOUDS), {"features": POINTS * 1e60}),
    "large features, Newton": (lambda features: last(newton(features, CLOUDS)), {"features": POINTS * 1e160}),
    "large features, descent": (
        lambda features: last(gradient_descent(features, CLOUDS)),
        {"features": POINTS * 1e160},
    ),
    "large points": (lambda points: plane_regression.train_on_plane(points, CLOUDS), {"points": POINTS * 1e200}),
    "large rate": (lambda rate: last(gradient_descent(POINTS, CLOUDS, rate=rate)), {"rate": 1e308}),
    "large penalty": (lambda rate: last(gradient_descent(POINTS, CLOUDS, rate=rate, l2=1e3, steps=300)), {"rate": 1.0}),
    "large features, hidden": (
        lambda features, rate: last(descend_layers(features, CLOUDS, rate=rate, l2=1, steps=9)),
        {"features": POINTS * 1e200, "rate": 1e150},
    ),
    "large penalty, hidden": (
        lambda rate: last(descend_layers(POINTS, CLOUDS, rate=rate, l2=1e3, steps=300)),
        {"rate": 0.5},
    ),
    "one image": (pixels, {"images": np.zeros((8, 8))}),
    "one image, as a list": (pixels, {"images": np.zeros((8, 8)).tolist()}),
    "masked images": (pixels, {"images": np.ma.zeros((1, 8, 8))}),
    "logits for probs": (lambda probs: reliability(probs, LABELS), {"probs": [[2.0, -1.0]] * 4}),
    "counts for probs": (lambda probs: expected_calibration_error(probs, LABELS), {"probs": [[2, 1]] * 4}),
    "probs of three decimals": (lambda probs: reliability(probs, LABELS), {"probs": np.full((4, 3), 0.333)}),
    "complex step": (
        lambda method: gradcheck(np.linalg.norm, lambda at: at / np.linalg.norm(at), [3.0, 4.0], method=method),
        {"method": "complex"},
    ),
    "complex step refused": (
        lambda method: gradcheck(
            lambda at: cross_entropy(at, 0), lambda at: softmax(at) - [1, 0], [3.0, 4], method=method
        ),
        {"method": "complex"},
    ),
    # widgets
    "LogitExplorer": (LogitExplorer, {"logits": ["a", "b"]}),
    "LogitExplorer, shape": (LogitExplorer, {"logits": [1.0]}),
    "Derivation": (Derivation, {"logits": [1, 2, 3, 4, 5, 6]}),
    "PrecisionBreaker": (PrecisionBreaker, {"logits": [1.0]}),
    "ExactDigits": (ExactDigits, {"logits": [1.0]}),
    "DrawDigit": (DrawDigit, {"pixels": [1.0]}),
    "DrawDigit, no numbers": (DrawDigit, {"pixels": "an image"}),
    "JacobianView": (JacobianView, {"tangent": [[1.0]]}),
    "InformationBars": (InformationBars, {"probs": [1.0]}),
    "InformationBars, no numbers": (InformationBars, {"targets": ["a"]}),
    "LabelShapeLab": (LabelShapeLab, {"logits": [1.0]}),
    "LabelShapeLab, no numbers": (LabelShapeLab, {"logits": ["a"]}),
    "PlaneTrainer": (PlaneTrainer, {"points": [1.0]}),
    "PlaneTrainer, no numbers": (PlaneTrainer, {"points": ["a"]}),
}
# What PyTorch holds: each made when its test runs, since it may not be there.
TENSORS = {
    "sparse": lambda torch: torch.tensor(LOGITS).to_sparse(),
    "sparse with a gradient": lambda torch: torch.tensor(LOGITS).to_sparse().requires_grad_(),
    "with a gradient": lambda torch: torch.tensor(LOGITS, requires_grad=True),
    "rows with gradients": lambda torch: list(torch.tensor(LOGITS, requires_grad=True)),
    "bfloat16": lambda torch: torch.tensor(LOGITS, dtype=torch.bfloat16),
    "bfloat16 with a gradient": lambda torch: torch.tensor(LOGITS, dtype=torch.bfloat16, requires_grad=True),
    "complex": lambda torch: torch.tensor(LOGITS * 1j),
}


def outcomes(call, arguments, rounds=4):
    """Follow every proposed fix, and the fixes of what is then wrong; yield (code or None, result or last error)."""
    try:
        yield None, call(**arguments)
        return
    except ValueError as error:
        fixes = FIX.findall(str(error))
        if not fixes or not rounds:
            yield None, error
            return
    for code in fixes:
        fixed = run(code, arguments)
        yield code, fixed
        yield from outcomes(call, fixed, rounds - 1)


def run(code, arguments):
    """Run a fix as its reader would: an expression takes the place of the argument, an assignment says its own."""
    names = {"np": np, "softmax": softmax, "softmaxlab": softmaxlab, **arguments}
    if re.match(r"\w+=[^=]", code):  # keyword arguments
        return {**arguments, **eval(f"dict({code})", names)}
    if isinstance(ast.parse(code).body[0], ast.Assign):
        exec(code, names)
        return {name: names[name] for name in arguments}
    (first,) = [name for name in arguments if re.search(rf"\b{name}\b", code)][:1]
    return {**arguments, first: eval(code, names)}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("call", "arguments"), CASES.values(), ids=CASES)
def test_each_proposed_fix_runs_and_leads_to_a_result(call, arguments):
    found = list(outcomes(call, arguments))
    assert found[0][0] is not None, f"nothing is wrong, or no fix proposed: {found[0][1]!r}"
    ends = [result for code, result in found if code is None]
    assert ends
    assert not [end for end in ends if isinstance(end, Exception)]


@pytest.mark.parametrize("make", TENSORS.values(), ids=TENSORS)
def test_each_proposed_fix_for_a_tensor_runs_and_leads_to_a_result(make):
    tensor = make(peer("torch"))
    test_each_proposed_fix_runs_and_leads_to_a_result(softmax, {"logits": tensor})


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (softmax, {"logits": ["a", "b"]}),
        (softmax, {"logits": [None, 1.0]}),
        (softmax, {"logits": {"a": 1.0}}),
        (softmax, {"logits": [10**400, 1.0]}),
        (softmax, {"logits": [[1.0, 2.0], [3.0]]}),
        (softmax, {"logits": np.zeros(2, [("a", float), ("b", int)])}),
        (softmax, {"logits": [[list(MASKED)]]}),
        (loss, {"targets": [0.5, 1.0, 2.0, 1.0]}),
        (loss, {"targets": [[0.5], [1.0], [2.0], [1.0]]}),
        (loss, {"targets": [np.nan, 1.0, 2.0, 1.0]}),
        (pixels, {"images": np.zeros((1, 1, 8, 8))}),
        (lambda labels: fit(FEATURES, labels), {"labels": ["a", None, "b", "c"]}),
        (lambda labels: fit(FEATURES, labels), {"labels": [0.5, 1.0, 0.0, 1.0]}),
        (lambda labels: fit(FEATURES, labels), {"labels": np.zeros((4, 0))}),
        (lambda inputs: split(inputs, LABELS), {"inputs": [np.nan, 1.0, 2.0, 3.0]}),
        (lambda features: fit(features, LABELS), {"features": np.zeros((0, 2, 2))}),
    ],
)
def test_no_code_is_proposed_where_none_is_known_to_work(call, arguments):
    with pytest.raises(ValueError, match=r"^(?!.*\bwrite )"):
        call(**arguments)


def test_ignored_labels_stay_ignored_when_counted_from_0():
    for targets, ignored in ([1, 2, 3, -100], -100), (np.array([1, 2, 3, 0], np.uint8), 0):
        results = list(outcomes(loss, {"targets": targets, "ignore_index": ignored}))
        assert results[-1][1] == cross_entropy(LOGITS[:3], [0, 1, 2])


# --- is every proposal among the cases? ---


def proposals():
    """(file, first line, last line) of each statement of the package whose text proposes code."""
    for path in sorted(SOURCE.rglob("*.py")):
        if {"proofs", "displays"} & set(path.parts):  # what they say is about formulas, for who writes the book
            continue
        for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(statement, ast.Raise | ast.Assign | ast.AugAssign | ast.Return) and "write " in texts(
                statement
            ):
                yield str(path), statement.lineno, statement.end_lineno


def texts(statement):
    return "".join(
        node.value for node in ast.walk(statement) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def test_every_proposal_in_the_source_is_run_by_a_case():
    run_lines = set()

    def trace(frame, event, _argument):
        if not frame.f_code.co_filename.startswith(str(SOURCE)):
            return None
        if event == "line":
            run_lines.add((frame.f_code.co_filename, frame.f_lineno))
        return trace

    before = sys.gettrace()
    for call, arguments in CASES.values():
        sys.settrace(trace)
        try:
            call(**arguments)
        except ValueError:
            pass
        finally:
            sys.settrace(before)
    missed = [
        f"{Path(path).relative_to(SOURCE)}:{first}"
        for path, first, last_line in proposals()
        if not any((path, line) in run_lines for line in range(first, last_line + 1))
    ]
    assert len(list(proposals())) > 20
    assert missed == []
