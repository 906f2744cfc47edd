"""Derivatives of a function by two independent numerical routes, to compare a formula with."""

import numpy as np


def by_differences(function, x, step=1e-5):
    """Array of ∂function/∂x_j, x_j along the last axis, by central differences.

    The error is about step² times the third derivative, 1e-10 here, plus a rounding of function by about 1e-16
    divided by the step, 1e-11: `NEAR` below leaves room for both.
    """
    x = np.asarray(x, dtype=float)
    steps = step * np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(function(x + d) - function(x - d)) / (2 * step) for d in steps]
    return np.stack(slopes, axis=-1)


def by_complex_step(function, x):
    """Array of ∂function/∂x_j, x_j along the last axis, by one complex step: no difference, so no cancellation.

    For an analytic function, imag f(x + ih) = h f'(x) − h³ f'''(x)/6 + …, and h² vanishes beside 1 for h = 1e-100.
    """
    x, step = np.asarray(x, dtype=complex), 1e-100
    steps = 1j * step * np.eye(x.size).reshape(x.size, *x.shape)
    return np.stack([np.imag(function(x + d)) / step for d in steps], axis=-1)


def softmax_typed(logits):
    """The formula as it stands, for real and complex numbers of moderate size."""
    weights = np.exp(logits)
    return weights / np.sum(weights, axis=-1, keepdims=True)


def cross_entropy_typed(logits, targets):
    """−Σ y log softmax as it stands, for real and complex numbers of moderate size."""
    return -np.sum(targets * np.log(softmax_typed(logits)), axis=-1)


NEAR = {"rtol": 0, "atol": 1e-8}  # for central differences, of functions whose third derivatives are below 100
CLOSE = {"rtol": 0, "atol": 1e-13}  # for complex steps: a few hundred roundings of numbers of size 1
