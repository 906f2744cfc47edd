"""Wrong or fragile on purpose: each function here is a lesson, and none is for your own work.

Import nothing from here into anything but a lesson. Each docstring names the sound counterpart. Used by chapters and
widgets, which show how they fail, by accuracy and lessons, which compare with them, and by tests.
"""
