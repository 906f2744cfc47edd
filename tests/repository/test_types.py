"""What a type checker says to somebody who uses the package: mypy, strict, about a short script."""

import importlib.util

import pytest

from support.left_out import missing

RIGHT = """\
import numpy as np

from softmaxlab import cross_entropy, cross_entropy_grad, cross_entropy_with_grad, gradcheck, logsumexp, softmax
from softmaxlab.learning.metrics import accuracy
from softmaxlab.learning.optimizers import gradient_descent, fit

logits = np.array([[2.0, 0.0], [0.5, 1.0]])
probs = softmax([[2, 0], [1, 1]], axis=1)
loss = float(cross_entropy(logits, [0, 1], weight=[1.0, 2.0], label_smoothing=0.1))
first = cross_entropy(logits, np.array([0, 1]), reduction="none")[0]
total, grad = cross_entropy_with_grad(logits, probs)
print(f"{total:.3f}", grad.shape, (probs - grad).sum(), logsumexp(logits)[0] < loss, first)

check = gradcheck(lambda at: cross_entropy(at, [0, 1]), lambda at: cross_entropy_grad(at, [0, 1]), logits)
if check and check.where == (0, 1):
    print(check.error)

found = fit(logits, [0, 1], l2=0.1)
print(accuracy(found.weights[:2], [0, 1]), [step.weights.shape for step in gradient_descent(logits, [0, 1], steps=3)])
"""
WRONG = {
    "cross_entropy([[2.0, 0.0]], [0], reduction=3)": 'Argument "reduction" to "cross_entropy" has incompatible type',
    'softmax([2.0, 0.0], axis="last")': 'Argument "axis" to "softmax" has incompatible type',
    "softmax([2.0, 0.0]).probs": 'has no attribute "probs"',
    'fit([[0.0], [1.0]], [0, 1], l2="little")': 'Argument "l2" to "fit" has incompatible type',
    'gradcheck(sum, [1.0], [3.0], method="backward")': 'Argument "method" to "gradcheck" has incompatible type',
}


@pytest.fixture(scope="module")
def mypy(tmp_path_factory):
    """Mypy, strict and with no other settings, of a script: what it prints."""
    if importlib.util.find_spec("mypy") is None:
        missing("no mypy: pip install -r requirements-test.txt")
    from mypy import api

    path = tmp_path_factory.mktemp("types")
    (path / "mypy.ini").write_text("[mypy]\n", encoding="utf-8")  # else it would read those of this repository
    settings = ["--strict", f"--config-file={path / 'mypy.ini'}", f"--cache-dir={path / 'cache'}"]

    def check(script):
        file = path / "script.py"
        file.write_text(script, encoding="utf-8")
        printed, failure, _ = api.run([*settings, str(file)])
        assert not failure
        return printed

    return check


def test_right_calls_are_right_to_a_type_checker(mypy):
    assert mypy(RIGHT) == "Success: no issues found in 1 source file\n"


def test_the_script_runs(capsys):
    exec(compile(RIGHT, "script.py", "exec"), {})
    assert capsys.readouterr().out


def test_a_wrong_call_is_an_error_that_names_the_argument(mypy):
    imports = (
        "from softmaxlab import cross_entropy, gradcheck, softmax\nfrom softmaxlab.learning.optimizers import fit\n"
    )
    errors = mypy(imports + "\n".join(WRONG)).splitlines()[:-1]  # the last line counts them
    assert len(errors) == len(WRONG), errors
    for error, (call, said) in zip(errors, WRONG.items(), strict=True):
        assert said in error, call
