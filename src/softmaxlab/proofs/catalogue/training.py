"""Training: softmax regression with a penalty, and one hidden layer, for m rows, D features and K hidden units."""

from ..claim import Claim
from ..language.terms import Term
from ..language.vocabulary import Eq, define, delta, derivative, exp, indices, matrix, scalar, size, total, vector
from ..language.vocabulary import N as CLASSES
from .batch import ROWS, D, b, d, e, layer, mean_loss, n, targets, w, x
from .words import c, k, m

K = size("K")
j, unit = indices("j l", upto=K)
A, alpha, B = matrix("A", D, K), vector("α", K), matrix("B", K, CLASSES)

# F: the mean loss with its penalty, for z_nk = Σ_d x_nd w_dk + b_k
penalty = scalar("λ")
_, probs, mean = layer()
penalized = define("F", mean + penalty / 2 * total(total(w[e, c] * w[e, c], c), e))

# at the minimum the gradient is 0, here times m
price, p_free = scalar("λ", positive=True), matrix("p", m, CLASSES)
AT_REST = Eq(total(x[n, d] * p_free[n, k], n), total(x[n, d] * targets[n, k], n) - m * price * w[d, k])

# z_nk = Σ_j h_nj B_jk + b_k, the hidden values as variables of their own
units = matrix("h", m, K)
p_output, loss_output = mean_loss(define("z", n, k, total(units[n, j] * B[j, k], j) + b[k]))


def tanh(value: Term) -> Term:
    """Return (eˢ − e⁻ˢ) / (eˢ + e⁻ˢ)."""
    return (exp(value) - exp(-value)) / (exp(value) + exp(-value))


s = scalar("s")
tanh_s = define("tanh(s)", tanh(s))

hidden = define("h", n, j, tanh(total(x[n, d] * A[d, j], d) + alpha[j]))
p_hidden, loss_hidden = mean_loss(define("z", n, k, total(hidden[n, j] * B[j, k], j) + b[k]))
# for targets of any sum
UPSTREAM = Claim(
    derivative(loss_hidden, hidden[n, j]),
    total((p_hidden[n, k] * total(targets[n, c], c) - targets[n, k]) / m * B[j, k], k),
)
SLOPE_OF_HIDDEN = Claim(
    derivative(hidden[n, unit], A[d, j]),
    x[n, d] * (1 - hidden[n, unit] * hidden[n, unit]) * delta(unit, j),
    name="eq-tanh-slope",
)
PATHS = total(total(derivative(loss_hidden, hidden[n, unit]) * derivative(hidden[n, unit], A[d, j]), unit), n)

CATALOGUE = {
    "eq-weights-gradient": Claim(
        derivative(penalized, w[d, k]),
        total(x[n, d] * (probs[n, k] - targets[n, k]) / m, n) + penalty * w[d, k],
        given=ROWS,
    ),
    "eq-weights-hessian": Claim(
        derivative(penalized, w[d, k], w[e, c]),
        total(x[n, d] * probs[n, k] * (delta(k, c) - probs[n, c]) * x[n, e], n) / m
        + penalty * delta(d, e) * delta(k, c),
        given=ROWS,
    ),
    "eq-weights-from-images": Claim(
        w[d, k],
        total((targets[n, k] - p_free[n, k]) * x[n, d], n) / (price * m),
        given=[AT_REST],
        part="proved from what eq-weights-gradient says at rest",
    ),
    "eq-backward-outer": Claim(
        derivative(loss_output, B[j, k]),
        total(units[n, j] * (p_output[n, k] - targets[n, k]) / m, n),
        given=ROWS,
    ),
    "eq-backward-hidden": Claim(
        derivative(loss_output, units[n, j]),
        total((p_output[n, k] - targets[n, k]) / m * B[j, k], k),
        given=ROWS,
    ),
    "eq-tanh-slope": Claim(derivative(tanh_s, s), 1 - tanh_s**2),
    "eq-backward-inner": Claim(
        derivative(loss_hidden, A[d, j]),
        total(x[n, d] * (1 - hidden[n, j] ** 2) * derivative(loss_hidden, hidden[n, j]), n),
        through=[
            total(total(derivative(loss_hidden, hidden[n, unit]) * derivative(hidden[n, unit], A[d, j]), unit), n)
        ],
        using=[hidden, UPSTREAM, SLOPE_OF_HIDDEN],
    ),
}
