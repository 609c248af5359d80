"""How many threads compiled code may use, and the memory in which they agree on their work."""

from __future__ import annotations

import ctypes
import os
from enum import IntEnum

_VARIABLE = "FOLDAWAY_NUM_THREADS"
_MOST = 1024


class PoolState(IntEnum):
    """Bytes from the start of the pool's memory to each field; what others write is apart."""

    BUSY = 0
    """i32: 1 while a caller has the pool."""
    LIMIT = 4
    """i32: how many threads may work, the caller's among them."""
    STARTED = 8
    """i32: how many workers exist."""
    SLEEPERS = 12
    """i32: how many of them wait in the kernel."""
    JOB = 64
    """i64: a count of jobs in the upper half; below it whether one is open, and who is in it."""
    NEXT = 128
    """i64: the first piece that nobody has taken."""
    FUNCTION = 192
    CONTEXT = 200
    COUNT = 208
    GRAIN = 216
    THREADS = 224
    PROCESSOR = 232
    """i32: where the caller runs."""
    SIZE = 256


def get_num_threads() -> int:
    """Return how many threads compiled code may use at once, the calling one among them."""
    return _limit.value


def set_num_threads(number: int) -> None:
    """Let compiled code use that many threads, from the next call on, in all Python threads.

    Raises TypeError for what is no int, ValueError for less than 1 or more than 1024.
    """
    if isinstance(number, bool) or not isinstance(number, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"the number of threads must be an int, not {type(number).__name__}")
    if not 1 <= number <= _MOST:
        raise ValueError(f"the number of threads must be from 1 to {_MOST}, not {number}")
    _limit.value = number


def available_processors() -> int:
    """Return how many processors this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pool_state() -> int:
    """Return the address of the pool's memory; it stays until the process ends."""
    return _address


def _at_start() -> int:
    """Return the number of threads that the environment asks for, or one for each processor."""
    asked = os.environ.get(_VARIABLE, "").strip()
    if not asked:
        return min(available_processors(), _MOST)
    if not (asked.isdecimal() and asked.isascii() and 1 <= int(asked[:9]) <= _MOST):
        raise ValueError(f"{_VARIABLE} must be a number from 1 to {_MOST}, not {asked!r}")
    return int(asked)


def _forget_workers() -> None:
    """Start anew in a forked child: it has no thread but the one that forked."""
    for field in (PoolState.BUSY, PoolState.STARTED, PoolState.SLEEPERS):
        ctypes.c_int32.from_address(_address + field).value = 0
    job = ctypes.c_int64.from_address(_address + PoolState.JOB)
    job.value = job.value >> 32 << 32


_memory = ctypes.create_string_buffer(PoolState.SIZE + 64)
# Workers look at it for as long as the process lives, which is longer than the interpreter does.
ctypes.pythonapi.Py_IncRef(ctypes.py_object(_memory))
_address = -(-ctypes.addressof(_memory) // 64) * 64
_limit = ctypes.c_int32.from_address(_address + PoolState.LIMIT)
_limit.value = _at_start()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_workers)
