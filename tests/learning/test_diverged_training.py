"""Training that left the range of floats says so, and nothing takes nan for an answer."""

import ast
from pathlib import Path

import numpy as np
import pytest

import softmaxlab
from softmaxlab import cross_entropy
from softmaxlab.learning.calibration import fit_temperature, reliability
from softmaxlab.learning.datasets import three_clouds
from softmaxlab.learning.metrics import accuracy, confusion_matrix, worst_mistakes
from softmaxlab.learning.mlp import descend_layers
from softmaxlab.learning.optimizers import fit, gradient_descent, newton
from softmaxlab.learning.softmax_regression import logits_of
from softmaxlab.lessons import plane_regression
from softmaxlab.lessons.training_comparison import over_penalties, run
from softmaxlab.numerics import gradient_descent as steps

POINTS, LABELS = three_clouds(per_class=10)
JUDGES = [accuracy, confusion_matrix, worst_mistakes, reliability, fit_temperature]


# --- answers ---


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    "row",
    [[np.nan, 1.0], [1.0, np.nan], [np.nan, np.nan], [np.inf, 0.0], [np.inf, np.inf], [-np.inf, -np.inf]],
)
def test_a_row_without_an_answer_is_refused(judge, dtype, row):
    with pytest.raises(ValueError, match=r"\[1, \d\] is (nan|-?inf); expected finite"):
        judge(np.array([[0.25, 0.75], row], dtype), [0, 0])


def test_a_mixture_of_minus_infinity_and_numbers_has_an_answer():
    logits = [[-np.inf, 1.0], [0.0, -np.inf]]
    assert accuracy(logits, [1, 0]) == 1
    np.testing.assert_array_equal(confusion_matrix(logits, [0, 0]), [[1, 1], [0, 0]])
    np.testing.assert_array_equal(worst_mistakes(logits, [0, 1]), [0, 1])


def test_weights_of_a_diverged_training_get_no_accuracy():
    weights = np.full((3, 3), np.nan)
    assert np.isnan(cross_entropy(logits_of(weights, POINTS), LABELS))
    with pytest.raises(
        ValueError, match=r"has no answer\. If training diverged, take a smaller rate or scale the features"
    ):
        accuracy(logits_of(weights, POINTS), LABELS)


def test_no_winner_is_chosen_where_nan_could_be_one():
    # argmax, argmin and argsort put nan first or last; each use below was read, and says why none gets there
    known = {
        "_core/out_of_range.py",  # a row with nan is nan, whoever wins
        "_core/losses.py",  # target probabilities: checked, finite
        "_core/exp_sums.py",  # as in out_of_range.py
        "learning/calibration.py",  # checked, finite; and a mask
        "lessons/mutation/checks.py",  # an order of columns
        "learning/metrics.py",  # checked above
        "gradcheck.py",  # nan is the worst error, as wanted
        "accuracy/ulp_errors.py",  # inputs of a case, made there
        "widgets/reliability_diagram/__init__.py",  # models that come with the book, as in the two that draw digits
        "widgets/draw_digit/__init__.py",
        "widgets/draw_digit/picture.py",
        "widgets/plane_trainer/__init__.py",  # points, rates and steps are bounded
    }
    found = set()
    package = Path(softmaxlab.__file__).parent
    for path in package.rglob("*.py"):
        attributes = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = {node.attr for node in attributes if isinstance(node, ast.Attribute)}
        if names & {"argmax", "argmin", "argsort", "argpartition"} and not {"proofs", "displays"} & set(path.parts):
            found.add(path.relative_to(package).as_posix())
    assert found == known


# --- training ---

TRAINERS = {
    "descend": lambda features, **options: list(gradient_descent(features, LABELS, steps=5, **options)),
    "newton": lambda features, **options: list(newton(features, LABELS, **options)),
    "fit": lambda features, **options: fit(features, LABELS, **options),
    # tanh keeps large features in range; steps and penalties do not stay there
    "descend_layers": lambda features, l2: list(descend_layers(features, LABELS, steps=5, rate=1e150, l2=1 + l2)),
    "run, descent": lambda features, **options: run("gradient descent", (features, LABELS), 0.1),
    "run, Newton": lambda features, **options: run("Newton", (features, LABELS), 0.1),
    "run, L-BFGS": lambda features, **options: run("L-BFGS", (features, LABELS), 0.1),
    "over_penalties": lambda features, **options: over_penalties((features, LABELS), (features, LABELS), [0.1]),
}


@pytest.mark.parametrize("l2", [0.0, 0.1])
@pytest.mark.parametrize("scale", [1e160, 1e200, 1e307])
@pytest.mark.parametrize("train", TRAINERS.values(), ids=TRAINERS)
def test_features_that_leave_the_range_are_said_to_want_scaling(train, scale, l2):
    with pytest.raises(ValueError, match=r"features of sizes up to .*: scale them, write np\.divide"):
        train(POINTS * scale, l2=l2)


@pytest.mark.parametrize("scale", [1e50, 1e100, 1e150])
def test_a_search_that_ends_higher_than_it_began_is_no_fit(scale):
    with pytest.raises(ValueError, match=r"the loss begins at 1\.1 and ends at .*: scale them"):
        fit(POINTS * scale, LABELS)


@pytest.mark.parametrize("scale", [1e-300, 1e-10, 1.0, 1e3])
def test_features_of_other_sizes_are_trained_on_without_a_warning(scale):
    assert fit(POINTS * scale, LABELS, l2=0.1).loss <= np.log(3) * (1 + 1e-15)
    assert list(newton(POINTS * scale, LABELS, l2=0.1))[-1].loss <= np.log(3) * (1 + 1e-15)


def test_a_rate_that_throws_descent_out_of_range_is_answered_with_one_that_converges():
    with pytest.raises(ValueError, match=r"features of sizes up to 1\.\d+: write rate=(\S+)$") as refusal:
        list(gradient_descent(POINTS, LABELS, rate=1e308))
    rate = float(str(refusal.value).rpartition("=")[2])
    losses = [step.loss for step in gradient_descent(POINTS, LABELS, rate=rate, steps=50)]
    assert np.all(np.diff(losses) < 0)


def test_a_penalty_times_rate_beyond_2_ends_in_words():
    for train in (gradient_descent, descend_layers):
        with pytest.raises(ValueError, match=r"leaves the range of float64.*write rate=0\.\d+$"):
            list(train(POINTS, LABELS, rate=2.0, l2=3.0, steps=2000))


def test_the_plainest_descent_says_when_a_rate_is_too_large():
    with pytest.raises(ValueError, match=r"^step \d+ leaves the range of float64; expected a smaller rate than 3$"):
        steps.descend(lambda x: x, [1.0, -2.0], steps=3000, rate=3)
    assert np.all(np.isfinite(steps.descend(lambda x: x, [1.0], steps=900, rate=3)))  # (1 − 3)⁹⁰⁰ is a float yet


def test_the_plane_says_when_its_points_want_scaling_or_its_rate_is_too_large():
    with pytest.raises(ValueError, match=r"points of sizes up to .*: scale them, write np\.divide\(points, np\.max"):
        plane_regression.train_on_plane(POINTS * 1e200, LABELS)
    with pytest.raises(ValueError, match=r"expected a smaller rate than 1e\+308$"):
        plane_regression.train_on_plane(POINTS, LABELS, rate=1e308)
