"""Functions that make tensors of a shape. While a function is compiled they are its constants.

A negative extent is a `ValueError`, a number that the dtype can't hold an `OverflowError`.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from foldaway.dialects import dtypes
from foldaway.dialects.dtypes import DType
from foldaway.dialects.emitter import Number
from foldaway.runtime import dispatch
from foldaway.runtime.arrays import as_dtype
from foldaway.runtime.tensor import Tensor

from .elementwise import Input, tensor_of

Shape = int | Sequence[int]


def zeros(size: Shape, dtype: object = None) -> Tensor:
    """Return a tensor of zeros, float32 by default."""
    return full(size, 0, dtype=dtypes.float32 if dtype is None else dtype)


def ones(shape: Shape, dtype: object = None) -> Tensor:
    """Return a tensor of ones, float32 by default."""
    return full(shape, 1, dtype=dtypes.float32 if dtype is None else dtype)


def full(size: Shape, fill_value: Number | Tensor, *, dtype: object = None) -> Tensor:
    """Return a tensor filled with one number, by default in its own dtype: int64 or float32."""
    shape = (size,) if isinstance(size, int) else tuple(size)
    if min(shape, default=0) < 0:
        raise ValueError(f"negative extents are not allowed: {shape}")
    if isinstance(fill_value, Tensor):
        filled = fill_value.broadcast_to(shape)
        return filled if dtype is None else filled.astype(dtype)
    kind = dtypes.number_dtype(fill_value) if dtype is None else as_dtype(dtype)
    return dispatch.full(shape, fill_value, kind)


def zeros_like(input: Input, *, dtype: object = None) -> Tensor:
    """Return zeros in the shape and, by default, the dtype of another tensor."""
    return full_like(input, 0, dtype=dtype)


def ones_like(input: Input, *, dtype: object = None) -> Tensor:
    """Return ones in the shape and, by default, the dtype of another tensor."""
    return full_like(input, 1, dtype=dtype)


def full_like(input: Input, fill_value: Number, *, dtype: object = None) -> Tensor:
    """Return one number in the shape and, by default, the dtype of another tensor."""
    x = tensor_of(input)
    return full(x.shape, fill_value, dtype=x.dtype if dtype is None else dtype)


def arange(
    start: Number, end: Number | None = None, step: Number = 1, *, dtype: object = None
) -> Tensor:
    """Return start, start + step, … below `end`; one number is the end.

    int64 if all numbers are integers, else float32. Raises `ValueError` for a step of 0.
    """
    first, last = (0, start) if end is None else (start, end)
    whole = all(isinstance(number, int) for number in (first, last, step))
    kind = dtypes.int64 if whole else dtypes.float32
    return steps(first, last, step, kind if dtype is None else as_dtype(dtype))


def steps(start: Number, stop: Number, step: Number, dtype: DType) -> Tensor:
    """Return start, start + step, … below `stop`, in a dtype."""
    if step == 0:
        raise ValueError("the step must not be 0")
    count = max(0, math.ceil((stop - start) / step))
    whole = all(isinstance(number, int) for number in (start, step))
    numbers = dispatch.apply("iota", (count,), 0, dtypes.int64 if whole else dtypes.float64)
    # Computed in the widest dtype: a long row in float32 would drift.
    return (numbers * step + start).astype(dtype)


def eye(n: int, m: int | None = None, dtype: object = None, *, k: int = 0) -> Tensor:
    """Return ones on the diagonal that lies `k` to the right of the main one, 0 elsewhere."""
    shape = (n, n if m is None else m)
    rows = dispatch.apply("iota", shape, 0, dtypes.int64)
    columns = dispatch.apply("iota", shape, 1, dtypes.int64)
    return (columns - rows == k).astype(dtypes.float32 if dtype is None else dtype)
