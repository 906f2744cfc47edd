"""Chapter 10: the loss over the inverse temperature, and softmax applied twice."""

from ..prover import prove
from ..vocabulary import Eq, N, define, delta, derivative, every, exp, indices, log, matrix, scalar, total, vector
from .words import c, i, k, m, p, y, y_label

BETA = scalar("β")
n, r = indices("n r", upto=m)
z, targets = matrix("z", m, N), matrix("y", m, N)
scores = vector("z")


def temperature_slope():
    """∂L̄/∂β = (1/m) Σ_n Σ_k (p_nk − y_nk) z_nk, with p = softmax(β z)."""
    warm = define("p", n, k, exp(BETA * z[n, k]) / total(exp(BETA * z[n, c]), c))
    loss = define("L̄", -total(total(targets[r, c] * log(warm[r, c]), c), r) / m)
    slope = total(total((warm[n, k] - targets[n, k]) * z[n, k], k), n) / m
    return prove(derivative(loss, BETA), slope, given=[every(r, Eq(total(targets[r, c], c), 1))])


def temperature_curvature():
    """∂²L/∂β² = Σ_k p_k z_k² − (Σ_k p_k z_k)²: a variance, for one example."""
    warm = define("p", i, exp(BETA * scores[i]) / total(exp(BETA * scores[k]), k))
    loss = define("L", -total(y[k] * log(warm[k]), k))
    spread = total(warm[k] * scores[k] ** 2, k) - total(warm[k] * scores[k], k) ** 2
    return prove(derivative(loss, BETA, BETA), spread, given=[Eq(total(y[k], k), 1)])


def softmax_twice():
    """−log softmax(p)_y = LSE(p) − p_y, where p is a softmax already."""
    again = define("q", i, exp(p[i]) / total(exp(p[k]), k))
    return prove(-log(again[y_label]), log(total(exp(p[k]), k)) - p[y_label])


def softmax_twice_floor():
    """LSE(p) − p_y at p = one-hot, right and certain: log(e + N − 1) − 1."""
    return prove(log(total(exp(delta(k, y_label)), k)) - delta(y_label, y_label), log(exp(1) + N - 1) - 1)


CATALOGUE = {
    "eq-temperature-slope": temperature_slope,
    "eq-temperature-curvature": temperature_curvature,
    "eq-softmax-twice": softmax_twice,
    "eq-softmax-twice-floor": softmax_twice_floor,
}
