"""What every test may use."""

import os

import matplotlib as mpl
import pytest
from hypothesis import HealthCheck, settings

from support import distribution, engines_tried
from support.left_out import LeftOut, javascript_packages, put_node_on_path

pytest_plugins = ["support.browser.fixtures"]
os.environ.setdefault("PYTHONUTF8", "1")  # Pythons that tests start talk UTF-8, on a Windows of any code page
mpl.use("Agg")  # no test opens a window
# The same cases in every run, on any machine; one record may collect all examples of a property.
settings.register_profile(
    "repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


put_node_on_path()


def pytest_configure(config):
    config.pluginmanager.register(LeftOut())
    config.pluginmanager.register(distribution)
    config.pluginmanager.register(engines_tried)


@pytest.fixture
def needs_javascript():
    """What the build runs in Node; a test that asks for it is left out where it is missing."""
    javascript_packages()
