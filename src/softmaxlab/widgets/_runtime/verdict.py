"""What PrecisionBreaker says of a softmax in a number format: the twins of its words in precision_breaker/widget.js."""

import math
import re
from collections.abc import Callable
from typing import SupportsFloat

import numpy as np

from softmaxlab import _formatting
from softmaxlab.lessons.overflow_trace import Trace, first_failure


def score(x: SupportsFloat) -> str:
    """Text of a score in six digits.

    >>> score(-125.3125)
    '−125.313'
    """
    return _formatting.plain(float(f"{_past_a_tie(x):.6g}")).replace("-", "−")


def value(number: SupportsFloat, in_words: Callable[[float], str]) -> str:
    """Text of a value of the format; inf, nan and 0 as NumPy prints them.

    >>> value(np.float16(np.inf), _formatting.decimals), value(0.3125, _formatting.decimals)
    ('inf', '0.313')
    """
    if not math.isfinite(number):
        return str(float(number))
    return in_words(_past_a_tie(number)) if number else "0"


def _past_a_tie(x: SupportsFloat) -> float:
    """Next float64 away from 0, so that a tie is rounded away from 0, as JavaScript does; Python would go to even.

    A float16 is often a tie: it has few digits.
    """
    x = float(x)
    return math.nextafter(x, math.copysign(math.inf, x)) if x else 0.0


def verdict(taken: Trace, shifted: Trace) -> tuple[str, str, bool]:
    """Say which value is the first to leave the range of the format, and why.

    Parameters
    ----------
    taken, shifted : softmaxlab.lessons.overflow_trace.Trace
        The way in question, and the shifted way from the same scores.

    Returns
    -------
    head, text : str
        *x* is italic, ^x^ raised.
    is_harmless : bool
    """
    dtype, failure = taken.scores.dtype, first_failure(taken)
    if failure is None and taken.total < np.finfo(dtype).tiny:
        why = f"the sum is so close to 0 that {dtype} keeps fewer digits of it: compare *p*."
        return "Digits are lost.", f"No inf, 0 or nan. But {why}", False
    if failure is None:
        why = " The largest exponent is 0, so the sum is at least 1." if taken is shifted else ""
        return "Nothing breaks.", f"Every value fits into {dtype}.{why}", True
    stage, index, became = failure
    if stage == "sum":
        why = "A number / inf is 0: every *p* is 0, without a nan."
        return "First: the sum.", f"Each exponential fits. Their sum is too large for {dtype}: inf. {why}", False
    head = f"First: {'exp' if stage == 'exp' else '*p*'} of class {index}."
    power = f"*e*^{score(taken.scores[index])}^"
    if became == "inf":
        others = "" if np.all(np.isinf(taken.weights)) else ", and a number / inf is 0"
        return head, f"{power} is too large for {dtype}: inf. Then inf / inf is nan{others}.", False
    subject = power if stage == "exp" else f"{power} fits. Divided by the sum, it"
    lost = f"{subject} is too small for {dtype}: 0."
    if taken.total == 0:
        return head, f"{lost} So are the others. The sum is 0, and 0 / 0 is nan.", False
    if shifted.probs[index] > 0:
        return head, f"{lost} The shifted way keeps this *p*.", False
    kept = np.flatnonzero((taken.probs == 0) & (shifted.probs > 0))
    if len(kept):
        return head, f"{lost} The shifted way keeps the *p* of class {kept[0]}.", False
    if taken.total < np.finfo(dtype).tiny:
        return head, f"{lost} And the sum is so close to 0 that {dtype} keeps fewer digits of it: compare *p*.", False
    return head, f"{lost} No harm, until you take a logarithm.", True


def marked_up(text: str) -> str:
    """HTML of a text where *x* is italic and ^x^ raised.

    >>> marked_up("*e*^2^")
    '<i>e</i><sup>2</sup>'
    """
    return re.sub(r"\^([^^]+)\^", r"<sup>\1</sup>", re.sub(r"\*([^*]+)\*", r"<i>\1</i>", text))
