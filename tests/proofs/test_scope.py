"""From which N a proof holds: named classes need their places, a sum over nothing is 0, and nothing divides by 0."""

import pytest

from softmaxlab.proofs import (
    Claim,
    Eq,
    N,
    Refuted,
    Undecided,
    apart,
    define,
    delta,
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
from softmaxlab.proofs.catalogue import CATALOGUE, claim_of, proof_of
from softmaxlab.proofs.checking.audit import agree_at

i, j, k, l = indices("i j k l")  # noqa: E741 - l is the letter after k here
m, K = size("m"), size("K")
n, r = indices("n r", upto=m)
u = indices("u", upto=K)
a, y = vector("a"), vector("y")
q = vector("q", positive=True)
x, s = matrix("x", m, N), scalar("s")
w = vector("w", m)
p = define("p", i, exp(a[i]) / total(exp(a[k]), k))
rest = total(exp(a[k]), k, but=i)
pair = total(exp(a[l]) * (1 - delta(l, 1)) * (1 - delta(l, 2)), l)
not_i_not_j = total(exp(a[k]) * (1 - delta(k, j)), k, but=i)


@pytest.mark.parametrize(("lhs", "rhs", "badge"), [
    # a class named by number
    (total(delta(k, 5), k), 1, "proved for all N ≥ 5"),
    (total(a[k] * delta(k, 7), k), a[7], "proved for all N ≥ 7"),
    (total(a[k], k, but=6), total(a[k], k) - a[6], "proved for all N ≥ 6"),
    (p[5] * total(exp(a[k]), k), exp(a[5]), "proved for all N ≥ 5"),
    (define("f", i, a[i] - a[6])[i] + a[6], a[i], "proved for all N ≥ 6"),
    (total(w[r] * delta(r, 5), r), w[5], "proved for all m ≥ 5"),
    (total(total(x[r, k] * delta(k, 2), k), r), total(x[r, 2], r), "proved for all N ≥ 2"),
    (total(total(x[r, k] * delta(r, 5), r), k), total(x[5, k], k), "proved for all N and all m ≥ 5"),
    (total(total(x[r, k] * delta(k, 2), k) * delta(r, 5), r), x[5, 2], "proved for all N ≥ 2 and all m ≥ 5"),
    # a sum over nothing, and a fraction bar above nothing
    (total(1 / (N - 1), k, but=1), 1, "proved for all N ≥ 2"),
    (total(a[i] / (N - 1), k, but=i), a[i], "proved for all N ≥ 2"),
    (total(total(1 / (N * (N - 1)), l, but=k), k), 1, "proved for all N ≥ 2"),
    (total(exp(a[l]) / rest, l, but=i), 1, "proved for all N ≥ 2"),
    (total(1 / (m - 1), r, but=1), 1, "proved for all m ≥ 2"),
    (total(1 / (K - 1), u, but=1), 1, "proved for all K ≥ 2"),
    (rest / rest, 1, "proved for all N ≥ 2"),
    ((1 - p[i]) / (1 - p[i]), 1, "proved for all N ≥ 2"),
    (exp(log(rest)), rest, "proved for all N ≥ 2"),
    ((m - 1) * a[i] / (m - 1), a[i], "proved for all N and all m ≥ 2"),
    (total(a[k], k) / total(a[k], k) * pair / pair, 1, "proved for all N ≥ 3"),
    (not_i_not_j / not_i_not_j, 1, "proved for all N ≥ 3"),
    # a fraction that is nowhere defined at one size alone
    ((N - 2) / (N - 2), 1, "proved for all N ≠ 2"),
    ((N - 7) * a[i] / (N * a[i] - 7 * a[i]), 1, "proved for all N ≠ 7"),
    (1 / ((N - 1) * (N - 3)) * (N - 1), 1 / (N - 3), "proved for all N ≥ 2 except 3"),
    (1 / (N**2 - 9) * (N - 3), 1 / (N + 3), "proved for all N ≠ 3"),
    # empty sums that are right
    (total(a[k], k, but=i), total(a[k], k) - a[i], "proved for all N"),
    (total(total(1, l, but=k), k), N**2 - N, "proved for all N"),
    (total(1, r, but=n) + 0 * w[n], m - 1 + 0 * w[n], "proved for all m"),
    (total(p[k], k, but=i), 1 - p[i], "proved for all N"),
    # no number of classes at all
    (exp(s) * exp(s), exp(2 * s), "proved"),
], ids=repr)  # fmt: skip
def test_the_badge_says_from_which_size_on_the_claim_holds(lhs, rhs, badge):
    assert prove(lhs, rhs).badge == badge


def test_the_audit_is_at_sizes_that_have_the_named_class():
    proof = prove(total(delta(k, 5), k), 1)
    assert proof.audited == (5, 6, 7)


def test_a_false_claim_about_class_five_is_refuted_at_five_classes():
    with pytest.raises(Refuted) as refusal:
        prove(total(delta(k, 5), k), 2)
    assert refusal.value.counterexample.N == 5


def test_a_false_claim_about_row_five_is_refuted_at_five_rows():
    with pytest.raises(Refuted) as refusal:
        prove(total(w[r] * delta(r, 5), r), 2 * w[5])
    assert refusal.value.counterexample.sizes["m"] == 5


def test_a_hypothesis_about_class_five_needs_five_classes():
    proof = prove(a[i] + y[i], y[i] + a[i] + a[5], given=[Eq(a[5], 0)])
    assert proof.badge == "proved for all N ≥ 5"


def test_a_hypothesis_that_no_single_class_fulfils_leaves_n_1_out_or_empty():
    assert prove(p[i] * delta(i, j), 0 * p[j], given=[apart(i, j)]).badge == "proved for all N"
    two = prove(q[1] + q[2], 3, given=[Eq(q[1], 1), Eq(q[2], 2)])
    assert two.badge == "proved for all N ≥ 2"


def test_where_sizes_must_differ_the_badge_names_what_must_not_be_0():
    assert prove((N - m) * a[i] / (N - m), a[i]).badge == "proved for all N and m where N − m ≠ 0"


@pytest.mark.parametrize("label", [label for label, claim in CATALOGUE.items() if isinstance(claim, Claim)])
def test_what_the_book_proves_for_all_n_is_true_at_one_class_and_one_row(label):
    claim, proof = claim_of(label), proof_of(label)
    if claim.n is None and claim.gap is None and "≥" not in proof.badge:
        for sizes in ({"N": 1}, {"m": 1}, {"D": 1}, {"K": 1}, {"N": 1, "m": 1, "D": 1, "K": 1}):
            assert agree_at({"N": 3, "m": 2, "D": 2, "K": 2} | sizes, claim.lines, claim.given) is not False


def test_what_the_book_proves_from_two_classes_on():
    restricted = [label for label in CATALOGUE if "≥" in proof_of(label).badge]
    assert restricted == ["eq-cancellation"]  # a single class is certain, and 1 − p is 0


@pytest.mark.parametrize("label", ["eq-tanh-slope", "eq-log-add"])
def test_a_formula_without_classes_is_proved_for_no_n(label):
    assert proof_of(label).badge == "proved"


def test_two_clauses_hold_where_both_do():
    claim = Claim(a[5] + a[i], a[i] + a[5], also=[Claim(total(1 / (N - 7), k), N / (N - 7))])
    assert claim.prove().badge == "proved for all N ≥ 5 except 7"
    assert Claim(total(w[r] * delta(r, 5), r), w[5], also=[claim]).prove().badge == (
        "proved for all N ≥ 5 except 7 and all m ≥ 5"
    )


def test_what_stays_undecided_does_not_blame_hypotheses_that_are_not_there():
    with pytest.raises(Undecided) as refusal:
        prove((a[i] - a[j]) / (a[i] - a[j]), 1 + 0 * a[i] * a[j])
    assert "hypotheses" not in str(refusal.value)
