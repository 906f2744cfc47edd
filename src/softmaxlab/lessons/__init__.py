"""Experiments that chapters and widgets show: each asks one question, and answers it with the functions below.

Used by chapters and widgets. What is wrong on purpose stands in `softmaxlab.pitfalls`.
"""
