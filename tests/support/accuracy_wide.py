"""Errors of every function at once, against formulas in a wider format, on rows whose small terms nearly vanish.

For float64 the wider format is longdouble on machines where it has at least 64 bits of digits and 15 of exponent (x86,
aarch64 Linux), for float32 it is float64. exp(x) neither overflows nor vanishes there, so that nothing has to be
shifted, and sums in pairs round by far less than an ulp of the narrower format.
"""

import numpy as np

import softmaxlab

WIDER = {np.float32: np.float64, np.float64: np.longdouble}
WIDE_ENOUGH = np.finfo(np.longdouble).nmant >= 63 and np.finfo(np.longdouble).maxexp >= 16384
LEADS = (0.0, 0.0, -0.6, 5.5, -40.25)  # of the winner: left alone, at the edge of the shift, shifted up


def faint_losers(dtype, classes, count, random):
    """Rows of one winner, or of two that tie, above losers whose exponentials are subnormal or nearly so.

    Losers all have one value, or lie in a narrow or a wide band: also across the edge of the normal numbers.
    """
    limits = np.finfo(dtype)
    edge, end = -np.log(float(limits.tiny)), -np.log(float(limits.smallest_subnormal))
    gap = random.uniform(edge - 3, end + np.log(classes) + 3, (count, 1))
    spread = random.choice([0.0, 0.0, 0.5, 3.0, 30.0], (count, 1))
    top = np.log(float(limits.max))
    down = top + random.uniform(-15, 40, (count, 1))  # most of them shifted down
    lead = np.where(random.random((count, 1)) < 0.3, down, random.choice(LEADS, (count, 1)))
    rows = lead - gap + spread * random.normal(size=(count, classes))
    rows[random.random(rows.shape) < random.choice([0, 0, 0.5], (count, 1))] = -np.inf
    rows[:, :1] = lead
    rows[:, 1:2] = np.where(random.random((count, 1)) < 0.2, lead, rows[:, 1:2])
    return random.permuted(rows, axis=1).astype(dtype)


def targets_of(logits, random):
    """Target weights of all sizes: smoothed, nearly one-hot, or spread out; 0 for impossible classes."""
    winner = np.arange(logits.shape[1]) == np.argmax(logits, axis=1)[:, None]
    spread = random.dirichlet(np.ones(logits.shape[1]), size=len(logits))
    share = random.choice([0.1, 1e-10, 1.0], (len(logits), 1))
    powers = [0, 0, 0, -30, -38, 30] if logits.dtype == np.float32 else [0, 0, 0, -290, -305, 300]
    size = 10.0 ** random.choice(powers, (len(logits), 1))
    return np.where(np.isneginf(logits), 0, size * ((1 - share) * winner + share * spread)).astype(logits.dtype)


def measures(logits, targets, tangent):
    """Worst error of each row in each function, in the unit of its contract.

    Parameters
    ----------
    logits, targets, tangent : ndarray of float32 or float64, shape (rows, n)
        Of logits that are finite or −inf.

    Returns
    -------
    dict of str to ndarray of floats, shape (rows,)
    """
    wide, index = WIDER[logits.dtype.type], np.arange(len(logits))
    winner = np.argmax(logits, axis=1)
    at_winner = index, winner
    z, t, v = (array.astype(wide) for array in (logits, targets, tangent))

    def without(numbers):
        numbers = numbers.copy()
        numbers[at_winner] = 0
        return numbers

    terms = np.exp(z)
    rest = without(terms).sum(axis=1)
    total = terms[at_winner] + rest
    probs, lack, excess = terms / total[:, None], rest / total, np.log1p(rest / terms[at_winner])
    lacks = 1 - probs
    lacks[at_winner] = lack
    gaps = z[at_winner][:, None] - z
    logs = -gaps - excess[:, None]
    one_hot = np.zeros_like(z)
    one_hot[at_winner] = 1
    mass, others = t.sum(axis=1, keepdims=True), without(t).sum(axis=1)
    soft_loss = mass[:, 0] * excess + np.sum(np.where(t == 0, 0, t * np.where(t == 0, 0, gaps)), axis=1)
    soft_grad = probs * mass - t
    soft_grad[at_winner] = others - mass[:, 0] * lack
    beside = t.sum(axis=1, keepdims=True) - t
    beside[at_winner] = others
    relative = v - v[at_winner][:, None]
    average = np.sum(probs * relative, axis=1, keepdims=True)
    parts = probs * np.abs(v)
    summed = parts.sum(axis=1, keepdims=True) - parts
    summed[at_winner] = without(parts).sum(axis=1)

    none = {"reduction": "none"}
    loss, grad = softmaxlab.cross_entropy_with_grad(logits, winner, **none)
    loss_of_masses, grad_of_masses = softmaxlab.cross_entropy_with_grad(logits, targets, **none)
    other = np.argmin(np.where(np.isneginf(logits), np.inf, logits), axis=1)
    lse, peak = softmaxlab.logsumexp(logits), z[at_winner]
    found = {
        "softmax": in_ulps(softmaxlab.softmax(logits), probs),
        "log_softmax": in_ulps(softmaxlab.log_softmax(logits), logs),
        "logsumexp": in_ulps(lse, peak + excess, np.maximum(np.abs(peak), np.abs(peak + excess))),
        "loss of the winner": in_ulps(loss, excess),
        "loss of a loser": in_ulps(softmaxlab.cross_entropy(logits, other, **none), -logs[index, other]),
        "gradient of the winner": in_ulps(grad, np.where(one_hot == 1, -lacks, probs)),
        "loss of masses": in_ulps(loss_of_masses, soft_loss),
        "gradient of masses": in_eps(
            grad_of_masses, soft_grad, np.minimum(probs * mass + t, beside + lacks * mass)
        ),
        "jvp": in_eps(
            softmaxlab.softmax_jvp(logits, tangent), probs * (relative - average), probs * (lacks * np.abs(v) + summed)
        ),
    }  # fmt: skip
    if logits.shape[1] <= 40:
        jacobian = -probs[:, :, None] * probs[:, None, :]
        np.einsum("ijj->ij", jacobian)[...] = probs * lacks
        found["jacobian"] = in_ulps(softmaxlab.softmax_jacobian(logits), jacobian).max(axis=2)
    return {name: errors.reshape(len(logits), -1).max(axis=1).astype(float) for name, errors in found.items()}


def in_ulps(measured, truth, size=None):
    """Error of each result in ulps of the truth, or of numbers of this size; equal infinities have none."""
    limits, wide = np.finfo(measured.dtype), truth.dtype.type
    _, exponent = np.frexp(np.maximum(np.abs(truth if size is None else size), wide(limits.tiny)))
    same = np.isneginf(truth) & np.isneginf(measured)
    error = np.abs(np.where(same, 0, measured.astype(wide)) - np.where(same, 0, truth))
    return error / np.ldexp(wide(limits.eps), np.where(same, 0, exponent - 1))


def in_eps(measured, truth, terms):
    """Error of each result in eps of its terms; below the normal numbers in steps of the format."""
    limits, wide = np.finfo(measured.dtype), truth.dtype.type
    unit = np.maximum(terms * wide(limits.eps), wide(limits.smallest_subnormal))
    return np.abs(measured.astype(wide) - truth) / unit


def search(dtype, classes, count, random):
    """Measure so many rows; the worst of each function, as (error, row)."""
    logits = faint_losers(dtype, classes, count, random)
    size = 10.0 ** random.choice([0, 0, 0, -300, -310, -320, 30, 300], (count, 1))
    if dtype is np.float32:
        size = 10.0 ** random.choice([0, 0, 0, -30, -38, -42, 10, 30], (count, 1))
    tangent = size * random.normal(size=logits.shape)
    tangent[logits == np.max(logits, axis=1, keepdims=True)] *= random.choice([0, 1])  # the losers' part alone
    errors = measures(logits, targets_of(logits, random), tangent.astype(dtype))
    return {name: (float(found.max()), logits[np.argmax(found)]) for name, found in errors.items()}
