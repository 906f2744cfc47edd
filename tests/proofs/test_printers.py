"""What a printer writes reads as the term it was given."""

from softmaxlab.proofs import exp, indices, vector
from softmaxlab.proofs.tex import tex

i, j, k = indices("i j k")
a = vector("a")


def test_minus_a_difference_keeps_its_brackets():
    term = exp(-(a[i] - a[j]))
    assert repr(term) == "e^{−(a_i − a_j)}"
    assert tex(term) == r"e^{-\left(a_{i} - a_{j}\right)}"
