"""Chapters 5 and 6: cross-entropy, the chain rule line by line, and p − y."""

from ..claim import Claim
from ..vocabulary import N, define, delta, derivative, log, scalar, total, vector
from .jacobian import JACOBIAN
from .words import LSE, L, a, c, i, j, k, p, q, sums_to_one, t, y

cross = define("H(y, p)", -total(t[k] * log(q[k]), k))
entropy_of_targets = define("H(y)", -total(t[k] * log(t[k]), k))
divergence = define("KL(y‖p)", total(t[k] * log(t[k] / q[k]), k))
entropy = define("H(p)", -total(p[k] * log(p[k]), k))
squared_error = define("S", total((p[i] - y[i]) ** 2, i) / 2)

free_loss = define("L", -total(y[k] * log(q[k]), k))  # the p as variables of their own
CHAIN_RULE = total(derivative(L, p[j]) * derivative(p[j], a[i]), j)
PUT_IN = total(-y[j] / p[j] * (p[j] * (delta(i, j) - p[i])), j)
SPLIT = -y[i] * (1 - p[i]) + total(y[j] * p[i], j, but=i)

g = vector("g")
linear_loss = define("L", total(g[k] * p[k], k))  # any loss, as far as its slopes g by the p go

share = scalar("ε")
smooth = define("y'", i, (1 - share) * y[i] + share / N)
smooth_loss = define("L", -total(smooth[k] * log(p[k]), k))

GENERAL = Claim(derivative(L, a[i]), p[i] * total(y[k], k) - y[i])

CATALOGUE = {
    "eq-cross-entropy-logits": Claim(
        -total(y[i] * log(p[i]), i),
        LSE * total(y[i], i) - total(y[i] * a[i], i),
    ),
    "eq-kl-split": Claim(cross, entropy_of_targets + divergence),
    "eq-entropy-gradient": Claim(derivative(entropy, a[i]), -p[i] * (log(p[i]) + entropy)),
    "eq-squared-error-grad": Claim(
        derivative(squared_error, a[i]),
        p[i] * ((p[i] - y[i]) - total(p[k] * (p[k] - y[k]), k)),
    ),
    "eq-loss-by-p": Claim(derivative(free_loss, q[i]), -y[i] / q[i]),
    "eq-chain-1": Claim(derivative(L, a[i]), CHAIN_RULE, using=[JACOBIAN]),
    "eq-chain-2": Claim(CHAIN_RULE, PUT_IN, using=[JACOBIAN]),
    "eq-chain-3": Claim(PUT_IN, SPLIT),
    "eq-chain-4": Claim(SPLIT, p[i] * total(y[j], j) - y[i]),
    "eq-p-minus-y": Claim(derivative(L, a[i]), p[i] - y[i], given=[sums_to_one]),
    "eq-loss-linear": Claim(L, LSE - total(y[j] * a[j], j), given=[sums_to_one]),
    # the chain rule knows a loss by its slopes alone, so one that is linear in p stands for all
    "eq-vjp": Claim(
        derivative(linear_loss, a[i]),
        p[i] * (g[i] - total(p[k] * g[k], k)),
        also=[Claim(g[k], derivative(linear_loss, p[k]))],
        part="proved for losses linear in p",
    ),
    # whatever the y sum to
    "eq-gradient-general": GENERAL,
    "eq-errata-any-total": GENERAL,
    # a soft label is a mixture of hard ones
    "eq-soft-labels": Claim(
        derivative(L, a[i]),
        p[i] - y[i],
        via=[total(y[c] * (p[i] - delta(c, i)), c)],
        given=[sums_to_one],
    ),
    # smoothed targets sum to 1 again
    "eq-smoothing": Claim(
        derivative(smooth_loss, a[i]),
        p[i] - smooth[i],
        given=[sums_to_one],
        also=[Claim(smooth[i], (1 - share) * y[i] + share / N)],
    ),
}
