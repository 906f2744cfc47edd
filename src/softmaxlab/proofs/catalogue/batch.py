"""A batch: rows n, r over 1..m, classes k, c over 1..N, and the layer z = x w + b below it."""

from ..claim import Claim
from ..language.terms import Defined, Definition, Term, Total, Vector
from ..language.vocabulary import Eq, define, derivative, every, exp, indices, log, matrix, size, total, vector
from ..language.vocabulary import N as CLASSES
from .words import a, c, k, m
from .words import p as softmax

D = size("D")
n, r = indices("n r", upto=m)
d, e = indices("d e", upto=D)
z = matrix("z", m, CLASSES)
targets = matrix("y", m, CLASSES)
x, w, b = matrix("x", m, D), matrix("w", D, CLASSES), vector("b")
ROWS = [every(r, Eq(total(targets[r, c], c), 1))]


def mean_loss(logits: Vector | Definition) -> tuple[Definition, Defined]:
    """Return (p, L̄): the probabilities of all rows and the mean loss, for logits z_nk."""
    p = define("p", n, k, exp(logits[n, k]) / total(exp(logits[n, c]), c))
    return p, define("L̄", -total(total(targets[r, c] * log(p[r, c]), c), r) / m)


def layer() -> tuple[Definition, Definition, Defined]:
    """Return (z, p, L̄) for z_nk = Σ_d x_nd w_dk + b_k."""
    logits = define("z", n, k, total(x[n, d] * w[d, k], d) + b[k])
    return logits, *mean_loss(logits)


def through_logits(loss: Term, logits: Vector | Definition, variable: Term) -> Total:
    """Return Σ_n Σ_c (∂L̄/∂z_nc)(∂z_nc/∂variable): the chain rule through the logits."""
    return total(total(derivative(loss, logits[n, c]) * derivative(logits[n, c], variable), c), n)


p, loss = mean_loss(z)
row_loss = define("L", r, -total(targets[r, c] * log(p[r, c]), c))
u = vector("u", m)
weighted_loss = define("L̄", -total(u[r] * total(targets[r, c] * log(p[r, c]), c), r) / total(u[r], r))

z_layer, p_layer, loss_layer = layer()
UPSTREAM = Claim(
    derivative(loss_layer, z_layer[n, k]),
    (p_layer[n, k] - targets[n, k]) / m,
    given=ROWS,
    name="eq-batch-gradient",
)

OF_ALL = total(total(exp(z[r, c]), c), r)
f = define("f", c, total(targets[r, c], r) / m)
q, w_class = vector("q", positive=True), vector("w", positive=True)
any_q, any_w = vector("q"), vector("w")

# softmax over the whole batch (a misprint of the sources), its loss, and log-sum-exp of all and of one row
p_batch = define("P", n, k, exp(z[n, k]) / OF_ALL)
loss_batch = define("L_batch", -total(total(targets[r, c] * log(p_batch[r, c]), c), r) / m)
lse_batch, lse_row = log(OF_ALL), log(total(exp(z[r, c]), c))

CATALOGUE = {
    "eq-batch-gradient": Claim(derivative(loss, z[n, k]), (p[n, k] - targets[n, k]) / m, given=ROWS),
    "eq-batch-w": Claim(
        derivative(loss_layer, w[d, k]),
        total(x[n, d] * (p_layer[n, k] - targets[n, k]) / m, n),
        given=ROWS,
        through=[through_logits(loss_layer, z_layer, w[d, k])],
        using=[UPSTREAM],
    ),
    "eq-batch-b": Claim(
        derivative(loss_layer, b[k]),
        total((p_layer[n, k] - targets[n, k]) / m, n),
        given=ROWS,
        through=[through_logits(loss_layer, z_layer, b[k])],
        using=[UPSTREAM],
    ),
    # softmax over a whole batch: p_nk times the share of row n in the sum of all exponentials
    "eq-row-share": Claim(exp(z[n, k]) / OF_ALL, p[n, k] * (total(exp(z[n, c]), c) / OF_ALL)),
    # the sum of the losses, whatever m is
    "eq-sum-gradient": Claim(
        derivative(total(row_loss[r], r), z[n, k]),
        m * derivative(loss, z[n, k]),
        given=ROWS,
        via=[p[n, k] - targets[n, k]],
    ),
    # every row at every label, over m, is m times the mean loss under the frequencies f of the labels
    "eq-column-loss": Claim(
        -total(total(total(targets[r, c] * log(p[n, c]), c), r), n) / m,
        m * (-total(total(f[c] * log(p[n, c]), c), n) / m),
        also=[Claim(f[c], total(targets[r, c], r) / m)],
    ),
    # for any weights u of the rows
    "eq-weighted-gradient": Claim(
        derivative(weighted_loss, z[n, k]),
        u[n] * (p[n, k] - targets[n, k]) / total(u[r], r),
        given=ROWS,
        where=[("L̄_w", weighted_loss)],
    ),
    # the weighted loss expected under class frequencies q
    "eq-weighted-pull": Claim(
        derivative(-total(any_q[c] * any_w[c] * log(softmax[c]), c), a[k]),
        softmax[k] * total(any_w[c] * any_q[c], c) - any_w[k] * any_q[k],
    ),
    # the probabilities q, tilted by the weights
    "eq-weighted-optimum": Claim(
        exp(log(q[k]) + log(w_class[k])) / total(exp(log(q[c]) + log(w_class[c])), c),
        w_class[k] * q[k] / total(w_class[c] * q[c], c),
    ),
    "eq-errata-batch-loss": Claim(
        loss_batch - loss,
        lse_batch - total(lse_row, r) / m,
        given=ROWS,
        where=[("L", loss), ("LSE(Z)", lse_batch), ("LSE(Z_r)", lse_row), ("Y", targets)],
    ),
    "eq-errata-batch-grad": Claim(
        derivative(loss_batch, z[n, k]),
        p_batch[n, k] - targets[n, k] / m,
        given=ROWS,
        where=[("Z", z), ("Y", targets)],
    ),
}
