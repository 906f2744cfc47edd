"""The book's names: logits a, probabilities p, targets y, the loss L, and what is built from them."""

from ..language.vocabulary import Eq, define, exp, indices, log, scalar, size, total, vector

i, j, k, c, y_label = indices("i j k c y")
a = vector("a")  # logits
y = vector("y")  # targets
v = vector("v")  # any direction
q = vector("p", positive=True)  # probabilities as variables of their own, where no logits are behind them
t = vector("y", positive=True)  # targets with a logarithm

S = total(exp(a[k]), k)
LSE = define("LSE(a)", log(S))
p = define("p", i, exp(a[i]) / S)
L = define("L", -total(y[k] * log(p[k]), k))
hard_loss = -log(p[y_label])  # L where the target is one class, y

T = scalar("T", positive=True)
warm = define("p", i, exp(a[i] / T) / total(exp(a[k] / T), k))  # p at temperature T
shift = scalar("c")
mu = vector("μ")  # the derivatives of a shift that depends on the logits
C = scalar("C", positive=True)
m = size("m")

sums_to_one = Eq(total(y[k], k), 1)  # what one-hot labels and all other probabilities have in common
