"""What the chapter on accuracy shows: errors in ulps on logarithmic axes, and as a table. No math here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import ArrayLike

from softmaxlab import _formatting
from softmaxlab.book._ipython import display
from softmaxlab.book.figures import CLASS_COLORS, GRID, INK, MUTED, PALETTE, book_style

LOWEST = 0.1  # ulps drawn: an error of 0 has no logarithm
_STYLE = """
.sl-ulps { overflow-x: auto; margin: 0 auto 1rem; max-width: 36rem; }
.sl-ulps table { border-collapse: collapse; margin: 0; width: 100%; font-size: .875rem; line-height: 1.3; }
.sl-ulps :is(th, td) { border: 0; background: none; color: inherit; padding: .4rem .3rem; text-align: right;
  vertical-align: bottom; font-weight: 400; font-variant-numeric: tabular-nums; }
.sl-ulps tr > :is(th, td) { border-bottom: 1px solid var(--sl-grid, #d8dee6); }
.sl-ulps tr > :first-child { text-align: left; padding-left: 0; }
.sl-ulps thead th { color: var(--sl-muted, #55606e); }
.sl-ulps td b { font-weight: 700; }
"""


def in_words(ulps: float) -> str:
    """Write an error in ulps for a reader.

    Parameters
    ----------
    ulps : float
        At least 0.

    Examples
    --------
    >>> in_words(0.53), in_words(479.9), in_words(8.9e15), in_words(float("inf"))
    ('0.5', '480', '9×10¹⁵', '∞')
    """
    return "∞" if np.isinf(ulps) else _formatting.ulps(ulps)


def show_errors(table: Mapping[str, Mapping[str, float]], columns: Mapping[str, str], limit: float = 16) -> None:
    """Display the worst errors of several libraries as a table; what keeps within the limit is bold.

    Parameters
    ----------
    table : dict of str to dict of str to float, in ulps
        For each library the worst error of each kind; a kind that is missing becomes a dash.
    columns : dict of str to str
        The kinds to show, and what to call them.
    limit : float
    """
    html = errors_html(table, columns, limit)
    plain = "\n".join(f"{name}: {worst}" for name, worst in table.items())
    display({"text/html": html, "text/plain": plain}, raw=True)


def errors_html(table: Mapping[str, Mapping[str, float]], columns: Mapping[str, str], limit: float) -> str:
    """Write the table as HTML.

    Parameters
    ----------
    table, columns, limit
        As in `show_errors`.

    Returns
    -------
    str
    """

    def cell(worst: Mapping[str, float], kind: str) -> str:
        if kind not in worst:
            return "<td>–</td>"
        text = in_words(worst[kind])
        return f"<td><b>{text}</b></td>" if worst[kind] <= limit else f"<td>{text}</td>"

    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in columns.values())
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>' + "".join(cell(worst, kind) for kind in columns) + "</tr>"
        for name, worst in table.items()
    )
    return (
        f'<style>{_STYLE}</style><div class="book-figure sl-ulps" tabindex="0" role="region" '
        f'aria-label="Worst errors in ulps"><table><thead><tr><th scope="col">ulps</th>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def powers_of_ten(ax: Axes, exponents: Sequence[int]) -> Axes:
    """Give a panel a logarithmic vertical axis with these powers of ten.

    Parameters
    ----------
    ax : Axes
    exponents : sequence of int
        Of the ticks; the first and the last bound the axis.
    """
    with book_style():
        ax.set_yscale("log")
        ax.set_ylim(10.0 ** min(exponents), 10.0 ** max(exponents))
        names = {0: "1", 1: "10"}
        ticks = [
            names.get(exponent, _formatting.scientific(10.0**exponent, 0).replace("1×", "")) for exponent in exponents
        ]
        ax.set_yticks([10.0**exponent for exponent in exponents], ticks)
        ax.yaxis.set_minor_locator(NullLocator())
        ax.grid(axis="y")
    return ax


def error_panels(
    x: ArrayLike,
    curves: Mapping[str, Mapping[str, ArrayLike]],
    xlabel: str,
    xticks: Sequence[float],
    exponents: Sequence[int] = (-1, 0, 4, 8, 12, 16, 17),
    limit: float = 16,
    lost: float = 2.0**53,
) -> Figure:
    """Draw one panel for each library: its errors in ulps over x, on a logarithmic axis.

    Parameters
    ----------
    x : array_like, shape (m,)
    curves : dict of str to dict of str to array_like, shape (m,)
        For each library its errors of each kind.
    xlabel : str
    xticks : sequence of float
    exponents : sequence of int
        Powers of ten on the vertical axis; its ends are not named.
    limit : float
        Drawn as a band: the errors that a contract allows.
    lost : float
        Drawn as a line: the error of a result without a right digit.

    Returns
    -------
    Figure
    """
    rows = -(-len(curves) // 2)
    with book_style():
        fig = Figure(figsize=(5.6, 0.55 + 1.75 * rows))
        layout: Any = fig.get_layout_engine()  # constrained, by the style
        layout.set(w_pad=0.02, h_pad=0.04, wspace=0.05, hspace=0.04)
        panels = fig.subplots(rows, 2, sharex=True, sharey=True, squeeze=False)
        kinds = list(dict.fromkeys(kind for found in curves.values() for kind in found))
        colors = dict(zip(kinds, CLASS_COLORS, strict=False))
        for ax, (name, found) in zip(panels.flat, curves.items(), strict=False):
            ax.axhspan(LOWEST, limit, color=PALETTE["--sl-raised"], zorder=0)
            ax.axhline(lost, color=MUTED, linewidth=1, linestyle=":")
            for kind, ulps in found.items():
                wide = 4.2 if kind == "loss" else 1.8  # so that a curve below another can be seen
                ax.plot(x, np.maximum(ulps, LOWEST), color=colors[kind], linewidth=wide, label=kind)
            ax.set_title(name, color=INK, fontweight="bold")
            powers_of_ten(ax, exponents[1:-1])
            ax.set_ylim(10.0 ** exponents[0] / 3, 10.0 ** exponents[-1])
            ax.set_xticks(xticks)
            ax.set_axisbelow(True)
            ax.spines[["left"]].set_visible(False)
            ax.margins(x=0.01)
        for ax in panels.flat[len(curves) :]:
            ax.set_axis_off()
        for ax in panels[-1, : 2 - len(curves) % 2]:
            ax.set_xlabel(xlabel)
        for ax in panels[-2, 2 - len(curves) % 2 :] if rows > 1 else ():
            ax.set_xlabel(xlabel)
            ax.tick_params(labelbottom=True)
        handles, names = panels[0, 0].get_legend_handles_labels()
        fig.legend(handles, names, loc="outside upper left", ncols=len(kinds), frameon=False, handlelength=1.6)
    return fig


def falling(
    ax: Axes,
    x: ArrayLike,
    curves: Mapping[str, ArrayLike],
    xlabel: str,
    ylabel: str,
    exponents: Sequence[int],
    xticks: Sequence[float] | None = None,
    broad: Collection[str] = (),
) -> Axes:
    """Draw curves that fall over many powers of ten; where one is 0 or less it ends, since 0 has no logarithm.

    Parameters
    ----------
    ax : Axes
    x : array_like, shape (m,)
    curves : dict of str to array_like, shape (m,)
    xlabel, ylabel : str
    exponents : sequence of int
        Of the ticks.
    xticks : sequence of float, optional
    broad : collection of str
        Labels of the curves to draw as a broad, pale band behind the others.
    """
    with book_style():
        for color, (label, values) in zip(CLASS_COLORS, curves.items(), strict=False):
            values = np.asarray(values, dtype=float)
            shown = np.where(values > 0, values, np.nan)
            style = {"color": GRID, "linewidth": 9} if label in broad else {"color": color}
            ax.plot(x, shown, label=label, **style)
        powers_of_ten(ax, exponents)
        ax.set_xlabel(xlabel)
        ax.set_title(ylabel, color=MUTED)
        if xticks is not None:
            ax.set_xticks(xticks)
        ax.set_axisbelow(True)
        ax.spines[["left"]].set_visible(False)
        ax.margins(x=0.01)
        ax.legend(frameon=False, loc="lower left", handlelength=1.6)
    return ax


def kept_and_lost(
    measured: Mapping[str, Mapping[str, ArrayLike]], lost_from: float = 1e15
) -> tuple[list[str], list[str]]:
    """Sort libraries by whether the loss keeps its digits.

    Parameters
    ----------
    measured : dict of str to dict of str to array_like, in ulps
        As from `softmaxlab.accuracy.ulp_errors.errors_over_gap`.
    lost_from : float
        An error of so many ulps leaves no digit.

    Returns
    -------
    kept, lost : list of str

    Examples
    --------
    >>> kept_and_lost({"good": {"loss": [1, 2]}, "bad": {"loss": [1, 9e15]}})
    (['good'], ['bad'])
    """
    lost = [name for name, found in measured.items() if np.max(found["loss"]) >= lost_from]
    return [name for name in measured if name not in lost], lost


def panels_in_words(measured: Mapping[str, Mapping[str, ArrayLike]]) -> str:
    """Describe the figure of `error_panels` over the gap, from what it draws.

    Parameters
    ----------
    measured : dict of str to dict of str to array_like, in ulps

    Returns
    -------
    str

    Examples
    --------
    >>> print(panels_in_words({"good": {"loss": [1, 2]}, "bad": {"loss": [1, 9e15]}}))
    Errors in ulps on a logarithmic axis, a panel for each library. The loss of bad climbs to 10 to the 15 and more
    as the gap grows to about 37; all curves of good stay near 1
    """
    kept, lost = kept_and_lost(measured)
    return (
        "Errors in ulps on a logarithmic axis, a panel for each library. The loss of "
        f"{_listed(lost)} climbs to 10 to the 15 and more\nas the gap grows to about 37; "
        f"all curves of {_listed(kept)} stay near 1"
    )


def flushed(table: Mapping[str, Mapping[str, float]], names: Sequence[str], lost_from: float = 1e15) -> str:
    """Say which libraries turn subnormal probabilities into 0, by their worst error.

    Parameters
    ----------
    table : dict of str to dict of str to float, in ulps
        As from `softmaxlab.accuracy.ulp_errors.worst_errors`.
    names : sequence of str
        The libraries to speak of.
    lost_from : float

    Returns
    -------
    str

    Examples
    --------
    >>> flushed({"a": {"softmax": 480.0}, "b": {"softmax": 3e15}}, ["a", "b"])
    'b does'
    """
    found = [name for name in names if table[name]["softmax"] >= lost_from]
    return _listed(found) + (" do" if len(found) > 1 else " does") if found else "none does"


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
