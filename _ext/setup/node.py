"""Run one of the scripts of tools/ in Node, and say what is wrong if it fails."""

import json
import subprocess
from pathlib import Path
from typing import Any

from sphinx.errors import ExtensionError

BROKEN = 3  # the exit code of a script that was given a text it can't parse; it says where on standard error


class BrokenTextError(ValueError):
    """A text that a script was given can't be parsed; `place` is what the script says of it."""

    def __init__(self, place: dict[str, Any]) -> None:
        """Keep the place."""
        super().__init__(str(place))
        self.place = place


def run(root: Path, script: str, request: dict[str, Any], what: str) -> str:
    """Give a script of tools/ its request; return what it answers.

    Raises
    ------
    BrokenTextError
        The script says that a text can't be parsed.
    ExtensionError
        There is no Node, a package is missing, or the script fails; `what` says what could not be done.
    """
    command = ["node", str(root / "tools" / script)]
    try:
        done = subprocess.run(command, input=json.dumps(request), capture_output=True, encoding="utf-8", check=False)
    except FileNotFoundError:
        raise ExtensionError(f"{what}: Node is not to be found; it comes with `make serve`") from None
    if done.returncode == BROKEN:
        raise BrokenTextError(json.loads(done.stderr))
    if done.returncode or not done.stdout:
        missing = "MODULE_NOT_FOUND" in done.stderr
        cure = "a JavaScript package is missing: run `make serve`, or `npm ci`, first" if missing else script
        raise ExtensionError(f"{what}: {cure}\n{done.stderr}")
    return done.stdout
