"""Slopes to be compared digit by digit with the exact one: the twins of the functions in widget.js."""

from decimal import ROUND_HALF_UP, Context, Decimal

from softmaxlab.widgets.loss_duel.digits import Compared, written

DIGITS = 12  # shown: an estimate has no more that could be right, and p − y has them all
_TO_DIGITS = Context(prec=DIGITS, rounding=ROUND_HALF_UP)  # as toExponential rounds


def digits_of(number: float) -> tuple[str, int]:
    """Twelve digits and the exponent of the first, of the size of a number.

    >>> digits_of(-0.25)
    ('250000000000', -1)
    """
    mantissa, exponent = f"{_TO_DIGITS.plus(Decimal(abs(number))):.{DIGITS - 1}e}".split("e")
    return mantissa.replace(".", ""), int(exponent)


def compared_estimates(estimate: float, exact: float) -> Compared:
    """Split a slope into its right digits, those to be struck out, and a power of ten; count the right ones.

    >>> compared_estimates(-0.5, -0.5625), compared_estimates(-0.5, -0.5)
    (('−0.5', '00000000000', '', 1), ('−0.500000000000', '', '', 12))
    """
    if estimate == 0:
        return "", "0", "", 0
    (own, exponent), (true, true_exponent) = digits_of(estimate), digits_of(exact)
    text, end = written(own, exponent)
    same = exponent == true_exponent and (estimate > 0) == (exact > 0)
    count = next((i for i, pair in enumerate(zip(own, true, strict=True)) if pair[0] != pair[1]), DIGITS) if same else 0
    text = ("+" if estimate > 0 else "−") + text
    first = next(i for i, char in enumerate(text) if char in "123456789")
    places = [i for i in range(first, len(text)) if text[i] != "."]  # of the digits that count
    cut = 0 if count == 0 else len(text) if count == DIGITS else places[count]
    return text[:cut], text[cut:], end, count


def in_words(name: str, right: str, wrong: str, end: str, count: int) -> str:
    """Say a slope and where it goes wrong.

    >>> in_words("central", "−0.5", "00", "", 1)
    'central −0.500, wrong from digit 2 on'
    """
    text = f"{name} {right}{wrong}{end}"
    if not wrong:
        return text
    return f"{text}, wrong from digit {count + 1} on" if count else f"{text}, all of it wrong"
