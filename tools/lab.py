"""Start what Binder starts: JupyterLab in .binder/'s environment, on this machine only."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv-binder"


def answers(address: str) -> bool:
    """Say whether a server is there."""
    try:
        status: int = urllib.request.urlopen(address, timeout=2).status
        return status == 200
    except OSError:
        return False


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def jupyterlab(folder: Path) -> Iterator[str]:
    """Serve the notebooks in `folder`; yield the address. What the server writes stays in the folder."""
    programs = VENV / ("Scripts" if os.name == "nt" else "bin")
    jupyter = shutil.which("jupyter", path=str(programs))
    if jupyter is None:
        raise FileNotFoundError("The Binder environment is not there: run `make test`.")
    port = free_port()
    env = {
        **os.environ,
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_CONFIG_DIR": str(VENV / "etc" / "jupyter"),
        "JUPYTER_DATA_DIR": str(folder / ".data"),
        "JUPYTER_RUNTIME_DIR": str(folder / ".runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / ".workspaces"),
    }
    command = [jupyter, "lab", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
               "--IdentityProvider.token=",
               "--LabApp.expose_app_in_browser=True", "--LabApp.news_url=", "--allow-root"]  # fmt: skip
    log = folder / "lab.log"
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(command, cwd=folder, env=env, stdout=out, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        while not answers(f"{address}/api") and server.poll() is None:  # as long as a busy machine takes
            time.sleep(0.25)
        if server.poll() is not None:
            raise RuntimeError(f"JupyterLab did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:  # its kernels are busy
            server.kill()
            server.wait()
