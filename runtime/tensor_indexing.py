"""Subscripts of tensors: reading makes a copy, writing changes the tensor itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, cast

from . import dispatch
from .indexing import Region, region
from .recording import current_recorder, note_python_operation
from .rows import Rows
from .tensor_data import TensorData
from .tensor_methods import TensorMethods
from .tensor_selection import TensorSelection
from .tracing import current_tracer

if TYPE_CHECKING:
    from .tensor import Tensor


class TensorIndexing(TensorSelection):
    """A tensor with `x[key]`, `x[key] = value`, `for row in x` and `value in x`."""

    __slots__ = ()

    def __getitem__(self, key: object) -> Tensor:
        """Return the elements that a key names, by NumPy's rules.

        A key of integers, slices, None and `...` can be compiled; one with arrays, lists or bools
        needs the data. Raises `IndexError` for what lies outside.
        """
        where = region(key, self.shape)
        if where is None:
            note_python_operation()
            data = self.read("indexing with an array")
            return dispatch.constant(data[_arrays(key)])
        x: TensorMethods = self
        if where.counts != self.shape:
            x = dispatch.apply("slice", x, where.starts, where.limits, where.strides)
        if where.reversed:
            x = dispatch.apply("reverse", x, where.reversed)
        return dispatch.apply("reshape", x, where.shape)

    def __setitem__(self, key: object, value: object) -> None:
        """Write a value, converted to this dtype and broadcast, to the elements a key names.

        Whoever shares this tensor sees it. Raises `IndexError` for what lies outside and
        `ValueError` for a value that doesn't broadcast.
        """
        tracer = current_tracer()
        if tracer is not None and not self.is_symbolic:
            tracer.refuse_write(cast("Tensor", self))
        where = region(key, self.shape)
        new = self._converted(value)
        if where is None:
            note_python_operation()
            self.array(_WRITTEN)[_arrays(key)] = new.read(_WRITTEN)
            return
        new = _fitted(new, where)
        if tracer is None and self._write_lazily(new, where):
            return
        if tracer is None or self._seen is not None:
            elements = tuple(map(slice, where.starts, where.limits, where.strides))
            note_python_operation()
            self.array(_WRITTEN)[elements] = new.read(_WRITTEN)
        elif 0 not in where.counts:
            written = dispatch.apply("update_slice", self, new, where.starts, where.strides)
            self._replace_value(written.graph_value(tracer))

    def _write_lazily(self, new: TensorMethods, where: Region) -> bool:
        """Record the write if there is a trace and nobody holds the array; return whether it is.

        A large tensor isn't copied for each write.
        """
        recorder = current_recorder()
        if recorder is None or self.size > _LARGE:
            return False
        before = self.lazy_value(recorder.emitter)
        if self.lazily is not before:
            return False
        if 0 not in where.counts:
            update = new.lazy_value(recorder.emitter)
            written = recorder.update_slice(before, update, where.starts, where.strides)
            self._hold_lazily(written)
        return True

    def __iter__(self) -> Iterator[Tensor]:
        if not self.shape:
            raise TypeError("a 0-d tensor can't be iterated over")
        return Rows(self, self.shape[0])

    def __contains__(self, value: object) -> bool:
        return bool((self == value).any())

    def _converted(self, value: object) -> TensorMethods:
        if isinstance(value, TensorData):
            return dispatch.apply("convert", value, self.dtype)
        if isinstance(value, bool | int | float):
            return dispatch.full((), value, self.dtype)
        from .tensor import Tensor

        return Tensor(cast(Any, value)).astype(self.dtype)


_LARGE = 1 << 14
"""Elements of a tensor that is written in place even where other operations are recorded."""

_WRITTEN = "assignment to elements"


def _fitted(value: TensorMethods, where: Region) -> TensorMethods:
    """Return the value in the region's own order and rank."""
    extra = max(value.ndim - len(where.shape), 0)
    if extra and set(value.shape[:extra]) == {1}:
        value = value.reshape(value.shape[extra:])
    value = value.broadcast_to(where.shape).reshape(where.counts)
    return dispatch.apply("reverse", value, where.reversed)


def _arrays(key: object) -> Any:
    """Return a key with arrays in the place of tensors."""
    if isinstance(key, tuple | list):
        items = cast("list[object] | tuple[object, ...]", key)
        return type(items)(_arrays(item) for item in items)
    return key.read("an index") if isinstance(key, TensorData) else key
