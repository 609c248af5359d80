"""How ops on memrefs make new buffers of old ones; none moves an element."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from .hivm_errors import OutOfBounds, WrongOperands
from .hivm_memory import Buffer, Dims, row_major


def subview(
    source: Buffer, offsets: Dims, sizes: Dims, strides: Dims, kept: Sequence[int]
) -> Buffer:
    """Return a part of a buffer, only with the axes in `kept`."""
    start = source.offset
    for offset, size, stride, extent, step in zip(
        offsets, sizes, strides, source.sizes, source.strides, strict=True
    ):
        if offset < 0 or (size > 0 and offset + (size - 1) * stride >= extent):
            raise OutOfBounds(
                f"a part at {list(offsets)} of {list(sizes)} isn't in {list(source.sizes)}"
            )
        start += offset * step
    return source.like(
        start,
        tuple(sizes[axis] for axis in kept),
        tuple(strides[axis] * source.strides[axis] for axis in kept),
    )


def reinterpret(source: Buffer, offset: int, sizes: Dims, strides: Dims) -> Buffer:
    """Return other elements of the same bytes; they need not all be there."""
    return source.like(offset, sizes, strides)


def collapse(source: Buffer, groups: Sequence[Sequence[int]]) -> Buffer:
    """Return a buffer with one axis for each group of axes."""
    sizes: list[int] = []
    strides: list[int] = []
    for group in groups:
        # The stride of an axis with one element says nothing.
        long = [axis for axis in group if source.sizes[axis] != 1] or [group[-1]]
        for outer, inner in pairwise(long):
            if source.strides[outer] != source.strides[inner] * source.sizes[inner]:
                if 0 not in source.sizes:
                    raise WrongOperands(f"axes {list(group)} with gaps become one axis")
        sizes.append(math.prod(source.sizes[axis] for axis in group))
        strides.append(source.strides[long[-1]])
    return source.like(source.offset, tuple(sizes), tuple(strides))


def expand(source: Buffer, groups: Sequence[Sequence[int]], sizes: Dims) -> Buffer:
    """Return a buffer with several axes for each one."""
    strides = [1] * len(sizes)
    for axis, group in enumerate(groups):
        step = source.strides[axis]
        for inner in reversed(group):
            strides[inner] = step
            step *= sizes[inner]
    return source.like(source.offset, sizes, tuple(strides))


def view(source: Buffer, shift: int, dtype: np.dtype[Any] | None, sizes: Dims) -> Buffer:
    """Return elements of another type in a buffer of bytes, `shift` bytes from its beginning.

    They may be more than are there, since often only a part is used; each access is checked.
    """
    first = source.first + source.offset + shift
    end = min(source.first + source.offset + source.sizes[0], source.end)
    if not source.first <= first <= end:
        raise OutOfBounds(f"{shift} bytes into a buffer of {source.sizes[0]}")
    return Buffer(source.memory, first, end, dtype, 0, sizes, row_major(sizes))


def bitcast(source: Buffer, dtype: np.dtype[Any]) -> Buffer:
    """Return the same elements as others of the same size."""
    if source.dtype is None or source.dtype.itemsize != dtype.itemsize:
        raise WrongOperands(f"elements {source.dtype} are taken for {dtype}")
    return Buffer(
        source.memory,
        source.first,
        source.end,
        dtype,
        source.offset,
        source.sizes,
        source.strides,
    )


def whole(source: Buffer) -> Buffer:
    """Return the buffer that the first element begins, without axes."""
    return source.like(0, (), ())
