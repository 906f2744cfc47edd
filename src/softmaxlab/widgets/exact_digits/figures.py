"""Digits of numbers and which of them are right: the twins of the functions of the same meaning in widget.js."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

import mpmath
import numpy as np

from softmaxlab._formatting import superscript
from softmaxlab.accuracy import reference


def of(number: float | mpmath.mpf, count: int) -> str:
    """Write a number in so many significant digits.

    Parameters
    ----------
    number : float or mpmath.mpf
        Not 0.
    count : int

    Examples
    --------
    >>> of(-0.00125, 2), of(mpmath.mpf(1) / 4, 3)
    ('−1.3×10⁻³', '2.50×10⁻¹')
    """
    digits, power = _parts(number, count)
    return digits + power


def _parts(number: float | mpmath.mpf, count: int) -> tuple[str, str]:
    sign, mantissa, exponent, _ = (number if isinstance(number, mpmath.mpf) else mpmath.mpf(number))._mpf_
    rounded = _rounded(mantissa, exponent, count)
    digits, _, power = f"{rounded:.{count - 1}e}".partition("e")
    return ("−" if sign else "") + digits, f"×10{superscript(int(power))}"


def _rounded(mantissa: int, exponent: int, count: int) -> Decimal:
    """Round mantissa · 2**exponent to so many digits, half up as browsers do."""
    wide = Context(prec=2000)  # more digits than any float or exact number here has
    number = wide.multiply(Decimal(int(mantissa)), wide.power(2, int(exponent)))
    return Context(prec=count, rounding=ROUND_HALF_UP).plus(number)


def compared_digits(value: np.floating[Any], truth: mpmath.mpf, shown: int) -> tuple[float, int]:
    """Compare a float with the exact number.

    Parameters
    ----------
    value : NumPy floating scalar
        Its dtype is the format.
    truth : mpmath.mpf
    shown : int
        Decimal digits that are looked at.

    Returns
    -------
    ulps : float
    right : int
        The leading digits with an error below half their place; all, if no number of the format is nearer.

    Examples
    --------
    >>> import numpy as np
    >>> compared_digits(np.float64(0.33), mpmath.mpf(1) / 3, 15)[1]
    2
    """
    ulps = float(reference.ulps(value, truth))
    if ulps <= 0.5:
        return ulps, shown
    with mpmath.workdps(60):
        error = abs(mpmath.mpf(float(value)) - truth)
        exponent = int(
            Context(prec=shown, rounding=ROUND_HALF_UP).plus(Decimal(mpmath.nstr(abs(truth), 60))).adjusted()
        )
        right = 0
        while right < shown and 2 * error < mpmath.mpf(10) ** (exponent - right):
            right += 1
    return ulps, right


def split(value: float, right: int, shown: int) -> tuple[str, str, str]:
    """Split the text of a float where its digits cease to be right.

    Returns
    -------
    right, wrong, power : str

    Examples
    --------
    >>> split(-0.0125, 2, 4), split(0.0, 0, 4)
    (('−1.2', '50', '×10⁻²'), ('', '0', ''))
    """
    if value == 0:
        return ("0", "", "") if right else ("", "0", "")
    number, power = _parts(value, shown)
    if not right:
        return "", number + power, ""
    cut = (value < 0) + (right + 1 if right > 1 else 1)  # neither sign nor point is a digit
    return number[:cut], number[cut:], power


WIDEN = " In favor of the true class, a wider gap is harder."


def verdict(found: tuple[float, int], dtype: str, shown: int) -> str:
    """Say what became of the textbook's loss.

    Parameters
    ----------
    found : tuple
        As from `compared_digits`.
    dtype : str
    shown : int

    Examples
    --------
    >>> verdict((1e12, 3), "float64", 15)
    "The textbook's loss keeps 3 of 15 digits. The others fell below the last place of 1 + rest."
    """
    ulps, right = found
    if ulps <= 0.5:
        return f"The textbook's loss is as good as a {dtype} can be.{WIDEN}"
    if right == shown:
        return f"All {shown} digits shown of the textbook's loss are right.{WIDEN}"
    if not right:
        return "No digit of the textbook's loss is right: beside 1, the rest fell below the last place."
    return f"The textbook's loss keeps {right} of {shown} digits. The others fell below the last place of 1 + rest."
