"""One row at a time in mpmath numbers, at the precision that is set: the formulas of `reference`."""

from __future__ import annotations

from typing import Any, TypeAlias

import mpmath

Row: TypeAlias = list[Any]  # of mpmath numbers, which come without types


def probs(row: Row) -> Row:
    """Probabilities."""
    return _shares(row)[0]


def _shares(row: Row) -> tuple[Row, int, Any]:
    """Return (probabilities, the class with the largest, and that one's complement: the sum of the others)."""
    winner = row.index(max(row))
    terms = [mpmath.exp(logit - row[winner]) for logit in row]
    total = mpmath.fsum(terms)
    return [term / total for term in terms], winner, _sum_without(terms, winner) / total


def _sum_without(numbers: Row, index: int) -> Any:
    return mpmath.fsum(numbers[:index] + numbers[index + 1 :])


def logs(row: Row) -> Row:
    """log p of every class."""
    _, winner, complement = _shares(row)
    log_of_largest = mpmath.log1p(-complement)
    return [(logit - row[winner]) + log_of_largest for logit in row]


def _target_weights(row: Row, targets: Row | int) -> Row:
    return targets if isinstance(targets, list) else [mpmath.mpf(index == targets) for index in range(len(row))]


def loss(row: Row, targets: Row | int) -> Any:
    """Σ t (−log p)."""
    pairs = zip(_target_weights(row, targets), logs(row), strict=True)
    return -mpmath.fsum(total_weight * log for total_weight, log in pairs if total_weight)  # 0·inf counts 0


def grad(row: Row, targets: Row | int) -> Row:
    """p Σt − t."""
    (shares, winner, complement), target_weights = _shares(row), _target_weights(row, targets)
    total_weight = mpmath.fsum(target_weights)
    slopes = [p * total_weight - t for p, t in zip(shares, target_weights, strict=True)]
    slopes[winner] = (
        _sum_without(target_weights, winner) - total_weight * complement
    )  # the same number, and no digit lost near p = 1
    return slopes


def jvp(row: Row, tangent: Row) -> Row:
    """p (v − Σ p v)."""
    shares, winner, _ = _shares(row)
    relative = [v - tangent[winner] for v in tangent]  # a constant added to the tangent changes nothing
    average = mpmath.fsum(p * v for p, v in zip(shares, relative, strict=True))
    return [p * (v - average) for p, v in zip(shares, relative, strict=True)]


def jacobian(row: Row) -> list[Row]:
    """p_i (δ_ij − p_j)."""
    shares, winner, complement = _shares(row)
    lacks = [complement if index == winner else 1 - p for index, p in enumerate(shares)]
    return [[p * lacks[i] if i == j else -p * q for j, q in enumerate(shares)] for i, p in enumerate(shares)]
