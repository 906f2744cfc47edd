"""The catalogue as data: what a display states can be read without proving it, and the whole of it is proved."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from softmaxlab.proofs import Claim, Refuted, exp, indices, scalar, total, vector
from softmaxlab.proofs.catalogue import CATALOGUE, claim_of, proof_of
from softmaxlab.proofs.catalogue.misprints import CORRECTED, PRINTED

i, k = indices("i k")
a, x = vector("a"), scalar("x")
NEW = ("eq-squared-error-grad", "eq-loss-linear", "eq-rest", "eq-loss-rest", "eq-cancellation", "eq-vjp",
       "eq-errata-any-total", "eq-errata-batch-loss", "eq-errata-batch-grad")  # fmt: skip


def test_to_load_the_catalogue_proves_nothing_and_needs_no_sympy():
    code = (
        "import sys, softmaxlab.proofs.catalogue as b; b.claim_of('eq-jacobian').lines; print('sympy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert run.stdout == "False\n"


def test_a_claim_carries_its_label():
    assert all(claim.name == label for label, claim in CATALOGUE.items())


def test_a_claim_keeps_the_chain_that_the_page_displays():
    claim = claim_of("eq-lse-gradient")
    assert list(map(repr, claim.lines)) == ["∂LSE(a)/∂a_i", "e^{a_i} / (Σ_k e^{a_k})", "p_i"]
    assert claim.relations == ("=", "=")
    assert proof_of("eq-lse-gradient").via == claim.via


def test_lines_that_only_the_proof_needs_are_none_of_the_display():
    assert claim_of("eq-batch-w").via == ()
    assert len(claim_of("eq-batch-w").through) == 1


def test_the_sum_of_the_losses_has_m_times_the_slope_of_their_mean():
    claim = claim_of("eq-sum-gradient")
    assert list(map(repr, claim.lines)) == ["∂/∂z_nk (Σ_r L_r)", "p_nk − y_nk", "m ∂L̄/∂z_nk"]
    assert proof_of("eq-sum-gradient").rhs == claim.rhs


@pytest.mark.parametrize("label", ["eq-smoothing", "eq-column-loss", "eq-vjp", "eq-softmax-twice"])
def test_a_second_clause_is_proved_beside_the_first(label):
    (clause,), (proof,) = claim_of(label).also, proof_of(label).also
    assert (proof.lhs, proof.rhs) == (clause.lhs, clause.rhs)


def test_a_false_second_clause_refutes_the_whole():
    with pytest.raises(Refuted):
        Claim(x + x, 2 * x, also=[Claim(x * x, 2 * x)]).prove()


@pytest.mark.parametrize("label", NEW)
def test_theorems_that_terms_can_decide_are_in_the_catalogue(label):
    assert proof_of(label).steps


def test_the_correction_of_the_errata_is_the_one_that_its_verdict_proves():
    claim, corrected = claim_of("eq-errata-any-total"), CORRECTED["any-total"]
    assert (claim.lhs, claim.rhs, claim.given) == (corrected.lhs, corrected.rhs, corrected.given)


def test_the_sigmoid_speaks_of_two_classes_alone():
    claim = claim_of("eq-sigmoid")
    assert (claim.n, repr(claim.lhs), repr(claim.rhs)) == (2, "p_1", "1 / (e^{−(a_1 − a_2)} + 1)")
    assert proof_of("eq-sigmoid").audited == (2,)


def test_a_claim_about_two_classes_is_false_for_three():
    two = Claim(total(exp(a[k]), k), exp(a[1]) + exp(a[2]), n=2)
    assert two.prove().badge == "proved for N = 2"
    with pytest.raises(Refuted):
        Claim(two.lhs, two.rhs).prove()
    with pytest.raises(Refuted):
        Claim(two.lhs, two.rhs, n=3).prove()


def test_a_sum_that_skips_is_written_out_at_a_number_of_classes():
    assert Claim(total(a[k], k, but=2), a[1] + a[3], n=3).prove().audited == (3,)


def test_any_class_at_a_number_of_classes_is_refused_in_words():
    with pytest.raises(ValueError, match="name classes by number, 1 to 2"):
        Claim(total(a[k], k) - a[i], total(a[k], k, but=i), n=2).prove()


def test_what_is_proved_in_part_says_which_part():
    assert proof_of("eq-complex-loss").part == "proved for real scores and any real m"


def test_each_displayed_misprint_is_a_claim_that_is_refused_and_each_other_one_is_said_in_the_text():
    page = (Path(__file__).parents[2] / "errata.md").read_text(encoding="utf-8")
    shown = re.findall(r":label: eq-errata-([\w-]+)\n[^`]*?\\overset\{\?\}\{=\}", page)
    assert len(shown) == len(set(shown)) == page.count(r"\overset{?}")
    in_the_text = {"third-line", "fourth-line", "sigmoid", "any-total"}  # no display of their own marks them as wrong
    assert set(shown) == PRINTED.keys() - in_the_text
