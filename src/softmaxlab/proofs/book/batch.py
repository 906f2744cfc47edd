"""A batch: rows n, r over 1..m, classes k, c over 1..N, and the layer z = x w + b below it."""

from ..prover import prove
from ..vocabulary import Eq, define, derivative, every, exp, indices, log, matrix, size, total, vector
from ..vocabulary import N as CLASSES
from .words import c, k, m

D = size("D")
n, r = indices("n r", upto=m)
d, e = indices("d e", upto=D)
targets = matrix("y", m, CLASSES)
x, w, b = matrix("x", m, D), matrix("w", D, CLASSES), vector("b")
ROWS = [every(r, Eq(total(targets[r, c], c), 1))]


def mean_loss(logits):
    """Return (p, L̄): the probabilities of all rows and the mean loss, for logits z_nk."""
    p = define("p", n, k, exp(logits[n, k]) / total(exp(logits[n, c]), c))
    return p, define("L̄", -total(total(targets[r, c] * log(p[r, c]), c), r) / m)


def batch_gradient():
    """∂L̄/∂z_nk = (p_nk − y_nk) / m."""
    z = matrix("z", m, CLASSES)
    p, loss = mean_loss(z)
    return prove(derivative(loss, z[n, k]), (p[n, k] - targets[n, k]) / m, given=ROWS)


def layer():
    """Return (z, p, L̄) for z_nk = Σ_d x_nd w_dk + b_k."""
    z = define("z", n, k, total(x[n, d] * w[d, k], d) + b[k])
    return z, *mean_loss(z)


def through_logits(loss, z, variable):
    """Return Σ_n Σ_c (∂L̄/∂z_nc)(∂z_nc/∂variable): the chain rule through the logits."""
    return total(total(derivative(loss, z[n, c]) * derivative(z[n, c], variable), c), n)


def weights():
    """∂L̄/∂w_dk = Σ_n x_nd (p_nk − y_nk) / m, through the logits."""
    z, p, loss = layer()
    upstream = prove(derivative(loss, z[n, k]), (p[n, k] - targets[n, k]) / m, given=ROWS, name="eq-batch-gradient")
    return prove(derivative(loss, w[d, k]), total(x[n, d] * (p[n, k] - targets[n, k]) / m, n), given=ROWS,
                 via=[through_logits(loss, z, w[d, k])], using=[upstream])  # fmt: skip


def bias():
    """∂L̄/∂b_k = Σ_n (p_nk − y_nk) / m, through the logits."""
    z, p, loss = layer()
    upstream = prove(derivative(loss, z[n, k]), (p[n, k] - targets[n, k]) / m, given=ROWS, name="eq-batch-gradient")
    return prove(derivative(loss, b[k]), total((p[n, k] - targets[n, k]) / m, n), given=ROWS,
                 via=[through_logits(loss, z, b[k])], using=[upstream])  # fmt: skip


CATALOGUE = {"eq-batch-gradient": batch_gradient, "eq-batch-w": weights, "eq-batch-b": bias}
