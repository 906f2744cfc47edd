"""Chapters 5 and 6: cross-entropy, the chain rule line by line, and p − y."""

from ..prover import prove
from ..vocabulary import Eq, N, define, delta, derivative, log, scalar, total
from .jacobian import jacobian
from .words import LSE, L, a, c, i, j, k, p, q, t, y

ONE = Eq(total(y[k], k), 1)


def cross_entropy_logits():
    """−Σ_k y_k log p_k = LSE(a) Σ_k y_k − Σ_k y_k a_k."""
    return prove(L, LSE * total(y[k], k) - total(y[k] * a[k], k))


def loss_by_p():
    """∂L/∂p_i = −y_i / p_i, with the p as variables of their own."""
    free = define("L", -total(y[k] * log(q[k]), k))
    return prove(derivative(free, q[i]), -y[i] / q[i])


def chain_1():
    """The chain rule, with its Σ: ∂L/∂a_i = Σ_j (∂L/∂p_j)(∂p_j/∂a_i)."""
    return prove(derivative(L, a[i]), chain_sum(), using=[jacobian()])


def chain_sum():
    """Return Σ_j (∂L/∂p_j)(∂p_j/∂a_i)."""
    return total(derivative(L, p[j]) * derivative(p[j], a[i]), j)


def chain_2():
    """Both derivatives put in: Σ_j (−y_j / p_j) p_j (δ_ij − p_i)."""
    return prove(chain_sum(), total(-y[j] / p[j] * (p[j] * (delta(i, j) - p[i])), j), using=[jacobian()])


def chain_3():
    """The summand j = i split off: −y_i (1 − p_i) + Σ_{j≠i} y_j p_i."""
    line = total(-y[j] / p[j] * (p[j] * (delta(i, j) - p[i])), j)
    return prove(line, -y[i] * (1 - p[i]) + total(y[j] * p[i], j, but=i))


def chain_4():
    """Gathered: −y_i (1 − p_i) + Σ_{j≠i} y_j p_i = p_i Σ_j y_j − y_i."""
    return prove(-y[i] * (1 - p[i]) + total(y[j] * p[i], j, but=i), p[i] * total(y[j], j) - y[i])


def gradient_general():
    """∂L/∂a_i = p_i Σ_k y_k − y_i, whatever the y sum to."""
    return prove(derivative(L, a[i]), p[i] * total(y[k], k) - y[i])


def p_minus_y():
    """∂L/∂a_i = p_i − y_i, for targets that sum to 1."""
    return prove(derivative(L, a[i]), p[i] - y[i], given=[ONE])


def soft_labels():
    """A soft label is a mixture of hard ones: ∂L/∂a_i = Σ_c y_c (p_i − δ_ci) = p_i − y_i."""
    mixture = total(y[c] * (p[i] - delta(c, i)), c)
    return prove(derivative(L, a[i]), p[i] - y[i], given=[ONE], via=[mixture])


def smoothing():
    """Label smoothing: targets (1 − ε) y + ε/N sum to 1 again, so the gradient is p minus them."""
    share = scalar("ε")
    smooth = define("y'", i, (1 - share) * y[i] + share / N)
    loss = define("L", -total(smooth[k] * log(p[k]), k))
    return prove(derivative(loss, a[i]), p[i] - smooth[i], given=[ONE])


def kl_split():
    """H(y, p) = H(y) + KL(y‖p)."""
    cross = define("H(y, p)", -total(t[k] * log(q[k]), k))
    entropy = define("H(y)", -total(t[k] * log(t[k]), k))
    divergence = define("KL(y‖p)", total(t[k] * log(t[k] / q[k]), k))
    return prove(cross, entropy + divergence)


def entropy_gradient():
    """∂H(p)/∂a_i = −p_i (log p_i + H(p))."""
    entropy = define("H(p)", -total(p[k] * log(p[k]), k))
    return prove(derivative(entropy, a[i]), -p[i] * (log(p[i]) + entropy))


CATALOGUE = {
    "eq-cross-entropy-logits": cross_entropy_logits,
    "eq-loss-by-p": loss_by_p,
    "eq-chain-1": chain_1,
    "eq-chain-2": chain_2,
    "eq-chain-3": chain_3,
    "eq-chain-4": chain_4,
    "eq-gradient-general": gradient_general,
    "eq-p-minus-y": p_minus_y,
    "eq-soft-labels": soft_labels,
    "eq-smoothing": smoothing,
    "eq-kl-split": kl_split,
    "eq-entropy-gradient": entropy_gradient,
}
