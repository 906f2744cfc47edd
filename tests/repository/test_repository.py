"""What the repository promises about itself."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from support.left_out import tracked

ROOT = Path(__file__).resolve().parents[2]


def pins(path):
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", path.read_text(encoding="utf-8"), re.MULTILINE))


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


OURS = {"-e .", "./.binder/settings"}  # the last lines of requirements.txt: folders of this repository
IN_JUPYTERLAB = {"jupyterlab", "jupyterlab_myst"}  # for a reader, as in Binder; no command of ours needs them


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_requirements_are_exact_and_locked(name):
    lock = ROOT / "locks" / ("book.txt" if name == "requirements.txt" else "test.txt")
    locked = {normal(package): version for package, version in pins(lock).items()}
    lines = [
        line
        for line in (ROOT / name).read_text(encoding="utf-8").splitlines()
        if line and not line.startswith(("#", "-r"))
    ]
    asked = pins(ROOT / name)
    assert len(set(lines) - OURS) == len(asked), "every requirement is pinned with =="
    for package, version in asked.items():
        if package in IN_JUPYTERLAB:
            assert pins(ROOT / ".binder" / "requirements.txt")[package] == version
            continue
        assert locked[normal(package)] == version


def test_requirements_bring_the_package_and_a_jupyterlab_that_opens_chapters_as_notebooks():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert set(lines) >= OURS
    assert pins(ROOT / "requirements.txt").keys() >= IN_JUPYTERLAB
    (build,) = re.findall(r"OURS = (\[.*\])", (ROOT / ".binder" / "postBuild").read_text(encoding="utf-8"))
    assert " ".join(ast.literal_eval(build)) == " ".join(sorted(OURS)), "Binder adds the same folders"
    settings = tomllib.loads((ROOT / ".binder" / "settings" / "pyproject.toml").read_text(encoding="utf-8"))
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert settings["build-system"] == package["build-system"]


def test_binder_runs_the_versions_the_book_is_built_with():
    locked = {normal(package): version for package, version in pins(ROOT / "locks" / "book.txt").items()}
    binder = {normal(package): version for package, version in pins(ROOT / ".binder" / "requirements.txt").items()}
    shared = binder.keys() & locked.keys()
    assert {
        "numpy",
        "scipy",
        "scikit-learn",
        "tqdm",
        "sympy",
        "matplotlib",
        "anywidget",
        "ipywidgets",
        "jupytext",
    } <= shared
    assert {package: binder[package] for package in shared} == {package: locked[package] for package in shared}


def test_binder_has_every_package_that_ours_needs():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {Requirement(line).name for line in project["dependencies"]}
    assert needed <= pins(ROOT / ".binder" / "requirements.txt").keys()


def test_no_numpy_is_allowed_whose_error_states_leak_between_threads():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (numpy,) = [need for need in map(Requirement, project["dependencies"]) if need.name == "numpy"]
    assert not numpy.specifier.contains("1.26.4")
    assert numpy.specifier.contains("2.0.0")
    tested = pins(ROOT / "locks" / "test.txt")["numpy"]
    assert f"NumPy {tested} now" in (ROOT / "README.md").read_text(encoding="utf-8")
    for lock in ("book", "test"):
        assert numpy.specifier.contains(pins(ROOT / "locks" / f"{lock}.txt")["numpy"])


def test_lock_files_hold_hashes_and_no_addresses():
    for lock in (ROOT / "locks").glob("*.txt"):
        text = lock.read_text(encoding="utf-8")
        assert "http" not in text
        assert text.count("--hash=sha256:") >= len(pins(lock))
    for lock in ROOT.glob("**/package-lock.json"):
        if "node_modules" not in lock.parts and "_build" not in lock.parts:
            assert '"resolved"' not in lock.read_text(encoding="utf-8")
            assert '"integrity"' in lock.read_text(encoding="utf-8")


def test_no_file_names_a_registry_or_a_place_on_one_machine():
    forbidden = re.compile(
        r"registry\.npmjs|pypi\.org/simple|files\.pythonhosted|deb\.debian|/ro{2}t/|/wo[r]k/|/ho[m]e/\w"
    )
    told = [
        f"{path.relative_to(ROOT)}: {line.strip()[:120]}"
        for path in tracked()
        if path.suffix not in {".png", ".woff2"} and path != Path(__file__)
        for line in path.read_text(errors="replace", encoding="utf-8").splitlines()
        if forbidden.search(line)
    ]
    assert told == []


def test_no_third_party_bundle_is_committed():
    assert [path.name for path in tracked() if re.search(r"\.min\.(js|css)$|\.woff2?$", path.name)] == []


def test_every_file_can_be_checked_out_on_windows():
    names = [path.relative_to(ROOT).as_posix() for path in tracked()]
    assert [name for name in names if re.search(r'[<>:"\\|?*\x00-\x1f]|[ .](/|$)', name)] == []
    assert [
        name for name in names if re.search(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|/|$)", name, re.IGNORECASE)
    ] == []
    assert len({name.lower() for name in names}) == len(names), "names differ in more than capitals"
    assert max(map(len, names)) < 120, "Windows allows 260 characters for a path, the folders above included"
    settings = (ROOT / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "* text=auto eol=lf" in settings, "git on Windows would turn line ends, and with them what is hashed"


def test_readme_names_a_python_that_make_looks_for():
    (newest,) = re.findall(r"Python 3\.11 to (3\.\d+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    looked_for = re.findall(r"python(3\.\d+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert looked_for[0] == newest
    assert looked_for[-1] == "3.11"


def test_no_two_modules_outside_of_a_package_have_one_name():
    """Whichever is imported first would be taken for the other, too; and no name is one of Python's own."""
    pytest_options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    folders = [ROOT / name for name in pytest_options["ini_options"]["pythonpath"]]
    own = [path.stem for folder in folders for path in folder.glob("*.py") if path.stem != "conftest"]
    own += [path.parent.name for folder in folders for path in folder.glob("*/__init__.py")]
    assert {"softmaxlab", "content", "dev", "support"} <= set(own)
    assert sorted(own) == sorted(set(own) - sys.stdlib_module_names)


def test_what_tests_share_is_in_one_package():
    """So that each file of tests can have the name of its neighbor elsewhere, and none imports another."""
    tests = ROOT / "tests"
    others = [
        path.relative_to(tests).as_posix()
        for path in tests.rglob("*.py")
        if path.name != "conftest.py" and not path.name.startswith("test_") and tests / "support" not in path.parents
    ]
    assert others == ["core/tables/make_torch_table.py"]


def test_nothing_edits_the_path_of_imports_in_a_test():
    edits = re.compile(r"\bsys\.path(\[|\.|\s*[+=])|syspath" + r"_prepend")
    told = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "tests").rglob("*.py")
        if edits.search(path.read_text(encoding="utf-8"))
    ]
    assert told == []
