"""Numerical methods that the book teaches: differences, limits of floats, gradient descent. NumPy alone.

Public, for readers and chapters; consumed by learning, lessons and the checks of displayed formulas.
"""
