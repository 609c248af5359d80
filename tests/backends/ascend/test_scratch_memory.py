"""Scratch memory: a function waits for what it puts there, and another unit has to."""

import numpy as np
import pytest

from foldaway.backends.ascend.hivm_core import Core
from foldaway.backends.ascend.hivm_errors import MissingSync
from foldaway.backends.ascend.hivm_functions import on
from foldaway.backends.ascend.hivm_memory import Memory
from foldaway.backends.ascend.hivm_sync import Order

FLOAT = np.dtype(np.float32)


@pytest.fixture
def core():
    return Core("VECTOR", 0, {"ub": Memory.poisoned("ub", 4096)}, Order(1))


def works(core, unit, first, result):
    """Let a unit write a result, with the 8 floats at 1024 as scratch memory."""
    values = [core.buffer("ub", at, (8,), FLOAT) for at in (first, result, 1024)]
    core.call(on(unit, [0], [1], lambda values: None, [2]), values)


def test_two_functions_share_it(core):
    works(core, "V", 0, 64)
    works(core, "V", 32, 96)


def test_a_result_is_written_over_it(core):
    works(core, "V", 0, 64)
    works(core, "V", 32, 1024)


def test_a_result_that_lies_there_is_waited_for(core):
    works(core, "V", 0, 1024 + 16)
    with pytest.raises(MissingSync, match="V writes bytes 1040 to 1056"):
        works(core, "V", 32, 96)


def test_another_unit_waits_for_it(core):
    works(core, "V", 0, 64)
    with pytest.raises(MissingSync, match="MTE2 writes bytes 1024 to 1056"):
        works(core, "MTE2", 32, 96)
