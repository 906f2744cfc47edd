"""What every test may use."""

import os

import matplotlib as mpl
from hypothesis import settings

collect_ignore_glob = ["*conftest.py"]  # no doctests there, and two modules of one name can't be collected
mpl.use("Agg")  # no test opens a window
settings.register_profile("repeatable", derandomize=True, deadline=None)  # the same cases in every run, on any machine
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
