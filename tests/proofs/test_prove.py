"""`prove` itself: what it returns, what it refuses, and what it says then."""

import html.parser

import pytest
import sympy as sp

from softmaxlab.proofs import (
    Eq,
    IllTyped,
    N,
    Proof,
    ProofError,
    Refuted,
    Undecided,
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
from softmaxlab.proofs.catalogue import proof_of
from softmaxlab.proofs.checking.refute import audit
from softmaxlab.proofs.language.indexing import free_indices, substitute
from softmaxlab.proofs.printing.lettering import alike

i, j, k, l = indices("i j k l")  # noqa: E741 - l is the letter after k here
a, y = vector("a"), vector("y")
q = vector("q", positive=True)
x, b = scalar("x"), scalar("b")
S = total(exp(a[k]), k)
p = define("p", i, exp(a[i]) / S)
L = define("L", -total(y[k] * log(p[k]), k))
JACOBIAN = (derivative(p[i], a[j]), p[i] * (delta(i, j) - p[j]))


# What it returns


def test_repr_is_one_line_with_scope_time_claim_and_audit():
    line = repr(prove(*JACOBIAN))
    assert line.startswith("proved for all N in ")
    assert line.endswith(" ms: ∂p_i/∂a_j = p_i(δ_ij − p_j), audited at N = 2, 3, 4")
    assert "\n" not in line


def test_a_claim_without_sizes_is_audited_at_none():
    line, shown = repr(proof_of("eq-binary-grad")), proof_of("eq-binary-grad")._repr_html_()
    assert line.endswith(": ∂L/∂s = σ − y, audited")
    assert '<span class="sl-badge">proved</span>, audited</figcaption>' in shown
    assert "N = 2" not in line + shown


def test_html_is_a_figure_with_one_item_per_line():
    class Tags(html.parser.HTMLParser):
        open, seen = [], []

        def handle_starttag(self, tag, attrs):
            self.open.append(tag)
            self.seen.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    proof, tags = prove(*JACOBIAN, name="eq-x"), Tags()
    tags.feed(proof._repr_html_())
    assert tags.open == []
    assert proof._repr_html_().startswith('<figure class="sl-proof" data-label="eq-x"><figcaption>')
    assert tags.seen.count("li") == len(proof.lines()) == len(proof.steps) + 1


def test_steps_lead_from_the_left_side_to_the_right_one():
    proof = prove(*JACOBIAN)
    assert (proof.steps[0].before, proof.steps[-1].after) == JACOBIAN


def test_where_the_right_side_has_derivatives_both_chains_end_in_the_same_line():
    proof = prove(derivative(p[i], a[j]), derivative(p[j], a[i]))
    ends = [[step.after for step in proof.steps if step.side == side][-1] for side in ("left", "right")]
    assert alike(*ends)


def test_a_proof_may_pass_through_given_lines():
    middle = exp(a[i]) / S
    proof = prove(derivative(log(S), a[i]), p[i], via=[middle])
    assert middle in [step.after for step in proof.steps]


def test_a_lemma_is_used_and_named():
    lemma = prove(*JACOBIAN, name="eq-jacobian")
    proof = prove(total(derivative(p[i], a[j]), j), 0, using=[lemma])
    assert proof.steps[0].rule == "by eq-jacobian"


def test_a_lemma_with_a_hypothesis_needs_that_hypothesis():
    lemma = prove(derivative(L, a[i]), p[i] - y[i], given=[Eq(total(y[k], k), 1)])
    with pytest.raises(ValueError, match="assumes"):
        prove(derivative(L, a[j]), p[j] - y[j], using=[lemma])


def test_a_lemma_about_unequal_indices_is_not_used_for_equal_ones():
    lemma = prove(derivative(p[i], a[j]), -p[i] * p[j], given=[apart(i, j)])
    with pytest.raises(ValueError, match="i ≠ j"):
        prove(derivative(p[k], a[k]), -p[k] * p[k], using=[lemma])


def test_a_lemma_about_one_class_is_not_used_for_another():
    lemma = prove(derivative(p[1], a[i]), p[1] * (delta(i, 1) - p[i]))
    assert "by " not in prove(derivative(p[j], a[i]), p[j] * (delta(i, j) - p[i]), using=[lemma]).steps[0].rule


def test_a_renamed_sum_never_takes_the_letter_it_leaves_out():
    skipping = total(a[k] * y[j], k, but=l)
    moved = substitute(skipping, {j: k})  # k is in the way; the next letter, l, is taken by k ≠ l
    assert free_indices(moved) == {k, l}
    assert prove(moved, y[k] * (total(a[i], i) - a[l])).badge == "proved for all N"


def test_a_definition_with_a_clash_inside_is_ill_typed():
    odd = define("f", k, a[k] * total(y[k], k))
    with pytest.raises(IllTyped, match="free and summed over"):
        prove(odd[i], a[i] * total(y[j], j))


def test_a_hypothesis_with_a_derivative_is_undecided():
    with pytest.raises(Undecided, match="derivative"):
        prove(a[i], y[i], given=[Eq(derivative(L, a[i]), 0)])


def test_a_claim_about_class_two_is_proved_from_two_classes_on():
    proof = prove(total(a[k], k), a[2] + total(a[k], k, but=2))
    assert (proof.badge, proof.audited) == ("proved for all N ≥ 2", (2, 3, 4))


def test_the_audit_names_the_first_line_that_differs():
    assert audit([p[i], p[i] * 1, p[i] * 2], ()) == ((), 2)


@pytest.mark.parametrize("claim", [
    (1 / (1 + exp(x)) + exp(x) / (1 + exp(x)), 1),
    (exp(x) / (1 + exp(x)), 1 / (1 + exp(-x))),
    (1 / (x - 1) - 1 / (x + 1), 2 / (x**2 - 1)),
], ids=repr)  # fmt: skip
def test_an_identity_without_classes_is_proved_and_names_no_n(claim):
    assert prove(*claim).badge == "proved"


@pytest.mark.parametrize("claim", [
    (log(6 * q[i]), log(2) + log(3) + log(q[i])),
    (exp(2 * log(q[i])), q[i] ** 2),
    (total(total(a[k] * y[l], l), k), total(total(a[l] * y[k], l), k)),
    (total(a[k], k) ** 2, total(total(a[k] * a[l], l), k)),
    (total(delta(i, k) * delta(k, j), k), delta(i, j)),
    (delta(i, j) * a[i], delta(i, j) * a[j]),
    (delta(i, j) ** 2, delta(i, j)),
    (total(y[k] * log(total(q[l] * exp(a[k]), l)), k), total(y[l] * log(total(q[k] * exp(a[l]), k)), l)),
    (exp(delta(i, j) * x), 1 + delta(i, j) * (exp(x) - 1)),
    (total(a[k], k, but=i), total(a[k], k) - a[i]),
    (total(1 - delta(i, k), k), N - 1 + 0 * a[i]),
    (total(total(1, l, but=k), k), N**2 - N),
], ids=repr)  # fmt: skip
def test_an_identity_of_algebra_is_proved(claim):
    assert prove(*claim).badge == "proved for all N"


def test_two_kinds_of_indices_live_side_by_side():
    m = size("m")
    n, r = indices("n r", upto=m)
    z = matrix("z", m, N)
    assert prove(derivative(total(total(z[r, k] ** 2, k), r), z[n, i]), 2 * z[n, i]).audited == (2, 3, 4)


# What it refuses


def test_all_refusals_are_value_errors_of_one_family():
    assert all(issubclass(kind, ProofError) for kind in (Refuted, IllTyped, Undecided))
    assert issubclass(ProofError, ValueError)


def test_a_counterexample_can_be_checked_by_hand():
    with pytest.raises(Refuted) as refusal:
        prove(derivative(p[i], a[j]), p[i] * (delta(i, j) + p[j]))
    found = refusal.value.counterexample
    two = sp.Rational(2, 3)  # logits log 2 and 0, so p = (2/3, 1/3)
    assert found.values == {sp.Symbol("a_1", real=True): sp.log(2), sp.Symbol("a_2", real=True): 0}
    assert (found.N, found.lhs, found.rhs) == (2, two * (1 - two), two * (1 + two))


def test_the_misprint_of_the_sources_fails_at_the_numbers_of_our_list():
    claim = p[i] * (y[i] + total(y[k], k, but=1)) - y[i]
    with pytest.raises(Refuted) as refusal:
        prove(derivative(L, a[i]), claim)
    found = refusal.value.counterexample
    assert (found.indices, found.lhs, found.rhs) == ({i: 2}, sp.Rational(-1, 3), sp.Rational(-2, 3))
    assert repr(refusal.value.residuals["for every N"]) == "p_i y_1 − p_i y_i"


def test_a_refutation_carries_the_residual_of_each_case():
    with pytest.raises(Refuted) as refusal:
        prove(derivative(p[i], a[j]), p[i] * (1 - p[j]))
    assert {case: repr(gap) for case, gap in refusal.value.residuals.items()} == {"i = j": "0", "i ≠ j": "−p_i"}


def test_a_counterexample_obeys_the_hypotheses():
    with pytest.raises(Refuted) as refusal:
        prove(derivative(L, a[i]), p[i] + y[i], given=[Eq(total(y[k], k), 1)])
    values = refusal.value.counterexample.values
    assert sum(value for symbol, value in values.items() if symbol.name.startswith("y")) == 1


def test_an_index_free_and_bound_is_ill_typed():
    with pytest.raises(IllTyped, match="free and summed over"):
        prove(total(y[i], i) * y[i], y[i])


def test_an_index_on_one_side_only_is_ill_typed():
    with pytest.raises(IllTyped, match="free on one side only"):
        prove(derivative(p[i], a[j]), p[i])


def test_a_constant_may_face_an_index():
    assert prove(total(derivative(p[i], a[j]), j), 0).badge == "proved for all N"


def test_one_name_for_two_things_is_ill_typed():
    with pytest.raises(IllTyped, match="declared in two ways"):
        prove(a[i], vector("a", positive=True)[i])


def test_one_letter_for_two_ranges_is_ill_typed():
    m = size("m")
    other = indices("k", upto=m)
    with pytest.raises(IllTyped, match="two ranges"):
        prove(total(a[k], k), total(vector("b", m)[other], other))


def test_a_hypothesis_with_a_loose_index_is_ill_typed():
    with pytest.raises(IllTyped, match="every"):
        prove(q[i], 1, given=[Eq(q[j], 1)])
    assert prove(q[i], 1, given=[every(j, Eq(q[j], 1))]).badge == "proved for all N"


def test_what_needs_an_unstated_sign_is_undecided():
    with pytest.raises(Undecided, match="Nothing is claimed"):
        prove(log(x**2), 2 * log(x))  # true for positive x only, and x was not declared so


def test_division_by_zero_is_undecided_not_proved():
    with pytest.raises(Undecided, match="0 below"):
        prove(a[i] / (x - x), a[i] / (x - x))


def test_a_sum_that_skips_where_its_summand_is_undefined_is_not_proved_by_that_summand():
    gaps = total(1 / (a[i] - a[k]), k, but=i)
    with pytest.raises(Undecided):
        prove(gaps, gaps + 0 * a[i])


def test_hypotheses_that_contradict_each_other_prove_nothing():
    with pytest.raises(Undecided, match="contradict"):
        prove(x, b, given=[Eq(x, 1), Eq(b, 1), Eq(total(y[k], k), 1), Eq(total(y[l], l), 2)])


def test_a_huge_power_is_undecided_at_once():
    with pytest.raises(Undecided, match="power"):
        prove((1 + x) ** 1000, (x + 1) ** 1000)


def test_one_interactive_proof_is_quick():
    assert prove(derivative(L, a[i]), p[i] - y[i], given=[Eq(total(y[k], k), 1)]).seconds < 0.5


def test_a_term_can_be_nothing_but_formulas_and_rationals():
    with pytest.raises(TypeError, match="Fraction"):
        a[i] + 0.5
    assert isinstance(prove(a[i] * sp.Rational(1, 2), a[i] / 2), Proof)


def test_a_definition_must_name_its_parameters():
    with pytest.raises(ValueError, match="parameter"):
        define("p", exp(a[i]) / S)
