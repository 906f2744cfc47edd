"""Training: softmax regression with a penalty, and one hidden layer, for m rows, D features and K hidden units."""

from ..prover import prove
from ..vocabulary import Eq, define, delta, derivative, exp, indices, matrix, scalar, size, total, vector
from ..vocabulary import N as CLASSES
from .batch import ROWS, D, b, d, e, layer, mean_loss, n, targets, w, x
from .words import c, k, m

K = size("K")
j, unit = indices("j l", upto=K)
penalty = scalar("λ")
A, alpha, B = matrix("A", D, K), vector("α", K), matrix("B", K, CLASSES)
units = matrix("h", m, K)  # hidden values as variables of their own, where nothing below them is looked at
sent = matrix("g", m, K)  # ∂L̄/∂h_nj, any numbers


def penalized():
    """Return (p, F): the probabilities, and the mean loss with its penalty, for z_nk = Σ_d x_nd w_dk + b_k."""
    _, p, loss = layer()
    return p, define("F", loss + penalty / 2 * total(total(w[e, c] * w[e, c], c), e))


def weights_gradient():
    """∂F/∂w_dk = Σ_n x_nd (p_nk − y_nk) / m + λ w_dk."""
    p, loss = penalized()
    goal = total(x[n, d] * (p[n, k] - targets[n, k]) / m, n) + penalty * w[d, k]
    return prove(derivative(loss, w[d, k]), goal, given=ROWS)


def weights_hessian():
    """∂²F/∂w_dk ∂w_ec = Σ_n x_nd p_nk (δ_kc − p_nc) x_ne / m + λ δ_de δ_kc."""
    p, loss = penalized()
    goal = total(x[n, d] * p[n, k] * (delta(k, c) - p[n, c]) * x[n, e] / m, n) + penalty * delta(d, e) * delta(k, c)
    return prove(derivative(loss, w[d, k], w[e, c]), goal, given=ROWS)


def weights_from_images():
    """At the minimum, w_dk = Σ_n (y_nk − p_nk) x_nd / (λ m), for λ > 0: the gradient is 0, times m."""
    price, probs = scalar("λ", positive=True), matrix("p", m, CLASSES)
    at_rest = Eq(total(x[n, d] * probs[n, k], n), total(x[n, d] * targets[n, k], n) - m * price * w[d, k])
    return prove(w[d, k], total((targets[n, k] - probs[n, k]) * x[n, d], n) / (price * m), given=[at_rest])


def output_layer():
    """Return (p, L̄) for z_nk = Σ_j h_nj B_jk + b_k, the hidden values given."""
    return mean_loss(define("z", n, k, total(units[n, j] * B[j, k], j) + b[k]))


def backward_outer():
    """∂L̄/∂B_jk = Σ_n h_nj (p_nk − y_nk) / m."""
    p, loss = output_layer()
    return prove(derivative(loss, B[j, k]), total(units[n, j] * (p[n, k] - targets[n, k]) / m, n), given=ROWS)


def backward_hidden():
    """∂L̄/∂h_nj = Σ_k (p_nk − y_nk) / m · B_jk."""
    p, loss = output_layer()
    return prove(derivative(loss, units[n, j]), total((p[n, k] - targets[n, k]) / m * B[j, k], k), given=ROWS)


def tanh(value):
    """Return (eˢ − e⁻ˢ) / (eˢ + e⁻ˢ)."""
    return (exp(value) - exp(-value)) / (exp(value) + exp(-value))


def tanh_slope():
    """∂h/∂s = 1 − h², for h = tanh s."""
    s = scalar("s")
    h = define("h", tanh(s))
    return prove(derivative(h, s), 1 - h * h)


def backward_inner():
    """Σ_n Σ_l (∂L̄/∂h_nl) ∂h_nl/∂A_dj = Σ_n x_nd (1 − h_nj²) ∂L̄/∂h_nj, for h = tanh and any slopes ∂L̄/∂h."""
    h = define("h", n, j, tanh(total(x[n, d] * A[d, j], d) + alpha[j]))
    by_weight = x[n, d] * (1 - h[n, unit] * h[n, unit]) * delta(unit, j)
    slope = prove(derivative(h[n, unit], A[d, j]), by_weight, name="eq-tanh-slope")
    paths = total(total(sent[n, unit] * derivative(h[n, unit], A[d, j]), unit), n)
    return prove(paths, total(x[n, d] * (1 - h[n, j] * h[n, j]) * sent[n, j], n), using=[slope])


CATALOGUE = {
    "eq-weights-gradient": weights_gradient,
    "eq-weights-hessian": weights_hessian,
    "eq-weights-from-images": weights_from_images,
    "eq-backward-outer": backward_outer,
    "eq-backward-hidden": backward_hidden,
    "eq-tanh-slope": tanh_slope,
    "eq-backward-inner": backward_inner,
}
