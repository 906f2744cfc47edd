"""Formulas for readers: letters for the bound indices of a proof, and MathML."""
