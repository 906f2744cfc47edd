"""The line under an equation says what the records of its tests amount to, and the build fails where it cannot."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx.errors import ExtensionError

from content import evidence
from content.verdicts import verdict

ROOT = Path(__file__).resolve().parents[2]


def record(**said):
    blank = {"kind": None, "source": None, "given": [], "part": "", "proof": None, "rejected": None, "exact": False}
    blank |= {"because": "", "letter": "N", "sizes": [], "cases": 0, "worst": 0.0}
    where = {"label": "eq-x", "file": "tests/equations/test_x.py", "line": 7, "test": "test_x"}
    return {**where, **blank, **said}


def words(*records, held="proof", part=""):
    return verdict(list(records), SimpleNamespace(held=held, part=part)).words


def lines(*records):
    return [what + more for what, more, _ in verdict(list(records)).lines]


PROOF = record(proof="proved for all N")
EXACT = record(exact=True, sizes=[2, 3], test="test_y")
NUMBERS = record(cases=20, worst=3.2e-16, test="test_z")


def test_a_proof_outranks_an_exact_check_and_that_outranks_numbers():
    assert words(NUMBERS, EXACT, PROOF) == "proved for all N"
    assert words(NUMBERS, EXACT) == "proved for N = 2..3"
    assert words(NUMBERS) == "tested"


def test_all_that_was_done_stands_behind_the_words_in_this_order():
    assert lines(NUMBERS, EXACT, PROOF) == ["proved for all N", "proved for N = 2..3", "tested to 2 ulps on 20 cases"]


def test_numbers_of_classes_are_gathered_over_the_runs_of_one_test():
    assert words(*(record(exact=True, sizes=[n]) for n in (2, 3, 4))) == "proved for N = 2..4"
    assert words(*(record(exact=True, sizes=[n]) for n in (2, 5))) == "proved for N = 2, 5"
    assert words(record(exact=True, sizes=[2, 3], letter="n")) == "proved for n = 2..3"
    assert words(record(exact=True, because="x cancels")) == "proved"


def test_indices_of_a_hypothesis_stand_below_the_line_and_names_stay_as_they_are():
    assert evidence.indices_below("given Σ_k y_k = 1") == "given Σ<sub>k</sub> y<sub>k</sub> = 1"
    assert evidence.indices_below("Σ_c y_rc = 1 for every r") == "Σ<sub>c</sub> y<sub>rc</sub> = 1 for every r"
    assert evidence.indices_below("e^{a_k} of cross_entropy_grad") == "e^{a<sub>k</sub>} of cross_entropy_grad"


def test_the_worst_case_of_all_runs_is_the_one_reported():
    runs = [record(cases=10, worst=0.0), record(cases=10, worst=4e-16), record(cases=1, worst=1e-16)]
    assert lines(*runs) == ["tested to 2 ulps on 21 cases"]
    assert lines(record(cases=1)) == ["tested on 1 case"]
    assert lines(record(cases=3, worst=2e-9)) == ["tested to 2e-09 on 3 cases"]


def test_a_refused_misprint_says_so():
    said = verdict([record(rejected="refuted by a counterexample")])
    assert (said.words, said.look) == ("refuted", "refused")
    assert verdict([record(rejected="means nothing as written")]).words == "means nothing"


def test_a_test_that_certifies_nothing_makes_no_badge():
    assert verdict([record()]) is None
    assert verdict([]) is None


@pytest.mark.parametrize("kind", ["definition", "wish"])
def test_what_the_display_is_outranks_what_was_proved_of_it(kind):
    assert words(PROOF, EXACT, record(kind=kind, cases=3, test="test_z")) == kind


def test_a_consequence_names_the_display_it_follows_from():
    assert words(record(kind="consequence", source="eq-a", exact=True, because="chained")) == "follows from {eq-a}"


def test_tests_that_disagree_on_what_the_display_is_stop_the_build():
    with pytest.raises(ExtensionError, match="eq-x: its tests say that the display is"):
        verdict([record(kind="wish", cases=1), record(kind="definition", cases=1, test="test_y")])


def test_premises_and_arguments_stand_behind_the_words():
    assert lines(record(proof="proved for all N", given=["Σ y = 1"])) == ["proved for all N, given Σ y = 1"]
    whole = record(exact=True, because="it cancels", given=["a", "b"])
    assert lines(whole) == ["proved: it cancels; given a and b"]


def test_a_proof_of_a_part_never_stands_for_the_whole():
    part = record(proof="proved for all N", part="proved: the value at p one-hot")
    assert words(part) == "proved in part"
    assert lines(part) == ["proved for all N (the value at p one-hot)"]
    assert words(part, EXACT) == "proved for N = 2..3"
    assert words(part, NUMBERS) == "proved in part"


def test_the_display_decides_how_much_of_a_proof_it_can_claim():
    assert words(PROOF, held="proof") == "proved for all N"
    assert words(PROOF, held="reading", part="the second sign") == "proved in part"
    assert words(PROOF, EXACT, held="reading") == "proved for N = 2..3"
    assert words(record(proof="proved for N = 2..6"), held="reading") == "proved for N = 2..6"


def test_an_argument_for_every_n_is_of_the_display_and_needs_no_statement_of_the_catalog():
    whole = record(proof="proved for all N", because="exp rises")
    assert words(whole, held="reading") == "proved for all N"


# On the page


class Warned(list):
    def warning(self, text, *args, **_):
        self.append(text % args)


def book(records, displayed, monkeypatch, **binding):
    """An app whose pages display these equations, numbered from 1, and the warnings it collects."""
    warned = Warned()
    monkeypatch.setattr(evidence, "logger", warned)
    numbers = {nodes.make_id(f"equation-{label}"): (4, place + 1) for place, label in enumerate(displayed)}
    env = SimpleNamespace(
        get_domain=lambda _: SimpleNamespace(equations=dict.fromkeys(displayed, ("chapters/x", 1))),
        toc_fignumbers={"chapters/x": {"displaymath": numbers}},
    )
    options = {"repository_url": "https://git.example/team/book", "repository_branch": "main"}
    config = SimpleNamespace(html_theme_options=options)
    app = SimpleNamespace(config=config, env=env, display_bindings=binding, equation_records=evidence.by_label(records))
    return app, env, warned


def page_with_equation(label, monkeypatch, *records):
    """Run the badge placing on a page with one equation; return its HTML and the warnings."""
    app, _, warned = book(records, [label, "eq-a"], monkeypatch)
    page = nodes.document(None, None)
    page += nodes.math_block("", "x = x", label=label)
    evidence.put_badges(app, page, "chapters/x")
    return "".join(node.astext() for node in page.findall(nodes.raw)), warned


def test_a_badge_links_to_the_test_that_earned_it(monkeypatch):
    html, warned = page_with_equation("eq-x", monkeypatch, record(proof="proved for all N", given=["Σ y = 1"]))
    link = '<a href="https://git.example/team/book/blob/main/tests/equations/test_x.py#L7">proved for all N</a>'
    assert f"<li>{link}, given Σ y = 1</li>" in html
    assert warned == []


def test_a_badge_is_a_tick_and_a_few_words_and_says_to_the_ear_what_opens(monkeypatch):
    html, _ = page_with_equation("eq-x", monkeypatch, PROOF)
    button = html.partition("<button")[2].partition("</button>")[0]
    assert button.endswith("<span>✓</span> proved for all N")
    assert 'aria-label="proved for all N. How equation 4.1 was checked"' in button


def test_a_badge_names_other_equations_by_their_numbers(monkeypatch):
    chained = record(kind="consequence", source="eq-a", exact=True, because="by eq-a, a < b", given=["{eq-x}"])
    html, _ = page_with_equation("eq-x", monkeypatch, chained)
    assert "follows from (4.2)" in html
    assert "by (4.2), a &lt; b; given (4.1)" in html


def test_a_badge_that_names_what_no_page_displays_stops_the_build(monkeypatch):
    with pytest.raises(ExtensionError, match="a badge names eq-b, which no page displays"):
        page_with_equation("eq-x", monkeypatch, record(exact=True, because="by {eq-b}"))


def test_a_refused_misprint_looks_refused(monkeypatch):
    html, _ = page_with_equation("eq-x", monkeypatch, record(rejected="refuted by a counterexample"))
    assert 'class="sl-badge sl-refused"' in html
    assert "✗" in html


def test_an_equation_that_no_test_speaks_for_is_a_warning_and_so_fails_the_build(monkeypatch):
    html, warned = page_with_equation("eq-unknown", monkeypatch)
    assert html == ""
    assert warned == ["no test speaks for the equation eq-unknown"]


def test_a_record_of_an_equation_that_no_page_displays_is_a_warning_and_so_fails_the_build(monkeypatch):
    app, env, warned = book([PROOF], ["eq-a"], monkeypatch)
    evidence.compare(app, env)
    assert warned == ["eq-x is checked, and displayed nowhere: tests/equations/test_x.py:7"]


def test_pages_whose_badges_changed_are_written_anew(monkeypatch):
    app, env, _ = book([PROOF], ["eq-x"], monkeypatch)
    assert evidence.compare(app, env) == []  # a first build writes all pages anyway
    assert evidence.compare(app, env) == []
    app.equation_records = evidence.by_label([NUMBERS])
    assert evidence.compare(app, env) == ["chapters/x"]
