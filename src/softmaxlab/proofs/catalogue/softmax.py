"""Chapters 1 to 3: softmax, its shift, its temperature, and log-sum-exp."""

from typing import TYPE_CHECKING

from ..claim import Claim, ConcreteClaim
from ..language.vocabulary import Eq, define, derivative, every, exp, log, scalar, total
from .words import LSE, C, S, T, a, hard_loss, i, j, k, mu, p, q, shift, warm, y_label

if TYPE_CHECKING:
    from ..checking.measured import ConcreteStep


def temperature_limits(sizes: tuple[int, ...]) -> "list[ConcreteStep]":
    """Work out the limits of the temperature at these N, by SymPy."""
    from ..checking.temperature import temperature_limits  # SymPy takes longer to load than all claims of the book

    return temperature_limits(sizes)


RATIO_LAW = every(k, Eq(exp(a[k]), exp(a[i]) * q[k] / q[i]))
ONE = Eq(total(q[k], k), 1)
left, right = scalar("p", positive=True), scalar("q", positive=True)
moving = define("m", total(mu[k] * a[k], k))

CATALOGUE: dict[str, Claim | ConcreteClaim] = {
    "eq-ratio": Claim(p[i] / p[j], exp(a[i] - a[j])),
    # softmax is what the ratio law and a total of 1 leave
    "eq-softmax": Claim(
        q[i],
        exp(a[i]) / S,
        given=[RATIO_LAW, ONE],
        through=[q[i] / total(q[k], k), exp(a[i]) / total(exp(a[i]) * q[k] / q[i], k)],
        part="proved from the ratio law and a sum of 1",
    ),
    "eq-sum-one": Claim(total(p[i], i), 1, positive=[p[i]]),
    "eq-sigmoid": Claim(p[1], 1 / (1 + exp(-(a[1] - a[2]))), n=2),
    "eq-temperature-limits": ConcreteClaim(
        r"\lim_{T \to \infty} p_i = \frac{1}{N}, \quad \lim_{T \to 0^{+}} p_i = \frac{1}{M} \text{ or } 0",
        sizes=(2, 3, 4, 5, 6),
        work=temperature_limits,
    ),
    "eq-shift": Claim(exp(a[i] + shift) / total(exp(a[k] + shift), k), exp(a[i]) / S),
    # a shift that depends on the scores: to first order, any smooth one is linear in them
    "eq-shift-slopes": Claim(
        derivative(exp(a[i] - moving) / total(exp(a[k] - moving), k), a[j]),
        derivative(exp(a[i]) / S, a[j]),
        also=[Claim(moving, total(mu[k] * a[k], k))],
    ),
    "eq-log-c": Claim(
        exp(a[i]) / S,
        exp(a[i] + log(C)) / total(exp(a[k] + log(C)), k),
        via=[C * exp(a[i]) / (C * S)],
    ),
    "eq-log-softmax": Claim(log(p[i]), a[i] - log(S)),
    "eq-loss-from-logits": Claim(hard_loss, LSE - a[y_label], where=[("L", hard_loss)]),
    "eq-lse-shift": Claim(log(total(exp(a[k] + shift), k)), shift + LSE),
    # two numbers, so the sum has two terms
    "eq-log-add": Claim(log(left + right), log(exp(log(left)) + exp(log(right)))),
    "eq-softmax-of-log": Claim(exp(log(q[i])) / total(exp(log(q[k])), k), q[i], given=[ONE]),
    "eq-lse-gradient": Claim(derivative(LSE, a[i]), p[i], via=[exp(a[i]) / S]),
    # p at temperature T
    "eq-temperature-gradient": Claim(
        derivative(warm[i], T),
        warm[i] / T**2 * (total(warm[k] * a[k], k) - a[i]),
    ),
}
