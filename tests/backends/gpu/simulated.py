"""Kernels in LLVM IR written by hand, and how a test launches them."""

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np

from foldaway.backends.gpu.device import Kernel, KernelText
from foldaway.backends.gpu.simulator import SimulatedKernels, Simulator

_U, _P = ctypes.c_uint, ctypes.c_void_p
_TYPES = {"i32": ctypes.c_int32, "i64": ctypes.c_int64, "float": ctypes.c_float}
LAUNCH = ctypes.CFUNCTYPE(ctypes.c_int, _P, _U, _U, _U, _U, _U, _U, _U, _P, _P, _P)
Numbers = tuple[int, int, int]


class Bench:
    """A device with arrays on it."""

    def __init__(self, order: int | None = None) -> None:
        self.device = Simulator(order)
        self.launch_code = LAUNCH(self.device.functions["launch"])
        self._kept: list[SimulatedKernels] = []

    def put(self, array: np.ndarray[Any, Any]) -> int:
        """Return the address of a copy of an array."""
        array = np.ascontiguousarray(array)
        address = self.device.allocate(array.nbytes)
        self.device.copy_in(address, array.ctypes.data, array.nbytes)
        return address

    def get(self, address: int, shape: Any, dtype: Any) -> np.ndarray[Any, Any]:
        """Return what lies at an address."""
        array = np.empty(shape, dtype)
        self.device.copy_out(array.ctypes.data, address, array.nbytes)
        return array

    def load(self, text: str, kernel: Kernel, name: str = "k") -> int:
        """Return the handle of a kernel."""
        loaded = self.device.load(KernelText(text, {name: kernel}))
        self._kept.append(loaded)
        return loaded.handles[name]

    def launch(
        self, handle: int, kernel: Kernel, values: Sequence[Any], shared: int | None = None
    ) -> int:
        """Launch; return the number that CUDA's function would."""
        boxes = [
            _TYPES.get(type, ctypes.c_uint64)(value)
            for type, value in zip(kernel.parameters, values, strict=True)
        ]
        array = (_P * max(len(boxes), 1))(*[ctypes.addressof(box) for box in boxes])
        size = kernel.shared_bytes if shared is None else shared
        where = ctypes.addressof(array)
        return self.launch_code(handle, *kernel.grid, *kernel.block, size, None, where, None)

    def run(self, text: str, kernel: Kernel, values: Sequence[Any]) -> None:
        """Launch the kernel `k` of a text; raises what it does wrong."""
        code = self.launch(self.load(text, kernel), kernel, values)
        if code:
            raise self.device.error(code)


def kernel(
    types: Sequence[str], grid: int | Numbers, block: int | Numbers, shared: int = 0
) -> Kernel:
    """Return how a kernel is launched."""
    return Kernel(tuple(types), _three(grid), _three(block), shared)


def _three(number: int | Numbers) -> Numbers:
    return (number, 1, 1) if isinstance(number, int) else number


def define(parameters: Sequence[str], body: str) -> str:
    """Return a kernel `k` with parameters `%a0`, `%a1` … of given types."""
    lines = "".join(
        f"  %at{n} = getelementptr ptr, ptr %params, i64 {n}\n"
        f"  %box{n} = load ptr, ptr %at{n}\n  %a{n} = load {type}, ptr %box{n}\n"
        for n, type in enumerate(parameters)
    )
    return f"define void @k(ptr %params) {{\nentry:\n{lines}{body}  ret void\n}}\n"


def indexed(threads: int) -> str:
    """Return what gives `%t`, the thread's number in its block, and `%i`, that in the grid."""
    return (
        "  %t = call i32 @foldaway_sim_thread_id_x()\n"
        "  %b = call i32 @foldaway_sim_block_id_x()\n"
        f"  %before = mul i32 %b, {threads}\n  %i = add i32 %before, %t\n"
    )


def load(name: str, type: str, base: str, index: str) -> str:
    """Return a load of an element as `%name`."""
    return (
        f"  %p_{name} = getelementptr {type}, ptr {base}, i32 {index}\n"
        f"  %{name} = load {type}, ptr %p_{name}\n"
    )


def store(label: str, type: str, value: str, base: str, index: str) -> str:
    """Return a store of an element."""
    return (
        f"  %q_{label} = getelementptr {type}, ptr {base}, i32 {index}\n"
        f"  store {type} {value}, ptr %q_{label}\n"
    )
