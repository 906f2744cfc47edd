"""Softmax regression: scores that are linear in the features, and the gradient with respect to their weights.

Weights are one array of shape (d + 1, n): a row for each of d features, and the bias as the last row. The
objective is the mean loss with a penalty on the weights, but not on the bias:

    J = (1/m) Σ loss_i + (l2/2) Σ w²      gradient = Xᵀ (P − Y)/m + l2 w, without the last term for the bias

scikit-learn's `LogisticRegression(C=C)` minimizes C·(sum of the losses) + ½ Σ w² [1]_. That is C·m·J with
l2 = 1/(C·m), so the minimum is at the same weights.

References
----------
.. [1] scikit-learn user guide, "Linear models", section "Logistic regression",
   https://scikit-learn.org/stable/modules/linear_model.html.
"""

from __future__ import annotations

import numpy as np

from softmaxlab import cross_entropy_with_grad, softmax_jacobian
from softmaxlab._core.types import FloatArray, IntArray


def logits_of(weights: FloatArray, features: FloatArray) -> FloatArray:
    """Score each example for each class, X W + b.

    Equation eq-linear-logits.

    Parameters
    ----------
    weights : ndarray, shape (d + 1, n)
        The bias is the last row.
    features : ndarray, shape (m, d)

    Returns
    -------
    ndarray, shape (m, n)

    Examples
    --------
    >>> logits_of(np.array([[2.0, 0.0], [0.0, 1.0]]), np.array([[3.0]]))
    array([[6., 1.]])
    """
    logits = features @ weights[:-1]
    logits += weights[-1]  # in place: the product is ours
    return logits


def objective(
    weights: FloatArray, features: FloatArray, labels: IntArray | FloatArray, l2: float = 0.0
) -> tuple[float, FloatArray]:
    """Mean cross-entropy with an L2 penalty, and its gradient.

    Equations eq-objective and eq-weights-gradient: what the loss sends back to the logits is (P − Y)/m.

    Parameters
    ----------
    weights : ndarray, shape (d + 1, n)
    features : ndarray, shape (m, d)
    labels : ndarray of int, shape (m,), or of probabilities, shape (m, n)
    l2 : float ≥ 0

    Returns
    -------
    loss : float, in nats
    grad : ndarray, shape (d + 1, n)

    Examples
    --------
    >>> loss, grad = objective(np.zeros((2, 2)), np.array([[1.0], [3.0]]), np.array([0, 1]))
    >>> print(f"{loss:.6f}", grad.tolist())
    0.693147 [[0.5, -0.5], [0.0, 0.0]]
    """
    loss, grad_logits = cross_entropy_with_grad(logits_of(weights, features), labels)
    grad = np.empty_like(weights)
    grad[:-1] = features.T @ grad_logits + l2 * weights[:-1]
    grad[-1] = np.ones(len(features)) @ grad_logits  # the bias: weight of a constant 1
    return float(loss + l2 / 2 * np.sum(weights[:-1] ** 2)), grad


def hessian(weights: FloatArray, features: FloatArray, l2: float = 0.0) -> FloatArray:
    """Second derivatives of `objective`: the Jacobian of softmax, between the features of each example.

    Equation eq-weights-hessian. It does not depend on the labels. Adding the same column to all classes changes
    no probability, so along such directions the curvature is that of the penalty alone. The biases pay none, so
    the matrix is singular.

    Parameters
    ----------
    weights : ndarray, shape (d + 1, n)
    features : ndarray, shape (m, d)
    l2 : float ≥ 0

    Returns
    -------
    ndarray, shape (d + 1, n, d + 1, n)
        Symmetric and positive semidefinite as a matrix of (d + 1)·n rows. For small problems only.

    Examples
    --------
    >>> hessian(np.zeros((2, 2)), np.array([[2.0]]))[0, :, 0, :]
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    rows = np.column_stack([features, np.ones(len(features))])
    size, classes = weights.shape
    jacobians = softmax_jacobian(logits_of(weights, features)) / len(rows)
    result = np.empty((size, classes, size, classes))
    for k in range(classes):
        weighted = rows[:, :, None] * jacobians[:, k, None, k:]
        block = (rows.T @ weighted.reshape(len(rows), -1)).reshape(size, size, classes - k)
        result[:, k, :, k:] = block
        result[:, k:, :, k] = block.transpose(0, 2, 1)  # the matrix is symmetric
    penalized = np.arange(size - 1)
    for k in range(classes):
        result[penalized, k, penalized, k] += l2
    return result
