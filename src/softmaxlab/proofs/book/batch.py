"""A batch: rows n, r over 1..m, classes k, c over 1..N, and the layer z = x w + b below it."""

from ..prover import prove
from ..vocabulary import Eq, define, derivative, every, exp, indices, log, matrix, size, total, vector
from ..vocabulary import N as CLASSES
from .words import a, c, j, k, m
from .words import p as softmax

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


def row_share():
    """Softmax over a whole batch: p_nk times the share of row n in the sum of all exponentials."""
    z = matrix("z", m, CLASSES)
    p, _ = mean_loss(z)
    of_all = total(total(exp(z[r, c]), c), r)
    return prove(exp(z[n, k]) / of_all, p[n, k] * total(exp(z[n, c]), c) / of_all)


def sum_gradient():
    """∂/∂z_nk of the sum of the losses: p_nk − y_nk, whatever m is."""
    z = matrix("z", m, CLASSES)
    p, _ = mean_loss(z)
    loss = define("Σ L", -total(total(targets[r, c] * log(p[r, c]), c), r))
    return prove(derivative(loss, z[n, k]), p[n, k] - targets[n, k], given=ROWS)


def column_loss():
    """Every row at every label, over m, is m times the mean loss under the frequencies f of the labels."""
    z = matrix("z", m, CLASSES)
    p, _ = mean_loss(z)
    f = define("f", c, total(targets[r, c], r) / m)
    all_pairs = total(total(total(targets[r, c] * log(p[n, c]), c), r), n)
    return prove(-all_pairs / m, m * (-total(total(f[c] * log(p[n, c]), c), n) / m))


def weighted_gradient():
    """∂/∂z_nk of the weighted mean loss: u_n (p_nk − y_nk) / Σ_r u_r, for any weights u of the rows."""
    z, u = matrix("z", m, CLASSES), vector("u", m)
    p, _ = mean_loss(z)
    loss = define("L̄", -total(u[r] * total(targets[r, c] * log(p[r, c]), c), r) / total(u[r], r))
    return prove(derivative(loss, z[n, k]), u[n] * (p[n, k] - targets[n, k]) / total(u[r], r), given=ROWS)


def weighted_pull():
    """∂/∂a_k of the weighted loss expected under class frequencies q: p_k Σ_c w_c q_c − w_k q_k."""
    q, w_class = vector("q"), vector("w")
    loss = define("L", -total(q[c] * w_class[c] * log(softmax[c]), c))
    return prove(derivative(loss, a[k]), softmax[k] * total(w_class[c] * q[c], c) - w_class[k] * q[k])


def weighted_optimum():
    """Softmax of log q + log w: the probabilities q, tilted by the weights."""
    q, w_class = vector("q", positive=True), vector("w", positive=True)
    tilted = define("a", j, log(q[j]) + log(w_class[j]))
    return prove(exp(tilted[k]) / total(exp(tilted[c]), c), w_class[k] * q[k] / total(w_class[c] * q[c], c))


CATALOGUE = {
    "eq-batch-gradient": batch_gradient,
    "eq-batch-w": weights,
    "eq-batch-b": bias,
    "eq-row-share": row_share,
    "eq-sum-gradient": sum_gradient,
    "eq-column-loss": column_loss,
    "eq-weighted-gradient": weighted_gradient,
    "eq-weighted-pull": weighted_pull,
    "eq-weighted-optimum": weighted_optimum,
}
