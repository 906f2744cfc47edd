"""Chapters 5 and 6: cross-entropy, the chain rule line by line, and p − y."""

from typing import TYPE_CHECKING

from ..claim import Claim, ConcreteClaim
from ..language.vocabulary import Eq, N, define, delta, derivative, exp, log, scalar, total, vector
from .jacobian import JACOBIAN
from .words import LSE, L, T, a, c, i, j, k, p, q, sums_to_one, t, warm, y

if TYPE_CHECKING:
    from ..checking.measured import ConcreteStep

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
linear_loss = define("L", total(g[k] * p[k], k))  # stands for any loss whose gradient with respect to p is g

warm_loss = define("L", -total(y[k] * log(warm[k]), k))
score, target = scalar("s"), scalar("y")  # one question, yes or no
sigma = define("σ", 1 / (1 + exp(-score)))
binary_loss = define("L", -target * log(sigma) - (1 - target) * log(1 - sigma))

belief, announced = vector("q"), vector("p")  # of a forecaster: what she thinks, and what she says
BRIER = total(belief[c] * (total((announced[i] - delta(c, i)) ** 2, i) / 2), c)

share = scalar("ε")
smooth = define("y'", i, (1 - share) * y[i] + share / N)
smooth_loss = define("L", -total(smooth[k] * log(p[k]), k))


def distillation(sizes: tuple[int, ...]) -> "list[ConcreteStep]":
    """Work out the limit of T² times the gradient of a warm student at these N, by SymPy."""
    from ..checking.temperature import distillation  # SymPy takes longer to load than all claims of the book

    return distillation(sizes)


GENERAL = Claim(derivative(L, a[i]), p[i] * total(y[k], k) - y[i])

CATALOGUE: dict[str, Claim | ConcreteClaim] = {
    "eq-cross-entropy-logits": Claim(
        -total(y[i] * log(p[i]), i),
        LSE * total(y[i], i) - total(y[i] * a[i], i),
    ),
    "eq-kl-split": Claim(cross, entropy_of_targets + divergence),
    "eq-entropy-gradient": Claim(derivative(entropy, a[i]), -p[i] * (log(p[i]) + entropy)),
    "eq-brier-split": Claim(
        BRIER,
        total((announced[i] - belief[i]) ** 2, i) / 2 + (1 - total(belief[i] ** 2, i)) / 2,
        given=[Eq(total(belief[i], i), 1)],
    ),
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
    # the chain rule uses only the gradient of a loss, so one that is linear in p stands for all
    "eq-vjp": Claim(
        derivative(linear_loss, a[i]),
        p[i] * (g[i] - total(p[k] * g[k], k)),
        also=[Claim(g[k], derivative(linear_loss, p[k]))],
        part="proved for losses linear in p",
    ),
    # whatever the y sum to
    "eq-gradient-general": GENERAL,
    "eq-errata-any-total": GENERAL,
    "eq-binary-grad": Claim(derivative(binary_loss, score), sigma - target),
    "eq-temperature-grad": Claim(derivative(warm_loss, a[i]), (warm[i] - y[i]) / T, given=[sums_to_one]),
    "eq-distillation": ConcreteClaim(
        r"\lim_{T \to \infty} T^2 \frac{p_i - q_i}{T} = \frac{a_i - b_i}{N}",
        sizes=(2, 3, 4, 5, 6),
        work=distillation,
    ),
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
