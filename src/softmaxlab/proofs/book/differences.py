"""Chapter 8: the loss along one logit, its derivatives of the first three orders, and the loss for complex logits."""

from ..prover import prove
from ..vocabulary import Eq, delta, derivative, exp, log, scalar, total
from .words import LSE, L, a, c, j, k, p, shift, y, y_label

ONE = Eq(total(y[c], c), 1)


def along():
    """LSE with a_k moved by h, minus LSE: log(1 + p_k (e^h − 1))."""
    h = scalar("h")
    return prove(log(total(exp(a[j] + h * delta(j, k)), j)) - LSE, log(1 + p[k] * (exp(h) - 1)))


def slope():
    """∂L/∂a_k = p_k − y_k."""
    return prove(derivative(L, a[k]), p[k] - y[k], given=[ONE])


def curvature():
    """∂²L/∂a_k² = p_k (1 − p_k)."""
    return prove(derivative(L, a[k], a[k]), p[k] * (1 - p[k]), given=[ONE])


def third():
    """∂³L/∂a_k³ = p_k (1 − p_k)(1 − 2p_k)."""
    return prove(derivative(L, a[k], a[k], a[k]), p[k] * (1 - p[k]) * (1 - 2 * p[k]), given=[ONE])


def shifted_loss():
    """m + log Σ_k e^{a_k − m} − a_y = LSE(a) − a_y, whatever the shift m is."""
    return prove(shift + log(total(exp(a[k] - shift), k)) - a[y_label], LSE - a[y_label])


CATALOGUE = {
    "eq-loss-along": along,
    "eq-slope-along": slope,
    "eq-curvature-along": curvature,
    "eq-third-along": third,
    "eq-complex-loss": shifted_loss,
}
