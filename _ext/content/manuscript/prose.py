"""The rules of a page's text and cells: each takes a page and returns what breaks it."""

import ast
import re

from .pages import Page, Piece, Problem, kinds_of, tokens_of

LONGEST_CELL = 10
WIDEST_LINE = 77  # of a shown cell: what fits on a desktop without scrolling
MATHS = {"exp", "log", "sum", "exp2", "expm1", "log2", "log10", "log1p", "logaddexp"}
CLOSED = {"hide-input", "remove-cell"}  # tags of cells whose code the reader does not see at once
UNLABELED = re.compile(r"\$\$|\\\[|\\begin\{\w+\*?\}")
# What an author leaves to be found again; no chapter may be published with it.
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|TBD)\b|lorem ipsum", re.IGNORECASE)
SHOUTED = re.compile(
    r"\b(?:simply|obviously|trivial(?:ly)?|amazing|powerful|delve|cutting-edge|game.?changer|of course"
    r"|colour|behaviour|normalis\w+|neighbour|centre|maximis\w+|minimis\w+)\b",
    re.IGNORECASE,
)


def matches(page: Page, pattern: re.Pattern[str], text: str, words: str) -> list[Problem]:
    """Return a problem for each match in a text that keeps the page's lines; `words` shows the match at {}."""
    return [
        page.problem(1 + text.count("\n", 0, match.start()), words.format(match[0])) for match in pattern.finditer(text)
    ]


# --- cells ---


def python_of(cell: Piece) -> str:
    """Return a cell's source without the lines that are for IPython; the lines keep their numbers."""
    return "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in cell.body.split("\n"))


def unreadable_cells(page: Page) -> list[Problem]:
    """Cells that are no Python."""
    found = []
    for cell in page.cells:
        try:
            ast.parse(python_of(cell))
        except SyntaxError as problem:
            line = cell.inside + (problem.lineno or 1) - 1
            found.append(page.problem(line, f"the cell is no Python: {problem.msg}: {(problem.text or '').strip()}"))
    return found


def long_cells(page: Page) -> list[Problem]:
    """Cells that hold more than a reader takes in."""
    sizes = [(cell.line, len(cell.body.strip("\n").splitlines())) for cell in page.cells]
    words = "a cell of {} lines; at most {}: put its mathematics in src/, or make two of it"
    return [page.problem(line, words.format(size, LONGEST_CELL)) for line, size in sizes if size > LONGEST_CELL]


def wide_lines(page: Page) -> list[Problem]:
    """Lines too wide for the page, in cells whose code is open to the reader."""
    shown = [cell for cell in page.cells if not any(tag in str(cell.options.get("tags", "")) for tag in CLOSED)]
    return [
        page.problem(cell.inside + number, f"a line of {len(line)} characters in a cell; at most {WIDEST_LINE}")
        for cell in shown
        for number, line in enumerate(cell.body.split("\n"))
        if len(line) > WIDEST_LINE
    ]  # fmt: skip


def maths_in_cells(page: Page) -> list[Problem]:
    """Calls such as np.exp(…) in a cell, or the same inside a def or lambda: src/ has them."""
    found = []
    for cell in page.cells:
        try:
            calls = [node for node in ast.walk(ast.parse(python_of(cell))) if isinstance(node, ast.Call)]
        except SyntaxError:  # named by another rule
            continue
        for call in calls:
            name = call.func
            if not (isinstance(name, ast.Attribute) and isinstance(name.value, ast.Name)):
                continue
            if name.value.id in {"np", "math"} and name.attr in MATHS:
                words = f"a cell computes {ast.unparse(call)}: call what src/ has, or add it there"
                found.append(page.problem(cell.inside + call.lineno - 1, words))
    return found


def numbers_stored_too_late(page: Page) -> list[Problem]:
    """Numbers that the text prints and no cell above stores: a notebook runs from top to bottom, text included."""
    above, late = "", []
    everything = "\n".join(cell.body for cell in page.cells)
    for piece in page.pieces:
        if piece in page.cells:
            above += piece.body + "\n"
        elif piece.kind == "role" and piece.name == "eval":
            named = re.match(r'glued\("([^":]+)(?::[^":]+)?"\)$', piece.text)
            if not named:
                words = f'{{eval}}`{piece.text}` is no number of a cell: write {{eval}}`glued("name:.3f")`'
            elif not stores(everything, named[1]):
                words = f"no cell stores the number {named[1]}: glue({named[1]!r}, …) in a cell above"
            elif not stores(above, named[1]):
                words = f"the number {named[1]} is stored by a cell below: move that cell above this line"
            elif not re.search(r"^from softmaxlab\.book\.notebook import .*\bglued\b", above, re.MULTILINE):
                words = "no cell above says `from softmaxlab.book.notebook import glued`, which a notebook needs here"
            else:
                continue
            late.append(page.problem(piece.line, words))
    return late


def stores(code: str, name: str) -> bool:
    """Say whether the code glues this name: as it stands, as an f-string, or from a list of names in a loop."""
    patterns = [re.sub(r"\{[^}]*\}", ".+", written) for written in re.findall(r'glue\(f?"([^"]+)"', code)]
    looped = re.findall(r'"([^"]+)"', code) if re.search(r"glue\(name,", code) else []
    return name in looped or any(re.fullmatch(pattern, name) for pattern in patterns)


# --- text ---


def typed_decimals(page: Page) -> list[Problem]:
    """Decimals that nobody computed."""
    words = 'the decimal {} is typed: glue it in a cell above, and write {{eval}}`glued("name:.3f")`'
    return matches(page, re.compile(r"(?<![\w.])\d+\.\d+"), page.prose(), words)


def display_math(page: Page) -> list[tuple[str | None, str, int]]:
    """Return label, formula and line of each displayed equation."""
    return [(piece.options.get("label") or None, piece.body, piece.line) for piece in page.of_kind("directive", "math")]


def unlabeled_equations(page: Page) -> list[Problem]:
    """Displays that no test can speak for."""
    words = "a displayed formula without a label that begins with eq-: give it one, :label: eq-..."
    bad = [page.problem(line, words) for label, _, line in display_math(page) if not (label or "").startswith("eq-")]
    text = "\n".join(line if kind == "prose" else "" for kind, line in kinds_of(page.text))
    text = re.sub(r"(`+)[^`]*\1", lambda match: "\n" * match[0].count("\n"), text)
    return bad + matches(page, UNLABELED, text, "{} displays a formula: write it as a math directive with a label")


def unfinished(page: Page) -> list[Problem]:
    """What the author left for later."""
    return matches(page, UNFINISHED, page.prose(), "{} is left here: finish it")


def raw_in_a_notebook(page: Page) -> list[Problem]:
    """Roles that only the built page understands; JupyterLab shows what stands between their ticks."""
    return [
        page.problem(piece.line, f'{{{piece.name}}} is understood by the built page only: {{eval}}`glued("name:.3f")`')
        for piece in page.of_kind("role")
        if piece.name.startswith("glue")
    ]


def shouted(page: Page) -> list[Problem]:
    """Words of hype, and British spelling."""
    return matches(page, SHOUTED, page.prose(), "{!r} is hype, or British spelling: say it in another way")


# --- the head of a page ---


def missing_header(page: Page) -> list[Problem]:
    """Front matter without which no cell runs."""
    missing = sorted({"jupytext", "kernelspec"} - page.front_matter.keys())
    words = f"the front matter has no {' and no '.join(missing)}, and no cell runs: copy the head of a neighbor"
    return [page.problem(1, words)] if missing else []


def missing_description(page: Page) -> list[Problem]:
    """A page that search engines and shared links can't describe."""
    head = page.front_matter.get("myst")
    meta = head.get("html_meta") if isinstance(head, dict) else None
    size = len(str(meta.get("description", ""))) if isinstance(meta, dict) else 0
    words = f"the description (front matter, myst: html_meta: description) has {size} characters: write 50 to 200"
    return [] if 50 <= size <= 200 else [page.problem(1, words)]


def unclosed_blocks(page: Page) -> list[Problem]:
    """Fences that nothing closes: all below them would be part of them."""
    found = []
    for token in tokens_of(page.text):
        if token.type in ("fence", "colon_fence") and token.map:
            start, end = token.map
            last = page.lines[end - 1].strip(" >\t")
            if end - start < 2 or set(last) != {token.markup[0]} or len(last) < len(token.markup):
                found.append(page.problem(start + 1, f"{token.markup}{token.info} is not closed"))
    return found


FOR_NOTEBOOKS = (missing_header, unreadable_cells, long_cells, wide_lines, maths_in_cells, numbers_stored_too_late)
FOR_PAGES = (
    missing_description, unclosed_blocks, typed_decimals, unlabeled_equations, unfinished, shouted, raw_in_a_notebook,
)  # fmt: skip


def check_page(page: Page) -> list[Problem]:
    """Return all that breaks a rule of a page; one with cells is a notebook."""
    rules = FOR_PAGES + (FOR_NOTEBOOKS if page.cells or page.front_matter.get("kernelspec") else ())
    return [problem for rule in rules for problem in rule(page)]
