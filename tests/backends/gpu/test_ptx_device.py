"""Whole programs by the interpreter of PTX and by the simulator: the same bits, near NumPy's."""

import ctypes

import numpy as np
import pytest

from foldaway.backends.gpu.device import Kernel, KernelText
from foldaway.backends.gpu.driver import GpuDriver
from foldaway.backends.gpu.memory import MemoryPool
from foldaway.backends.gpu.ptx_device import PtxDevice
from foldaway.backends.gpu.ptx_errors import OutOfBounds, WrongLaunch
from foldaway.dialects import dtypes
from foldaway.runtime.arrays import numpy_dtype

from ..graph_program import GraphProgram
from .simt_form import driver

F32 = dtypes.float32


def numbers(shape, dtype=F32, seed=0):
    return np.random.default_rng(seed).standard_normal(shape).astype(numpy_dtype(dtype))


def check(build, *arrays, dtype=F32, arch="sm_80"):
    """Return the results, after a check that both machines give the same bits."""
    specs = [(array.shape, dtype) for array in arrays]
    interpreted = GraphProgram(specs, build, GpuDriver(PtxDevice(arch)))(*arrays)
    simulated = GraphProgram(specs, build, driver())(*arrays)
    for one, other in zip(interpreted, simulated, strict=True):
        assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
    return [np.asarray(result) for result in interpreted]


@pytest.mark.parametrize("arch", ["sm_80", "sm_90"])
@pytest.mark.parametrize("shapes", [((), ()), ((1,), (7,)), ((33, 5), (5,)), ((64, 32), (64, 1))])
def test_elementwise_with_broadcasting(shapes, arch):
    x, y = (numbers(shape, seed=n) for n, shape in enumerate(shapes))

    def build(to, x, y):
        z = to.binary("add", to.binary("mul", x, y), x)
        return [z, to.select(to.compare("lt", x, y), x, y)]

    found, least = check(build, x, y, arch=arch)
    np.testing.assert_allclose(found, x * y + x, rtol=1e-5, atol=1e-6)
    assert (least == np.minimum(x, y)).all()


@pytest.mark.parametrize("name", ["exp", "log", "tanh", "erf", "sqrt", "rsqrt", "sin"])
@pytest.mark.parametrize("dtype", [dtypes.float32, dtypes.float16, dtypes.bfloat16])
def test_functions(name, dtype):
    x = np.abs(numbers((300,), dtype)) + numpy_dtype(dtype).type(0.125)
    check(lambda to, x: [to.unary(name, x)], x, dtype=dtype)


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 2), (0, 1, 2)])
def test_reductions(axes):
    x = numbers((9, 33, 40))
    total, most = check(lambda to, x: [to.reduce("sum", x, axes), to.reduce("max", x, axes)], x)
    np.testing.assert_allclose(total, x.sum(axes, dtype=np.float64), rtol=1e-5, atol=1e-5)
    assert (most == x.max(axes)).all()


@pytest.mark.parametrize("shape", [(1, 1), (3, 1000), (70, 129)])
def test_softmax(shape):
    def build(to, x):
        shifted = to.binary("sub", x, to.broadcast_to(to.reduce("max", x, (1,), True), shape))
        e = to.unary("exp", shifted)
        return [to.binary("div", e, to.broadcast_to(to.reduce("sum", e, (1,), True), shape))]

    x = numbers(shape)
    (found,) = check(build, x)
    e = np.exp(x.astype(np.float64) - x.max(1, keepdims=True))
    np.testing.assert_allclose(found, e / e.sum(1, keepdims=True), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("axes", [(1, 0, 2), (0, 2, 1), (2, 1, 0)])
def test_transposes(axes):
    x = numbers((5, 40, 33))
    (found,) = check(lambda to, x: [to.transpose(x, axes)], x)
    assert (found == x.transpose(axes)).all()


@pytest.mark.parametrize("size", [(1, 1, 1), (33, 40, 17), (64, 64, 64)])
def test_products(size):
    m, n, k = size
    x, y = numbers((m, k)), numbers((k, n), seed=1)

    def build(to, x, y):
        z = to.matmul(x, y)
        return [to.select(to.compare("gt", z, 0.0), z, 0.0)]

    (found,) = check(build, x, y)
    exact = x.astype(np.float64) @ y.astype(np.float64)
    np.testing.assert_allclose(found, np.maximum(exact, 0), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("axis", [0, 1])
def test_first_places_of_the_largest(axis):
    x = numbers((33, 40)).round()
    (found,) = check(lambda to, x: [to.argreduce("max", x, axis)], x)
    assert (found == x.argmax(axis)).all()


# The device itself

COPY = """
declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()
define ptx_kernel void @k(ptr addrspace(1) %x, ptr addrspace(1) %y) {
  %t = call i32 @llvm.nvvm.read.ptx.sreg.tid.x()
  %p = getelementptr i32, ptr addrspace(1) %x, i32 %t
  %q = getelementptr i32, ptr addrspace(1) %y, i32 %t
  %v = load i32, ptr addrspace(1) %p
  store i32 %v, ptr addrspace(1) %q
  ret void
}
"""


def launch(device, handle, threads, *addresses):
    """Return the number that the device's function returns."""
    boxes = [ctypes.c_uint64(address) for address in addresses]
    array = (ctypes.c_void_p * len(boxes))(*map(ctypes.addressof, boxes))
    u, p = ctypes.c_uint, ctypes.c_void_p
    function = ctypes.CFUNCTYPE(ctypes.c_int, p, u, u, u, u, u, u, u, p, p, p)
    code = function(device.functions["launch"])
    return code(handle, 1, 1, 1, threads, 1, 1, 0, None, ctypes.addressof(array), None)


def test_memory_is_checked_and_comes_back():
    device = PtxDevice()
    loaded = device.load(KernelText(COPY, {"k": Kernel(("ptr", "ptr"), (1, 1, 1), (8, 1, 1))}))
    x, y = device.allocate(32), device.allocate(32)
    values, got = np.arange(8, dtype=np.int32), np.zeros(8, np.int32)
    device.copy_out(got.ctypes.data, x, 32)
    assert (got == -1).all()
    device.copy_in(x, values.ctypes.data, 32)
    assert launch(device, loaded.handles["k"], 8, x, y) == 0
    device.copy_out(got.ctypes.data, y, 32)
    assert (got == values).all()
    code = launch(device, loaded.handles["k"], 9, x, y)
    error = device.error(code)
    assert isinstance(error, OutOfBounds)
    assert error.thread == (8, 0, 0)
    device.free(x)
    with pytest.raises(WrongLaunch):
        device.free(x)
    with pytest.raises(WrongLaunch):
        device.copy_out(got.ctypes.data, x, 32)
    assert isinstance(device.error(launch(device, loaded.handles["k"], 8, x, y)), OutOfBounds)
    with pytest.raises(WrongLaunch):
        device.copy_out(got.ctypes.data, y + 4, 32)


def test_an_interrupt_inside_of_a_launch_is_raised_by_its_caller(monkeypatch):
    device = PtxDevice()
    loaded = device.load(KernelText(COPY, {"k": Kernel(("ptr", "ptr"), (1, 1, 1), (8, 1, 1))}))

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("foldaway.backends.gpu.ptx_device.Launch.run", interrupted)
    x = device.allocate(32)
    code = launch(device, loaded.handles["k"], 8, x, x)
    assert isinstance(device.error(code), KeyboardInterrupt)


def test_no_memory_once_is_memory_afterwards():
    device = PtxDevice()
    with pytest.raises(MemoryError):
        device.allocate(1 << 55)
    device.free(device.allocate(64))


def test_memory_that_was_given_back_is_used_again():
    memory = PtxDevice()._memory
    for size in range(1, 20_000):
        memory.free(memory.allocate("piece", size % 3000))
    assert len(memory._sizes) < 5000
    assert memory.bytes.all.size <= 1 << 16


def test_a_tensor_has_its_own_bytes_and_no_more():
    pool = MemoryPool(PtxDevice())
    piece = pool.take(20, 0)
    with pytest.raises(WrongLaunch, match="where there is less memory"):
        pool.device.copy(piece.address, piece.address, 24)
    address = piece.address
    del piece
    pool.take(20, 0)
    with pytest.raises(WrongLaunch):
        pool.device.copy(address, address, 4)
