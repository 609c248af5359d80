"""Device memory as tensors hold it, and the pool that pieces come from and go back to.

What a piece is used for happens in a stream, in the order in which it was asked for; so a piece
that is given back can be lent again at once to who works in the same stream.
"""

from __future__ import annotations

from collections import defaultdict, deque
from typing import Any, Final

import numpy as np

from ...dialects.dtypes import TensorSpec
from ...runtime.arrays import Array, numpy_dtype
from ...runtime.locks import ForkSafeLock
from ...runtime.residence import DeviceValue
from ..cpu.executable import address_of
from . import interop
from .device import Device

_SMALL, _LARGE = 512, 1 << 21
"""Sizes are multiples of the first, from the second on multiples of that."""
_ALIGNMENT = 16
"""Bytes that kernels count on."""


class Piece:
    """A piece of device memory; it goes back to its pool when nothing refers to it."""

    __slots__ = (
        "__weakref__",
        "address",
        "is_exposed",
        "pool",
        "room",
        "size",
        "stream",
        "used_in",
    )

    def __init__(self, pool: MemoryPool, address: int, size: int, room: int, stream: int):
        self.pool = pool
        self.address = address
        self.size = size
        """Bytes that were asked for."""
        self.room = room
        """Bytes that there are."""
        self.stream = stream
        """In which it was used last; what others did until then comes before that."""
        self.used_in: frozenset[int] = frozenset()
        """All streams in which it was used, if they are several."""
        self.is_exposed = False
        """Whether other libraries know of it."""

    def use(self, stream: int) -> int:
        """Return the address for work in a stream."""
        if stream != self.stream:
            self.pool.device.order(self.stream, stream)
            # Others may still read it in theirs, and may do this at the same time.
            with self.pool.lock:
                self.used_in |= {self.stream, stream}
                self.stream = stream
        return self.address

    def to_host(self, spec: TensorSpec) -> Array:
        """Return a new array of the elements, when they are computed."""
        array = np.empty(spec.shape, numpy_dtype(spec.dtype))
        device = self.pool.device
        address = self.use(device.enter())
        if array.nbytes:
            device.copy_out(address_of(array), address, array.nbytes)
        return array

    def dlpack(self, spec: TensorSpec, stream: int | None) -> object:
        """Return a DLPack capsule that shares the memory; `stream` is the consumer's."""
        theirs = interop.stream_of(stream)
        if theirs is not None:
            self.pool.device.enter()
            self.use(theirs)
        self.is_exposed = True
        return interop.capsule(self, self.address, spec, self.dlpack_device())

    def dlpack_device(self) -> tuple[int, int]:
        """Return DLPack's kind of the device, and its number."""
        return self.pool.device.dlpack_device

    def cuda_array_interface(self, spec: TensorSpec) -> dict[str, Any]:
        """Return what `__cuda_array_interface__` gives.

        Raises `AttributeError` for a dtype that it has no name for, and for a simulated device.
        """
        described = interop.array_interface(self.address, spec, self.dlpack_device(), self.stream)
        self.is_exposed = True
        return described

    def __del__(self) -> None:
        # At any moment, also while a thread has the pool's lock.
        self.pool.returned.append((self.address, self.room, self.stream, self.used_in))


class BorrowedPiece(Piece):
    """A piece of another library's memory, which it gets back when nothing refers to this."""

    __slots__ = ("_taken",)

    def __init__(self, pool: MemoryPool, taken: interop.Taken, size: int, stream: int):
        super().__init__(pool, taken.address, size, size, stream)
        self._taken = taken
        self.is_exposed = True

    def __del__(self) -> None:
        """Leave it to the capsule."""


class MemoryPool:
    """Pieces of a device's memory. Those that came back wait for others of their size.

    A simulated device gets each back at once, and is asked for just as many bytes as are needed:
    then it sees what goes beyond, and what is read before it is written.
    """

    def __init__(self, device: Device):
        self.device = device
        self._is_kept = not device.is_simulated
        self.returned: deque[tuple[int, int, int, frozenset[int]]] = deque()
        self._free: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        self.lock: Final = ForkSafeLock()

    def take(self, size: int, stream: int) -> Piece:
        """Return a piece for work in a stream, with whatever elements.

        Raises `MemoryError` if there is none.
        """
        unit = _LARGE if size >= _LARGE else _SMALL
        room = max(-(-size // unit) * unit, unit) if self._is_kept else size
        with self.lock:
            self._sort()
            free = self._free.get((stream, room))
            if free:
                return Piece(self, free.pop(), size, room, stream)
        try:
            address = self.device.allocate(room)
        except MemoryError:
            self.empty()
            address = self.device.allocate(room)
        return Piece(self, address, size, room, stream)

    def upload(self, array: Array, stream: int) -> Piece:
        """Return a piece with the elements of an array."""
        if not array.flags.c_contiguous:
            array = array.copy(order="C")
        piece = self.take(array.nbytes, stream)
        if array.nbytes:
            self.device.copy_in(piece.address, address_of(array), array.nbytes)
        return piece

    def upload_bytes(self, data: bytes, stream: int) -> Piece:
        """Return a piece with these bytes."""
        return self.upload(np.frombuffer(data, np.uint8), stream)

    def adopt(self, owner: Any) -> DeviceValue:
        """Return a value that shares the memory of another library, by DLPack.

        Raises `ValueError` for memory of another device, and for elements that don't lie row by
        row without gaps, `TypeError` for a dtype that no tensor has.
        """
        given = tuple(owner.__dlpack_device__())
        if given != self.device.dlpack_device:
            raise ValueError(f"DLPack's device {given} isn't '{self.device.name}'")
        stream = self.device.enter()
        taken = interop.Taken(owner.__dlpack__(stream=stream or interop.LEGACY))
        if not taken.is_dense:
            raise ValueError("a tensor of the device lies row by row: make it contiguous first")
        spec = TensorSpec(taken.shape, taken.dtype)
        size = spec.size * spec.dtype.itemsize
        piece = BorrowedPiece(self, taken, size, stream)
        if taken.address % _ALIGNMENT:
            # Kernels read 16 bytes at once.
            borrowed, piece = piece, self.take(size, stream)
            if size:
                self.device.copy(piece.address, borrowed.address, size)
        return DeviceValue(spec, piece)

    def empty(self) -> None:
        """Give all that nobody uses back to the device."""
        with self.lock:
            self._sort()
            kept, self._free = self._free, defaultdict(list)
        if kept:
            # They may be in use, in whichever stream.
            self.device.synchronize()
        for addresses in kept.values():
            for address in addresses:
                self.device.free(address)

    def _sort(self) -> None:
        """Put away what came back."""
        while self.returned:
            try:
                address, room, stream, used_in = self.returned.popleft()
            except IndexError:  # Another thread was faster.
                return
            for other in used_in - {stream}:
                self.device.order(other, stream)
            if self._is_kept:
                self._free[stream, room].append(address)
            else:
                self.device.free(address)
