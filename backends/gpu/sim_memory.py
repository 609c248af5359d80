"""The simulated device's memory: pieces that end where a page ends which is no memory."""

from __future__ import annotations

import ctypes
import mmap
import weakref
from bisect import bisect_right, insort
from collections import defaultdict, deque
from collections.abc import Callable
from typing import Any, Final

from .sim_layout import GUARD, MOST_ALLOCATIONS, MOST_SHARED, PAGE, POISON_BYTE

_MARGIN: Final = 20 << 30
"""Addresses that nobody uses, on both sides of what is used: an index of 32 bits, of elements of 8
bytes, that goes astray stays among them."""
_SHARED: Final = _MARGIN
_FIRST: Final = 2 * _MARGIN
_LAST: Final = 4 * _MARGIN
_ROOM: Final = 5 * _MARGIN
"""Addresses that are reserved."""
_SHARED_ROOM: Final = -(-(MOST_SHARED + GUARD) // PAGE) * PAGE
_ALIGNMENT: Final = 256
"""Of each piece, as CUDA has it."""
_NOTHING, _WRITABLE = 0, mmap.PROT_READ | mmap.PROT_WRITE
_NO_RESERVE: Final = 0x4000
_DONT_NEED: Final = 4


def reserved(size: int, protection: int) -> int:
    """Return the address of new memory of the process. Raises `MemoryError`."""
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE
    address = _c("mmap", ctypes.c_void_p)(None, size, protection, flags, -1, 0)
    if address in (None, ctypes.c_void_p(-1).value):
        raise MemoryError(f"the system has no {size} bytes for the simulated device")
    return address


def released(address: int, size: int) -> None:
    """Give memory of the process back."""
    _c("munmap")(ctypes.c_void_p(address), ctypes.c_size_t(size))


def protect(address: int, size: int, protection: int) -> None:
    """Say what may be done with memory of the process. Raises `MemoryError`."""
    if _c("mprotect")(ctypes.c_void_p(address), ctypes.c_size_t(size), protection):
        raise MemoryError("the system can't protect memory of the simulated device")


def _c(name: str, result: Any = ctypes.c_int) -> Callable[..., Any]:
    function = getattr(_PROCESS, name)
    function.restype = result
    if name == "mmap":
        function.argtypes = (
            *(ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int),
            *(ctypes.c_int, ctypes.c_int, ctypes.c_long),
        )
    return function


_PROCESS: Final = ctypes.CDLL(None)


class DeviceMemory:
    """The pieces that are in use. The caller sees to it that one thread at a time is here."""

    def __init__(
        self,
        publish: Callable[[int, int, int, int, int], None],
        retract: Callable[[int], None],
        is_poisoned: bool,
    ) -> None:
        self._publish = publish
        self._retract = retract
        self._is_poisoned = is_poisoned
        self._base = reserved(_ROOM, _NOTHING)
        self.release = weakref.finalize(self, released, self._base, _ROOM)
        # Code may still run when the interpreter ends.
        self.release.atexit = False
        self._next = self._base + _FIRST
        self.shared_end = self._base + _SHARED
        """Where shared memory ends, as far from everything else as an index of 32 bits goes."""
        protect(self.shared_end - _SHARED_ROOM, _SHARED_ROOM, _WRITABLE)
        self._pieces: dict[int, tuple[int, int, int]] = {}
        """Size, pages, and entry of the table by the address of a piece in use."""
        self._starts: list[int] = []
        self._free: defaultdict[int, deque[int]] = defaultdict(deque)
        """Where so many pages are not in use."""
        self._entries = list(range(MOST_ALLOCATIONS - 1, 0, -1))

    def allocate(self, size: int) -> int:
        """Return the address of a new piece. Raises `MemoryError`, and `ValueError` below 0."""
        if size < 0:
            raise ValueError(f"no memory has {size} bytes")
        room = max(-(-size // _ALIGNMENT), 1) * _ALIGNMENT
        pages = -(-(room + GUARD) // PAGE)
        if not self._entries:
            raise MemoryError("the simulated device has no more pieces of memory")
        first = self._pages(pages)
        protect(first, pages * PAGE, _WRITABLE)
        end = first + pages * PAGE
        address = end - room
        if self._is_poisoned:
            ctypes.memset(address, POISON_BYTE, size)
        entry = self._entries.pop()
        self._publish(entry, address - GUARD, address, address + size, end)
        self._pieces[address] = size, pages, entry
        insort(self._starts, address)
        return address

    def free(self, address: int) -> None:
        """Give a piece back. Raises `KeyError` for an address where none begins."""
        size, pages, entry = self._pieces.pop(address)
        self._retract(entry)
        self._entries.append(entry)
        del self._starts[bisect_right(self._starts, address) - 1]
        room = max(-(-size // _ALIGNMENT), 1) * _ALIGNMENT
        first = address + room - pages * PAGE
        _c("madvise")(ctypes.c_void_p(first), ctypes.c_size_t(pages * PAGE), _DONT_NEED)
        protect(first, pages * PAGE, _NOTHING)
        self._free[pages].append(first)

    def _pages(self, count: int) -> int:
        """Return where so many pages are that nobody uses, and one behind that nobody may use."""
        # What was given back last is used again last: who still uses it is found out.
        waiting = self._free.get(count)
        if waiting:
            return waiting.popleft()
        first = self._next
        end = first + (count + 1) * PAGE
        if end <= self._base + _LAST:
            self._next = end
            return first
        # What is left over of a larger place is lost: there is plenty.
        larger = sorted(pages for pages, places in self._free.items() if pages > count and places)
        if not larger:
            raise MemoryError(f"the simulated device has no {count * PAGE} bytes")
        return self._free[larger[0]].popleft()

    def holds(self, address: int, size: int) -> bool:
        """Return whether so many bytes from an address on lie in one piece."""
        start = self._before(address)
        return start is not None and address + size <= start + self._pieces[start][0]

    def _before(self, address: int) -> int | None:
        found = bisect_right(self._starts, address)
        return self._starts[found - 1] if found else None

    def described(self, address: int) -> str:
        """Return what an address is, in words: an offset from the nearest piece."""
        start = self._before(address)
        found = bisect_right(self._starts, address)
        later = self._starts[found] if found < len(self._starts) else None
        inside = self._base <= address < self._base + _ROOM
        if not inside or (start is None and later is None):
            return f"address {address:#x}, which isn't the device's"
        if start is None or (later is not None and later - address <= GUARD):
            assert later is not None
            return f"byte {address - later} of the {self._pieces[later][0]} bytes at {later:#x}"
        return f"byte {address - start} of the {self._pieces[start][0]} bytes at {start:#x}"
