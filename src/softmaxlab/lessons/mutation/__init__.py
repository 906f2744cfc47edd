"""Mutation testing: kinds of tests, and which of them notice which planted fault of `softmaxlab.pitfalls.mutants`.

Used by chapter 8, the page of errata, and the tests.
"""

from softmaxlab._extras import require

require("mpmath", by="softmaxlab.lessons.mutation", extra="accuracy")
