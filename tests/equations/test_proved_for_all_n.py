"""Every identity that the book's catalog of proofs holds, proved once more in this run."""

import pytest

from softmaxlab.proofs.catalogue import CATALOGUE, proof_of


@pytest.mark.parametrize("label", [pytest.param(label, marks=pytest.mark.equation(label)) for label in CATALOGUE])
def test_identity_of_the_catalog_is_proved(check, label):
    check.proved(proof_of(label))
