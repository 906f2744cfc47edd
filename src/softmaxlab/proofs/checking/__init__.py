"""The independent route: formulas at concrete sizes, by SymPy's own calculus, to audit proofs or to refute."""

from softmaxlab._extras import require

require("sympy", by="softmaxlab.proofs", extra="proofs")
