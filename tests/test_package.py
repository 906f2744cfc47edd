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

ROOT = Path(__file__).resolve().parents[1]
# Imports every module of the package where nothing can be imported but what it declares, and what that brings.
OUTSIDER = """
import importlib, importlib.metadata as metadata, json, pkgutil, re, sys
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
names = [module.name for module in pkgutil.walk_packages(softmaxlab.__path__, "softmaxlab.")]
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


def test_every_module_can_be_imported_with_what_is_declared_or_names_the_extra_that_it_needs(project):
    command = [sys.executable, "-c", OUTSIDER, json.dumps(project["dependencies"])]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert {"sklearn", "threadpoolctl", "tqdm"} <= set(told["hidden"])
    assert told["modules"] > 80
    of_the_book = {f"softmaxlab.displays.{name}" for name in ("check", "pages")}
    assert told["failed"].keys() == {"softmaxlab.lessons.training_comparison"} | of_the_book
    assert 'pip install "softmaxlab[notebooks]"' in told["failed"]["softmaxlab.lessons.training_comparison"]
    assert all("pip install -r requirements.txt" in told["failed"][name] for name in of_the_book)
    extra = " ".join(project["optional-dependencies"]["notebooks"])
    assert "scikit-learn" in extra
    assert "threadpoolctl" in extra


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
