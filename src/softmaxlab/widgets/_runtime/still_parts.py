"""Parts that stills share: the static twins of the elements that the JavaScript beside makes."""

from collections.abc import Sequence

from softmaxlab import _formatting


def slider(share: float, start: float = 0.5) -> str:
    """A slider with its thumb at this share of its way, colored from `start`.

    >>> slider(0.75)
    '<span class="sl-range" style="--from: 0.5; --to: 0.75; --value: 0.75"></span>'
    """
    at = min(1, max(0, share))
    return (
        f'<span class="sl-range" style="--from: {min(at, start)!r}; --to: {max(at, start)!r}; --value: {at!r}"></span>'
    )


def field(value: float | str, style: str = "", words: str = "") -> str:
    """A number field: a number as a reader would type it, or a text as it is; `words` say what it is.

    >>> field(2.0)
    '<span class="sl-field"><span class="sl-number">2.00</span></span>'
    """
    text = value if isinstance(value, str) else _formatting.plain(value)
    styled = f' style="{style}"' if style else ""
    spoken = unseen(words) if words else ""
    return f'<span class="sl-field"{styled}>{spoken}<span class="sl-number">{text}</span></span>'


def unseen(words: str) -> str:
    """Words for screen readers: what the number behind them is, where a picture shows it by its position.

    >>> unseen("probability")
    '<span class="sl-unseen">probability </span>'
    """
    return f'<span class="sl-unseen">{words} </span>'


def polyline(points: Sequence[tuple[float, float]]) -> str:
    """Points of a curve in the unit square. It starts a hair before the first one, so that a point alone shows.

    >>> polyline([(0, 0.5)])
    '-0.0001,0.5000 0.0000,0.5000'
    """
    x, y = points[0]
    return " ".join(f"{x:.4f},{y:.4f}" for x, y in [(x - 0.0001, y), *points])


def bar(name: str, start: float, end: float) -> str:
    """A bar from start to end, shares of its track.

    >>> bar("up", 0.5, 0.25).partition("<g>")[2]
    '<rect width="1" height="1" style="transform: translate(0.5px) scale(-0.2500, 1)"/></g></svg>'
    """
    place = f"transform: translate({start}px) scale({end - start:.4f}, 1)"
    return (
        f'<svg class="{name}" viewBox="0 0 1 1" preserveAspectRatio="none"><g>'
        f'<rect width="1" height="1" style="{place}"/></g></svg>'
    )
