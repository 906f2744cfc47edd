"""What the chapter of errata shows as HTML: faults against kinds of tests, and the prover's verdicts."""

import re
from html import escape

import sympy as sp
from IPython.display import display

from softmaxlab.detectors import KINDS
from softmaxlab.misprints import CORRECTED, PRINTED
from softmaxlab.mutation import CAUGHT, MISSED, UNUSED
from softmaxlab.proofs import IllTyped, Refuted
from softmaxlab.proofs.proof import formula
from softmaxlab.proofs.terms import term
from softmaxlab.proofs.tex import tex

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
_SHAPES = {CAUGHT: '<i class="caught"></i>', MISSED: '<i class="missed"></i>', UNUSED: ""}


def show_matrix(table, rows, columns=tuple(KINDS), links=None, row_title="planted fault"):
    """Display outcomes as a table: a disc where the test caught the fault, a ring where it missed it.

    Parameters
    ----------
    table : ndarray of str, shape (rows, columns)
        As from `softmaxlab.mutation.outcomes`.
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


def matrix_html(table, rows, columns, links, row_title):
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


def _linked(row, links):
    return f'<a href="#{escape(links[row])}">{escape(row)}</a>' if row in links else escape(row)


def _cell(outcome):
    return f'<td>{_SHAPES[outcome]}<span class="heard">{escape(outcome)}</span></td>'


def verdict(name, also=None):
    """Hand a misprint and its correction to the prover, and display what it says of each.

    Parameters
    ----------
    name : str
        A key of both `softmaxlab.misprints.PRINTED` and `CORRECTED`.
    also : str, optional
        A key of `CORRECTED`: one more true claim to show.
    """
    claims = {"As printed": PRINTED[name], "Corrected": CORRECTED[name]}
    if also is not None:
        claims["Also"] = CORRECTED[also]
    found = [(claim.title or title, *judged(claim)) for title, claim in claims.items()]
    rows = "".join(
        f'<div style="margin:.75rem 0"><div>{escape(title)}: {_claim(claim)}</div>'
        f"<div><strong>{escape(word)}</strong> {evidence}</div></div>"
        for title, claim, word, evidence, _ in found
    )
    plain = "\n".join(f"{title}: {word} {line}" for title, _, word, _, line in found)
    html = f'<div class="book-figure sl-verdict">{rows}</div>'
    display({"text/html": html, "text/plain": plain}, raw=True)


def judged(claim):
    """Ask the prover about one claim.

    Parameters
    ----------
    claim : softmaxlab.misprints.Claim

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
        example = problem.counterexample
        return claim, "Refuted.", example.html(_probabilities(example)), str(problem)
    sizes = " and ".join((", ".join(map(str, proof.audited[:-1])), str(proof.audited[-1])))
    evidence = f"Checked again by plain calculus at {formula('N')} = {sizes}."
    return claim, _sentence(proof.badge), evidence, repr(proof)


def _claim(claim):
    given = [formula(f"{tex(e.lhs)} = {tex(e.rhs)}") for e in claim.given]
    sides = formula(f"{tex(term(claim.lhs))} = {tex(term(claim.rhs))}")
    return sides + (", given " + ", ".join(given) if given else "")


def _probabilities(example):
    """Return the probabilities that the logits of a counterexample give, to be shown beside its numbers."""
    weights = [sp.exp(value) for symbol, value in example.values.items() if symbol.name.startswith("a_")]
    return [("p", [weight / sum(weights) for weight in weights])] if weights else []


def _sentence(words):
    return words[0].upper() + words[1:] + "."
