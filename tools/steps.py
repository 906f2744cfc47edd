"""Steps of `tools/dev.py`: run a long command, or skip what ran before; one clear line for what may go wrong.

Plain standard library, and no syntax newer than Python 3.6, as in dev.py.
"""

import contextlib
import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import NoReturn, TextIO, TypedDict

    class Inherited(TypedDict, total=False):
        """What a command inherits of the lock."""

        pass_fds: "list[int]"


ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
STAMPS = os.path.join(ROOT, ".cache", "stamps")
LOGS = os.path.join(ROOT, ".cache", "logs")
LOCK = os.path.join(ROOT, ".cache", "lock")
HELD = "SOFTMAXLAB_LOCKED"  # tells a build that the command that started it has the lock
STOPPED = "Stopped. What was finished is kept; run the same command again to go on."
# What a log may say, and the line for it; the first that fits counts.
KNOWN = (
    (("No space left on device", "ENOSPC", "Errno 28"),
     "the disk is full. README says how much room each command needs; run the same command again to go on"),
    (("ProxyError", "Cannot connect to proxy", "Tunnel connection failed", "Proxy Authentication Required",
      "tunneling socket could not be established"),
     "the proxy{proxy} can't be reached or refuses. Correct HTTPS_PROXY (or pip's and npm's own setting), and run the "
     "same command again"),
    (("CERTIFICATE_VERIFY_FAILED", "SELF_SIGNED_CERT", "UNABLE_TO_GET_ISSUER_CERT", "unable to get local issuer"),
     "the certificate of the package index can't be verified. If the network has one of its own, name it: PIP_CERT "
     "and NODE_EXTRA_CA_CERTS"),
    (("name resolution", "NewConnectionError", "ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT",
      "ReadTimeoutError", "Network is unreachable", "Connection refused", "getaddrinfo failed",
      "nodename nor servname"),
     "the package index can't be reached. Connect to the network and run the same command again"),
    (("No matching distribution",),
     "the package index has no file that fits this Python and system{python}. Python 3.11 to 3.14 on Linux (glibc), "
     "macOS and Windows are known to fit"),
    (("ensurepip is not available", "No module named venv", "No module named ensurepip"),
     "this Python can't make virtual environments. On Debian and Ubuntu install its other half, as root: "
     "apt install python3-venv"),
)  # fmt: skip


def stop(message: str) -> "NoReturn":
    """End with one clear line."""
    sys.exit("\n" + message)


def run(title: str, command: "list[str]", env: "dict[str, str] | None" = None, cwd: "str | None" = None) -> None:
    """Run one long command: its talk goes to a log, its progress to the terminal."""
    os.makedirs(LOGS, exist_ok=True)
    log = os.path.join(LOGS, title.replace(" ", "-") + ".log")
    start = time.time()
    with open(log, "w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command, cwd=cwd or ROOT, env=env, stdout=out, stderr=subprocess.STDOUT, **inherited()
        )
        try:
            wait(process, title, start)
        except KeyboardInterrupt:
            process.kill()
            stop(STOPPED)
    if process.returncode:
        explain(title, log)
    say("%-42s %5.1f s" % (title, time.time() - start), end="\n")


def wait(process: "subprocess.Popen[bytes]", title: str, start: float) -> None:
    """Show how long the command has been at it."""
    shown = 0
    while process.poll() is None:
        time.sleep(0.1)
        seconds = int(time.time() - start)
        if sys.stdout.isatty() and seconds != shown:
            say("%-42s %3d s ..." % (title, seconds), end="")
        elif seconds >= shown + 20 and not sys.stdout.isatty():
            say("%s ... %d s" % (title, seconds), end="\n")
        else:
            continue
        shown = seconds


def say(text: str, end: str) -> None:
    """Write over the progress line on a terminal; write a line of its own elsewhere."""
    sys.stdout.write(("\r" if sys.stdout.isatty() else "") + text + end)
    sys.stdout.flush()


def explain(title: str, log: str) -> "NoReturn":
    """End with what went wrong: all that a build of the book tells, or a line if it is known, or the log's end."""
    with open(log, errors="replace", encoding="utf-8") as lines:
        text = lines.read()
    where = os.path.relpath(log, ROOT)
    problems = told(text)
    if problems:
        sys.stdout.write("\n\n" + problems + "\n")
        stop("%s failed: what must be mended is above, the whole log is %s" % (title, where))
    full = shutil.disk_usage(ROOT).free < 20e6  # not every program says why it can't write
    line = known("No space left on device" if full else text)
    if line:
        stop("%s: %s. (%s)" % (title, line, where))
    sys.stdout.write("\n" + "\n".join(text.splitlines()[-40:]) + "\n")
    stop("%s failed; the whole log is %s" % (title, where))


def told(text: str) -> str:
    """Return what a build of the book has to say, if the log is of one: see tools/report.py."""
    if "Running Jupyter-Book" not in text:
        return ""
    from report import report

    return report(text, ROOT)


def known(text: str) -> "str | None":
    """Return the line for what a log tells, if it is something that befalls many machines."""
    if "Extension error" in text:  # the book's own: it says what is wrong
        return None
    for signs, line in KNOWN:
        if any(sign in text for sign in signs):
            proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy") or ""
            return line.format(
                proxy=proxy and " " + proxy.rpartition("@")[2],  # without the password in it
                python=" (%d.%d on %s)" % (sys.version_info[0], sys.version_info[1], sys.platform),
            )
    return None


def unwritable(error: OSError) -> "str | None":
    """Return the line for an error of writing, if it is the folder's or the disk's; None for any other."""
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ("%s can't be written, and this command has to bring or build something. Copy the folder to a place "
                "of your own, or make it writable." % (error.filename or ROOT))  # fmt: skip
    if error.errno == errno.ENOSPC:
        return "The disk is full. README says how much room each command needs; run the same command again to go on."
    return None


def digest(paths: "Iterable[str]") -> str:
    """Return one hash of these files, and of all files below these folders."""
    total = hashlib.sha256(sys.version.encode())
    for path in paths:
        full = os.path.join(ROOT, path)
        below = sorted(
            os.path.join(folder, name)
            for folder, _, names in os.walk(full)
            for name in names
            if "__pycache__" not in folder and not name.endswith(".pyc")
        )
        for name in below or [full]:
            total.update(os.path.relpath(name, ROOT).encode())
            with open(name, "rb") as data:
                total.update(data.read())
    return total.hexdigest()


def current(name: str, inputs: "Iterable[str]", products: "list[str]", stamps: "str | None" = None) -> bool:
    """Say whether a step ran with the same inputs before, and its products are still there."""
    stamp = os.path.join(stamps or STAMPS, name)
    if not all(os.path.exists(path) for path in products + [stamp]):
        return False
    with open(stamp, encoding="utf-8") as old:
        return old.read() == digest(inputs)


def once(
    name: str,
    inputs: "Iterable[str]",
    products: "list[str]",
    action: "Callable[[], object]",
    stamps: "str | None" = None,
) -> None:
    """Run `action` unless it ran with the same inputs before and its products are still there."""
    if current(name, inputs, products, stamps):
        return
    stamp, key = os.path.join(stamps or STAMPS, name), digest(inputs)
    if os.path.exists(stamp):
        os.remove(stamp)
    action()
    os.makedirs(os.path.dirname(stamp), exist_ok=True)
    with open(stamp, "w", encoding="utf-8") as new:
        new.write(key)


def together(*actions: "Callable[[], object]") -> None:
    """Do these side by side, and end when all have ended: with the error of the first that has one."""
    with alone(), ThreadPoolExecutor(len(actions)) as threads:
        try:
            for started in [threads.submit(action) for action in actions]:
                started.result()
        except KeyboardInterrupt:  # what they run was told as well
            stop(STOPPED)


# --- one at a time --------------------------------------------------------------------------------------------

_held = []  # type: list[TextIO]  # the open lock file: the system lets go of the lock when the last process that has it open ends


def inherited() -> "Inherited":
    """Let a long command keep the lock as well: it may outlive this process if that is killed."""
    return {"pass_fds": [lock.fileno() for lock in _held]} if os.name != "nt" else {}


def try_lock(file: "TextIO") -> bool:
    """Take the system's lock of an open file; say whether nobody else has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def alone(pause: float = 0.5) -> "Iterator[None]":
    """Let one command at a time install or build in this folder; the second waits, and says so.

    The lock is the system's, so a command that was killed leaves none behind.
    """
    if os.environ.get(HELD) == ROOT or _held:
        yield
        return
    try:
        os.makedirs(os.path.dirname(LOCK), exist_ok=True)
        file = open(LOCK, "a", encoding="utf-8")  # noqa: SIM115 (closed below)
    except OSError as error:
        if unwritable(error) is None:
            raise
        yield  # nothing can be made here, by another command neither; what is there may be all that is needed
        return
    with file:
        if not try_lock(file):
            say("Another command installs or builds in this folder: waiting until it is done.", end="\n")
            while not try_lock(file):
                time.sleep(pause)
        _held.append(file)
        before, os.environ[HELD] = os.environ.get(HELD), ROOT
        try:
            yield
        finally:
            _held.remove(file)
            os.environ.pop(HELD)
            if before is not None:
                os.environ[HELD] = before
