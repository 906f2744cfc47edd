"""Mutation testing: every kind of test runs against every planted fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from softmaxlab.lessons.mutation.checks import KINDS
from softmaxlab.pitfalls.mutants import MUTANTS, SOUND, Toolbox

CAUGHT, MISSED, UNUSED = "caught", "missed", "not run"


def outcome(kind: Callable[[Toolbox], bool], mutant: Toolbox) -> str:
    """Run one kind of test against one mutant.

    Parameters
    ----------
    kind : callable
        A value of `KINDS`.
    mutant : Toolbox

    Returns
    -------
    str
        ``"caught"`` if the test fails or stops with an error; ``"missed"`` if it passes; ``"not run"`` if it
        passes without ever calling one of the faulty functions, so that it cannot know.

    Examples
    --------
    >>> outcome(KINDS["sums to 1"], MUTANTS["misplaced parenthesis"])
    'missed'
    """
    called: list[str] = []
    box = Toolbox(*(good if own is good else _noting(own, called) for own, good in zip(mutant, SOUND, strict=True)))
    with np.errstate(all="ignore"):  # inf and nan are judged by the test itself
        try:
            passed = kind(box)
        except Exception:  # whatever a broken function raises, the reader of the test report sees it
            return CAUGHT
    if not passed:
        return CAUGHT
    return MISSED if called else UNUSED


def outcomes(
    mutants: Mapping[str, Toolbox] = MUTANTS, kinds: Mapping[str, Callable[[Toolbox], bool]] = KINDS
) -> NDArray[np.str_]:
    """Run every kind of test against every mutant.

    Parameters
    ----------
    mutants : dict of str to Toolbox
    kinds : dict of str to callable

    Returns
    -------
    ndarray of str, shape (mutants, kinds)
        As `outcome`.
    """
    return np.array([[outcome(kind, mutant) for kind in kinds.values()] for mutant in mutants.values()])


def smallest_suites(table: NDArray[np.str_]) -> list[tuple[int, ...]]:
    """Smallest sets of columns that together catch every row.

    Parameters
    ----------
    table : ndarray of str
        As from `outcomes`.

    Returns
    -------
    list of tuple of int
        All sets of the smallest size; empty if some row is caught by no column.

    Examples
    --------
    >>> smallest_suites(np.array([["caught", "missed"], ["missed", "caught"]]))
    [(0, 1)]
    """
    caught = table == CAUGHT
    for size in range(1, caught.shape[1] + 1):
        suites = [s for s in combinations(range(caught.shape[1]), size) if caught[:, list(s)].any(axis=1).all()]
        if suites:
            return suites
    return []


def _noting(function: Callable[..., Any], called: list[str]) -> Callable[..., Any]:
    def noted(*args: Any) -> Any:
        called.append(function.__name__)
        return function(*args)

    return noted
