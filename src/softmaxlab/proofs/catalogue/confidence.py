"""Chapters 10 and 11: the loss over the inverse temperature, softmax applied twice, and what rounding takes."""

from ..claim import Claim
from ..language.vocabulary import Eq, N, define, derivative, every, exp, indices, log, matrix, scalar, total, vector
from .words import a, c, i, j, k, m, p, sums_to_one, y, y_label

BETA = scalar("β")
n, r = indices("n r", upto=m)
z, targets = matrix("z", m, N), matrix("y", m, N)
scores = vector("z")

warm_rows = define("p", n, k, exp(BETA * z[n, k]) / total(exp(BETA * z[n, c]), c))
mean_loss = define("L̄", -total(total(targets[r, c] * log(warm_rows[r, c]), c), r) / m)
warm = define("p", i, exp(BETA * scores[i]) / total(exp(BETA * scores[k]), k))
loss = define("L", -total(y[k] * log(warm[k]), k))

again = define("q", i, exp(p[i]) / total(exp(p[k]), k))
twice = -log(again[y_label])
rest = total(exp(a[k]), k, but=y_label)
error = scalar("ε")

CATALOGUE = {
    "eq-temperature-slope": Claim(
        derivative(mean_loss, BETA),
        total(total((warm_rows[n, k] - targets[n, k]) * z[n, k], k), n) / m,
        given=[every(r, Eq(total(targets[r, c], c), 1))],
    ),
    # a variance, for one example
    "eq-temperature-curvature": Claim(
        derivative(loss, BETA, BETA),
        total(warm[k] * scores[k] ** 2, k) - total(warm[k] * scores[k], k) ** 2,
        given=[sums_to_one],
    ),
    # where p is a softmax already
    "eq-softmax-twice": Claim(
        twice,
        log(total(exp(p[k]), k)) - p[y_label],
        via=[-log(exp(p[y_label]) / total(exp(p[k]), k))],
        also=[Claim(p[i], exp(a[i]) / total(exp(a[k]), k))],
        where=[("L_2", twice)],
    ),
    # p_k − p_y = −1 + p_k + Σ_{j≠y} p_j, and all that follows the −1 is positive
    "eq-softmax-twice-floor": Claim(
        twice,
        log(exp(1) + N - 1) - 1,
        via=[log(1 + (N - 1) * exp(-1))],
        gap=total((exp(p[k] + total(p[j], j, but=y_label)) - 1) * exp(-1), k, but=y_label),
        where=[("L_2", twice)],
    ),
    "eq-rest": Claim(1 - p[y_label], rest / (exp(a[y_label]) + rest), where=[("R", rest)]),
    "eq-loss-rest": Claim(-log(p[y_label]), log(1 + rest / exp(a[y_label])), where=[("R", rest)]),
    "eq-cancellation": Claim(
        (p[y_label] * (1 + error) - 1) / (p[y_label] - 1) - 1,
        -(p[y_label] / (1 - p[y_label])) * error,
    ),
}
