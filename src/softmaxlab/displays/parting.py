"""Where two formulas differ, in words: the message that the author of a page reads first."""

import re
from difflib import SequenceMatcher

from softmaxlab.proofs.language.indexing import free_indices, rebuild, substitute
from softmaxlab.proofs.language.terms import ONE, Add, Derivative, Exp, Log, Mul, Number, Power, Term, Total
from softmaxlab.proofs.language.text import text
from softmaxlab.proofs.printing.lettering import same


def parted(shown: Term, held: Term, holder: str) -> str:
    """Say in words where two terms differ, by the smallest parts that do, whatever the order of the others.

    >>> from softmaxlab.proofs import indices, vector
    >>> i, j, p, y = *indices("i j"), vector("p"), vector("y")
    >>> parted(y[i] * (p[j] - 1), (p[i] - 1) * y[i], "the proof")
    'says p_j where the proof says p_i'
    >>> parted(p[i] * y[i], p[i], "the proof")
    'says y_i, a factor that the proof has not'
    """
    if isinstance(shown, Add | Mul) or isinstance(held, Add | Mul):
        return parted_parts(shown, held, holder)
    if isinstance(shown, Total) and isinstance(held, Total) and same_range(shown, held):
        letter, body, _ = shown.args
        return parted(body, substitute(held.args[1], {held.args[0]: letter}), holder)
    if type(shown) is type(held) and isinstance(shown, Exp | Log):
        return parted(shown.args[0], held.args[0], holder)
    if type(shown) is type(held) and isinstance(shown, Power | Derivative) and shown.args[1] == held.args[1]:
        return parted(shown.args[0], held.args[0], holder)
    return f"says {text(shown)} where {holder} says {text(held)}"


def parted_parts(shown: Term, held: Term, holder: str) -> str:
    """Say where two sums or two products differ; a single term is a sum or a product of one."""
    for kind in (Add, Mul):
        ours, theirs = parts_alone(shown, held, kind), parts_alone(held, shown, kind)
        if len(ours) == len(theirs) == 1 and not (ours[0] is shown and theirs[0] is held):
            return parted(ours[0], theirs[0], holder)
        if [*ours, *theirs] == [Number(-1)]:
            return f"says {'−' if ours else '+'} where {holder} says {'−' if theirs else '+'}"
        if not ours or not theirs:
            word = {Add: "a term", Mul: "a factor"}[kind]
            more = text(rebuild(kind(ONE, ONE), [*ours, *theirs]))
            return f"says {more}, {word} that {holder} has not" if ours else f"lacks {more}, {word} that {holder} has"
    return f"says {text(shown)} where {holder} says {text(held)}"


def parts_alone(one: Term, other: Term, kind: type[Add | Mul]) -> list[Term]:
    """Return the summands, or the factors, of the one that the other does not have."""
    alone, others = list(parts(one, kind)), list(parts(other, kind))
    for part in parts(one, kind):
        twin = next((other for other in others if same(part, other)), None)
        if twin is not None:
            alone.remove(part)
            others.remove(twin)
    return alone


def parts(whole: Term, kind: type[Add | Mul]) -> tuple[Term, ...]:
    """Return the summands, or the factors, of a term."""
    return whole.args if isinstance(whole, kind) else (whole,)


def same_range(one: Total, other: Total) -> bool:
    """Whether two sums run over the same, and the letter of the first means nothing else in the second."""
    (letter, _, but), (index, body, left_out) = one.args, other.args
    return letter.size == index.size and but == left_out and (letter == index or letter not in free_indices(body))


def difference(shown: str, held: str, holder: str) -> str:
    """Say in words where two texts differ.

    >>> difference("y_i / p_i", "−y_i / p_i", "the proof")
    'says + where the proof says −'
    >>> difference("p_i − y_j", "p_i − y_i", "the proof")
    'says y_j where the proof says y_i'
    """
    one, other = words_of(shown), words_of(held)
    for kind, a, b, c, d in SequenceMatcher(a=one, b=other, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        ours, theirs = " ".join(one[a:b]), " ".join(other[c:d])
        if not ours or not theirs:
            ours, theirs = signed(ours, theirs), signed(theirs, ours)
        return f"says {ours} where {holder} says {theirs}"
    return f"is another formula than {holder}'s"


def signed(one: str, other: str) -> str:
    """Return a word for what is not there: a plus where the other has a minus in front."""
    return one or ("+" if other == "−" else "nothing")


def words_of(line: str) -> list[str]:
    """Return names with their indices, numbers and signs."""
    return re.findall(r"[^\W_]+(?:_\{[^}]*\}|_\w+)?|\S", line)
