"""Numbers to be compared digit by digit with the exact one: the twins of the functions in widget.js."""

import math
from decimal import Decimal
from typing import TypeAlias

Compared: TypeAlias = tuple[str, str, str, int]  # what is right, what is wrong, the power of ten; how many are right
DIGITS = 15  # shown: as many as every float64 has


def digits_of(number: float | Decimal) -> tuple[str, int]:
    """Fifteen digits and the exponent of the first, of a float or a Decimal.

    >>> digits_of(0.25)
    ('250000000000000', -1)
    """
    mantissa, exponent = f"{number:.{DIGITS - 1}e}".split("e")
    return mantissa.replace(".", ""), int(exponent)


def written(digits: str, exponent: int) -> tuple[str, str]:
    """Digits as they are written, with a power of ten where the number is small: (text, end).

    >>> written("206", -9), written("206", 1)
    (('2.06', '×10⁻⁹'), ('20.6', ''))
    """
    if exponent >= 0:
        return f"{digits[: exponent + 1]}.{digits[exponent + 1 :]}", ""
    if exponent >= -3:
        return f"0.{'0' * (-exponent - 1)}{digits}", ""
    raised = str(-exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits[0]}.{digits[1:]}", f"×10⁻{raised}"


def compared_losses(loss: float, exact: float | Decimal) -> Compared:
    """Split a loss into its right digits, those to be struck out, and a power of ten; count the right ones.

    >>> compared_losses(744.25, 744)
    ('744.', '250000000000', '', 3)
    """
    if loss in (0, math.inf):
        return "", "inf" if loss else "0", "", 0
    (own, exponent), (true, true_exponent) = digits_of(loss), digits_of(exact)
    text, end = written(own, exponent)
    pairs = zip(own, true, strict=True)
    count = next((i for i, (a, b) in enumerate(pairs) if a != b), DIGITS) if exponent == true_exponent else 0
    first = next(i for i, char in enumerate(text) if char in "123456789")
    places = [i for i in range(first, len(text)) if text[i] != "."]  # of the digits that count
    cut = 0 if count == 0 else len(text) if count == DIGITS else places[count]
    return text[:cut], text[cut:], end, count


def in_words(right: str, wrong: str, end: str, count: int) -> str:
    """Write a number for the ear: what is struck out is said to be wrong.

    >>> in_words("744.", "25", "", 3)
    '744.25, wrong from digit 4 on'
    """
    text = f"{right}{wrong}{end}"
    if not wrong:
        return text
    return f"{text}, wrong from digit {count + 1} on" if count else f"{text}, all of it wrong"
