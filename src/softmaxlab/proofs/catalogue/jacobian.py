"""Chapter 4: the Jacobian of softmax, its rows, its products, and the derivatives of log-sum-exp behind it."""

from ..claim import Claim
from ..language.vocabulary import apart, delta, derivative, exp, total
from .words import LSE, S, a, i, j, k, mu, p, v

JACOBIAN = Claim(derivative(p[i], a[j]), p[i] * (delta(i, j) - p[j]), name="eq-jacobian")
QUADRATIC_FORM = total(total(v[i] * derivative(p[i], a[j]) * v[j], j), i)  # vᵀ J v

CATALOGUE = {
    "eq-quotient": Claim(
        derivative(exp(a[i]) / S, a[j]),
        (delta(i, j) * exp(a[i]) * S - exp(a[i]) * exp(a[j])) / S**2,
    ),
    "eq-jacobian-diagonal": Claim(derivative(p[i], a[i]), p[i] * (1 - p[i])),
    "eq-jacobian-off": Claim(derivative(p[i], a[j]), -p[i] * p[j], given=[apart(i, j)]),
    "eq-jacobian": JACOBIAN,
    "eq-jacobian-symmetric": Claim(derivative(p[i], a[j]), derivative(p[j], a[i]), using=[JACOBIAN]),
    # adding the same number to all logits changes no probability
    "eq-jacobian-rows": Claim(total(derivative(p[i], a[j]), j), 0, using=[JACOBIAN]),
    # so the derivatives of a shift cancel
    "eq-shift-cancels": Claim(
        total(derivative(p[i], a[k]) * (delta(k, j) - mu[j]), k),
        derivative(p[i], a[j]),
        using=[JACOBIAN],
    ),
    # what one class gains, the others lose
    "eq-jacobian-columns": Claim(total(derivative(p[i], a[j]), i), 0, using=[JACOBIAN]),
    "eq-jvp": Claim(
        total(derivative(p[i], a[j]) * v[j], j),
        p[i] * (v[i] - total(p[k] * v[k], k)),
        using=[JACOBIAN],
    ),
    "eq-variance": Claim(
        QUADRATIC_FORM,
        total(p[k] * v[k] ** 2, k) - total(p[k] * v[k], k) ** 2,
        using=[JACOBIAN],
    ),
    # a sum of squares with weights p, so nonnegative
    "eq-variance-pairs": Claim(
        QUADRATIC_FORM,
        total(total(p[i] * p[j] * (v[i] - v[j]) ** 2, j), i) / 2,
        using=[JACOBIAN],
    ),
    # the Hessian is the Jacobian of softmax
    "eq-lse-hessian": Claim(derivative(LSE, a[i], a[j]), p[i] * (delta(i, j) - p[j])),
    # the third cumulant of a one-hot draw
    "eq-lse-third": Claim(
        derivative(LSE, a[i], a[j], a[k]),
        p[i] * (delta(i, j) - p[j]) * (delta(i, k) - p[k]) - p[i] * p[j] * (delta(j, k) - p[k]),
    ),
}
