"""Wrong or fragile on purpose: each function here is a lesson, and none is for your own work.

Said once, for all of them: import nothing from here into anything but a lesson. Each docstring names the sound
counterpart. Consumed by chapters and widgets that watch them fail, by accuracy and lessons as what to compare with, and
by tests.
"""
