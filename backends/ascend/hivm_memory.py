"""Memories of a core as bytes, and the buffers that HIVM puts into them.

A memory has the size that the chip has, and is full of 0xFF before a kernel runs: floats are nan,
integers -1. So a tile of the wrong size, two buffers in one place and what nobody has written show
in the numbers. An i1 on the chip is one bit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from ml_dtypes import bfloat16

from ...runtime.arrays import Array
from .hivm_errors import OutOfBounds
from .hivm_sync import Access

POISON: Final = 0xFF
DTYPES: Final[dict[str, np.dtype[Any] | None]] = {
    "f16": np.dtype(np.float16),
    "bf16": np.dtype(bfloat16),
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
    "i1": None,
    "i8": np.dtype(np.int8),
    "i16": np.dtype(np.int16),
    "i32": np.dtype(np.int32),
    "i64": np.dtype(np.int64),
    "ui8": np.dtype(np.uint8),
    "index": np.dtype(np.int64),
}
"""NumPy's dtype of an element type; None for bits."""

Dims = tuple[int, ...]


class Memory:
    """Bytes at addresses from 0, and who has used them last."""

    __slots__ = ("accesses", "bytes", "name")

    def __init__(self, name: str, content: Array) -> None:
        self.name: Final = name
        self.bytes: Final = content
        self.accesses: list[Access] = []

    @classmethod
    def poisoned(cls, name: str, size: int) -> Memory:
        """Return an on-chip memory that nothing was written to yet."""
        return cls(name, np.full(size, POISON, np.uint8))

    def poison(self) -> None:
        """Forget what is there."""
        self.bytes.fill(POISON)
        self.accesses.clear()


class Buffer:
    """A memref: where its elements are in a memory, inside the bytes from `first` to `end`."""

    __slots__ = (
        "_array",
        "dtype",
        "end",
        "first",
        "last_use",
        "memory",
        "offset",
        "sizes",
        "strides",
    )

    def __init__(
        self,
        memory: Memory,
        first: int,
        end: int,
        dtype: np.dtype[Any] | None,
        offset: int,
        sizes: Dims,
        strides: Dims,
    ) -> None:
        self.memory = memory
        self.first = first
        """The byte from which offsets count."""
        self.end = end
        """The byte after the last that belongs to it."""
        self.dtype = dtype
        self.offset = offset
        """In elements, as the strides are."""
        self.sizes = sizes
        self.strides = strides
        self.last_use: object = None
        """When the scalar unit has last read an element or written one, as `Core` counts."""
        self._array: Array | None = None

    @classmethod
    def of_array(cls, name: str, array: Array) -> Buffer:
        """Return a buffer in the global memory that is an array in row-major order."""
        content = array.reshape(-1).view(np.uint8)
        dtype = np.dtype(np.int8) if array.dtype == np.bool_ else array.dtype
        memory = Memory(name, content)
        return cls(memory, 0, content.nbytes, dtype, 0, array.shape, row_major(array.shape))

    @property
    def span(self) -> tuple[int, int]:
        """The bytes from the first to the last element, as half-open interval.

        Raises OutOfBounds where they aren't all in the buffer.
        """
        last = self.offset
        for size, stride in zip(self.sizes, self.strides, strict=True):
            if size <= 0:
                return self.first, self.first
            last += (size - 1) * stride
        if self.dtype is None:
            low, high = self.first + self.offset // 8, self.first + last // 8 + 1
        else:
            width = self.dtype.itemsize
            low, high = self.first + self.offset * width, self.first + (last + 1) * width
        if low < self.first or high > self.end:
            raise OutOfBounds(
                f"bytes {low - self.first} to {high - self.first} of a buffer of "
                f"{self.end - self.first} in {self.memory.name} at {self.first}"
            )
        return low, high

    @property
    def array(self) -> Array:
        """The elements as an array that shares its memory.

        Raises OutOfBounds where they aren't all in the buffer.
        """
        if self._array is None:
            self._array = self._view()
        return self._array

    def _view(self) -> Array:
        dtype = self.dtype
        if dtype is None:
            raise TypeError("bits have no array of their own")
        low, high = self.span
        if low == high:
            return np.empty([max(size, 0) for size in self.sizes], dtype)
        width = dtype.itemsize
        strides = [stride * width for stride in self.strides]
        return np.ndarray(self.sizes, dtype, self.memory.bytes, low, strides)

    @property
    def values(self) -> Array:
        """The elements to read; bits as an array of bool."""
        if self.dtype is not None:
            return self.array
        bits, strides = self._bits()
        return np.lib.stride_tricks.as_strided(bits, self.sizes, strides).astype(np.bool_)

    def write(self, values: Array) -> None:
        """Write all elements, with NumPy's rules for broadcasting."""
        if self.dtype is not None:
            self.array[...] = values
            return
        low, high = self.span
        bits, strides = self._bits()
        whole = np.unpackbits(self.memory.bytes[low:high], bitorder="little")
        start = len(whole) - len(bits)
        view = np.lib.stride_tricks.as_strided(whole[start:], self.sizes, strides)
        view[...] = values
        self.memory.bytes[low:high] = np.packbits(whole, bitorder="little")

    def _bits(self) -> tuple[Array, Sequence[int]]:
        low, high = self.span
        whole = np.unpackbits(self.memory.bytes[low:high], bitorder="little")
        return whole[self.offset % 8 :], self.strides

    def like(self, offset: int, sizes: Dims, strides: Dims) -> Buffer:
        """Return other elements of the same bytes."""
        return Buffer(self.memory, self.first, self.end, self.dtype, offset, sizes, strides)


def row_major(sizes: Sequence[int]) -> Dims:
    """Return the strides of elements without gaps, the last axis first."""
    strides: list[int] = []
    step = 1
    for size in reversed(sizes):
        strides.append(step)
        step *= size
    return tuple(reversed(strides))


def byte_count(sizes: Sequence[int], dtype: np.dtype[Any] | None) -> int:
    """Return how many bytes elements without gaps take."""
    count = math.prod(sizes)
    return -(-count // 8) if dtype is None else count * dtype.itemsize
