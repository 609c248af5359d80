"""What becomes of the data that a tensor is made of.

The dtypes are MindSpore's: integers become int64, floats float32, arrays keep their own.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore/mindspore.Tensor.html>.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from ..dialects.dtypes import DType, TensorSpec, float32, integer_limits
from ..dialects.emitter import Number
from .array_data import arrays_among
from .arrays import Array, dtype_of, numpy_dtype
from .dispatch import apply, made_of
from .tensor_data import TensorData
from .tracing import Tracer

if TYPE_CHECKING:
    from xdsl.ir import SSAValue

FILLS: dict[str, Number] = {"zeros": 0, "ones": 1}


def array_from(data: object, dtype: DType | None) -> Array:
    """Return a new array of the numbers in `data`: a number, an array, or nested lists of them.

    Raises `TypeError` for text, complex numbers, other objects, and lists whose rows differ in
    length, `OverflowError` for an integer that `dtype` can't hold.
    """
    if not isinstance(data, bool | int | float | list | tuple | np.ndarray | np.generic):
        raise TypeError(f"a tensor can't be made of a {type(data).__name__}")
    try:
        array: Array = np.array(data)
    except ValueError as error:
        raise TypeError(
            f"For Tensor, the input_data is {data} that contain unsupported element."
        ) from error
    own = dtype_of(array.dtype)
    if dtype is not None and dtype is not own:
        return _converted(array, dtype, isinstance(data, int | list | tuple))
    if own.name == "float64" and not isinstance(data, np.ndarray | np.generic):
        return array.astype(np.float32) if dtype is None else array
    return array


def is_run_time(data: object) -> bool:
    """Return whether data is an array of run-time data, or nested lists with one in them."""
    return bool(arrays_among(data)) and not isinstance(data, dict)


def run_time_value(data: object, dtype: DType | None, tracer: Tracer) -> SSAValue:
    """Return the elements of an array of run-time data, or of nested lists of such."""
    from .array_functions import as_array

    array = as_array(data)
    build = tracer.builder
    value = array.graph_value(tracer)
    own = build.emitter.spec(value).dtype
    if isinstance(data, list | tuple):
        if dtype is None and own.name == "float64":
            dtype = float32
        if dtype is not None and dtype.is_integer and own.is_integer and dtype is not own:
            array.refuse(
                f"integers that are known at run time only become a tensor of {dtype.name}",
                "make the tensor without a dtype, and convert it with astype",
            )
    return value if dtype is None else build.convert(value, dtype)


class Initial(ABC):
    """What draws the numbers that a tensor starts with."""

    @abstractmethod
    def draw(self, shape: tuple[int, ...]) -> Any:
        """Return an array of that shape."""


def array_filled(shape: int | Sequence[int], init: object, dtype: DType) -> Array:
    """Return a new array of `shape` that holds one number, or those that `init` draws.

    `init` may say "zeros" or "ones".
    """
    extents = (shape,) if isinstance(shape, int) else tuple(shape)
    if isinstance(init, Initial):
        return _converted(np.asarray(init.draw(extents)), dtype, False)
    if isinstance(init, str):
        if init not in FILLS:
            raise ValueError(f"init must be a number or one of {sorted(FILLS)}, not {init!r}")
        init = FILLS[init]
    if not isinstance(init, bool | int | float):
        raise TypeError(f"init must be a number, not a {type(init).__name__}")
    return np.full(extents, init, numpy_dtype(dtype))


def holds_tensor(data: object) -> bool:
    """Return whether `data` is nested lists with a tensor somewhere in them."""
    if not isinstance(data, list | tuple):
        return False
    items = cast(Sequence[object], data)
    return any(isinstance(item, TensorData) or holds_tensor(item) for item in items)


def stack(data: Sequence[object]) -> Any:
    """Return the tensor of nested lists that hold tensors: each row one index of the first axis.

    Raises `ValueError` when rows differ in shape.
    """
    rows = [_row(item) for item in data]
    if len({row.shape for row in rows}) > 1:
        raise ValueError("tensors of different shapes can't be rows of one tensor")
    raised = [apply("reshape", row, (1, *row.shape)) for row in rows]
    return apply("concat", raised, 0)


def _row(item: object) -> TensorData:
    if isinstance(item, TensorData):
        return item
    if is_run_time(item):
        return made_of(item)
    if holds_tensor(item):
        return stack(cast(Sequence[object], item))
    array = array_from(item, None)
    return apply("convert", array, dtype_of(array.dtype))


def _converted(array: Array, dtype: DType, python: bool) -> Array:
    """Return the numbers in `dtype`; those that came from Python integers must fit."""
    with np.errstate(all="ignore"):
        from .meanings import convert

        numbers = convert(array, TensorSpec(array.shape, dtype))
    if python and dtype.is_integer and array.dtype.kind in "iu" and array.size:
        least, greatest = integer_limits(dtype)
        low, high = int(array.min()), int(array.max())
        if low < least or high > greatest:
            raise OverflowError(f"an integer in {low}…{high} is out of bounds for {dtype.name}")
    return numbers
