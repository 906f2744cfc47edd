"""The prover can fail: misprints of the sources and mutants of true formulas are refuted, or have no meaning."""

import pytest

from softmaxlab.proofs import (
    Eq,
    IllTyped,
    N,
    Refuted,
    apart,
    define,
    delta,
    derivative,
    every,
    exp,
    indices,
    log,
    matrix,
    prove,
    scalar,
    size,
    total,
    vector,
)  # fmt: skip

i, j, k, c = indices("i j k c")
a, y, v = vector("a"), vector("y"), vector("v")
q, t = vector("q", positive=True), vector("t", positive=True)  # probabilities and targets as variables
S = total(exp(a[k]), k)
p = define("p", i, exp(a[i]) / S)
L = define("L", -total(y[k] * log(p[k]), k))
LSE = define("LSE(a)", log(S))
T, C, shift = scalar("T", positive=True), scalar("C", positive=True), scalar("s")
warm = define("p", i, exp(a[i] / T) / total(exp(a[k] / T), k))
ONE = Eq(total(y[k], k), 1)
J = derivative(p[i], a[j])
DL = derivative(L, a[i])

m = size("m")
n, r = indices("n r", upto=m)
z, targets = matrix("z", m, N), matrix("y", m, N)
rows = define("p", n, k, exp(z[n, k]) / total(exp(z[n, c]), c))
mean = define("M", -total(total(targets[r, c] * log(rows[r, c]), c), r) / m)
ROWS = every(r, Eq(total(targets[r, c], c), 1))
entropy = define("H(p)", -total(p[k] * log(p[k]), k))
free_loss = -total(y[k] * log(q[k]), k)
cross, own = -total(t[k] * log(q[k]), k), -total(t[k] * log(t[k]), k)
KL = total(t[k] * log(t[k] / q[k]), k)
quadratic = total(total(v[i] * J * v[j], j), i)
smooth = define("t", i, (1 - shift) * y[i] + shift / N)
smooth_loss = define("K", -total(smooth[k] * log(p[k]), k))

MISPRINTS = {
    # label: (left, right, hypotheses), numbered as in the list of the sources' mistakes
    "21 e^a_k for e^{a_k}": (p[i], exp(a[i]) / total(exp(1) ** 1 * a[k], k), ()),
    "22 the derivative of the sum by e^{a_j}": (derivative(total(q[k], k), q[j]), q[j], ()),
    "24 swapped exponentials": (J, exp(a[j]) * (S - exp(a[i])) / S**2, ()),
    "24 the case i = j for all": (J, p[i] * (1 - p[j]), ()),
    "24 the case i ≠ j for all": (J, -p[j] * p[i], ()),
    "26 k ≠ 1 for k ≠ i": (DL, -y[i] * (1 - p[i]) + total(y[k] * p[i], k, but=1), ()),
    "26 k ≠ 1, next line": (DL, -y[i] + y[i] * p[i] + total(y[k] * p[i], k, but=1), ()),
    "26 k ≠ 1, factored": (DL, p[i] * (y[i] + total(y[k], k, but=1)) - y[i], ()),
    "26 y_i and the others sum to 1": (y[i] + total(y[k], k, but=1), 1, [ONE]),
    "30 p − y without Σy = 1": (DL, p[i] - y[i], ()),
    "31 Σ_k p_i = 1": (total(p[i], k), 1, ()),
    "32 the chain rule without its Σ, at j = i": (DL, derivative(L, p[i]) * derivative(p[i], a[i]), ()),
    "34 only the diagonal": (DL, -y[i] / p[i] * p[i] * (1 - p[i]), ()),
    "35 the line that is identically 0": (
        DL,
        total(-y[j] / p[j] * p[j] * (1 - p[j]) + total(y[j] / p[j] * p[j] * p[k], k, but=j), j) * p[i] / p[i],
        [ONE],
    ),
    "35 y_i for y_j under the Σ": (DL, -y[i] * (1 - p[i]) + total(y[i] / p[i] * p[i] * p[j], j, but=i), ()),
    "36 y_i p_i under the Σ": (DL, -y[i] + y[i] * p[i] + total(y[i] * p[i], j, but=i), ()),
    "36 p_i Σ y_i": (DL, -y[i] + p[i] * total(y[i], j), ()),
    "39 cross-entropy as a distance": (-total(q[k] * log(q[k]), k), 0, ()),
    "4 P − Y/m": (derivative(mean, z[n, k]), rows[n, k] - targets[n, k] / m, [ROWS]),
    "18 no 1/m": (derivative(mean, z[n, k]), rows[n, k] - targets[n, k], [ROWS]),
    "1 the shift after exp": ((exp(a[i]) - shift) / total(exp(a[k]) - shift, k), p[i], ()),
    "10 C times the numerator alone": (C * exp(a[i]) / S, p[i], ()),
    "deepnet: sigmoid without its minus": (1 / (1 + exp(shift)), exp(shift) / (1 + exp(shift)), ()),
}

MEANINGLESS = {
    "22 the derivative of the numerator without its condition": lambda: prove(derivative(exp(a[i]), a[j]), exp(a[j])),
    "24 the line of i = j for all": lambda: prove(J, exp(a[j]) * (S - exp(a[j])) / S**2, [apart(i, j)]),
    "29 i free and summed over": lambda: prove(derivative(-total(y[i] * log(p[i]), i), a[i]), p[i] - y[i], [ONE]),
    "33 ∂L/∂p_i = −Σ_i y_i / p_i": lambda: prove(derivative(free_loss, q[i]), -total(y[i] / q[i], i)),
    "32 the chain rule without its Σ": lambda: prove(DL, derivative(L, p[j]) * derivative(p[j], a[i])),
    "27 Σ without its index": lambda: prove(DL, -y[k] / p[k] * derivative(p[k], a[i])),
    "k summed over and free": lambda: prove(derivative(S, a[k]), exp(a[k])),
    "j on the right only": lambda: prove(derivative(p[i], a[i]), p[i] * (delta(i, j) - p[j])),
    "an index summed over twice": lambda: prove(total(a[k] * S, k), S * total(a[k], k)),
    "δ between a row and a class": lambda: prove(delta(n, k), delta(k, n)),
    "a row index on a vector of classes": lambda: prove(a[n], a[n]),
}

MUTANTS = {
    "Σp = N": (total(p[i], i), N, ()),
    "Σp = 1 with one left out": (total(p[i], i, but=1), 1, ()),
    "shift up": (exp(a[i] + shift) / total(exp(a[k]), k), p[i], ()),
    "shift doubled": (exp(a[i] + shift) / total(exp(a[k] + 2 * shift), k), p[i], ()),
    "log C without log": (exp(a[i] + C) / total(exp(a[k] + log(C)), k), p[i], ()),
    "log p plus": (log(p[i]), a[i] + LSE, ()),
    "log p as p log": (log(p[i]), a[i] / LSE, ()),
    "LSE shift minus": (log(total(exp(a[k] + shift), k)), LSE - shift, ()),
    "LSE of a sum": (log(total(exp(a[k]) * exp(shift), k)), LSE * shift, ()),
    "ratio reversed": (p[i] / p[j], exp(a[j] - a[i]), ()),
    "quotient rule plus": (J, (delta(i, j) * exp(a[i]) * S + exp(a[i]) * exp(a[j])) / S**2, ()),
    "quotient rule without square": (J, (delta(i, j) * exp(a[i]) * S - exp(a[i]) * exp(a[j])) / S, ()),
    "quotient rule without δ": (J, (exp(a[i]) * S - exp(a[i]) * exp(a[j])) / S**2, ()),
    "quotient rule, e^{a_i} twice": (J, (delta(i, j) * exp(a[i]) * S - exp(a[i]) ** 2) / S**2, ()),
    "diagonal 1 + p": (derivative(p[i], a[i]), p[i] * (1 + p[i]), ()),
    "diagonal p²": (derivative(p[i], a[i]), p[i] ** 2 * (1 - p[i]), ()),
    "off-diagonal plus": (J, p[i] * p[j], [apart(i, j)]),
    "off-diagonal squared": (J, -(p[i] ** 2) * p[j], [apart(i, j)]),
    "off-diagonal without its case": (J, -p[i] * p[j], ()),
    "Jacobian plus": (J, p[i] * (delta(i, j) + p[j]), ()),
    "Jacobian p_i twice": (J, p[i] * (delta(i, j) - p[i]), ()),
    "Jacobian sign": (J, p[i] * (p[j] - delta(i, j)), ()),
    "Jacobian antisymmetric": (J, -derivative(p[j], a[i]), ()),
    "rows sum to p": (total(J, j), p[i], ()),
    "rows with one left out": (total(J, j, but=i), 0, ()),
    "columns sum to 1": (total(J, i), 1, ()),
    "Jv without its mean": (total(J * v[j], j), p[i] * v[i], ()),
    "Jv with v_k for v_i": (total(J * v[j], j), p[i] * (v[i] - total(v[k], k)), ()),
    "variance plus": (quadratic, total(p[k] * v[k] ** 2, k) + total(p[k] * v[k], k) ** 2, ()),
    "variance, square inside": (quadratic, total(p[k] * v[k] ** 2, k) - total(p[k] ** 2 * v[k] ** 2, k), ()),
    "pairs without ½": (quadratic, total(total(p[i] * p[j] * (v[i] - v[j]) ** 2, j), i), ()),
    "pairs plus": (quadratic, total(total(p[i] * p[j] * (v[i] + v[j]) ** 2, j), i) / 2, ()),
    "LSE gradient log": (derivative(LSE, a[i]), log(p[i]), ()),
    "LSE gradient negative": (derivative(LSE, a[i]), -p[i], ()),
    "LSE Hessian without δ": (derivative(LSE, a[i], a[j]), p[i] * (1 - p[j]), ()),
    "third derivative, sign": (
        derivative(LSE, a[i], a[j], a[k]),
        p[i] * (delta(i, j) - p[j]) * (delta(i, k) - p[k]) + p[i] * p[j] * (delta(j, k) - p[k]),
        (),
    ),
    "cross-entropy without Σy": (L, LSE - total(y[k] * a[k], k), ()),
    "cross-entropy sign": (L, LSE * total(y[k], k) + total(y[k] * a[k], k), ()),
    "∂L/∂p plus": (derivative(free_loss, q[i]), y[i] / q[i], ()),
    "∂L/∂p squared": (derivative(free_loss, q[i]), -y[i] / q[i] ** 2, ()),
    "chain rule, transposed derivative forgotten": (DL, total(derivative(L, p[j]) * delta(i, j), j), ()),
    "chain rule, sum over the others": (DL, total(derivative(L, p[j]) * derivative(p[j], a[i]), j, but=i), ()),
    "chain line 3, sign": (DL, -y[i] * (1 - p[i]) - total(y[j] * p[i], j, but=i), ()),
    "chain line 3, whole sum": (DL, -y[i] * (1 - p[i]) + total(y[j] * p[i], j), ()),
    "general gradient, Σ on y": (DL, p[i] - total(y[k], k) * y[i], ()),
    "y − p": (DL, y[i] - p[i], [ONE]),
    "p + y": (DL, p[i] + y[i], [ONE]),
    "p − y with Σy = 2": (DL, p[i] - y[i], [Eq(total(y[k], k), 2)]),
    "p − 1": (DL, p[i] - 1, [ONE]),
    "soft labels, squared weights": (DL, total(y[c] ** 2 * (p[i] - delta(c, i)), c), [ONE]),
    "smoothing, hard target": (derivative(smooth_loss, a[i]), p[i] - y[i], [ONE]),
    "smoothing without 1/N": (derivative(smooth_loss, a[i]), p[i] - (1 - shift) * y[i] - shift, [ONE]),
    "batch sum over classes": (derivative(mean, z[n, k]), (rows[n, k] - targets[n, k]) / N, [ROWS]),
    "batch without the hypothesis": (derivative(mean, z[n, k]), (rows[n, k] - targets[n, k]) / m, ()),
    "KL sign": (cross, own - KL, ()),
    "KL reversed": (cross, own + total(q[k] * log(q[k] / t[k]), k), ()),
    "entropy gradient sign": (derivative(entropy, a[i]), p[i] * (log(p[i]) + entropy), ()),
    "entropy gradient without H": (derivative(entropy, a[i]), -p[i] * log(p[i]), ()),
    "temperature power": (derivative(warm[i], T), warm[i] / T * (total(warm[k] * a[k], k) - a[i]), ()),
    "temperature sign": (derivative(warm[i], T), warm[i] / T**2 * (a[i] - total(warm[k] * a[k], k)), ()),
}


def test_there_are_sixty_false_variants():
    assert len(MISPRINTS) + len(MEANINGLESS) + len(MUTANTS) >= 60


@pytest.mark.parametrize("claim", [*MISPRINTS, *MUTANTS])
def test_a_false_formula_is_refuted(claim):
    left, right, given = {**MISPRINTS, **MUTANTS}[claim]
    with pytest.raises(Refuted) as refusal:
        prove(left, right, given=given)
    assert refusal.value.counterexample.lhs != refusal.value.counterexample.rhs


@pytest.mark.parametrize("claim", MEANINGLESS)
def test_a_formula_without_meaning_is_ill_typed(claim):
    with pytest.raises(IllTyped):
        MEANINGLESS[claim]()
