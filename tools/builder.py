"""Build the book again and again in one process: `python tools/builder.py ROOT`, for tools/live.py.

Most of a small change's time would go to starting Python and reading modules, formulas' checks and minified scripts
that did not change. They stay in this process; Sphinx itself starts anew for each build, as in Jupyter Book's command.
A line of standard input is an order, {"fresh": bool}; the answer is a line of standard output, {"good": bool}.
"""

import json
import os
import shutil
import sys
import traceback
from pathlib import Path

LOG = Path(".cache", "logs", "Live.log")


def warm(root: Path) -> None:
    """Read what every build needs, before the first order comes."""
    import jupyter_book.sphinx  # noqa: F401

    sys.path.append(str(root / "_ext"))
    if (root / "_ext" / "checked_first.py").exists():
        import checked_first

        checked_first.check(root)


def build(root: Path, fresh: bool) -> bool:
    """Build what changed, or all pages; say whether nothing was wrong."""
    from jupyter_book.sphinx import build_sphinx

    out = root / "_build"
    if fresh:
        for name in ("html", ".doctrees"):
            shutil.rmtree(out / name, ignore_errors=True)
    known, kept = out / ".doctrees" / "environment.pickle", out / "environment.kept"
    kept.unlink(missing_ok=True)
    if known.exists():
        shutil.copy2(known, kept)
    result = build_sphinx(
        str(root),
        str(out / "html"),
        noconfig=True,
        path_config=str(root / "_config.yml"),
        confoverrides={
            "external_toc_path": (root / "_toc.yml").as_posix(),
            "latex_individualpages": False,
            "nitpicky": True,
        },
        builder="html",
        warningiserror=True,
        keep_going=True,
    )
    good = bool(result == 0)
    if not good and kept.exists():  # what was read with a fault is read again, and warned of again
        kept.replace(known)
    return good


def main(root: Path) -> None:
    """Follow orders until there are no more."""
    os.chdir(root)
    LOG.parent.mkdir(parents=True, exist_ok=True)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    talk_to(LOG)
    try:
        warm(root)
    except Exception:  # the first build says it in full
        traceback.print_exc()
    for line in sys.stdin:
        talk_to(LOG)
        try:
            good = build(root, **json.loads(line))
        except BaseException:  # SystemExit of an extension, too: the process goes on
            traceback.print_exc()
            good = False
        sys.stdout.flush()
        sys.stderr.flush()
        answers.write(json.dumps({"good": good}) + "\n")
        answers.flush()
    os._exit(0)  # without what earlier builds registered to run at exit


def talk_to(log: Path) -> None:
    """Let all that this process and its children say go to a fresh log."""
    with log.open("w", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="replace", buffering=1)
    sys.stderr = os.fdopen(os.dup(2), "w", encoding="utf-8", errors="replace", buffering=1)
    print("Running Jupyter-Book in the process that stays")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
