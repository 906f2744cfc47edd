"""Formulas as plain lists, for an evaluator in another language, and their values in Python, by SymPy.

The two routes share nothing but the formula: the lists keep its derivatives, sums and definitions as they stand.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, TypeAlias

import sympy as sp

from ..language.names import names_in
from ..language.terms import (
    Add,
    Defined,
    Definition,
    Delta,
    Derivative,
    Entry,
    Exp,
    Index,
    Log,
    Mul,
    Number,
    Power,
    Scalar,
    Size,
    Subscript,
    Term,
    Total,
    Vector,
)
from ..proof import Proof, Step
from .concrete import World

Nested: TypeAlias = float | list[Any]  # of text, numbers, None and such lists


def expression(term: Term, definitions: dict[str, Any]) -> Nested:
    """Return a formula as nested lists of text and numbers: an operator first, then what it works on.

    Parameters
    ----------
    term : Term
    definitions : dict
        Gets, under its name, ``[parameters, body]`` of each definition that the formula uses.

    Examples
    --------
    >>> from softmaxlab.proofs import indices, vector
    >>> a, i = vector("a"), indices("i")
    >>> expression(2 * a[i] ** 2, {})
    ['*', 2.0, ['^', ['at', 'a', 'i'], 2.0]]
    """
    inside: Callable[[Term], Nested] = lambda part: expression(part, definitions)  # noqa: E731  (used in every case)
    match term:
        case Number():
            return float(term.args[0])
        case Size():
            return ["size", term.args[0]]
        case Scalar():
            return ["at", term.args[0]]
        case Entry():
            return ["at", term.args[0].name, *map(place, term.args[1])]
        case Add() | Mul():
            return ["+" if isinstance(term, Add) else "*", *map(inside, term.args)]
        case Power():
            return ["^", inside(term.args[0]), float(term.args[1])]
        case Exp() | Log():
            return ["exp" if isinstance(term, Exp) else "log", inside(term.args[0])]
        case Delta():
            return ["delta", *map(place, term.args)]
        case Total():
            index, body, but = term.args
            return ["sum", index.name, index.size.args[0], inside(body), None if but is None else place(but)]
        case Derivative():
            return ["d", inside(term.args[0]), inside(term.args[1])]
        case Defined():
            definition, indices = term.args
            return ["use", written(definition, definitions), *map(place, indices)]
    raise TypeError(f"no list is known for {type(term).__name__}")


def place(index: Subscript) -> str | int:
    """Return an index by its name, a class by its number."""
    return index.name if isinstance(index, Index) else index


def written(definition: Definition, definitions: dict[str, Any]) -> str:
    """Return the name under which a definition stands in the table, and put it there."""
    name = definition.name
    if name not in definitions:
        definitions[name] = None  # a definition cannot use itself, but the name is taken
        definitions[name] = [[i.name for i in definition.parameters], expression(definition.body, definitions)]
    return name


def chain(proof: Proof) -> tuple[list[Term], list[str]]:
    """Return ``(lines, rules)`` of a proof: its lines from left to right, and the rule that leads to the next one.

    Steps of the right side lead to the middle; here they are read backwards.

    Examples
    --------
    >>> from softmaxlab.proofs.catalogue import proof_of
    >>> lines, rules = chain(proof_of("eq-jvp"))
    >>> len(lines), rules[1]
    (5, 'δ contracted')
    """
    lines = [proof.lhs]
    rules: list[str] = []

    def reach(line: Term, rule: str) -> None:
        if line != lines[-1]:
            lines.append(line)
            rules.append(rule)

    for side, steps in groupby(proof.steps, key=lambda step: step.side):
        if side == "left":
            for step in steps:
                reach(step.after, step.rule)
            continue
        for part in reversed_sections(list(steps)):
            reach(part[0].after, "the same, in another order")
            for step in part:
                reach(step.before, f"{step.rule}, read backwards")
    reach(proof.rhs, "the same, in another order")
    return lines, rules


def reversed_sections(steps: Sequence[Step]) -> list[list[Step]]:
    """Return right-side steps as unbroken chains, each from the middle outward."""
    sections = [[steps[0]]]
    for step in steps[1:]:
        if step.before == sections[-1][-1].after:
            sections[-1].append(step)
        else:
            sections.append([step])
    return [section[::-1] for section in sections]


@lru_cache(maxsize=2048)
def compiled(
    term: Term, sizes: tuple[tuple[str, int], ...], at: tuple[tuple[Index, int], ...]
) -> tuple[list[str], Callable[..., Any]]:
    """Return (symbol names, function) of a formula at these sizes and indices; SymPy differentiates."""
    world = World(dict(sizes))
    value = world.sympy(term, dict(at))
    symbols = sorted(value.free_symbols, key=lambda s: s.name)
    return [s.name for s in symbols], sp.lambdify(symbols, value, modules="math")


def evaluate(term: Term, sizes: Mapping[str, int], values: Mapping[str, Any], at: Mapping[Index, int]) -> float:
    """Return the value of a formula at numbers, as a float.

    Parameters
    ----------
    term : Term
    sizes : dict
        Such as ``{"N": 3}``.
    values : dict
        Numbers by name: a list for a vector, a list of lists for a matrix, a number for a scalar.
    at : dict
        The free indices of the formula, from 1: ``{i: 1}``.

    Examples
    --------
    >>> from softmaxlab.proofs.catalogue import proof_of
    >>> proof = proof_of("eq-sum-one")
    >>> evaluate(proof.lhs, {"N": 2}, {"a": [0.0, 0.0]}, {})
    1.0
    """
    names, function = compiled(
        term, tuple(sorted(sizes.items())), tuple(sorted(at.items(), key=lambda pair: pair[0].key))
    )
    return float(function(*(number(values, name) for name in names)))


def number(values: Mapping[str, Any], symbol: str) -> Any:
    """Return the number that a symbol such as a_2 or w_1,3 stands for."""
    name, _, indices = symbol.partition("_")
    value = values[name]
    for index in indices.split(",") if indices else ():
        value = value[int(index) - 1]
    return value


def free_names(proof: Proof) -> list[str]:
    """Return the names of the vectors and scalars that a proof speaks of."""
    return sorted({key_of(thing) for thing in names_in(*chain(proof)[0]).values()})


def key_of(thing: Vector | Scalar) -> str:
    """Return the name of a vector or of a scalar."""
    return thing.args[0] if isinstance(thing, Scalar) else thing.name
