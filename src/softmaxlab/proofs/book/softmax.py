"""Chapters 1 to 3: softmax, its shift, its temperature, and log-sum-exp."""

from ..prover import prove
from ..vocabulary import Eq, define, derivative, every, exp, log, scalar, total
from .words import LSE, C, S, T, a, i, j, k, p, q, shift, y_label


def ratio():
    """p_i / p_j = e^{a_i − a_j}."""
    return prove(p[i] / p[j], exp(a[i] - a[j]))


def softmax():
    """Softmax is what the ratio law and a total of 1 leave: p_i = e^{a_i} / Σ_k e^{a_k}."""
    law = every(k, Eq(exp(a[k]), exp(a[i]) * q[k] / q[i]))
    through = [q[i] / total(q[k], k), exp(a[i]) / total(exp(a[i]) * q[k] / q[i], k)]
    return prove(q[i], exp(a[i]) / S, given=[law, Eq(total(q[k], k), 1)], via=through)


def sum_one():
    """p_i > 0 and Σ_i p_i = 1."""
    return prove(total(p[i], i), 1, positive=[p[i]])


def shifted():
    """softmax(a + c) = softmax(a), entry by entry."""
    return prove(exp(a[i] + shift) / total(exp(a[k] + shift), k), exp(a[i]) / S)


def log_c():
    """The two steps with C: times C above and below, then into the exponents."""
    through = C * exp(a[i]) / (C * S)
    return prove(exp(a[i]) / S, exp(a[i] + log(C)) / total(exp(a[k] + log(C)), k), via=[through])


def log_softmax():
    """log p_i = a_i − log Σ_k e^{a_k}."""
    return prove(log(p[i]), a[i] - log(S))


def loss_from_logits():
    """L = LSE(a) − a_y, where L = −log p_y for the true class y."""
    return prove(-log(p[y_label]), LSE - a[y_label])


def lse_shift():
    """LSE(a + c) = c + LSE(a)."""
    return prove(log(total(exp(a[k] + shift), k)), shift + LSE)


def log_add():
    """log(p + q) = LSE(log p, log q): two numbers, so the sum has two terms."""
    left, right = scalar("p", positive=True), scalar("q", positive=True)
    return prove(log(left + right), log(exp(log(left)) + exp(log(right))))


def softmax_of_log():
    """softmax(log p) = p, for positive p that sum to 1."""
    return prove(exp(log(q[i])) / total(exp(log(q[k])), k), q[i], given=[Eq(total(q[k], k), 1)])


def lse_gradient():
    """∂LSE/∂a_i = e^{a_i} / Σ_k e^{a_k} = p_i."""
    return prove(derivative(LSE, a[i]), p[i], via=[exp(a[i]) / S])


def temperature_gradient():
    """∂p_i/∂T = p_i (Σ_k p_k a_k − a_i) / T², with p taken at temperature T."""
    warm = define("p", i, exp(a[i] / T) / total(exp(a[k] / T), k))
    return prove(derivative(warm[i], T), warm[i] / T**2 * (total(warm[k] * a[k], k) - a[i]))


CATALOGUE = {
    "eq-ratio": ratio,
    "eq-softmax": softmax,
    "eq-sum-one": sum_one,
    "eq-shift": shifted,
    "eq-log-c": log_c,
    "eq-log-softmax": log_softmax,
    "eq-loss-from-logits": loss_from_logits,
    "eq-lse-shift": lse_shift,
    "eq-log-add": log_add,
    "eq-softmax-of-log": softmax_of_log,
    "eq-lse-gradient": lse_gradient,
    "eq-temperature-gradient": temperature_gradient,
}
