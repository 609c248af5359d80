"""How `foldaway.numpy` makes tensors: Python integers become int32, floats float32.

Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.numpy.html>.
"""

from __future__ import annotations

import numpy as np

from foldaway.dialects import dtypes
from foldaway.dialects.dtypes import DType
from foldaway.dialects.emitter import Number
from foldaway.runtime import dispatch
from foldaway.runtime.arrays import as_dtype, numpy_dtype
from foldaway.runtime.tensor import Tensor

from . import creation
from .creation import Shape, full_like, ones_like, zeros_like
from .elementwise import Input

__all__ = [
    "arange",
    "array",
    "asarray",
    "empty",
    "empty_like",
    "eye",
    "full",
    "full_like",
    "identity",
    "linspace",
    "ones",
    "ones_like",
    "zeros",
    "zeros_like",
]


def array(obj: Input, dtype: object = None, copy: bool = True, ndmin: int = 0) -> Tensor:
    """Return a tensor of a number, nested lists, an array or a tensor, with `ndmin` axes or more.

    Arrays and tensors keep their dtype. Raises `TypeError` for what is none of these,
    `ValueError` for rows that differ in length, `OverflowError` for an integer beyond int32.
    """
    made = Tensor(obj, as_dtype(dtype) if dtype is not None else None)
    python = not isinstance(obj, Tensor | np.ndarray | np.generic)
    if dtype is None and python and made.dtype is dtypes.int64:
        made = Tensor(obj, dtypes.int32)
    return made.reshape((1,) * (ndmin - made.ndim) + made.shape) if made.ndim < ndmin else made


def asarray(a: Input, dtype: object = None) -> Tensor:
    """Return `a` itself if it is a tensor of that dtype, else a tensor made of it."""
    if isinstance(a, Tensor) and dtype in (None, a.dtype):
        return a
    return array(a, dtype)


def zeros(shape: Shape, dtype: object = dtypes.float32) -> Tensor:
    """Return a tensor of zeros."""
    return creation.full(shape, 0, dtype=dtype)


def ones(shape: Shape, dtype: object = dtypes.float32) -> Tensor:
    """Return a tensor of ones."""
    return creation.full(shape, 1, dtype=dtype)


def empty(shape: Shape, dtype: object = dtypes.float32) -> Tensor:
    """Return a tensor of a shape; nobody may rely on its elements, which are zeros."""
    return zeros(shape, dtype)


def empty_like(prototype: Input, dtype: object = None) -> Tensor:
    """Return a tensor of another's shape; nobody may rely on its elements, which are zeros."""
    return zeros_like(prototype, dtype=dtype)


def full(shape: Shape, fill_value: Number | Tensor, dtype: object = None) -> Tensor:
    """Return a tensor filled with one number or with what broadcasts to the shape."""
    if dtype is None and not isinstance(fill_value, Tensor):
        dtype = _number_dtype(fill_value)
    return creation.full(shape, fill_value, dtype=dtype)


def arange(
    start: Number, stop: Number | None = None, step: Number = 1, dtype: object = None
) -> Tensor:
    """Return start, start + step, … below `stop`; one number is the end.

    int32 if all numbers are integers, else float32. Raises `ValueError` for a step of 0.
    """
    first, last = (0, start) if stop is None else (start, stop)
    whole = all(isinstance(number, int) for number in (first, last, step))
    kind = dtypes.int32 if whole else dtypes.float32
    return creation.steps(first, last, step, kind if dtype is None else as_dtype(dtype))


def linspace(
    start: Number,
    stop: Number,
    num: int = 50,
    endpoint: bool = True,
    retstep: bool = False,
    dtype: object = dtypes.float32,
    axis: int = 0,
) -> Tensor | tuple[Tensor, Tensor]:
    """Return `num` numbers in equal steps; with `retstep`, the step, too.

    Raises `ValueError` for a negative number of them.
    """
    kind = as_dtype(dtype)
    numbers, step = np.linspace(start, stop, num, endpoint, retstep=True, axis=axis)
    row = dispatch.constant(numbers.astype(numpy_dtype(kind)))
    return (row, Tensor(float(step), kind)) if retstep else row


def eye(N: int, M: int | None = None, k: int = 0, dtype: object = dtypes.float32) -> Tensor:
    """Return ones on the diagonal that lies `k` to the right of the main one, 0 elsewhere."""
    return creation.eye(N, M, dtype, k=k)


def identity(n: int, dtype: object = dtypes.float32) -> Tensor:
    """Return the square matrix with ones on its diagonal."""
    return creation.eye(n, n, dtype)


def _number_dtype(number: Number) -> DType:
    dtype = dtypes.number_dtype(number)
    return dtypes.int32 if dtype is dtypes.int64 else dtype
