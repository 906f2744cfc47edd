"""The rules that every page of the book keeps: each takes a page's text and returns the offenses in it."""

import ast
import re

import jupytext
import yaml

LONGEST_CELL = 10
WIDEST_LINE = 77  # of a shown cell: what fits on a desktop without scrolling
MATHS = {"exp", "log", "sum", "exp2", "expm1", "log2", "log10", "log1p", "logaddexp"}
CODE = {
    None,
    "code",
    "code-cell",
    "literalinclude",
    "bibliography",
}  # fences whose inside no one reads as prose
FENCE = re.compile(r"(?P<ticks>`{3,}|:{3,})(?:\{(?P<name>[\w:-]+)\})?(?P<rest>.*)")
LABEL = re.compile(r"^:label:[ \t]*(\S+)[ \t]*$", re.M)


# What a page is made of


def front_matter(text):
    match = re.match(r"---\n(.*?)\n---\n", text, re.S)
    return yaml.safe_load(match[1]) if match else {}


def without_front_matter(text):
    return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.S)


def cells(text):
    """Source of each code cell."""
    return [cell.source for cell in jupytext.reads(text, "md:myst").cells if cell.cell_type == "code"]


def blocks(text):
    """(kind, text) of each part of a page; kind is "prose", "math" or "code". Directives may nest."""
    parts, stack = [("prose", [])], []
    for line in without_front_matter(text).splitlines():
        fence = FENCE.match(line)
        if fence and stack and fence["ticks"] == stack[-1][0] and not fence["name"] and not fence["rest"].strip():
            stack.pop()
            parts.append((stack[-1][1] if stack else "prose", []))
        elif fence and (not stack or stack[-1][1] == "prose"):
            kind = "math" if fence["name"] == "math" else "code" if fence["name"] in CODE else "prose"
            stack.append((fence["ticks"], kind))
            parts.append((kind, [fence["rest"]] if kind == "prose" else []))  # a directive's title is prose
        else:
            parts[-1][1].append(line)
    return [(kind, "\n".join(lines)) for kind, lines in parts]


def display_math(text):
    """(label or None, formula) of each displayed equation."""
    for kind, body in blocks(text):
        if kind == "math":
            label = LABEL.search(body)
            yield label and label[1], LABEL.sub("", body)


def labels_in(text):
    return [label for label, _ in display_math(text) if label]


def prose(text, kinds=("prose", "math")):
    """What a reader reads: no code, no roles, no addresses, no options of directives."""
    text = "\n".join(body for kind, body in blocks(text) if kind in kinds)
    text = re.sub(r"^:[\w-]+:.*$", "", text, flags=re.M)
    text = re.sub(r"\{[\w:]+\}`[^`]*`", "", text)
    text = re.sub(r"(`+)[^`]*\1", "", text)
    return re.sub(r"\]\([^)]*\)|<https?:[^>]*>|https?://\S+", "", text)


# The rules: each returns the offenses it found


def long_cells(text):
    return [source for source in cells(text) if len(source.splitlines()) > LONGEST_CELL]


def wide_lines(text):
    """Lines too wide for the page, in cells whose code is open to the reader."""
    notebook = jupytext.reads(text, "md:myst")
    shown = [
        cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and not {"hide-input", "remove-cell"} & set(cell.metadata.get("tags", []))
    ]
    return [line for source in shown for line in source.splitlines() if len(line) > WIDEST_LINE]


def maths_in_cells(text):
    """Calls such as np.exp(…) in a cell, or the same inside a def or lambda: src/ has them."""
    found = []
    for source in cells(text):
        plain = "\n".join(line for line in source.splitlines() if not line.lstrip().startswith(("%", "!")))
        for node in ast.walk(ast.parse(plain)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                module = node.func.value
                if isinstance(module, ast.Name) and module.id in {"np", "math"} and node.func.attr in MATHS:
                    found.append(ast.unparse(node))
    return found


def typed_decimals(text):
    return re.findall(r"(?<![\w.])\d+\.\d+", prose(text))


def missing_header(text):
    return sorted({"jupytext", "kernelspec"} - front_matter(text).keys())


def missing_description(text):
    description = front_matter(text).get("myst", {}).get("html_meta", {}).get("description", "")
    return [] if 50 <= len(description) <= 200 else [f"description of {len(description)} characters"]


def unlabeled_equations(text):
    bad = [formula.strip() for label, formula in display_math(text) if not (label or "").startswith("eq-")]
    return bad + re.findall(r"\$\$|\\\[|\\begin\{\w+\*?\}", prose(text, kinds=["prose"]))


def unfinished(text):
    return re.findall(r"\b(?:TODO|FIXME|XXX|TBD)\b|lorem ipsum", prose(text), re.I)


def numbers_stored_too_late(text):
    """Numbers that the text prints and no cell above stores: a notebook runs from top to bottom, text included."""
    above, late = "", []
    for cell in jupytext.reads(text, "md:myst").cells:
        if cell.cell_type == "code":
            above += cell.source + "\n"
        else:
            printed = re.findall(r"\{eval\}`glued\(\"([^\":]+)", cell.source)
            ready = re.search(r"^from softmaxlab\.notebook import .*\bglued\b", above, re.M)
            late += [name for name in printed if not (ready and stores(above, name))]
    return late


def stores(code, name):
    """Say whether the code glues this name: as it stands, as an f-string, or from a list of names in a loop."""
    patterns = [re.sub(r"\{[^}]*\}", ".+", written) for written in re.findall(r'glue\(f?"([^"]+)"', code)]
    looped = re.findall(r'"([^"]+)"', code) if re.search(r"glue\(name,", code) else []
    return name in looped or any(re.fullmatch(pattern, name) for pattern in patterns)


def raw_in_a_notebook(text):
    """Roles that only the built page understands; JupyterLab shows what stands between their ticks."""
    return re.findall(r"\{glue[\w:]*\}`[^`]*`", text)


def shouted(text):
    """Words of hype, and British spelling."""
    hype = r"simply|obviously|trivial(?:ly)?|amazing|powerful|delve|cutting-edge|game.?changer|of course"
    british = r"colour|behaviour|normalis\w+|neighbour|centre|maximis\w+|minimis\w+"
    return re.findall(rf"\b(?:{hype}|{british})\b", prose(text), re.I)
