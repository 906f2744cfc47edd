"""Training finds the minimum that scikit-learn finds, by way of p − y; and says what it cannot learn from."""

import re
from itertools import pairwise

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix as their_confusion_matrix

from softmaxlab import cross_entropy, gradcheck
from softmaxlab.learning.datasets import digits, pixels, split, three_clouds
from softmaxlab.learning.metrics import accuracy, confusion_matrix, worst_mistakes
from softmaxlab.learning.mlp import Layers, descend_layers, forward, initial_layers, loss_and_grad
from softmaxlab.learning.optimizers import fit, gradient_descent, newton
from softmaxlab.learning.softmax_regression import hessian, logits_of, objective
from softmaxlab.lessons.training_comparison import run

RNG = np.random.default_rng(0)
FEATURES, LABELS = RNG.normal(size=(20, 3)), np.arange(20) % 4
WEIGHTS = RNG.normal(size=(4, 4))
TRAINERS = {
    "descend": lambda *data, **options: list(gradient_descent(*data, steps=3, **options))[-1],
    "newton": lambda *data, **options: list(newton(*data, **options))[-1],
    "fit": fit,
    "descend_layers": lambda *data, **options: list(descend_layers(*data, steps=3, **options))[-1],
}
each_trainer = pytest.mark.parametrize("train", TRAINERS.values(), ids=TRAINERS)


def raises(message):
    return pytest.raises(ValueError, match=re.escape(message))


@pytest.fixture(scope="module")
def digit_parts():
    images, labels = digits()
    return split(pixels(images), labels)


# --- the objective and its derivatives ---


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_gradient_of_the_objective_passes_the_check(l2):
    assert gradcheck(
        lambda w: objective(w, FEATURES, LABELS, l2)[0], lambda w: objective(w, FEATURES, LABELS, l2)[1], WEIGHTS
    )


def test_gradient_for_soft_targets_passes_the_check():
    soft = RNG.dirichlet(np.ones(4), size=20)
    assert gradcheck(lambda w: objective(w, FEATURES, soft)[0], lambda w: objective(w, FEATURES, soft)[1], WEIGHTS)


@pytest.mark.parametrize("l2", [0.0, 0.3])
def test_hessian_is_the_jacobian_of_the_gradient(l2):
    assert gradcheck(lambda w: objective(w, FEATURES, LABELS, l2)[1], lambda w: hessian(w, FEATURES, l2), WEIGHTS)


def test_hessian_is_symmetric_and_has_no_negative_eigenvalue():
    matrix = hessian(WEIGHTS, FEATURES).reshape(16, 16)
    np.testing.assert_allclose(matrix, matrix.T, atol=1e-16)  # the order of a sum
    assert np.linalg.eigvalsh(matrix).min() > -1e-15


def test_without_a_penalty_a_common_column_changes_nothing_and_has_no_curvature():
    common = np.repeat(RNG.normal(size=(4, 1)), 4, axis=1)
    assert objective(WEIGHTS + common, FEATURES, LABELS)[0] == pytest.approx(objective(WEIGHTS, FEATURES, LABELS)[0])
    flat = hessian(WEIGHTS, FEATURES).reshape(16, 16) @ common.ravel()
    np.testing.assert_allclose(flat, 0, atol=1e-15)  # a few roundings of numbers near 1


def test_objective_is_the_mean_loss_plus_the_penalty_on_all_but_the_bias():
    loss, grad = objective(WEIGHTS, FEATURES, LABELS, 0.5)
    plain, plain_grad = objective(WEIGHTS, FEATURES, LABELS)
    assert plain == cross_entropy(FEATURES @ WEIGHTS[:3] + WEIGHTS[3], LABELS)
    assert loss == pytest.approx(plain + 0.25 * np.sum(WEIGHTS[:3] ** 2), rel=1e-15)
    np.testing.assert_allclose(grad[:3], plain_grad[:3] + 0.5 * WEIGHTS[:3], rtol=1e-15)
    np.testing.assert_array_equal(grad[3], plain_grad[3])


# --- the optimum, beside scikit-learn's ---


@pytest.mark.parametrize("inverse_penalty", [0.1, 1.0, 10.0])
def test_optimum_on_the_digits_is_that_of_scikit_learn(digit_parts, inverse_penalty):
    (features, labels), test = digit_parts.train, digit_parts.test
    l2 = 1 / (inverse_penalty * len(labels))
    theirs = LogisticRegression(C=inverse_penalty, tol=1e-8, max_iter=10_000).fit(features, labels)
    stacked = np.vstack([theirs.coef_.T, theirs.intercept_])
    ours = fit(features, labels, l2=l2)
    assert ours.converged
    assert ours.loss == pytest.approx(objective(stacked, features, labels, l2)[0], rel=1e-8)
    assert accuracy(logits_of(ours.weights, test.inputs), test.labels) == theirs.score(test.inputs, test.labels)


def test_accuracy_on_unseen_digits_is_above_95_percent(digit_parts):
    found = fit(*digit_parts.train, l2=1 / len(digit_parts.train.labels))
    assert accuracy(logits_of(found.weights, digit_parts.test.inputs), digit_parts.test.labels) > 0.95


def test_newton_and_lbfgs_and_descent_end_at_one_minimum():
    points, labels = three_clouds(per_class=30)
    *_, by_newton = newton(points, labels, l2=0.1)
    *_, by_descent = gradient_descent(points, labels, l2=0.1, rate=2.0, steps=1000)
    by_lbfgs = fit(points, labels, l2=0.1, tolerance=1e-9)
    np.testing.assert_allclose(by_newton.weights, by_lbfgs.weights, atol=1e-7)  # slope 1e-9 over curvature ~0.1
    np.testing.assert_allclose(by_newton.weights, by_descent.weights, atol=1e-7)
    assert by_newton.loss == pytest.approx(by_lbfgs.loss, rel=1e-14)


def test_newton_on_the_digits_agrees_in_fewer_than_ten_steps(digit_parts):
    l2 = 1 / len(digit_parts.train.labels)
    steps = list(newton(*digit_parts.train, l2=l2))
    assert steps[-1].number < 10
    assert steps[-1].grad_max_abs <= 1e-10
    assert steps[-1].loss == pytest.approx(fit(*digit_parts.train, l2=l2).loss, rel=1e-10)


def test_close_to_the_minimum_newton_squares_the_slope():
    slopes = [step.grad_max_abs for step in newton(*three_clouds(per_class=30), l2=0.1, tolerance=1e-12)]
    close = [(a, b) for a, b in pairwise(slopes) if 1e-6 < a < 1e-1]
    assert len(close) >= 2
    assert all(after < 10 * before**2 for before, after in close)


def test_newton_lowers_the_objective_at_each_step_even_without_a_minimum():
    apart = [[-1.0], [-2.0], [1.0], [2.0]]  # a line separates them: the weights grow without end
    losses = [step.loss for step in newton(apart, [0, 0, 1, 1], tolerance=1e-12, steps=30)]
    assert np.all(np.diff(losses) <= 0)
    assert losses[-1] < 1e-6


@pytest.mark.parametrize("seed", range(20))
def test_newton_never_climbs_where_whole_steps_would(seed):
    rng = np.random.default_rng(seed)
    outliers = np.round(rng.standard_t(1, size=(12, 3)) * 3)  # far points: the parabola fits only nearby
    losses = [step.loss for step in newton(outliers, np.arange(12) % 4, l2=1e-6)]
    assert np.all(np.diff(losses) <= 1e-14)  # what rounding may add


def test_every_step_of_gradient_descent_is_reported_with_its_own_weights():
    steps = list(gradient_descent(FEATURES, LABELS, l2=0.1, rate=0.5, steps=5))
    assert [step.number for step in steps] == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(steps[0].weights, 0)
    assert steps[0].loss == pytest.approx(np.log(4), rel=1e-15)
    for before, after in pairwise(steps):
        loss, grad = objective(before.weights, FEATURES, LABELS, 0.1)
        assert before.loss == loss
        assert before.grad_max_abs == np.abs(grad).max()
        np.testing.assert_array_equal(after.weights, before.weights - 0.5 * grad)
        assert after.loss < before.loss


def test_a_rate_that_is_too_large_makes_the_loss_rise():
    losses = [step.loss for step in gradient_descent(*three_clouds(per_class=10), l2=1.0, rate=3.0, steps=20)]
    assert losses[-1] > losses[0]


def test_fit_that_runs_out_of_steps_says_so():
    assert not fit(FEATURES, LABELS, l2=0.1, steps=1).converged
    assert fit(FEATURES, LABELS, l2=0.1).converged


# --- data with something wrong or odd about them ---


@each_trainer
@pytest.mark.parametrize(
    ("features", "labels", "message"),
    [
        (np.empty((0, 3)), [], "features has shape (0, 3): no examples; expected at least one"),
        (np.empty((2, 0)), [0, 1], "features has shape (2, 0): no features; expected at least one"),
        ([1.0, 2.0], [0, 1], "features has shape (2,); expected one row for each example"),
        (np.zeros((2, 8, 8)), [0, 1], "features has shape (2, 8, 8); expected one row for each example, "
         "shape (examples, features): write features.reshape(len(features), -1)"),
        ([[1.0], [np.nan]], [0, 1], "features[1, 0] is nan; expected finite numbers: fill or drop such examples first"),
        ([[1.0], [np.inf]], [0, 1], "features[1, 0] is inf; expected finite numbers"),
        ([["1"], ["2"]], [0, 1], "features has dtype <U1; expected real numbers"),
        ([[1.0], [2.0]], ["zero", "one"], "labels has dtype <U4; expected integers from 0: "
         "write names, labels = np.unique(labels, return_inverse=True)"),
        ([[1.0], [2.0]], np.array(["zero", "one"], dtype=object), "labels has dtype object; expected integers from 0"),
        ([[1.0], [2.0]], [[0], [0, 1]], "labels is no array: "),
        ([[1.0], [2.0]], [0.0, 1.0], "has dtype float64; expected integers: write np.asarray(labels).astype(int)"),
        ([[1.0], [2.0]], [[0], [1]], "expected one integer for each example: write np.asarray(labels).ravel()"),
        ([[1.0], [2.0]], [[1, 0], [0, 1]], "one integer for each example: write np.asarray(labels).argmax(axis=1)"),
        (
            np.eye(2), np.eye(2, dtype=int), "expected one integer for each example: write labels.argmax(axis=1)"),
        ([[1.0], [2.0]], [0, -1], "labels[1] is -1; expected class indices from 0"),
        ([[1.0], [2.0]], [0, 1, 1], "labels has 3 entries for 2 examples; expected one for each"),
        ([[1.0], [2.0]], [0, 2], "class 1 of 0 to 2 has no example to train on: its bias would run to −inf"),
        ([[1.0], [2.0]], [0, 0], "labels are all 0: one class; expected at least two classes to tell apart"),
    ],
)  # fmt: skip
def test_data_that_cannot_be_learned_from_are_refused(train, features, labels, message):
    with raises(message):
        train(features, labels)


@each_trainer
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"l2": -1}, "l2 is -1; expected a finite number of at least 0"),
        ({"l2": np.nan}, "l2 is nan; expected a finite number of at least 0"),
        ({"classes": 5}, "class 4 of 0 to 4 has no example to train on"),
        ({"classes": 3}, "labels go up to 3; expected class indices from 0 to 2"),
        ({"classes": 4.0}, "classes is 4.0; expected a whole number of at least 2"),
        ({"classes": 1}, "classes is 1; expected a whole number of at least 2"),
    ],
)
def test_options_out_of_range_are_refused(train, options, message):
    with raises(message):
        train(FEATURES, LABELS, **options)


@pytest.mark.parametrize("train", [gradient_descent, descend_layers])
@pytest.mark.parametrize("rate", [0, -1, np.inf, np.nan])
def test_a_learning_rate_must_be_positive(train, rate):
    with raises(f"rate is {rate}; expected a finite number above 0"):
        next(train(FEATURES, LABELS, rate=rate))


@pytest.mark.parametrize(
    ("train", "low"),
    [(gradient_descent, 0), (newton, 0), (fit, 1), (descend_layers, 0)],
    ids=lambda value: str(value)[:20],
)
@pytest.mark.parametrize("steps", [-1, 2.5])
def test_steps_are_counted_in_whole_numbers(train, low, steps):
    with raises(f"steps is {steps}; expected a whole number of at least {low}"):
        next(iter(train(FEATURES, LABELS, steps=steps)))


@pytest.mark.parametrize("width", [0, 2.5])
def test_a_hidden_layer_has_a_whole_number_of_units(width):
    with raises(f"width is {width}; expected a whole number of at least 1"):
        next(descend_layers(FEATURES, LABELS, width=width))


@each_trainer
def test_labels_and_features_are_left_as_they_were(train):
    features, labels = FEATURES.copy(), LABELS.copy()
    features.flags.writeable = labels.flags.writeable = False  # a write would raise
    train(features, labels, l2=0.1)


@pytest.mark.parametrize("solve", [fit, lambda *data, **o: list(newton(*data, **o))[-1]], ids=["fit", "newton"])
@pytest.mark.parametrize("constant", [0.0, 1.0, 7.0])
def test_a_constant_feature_ends_with_weight_0_and_changes_no_loss(solve, constant):
    widened = np.column_stack([FEATURES, np.full(20, constant)])
    found, plain = solve(widened, LABELS, l2=0.1), solve(FEATURES, LABELS, l2=0.1)
    np.testing.assert_allclose(found.weights[3], 0, atol=1e-6)  # slope 1e-8 over curvature l2
    assert found.loss == pytest.approx(plain.loss, rel=1e-12)


def test_a_constant_feature_without_a_penalty_is_no_obstacle():
    flat = np.column_stack([FEATURES, np.ones(20)])
    *_, by_newton = newton(flat, LABELS, tolerance=1e-9)
    assert by_newton.grad_max_abs <= 1e-9
    assert fit(flat, LABELS).loss == pytest.approx(by_newton.loss, rel=1e-10)


def test_a_constant_feature_is_no_obstacle_to_a_hidden_layer():
    *_, last = descend_layers(np.column_stack([FEATURES, np.full(20, 7.0)]), LABELS, width=4, steps=50)
    assert np.isfinite(last.loss)
    assert last.loss < np.log(4)


# --- the runs that the chapter compares ---


def test_every_way_to_train_reports_its_end_on_the_same_objective():
    data = three_clouds(per_class=20)
    runs = {name: run(name, data, 0.1) for name in ("gradient descent", "Newton", "L-BFGS", "scikit-learn")}
    for done in runs.values():
        end = done.path[-1]
        loss, grad = objective(done.weights, *data, 0.1)
        assert (end.loss, end.grad_max_abs) == (
            pytest.approx(loss, rel=1e-14),
            pytest.approx(np.abs(grad).max(), abs=1e-15),
        )
        assert end.loss == pytest.approx(runs["Newton"].path[-1].loss, rel=1e-8)
        assert done.seconds > 0


def test_an_unknown_way_to_train_lists_the_known_ones():
    with raises("method is 'adam'; expected one of 'gradient descent', 'Newton', 'L-BFGS', 'scikit-learn'"):
        run("adam", three_clouds(), 0.1)


# --- how good it is ---


def test_confusion_matrix_is_that_of_scikit_learn(digit_parts):
    *_, last = gradient_descent(*digit_parts.train, steps=20)
    logits = logits_of(last.weights, digit_parts.test.inputs)
    ours = confusion_matrix(logits, digit_parts.test.labels)
    np.testing.assert_array_equal(ours, their_confusion_matrix(digit_parts.test.labels, logits.argmax(axis=1)))
    assert np.trace(ours) / ours.sum() == accuracy(logits, digit_parts.test.labels)


def test_confusion_matrix_keeps_classes_that_do_not_occur():
    np.testing.assert_array_equal(confusion_matrix([[0.0, 0.0, 9.0]], [1]), [[0, 0, 0], [0, 0, 1], [0, 0, 0]])


def test_worst_mistakes_are_wrong_and_ordered_by_loss():
    logits, labels = RNG.normal(size=(50, 4)), RNG.integers(4, size=50)
    rows = worst_mistakes(logits, labels, count=50)
    losses = cross_entropy(logits, labels, reduction="none")
    assert set(rows) == set(np.flatnonzero(logits.argmax(axis=1) != labels))
    assert np.all(np.diff(losses[rows]) <= 0)
    np.testing.assert_array_equal(worst_mistakes(logits, labels, count=3), rows[:3])
    assert len(worst_mistakes(logits, logits.argmax(axis=1))) == 0
    with pytest.raises(ValueError, match="count is -1; expected how many to return at most: 0 or more"):
        worst_mistakes(logits, labels, count=-1)


@pytest.mark.parametrize("judge", [accuracy, confusion_matrix, worst_mistakes])
@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (np.empty((0, 3)), [], "labels has shape (0,): no examples"),
        ([1.0, 2.0], [0, 1], "logits has shape (2,); expected one row for each example: (examples, classes)"),
        ([[1.0, 2.0]], [2], "labels go up to 2; expected class indices from 0 to 1"),
        ([[1.0, 2.0]], ["a"], "expected integers from 0"),
    ],
)
def test_nothing_is_judged_on_no_or_bad_examples(judge, logits, labels, message):
    with raises(message):
        judge(logits, labels)


# --- one hidden layer ---


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("part", Layers._fields)
def test_gradient_of_the_hidden_layer_passes_the_check(part, l2):
    layers = initial_layers(3, 5, 4)._replace(inner_bias=np.linspace(-1, 1, 5), outer_bias=np.linspace(0, 1, 4))

    def loss(value):
        return loss_and_grad(layers._replace(**{part: value}), FEATURES, LABELS, l2)[0]

    _, grad = loss_and_grad(layers, FEATURES, LABELS, l2)
    assert gradcheck(loss, getattr(grad, part), getattr(layers, part))


def test_a_hidden_layer_beats_a_line_on_unseen_digits(digit_parts):
    *_, last = descend_layers(*digit_parts.train, width=32, rate=0.5, steps=300)
    hidden = accuracy(forward(last.weights, digit_parts.train.inputs)[0], digit_parts.train.labels)
    *_, line = gradient_descent(*digit_parts.train, rate=0.5, steps=300)
    assert hidden > accuracy(logits_of(line.weights, digit_parts.train.inputs), digit_parts.train.labels)


def test_a_hidden_layer_starts_near_the_loss_of_a_guess(digit_parts):
    first = next(descend_layers(*digit_parts.train))
    assert first.loss == pytest.approx(np.log(10), abs=0.5)  # random weights, logits of size near 1


def test_the_seed_fixes_the_start_of_the_hidden_layer():
    assert next(descend_layers(FEATURES, LABELS, seed=1)).loss == next(descend_layers(FEATURES, LABELS, seed=1)).loss
    assert next(descend_layers(FEATURES, LABELS, seed=1)).loss != next(descend_layers(FEATURES, LABELS, seed=2)).loss
