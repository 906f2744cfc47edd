"""PyTorch and JAX, for the tests that compare with them: `make peers` adds them."""

import importlib
import importlib.util
import os

import pytest

WHY = "needs `make peers`"


def peer(name):
    """Import a peer, or skip; or fail where peers are required."""
    if importlib.util.find_spec(name) is None:
        if os.environ.get("SOFTMAXLAB_PEERS") == "required":
            pytest.fail(f"{name} is not installed, but SOFTMAXLAB_PEERS=required: {WHY}")
        pytest.skip(WHY)
    return importlib.import_module(name)
