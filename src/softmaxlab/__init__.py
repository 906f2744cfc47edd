"""Softmax, cross-entropy and the gradient p − y: one small implementation in NumPy.

Conventions, the same in every function
---------------------------------------
Logits are real scores along one class axis; all other axes count independent rows. Logarithms are natural:
losses are in nats. Inputs are never modified, and a result never shares memory with them.

What is in a row of logits decides what comes back, and never with a NumPy warning:

=====================  ===========  =============  =========  ===============
a row of logits        logsumexp    log_softmax    softmax    loss, gradients
=====================  ===========  =============  =========  ===============
finite                 finite       ≤ 0            [0, 1]     loss ≥ 0
some entries −inf      finite       −inf there     0 there    see below
all entries −inf       −inf         nan            nan        nan
+inf, and no nan       +inf         nan            nan        nan
any nan                nan          nan            nan        nan
no classes at all      −inf         as empty       as empty   ValueError
=====================  ===========  =============  =========  ===============

- A logit of −inf is an impossible class. Under a target of 0 it adds nothing to the loss, since
  0·(−inf) counts as 0, and its gradient is 0. Under a positive target the loss is inf, and the gradient is
  still p − y, with p = 0.
- An ignored row (see ``ignore_index``) has loss 0 and gradient 0, whatever its logits are.
- nan fills only the row that it comes from. A mean or a sum over such a row is nan.
- float16, float32, float64 and longdouble logits give results of the same dtype; float16 is computed in
  float32 and rounded at the end. Integers and bools are taken as float64. Other dtypes raise ValueError.
- Without rows, the result is empty, a sum is 0 and a mean is nan. Without classes, the sum of exponentials is 0, and
  logsumexp is its logarithm, −inf; softmax, log_softmax, softmax_jvp and softmax_jacobian return an empty array. A
  loss needs a class that is the target, and raises ValueError.

What logits, targets, weight and tangent may be
-----------------------------------------------
Whatever ``np.asarray`` turns into an array of real numbers: nested lists, data frames, tensors on the CPU; of any
memory order, read-only, or a broadcast view. A ValueError that says what to write instead is raised for a single number
(0-D logits), rows of different lengths, complex numbers, objects and text, numbers of a dtype that is not NumPy's own,
and masked arrays, whose mask would be lost, also within a list. Targets, weight and tangent are taken in the dtype that
is computed in: a finite number too large for it is refused as well. In a mean only ratios of the weights count, so that
small ones keep their digits.

Accuracy
--------
In float32 and float64 no result is more than 16 units in the last place (ulps) from the exact one: softmax,
log_softmax, losses of rows, and gradients of class indices, entry by entry. That holds for logits of any size, for
any number of classes up to a million, along any axis; also where each term of a sum is subnormal, or where a weight,
a sum or a loss leaves the range of floats on the way to a result inside it. It is tested by search, not proved. The
contract of each function is in its docstring, and `softmaxlab.accuracy.reference` measures it, of this package and of
any other. float16 adds its own rounding, half an ulp. A mean or a sum over rows adds roundings of its own.

Where options differ from PyTorch's
-----------------------------------
Names and meanings are those of ``torch.nn.functional.cross_entropy``, up to these differences:

====================  =====================================  ================================================
what                  here                                   PyTorch
====================  =====================================  ================================================
class axis            `axis`, the last by default            the second, or the only one
ignore_index          None: every index counts               −100
class indices         any integer type                       int64 or uint8
target 0 of −inf      counts 0                               nan
gradient of "none"    that of the sum: row by row            the caller passes what to multiply with
reduce, size_average  not there                              deprecated
====================  =====================================  ================================================
"""

from softmaxlab.cross_entropy import cross_entropy, cross_entropy_grad, cross_entropy_with_grad
from softmaxlab.gradcheck import gradcheck
from softmaxlab.softmax import log_softmax, logsumexp, softmax, softmax_jacobian, softmax_jvp

__all__ = [
    "cross_entropy",
    "cross_entropy_grad",
    "cross_entropy_with_grad",
    "gradcheck",
    "log_softmax",
    "logsumexp",
    "softmax",
    "softmax_jacobian",
    "softmax_jvp",
]
