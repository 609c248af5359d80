"""Each run of the tests has its own cache on disk, which the processes of the run share."""

import os
import tempfile

import pytest

_OWN: list[tempfile.TemporaryDirectory[str]] = []


def pytest_configure():
    """Name the folder for this process and those it starts."""
    # A worker of pytest-xdist inherits the folder, which the process that started it removes.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        _OWN.append(tempfile.TemporaryDirectory(prefix="foldaway-cache-"))
        os.environ["FOLDAWAY_CACHE_DIR"] = _OWN[0].name
        # Forms that a test keeps would hide from others what the compiler does; `forms` keeps them.
        if os.environ.get("FOLDAWAY_CACHE") != "forms":
            os.environ["FOLDAWAY_CACHE"] = "code"


@pytest.hookimpl(trylast=True)
def pytest_unconfigure():
    """Remove the folder."""
    while _OWN:
        _OWN.pop().cleanup()
