"""A GPU simulated on the host: the kernels' LLVM IR as machine code, threads as coroutines.

One launch runs at a time and is over when it returns. What a kernel does wrong ends its launch and
is an exception: it can't damage the process, as far as its memory goes.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import random
import weakref
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...runtime.locks import ForkSafeLock
from ..cpu.effort import Effort
from ..cpu.executable import Code
from ..cpu.stored_code import lasting_code
from .device import Kernel, KernelText
from .sim_builtins import PREFIX, RUNTIME
from .sim_collectives import COPIES, MEETINGS
from .sim_errors import KernelFault, Record, SimulatorError, exception_of
from .sim_faults import GUARDS, SIGNALS
from .sim_kernels import ENTRY, simulated
from .sim_launch import BLOCKS
from .sim_layout import (
    LOCK,
    MOST_SHARED,
    MOST_THREADS,
    PAGE,
    STACK_STRIDE,
    STATE,
    Fault,
    Handle,
    Order,
    State,
    written_out,
)
from .sim_matrices import MATRICES
from .sim_memory import DeviceMemory, protect, released, reserved
from .sim_runtime import DECLARATIONS, THREADS
from .sim_switch import Processor, switch_text, this_processor

_RUNTIME: Final = Effort(optimizer=2, generator=2, interleaved=False, unrolled=True)
_KERNELS: Final = Effort(optimizer=1, generator=0, interleaved=False, unrolled=False)
"""Most kernels run once, on little: they take half the time to compile and half as long again."""
_C: Final = ("sched_yield", "pthread_self", "sigaction", "sigaltstack")
_EXPORTS: Final = ("launch", "to_host", "to_device", "publish", "retract", *RUNTIME)
_TABLE: Final = f"{PREFIX}table"
_NEAR: Final = 1 << 32
"""How far from shared memory an address is still taken for one of it."""
_INVALID: Final = 1
"""CUDA's number for arguments that can't be."""


class SimulatedKernels:
    """Kernels as machine code; they are unloaded when nothing refers to this any more."""

    def __init__(
        self, handles: Mapping[str, int], memory: object, code: Code, device: Simulator
    ) -> None:
        self.handles = handles
        self._owned = memory, code, device


class Simulator:
    """A device that is simulated. Any number of threads may use it at once.

    With an `order`, any number, threads take turns in another order, and blocks, too: what
    depends on it is a race. Odd numbers turn the blocks round, and two numbers of four let warps
    get far ahead of others. Fresh memory is filled with NaN and -1 if it `is_poisoned`.

    Raises `SimulatorError` where the processor or the system isn't known.
    """

    name = "simulated GPU"
    target = "sim"
    is_simulated = True
    dlpack_device = (1, 0)
    context = 0
    arch = "sm_80"
    processors = 132

    def __init__(self, order: int | None = None, is_poisoned: bool = True) -> None:
        processor = this_processor()
        if processor is None:
            raise SimulatorError("the simulated GPU needs Linux on x86-64 or 64-bit ARM")
        self._lock = ForkSafeLock()
        self.state = _new_state(order)
        # Code may still run when the interpreter ends.
        weakref.finalize(self, released, self.state, int(State.SIZE)).atexit = False
        symbols = {STATE: self.state, LOCK: ctypes.addressof(taken), **_addresses(_C)}
        self._code = lasting_code(runtime_text(processor), _TABLE, _RUNTIME, symbols)
        table = (ctypes.c_void_p * len(_EXPORTS))()
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self._code.address)(ctypes.addressof(table))
        exports = {name: table[n] or 0 for n, name in enumerate(_EXPORTS)}
        self.functions: Mapping[str, int] = {
            name: exports[name] for name in ("launch", "to_host", "to_device")
        }
        """See `Device`."""
        self._symbols = {STATE: self.state}
        self._symbols |= {f"{PREFIX}{name}": exports[name] for name in RUNTIME}
        word = ctypes.c_int64
        self._memory = DeviceMemory(
            ctypes.CFUNCTYPE(None, word, word, word, word, word)(exports["publish"]),
            ctypes.CFUNCTYPE(None, word)(exports["retract"]),
            is_poisoned,
        )
        self._long(State.SHARED_END).value = self._memory.shared_end
        self._numbers = itertools.count()
        self._names: dict[int, str] = {}
        _simulators.add(self)

    def stream(self) -> int:
        """Return 0, as `enter` does."""
        return 0

    def enter(self) -> int:
        """Return 0: all threads work in the one stream that there is."""
        return 0

    def order(self, first: int, then: int) -> None:
        """Do nothing: a launch is over when it returns."""

    def load(self, kernels: KernelText) -> SimulatedKernels:
        """Return the kernels of a module as machine code.

        Raises `SimulatorError` for one that can't be launched or calls what isn't there, and
        `RuntimeError` for text that isn't LLVM IR.
        """
        from ..cpu.machine_code import ASSEMBLER

        names = list(kernels.kernels)
        for name, kernel in kernels.kernels.items():
            _check(name, kernel)
        try:
            ready = simulated(kernels.text, names)
        except KeyError as error:
            raise SimulatorError(error.args[0]) from None
        code = ASSEMBLER.assemble(ready.text, ENTRY, self._symbols, _KERNELS)
        addresses = (ctypes.c_void_p * max(len(names), 1))()
        ctypes.CFUNCTYPE(None, ctypes.c_void_p)(code.address)(ctypes.addressof(addresses))
        memory = ctypes.create_string_buffer(Handle.H_SIZE * max(len(names), 1))
        handles: dict[str, int] = {}
        numbers: list[int] = []
        for n, name in enumerate(names):
            handles[name] = ctypes.addressof(memory) + n * Handle.H_SIZE
            numbers.append(next(self._numbers))
            self._names[numbers[-1]] = name
            kernel = kernels.kernels[name]
            _write_handle(
                handles[name], addresses[n] or 0, name in ready.collective, kernel, numbers[-1]
            )
        loaded = SimulatedKernels(handles, memory, code, self)
        weakref.finalize(loaded, _forget, self._names, numbers).atexit = False
        return loaded

    def allocate(self, size: int) -> int:
        """Return the address of new memory, a multiple of 256; size may be 0."""
        with self._lock:
            return self._memory.allocate(size)

    def free(self, address: int) -> None:
        """Give memory back."""
        with self._lock:
            try:
                self._memory.free(address)
            except KeyError:
                raise SimulatorError(f"no memory of the device begins at {address:#x}") from None

    def copy_in(self, to: int, source: int, size: int) -> None:
        """Copy from the host."""
        self._check_range(to, size)
        ctypes.memmove(to, source, size)

    def copy_out(self, to: int, source: int, size: int) -> None:
        """Copy to the host."""
        self._check_range(source, size)
        ctypes.memmove(to, source, size)

    def copy(self, to: int, source: int, size: int) -> None:
        """Copy on the device."""
        self._check_range(to, size)
        self._check_range(source, size)
        ctypes.memmove(to, source, size)

    def synchronize(self) -> None:
        """Raise what a launch did wrong of which nobody has heard."""
        fault = self._fault()
        if fault is not None:
            raise fault

    def error(self, code: int) -> Exception:
        """Return the exception for the number that one of the functions returned."""
        if code == _INVALID:
            return SimulatorError("a launch or a copy with arguments that can't be")
        return self._fault() or SimulatorError(f"error {code}, of which another thread has heard")

    def _check_range(self, address: int, size: int) -> None:
        with self._lock:
            if size and not self._memory.holds(address, size):
                what = self._memory.described(address)
                raise SimulatorError(f"a copy of {size} bytes at {what}")

    def _fault(self) -> KernelFault | None:
        """Return the fault that the runtime keeps, which it then forgets."""
        with self._lock:
            fault = self._word(State.FAULT)
            if not fault:
                return None
            places = [(self._word(p), self._word(p + 4), self._word(p + 8)) for p in _PLACES]
            number = self._long(State.FAULT_KERNEL).value
            a, b = self._long(State.FAULT_A).value, self._long(State.FAULT_B).value
            name = self._names.get(number, "that is no more")
            record = Record(Fault(fault), name, places[0], places[1], a, b)
            threads = self._word(State.THREADS)
            found = exception_of(record, threads, self._described)
            ctypes.c_int32.from_address(self.state + State.FAULT).value = 0
            return found

    def _described(self, address: int) -> str:
        if State.STACKS <= address - self.state < State.SIZE:
            return "the stack of a thread, which is full"
        if abs(address - self._memory.shared_end) < _NEAR:
            start = self._long(State.SHARED).value
            size = self._long(State.SHARED_BYTES).value
            return f"byte {address - start} of the {size} bytes of shared memory"
        return self._memory.described(address)

    def _long(self, place: int) -> ctypes.c_uint64:
        return ctypes.c_uint64.from_address(self.state + place)

    def _word(self, place: int) -> int:
        return ctypes.c_int32.from_address(self.state + place).value

    def after_fork(self) -> None:
        """Forget the launch of a thread that doesn't exist in this process."""
        ctypes.c_int32.from_address(self.state + State.RUNNING).value = 0


_PLACES: Final = (int(State.FAULT_BLOCK), int(State.FAULT_THREAD))
_simulators: weakref.WeakSet[Simulator] = weakref.WeakSet()


taken = ctypes.c_int32()
"""The runtime's lock: 1 while somebody has it."""


def _after_fork() -> None:
    taken.value = 0
    for simulator in list(_simulators):
        simulator.after_fork()


os.register_at_fork(after_in_child=_after_fork)


def runtime_text(processor: Processor) -> str:
    """Return the runtime's module."""
    signals = SIGNALS.replace("$ACCESS", processor.access)
    parts = (DECLARATIONS, THREADS, BLOCKS, GUARDS, signals, MEETINGS, COPIES, MATRICES)
    stores = "".join(
        f"  %p{n} = getelementptr ptr, ptr %array, i64 {n}\n"
        f"  store ptr @{PREFIX}{name}, ptr %p{n}\n"
        for n, name in enumerate(_EXPORTS)
    )
    table = f"define void @{_TABLE}(ptr %array) {{\n{stores}  ret void\n}}\n"
    body = written_out("".join(parts), processor.numbers)
    return body + switch_text(processor) + table


def _new_state(order: int | None) -> int:
    base = reserved(int(State.SIZE), 3)
    try:
        for n in range(MOST_THREADS):
            protect(base + State.STACKS + n * STACK_STRIDE, PAGE, 0)
    except BaseException:
        released(base, int(State.SIZE))
        raise
    ordinals, flags = _turns(order)
    ctypes.c_int32.from_address(base + State.ORDERED).value = flags
    (ctypes.c_int16 * MOST_THREADS).from_address(base + State.ORDER)[:] = ordinals
    # The first entry is the block's shared memory.
    ctypes.c_int64.from_address(base + State.ALLOCATED).value = 1
    return base


def _turns(order: int | None) -> tuple[list[int], int]:
    """Return in which order threads begin, and how they and blocks go on."""
    threads = list(range(MOST_THREADS))
    if order is None:
        # A warp that goes on as far as it gets finds what it needs in the first cache.
        return threads, int(Order.LATEST_FIRST)
    dice = random.Random(order)
    dice.shuffle(threads)
    flags = Order.BY_TABLE
    if order & 1:
        flags |= Order.LAST_BLOCK_FIRST
    if order & 2:
        flags |= Order.LATEST_FIRST
        warps = list(range(MOST_THREADS // 32))
        dice.shuffle(warps)
        threads.sort(key=lambda thread: warps[thread // 32])
    return threads, int(flags)


def _addresses(names: Sequence[str]) -> dict[str, int]:
    process: Any = ctypes.CDLL(None)
    return {name: ctypes.cast(getattr(process, name), ctypes.c_void_p).value or 0 for name in names}


def _check(name: str, kernel: Kernel) -> None:
    x, y, z = kernel.block
    if min(kernel.block) < 1 or x * y * z > MOST_THREADS:
        raise SimulatorError(f"kernel {name} has blocks of {kernel.block} threads")
    if not 0 <= kernel.shared_bytes <= MOST_SHARED:
        raise SimulatorError(f"kernel {name} has {kernel.shared_bytes} bytes of shared memory")


def _write_handle(handle: int, code: int, is_collective: bool, kernel: Kernel, number: int) -> None:
    ctypes.c_uint64.from_address(handle + Handle.H_CODE).value = code
    words = (is_collective, kernel.shared_bytes, *kernel.block)
    places = (Handle.H_COLLECTIVE, Handle.H_SHARED, Handle.H_X, Handle.H_Y, Handle.H_Z)
    for place, word in zip(places, words, strict=True):
        ctypes.c_int32.from_address(handle + place).value = word
    ctypes.c_uint64.from_address(handle + Handle.H_NUMBER).value = number


def _forget(names: dict[int, str], numbers: Sequence[int]) -> None:
    for number in numbers:
        names.pop(number, None)
