"""Chapter 4: the Jacobian of softmax, its rows, its products, and the derivatives of log-sum-exp behind it."""

from ..prover import prove
from ..vocabulary import apart, delta, derivative, exp, total
from .words import LSE, S, a, i, j, k, p, v


def quotient():
    """The quotient rule line: ∂/∂a_j of e^{a_i} / Σ."""
    top = delta(i, j) * exp(a[i]) * S - exp(a[i]) * exp(a[j])
    return prove(derivative(exp(a[i]) / S, a[j]), top / S**2)


def diagonal():
    """∂p_i/∂a_i = p_i (1 − p_i)."""
    return prove(derivative(p[i], a[i]), p[i] * (1 - p[i]))


def off_diagonal():
    """∂p_i/∂a_j = −p_i p_j for i ≠ j."""
    return prove(derivative(p[i], a[j]), -p[i] * p[j], given=[apart(i, j)])


def jacobian():
    """∂p_i/∂a_j = p_i (δ_ij − p_j)."""
    return prove(derivative(p[i], a[j]), p[i] * (delta(i, j) - p[j]), name="eq-jacobian")


def symmetric():
    """∂p_i/∂a_j = ∂p_j/∂a_i."""
    return prove(derivative(p[i], a[j]), derivative(p[j], a[i]), using=[jacobian()])


def rows():
    """Σ_j ∂p_i/∂a_j = 0: all logits up by the same, nothing moves."""
    return prove(total(derivative(p[i], a[j]), j), 0, using=[jacobian()])


def columns():
    """Σ_i ∂p_i/∂a_j = 0: what one class gains, the others lose."""
    return prove(total(derivative(p[i], a[j]), i), 0, using=[jacobian()])


def jvp():
    """(J v)_i = Σ_j ∂p_i/∂a_j v_j = p_i (v_i − Σ_k p_k v_k)."""
    return prove(total(derivative(p[i], a[j]) * v[j], j), p[i] * (v[i] - total(p[k] * v[k], k)), using=[jacobian()])


def quadratic_form():
    """Return vᵀ J v."""
    return total(total(v[i] * derivative(p[i], a[j]) * v[j], j), i)


def variance():
    """vᵀ J v = Σ p v² − (Σ p v)²."""
    return prove(quadratic_form(), total(p[k] * v[k] ** 2, k) - total(p[k] * v[k], k) ** 2, using=[jacobian()])


def variance_pairs():
    """vᵀ J v = ½ Σ_i Σ_j p_i p_j (v_i − v_j)²: nonnegative, for all to see."""
    pairs = total(total(p[i] * p[j] * (v[i] - v[j]) ** 2, j), i) / 2
    return prove(quadratic_form(), pairs, using=[jacobian()])


def lse_hessian():
    """∂²LSE/∂a_i ∂a_j = p_i (δ_ij − p_j): the Hessian is the Jacobian of softmax."""
    return prove(derivative(LSE, a[i], a[j]), p[i] * (delta(i, j) - p[j]))


def lse_third():
    """The third derivative of LSE: the third cumulant of a one-hot draw."""
    slope = p[i] * (delta(i, j) - p[j]) * (delta(i, k) - p[k])
    return prove(derivative(LSE, a[i], a[j], a[k]), slope - p[i] * p[j] * (delta(j, k) - p[k]))


CATALOGUE = {
    "eq-quotient": quotient,
    "eq-jacobian-diagonal": diagonal,
    "eq-jacobian-off": off_diagonal,
    "eq-jacobian": jacobian,
    "eq-jacobian-symmetric": symmetric,
    "eq-jacobian-rows": rows,
    "eq-jacobian-columns": columns,
    "eq-jvp": jvp,
    "eq-variance": variance,
    "eq-variance-pairs": variance_pairs,
    "eq-lse-hessian": lse_hessian,
    "eq-lse-third": lse_third,
}
