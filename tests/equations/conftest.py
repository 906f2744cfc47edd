"""Record how each displayed equation was checked: what the records say is the badge that the book prints under it.

A test marked `@pytest.mark.equation("eq-...")` is a check of that display. It takes the fixture `check` and tells it
what it has just done; that counts only if the test passes. With EVIDENCE=FILE in the environment, the records of the
run go there as JSON. What a marker and a check may say is in tests/support/equations/records.py.
"""

import json
import os
from pathlib import Path

import pytest

from support.equations.records import Record, joined, said_by

RECORD = pytest.StashKey[Record]()
RUN: list[dict] = []  # the records of this run


@pytest.fixture
def check(request):
    """The record this test writes on; all examples of a property share it."""
    return request.node.stash.setdefault(RECORD, Record())


def pytest_collection_modifyitems(items):
    for item in items:
        for marker in item.iter_markers("equation"):
            if "check" not in item.fixturenames:
                raise pytest.UsageError(f"{item.nodeid} names {marker.args[0]} and records nothing: it needs check")
            said_by(marker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    record = item.stash.get(RECORD, None)
    if report.when == "call" and report.passed and record:
        path, line, name = item.location
        where = {"file": path.replace(os.sep, "/"), "line": line + 1, "test": name.partition("[")[0]}
        for marker in item.iter_markers("equation"):
            report.user_properties.append(("equation", {**where, **joined(said_by(marker), record)}))
    return report


def pytest_runtest_logreport(report):
    """Collect the records here, where those of all processes arrive."""
    RUN.extend(value for name, value in report.user_properties if name == "equation")


def pytest_sessionfinish(session, exitstatus):
    target = os.environ.get("EVIDENCE")
    if target and not hasattr(session.config, "workerinput"):
        Path(target).write_text(json.dumps(RUN, indent=1), encoding="utf-8")
