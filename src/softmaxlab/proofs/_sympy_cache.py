"""Enlarge SymPy's cache before SymPy is imported: its usual 1000 results are fewer than a proof needs.

A long proof then computes again what the cache has dropped, which takes a quarter of its time. A size that is already
set in the environment is kept.
"""

import os

os.environ.setdefault("SYMPY_CACHE_SIZE", "20000")
