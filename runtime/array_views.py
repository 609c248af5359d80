"""Views of symbolic arrays: parts of another array's memory, in another shape or order.

Source: <https://numpy.org/doc/stable/user/basics.copies.html>.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np

from ..dialects.build import IRBuilder
from .array_data import ArrayData, born, tracer_of
from .array_dtypes import contiguous_strides
from .indexing import Region, region

if TYPE_CHECKING:
    from xdsl.ir import SSAValue

    from .symbolic_array import SymbolicArray


class _Part:
    """The elements that a subscript of integers, slices, None and `...` names."""

    name = "index"

    def __init__(self, where: Region, key: tuple[Any, ...]):
        self._where = where
        self.argument = tuple(map(_literal, key))

    def read(self, build: IRBuilder, base: SSAValue) -> SSAValue:
        """Return the named elements."""
        where = self._where
        if where.counts != build.emitter.spec(base).shape:
            base = build.slice(base, where.starts, where.limits, where.strides)
        return build.reshape(build.reverse(base, where.reversed), where.shape)

    def write(self, build: IRBuilder, base: SSAValue, new: SSAValue) -> SSAValue:
        """Return the base with new elements in their place."""
        where = self._where
        if 0 in where.counts:
            return base
        new = build.reverse(build.reshape(new, where.counts), where.reversed)
        if where.counts == build.emitter.spec(base).shape:
            return new
        return build.update_slice(base, new, where.starts, where.strides)


class _Transposed:
    """The axes in another order."""

    name = "transpose"

    def __init__(self, order: tuple[int, ...]):
        self.argument = order

    def read(self, build: IRBuilder, base: SSAValue) -> SSAValue:
        """Return the elements with their axes in the order."""
        return build.transpose(base, self.argument)

    def write(self, build: IRBuilder, base: SSAValue, new: SSAValue) -> SSAValue:
        """Return the elements with their axes back in place."""
        return build.transpose(new, tuple(np.argsort(self.argument).tolist()))


class _Reshaped:
    """The same elements in another shape."""

    name = "reshape"

    def __init__(self, shape: tuple[int, ...]):
        self.argument = shape

    def read(self, build: IRBuilder, base: SSAValue) -> SSAValue:
        """Return the elements in the shape."""
        return build.reshape(base, self.argument)

    def write(self, build: IRBuilder, base: SSAValue, new: SSAValue) -> SSAValue:
        """Return the elements in the base's shape."""
        return build.reshape(new, build.emitter.spec(base).shape)


class _Broadcast:
    """The elements repeated to a shape; it can't be written to."""

    name = "broadcast"

    def __init__(self, shape: tuple[int, ...]):
        self.argument = shape

    def read(self, build: IRBuilder, base: SSAValue) -> SSAValue:
        """Return the elements, repeated."""
        return build.broadcast_to(base, self.argument)

    def write(self, build: IRBuilder, base: SSAValue, new: SSAValue) -> None:
        """Refuse: the elements are there more than once."""
        return None


def subscript(array: ArrayData, key: object) -> SymbolicArray:
    """Return `array[key]`: a view, or a scalar.

    Raises `IndexError` as NumPy does, CompileError for arrays, lists and bools in the key.
    """
    items = basic_key(array, key)
    shown: Any = array.sample()[items]
    if array.IS_SCALAR:
        value = array.graph_value(tracer_of())
        return born(
            tracer_of().builder.reshape(value, np.shape(shown)), isinstance(shown, np.generic)
        )
    where = region(items, array.shape)
    assert where is not None
    step = _Part(where, items)
    if isinstance(shown, np.generic):
        tracer = tracer_of()
        return born(step.read(tracer.builder, array.graph_value(tracer)), True)
    laid_out = array.laid_out()
    return array.viewed(step, None if laid_out is None else laid_out[items].strides)


def written(array: ArrayData, key: object, value: SSAValue) -> SSAValue:
    """Return the array's elements after `array[key] = value`, of this dtype and broadcastable."""
    tracer = tracer_of()
    build = tracer.builder
    items = basic_key(array, key)
    where = region(items, array.shape)
    assert where is not None
    shape = build.emitter.spec(value).shape
    extra = len(shape) - len(where.shape)
    if extra > 0 and set(shape[:extra]) == {1}:
        shape = shape[extra:]
        value = build.reshape(value, shape)
    if not _broadcasts(shape, where.shape):
        target = tuple(where.shape)
        raise ValueError(
            f"could not broadcast input array from shape {_text(shape)} into shape {_text(target)}"
        )
    new = build.broadcast_to(value, where.shape)
    return _Part(where, items).write(build, array.graph_value(tracer), new)


def basic_key(array: ArrayData, key: object) -> tuple[Any, ...]:
    """Return the items of a key of integers, slices, None and `...`, checked by NumPy.

    Raises `IndexError`, and CompileError for a key that holds arrays, lists or bools.
    """
    items: tuple[Any, ...] = cast(Any, key) if type(key) is tuple else (key,)
    kinds: tuple[Any, ...] = (int, slice, np.integer)
    for item in items:
        if isinstance(item, ArrayData):
            item.needs_data("an index")
        if not (item is None or item is ... or isinstance(item, kinds)):
            _refuse_key(array, key)
        if isinstance(item, bool | np.bool_):
            _refuse_key(array, key)
    array.sample()[items]
    return tuple(index(cast(Any, i)) if isinstance(i, np.integer) else i for i in items)


def _refuse_key(array: ArrayData, key: Any) -> NoReturn:
    if not isinstance(key, list | tuple | np.ndarray | bool | np.bool_):
        # What is no key at all is NumPy's own error.
        array.sample()[key]
    array.refuse(
        "indexing an array that exists only at run time with arrays, lists or bools can't be"
        " compiled",
        "use integers and slices, or numpy.where(condition, a, b)",
    )


def transposed(array: ArrayData, order: Sequence[int]) -> SymbolicArray:
    """Return the view with the axes in another order."""
    laid_out = array.laid_out()
    strides = None if laid_out is None else laid_out.transpose(order).strides
    return array.viewed(_Transposed(tuple(map(int, order))), strides)


def reshaped(array: ArrayData, shape: tuple[int, ...]) -> SymbolicArray:
    """Return the array in another shape: a view where NumPy can make one, else a copy.

    Where it isn't known which, both may be read but no longer written to.
    """
    itemsize = array.dtype.itemsize
    strides = contiguous_strides(shape, itemsize)
    in_rows = array.lies_in_rows
    made = array.viewed(_Reshaped(shape), strides if in_rows else None)
    if not in_rows:
        array.lock()
    return made


def broadcast(array: ArrayData, shape: tuple[int, ...]) -> SymbolicArray:
    """Return the read-only view repeated to a shape."""
    return array.viewed(_Broadcast(shape), None)


def _literal(item: Any) -> Any:
    """Return an item of a key as a literal: a slice as the tuple of its parts."""
    if isinstance(item, slice):
        parts = cast(Any, item)
        bounds: tuple[Any, ...] = (parts.start, parts.stop, parts.step)
        return ("slice", *(None if b is None else index(b) for b in bounds))
    return item


def key_of(literal: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the key that a view's literal stands for."""
    return tuple(map(_item, literal))


def _item(literal: Any) -> Any:
    if not isinstance(literal, tuple):
        return literal
    _, start, stop, step = cast("tuple[Any, ...]", literal)
    return slice(start, stop, step)


def _broadcasts(shape: tuple[int, ...], target: tuple[int, ...]) -> bool:
    if len(shape) > len(target):
        return False
    tail = target[len(target) - len(shape) :]
    return all(m in (1, n) for m, n in zip(shape, tail, strict=True))


def _text(shape: tuple[int, ...]) -> str:
    return str(shape).replace(" ", "")
