"""What the page of errata shows as HTML: its remarks in groups, faults against tests, the prover's verdicts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import NDArray

from softmaxlab.book import errata
from softmaxlab.book._ipython import display
from softmaxlab.lessons.mutation.checks import KINDS
from softmaxlab.lessons.mutation.run import CAUGHT, MISSED, UNUSED
from softmaxlab.proofs import IllTyped, N, Refuted
from softmaxlab.proofs.catalogue.misprints import CORRECTED, PRINTED
from softmaxlab.proofs.checking.concrete import ordered
from softmaxlab.proofs.checking.refute import Counterexample, difference, exact, world_of
from softmaxlab.proofs.claim import Claim
from softmaxlab.proofs.language.figures import formula
from softmaxlab.proofs.language.names import sizes_in
from softmaxlab.proofs.language.terms import term
from softmaxlab.proofs.language.tex import tex

# A word in every cell for those who hear the table, a shape for those who see it: color is never needed.
_STYLE = """
.sl-matrix { overflow-x: auto; margin: 0 auto; max-width: 42rem; color: var(--sl-ink, #1b2430); }
.sl-matrix table { border-collapse: collapse; margin: 0; width: auto; font-size: .875rem; line-height: 1.2; }
.sl-matrix caption { caption-side: bottom; text-align: left; padding: .75rem 0 0; color: inherit; }
.sl-matrix :is(th, td) { border: 0; background: none; color: inherit; font-weight: 400; text-align: left; }
.sl-matrix tr > :is(th, td) { border-bottom: 1px solid var(--sl-grid, #d8dee6); white-space: nowrap; }
.sl-matrix thead th { vertical-align: bottom; padding: 0 0 .4rem; }
.sl-matrix thead th + th { padding: 0; }
.sl-matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); padding: .4rem 0; }
.sl-matrix tbody th { padding: 0 .6rem 0 0; }
.sl-matrix tbody th a { display: inline-block; line-height: 24px; }
.sl-matrix tr > * + * { min-width: 1.55rem; padding: 0; text-align: center;
  border-left: 1px solid var(--sl-grid, #d8dee6); }
.sl-matrix i { display: inline-block; width: .8rem; height: .8rem; border-radius: 50%;
  vertical-align: middle; forced-color-adjust: none; }
.sl-matrix .caught { background: var(--sl-c2, #1b7f4d); }
.sl-matrix .missed { box-shadow: inset 0 0 0 2px var(--sl-c1, #c2570c); }
.sl-matrix tfoot :is(th, td) { border-bottom: 0; font-variant-numeric: tabular-nums; padding-top: .4rem; }
.sl-matrix .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
@media (max-width: 600px) {
  .sl-matrix table { font-size: .75rem; }
  .sl-matrix tbody th { padding-right: .3rem; }
  .sl-matrix tr > * + * { min-width: .95rem; }
  .sl-matrix i { width: .7rem; height: .7rem; }
}
"""
_REMARKS_STYLE = """
.sl-remarks { margin: 0 auto 1rem; max-width: 42rem; font-size: .875rem; line-height: 1.35; }
.sl-remarks summary { cursor: pointer; padding: .45rem 0; border-bottom: 1px solid var(--sl-grid, #d8dee6); }
.sl-remarks ul { list-style: none; margin: 0; padding: 0; }
.sl-remarks li { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline;
  gap: 0 1rem; margin: 0;
  padding: .2rem 0; border-bottom: 1px solid var(--sl-grid, #d8dee6); }
.sl-remarks li a { display: inline-block; line-height: 24px; }
.sl-remarks li span { color: var(--sl-muted, #55606e); overflow-wrap: anywhere; }
@media (max-width: 600px) { .sl-remarks li span { flex-basis: 100%; } }
"""
_SHAPES = {CAUGHT: '<i class="caught"></i>', MISSED: '<i class="missed"></i>', UNUSED: ""}


def show_matrix(
    table: NDArray[np.str_],
    rows: Sequence[str],
    columns: Sequence[str] = tuple(KINDS),
    links: Mapping[str, str] | None = None,
    row_title: str = "planted fault",
) -> None:
    """Display outcomes as a table: a disc where the test caught the fault, a ring where it missed it.

    Parameters
    ----------
    table : ndarray of str, shape (rows, columns)
        As from `softmaxlab.lessons.mutation.run.outcomes`.
    rows, columns : sequence of str
        Names of the faults and of the kinds of tests.
    links : dict of str to str, optional
        For some rows, the id of the place on the page that tells their story.
    row_title : str
        What the rows are.
    """
    words = [
        f"{row}: " + ", ".join(c for c, cell in zip(columns, cells, strict=True) if cell == CAUGHT)
        for row, cells in zip(rows, table, strict=True)
    ]
    html = matrix_html(table, rows, columns, links or {}, row_title)
    display({"text/html": html, "text/plain": "caught by\n" + "\n".join(words)}, raw=True)


def matrix_html(
    table: NDArray[np.str_], rows: Sequence[str], columns: Sequence[str], links: Mapping[str, str], row_title: str
) -> str:
    """Write the table as HTML.

    Parameters
    ----------
    table, rows, columns, links, row_title
        As in `show_matrix`.

    Returns
    -------
    str
    """
    head = "".join(f'<th scope="col"><span>{escape(name)}</span></th>' for name in columns)
    body = "".join(
        f'<tr><th scope="row">{_linked(row, links)}</th>' + "".join(map(_cell, cells)) + "</tr>"
        for row, cells in zip(rows, table, strict=True)
    )
    totals = "".join(f"<td>{count}</td>" for count in (table == CAUGHT).sum(axis=0))
    return (
        f'<style>{_STYLE}</style><div class="book-figure sl-matrix" tabindex="0" role="region" '
        f'aria-label="Which kind of test catches which fault"><table><thead><tr>'
        f'<th scope="col">{escape(row_title)}</th>{head}</tr></thead>'
        f'<tbody>{body}</tbody><tfoot><tr><th scope="row">caught, of {len(rows)}</th>{totals}</tr></tfoot>'
        f"<caption>{_SHAPES[CAUGHT]} caught &ensp; {_SHAPES[MISSED]} ran the faulty code and passed &ensp; "
        f"blank: never ran it</caption></table></div>"
    )


def _linked(row: str, links: Mapping[str, str]) -> str:
    return f'<a href="#{escape(links[row])}">{escape(row)}</a>' if row in links else escape(row)


def _cell(outcome: str) -> str:
    return f'<td>{_SHAPES[outcome]}<span class="heard">{escape(outcome)}</span></td>'


def show_remarks() -> None:
    """Display all remarks of the page in three groups, each with its posts and its evidence."""
    html = f'<style>{_REMARKS_STYLE}</style><div class="book-figure sl-remarks">{remarks_html()}</div>'
    plain = "\n".join(f"{n} {remark.title}: {remark.tag}" for n, remark in errata.REMARKS.items())
    display({"text/html": html, "text/plain": plain}, raw=True)


def remarks_html() -> str:
    """Write the remarks as HTML: a list for each kind, to be unfolded.

    Returns
    -------
    str
    """
    return "".join(map(_group, errata.KINDS))


def _group(kind: str) -> str:
    counts = {way: len(errata.numbered(kind, {way})) for way in errata.EVIDENCE}
    ways = {"prover": "by the prover", "run": "by a run", "test": "by a test", "stated": "only stated"}
    found = ", ".join(f"{counts[way]} {words}" for way, words in ways.items() if counts[way])
    rows = "".join(_remark_row(n, errata.REMARKS[n]) for n in errata.numbered(kind))
    head = f"<strong>{kind.capitalize()}: {len(errata.numbered(kind))}</strong> ({found})"
    return f"<details><summary>{head}</summary><ul>{rows}</ul></details>"


def _remark_row(number: int, remark: errata.Remark) -> str:
    evidence = remark.tag.rpartition(", ")[2]
    if remark.evidence == errata.TEST:
        evidence = "held by a test: " + ", ".join(
            name.removeprefix("test_").replace("_", " ") for name in remark.held_by
        )
    words = f"{errata.posts_in_words(remark.posts)}; {evidence}"
    return f'<li><a href="#erratum-{number}">{number} · {escape(remark.title)}</a> <span>{escape(words)}</span></li>'


def verdict(name: str, also: str | None = None, one_hot: bool = False) -> None:
    """Hand a misprint and its correction to the prover, and display what it says of each.

    Parameters
    ----------
    name : str
        A key of both `softmaxlab.proofs.catalogue.misprints.PRINTED` and `CORRECTED`.
    also : str, optional
        A key of `CORRECTED`: one more true claim to show.
    one_hot : bool, default False
        Show one more counterexample to the misprint: one with a label in place of any y.
    """
    claims = {"As printed": PRINTED[name], "Corrected": CORRECTED[name]}
    if also is not None:
        claims["Also"] = CORRECTED[also]
    found: list[tuple[str, Claim | None, str, str, str]]
    found = [(claim.title or title, *prover_verdict(claim)) for title, claim in claims.items()]
    if one_hot:
        found.insert(1, ("The same with a one-hot y", None, *_refuted_at(one_hot_example(PRINTED[name]))))
    rows = "".join(
        f'<div style="margin:.75rem 0"><div>{escape(title)}: {_claim(claim)}</div>'
        f"<div><strong>{escape(word)}</strong> {evidence}</div></div>"
        for title, claim, word, evidence, _ in found
    )
    plain = "\n".join(f"{title}: {word} {line}" for title, _, word, _, line in found)
    html = f'<div class="book-figure">{rows}</div>'
    display({"text/html": html, "text/plain": plain}, raw=True)


def prover_verdict(claim: Claim) -> tuple[Claim, str, str, str]:
    """Ask the prover about one claim.

    Parameters
    ----------
    claim : softmaxlab.proofs.catalogue.misprints.Claim

    Returns
    -------
    tuple
        The claim, the verdict in a word or two, the evidence as HTML, and all of it as plain text.
    """
    try:
        proof = claim.prove()
    except IllTyped as problem:
        reason = escape(str(problem).replace(f"{claim.lhs!r} = {claim.rhs!r}", "the claim", 1))
        return claim, "Means nothing:", re.sub(r"\b([ijk])\b", r"<em>\1</em>", reason) + ".", str(problem)
    except Refuted as problem:
        word, evidence, _ = _refuted_at(problem.counterexample)
        return claim, word, evidence, str(problem)
    if not sizes_in(term(claim.lhs), term(claim.rhs)):  # no sum, no index: N does not occur
        return claim, "Proved.", "Checked again by plain calculus.", repr(proof)
    sizes = " and ".join((", ".join(map(str, proof.audited[:-1])), str(proof.audited[-1])))
    evidence = f"Checked again by plain calculus at {formula('N')} = {sizes}."
    return claim, _sentence(proof.badge), evidence, repr(proof)


def one_hot_example(claim: Claim) -> Counterexample:
    """Find a counterexample of two classes whose y is one-hot: the label is 1, and e^a is (2, 1).

    Parameters
    ----------
    claim : softmaxlab.proofs.catalogue.misprints.Claim

    Returns
    -------
    softmaxlab.proofs.checking.refute.Counterexample

    Raises
    ------
    ValueError
        If the two sides agree there.

    Examples
    --------
    >>> one_hot_example(PRINTED["k-not-1"])
    N = 2, i = 2, a_1 = log(2), a_2 = 0, y_1 = 1, y_2 = 0: left 1/3, right 0
    """
    world = world_of(2, (claim.lhs, claim.rhs))
    numbers = dict(zip([*_symbols("a"), *_symbols("y")], (sp.log(2), 0, 1, 0), strict=True))
    for number in world.range(N):
        at = dict.fromkeys(ordered(claim.lhs, claim.rhs), number)
        left, right = (exact(world.sympy(side, at).subs(numbers)) for side in (claim.lhs, claim.rhs))
        if difference(left, right):
            return Counterexample(2, world.sizes, at, {key: sp.sympify(v) for key, v in numbers.items()}, left, right)
    raise ValueError("both sides agree at every class, with the label 1 of two; expected a claim that is false there")


def _symbols(vector: str) -> list[sp.Symbol]:
    return [sp.Symbol(f"{vector}_{n}", real=True) for n in (1, 2)]


def _refuted_at(example: Counterexample) -> tuple[str, str, str]:
    return "Refuted.", example.html(_probabilities(example)), repr(example)


def _claim(claim: Claim | None) -> str:
    if claim is None:  # that of the row above
        return ""
    given = [formula(f"{tex(e.lhs)} = {tex(e.rhs)}") for e in claim.given]
    sides: str = formula(f"{tex(term(claim.lhs))} = {tex(term(claim.rhs))}")
    return sides + (", given " + ", ".join(given) if given else "")


def _probabilities(example: Counterexample) -> list[tuple[str, list[Any]]]:
    """Return the probabilities that the logits of a counterexample give, to be shown beside its numbers."""
    weights = [sp.exp(value) for symbol, value in example.values.items() if symbol.name.startswith("a_")]
    return [("p", [weight / sum(weights) for weight in weights])] if weights else []


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."
