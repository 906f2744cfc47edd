"""What a chapter needs: numbers for its prose, figures as inline SVG, and failures made visible."""

from __future__ import annotations

import hashlib
import html
import io
import logging
import re
import sys
import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from IPython import get_ipython

from softmaxlab.book._ipython import display, format_display_data

# The first run on a machine builds a font cache and logs a line about it: not part of the lesson.
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)

from softmaxlab.book.figures import PALETTE, book_style  # noqa: E402 - brings matplotlib, which must be quiet before

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GLUE_PREFIX = "application/papermill.record/"
NOT_YET = "…"  # in place of a number whose cell has not run

Item = TypeVar("Item")

_stored: dict[str, Any] = {}  # what this kernel has glued


def glue(name: str, value: Any) -> None:
    """Store a value under a name, so that the text of the page can print it.

    Parameters
    ----------
    name : str
        The text writes ``{eval}`glued("name:.3f")` ``, see `glued`.
    value : float, int or str
        NumPy scalars, and arrays without a dimension, are stored as plain Python numbers.

    Raises
    ------
    ValueError
        If the value is an array: the text can print one number at a time.
    """
    if np.ndim(value) != 0:
        raise ValueError(f"glue({name!r}) got an array of shape {np.shape(value)}; glue one number at a time")
    value = value.item() if isinstance(value, np.generic | np.ndarray) else value
    _stored[name] = value
    data, metadata = format_display_data(value)
    metadata["scrapbook"] = {"name": name, "mime_prefix": GLUE_PREFIX}
    display({GLUE_PREFIX + mime: shown for mime, shown in data.items()}, metadata=metadata, raw=True)


def glued(reference: str) -> str:
    """Return a glued value in the form the text shows it.

    The text of a chapter writes ``{eval}`glued("name:.3f")` ``. In a live notebook JupyterLab asks the kernel, and
    this function answers. In the built page there is no kernel: ``_ext/content/prose_numbers.py`` reads the same
    form.

    Parameters
    ----------
    reference : str
        ``"name"``, or ``"name:spec"`` with a format specification.

    Returns
    -------
    str
        ``"…"`` as long as no cell has stored a value under this name.

    Examples
    --------
    >>> glued("number_of_a_cell_that_has_not_run:.3f")
    '…'
    """
    name, _, spec = reference.partition(":")
    return format(_stored[name], spec) if name in _stored else NOT_YET


def power_of_ten_below(value: float) -> int:
    """Return the largest power of ten that is at most `value`: a timing's size, without its noise.

    Examples
    --------
    >>> power_of_ten_below(2317.5), power_of_ten_below(1000)
    (1000, 1000)
    """
    power: int = 10 ** int(np.floor(np.log10(value)))
    return power


def show(fig: Figure, description: str) -> None:
    """Display a figure as inline SVG that follows the page's light or dark mode.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    description : str
        What the figure shows, for readers who cannot see it.

    Raises
    ------
    ValueError
        If the description is empty.
    """
    display({"text/html": svg(fig, description), "text/plain": description}, raw=True)


def svg(fig: Figure, description: str) -> str:
    """Turn a figure into an inline SVG element, the same bytes every time.

    The palette's colors become CSS variables (ink becomes ``currentColor``), the text stays text in the font
    of the page, and ids are renamed so that two figures on one page cannot clash.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
    description : str
        Becomes the accessible name.

    Returns
    -------
    str
        One ``<svg class="book-figure" role="img" …>`` element.
    """
    if not description.strip():
        raise ValueError("a figure needs a description in words, show(fig, 'what the figure shows')")
    buffer = io.StringIO()
    with book_style():
        fig.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    body = buffer.getvalue()
    view_box = re.findall(r'viewBox="([^"]+)"', body)[0]
    body = body[body.index(">", body.index("<svg")) + 1 : body.rindex("</svg>")]
    for unwanted in (r"<metadata>.*?</metadata>", r"<!--.*?-->", r"<style[^>]*>.*?</style>"):
        body = re.sub(unwanted, "", body, flags=re.S)
    body = _own_ids(_compact(_page_font(_page_colors(_rounded(body)))), description)
    name = html.escape(" ".join(description.split()), quote=True)
    return (
        f'<svg class="book-figure" role="img" aria-label="{name}" viewBox="{view_box}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        'style="display:block;width:100%;max-width:36rem;height:auto;margin:0 auto;overflow:visible;'
        f'stroke-linejoin:round;stroke-linecap:butt">{body}</svg>'
    )


def attempt(function: Callable[..., Any], *args: Any) -> None:
    """Call a function and print what came of it: the result, each warning, or the error.

    Parameters
    ----------
    function : callable
    *args
        Its arguments.

    Examples
    --------
    >>> attempt(np.exp, 1000)
    np.exp(1000)
      → inf
      RuntimeWarning: overflow encountered in exp
    """
    library = "np." if isinstance(function, np.ufunc) else "math." if function.__module__ == "math" else ""
    print(f"{library}{function.__name__}({', '.join(map(repr, args))})")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = function(*args)
        except ArithmeticError as error:
            print(f"  {type(error).__name__}: {error}")
        else:
            lines = np.array2string(np.asarray(result), precision=4, suppress_small=True).splitlines()
            print("  → " + "\n    ".join(lines))
    for warning in caught:
        print(f"  {warning.category.__name__}: {warning.message}")


def progress(steps: Iterable[Item], total: int) -> Iterable[Item]:
    """Go through `steps` with a progress bar where somebody watches; in a page that is being built, without one.

    A request to run a cell says, in ``allow_stdin``, whether the cell may ask the reader for input. JupyterLab and
    other interactive front ends say yes; the build of the book says no. The bar is text on the standard output: a
    widget would be dead in a saved notebook, and text on the error output counts as a failure in this book.

    Parameters
    ----------
    steps : iterable
        What a training loop yields.
    total : int
        How many to expect.

    Returns
    -------
    iterable
        The same steps.

    Examples
    --------
    >>> list(progress(range(3), total=3))  # no notebook, nobody watches
    [0, 1, 2]
    """
    if not _is_watched():
        return steps
    try:
        from tqdm import tqdm  # type: ignore[import-untyped]  # comes without types
    except ImportError:  # a kernel without tqdm trains all the same
        return steps
    shown: Iterable[Item] = tqdm(steps, total=total, file=sys.stdout, ascii=False)
    return shown


def _is_watched() -> bool:
    """Whether the cell that runs may ask a reader for input."""
    kernel = getattr(get_ipython(), "kernel", None)
    return kernel is not None and bool(kernel.get_parent().get("content", {}).get("allow_stdin"))


def _rounded(body: str) -> str:
    """Cut coordinates to two decimals: a hundredth of a point is finer than any screen."""
    number = re.compile(r"-?\d+\.\d{3,}")
    attributes = re.compile(r'\b(?:d|x|y|width|height|transform|points)="[^"]*"')
    return attributes.sub(lambda a: number.sub(lambda n: f"{float(n[0]):.2f}", a[0]), body)


def _page_colors(body: str) -> str:
    """Replace each palette color by its CSS variable, the light value as fallback."""
    for name, value in PALETTE.items():
        body = body.replace(value, "currentColor" if name == "--sl-ink" else f"var({name}, {value})")
    return body


def _page_font(body: str) -> str:
    """Leave the font family to the page; keep size, style and weight."""
    return re.sub(r"font-family: [^;\"]+;? ?", "", body)


def _compact(body: str) -> str:
    """Drop what draws nothing: line breaks, empty groups, turns by no angle, boxes without paint.

    Measured on the book's 29 figures: SVGO would save 14 more of the pages' 795 kB, gzipped, and scour as much. SVGO
    needs 18 packages and Node, which a kernel does not have; scour has had no release since 2020.
    """
    body = re.sub(r' transform="rotate\(-?0 [^"]*"', "", re.sub(r"\s+", " ", body))
    body = re.sub(r'<path d="[^"]*" style="fill: none" ?/>', "", body)
    for _ in range(4):  # groups nest
        body = re.sub(r"<(g|defs)>\s*</\1>|<(?:g|defs) ?/>", "", body)
    return re.sub(r"> <", "><", body).strip()


def _own_ids(body: str, description: str) -> str:
    """Drop ids that nothing refers to; make the others unique to this figure."""
    digest = hashlib.sha256((description + body).encode()).hexdigest()[:8]
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', body))
    body = re.sub(r' id="([^"]+)"', lambda m: f' id="f{digest}-{m[1]}"' if m[1] in used else "", body)
    return re.sub(r'(url\(#|href="#)', rf"\g<1>f{digest}-", body)
