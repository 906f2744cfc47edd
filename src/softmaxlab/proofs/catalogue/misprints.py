"""Misprinted formulas of three posts, each beside the form that is true, in the words of `softmaxlab.proofs`.

`PRINTED` holds what the prover must refuse, `CORRECTED` what it must prove for every number of classes. Most
keys are labels of the book, without their ``eq-errata-``.
"""

from softmaxlab.proofs import Claim, Eq, define, derivative, exp, indices, log, scalar, total, vector

i, j, k = indices("i j k")
a, y = vector("a"), vector("y")
p = define("p", i, exp(a[i]) / total(exp(a[k]), k))
loss = define("L", -total(y[k] * log(p[k]), k))
sums_to_one = Eq(total(y[k], k), 1)  # what one-hot labels and all other probabilities have in common

w = vector("w", positive=True)  # stands for e^a as a variable of its own
h = define("h", total(w[k], k))
s = scalar("s")
mirrored = define("σ", 1 / (1 + exp(s)))  # deepnet's sigmoid: the minus sign of the exponent is missing

PRINTED = {
    "k-not-1": Claim(derivative(loss, a[i]), p[i] * (y[i] + total(y[k], k, but=1)) - y[i]),
    "chain": Claim(derivative(loss, a[i]), derivative(loss, p[j]) * derivative(p[j], a[i])),
    "two-jobs": Claim(derivative(loss, p[i]), -total(y[i] / p[i], i)),
    "one-path": Claim(derivative(loss, a[i]), -total(y[j] / p[j], j) * derivative(p[i], a[i])),
    "vanishing": Claim(
        derivative(loss, a[i]),
        -y[i] / p[i] * p[i] * (1 - p[i]) + total(y[i] / p[i] * p[i] * p[j], j, but=i),
    ),
    "third-line": Claim(derivative(loss, a[i]), -y[i] + y[i] * p[i] + total(y[i] * p[i], j, but=i)),
    "fourth-line": Claim(derivative(loss, a[i]), -y[i] + p[i] * total(y[i], i)),
    "copies": Claim(total(p[i], k), 1),
    "by-exponential": Claim(derivative(h, w[j]), w[j], where=[("e^a", w)]),
    "sigmoid": Claim(derivative(mirrored, s), mirrored * (1 - mirrored)),
    "any-total": Claim(derivative(loss, a[i]), p[i] - y[i], title="Without any hypothesis"),
}

CORRECTED = {
    "k-not-1": Claim(derivative(loss, a[i]), p[i] * (y[i] + total(y[k], k, but=i)) - y[i]),
    "chain": Claim(derivative(loss, a[i]), total(derivative(loss, p[j]) * derivative(p[j], a[i]), j)),
    "two-jobs": Claim(derivative(loss, p[i]), -y[i] / p[i]),
    "one-path": Claim(derivative(loss, a[i]), -total(y[j] / p[j] * derivative(p[j], a[i]), j)),
    "vanishing": Claim(derivative(loss, a[i]), -y[i] * (1 - p[i]) + total(y[j] / p[j] * p[j] * p[i], j, but=i)),
    "always-zero": Claim(PRINTED["vanishing"].rhs, 0, title="The printed right side alone"),
    "third-line": Claim(derivative(loss, a[i]), -y[i] + y[i] * p[i] + total(y[j] * p[i], j, but=i)),
    "fourth-line": Claim(derivative(loss, a[i]), -y[i] + p[i] * total(y[j], j)),
    "copies": Claim(total(p[k], k), 1),
    "by-exponential": Claim(derivative(total(exp(a[k]), k), a[j]), exp(a[j])),
    "sigmoid": Claim(derivative(mirrored, s), -exp(s) * mirrored**2),
    "any-total": Claim(derivative(loss, a[i]), p[i] * total(y[k], k) - y[i], title="What holds without any hypothesis"),
    "p-minus-y": Claim(derivative(loss, a[i]), p[i] - y[i], given=[sums_to_one], title="With one hypothesis"),
}
