"""Numbers as a widget prints them: the twins of the functions of the same meaning in core.js."""

import math

import numpy as np

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def scientific(value, digits=1):
    """Mantissa and power of ten.

    >>> scientific(2.1e-9)
    '2.1×10⁻⁹'
    """
    mantissa, exponent = f"{value:.{digits}e}".split("e")
    return f"{mantissa}×10{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "−")


def decimals(value):
    """Three decimals for a number ≥ 0; a small one keeps its size.

    >>> decimals(0.25), decimals(0.00025)
    ('0.250', '2.5×10⁻⁴')
    """
    return scientific(value) if 0 < value < 0.0005 else f"{value:.3f}"


def signed(value):
    """As `decimals`, with a sign.

    >>> signed(0.25), signed(-0.75)
    ('+0.250', '−0.750')
    """
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return sign + decimals(abs(value))


def magnitude(value):
    """A number > 0 in about four digits.

    >>> magnitude(math.e), magnitude(math.exp(20))
    ('2.718', '4.85×10⁸')
    """
    if value >= 99999.5 or value < 0.001:
        return scientific(value, 2)
    return f"{value:.{4 if value < 1 else max(0, 3 - math.floor(math.log10(value)))}f}"


def exponential(x):
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


def plain(value):
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
