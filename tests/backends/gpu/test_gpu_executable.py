"""Host code, device memory and residence, with kernels in Python on a driver library in Python."""

import ctypes
import gc
import logging
import threading

import numpy as np
import pytest
from xdsl.context import Context
from xdsl.dialects import arith, cf, func, memref, scf
from xdsl.dialects.builtin import Builtin
from xdsl.dialects.linalg import Linalg
from xdsl.parser import Parser

from foldaway import Parameter, Tensor
from foldaway.backends.gpu import interop
from foldaway.backends.gpu.cuda import CudaDevice, working_in
from foldaway.backends.gpu.cuda_library import CudaLibrary, GpuError
from foldaway.backends.gpu.device import Kernel, KernelText
from foldaway.backends.gpu.driver import GpuDriver
from foldaway.backends.gpu.memory import Piece
from foldaway.dialects.dtypes import TensorSpec, float32
from foldaway.dialects.simt import Simt
from foldaway.runtime.dispatch import from_lazy
from foldaway.runtime.driver import Signature
from foldaway.runtime.residence import DeviceValue
from foldaway.runtime.segment import Segment

from .mock_cuda import ILLEGAL, MockCuda

BLOCK, GRID = (4, 1, 1), (2, 3, 1)
HEADS = """
simt.kernel @twice(%x: memref<6xf32>, %y: memref<6xf32>) block = [4, 1, 1] grid = [2, 3, 1] {
  simt.return
}
simt.kernel @add(%x: memref<6xf32>, %n: index) block = [4, 1, 1] grid = [2, 3, 1] {
  simt.return
}
simt.kernel @less(%x: memref<f32>, %b: memref<i1>) block = [4, 1, 1] grid = [2, 3, 1] {
  simt.return
}
"""


def parameters(address, *kinds):
    """Return the values of a kernel's parameters; ("f4", 6) is an array at an address."""
    pointers = (ctypes.c_void_p * len(kinds)).from_address(address)
    found = []
    for pointer, kind in zip(pointers, kinds, strict=True):
        word = ctypes.c_int64.from_address(pointer).value
        if kind != "index":
            dtype, size = np.dtype(kind[0]), kind[1]
            raw = (ctypes.c_ubyte * (dtype.itemsize * size)).from_address(word)
            word = np.frombuffer(raw, dtype)
        found.append(word)
    return found


def twice(address):
    x, y = parameters(address, ("f4", 6), ("f4", 6))
    y[:] = 2 * x
    return 0


def add(address):
    x, n = parameters(address, ("f4", 6), "index")
    x += n
    return 0


def less(address):
    x, b = parameters(address, ("f4", 1), ("?", 1))
    b[0] = x[0] < 10
    return 0


SHAPES = {
    "twice": Kernel(("ptr", "ptr"), GRID, BLOCK, 128),
    "add": Kernel(("ptr", "i64"), GRID, BLOCK),
    "less": Kernel(("ptr", "ptr"), GRID, BLOCK),
}


class Compiled:
    def __init__(self, body, inputs=1, outputs=1, shapes=SHAPES, **kernels):
        self.mock = MockCuda({"twice": twice, "add": add, "less": less, **kernels})
        driver = GpuDriver(CudaDevice(CudaLibrary(self.mock)))
        self.driver = driver
        names = [f"%a{n}" for n in range(inputs)] + [f"%o{n}" for n in range(outputs)]
        listed = ", ".join(f"{name}: memref<6xf32>" for name in names)
        context = Context()
        for dialect in (Builtin, arith.Arith, cf.Cf, func.Func, memref.MemRef, scf.Scf):
            context.load_dialect(dialect)
        context.load_dialect(Linalg)
        context.load_dialect(Simt)
        text = f"{HEADS}\nfunc.func @f({listed}) {{\n{body}\nfunc.return\n}}\n"
        module = Parser(context, text).parse_module()
        module.verify()
        spec = TensorSpec((6,), float32)
        signature = Signature((spec,) * inputs, (spec,) * outputs)
        text = KernelText("text", shapes)
        self.executable = driver.load(module, "f", signature, text)

    def __call__(self, *arrays):
        return self.executable(arrays)


@pytest.fixture(autouse=True)
def same_text(monkeypatch):
    import sys
    from types import SimpleNamespace

    printed = SimpleNamespace(to_ptx=lambda text, arch: text)
    monkeypatch.setitem(sys.modules, "foldaway.backends.gpu.ptx", printed)


X = np.arange(6, dtype=np.float32)
TWICE = "simt.launch @twice(%a0, %o0) : memref<6xf32>, memref<6xf32>"


def test_a_launch_has_the_kernels_shape_and_its_arguments():
    compiled = Compiled(TWICE)
    (y,) = compiled(X)
    assert (y == 2 * X).all()
    assert compiled.mock.launches == [("twice", GRID, BLOCK, 128, None)]
    assert (compiled(X[::-1])[0] == 2 * X[::-1]).all()


def test_what_lies_between_kernels_is_workspace_that_calls_share():
    compiled = Compiled(
        """%t = memref.alloc() : memref<6xf32>
        simt.launch @twice(%a0, %t) : memref<6xf32>, memref<6xf32>
        simt.launch @twice(%t, %o0) : memref<6xf32>, memref<6xf32>
        memref.dealloc %t : memref<6xf32>"""
    )
    for _ in range(3):
        assert (compiled(X)[0] == 4 * X).all()
    gc.collect()
    assert len(compiled.mock.memory) <= 4


def with_constant():
    return Compiled(
        """%c = memref.get_global @numbers : memref<6xf32>
        simt.launch @twice(%c, %o0) : memref<6xf32>, memref<6xf32>
        %n = arith.constant 5 : index
        simt.launch @add(%o0, %n) : memref<6xf32>, index
        func.return
        }
        "memref.global"() <{sym_name = "numbers", sym_visibility = "private", constant,
          type = memref<6xf32>,
          initial_value = dense<[1.,2.,3.,4.,5.,6.]> : tensor<6xf32>}> : () -> ()
        func.func @g() {""",
        inputs=0,
    )


def test_scalars_constants_and_views():
    assert (with_constant()()[0] == 2 * np.arange(1, 7) + 5).all()


def test_a_call_in_another_stream_waits_for_the_constants():
    compiled = with_constant()
    calls = compiled.mock.calls
    calls.clear()
    compiled()
    assert not [call for call in calls if call[0] == "wait"]
    with working_in(5):
        compiled()
    # Before the kernels are launched the new stream waits for the one they came in.
    assert calls.index(("record", None, 11)) < calls.index(("wait", 5, 11))


LOOP = """
%first = memref.reinterpret_cast %o0 to offset: [1], sizes: [], strides: []
  : memref<6xf32> to memref<f32, strided<[], offset: 1>>
%whole = memref.reinterpret_cast %o0 to offset: [0], sizes: [], strides: []
  : memref<6xf32> to memref<f32>
%b = memref.alloc() : memref<i1>
simt.launch @twice(%a0, %o0) : memref<6xf32>, memref<6xf32>
%one = arith.constant 1 : index
scf.while () : () -> () {
  simt.launch @less(%whole, %b) : memref<f32>, memref<i1>
  %more = memref.load %b[] : memref<i1>
  scf.condition(%more)
} do {
  simt.launch @add(%o0, %one) : memref<6xf32>, index
  scf.yield
}
"""


def test_a_loop_reads_its_condition_from_the_device():
    compiled = Compiled(LOOP)
    assert (compiled(X + 2)[0] == 2 * X + 10).all()
    assert compiled.mock.calls.count("cuMemcpyDtoH_v2") == 7


def test_an_assertion_raises_at_its_place():
    compiled = Compiled(
        """%first = memref.reinterpret_cast %a0 to offset: [0], sizes: [], strides: []
          : memref<6xf32> to memref<f32>
        %b = memref.alloc() : memref<i1>
        simt.launch @less(%first, %b) : memref<f32>, memref<i1>
        %ok = memref.load %b[] : memref<i1>
        cf.assert %ok, "ValueError: too much" loc("user.py":3:1)
        """
        + TWICE
    )
    assert (compiled(X)[0] == 2 * X).all()
    with pytest.raises(ValueError, match="too much"):
        compiled(X + 10)


ON_HOST = """
%t = memref.alloc() : memref<6xf32>
simt.launch @twice(%a0, %t) : memref<6xf32>, memref<6xf32>
%part = memref.subview %t[2][4][1] : memref<6xf32> to memref<4xf32, strided<[1], offset: 2>>
%out = memref.subview %o0[1][4][1] : memref<6xf32> to memref<4xf32, strided<[1], offset: 1>>
%half = arith.constant 0.5 : f32
simt.launch @twice(%a0, %o0) : memref<6xf32>, memref<6xf32>
linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
  iterator_types = ["parallel"]}
  ins(%part : memref<4xf32, strided<[1], offset: 2>>)
  outs(%out : memref<4xf32, strided<[1], offset: 1>>) attrs = {on_host = "there is no asin"} {
^bb0(%x: f32, %y: f32):
  %r = arith.addf %x, %half : f32
  linalg.yield %r : f32
}
"""


def test_what_has_no_kernel_is_done_by_the_host_and_told(caplog):
    with caplog.at_level(logging.WARNING, "foldaway.fallback"):
        compiled = Compiled(ON_HOST)
    assert [record.message for record in caplog.records] == [
        "note: the CPU computes this: there is no asin"
    ]
    wanted = 2 * X
    wanted[1:5] = 2 * X[2:] + 0.5
    assert (compiled(X)[0] == wanted).all()


def test_a_refused_launch_is_an_exception():
    compiled = Compiled(TWICE, twice=lambda address: ILLEGAL)
    with pytest.raises(GpuError, match="CUDA_ERROR_ILLEGAL_ADDRESS"):
        compiled(X)


def test_inputs_of_other_types_are_refused():
    compiled = Compiled(TWICE)
    with pytest.raises(TypeError, match=r"an input is float64\[6\], compiled was float32\[6\]"):
        compiled(X.astype(float))
    with pytest.raises(TypeError, match="1 inputs were compiled, not 2"):
        compiled(X, X)


def test_results_stay_on_the_device_until_they_are_read():
    compiled = Compiled(TWICE)
    segment, mock = Segment(compiled.executable, 1), compiled.mock
    x = Tensor(X.tolist())
    y = segment(x)
    z = segment(y)
    assert (y.shape, z.dtype) == ((6,), float32)
    assert not any("DtoH" in str(call) for call in mock.calls)
    uploads = mock.calls.count("cuMemcpyHtoDAsync_v2")
    assert uploads == 1
    assert z.tolist() == (4 * X).tolist()
    assert str(z) == str(4 * X)
    assert mock.calls.count("cuMemcpyDtoHAsync_v2") == 1
    segment(x)
    assert mock.calls.count("cuMemcpyHtoDAsync_v2") == uploads


def test_data_that_others_can_write_to_are_never_stale():
    compiled = Compiled(TWICE)
    segment = Segment(compiled.executable, 1)
    array = X.copy()
    shared = Tensor.from_numpy(array)
    assert (segment(shared).asnumpy() == 2 * X).all()
    array += 1
    assert (segment(shared).asnumpy() == 2 * X + 2).all()
    own = Tensor(X.tolist())
    assert segment(own).tolist() == (2 * X).tolist()
    own.asnumpy()[:] = 7
    assert segment(own).tolist() == [14.0] * 6
    own[0] = 1
    assert segment(own).tolist() == [2.0] + [14.0] * 5
    result = segment(own)
    memory = result.asnumpy()
    memory[:] = 3
    assert segment(result).tolist() == [6.0] * 6


def test_memory_goes_back_when_tensors_go():
    compiled = Compiled(TWICE)
    segment = Segment(compiled.executable, 1)
    x = Tensor(X.tolist())
    for _ in range(20):
        x = segment(x)
    del x
    gc.collect()
    assert len(compiled.mock.memory) <= 4
    compiled.driver.pool.empty()
    assert len(compiled.mock.memory) == 0


def test_an_error_of_the_device_is_raised_where_a_value_is_read():
    compiled = Compiled(TWICE)
    y = Segment(compiled.executable, 1)(Tensor(X.tolist()))
    compiled.mock.pending = ILLEGAL
    with pytest.raises(GpuError, match="ILLEGAL_ADDRESS"):
        y.asnumpy()


def test_memory_is_shared_with_other_libraries():
    compiled = Compiled(TWICE)
    compiled.driver.device.dlpack_device = (1, 0)  # The mock's memory is the host's.
    y = Segment(compiled.executable, 1)(Tensor(X.tolist()))
    theirs = np.from_dlpack(y)
    assert (theirs == 2 * X).all()
    assert y.__dlpack_device__() == (1, 0)
    ctypes.c_float.from_address(theirs.ctypes.data).value = 9
    assert y.tolist()[0] == 9
    assert y.item(0) == 9
    del y
    gc.collect()
    assert (theirs[1:] == 2 * X[1:]).all()


def test_cudas_array_interface():
    compiled = Compiled(TWICE)
    x = Tensor(X.tolist())
    y = Segment(compiled.executable, 1)(x)
    described = y.__cuda_array_interface__
    assert described["shape"] == (6,)
    assert described["typestr"] == "<f4"
    assert compiled.mock.find(described["data"][0], 24)
    assert not hasattr(x, "__cuda_array_interface__")
    assert x.__dlpack_device__() == (1, 0)
    y.asnumpy()
    assert not hasattr(y, "__cuda_array_interface__")


class Theirs:
    """Memory of another library on the device."""

    def __init__(self, tensor):
        self.tensor, self.streams = tensor, []

    def __dlpack_device__(self):
        return self.tensor.__dlpack_device__()

    def __dlpack__(self, stream):
        self.streams.append(stream)
        return self.tensor.__dlpack__(stream=stream)


def test_memory_of_other_libraries_is_adopted():
    compiled = Compiled(TWICE)
    segment = Segment(compiled.executable, 1)
    theirs = Theirs(segment(Tensor(X.tolist())))
    value = compiled.driver.pool.adopt(theirs)
    assert theirs.streams == [1]
    assert value.memory.address == theirs.tensor.__cuda_array_interface__["data"][0]
    ours = from_lazy(value)
    assert segment(ours).tolist() == (4 * X).tolist()
    ctypes.c_float.from_address(value.memory.address).value = 9
    assert ours.tolist()[0] == 9
    assert segment(ours).tolist()[0] == 18
    lent = len(interop._lent)
    del ours, value
    gc.collect()
    assert len(interop._lent) == lent - 1
    assert theirs.tensor.tolist()[0] == 9


def test_memory_of_another_device_is_refused():
    compiled = Compiled(TWICE)
    y = Segment(compiled.executable, 1)(Tensor(X.tolist()))
    compiled.driver.device.dlpack_device = (2, 3)
    with pytest.raises(ValueError, match=r"DLPack's device \(1, 0\) isn't 'mock'"):
        compiled.driver.pool.adopt(np.zeros(3))
    assert y.__dlpack_device__() == (2, 3)


def test_a_capsule_that_nobody_takes_lets_go():
    compiled = Compiled(TWICE)
    y = Segment(compiled.executable, 1)(Tensor(X.tolist()))
    before = len(interop._lent)
    capsule = y.__dlpack__()
    assert len(interop._lent) == before + 1
    del capsule
    gc.collect()
    assert len(interop._lent) == before


def test_memory_that_kernels_cant_read_16_bytes_of_is_copied():
    compiled = Compiled(TWICE)
    pool = compiled.driver.pool
    piece = pool.upload(np.arange(8, dtype=np.float32), 0)
    inside = Piece(pool, piece.address + 4, 24, 24, 0)
    theirs = Theirs(from_lazy(DeviceValue(TensorSpec((6,), float32), inside)))
    value = pool.adopt(theirs)
    assert value.memory.address not in (piece.address, inside.address)
    (got,) = compiled.executable.on_device([value])
    assert (got.force() == 2 * np.arange(1, 7)).all()
    pool.returned.clear()  # The inner piece is no piece of the pool's.


def test_a_thread_without_the_context_gets_it_in_compiled_code():
    compiled = Compiled(TWICE)
    x, found = Tensor(X.tolist()), []
    segment = Segment(compiled.executable, 1)
    y = segment(x)
    thread = threading.Thread(target=lambda: found.append(segment(y).tolist()))
    thread.start()
    thread.join()
    assert found == [(4 * X).tolist()]


def test_parameters_take_data_on_the_device():
    compiled = Compiled(TWICE)
    segment = Segment(compiled.executable, 1)
    weight = Parameter(Tensor(X.tolist()))
    for _ in range(3):
        weight.set_data(segment(weight))
    assert "cuMemcpyDtoHAsync_v2" not in compiled.mock.calls
    assert weight.tolist() == (8 * X).tolist()
    other = Parameter(Tensor((X * 0).tolist()))
    other.rebind(segment(weight))
    assert compiled.mock.calls.count("cuMemcpyDtoHAsync_v2") == 1
    assert other.tolist() == (16 * X).tolist()


def test_a_capsule_that_is_refused_stays_its_givers():
    spec = TensorSpec((2,), float32)
    given = interop.capsule(object(), 4096, spec, (2, 0))
    (place,) = [one for one, kept in interop._lent.items() if kept[2].tensor.data == 4096]
    interop._Managed.from_address(place).tensor.code = 5  # complex
    with pytest.raises(TypeError, match="type 5"):
        interop.Taken(given)
    gc.collect()
    assert place in interop._lent
    del given
    assert place not in interop._lent
