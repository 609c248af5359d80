"""NumPy's functions that make, move and join elements, on symbolic arrays.

Source: <https://numpy.org/doc/stable/reference/routines.array-manipulation.html>.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from xdsl.ir import SSAValue

from ..dialects.dtypes import DType
from ..dialects.emitter import WeakNumber
from .array_calls import Unsupported, cast_to, implements
from .array_data import ArrayData, arrays_among, born, tracer_of, unsupported, value_of
from .array_dtypes import NumPyDType, asks, graph_dtype, number_value, sample
from .array_views import broadcast, reshaped, subscript, transposed

if TYPE_CHECKING:
    from .symbolic_array import SymbolicArray

_NOTHING: Any = getattr(np, "_NoValue")  # noqa: B009


def as_array(value: Any) -> SymbolicArray:
    """Return a symbolic array itself, and a new one of anything known that NumPy makes one of."""
    if isinstance(value, ArrayData):
        return cast("SymbolicArray", value)
    if type(value) in (list, tuple) and arrays_among(value):
        return array(value)
    return born(value_of(value))


@implements(np.array)
def array(
    object: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: Any = "K",
    subok: Any = False,
    ndmin: int = 0,
    ndmax: int = 0,
    like: Any = None,
) -> SymbolicArray:
    """Return a new array of an array, a scalar or nested lists of them.

    Raises `ValueError` for rows of different shapes.
    """
    if order not in ("K", "A", "C") or ndmin or ndmax or like is not None:
        raise Unsupported("with 'order', 'ndmin', 'ndmax' or 'like'")
    if isinstance(object, ArrayData):
        wanted = object.dtype if dtype is None else np.dtype(dtype)
        if not copy and wanted == object.dtype and not object.IS_SCALAR:
            return cast("SymbolicArray", object)
        if copy is False:
            raise Unsupported("with 'copy=False'")
        return born(cast_to(value_of(object), wanted), like=(object,))
    rows = [as_array(item) for item in object]
    shapes = {row.shape for row in rows}
    if len(shapes) > 1:
        np.array([np.zeros(row.shape, bool) for row in rows])
        unsupported("an array of rows of different shapes", rows)
    wanted = np.dtype(dtype) if dtype is not None else np.result_type(*(r.dtype for r in rows))
    build = tracer_of().builder
    raised = [build.reshape(in_dtype(row, wanted), (1, *row.shape)) for row in rows]
    return born(build.concat(raised, 0))


@implements(np.asarray, np.asanyarray)
def asarray(
    a: Any,
    dtype: Any = None,
    order: Any = None,
    *,
    device: Any = None,
    copy: Any = None,
    like: Any = None,
) -> SymbolicArray:
    """Return the array itself where it has the dtype, else a new one."""
    if order not in (None, "K", "A") or like is not None or device not in (None, "cpu"):
        raise Unsupported("with 'order', 'device' or 'like'")
    return array(a, dtype, copy=copy)


@implements(np.copy)
def copy(a: Any, order: Any = "K", subok: Any = False) -> SymbolicArray:
    """Return a new array of the same elements."""
    return array(a, order=order)


def in_dtype(x: Any, there: NumPyDType) -> SSAValue:
    """Return an array or a number as a value of a dtype."""
    if isinstance(x, ArrayData):
        return cast_to(value_of(x), there)
    if isinstance(x, WeakNumber):
        return x.in_dtype(cast(DType, graph_dtype(there)))
    return number_value(tracer_of().builder, x, there)


# Shapes: sizes are known, so these are plain Python numbers.


@implements(np.shape)
def shape(a: Any) -> tuple[int, ...]:
    """Return the extent of each axis."""
    return as_array(a).shape


@implements(np.ndim)
def ndim(a: Any) -> int:
    """Return the number of axes."""
    return len(as_array(a).shape)


@implements(np.size)
def size(a: Any, axis: Any = None) -> int:
    """Return the number of elements, or the extent of axes."""
    return np.size(as_array(a).sample(), axis)


@implements(np.result_type)
def result_type(*arrays_and_dtypes: Any) -> NumPyDType:
    """Return the dtype that all of these promote to."""
    return np.result_type(*(x.dtype if isinstance(x, ArrayData) else x for x in arrays_and_dtypes))


@implements(np.can_cast)
def can_cast(from_: Any, to: Any, casting: Any = "safe") -> bool:
    """Return whether a cast is allowed."""
    return np.can_cast(from_.dtype if isinstance(from_, ArrayData) else from_, to, casting)


@implements(np.reshape)
def reshape(a: Any, /, shape: Any, order: Any = "C", *, copy: Any = None) -> SymbolicArray:
    """Return the elements in another shape. Raises `ValueError` if their number differs."""
    x = as_array(a)
    if order != "C" or copy is not None:
        raise Unsupported("with 'order' or 'copy'")
    return reshaped(x, asks(np.reshape, x.sample(), shape).shape)


@implements(np.ravel)
def ravel(a: Any, order: Any = "C") -> SymbolicArray:
    """Return all elements along one axis."""
    if order != "C":
        raise Unsupported("with 'order'")
    return reshape(a, -1)


@implements(np.transpose)
def transpose(a: Any, axes: Any = None) -> SymbolicArray:
    """Return the view with the axes in another order, reversed by default."""
    x = as_array(a)
    np.transpose(x.sample(), axes)
    rank = len(x.shape)
    order = range(rank)[::-1] if axes is None else [int(i) % rank for i in axes]
    return transposed(x, tuple(order))


@implements(np.swapaxes)
def swapaxes(a: Any, axis1: int, axis2: int) -> SymbolicArray:
    """Return the view with two axes exchanged."""
    x = as_array(a)
    return _ordered(x, np.swapaxes, axis1, axis2)


@implements(np.moveaxis)
def moveaxis(a: Any, source: Any, destination: Any) -> SymbolicArray:
    """Return the view with axes in other places."""
    return _ordered(as_array(a), np.moveaxis, source, destination)


@implements(np.rollaxis)
def rollaxis(a: Any, axis: int, start: int = 0) -> SymbolicArray:
    """Return the view with an axis rolled back."""
    return _ordered(as_array(a), np.rollaxis, axis, start)


def _ordered(x: SymbolicArray, function: Callable[..., Any], *args: Any) -> SymbolicArray:
    """Return the view that a function makes by changing the order of axes."""
    rank = len(x.shape)
    numbered = np.lib.stride_tricks.as_strided(
        np.empty(1, np.int8), (1,) * rank, tuple(range(1, rank + 1))
    )
    return transposed(x, tuple(step - 1 for step in function(numbered, *args).strides))


@implements(np.squeeze)
def squeeze(a: Any, axis: Any = None) -> SymbolicArray:
    """Return the view without axes of length 1."""
    x = as_array(a)
    shown = np.squeeze(x.sample(), axis)
    if axis is None:
        gone = {i for i, extent in enumerate(x.shape) if extent == 1}
    else:
        gone = {int(i) % max(len(x.shape), 1) for i in several(axis)}
    key = tuple(0 if i in gone else slice(None) for i in range(len(x.shape)))
    return subscript(x, (*key, ...)) if np.ndim(shown) < len(x.shape) else subscript(x, ...)


def several(axis: Any) -> tuple[Any, ...]:
    """Return axes as a tuple, one alone, too."""
    return tuple(axis) if type(axis) in (tuple, list) else (axis,)


@implements(np.expand_dims)
def expand_dims(a: Any, axis: Any) -> SymbolicArray:
    """Return the view with new axes of length 1."""
    x = as_array(a)
    rank = np.expand_dims(sample(x.dtype, (2,) * len(x.shape)), axis).ndim
    new = {int(i) % rank for i in several(axis)}
    return subscript(as_rows(x), tuple(None if i in new else slice(None) for i in range(rank)))


def as_rows(x: SymbolicArray) -> SymbolicArray:
    """Return a scalar as a 0-d array, and an array itself."""
    return born(value_of(x)) if x.IS_SCALAR else x


@implements(np.broadcast_to)
def broadcast_to(array: Any, shape: Any, subok: Any = False) -> SymbolicArray:
    """Return the read-only view repeated to a shape."""
    x = as_array(array)
    return broadcast(as_rows(x), np.broadcast_to(x.sample(), shape).shape)


def _atleast(rank: int, function: Callable[..., Any]) -> Callable[..., Any]:
    def atleast(*arrays: Any) -> Any:
        found = [_raised(as_array(one), function) for one in arrays]
        return found[0] if len(found) == 1 else tuple(found)

    return atleast


def _raised(x: SymbolicArray, function: Callable[..., Any]) -> SymbolicArray:
    if x.IS_SCALAR or len(x.shape) < function(np.empty(())).ndim:
        return reshaped(as_rows(x), function(x.sample()).shape)
    return x


for _rank, _there in enumerate((np.atleast_1d, np.atleast_2d, np.atleast_3d), 1):
    implements(_there)(_atleast(_rank, _there))


# Order: views where NumPy's are.


def _turned(function: Callable[..., Any]) -> Callable[..., Any]:
    def turned(m: Any, *args: Any, **kwargs: Any) -> SymbolicArray:
        x = as_array(m)
        rank = len(x.shape)
        numbered = np.lib.stride_tricks.as_strided(
            np.empty(1, np.int8), (2,) * rank, tuple(range(1, rank + 1))
        )
        strides = function(numbered, *args, **kwargs).strides
        return subscript(x, tuple(slice(None, None, -1 if n < 0 else 1) for n in strides))

    return turned


for _there in (np.flip, np.fliplr, np.flipud):
    implements(_there)(_turned(_there))


def _by_numpy(function: Any) -> Callable[..., Any]:
    """Return NumPy's own code for a function: it is made of slices and of functions above."""
    return getattr(function, "_implementation")  # noqa: B009


for _there in (np.split, np.array_split, np.hsplit, np.vsplit, np.dsplit):
    implements(_there)(_by_numpy(_there))
