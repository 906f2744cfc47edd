"""Numbers as a widget prints them: the twins of the functions of the same meaning in format.js."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal

import numpy as np

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def scientific(value: float, digits: int = 1) -> str:
    """Mantissa and power of ten.

    >>> scientific(2.1e-9)
    '2.1×10⁻⁹'
    """
    rounded = Context(prec=digits + 1, rounding=ROUND_HALF_UP).plus(Decimal(value)) if value else 0.0
    mantissa, exponent = f"{rounded:.{digits}e}".split("e")
    return f"{mantissa}×10{superscript(int(exponent))}".replace("-", "−")


def superscript(exponent: int) -> str:
    """A whole number, raised.

    >>> superscript(-22)
    '⁻²²'
    """
    return str(exponent).translate(_SUPERSCRIPT)


def ulps(error: float) -> str:
    """An error in ulps, at least 0.

    >>> ulps(0.53), ulps(479.9), ulps(8.9e15)
    ('0.5', '480', '9×10¹⁵')
    """
    return f"{error:.1f}" if error < 99.95 else f"{error:.0f}" if error < 99999.5 else scientific(error, 0)


def fixed(value: float, places: int = 3) -> str:
    """A fixed number of decimals. A tie is rounded away from 0, as toFixed does; what rounds to 0 has no sign.

    >>> fixed(0.0625), f"{0.0625:.3f}"
    ('0.063', '0.062')
    >>> fixed(-0.25), fixed(-1e-17)
    ('−0.250', '0.000')
    """
    text = str(abs(Decimal(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    return f"−{text}" if value < 0 and any(digit in "123456789" for digit in text) else text


def decimals(value: float) -> str:
    """Three decimals for a number ≥ 0; a small one keeps its size.

    >>> decimals(0.25), decimals(0.00025)
    ('0.250', '2.5×10⁻⁴')
    """
    return scientific(value) if 0 < value < 0.0005 else fixed(value)


def signed(value: float) -> str:
    """As `decimals`, with a sign.

    >>> signed(0.25), signed(-0.75)
    ('+0.250', '−0.750')
    """
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + decimals(abs(value))


def magnitude(value: float) -> str:
    """A number > 0 in about four digits.

    >>> magnitude(math.e), magnitude(math.exp(20))
    ('2.718', '4.85×10⁸')
    """
    if value >= 99999.5 or value < 0.001:
        return scientific(value, 2)
    return fixed(value, 4 if value < 1 else max(0, 3 - math.floor(math.log10(value))))


def exponential(x: float) -> tuple[str, str]:
    """e^x as HTML and a note; where float64 has no number for it, the power itself and why.

    >>> exponential(1.0), exponential(1000.0)
    (('2.718', ''), ('<i>e</i><sup>1000</sup>', 'too large'))
    """
    try:
        value = math.exp(x)
    except OverflowError:
        value = math.inf
    if 0 < value < math.inf:
        return magnitude(value), ""
    power = f"{x:.5g}".replace("-", "−")
    return f"<i>e</i><sup>{power}</sup>", "too large" if value else "too small"


def plain(value: float) -> str:
    """A number as a reader would type it: two decimals below 100, or as many as it has, up to twelve digits.

    >>> plain(2.0), plain(0.125), plain(0.1 + 0.2), plain(1000.0)
    ('2.00', '0.125', '0.30', '1000')
    """
    rounded = float(f"{value:.12g}")
    short = f"{rounded:.{2 if abs(rounded) < 100 else 0}f}"
    if float(short) == rounded:
        return short
    if abs(rounded) >= 1e-6:  # where JavaScript, too, writes no exponent
        return np.format_float_positional(rounded, trim="-")
    return repr(rounded).replace("e-0", "e-")
