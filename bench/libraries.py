"""The same four functions from every library that is installed, ready to be called without arguments.

`FUNCTIONS` are softmax, log_softmax, cross_entropy (the mean over the rows) and loss+grad. A maker takes (function,
logits, labels, axis) and returns a callable that computes on inputs already in the library's own form, or None
where the library has no such function.
"""

import importlib.util

import numpy as np
import scipy.special
from sklearn._loss.loss import HalfMultinomialLoss

import softmaxlab

FUNCTIONS = ("softmax", "log_softmax", "cross_entropy", "loss+grad")


def ours(function, logits, labels, axis):
    """softmaxlab."""
    return {
        "softmax": lambda: softmaxlab.softmax(logits, axis),
        "log_softmax": lambda: softmaxlab.log_softmax(logits, axis),
        "cross_entropy": lambda: softmaxlab.cross_entropy(logits, labels, axis=axis),
        "loss+grad": lambda: softmaxlab.cross_entropy_with_grad(logits, labels, axis=axis),
    }[function]


def scipy_(function, logits, labels, axis):
    """SciPy has the two functions of the logits, and no loss."""
    if function not in ("softmax", "log_softmax"):
        return None
    return lambda: getattr(scipy.special, function)(logits, axis)


def sklearn_(function, logits, labels, axis, threads=1):
    """Scikit-learn's multinomial loss, for rows along the last axis; it gives losses of rows."""
    if function not in ("cross_entropy", "loss+grad") or logits.ndim == 1 or axis != -1 or logits.shape[1] < 3:
        return None
    loss = HalfMultinomialLoss(n_classes=logits.shape[1])
    truth = labels.astype(logits.dtype)
    if function == "cross_entropy":
        return lambda: loss.loss(y_true=truth, raw_prediction=logits, n_threads=threads).mean()
    return lambda: loss.loss_gradient(y_true=truth, raw_prediction=logits, n_threads=threads)


def torch_(function, logits, labels, axis):
    """PyTorch in eager mode; the gradient by autograd."""
    import torch

    given, truth = torch.from_numpy(logits), torch.from_numpy(np.asarray(labels))
    if function in ("softmax", "log_softmax"):
        return lambda: getattr(torch, function)(given, axis)
    rows = given if axis == -1 else given.T
    if function == "cross_entropy":
        return lambda: torch.nn.functional.cross_entropy(rows, truth)
    leaf = rows.clone().requires_grad_(True)

    def loss_and_grad():
        leaf.grad = None
        loss = torch.nn.functional.cross_entropy(leaf, truth)
        loss.backward()
        return loss

    return loss_and_grad


def jax_(function, logits, labels, axis):
    """JAX, compiled, without the time of the compilation."""
    import jax
    import jax.numpy as jnp

    def loss(x, truth):
        logs = jax.nn.log_softmax(x, axis)
        return -jnp.mean(jnp.take_along_axis(logs, jnp.expand_dims(truth, axis), axis))

    given, truth = jnp.asarray(logits), jnp.asarray(labels)
    compiled = jax.jit(
        {
            "softmax": lambda x, _: jax.nn.softmax(x, axis),
            "log_softmax": lambda x, _: jax.nn.log_softmax(x, axis),
            "cross_entropy": loss,
            "loss+grad": jax.value_and_grad(loss),
        }[function]
    )
    return lambda: jax.block_until_ready(compiled(given, truth))


def installed():
    """Makers of the libraries that are here, by name; ours first."""
    peers = {"torch": torch_, "jax": jax_}  # added by `make peers`
    makers = {"softmaxlab": ours, "scipy": scipy_, "sklearn": sklearn_}
    makers |= {name: maker for name, maker in peers.items() if importlib.util.find_spec(name)}
    if "jax" in makers:
        import jax

        jax.config.update("jax_enable_x64", True)  # it takes float64 as float32 otherwise
    return makers
