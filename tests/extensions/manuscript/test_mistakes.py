"""Each mistake of an author is named with its place and its cure before anything runs, and all of them at once."""

import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from sphinx.errors import ExtensionError

import checked_first
from content.manuscript import check_manuscript

ROOT = Path(__file__).parents[3]


def spoil(book, file, old, new):
    path = book / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture(autouse=True)
def without_node(request, monkeypatch):
    """Scripts and style sheets are read where a test is about them: that takes a process."""
    if not any(word in request.node.name for word in ("JavaScript", "CSS", "at_once", "itself")):
        monkeypatch.setattr("content.manuscript.start_parser", lambda root: None)
        monkeypatch.setattr("content.manuscript.check_scripts", lambda process: [])


def found(book):
    return [str(problem) for problem in check_manuscript(book)]


def test_a_book_without_a_mistake_has_no_problem(little_book):
    assert found(little_book) == []


def test_the_book_itself_has_no_problem():
    assert found(ROOT) == []


MISTAKES = {
    "eq": ("chapters/one.md", "{eq}`eq-little`", "{eq}`eq-litle`",
           "chapters/one.md:18: {eq} names eq-litle, which no equation has as its label; is it eq-little?"),
    "ref": ("index.md", "<one>", "<oen>", "index.md:11: {ref} names oen, which no place has as its label; is it one?"),
    "doc": ("index.md", "{doc}`chapters/two`", "{doc}`chapters/too`",
            "index.md:11: {doc} names chapters/too, and there is no page chapters/too.md; is it chapters/two.md?"),
    "term": ("chapters/one.md", "{term}`loss`", "{term}`lost`",
             "chapters/one.md:18: {term} names lost, which the glossary has not; is it loss?"),
    "source": ("chapters/one.md", "shannon1948", "shanon1948",
               "chapters/one.md:18: {cite} names shanon1948, which references.bib has not; is it shannon1948?"),
    "page": ("chapters/one.md", "two.md#", "too.md#",
             "chapters/one.md:30: the link too.md#the-second-part leads to chapters/too.md, and there is no such page"),
    "place": ("chapters/one.md", "#the-second-part", "#the-2nd-part",
              "chapters/one.md:30: the link two.md#the-2nd-part leads to no place in chapters/two.md; is it"),
    "place here": ("chapters/one.md", "(#one)", "(#on)", "chapters/one.md:30: the link #on leads to no place in"),
    "label twice": ("chapters/two.md", "# Two", "(one)=\n# Two",
                    "chapters/two.md:9: the label one is given at chapters/one.md:10 as well: rename one"),
    "term twice": ("glossary.md", "  What a", "  It.\n\nloss\n  What a", "glossary.md:15: the term loss is given at"),
    "source twice": ("references.bib", "}\n}\n", "}\n}\n@book{shannon1948,\n}\n",
                     "references.bib:4: the key shannon1948 is given on line 1 as well"),
    "equation without a test": ("tests/equations/test_little.py", '@pytest.mark.equation("eq-little")', "",
                                "chapters/one.md:20: no test names the equation eq-little"),
    "test without an equation": ("tests/equations/test_little.py", "eq-little", "eq-big",
                                 "tests/equations/test_little.py:4: names the equation eq-big, which no page displays"),
    "no label": ("chapters/one.md", ":label: eq-little\n", "", "chapters/one.md:20: a displayed formula without"),
    "number": ("chapters/one.md", 'glued("loss:.3f")', 'glued("lose:.3f")',
               "chapters/one.md:18: no cell stores the number lose: glue('lose', …) in a cell above"),
    "number's form": ("chapters/one.md", 'glued("loss:.3f")', "loss", "chapters/one.md:18: {eval}`loss` is no number"),
    "typed decimal": ("chapters/two.md", "Nothing.", "It is 0.5.", "chapters/two.md:13: the decimal 0.5 is typed"),
    "image": ("chapters/one.md", "picture.svg", "pictures.svg",
              "chapters/one.md:30: the image chapters/pictures.svg is not there; is it picture.svg?"),
    "figure": ("chapters/two.md", "Nothing.", "```{figure} no.png\n```",
               "chapters/two.md:13: the image chapters/no.png is not there"),
    "linked file": ("chapters/two.md", "Nothing.", "[a](data.csv)",
                    "chapters/two.md:13: the linked file chapters/data.csv is not there"),
    "included file": ("chapters/one.md", "../src/little.py", "../src/litle.py",
                      "chapters/one.md:25: the included file src/litle.py is not there; is it little.py?"),
    "included object": ("chapters/one.md", ":pyobject: half", ":pyobject: halve",
                        "chapters/one.md:25: :pyobject: names halve, which little.py has not; is it half?"),
    "included line": ("chapters/one.md", ":start-at: return", ":start-at: import",
                      "chapters/one.md:25: :start-at: names 'import', which is no line of half of little.py"),
    "role": ("chapters/one.md", "{term}`loss`", "{trem}`loss`",
             "chapters/one.md:18: the role {trem} is not known here; is it term?"),
    "directive": ("chapters/two.md", "Nothing.", "```{admonitoin} A\nb\n```",
                  "chapters/two.md:13: the directive {admonitoin} is not known here; is it admonition?"),
    "open block": ("chapters/two.md", "Nothing.", "```{note}\nb", "chapters/two.md:13: ```{note} is not closed"),
    "cell": ("chapters/one.md", 'glue("loss", 1)', 'glue("loss", 1', "chapters/one.md:15: the cell is no Python"),
    "header": ("chapters/one.md", "jupytext:", "jupitext:", "chapters/one.md:1: the front matter has no jupytext"),
    "open front matter": ("chapters/two.md", "---\n# Two", "# Two", "chapters/two.md:1: the front matter is not"),
    "front matter": ("chapters/two.md", "  html_meta:", "  html_meta", "chapters/two.md:7: can't be read as YAML"),
    "description": ("chapters/two.md", 'description: "', 'descripton: "', "chapters/two.md:1: the description"),
    "contents": ("_toc.yml", "chapters/two", "chapters/too",
                 "_toc.yml:5: names chapters/too, and there is no such page; is it chapters/two?"),
    "left out": ("_toc.yml", "  - file: chapters/two\n", "", "chapters/two.md:1: _toc.yml does not name this page"),
    "listed twice": ("_toc.yml", "- file: glossary", "- file: chapters/one", "_toc.yml:6: names chapters/one, as"),
    "contents' form": ("_toc.yml", "chapters:\n", "chapters: [\n", "_toc.yml:4: can't be read as YAML"),
    "config's form": ("_config.yml", "title: A", "title: : A", "_config.yml:1: can't be read as YAML"),
    "extension": ("_config.yml", "checked_first", "checked_last",
                  "_config.yml:4: names the extension checked_last, and there is no _ext/checked_last.py"),
    "JavaScript": ("assets/a.js", "a = 1", "a = = 1", "assets/a.js:1: column 18: Unexpected"),
    "CSS": ("assets/a.css", "}", "", "assets/a.css:1: column 1: Unclosed block"),
    "Python": ("src/little.py", "return x / 2", "return x /", "src/little.py:3: is no Python"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_place(little_book, mistake):
    file, old, new, words = MISTAKES[mistake]
    spoil(little_book, file, old, new)
    problems = found(little_book)
    assert any(problem.startswith(words) for problem in problems), problems


def test_all_mistakes_are_told_at_once_by_file_and_line(little_book):
    for file, old, new, _ in (MISTAKES[kind] for kind in ("image", "JavaScript", "CSS", "contents", "typed decimal")):
        spoil(little_book, file, old, new)
    problems = found(little_book)
    for kind in ("image", "JavaScript", "CSS", "contents", "typed decimal"):
        assert any(problem.startswith(MISTAKES[kind][3]) for problem in problems), problems
    places = [(problem.file, problem.line) for problem in check_manuscript(little_book)]
    assert places == sorted(places)


@pytest.fixture(scope="module")
def spoiled_copy(tmp_path_factory):
    """A copy of all that is checked, to be spoiled."""
    copy = tmp_path_factory.mktemp("book")
    for name in ("_config.yml", "_toc.yml", "references.bib", *(page.name for page in ROOT.glob("*.md"))):
        shutil.copy(ROOT / name, copy)
    for name in ("chapters", "_ext", "assets", "src", "tests/equations", "tools"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "node_modules").symlink_to(ROOT / "node_modules")
    spoil(
        copy, "chapters/01-scores-to-probabilities.md", "\n## What to remember", "\nIt is 0.5.\n\n## What to remember"
    )
    spoil(
        copy,
        "chapters/04-jacobian.md",
        r"= p_i\, (\delta_{ij} - p_j)" + "\n```",
        r"= p_i\, (\delta_{ij} - p_i)" + "\n```",
    )
    return copy


def test_the_command_tells_of_equations_and_of_all_else(spoiled_copy):
    command = [sys.executable, str(ROOT / "_ext" / "checked_first.py")]
    run = subprocess.run(command, cwd=spoiled_copy, capture_output=True, encoding="utf-8", check=False)
    assert run.returncode == 1, run.stderr
    assert "chapters/01-scores-to-probabilities.md:" in run.stdout
    assert "the decimal 0.5 is typed" in run.stdout
    assert "eq-jacobian says p_i where the proof says p_j" in run.stdout
    assert "2 must be mended" in run.stdout


def test_the_build_stops_before_it_runs_anything(spoiled_copy):
    with pytest.raises(ExtensionError, match=r"(?s)0\.5 is typed.*eq-jacobian says"):
        checked_first.hold(SimpleNamespace(srcdir=spoiled_copy), None)
