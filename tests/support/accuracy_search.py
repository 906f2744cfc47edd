"""Hard rows for a search of the worst ones, and their errors: quickly, in a wider format, and slowly, at 60 digits.

What the wider format is, and why it will do, is said in tests/accuracy/test_search_for_worst_rows.py.
"""

import numpy as np

import softmaxlab
from softmaxlab.accuracy import reference

WIDER = {np.float32: np.float64, np.float64: np.longdouble}
WIDE_ENOUGH = np.finfo(np.longdouble).nmant >= 63 and np.finfo(np.longdouble).maxexp >= 16384


def hard_rows(dtype, classes, count, random):
    """Rows at every scale and offset; half of the logits lie at a gap that saturates, ties, or is subnormal."""
    limits = np.finfo(dtype)
    top, bottom = np.log(float(limits.max)), -np.log(float(limits.smallest_subnormal))
    scale = 10 ** random.uniform(-4, np.log10(top), (count, 1))
    center = random.choice([0.0, 0.0, 1.0, -1.0, 30.0, 0.9 * top, -0.9 * top], (count, 1)) * random.random((count, 1))
    rows = center + scale * random.normal(size=(count, classes))
    special = random.choice([0.0, np.log(float(limits.eps)), -np.log(float(limits.tiny)), bottom], rows.shape)
    rows = np.where(random.random(rows.shape) < 0.5, rows[:, :1] - np.abs(special) * random.random(rows.shape), rows)
    # The wider format serves float32 for |x| ≤ 700 only: see test_search_for_worst_rows.py.
    return np.clip(rows, -700, 700).astype(dtype) if dtype is np.float32 else rows.astype(dtype)


def references(logits, label, wide):
    """Softmax, log-probability, loss and gradient at a label, typed as they stand in the wider format."""
    terms = np.exp(logits.astype(wide))
    chosen = np.take_along_axis(terms, label[:, None], 1)[:, 0]
    others = terms.copy()
    np.put_along_axis(others, label[:, None], 0, axis=1)
    rest = others.sum(axis=1)
    total = rest + chosen
    return terms / total[:, None], np.log1p(rest / chosen), rest / total


def in_ulps(measured, truth):
    """Error of each result in ulps of the truth, in the truth's wider format."""
    limits = np.finfo(measured.dtype)
    _, exponent = np.frexp(np.maximum(np.abs(truth), truth.dtype.type(limits.tiny)))
    return np.abs(measured.astype(truth.dtype) - truth) / np.ldexp(truth.dtype.type(limits.eps), exponent - 1)


def measures(logits, label, wide):
    """Worst error of each row in each function, in ulps."""
    probs, loss, lack = references(logits, label, wide)
    losses, grad = softmaxlab.cross_entropy_with_grad(logits, label, reduction="none")
    at_label = np.take_along_axis(grad, label[:, None], 1)[:, 0]
    own_logs = np.take_along_axis(softmaxlab.log_softmax(logits), label[:, None], 1)[:, 0]
    np.put_along_axis(grad, label[:, None], np.take_along_axis(softmaxlab.softmax(logits), label[:, None], 1), axis=1)
    return {
        "softmax": in_ulps(softmaxlab.softmax(logits), probs).max(axis=1),
        "log_softmax": in_ulps(-own_logs, loss),
        "loss": in_ulps(losses, loss),
        "gradient at the label": in_ulps(-at_label, lack),
        "gradient elsewhere": in_ulps(grad, probs).max(axis=1),
    }


def slow_measures(logits, label):
    """The same at 60 digits."""
    probs = reference.softmax(logits)
    losses, grad = softmaxlab.cross_entropy_with_grad(logits, label, reduction="none")
    slopes, loss = reference.cross_entropy_grad(logits, label), reference.cross_entropy(logits, label)
    own_logs = np.take_along_axis(softmaxlab.log_softmax(logits), label[:, None], 1)[:, 0]
    errors = reference.ulps(grad, slopes)
    return {
        "softmax": reference.ulps(softmaxlab.softmax(logits), probs).max(axis=1),
        "log_softmax": reference.ulps(-own_logs, loss),
        "loss": reference.ulps(losses, loss),
        "gradient at the label": np.take_along_axis(errors, label[:, None], 1)[:, 0],
        "gradient elsewhere": errors.max(axis=1),
    }
