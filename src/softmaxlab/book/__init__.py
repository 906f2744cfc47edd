"""What the chapters need beside the mathematics: glued numbers, figures, and the tables of the errata.

Consumed by the cells of the chapters alone; it draws with matplotlib.
"""
