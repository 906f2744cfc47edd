"""Which tests run side by side.

A file stays together, since its tests share what took long to make: a server, a JupyterLab, a thousand proofs. In the
engine suite, the tests of one file in one engine do. The longest begin. Files whose tests share nothing costly are
dealt out one test at a time, and last, so that the run does not end with a wait for one long file.
"""

import re

import pytest

ENGINES = "tests/engines/"
FIRST = (ENGINES, "tests/site/test_jupyterlab.py", "tests/proofs/test_soundness_fuzz.py")
TEST_BY_TEST = (
    "tests/accuracy/test_contract.py", "tests/site/test_site.py", "tests/widgets/test_browser_every_widget.py",
)  # fmt: skip


def unit(nodeid):
    """Return the name of what is run in one piece: a file, an engine's part of it, or a test."""
    file, _, test = nodeid.partition("::")
    engine = re.search(r"\[(\w+)", test)
    if file.startswith(ENGINES) and engine:
        return f"{file} in {engine[1]}"
    return nodeid if file in TEST_BY_TEST else file


def rank(unit):
    """Return a number by which units are sorted; where it is the same, what holds more tests begins."""
    return 0 if unit.startswith(FIRST) else 2 if "::" in unit else 1


@pytest.hookimpl(optionalhook=True)  # pytest-xdist may not be there
def pytest_xdist_make_scheduler(config, log):
    """Distribute so where files stay together: ``--dist loadfile``."""
    from xdist.scheduler import LoadFileScheduling

    class LongestFirst(LoadFileScheduling):
        def _split_scope(self, nodeid):
            return unit(nodeid)

        def _assign_work_unit(self, node):
            self.workqueue.move_to_end(min(self.workqueue, key=rank), last=False)
            super()._assign_work_unit(node)

    return LongestFirst(config, log) if config.getvalue("dist") == "loadfile" else None
