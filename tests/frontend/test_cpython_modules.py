"""CPython's own tests pass when a module's functions are replaced by their round trip.

The package `test` comes with CPython, but not with every distribution of it.
"""

import importlib.util
import subprocess
import sys

import pytest

from tests.cpython.modules import ROUND_TRIP

REASON = f"{sys.executable} has no package 'test': CPython's own tests are not run"
if importlib.util.find_spec("test") is None:
    print(f"\n{REASON}")


@pytest.mark.skipif(importlib.util.find_spec("test") is None, reason=REASON)
@pytest.mark.parametrize("test", ROUND_TRIP)
def test_a_module_passes_its_tests_after_a_round_trip(test):
    command = [sys.executable, "-m", "tests.cpython.round_trip", test, *ROUND_TRIP[test]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
