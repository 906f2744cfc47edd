"""How accurate a softmax is, of this package or any other: errors in ulps, against as many digits as you ask for.

Public, for engineers and for chapter 11; used by ExactDigits, the tests and the benchmarks.
"""

from softmaxlab._extras import require

require("mpmath", by="softmaxlab.accuracy", extra="accuracy")
