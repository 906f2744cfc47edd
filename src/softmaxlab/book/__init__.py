"""What the chapters need beside the mathematics: glued numbers, figures, and the tables of the errata.

Used by the cells of the chapters alone; it draws with matplotlib.
"""

from softmaxlab._extras import require

require("matplotlib", "IPython", by="softmaxlab.book", extra="book")
