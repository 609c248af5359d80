"""What a subscript of integers, slices, None and `...` means for a tensor of a known shape.

Source: <https://numpy.org/doc/stable/user/basics.indexing.html#basic-indexing>.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import index
from typing import Any, NamedTuple, cast

import numpy as np

from .arrays import Array
from .tensor_data import TensorData


class Region(NamedTuple):
    """The elements that a subscript names: a start, a count and a stride for each axis."""

    starts: tuple[int, ...]
    counts: tuple[int, ...]
    strides: tuple[int, ...]
    reversed: tuple[int, ...]
    """Axes that the subscript runs through from the end."""
    shape: tuple[int, ...]
    """Shape of what it names: integers drop an axis, None adds one."""

    @property
    def limits(self) -> tuple[int, ...]:
        """The first index after the last element, for each axis."""
        return tuple(
            start + (count - 1) * stride + 1 if count else start
            for start, count, stride in zip(self.starts, self.counts, self.strides, strict=True)
        )


def region(key: object, shape: tuple[int, ...]) -> Region | None:
    """Return what a subscript names; None if it holds an array, a list or a bool.

    Raises `IndexError` for an index out of bounds, for more indices than axes, and for keys that
    are no subscripts of a tensor.
    """
    items = cast("tuple[object, ...]", key) if isinstance(key, tuple) else (key,)
    if any(_is_array(item) for item in items):
        return None
    ranges, result = list[range](), list[int]()
    for item, extent in zip(*_aligned(items, shape), strict=True):
        if item is None:
            result.append(1)
        elif isinstance(item, slice):
            ranges.append(range(*cast("slice[Any, Any, Any]", item).indices(extent)))
            result.append(len(ranges[-1]))
        else:
            ranges.append(_single(item, extent, len(ranges)))
    return Region(
        tuple(_lowest(r) for r in ranges),
        tuple(map(len, ranges)),
        tuple(abs(r.step) for r in ranges),
        tuple(axis for axis, r in enumerate(ranges) if r.step < 0),
        tuple(result),
    )


def _lowest(r: range) -> int:
    return min(r[0], r[-1]) if r else 0


def _aligned(
    items: tuple[object, ...], shape: tuple[int, ...]
) -> tuple[list[object], Iterator[int]]:
    """Return the items with `...` written out, and the extent that each of them stands for."""
    used = sum(item is not None and item is not ... for item in items)
    if used > len(shape):
        raise IndexError(f"too many indices: the tensor has {len(shape)} axes, not {used}")
    if sum(item is ... for item in items) > 1:
        raise IndexError("an index can only have a single ellipsis ('...')")
    whole = [slice(None)] * (len(shape) - used)
    place = next((i for i, item in enumerate(items) if item is ...), None)
    if place is None:
        full = [*items, *whole]
    else:
        full = [*items[:place], *whole, *items[place + 1 :]]
    extents = iter(shape)
    return full, (0 if item is None else next(extents) for item in full)


def _single(item: object, extent: int, axis: int) -> range:
    try:
        number = index(cast(Any, item))
    except TypeError:
        raise IndexError(
            "a tensor is indexed by integers, slices, None, '...', arrays and tensors,"
            f" not by a {type(item).__name__}"
        ) from None
    if not -extent <= number < extent:
        raise IndexError(f"index {number} is out of bounds for axis {axis} with size {extent}")
    number %= extent
    return range(number, number + 1)


def _is_array(item: object) -> bool:
    if isinstance(item, TensorData):
        return bool(item.shape) or item.dtype.kind == "b"
    if isinstance(item, np.ndarray):
        array = cast(Array, item)
        return array.ndim > 0 or array.dtype.kind == "b"
    return isinstance(item, list | bool | np.bool_)
