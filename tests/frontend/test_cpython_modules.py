"""CPython's own tests pass when a module's functions are replaced by their round trip.

They come with CPython, but not with every distribution of it.
"""

import subprocess
import sys

import pytest

from tests.cpython.modules import REASON, ROUND_TRIP, has_tests


@pytest.mark.skipif(not has_tests(), reason=REASON)
@pytest.mark.parametrize("test", ROUND_TRIP)
def test_a_module_passes_its_tests_after_a_round_trip(test):
    command = [sys.executable, "-m", "tests.cpython.round_trip", test, *ROUND_TRIP[test]]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
