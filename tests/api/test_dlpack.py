"""Memory shared with other libraries."""

import numpy as np
import pytest

import foldaway
from foldaway import Tensor, from_dlpack, jit, set_context


@pytest.fixture
def simulated(monkeypatch):
    monkeypatch.setenv("FOLDAWAY_GPU", "sim")
    set_context(device_target="GPU")
    yield
    foldaway.context.reset_context()


def test_an_array_is_shared():
    array = np.arange(3.0)
    tensor = from_dlpack(array)
    array[0] = 7
    assert tensor.tolist() == [7, 1, 2]
    assert from_dlpack(Tensor([1, 2])).tolist() == [1, 2]


def test_what_has_no_dlpack():
    with pytest.raises(TypeError, match="not list"):
        from_dlpack([1, 2])


def test_results_of_a_simulated_device_are_shared(simulated):
    y = jit(lambda x: x + 1)(Tensor(np.arange(3.0)))
    assert np.from_dlpack(y).tolist() == [1, 2, 3]
    assert from_dlpack(y).tolist() == [1, 2, 3]
    foldaway.gpu.synchronize()


def test_a_host_array_is_asked_for(simulated):
    y = jit(lambda x: x + 1)(Tensor(np.arange(3.0)))
    copied = np.from_dlpack(y, copy=True)
    copied[0] = 9
    assert y.tolist() == [1, 2, 3]
