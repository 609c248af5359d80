"""Where the simulated device keeps what it knows while it runs: bytes from the start of each thing.

One mapping holds all of it. The runtime is LLVM IR text in which `$NAME` stands for a place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum, IntFlag
from typing import Final

STATE: Final = "foldaway_sim_state"
"""The symbol of the start of the mapping."""
LOCK: Final = "foldaway_sim_lock"
"""The symbol of an i32: 1 while a launch runs or the table of allocations changes."""

MOST_THREADS: Final = 1024
"""Of a block, as on every device of CUDA."""
MOST_SHARED: Final = 232448
"""Bytes of shared memory that a block may have on sm_90."""
PAGE: Final = 4096
GUARD_BYTE: Final = 0xA5
"""What guard zones are filled with: no number that a kernel is likely to write."""
POISON_BYTE: Final = 0xFF
"""What fresh memory is filled with: NaN in each float format, -1 in each integer."""
GUARD: Final = 256
"""Bytes beside each piece of memory that are looked at after a launch."""
MOST_ALLOCATIONS: Final = 1 << 16
MOST_COPIES: Final = 256
"""Asynchronous copies of one thread that nobody has waited for."""
STACK: Final = 16 * PAGE
STACK_STRIDE: Final = STACK + PAGE
"""One page is no memory; and 17 pages keep stacks from falling into the same sets of caches."""


class State(IntEnum):
    """The device as a whole."""

    RUNNING = 0
    """i32: 1 while a fault is the kernel's."""
    CURRENT = 8
    """The record of the thread that runs."""
    MAIN = 16
    """Where the stack of the launch was when the first thread began."""
    LEFT = 24
    """A place for a stack to which nobody returns."""
    KERNEL = 32
    PARAMETERS = 40
    SHARED = 48
    """Where the block's shared memory begins."""
    SHARED_BYTES = 56
    GRID_X = 64
    GRID_Y = 68
    GRID_Z = 72
    DIM_X = 80
    DIM_Y = 84
    DIM_Z = 88
    BLOCK_X = 96
    BLOCK_Y = 100
    BLOCK_Z = 104
    THREADS = 112
    """i32: of a block."""
    DONE = 116
    """i32: threads of the block that have ended."""
    WAITING = 120
    """i32: threads of the block that are at the barrier."""
    HEAD = 124
    """i32: how many threads were taken from the ring of those that may run."""
    TAIL = 128
    """i32: how many were put into it."""
    ORDERED = 132
    """i32: 0, or threads take turns in the order of the table and not of their numbers."""
    OWNER = 136
    """The system's thread that runs the launch."""
    BARRIER_SITE = 144
    ALLOCATED = 152
    """i64: how many entries of the table of allocations are in use or were."""
    NUMBER = 160
    """i64: of the kernel."""
    FAILED = 168
    """i32: the `Fault` of this launch, 0 for none."""
    # What a fault was, until somebody asks.
    FAULT = 176
    """i32."""
    FAULT_KERNEL = 184
    FAULT_BLOCK = 192
    """3 of i32."""
    FAULT_THREAD = 204
    """3 of i32."""
    FAULT_A = 216
    FAULT_B = 224
    SHARED_END = 232
    """Where the block's shared memory ends, and a page that is no memory begins."""
    OLD_ACTIONS = 256
    """What the system did at SIGILL, SIGBUS, SIGFPE and SIGSEGV: 160 bytes each."""
    OLD_STACK = 896
    """The stack on which signals were handled."""
    ORDER = 1024
    """1024 of i16: threads of a block in the order in which they run."""
    RECORDS = 4096
    RING = 4096 + 64 * MOST_THREADS
    WARPS = RING + 8 * MOST_THREADS
    SIGNAL_STACK = WARPS + 8192 * 32
    ALLOCATIONS = SIGNAL_STACK + 65536
    COPIES = ALLOCATIONS + 32 * MOST_ALLOCATIONS
    STACKS = COPIES + 32 * MOST_COPIES * MOST_THREADS
    """Each begins with a page that is no memory."""
    SIZE = STACKS + STACK_STRIDE * MOST_THREADS


class Thread(IntEnum):
    """A thread's record."""

    T_STACK = 0
    """Where its stack is while it doesn't run."""
    T_X = 8
    T_Y = 12
    T_Z = 16
    T_INDEX = 20
    """i32: its number in the block, x first."""
    T_STATUS = 24
    """i32: 0 runs or may run, 1 at the barrier, 2 waits for its warp, 3 over."""
    T_FIRST = 28
    """i32: how many of its asynchronous copies are done."""
    T_LAST = 32
    """i32: how many it asked for."""
    T_COMMITS = 36
    """i32: how many groups of copies it closed."""
    T_WARP = 40
    T_SIZE = 64


class Warp(IntEnum):
    """What the threads of a warp tell each other."""

    W_ARRIVED = 0
    """i32: how many are there."""
    W_NEED = 4
    """i32: how many it has."""
    W_KIND = 8
    """i32: what they do together."""
    W_BASE = 12
    """i32: its first thread."""
    W_SITE = 16
    """Where in the code they do it."""
    W_IN = 64
    """64 bytes a lane."""
    W_OUT = 2112
    """16 bytes a lane."""
    W_A = 3072
    """f32 by 16 by 16 of a product."""
    W_B = 4096
    """f32 by 16 by 8."""
    W_C = 4608
    """f32 by 16 by 8."""
    W_SIZE = 8192


class Copy(IntEnum):
    """An asynchronous copy that nobody has waited for."""

    C_TO = 0
    C_FROM = 8
    C_BYTES = 16
    """i32."""
    C_READ = 20
    """i32: the rest is filled with zeros."""
    C_GROUP = 24
    """i32."""


class Allocation(IntEnum):
    """A piece of memory; `A_START` is 0 where there is none."""

    A_LOW = 0
    """Where the guard zone before it begins."""
    A_START = 8
    A_END = 16
    A_HIGH = 24
    """Where the guard zone after it ends."""
    A_SIZE = 32


class Handle(IntEnum):
    """What `launch` is given for a kernel."""

    H_CODE = 0
    H_COLLECTIVE = 8
    """i32: whether threads wait for each other."""
    H_SHARED = 12
    """i32: the least shared memory."""
    H_X = 16
    H_Y = 20
    H_Z = 24
    H_NUMBER = 32
    """i64: by which the kernel's name is found."""
    H_SIZE = 40


class Fault(IntEnum):
    """What can go wrong in a launch."""

    NONE = 0
    DEADLOCK = 1
    """A: threads at the barrier. B: threads that have ended."""
    DIVERGENT = 2
    """A: what the warp does. B: what this thread does."""
    UNAWAITED = 3
    """A: how many copies."""
    GUARD = 4
    """A: the number of the allocation's entry. B: the address."""
    MISALIGNED = 5
    """A: the address. B: the alignment."""
    SIGNAL = 6
    """A: the address. B: the signal, and 256 for a read, 512 for a write."""
    TOO_MANY_COPIES = 7


class Order(IntFlag):
    """How threads and blocks take turns, if it isn't by their numbers."""

    BY_TABLE = 1
    LAST_BLOCK_FIRST = 2
    LATEST_FIRST = 4
    """Who may go on goes on before those who waited."""


class Kind(IntEnum):
    """What a warp does together."""

    SHUFFLE = 1
    VOTE = 2
    WARP_BARRIER = 3
    MATRIX_LOAD = 4
    MMA = 5


_PLACES: Final[Mapping[str, int]] = {
    member.name: int(member)
    for group in (Thread, Warp, Copy, Allocation, Handle)
    for member in group
}
_NUMBERS: Final[Mapping[str, int]] = {
    **_PLACES,
    **{f"FAULT_{fault.name}": int(fault) for fault in Fault},
    **{order.name or "": int(order) for order in Order},
    **{f"KIND_{kind.name}": int(kind) for kind in Kind},
    **{name: globals()[name] for name in ("GUARD_BYTE", "POISON_BYTE", "STACK_STRIDE")},
    **{name: globals()[name] for name in ("MOST_THREADS", "MOST_COPIES", "MOST_SHARED")},
}


def written_out(text: str, more: Mapping[str, object]) -> str:
    """Return text with a number for each `$NAME`, and an address for each `$$NAME` of the state.

    `more` are names beside those of this file.
    """

    def place(match: re.Match[str]) -> str:
        if match[1]:
            return f"getelementptr (i8, ptr @{STATE}, i64 {int(State[match[2]])})"
        return str(more[match[2]] if match[2] in more else _NUMBERS[match[2]])

    return re.sub(r"\$(\$?)([A-Z_0-9]+)", place, text)
