"""Numerical methods that the book teaches: differences, limits of floats, gradient descent. NumPy alone.

Public, for readers and chapters; used by learning, lessons and the checks of displayed formulas.
"""
