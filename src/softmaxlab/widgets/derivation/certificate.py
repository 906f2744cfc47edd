"""A proof as Derivation's front end reads it: formulas to see, and the same formulas to compute."""

from itertools import pairwise
from typing import Any

from softmaxlab.proofs import Proof
from softmaxlab.proofs.catalogue import CATALOGUE, proof_of
from softmaxlab.proofs.checking.compiled import chain, expression, free_names
from softmaxlab.proofs.checking.concrete import ordered
from softmaxlab.proofs.language.terms import ZERO, Delta
from softmaxlab.proofs.language.tex import tex
from softmaxlab.proofs.printing.mathml import Node, extent, lettered, markup, parse, with_changes
from softmaxlab.widgets._runtime.base import RefusedError


def held(label: str) -> Proof:
    """Return the proof of a label, if it can be shown at logits and one-hot targets."""
    if label not in CATALOGUE:
        raise RefusedError(
            f"proof is {label!r}; expected a label of softmaxlab.proofs.catalogue, such as 'eq-jacobian'"
        )
    proof = proof_of(label)
    if not isinstance(proof, Proof) or not proof.is_chain:
        raise RefusedError(f"{label} is {proof.badge}, without a chain of steps for every N: show it by proof_of")
    strangers = set(free_names(proof)) - {"a", "y"}
    if strangers:
        raise RefusedError(
            f"{label} speaks of {', '.join(sorted(strangers))}; expected logits a and targets y alone: "
            "show it by proof_of"
        )
    return proof


def apart(proof: Proof) -> bool:
    """Whether a proof holds for different classes only: its hypothesis is i ≠ j."""
    return any(isinstance(e.lhs, Delta) and e.rhs == ZERO for e in proof.given)


def laid_out(proof: Proof) -> dict[str, Any]:
    """Return everything about a proof that does not depend on the reader, ready for JSON."""
    lines, rules = chain(proof)
    trees = [parse(tex(line)) for line in lines]
    sizes = [extent(tree) for tree in trees]
    claim = parse(proof.latex)
    definitions: dict[str, Any] = {}
    return {
        "claim": _math(claim),
        "steps": [
            {"rule": rule, "before": _math(before), "after": _math(after)}
            for rule, (before, after) in zip(rules, (with_changes(*pair) for pair in pairwise(trees)), strict=True)
        ],
        "lines": [expression(line, definitions) for line in lines],
        "definitions": definitions,
        "indices": [index.name for index in ordered(*lines)],
        "apart": apart(proof),
        "targets": "y" in free_names(proof),
        "width": round(max(width for width, _ in sizes), 1),
        "height": round(max(height for _, height in sizes), 1),
        "claim_width": round(extent(claim)[0], 1),
    }


def _math(tree: Node) -> str:
    """Return a formula as a whole <math> element, its symbols marked for the page's own script."""
    return f'<math displaystyle="true">{markup(lettered(tree))}</math>'
