"""NumPy's functions that join and repeat symbolic arrays.

Source: <https://numpy.org/doc/stable/reference/routines.array-manipulation.html>.
"""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from .array_calls import FUNCTIONS, Unsupported, implements
from .array_data import born, tracer_of, value_of
from .array_dtypes import NumPyDType, asks, sample
from .array_functions import as_array, as_rows, expand_dims, in_dtype, reshape, several
from .array_views import reshaped, subscript

if TYPE_CHECKING:
    from .symbolic_array import SymbolicArray


@implements(np.concatenate)
def concatenate(
    arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> SymbolicArray:
    """Return the arrays one after the other along an axis; None: all flattened."""
    if out is not None or casting != "same_kind":
        raise Unsupported("with 'out' or 'casting'")
    parts = [as_array(x) for x in arrays]
    _check_join([x.shape for x in parts], axis)
    samples = [sample(x.dtype, (0,)) for x in parts]
    wanted: NumPyDType = asks(np.concatenate, samples, dtype=dtype).dtype
    build = tracer_of().builder
    values = [in_dtype(x, wanted) for x in parts]
    if axis is None:
        values = [
            build.reshape(v, (math.prod(x.shape),)) for v, x in zip(values, parts, strict=True)
        ]
    return born(build.concat(values, 0 if axis is None else int(axis)))


def _check_join(shapes: list[tuple[int, ...]], axis: Any) -> None:
    """Raise NumPy's error for shapes that don't join."""
    if axis is None and shapes:
        return
    first = shapes[0] if shapes else ()
    rank = len(first)
    if rank and isinstance(axis, int) and -rank <= axis < rank:
        along = axis % rank
        rest = (*first[:along], *first[along + 1 :])
        if all(len(s) == rank and (*s[:along], *s[along + 1 :]) == rest for s in shapes):
            return
    np.concatenate([sample(np.dtype(bool), s) for s in shapes], axis=axis)


@implements(np.stack)
def stack(
    arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind"
) -> SymbolicArray:
    """Return the arrays one after the other along a new axis."""
    parts = [as_rows(as_array(x)) for x in arrays]
    if len({x.shape for x in parts}) > 1 or not parts:
        np.stack([np.empty(x.shape, bool) for x in parts], axis)
    return concatenate(
        [expand_dims(x, axis) for x in parts],
        _new_axis(parts[0], axis),
        out,
        dtype=dtype,
        casting=casting,
    )


def _new_axis(x: SymbolicArray, axis: Any) -> int:
    rank = len(x.shape) + 1
    np.expand_dims(sample(x.dtype, (1,) * len(x.shape)), axis)
    return int(axis) % rank


@implements(np.vstack)
def vstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> SymbolicArray:
    """Return the arrays as rows under each other."""
    rows = [FUNCTIONS[np.atleast_2d](x) for x in tup]
    return concatenate(rows, 0, dtype=dtype, casting=casting)


@implements(np.hstack)
def hstack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> SymbolicArray:
    """Return the arrays beside each other."""
    rows = [FUNCTIONS[np.atleast_1d](x) for x in tup]
    axis = 0 if rows and len(rows[0].shape) == 1 else 1
    return concatenate(rows, axis, dtype=dtype, casting=casting)


@implements(np.dstack)
def dstack(tup: Any) -> SymbolicArray:
    """Return the arrays behind each other."""
    return concatenate([FUNCTIONS[np.atleast_3d](x) for x in tup], 2)


@implements(np.column_stack)
def column_stack(tup: Any) -> SymbolicArray:
    """Return 1-d arrays as columns."""
    columns: list[Any] = []
    for item in tup:
        x = as_array(item)
        columns.append(reshaped(as_rows(x), (x.size, 1)) if len(x.shape) < 2 else x)
    return concatenate(columns, 1)


@implements(np.tile)
def tile(A: Any, reps: Any) -> SymbolicArray:
    """Return the array repeated so often along each axis."""
    x = as_array(A)
    counts = tuple(int(n) for n in several(reps))
    rank = max(len(counts), len(x.shape))
    counts = (1,) * (rank - len(counts)) + counts
    extents = (1,) * (rank - len(x.shape)) + x.shape
    whole = tuple(n * m for n, m in zip(counts, extents, strict=True))
    return _repeated(x, extents, tuple(range(0, 2 * rank, 2)), counts, whole)


@implements(np.repeat)
def repeat(a: Any, repeats: Any, axis: Any = None) -> SymbolicArray:
    """Return each element, or each row along an axis, repeated so often."""
    x = as_array(a)
    if np.ndim(repeats) or repeats < 0:
        raise Unsupported("with different counts")
    count = operator.index(repeats)
    if axis is None:
        return _repeated(x, (x.size,), (1,), (count,), (x.size * count,))
    np.take(sample(np.dtype(np.int8), (1,) * len(x.shape)), 0, axis)
    along = int(axis) % len(x.shape)
    whole = tuple(n * count if i == along else n for i, n in enumerate(x.shape))
    return _repeated(x, x.shape, (along + 1,), (count,), whole)


def _repeated(
    x: SymbolicArray,
    extents: tuple[int, ...],
    places: tuple[int, ...],
    counts: tuple[int, ...],
    whole: tuple[int, ...],
) -> SymbolicArray:
    """Return the elements, in shape `extents`, repeated along new axes at `places`."""
    build = tracer_of().builder
    left = iter(extents)
    rank = len(extents) + len(places)
    raised = [1 if i in places else next(left) for i in range(rank)]
    value = build.reshape(value_of(x), raised)
    for place, count in zip(places, counts, strict=True):
        raised[place] = count
    return born(build.reshape(build.broadcast_to(value, tuple(raised)), whole))


@implements(np.roll)
def roll(a: Any, shift: Any, axis: Any = None) -> SymbolicArray:
    """Return the elements moved along an axis, those beyond the end put in front."""
    x = as_array(a)
    if axis is None:
        return reshape(roll(reshape(x, (x.size,)), shift, 0), x.shape)
    if not isinstance(axis, int) or not isinstance(shift, int):
        raise Unsupported("along several axes")
    np.take(sample(np.dtype(np.int8), (1,) * len(x.shape)), 0, axis)
    along = axis % len(x.shape)
    places = shift % max(x.shape[along], 1)
    before = (slice(None),) * along
    tail = subscript(x, (*before, slice(x.shape[along] - places, None)))
    head = subscript(x, (*before, slice(None, x.shape[along] - places)))
    return concatenate([tail, head], along)
