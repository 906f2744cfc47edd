"""Work out a displayed expression as it stands, at the numbers of a sample; derivatives by differences, no algebra."""

import math
from collections.abc import Callable, Sequence
from functools import singledispatch
from typing import TypeGuard

import numpy as np

from .sample import MeaninglessError, Places, Sample, Value
from .tree import (
    Big,
    Call,
    Cases,
    Diff,
    Expression,
    Fenced,
    Largest,
    Limit,
    Minus,
    Name,
    Number,
    Over,
    Plus,
    Power,
    Root,
    Sub,
    Times,
    Transposed,
    Word,
)

# Central differences of fourth order; the step grows with the order, which rounding is divided by.
STENCIL = ((-2, 1 / 12), (-1, -2 / 3), (1, 2 / 3), (2, -1 / 12))
STEPS = {1: 1e-3, 2: 4e-3, 3: 1.5e-2}
FAR, NEAR = 1e7, 2e-3  # numbers to stand for ∞ and for 0 from above
MOST = 50  # no sum of a display is longer in a sample
MOST_BITS = 4000  # the largest float64 is below 2^1024


@singledispatch
def evaluate(node: Expression, sample: Sample, at: Places) -> Value:
    """Return the value of a node: a number, an array, or a set; `at` holds the index letters' values, from 0.

    Raises
    ------
    MeaninglessError
        It has none.
    """
    raise MeaninglessError(f"{type(node).__name__} has no value")


@evaluate.register
def _(node: Number, sample: Sample, at: Places) -> Value:
    return int(node.value) if node.value.denominator == 1 else float(node.value)


@evaluate.register
def _(node: Plus, sample: Sample, at: Places) -> Value:
    first, *others = (evaluate(part, sample, at) for part in node.parts)
    for other in others:
        if np.shape(first) != np.shape(other) and np.ndim(first) and np.ndim(other):
            raise MeaninglessError("shapes do not fit in a sum")
        first = first + other
    return first


@evaluate.register
def _(node: Minus, sample: Sample, at: Places) -> Value:
    return -evaluate(node.body, sample, at)


@evaluate.register
def _(node: Times, sample: Sample, at: Places) -> Value:
    first, *others = (evaluate(part, sample, at) for part in node.parts)
    for other in others:
        first = times(first, other)
    return first


def times(x: Value, y: Value) -> Value:
    """Return the product of numbers, of a matrix and what it takes, or of a column and a row."""
    if not np.ndim(x) or not np.ndim(y):
        return x * y
    if np.ndim(x) == 1 and np.ndim(y) == 2 and len(y) == 1:
        return np.outer(x, y)
    if np.ndim(x) == 2 and x.shape[1] == len(y):
        return x @ y
    raise MeaninglessError("shapes do not fit in a product")


@evaluate.register
def _(node: Over, sample: Sample, at: Places) -> Value:
    top, low = evaluate(node.top, sample, at), evaluate(node.low, sample, at)
    if np.ndim(low) and np.ndim(low) != np.ndim(top):
        raise MeaninglessError("a division by a vector")
    return top / low


@evaluate.register
def _(node: Power, sample: Sample, at: Places) -> Value:
    base, exponent = evaluate(node.base, sample, at), evaluate(node.exponent, sample, at)
    if np.ndim(base) == 2:
        if exponent != -1:
            raise MeaninglessError("a matrix to a power other than −1")
        return np.linalg.inv(base)
    if isinstance(base, int) and isinstance(exponent, int) and abs(exponent) * base.bit_length() > MOST_BITS:
        raise MeaninglessError("a number too large")
    return float(base) ** exponent if isinstance(base, int) and exponent < 0 else base**exponent


@evaluate.register
def _(node: Transposed, sample: Sample, at: Places) -> Value:
    return np.reshape(evaluate(node.body, sample, at), (1, -1))


@evaluate.register
def _(node: Fenced, sample: Sample, at: Places) -> Value:
    inner = evaluate(node.body, sample, at)
    if node.kind != "abs":
        return getattr(math, node.kind)(inner)
    return len(inner) if isinstance(inner, set) else abs(inner)


@evaluate.register
def _(node: Root, sample: Sample, at: Places) -> Value:
    return evaluate(node.body, sample, at) ** (1 / evaluate(node.degree, sample, at))


@evaluate.register
def _(node: Largest, sample: Sample, at: Places) -> Value:
    return max(evaluate(node.body, sample, {**at, node.index: n}) for n in range(sample.length(node.index)))


@evaluate.register
def _(node: Limit, sample: Sample, at: Places) -> Value:
    value = {"∞": FAR, "0+": NEAR}[node.to]
    return evaluate(node.body, sample.but(drawn={node.variable: value}), at)


@evaluate.register
def _(node: Cases, sample: Sample, at: Places) -> Value:
    from .truth import index_clause, true_at

    for value, clause in node.rows:
        if clause is None or (index_clause(clause, sample, at) and true_at(clause, sample, at)):
            return evaluate(value, sample, at)
        if not index_clause(clause, sample, at) and true_at(clause, sample, at):
            return evaluate(value, sample, at)
    raise MeaninglessError("no case fits")


@evaluate.register
def _(node: Name, sample: Sample, at: Places) -> Value:
    key, subs = node.key, node.subs
    if len(subs) == 1 and not isinstance(subs[0], tuple):
        whole = f"{key}_{subs[0].text if isinstance(subs[0], Word) else subs[0]}"
        if sample.has(whole):  # a name with its subscript, such as L_2 or x_max
            return sample[whole]
    if key == "δ" and len(subs) == 2:
        return int(sample.place(subs[0], at) == sample.place(subs[1], at))
    if key == "e" and not sample.has("e"):
        if not subs:
            return math.e
        return np.eye(sample.sizes["N"])[sample.place(subs[0], at)]
    if not subs:
        return at[key] if key in at else sample[key]
    return entry(sample[f"{key}[]" if sample.has(f"{key}[]") else key], subs, sample, at)


def entry(array: Value, subs: tuple[Sub, ...], sample: Sample, at: Places) -> Value:
    """Return one entry of an array, or of a list of things such as rows."""
    index = tuple(sample.place(sub, at) for sub in subs)
    shape = (len(array),) if isinstance(array, list) else np.shape(array)
    if len(index) != len(shape) or any(not 0 <= k < n for k, n in zip(index, shape, strict=True)):
        raise MeaninglessError("an index too many, too few, or out of range")
    return array[index[0]] if isinstance(array, list) else array[index]


@evaluate.register
def _(node: Call, sample: Sample, at: Places) -> Value:
    key = node.key
    if key in sample.forms:
        found = sample.forms[key](evaluate, sample, at, *node.args)
    else:
        if key == "exp" and sample.has("exp a") and is_score(node.args[0]):
            return entry(sample["exp a"], node.args[0].subs, sample, at)  # e^a as a variable of its own
        values = [evaluate(part, sample, at) for part in node.args]
        found = function(key, sample)(sample, *values)
    return entry(found, node.subs, sample, at) if node.subs else found


def is_score(node: Expression) -> TypeGuard[Name]:
    """Whether a node is an entry of a, so that e to its power may be a variable of its own."""
    return isinstance(node, Name) and node.key == "a"


def function(key: str, sample: Sample) -> Callable[..., Value]:
    """Return the function of a name."""
    if key in sample.functions:
        return sample.functions[key]
    if key in PLAIN:
        return PLAIN[key]
    raise MeaninglessError(f"{key} is no function here")


def logarithm(sample: Sample, x: Value) -> Value:
    """Return log x; of a number that is not positive there is none."""
    if not np.iscomplexobj(x) and not np.all(np.asarray(x) > 0):
        raise MeaninglessError("the logarithm of a number that is not positive")
    return np.log(x)


PLAIN: dict[str, Callable[..., Value]] = {
    "log": logarithm,
    "exp": lambda sample, x: np.exp(x),
    "tanh": lambda sample, x: np.tanh(x),
    "max": lambda sample, *values: max(values),
    "Im": lambda sample, x: np.imag(x),
    "Re": lambda sample, x: np.real(x),
    "diag": lambda sample, x: np.diag(x),
}


@evaluate.register
def _(node: Big, sample: Sample, at: Places) -> Value:
    places = places_of(node, sample, at)
    sample.spend(len(places))
    values = [evaluate(node.body, sample, {**at, node.index: n}) for n in places]
    if node.kind == "sum":
        return sum(values, 0.0)
    return math.prod(values, start=1.0)


def places_of(node: Big, sample: Sample, at: Places) -> list[int]:
    """Return the values, from 0, that the index of a Σ or Π takes."""
    if node.within is not None:
        if not isinstance(node.within, str):
            raise MeaninglessError(f"{node.within} stands for nothing here")
        return sorted(sample[node.within])
    low = 1 if node.lower is None else evaluate(node.lower, sample, at)
    high = sample.length(node.index) if node.upper is None else evaluate(node.upper, sample, at)
    if np.ndim(low) or np.ndim(high) or low != int(low) or high != int(high) or not (low >= 0 and 0 <= high <= MOST):
        raise MeaninglessError("the bound of a sum is no number of terms")
    if node.upper is not None and node.index in sample.ranges and high > sample.length(node.index):
        raise MeaninglessError("a sum runs past the range of its index")
    left_out = None if node.but is None else sample.place(node.but, at)
    return [n for n in range(int(low) - 1, int(high)) if n != left_out]


@evaluate.register
def _(node: Diff, sample: Sample, at: Places) -> Value:
    wanted = [variable(v, sample, at) for v in node.variables]

    def body(moved: Sample) -> Value:
        return evaluate(node.body, moved, at)

    if len(wanted) == 1 and wanted[0][1] is None:  # with respect to all entries of an array
        key, _ = wanted[0]
        slopes = np.zeros(np.shape(sample[key]))
        for place in np.ndindex(slopes.shape):
            slopes[place] = slope(body, sample, [(key, place)], 1)
        return slopes
    entries = [(key, index) for key, index in wanted if index is not None]
    if len(entries) < len(wanted):
        raise MeaninglessError("a derivative of higher order with respect to an array")
    return slope(body, sample, entries, len(wanted))


def variable(node: Expression, sample: Sample, at: Places) -> tuple[str, tuple[int, ...] | None]:
    """Return the key and the index of what a derivative moves."""
    if isinstance(node, Call) and node.key == "exp" and sample.has("exp a") and is_score(node.args[0]):
        node = Name("exp a", node.args[0].subs)
    if not isinstance(node, Name):
        raise MeaninglessError("a derivative with respect to what is no name")
    value = sample[node.key]
    if not node.subs:
        return node.key, None if np.ndim(value) else ()
    if np.ndim(value) != len(node.subs):
        raise MeaninglessError("a derivative with respect to what has too few or too many indices")
    entry(value, node.subs, sample, at)
    return node.key, tuple(sample.place(sub, at) for sub in node.subs)


def slope(
    function: Callable[[Sample], Value], sample: Sample, wanted: Sequence[tuple[str, tuple[int, ...]]], order: int
) -> Value:
    """Return a derivative by differences, one variable after the other."""
    (key, index), *rest = wanted
    if order not in STEPS:
        raise MeaninglessError(f"a derivative of order {order}")
    sample.spend(len(STENCIL))
    step = STEPS[order]
    total = 0.0
    for k, weight in STENCIL:
        moved = sample.moved(key, index, k * step)
        total += weight / step * (slope(function, moved, rest, order) if rest else function(moved))
    return total
