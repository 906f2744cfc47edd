"""Record how each displayed equation was held, for the badge the book prints under it.

A test marked `@pytest.mark.equation("eq-...")` takes the fixture `certify` and tells it what it has just done. What it
says counts only if the test passes. With EVIDENCE=FILE in the environment, the records of the run go there as JSON.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import pytest

RECORDS = pytest.StashKey[list]()
CERTIFICATE = pytest.StashKey["Certificate"]()


@dataclass
class Certificate:
    """What one test did for its equation."""

    proof: str | None = None  # the badge of a proof
    rejected: str | None = None  # the verdict on a misprint
    exact: bool = False
    sizes: list[int] = field(default_factory=list)
    cases: int = 0
    worst: float = 0.0  # largest error, relative to the largest entry

    def proved(self, proof):
        """A proof of `softmaxlab.proofs` was found; its badge says for which N."""
        assert proof.steps
        self.proof = proof.badge

    def refused(self, error):
        """The prover refused a misprint: it found a counterexample, or the formula means nothing as written."""
        self.rejected = (
            "refuted by a counterexample" if hasattr(error, "counterexample") else "means nothing as written"
        )

    def exactly(self, n=None):
        """An exact check passed: for n classes, or of a statement in which no number of classes occurs."""
        self.exact = True
        if n is not None:
            self.sizes.append(int(n))

    def close(self, actual, expected, rtol=1e-13, atol=0.0):
        """Assert that floats agree, as `numpy.testing.assert_allclose` does, and record how closely."""
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)
        actual, expected = np.asarray(actual, dtype=float), np.asarray(expected, dtype=float)
        scale = np.max(np.abs(expected), initial=0.0) or 1.0  # zeros have no size to compare with
        self.worst = max(self.worst, float(np.max(np.abs(actual - expected), initial=0.0) / scale))
        self.cases += 1

    def held(self):
        """A statement without a right side to compare with, such as a bound, held for one more case."""
        self.cases += 1


@pytest.fixture
def certify(request):
    """The record this test writes on; all examples of a property share it."""
    return request.node.stash.setdefault(CERTIFICATE, Certificate())


def pytest_configure(config):
    config.stash[RECORDS] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    certificate = item.stash.get(CERTIFICATE, None)
    if report.when == "call" and report.passed and certificate:
        path, line, name = item.location
        where = {"file": path.replace(os.sep, "/"), "line": line + 1, "test": name.partition("[")[0]}
        took = {"seconds": round(report.duration, 3)}
        for marker in item.iter_markers("equation"):
            item.config.stash[RECORDS].append({"label": marker.args[0], **where, **asdict(certificate), **took})
    return report


def pytest_sessionfinish(session, exitstatus):
    target = os.environ.get("EVIDENCE")
    if target:
        Path(target).write_text(json.dumps(session.config.stash[RECORDS], indent=1))
