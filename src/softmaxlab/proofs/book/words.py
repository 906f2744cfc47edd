"""The book's names: logits a, probabilities p, targets y, the loss L, and what is built from them."""

from ..vocabulary import define, exp, indices, log, scalar, size, total, vector

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

T = scalar("T", positive=True)
shift = scalar("c")
C = scalar("C", positive=True)
m = size("m")
