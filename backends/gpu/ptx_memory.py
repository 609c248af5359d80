"""The state spaces of PTX as bytes in NumPy arrays, with every access checked.

Source: PTX ISA 9.0, "State Spaces", "Addresses as Operands", "Generic Addressing".

Each allocation of global memory has 2**36 addresses to itself, so that an index out of one
never hits another. Generic addresses say in their highest byte which window they are of.
"""

from collections import deque
from typing import Protocol

import numpy as np

from .ptx_errors import Misaligned, OutOfBounds, UndefinedMemory
from .ptx_rounding import Array
from .ptx_state import Geometry, Lanes, first_lane
from .ptx_types import UNSIGNED

WINDOWS = {"global": 0, "const": 0, "shared": 1, "local": 2, "param": 3}
WINDOW_SHIFT = 56
SHARED_START = 1024  # so that a null pointer into shared memory is found
_ALLOCATION_SHIFT = 36
_MOST_NUMBERS = (1 << WINDOW_SHIFT - _ALLOCATION_SHIFT) - 1
_WAITING = 4096  # so many addresses that were given back must be unused before one is again
_STRIDE = 32  # no access is larger, so each lane's or block's part keeps alignments


class Space(Protocol):
    """Bytes that lanes access."""

    name: str
    bytes: "Bytes"

    def offsets(self, lanes: Lanes, address: Array, size: int, write: bool) -> Array:
        """Return where `address` lies in the bytes, one a lane; OutOfBounds where it doesn't."""
        ...


class Bytes:
    """Bytes that are read and written as vectors of numbers; offsets are multiples of a size."""

    def __init__(self, count: int):
        padded = -(-max(count, 1) // _STRIDE) * _STRIDE
        self._raw = np.zeros(padded // 8, np.uint64)
        self.all = self._raw.view(np.uint8)

    def load(self, offsets: Array, bits: int, count: int) -> Array:
        """Return `count` numbers of `bits` a lane: shape (lanes, count), or (lanes,) for one."""
        view = self._raw.view(UNSIGNED[bits])
        if count > 1:
            view = view.reshape(-1, count)
        return view[offsets // (bits // 8 * count)]

    def store(self, offsets: Array, values: Array) -> None:
        """Set what `load` would read; `values` has its shape and dtype."""
        count = values.shape[1] if values.ndim > 1 else 1
        view = self._raw.view(values.dtype)
        if count > 1:
            view = view.reshape(-1, count)
        view[offsets // (values.dtype.itemsize * count)] = values


def check_aligned(lanes: Lanes, address: Array, size: int) -> None:
    """Raise Misaligned where an address is no multiple of `size`, a power of two."""
    low = address & np.uint64(size - 1)
    if low.any():
        at = int(np.argmax(low != 0))
        raise Misaligned(
            f"address {int(address[at]):#x} is no multiple of {size}", first_lane(lanes, low != 0)
        )


class GlobalMemory:
    """Allocations, one behind the other in one array of bytes; constants lie here too."""

    def __init__(self):
        self.name = "global"
        self.bytes = Bytes(1 << 16)
        self._sizes: list[int] = []
        self._starts: list[int] = []
        self._names: list[str] = []
        self._writable: list[bool] = []
        self._end = 0
        self._free: dict[int, list[int]] = {}  # by size, where there is room
        self._given_back: deque[int] = deque()  # numbers of allocations that are no more

    def allocate(self, name: str, size: int, writable: bool = True) -> int:
        """Return the address of new memory, whose bytes are anything; size may be 0."""
        start = self._place(_room(size))
        if len(self._given_back) > _WAITING or len(self._sizes) >= _MOST_NUMBERS:
            if not self._given_back:
                raise MemoryError("the interpreted device has no more pieces of memory")
            number = self._given_back.popleft()
            self._sizes[number], self._starts[number] = size, start
            self._names[number], self._writable[number] = name, writable
            return number + 1 << _ALLOCATION_SHIFT
        self._sizes.append(size)
        self._starts.append(start)
        self._names.append(name)
        self._writable.append(writable)
        return len(self._sizes) << _ALLOCATION_SHIFT

    def _place(self, room: int) -> int:
        """Return where so many bytes are that nobody uses. Raises `MemoryError`."""
        free = self._free.get(room)
        if free:
            return free.pop()
        end = self._end + room
        if end > self.bytes.all.size:
            before = self.bytes.all
            self.bytes = Bytes(2 * end)
            self.bytes.all[: before.size] = before
        start, self._end = self._end, end
        return start

    def put(self, name: str, content: Array, writable: bool = True) -> int:
        """Return the address of new memory with a copy of the bytes `content`."""
        address = self.allocate(name, content.size, writable)
        self.content(address)[:] = content
        return address

    def free(self, address: int) -> None:
        """Give memory back; its addresses stay without any. KeyError where none begins."""
        number = (address >> _ALLOCATION_SHIFT) - 1
        is_start = address & ((1 << _ALLOCATION_SHIFT) - 1) == 0
        if not 0 <= number < len(self._sizes) or not is_start or self._sizes[number] < 0:
            raise KeyError(address)
        self._free.setdefault(_room(self._sizes[number]), []).append(self._starts[number])
        self._given_back.append(number)
        self._sizes[number] = -1
        self._names[number] += ", which was freed"

    def content(self, address: int) -> Array:
        """Return the bytes from `address` to the end of its allocation."""
        number = (address >> _ALLOCATION_SHIFT) - 1
        inside = address & ((1 << _ALLOCATION_SHIFT) - 1)
        if not 0 <= number < len(self._sizes) or inside > self._sizes[number]:
            raise KeyError(address)
        start = self._starts[number]
        return self.bytes.all[start + inside : start + self._sizes[number]]

    def offsets(self, lanes: Lanes, address: Array, size: int, write: bool) -> Array:
        """Return where `address` lies in the bytes."""
        number = (address >> np.uint64(_ALLOCATION_SHIFT)).astype(np.int64) - 1
        inside = (address & np.uint64((1 << _ALLOCATION_SHIFT) - 1)).astype(np.int64)
        first = int(number[0])
        if 0 <= first < len(self._sizes) and (number == first).all():
            if int(inside.max()) + size <= self._sizes[first] and (
                self._writable[first] or not write
            ):
                return inside + self._starts[first]
        self._check_each(lanes, address, number, inside, size, write)
        return lanes.spread(inside + np.array(self._starts)[number])

    def _check_each(
        self, lanes: Lanes, address: Array, number: Array, inside: Array, size: int, write: bool
    ) -> None:
        known = (number >= 0) & (number < len(self._sizes))
        place = np.where(known, number, 0)
        limits = np.array([*self._sizes, 0])
        bad = ~known | (inside + size > limits[place])
        if write:
            bad |= ~np.array([*self._writable, True])[place]
        if not bad.any():
            return
        at = int(np.argmax(bad))
        what = f"{size} bytes at {int(address[at]):#x}"
        if known[at]:
            which = int(number[at])
            name, limit = self._names[which], self._sizes[which]
            what = (
                f"bytes {int(inside[at])} to {int(inside[at]) + size} of {name}, of {limit} bytes"
            )
        kind = "writes" if write else "reads"
        raise OutOfBounds(f"{kind} {what}", first_lane(lanes, bad))


def _room(size: int) -> int:
    """Return the bytes for an allocation: of few sizes, so that what is given back fits another."""
    return max(256, 1 << (size - 1).bit_length()) if size > 1 else 256


class SharedMemory:
    """The shared memory of each block; addresses start at SHARED_START."""

    def __init__(self, geometry: Geometry, size: int):
        self.name = "shared"
        self.size = size
        self.stride = -(-max(size, 1) // _STRIDE) * _STRIDE
        self.bytes = Bytes(geometry.blocks * self.stride)
        self._base = np.arange(geometry.lanes) // geometry.width * self.stride

    def offsets(self, lanes: Lanes, address: Array, size: int, write: bool) -> Array:
        """Return where `address` lies in the bytes."""
        inside = address - np.uint64(SHARED_START)
        bad = (inside > np.uint64(max(self.size - size, 0))) | np.bool_(size > self.size)
        if bad.any():
            at = int(inside[np.argmax(bad)].astype(np.int64))
            kind = "writes" if write else "reads"
            raise OutOfBounds(
                f"{kind} bytes {at} to {at + size} of shared memory, of {self.size} bytes",
                first_lane(lanes, bad),
            )
        return self._base[lanes.select] + inside.astype(np.int64)


class PrivateMemory:
    """What each lane has for itself: local memory, or parameters; reads need a write before."""

    def __init__(self, name: str, geometry: Geometry, size: int):
        self.name = name
        self._size = size
        self._stride = -(-max(size, 1) // _STRIDE) * _STRIDE
        self.bytes = Bytes(geometry.lanes * self._stride)
        self._defined = np.zeros(geometry.lanes * self._stride, np.bool_)
        self._base = np.arange(geometry.lanes) * self._stride

    def offsets(self, lanes: Lanes, address: Array, size: int, write: bool) -> Array:
        """Return where `address` lies in the bytes; UndefinedMemory where nobody wrote."""
        bad = (address > np.uint64(max(self._size - size, 0))) | np.bool_(size > self._size)
        if bad.any():
            at = int(address[np.argmax(bad)].astype(np.int64))
            raise OutOfBounds(
                f"{'writes' if write else 'reads'} bytes {at} to {at + size} of {self.name}"
                f" memory, of {self._size} bytes",
                first_lane(lanes, bad),
            )
        places = self._base[lanes.select] + address.astype(np.int64)
        each = places[:, None] + np.arange(size)
        if write:
            self._defined[each] = True
        elif not self._defined[each].all():
            raise UndefinedMemory(
                f"reads {self.name} memory that was never written",
                first_lane(lanes, ~self._defined[each]),
            )
        return places

    def fill(self, content: bytes) -> None:
        """Let each lane's bytes be `content`, and what follows it unwritten."""
        parts = self.bytes.all[: len(self._base) * self._stride].reshape(-1, self._stride)
        parts[:, : len(content)] = np.frombuffer(content, np.uint8)
        defined = self._defined.reshape(-1, self._stride)
        defined[:] = False
        defined[:, : len(content)] = True

    def copy(self, lanes: Lanes, source: int, target: int, size: int) -> None:
        """Copy bytes from one place to another within each lane, written or not."""
        for array in (self.bytes.all, self._defined):
            parts = array[: len(self._base) * self._stride].reshape(-1, self._stride)
            parts[lanes.select, target : target + size] = parts[
                lanes.select, source : source + size
            ]
