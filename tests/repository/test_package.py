"""The package as somebody gets it who installs it alone, with what it declares and nothing else."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from flit_core import buildapi

ROOT = Path(__file__).resolve().parents[2]
# Imports every module of the package where nothing can be imported but what it declares, and what that brings.
OUTSIDER = """
import importlib, importlib.metadata as metadata, json, pathlib, re, sys
from packaging.requirements import Requirement

def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()

brought, waiting = set(), [normal(Requirement(line).name) for line in json.loads(sys.argv[1])]
while waiting:
    name = waiting.pop()
    if name in brought:
        continue
    brought.add(name)
    try:
        needs = metadata.requires(name) or []
    except metadata.PackageNotFoundError:  # for another system
        continue
    needs = [need for need in map(Requirement, needs) if not need.marker or need.marker.evaluate({"extra": ""})]
    waiting += [normal(need.name) for need in needs]

hidden = {
    module for module, packages in metadata.packages_distributions().items()
    if not brought & set(map(normal, packages)) and module != "softmaxlab"
}

class Hide:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hide)
for name in [name for name in sys.modules if name.partition(".")[0] in hidden]:
    del sys.modules[name]
import softmaxlab
root = pathlib.Path(softmaxlab.__file__).parent
parts = [path.relative_to(root.parent).with_suffix("").parts for path in root.rglob("*.py")]
names = [".".join(part for part in each if part != "__init__") for each in parts]
failed = {}
for name in names:
    if not name.endswith("__main__"):
        try:
            importlib.import_module(name)
        except ImportError as error:
            failed[name] = str(error)
print(json.dumps({"modules": len(names), "hidden": sorted(hidden), "failed": failed}))
"""


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def metadata(tmp_path_factory):
    """What the package says about itself, as an index would show it."""
    folder, before = tmp_path_factory.mktemp("metadata"), Path.cwd()
    os.chdir(ROOT)
    try:
        name = buildapi.prepare_metadata_for_build_wheel(str(folder))
    finally:
        os.chdir(before)
    return (folder / name / "METADATA").read_text(encoding="utf-8")


def brought(project, extra):
    """What pip installs for an extra beside the base, those of other extras that it names included."""
    needs = []
    for line in project["optional-dependencies"][extra] if extra else project["dependencies"]:
        inner = re.fullmatch(r"softmaxlab\[(.*)\]", line)
        needs += [need for name in inner[1].split(",") for need in brought(project, name)] if inner else [line]
    return needs


# What can't be imported, by what is installed, and what its message says to install. The checks of the book's pages
# read them as the book is built.
ACCURACY = ("accuracy", "lessons.mutation")
PROOFS = ("proofs.checking", "proofs.rewriting", "proofs.prover", "proofs.bounds")
BOOK = ("book", "lessons.training_comparison")
MISSING = {
    "": {"accuracy": ACCURACY, "proofs": PROOFS, "widgets": ("widgets",), "book": BOOK},
    "learning": {"accuracy": ACCURACY, "proofs": PROOFS, "widgets": ("widgets",), "book": BOOK},
    "accuracy": {"proofs": PROOFS, "widgets": ("widgets",), "book": BOOK},
    "proofs": {"widgets": ("widgets",), "book": BOOK},
    "widgets": {"book": BOOK},
    "book": {},
}


@pytest.mark.parametrize("extra", MISSING)
def test_every_module_can_be_imported_with_what_is_declared_or_names_the_extra_that_it_needs(project, extra):
    assert MISSING.keys() == {"", *project["optional-dependencies"]}
    needs = brought(project, "") + (brought(project, extra) if extra else [])
    command = [sys.executable, "-c", OUTSIDER, json.dumps(needs)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["modules"] > 120

    def told_by(module):
        for name, wings in MISSING[extra].items():
            if module.removeprefix("softmaxlab.").startswith(wings):
                return f'pip install "softmaxlab[{name}]"'
        return "pip install -r requirements.txt" if module.startswith("softmaxlab.displays.") else "nothing"

    assert {module: words for module, words in told["failed"].items() if told_by(module) not in words} == {}
    failed = {module.removeprefix("softmaxlab.") for module in told["failed"]}
    assert {wing for wings in MISSING[extra].values() for wing in wings} <= failed


def test_a_widget_without_proofs_or_training_loads_neither_sympy_nor_scipy_nor_matplotlib():
    code = (
        "import sys; from softmaxlab.widgets import LogitExplorer; LogitExplorer();"
        "print(*{name.partition('.')[0] for name in sys.modules} & {'scipy', 'sympy', 'matplotlib', 'mpmath'})"
    )
    assert subprocess.check_output([sys.executable, "-c", code], encoding="utf-8").strip() == ""


def test_the_license_is_named_by_its_identifiers_and_comes_along(metadata, project):
    assert "\nLicense-Expression: BSD-3-Clause AND CC-BY-4.0\n" in metadata
    assert "\nLicense-File: LICENSE\n" in metadata
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "BSD 3-Clause" in text
    assert "CC BY 4.0" in text


def test_the_page_of_the_package_shows_its_picture_and_no_link_leads_nowhere(metadata):
    description = metadata.split("\n\n", 1)[1]
    addresses = re.findall(r"\]\(([^)\s]+)", description)
    assert len(addresses) > 4
    assert [address for address in addresses if not address.startswith("https://")] == []
    assert any(address.endswith("/.github/screenshot.png") for address in addresses)
    assert (ROOT / ".github" / "screenshot.png").exists()


def test_the_metadata_says_who_where_and_for_which_python(metadata):
    head = metadata.split("\n\n", 1)[0]
    for line in ("Author: The softmaxlab authors", "Classifier: Typing :: Typed", "Requires-Dist: numpy>=2"):
        assert line in head.splitlines()
    assert {"Homepage", "Source", "Issues"} <= set(re.findall(r"^Project-URL: (\w+),", head, re.MULTILINE))
    assert [line for line in head.splitlines() if line.startswith("Requires-Dist") and "extra ==" not in line] == [
        "Requires-Dist: numpy>=2"
    ]
