"""Chapter 8: the loss along one logit, its derivatives of the first three orders, and the loss for complex logits."""

from ..claim import Claim
from ..language.vocabulary import delta, derivative, exp, log, scalar, total
from .words import LSE, L, a, hard_loss, j, k, p, sums_to_one, y, y_label

h = scalar("h")
m = scalar("m")  # any shift

CATALOGUE = {
    # LSE with a_k moved by h
    "eq-loss-along": Claim(log(total(exp(a[j] + h * delta(j, k)), j)) - LSE, log(1 + p[k] * (exp(h) - 1))),
    "eq-slope-along": Claim(derivative(L, a[k]), p[k] - y[k], given=[sums_to_one]),
    "eq-curvature-along": Claim(derivative(L, a[k], a[k]), p[k] * (1 - p[k]), given=[sums_to_one]),
    "eq-third-along": Claim(
        derivative(L, a[k], a[k], a[k]),
        p[k] * (1 - p[k]) * (1 - 2 * p[k]),
        given=[sums_to_one],
    ),
    "eq-complex-loss": Claim(
        hard_loss,
        m + log(total(exp(a[k] - m), k)) - a[y_label],
        where=[("L", hard_loss)],
        part="proved for real scores and any real m",
    ),
}
