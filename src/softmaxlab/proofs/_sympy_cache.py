"""Room for what SymPy remembers, asked for before SymPy is there: its usual 1000 results are fewer than a proof needs.

A long proof then forgets and finds again, which takes a quarter of its time. Whoever has set the size keeps it.
"""

import os

os.environ.setdefault("SYMPY_CACHE_SIZE", "20000")
