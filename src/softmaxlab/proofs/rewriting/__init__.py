"""From one form to another: derivatives, passes, sums, hypotheses, and the normal form that decides."""

from softmaxlab._extras import require

require("sympy", by="softmaxlab.proofs", extra="proofs")
