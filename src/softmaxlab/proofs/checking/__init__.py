"""The independent route: formulas at concrete sizes, by SymPy's own calculus, to audit proofs or to refute."""
