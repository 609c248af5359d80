"""MindSpore's functions that have signatures of their own, different from NumPy's.

Operands are tensors, arrays, numbers and lists. An axis out of range and shapes that don't
broadcast are a `ValueError`, what no tensor can be made of a `TypeError`.
Source: <https://www.mindspore.cn/docs/en/master/api_python/mindspore.ops.html>.
"""

from __future__ import annotations

from foldaway.dialects.dtypes import int64
from foldaway.runtime.parameter import Parameter
from foldaway.runtime.tensor import Tensor
from foldaway.runtime.tensor_methods import Axes

from . import reductions
from .creation import zeros
from .elementwise import Input, tensor_of
from .logic import select
from .reductions import all, amax, amin, any, mean, prod, sum


def cast(input: Input, dtype: object) -> Tensor:
    """Return the same numbers in another dtype."""
    return tensor_of(input).astype(dtype)


def argmax(input: Input, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return int64 indices of the first greatest elements along an axis (None: of all).

    Raises `ValueError` for no elements.
    """
    return reductions.argmax(input, dim, keepdim)


def max(input: Input, axis: int | None = None, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """Return the greatest elements along an axis, and their int64 indices.

    Without an axis: the greatest of all, and index 0. Raises `ValueError` for no elements.
    """
    index = zeros((), int64) if axis is None else reductions.argmax(input, axis, keepdims)
    return amax(input, axis, keepdims), index


def min(input: Input, axis: int | None = None, keepdims: bool = False) -> tuple[Tensor, Tensor]:
    """Return the least elements along an axis, and their int64 indices.

    Without an axis: the least of all, and index 0. Raises `ValueError` for no elements.
    """
    index = zeros((), int64) if axis is None else reductions.argmin(input, axis, keepdims)
    return amin(input, axis, keepdims), index


def reduce_sum(x: Input, axis: Axes = None, keep_dims: bool = False) -> Tensor:
    """Return sums over axes; integers and bools are summed in int64."""
    return sum(x, axis, keepdims=keep_dims)


def reduce_mean(x: Input, axis: Axes = None, keep_dims: bool = False) -> Tensor:
    """Return means over axes in the dtype of the input; `TypeError` for bools."""
    return mean(x, axis, keep_dims)


def reduce_prod(x: Input, axis: Axes = None, keep_dims: bool = False) -> Tensor:
    """Return products over axes; integers and bools are multiplied in int64."""
    return prod(x, axis, keepdims=keep_dims)


def reduce_max(x: Input, axis: Axes = None, keep_dims: bool = False) -> Tensor:
    """Return the greatest elements over axes; `ValueError` for no elements."""
    return amax(x, axis, keep_dims)


def reduce_min(x: Input, axis: Axes = None, keep_dims: bool = False) -> Tensor:
    """Return the least elements over axes; `ValueError` for no elements."""
    return amin(x, axis, keep_dims)


def reduce_all(x: Input, axis: Axes = None, keep_dims: bool = False) -> Tensor:
    """Return bools: whether no element over axes is 0."""
    return all(x, axis, keep_dims)


def reduce_any(x: Input, axis: Axes = None, keep_dims: bool = False) -> Tensor:
    """Return bools: whether an element over axes is not 0."""
    return any(x, axis, keep_dims)


def masked_fill(input_x: Input, mask: Input, value: Input) -> Tensor:
    """Return the elements, those where the mask is true replaced by a value, in their dtype.

    Mask and value broadcast, and so may the elements.
    """
    x = tensor_of(input_x)
    return select(mask, value, x).astype(x.dtype)


def bias_add(input_x: Input, bias: Input) -> Tensor:
    """Return the tensor plus one number for each index of its second axis."""
    x, b = tensor_of(input_x), tensor_of(bias)
    return x + b.reshape((-1,) + (1,) * (x.ndim - 2))


def assign(variable: Parameter, value: Input) -> Parameter:
    """Return the parameter, which has the value's data now; AttributeError for no Parameter."""
    return variable.assign_value(value)


def size(input_x: Input) -> int:
    """Return the number of elements."""
    return tensor_of(input_x).size


def shape(input_x: Input) -> tuple[int, ...]:
    """Return the extent of each axis."""
    return tensor_of(input_x).shape


def rank(input_x: Input) -> int:
    """Return the number of axes."""
    return tensor_of(input_x).ndim
