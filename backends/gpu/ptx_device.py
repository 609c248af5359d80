"""A device that runs PTX by the interpreter: what a GPU is given is what is checked.

It is slow, so it is for small sizes. One launch runs at a time and is over when it returns.
"""

from __future__ import annotations

import ctypes
import itertools
import weakref
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from ...runtime.locks import ForkSafeLock
from .device import KernelText
from .ptx import to_ptx
from .ptx_errors import PtxError, WrongLaunch
from .ptx_launch import Launch
from .ptx_memory import GlobalMemory
from .ptx_parser import parse_ptx
from .ptx_rounding import Array
from .ptx_syntax import Module

_P, _U = ctypes.c_void_p, ctypes.c_uint
_LAUNCH = ctypes.CFUNCTYPE(ctypes.c_int, _P, _U, _U, _U, _U, _U, _U, _U, _P, _P, _P)
_COPY = ctypes.CFUNCTYPE(ctypes.c_int, _P, _P, ctypes.c_size_t)
_MAX_STEPS: Final = 50_000_000
_POISON: Final = 0xFF  # NaN, or -1


class InterpretedKernels:
    """Kernels that were parsed; they are forgotten when nothing refers to this any more."""

    def __init__(self, handles: Mapping[str, int]) -> None:
        self.handles = handles


class PtxDevice:
    """A device that is interpreted. Any number of threads may use it at once.

    What a kernel does wrong is a `PtxError` that names the line of the PTX, the block and the
    thread; fresh memory is filled with NaN and -1.
    """

    name = "interpreted GPU"
    target = "nvptx"
    is_simulated = True
    dlpack_device = (12, 0)
    context = 0
    processors = 132

    def __init__(self, arch: str = "sm_80") -> None:
        self.arch = arch
        self._lock = ForkSafeLock()
        self._memory = GlobalMemory()
        self._kernels: dict[int, tuple[Module, str]] = {}
        self._numbers = itertools.count(1)
        self._errors: dict[int, BaseException] = {}
        # The functions are kept here: compiled code has no more than their addresses.
        self._code: tuple[Any, ...] = (
            _LAUNCH(self._launch),
            _COPY(self._to_host),
            _COPY(self._to_device),
        )
        names = ("launch", "to_host", "to_device")
        self.functions: Mapping[str, int] = {
            name: ctypes.cast(code, _P).value or 0
            for name, code in zip(names, self._code, strict=True)
        }
        """See `Device`."""

    def stream(self) -> int:
        """Return 0, as `enter` does."""
        return 0

    def enter(self) -> int:
        """Return 0: all threads work in the one stream that there is."""
        return 0

    def order(self, first: int, then: int) -> None:
        """Do nothing: a launch is over when it returns."""

    def load(self, kernels: KernelText) -> InterpretedKernels:
        """Return the kernels of a module; `ptx.PtxError` where LLVM has no PTX for them."""
        module = parse_ptx(to_ptx(kernels.text, self.arch))
        handles = {name: next(self._numbers) for name in kernels.kernels}
        with self._lock:
            self._kernels |= {number: (module, name) for name, number in handles.items()}
        loaded = InterpretedKernels(handles)
        weakref.finalize(loaded, _forget, self._kernels, tuple(handles.values())).atexit = False
        return loaded

    def allocate(self, size: int) -> int:
        """Return the address of new memory, a multiple of 256; size may be 0."""
        with self._lock:
            address = self._memory.allocate("memory", size)
            self._memory.content(address)[:] = _POISON
            return address

    def free(self, address: int) -> None:
        """Give memory back."""
        with self._lock:
            try:
                self._memory.free(address)
            except KeyError:
                raise WrongLaunch(f"no memory of the device begins at {address:#x}") from None

    def copy_in(self, to: int, source: int, size: int) -> None:
        """Copy from the host."""
        with self._lock:
            ctypes.memmove(self._bytes(to, size).ctypes.data, source, size)

    def copy_out(self, to: int, source: int, size: int) -> None:
        """Copy to the host."""
        with self._lock:
            ctypes.memmove(to, self._bytes(source, size).ctypes.data, size)

    def copy(self, to: int, source: int, size: int) -> None:
        """Copy on the device."""
        with self._lock:
            self._bytes(to, size)[:] = self._bytes(source, size).copy()

    def synchronize(self) -> None:
        """Do nothing: a launch says itself what it did wrong."""

    def error(self, code: int) -> BaseException:
        """Return the exception for the number that one of the functions returned."""
        return self._errors.pop(code, WrongLaunch(f"error {code}, of which was heard before"))

    def _bytes(self, address: int, size: int) -> Array:
        try:
            found = self._memory.content(address)[:size]
        except KeyError:
            found = np.zeros(0, np.uint8)
        if found.size < size:
            raise WrongLaunch(f"a copy of {size} bytes at {address:#x}, where there is less memory")
        return found

    def _guarded(self, action: Callable[..., None], *arguments: int | None) -> int:
        """Return 0 when the action is done, or the number of what went wrong."""
        try:
            action(*(argument or 0 for argument in arguments))
        except BaseException as error:
            # Compiled code called: what it can't raise, an interrupt too, `error` gives its caller.
            code = next(self._numbers)
            self._errors[code] = error
            return code
        return 0

    def _to_host(self, to: int | None, source: int | None, size: int) -> int:
        return self._guarded(self.copy_out, to, source, size)

    def _to_device(self, to: int | None, source: int | None, size: int) -> int:
        return self._guarded(self.copy_in, to, source, size)

    def _launch(self, handle: int, *numbers: int) -> int:
        grid, block, shared, parameters = numbers[:3], numbers[3:6], numbers[6], numbers[8]
        return self._guarded(self._run, handle, *grid, *block, shared, parameters)

    def _run(self, handle: int, *numbers: int) -> None:
        gx, gy, gz, bx, by, bz, shared, parameters = numbers
        with self._lock:
            module, name = self._kernels[handle]
            launch = Launch(module, name, (gx, gy, gz), (bx, by, bz), shared, self._memory)
            boxes = (_P * max(len(launch.kernel.parameters), 1)).from_address(parameters)
            values = [
                ctypes.string_at(box or 0, one.size or 0)
                for one, box in zip(launch.kernel.parameters, boxes, strict=False)
            ]
            try:
                launch.run(values, _MAX_STEPS)
            except PtxError as error:
                error.add_note(f"in the kernel {name}")
                raise
            finally:
                launch.release()


def _forget(kernels: dict[int, tuple[Module, str]], numbers: tuple[int, ...]) -> None:
    for number in numbers:
        kernels.pop(number, None)
