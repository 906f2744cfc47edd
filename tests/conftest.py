"""What every test may use."""

import os

import matplotlib as mpl
from hypothesis import HealthCheck, settings

collect_ignore_glob = ["*conftest.py"]  # no doctests there, and two modules of one name can't be collected
os.environ.setdefault("PYTHONUTF8", "1")  # Pythons that tests start talk UTF-8, on a Windows of any code page
mpl.use("Agg")  # no test opens a window
# The same cases in every run, on any machine; one record may collect all examples of a property.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))
