"""The private kernel: checked arguments, exponentials and their sums, and losses of rows, in NumPy alone.

Used by the public functions and by every wing above them; nothing here is meant to be imported from outside.
"""
