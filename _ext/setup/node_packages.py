"""Bring Node and its packages to a build, however it was started: by `make`, or by `jupyter-book build .`.

Node comes with requirements.txt and is put on the build's PATH. The packages of package-lock.json, which render the
formulas and slim the pages, are installed when they are missing or of another version.
"""

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from moments import FIRST

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
BY_HAND = "python tools/npm.py . ci --omit=dev"


def tool(name: str) -> ModuleType:
    """Import one of tools/."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"tools/{name}.py can't be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def put_node_on_path() -> None:
    """Let `node` mean the one that pip brought; without it, the system's will do."""
    npm = tool("npm")
    folder = npm.node_folder()
    if folder is not None:
        os.environ["PATH"] = os.pathsep.join([npm.programs(folder), os.environ.get("PATH", "")])
    if shutil.which("node") is None:
        raise SystemExit("Node is not installed, and the build needs it: pip install -r requirements.txt")


def bring(root: Path) -> None:
    """Install the packages that are missing; where that fails, end with the one command that is to be run."""
    npm, steps = tool("npm"), tool("steps")
    missing = npm.lacking(str(root), dev=False)
    if not missing:
        return
    logger.info("bringing the JavaScript packages (%d are missing)...", len(missing))
    command = npm.command("ci", "--ignore-scripts", "--omit=dev")
    done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", errors="replace", check=False)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip() and "complete log" not in line]
        why = steps.known(done.stderr) or "; ".join(said[-2:])
        raise SystemExit(f"The JavaScript packages could not be brought: {why}. By hand: {BY_HAND}")


def prepare(app: Sphinx, config: Config) -> None:
    """Bring what the other extensions use."""
    put_node_on_path()
    bring(Path(app.srcdir))


def setup(app: Sphinx) -> ExtensionMetadata:
    """Run before every extension that runs Node."""
    app.connect("config-inited", prepare, priority=FIRST)
    return {"parallel_read_safe": True}
