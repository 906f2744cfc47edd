"""What the tests' order promises: nothing is left out, what shares a server stays together, the long ones begin."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

from support.distribution import FIRST, TEST_BY_TEST, rank, unit
from support.left_out import missing

ROOT = Path(__file__).parents[2]


def test_a_file_stays_together_unless_its_tests_share_nothing():
    assert unit("tests/widgets/step_size/test_browser.py::test_a[1::2]") == "tests/widgets/step_size/test_browser.py"
    assert unit("tests/accuracy/test_contract.py::test_a[1::2]") == "tests/accuracy/test_contract.py::test_a[1::2]"


def test_the_engines_run_side_by_side():
    file = "tests/engines/test_pages_in_every_engine.py"
    assert unit(f"{file}::test_a[webkit-chapters/01.html-desk]") == f"{file} in webkit"
    assert unit(f"{file}::test_b[webkit]") == f"{file} in webkit"
    assert unit(f"{file}::test_a[firefox-index.html]") == f"{file} in firefox"
    assert unit(f"{file}::test_of_all") == file
    assert rank(f"{file} in webkit") < rank("tests/core/test_softmax.py")


def test_the_longest_begin_and_single_tests_end():
    units = ["tests/accuracy/test_contract.py::test_a", "tests/core/test_softmax.py", "tests/site/test_jupyterlab.py"]
    assert sorted(units, key=rank) == units[::-1]


def test_the_named_files_are_there_and_those_dealt_out_share_nothing_for_a_whole_session():
    assert [name for name in (*FIRST, *TEST_BY_TEST) if name.endswith(".py") and not (ROOT / name).exists()] == []
    for name in TEST_BY_TEST:
        assert 'scope="session"' not in (ROOT / name).read_text(encoding="utf-8")


def test_two_workers_run_each_test_once_and_a_file_in_one_worker(tmp_path):
    if importlib.util.find_spec("xdist") is None:
        missing("no pytest-xdist: pip install -r requirements-test.txt")
    for name in ("a", "b", "c"):
        (tmp_path / f"test_{name}.py").write_text(
            "import os, pytest\n@pytest.mark.parametrize('case', range(20))\n"
            "def test_it(case): print('<', __name__, case, os.environ['PYTEST_XDIST_WORKER'], '>')\n",
            encoding="utf-8",
        )
    command = [sys.executable, "-m", "pytest", "-n2", "--dist=loadfile", "-rP", "-p", "no:cacheprovider", "-p"]
    done = subprocess.run(
        [*command, "support.distribution", f"--rootdir={tmp_path}", tmp_path],
        cwd=ROOT / "tests",
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    ran = re.findall(r"< (test_\w) (\d+) (gw\d) >", done.stdout)
    assert sorted((name, int(case)) for name, case, _ in ran) == [(f"test_{n}", c) for n in "abc" for c in range(20)]
    assert len({(name, worker) for name, _, worker in ran}) == 3
