"""The layer on CUDA's driver, against a driver library in Python."""

import ctypes
import gc
import os
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from foldaway.backends.gpu import cuda
from foldaway.backends.gpu.cuda import CudaDevice, working_in
from foldaway.backends.gpu.cuda_library import CudaLibrary, GpuError, GpuMemoryError, NoGpu
from foldaway.backends.gpu.device import Kernel, KernelText
from foldaway.backends.gpu.memory import MemoryPool

from .mock_cuda import ILLEGAL, MockCuda

ONE = (1, 1, 1)


@pytest.fixture(autouse=True)
def same_text(monkeypatch):
    printed = SimpleNamespace(to_ptx=lambda text, arch: f"{arch} {text}")
    monkeypatch.setitem(sys.modules, "foldaway.backends.gpu.ptx", printed)


def device(mock=None):
    return CudaDevice(CudaLibrary(mock or MockCuda()))


def text_of(*names, shared=0, text="text"):
    return KernelText(text, {name: Kernel((), ONE, ONE, shared) for name in names})


def test_what_the_device_says_of_itself():
    found = device()
    assert (found.name, found.capability, found.arch, found.processors) == (
        "mock",
        90,
        "sm_90",
        132,
    )
    assert found.driver_version == "13.0"
    assert found.dlpack_device == (2, 0)


def test_without_a_device_or_with_an_old_one():
    with pytest.raises(NoGpu, match="CUDA_ERROR_NO_DEVICE"):
        device(MockCuda(devices=0))
    with pytest.raises(NoGpu, match="there is no GPU 3: there are 1"):
        CudaDevice(CudaLibrary(MockCuda()), 3)
    old = MockCuda()
    old.attributes[75] = 7
    with pytest.raises(NoGpu, match=r"'mock' has compute capability 7.0; 8.0 is the least"):
        device(old)
    del old.cuMemAllocAsync
    with pytest.raises(NoGpu, match="too old: it has no cuMemAllocAsync"):
        device(old)


@pytest.mark.parametrize("pools", [0, 1])
def test_memory_there_and_back(pools):
    mock = MockCuda()
    mock.attributes[115] = pools
    found = device(mock)
    there, other = found.allocate(80), found.allocate(80)
    x, y = np.arange(10.0), np.zeros(10)
    found.copy_in(there, x.ctypes.data, 80)
    found.copy(other, there, 80)
    found.copy_out(y.ctypes.data, other, 80)
    assert (x == y).all()
    found.free(there)
    found.free(other)
    assert not mock.memory
    with pytest.raises(GpuError, match="CUDA_ERROR_INVALID_VALUE in cuMem"):
        found.free(there)


def test_every_thread_gets_the_context():
    found, failures = device(), []

    def work():
        try:
            found.free(found.allocate(8))
        except GpuError as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_kernels_of_one_text_are_loaded_once_and_unloaded_at_last(monkeypatch):
    mock = MockCuda({"k": None})
    found = device(mock)
    first = found.load(text_of("k"))
    assert found.load(text_of("k")) is first
    assert mock.modules == [b"sm_90 text"]
    assert first.handles == {"k": 1000}
    monkeypatch.setattr(cuda, "_OLD_MODULES", 1)
    del first
    gc.collect()
    found.load(text_of("k"))
    assert mock.unloaded == [1]


def test_more_than_the_usual_shared_memory_is_asked_for():
    mock = MockCuda({"k": None})
    device(mock).load(text_of("k", shared=100_000))
    assert ("shared", "k", 100_000) in mock.calls


def test_what_the_drivers_compiler_says():
    with pytest.raises(GpuError, match=r"(?s)CUDA_ERROR_INVALID_PTX.*line 3: what is 'bad'\?"):
        device().load(text_of("k", text="bad"))


def test_errors_name_what_cuda_names():
    mock = MockCuda()
    found = device(mock)
    found.enter()
    mock.pending = ILLEGAL
    with pytest.raises(GpuError, match=r"CUDA_ERROR_ILLEGAL_ADDRESS.*nothing more can be computed"):
        found.synchronize()
    assert found.error(ILLEGAL).code == ILLEGAL
    assert "999" in str(found.error(999))


def test_too_much_memory():
    found = device(MockCuda(limit=1000))
    with pytest.raises(GpuMemoryError, match="OUT_OF_MEMORY"):
        found.allocate(5000)
    with pytest.raises(MemoryError):
        found.allocate(5000)


def test_the_pool_lends_again_in_the_same_stream_only():
    mock = MockCuda()
    found = device(mock)
    pool = MemoryPool(found)
    piece = pool.take(100, 0)
    address = piece.address
    del piece
    again = pool.take(300, 0)
    assert again.address == address
    del again
    assert pool.take(100, 5).address != address
    assert pool.take(100, 0).address == address
    pool.empty()
    assert not mock.memory


def test_the_pool_gives_back_what_nobody_uses_when_memory_is_short():
    mock = MockCuda(limit=10_000)
    pool = MemoryPool(device(mock))
    small = pool.take(4000, 0)
    del small
    assert pool.take(8000, 0).size == 8000


def test_a_piece_that_goes_to_another_stream_waits():
    mock = MockCuda()
    pool = MemoryPool(device(mock))
    piece = pool.upload(np.arange(3), 0)
    mock.calls.clear()
    assert piece.use(0) == piece.use(0)
    assert not mock.calls
    with working_in(5):
        piece.use(pool.device.enter())
    assert ("record", None, 11) in mock.calls
    assert ("wait", 5, 11) in mock.calls


def test_a_piece_that_other_streams_used_is_lent_again_after_them():
    """Two threads may read one tensor in two streams: the last to use it isn't the last to end."""
    mock = MockCuda()
    pool = MemoryPool(device(mock))
    piece = pool.take(100, 0)
    address = piece.address
    for stream in (5, 6, 0):
        piece.use(stream)
    del piece
    gc.collect()
    mock.calls.clear()
    assert pool.take(100, 0).address == address
    assert {call for call in mock.calls if call[0] == "record"} == {
        ("record", 5, 11),
        ("record", 6, 11),
    }
    assert mock.calls.count(("wait", None, 11)) == 2


def test_a_module_that_lacks_a_kernel_is_unloaded(monkeypatch):
    monkeypatch.setattr(cuda, "_OLD_MODULES", 1)
    mock = MockCuda({"k": None})
    found = device(mock)
    with pytest.raises(GpuError):
        found.load(text_of("other"))
    gc.collect()
    found.load(text_of("k", text="another"))
    assert mock.unloaded == [1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_child_is_told():
    found = device()
    child = os.fork()
    if child == 0:
        try:
            found.allocate(8)
        except GpuError as error:
            os._exit(0 if "forked child" in str(error) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_events_say_how_long():
    found = device()
    first = found.new_event()
    assert found.new_event().since(first) == 0.0025


def test_launch_is_the_address_of_cudas_function():
    mock = MockCuda()
    found = device(mock)
    address = ctypes.cast(mock.cuLaunchKernel, ctypes.c_void_p).value
    assert found.functions["launch"] == address


@pytest.mark.parametrize(("reads", "size", "waits"), [(0, 80_000, 0), (1, 80_000, 1), (1, 80, 0)])
def test_a_source_may_change_after_a_copy(reads, size, waits):
    mock = MockCuda()
    mock.attributes[88] = reads
    found = device(mock)
    x = np.zeros(size, np.uint8)
    found.copy_in(found.allocate(size), x.ctypes.data, size)
    assert mock.calls.count("cuStreamSynchronize") == waits
