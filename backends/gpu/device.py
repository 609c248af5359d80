"""What a device must be able to do, real or simulated, and what is loaded into it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class Kernel(NamedTuple):
    """How one kernel is launched."""

    parameters: tuple[str, ...]
    """LLVM's types in order: `ptr` for a memref, `i64` for an index, `i32`, `float` and so on."""
    grid: tuple[int, int, int]
    """Blocks along x, y and z."""
    block: tuple[int, int, int]
    """Threads of a block along x, y and z."""
    shared_bytes: int = 0
    """What a launch must ask for: dynamic shared memory; in the simulator, all shared memory."""


class KernelText(NamedTuple):
    """LLVM IR of the kernels of a module, for a target."""

    text: str
    kernels: Mapping[str, Kernel]
    """By name."""


class Loaded(Protocol):
    """Kernels on a device; they are unloaded when nothing refers to this any more."""

    handles: Mapping[str, int]
    """What `launch` is given for a kernel, by name."""


class Device(Protocol):
    """One device. Any number of threads may use it at once.

    Addresses are integers; an address plus an offset lies in the same piece of memory.
    What can't be done raises a `RuntimeError` of the device's own, `MemoryError` for no memory.
    """

    @property
    def name(self) -> str:
        """As people call it: `NVIDIA H100 80GB HBM3`, `simulated GPU`."""
        ...

    @property
    def target(self) -> str:
        """What the emitter is asked for: `nvptx` or `sim`."""
        ...

    @property
    def is_simulated(self) -> bool:
        """Whether it watches each piece of memory, which then must not be lent twice."""
        ...

    @property
    def dlpack_device(self) -> tuple[int, int]:
        """DLPack's kind of the device, and its number.

        (2, 0) is CUDA's first, (1, 0) is memory of the host.
        """
        ...

    @property
    def functions(self) -> Mapping[str, int]:
        """Addresses of C functions that compiled code calls; each returns 0 or an error's number.

        `launch` is `i32 (ptr handle, i32 gx, gy, gz, bx, by, bz, i32 shared_bytes, ptr stream,
        ptr parameters, ptr extra)`: CUDA's `cuLaunchKernel`; `parameters` points at an array of
        addresses of the parameters' values, which are read before it returns.
        `to_host` is `i32 (ptr to, ptr from, i64 size)`: CUDA's `cuMemcpyDtoH_v2`; it waits.
        `to_device` is `i32 (ptr to, ptr from, i64 size)`: CUDA's `cuMemcpyHtoD_v2`; it waits.
        A device that has streams also has `wait`, `i32 (ptr stream)`: CUDA's
        `cuStreamSynchronize`, which is called before the others that wait; and `get_context`,
        `i32 (ptr context)`, and `set_context`, `i32 (context)`, of the calling thread.
        """
        ...

    @property
    def context(self) -> int:
        """In which compiled code works, 0 without any."""
        ...

    @property
    def arch(self) -> str:
        """For which chip kernels are scheduled: `sm_90`."""
        ...

    @property
    def processors(self) -> int:
        """How many multiprocessors there are."""
        ...

    def stream(self) -> int:
        """Return the stream in which the calling thread works; 0 is the device's own.

        Raises in a process that can't use the device.
        """
        ...

    def enter(self) -> int:
        """Let the calling thread call the device's methods; return its `stream`.

        The methods do so themselves, and compiled code, too. Raises as `stream` does.
        """
        ...

    def order(self, first: int, then: int) -> None:
        """Let what will be put into one stream wait for what another has now."""
        ...

    def load(self, kernels: KernelText) -> Loaded:
        """Return loaded kernels."""
        ...

    def allocate(self, size: int) -> int:
        """Return the address of new memory, a multiple of 256; size may be 0."""
        ...

    def free(self, address: int) -> None:
        """Give memory back; what was launched before may still use it."""
        ...

    def copy_in(self, to: int, source: int, size: int) -> None:
        """Copy from the host; the source may change when this returns."""
        ...

    def copy_out(self, to: int, source: int, size: int) -> None:
        """Copy to the host, when all that was launched before is done."""
        ...

    def copy(self, to: int, source: int, size: int) -> None:
        """Copy on the device, after what was launched before."""
        ...

    def synchronize(self) -> None:
        """Wait until all is done; raises what went wrong meanwhile."""
        ...

    def error(self, code: int) -> BaseException:
        """Return the exception for the number that one of the functions returned.

        It may be an interrupt, which came while the function was at work.
        """
        ...
