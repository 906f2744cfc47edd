"""What a printer writes reads as the term it was given."""

import pytest

from softmaxlab.proofs import Claim, define, derivative, exp, indices, log, scalar, size, total, vector
from softmaxlab.proofs.catalogue import CATALOGUE, claim_of
from softmaxlab.proofs.language.tex import tex

i, j, k = indices("i j k")
a, y = vector("a"), vector("y")
m = size("m")
beta, x, b = scalar("β"), scalar("x"), scalar("b")
L = define("L", total(a[k] * beta, k))


@pytest.mark.parametrize(("term", "plain", "latex"), [
    (exp(-(a[i] - a[j])), "e^{−(a_i − a_j)}", r"e^{-\left(a_{i} - a_{j}\right)}"),
    (x - (a[i] + b), "x − (a_i + b)", r"x - \left(a_{i} + b\right)"),
    (-(x + b) * a[i], "−a_i(x + b)", r"-a_{i} \, \left(x + b\right)"),
    (a[i] / (x * b), "a_i / (x b)", r"\frac{a_{i}}{x \, b}"),
    (a[i] / (x * b) ** 2, "a_i / (x b)²", r"\frac{a_{i}}{\left(x \, b\right)^{2}}"),
    (m * (-total(a[k], k) / m), "−(m Σ_k a_k) / m", r"-m \, \frac{1}{m} \, \sum_{k=1}^{N} a_{k}"),
    (m * x / m, "m x / m", r"\frac{m \, x}{m}"),
    (derivative(L, beta, beta), "∂²L/∂β²", r"\frac{\partial^{2} L}{\partial \beta^{2}}"),
    (derivative(L, a[k], a[k], a[k]), "∂³L/∂a_k³", r"\frac{\partial^{3} L}{\partial a_{k}^{3}}"),
    (derivative(L, a[i], a[i], a[j]), "∂³L/∂a_i²∂a_j", r"\frac{\partial^{3} L}{\partial a_{i}^{2} \, \partial a_{j}}"),
    (derivative(L, a[i], a[j], a[i]), "∂³L/∂a_i∂a_j∂a_i",
     r"\frac{\partial^{3} L}{\partial a_{i} \, \partial a_{j} \, \partial a_{i}}"),
    (define("Σ L", x), "Σ L", r"\Sigma \, L"),
    (define("L_batch", x), "L_batch", r"L_{\operatorname{batch}}"),
    (define("LSE(a)", log(x)), "LSE(a)", r"\operatorname{LSE}(a)"),
], ids=repr)  # fmt: skip
def test_a_term_is_printed_as_it_reads(term, plain, latex):
    assert repr(term) == plain
    assert tex(term) == latex


def sides(claim):
    return [line for part in (claim, *claim.also) for line in part.lines]


@pytest.mark.parametrize("label", [label for label, claim in CATALOGUE.items() if isinstance(claim, Claim)])
def test_no_claim_is_printed_with_a_bare_quotient_a_variable_twice_or_a_sign_for_a_word(label):
    for line in sides(claim_of(label)):
        assert r"\frac{m}{m}" not in tex(line)
        assert r"}{\left(" not in tex(line).replace(r"\right)^", "") or r"\right)^" in tex(line)
        assert r"\partial \beta \, \partial \beta" not in tex(line)
        assert "_" not in "".join(part.partition("}")[0] for part in tex(line).split(r"\operatorname{")[1:])
