"""One row at a time in mpmath numbers, at the precision that is set: the formulas of `reference`."""

import mpmath


def probs(row):
    """Probabilities."""
    return _shares(row)[0]


def _shares(row):
    """Return (probabilities, the class with the largest, what that one lacks to 1: the rest of the sum)."""
    winner = row.index(max(row))
    terms = [mpmath.exp(logit - row[winner]) for logit in row]
    total = mpmath.fsum(terms)
    return [term / total for term in terms], winner, _sum_without(terms, winner) / total


def _sum_without(numbers, index):
    return mpmath.fsum(numbers[:index] + numbers[index + 1 :])


def logs(row):
    """log p of every class."""
    _, winner, lack = _shares(row)
    log_of_largest = mpmath.log1p(-lack)
    return [(logit - row[winner]) + log_of_largest for logit in row]


def _masses(row, targets):
    return targets if isinstance(targets, list) else [mpmath.mpf(index == targets) for index in range(len(row))]


def loss(row, targets):
    """Σ t (−log p)."""
    pairs = zip(_masses(row, targets), logs(row), strict=True)
    return -mpmath.fsum(mass * log for mass, log in pairs if mass)  # 0·inf counts 0


def grad(row, targets):
    """p Σt − t."""
    (shares, winner, lack), masses = _shares(row), _masses(row, targets)
    mass = mpmath.fsum(masses)
    slopes = [p * mass - t for p, t in zip(shares, masses, strict=True)]
    slopes[winner] = _sum_without(masses, winner) - mass * lack  # the same number, and no digit lost near p = 1
    return slopes


def jvp(row, tangent):
    """p (v − Σ p v)."""
    shares, winner, _ = _shares(row)
    relative = [v - tangent[winner] for v in tangent]  # a constant added to the tangent changes nothing
    average = mpmath.fsum(p * v for p, v in zip(shares, relative, strict=True))
    return [p * (v - average) for p, v in zip(shares, relative, strict=True)]


def jacobian(row):
    """p_i (δ_ij − p_j)."""
    shares, winner, lack = _shares(row)
    lacks = [lack if index == winner else 1 - p for index, p in enumerate(shares)]
    return [[p * lacks[i] if i == j else -p * q for j, q in enumerate(shares)] for i, p in enumerate(shares)]
